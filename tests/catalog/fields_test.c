/* What people enter: every problem at once, defaults, scopes there and back. */
#include "config.h"

#include "catalog/fields.h"
#include "catalog/scopes.h"

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
	manifest = fixture_manifest(models);
	given = out = (struct entries)ENTRIES_INIT;
	memset(&error, 0, sizeof error);
}

static void tear_down(void)
{
	entries_clear(&given);
	entries_clear(&out);
	manifest_free(manifest);
	models_free(models);
}

static void enter_bytes(const char *id, const char *text, size_t length, bool literal)
{
	ck_assert_int_eq(entries_set(&given, id, text, length, literal, &error), 0);
}

static void enter(const char *id, const char *text)
{
	enter_bytes(id, text, strlen(text), false);
}

static int check_oauth(void)
{
	return fields_check(&out, &given, manifest, manifest_auth(manifest, "oauth"), &error);
}

/* Is there such a problem? */
static bool told(const char *field, const char *code)
{
	for (size_t i = 0; i < error.problem_count; i++)
		if (strcmp(error.problems[i].field, field) == 0 && strcmp(error.problems[i].code, code) == 0)
			return true;
	return false;
}

START_TEST(good_fields_pass_and_defaults_come)
{
	enter("client_id", "abcd");
	enter("client_secret", "12345678");
	ck_assert_int_eq(check_oauth(), 0);
	ck_assert_str_eq(entries_text(&out, "tenant"), "main");
	ck_assert_ptr_null(entries_text(&out, "scope"));
	ck_assert_uint_eq(out.count, 3);
}
END_TEST

START_TEST(all_problems_come_at_once)
{
	enter("client_id", "a!");
	enter("tenant", "prod");
	enter("scope", "people.read,reviews.raed");
	enter("clent_secret", "x");
	ck_assert_int_eq(check_oauth(), -1);
	ck_assert_int_eq(error.code, ERROR_BAD_FIELD);
	ck_assert_uint_eq(error.problem_count, 5);
	ck_assert(told("client_id", "too_short"));
	ck_assert(told("client_secret", "required"));
	ck_assert(told("tenant", "bad_choice"));
	ck_assert(told("scope", "bad_scope"));
	ck_assert(told("clent_secret", "unknown"));
}
END_TEST

START_TEST(the_nearest_names_are_told)
{
	enter("client_id", "abcd");
	enter("client_secret", "12345678");
	enter("tenent", "main");
	enter("scope", "reviews.raed");
	ck_assert_int_eq(check_oauth(), -1);
	ck_assert_ptr_nonnull(strstr(error.problems[0].message, "reviews.read?"));
	ck_assert_ptr_nonnull(strstr(error.problems[1].message, "tenant?"));
}
END_TEST

/* id, text, length, and the code of the problem. */
static const struct {
	const char *id;
	const char *text;
	size_t length;
	const char *code;
} bad[] = {
	{ "client_id", "", 0, "required" },
	{ "client_id", "abc", 3, "too_short" },
	{ "client_id", "abcdefghijklmnopqrstuvwxyz0123456789", 36, "too_long" },
	{ "client_id", "ab cd", 5, "bad_character" },
	{ "client_id", "ab\xC3\xA9z", 5, "bad_character" },
	{ "client_id", "abcd\n", 5, "control_character" },
	{ "client_id", "ab\0cd", 5, "control_character" },
	{ "client_id", "abcd\xE2\x80\x8E", 7, "control_character" },
	{ "client_id", "abc\xFF", 4, "not_utf8" },
	{ "client_secret", "1234567\x1B", 8, "control_character" },
	{ "scope", "people.read, reviews.read", 25, "bad_scope" },
	{ "scope", "people.read,", 12, "bad_scope" },
	{ "scope", ",", 1, "bad_scope" },
	{ "tenant", "Main", 4, "bad_choice" },
};

START_TEST(bad_text_is_told)
{
	if (strcmp(bad[_i].id, "client_id") != 0)
		enter("client_id", "abcd");
	if (strcmp(bad[_i].id, "client_secret") != 0)
		enter("client_secret", "12345678");
	enter_bytes(bad[_i].id, bad[_i].text, bad[_i].length, false);
	ck_assert_int_eq(check_oauth(), -1);
	ck_assert_msg(told(bad[_i].id, bad[_i].code), "row %d: %s %s", _i, error.problems[0].code,
		error.problems[0].message);
}
END_TEST

START_TEST(a_secret_is_neither_literal_nor_quoted)
{
	enter("client_id", "abcd");
	enter_bytes("client_secret", "12345678", 8, true);
	ck_assert_int_eq(check_oauth(), -1);
	ck_assert(told("client_secret", "literal_secret"));
	ck_assert_ptr_null(strstr(error.problems[0].message, "12345678"));
}
END_TEST

START_TEST(many_problems_do_not_overflow)
{
	char id[32];

	for (int i = 0; i < 100; i++) {
		(void)snprintf(id, sizeof id, "unknown_%d", i);
		enter(id, "x");
	}
	ck_assert_int_eq(check_oauth(), -1);
	ck_assert_uint_eq(error.problem_count, ERROR_PROBLEMS);
}
END_TEST

/* ---- Parameters ----------------------------------------------------------------------------------- */

static int check_action(const char *id)
{
	return parameters_check(&out, &given, manifest_action(manifest, id), &error);
}

START_TEST(parameters_have_types_and_defaults)
{
	enter("since", "2026-11-01T00:00:00Z");
	enter("born", "2000-02-29");
	ck_assert_int_eq(check_action("list_people"), 0);
	ck_assert_str_eq(entries_text(&out, "state"), "all");
}
END_TEST

START_TEST(bad_parameters_are_told)
{
	enter("since", "2026-11-01");
	enter("born", "2001-02-29");
	enter("sate", "in");
	ck_assert_int_eq(check_action("list_people"), -1);
	ck_assert_int_eq(error.code, ERROR_BAD_PARAMETER);
	ck_assert_uint_eq(error.problem_count, 3);
	ck_assert(told("since", "bad_date_time"));
	ck_assert(told("born", "bad_date"));
	ck_assert(told("sate", "unknown"));
}
END_TEST

START_TEST(a_path_stays_where_it_is)
{
	ck_assert_int_eq(check_action("get_person"), -1);
	ck_assert(told("id", "required"));
	memset(&error, 0, sizeof error);
	entries_clear(&out);
	enter("id", "..");
	ck_assert_int_eq(check_action("get_person"), -1);
	ck_assert(told("id", "bad_character"));
}
END_TEST

/* ---- Scopes --------------------------------------------------------------------------------------- */

static const struct manifest_auth *oauth(void)
{
	return manifest_auth(manifest, "oauth");
}

static void joined(const struct scopes *scopes, const char *expected)
{
	struct buffer text = BUFFER_INIT(1000);

	ck_assert_int_eq(scopes_join(&text, scopes, manifest, " "), 0);
	ck_assert_str_eq(buffer_text(&text), expected);
	buffer_clear(&text);
}

START_TEST(an_action_requests_what_it_needs)
{
	struct scopes scopes;

	ck_assert_int_eq(scopes_request(&scopes, manifest, oauth(), manifest_action(manifest, "list_people"),
				 &given, &error),
		0);
	joined(&scopes, "people.read");
	ck_assert_int_eq(scopes_request(&scopes, manifest, oauth(), NULL, &given, &error), 0);
	joined(&scopes, "people.read reviews.read");
}
END_TEST

START_TEST(what_was_entered_is_requested)
{
	struct scopes scopes;

	enter("scope", "persons.read");
	ck_assert_int_eq(scopes_request(&scopes, manifest, oauth(), manifest_action(manifest, "list_people"),
				 &given, &error),
		0);
	joined(&scopes, "people.read");
	ck_assert_int_eq(scopes_request(&scopes, manifest, oauth(), manifest_action(manifest, "list_reviews"),
				 &given, &error),
		-1);
	ck_assert_int_eq(error.code, ERROR_SCOPE_MISSING);
	ck_assert_ptr_nonnull(strstr(error.message, "reviews.read"));
}
END_TEST

START_TEST(the_request_has_the_auths_form)
{
	struct buffer text = BUFFER_INIT(1000);
	struct scopes scopes = { 0 };

	scopes_need(&scopes, manifest, manifest_action(manifest, "list_reviews"));
	enter("tenant", "{scopes}");
	ck_assert_int_eq(scopes_format(&text, &scopes, manifest, oauth(), &given, &error), 0);
	ck_assert_str_eq(buffer_text(&text), "tenant:{scopes}:people.read,reviews.read");
	buffer_clear(&text);
}
END_TEST

/* What the provider answers, and which scopes that grants. */
static const struct {
	const char *text;
	const char *granted;
} answers[] = {
	{ NULL, "people.read reviews.read" },
	{ "", "people.read reviews.read" },
	{ "tenant:main:people.read", "people.read" },
	{ "tenant:main:reviews.read,persons.read,other", "people.read reviews.read" },
	{ "tenant:main:", "" },
	{ "tenant:main:other", "" },
	{ "people.read other", "people.read" },
	{ "something else", "people.read reviews.read" },
};

START_TEST(granted_scopes_are_read_back)
{
	struct scopes requested = { 0 };
	struct scopes granted;

	enter("tenant", "main");
	scopes_need(&requested, manifest, manifest_action(manifest, "list_reviews"));
	ck_assert_int_eq(
		scopes_granted(&granted, answers[_i].text, &requested, manifest, oauth(), &given, &error), 0);
	joined(&granted, answers[_i].granted);
}
END_TEST

START_TEST(what_was_not_granted_is_named)
{
	struct scopes granted = { 0 };

	scopes_add(&granted, 1);
	ck_assert_int_eq(
		scopes_check(&granted, manifest, manifest_action(manifest, "get_person"), &error), 0);
	ck_assert_int_eq(
		scopes_check(&granted, manifest, manifest_action(manifest, "list_reviews"), &error), -1);
	ck_assert_int_eq(error.code, ERROR_SCOPE_MISSING);
	ck_assert_str_eq(error.action, "list_reviews");
	ck_assert_ptr_nonnull(strstr(error.message, "people.read"));
	ck_assert_ptr_nonnull(strstr(error.hint, "'People'"));
}
END_TEST

START_TEST(an_assumed_name_proves_nothing)
{
	struct scopes granted = { 0 };

	scopes_add(&granted, 0); /* people.read; reviews.read is assumed */
	ck_assert_int_eq(
		scopes_check(&granted, manifest, manifest_action(manifest, "list_reviews"), &error), 0);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("catalog/fields");
	TCase *c = tcase_create("fields");

	tcase_add_checked_fixture(c, set_up, tear_down);
	tcase_add_test(c, good_fields_pass_and_defaults_come);
	tcase_add_test(c, all_problems_come_at_once);
	tcase_add_test(c, the_nearest_names_are_told);
	tcase_add_loop_test(c, bad_text_is_told, 0, sizeof bad / sizeof bad[0]);
	tcase_add_test(c, a_secret_is_neither_literal_nor_quoted);
	tcase_add_test(c, many_problems_do_not_overflow);
	tcase_add_test(c, parameters_have_types_and_defaults);
	tcase_add_test(c, bad_parameters_are_told);
	tcase_add_test(c, a_path_stays_where_it_is);
	tcase_add_test(c, an_action_requests_what_it_needs);
	tcase_add_test(c, what_was_entered_is_requested);
	tcase_add_test(c, the_request_has_the_auths_form);
	tcase_add_loop_test(c, granted_scopes_are_read_back, 0, sizeof answers / sizeof answers[0]);
	tcase_add_test(c, what_was_not_granted_is_named);
	tcase_add_test(c, an_assumed_name_proves_nothing);
	suite_add_tcase(s, c);
	return s;
}

CHECK_MAIN(suite)
