/* Answers of calls: what they mean, what is taken out of them, how they are handed on. */
#include "config.h"

#include "base/clock.h"
#include "caller.h"
#include "check_main.h"

#include <stdlib.h>
#include <string.h>

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

	caller_begin(steps, 5);
	caller.terms.token = NULL;
	caller.terms.place_count = 0;
	caller.terms.errors = rows;
	caller.terms.error_count = 4;
	caller.terms.message_pointer = "/why";
	caller_expect(API "/", ERROR_SCOPE_MISSING);
	ck_assert_str_eq(caller.error.body, "employees-read");
	caller_expect(API "/", ERROR_RECORD_NOT_FOUND);
	caller_expect(API "/", ERROR_REQUEST_REFUSED);
	ck_assert_int_eq(caller.status, 0); /* never delivered */
	ck_assert_int_eq(caller_try(API "/", NULL), 0);
	ck_assert_str_eq(buffer_text(&caller.body), "{\"ok\":true}");
	caller_end();
}
END_TEST

/* A provider that answers 401 where it means a scope: an old token is renewed once, a new one is believed. */
START_TEST(a_401_that_means_a_scope)
{
	static const struct classify_row rows[] = { { 401, NULL, NULL, NULL, ANSWER_SCOPE_MISSING } };
	const struct server_step steps[] = { { 401, NULL, "{}", 0, 0 }, TOKEN_ANSWER("second"),
		{ 401, NULL, "{}", 0, 0 }, { 401, NULL, "{}", 0, 0 }, { 200, NULL, "ok", 0, 0 } };
	struct oauth2_answer old = { strdup("first"), NULL, NULL, 3600 };

	caller_begin(steps, 5);
	caller.terms.errors = rows;
	caller.terms.error_count = 1;
	token_obtained(caller.token, &old, clock_now_ms() - 600000);
	caller_expect(API "/", ERROR_SCOPE_MISSING);
	ck_assert(caller_asked(0, "Bearer first"));
	ck_assert(caller_asked(2, "Bearer second"));
	caller_expect(API "/", ERROR_SCOPE_MISSING);
	ck_assert_uint_eq(server_count(caller.server), 4);
	/* The token is as good as it was. */
	ck_assert_int_eq(caller_try(API "/", NULL), 0);
	ck_assert(caller_asked(4, "Bearer second"));
	caller_end();
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
	caller_begin(steps, 3);
	caller.terms.token = NULL;
	caller.terms.place_count = 0;
	caller.terms.errors = rows;
	caller.terms.error_count = 1;
	caller_expect(API "/", ERROR_REQUEST_REFUSED);
	ck_assert_int_eq(caller_try(API "/", NULL), 0);
	ck_assert_str_eq(buffer_text(&caller.body), "success: false");
	ck_assert_int_eq(caller_try(API "/", NULL), 0);
	ck_assert_uint_eq(caller.body.length, sizeof large);
	caller_end();
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

	caller_begin(steps, 3);
	ck_assert_int_eq(caller_try(API "/", NULL), 0);
	ck_assert_str_eq(caller.link, "<https://api.example.test/?key=********************>; rel=next");
	ck_assert_str_eq(buffer_text(&caller.body),
		"{\"you\":\"Bearer ************************\",\"json\":\"**********************\","
		"\"url\":\"***************************\"}");
	caller_expect(API "/", ERROR_REQUEST_REFUSED);
	ck_assert_str_eq(caller.error.body, "bad key ******************** ********************!");
	caller_end();
}
END_TEST

START_TEST(what_was_delivered_is_not_repeated)
{
	const struct server_step steps[] = { { 200, NULL, "half of it", 0, SERVER_TRUNCATE } };

	caller_begin(steps, 1);
	caller.terms.token = NULL;
	caller.terms.place_count = 1;
	caller.terms.places = &caller_places[1];
	caller_expect(API "/", ERROR_CONNECTION_LOST);
	ck_assert_str_eq(buffer_text(&caller.body), "half of it");
	ck_assert_uint_eq(server_count(caller.server), 1);
	caller_end();
}
END_TEST

START_TEST(a_slow_taker_loses_nothing)
{
	size_t length = 500000;
	char *body = malloc(length);
	const struct server_step steps[] = { { 200, NULL, body, length, 0 } };

	for (size_t i = 0; i < length; i++)
		body[i] = (char)('a' + i % 23);
	caller_begin(steps, 1);
	caller.terms.token = NULL;
	caller.terms.place_count = 0;
	caller.appetite = 777;
	ck_assert_int_eq(caller_try(API "/", NULL), 0);
	ck_assert_uint_eq(caller.body.length, length);
	ck_assert(memcmp(caller.body.data, body, length) == 0);
	caller_end();
	free(body);
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

	caller_begin(steps, 8);
	caller.terms.token = NULL;
	caller.terms.place_count = 1;
	caller.terms.places = &caller_places[1];
	ck_assert_int_eq(caller_try(API "/a", NULL), 0);
	ck_assert_str_eq(buffer_text(&caller.body), "there");
	ck_assert(caller_asked(1, "GET /b?x=1 HTTP/1.1\r\n"));
	for (int i = 0; i < 4; i++) {
		caller_expect(API "/a", ERROR_REDIRECT_REFUSED);
		ck_assert_int_eq(caller.error.status, 302);
	}
	ck_assert_uint_eq(server_count(caller.server), 6);
	for (size_t i = 0; i < 6; i++) /* the key never left for another host */
		ck_assert(caller_asked(i, "Host: api.example.test\r\n"));
	ck_assert_int_eq(caller_try(API "/a", &post), -1);
	ck_assert_int_eq(caller.error.code, ERROR_REDIRECT_REFUSED);
	ck_assert_uint_eq(server_count(caller.server), 7);
	caller_expect(API "/a", ERROR_REDIRECT_REFUSED); /* a loop: the first and five more */
	ck_assert_uint_eq(server_count(caller.server), 13);
	caller_end();
}
END_TEST

/* ---- The token endpoint's raw replies ----------------------------------------------------------------- */

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
	struct grant_request request = caller_token_request();
	struct error error = { 0 };

	request.oauth2.grant = OAUTH2_REFRESH_TOKEN;
	request.oauth2.token = token;
	memset(&reply, 0, sizeof reply);
	ck_assert_int_eq(grant_new(&reply.grant, &request, &error), 0);
	ck_assert_int_eq(grant_send(reply.grant, on_reply, &reply, &error), 0);
	ck_assert(!reply.done);
	while (!reply.done && uv_run(&caller.loop, UV_RUN_ONCE))
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

	caller_begin(steps, 4);
	send_refresh("r3fresh-token-1");
	ck_assert_int_eq(reply.result, 0);
	ck_assert_int_eq(reply.status, 200);
	ck_assert_str_eq(reply.answer.access_token, TOKEN);
	ck_assert(caller_asked(
		0, "grant_type=refresh_token&refresh_token=r3fresh-token-1&client_id=the-client"));
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
	ck_assert_uint_eq(server_count(caller.server), 3);
	grant_free(reply.grant);

	send_refresh("r");
	ck_assert_int_eq(reply.result, -1);
	ck_assert_int_eq(reply.error.code, ERROR_CONNECTION_LOST);
	ck_assert(reply.sent);
	grant_free(reply.grant);
	caller_end();
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("answer");
	TCase *c = tcase_create("answer");

	tcase_set_timeout(c, 300);
	tcase_add_test(c, rows_decide_first);
	tcase_add_test(c, a_401_that_means_a_scope);
	tcase_add_test(c, a_success_may_be_an_error);
	tcase_add_test(c, answers_are_scrubbed);
	tcase_add_test(c, what_was_delivered_is_not_repeated);
	tcase_add_test(c, a_slow_taker_loses_nothing);
	tcase_add_test(c, follows_only_its_own_origin);
	tcase_add_test(c, replies_are_handed_over_unread);
	suite_add_tcase(s, c);
	return s;
}

CHECK_MAIN(suite)
