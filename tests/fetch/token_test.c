/* Token requests and answers, and the token that is kept. */
#include "config.h"

#include "fetch/oauth2.h"
#include "fetch/token.h"

#include "check_main.h"

#include <string.h>

static const struct credential rows[] = { { "field.id", "id:with colon", false },
	{ "field.secret", "p@ss w\xC3\xB6rd", true }, { "field.broken", "a\r\nb", true } };

static int build(struct headers *headers, struct buffer *body, const struct credential_place *places,
	size_t count, const char *scope, struct error *error)
{
	const struct oauth2_request request = {
		.places = places, .place_count = count, .credentials = { rows, 3, NULL }, .scope = scope
	};

	*headers = (struct headers)HEADERS_INIT;
	buffer_init(body, 65536);
	return oauth2_request(headers, body, &request, error);
}

START_TEST(request_in_the_form)
{
	static const struct credential_place places[] = { { CREDENTIAL_FORM, "client_id", "{field.id}" },
		{ CREDENTIAL_FORM, "client_secret", "{field.secret}" },
		{ CREDENTIAL_HEADER, "Authorization", "Bearer {token}" } };
	struct headers headers;
	struct buffer body;
	struct error error = { 0 };

	ck_assert_int_eq(build(&headers, &body, places, 3, "a:b c", &error), 0);
	ck_assert_str_eq(buffer_text(&body), "grant_type=client_credentials&scope=a%3Ab+c&"
					     "client_id=id%3Awith+colon&client_secret=p%40ss+w%C3%B6rd");
	ck_assert_str_eq(headers_get(&headers, "content-type"), "application/x-www-form-urlencoded");
	ck_assert_str_eq(headers_get(&headers, "accept"), "application/json");
	ck_assert_ptr_null(headers_get(&headers, "authorization"));
	headers_clear(&headers);
	buffer_clear(&body);
}
END_TEST

START_TEST(request_with_basic)
{
	static const struct credential_place places[] = { { CREDENTIAL_BASIC, "{field.id}",
		"{field.secret}" } };
	struct headers headers;
	struct buffer body;
	struct error error = { 0 };

	ck_assert_int_eq(build(&headers, &body, places, 1, "", &error), 0);
	ck_assert_str_eq(buffer_text(&body), "grant_type=client_credentials");
	/* id%3Awith+colon:p%40ss+w%C3%B6rd */
	ck_assert_str_eq(
		headers_get(&headers, "authorization"), "Basic aWQlM0F3aXRoK2NvbG9uOnAlNDBzcyt3JUMzJUI2cmQ=");
	headers_clear(&headers);
	buffer_clear(&body);
}
END_TEST

/* What a provider wants that knows no grants. */
START_TEST(request_of_its_own_kind)
{
	static const struct credential_place places[] = { { CREDENTIAL_TOKEN_HEADER, "X-App", "{field.id}" },
		{ CREDENTIAL_FORM, "client_secret", "{field.secret}" } };
	const struct oauth2_request request = { .places = places,
		.place_count = 2,
		.credentials = { rows, 3, NULL },
		.scope = "x",
		.grant = OAUTH2_PLACES_ALONE };
	const struct credentials credentials = { rows, 3, "t0k" };
	struct headers headers = HEADERS_INIT;
	struct buffer body = BUFFER_INIT(65536);
	struct error error = { 0 };

	ck_assert_int_eq(oauth2_request(&headers, &body, &request, &error), 0);
	ck_assert_str_eq(buffer_text(&body), "client_secret=p%40ss+w%C3%B6rd");
	ck_assert_str_eq(headers_get(&headers, "x-app"), "id:with colon");
	headers_clear(&headers);
	buffer_clear(&body);
	/* Calls have no part in it. */
	ck_assert_int_eq(credentials_place(&headers, places, 2, &credentials, &error), 0);
	ck_assert_ptr_null(headers_get(&headers, "x-app"));
}
END_TEST

START_TEST(requests_of_each_grant)
{
	static const struct credential_place place = { CREDENTIAL_FORM, "client_id", "{field.id}" };
	static const struct {
		enum oauth2_grant grant;
		const char *body;
	} cases[] = {
		{ OAUTH2_AUTHORIZATION_CODE,
			"grant_type=authorization_code&code=c%2F1&redirect_uri=https%3A%2F%2Fa.example%2Fb&"
			"code_verifier=v&client_id=id%3Awith+colon" },
		{ OAUTH2_REFRESH_TOKEN,
			"grant_type=refresh_token&refresh_token=t%3D&client_id=id%3Awith+colon" },
		{ OAUTH2_PLACES_ALONE, "client_id=id%3Awith+colon" },
		{ OAUTH2_REVOCATION, "token=t%3D&client_id=id%3Awith+colon" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const struct oauth2_request request = { .places = &place,
			.place_count = 1,
			.credentials = { rows, 3, NULL },
			.scope = "a",
			.grant = cases[i].grant,
			.code = "c/1",
			.redirect_uri = "https://a.example/b",
			.verifier = "v",
			.token = "t=" };
		struct headers headers = HEADERS_INIT;
		struct buffer body = BUFFER_INIT(65536);
		struct error error = { 0 };
		ck_assert_int_eq(oauth2_request(&headers, &body, &request, &error), 0);
		ck_assert_str_eq(buffer_text(&body), cases[i].body);
		headers_clear(&headers);
		buffer_clear(&body);
	}
}
END_TEST

START_TEST(bad_templates_are_told)
{
	static const struct credential_place places[] = { { CREDENTIAL_FORM, "x", "{field.none}" },
		{ CREDENTIAL_FORM, "x", "{field.id" }, { CREDENTIAL_FORM, "x", "{field.id}}" },
		{ CREDENTIAL_FORM, "x", "{token}" }, { CREDENTIAL_FORM, "x", "{field.broken}" },
		{ CREDENTIAL_BASIC, "{field.none}", "" }, { CREDENTIAL_BASIC, "", "{field.none}" } };
	struct headers headers;
	struct buffer body;
	struct error error = { 0 };

	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
		error.code = ERROR_NONE;
		ck_assert_int_eq(build(&headers, &body, &places[i], 1, NULL, &error), -1);
		ck_assert_int_eq(error.code, ERROR_BAD_FIELD);
		headers_clear(&headers);
		buffer_clear(&body);
	}
}
END_TEST

START_TEST(calls_get_their_credentials)
{
	static const struct credential_place places[] = { { CREDENTIAL_HEADER, "X-Id", "{{{field.id}}}" },
		{ CREDENTIAL_HEADER, "Authorization", "Bearer {token}" },
		{ CREDENTIAL_BASIC, "{field.none}", "x" }, { CREDENTIAL_FORM, "no", "{field.none}" } };
	const struct credentials credentials = { rows, 3, "t0k" };
	struct headers headers = HEADERS_INIT;
	struct error error = { 0 };

	ck_assert_int_eq(credentials_place(&headers, places, 4, &credentials, &error), 0);
	ck_assert_str_eq(headers_get(&headers, "x-id"), "{id:with colon}");
	ck_assert_str_eq(headers_get(&headers, "authorization"), "Bearer t0k");
	headers_clear(&headers);
}
END_TEST

static const struct oauth2_pointers rfc;

static int answer(struct oauth2_answer *out, int status, const char *body, struct error *error)
{
	struct headers headers = HEADERS_INIT;

	memset(error, 0, sizeof *error);
	return oauth2_answer(out, status, &headers, body, strlen(body), &rfc, error);
}

START_TEST(good_answers)
{
	struct oauth2_answer out;
	struct error error;

	ck_assert_int_eq(answer(&out, 200,
				 "{\"access_token\":\"abc\",\"token_type\":\"bearer\",\"expires_in\":3599,"
				 "\"scope\":\"x y\",\"refresh_token\":\"def\",\"other\":[1]}",
				 &error),
		0);
	ck_assert_str_eq(out.access_token, "abc");
	ck_assert_str_eq(out.refresh_token, "def");
	ck_assert_str_eq(out.scope, "x y");
	ck_assert_int_eq(out.expires_s, 3599);
	oauth2_answer_clear(&out);
	static const struct {
		const char *expires;
		int64_t seconds;
	} lives[] = { { "\"60\"", 60 }, { "60.9", 60 }, { "-1", -1 }, { "null", -1 }, { "\"soon\"", -1 },
		{ "9223372036854775807", 400 * 86400 }, { "1e300", -1 }, { "0", 0 } };
	for (size_t i = 0; i < sizeof lives / sizeof lives[0]; i++) {
		char body[256];
		(void)snprintf(body, sizeof body,
			"{\"access_token\":\"a\",\"token_type\":\"Bearer\",\"expires_in\":%s}",
			lives[i].expires);
		ck_assert_int_eq(answer(&out, 200, body, &error), 0);
		ck_assert_int_eq(out.expires_s, lives[i].seconds);
		ck_assert_ptr_null(out.scope);
		oauth2_answer_clear(&out);
	}
}
END_TEST

START_TEST(answers_of_their_own_kind)
{
	static const struct oauth2_pointers own = { "/data/token", "/data/life", "/data/0" };
	static const struct {
		const char *body;
		enum error_code code;
		const char *words;
	} bad[] = {
		{ "{\"success\":false,\"error\":{\"code\":0,\"message\":\"Wrong credentials\"}}",
			ERROR_AUTHENTICATION_FAILED, "Wrong credentials" },
		{ "{\"access_token\":\"a\",\"token_type\":\"Bearer\"}", ERROR_AUTHENTICATION_FAILED, "" },
		{ "{\"data\":{\"token\":\"a b\"}}", ERROR_PROVIDER_FAILED, "" },
		{ "[]", ERROR_PROVIDER_FAILED, "" },
	};
	static const char good[] =
		"{\"success\":true,\"data\":{\"token\":\"papi-1\",\"life\":86400,\"0\":\"a b\"}}";
	struct headers headers = HEADERS_INIT;
	struct oauth2_answer out;
	struct error error = { 0 };

	ck_assert_int_eq(oauth2_answer(&out, 200, &headers, good, strlen(good), &own, &error), 0);
	ck_assert_str_eq(out.access_token, "papi-1");
	ck_assert_str_eq(out.scope, "a b");
	ck_assert_int_eq(out.expires_s, 86400);
	oauth2_answer_clear(&out);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		memset(&error, 0, sizeof error);
		ck_assert_int_eq(
			oauth2_answer(&out, 200, &headers, bad[i].body, strlen(bad[i].body), &own, &error),
			-1);
		ck_assert_str_eq(error_code_text(error.code), error_code_text(bad[i].code));
		ck_assert_str_eq(error.body, bad[i].words);
	}
}
END_TEST

START_TEST(bad_answers)
{
	static const struct {
		int status;
		const char *body;
		enum error_code code;
		const char *words;
	} bad[] = {
		{ 200, "", ERROR_PROVIDER_FAILED, "" },
		{ 200, "<html>", ERROR_PROVIDER_FAILED, "" },
		{ 200, "[]", ERROR_PROVIDER_FAILED, "" },
		{ 200, "{}", ERROR_PROVIDER_FAILED, "" },
		{ 200, "{\"access_token\":\"a\"}", ERROR_PROVIDER_FAILED, "" },
		{ 200, "{\"access_token\":\"a\",\"token_type\":\"mac\"}", ERROR_PROVIDER_FAILED, "" },
		{ 200, "{\"access_token\":\"\",\"token_type\":\"Bearer\"}", ERROR_PROVIDER_FAILED, "" },
		{ 200, "{\"access_token\":1,\"token_type\":\"Bearer\"}", ERROR_PROVIDER_FAILED, "" },
		{ 200, "{\"access_token\":\"a\\r\\nb\",\"token_type\":\"Bearer\"}", ERROR_PROVIDER_FAILED,
			"" },
		{ 200, "{\"access_token\":\"a b\",\"token_type\":\"Bearer\"}", ERROR_PROVIDER_FAILED, "" },
		{ 200, "{\"access_token\":\"a\",\"access_token\":\"b\",\"token_type\":\"Bearer\"}",
			ERROR_PROVIDER_FAILED, "" },
		{ 200, "{\"access_token\":\"a\",\"token_type\":\"Bearer\",\"refresh_token\":\"\"}",
			ERROR_PROVIDER_FAILED, "" },
		{ 201, "{\"access_token\":\"a\",\"token_type\":\"Bearer\"}", ERROR_AUTHENTICATION_FAILED,
			"" },
		{ 400, "{\"error\":\"invalid_client\"}", ERROR_AUTHENTICATION_FAILED, "invalid_client" },
		{ 400, "{\"error\":\"invalid_scope\",\"error_description\":\"no x\"}", ERROR_SCOPE_MISSING,
			"invalid_scope: no x" },
		{ 401, "{\"code\":401,\"message\":\"Unauthor\\u001bized\"}", ERROR_AUTHENTICATION_FAILED,
			"Unauthor\xEF\xBF\xBDized" },
		{ 401, "", ERROR_AUTHENTICATION_FAILED, "" },
		{ 403, "<html>secret</html>", ERROR_AUTHENTICATION_FAILED, "(a web page)" },
		{ 404, "", ERROR_PROVIDER_FAILED, "" },
		{ 429, "", ERROR_RATE_LIMITED, "" },
		{ 500, "oops", ERROR_PROVIDER_FAILED, "" },
		{ 302, "", ERROR_REDIRECT_REFUSED, "" },
	};
	struct oauth2_answer out;
	struct error error;

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		ck_assert_msg(answer(&out, bad[i].status, bad[i].body, &error) == -1, "%s", bad[i].body);
		ck_assert_msg(error.code == bad[i].code, "%s: %s", bad[i].body, error.message);
		ck_assert_str_eq(error.body, bad[i].words);
		ck_assert_int_eq(error.status, bad[i].status);
		ck_assert_ptr_null(out.access_token);
	}
}
END_TEST

/* ---- The token ------------------------------------------------------------------------------------ */

static unsigned obtained;
static bool abandoned, answer_at_once;

static void give(struct token *token, const char *text, int64_t expires_s, int64_t now_ms)
{
	struct oauth2_answer fresh = { .access_token = strdup(text), .expires_s = expires_s };

	token_obtained(token, &fresh, now_ms);
	ck_assert_ptr_null(fresh.access_token);
}

static void obtain(void *context, struct token *token)
{
	(void)context;
	obtained++;
	if (answer_at_once)
		give(token, "at once", 100, 0);
}

static void abandon(void *context)
{
	(void)context;
	abandoned = true;
}

struct waiter {
	struct token_waiter waiter;
	char text[32];
	uint64_t version;
	enum error_code code;
	unsigned calls;
};

static void on_token(void *context, const char *text, uint64_t version, const struct error *error)
{
	struct waiter *waiter = context;

	waiter->calls++;
	waiter->version = version;
	waiter->code = error ? error->code : ERROR_NONE;
	(void)snprintf(waiter->text, sizeof waiter->text, "%s", text ? text : "(none)");
}

static void ask(struct token *token, struct waiter *waiter, int64_t now_ms)
{
	memset(waiter, 0, sizeof *waiter);
	waiter->waiter.on_token = on_token;
	waiter->waiter.context = waiter;
	token_ask(token, &waiter->waiter, now_ms);
}

static struct token *make(void)
{
	static const struct token_source source = { obtain, abandon, NULL };
	struct token *token;
	struct error error;

	ck_assert_int_eq(token_new(&token, &source, &error), 0);
	return token;
}

START_TEST(many_wait_for_one)
{
	struct token *token = make();
	struct waiter a, b, c;

	ask(token, &a, 0);
	ask(token, &b, 0);
	ask(token, &c, 0);
	ck_assert_uint_eq(obtained, 1);
	token_leave(token, &b.waiter);
	token_leave(token, &b.waiter);
	give(token, "one", 1000, 0);
	ck_assert_str_eq(a.text, "one");
	ck_assert_str_eq(c.text, "one");
	ck_assert_uint_eq(b.calls, 0);
	ask(token, &b, 939000); /* a minute before its end it is not fresh any more */
	ck_assert_str_eq(b.text, "one");
	ask(token, &b, 940000);
	ck_assert_uint_eq(obtained, 2);
	ck_assert_uint_eq(b.calls, 0);
	token_free(token);
	ck_assert(abandoned);
}
END_TEST

START_TEST(a_refusal_of_a_new_one_is_final)
{
	struct token *token = make();
	struct waiter a;

	answer_at_once = true;
	ask(token, &a, 0);
	ck_assert_uint_eq(a.version, 1);
	ck_assert(token_refused(token, 1));
	ck_assert(token_refused(token, 1)); /* said twice, fetched once */
	ask(token, &a, 0);
	ck_assert_uint_eq(a.version, 2);
	ck_assert_uint_eq(obtained, 2);
	ck_assert(token_refused(token, 1)); /* an old one's answer came late */
	ask(token, &a, 0);
	ck_assert_uint_eq(a.version, 2);
	token_accepted(token, 2);
	ck_assert(token_refused(token, 2)); /* it had been good: once more */
	ask(token, &a, 0);
	ck_assert_uint_eq(a.version, 3);
	ck_assert(!token_refused(token, 3));
	ask(token, &a, 0);
	ck_assert_int_eq(a.code, ERROR_AUTHENTICATION_FAILED);
	ck_assert_str_eq(a.text, "(none)");
	ck_assert_uint_eq(obtained, 3);
	ck_assert(!token_refused(token, 3));
	token_free(token);
	ck_assert(!abandoned);
}
END_TEST

/* Another process got it some time ago: refused, it says nothing of what the provider issues now. */
START_TEST(a_refusal_of_a_found_one_is_not)
{
	struct oauth2_answer found = { .access_token = strdup("found"), .expires_s = 1000 };
	struct token *token = make();
	struct waiter a;

	answer_at_once = true;
	ask(token, &a, 0);
	ck_assert(token_refused(token, 1));
	answer_at_once = false;
	ask(token, &a, 0);
	token_found(token, &found, 0);
	ck_assert_str_eq(a.text, "found");
	ck_assert_ptr_null(found.access_token);
	ck_assert(token_refused(token, 2));
	ask(token, &a, 0);
	give(token, "new", 1000, 0);
	ck_assert(!token_refused(token, 3));
	token_free(token);
}
END_TEST

START_TEST(a_found_one_may_be_doubted_at_once)
{
	struct oauth2_answer found = { .access_token = strdup("found"), .expires_s = 1000 };
	struct token *token = make();
	struct waiter a;

	ask(token, &a, 0);
	token_found(token, &found, 0);
	ck_assert(token_doubted(token, 1, 0));
	ask(token, &a, 0);
	give(token, "new", 1000, 0);
	ck_assert(!token_doubted(token, 2, 0));
	token_free(token);
}
END_TEST

START_TEST(failures_reach_all_who_wait)
{
	struct token *token = make();
	struct waiter a, b;
	struct error error = { 0 };

	ask(token, &a, 0);
	ask(token, &b, 0);
	(void)error_set(&error, ERROR_CONNECTION_LOST, "Lost.");
	token_failed(token, &error);
	ck_assert_int_eq(a.code, ERROR_CONNECTION_LOST);
	ck_assert_int_eq(b.code, ERROR_CONNECTION_LOST);
	ask(token, &a, 0); /* may be tried again */
	ck_assert_uint_eq(obtained, 2);
	(void)error_set(&error, ERROR_SCOPE_MISSING, "No.");
	token_failed(token, &error);
	ask(token, &a, 0); /* may not */
	ck_assert_int_eq(a.code, ERROR_SCOPE_MISSING);
	ck_assert_uint_eq(obtained, 2);
	token_free(token);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("fetch/token");
	TCase *c = tcase_create("token");

	tcase_add_test(c, request_in_the_form);
	tcase_add_test(c, request_with_basic);
	tcase_add_test(c, requests_of_each_grant);
	tcase_add_test(c, bad_templates_are_told);
	tcase_add_test(c, calls_get_their_credentials);
	tcase_add_test(c, good_answers);
	tcase_add_test(c, bad_answers);
	tcase_add_test(c, request_of_its_own_kind);
	tcase_add_test(c, answers_of_their_own_kind);
	tcase_add_test(c, many_wait_for_one);
	tcase_add_test(c, a_refusal_of_a_new_one_is_final);
	tcase_add_test(c, a_refusal_of_a_found_one_is_not);
	tcase_add_test(c, a_found_one_may_be_doubted_at_once);
	tcase_add_test(c, failures_reach_all_who_wait);
	suite_add_tcase(s, c);
	return s;
}

CHECK_MAIN(suite)
