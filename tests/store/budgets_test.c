/* Blocks of a limit that many share: in no stretch of its seconds are there more requests than its count,
 * whatever is handed back, lost or closed meanwhile. */
#include "config.h"

#include "store/budgets.h"

#include "check_main.h"
#include "store/fixture.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SECOND = 1000, MINUTE = 60 * SECOND, START_MS = 1000000 * SECOND };

static struct place place;
static struct store *store;
static int64_t now_ms;

#define GOOD(call) \
	do { \
		struct error error = { 0 }; \
		int result_ = (call); \
		ck_assert_msg(result_ == 0, "%s: %s", #call, error.message); \
	} while (0)

static int64_t fake_now(void *context)
{
	(void)context;
	return now_ms;
}

static void open_store(void)
{
	struct store_options options = place_options(&place);

	options.now_ms = fake_now;
	GOOD(store_open(&store, &options, &error));
}

static void set_up(void)
{
	place_make(&place);
	now_ms = START_MS;
	open_store();
}

static void tear_down(void)
{
	store_close(store);
	place_remove(&place);
}

static struct budget_lease lease_of(const char *key, uint32_t count, uint32_t seconds, uint32_t wanted)
{
	const struct budget_request request = {
		.key = key, .count = count, .seconds = seconds, .wanted = wanted
	};
	struct budget_lease lease;

	GOOD(budgets_lease(&lease, store, &request, &error));
	return lease;
}

static struct budget_lease lease(uint32_t wanted)
{
	return lease_of("account:1", 100, 60, wanted);
}

static void hand_back(int64_t id, uint32_t unused, int64_t ago_ms)
{
	const struct budget_request request = { .key = "account:1",
		.count = 100,
		.seconds = 60,
		.spent = id,
		.unused = unused,
		.spent_ago_ms = ago_ms };
	struct budget_lease none;

	GOOD(budgets_lease(&none, store, &request, &error));
	ck_assert_uint_eq(none.granted, 0);
}

START_TEST(a_quarter_of_what_is_left)
{
	static const uint32_t granted[] = { 25, 18, 14, 10, 8, 6, 4, 3, 3, 2, 1, 1, 1, 1, 1, 1, 1, 0 };
	struct budget_lease block;

	for (size_t i = 0; i < sizeof granted / sizeof granted[0]; i++) {
		block = lease(1000);
		ck_assert_uint_eq(block.granted, granted[i]);
		ck_assert(block.granted == 0 || block.hold_ms == 15 * SECOND);
	}
	ck_assert_int_eq(
		block.wait_ms, 75 * SECOND); /* when the first is no longer held, and a minute after */
	now_ms += block.wait_ms - 1;
	ck_assert_uint_eq(lease(1000).granted, 0);
	now_ms += 1;
	ck_assert_uint_eq(lease(1000).granted, 25);
}
END_TEST

START_TEST(no_more_than_was_wanted)
{
	ck_assert_uint_eq(lease(1).granted, 1);
	ck_assert_uint_eq(lease(7).granted, 7);
	ck_assert_uint_eq(lease_of("account:1", 2, 1, 9).granted, 1); /* never less than one */
	ck_assert_uint_eq(lease_of("account:1", 2, 1, 9).granted, 1);
	ck_assert_int_eq(lease_of("account:1", 2, 1, 9).wait_ms, 1250);
}
END_TEST

START_TEST(what_was_not_used_comes_back)
{
	struct budget_lease block = lease(25);

	now_ms += 10 * SECOND;
	hand_back(block.id, 20, 4 * SECOND);        /* the last request at 6 s */
	ck_assert_uint_eq(lease(1000).granted, 23); /* of 95 */
	now_ms = START_MS + 66 * SECOND;
	ck_assert_uint_eq(lease(1000).granted, 19); /* of 77: the five are forgotten */
	hand_back(block.id, 1000, 0);               /* a block that is no more */
	hand_back(4711, 1000, 0);
	ck_assert_uint_eq(lease(1000).granted, 14);
}
END_TEST

START_TEST(nobody_hands_back_for_another_key)
{
	struct budget_lease block = lease_of("account:2", 100, 60, 25);

	hand_back(block.id, 25, 0);
	ck_assert_uint_eq(lease_of("account:2", 100, 60, 1000).granted, 18);
}
END_TEST

START_TEST(limits_and_keys_are_apart)
{
	ck_assert_uint_eq(lease_of("a", 4, 1, 4).granted, 1);
	ck_assert_uint_eq(lease_of("b", 4, 1, 4).granted, 1);
	ck_assert_uint_eq(lease_of("a", 8, 1, 8).granted, 2);
	ck_assert_uint_eq(lease_of("a", 8, 60, 8).granted, 2);
}
END_TEST

START_TEST(closed_for_all)
{
	GOOD(budgets_close(store, "account:1", 30 * SECOND, &error));
	GOOD(budgets_close(store, "account:1", 5 * SECOND, &error)); /* less is no news */
	ck_assert_int_eq(lease(1).wait_ms, 30 * SECOND);
	ck_assert_int_eq(lease_of("account:1", 0, 1, 1).wait_ms, 30 * SECOND);
	ck_assert_uint_eq(lease_of("account:2", 100, 60, 1).granted, 1);
	now_ms += 30 * SECOND;
	ck_assert_uint_eq(lease(1).granted, 1);
	ck_assert_uint_eq(lease_of("account:1", 0, 1, 1).granted, 1);
}
END_TEST

START_TEST(nothing_is_closed_for_ever)
{
	GOOD(budgets_close(store, "account:1", INT64_MAX, &error));
	ck_assert_int_eq(lease(1).wait_ms, 24 * 60 * MINUTE);
}
END_TEST

START_TEST(a_clock_that_was_set_back)
{
	ck_assert_uint_eq(lease(25).granted, 25);
	GOOD(budgets_close(store, "account:1", MINUTE, &error));
	now_ms -= 10 * 24 * 60 * (int64_t)MINUTE;
	ck_assert_uint_eq(lease(1000).granted, 25);
}
END_TEST

/* ---- Many processes ----------------------------------------------------------------------------------- */

enum { PROCESSES = 6, COUNT = 500 };

START_TEST(many_processes_share_one_limit)
{
	int ends[2];
	uint32_t granted, sum = 0;

	store_close(store);
	ck_assert_int_eq(pipe(ends), 0);
	for (int i = 0; i < PROCESSES; i++) {
		pid_t child = fork();
		ck_assert_int_ge(child, 0);
		if (child > 0)
			continue;
		open_store();
		while ((granted = lease_of("app", COUNT, 60, 16).granted) > 0)
			ck_assert_int_eq(write(ends[1], &granted, sizeof granted), sizeof granted);
		store_close(store);
		_exit(0);
	}
	(void)close(ends[1]);
	while (read(ends[0], &granted, sizeof granted) == sizeof granted)
		sum += granted;
	(void)close(ends[0]);
	for (int i = 0; i < PROCESSES; i++) {
		int status;
		ck_assert_int_gt(wait(&status), 0);
		ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	}
	ck_assert_uint_eq(sum, COUNT);
	open_store();
}
END_TEST

static Suite *make_suite(void)
{
	Suite *suite = suite_create("store: budgets");
	TCase *tests = tcase_create("budgets");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, a_quarter_of_what_is_left);
	tcase_add_test(tests, no_more_than_was_wanted);
	tcase_add_test(tests, what_was_not_used_comes_back);
	tcase_add_test(tests, nobody_hands_back_for_another_key);
	tcase_add_test(tests, limits_and_keys_are_apart);
	tcase_add_test(tests, closed_for_all);
	tcase_add_test(tests, nothing_is_closed_for_ever);
	tcase_add_test(tests, a_clock_that_was_set_back);
	tcase_add_test(tests, many_processes_share_one_limit);
	suite_add_tcase(suite, tests);
	return suite;
}

CHECK_MAIN(make_suite)
