/* What is approved of a connector: told whole, compared by lines, and held back when anything is other. */
#include "config.h"

#include "catalog/approval.h"

#include "check_main.h"
#include "fixture.h"

#include <string.h>

static struct models *models;
static struct manifest *manifest;
static json_t *approved;

static void begin(void)
{
	struct error error = { 0 };

	models = fixture_models();
	manifest = fixture_manifest(models);
	ck_assert_int_eq(approval_make(&approved, manifest, &manifest->auths[0], &error), 0);
}

static void end(void)
{
	json_decref(approved);
	manifest_free(manifest);
	models_free(models);
}

static bool has(const json_t *lines, const char *text)
{
	size_t index;
	json_t *line;

	json_array_foreach((json_t *)lines, index, line)
	{
		if (strstr(json_string_value(line), text))
			return true;
	}
	return false;
}

START_TEST(all_of_it_is_told)
{
	for (size_t i = 0; i < manifest->host_count; i++)
		ck_assert(has(approved, manifest->hosts[i].name));
	for (size_t i = 0; i < manifest->auths[0].place_count; i++)
		ck_assert(has(approved, manifest->auths[0].places[i].value));
	ck_assert(has(approved, manifest->auths[0].token_url));
	for (size_t i = 1; i < json_array_size(approved); i++)
		ck_assert_int_lt(strcmp(json_string_value(json_array_get(approved, i - 1)),
					 json_string_value(json_array_get(approved, i))),
			0);
}
END_TEST

START_TEST(the_same_is_let_through)
{
	json_t *differences = NULL;
	struct error error = { 0 };

	ck_assert_int_eq(approval_check(approved, manifest, &manifest->auths[0], "it", &error), 0);
	ck_assert_int_eq(approval_compare(&differences, approved, approved, &error), 0);
	ck_assert_uint_eq(json_array_size(differences), 0);
	json_decref(differences);
}
END_TEST

/* The manifest with something else in it, against what was approved of the first. */
static void expect_difference(const char *path, const char *value, const char *line)
{
	json_t *now = NULL, *differences = NULL;
	struct manifest *other = NULL;
	struct error error = { 0 };

	ck_assert_msg(fixture_parse(&other, path, value, models, &error) == 0, "%s: %s", path, error.message);
	ck_assert_int_eq(approval_check(approved, other, &other->auths[0], "it", &error), -1);
	ck_assert_int_eq(error.code, ERROR_HELD_BACK);
	ck_assert_ptr_nonnull(strstr(error.hint, "muster profile approve it"));
	ck_assert_int_eq(approval_make(&now, other, &other->auths[0], &error), 0);
	ck_assert_int_eq(approval_compare(&differences, approved, now, &error), 0);
	ck_assert_msg(has(differences, line), "%s", line);
	json_decref(now);
	json_decref(differences);
	manifest_free(other);
}

START_TEST(what_moves_is_held_back)
{
	expect_difference("hosts/0/use", "[\"api\", \"token\"]", "+ host api.acme.example: api token");
	expect_difference("hosts/0/use", "[\"api\", \"token\"]", "- host api.acme.example: api");
	expect_difference("auths/0/token_url", "\"https://login.acme.example/other\"",
		"+ url of oauth: token https://login.acme.example/other");
	expect_difference("auths/0/places/1/value", "\"{field.client_secret}\"",
		"+ place of oauth: token form audience = {field.client_secret}");
}
END_TEST

START_TEST(nothing_approved_is_all_other)
{
	json_t *none = json_null();
	struct error error = { 0 };

	ck_assert_int_eq(approval_check(none, manifest, &manifest->auths[0], "it", &error), -1);
	ck_assert_int_eq(error.code, ERROR_HELD_BACK);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("approval");
	TCase *c = tcase_create("approval");

	tcase_add_checked_fixture(c, begin, end);
	tcase_add_test(c, all_of_it_is_told);
	tcase_add_test(c, the_same_is_let_through);
	tcase_add_test(c, what_moves_is_held_back);
	tcase_add_test(c, nothing_approved_is_all_other);
	suite_add_tcase(s, c);
	return s;
}

CHECK_MAIN(suite)
