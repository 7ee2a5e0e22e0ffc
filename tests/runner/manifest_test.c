/* Mode manifest: tables come out as they were declared. */
#include "config.h"

#include "check_main.h"
#include "runner/drive.h"

#include <stdio.h>
#include <string.h>

START_TEST(culture_amp_describes_itself)
{
	json_t *manifest = drive_manifest("plugins/.libs/culture_amp.so");

	ck_assert_str_eq(json_string_value(json_object_get(manifest, "id")), "culture_amp");
	ck_assert_int_eq(json_integer_value(json_object_get(manifest, "manifest")), 1);
	ck_assert_uint_eq(json_array_size(json_object_get(manifest, "actions")), 9);
	json_decref(manifest);
}
END_TEST

/* Every member of every struct, defaults filled in: compared with what was once looked at. */
START_TEST(mock_uses_everything)
{
	const char *source = getenv("top_srcdir");
	json_t *manifest = drive_manifest("mock");
	json_t *expected;
	json_error_t at;
	char path[4096];

	(void)snprintf(path, sizeof path, "%s/tests/runner/mock_manifest.json", source ? source : ".");
	expected = json_load_file(path, JSON_REJECT_DUPLICATES, &at);
	ck_assert_msg(expected != NULL, "%s:%d: %s", path, at.line, at.text);
	if (!json_equal(manifest, expected)) {
		(void)json_dumpf(manifest, stderr, JSON_INDENT(1));
		ck_abort_msg("the manifest on stderr is not that of %s", path);
	}
	json_decref(expected);
	json_decref(manifest);
}
END_TEST

/* Of whatever version the header was, the same rows mean the same. */
START_TEST(tables_grow)
{
	json_t *smaller = drive_manifest("growth_smaller");
	json_t *larger = drive_manifest("growth_larger");

	ck_assert_int_eq(json_integer_value(json_object_get(larger, "sdk")), 20300);
	ck_assert_int_eq(json_object_del(larger, "sdk"), 0);
	ck_assert_int_eq(json_object_del(smaller, "sdk"), 0);
	ck_assert_uint_eq(json_array_size(json_object_get(smaller, "errors")), 2);
	ck_assert(json_equal(smaller, larger));
	json_decref(smaller);
	json_decref(larger);
}
END_TEST

static Suite *suite(void)
{
	Suite *suite = suite_create("manifest");
	TCase *tcase = tcase_create("manifest");

	tcase_set_timeout(tcase, 300);
	tcase_add_test(tcase, culture_amp_describes_itself);
	tcase_add_test(tcase, mock_uses_everything);
	tcase_add_test(tcase, tables_grow);
	suite_add_tcase(suite, tcase);
	return suite;
}

CHECK_MAIN(suite)
