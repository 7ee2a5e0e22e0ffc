/* A long period is cut into windows that an endpoint takes: without a gap, without an overlap. */
#include "config.h"

#include "check_main.h"
#include "run/windows.h"

#include <string.h>

static const struct manifest_each by_days = { .over = EACH_DAYS, .from = "start", .to = "end", .count = 366 };
static const struct manifest_each by_months = {
	.over = EACH_MONTHS, .from = "start", .to = "end", .count = 1
};
static struct manifest_action action = { .id = "list", .each_count = 1 };
static struct entries parameters;
static struct windows windows;
static struct error error;

static void set_up(void)
{
	action.each = &by_months;
	parameters = (struct entries)ENTRIES_INIT;
	memset(&error, 0, sizeof error);
}

static void tear_down(void)
{
	entries_clear(&parameters);
}

static void give(const char *id, const char *text)
{
	ck_assert_int_eq(entries_set(&parameters, id, text, strlen(text), false, &error), 0);
}

static int64_t day(const char *date)
{
	int64_t result = 0;

	ck_assert_int_eq(windows_day(&result, date), 0);
	return result;
}

static void expect(const char *start, const char *end)
{
	ck_assert_str_eq(entries_text(&parameters, "start"), start);
	ck_assert_str_eq(entries_text(&parameters, "end"), end);
}

static int begin(const char *today)
{
	return windows_begin(&windows, &parameters, &action, day(today), &error);
}

/* Every day of eight centuries, there and back. */
START_TEST(days_and_dates_agree)
{
	char text[11];

	ck_assert_int_eq(day("1970-01-01"), 0);
	ck_assert_int_eq(day("2000-03-01"), 11017);
	for (int64_t i = day("1600-01-01"); i < day("2400-12-31"); i++) {
		windows_date(text, i);
		ck_assert_int_eq(day(text), i);
	}
}
END_TEST

START_TEST(months_are_those_of_the_calendar)
{
	give("start", "2024-01-15");
	give("end", "2024-03-02");
	ck_assert_int_eq(begin("2026-11-22"), 0);
	expect("2024-01-15", "2024-01-31");
	ck_assert(windows_more(&windows));
	ck_assert_int_eq(windows_next(&windows, &parameters, &error), 0);
	expect("2024-02-01", "2024-02-29");
	ck_assert_int_eq(windows_next(&windows, &parameters, &error), 0);
	expect("2024-03-01", "2024-03-02");
	ck_assert(!windows_more(&windows));
}
END_TEST

START_TEST(the_year_turns)
{
	give("start", "2025-12-01");
	give("end", "2026-01-01");
	ck_assert_int_eq(begin("2026-11-22"), 0);
	expect("2025-12-01", "2025-12-31");
	ck_assert_int_eq(windows_next(&windows, &parameters, &error), 0);
	expect("2026-01-01", "2026-01-01");
	ck_assert(!windows_more(&windows));
}
END_TEST

START_TEST(days_are_counted)
{
	action.each = &by_days;
	give("start", "2024-01-01");
	give("end", "2025-01-01");
	ck_assert_int_eq(begin("2026-11-22"), 0);
	expect("2024-01-01", "2024-12-31");
	ck_assert_int_eq(windows_next(&windows, &parameters, &error), 0);
	expect("2025-01-01", "2025-01-01");
	ck_assert(!windows_more(&windows));
}
END_TEST

START_TEST(what_fits_stays_as_it_is)
{
	give("start", "2024-02-01");
	give("end", "2024-02-29");
	ck_assert_int_eq(begin("2026-11-22"), 0);
	expect("2024-02-01", "2024-02-29");
	ck_assert(!windows_more(&windows));
}
END_TEST

START_TEST(without_an_end_it_is_today)
{
	give("start", "2026-11-01");
	ck_assert_int_eq(begin("2026-11-22"), 0);
	expect("2026-11-01", "2026-11-22");
	ck_assert(!windows_more(&windows));
}
END_TEST

START_TEST(nothing_asked_nothing_cut)
{
	ck_assert_int_eq(begin("2026-11-22"), 0);
	ck_assert(!windows_more(&windows));
	ck_assert_uint_eq(parameters.count, 0);
}
END_TEST

static const struct {
	const char *start, *end;
	const char *field;
} bad[] = {
	{ NULL, "2026-01-01", "start" },
	{ "2026-02-01", "2026-01-31", "end" },
	{ "2026-12-01", NULL, "start" },
	{ "2026-02-30", "2026-03-01", "start" },
	{ "2026-02-01", "tomorrow", "end" },
};

START_TEST(bad_periods_name_their_field)
{
	if (bad[_i].start)
		give("start", bad[_i].start);
	if (bad[_i].end)
		give("end", bad[_i].end);
	ck_assert_int_eq(begin("2026-11-22"), -1);
	ck_assert_int_eq(error.code, ERROR_BAD_PARAMETER);
	ck_assert_str_eq(error.problems[0].field, bad[_i].field);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("run/windows");
	TCase *c = tcase_create("windows");

	tcase_add_checked_fixture(c, set_up, tear_down);
	tcase_add_test(c, days_and_dates_agree);
	tcase_add_test(c, months_are_those_of_the_calendar);
	tcase_add_test(c, the_year_turns);
	tcase_add_test(c, days_are_counted);
	tcase_add_test(c, what_fits_stays_as_it_is);
	tcase_add_test(c, without_an_end_it_is_today);
	tcase_add_test(c, nothing_asked_nothing_cut);
	tcase_add_loop_test(c, bad_periods_name_their_field, 0, sizeof bad / sizeof bad[0]);
	suite_add_tcase(s, c);
	return s;
}

CHECK_MAIN(suite)
