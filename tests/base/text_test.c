#include "config.h"

#include "base/text.h"
#include "check_main.h"

#include <string.h>

START_TEST(utf8_is_strict)
{
	ck_assert(text_is_utf8("Zo\xC3\xAB \xE2\x82\xAC \xF0\x9F\x98\x80", 13));
	ck_assert(!text_is_utf8("\xC0\x80", 2));         /* overlong */
	ck_assert(!text_is_utf8("\xE0\x80\x80", 3));     /* overlong */
	ck_assert(!text_is_utf8("\xED\xA0\x80", 3));     /* surrogate */
	ck_assert(!text_is_utf8("\xF4\x90\x80\x80", 4)); /* above U+10FFFF */
	ck_assert(!text_is_utf8("\xE2\x82", 2));         /* cut */
	ck_assert(text_is_utf8("a\0b", 3));
}
END_TEST

START_TEST(clean_disarms_terminals)
{
	char out[64];

	text_clean(out, sizeof out, "\x1B[2Jhi\xC2\x9B\xE2\x80\xAE", 11);
	ck_assert_str_eq(out, "\xEF\xBF\xBD[2Jhi\xEF\xBF\xBD\xEF\xBF\xBD");
	text_clean(out, 5, "ab\xE2\x82\xAC", 5); /* never half a character */
	ck_assert_str_eq(out, "ab");
}
END_TEST

START_TEST(trim_cuts_half_characters)
{
	char cut[] = "ab\xE2\x82";
	char whole[] = "ab\xE2\x82\xAC";

	text_trim_utf8(cut);
	ck_assert_str_eq(cut, "ab");
	text_trim_utf8(whole);
	ck_assert_str_eq(whole, "ab\xE2\x82\xAC");
}
END_TEST

START_TEST(distance_counts_edits)
{
	ck_assert_uint_eq(text_distance("list_employees", "list_employees"), 0);
	ck_assert_uint_eq(text_distance("list_employes", "list_employees"), 1);
	ck_assert_uint_eq(text_distance("list_empolyees", "list_employees"), 1);
	ck_assert_uint_eq(text_distance("", "abc"), 3);
}
END_TEST

START_TEST(numbers_fill_the_text)
{
	uint64_t value;

	ck_assert_int_eq(text_to_u64(&value, "18446744073709551615"), 0);
	ck_assert_uint_eq(value, UINT64_MAX);
	ck_assert_int_eq(text_to_u64(&value, "18446744073709551616"), -1);
	ck_assert_int_eq(text_to_u64(&value, ""), -1);
	ck_assert_int_eq(text_to_u64(&value, "1x"), -1);
	ck_assert_int_eq(text_to_u64(&value, "-1"), -1);
}
END_TEST

START_TEST(width_knows_wide_and_combining)
{
	ck_assert_uint_eq(text_width("abc", 3), 3);
	ck_assert_uint_eq(text_width("\xE6\x9D\x8E", 3), 2);
	ck_assert_uint_eq(text_width("e\xCC\x81", 3), 1);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("base/text");
	TCase *c = tcase_create("text");

	tcase_add_test(c, utf8_is_strict);
	tcase_add_test(c, clean_disarms_terminals);
	tcase_add_test(c, trim_cuts_half_characters);
	tcase_add_test(c, distance_counts_edits);
	tcase_add_test(c, numbers_fill_the_text);
	tcase_add_test(c, width_knows_wide_and_combining);
	suite_add_tcase(s, c);
	return s;
}

CHECK_MAIN(suite)
