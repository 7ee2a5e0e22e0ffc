#include "config.h"

#include "fetch/budget.h"

#include "check_main.h"

#include <stdbool.h>
#include <stdio.h>

static struct budget *budget;
static struct error error;

static int64_t ask(
	const struct budget_limit *limits, size_t count, enum budget_priority priority, int64_t now)
{
	int64_t wait = -1;

	ck_assert_int_eq(budget_ask(&wait, budget, limits, count, priority, now, &error), 0);
	return wait;
}

/* Asks as often as it is allowed to; returns how many requests went out before end. */
static unsigned run(const struct budget_limit *limits, size_t count, int64_t now, int64_t end)
{
	unsigned made = 0;

	while (now < end) {
		int64_t wait = ask(limits, count, BUDGET_SYNC, now);
		if (wait == 0)
			made++;
		now += wait;
	}
	return made;
}

START_TEST(never_more_than_the_count_in_any_window)
{
	const struct budget_limit limit[] = { { "a", 20, 1 } };

	ck_assert_uint_eq(run(limit, 1, 5000, 5001), 20);
	ck_assert_int_eq(ask(limit, 1, BUDGET_SYNC, 5000), 1000);
	ck_assert_int_eq(ask(limit, 1, BUDGET_SYNC, 5999), 1);
	ck_assert_uint_eq(run(limit, 1, 5999, 6001), 20);
	ck_assert_uint_eq(run(limit, 1, 7000, 17000), 200);
}
END_TEST

START_TEST(all_limits_hold_at_once)
{
	const struct budget_limit both[] = { { "a", 20, 1 }, { "a", 100, 60 } };

	ck_assert_uint_eq(run(both, 2, 0, 60000), 100);
	ck_assert_uint_eq(run(both, 2, 60000, 120000), 100);
}
END_TEST

START_TEST(what_has_to_wait_is_not_counted)
{
	const struct budget_limit both[] = { { "a", 5, 1 }, { "b", 1, 10 } };

	ck_assert_int_eq(ask(both, 2, BUDGET_SYNC, 0), 0);
	for (int i = 0; i < 50; i++)
		ck_assert_int_eq(ask(both, 2, BUDGET_SYNC, 1), 9999);
	ck_assert_uint_eq(run(both, 1, 1, 2), 4);
}
END_TEST

START_TEST(keys_are_apart)
{
	const struct budget_limit a[] = { { "a", 1, 10 } }, b[] = { { "b", 1, 10 } };

	ck_assert_int_eq(ask(a, 1, BUDGET_SYNC, 0), 0);
	ck_assert_int_eq(ask(b, 1, BUDGET_SYNC, 0), 0);
	ck_assert_int_gt(ask(a, 1, BUDGET_SYNC, 0), 0);
}
END_TEST

START_TEST(large_counts_are_kept_in_groups)
{
	const struct budget_limit limit[] = { { "a", 100000, 60 } };
	unsigned made = run(limit, 1, 0, 60000);

	ck_assert_uint_le(made, 100000);
	ck_assert_uint_ge(made, 99500);
	ck_assert_uint_le(run(limit, 1, 60000, 120000), 100000);
}
END_TEST

START_TEST(interactive_goes_first)
{
	const struct budget_limit limit[] = { { "a", 1, 1 } };

	ck_assert_int_eq(ask(limit, 1, BUDGET_SYNC, 0), 0);
	ck_assert_int_eq(ask(limit, 1, BUDGET_SYNC, 0), 1000);
	ck_assert_int_eq(ask(limit, 1, BUDGET_INTERACTIVE, 100), 900);
	/* The sync comes back first and has to let it pass. */
	ck_assert_int_gt(ask(limit, 1, BUDGET_SYNC, 1000), 0);
	ck_assert_int_eq(ask(limit, 1, BUDGET_INTERACTIVE, 1000), 0);
	ck_assert_int_eq(ask(limit, 1, BUDGET_SYNC, 1000), 1000);
	/* Who never comes back holds nobody up for long. */
	ck_assert_int_eq(ask(limit, 1, BUDGET_INTERACTIVE, 1500), 500);
	ck_assert_int_eq(ask(limit, 1, BUDGET_SYNC, 2500), 0);
}
END_TEST

START_TEST(answers_correct_it)
{
	const struct budget_limit limit[] = { { "a", 100, 60 } };
	struct budget_answer answer = { 10, 5000, -1, 0 };

	ck_assert_int_eq(budget_correct(budget, limit, &answer, 0, &error), 0);
	ck_assert_uint_eq(run(limit, 1, 0, 4999), 10); /* others spent 90 of them */
	ck_assert_uint_ge(run(limit, 1, 5001, 5002), 80);
	answer = (struct budget_answer){ 0, 30000, -1, 0 };
	ck_assert_int_eq(budget_correct(budget, limit, &answer, 200000, &error), 0);
	ck_assert_int_eq(ask(limit, 1, BUDGET_SYNC, 200000), 30000);
	answer = (struct budget_answer){ -1, -1, 7000, 0 };
	ck_assert_int_eq(budget_correct(budget, limit, &answer, 400000, &error), 0);
	ck_assert_int_eq(ask(limit, 1, BUDGET_INTERACTIVE, 400000), 7000);
	ck_assert_int_eq(ask(limit, 1, BUDGET_INTERACTIVE, 407000), 0);
	/* Nonsense holds up for a day at most. */
	answer = (struct budget_answer){ -1, -1, INT64_MAX, 0 };
	ck_assert_int_eq(budget_correct(budget, limit, &answer, 0, &error), 0);
	ck_assert_int_le(ask(limit, 1, BUDGET_SYNC, 407000), 86400000);
	answer = (struct budget_answer){ INT64_MAX, INT64_MAX, -1, 0 };
	ck_assert_int_eq(budget_correct(budget, limit, &answer, 0, &error), 0);
}
END_TEST

START_TEST(a_rate_brings_them_back_one_by_one)
{
	const struct budget_limit limit[] = { { "a", 20, 2 } };
	const struct budget_answer empty = { 0, -1, -1, 100 };
	const struct budget_answer full = { 20, -1, -1, 100 };

	ck_assert_int_eq(budget_correct(budget, limit, &empty, 0, &error), 0);
	ck_assert_int_eq(ask(limit, 1, BUDGET_SYNC, 0), 100);
	ck_assert_int_eq(ask(limit, 1, BUDGET_SYNC, 100), 0);
	ck_assert_int_eq(ask(limit, 1, BUDGET_SYNC, 100), 100);
	ck_assert_uint_eq(run(limit, 1, 200, 1099), 9);
	ck_assert_int_eq(budget_correct(budget, limit, &full, 5000, &error), 0);
	ck_assert_int_eq(ask(limit, 1, BUDGET_SYNC, 5000), 0);
}
END_TEST

START_TEST(a_limit_without_number_minds_answers_only)
{
	const struct budget_limit limit[] = { { "a", 0, 1 } };
	struct budget_answer answer = { 3, 5000, 2000, 0 };

	for (int i = 0; i < 1000; i++)
		ck_assert_int_eq(ask(limit, 1, BUDGET_SYNC, 0), 0);
	ck_assert_int_eq(budget_correct(budget, limit, &answer, 0, &error), 0);
	ck_assert_int_eq(ask(limit, 1, BUDGET_SYNC, 0), 2000);
	ck_assert_int_eq(ask(limit, 1, BUDGET_SYNC, 2000), 0);
}
END_TEST

START_TEST(old_keys_make_room)
{
	char key[32];

	for (int i = 0; i < 5000; i++) {
		(void)snprintf(key, sizeof key, "key %d", i);
		const struct budget_limit limit[] = { { key, 1, 60 } };
		ck_assert_int_eq(ask(limit, 1, BUDGET_SYNC, i), 0);
	}
	const struct budget_limit newest[] = { { "key 4999", 1, 60 } };
	ck_assert_int_gt(ask(newest, 1, BUDGET_SYNC, 5000), 0);
}
END_TEST

static void read_headers(struct budget_answer *answer, const char *remaining, const char *reset,
	const char *rate, int64_t wall_s)
{
	const struct budget_headers headers = { remaining, reset, rate };

	budget_read(answer, &headers, wall_s);
}

START_TEST(headers_are_read)
{
	struct budget_answer answer = { -1, -1, 17, 0 };

	read_headers(&answer, "12", "30", NULL, 1700000000);
	ck_assert_int_eq(answer.remaining, 12);
	ck_assert_int_eq(answer.reset_ms, 30000);
	ck_assert_int_eq(answer.retry_ms, 17);
	read_headers(&answer, "0", "1700000060", NULL, 1700000000);
	ck_assert_int_eq(answer.reset_ms, 60000);
	read_headers(&answer, "many", "1600000000.25", NULL, 1700000000);
	ck_assert_int_eq(answer.remaining, -1);
	ck_assert_int_eq(answer.reset_ms, 0);
	read_headers(&answer, NULL, NULL, NULL, 0);
	ck_assert_int_eq(answer.reset_ms, -1);
	ck_assert_int_eq(answer.each_ms, 0);
	read_headers(&answer, "0", NULL, "30", 0);
	ck_assert_int_eq(answer.each_ms, 34);
	read_headers(&answer, "0", NULL, "0", 0);
	ck_assert_int_eq(answer.each_ms, 0);
	read_headers(&answer, "99999999999999999999999", "-5", NULL, 0);
	ck_assert_int_eq(answer.remaining, -1);
	ck_assert_int_eq(answer.reset_ms, -1);
}
END_TEST

static void setup(void)
{
	ck_assert_int_eq(budget_new(&budget, &error), 0);
}

static void teardown(void)
{
	budget_free(budget);
}

/* ---- Shared limits -------------------------------------------------------------------------------- */

static struct {
	unsigned asked;
	uint32_t wanted;
	struct budget_spent spent;
	int64_t closed_ms;
	unsigned closings;
} lent;

static void borrow(
	void *context, const struct budget_limit *limit, uint32_t wanted, const struct budget_spent *spent)
{
	ck_assert_ptr_eq(context, &lent);
	ck_assert_str_eq(limit->key, "shared");
	lent.asked++;
	lent.wanted = wanted;
	lent.spent = *spent;
}

static void close_key(void *context, const char *key, int64_t for_ms)
{
	ck_assert_ptr_eq(context, &lent);
	ck_assert_str_eq(key, "shared");
	lent.closed_ms = for_ms;
	lent.closings++;
}

static const struct budget_limit shared = { "shared", 100, 60 };

static struct budget *share(void)
{
	static const struct budget_lender lender = { borrow, close_key, &lent };
	struct budget *b;
	struct error e;

	memset(&lent, 0, sizeof lent);
	ck_assert_int_eq(budget_new(&b, &e), 0);
	budget_share(b, &lender, 0);
	return b;
}

static int64_t ask_shared(struct budget *b, int64_t now_ms)
{
	struct error e;
	int64_t wait;

	ck_assert_int_eq(budget_ask(&wait, b, &shared, 1, BUDGET_SYNC, now_ms, &e), 0);
	return wait;
}

static void lend(struct budget *b, int64_t id, uint32_t granted, int64_t wait_ms, int64_t now_ms)
{
	const struct budget_block block = { id, granted, 1000, wait_ms };

	budget_lent(b, &shared, &block, now_ms);
}

START_TEST(blocks_are_borrowed)
{
	struct budget *b = share();

	ck_assert_int_gt(ask_shared(b, 0), 0);
	ck_assert_int_gt(ask_shared(b, 1), 0);
	ck_assert_uint_eq(lent.asked, 1); /* one at a time */
	ck_assert_uint_eq(lent.wanted, 1);
	ck_assert_int_eq(lent.spent.id, 0);
	lend(b, 7, 1, 0, 5);
	ck_assert_int_eq(ask_shared(b, 5), 0);
	ck_assert_int_gt(ask_shared(b, 9), 0);
	ck_assert_uint_eq(lent.wanted, 2); /* it was used up: more the next time */
	ck_assert_int_eq(lent.spent.id, 7);
	ck_assert_uint_eq(lent.spent.unused, 0);
	ck_assert_int_eq(lent.spent.ago_ms, 4);
	lend(b, 8, 2, 0, 10);
	ck_assert_int_eq(ask_shared(b, 11), 0);
	ck_assert_int_gt(ask_shared(b, 1009), 0); /* a second after it was asked for it lapses */
	ck_assert_uint_eq(lent.spent.unused, 1);
	ck_assert_int_eq(lent.spent.ago_ms, 998);
	ck_assert_uint_eq(lent.wanted, 1);
	budget_free(b);
}
END_TEST

START_TEST(the_lender_has_none)
{
	struct budget *b = share();

	(void)ask_shared(b, 0);
	lend(b, 0, 0, 300, 5);
	ck_assert_int_eq(ask_shared(b, 10), 295);
	ck_assert_uint_eq(lent.asked, 1);
	ck_assert_int_gt(ask_shared(b, 305), 0);
	ck_assert_uint_eq(lent.asked, 2);
	budget_free(b);
}
END_TEST

START_TEST(nobody_lends)
{
	struct budget *b = share();

	(void)ask_shared(b, 0);
	budget_lent(b, &shared, NULL, 5);
	for (int i = 0; i < 100; i++)
		ck_assert_int_eq(ask_shared(b, 10), 0); /* our own count */
	ck_assert_int_gt(ask_shared(b, 10), 50000);
	ck_assert_uint_eq(lent.asked, 1);
	budget_free(b);
	b = share();
	(void)ask_shared(b, 0);
	ck_assert_int_eq(ask_shared(b, 5000), 0); /* the lender is silent */
	budget_free(b);
}
END_TEST

START_TEST(what_we_count_ourselves_comes_first)
{
	const struct budget_answer answer = { .remaining = -1, .reset_ms = -1, .retry_ms = 2000 };
	struct budget *b = share();
	struct error e;

	ck_assert_int_eq(budget_correct(b, &shared, &answer, 0, &e), 0);
	ck_assert_int_eq(ask_shared(b, 0), 2000);
	ck_assert_uint_eq(lent.asked, 0);
	ck_assert_int_eq(lent.closed_ms, 2000);
	ck_assert_int_eq(budget_correct(b, &shared, &answer, 100, &e), 0);
	ck_assert_uint_eq(lent.closings, 1); /* hardly news */
	ck_assert_int_eq(budget_correct(b, &shared, &answer, 600, &e), 0);
	ck_assert_uint_eq(lent.closings, 2);
	budget_free(b);
}
END_TEST

START_TEST(the_rest_is_handed_back)
{
	struct budget *b = share();

	(void)ask_shared(b, 0);
	lend(b, 7, 10, 0, 0);
	ck_assert_int_eq(ask_shared(b, 1), 0);
	budget_share(b, NULL, 5);
	ck_assert_uint_eq(lent.asked, 2);
	ck_assert_uint_eq(lent.wanted, 0);
	ck_assert_int_eq(lent.spent.id, 7);
	ck_assert_uint_eq(lent.spent.unused, 9);
	ck_assert_int_eq(lent.spent.ago_ms, 4);
	ck_assert_int_eq(ask_shared(b, 6), 0);
	budget_free(b);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("fetch/budget");
	TCase *c = tcase_create("budget");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_set_timeout(c, 300);
	tcase_add_test(c, never_more_than_the_count_in_any_window);
	tcase_add_test(c, all_limits_hold_at_once);
	tcase_add_test(c, what_has_to_wait_is_not_counted);
	tcase_add_test(c, keys_are_apart);
	tcase_add_test(c, large_counts_are_kept_in_groups);
	tcase_add_test(c, interactive_goes_first);
	tcase_add_test(c, answers_correct_it);
	tcase_add_test(c, a_rate_brings_them_back_one_by_one);
	tcase_add_test(c, a_limit_without_number_minds_answers_only);
	tcase_add_test(c, old_keys_make_room);
	tcase_add_test(c, headers_are_read);
	tcase_add_test(c, blocks_are_borrowed);
	tcase_add_test(c, the_lender_has_none);
	tcase_add_test(c, nobody_lends);
	tcase_add_test(c, what_we_count_ourselves_comes_first);
	tcase_add_test(c, the_rest_is_handed_back);
	suite_add_tcase(s, c);
	return s;
}

CHECK_MAIN(suite)
