/* Tokens in the store: what a dead holder leaves, and that of many processes one renews. */
#include "config.h"

#include "check_main.h"
#include "store/tokens_fixture.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void die_at(enum store_point point, void (*work)(void))
{
	int status;
	pid_t child;

	store_close(store);
	child = fork();
	ck_assert_int_ge(child, 0);
	if (child == 0) {
		deadly = point;
		open_store(false);
		work();
		_exit(0);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	open_store(false);
}

static const char *child_answer = "{\"access_token\":\"access-2\"}";
static const struct token_policy *child_policy = &retry;

static void child_renews(void)
{
	struct token_row row = take(child_policy, UINT64_MAX, TOKEN_YOURS);

	GOOD(tokens_keep(
		store, account_id, "oauth", row.fence, 200, child_answer, strlen(child_answer), &error));
	GOOD(settle_as(row.fence, "access-2", "refresh-2", &error));
	token_row_clear(&row);
}

/* ---- Who dies ----------------------------------------------------------------------------------------- */

START_TEST(dead_before_the_answer_was_kept)
{
	static const enum store_point points[] = { STORE_REFRESH_BEGUN, STORE_REFRESH_ANSWERED };
	struct token_row row;

	die_at(points[_i], child_renews);
	row = take(&retry, UINT64_MAX, TOKEN_BUSY);
	token_row_clear(&row);
	now_ms += LEASE_MS;
	renew(&retry, "refresh-1", "access-3", "refresh-3");
	renew(&link_again, "refresh-3", "access-4", "refresh-4");
}
END_TEST

START_TEST(dead_twice)
{
	die_at(STORE_REFRESH_BEGUN, child_renews);
	now_ms += LEASE_MS;
	die_at(STORE_REFRESH_ANSWERED, child_renews);
	now_ms += LEASE_MS;
	take_nothing(&retry, ERROR_NEEDS_LINKING);
	state_is(ACCOUNT_NEEDS_LINKING, "cut off at 1970-01-12 13:46:40 UTC, and so was the second try");
}
END_TEST

START_TEST(dead_and_never_again)
{
	die_at(STORE_REFRESH_BEGUN, child_renews);
	now_ms += LEASE_MS;
	take_nothing(&link_again, ERROR_NEEDS_LINKING);
	state_is(ACCOUNT_NEEDS_LINKING, "pass for theft");
}
END_TEST

START_TEST(dead_within_grace)
{
	child_policy = &grace;
	for (int i = 0; i < 5; i++) {
		die_at(STORE_REFRESH_ANSWERED, child_renews);
		now_ms += LEASE_MS;
	}
	renew(&grace, "refresh-1", "access-3", "refresh-3");
	die_at(STORE_REFRESH_ANSWERED, child_renews);
	now_ms += MINUTE + 1;
	take_nothing(&grace, ERROR_NEEDS_LINKING);
	state_is(ACCOUNT_NEEDS_LINKING, "takes the old one again, 60 s, is over");
}
END_TEST

START_TEST(dead_with_the_answer_on_disk)
{
	struct token_row row;

	die_at(STORE_REFRESH_SEALED, child_renews);
	row = take(&link_again, UINT64_MAX, TOKEN_BUSY);
	now_ms += LEASE_MS;
	row = take(&link_again, UINT64_MAX, TOKEN_ANSWERED);
	ck_assert_str_eq(row.answer, child_answer);
	ck_assert_uint_eq(row.answer_length, strlen(child_answer));
	ck_assert_int_eq(row.answer_status, 200);
	/* Who was to settle it dies as well. */
	now_ms += LEASE_MS;
	token_row_clear(&row);
	row = take(&link_again, UINT64_MAX, TOKEN_ANSWERED);
	GOOD(settle_as(row.fence, "access-2", "refresh-2", &error));
	token_row_clear(&row);
	renew(&link_again, "refresh-2", "access-3", NULL);
}
END_TEST

START_TEST(dead_when_all_was_done)
{
	struct token_row row;

	die_at(STORE_REFRESH_DONE, child_renews);
	row = take(&link_again, 1, TOKEN_FRESH);
	ck_assert_str_eq(row.access_token, "access-2");
	token_row_clear(&row);
	renew(&link_again, "refresh-2", "access-3", NULL);
}
END_TEST

static void child_renews_plainly(void)
{
	struct token_row row;

	GOOD(tokens_take(&row, store, account_id, "v1", &renewable, 0, &error));
}

START_TEST(what_needs_no_journal)
{
	struct token_row row;

	for (int i = 0; i < 5; i++) {
		die_at(STORE_REFRESH_BEGUN, child_renews_plainly);
		now_ms += LEASE_MS;
	}
	GOOD(tokens_take(&row, store, account_id, "v1", &renewable, 0, &error));
	ck_assert_int_eq(row.turn, TOKEN_YOURS);
}
END_TEST

START_TEST(a_refresh_token_that_is_not_needed)
{
	struct token_row row;

	for (int i = 0; i < 3; i++) {
		row = take(&renewable, UINT64_MAX, TOKEN_YOURS);
		ck_assert_ptr_null(row.refresh_token);
		token_row_clear(&row);
		now_ms += LEASE_MS;
	}
	renew(&link_again, "refresh-1", "access-2", NULL);
}
END_TEST

/* ---- Many processes ----------------------------------------------------------------------------------- */

enum { PROCESSES = 8, ROUNDS = 25 };

/* Takes until there is one newer than the last; says on the pipe that it renewed. */
static void take_part(int renewed)
{
	uint64_t version = 1;

	open_store(false);
	for (int round = 0; round < ROUNDS; round++) {
		for (;;) {
			struct token_row row;
			GOOD(tokens_take(&row, store, account_id, "oauth", &retry, version, &error));
			if (row.turn == TOKEN_FRESH) {
				version = row.version;
				token_row_clear(&row);
				break;
			}
			if (row.turn == TOKEN_YOURS) {
				ck_assert_int_eq(write(renewed, row.refresh_token, 16), 16);
				GOOD(tokens_keep(
					store, account_id, "oauth", row.fence, 200, "{}", 2, &error));
				char next[17];
				(void)snprintf(
					next, sizeof next, "refresh-%08llu", (unsigned long long)row.fence);
				GOOD(settle_as(row.fence, "access", next, &error));
			}
			token_row_clear(&row);
		}
	}
	store_close(store);
	_exit(0);
}

START_TEST(many_processes_renew_in_turn)
{
	char seen[PROCESSES * ROUNDS + 1][17] = { "" };
	size_t count = 0;
	int ends[2];

	link_account("refresh-00000001", true);
	store_close(store);
	ck_assert_int_eq(pipe(ends), 0);
	for (int i = 0; i < PROCESSES; i++) {
		pid_t child = fork();
		ck_assert_int_ge(child, 0);
		if (child == 0)
			take_part(ends[1]);
	}
	(void)close(ends[1]);
	while (count < PROCESSES * ROUNDS && read(ends[0], seen[count], 16) == 16)
		count++;
	for (int i = 0; i < PROCESSES; i++) {
		int status;
		ck_assert_int_gt(wait(&status), 0);
		ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	}
	(void)close(ends[0]);
	ck_assert_uint_ge(count, ROUNDS);
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < i; j++)
			ck_assert_str_ne(seen[i], seen[j]); /* no refresh token is ever sent twice */
	open_store(false);
}
END_TEST

static Suite *make_suite(void)
{
	Suite *suite = suite_create("store: tokens of the dead");
	TCase *tests = tcase_create("deaths");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_loop_test(tests, dead_before_the_answer_was_kept, 0, 2);
	tcase_add_test(tests, dead_twice);
	tcase_add_test(tests, dead_and_never_again);
	tcase_add_test(tests, dead_within_grace);
	tcase_add_test(tests, dead_with_the_answer_on_disk);
	tcase_add_test(tests, dead_when_all_was_done);
	tcase_add_test(tests, what_needs_no_journal);
	tcase_add_test(tests, a_refresh_token_that_is_not_needed);
	tcase_add_test(tests, many_processes_renew_in_turn);
	suite_add_tcase(suite, tests);
	return suite;
}

CHECK_MAIN(make_suite)
