/* The connectors that come with muster: what their ids promise, and their guides, for every choice of one or
 * two actions. What is expected is worked out from the manifest in another way than the guide does. */
#include "config.h"

#include "catalog/ask.h"
#include "catalog/guide.h"

#include "check_main.h"
#include "fixture.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define MANIFEST_LIMIT ((size_t)1 << 24)
#define PAGE_LIMIT ((size_t)1 << 20)

static const char *const connectors[] = { "culture_amp", "employment_hero", "personio" };

#define CONNECTORS ((int)(sizeof connectors / sizeof connectors[0]))

static struct models *models;
static struct manifest *manifest;
static struct error error;

static void load(const char *id)
{
	struct buffer text = BUFFER_INIT(MANIFEST_LIMIT);
	char path[4096];
	int fd;

	(void)snprintf(path, sizeof path, "%s/plugins/.libs/%s.so", getenv("top_builddir"), id);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	ck_assert_msg(fd >= 0, "%s was not built", path);
	models = fixture_models();
	ck_assert_msg(ask_manifest(&text, fd, true, &error) == 0, "%s", error.message);
	ck_assert_msg(manifest_parse(&manifest, text.data, text.length, id, models, &error) == 0, "%s",
		error.message);
	buffer_clear(&text);
	(void)close(fd);
}

static void tear_down(void)
{
	manifest_free(manifest);
	models_free(models);
}

static bool lists(const struct manifest_texts *texts, const char *text)
{
	for (size_t i = 0; i < texts->count; i++)
		if (strcmp(texts->items[i], text) == 0)
			return true;
	return false;
}

/* ---- Ids ----------------------------------------------------------------------------------------- */

/* One pattern for all: list_THINGS, get_THING, and a parent's parameter is id. */
START_TEST(ids_follow_the_pattern)
{
	load(connectors[_i]);
	for (size_t i = 0; i < manifest->action_count; i++) {
		const struct manifest_action *action = &manifest->actions[i];
		ck_assert_msg(strncmp(action->id, "list_", 5) == 0 || strncmp(action->id, "get_", 4) == 0,
			"%s", action->id);
		for (size_t k = 0; k < action->parameter_count; k++)
			if (action->parameters[k].place == PARAMETER_PATH)
				ck_assert_str_eq(action->parameters[k].id, "id");
	}
}
END_TEST

START_TEST(every_scope_is_needed)
{
	load(connectors[_i]);
	for (size_t i = 0; i < manifest->scope_count; i++) {
		bool needed = false;
		for (size_t k = 0; k < manifest->action_count; k++)
			needed = needed || lists(&manifest->actions[k].scopes, manifest->scopes[i].id);
		ck_assert_msg(needed, "%s", manifest->scopes[i].id);
	}
}
END_TEST

/* Where there are limits, they hold for every action. */
START_TEST(every_action_is_limited)
{
	load(connectors[_i]);
	for (size_t i = 0; manifest->limit_count > 0 && i < manifest->action_count; i++) {
		bool limited = false;
		for (size_t k = 0; k < manifest->limit_count; k++)
			limited = limited || manifest->limits[k].actions.count == 0 ||
				  lists(&manifest->limits[k].actions, manifest->actions[i].id);
		ck_assert_msg(limited, "%s", manifest->actions[i].id);
	}
}
END_TEST

/* ---- Guides -------------------------------------------------------------------------------------- */

/* What was chosen: one action, or two. */
struct pair {
	const struct manifest_action *actions[2];
};

/* An action by itself, and what finds the fields of its auth. */
static bool one_needs(const struct manifest_action *action, const char *scope)
{
	const struct manifest_auth *auth = manifest_auth(manifest, action->auth);

	for (size_t i = 0; i < auth->field_count; i++)
		if (auth->fields[i].found_by &&
			lists(&manifest_action(manifest, auth->fields[i].found_by)->scopes, scope))
			return true;
	return lists(&action->scopes, scope);
}

static bool needs(const struct pair *pair, const char *scope)
{
	return one_needs(pair->actions[0], scope) || one_needs(pair->actions[1], scope);
}

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == ':';
}

/* Does the text hold the scope as a word of its own? */
static bool names(const char *text, const char *scope)
{
	size_t length = strlen(scope);

	for (const char *at = text; (at = strstr(at, scope)); at++)
		if ((at == text || !is_word(at[-1])) && !is_word(at[length]))
			return true;
	return false;
}

static bool is_for(const struct pair *pair, const struct manifest_auth *auth)
{
	for (int i = 0; i < 2; i++) {
		const struct manifest_auth *own = manifest_auth(manifest, pair->actions[i]->auth);
		if (own == auth || (own->fields_of && strcmp(own->fields_of, auth->id) == 0))
			return true;
	}
	return false;
}

/* The titles of the steps that these actions need, one a line. */
static void expect_steps(struct buffer *out, const struct pair *pair)
{
	for (size_t i = 0; i < manifest->auth_count; i++) {
		const struct manifest_auth *auth = &manifest->auths[i];
		for (size_t k = 0; is_for(pair, auth) && k < auth->guide_count; k++) {
			const struct manifest_step *step = &auth->guide[k];
			if (step->actions.count == 0 || lists(&step->actions, pair->actions[0]->id) ||
				lists(&step->actions, pair->actions[1]->id))
				ck_assert_int_eq(buffer_format(out, "%s\n", step->title), 0);
		}
	}
}

static void check_steps(const json_t *guide, const struct pair *pair)
{
	struct buffer expected = BUFFER_INIT(PAGE_LIMIT);
	struct buffer got = BUFFER_INIT(PAGE_LIMIT);
	const json_t *steps = json_object_get(guide, "steps");

	for (size_t i = 0; i < json_array_size(steps); i++)
		ck_assert_int_eq(
			buffer_format(&got, "%s\n",
				json_string_value(json_object_get(json_array_get(steps, i), "title"))),
			0);
	expect_steps(&expected, pair);
	ck_assert_uint_gt(expected.length, 0);
	ck_assert_str_eq(buffer_text(&got), buffer_text(&expected));
	buffer_clear(&expected);
	buffer_clear(&got);
}

static bool has_scope(const json_t *guide, const char *scope)
{
	const json_t *scopes = json_object_get(guide, "scopes");

	for (size_t i = 0; i < json_array_size(scopes); i++)
		if (strcmp(json_string_value(json_array_get(scopes, i)), scope) == 0)
			return true;
	return false;
}

static void check_scopes(const json_t *guide, const struct pair *pair)
{
	struct buffer page = BUFFER_INIT(PAGE_LIMIT);
	const char *text;

	ck_assert_int_eq(guide_write(&page, guide, manifest, GUIDE_TEXT, &error), 0);
	text = strstr(buffer_text(&page), " 1. ");
	ck_assert_ptr_nonnull(text);
	for (size_t i = 0; i < manifest->scope_count; i++) {
		const char *scope = manifest->scopes[i].id;
		bool needed = needs(pair, scope);
		ck_assert_msg(has_scope(guide, scope) == needed && names(text, scope) == needed,
			"%s, %s: %s is %sneeded:\n%s", pair->actions[0]->id, pair->actions[1]->id, scope,
			needed ? "" : "not ", text);
	}
	buffer_clear(&page);
}

START_TEST(a_guide_tells_what_is_needed_and_no_more)
{
	load(connectors[_i]);
	for (size_t i = 0; i < manifest->action_count; i++)
		for (size_t k = i; k < manifest->action_count; k++) {
			const struct pair pair = { { &manifest->actions[i], &manifest->actions[k] } };
			json_t *guide = NULL;
			ck_assert_int_eq(
				guide_make(&guide, manifest, pair.actions, i == k ? 1 : 2, &error), 0);
			check_steps(guide, &pair);
			check_scopes(guide, &pair);
			json_decref(guide);
		}
}
END_TEST

static bool guides_to(const char *title, const char *action)
{
	const struct manifest_action *chosen = manifest_action(manifest, action);
	json_t *guide = NULL;
	const json_t *steps;
	bool found = false;

	ck_assert_ptr_nonnull(chosen);
	ck_assert_int_eq(guide_make(&guide, manifest, &chosen, 1, &error), 0);
	steps = json_object_get(guide, "steps");
	for (size_t i = 0; i < json_array_size(steps); i++)
		found = found || strcmp(json_string_value(json_object_get(json_array_get(steps, i), "title")),
					 title) == 0;
	json_decref(guide);
	return found;
}

START_TEST(personio_asks_for_attributes_and_reports_where_they_matter)
{
	load("personio");
	ck_assert(guides_to("Choose the attributes", "get_employee"));
	ck_assert(guides_to("Choose the attributes", "list_attributes")); /* of the other API */
	ck_assert(!guides_to("Choose the attributes", "list_projects"));
	ck_assert(guides_to("Share the reports", "get_report"));
	ck_assert(!guides_to("Share the reports", "list_employees"));
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("catalog/connectors");
	TCase *c = tcase_create("connectors");

	tcase_add_checked_fixture(c, NULL, tear_down);
	tcase_add_loop_test(c, ids_follow_the_pattern, 0, CONNECTORS);
	tcase_add_loop_test(c, every_scope_is_needed, 0, CONNECTORS);
	tcase_add_loop_test(c, every_action_is_limited, 0, CONNECTORS);
	tcase_add_loop_test(c, a_guide_tells_what_is_needed_and_no_more, 0, CONNECTORS);
	tcase_add_test(c, personio_asks_for_attributes_and_reports_where_they_matter);
	suite_add_tcase(s, c);
	return s;
}

CHECK_MAIN(suite)
