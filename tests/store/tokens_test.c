/* Tokens in the store: whose turn it is, what failure means, what an old fence may do. */
#include "config.h"

#include "check_main.h"
#include "store/tokens_fixture.h"

#include <stdio.h>
#include <string.h>

/* ---- Turns -------------------------------------------------------------------------------------------- */

START_TEST(fresh_until_it_expires)
{
	struct token_row row = take(&retry, 0, TOKEN_FRESH);

	ck_assert_str_eq(row.access_token, "access-1");
	ck_assert_str_eq(row.scope, "read");
	ck_assert_int_eq(row.expires_ms, START_MS + 15 * MINUTE);
	ck_assert_ptr_null(row.refresh_token);
	token_row_clear(&row);
	now_ms += 14 * MINUTE - 1;
	row = take(&retry, 0, TOKEN_FRESH);
	token_row_clear(&row);
	now_ms += 1; /* a minute before its end */
	row = take(&retry, 0, TOKEN_YOURS);
	ck_assert_str_eq(row.refresh_token, "refresh-1");
	ck_assert_ptr_null(row.access_token);
	token_row_clear(&row);
}
END_TEST

START_TEST(short_lives_are_shared_too)
{
	struct token_row row = take(&retry, UINT64_MAX, TOKEN_YOURS);
	const struct account_token token = {
		.auth = "oauth", .access_token = "brief", .expires_ms = now_ms + 10000
	};
	uint64_t version;

	GOOD(tokens_settle(&version, store, account_id, &token, row.fence, &error));
	token_row_clear(&row);
	now_ms += 8999;
	row = take(&retry, 0, TOKEN_FRESH);
	ck_assert_uint_eq(row.version, version);
	token_row_clear(&row);
	now_ms += 1;
	row = take(&retry, 0, TOKEN_YOURS);
	token_row_clear(&row);
}
END_TEST

START_TEST(a_refused_one_is_replaced_once)
{
	struct token_row row = take(&retry, 0, TOKEN_FRESH);
	uint64_t first = row.version;

	token_row_clear(&row);
	row = take(&retry, first, TOKEN_YOURS);
	GOOD(settle_as(row.fence, "access-2", NULL, &error));
	token_row_clear(&row);
	row = take(&retry, first, TOKEN_FRESH);
	ck_assert_str_eq(row.access_token, "access-2");
	ck_assert_str_eq(row.scope, "read"); /* it was not said anew */
	token_row_clear(&row);
}
END_TEST

START_TEST(rotation)
{
	renew(&retry, "refresh-1", "access-2", "refresh-2");
	renew(&retry, "refresh-2", "access-3", NULL);
	renew(&retry, "refresh-2", "access-4", "refresh-4");
	renew(&link_again, "refresh-4", "access-5", "refresh-5");
}
END_TEST

START_TEST(one_at_a_time)
{
	struct token_row mine = take(&retry, UINT64_MAX, TOKEN_YOURS);
	struct token_row other = take(&retry, UINT64_MAX, TOKEN_BUSY);

	ck_assert_int_ge(other.wait_ms, 1);
	ck_assert_int_le(other.wait_ms, LEASE_MS + 1);
	token_row_clear(&other);
	now_ms += LEASE_MS - 1;
	other = take(&retry, UINT64_MAX, TOKEN_BUSY);
	ck_assert_int_eq(other.wait_ms, 2);
	token_row_clear(&other);
	now_ms -= LEASE_MS;
	other = take(&retry, 0, TOKEN_FRESH); /* who does not mind the old one need not wait */
	token_row_clear(&other);
	GOOD(settle_as(mine.fence, "access-2", NULL, &error));
	other = take(&retry, mine.version, TOKEN_FRESH);
	token_row_clear(&other);
	token_row_clear(&mine);
}
END_TEST

START_TEST(each_auth_has_its_own)
{
	struct token_row row;

	GOOD(tokens_take(&row, store, account_id, "v1", &renewable, 0, &error));
	ck_assert_int_eq(row.turn, TOKEN_YOURS);
	ck_assert_ptr_null(row.refresh_token);
	token_row_clear(&row);
	GOOD(tokens_take(&row, store, account_id, "v1", &renewable, 0, &error));
	ck_assert_int_eq(row.turn, TOKEN_BUSY);
	row = take(&retry, 0, TOKEN_FRESH);
	token_row_clear(&row);
}
END_TEST

START_TEST(no_way_to_a_token)
{
	link_account(NULL, true);
	now_ms += 15 * MINUTE;
	take_nothing(&retry, ERROR_NEEDS_LINKING);
	ck_assert_str_eq(last.account, "nova");
	state_is(ACCOUNT_NEEDS_LINKING, "nothing to renew it with");
	take_nothing(&retry, ERROR_NEEDS_LINKING);
	ck_assert_ptr_nonnull(strstr(last.message, "nothing to renew it with"));
	GOOD(accounts_remove(store, "nova", &error));
	take_nothing(&retry, ERROR_ACCOUNT_NOT_FOUND);
}
END_TEST

/* ---- What fails --------------------------------------------------------------------------------------- */

static void fail_with(enum error_code code, const char *message, bool sent, int status, const char *body)
{
	struct token_row row = take(&retry, UINT64_MAX, TOKEN_YOURS);
	struct error why = { .code = code };

	(void)snprintf(why.message, sizeof why.message, "%s", message);
	if (status)
		GOOD(tokens_keep(store, account_id, "oauth", row.fence, status, body, strlen(body), &error));
	GOOD(tokens_fail(store, account_id, "oauth", row.fence, sent, &why, &error));
	token_row_clear(&row);
}

START_TEST(what_was_not_sent_leaves_no_doubt)
{
	fail_with(ERROR_CONNECTION_FAILED, "no network", false, 0, NULL);
	renew(&link_again, "refresh-1", "access-2", NULL);
}
END_TEST

START_TEST(what_was_refused_leaves_no_doubt)
{
	static const int statuses[] = { 301, 400, 401, 404, 429, 503 };

	for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++)
		fail_with(ERROR_PROVIDER_FAILED, "no", true, statuses[i], "no");
	renew(&link_again, "refresh-1", "access-2", NULL);
}
END_TEST

START_TEST(what_was_lost_does)
{
	fail_with(ERROR_CONNECTION_LOST, "reset", true, 0, NULL);
	take_nothing(&link_again, ERROR_NEEDS_LINKING);
	ck_assert_ptr_nonnull(strstr(last.message, "1970-01-12 13:46:40 UTC"));
	state_is(ACCOUNT_NEEDS_LINKING, "pass for theft");
}
END_TEST

START_TEST(a_gateways_word_is_not_enough)
{
	static const int statuses[] = { 200, 500, 502, 504 };

	for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++) {
		fail_with(ERROR_PROVIDER_FAILED, "what?", true, statuses[i], "<html>");
		take_nothing(&link_again, ERROR_NEEDS_LINKING);
		link_account("refresh-1", true);
	}
}
END_TEST

START_TEST(an_outage_unlinks_nobody)
{
	for (int i = 0; i < 20; i++) {
		fail_with(ERROR_CONNECTION_LOST, "timed out", true, 0, NULL);
		now_ms += 60 * MINUTE;
	}
	renew(&retry, "refresh-1", "access-2", "refresh-2");
	renew(&link_again, "refresh-2", "access-3", NULL); /* nothing is in doubt any more */
}
END_TEST

START_TEST(doubt_outlives_what_was_not_sent)
{
	fail_with(ERROR_CONNECTION_LOST, "timed out", true, 0, NULL);
	fail_with(ERROR_CONNECTION_FAILED, "no network", false, 0, NULL);
	fail_with(ERROR_RATE_LIMITED, "slowly", true, 429, "");
	take_nothing(&link_again, ERROR_NEEDS_LINKING);
}
END_TEST

START_TEST(a_refused_refresh_token)
{
	struct token_row row;

	fail_with(ERROR_NEEDS_LINKING, "It was withdrawn.", true, 400, "{\"error\":\"invalid_grant\"}");
	state_is(ACCOUNT_NEEDS_LINKING, "It was withdrawn.");
	take_nothing(&retry, ERROR_NEEDS_LINKING);
	ck_assert_str_eq(last.message, "It was withdrawn.");
	/* Nor does a process that has not seen the refusal of the access token try it again. */
	BAD(ERROR_NEEDS_LINKING, tokens_take(&row, store, account_id, "oauth", &retry, 0, &error));
	ck_assert_ptr_null(row.access_token);
	link_account("refresh-9", true);
	state_is(ACCOUNT_LINKED, "");
	renew(&retry, "refresh-9", "access-10", NULL);
}
END_TEST

START_TEST(a_refused_one_that_was_in_doubt_says_so)
{
	fail_with(ERROR_CONNECTION_LOST, "reset", true, 0, NULL);
	fail_with(ERROR_NEEDS_LINKING, "It was used before.", true, 400, "");
	state_is(ACCOUNT_NEEDS_LINKING,
		"It was used before. A renewal had been cut off at 1970-01-12 13:46:40 UTC.");
}
END_TEST

START_TEST(a_doubtful_account_that_renews_is_well)
{
	GOOD(accounts_state(store, account_id, ACCOUNT_DOUBTFUL, "from a backup", &error));
	renew(&retry, "refresh-1", "access-2", NULL);
	state_is(ACCOUNT_LINKED, "");
}
END_TEST

START_TEST(another_auths_token_does_not_link_it)
{
	struct token_row row;
	uint64_t version;
	struct account_token token = { .auth = "v1", .access_token = "plain" };

	fail_with(ERROR_NEEDS_LINKING, "It was withdrawn.", true, 400, "");
	GOOD(tokens_take(&row, store, account_id, "v1", &renewable, 0, &error));
	GOOD(tokens_settle(&version, store, account_id, &token, row.fence, &error));
	state_is(ACCOUNT_NEEDS_LINKING, "withdrawn");
	token_row_clear(&row);
}
END_TEST

/* ---- Fences ------------------------------------------------------------------------------------------- */

START_TEST(an_old_fence_writes_nothing)
{
	struct token_row slow = take(&retry, UINT64_MAX, TOKEN_YOURS);
	struct token_row quick;
	struct error why = { .code = ERROR_NEEDS_LINKING, .message = "late" };

	now_ms += LEASE_MS + 1;
	quick = take(&retry, UINT64_MAX, TOKEN_YOURS);
	ck_assert_uint_gt(quick.fence, slow.fence);
	BAD(ERROR_LEASE_LOST, settle_as(slow.fence, "late", "late", &error));
	BAD(ERROR_LEASE_LOST, tokens_fail(store, account_id, "oauth", slow.fence, true, &why, &error));
	BAD(ERROR_LEASE_LOST, tokens_leave(store, account_id, "oauth", slow.fence, &error));
	BAD(ERROR_LEASE_LOST, tokens_keep(store, account_id, "oauth", slow.fence, 400, "late", 4, &error));
	state_is(ACCOUNT_LINKED, "");
	GOOD(settle_as(quick.fence, "access-2", "refresh-2", &error));
	BAD(ERROR_LEASE_LOST, tokens_keep(store, account_id, "oauth", slow.fence, 200, "late", 4, &error));
	token_row_clear(&slow);
	token_row_clear(&quick);
	renew(&retry, "refresh-2", "access-3", NULL);
}
END_TEST

/* The slow one's answer is the good one, since it was the first to be seen by the provider. */
START_TEST(a_late_answer_rescues)
{
	struct token_row slow = take(&retry, UINT64_MAX, TOKEN_YOURS);
	struct error why = { .code = ERROR_NEEDS_LINKING, .message = "reused" };
	struct token_row row;

	now_ms += LEASE_MS + 1;
	row = take(&retry, UINT64_MAX, TOKEN_YOURS);
	BAD(ERROR_LEASE_LOST, tokens_keep(store, account_id, "oauth", slow.fence, 200, "good", 4, &error));
	GOOD(tokens_keep(store, account_id, "oauth", row.fence, 400, "reused", 6, &error));
	BAD(ERROR_LEASE_LOST, tokens_fail(store, account_id, "oauth", row.fence, true, &why, &error));
	state_is(ACCOUNT_LINKED, "");
	token_row_clear(&row);
	row = take(&retry, UINT64_MAX, TOKEN_ANSWERED);
	ck_assert_str_eq(row.answer, "good");
	ck_assert_int_eq(row.answer_status, 200);
	GOOD(settle_as(row.fence, "access-2", "refresh-2", &error));
	token_row_clear(&row);
	token_row_clear(&slow);
	renew(&retry, "refresh-2", "access-3", NULL);
}
END_TEST

START_TEST(a_late_answer_rescues_what_was_given_up)
{
	struct token_row slow = take(&retry, UINT64_MAX, TOKEN_YOURS);
	struct token_row row;

	now_ms += LEASE_MS + 1;
	fail_with(ERROR_NEEDS_LINKING, "reused", true, 400, "reused");
	state_is(ACCOUNT_NEEDS_LINKING, "reused");
	BAD(ERROR_LEASE_LOST, tokens_keep(store, account_id, "oauth", slow.fence, 200, "good", 4, &error));
	row = take(&retry, UINT64_MAX, TOKEN_ANSWERED);
	GOOD(settle_as(row.fence, "access-2", "refresh-2", &error));
	state_is(ACCOUNT_LINKED, "");
	token_row_clear(&row);
	token_row_clear(&slow);
}
END_TEST

START_TEST(who_links_again_is_not_disturbed)
{
	struct token_row old = take(&retry, UINT64_MAX, TOKEN_YOURS);

	link_account("refresh-9", true);
	BAD(ERROR_LEASE_LOST, tokens_keep(store, account_id, "oauth", old.fence, 200, "old", 3, &error));
	BAD(ERROR_LEASE_LOST, settle_as(old.fence, "old", "old", &error));
	token_row_clear(&old);
	renew(&retry, "refresh-9", "access-10", NULL);
}
END_TEST

START_TEST(a_clock_that_was_set_back)
{
	struct token_row row = take(&retry, UINT64_MAX, TOKEN_YOURS);

	token_row_clear(&row);
	now_ms -= 24 * 60 * MINUTE;
	row = take(&retry, UINT64_MAX, TOKEN_YOURS);
	token_row_clear(&row);
}
END_TEST

/* It was ten years ahead when the token came: that is not good for ten years. */
START_TEST(a_clock_that_was_wrong_when_the_token_came)
{
	const int64_t years = INT64_C(10) * 365 * 24 * 60 * MINUTE;
	struct token_row row;

	now_ms += years;
	renew(&retry, "refresh-1", "access-2", "refresh-2");
	now_ms -= 1000; /* a little is no reason */
	row = take(&retry, 0, TOKEN_FRESH);
	token_row_clear(&row);
	now_ms -= years;
	row = take(&retry, 0, TOKEN_YOURS);
	ck_assert_str_eq(row.refresh_token, "refresh-2");
	token_row_clear(&row);
}
END_TEST

START_TEST(a_lease_that_is_left)
{
	struct token_row row = take(&link_again, UINT64_MAX, TOKEN_YOURS);

	GOOD(tokens_keep(store, account_id, "oauth", row.fence, 200, "good", 4, &error));
	GOOD(tokens_leave(store, account_id, "oauth", row.fence, &error));
	token_row_clear(&row);
	row = take(&link_again, UINT64_MAX, TOKEN_ANSWERED);
	ck_assert_str_eq(row.refresh_token, "refresh-1");
	ck_assert_int_eq(row.begun_ms, START_MS);
	token_row_clear(&row);
}
END_TEST

/* ---- Sealed ------------------------------------------------------------------------------------------- */

START_TEST(nothing_lies_open)
{
	static const char *const files[] = { "store.db", "store.db-wal" };
	static const char *const canaries[] = { "access-1", "refresh-1", "canary-answer" };
	struct token_row row = take(&retry, UINT64_MAX, TOKEN_YOURS);

	GOOD(tokens_keep(store, account_id, "oauth", row.fence, 200, "canary-answer", 13, &error));
	token_row_clear(&row);
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
		for (size_t j = 0; j < sizeof canaries / sizeof canaries[0]; j++)
			ck_assert(!file_holds(place_path(&place, files[i]), canaries[j]));
}
END_TEST

static Suite *make_suite(void)
{
	Suite *suite = suite_create("store: tokens");
	TCase *tests = tcase_create("tokens");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, fresh_until_it_expires);
	tcase_add_test(tests, short_lives_are_shared_too);
	tcase_add_test(tests, a_refused_one_is_replaced_once);
	tcase_add_test(tests, rotation);
	tcase_add_test(tests, one_at_a_time);
	tcase_add_test(tests, each_auth_has_its_own);
	tcase_add_test(tests, no_way_to_a_token);
	tcase_add_test(tests, what_was_not_sent_leaves_no_doubt);
	tcase_add_test(tests, what_was_refused_leaves_no_doubt);
	tcase_add_test(tests, what_was_lost_does);
	tcase_add_test(tests, a_gateways_word_is_not_enough);
	tcase_add_test(tests, an_outage_unlinks_nobody);
	tcase_add_test(tests, doubt_outlives_what_was_not_sent);
	tcase_add_test(tests, a_refused_refresh_token);
	tcase_add_test(tests, a_refused_one_that_was_in_doubt_says_so);
	tcase_add_test(tests, a_doubtful_account_that_renews_is_well);
	tcase_add_test(tests, another_auths_token_does_not_link_it);
	tcase_add_test(tests, an_old_fence_writes_nothing);
	tcase_add_test(tests, a_late_answer_rescues);
	tcase_add_test(tests, a_late_answer_rescues_what_was_given_up);
	tcase_add_test(tests, who_links_again_is_not_disturbed);
	tcase_add_test(tests, a_clock_that_was_set_back);
	tcase_add_test(tests, a_clock_that_was_wrong_when_the_token_came);
	tcase_add_test(tests, a_lease_that_is_left);
	tcase_add_test(tests, nothing_lies_open);
	suite_add_tcase(suite, tests);
	return suite;
}

CHECK_MAIN(make_suite)
