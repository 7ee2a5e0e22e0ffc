/* Calls with everything around them, against a scripted server on loopback. */
#include "config.h"

#include "fetch/call.h"

#include "base/clock.h"
#include "check_main.h"
#include "fetch/grant.h"
#include "server.h"

#include <stdlib.h>
#include <string.h>

#define TOKEN "eyJ0b2tlbi1pbi11c2UtMTIz"
#define TOKEN_ANSWER(token) \
	{ \
		200, "Content-Type: application/json\r\n", \
			"{\"access_token\":\"" token "\",\"token_type\":\"Bearer\",\"expires_in\":3599," \
			"\"scope\":\"employees-read\"}", \
			0, 0 \
	}

static const char *const names[] = { "api.example.test", "other.example.test", NULL };
static const struct guard_host hosts[] = {
	{ "api.example.test", 0, GUARD_API | GUARD_TOKEN },
	{ "other.example.test", 0, GUARD_API | GUARD_DOWNLOAD },
};
static const struct credential credentials[] = {
	{ "field.client_id", "the-client", false },
	{ "field.client_secret", "s3cret/with+odd chars", true },
	{ "field.api_key", "k3y-0123456789abcdef", true },
};
static const struct credential_place token_places[] = {
	{ CREDENTIAL_FORM, "client_id", "{field.client_id}" },
	{ CREDENTIAL_FORM, "client_secret", "{field.client_secret}" },
};
static const struct credential_place places[] = {
	{ CREDENTIAL_HEADER, "Authorization", "Bearer {token}" },
	{ CREDENTIAL_HEADER, "X-Api-Key", "{field.api_key}" },
};

static struct {
	uv_loop_t loop;
	struct fetch_settings settings;
	struct fetch *fetch;
	struct server *server;
	struct budget *budget;
	struct grant *grant;
	struct token *token;
	struct url token_url;
	struct call_terms terms;
	struct call *call;
	int status;
	char link[256];
	struct buffer body;
	bool done, failed, cancel;
	size_t appetite; /* bytes taken at a time; 0: all */
	uv_timer_t resume_timer;
	struct error error;
} t;

static void on_response(void *context, int status, const struct headers *headers)
{
	const char *link = headers_get(headers, "link");

	ck_assert_ptr_eq(context, &t);
	ck_assert_int_eq(t.status, 0);
	t.status = status;
	(void)snprintf(t.link, sizeof t.link, "%s", link ? link : "");
	if (t.cancel)
		call_cancel(t.call);
}

static void on_resume(uv_timer_t *timer)
{
	(void)timer;
	call_resume(t.call);
}

static size_t on_body(void *context, const char *bytes, size_t length)
{
	size_t taken = t.appetite && t.appetite < length ? t.appetite : length;

	ck_assert_ptr_eq(context, &t);
	ck_assert(!t.cancel);
	ck_assert_int_eq(buffer_append(&t.body, bytes, taken), 0);
	if (taken < length)
		(void)uv_timer_start(&t.resume_timer, on_resume, 0, 0);
	return taken;
}

static void on_done(void *context, const struct error *error)
{
	ck_assert_ptr_eq(context, &t);
	ck_assert(!t.done);
	t.done = true;
	t.failed = error != NULL;
	if (error)
		t.error = *error;
}

static void begin(const struct server_step *steps, size_t count)
{
	struct error error = { 0 };
	struct token_source source;

	memset(&t, 0, sizeof t);
	buffer_init(&t.body, 64 << 20);
	ck_assert_int_eq(uv_loop_init(&t.loop), 0);
	ck_assert_int_eq(uv_timer_init(&t.loop, &t.resume_timer), 0);
	fetch_settings_init(&t.settings);
	t.server = server_start(names, steps, count);
	ck_assert_int_eq(fetch_settings_connect_to(&t.settings, server_connect_to(t.server), &error), 0);
	t.settings.ca_file = server_ca_file(t.server);
	t.settings.deadline_ms = 20000;
	ck_assert_int_eq(fetch_new(&t.fetch, &t.loop, &t.settings, &error), 0);
	ck_assert_int_eq(budget_new(&t.budget, &error), 0);
	ck_assert_int_eq(url_parse(&t.token_url, "https://api.example.test/token", 30, ERROR_INTERNAL,
				 "the test", &error),
		0);
	const struct grant_request grant = { t.fetch, &t.token_url, hosts, 2,
		{ .places = token_places,
			.place_count = 2,
			.credentials = { credentials, 3, NULL },
			.scope = "employees-read" } };
	ck_assert_int_eq(grant_new(&t.grant, &grant, &error), 0);
	source = grant_source(t.grant);
	ck_assert_int_eq(token_new(&t.token, &source, &error), 0);
	t.terms = (struct call_terms){ .fetch = t.fetch,
		.limits.budget = t.budget,
		.token = t.token,
		.hosts = hosts,
		.host_count = 2,
		.credentials = credentials,
		.credential_count = 3,
		.places = places,
		.place_count = 2,
		.retry = { 6, 1, 5 } };
}

static void end(void)
{
	token_free(t.token);
	grant_free(t.grant);
	fetch_free(t.fetch);
	budget_free(t.budget);
	uv_close((uv_handle_t *)&t.resume_timer, NULL);
	ck_assert_int_eq(uv_run(&t.loop, UV_RUN_DEFAULT), 0);
	ck_assert_int_eq(uv_loop_close(&t.loop), 0);
	server_stop(t.server);
	buffer_clear(&t.body);
}

static int try_call(const char *text, const struct call_request *given)
{
	const struct call_handlers handlers = { on_response, on_body, on_done, &t };
	struct call_request request = given ? *given : (struct call_request){ "GET" };
	struct url url;

	t.done = t.failed = false;
	t.status = 0;
	memset(&t.error, 0, sizeof t.error);
	buffer_clear(&t.body);
	ck_assert_int_eq(url_parse(&url, text, strlen(text), ERROR_BAD_PARAMETER, "it", &t.error), 0);
	request.url = &url;
	if (!request.use)
		request.use = GUARD_API;
	if (call_start(&t.call, &t.terms, &request, &handlers, &t.error) < 0)
		return -1;
	while (!t.done && uv_run(&t.loop, UV_RUN_ONCE))
		;
	return t.failed ? -1 : 0;
}

static void expect_error(const char *text, enum error_code code)
{
	ck_assert_int_eq(try_call(text, NULL), -1);
	ck_assert_str_eq(error_code_text(t.error.code), error_code_text(code));
	ck_assert(t.error.message[0]);
}

static bool asked(size_t index, const char *text)
{
	return strstr(server_request(t.server, index), text) != NULL;
}

#define API "https://api.example.test"

START_TEST(gets_a_token_and_calls)
{
	const struct server_step steps[] = { TOKEN_ANSWER(TOKEN), { 200, NULL, "[1]", 0, 0 },
		{ 200, "Link: <b>; rel=next\r\nSet-Cookie: a=b\r\n", "[2]", 0, 0 } };

	begin(steps, 3);
	ck_assert_int_eq(try_call(API "/a", NULL), 0);
	ck_assert_int_eq(t.status, 200);
	ck_assert_str_eq(buffer_text(&t.body), "[1]");
	ck_assert_str_eq(token_scope(t.token), "employees-read");
	ck_assert_int_eq(try_call(API "/b", NULL), 0);
	ck_assert_str_eq(t.link, "<b>; rel=next");
	ck_assert_uint_eq(server_count(t.server), 3);
	ck_assert(asked(0, "POST /token HTTP/1.1\r\n"));
	ck_assert(asked(0, "grant_type=client_credentials&scope=employees-read&client_id=the-client&"
			   "client_secret=s3cret%2Fwith%2Bodd+chars"));
	ck_assert(!asked(0, "k3y"));
	ck_assert(asked(1, "authorization: Bearer " TOKEN "\r\n"));
	ck_assert(asked(1, "x-api-key: k3y-0123456789abcdef\r\n"));
	ck_assert(!asked(1, "s3cret"));
	end();
}
END_TEST

/* ---- The token endpoint's raw replies -------------------------------------------------------------------- */

static struct {
	struct grant *grant;
	bool done, sent;
	int status, result;
	struct oauth2_answer answer;
	struct error error;
} reply;

static void on_reply(void *context, const struct grant_reply *raw, const struct error *error)
{
	ck_assert_ptr_eq(context, &reply);
	reply.done = true;
	reply.sent = grant_was_sent(reply.grant);
	reply.result = -1;
	if (error) {
		reply.error = *error;
		return;
	}
	reply.status = raw->status;
	reply.result = grant_read(&reply.answer, reply.grant, raw, &reply.error);
}

static void send_refresh(const char *token)
{
	const struct grant_request request = { t.fetch, &t.token_url, hosts, 2,
		{ .places = token_places,
			.place_count = 2,
			.credentials = { credentials, 3, NULL },
			.grant = OAUTH2_REFRESH_TOKEN,
			.token = token } };
	struct error error = { 0 };

	memset(&reply, 0, sizeof reply);
	ck_assert_int_eq(grant_new(&reply.grant, &request, &error), 0);
	ck_assert_int_eq(grant_send(reply.grant, on_reply, &reply, &error), 0);
	ck_assert(!reply.done);
	while (!reply.done && uv_run(&t.loop, UV_RUN_ONCE))
		;
}

START_TEST(replies_are_handed_over_unread)
{
	const struct server_step steps[] = { TOKEN_ANSWER(TOKEN),
		{ 400, NULL,
			"{\"error\":\"invalid_grant\",\"error_description\":\"r3fresh-token-1 is dead\"}", 0,
			0 },
		{ 302, "Location: https://other.example/\r\n", NULL, 0, 0 },
		{ 0, NULL, NULL, 0, SERVER_CLOSE } };

	begin(steps, 4);
	send_refresh("r3fresh-token-1");
	ck_assert_int_eq(reply.result, 0);
	ck_assert_int_eq(reply.status, 200);
	ck_assert_str_eq(reply.answer.access_token, TOKEN);
	ck_assert(asked(0, "grant_type=refresh_token&refresh_token=r3fresh-token-1&client_id=the-client"));
	oauth2_answer_clear(&reply.answer);
	grant_free(reply.grant);

	send_refresh("r3fresh-token-1");
	ck_assert_int_eq(reply.result, -1);
	ck_assert_int_eq(reply.error.code, ERROR_AUTHENTICATION_FAILED);
	ck_assert_str_eq(reply.answer.refusal, "invalid_grant");
	ck_assert_str_eq(reply.error.body, "invalid_grant: *************** is dead");
	grant_free(reply.grant);

	send_refresh("r");
	ck_assert_int_eq(reply.error.code, ERROR_REDIRECT_REFUSED);
	ck_assert_uint_eq(server_count(t.server), 3);
	grant_free(reply.grant);

	send_refresh("r");
	ck_assert_int_eq(reply.result, -1);
	ck_assert_int_eq(reply.error.code, ERROR_CONNECTION_LOST);
	ck_assert(reply.sent);
	grant_free(reply.grant);
	end();
}
END_TEST

static unsigned calls_done;

static void on_one_done(void *context, const struct error *error)
{
	(void)context;
	ck_assert_ptr_null(error);
	calls_done++;
}

static void ignore_response(void *context, int status, const struct headers *headers)
{
	(void)context;
	(void)headers;
	ck_assert_int_eq(status, 200);
}

static size_t ignore_body(void *context, const char *bytes, size_t length)
{
	(void)context;
	(void)bytes;
	return length;
}

START_TEST(many_calls_share_one_token_request)
{
	const struct server_step steps[] = { TOKEN_ANSWER(TOKEN), { 200, NULL, "ok", 0, 0 } };
	const struct call_handlers handlers = { ignore_response, ignore_body, on_one_done, NULL };
	struct call_request request = { .method = "GET", .use = GUARD_API };
	struct error error = { 0 };
	struct call *call;
	struct url url;

	begin(steps, 2);
	ck_assert_int_eq(url_parse(&url, API "/", 25, ERROR_INTERNAL, "it", &error), 0);
	request.url = &url;
	for (int i = 0; i < 5; i++)
		ck_assert_int_eq(call_start(&call, &t.terms, &request, &handlers, &error), 0);
	while (calls_done < 5 && uv_run(&t.loop, UV_RUN_ONCE))
		;
	ck_assert_uint_eq(calls_done, 5);
	ck_assert_uint_eq(server_count(t.server), 6);
	for (size_t i = 1; i < 6; i++)
		ck_assert(asked(i, "authorization: Bearer " TOKEN "\r\n"));
	end();
}
END_TEST

START_TEST(a_401_leads_to_one_refresh)
{
	const struct server_step steps[] = { TOKEN_ANSWER("first"),
		{ 401, NULL, "{\"message\":\"expired\"}", 0, 0 }, TOKEN_ANSWER("second"),
		{ 200, NULL, "ok", 0, 0 },
		/* and then for good */
		{ 401, NULL, "{}", 0, 0 }, TOKEN_ANSWER("third"),
		{ 401, NULL, "{\"message\":\"no more\"}", 0, 0 } };

	begin(steps, 7);
	ck_assert_int_eq(try_call(API "/", NULL), 0);
	ck_assert_str_eq(buffer_text(&t.body), "ok");
	ck_assert(asked(3, "Bearer second"));
	expect_error(API "/", ERROR_AUTHENTICATION_FAILED);
	ck_assert_int_eq(t.error.status, 401);
	ck_assert_str_eq(t.error.body, "no more");
	ck_assert_uint_eq(server_count(t.server), 7);
	expect_error(API "/", ERROR_AUTHENTICATION_FAILED); /* remembered: nothing is asked */
	ck_assert_uint_eq(server_count(t.server), 7);
	end();
}
END_TEST

START_TEST(a_refused_token_request_is_final)
{
	const struct server_step steps[] = { { 401, "Content-Type: application/json\r\n",
		"{\"error\":\"invalid_client\",\"error_description\":\"bad s3cret/with+odd chars \\u0073\\u0033cret/with+odd chars\"}",
		0, 0 } };

	begin(steps, 1);
	expect_error(API "/", ERROR_AUTHENTICATION_FAILED);
	ck_assert_int_eq(t.error.status, 401);
	ck_assert_str_eq(t.error.body, "invalid_client: bad ********************* *********************");
	expect_error(API "/", ERROR_AUTHENTICATION_FAILED);
	ck_assert_uint_eq(server_count(t.server), 1);
	end();
}
END_TEST

START_TEST(tries_again_where_it_helps)
{
	const struct server_step steps[] = { TOKEN_ANSWER(TOKEN), { 503, NULL, "later", 0, 0 },
		{ 429, "Retry-After: 0\r\n", "{}", 0, 0 }, { 0, NULL, NULL, 0, SERVER_CLOSE },
		{ 200, NULL, "ok", 0, 0 }, { 400, NULL, "{\"message\":\"no\"}", 0, 0 },
		{ 403, NULL, "no", 0, 0 }, { 404, NULL, "{\"code\":404,\"message\":\"gone\"}", 0, 0 },
		{ 500, NULL, "<html>", 0, 0 } };

	begin(steps, 9);
	ck_assert_int_eq(try_call(API "/", NULL), 0);
	ck_assert_uint_eq(server_count(t.server), 5);
	expect_error(API "/", ERROR_REQUEST_REFUSED);
	ck_assert_str_eq(t.error.body, "no");
	ck_assert_int_eq(t.error.status, 400);
	expect_error(API "/", ERROR_REQUEST_REFUSED);
	expect_error(API "/", ERROR_RECORD_NOT_FOUND);
	ck_assert_str_eq(t.error.body, "gone");
	ck_assert_uint_eq(server_count(t.server), 8);
	expect_error(API "/", ERROR_PROVIDER_FAILED);
	ck_assert_uint_eq(server_count(t.server), 11);
	ck_assert_int_eq(t.error.status, 500);
	ck_assert_str_eq(t.error.body, "");
	end();
}
END_TEST

START_TEST(gives_up_past_the_deadline)
{
	const struct server_step steps[] = { { 429, "Retry-After: 3600\r\n", "{}", 0, 0 },
		{ 0, NULL, NULL, 0, SERVER_SILENT } };
	struct call_request request = { .method = "GET", .deadline_ms = 300 };

	begin(steps, 2);
	t.terms.token = NULL;
	t.terms.place_count = 0;
	expect_error(API "/", ERROR_RATE_LIMITED);
	ck_assert_str_eq(t.error.hint, "The provider asks to wait 3600 seconds.");
	ck_assert_int_eq(try_call(API "/", &request), -1);
	ck_assert_int_eq(t.error.code, ERROR_DEADLINE_PASSED);
	end();
}
END_TEST

START_TEST(does_not_wait_forever_for_a_token)
{
	const struct server_step steps[] = { { 0, NULL, NULL, 0, SERVER_SILENT }, TOKEN_ANSWER(TOKEN),
		{ 200, NULL, "ok", 0, 0 } };
	struct call_request request = { .method = "GET", .deadline_ms = 1500 };

	begin(steps, 3);
	ck_assert_int_eq(try_call(API "/", &request), -1);
	ck_assert_int_eq(t.error.code, ERROR_DEADLINE_PASSED);
	ck_assert_uint_eq(server_count(t.server), 1);
	end();
}
END_TEST

/* A token endpoint is never asked twice for one need, and never through a redirect. */
START_TEST(token_requests_are_made_once)
{
	const struct server_step steps[] = { { 0, NULL, NULL, 0, SERVER_CLOSE },
		{ 503, "Retry-After: 0\r\n", "", 0, 0 }, { 307, "Location: /elsewhere\r\n", "", 0, 0 },
		{ 200, "Content-Type: text/html\r\n", "<html>", 0, 0 }, { 200, NULL, "", 0, 0 } };
	static const enum error_code codes[] = { ERROR_CONNECTION_LOST, ERROR_PROVIDER_FAILED,
		ERROR_REDIRECT_REFUSED, ERROR_PROVIDER_FAILED, ERROR_PROVIDER_FAILED };

	begin(steps, 5);
	for (size_t i = 0; i < 5; i++) {
		expect_error(API "/", codes[i]);
		ck_assert_uint_eq(server_count(t.server), i + 1);
		ck_assert(asked(i, "POST /token HTTP/1.1\r\n"));
	}
	end();
}
END_TEST

START_TEST(does_not_repeat_what_could_do_harm)
{
	const struct server_step steps[] = { { 0, NULL, NULL, 0, SERVER_CLOSE } };
	struct call_request request = { .method = "POST", .body = "x", .body_length = 1 };

	begin(steps, 1);
	t.terms.token = NULL;
	t.terms.place_count = 0;
	ck_assert_int_eq(try_call(API "/", &request), -1);
	ck_assert_int_eq(t.error.code, ERROR_CONNECTION_LOST);
	ck_assert_uint_eq(server_count(t.server), 1);
	end();
}
END_TEST

START_TEST(what_was_delivered_is_not_repeated)
{
	const struct server_step steps[] = { { 200, NULL, "half of it", 0, SERVER_TRUNCATE } };

	begin(steps, 1);
	t.terms.token = NULL;
	t.terms.place_count = 1;
	t.terms.places = &places[1];
	expect_error(API "/", ERROR_CONNECTION_LOST);
	ck_assert_str_eq(buffer_text(&t.body), "half of it");
	ck_assert_uint_eq(server_count(t.server), 1);
	end();
}
END_TEST

START_TEST(follows_only_its_own_origin)
{
	const struct server_step steps[] = { { 302, "Location: /b?x=1\r\n", "", 0, 0 },
		{ 200, NULL, "there", 0, 0 }, { 302, "Location: https://other.example.test/\r\n", "", 0, 0 },
		{ 302, "Location: https://127.0.0.1/\r\n", "", 0, 0 },
		{ 302, "Location: http://api.example.test/\r\n", "", 0, 0 }, { 302, NULL, "", 0, 0 },
		{ 307, "Location: /elsewhere\r\n", "", 0, 0 }, { 302, "Location: /again\r\n", "", 0, 0 } };
	struct call_request post = { .method = "POST", .body = "x", .body_length = 1 };

	begin(steps, 8);
	t.terms.token = NULL;
	t.terms.place_count = 1;
	t.terms.places = &places[1];
	ck_assert_int_eq(try_call(API "/a", NULL), 0);
	ck_assert_str_eq(buffer_text(&t.body), "there");
	ck_assert(asked(1, "GET /b?x=1 HTTP/1.1\r\n"));
	for (int i = 0; i < 4; i++) {
		expect_error(API "/a", ERROR_REDIRECT_REFUSED);
		ck_assert_int_eq(t.error.status, 302);
	}
	ck_assert_uint_eq(server_count(t.server), 6);
	for (size_t i = 0; i < 6; i++) /* the key never left for another host */
		ck_assert(asked(i, "Host: api.example.test\r\n"));
	ck_assert_int_eq(try_call(API "/a", &post), -1);
	ck_assert_int_eq(t.error.code, ERROR_REDIRECT_REFUSED);
	ck_assert_uint_eq(server_count(t.server), 7);
	expect_error(API "/a", ERROR_REDIRECT_REFUSED); /* a loop: the first and five more */
	ck_assert_uint_eq(server_count(t.server), 13);
	end();
}
END_TEST

START_TEST(no_credentials_to_downloads)
{
	const struct server_step steps[] = { { 200, NULL, "file", 0, 0 } };
	struct call_request request = { .method = "GET", .use = GUARD_DOWNLOAD };

	begin(steps, 1);
	ck_assert_int_eq(try_call("https://other.example.test/f", &request), 0);
	ck_assert_uint_eq(server_count(t.server), 1);
	ck_assert(!asked(0, "k3y"));
	ck_assert(!asked(0, "uthorization"));
	end();
}
END_TEST

START_TEST(rows_decide_first)
{
	static const struct classify_row rows[] = {
		{ 403, NULL, "/code", "scope", ANSWER_SCOPE_MISSING },
		{ 400, NULL, "/errors/0/code", "not_found", ANSWER_NOT_FOUND },
		{ 200, NULL, "/ok", "false", ANSWER_REFUSED },
		{ 418, "x-why", NULL, "maintenance", ANSWER_UNAVAILABLE },
	};
	const struct server_step steps[] = {
		{ 403, NULL, "{\"code\":\"no_scope\",\"why\":\"employees-read\"}", 0, 0 },
		{ 400, NULL, "{\"errors\":[{\"code\":\"not_found\"}]}", 0, 0 },
		{ 200, NULL, "{\"ok\":false,\"message\":\"never\"}", 0, 0 },
		{ 418, "X-Why: maintenance\r\n", "", 0, 0 },
		{ 200, NULL, "{\"ok\":true}", 0, 0 },
	};

	begin(steps, 5);
	t.terms.token = NULL;
	t.terms.place_count = 0;
	t.terms.errors = rows;
	t.terms.error_count = 4;
	t.terms.message_pointer = "/why";
	expect_error(API "/", ERROR_SCOPE_MISSING);
	ck_assert_str_eq(t.error.body, "employees-read");
	expect_error(API "/", ERROR_RECORD_NOT_FOUND);
	expect_error(API "/", ERROR_REQUEST_REFUSED);
	ck_assert_int_eq(t.status, 0); /* never delivered */
	ck_assert_int_eq(try_call(API "/", NULL), 0);
	ck_assert_str_eq(buffer_text(&t.body), "{\"ok\":true}");
	end();
}
END_TEST

/* A provider that answers 401 where it means a scope: an old token is renewed once, a new one is believed. */
START_TEST(a_401_that_means_a_scope)
{
	static const struct classify_row rows[] = { { 401, NULL, NULL, NULL, ANSWER_SCOPE_MISSING } };
	const struct server_step steps[] = { { 401, NULL, "{}", 0, 0 }, TOKEN_ANSWER("second"),
		{ 401, NULL, "{}", 0, 0 }, { 401, NULL, "{}", 0, 0 }, { 200, NULL, "ok", 0, 0 } };
	struct oauth2_answer old = { strdup("first"), NULL, NULL, 3600 };

	begin(steps, 5);
	t.terms.errors = rows;
	t.terms.error_count = 1;
	token_obtained(t.token, &old, clock_now_ms() - 600000);
	expect_error(API "/", ERROR_SCOPE_MISSING);
	ck_assert(asked(0, "Bearer first"));
	ck_assert(asked(2, "Bearer second"));
	expect_error(API "/", ERROR_SCOPE_MISSING);
	ck_assert_uint_eq(server_count(t.server), 4);
	/* The token is as good as it was. */
	ck_assert_int_eq(try_call(API "/", NULL), 0);
	ck_assert(asked(4, "Bearer second"));
	end();
}
END_TEST

/* What comes with a status of success is looked at as far as it is small, and JSON. */
START_TEST(a_success_may_be_an_error)
{
	static const struct classify_row rows[] = { { 200, NULL, NULL, "false", ANSWER_REFUSED } };
	static char large[70 * 1024];
	const struct server_step steps[] = { { 200, NULL, "{\"success\":false}", 0, 0 },
		{ 200, NULL, "success: false", 0, 0 }, { 200, NULL, large, sizeof large, 0 } };

	memset(large, ' ', sizeof large);
	memcpy(large, "{\"success\":false}", 17);
	begin(steps, 3);
	t.terms.token = NULL;
	t.terms.place_count = 0;
	t.terms.errors = rows;
	t.terms.error_count = 1;
	expect_error(API "/", ERROR_REQUEST_REFUSED);
	ck_assert_int_eq(try_call(API "/", NULL), 0);
	ck_assert_str_eq(buffer_text(&t.body), "success: false");
	ck_assert_int_eq(try_call(API "/", NULL), 0);
	ck_assert_uint_eq(t.body.length, sizeof large);
	end();
}
END_TEST

START_TEST(answers_are_scrubbed)
{
	const struct server_step steps[] = { TOKEN_ANSWER(TOKEN),
		{ 200, "Link: <https://api.example.test/?key=k3y-0123456789abcdef>; rel=next\r\n",
			"{\"you\":\"Bearer " TOKEN "\",\"json\":\"s3cret\\/with+odd chars\","
			"\"url\":\"s3cret%2Fwith%2Bodd%20chars\"}",
			0, 0 },
		{ 400, NULL, "{\"message\":\"bad key k3y-0123456789abcdef \\u006b3y-0123456789abcdef!\"}", 0,
			0 } };

	begin(steps, 3);
	ck_assert_int_eq(try_call(API "/", NULL), 0);
	ck_assert_str_eq(t.link, "<https://api.example.test/?key=********************>; rel=next");
	ck_assert_str_eq(buffer_text(&t.body),
		"{\"you\":\"Bearer ************************\",\"json\":\"**********************\","
		"\"url\":\"***************************\"}");
	expect_error(API "/", ERROR_REQUEST_REFUSED);
	ck_assert_str_eq(t.error.body, "bad key ******************** ********************!");
	end();
}
END_TEST

START_TEST(a_slow_taker_loses_nothing)
{
	size_t length = 500000;
	char *body = malloc(length);
	const struct server_step steps[] = { { 200, NULL, body, length, 0 } };

	for (size_t i = 0; i < length; i++)
		body[i] = (char)('a' + i % 23);
	begin(steps, 1);
	t.terms.token = NULL;
	t.terms.place_count = 0;
	t.appetite = 777;
	ck_assert_int_eq(try_call(API "/", NULL), 0);
	ck_assert_uint_eq(t.body.length, length);
	ck_assert(memcmp(t.body.data, body, length) == 0);
	end();
	free(body);
}
END_TEST

START_TEST(cancels_anywhere)
{
	const struct server_step steps[] = { TOKEN_ANSWER(TOKEN), { 200, NULL, "x", 0, 0 } };
	const struct call_handlers handlers = { on_response, on_body, on_done, &t };
	struct call_request request = { .method = "GET", .use = GUARD_API };
	struct error error = { 0 };
	struct url url;

	begin(steps, 2);
	ck_assert_int_eq(url_parse(&url, API "/", 25, ERROR_INTERNAL, "it", &error), 0);
	request.url = &url;
	/* At once, while it waits for the token, and from inside a handler. */
	for (int i = 0; i < 3; i++) {
		ck_assert_int_eq(call_start(&t.call, &t.terms, &request, &handlers, &error), 0);
		if (i == 1)
			(void)uv_run(&t.loop, UV_RUN_NOWAIT);
		t.cancel = i == 2;
		if (i < 2)
			call_cancel(t.call);
		(void)uv_run(&t.loop, i < 2 ? UV_RUN_NOWAIT : UV_RUN_DEFAULT);
	}
	ck_assert_int_eq(t.status, 200);
	ck_assert(!t.done);
	end();
}
END_TEST

START_TEST(waits_for_the_budget)
{
	static const struct call_limit limits[] = { { { "account:1", 2, 1 }, "x-left", "x-reset", NULL } };
	static const struct call_limit strict[] = { { { "account:2", 1, 3600 }, NULL, NULL, NULL } };
	const struct server_step steps[] = { { 200, NULL, "x", 0, 0 } };
	int64_t before;

	begin(steps, 1);
	t.terms.token = NULL;
	t.terms.place_count = 0;
	t.terms.limits.rows = limits;
	t.terms.limits.count = 1;
	before = (int64_t)uv_now(&t.loop);
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(try_call(API "/", NULL), 0);
	uv_update_time(&t.loop);
	ck_assert_int_ge((int64_t)uv_now(&t.loop) - before, 950);
	t.terms.limits.rows = strict;
	ck_assert_int_eq(try_call(API "/", NULL), 0);
	expect_error(API "/", ERROR_RATE_LIMITED);
	end();
}
END_TEST

START_TEST(refuses_what_it_may_not_send)
{
	const struct server_step steps[] = { { 200, NULL, "x", 0, 0 } };
	static const struct credential broken[] = { { "field.api_key", "a\r\nX-Evil: 1", true } };
	struct headers headers = HEADERS_INIT;
	struct call_request request = { .method = "GET", .headers = &headers };
	struct error error = { 0 };

	begin(steps, 1);
	t.terms.token = NULL;
	t.terms.place_count = 1;
	t.terms.places = &places[1];
	ck_assert_int_eq(headers_add_text(&headers, "x-api-key", "mine", &error), 0);
	ck_assert_int_eq(try_call(API "/", &request), -1);
	ck_assert_int_eq(t.error.code, ERROR_BAD_PARAMETER);
	headers_clear(&headers);
	ck_assert_int_eq(headers_add_text(&headers, "Authorization", "mine", &error), 0);
	ck_assert_int_eq(try_call(API "/", &request), -1);
	ck_assert_int_eq(t.error.code, ERROR_BAD_PARAMETER);
	headers_clear(&headers);
	expect_error("https://evil.example.test/", ERROR_FOREIGN_LINK);
	t.terms.credentials = broken;
	t.terms.credential_count = 1;
	expect_error(API "/", ERROR_BAD_FIELD);
	t.terms.places = &places[0]; /* {token}, and there is none */
	expect_error(API "/", ERROR_BAD_FIELD);
	ck_assert_uint_eq(server_count(t.server), 0);
	end();
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("fetch/call");
	TCase *c = tcase_create("call");

	tcase_set_timeout(c, 60);
	tcase_add_test(c, gets_a_token_and_calls);
	tcase_add_test(c, replies_are_handed_over_unread);
	tcase_add_test(c, many_calls_share_one_token_request);
	tcase_add_test(c, a_401_leads_to_one_refresh);
	tcase_add_test(c, a_refused_token_request_is_final);
	tcase_add_test(c, tries_again_where_it_helps);
	tcase_add_test(c, gives_up_past_the_deadline);
	tcase_add_test(c, does_not_wait_forever_for_a_token);
	tcase_add_test(c, token_requests_are_made_once);
	tcase_add_test(c, does_not_repeat_what_could_do_harm);
	tcase_add_test(c, what_was_delivered_is_not_repeated);
	tcase_add_test(c, follows_only_its_own_origin);
	tcase_add_test(c, no_credentials_to_downloads);
	tcase_add_test(c, rows_decide_first);
	tcase_add_test(c, a_401_that_means_a_scope);
	tcase_add_test(c, a_success_may_be_an_error);
	tcase_add_test(c, answers_are_scrubbed);
	tcase_add_test(c, a_slow_taker_loses_nothing);
	tcase_add_test(c, cancels_anywhere);
	tcase_add_test(c, waits_for_the_budget);
	tcase_add_test(c, refuses_what_it_may_not_send);
	suite_add_tcase(s, c);
	return s;
}

CHECK_MAIN(suite)
