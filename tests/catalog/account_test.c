/* What linking and keeping accounts needs of a manifest: the authorization code, auths that share fields,
 * what actions say of each other; and what guides and requests make of it. */
#include "config.h"

#include "catalog/guide.h"
#include "catalog/scopes.h"

#include "check_main.h"
#include "fixture.h"

#include <stdlib.h>
#include <string.h>

static struct models *models;
static struct manifest *manifest;
static struct entries given;
static struct error error;

static void set_up(void)
{
	models = fixture_models();
	memset(&error, 0, sizeof error);
	given = (struct entries)ENTRIES_INIT;
	ck_assert_msg(fixture_parse_file(&manifest, "account.json", NULL, NULL, models, &error) == 0, "%s",
		error.message);
}

static void tear_down(void)
{
	entries_clear(&given);
	manifest_free(manifest);
	models_free(models);
}

/* ---- The manifest --------------------------------------------------------------------------------- */

START_TEST(auths_arrive)
{
	const struct manifest_auth *code = manifest_auth(manifest, "code");
	const struct manifest_auth *old = manifest_auth(manifest, "old");
	const struct manifest_auth *key = manifest_auth(manifest, "key");

	ck_assert_int_eq(code->grant, GRANT_AUTHORIZATION_CODE);
	ck_assert_int_eq(code->recovery, RECOVERY_RETRY_WITHIN_GRACE);
	ck_assert_uint_eq(code->grace_seconds, 30);
	ck_assert_str_eq(code->issuer, "https://app.acme.example");
	ck_assert_str_eq(code->token_pointer, "/access_token");
	ck_assert_str_eq(code->expires_pointer, "/expires_in");
	ck_assert_str_eq(code->scope_pointer, "/scope");
	ck_assert_uint_eq(code->prove.count, 2);
	ck_assert_uint_eq(manifest->hosts[2].use, HOST_CONSENT);
	ck_assert_int_eq(code->places[2].where, PLACE_TOKEN_HEADER);
	ck_assert_int_eq(manifest_field(code, "redirect_url")->type, FIELD_REDIRECT);
	ck_assert_int_eq(manifest_field(code, "company")->normal, FIELD_UPPER_SNAKE);
	ck_assert_str_eq(manifest_field(code, "organisation")->after, "organisations");
	ck_assert_str_eq(manifest_field(code, "organisation")->found_by, "list_organisations");
	ck_assert_int_eq(old->grant, GRANT_TOKEN_REQUEST);
	ck_assert_str_eq(old->token_pointer, "/data/token");
	ck_assert_ptr_eq(manifest_field(old, "client_id"), manifest_field(code, "client_id"));
	ck_assert_ptr_eq(manifest_fields_auth(manifest, old), code);
	ck_assert_ptr_eq(manifest_fields_auth(manifest, code), code);
	ck_assert_ptr_eq(manifest_fields_auth(manifest, key), key);
	ck_assert_ptr_null(key->issuer);
}
END_TEST

START_TEST(actions_arrive)
{
	const struct manifest_action *people = manifest_action(manifest, "list_people");
	const struct manifest_action *absences = manifest_action(manifest, "list_absences");
	const struct manifest_action *report = manifest_action(manifest, "get_report");

	ck_assert(manifest_parameter(people, "state")->list);
	ck_assert_int_eq(manifest_parameter(people, "born")->format, FORMAT_DAY_MONTH_YEAR);
	ck_assert_str_eq(manifest_parameter(people, "days")->join, ";");
	ck_assert_str_eq(people->headers[0].value, "true");
	ck_assert_int_eq(people->paging[0].kind, PAGING_PAGE_NUMBER);
	ck_assert_str_eq(people->paging[0].size_name, "per_page");
	ck_assert_uint_eq(people->paging[0].size, 100);
	ck_assert(people->paging[0].stop_when_empty);
	ck_assert_int_eq(people->map[5].kind, MAP_ELEMENT);
	ck_assert_str_eq(people->map[5].take, "/value");
	ck_assert_str_eq(people->completions[0].fields.items[1], "manager_id");
	ck_assert_str_eq(people->expected.items[0], "full_name");
	ck_assert_int_eq(absences->each[0].over, EACH_MONTHS);
	ck_assert_uint_eq(absences->each[0].count, 1);
	ck_assert_str_eq(absences->each[1].action, "list_organisations");
	ck_assert_int_eq(report->result, RESULT_GRID);
	ck_assert_str_eq(report->columns, "/columns");
	ck_assert_str_eq(manifest->limits[0].reset_header, "X-Reset");
	ck_assert(manifest_applies(&manifest->errors[0].actions, "get_report"));
	ck_assert(!manifest_applies(&manifest->errors[0].actions, "list_people"));
	ck_assert(manifest_applies(&(struct manifest_texts){ NULL, 0 }, "list_people"));
}
END_TEST

#define CODE "auths/0/"
#define FIELD "auths/0/fields/"
#define ORGANISATION "auths/0/fields/3/"
#define PEOPLE "actions/1/"
#define ABSENCES "actions/3/"

/* One damage each: where, what stands there then (NULL: nothing), and what the refusal must say. */
static const struct {
	const char *place;
	const char *value;
	const char *says;
} damages[] = {
	/* grants */
	{ CODE "authorize_url", NULL, "auths[0] code: authorize_url is missing" },
	{ CODE "authorize_url", "\"https://login.acme.example/\"",
		"authorize_url has a host that is not declared for consent" },
	{ CODE "authorize_url", "\"https://app.acme.example/{field.company}\"",
		"authorize_url is no template" },
	{ CODE "token_url", "\"https://app.acme.example/\"",
		"token_url has a host that is not declared for tokens" },
	{ CODE "revoke_url", "\"https://api.acme.example/\"",
		"revoke_url has a host that is not declared for tokens" },
	{ CODE "revoke_url", "\"http://login.acme.example/\"", "revoke_url is no https URL" },
	{ CODE "issuer", "\"acme\"", "issuer is no https URL" },
	{ CODE "issuer", "\"https://acme.example/?a=b\"", "issuer is no https URL without query" },
	{ CODE "token_pointer", "\"token\"", "'token' is no JSON pointer into the token answer" },
	{ CODE "scope_pointer", "\"/~2\"", "is no JSON pointer" },
	{ CODE "authenticate", "true", "is the host's to get, not a hook's" },
	{ CODE "recovery", "\"link_again\"", "grace_seconds belong to" },
	{ CODE "recovery", "\"hope\"", "recovery is a kind that" },
	{ CODE "grace_seconds", "0", "grace_seconds belong to" },
	{ CODE "grant", "\"client_credentials\"", "authorize_url and issuer belong to" },
	{ CODE "prove/0", "\"nothing\"", "it is proved by 'nothing', which is no action" },
	{ CODE "prove/0", "\"list_keys\"", "proved by list_keys, which has another auth" },
	{ CODE "prove/0", "\"list_jobs\"", "list_jobs, which can't be run without its parameter id" },
	{ "auths/1/recovery", "\"link_again\"", "auths[1] old: without refresh tokens there is nothing" },
	{ "auths/1/authorize_url", "\"https://app.acme.example/\"", "authorize_url and issuer belong to" },
	{ "auths/1/scope_format", "\"{scopes}\"", "of its own kind sends no scope" },
	{ "auths/2/revoke_url", "\"https://login.acme.example/\"", "a static auth has a token request" },
	{ "auths/0/places/0/name", "\"grant_type\"", "the member grant_type is not" },
	{ "auths/0/places/0/name", "\"code_verifier\"", "the member code_verifier is not" },
	{ "auths/0/places/2/name", "\"Content-Type\"", "'Content-Type' is not a connector's to set" },
	{ "auths/0/places/2/value", "\"{token}\"", "places[2]: {token} has no place here" },
	{ "auths/2/places/0/where", "\"token_header\"", "this auth has no token request" },
	{ "hosts/2/use", "[\"api\"]", "not declared for consent" },
	/* shared fields */
	{ "auths/1/fields_of", "\"nobody\"", "auths[1] old: there is no auth 'nobody'" },
	{ "auths/1/fields_of", "\"old\"", "'old' has no fields of its own" },
	{ "auths/1/fields",
		"[{\"id\":\"x\",\"label\":\"X\",\"type\":\"text\",\"level\":\"account\",\"max_length\":9}]",
		"it has fields of its own beside those of 'code'" },
	{ "auths/1/places/1/value", "\"{field.api_key}\"", "names no field of this auth" },
	{ "auths/2/fields", "[]", "names no field" },
	{ CODE "fields_of", "\"key\"", "fields of its own beside" },
	/* fields */
	{ FIELD "2/type", "\"text\"",
		"auths[0] code: an authorization code needs one field of type redirect, here are 0" },
	{ FIELD "4/type", "\"redirect\"", "of type redirect, here are 2" },
	{ "auths/2/fields/0/type", "\"redirect\"", "auths[2] key: a field of type redirect, but no" },
	{ FIELD "2/level", "\"account\"", "fields[2] redirect_url: the redirect URL is the profile's" },
	{ FIELD "2/default", "\"http://acme.example/\"", "its default is not allowed" },
	{ FIELD "2/default", "\"https://localhost/#a\"", "its default is not allowed" },
	{ FIELD "2/normal", "\"upper_snake\"", "its default is not spelled as it should be" },
	{ FIELD "1/normal", "\"upper_snake\"", "fields[1] client_secret: only a text can be normal" },
	{ FIELD "1/found_by", "\"list_organisations\"", "only a text can be normal, or found" },
	{ FIELD "4/after", "\"x\"", "after belongs to the normal url_segment" },
	{ FIELD "4/default", "\"Acme\"", "its default is not" },
	{ ORGANISATION "after", NULL, "after belongs to the normal url_segment" },
	{ ORGANISATION "after", "\"a/b\"", "after is no segment" },
	{ ORGANISATION "found_by", "\"nothing\"", "there is no action 'nothing'" },
	{ ORGANISATION "found_by", "\"list_keys\"", "found by list_keys, which has another auth" },
	{ ORGANISATION "found_by", "\"list_jobs\"",
		"list_jobs, which can't be run without its parameter id" },
	{ ORGANISATION "found_by", "\"list_people\"", "list_people, which needs it itself" },
	{ ORGANISATION "found_by", "\"list_absences\"", "can't be run without its parameter from_date" },
	{ "auths/0/places/3/value", "\"{token} {field.organisation}\"",
		"list_organisations, which needs it itself" },
	{ "actions/0/map/1", NULL, "list_organisations, whose records lack an id or a name" },
	/* parameters */
	{ PEOPLE "parameters/0/choices/0/value", "\"a,b\"", "a choice holds a comma" },
	{ PEOPLE "parameters/0/default", "\"in,nowhere\"", "its default is not allowed" },
	{ PEOPLE "parameters/0/join", "\",\"", NULL },
	{ PEOPLE "parameters/1/join", "\",\"", "parameters[1] born: join belongs to a list" },
	{ PEOPLE "parameters/1/format", "\"utc\"", "its format is that of a date and time" },
	{ PEOPLE "parameters/1/format", "\"roman\"", "format is a kind that" },
	{ PEOPLE "parameters/2/format", "\"day_end_local\"", "its format is that of a date" },
	{ PEOPLE "parameters/0/format", "\"local\"", "its format is that of a date and time" },
	{ ABSENCES "parameters/0/default", NULL, "in a path, but neither required nor with a default" },
	{ ABSENCES "parameters/0/default", "\"..\"", "its default would lead to another path" },
	{ ABSENCES "parameters/0/list", "true", "a list in a path, but not joined" },
	/* headers */
	{ PEOPLE "headers/0/name", "\"authorization\"",
		"headers[0]: the header 'authorization' carries credentials" },
	{ PEOPLE "headers/0/name", "\"Cookie\"", "'Cookie' is not a connector's to set" },
	{ PEOPLE "headers/0/name", "\"Be ta\"", "is no name of a header" },
	{ PEOPLE "headers/0/value", "\"\\u00e9\"", "that is not printable ASCII" },
	{ PEOPLE "headers/0/value", "\"a\\r\\nb\"", "holds a character" },
	{ PEOPLE "headers/1", "{\"name\":\"beta\",\"value\":\"x\"}",
		"headers[1]: the header 'beta' stands twice" },
	{ "actions/5/headers", "[{\"name\":\"x-api-key\",\"value\":\"x\"}]", "as the auth's places say" },
	/* paging */
	{ PEOPLE "paging/0/to", NULL, "a page number needs the query parameter" },
	{ PEOPLE "paging/0/size", "0", "size_name and size belong together" },
	{ PEOPLE "paging/0/size_name", NULL, "size_name and size belong together" },
	{ PEOPLE "paging/0/size_name", "\"page\"", "size_name and to are the same" },
	{ PEOPLE "paging/0/size_name", "\"born\"", "a query parameter that is a person's to set" },
	{ PEOPLE "paging/0/to", "\"since\"", "a query parameter that is a person's to set" },
	{ PEOPLE "paging/1", "{\"kind\":\"next_link\",\"from\":\"/n\"}",
		"what counts pages is the only row" },
	{ "actions/2/paging/0/to", NULL, "paging[0]: a cursor needs the query parameter" },
	{ "actions/2/paging/0/from", "\"next\"", "is no JSON pointer into the body" },
	{ "actions/2/paging",
		"[{\"kind\":\"next_link\",\"from\":\"/n\",\"size_name\":\"s\",\"size\":1},"
		"{\"kind\":\"next_link\",\"from\":\"/m\",\"size_name\":\"s\",\"size\":2}]",
		"the size of a page stands twice" },
	/* grids */
	{ "actions/4/columns", NULL, "columns belong to the result grid" },
	{ "actions/4/columns", "\"columns\"", "columns 'columns' is no JSON pointer" },
	{ PEOPLE "columns", "\"/columns\"", "columns belong to the result grid" },
	/* maps */
	{ PEOPLE "map/1/to", "\"hire_date\"", "map[1]: hire_date can't be the text 'Nowhere'" },
	{ PEOPLE "map/1/to", "\"employment_status\"", "'Nowhere' is no word of employment_status" },
	{ PEOPLE "map/1/to", "\"teams\"", "teams is no text" },
	{ PEOPLE "map/1/to", "\"weekly_hours\"", "weekly_hours is no text" },
	{ PEOPLE "map/2/to", "\"job_title\"", "job_title is no number" },
	{ PEOPLE "map/2/kind", "\"boolean\"", "weekly_hours is no boolean" },
	{ PEOPLE "map/2/kind", "\"text\"", "weekly_hours is no text" },
	{ PEOPLE "map/3/to", "\"created_at\"", "created_at is no date" },
	{ PEOPLE "map/4/to", "\"department\"", "no date in the model" },
	{ PEOPLE "map/4", "{\"to\":\"country\",\"from\":\"/c\",\"kind\":\"copy\"}",
		"map[4]: country is filled by a constant already" },
	{ PEOPLE "map/5/where", NULL, "where, equals and take belong to the kind element" },
	{ PEOPLE "map/5/kind", "\"copy\"", "where, equals and take belong to the kind element" },
	{ PEOPLE "map/5/take", "\"value\"", "where or take is no JSON pointer" },
	{ PEOPLE "map/5/to", "\"weekly_hours\"", "weekly_hours is no text" },
	{ PEOPLE "map/7/from", "\"/name\"", "full_name: from is no list of 2 to 8 JSON pointers" },
	{ PEOPLE "map/7/from", "\"\"", "full_name: from is no list of 2 to 8 JSON pointers" },
	{ PEOPLE "map/7/from", "\" /a /b\"", "full_name: from is no list of 2 to 8 JSON pointers" },
	{ PEOPLE "map/7/from", "\"/a  /b\"", "full_name: from is no list of 2 to 8 JSON pointers" },
	{ PEOPLE "map/7/from", "\"/a /b \"", "full_name: from is no list of 2 to 8 JSON pointers" },
	{ PEOPLE "map/7/from", "\"/a b\"", "full_name: from is no list of 2 to 8 JSON pointers" },
	{ PEOPLE "map/7/from", "\"/a~ /b\"", "full_name: from is no list of 2 to 8 JSON pointers" },
	{ PEOPLE "map/7/from", "\"/a /b /c /d /e /f /g /h /i\"",
		"full_name: from is no list of 2 to 8 JSON pointers" },
	{ PEOPLE "map/7/to", "\"teams\"", "teams is no text in the model employee" },
	{ PEOPLE "map/6/to", "\"teams\"", "teams is no object" },
	{ PEOPLE "map/6/rows", "[]", "home_address: object without rows" },
	{ PEOPLE "map/6/rows/0/kind", "\"object\"", "rows[0] city: this kind has no place here" },
	{ PEOPLE "map/6/rows/0/kind", "\"words\"", "rows[0] city: words without a word" },
	{ PEOPLE "map/6/rows/0/kind", "\"constant\"", "rows[1] city: it is filled by a constant already" },
	{ PEOPLE "map/6/rows/0/where", "\"/x\"", "rows[0] city: where, equals and take belong" },
	{ PEOPLE "map/7", "{\"to\":\"home_address\",\"from\":\"/b\",\"kind\":\"copy\"}",
		"home_address is filled twice" },
	{ ABSENCES "map/1/to", "\"start_date\"", "start_date is no date-time-local" },
	/* each */
	{ "actions/2/each/0/over", "\"years\"", "over is a kind that" },
	{ "actions/2/each/0/action", NULL,
		"actions[2] list_jobs: each[0]: over records it has action and to" },
	{ "actions/2/each/0/count", "1", "over records it has action and to, and no more" },
	{ "actions/2/each/0/action", "\"nothing\"", "there is no action 'nothing'" },
	{ "actions/2/each/0/action", "\"list_jobs\"", "it leads back to the action itself" },
	{ "actions/2/each/0/action", "\"list_keys\"", "list_keys has another auth, with other fields" },
	{ "actions/2/each/0/action", "\"list_absences\"", "can't be run without its parameter from_date" },
	{ "actions/2/each/0/action", "\"get_report\"", "the records of get_report have no id" },
	{ "actions/2/each/0/to", "\"person\"", "list_jobs has no parameter 'person'" },
	{ "actions/2/each/1", "{\"over\":\"records\",\"action\":\"list_people\",\"to\":\"id\"}",
		"each[1]: each employee could mean list_people, too" },
	{ ABSENCES "each/0/count", NULL, "each[0]: over windows it has from, to and count" },
	{ ABSENCES "each/0/from", NULL, "over windows it has from, to and count" },
	{ ABSENCES "each/0/action", "\"list_people\"",
		"over windows it has from, to and count, and no more" },
	{ ABSENCES "each/0/from", "\"day\"", "there is no parameter 'day'" },
	{ ABSENCES "each/0/from", "\"team\"", "the parameter team takes no date" },
	{ ABSENCES "each/0/from", "\"to_date\"", "from and to are the same parameter" },
	{ ABSENCES "each/1/to", "\"to_date\"", "the parameter to_date of list_absences takes no id" },
	{ ABSENCES "each/2", "{\"over\":\"days\",\"from\":\"from_date\",\"to\":\"to_date\",\"count\":9}",
		"each[2]: a second row over windows" },
	/* expected */
	{ PEOPLE "expected/0", "\"job_title\"", "the map doesn't fill 'job_title', which is expected" },
	/* completions */
	{ PEOPLE "completions/0/action", "\"nothing\"", "completions[0]: there is no action 'nothing'" },
	{ PEOPLE "completions/0/action", "\"list_people\"", "it leads back to the action itself" },
	{ PEOPLE "completions/0/action", "\"list_keys\"", "list_keys has another auth" },
	{ PEOPLE "completions/0/parameter", "\"person\"", "list_jobs has no parameter 'person'" },
	{ PEOPLE "completions/0/action", "\"list_absences\"", "list_absences has no parameter 'id'" },
	{ PEOPLE "completions/0/fields", "[]", "completions[0]: it names no fields" },
	{ PEOPLE "completions/0/fields/0", "\"work_email\"", "the model employment has no field work_email" },
	{ PEOPLE "completions/0/fields/0", "\"end_date\"", "the model employee has no field end_date" },
	{ PEOPLE "completions/0/fields/0", "\"team_id\"", "list_jobs doesn't map team_id" },
	{ PEOPLE "completions/0/fields/0", "\"id\"", "id is filled by the map already" },
	{ PEOPLE "completions/0/fields/0", "\"manager_id\"", "manager_id is completed twice" },
	{ PEOPLE "completions/1",
		"{\"action\":\"list_jobs\",\"parameter\":\"id\",\"fields\":[\"job_title\"]}",
		"completions[1]: job_title is completed twice" },
	{ "actions/2/completions",
		"[{\"action\":\"list_people\",\"parameter\":\"state\",\"fields\":[\"id\"]}]",
		"completions[0]: list_jobs has completions itself" },
	{ "actions/2/parameters/1",
		"{\"id\":\"day\",\"label\":\"Day\",\"name\":\"day\",\"type\":\"date\","
		"\"place\":\"query\",\"required\":true,\"max_length\":10}",
		"list_jobs can't be run without its parameter day" },
	/* limits and errors */
	{ "limits/0/actions/0", "\"nothing\"", "limits[0]: there is no action 'nothing'" },
	{ "limits/0/rate_header", "\"X Rate\"", "'X Rate' is no name of a header" },
	{ "errors/0/actions/0", "\"nothing\"", "errors[0]: there is no action 'nothing'" },
	{ "errors/0/contains", NULL, "every answer of status 200 is an error" },
	{ "errors/0/status", "302", "its status is not" },
};

START_TEST(damage_is_refused)
{
	struct manifest *damaged = NULL;
	int result = fixture_parse_file(
		&damaged, "account.json", damages[_i].place, damages[_i].value, models, &error);

	if (!damages[_i].says) {
		ck_assert_msg(result == 0, "%s", error.message);
		manifest_free(damaged);
		return;
	}
	ck_assert_msg(result == -1, "%s = %s was taken", damages[_i].place, damages[_i].value);
	ck_assert_int_eq(error.code, ERROR_PLUGIN_REFUSED);
	ck_assert_msg(strstr(error.message, damages[_i].says) != NULL, "%s: '%s' does not say '%s'",
		damages[_i].place, error.message, damages[_i].says);
}
END_TEST

/* ---- Guide ---------------------------------------------------------------------------------------- */

static size_t count_steps(const char *id)
{
	const struct manifest_action *action = manifest_action(manifest, id);
	json_t *guide = NULL;
	size_t count;

	ck_assert_int_eq(guide_make(&guide, manifest, &action, 1, &error), 0);
	count = json_array_size(json_object_get(guide, "steps"));
	json_decref(guide);
	return count;
}

START_TEST(who_has_anothers_fields_has_its_guide)
{
	ck_assert_uint_eq(count_steps("list_people"), 1);
	ck_assert_uint_eq(count_steps("get_report"), 2);
	ck_assert_uint_eq(count_steps("list_keys"), 0);
}
END_TEST

/* The scopes of the guide for this action, and of a profile that enables it. */
static void scopes_are(const char *id, const char *guided, const char *requested)
{
	const struct manifest_action *action = manifest_action(manifest, id);
	struct buffer text = BUFFER_INIT(1000);
	json_t *enabled = json_pack("[s]", id);
	struct scopes scopes;
	json_t *guide = NULL;
	char *list;

	ck_assert_int_eq(guide_make(&guide, manifest, &action, 1, &error), 0);
	list = json_dumps(json_object_get(guide, "scopes"), JSON_COMPACT);
	ck_assert_str_eq(list, guided);
	scopes_request_enabled(&scopes, manifest, manifest_auth(manifest, action->auth), enabled, &given);
	ck_assert_int_eq(scopes_join(&text, &scopes, manifest, " "), 0);
	ck_assert_str_eq(buffer_text(&text), requested);
	free(list);
	json_decref(guide);
	json_decref(enabled);
	buffer_clear(&text);
}

START_TEST(what_finds_a_field_needs_its_scope)
{
	scopes_are("list_people", "[\"people.read\",\"companies.read\"]", "people.read companies.read");
	scopes_are("list_absences", "[\"companies.read\"]", "companies.read");
	scopes_are("get_report", "[\"companies.read\"]", "");
	scopes_are("list_keys", "[]", "");
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("catalog/account");
	TCase *c = tcase_create("account");

	tcase_add_checked_fixture(c, set_up, tear_down);
	tcase_add_test(c, auths_arrive);
	tcase_add_test(c, actions_arrive);
	tcase_add_loop_test(c, damage_is_refused, 0, sizeof damages / sizeof damages[0]);
	tcase_add_test(c, who_has_anothers_fields_has_its_guide);
	tcase_add_test(c, what_finds_a_field_needs_its_scope);
	suite_add_tcase(s, c);
	return s;
}

CHECK_MAIN(suite)
