/* The token source of a linked account, with a real store and a scripted token endpoint. */
#include "config.h"

#include "run/renewal.h"

#include "base/clock.h"
#include "store/profiles.h"

#include "check_main.h"
#include "server.h"
#include "store/fixture.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#define ANSWER(status, body) \
	{ \
		status, "Content-Type: application/json\r\n", body, 0, SERVER_ANSWER \
	}
#define GRANTED(access, more) \
	ANSWER(200, "{\"access_token\":\"" access "\",\"token_type\":\"Bearer\",\"expires_in\":900" more "}")

enum { LEASE_MS = 30000 };

static const char *const names[] = { "api.example.test", NULL };
static const struct guard_host hosts[] = { { "api.example.test", 0, GUARD_API | GUARD_TOKEN } };
static const struct credential credentials[] = { { "field.client_id", "the-client", false } };
static const struct credential_place places[] = { { CREDENTIAL_FORM, "client_id", "{field.client_id}" } };

static struct {
	struct place place;
	struct store *store;
	struct account account;
	uv_loop_t loop;
	struct fetch_settings settings;
	struct fetch *fetch;
	struct server *server;
	struct url token_url;
	struct renewal *renewal;
	struct token *token;
	struct token_waiter waiter;
	struct token_policy policy;
	int64_t later_ms; /* so far ahead is the store's clock */
	int full;         /* so many times the disk is full when an answer is to be kept */
	int kept;         /* so often was that tried */
	bool unlink;      /* the account, when its answer is to be kept */
	uint64_t late;    /* the fence of one whose answer is kept just before that; 0: nobody's */
	char text[64];
	uint64_t version;
	struct error error;
	bool told;
} t;

#define GOOD(call) \
	do { \
		struct error error = { 0 }; \
		int result_ = (call); \
		ck_assert_msg(result_ == 0, "%s: %s", #call, error.message); \
	} while (0)

static int64_t now_ms(void *context)
{
	struct timespec now;

	(void)context;
	(void)clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000 + t.later_ms;
}

static void keep_late(void)
{
	static const char answer[] =
		"{\"access_token\":\"late\",\"token_type\":\"Bearer\",\"refresh_token\":\"refresh-2\"}";
	struct error error = { 0 };
	uint64_t fence = t.late;

	t.late = 0;
	if (!fence)
		return;
	ck_assert_int_eq(
		tokens_keep(t.store, t.account.id, "oauth", fence, 200, answer, strlen(answer), &error), -1);
	ck_assert_int_eq(error.code, ERROR_LEASE_LOST);
}

/* In the thread that is about to write. */
static void on_point(void *context, enum store_point point)
{
	struct rlimit limit;

	(void)context;
	if (point != STORE_REFRESH_ANSWERED)
		return;
	t.kept++;
	keep_late();
	if (t.unlink)
		GOOD(accounts_remove(t.store, "nova", &error));
	if (t.full < 0)
		return;
	ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = t.full-- > 0 ? 1 : limit.rlim_max;
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void link_account(const char *access, int64_t life_ms, const char *refresh)
{
	struct profile profile = { .name = "acme", .provider = "acme", .auth = "oauth" };
	struct account_token token = { .auth = "oauth",
		.access_token = access,
		.refresh_token = refresh,
		.scope = "read",
		.expires_ms = now_ms(NULL) + life_ms };

	GOOD(profiles_add(&profile, t.store, NULL, &error));
	t.account = (struct account){ .name = "nova", .provider = "acme" };
	(void)snprintf(t.account.profile, sizeof t.account.profile, "%s", profile.id);
	GOOD(accounts_add(&t.account, t.store, NULL, &token, 1, false, &error));
	profile_clear(&profile);
}

static void make_source(void)
{
	const struct renewal_options options = { .store = t.store,
		.account = t.account.id,
		.auth = "oauth",
		.policy = t.policy,
		.grant = { t.fetch, &t.token_url, hosts, 1,
			{ .places = places, .place_count = 1, .credentials = { credentials, 1, NULL } } } };
	struct token_source source;

	GOOD(renewal_new(&t.renewal, &options, &error));
	source = renewal_source(t.renewal);
	GOOD(token_new(&t.token, &source, &error));
}

static void begin(const struct server_step *steps, size_t count)
{
	struct store_options options;

	place_make(&t.place);
	options = place_options(&t.place);
	options.now_ms = now_ms;
	options.on_point = on_point;
	GOOD(store_open(&t.store, &options, &error));
	ck_assert_int_eq(uv_loop_init(&t.loop), 0);
	fetch_settings_init(&t.settings);
	t.server = server_start(names, steps, count);
	GOOD(fetch_settings_connect_to(&t.settings, server_connect_to(t.server), &error));
	t.settings.ca_file = server_ca_file(t.server);
	t.settings.deadline_ms = 20000;
	GOOD(fetch_new(&t.fetch, &t.loop, &t.settings, &error));
	GOOD(url_parse(
		&t.token_url, "https://api.example.test/token", 30, ERROR_INTERNAL, "the test", &error));
	t.policy = (struct token_policy){ .recovery = TOKEN_LINK_AGAIN, .lease_ms = LEASE_MS };
}

#define BEGIN(...) \
	do { \
		static const struct server_step steps_[] = { __VA_ARGS__ }; \
		begin(steps_, sizeof steps_ / sizeof steps_[0]); \
	} while (0)

static void drop_source(void)
{
	token_free(t.token);
	renewal_free(t.renewal);
	t.token = NULL;
	t.renewal = NULL;
}

static void end(size_t requests)
{
	drop_source();
	ck_assert_uint_eq(server_count(t.server), requests);
	fetch_free(t.fetch);
	ck_assert_int_eq(uv_run(&t.loop, UV_RUN_DEFAULT), 0);
	ck_assert_int_eq(uv_loop_close(&t.loop), 0);
	server_stop(t.server);
	account_clear(&t.account);
	store_close(t.store);
	place_remove(&t.place);
}

static void on_token(void *context, const char *text, uint64_t version, const struct error *error)
{
	(void)context;
	(void)snprintf(t.text, sizeof t.text, "%s", text ? text : "(none)");
	t.version = version;
	memset(&t.error, 0, sizeof t.error);
	if (error)
		t.error = *error;
	t.told = true;
}

static void ask(void)
{
	t.told = false;
	t.waiter = (struct token_waiter){ .on_token = on_token };
	token_ask(t.token, &t.waiter, clock_now_ms());
}

static const char *get(void)
{
	ask();
	while (!t.told)
		(void)uv_run(&t.loop, UV_RUN_ONCE);
	return t.text;
}

static void turn_until_idle(void)
{
	while (renewal_is_busy(t.renewal))
		(void)uv_run(&t.loop, UV_RUN_ONCE);
}

static enum token_turn look(struct token_row *row)
{
	GOOD(tokens_take(row, t.store, t.account.id, "oauth", &t.policy, UINT64_MAX, &error));
	return row->turn;
}

/* Of the n-th request. */
static void sent(size_t n, const char *words)
{
	ck_assert_msg(strstr(server_request(t.server, n), words) != NULL, "%s", server_request(t.server, n));
}

START_TEST(a_fresh_one_is_found)
{
	BEGIN(ANSWER(500, ""));
	link_account("access-1", 900000, "refresh-1");
	make_source();
	ck_assert_str_eq(get(), "access-1");
	ck_assert(!renewal_issued(t.renewal));
	ck_assert_str_eq(token_scope(t.token), "read");
	end(0);
}
END_TEST

START_TEST(an_expired_one_is_renewed)
{
	BEGIN(GRANTED("access-2", ",\"refresh_token\":\"refresh-2\""), GRANTED("access-3", ""));
	link_account("access-1", -1, "refresh-1");
	make_source();
	ck_assert_str_eq(get(), "access-2");
	ck_assert(renewal_issued(t.renewal));
	sent(0, "grant_type=refresh_token&refresh_token=refresh-1&client_id=the-client");
	drop_source();
	make_source(); /* as another process */
	ck_assert_str_eq(get(), "access-2");
	ck_assert(token_refused(t.token, t.version));
	ck_assert_str_eq(get(), "access-3");
	sent(1, "refresh_token=refresh-2");
	end(2);
}
END_TEST

START_TEST(client_credentials)
{
	BEGIN(GRANTED("access-2", ""));
	link_account(NULL, 0, NULL);
	t.policy.renewable = true;
	make_source();
	ck_assert_str_eq(get(), "access-2");
	sent(0, "grant_type=client_credentials");
	drop_source();
	make_source();
	ck_assert_str_eq(get(), "access-2");
	end(1);
}
END_TEST

START_TEST(the_other_is_waited_for)
{
	struct token_row row;
	struct account_token token = {
		.auth = "oauth", .access_token = "theirs", .expires_ms = now_ms(NULL) + 900000
	};
	uint64_t version;

	BEGIN(ANSWER(500, ""));
	link_account("access-1", -1, "refresh-1");
	ck_assert_int_eq(look(&row), TOKEN_YOURS);
	make_source();
	ask();
	turn_until_idle();
	ck_assert(!t.told);
	GOOD(tokens_settle(&version, t.store, t.account.id, &token, row.fence, &error));
	while (!t.told)
		(void)uv_run(&t.loop, UV_RUN_ONCE);
	ck_assert_str_eq(t.text, "theirs");
	token_row_clear(&row);
	end(0);
}
END_TEST

/* The answer of somebody who died before he could read it. */
START_TEST(a_kept_answer_is_used)
{
	static const char answer[] =
		"{\"access_token\":\"kept\",\"token_type\":\"Bearer\",\"refresh_token\":\"refresh-2\"}";
	struct token_row row;

	BEGIN(GRANTED("access-3", ""));
	link_account("access-1", -1, "refresh-1");
	ck_assert_int_eq(look(&row), TOKEN_YOURS);
	GOOD(tokens_keep(t.store, t.account.id, "oauth", row.fence, 200, answer, strlen(answer), &error));
	token_row_clear(&row);
	t.later_ms += LEASE_MS;
	make_source();
	ck_assert_str_eq(get(), "kept");
	ck_assert_uint_eq(server_count(t.server), 0);
	ck_assert(token_refused(t.token, t.version));
	ck_assert_str_eq(get(), "access-3");
	sent(0, "refresh_token=refresh-2");
	end(1);
}
END_TEST

/* The slow one was the first to be seen by the provider, so ours is refused; but his answer waits, and is good. */
START_TEST(a_late_answer_is_used_by_who_was_refused)
{
	struct token_row row;

	BEGIN(ANSWER(400, "{\"error\":\"invalid_grant\"}"), GRANTED("access-3", ""));
	t.policy.recovery = TOKEN_RETRY_ONCE;
	link_account("access-1", -1, "refresh-1");
	ck_assert_int_eq(look(&row), TOKEN_YOURS);
	t.late = row.fence;
	token_row_clear(&row);
	t.later_ms += LEASE_MS;
	make_source();
	ck_assert_str_eq(get(), "late");
	sent(0, "refresh_token=refresh-1");
	ck_assert(token_refused(t.token, t.version));
	ck_assert_str_eq(get(), "access-3");
	sent(1, "refresh_token=refresh-2");
	end(2);
}
END_TEST

START_TEST(a_dead_refresh_token)
{
	static const struct server_step steps[][1] = { { ANSWER(400, "{\"error\":\"invalid_grant\"}") },
		{ ANSWER(400, "{\"message\":\"Invalid token\"}") } };
	struct account account;

	begin(steps[_i], 1);
	link_account("access-1", -1, "refresh-1");
	make_source();
	ck_assert_str_eq(get(), "(none)");
	ck_assert_int_eq(t.error.code, ERROR_NEEDS_LINKING);
	ck_assert_int_eq(t.error.status, 400);
	GOOD(accounts_get(&account, t.store, "nova", &error));
	ck_assert_int_eq(account.state, ACCOUNT_NEEDS_LINKING);
	account_clear(&account);
	ck_assert_str_eq(get(), "(none)"); /* from the store */
	ck_assert_int_eq(t.error.code, ERROR_NEEDS_LINKING);
	end(1);
}
END_TEST

/* What stands before a provider may refuse every request for a night: no customer is to be unlinked by it. */
START_TEST(a_gateways_refusal_is_not_the_providers)
{
	static const struct server_step steps[][2] = {
		{ { 400, "Content-Type: text/html\r\n", "<html>Bad Request</html>", 0, SERVER_ANSWER },
			GRANTED("access-2", "") },
		{ ANSWER(400, ""), GRANTED("access-2", "") },
		{ ANSWER(400, "[\"Bad Request\"]"), GRANTED("access-2", "") },
	};
	struct account account;

	begin(steps[_i], 2);
	link_account("access-1", -1, "refresh-1");
	make_source();
	ck_assert_str_eq(get(), "(none)");
	ck_assert_int_eq(t.error.code, ERROR_AUTHENTICATION_FAILED);
	GOOD(accounts_get(&account, t.store, "nova", &error));
	ck_assert_int_eq(account.state, ACCOUNT_LINKED);
	account_clear(&account);
	drop_source();
	make_source();
	ck_assert_str_eq(get(), "access-2");
	end(2);
}
END_TEST

START_TEST(a_wrong_client_is_no_reason_to_link_again)
{
	struct account account;

	BEGIN(ANSWER(401, "{\"error\":\"invalid_client\"}"), GRANTED("access-2", ""));
	link_account("access-1", -1, "refresh-1");
	make_source();
	ck_assert_str_eq(get(), "(none)");
	ck_assert_int_eq(t.error.code, ERROR_AUTHENTICATION_FAILED);
	GOOD(accounts_get(&account, t.store, "nova", &error));
	ck_assert_int_eq(account.state, ACCOUNT_LINKED);
	account_clear(&account);
	drop_source();
	make_source(); /* the secret was mended */
	ck_assert_str_eq(get(), "access-2");
	end(2);
}
END_TEST

START_TEST(a_lost_answer_is_in_doubt)
{
	static const struct server_step steps[] = { { .behaviour = SERVER_CLOSE }, GRANTED("access-2", "") };

	begin(steps, 2);
	t.policy.recovery = _i ? TOKEN_RETRY_ONCE : TOKEN_LINK_AGAIN;
	link_account("access-1", -1, "refresh-1");
	make_source();
	ck_assert_str_eq(get(), "(none)");
	ck_assert_int_eq(t.error.code, ERROR_CONNECTION_LOST);
	(void)get();
	if (_i)
		ck_assert_str_eq(t.text, "access-2");
	else
		ck_assert_int_eq(t.error.code, ERROR_NEEDS_LINKING);
	end(_i ? 2 : 1);
}
END_TEST

START_TEST(what_never_left_is_not)
{
	struct token_row row;

	BEGIN(GRANTED("access-2", ""));
	link_account("access-1", -1, "refresh-1");
	(void)snprintf(t.token_url.host, sizeof t.token_url.host, "nowhere.example.test");
	make_source();
	ck_assert_str_eq(get(), "(none)");
	ck_assert_int_eq(look(&row), TOKEN_YOURS);
	token_row_clear(&row);
	end(0);
}
END_TEST

START_TEST(it_goes_on_when_nobody_waits)
{
	BEGIN(GRANTED("access-2", ",\"refresh_token\":\"refresh-2\""));
	link_account("access-1", -1, "refresh-1");
	make_source();
	ask();
	while (server_count(t.server) == 0)
		(void)uv_run(&t.loop, UV_RUN_NOWAIT);
	token_leave(t.token, &t.waiter);
	token_free(t.token);
	t.token = NULL;
	turn_until_idle();
	drop_source();
	make_source();
	ck_assert_str_eq(get(), "access-2");
	end(1);
}
END_TEST

START_TEST(what_is_broken_off_is_in_doubt)
{
	static const struct server_step silent[] = { { .behaviour = SERVER_SILENT } };
	struct token_row row;
	struct error error = { 0 };

	begin(silent, 1);
	link_account("access-1", -1, "refresh-1");
	make_source();
	ask();
	while (server_count(t.server) == 0)
		(void)uv_run(&t.loop, UV_RUN_NOWAIT);
	token_leave(t.token, &t.waiter);
	drop_source();
	(void)uv_run(&t.loop, UV_RUN_DEFAULT); /* the lease is given back at once */
	ck_assert_int_eq(
		tokens_take(&row, t.store, t.account.id, "oauth", &t.policy, UINT64_MAX, &error), -1);
	ck_assert_int_eq(error.code, ERROR_NEEDS_LINKING);
	end(1);
}
END_TEST

START_TEST(who_comes_and_goes_takes_nothing_along)
{
	struct token_row row;

	BEGIN(ANSWER(500, ""));
	link_account("access-1", -1, "refresh-1");
	make_source();
	ask();
	token_leave(t.token, &t.waiter);
	drop_source();
	(void)uv_run(&t.loop, UV_RUN_DEFAULT);
	ck_assert_int_eq(look(&row), TOKEN_YOURS);
	token_row_clear(&row);
	end(0);
}
END_TEST

/* The answer is the only copy of the new refresh token: it is kept as soon as there is room, and not used before. */
START_TEST(a_disk_that_is_full_for_a_while)
{
	BEGIN(GRANTED("access-2", ",\"refresh_token\":\"refresh-2\""), GRANTED("access-3", ""));
	(void)signal(SIGXFSZ, SIG_IGN);
	link_account("access-1", -1, "refresh-1");
	t.full = 12;
	make_source();
	ck_assert_str_eq(get(), "access-2");
	ck_assert_int_eq(t.full, -1);
	ck_assert(token_refused(t.token, t.version));
	ck_assert_str_eq(get(), "access-3");
	sent(1, "refresh_token=refresh-2");
	end(2);
}
END_TEST

START_TEST(a_disk_that_stays_full)
{
	BEGIN(GRANTED("access-2", ",\"refresh_token\":\"refresh-2\""));
	(void)signal(SIGXFSZ, SIG_IGN);
	link_account("access-1", -1, "refresh-1");
	t.full = 1000;
	t.policy.lease_ms = 1;
	make_source();
	ck_assert_str_eq(get(), "(none)");
	ck_assert_int_eq(t.error.code, ERROR_STORE_FAILED);
	t.full = 0;
	on_point(NULL, STORE_REFRESH_ANSWERED);
	end(1);
}
END_TEST

START_TEST(an_account_that_is_unlinked_meanwhile)
{
	BEGIN(GRANTED("access-2", ""));
	link_account("access-1", -1, "refresh-1");
	t.unlink = true;
	make_source();
	ck_assert_str_eq(get(), "(none)");
	ck_assert_int_eq(t.error.code, ERROR_ACCOUNT_NOT_FOUND);
	ck_assert_int_eq(t.kept, 1); /* to try again would be of no use */
	t.unlink = false;
	end(1);
}
END_TEST

START_TEST(an_unlinked_account)
{
	BEGIN(ANSWER(500, ""));
	link_account("access-1", -1, "refresh-1");
	make_source();
	GOOD(accounts_remove(t.store, "nova", &error));
	ck_assert_str_eq(get(), "(none)");
	ck_assert_int_eq(t.error.code, ERROR_ACCOUNT_NOT_FOUND);
	end(0);
}
END_TEST

static Suite *make_suite(void)
{
	Suite *suite = suite_create("run: renewal");
	TCase *tests = tcase_create("renewal");

	tcase_add_test(tests, a_fresh_one_is_found);
	tcase_add_test(tests, an_expired_one_is_renewed);
	tcase_add_test(tests, client_credentials);
	tcase_add_test(tests, the_other_is_waited_for);
	tcase_add_test(tests, a_kept_answer_is_used);
	tcase_add_test(tests, a_late_answer_is_used_by_who_was_refused);
	tcase_add_loop_test(tests, a_dead_refresh_token, 0, 2);
	tcase_add_loop_test(tests, a_gateways_refusal_is_not_the_providers, 0, 3);
	tcase_add_test(tests, a_wrong_client_is_no_reason_to_link_again);
	tcase_add_loop_test(tests, a_lost_answer_is_in_doubt, 0, 2);
	tcase_add_test(tests, what_never_left_is_not);
	tcase_add_test(tests, it_goes_on_when_nobody_waits);
	tcase_add_test(tests, what_is_broken_off_is_in_doubt);
	tcase_add_test(tests, who_comes_and_goes_takes_nothing_along);
	tcase_add_test(tests, a_disk_that_is_full_for_a_while);
	tcase_add_test(tests, a_disk_that_stays_full);
	tcase_add_test(tests, an_account_that_is_unlinked_meanwhile);
	tcase_add_test(tests, an_unlinked_account);
	suite_add_tcase(suite, tests);
	return suite;
}

CHECK_MAIN(make_suite)
