/* The way to a person's consent and back: URLs made and judged. */
#include "config.h"

#include "run/authorize.h"

#include "base/percent.h"

#include "check_main.h"

#include <string.h>

static const struct authorize known = { .state = "st4te",
	.verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk" };

START_TEST(the_url_holds_what_it_must)
{
	const struct authorize_request request = { "https://a.example/authorize", "my client",
		"https://b.example/cb", NULL };
	struct buffer url = BUFFER_INIT(AUTHORIZE_URL_MAX);
	struct error error = { 0 };

	/* The challenge is that of RFC 7636, appendix B. */
	ck_assert_int_eq(authorize_url(&url, &known, &request, &error), 0);
	ck_assert_str_eq(buffer_text(&url),
		"https://a.example/authorize?response_type=code&client_id=my%20client&"
		"redirect_uri=https%3A%2F%2Fb.example%2Fcb&state=st4te&"
		"code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256");
	buffer_clear(&url);
}
END_TEST

START_TEST(scope_and_query_are_added)
{
	const struct authorize_request request = { "https://a.example/?x=1", "c", "https://b.example/cb",
		"a b:c" };
	struct buffer url = BUFFER_INIT(AUTHORIZE_URL_MAX), small = BUFFER_INIT(64);
	struct error error = { 0 };

	ck_assert_int_eq(authorize_url(&url, &known, &request, &error), 0);
	ck_assert_ptr_nonnull(strstr(buffer_text(&url), "https://a.example/?x=1&response_type=code&"));
	ck_assert_ptr_nonnull(strstr(buffer_text(&url), "&scope=a%20b%3Ac&"));
	ck_assert_int_eq(authorize_url(&small, &known, &request, &error), -1);
	buffer_clear(&url);
	buffer_clear(&small);
}
END_TEST

START_TEST(every_attempt_is_another)
{
	struct authorize a, b;
	struct error error = { 0 };

	ck_assert_int_eq(authorize_begin(&a, &error), 0);
	ck_assert_int_eq(authorize_begin(&b, &error), 0);
	ck_assert_uint_eq(strlen(a.state), 43);
	ck_assert_uint_eq(strlen(a.verifier), 43);
	ck_assert_str_ne(a.state, b.state);
	ck_assert_str_ne(a.verifier, b.verifier);
	ck_assert_str_ne(a.state, a.verifier);
}
END_TEST

static int judge(const char *redirect, const char *issuer, const char *url, char *code, size_t size,
	struct error *error)
{
	const struct authorize_expected expected = { redirect, "st4te",
		issuer ? issuer : "https://a.example" };
	struct buffer buffer = BUFFER_INIT(AUTHORIZE_URL_MAX);
	int result;

	memset(error, 0, sizeof *error);
	result = authorize_judge(&buffer, &expected, url, error);
	(void)snprintf(code, size, "%s", result == 0 ? buffer_text(&buffer) : "");
	buffer_clear(&buffer);
	return result;
}

#define BACK "https://b.example/cb"

START_TEST(codes_are_taken)
{
	static const struct {
		const char *redirect, *issuer, *url, *code;
	} good[] = {
		{ BACK, NULL, BACK "?code=abc&state=st4te", "abc" },
		{ BACK, NULL, "  " BACK "?state=st4te&code=a%2Fb+c\n", "a/b c" },
		{ BACK, NULL, BACK "?state=st4te&code=abc#_=_", "abc" },
		{ BACK, NULL, BACK "?state=st4te&code=abc&iss=https%3A%2F%2Fa.example", "abc" },
		{ BACK, NULL, BACK "?state=st4te&code=abc&iss=https://a.example/", "abc" },
		{ BACK, "https://i.example/x", BACK "?state=st4te&code=abc&iss=https://i.example/x", "abc" },
		{ "https://b.example", NULL, "https://b.example/?state=st4te&code=abc", "abc" },
		{ "https://b.example?k=1", NULL, "https://b.example?k=1&state=st4te&code=abc", "abc" },
		{ "http://127.0.0.1:80/", NULL, "http://127.0.0.1:80/?state=st4te&&x&code=abc&", "abc" },
	};

	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		struct error error;
		char code[64];
		ck_assert_msg(
			judge(good[i].redirect, good[i].issuer, good[i].url, code, sizeof code, &error) == 0,
			"%s: %s", good[i].url, error.message);
		ck_assert_str_eq(code, good[i].code);
	}
}
END_TEST

START_TEST(other_answers_are_not_ours)
{
	static const char *const bad[] = {
		"",
		"https://b.example/c?code=abc&state=st4te",
		"https://b.example/cb2?code=abc&state=st4te",
		"https://b.example/cb/?code=abc&state=st4te",
		"https://b.example.evil/cb?code=abc&state=st4te",
		"http://b.example/cb?code=abc&state=st4te",
		BACK,
		BACK "#code=abc&state=st4te",
		BACK "?code=abc",
		BACK "?code=abc&state=",
		BACK "?code=abc&state=st4t",
		BACK "?code=abc&state=st4te2",
		BACK "?code=abc&state=St4te",
		BACK "?code=abc&state=st4te&state=st4te",
		BACK "?code=abc&code=abd&state=st4te",
		BACK "?code=&state=st4te",
		BACK "?code=a%0Ab&state=st4te",
		BACK "?code=a%00&state=st4te",
		BACK "?code=a%zz&state=st4te",
		BACK "?code=a%4&state=st4te",
		BACK "?code=%FF&state=st4te",
		BACK "?state=st4te",
		BACK "?code=abc&state=st4te&iss=https://evil.example",
		BACK "?code=abc&state=st4te&iss=https://a.example.evil",
		BACK "?code=abc&state=st4te&iss=https://a.example&iss=https://a.example",
		BACK "?error=access_denied",
		BACK "?error=access_denied&error=x&state=st4te",
	};

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct error error;
		char code[64];
		ck_assert_msg(judge(BACK, NULL, bad[i], code, sizeof code, &error) == -1, "%s", bad[i]);
		ck_assert_msg(error.code == ERROR_REDIRECT_MISMATCH, "%s: %s", bad[i], error.message);
	}
}
END_TEST

START_TEST(refusals_are_told_in_words)
{
	static const struct {
		const char *query;
		enum error_code code;
		const char *words;
	} rows[] = {
		{ "error=access_denied&error_description=No%2C+thanks", ERROR_CONSENT_REFUSED,
			"access_denied: No, thanks" },
		{ "error=access_denied&error_description=%1b", ERROR_CONSENT_REFUSED, "access_denied" },
		{ "error=invalid_scope", ERROR_SCOPE_MISSING, "invalid_scope" },
		{ "error=unauthorized_client", ERROR_AUTHENTICATION_FAILED, "unauthorized_client" },
		{ "error=server_error", ERROR_PROVIDER_FAILED, "server_error" },
		{ "error=temporarily_unavailable", ERROR_PROVIDER_FAILED, "temporarily_unavailable" },
		{ "error=invalid_request", ERROR_AUTHENTICATION_FAILED, "invalid_request" },
		{ "error=access_denied&code=abc", ERROR_CONSENT_REFUSED, "access_denied" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct error error;
		char code[64], url[256];
		(void)snprintf(url, sizeof url, BACK "?state=st4te&%s", rows[i].query);
		ck_assert_int_eq(judge(BACK, NULL, url, code, sizeof code, &error), -1);
		ck_assert_str_eq(error_code_text(error.code), error_code_text(rows[i].code));
		ck_assert_str_eq(error.body, rows[i].words);
	}
}
END_TEST

START_TEST(the_state_leads_to_its_attempt)
{
	struct buffer state = BUFFER_INIT(1024);
	struct error error = { 0 };

	ck_assert_int_eq(authorize_state(&state, "https://x.example/?a=b&state=abc#c", &error), 0);
	ck_assert_str_eq(buffer_text(&state), "abc");
	ck_assert_int_eq(authorize_state(&state, "https://x.example/state=abc", &error), -1);
	ck_assert_int_eq(error.code, ERROR_REDIRECT_MISMATCH);
	buffer_clear(&state);
}
END_TEST

START_TEST(redirects_are_known)
{
	ck_assert(authorize_is_redirect(BACK "?x", BACK));
	ck_assert(authorize_is_redirect(BACK, BACK));
	ck_assert(!authorize_is_redirect(BACK "x", BACK));
	ck_assert(!authorize_is_redirect("x" BACK, BACK));
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("authorize");
	TCase *c = tcase_create("authorize");

	tcase_add_test(c, the_url_holds_what_it_must);
	tcase_add_test(c, scope_and_query_are_added);
	tcase_add_test(c, every_attempt_is_another);
	tcase_add_test(c, codes_are_taken);
	tcase_add_test(c, other_answers_are_not_ours);
	tcase_add_test(c, refusals_are_told_in_words);
	tcase_add_test(c, the_state_leads_to_its_attempt);
	tcase_add_test(c, redirects_are_known);
	suite_add_tcase(s, c);
	return s;
}

CHECK_MAIN(suite)
