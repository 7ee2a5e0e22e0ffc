/* What an answer means, and whether the request is made again. */
#include "config.h"

#include "fetch/classify.h"
#include "fetch/retry.h"

#include "check_main.h"

#include <string.h>

static struct headers headers = HEADERS_INIT;

static struct classified sort(
	int status, const char *body, const struct classify_row *rows, size_t count, const char *pointer)
{
	const struct answer answer = { status, &headers, body, body ? strlen(body) : 0 };
	struct classified out;

	classify(&out, &answer, rows, count, pointer);
	return out;
}

START_TEST(a_status_speaks_for_itself)
{
	static const struct {
		int status;
		enum answer_class meaning;
	} rows[] = { { 200, ANSWER_OK }, { 204, ANSWER_OK }, { 301, ANSWER_REDIRECT },
		{ 304, ANSWER_REDIRECT }, { 400, ANSWER_REFUSED }, { 401, ANSWER_UNAUTHORIZED },
		{ 403, ANSWER_REFUSED }, { 404, ANSWER_NOT_FOUND }, { 408, ANSWER_UNAVAILABLE },
		{ 410, ANSWER_NOT_FOUND }, { 422, ANSWER_REFUSED }, { 429, ANSWER_LIMITED },
		{ 500, ANSWER_FAILED }, { 501, ANSWER_FAILED }, { 502, ANSWER_UNAVAILABLE },
		{ 503, ANSWER_UNAVAILABLE }, { 504, ANSWER_UNAVAILABLE }, { 600, ANSWER_FAILED },
		{ 0, ANSWER_FAILED }, { 999, ANSWER_FAILED } };

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		ck_assert_int_eq(sort(rows[i].status, NULL, NULL, 0, NULL).meaning, rows[i].meaning);
}
END_TEST

START_TEST(the_first_row_that_fits_decides)
{
	static const struct classify_row rows[] = {
		{ 400, NULL, "/errors/1/a~1b", "x", ANSWER_SCOPE_MISSING },
		{ 400, NULL, "/n", "17", ANSWER_LIMITED },
		{ 400, NULL, "/n", NULL, ANSWER_UNAVAILABLE },
		{ 400, "x-kind", NULL, "gone", ANSWER_NOT_FOUND },
		{ 400, NULL, NULL, "deep", ANSWER_UNAUTHORIZED },
		{ 0, NULL, NULL, "anywhere", ANSWER_FAILED },
	};
	struct error error;

	ck_assert_int_eq(sort(400, "{\"errors\":[1,{\"a/b\":\"_x_\"}],\"n\":17}", rows, 6, NULL).meaning,
		ANSWER_SCOPE_MISSING);
	ck_assert_int_eq(sort(400, "{\"n\":17}", rows, 6, NULL).meaning, ANSWER_LIMITED);
	ck_assert_int_eq(sort(400, "{\"n\":true}", rows, 6, NULL).meaning, ANSWER_UNAVAILABLE);
	ck_assert_int_eq(sort(400, "{\"n\":{}}", rows, 6, NULL).meaning, ANSWER_REFUSED);
	ck_assert_int_eq(sort(400, "so deep", rows, 6, NULL).meaning, ANSWER_UNAUTHORIZED);
	ck_assert_int_eq(sort(400, NULL, rows, 6, NULL).meaning, ANSWER_REFUSED);
	ck_assert_int_eq(sort(404, "anywhere", rows, 6, NULL).meaning, ANSWER_FAILED);
	ck_assert_int_eq(headers_add_text(&headers, "X-Kind", "long gone", &error), 0);
	ck_assert_int_eq(sort(400, "{}", rows, 6, NULL).meaning, ANSWER_NOT_FOUND);
	headers_clear(&headers);
	ck_assert(classify_needs_body(400, rows, 6));
	ck_assert(classify_needs_body(200, rows, 6)); /* by the row without a status */
	ck_assert(!classify_needs_body(200, rows, 5));
	ck_assert(!classify_needs_body(400, &rows[3], 1));
}
END_TEST

START_TEST(the_providers_words_are_found)
{
	char deep[3000];
	const char *broken[] = { "{\"message\":", "{\"a\":1,\"a\":2}", "[]", "17", "\"text\"", "{}" };

	ck_assert_str_eq(
		sort(400, "{\"a\":{\"b\":\"why\"},\"message\":\"no\"}", NULL, 0, "/a/b").message, "why");
	ck_assert_str_eq(sort(400, "{\"message\":\"no\"}", NULL, 0, "/a/b").message, "no");
	ck_assert_str_eq(sort(400, "{\"errors\":[{\"detail\":\"bad\\u001b[2J\"}]}", NULL, 0, NULL).message,
		"bad\xEF\xBF\xBD[2J");
	ck_assert_str_eq(sort(500, "plain words", NULL, 0, NULL).message, "plain words");
	ck_assert_str_eq(sort(500, " <!doctype html>…", NULL, 0, NULL).message, "");
	ck_assert_str_eq(sort(500, "", NULL, 0, NULL).message, "");
	ck_assert_str_eq(sort(200, "{\"message\":\"fine\"}", NULL, 0, NULL).message, "");
	for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++)
		(void)sort(400, broken[i], NULL, 0, "/message");
	memset(deep, '[', sizeof deep - 1);
	deep[sizeof deep - 1] = '\0';
	ck_assert_uint_lt(strlen(sort(400, deep, NULL, 0, NULL).message), 512);
	ck_assert_str_eq(sort(400, "{\"message\":\"no\"}", NULL, 0, "no pointer").message, "no");
	ck_assert_str_eq(sort(400, "{\"a~b\":\"no\"}", NULL, 0, "/a~2b").message, "{\"a~b\":\"no\"}");
}
END_TEST

START_TEST(errors_have_codes_and_words)
{
	static const struct {
		enum answer_class meaning;
		enum error_code code;
	} rows[] = { { ANSWER_OK, ERROR_INTERNAL }, { ANSWER_UNAUTHORIZED, ERROR_AUTHENTICATION_FAILED },
		{ ANSWER_SCOPE_MISSING, ERROR_SCOPE_MISSING }, { ANSWER_LIMITED, ERROR_RATE_LIMITED },
		{ ANSWER_UNAVAILABLE, ERROR_PROVIDER_FAILED }, { ANSWER_NOT_FOUND, ERROR_RECORD_NOT_FOUND },
		{ ANSWER_REFUSED, ERROR_REQUEST_REFUSED }, { ANSWER_REDIRECT, ERROR_REDIRECT_REFUSED },
		{ ANSWER_FAILED, ERROR_PROVIDER_FAILED } };

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct classified classified = { rows[i].meaning, "why" };
		struct error error = { 0 };
		ck_assert_int_eq(classify_error(&error, &classified, 403, "api.test"), -1);
		ck_assert_int_eq(error.code, rows[i].code);
		ck_assert_int_eq(error.status, 403);
		ck_assert_str_eq(error.body, "why");
		ck_assert_ptr_nonnull(strstr(error.message, "api.test"));
	}
}
END_TEST

START_TEST(retry_after_in_seconds_or_as_a_date)
{
	static const int64_t wall = 784111777; /* Sun, 06 Nov 1994 08:49:37 GMT */
	static const struct {
		const char *value;
		int64_t ms;
	} rows[] = { { "0", 0 }, { "120", 120000 }, { "Sun, 06 Nov 1994 08:49:47 GMT", 10000 },
		{ "Sunday, 06-Nov-94 08:49:47 GMT", 10000 }, { "Sun Nov  6 08:49:47 1994", 10000 },
		{ "Sun, 06 Nov 1994 08:49:37 GMT", 0 }, { "Sat, 05 Nov 1994 08:49:37 GMT", 0 }, { "", -1 },
		{ "-1", -1 }, { "1.5", -1 }, { "12x", -1 }, { "soon", -1 },
		{ "Sun, 06 Nov 1994 08:49:47", -1 }, { "Sun, 31 Feb 1995 08:49:47 GMT", -1 },
		{ "Sun, 06 Foo 1994 08:49:47 GMT", -1 }, { "Sun, 06 Nov 1994 24:00:00 GMT", -1 },
		{ "Sun, 06 Nov 1994 08:49:47 GMT x", -1 }, { "Su, 06 Nov 1994 08:49:47 GMT", -1 },
		{ "Sun, 00 Nov 1994 08:49:47 GMT", -1 } };

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		ck_assert_msg(retry_after_ms(rows[i].value, wall) == rows[i].ms, "%s: %lld", rows[i].value,
			(long long)retry_after_ms(rows[i].value, wall));
	ck_assert_int_gt(retry_after_ms("99999999999999999999999999", wall), 2000000000);
	ck_assert_int_eq(retry_http_date("Thu, 01 Jan 1970 00:00:00 GMT"), 0);
	ck_assert_int_eq(retry_http_date("Thu, 29 Feb 2024 12:00:00 GMT"), 1709208000);
	ck_assert_int_eq(retry_http_date("Fri, 31 Dec 9999 23:59:59 GMT"), INT64_C(253402300799));
}
END_TEST

static int64_t decide(struct retry_case it)
{
	static const struct retry_policy policy = RETRY_POLICY_INIT;

	if (!it.attempt)
		it.attempt = 1;
	if (!it.left_ms)
		it.left_ms = 100000;
	if (!it.retry_after_ms)
		it.retry_after_ms = -1;
	return retry_decide(&policy, &it);
}

START_TEST(repeats_where_it_helps_and_does_no_harm)
{
	ck_assert_int_eq(decide((struct retry_case){ .meaning = ANSWER_LIMITED, .random = 400 }), 400);
	ck_assert_int_eq(decide((struct retry_case){ .meaning = ANSWER_UNAVAILABLE, .status = 503 }), 0);
	ck_assert_int_eq(decide((struct retry_case){ .meaning = ANSWER_UNAVAILABLE, .status = 502 }), -1);
	ck_assert_int_eq(
		decide((struct retry_case){ .meaning = ANSWER_UNAVAILABLE, .status = 502, .harmless = true }),
		0);
	ck_assert_int_eq(decide((struct retry_case){ .meaning = ANSWER_FAILED }), -1);
	ck_assert_int_eq(decide((struct retry_case){ .meaning = ANSWER_FAILED, .harmless = true }), 0);
	ck_assert_int_eq(
		decide((struct retry_case){ .meaning = ANSWER_FAILED, .harmless = true, .attempt = 3 }), -1);
	ck_assert_int_eq(decide((struct retry_case){ .network = true, .sent = true }), -1);
	ck_assert_int_eq(decide((struct retry_case){ .network = true, .sent = false }), 0);
	ck_assert_int_eq(decide((struct retry_case){ .network = true, .sent = true, .harmless = true }), 0);
	for (int meaning = ANSWER_OK; meaning <= ANSWER_FAILED; meaning++)
		if (meaning == ANSWER_OK || meaning == ANSWER_UNAUTHORIZED ||
			meaning == ANSWER_SCOPE_MISSING || meaning == ANSWER_NOT_FOUND ||
			meaning == ANSWER_REFUSED || meaning == ANSWER_REDIRECT)
			ck_assert_int_eq(decide((struct retry_case){
						 .meaning = (enum answer_class)meaning, .harmless = true }),
				-1);
}
END_TEST

START_TEST(waits_longer_each_time)
{
	struct retry_case it = { .meaning = ANSWER_LIMITED, .random = UINT64_MAX };

	for (unsigned attempt = 1; attempt < 6; attempt++)
		for (uint64_t random = 0; random < 5000; random += 7) {
			it.attempt = attempt;
			it.random = random * 0x9E3779B97F4A7C15u;
			ck_assert_int_ge(decide(it), 0);
			ck_assert_int_le(decide(it), 500 << (attempt - 1));
		}
	it.attempt = 6;
	ck_assert_int_eq(decide(it), -1);
	it = (struct retry_case){ .meaning = ANSWER_LIMITED, .retry_after_ms = 7000, .random = 249 };
	ck_assert_int_eq(decide(it), 7249);
	it.left_ms = 7249;
	ck_assert_int_eq(decide(it), -1);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("fetch/classify");
	TCase *c = tcase_create("classify");

	tcase_add_test(c, a_status_speaks_for_itself);
	tcase_add_test(c, the_first_row_that_fits_decides);
	tcase_add_test(c, the_providers_words_are_found);
	tcase_add_test(c, errors_have_codes_and_words);
	tcase_add_test(c, retry_after_in_seconds_or_as_a_date);
	tcase_add_test(c, repeats_where_it_helps_and_does_no_harm);
	tcase_add_test(c, waits_longer_each_time);
	suite_add_tcase(s, c);
	return s;
}

CHECK_MAIN(suite)
