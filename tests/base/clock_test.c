#include "config.h"

#include "base/clock.h"

#include "check_main.h"

START_TEST(a_moment_is_said_in_utc)
{
	char text[32];

	ck_assert_int_eq(clock_text(text, sizeof text, 1770000001999, CLOCK_ISO), 0);
	ck_assert_str_eq(text, "2026-02-02T02:40:01Z");
	ck_assert_int_eq(clock_text(text, sizeof text, 0, CLOCK_DAY), 0);
	ck_assert_str_eq(text, "1970-01-01");
	ck_assert_int_eq(clock_text(text, sizeof text, 951782399999, CLOCK_SECOND), 0);
	ck_assert_str_eq(text, "2000-02-28 23:59:59");
	ck_assert_int_eq(clock_text(text, sizeof text, 951782400000, CLOCK_NAME), 0);
	ck_assert_str_eq(text, "20000229T000000Z");
}
END_TEST

START_TEST(what_can_not_be_said_is_empty)
{
	char text[8] = "before";

	ck_assert_int_eq(clock_text(text, sizeof text, 0, CLOCK_DAY), -1);
	ck_assert_str_eq(text, "");
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("base/clock");
	TCase *c = tcase_create("clock");

	tcase_add_test(c, a_moment_is_said_in_utc);
	tcase_add_test(c, what_can_not_be_said_is_empty);
	suite_add_tcase(s, c);
	return s;
}

CHECK_MAIN(suite)
