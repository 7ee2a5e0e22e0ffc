/* The guide: only the steps and scopes that the chosen actions need, and nothing of it is obeyed. */
#include "config.h"

#include "catalog/guide.h"

#include "check_main.h"
#include "fixture.h"

#include <string.h>

static struct models *models;
static struct manifest *manifest;
static struct error error;

static void set_up(void)
{
	models = fixture_models();
	manifest = fixture_manifest(models);
}

static void tear_down(void)
{
	manifest_free(manifest);
	models_free(models);
}

static json_t *make(const char *action)
{
	const struct manifest_action *chosen = action ? manifest_action(manifest, action) : NULL;
	json_t *guide = NULL;

	ck_assert_int_eq(guide_make(&guide, manifest, &chosen, chosen ? 1 : 0, &error), 0);
	return guide;
}

static size_t size_of(const json_t *guide, const char *list)
{
	return json_array_size(json_object_get(guide, list));
}

static const char *step(const json_t *guide, size_t i, const char *member)
{
	return json_string_value(json_object_get(json_array_get(json_object_get(guide, "steps"), i), member));
}

START_TEST(all_actions_need_all)
{
	json_t *guide = make(NULL);

	ck_assert_str_eq(json_string_value(json_object_get(guide, "provider")), "acme");
	ck_assert_uint_eq(size_of(guide, "actions"), 3);
	ck_assert_uint_eq(size_of(guide, "scopes"), 2);
	ck_assert_uint_eq(size_of(guide, "steps"), 4);
	json_decref(guide);
}
END_TEST

START_TEST(a_choice_needs_less)
{
	json_t *guide = make("list_people");

	ck_assert_uint_eq(size_of(guide, "actions"), 1);
	ck_assert_uint_eq(size_of(guide, "scopes"), 1);
	ck_assert_uint_eq(size_of(guide, "steps"), 2);
	ck_assert_str_eq(step(guide, 0, "title"), "Sign in");
	ck_assert_str_eq(
		step(guide, 1, "text"), "Grant exactly <these>: people.read – People. A {brace} & a *star*.");
	json_decref(guide);
	guide = make("list_reviews");
	ck_assert_uint_eq(size_of(guide, "steps"), 3);
	ck_assert_ptr_nonnull(strstr(step(guide, 2, "text"), "people.read – People, reviews.read (assumed)"));
	json_decref(guide);
	guide = make("get_person"); /* of the other auth, which has no guide */
	ck_assert_uint_eq(size_of(guide, "scopes"), 0);
	ck_assert_uint_eq(size_of(guide, "steps"), 0);
	json_decref(guide);
}
END_TEST

static void writes(enum guide_format format, const char *expected)
{
	struct buffer out = BUFFER_INIT(100000);
	json_t *guide = make("list_people");

	ck_assert_int_eq(guide_write(&out, guide, manifest, format, &error), 0);
	ck_assert_msg(strstr(buffer_text(&out), expected) != NULL, "'%s' is not in:\n%s", expected,
		buffer_text(&out));
	buffer_clear(&out);
	json_decref(guide);
}

START_TEST(documents_escape)
{
	writes(GUIDE_TEXT, " 1. Sign in\n    Sign in as an admin.\n    https://acme.example/login\n");
	writes(GUIDE_TEXT, "For the actions: list_people\nScopes they need: people.read\n");
	writes(GUIDE_MARKDOWN, "Grant exactly \\<these\\>: people\\.read");
	writes(GUIDE_MARKDOWN, "\\{brace\\} \\& a \\*star\\*");
	writes(GUIDE_HTML, "Grant exactly &lt;these&gt;: people.read");
	writes(GUIDE_HTML, "{brace} &amp; a *star*");
	writes(GUIDE_HTML, "<a href=\"https://acme.example/login\">");
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("catalog/guide");
	TCase *c = tcase_create("guide");

	tcase_add_checked_fixture(c, set_up, tear_down);
	tcase_add_test(c, all_actions_need_all);
	tcase_add_test(c, a_choice_needs_less);
	tcase_add_test(c, documents_escape);
	suite_add_tcase(s, c);
	return s;
}

CHECK_MAIN(suite)
