/* What people enter for an account: levels, normal forms, redirect URLs, lists. */
#include "config.h"

#include "catalog/fields.h"
#include "catalog/redirect.h"

#include "check_main.h"
#include "fixture.h"

#include <string.h>

static struct models *models;
static struct manifest *manifest;
static struct entries given;
static struct entries out;
static struct error error;

static void set_up(void)
{
	models = fixture_models();
	memset(&error, 0, sizeof error);
	given = out = (struct entries)ENTRIES_INIT;
	ck_assert_msg(fixture_parse_file(&manifest, "account.json", NULL, NULL, models, &error) == 0, "%s",
		error.message);
}

static void tear_down(void)
{
	entries_clear(&given);
	entries_clear(&out);
	manifest_free(manifest);
	models_free(models);
}

/* ---- Fields --------------------------------------------------------------------------------------- */

static void enter_bytes(const char *id, const char *text, size_t length)
{
	ck_assert_int_eq(entries_set(&given, id, text, length, false, &error), 0);
}

static void enter(const char *id, const char *text)
{
	enter_bytes(id, text, strlen(text));
}

static int check(const char *auth, unsigned levels)
{
	entries_clear(&out);
	memset(&error, 0, sizeof error);
	return fields_check_levels(&out, &given, levels, manifest, manifest_auth(manifest, auth), &error);
}

static bool told(const char *field, const char *code)
{
	for (size_t i = 0; i < error.problem_count; i++)
		if (strcmp(error.problems[i].field, field) == 0 && strcmp(error.problems[i].code, code) == 0)
			return true;
	return false;
}

START_TEST(levels_are_checked_apart)
{
	enter("client_id", "abc");
	enter("client_secret", "hush");
	ck_assert_int_eq(check("code", FIELDS_PROFILE), 0);
	ck_assert_str_eq(entries_text(&out, "redirect_url"), "https://localhost/muster/acme");
	ck_assert_uint_eq(out.count, 3);
	enter("company", "ACME");
	ck_assert_int_eq(check("code", FIELDS_PROFILE), -1);
	ck_assert_uint_eq(error.problem_count, 1);
	ck_assert(told("company", "other_level"));
	ck_assert_int_eq(check("code", FIELDS_PROFILE | FIELDS_ACCOUNT), 0);
	ck_assert_int_eq(check("code", FIELDS_ACCOUNT), -1);
	ck_assert(told("client_id", "other_level"));
	ck_assert(told("client_secret", "other_level"));
	ck_assert_ptr_null(entries_text(&out, "client_id"));
	ck_assert_str_eq(entries_text(&out, "company"), "ACME");
}
END_TEST

START_TEST(what_is_found_may_be_missing)
{
	ck_assert_int_eq(check("code", FIELDS_ACCOUNT), 0);
	ck_assert_uint_eq(out.count, 0);
	enter("organisation", "");
	ck_assert_int_eq(check("code", FIELDS_ACCOUNT), 0);
	ck_assert_int_eq(check("code", FIELDS_PROFILE), -1);
	ck_assert(told("client_id", "required"));
	ck_assert(told("client_secret", "required"));
}
END_TEST

START_TEST(shared_fields_are_checked_as_ones_own)
{
	enter("client_id", "abc");
	enter("client_secret", "hush");
	enter("company", "AC ME");
	ck_assert_int_eq(check("old", FIELDS_PROFILE | FIELDS_ACCOUNT), -1);
	ck_assert(told("company", FIELDS_SPELLING));
	enter("api_key", "x");
	ck_assert_int_eq(check("old", FIELDS_PROFILE), -1);
	ck_assert(told("api_key", "unknown"));
}
END_TEST

/* What is entered, what is right (NULL: nothing), and the problem (NULL: none). */
static const struct {
	const char *field;
	const char *text;
	size_t length; /* 0: that of the text */
	const char *normal;
	const char *problem;
} normals[] = {
	{ "company", "ACME_2", 0, "ACME_2", NULL },
	{ "company", "acme corp-eu", 0, "ACME_CORP_EU", FIELDS_SPELLING },
	{ "company", "Acme", 0, "ACME", FIELDS_SPELLING },
	{ "company", "Acm\xC3\xA9", 0, "ACM\xC3\xA9", "bad_character" },
	{ "company", "acme.corp", 0, "ACME.CORP", "bad_character" },
	{ "company", "a", 0, "A", "too_short" },
	{ "company", "a-company-with-a-long-name", 0, "A_COMPANY_WITH_A_LONG_NAME", "too_long" },
	{ "company", "ac\nme", 0, NULL, "control_character" },
	{ "company", "ac\rme", 0, NULL, "control_character" },
	{ "company", "ac\0me", 5, NULL, "control_character" },
	{ "company", "ac\xFFme", 0, NULL, "not_utf8" },
	{ "organisation", "31837", 0, "31837", NULL },
	{ "organisation", "https://app.acme.example/v2/organisations/31837/people?x=1", 0, "31837", NULL },
	{ "organisation", "https://app.acme.example/organisations/3f-2", 0, "3f-2", NULL },
	{ "organisation", "app.acme.example/#/organisations/12", 0, "12", NULL },
	{ "organisation", "https://app.acme.example/organisations/12#top", 0, "12", NULL },
	{ "organisation", "https://app.acme.example/organisations/x%2Fy", 0, "x%2Fy", "bad_character" },
	{ "organisation", "https://app.acme.example/organisations/", 0, NULL, "no_segment" },
	{ "organisation", "https://app.acme.example/organisations//12", 0, NULL, "no_segment" },
	{ "organisation", "https://app.acme.example/organisations", 0, NULL, "no_segment" },
	{ "organisation", "https://app.acme.example/organisations?id=12", 0, NULL, "no_segment" },
	{ "organisation", "https://app.acme.example/myorganisations/12", 0, NULL, "no_segment" },
	{ "organisation", "/organisations/12\0/..", 21, NULL, "control_character" },
	{ "organisation", "/organisations/12\r\n", 0, NULL, "control_character" },
	{ "organisation", "Acme Ltd", 0, "Acme Ltd", "bad_character" },
	{ "organisation", "/organisations/0123456789012345678901234567890123456789", 0,
		"0123456789012345678901234567890123456789", "too_long" },
};

START_TEST(normal_forms)
{
	const char *normal;
	size_t length = normals[_i].length ? normals[_i].length : strlen(normals[_i].text);

	enter_bytes(normals[_i].field, normals[_i].text, length);
	ck_assert_int_eq(check("code", FIELDS_ACCOUNT), normals[_i].problem ? -1 : 0);
	normal = entries_text(&out, normals[_i].field);
	if (normals[_i].normal)
		ck_assert_str_eq(normal, normals[_i].normal);
	else
		ck_assert_ptr_null(normal);
	if (normals[_i].problem) {
		ck_assert_uint_eq(error.problem_count, 1);
		ck_assert_msg(told(normals[_i].field, normals[_i].problem), "%s", error.problems[0].code);
	}
}
END_TEST

START_TEST(the_right_spelling_is_offered)
{
	enter("company", "acme corp");
	ck_assert_int_eq(check("code", FIELDS_ACCOUNT), -1);
	ck_assert_int_eq(error.code, ERROR_BAD_FIELD);
	ck_assert_str_eq(error.problems[0].message, "company (Company name) is spelled ACME_CORP.");
	ck_assert_str_eq(error.hint, "If that is what you mean, enter company=ACME_CORP.");
	enter("company", entries_text(&out, "company"));
	ck_assert_int_eq(check("code", FIELDS_ACCOUNT), 0);
}
END_TEST

/* A redirect URL, what it is, and its parts; or no path, when it is refused. */
static const struct {
	const char *url;
	bool loopback;
	const char *host;
	unsigned port;
	const char *path;
} redirects[] = {
	{ "https://localhost/muster/acme", false, "localhost", 0, "/muster/acme" },
	{ "https://example.com:8443/a?b=c", false, "example.com", 8443, "/a?b=c" },
	{ "http://127.0.0.1:8400/callback", true, "127.0.0.1", 8400, "/callback" },
	{ "http://127.0.0.1", true, "127.0.0.1", 0, "" },
	{ "http://[::1]:1/x", true, "[::1]", 1, "/x" },
	{ "http://localhost/", true, "localhost", 0, "/" },
	{ "http://example.com/", false, "", 0, NULL },
	{ "http://127.0.0.1.example.com/", false, "", 0, NULL },
	{ "http://127.0.0.2/", false, "", 0, NULL },
	{ "http://[::2]/", false, "", 0, NULL },
	{ "http://[::1/", false, "", 0, NULL },
	{ "https://example.com/#f", false, "", 0, NULL },
	{ "https://user@example.com/", false, "", 0, NULL },
	{ "https://example.com:0/", false, "", 0, NULL },
	{ "https://example.com:65536/", false, "", 0, NULL },
	{ "https://example.com:/", false, "", 0, NULL },
	{ "https://example.com:8x/", false, "", 0, NULL },
	{ "https:///path", false, "", 0, NULL },
	{ "https://exa mple.com/", false, "", 0, NULL },
	{ "https://example.com/\\", false, "", 0, NULL },
	{ "https://example.com/\xC3\xA9", false, "", 0, NULL },
	{ "urn:ietf:wg:oauth:2.0:oob", false, "", 0, NULL },
	{ "HTTPS://example.com/", false, "", 0, NULL },
	{ "javascript:alert(1)", false, "", 0, NULL },
};

START_TEST(redirect_urls)
{
	struct redirect redirect = { 0 };
	const char *fault = redirect_parse(&redirect, redirects[_i].url);

	enter("client_id", "abc");
	enter("client_secret", "hush");
	enter("redirect_url", redirects[_i].url);
	ck_assert_int_eq(check("code", FIELDS_PROFILE), redirects[_i].path ? 0 : -1);
	if (!redirects[_i].path) {
		ck_assert_ptr_nonnull(fault);
		ck_assert(told("redirect_url", "bad_redirect"));
		return;
	}
	ck_assert_msg(!fault, "%s", fault);
	ck_assert_int_eq(redirect.loopback, redirects[_i].loopback);
	ck_assert_uint_eq(redirect.host_length, strlen(redirects[_i].host));
	ck_assert_int_eq(memcmp(redirect.host, redirects[_i].host, redirect.host_length), 0);
	ck_assert_uint_eq(redirect.port, redirects[_i].port);
	ck_assert_str_eq(redirect.path, redirects[_i].path);
}
END_TEST

/* ---- Parameters ----------------------------------------------------------------------------------- */

static int check_people(void)
{
	entries_clear(&out);
	memset(&error, 0, sizeof error);
	return parameters_check(&out, &given, manifest_action(manifest, "list_people"), &error);
}

/* The parameter, its text, and the problem (NULL: none). */
static const struct {
	const char *id;
	const char *text;
	const char *problem;
} lists[] = {
	{ "state", "in", NULL },
	{ "state", "in,out", NULL },
	{ "state", "in,nowhere", "bad_choice" },
	{ "state", "in,", "empty" },
	{ "state", ",in", "empty" },
	{ "state", "in,,out", "empty" },
	{ "state", "in, out", "bad_choice" },
	{ "state", "in\n,out", "control_character" },
	{ "days", "2026-01-31,2026-02-28", NULL },
	{ "days", "2026-01-31,2026-02-29", "bad_date" },
	{ "days", "2026-01-31;2026-02-28", "too_long" },
};

START_TEST(each_value_of_a_list_is_checked)
{
	enter(lists[_i].id, lists[_i].text);
	ck_assert_int_eq(check_people(), lists[_i].problem ? -1 : 0);
	if (lists[_i].problem)
		ck_assert_msg(told(lists[_i].id, lists[_i].problem), "%s", error.problems[0].code);
	else
		ck_assert_str_eq(entries_text(&out, lists[_i].id), lists[_i].text);
}
END_TEST

START_TEST(a_path_has_its_default)
{
	enter("from_date", "2026-01-01");
	enter("to_date", "2026-12-31");
	ck_assert_int_eq(
		parameters_check(&out, &given, manifest_action(manifest, "list_absences"), &error), 0);
	ck_assert_str_eq(entries_text(&out, "team"), "-");
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("catalog/account_fields");
	TCase *c = tcase_create("fields");

	tcase_add_checked_fixture(c, set_up, tear_down);
	tcase_add_test(c, levels_are_checked_apart);
	tcase_add_test(c, what_is_found_may_be_missing);
	tcase_add_test(c, shared_fields_are_checked_as_ones_own);
	tcase_add_loop_test(c, normal_forms, 0, sizeof normals / sizeof normals[0]);
	tcase_add_test(c, the_right_spelling_is_offered);
	tcase_add_loop_test(c, redirect_urls, 0, sizeof redirects / sizeof redirects[0]);
	tcase_add_loop_test(c, each_value_of_a_list_is_checked, 0, sizeof lists / sizeof lists[0]);
	tcase_add_test(c, a_path_has_its_default);
	suite_add_tcase(s, c);
	return s;
}

CHECK_MAIN(suite)
