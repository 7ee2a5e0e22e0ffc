/* Tokens in the store: whose turn it is, what a dead holder leaves, what an old fence may do, and that of many
 * processes one renews. */
#include "config.h"

#include "store/accounts.h"
#include "store/profiles.h"
#include "store/tokens.h"

#include "check_main.h"
#include "store/fixture.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LEASE_MS = 1000, SECOND = 1000, MINUTE = 60 * SECOND, START_MS = 1000000 * SECOND };

static struct place place;
static char account_id[STORE_ID_SIZE];
static struct store *store;
static int64_t now_ms;

static const struct token_policy retry = { TOKEN_RETRY_ONCE, 0, LEASE_MS, false };
static const struct token_policy grace = { TOKEN_RETRY_WITHIN_GRACE, MINUTE, LEASE_MS, false };
static const struct token_policy link_again = { TOKEN_LINK_AGAIN, 0, LEASE_MS, false };
static const struct token_policy renewable = { TOKEN_RETRY_ONCE, 0, LEASE_MS, true };

/* What must go well. */
#define GOOD(call) \
	do { \
		struct error error = { 0 }; \
		int result_ = (call); \
		ck_assert_msg(result_ == 0, "%s: %s", #call, error.message); \
	} while (0)

/* What must fail with this code; the error is left in `last`. */
static struct error last;
#define BAD(code_, call) \
	do { \
		struct error error = { 0 }; \
		int result_ = (call); \
		ck_assert_msg(result_ == -1, "%s", #call); \
		ck_assert_msg(error.code == (code_), "%s: %s", #call, error.message); \
		last = error; \
	} while (0)

static int64_t fake_now(void *context)
{
	(void)context;
	return now_ms;
}

/* The process ends as by SIGKILL when it comes to this point. */
static enum store_point deadly = STORE_POINT_COUNT;

static void on_point(void *context, enum store_point point)
{
	(void)context;
	if (point == deadly)
		(void)raise(SIGKILL);
}

static void open_store(bool create)
{
	struct store_options options = place_options(&place);

	options.create = create;
	options.on_point = on_point;
	options.now_ms = fake_now;
	GOOD(store_open(&store, &options, &error));
}

static void link_account(const char *refresh_token, bool replace)
{
	struct account account = { .provider = "acme" };
	struct account_token token = { .auth = "oauth",
		.access_token = "access-1",
		.refresh_token = refresh_token,
		.scope = "read",
		.expires_ms = now_ms + 15 * MINUTE };
	struct profile profile = { .provider = "acme", .auth = "oauth", .name = "acme" };

	if (!replace) {
		profile.fields = json_object();
		GOOD(profiles_add(&profile, store, NULL, &error));
	} else {
		GOOD(profiles_get(&profile, store, "acme", &error));
	}
	(void)snprintf(account.name, sizeof account.name, "nova");
	(void)snprintf(account.profile, sizeof account.profile, "%s", profile.id);
	account.labels = json_object();
	account.fields = json_object();
	account.scopes = json_object();
	GOOD(accounts_add(&account, store, NULL, &token, 1, replace, &error));
	(void)snprintf(account_id, sizeof account_id, "%s", account.id);
	account_clear(&account);
	profile_clear(&profile);
}

static void set_up(void)
{
	place_make(&place);
	now_ms = START_MS;
	deadly = STORE_POINT_COUNT;
	open_store(true);
	link_account("refresh-1", false);
}

static void tear_down(void)
{
	store_close(store);
	place_remove(&place);
}

static struct token_row take(const struct token_policy *policy, uint64_t refused, enum token_turn expected)
{
	struct token_row row;

	GOOD(tokens_take(&row, store, account_id, "oauth", policy, refused, &error));
	ck_assert_int_eq(row.turn, expected);
	return row;
}

static void take_nothing(const struct token_policy *policy, enum error_code code)
{
	struct token_row row;

	BAD(code, tokens_take(&row, store, account_id, "oauth", policy, UINT64_MAX, &error));
	ck_assert_ptr_null(row.access_token);
}

static int settle_as(uint64_t fence, const char *access, const char *refresh, struct error *error)
{
	const struct account_token token = { .auth = "oauth",
		.access_token = access,
		.refresh_token = refresh,
		.expires_ms = now_ms + 15 * MINUTE };
	uint64_t version = 0;
	int result = tokens_settle(&version, store, account_id, &token, fence, error);

	if (result == 0)
		ck_assert_uint_gt(version, 0);
	return result;
}

/* Takes the lease, renews, and looks that the new tokens are there. */
static void renew(
	const struct token_policy *policy, const char *sent, const char *access, const char *refresh)
{
	struct token_row row = take(policy, UINT64_MAX, TOKEN_YOURS);
	uint64_t before = row.version;

	ck_assert_str_eq(row.refresh_token, sent);
	GOOD(tokens_keep(store, account_id, "oauth", row.fence, 200, "{}", 2, &error));
	GOOD(settle_as(row.fence, access, refresh, &error));
	token_row_clear(&row);
	row = take(policy, before, TOKEN_FRESH);
	ck_assert_str_eq(row.access_token, access);
	ck_assert_uint_gt(row.version, before);
	token_row_clear(&row);
}

static struct account get_account(void)
{
	struct account account;

	GOOD(accounts_get(&account, store, "nova", &error));
	return account;
}

static void state_is(enum account_state state, const char *words)
{
	struct account account = get_account();

	ck_assert_int_eq(account.state, state);
	ck_assert_msg(strstr(account.cause, words) != NULL, "%s", account.cause);
	account_clear(&account);
}

/* A child runs the work and is killed at the point. */
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

/* ---- Turns ------------------------------------------------------------------------------------------------- */

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

/* ---- What fails --------------------------------------------------------------------------------------------- */

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

/* ---- Fences --------------------------------------------------------------------------------------------------- */

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
	GOOD(tokens_fail(store, account_id, "oauth", row.fence, true, &why, &error));
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

/* ---- Who dies --------------------------------------------------------------------------------------------------- */

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

/* ---- Many processes ------------------------------------------------------------------------------------------------- */

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

/* ---- Sealed ------------------------------------------------------------------------------------------------------------ */

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
	tcase_add_test(tests, a_lease_that_is_left);
	tcase_add_loop_test(tests, dead_before_the_answer_was_kept, 0, 2);
	tcase_add_test(tests, dead_twice);
	tcase_add_test(tests, dead_and_never_again);
	tcase_add_test(tests, dead_within_grace);
	tcase_add_test(tests, dead_with_the_answer_on_disk);
	tcase_add_test(tests, dead_when_all_was_done);
	tcase_add_test(tests, what_needs_no_journal);
	tcase_add_test(tests, a_refresh_token_that_is_not_needed);
	tcase_add_test(tests, many_processes_renew_in_turn);
	tcase_add_test(tests, nothing_lies_open);
	suite_add_tcase(suite, tests);
	return suite;
}

CHECK_MAIN(make_suite)
