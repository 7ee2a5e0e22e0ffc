/* Mode manifest: tables come out as they were declared. */
#include "config.h"

#include "check_main.h"
#include "runner/drive.h"

#include <string.h>

START_TEST(culture_amp_describes_itself)
{
	json_t *manifest = drive_manifest("plugins/.libs/culture_amp.so");
	if (getenv("SHOW_MANIFEST"))
		json_dumpf(manifest, stderr, JSON_INDENT(1));

	ck_assert_str_eq(json_string_value(json_object_get(manifest, "id")), "culture_amp");
	ck_assert_int_eq(json_integer_value(json_object_get(manifest, "manifest")), 1);
	ck_assert_uint_eq(json_array_size(json_object_get(manifest, "actions")), 9);
	json_decref(manifest);
}
END_TEST

static Suite *suite(void)
{
	Suite *suite = suite_create("manifest");
	TCase *tcase = tcase_create("manifest");

	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, culture_amp_describes_itself);
	suite_add_tcase(suite, tcase);
	return suite;
}

CHECK_MAIN(suite)
