/* What a manifest states, as calls and token requests get it. */
#include "config.h"

#include "check_main.h"
#include "run/terms.h"

#include <string.h>

static const struct manifest_field fields[] = {
	{ .id = "client_id", .required = true },
	{ .id = "client_secret", .type = FIELD_SECRET, .required = true },
	{ .id = "partner" },
};
static const struct manifest_place places[] = {
	{ PLACE_TOKEN_HEADER, "X-Partner", "{field.partner}" },
	{ PLACE_TOKEN_FORM, "client_secret", "{field.client_secret}" },
	{ PLACE_CALL_HEADER, "X-Partner", "id {field.partner}" },
	{ PLACE_CALL_HEADER, "Authorization", "Bearer {token}" },
	{ PLACE_TOKEN_BASIC, "{field.partner}", "x" },
};
static const struct manifest_auth auth = { .id = "v1",
	.grant = GRANT_CLIENT_CREDENTIALS,
	.token_pointer = "/access_token",
	.expires_pointer = "/expires_in",
	.scope_pointer = "/scope",
	.fields = fields,
	.field_count = 3,
	.places = places,
	.place_count = 5 };

static const char *const persons[] = { "list_persons" };
static const struct manifest_host hosts[] = { { "api.example.test", HOST_API },
	{ "id.example.test", HOST_TOKEN }, { "consent.example.test", HOST_CONSENT } };
static const struct manifest_limit limits[] = {
	{ .count = 10, .seconds = 1, .remaining_header = "x-left", .rate_header = "x-rate" },
	{ .count = 10, .seconds = 1, .actions = { persons, 1 } },
	{ .count = 5, .seconds = 1, .per = LIMIT_ENDPOINT },
	{ .count = 150, .seconds = 60, .per = LIMIT_ADDRESS, .reset_header = "x-reset" },
};
static const struct manifest_error errors[] = {
	{ .status = 401, .meaning = MEANS_SCOPE, .actions = { persons, 1 } },
	{ .status = 200, .pointer = "/success", .contains = "false", .meaning = MEANS_REFUSED },
	{ .status = 420, .meaning = MEANS_LIMITED },
};
static const struct manifest manifest = { .id = "provider",
	.hosts = hosts,
	.host_count = 3,
	.limits = limits,
	.limit_count = 4,
	.errors = errors,
	.error_count = 3,
	.error_message = "/why" };
static const struct manifest_header headers[] = { { "Beta", "true" }, { "X-Version", "2" } };
static const struct manifest_action list_persons = {
	.id = "list_persons", .headers = headers, .header_count = 2
};
static const struct manifest_action list_others = { .id = "list_others" };

static struct entries entries = ENTRIES_INIT;
static struct terms terms;
static struct error error;

static void enter(const char *id, const char *text)
{
	ck_assert_int_eq(entries_set(&entries, id, text, strlen(text), false, &error), 0);
}

static void set_up(void)
{
	enter("client_id", "me");
	enter("client_secret", "secret");
}

static void tear_down(void)
{
	terms_clear(&terms);
	entries_clear(&entries);
}

static void state(const struct manifest_auth *which, const struct manifest_action *action)
{
	const struct terms_options options = {
		.manifest = &manifest, .auth = which, .action = action, .fields = &entries
	};

	terms_clear(&terms);
	ck_assert_int_eq(terms_init(&terms, &options, &error), 0);
}

START_TEST(places_of_absent_fields_are_left_out)
{
	struct call_terms calls = { .fetch = NULL };
	struct oauth2_request tokens = { .scope = NULL };

	state(&auth, NULL);
	terms_for_calls(&calls, &terms);
	terms_for_tokens(&tokens, &terms);
	ck_assert_uint_eq(calls.place_count, 1);
	ck_assert_str_eq(calls.places[0].name, "Authorization");
	ck_assert_uint_eq(tokens.place_count, 1);
	ck_assert_str_eq(tokens.places[0].name, "client_secret");
	ck_assert_uint_eq(calls.credential_count, 2);
	ck_assert(!calls.credentials[0].secret);
	ck_assert(calls.credentials[1].secret);

	enter("partner", "");
	state(&auth, NULL);
	ck_assert_uint_eq(terms.place_count, 2);

	enter("partner", "p");
	state(&auth, NULL);
	terms_for_calls(&calls, &terms);
	terms_for_tokens(&tokens, &terms);
	ck_assert_uint_eq(calls.place_count, 2);
	ck_assert_str_eq(calls.places[0].value, "id {field.partner}");
	ck_assert_uint_eq(tokens.place_count, 3);
	ck_assert_int_eq((int)tokens.places[0].where, (int)CREDENTIAL_TOKEN_HEADER);
	ck_assert_int_eq((int)tokens.places[2].where, (int)CREDENTIAL_BASIC);
}
END_TEST

START_TEST(rows_hold_for_their_actions)
{
	state(&auth, &list_persons);
	ck_assert_uint_eq(terms.limit_count, 4);
	ck_assert_uint_eq(terms.error_count, 3);
	ck_assert_int_eq((int)terms.errors[0].meaning, (int)ANSWER_SCOPE_MISSING);
	/* Two limits of one size are counted apart. */
	ck_assert_str_ne(terms.limits[0].limit.key, terms.limits[1].limit.key);
	ck_assert_ptr_nonnull(strstr(terms.limits[2].limit.key, "list_persons"));
	ck_assert_str_eq(terms.limits[0].remaining_header, "x-left");
	ck_assert_str_eq(terms.limits[0].rate_header, "x-rate");
	ck_assert_ptr_null(terms.limits[0].reset_header);
	ck_assert_str_eq(terms.limits[3].reset_header, "x-reset");

	state(&auth, &list_others);
	ck_assert_uint_eq(terms.limit_count, 3);
	ck_assert_uint_eq(terms.error_count, 2);
	ck_assert_int_eq(terms.errors[0].status, 200);
}
END_TEST

START_TEST(any_request_gets_what_is_answered)
{
	struct call_terms calls = { .fetch = NULL };

	state(&auth, NULL);
	terms_for_calls(&calls, &terms);
	ck_assert_uint_eq(calls.limits.count, 3);
	ck_assert_uint_eq(calls.error_count, 1);
	ck_assert_int_eq(calls.errors[0].status, 420);
	ck_assert_str_eq(calls.message_pointer, "/why");
	ck_assert_uint_eq(calls.host_count, 3);
	ck_assert_uint_eq(calls.hosts[0].uses, GUARD_API);
	ck_assert_uint_eq(calls.hosts[1].uses, GUARD_TOKEN);
	ck_assert_uint_eq(calls.hosts[2].uses, 0);
}
END_TEST

START_TEST(tokens_stand_where_the_auth_says)
{
	struct manifest_auth own = auth;
	struct oauth2_request tokens = { .scope = "a", .grant = OAUTH2_CLIENT_CREDENTIALS };

	state(&auth, NULL);
	terms_for_tokens(&tokens, &terms);
	ck_assert_ptr_null(tokens.pointers.token);
	ck_assert_int_eq((int)tokens.grant, (int)OAUTH2_CLIENT_CREDENTIALS);
	own.token_pointer = "/data/token";
	state(&own, NULL);
	terms_for_tokens(&tokens, &terms);
	ck_assert_str_eq(tokens.pointers.token, "/data/token");
	ck_assert_str_eq(tokens.pointers.expires, "/expires_in");
	ck_assert_int_eq((int)tokens.grant, (int)OAUTH2_CLIENT_CREDENTIALS);
	own = auth;
	own.grant = GRANT_TOKEN_REQUEST;
	state(&own, NULL);
	terms_for_tokens(&tokens, &terms);
	ck_assert_str_eq(tokens.pointers.token, "/access_token");
	ck_assert_int_eq((int)tokens.grant, (int)OAUTH2_PLACES_ALONE);
}
END_TEST

START_TEST(headers_of_an_action)
{
	static const struct manifest_header broken[] = { { "Be\nta", "true" } };
	const struct manifest_action bad = { .id = "bad", .headers = broken, .header_count = 1 };
	struct headers out = HEADERS_INIT;

	ck_assert_int_eq(terms_headers(&out, &list_persons, &error), 0);
	ck_assert_str_eq(headers_get(&out, "beta"), "true");
	ck_assert_str_eq(headers_get(&out, "x-version"), "2");
	ck_assert_int_eq(terms_headers(&out, &list_others, &error), 0);
	ck_assert_int_eq(terms_headers(&out, &bad, &error), -1);
	headers_clear(&out);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("terms");
	TCase *c = tcase_create("terms");

	tcase_add_checked_fixture(c, set_up, tear_down);
	tcase_add_test(c, places_of_absent_fields_are_left_out);
	tcase_add_test(c, rows_hold_for_their_actions);
	tcase_add_test(c, any_request_gets_what_is_answered);
	tcase_add_test(c, tokens_stand_where_the_auth_says);
	tcase_add_test(c, headers_of_an_action);
	suite_add_tcase(s, c);
	return s;
}

CHECK_MAIN(suite)
