/* Calls: tokens, attempts, budgets, what must not be sent. */
#include "config.h"

#include "caller.h"
#include "check_main.h"

#include <stdlib.h>
#include <string.h>

START_TEST(gets_a_token_and_calls)
{
	const struct server_step steps[] = { TOKEN_ANSWER(TOKEN), { 200, NULL, "[1]", 0, 0 },
		{ 200, "Link: <b>; rel=next\r\nSet-Cookie: a=b\r\n", "[2]", 0, 0 } };

	caller_begin(steps, 3);
	ck_assert_int_eq(caller_try(API "/a", NULL), 0);
	ck_assert_int_eq(caller.status, 200);
	ck_assert_str_eq(buffer_text(&caller.body), "[1]");
	ck_assert_str_eq(token_scope(caller.token), "employees-read");
	ck_assert_int_eq(caller_try(API "/b", NULL), 0);
	ck_assert_str_eq(caller.link, "<b>; rel=next");
	ck_assert_uint_eq(server_count(caller.server), 3);
	ck_assert(caller_asked(0, "POST /token HTTP/1.1\r\n"));
	ck_assert(caller_asked(0, "grant_type=client_credentials&scope=employees-read&client_id=the-client&"
				  "client_secret=s3cret%2Fwith%2Bodd+chars"));
	ck_assert(!caller_asked(0, "k3y"));
	ck_assert(caller_asked(1, "authorization: Bearer " TOKEN "\r\n"));
	ck_assert(caller_asked(1, "x-api-key: k3y-0123456789abcdef\r\n"));
	ck_assert(!caller_asked(1, "s3cret"));
	caller_end();
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

	caller_begin(steps, 2);
	ck_assert_int_eq(url_parse(&url, API "/", 25, ERROR_INTERNAL, "it", &error), 0);
	request.url = &url;
	for (int i = 0; i < 5; i++)
		ck_assert_int_eq(call_start(&call, &caller.terms, &request, &handlers, &error), 0);
	while (calls_done < 5 && uv_run(&caller.loop, UV_RUN_ONCE))
		;
	ck_assert_uint_eq(calls_done, 5);
	ck_assert_uint_eq(server_count(caller.server), 6);
	for (size_t i = 1; i < 6; i++)
		ck_assert(caller_asked(i, "authorization: Bearer " TOKEN "\r\n"));
	caller_end();
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

	caller_begin(steps, 7);
	ck_assert_int_eq(caller_try(API "/", NULL), 0);
	ck_assert_str_eq(buffer_text(&caller.body), "ok");
	ck_assert(caller_asked(3, "Bearer second"));
	caller_expect(API "/", ERROR_AUTHENTICATION_FAILED);
	ck_assert_int_eq(caller.error.status, 401);
	ck_assert_str_eq(caller.error.body, "no more");
	ck_assert_uint_eq(server_count(caller.server), 7);
	caller_expect(API "/", ERROR_AUTHENTICATION_FAILED); /* remembered: nothing is asked */
	ck_assert_uint_eq(server_count(caller.server), 7);
	caller_end();
}
END_TEST

START_TEST(a_refused_token_request_is_final)
{
	const struct server_step steps[] = { { 401, "Content-Type: application/json\r\n",
		"{\"error\":\"invalid_client\",\"error_description\":\"bad s3cret/with+odd chars \\u0073\\u0033cret/with+odd chars\"}",
		0, 0 } };

	caller_begin(steps, 1);
	caller_expect(API "/", ERROR_AUTHENTICATION_FAILED);
	ck_assert_int_eq(caller.error.status, 401);
	ck_assert_str_eq(
		caller.error.body, "invalid_client: bad ********************* *********************");
	caller_expect(API "/", ERROR_AUTHENTICATION_FAILED);
	ck_assert_uint_eq(server_count(caller.server), 1);
	caller_end();
}
END_TEST

START_TEST(tries_again_where_it_helps)
{
	const struct server_step steps[] = { TOKEN_ANSWER(TOKEN), { 503, NULL, "later", 0, 0 },
		{ 429, "Retry-After: 0\r\n", "{}", 0, 0 }, { 0, NULL, NULL, 0, SERVER_CLOSE },
		{ 200, NULL, "ok", 0, 0 }, { 400, NULL, "{\"message\":\"no\"}", 0, 0 },
		{ 403, NULL, "no", 0, 0 }, { 404, NULL, "{\"code\":404,\"message\":\"gone\"}", 0, 0 },
		{ 500, NULL, "<html>", 0, 0 } };

	caller_begin(steps, 9);
	ck_assert_int_eq(caller_try(API "/", NULL), 0);
	ck_assert_uint_eq(server_count(caller.server), 5);
	caller_expect(API "/", ERROR_REQUEST_REFUSED);
	ck_assert_str_eq(caller.error.body, "no");
	ck_assert_int_eq(caller.error.status, 400);
	caller_expect(API "/", ERROR_REQUEST_REFUSED);
	caller_expect(API "/", ERROR_RECORD_NOT_FOUND);
	ck_assert_str_eq(caller.error.body, "gone");
	ck_assert_uint_eq(server_count(caller.server), 8);
	caller_expect(API "/", ERROR_PROVIDER_FAILED);
	ck_assert_uint_eq(server_count(caller.server), 11);
	ck_assert_int_eq(caller.error.status, 500);
	ck_assert_str_eq(caller.error.body, "");
	caller_end();
}
END_TEST

START_TEST(gives_up_past_the_deadline)
{
	const struct server_step steps[] = { { 429, "Retry-After: 3600\r\n", "{}", 0, 0 },
		{ 0, NULL, NULL, 0, SERVER_SILENT } };
	struct call_request request = { .method = "GET", .deadline_ms = 300 };

	caller_begin(steps, 2);
	caller.terms.token = NULL;
	caller.terms.place_count = 0;
	caller_expect(API "/", ERROR_RATE_LIMITED);
	ck_assert_str_eq(caller.error.hint, "The provider asks to wait 3600 seconds.");
	ck_assert_int_eq(caller_try(API "/", &request), -1);
	ck_assert_int_eq(caller.error.code, ERROR_DEADLINE_PASSED);
	caller_end();
}
END_TEST

START_TEST(does_not_wait_forever_for_a_token)
{
	const struct server_step steps[] = { { 0, NULL, NULL, 0, SERVER_SILENT }, TOKEN_ANSWER(TOKEN),
		{ 200, NULL, "ok", 0, 0 } };
	struct call_request request = { .method = "GET", .deadline_ms = 5000 };

	caller_begin(steps, 3);
	ck_assert_int_eq(caller_try(API "/", &request), -1);
	ck_assert_int_eq(caller.error.code, ERROR_DEADLINE_PASSED);
	ck_assert_uint_eq(server_count(caller.server), 1);
	caller_end();
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

	caller_begin(steps, 5);
	for (size_t i = 0; i < 5; i++) {
		caller_expect(API "/", codes[i]);
		ck_assert_uint_eq(server_count(caller.server), i + 1);
		ck_assert(caller_asked(i, "POST /token HTTP/1.1\r\n"));
	}
	caller_end();
}
END_TEST

START_TEST(does_not_repeat_what_could_do_harm)
{
	const struct server_step steps[] = { { 0, NULL, NULL, 0, SERVER_CLOSE } };
	struct call_request request = { .method = "POST", .body = "x", .body_length = 1 };

	caller_begin(steps, 1);
	caller.terms.token = NULL;
	caller.terms.place_count = 0;
	ck_assert_int_eq(caller_try(API "/", &request), -1);
	ck_assert_int_eq(caller.error.code, ERROR_CONNECTION_LOST);
	ck_assert_uint_eq(server_count(caller.server), 1);
	caller_end();
}
END_TEST

START_TEST(no_credentials_to_downloads)
{
	const struct server_step steps[] = { { 200, NULL, "file", 0, 0 } };
	struct call_request request = { .method = "GET", .use = GUARD_DOWNLOAD };

	caller_begin(steps, 1);
	ck_assert_int_eq(caller_try("https://other.example.test/f", &request), 0);
	ck_assert_uint_eq(server_count(caller.server), 1);
	ck_assert(!caller_asked(0, "k3y"));
	ck_assert(!caller_asked(0, "uthorization"));
	caller_end();
}
END_TEST

START_TEST(cancels_anywhere)
{
	const struct server_step steps[] = { TOKEN_ANSWER(TOKEN), { 200, NULL, "x", 0, 0 } };
	const struct call_handlers handlers = caller_handlers();
	struct call_request request = { .method = "GET", .use = GUARD_API };
	struct error error = { 0 };
	struct url url;

	caller_begin(steps, 2);
	ck_assert_int_eq(url_parse(&url, API "/", 25, ERROR_INTERNAL, "it", &error), 0);
	request.url = &url;
	/* At once, while it waits for the token, and from inside a handler. */
	for (int i = 0; i < 3; i++) {
		ck_assert_int_eq(call_start(&caller.call, &caller.terms, &request, &handlers, &error), 0);
		if (i == 1)
			(void)uv_run(&caller.loop, UV_RUN_NOWAIT);
		caller.cancel = i == 2;
		if (i < 2)
			call_cancel(caller.call);
		(void)uv_run(&caller.loop, i < 2 ? UV_RUN_NOWAIT : UV_RUN_DEFAULT);
	}
	ck_assert_int_eq(caller.status, 200);
	ck_assert(!caller.done);
	caller_end();
}
END_TEST

START_TEST(waits_for_the_budget)
{
	static const struct call_limit limits[] = { { { "account:1", 2, 1 }, "x-left", "x-reset", NULL } };
	static const struct call_limit strict[] = { { { "account:2", 1, 3600 }, NULL, NULL, NULL } };
	const struct server_step steps[] = { { 200, NULL, "x", 0, 0 } };
	int64_t before;

	caller_begin(steps, 1);
	caller.terms.token = NULL;
	caller.terms.place_count = 0;
	caller.terms.limits.rows = limits;
	caller.terms.limits.count = 1;
	before = (int64_t)uv_now(&caller.loop);
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(caller_try(API "/", NULL), 0);
	uv_update_time(&caller.loop);
	ck_assert_int_ge((int64_t)uv_now(&caller.loop) - before, 950);
	caller.terms.limits.rows = strict;
	ck_assert_int_eq(caller_try(API "/", NULL), 0);
	caller_expect(API "/", ERROR_RATE_LIMITED);
	caller_end();
}
END_TEST

START_TEST(refuses_what_it_may_not_send)
{
	const struct server_step steps[] = { { 200, NULL, "x", 0, 0 } };
	static const struct credential broken[] = { { "field.api_key", "a\r\nX-Evil: 1", true } };
	struct headers headers = HEADERS_INIT;
	struct call_request request = { .method = "GET", .headers = &headers };
	struct error error = { 0 };

	caller_begin(steps, 1);
	caller.terms.token = NULL;
	caller.terms.place_count = 1;
	caller.terms.places = &caller_places[1];
	ck_assert_int_eq(headers_add_text(&headers, "x-api-key", "mine", &error), 0);
	ck_assert_int_eq(caller_try(API "/", &request), -1);
	ck_assert_int_eq(caller.error.code, ERROR_BAD_PARAMETER);
	headers_clear(&headers);
	ck_assert_int_eq(headers_add_text(&headers, "Authorization", "mine", &error), 0);
	ck_assert_int_eq(caller_try(API "/", &request), -1);
	ck_assert_int_eq(caller.error.code, ERROR_BAD_PARAMETER);
	headers_clear(&headers);
	caller_expect("https://evil.example.test/", ERROR_FOREIGN_LINK);
	caller.terms.credentials = broken;
	caller.terms.credential_count = 1;
	caller_expect(API "/", ERROR_BAD_FIELD);
	caller.terms.places = &caller_places[0]; /* {token}, and there is none */
	caller_expect(API "/", ERROR_BAD_FIELD);
	ck_assert_uint_eq(server_count(caller.server), 0);
	caller_end();
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("call");
	TCase *c = tcase_create("call");

	tcase_set_timeout(c, 300);
	tcase_add_test(c, gets_a_token_and_calls);
	tcase_add_test(c, many_calls_share_one_token_request);
	tcase_add_test(c, a_401_leads_to_one_refresh);
	tcase_add_test(c, a_refused_token_request_is_final);
	tcase_add_test(c, tries_again_where_it_helps);
	tcase_add_test(c, gives_up_past_the_deadline);
	tcase_add_test(c, does_not_wait_forever_for_a_token);
	tcase_add_test(c, token_requests_are_made_once);
	tcase_add_test(c, does_not_repeat_what_could_do_harm);
	tcase_add_test(c, no_credentials_to_downloads);
	tcase_add_test(c, cancels_anywhere);
	tcase_add_test(c, waits_for_the_budget);
	tcase_add_test(c, refuses_what_it_may_not_send);
	suite_add_tcase(s, c);
	return s;
}

CHECK_MAIN(suite)
