/* What reaches from one window into the next is told again; what is twice in one window is not. */
#include "config.h"

#include "check_main.h"
#include "run/seen.h"

#include <stdio.h>
#include <string.h>

static struct seen seen;
static struct error error;

static bool again(const char *key)
{
	bool result = false;

	ck_assert_int_eq(seen_note(&result, &seen, key, strlen(key), &error), 0);
	return result;
}

static void tear_down(void)
{
	seen_clear(&seen);
}

START_TEST(only_the_window_before_counts)
{
	ck_assert(!again("[\"1\"]"));
	ck_assert(!again("[\"1\"]"));
	ck_assert(!again("[\"2\"]"));
	seen_turn(&seen);
	ck_assert(again("[\"1\"]"));
	ck_assert(!again("[\"3\"]"));
	seen_turn(&seen);
	ck_assert(again("[\"1\"]"));
	ck_assert(!again("[\"2\"]"));
	ck_assert(again("[\"3\"]"));
}
END_TEST

START_TEST(there_is_room_for_many)
{
	char key[32];

	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < 20000; i++) {
			(void)snprintf(key, sizeof key, "[\"%d\"]", i + round * 10000);
			ck_assert(again(key) == (round > 0 && i < 10000));
		}
		seen_turn(&seen);
	}
	ck_assert_uint_eq(seen.last.count, 20000);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("run/seen");
	TCase *c = tcase_create("seen");

	tcase_add_checked_fixture(c, NULL, tear_down);
	tcase_add_test(c, only_the_window_before_counts);
	tcase_add_test(c, there_is_room_for_many);
	suite_add_tcase(s, c);
	return s;
}

CHECK_MAIN(suite)
