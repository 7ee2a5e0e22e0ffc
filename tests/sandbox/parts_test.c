#include "config.h"

#include "check_main.h"
#include "sandbox/encode.h"
#include "sandbox/faults.h"
#include "sandbox/tokens.h"

#include <stdio.h>
#include <string.h>

typedef int coder(struct buffer *out, const char *bytes, size_t length);

static void check_coder(coder *code, const char *source, const char *expected)
{
	struct buffer out = BUFFER_INIT(256);
	int result = code(&out, source, strlen(source));

	if (!expected) {
		ck_assert_int_eq(result, -1);
	} else {
		ck_assert_int_eq(result, 0);
		ck_assert_str_eq(buffer_text(&out), expected);
	}
	buffer_clear(&out);
}

START_TEST(base64_goes_both_ways)
{
	check_coder(encode_base64, "", "");
	check_coder(encode_base64, "f", "Zg==");
	check_coder(encode_base64, "fo", "Zm8=");
	check_coder(encode_base64, "foo", "Zm9v");
	check_coder(encode_base64, "\xFB\xFF", "+/8=");
	check_coder(encode_base64url, "\xFB\xFF", "-_8");
	check_coder(decode_base64, "Zm8=", "fo");
	check_coder(decode_base64, "Zm8", "fo");
	check_coder(decode_base64, "Zm9vYmFy", "foobar");
	check_coder(decode_base64url, "-_8", "\xFB\xFF");
	check_coder(decode_base64, "Zm9vY", NULL);
	check_coder(decode_base64, "Zm=v", NULL);
	check_coder(decode_base64url, "+/8", NULL);
}
END_TEST

START_TEST(forms_are_percent_encoded)
{
	check_coder(encode_percent, "a b+c/%\"~", "a%20b%2Bc%2F%25%22~");
	check_coder(decode_form, "a+b%2Bc%2f%25", "a b+c/%");
	check_coder(decode_form, "%", NULL);
	check_coder(decode_form, "%4", NULL);
	check_coder(decode_form, "%zz", NULL);
}
END_TEST

static void check_json(const char *source, bool ascii, const char *expected)
{
	struct buffer out = BUFFER_INIT(256);

	ck_assert_int_eq(encode_json(&out, source, ascii), 0);
	ck_assert_str_eq(buffer_text(&out), expected);
	buffer_clear(&out);
}

START_TEST(json_text_is_escaped)
{
	check_json("a\"\\\n", false, "a\\\"\\\\\\u000a");
	check_json("Zo\xC3\xAB \xE2\x82\xAC \xF0\x9F\x9A\x80", false,
		"Zo\xC3\xAB \xE2\x82\xAC \xF0\x9F\x9A\x80");
	check_json("Zo\xC3\xAB \xE2\x82\xAC \xF0\x9F\x9A\x80", true, "Zo\\u00eb \\u20ac \\ud83d\\ude80");
}
END_TEST

static enum token_state check_token(struct tokens *tokens, const char *audience, const char *text)
{
	struct token token;
	char header[1024];

	(void)snprintf(header, sizeof header, "Bearer %s", text);
	return tokens_check(&token, tokens, audience, header);
}

START_TEST(tokens_hold_until_they_end)
{
	struct timepiece timepiece;
	struct tokens tokens;
	struct tokens others;
	struct buffer text = BUFFER_INIT(1024);
	uint64_t id;

	timepiece_init(&timepiece);
	ck_assert_int_eq(tokens_init(&tokens, 100, &timepiece), 0);
	ck_assert_int_eq(tokens_init(&others, 0, &timepiece), 0);
	ck_assert_int_eq(tokens_issue(&text, &id, &tokens, 0, "us", "a,b"), 0);
	ck_assert_int_eq(check_token(&tokens, "us", buffer_text(&text)), TOKEN_GOOD);
	ck_assert_int_eq(check_token(&tokens, "them", buffer_text(&text)), TOKEN_BAD);
	ck_assert_int_eq(check_token(&others, "us", buffer_text(&text)), TOKEN_BAD);
	text.data[text.length - 2] ^= 1;
	ck_assert_int_eq(check_token(&tokens, "us", buffer_text(&text)), TOKEN_BAD);
	text.data[text.length - 2] ^= 1;
	tokens_revoke(&tokens, id);
	ck_assert_int_eq(check_token(&tokens, "us", buffer_text(&text)), TOKEN_EXPIRED);
	buffer_clear(&text);
	ck_assert_int_eq(tokens_issue(&text, &id, &tokens, 0, "us", "a,b"), 0);
	ck_assert_int_eq(check_token(&tokens, "us", buffer_text(&text)), TOKEN_GOOD);
	ck_assert_int_eq(timepiece_move(&timepiece, 101), 0);
	ck_assert_int_eq(check_token(&tokens, "us", buffer_text(&text)), TOKEN_EXPIRED);
	ck_assert_int_eq(timepiece_move(&timepiece, -101), 0);
	ck_assert_int_eq(check_token(&tokens, "us", buffer_text(&text)), TOKEN_GOOD);
	ck_assert_int_eq(timepiece_move(&timepiece, INT64_MAX), -1);
	buffer_clear(&text);
	ck_assert_int_eq(tokens_issue(&text, &id, &others, 0, "us", "a,b"), 0);
	ck_assert_int_eq(check_token(&others, "us", buffer_text(&text)), TOKEN_EXPIRED);
	ck_assert_int_eq(check_token(&others, "us", ""), TOKEN_BAD);
	ck_assert_int_eq(check_token(&others, "us", "a.b.c"), TOKEN_BAD);
	ck_assert(tokens_list_has("a,bc,d", "bc") && !tokens_list_has("a,bc,d", "b"));
	buffer_clear(&text);
}
END_TEST

/* For each of ten requests, whether the fault strikes. */
static const char *pattern(const char *text, enum fault fault, enum request_kind kind)
{
	static char out[11];
	struct faults faults;
	struct error error = { 0 };

	faults_init(&faults);
	ck_assert_msg(faults_add(&faults, text, &error) == 0, "%s", error.message);
	for (int i = 0; i < 10; i++) {
		struct strike strike;

		faults_take(&strike, &faults, kind);
		out[i] = strikes(&strike, fault) ? 'x' : '.';
	}
	faults_clear(&faults);
	return out;
}

START_TEST(faults_strike_whom_they_should)
{
	ck_assert_str_eq(pattern("server_error", FAULT_SERVER_ERROR, REQUEST_LIST), "xxxxxxxxxx");
	ck_assert_str_eq(pattern("server_error", FAULT_SERVER_ERROR, REQUEST_OBJECT), "xxxxxxxxxx");
	ck_assert_str_eq(pattern("server_error", FAULT_SERVER_ERROR, REQUEST_TOKEN), "..........");
	ck_assert_str_eq(pattern("server_error@3", FAULT_SERVER_ERROR, REQUEST_LIST), "..xxxxxxxx");
	ck_assert_str_eq(pattern("server_error@3-4", FAULT_SERVER_ERROR, REQUEST_LIST), "..xx......");
	ck_assert_str_eq(pattern("rate_limited", FAULT_RATE_LIMITED, REQUEST_LIST), "x.........");
	ck_assert_str_eq(pattern("rate_limited@2", FAULT_RATE_LIMITED, REQUEST_LIST), ".x........");
	ck_assert_str_eq(pattern("rate_limited@2-9", FAULT_RATE_LIMITED, REQUEST_LIST), ".xxxxxxxx.");
	ck_assert_str_eq(pattern("huge_record=9", FAULT_HUGE_RECORD, REQUEST_OBJECT), "..........");
	ck_assert_str_eq(pattern("token_html", FAULT_TOKEN_HTML, REQUEST_TOKEN), "xxxxxxxxxx");
}
END_TEST

START_TEST(faults_that_are_none_are_refused)
{
	static const char *const texts[] = { "", "server_eror", "server_error=", "server_error=x",
		"server_error@", "server_error@0", "server_error@3-2", "server_error@1-x",
		"huge_record=1000000001" };

	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		struct faults faults;
		struct error error = { 0 };

		faults_init(&faults);
		ck_assert_int_eq(faults_add(&faults, texts[i], &error), -1);
		ck_assert_int_eq(error.code, ERROR_USAGE);
		faults_clear(&faults);
	}
}
END_TEST

static Suite *make_suite(void)
{
	Suite *suite = suite_create("parts");
	TCase *tcase = tcase_create("parts");

	tcase_add_test(tcase, base64_goes_both_ways);
	tcase_add_test(tcase, forms_are_percent_encoded);
	tcase_add_test(tcase, json_text_is_escaped);
	tcase_add_test(tcase, tokens_hold_until_they_end);
	tcase_add_test(tcase, faults_strike_whom_they_should);
	tcase_add_test(tcase, faults_that_are_none_are_refused);
	suite_add_tcase(suite, tcase);
	return suite;
}

CHECK_MAIN(make_suite)
