/* The manifest: what is told arrives, and whatever is wrong with it is refused by the row. */
#include "config.h"

#include "catalog/manifest.h"

#include "check_main.h"
#include "fixture.h"

#include <string.h>

START_TEST(tables_arrive)
{
	struct models *models = fixture_models();
	struct manifest *manifest = fixture_manifest(models);
	const struct manifest_auth *oauth = manifest_auth(manifest, "oauth");
	const struct manifest_action *list = manifest_action(manifest, "list_people");
	const struct manifest_action *reviews = manifest_action(manifest, "list_reviews");

	ck_assert_str_eq(manifest->name, "Acme");
	ck_assert_uint_eq(manifest->hosts[0].use, HOST_API);
	ck_assert_uint_eq(manifest->hosts[1].use, HOST_TOKEN);
	ck_assert_int_eq(oauth->grant, GRANT_CLIENT_CREDENTIALS);
	ck_assert_str_eq(oauth->scope_separator, ",");
	ck_assert_int_eq(manifest_field(oauth, "client_secret")->type, FIELD_SECRET);
	ck_assert_ptr_null(manifest_field(oauth, "client_secret")->default_text);
	ck_assert_uint_eq(manifest_field(oauth, "client_id")->min_length, 4);
	ck_assert(manifest_field(oauth, "tenant")->advanced);
	ck_assert_int_eq(manifest_field(oauth, "tenant")->level, FIELD_PROFILE);
	ck_assert_int_eq(oauth->places[0].where, PLACE_TOKEN_BASIC);
	ck_assert_uint_eq(list->map_count, 5);
	ck_assert_int_eq(list->map[1].kind, MAP_WORDS);
	ck_assert_str_eq(list->map[1].words[1].ours, "terminated");
	ck_assert_uint_eq(reviews->map[1].row_count, 2);
	ck_assert_str_eq(reviews->map[1].rows[1].from, "/a");
	ck_assert_str_eq(list->parameters[0].name, "after");
	ck_assert_int_eq(list->paging[1].kind, PAGING_CURSOR);
	ck_assert_int_eq(manifest->errors[0].meaning, MEANS_SCOPE);
	ck_assert_int_eq(manifest_scope(manifest, "persons.read", 12), 0);
	ck_assert_int_eq(manifest_scope(manifest, "none", 4), -1);
	manifest_free(manifest);
	models_free(models);
}
END_TEST

START_TEST(what_may_be_left_out_has_a_value)
{
	struct models *models = fixture_models();
	struct manifest *manifest = NULL;
	struct error error = { 0 };

	ck_assert_int_eq(fixture_parse(&manifest, "auths/0/scope_separator", NULL, models, &error), 0);
	ck_assert_str_eq(manifest->auths[0].scope_separator, " ");
	manifest_free(manifest);
	ck_assert_int_eq(fixture_parse(&manifest, "actions/1/records", NULL, models, &error), 0);
	ck_assert_str_eq(manifest->actions[1].records, "");
	manifest_free(manifest);
	models_free(models);
}
END_TEST

START_TEST(an_unknown_action_is_told_with_the_nearest)
{
	struct models *models = fixture_models();
	struct manifest *manifest = fixture_manifest(models);
	const struct manifest_action *action;
	struct error error = { 0 };

	ck_assert_int_eq(manifest_find_action(&action, manifest, "list_poeple", &error), -1);
	ck_assert_int_eq(error.code, ERROR_ACTION_NOT_FOUND);
	ck_assert_ptr_nonnull(strstr(error.hint, "list_people"));
	manifest_free(manifest);
	models_free(models);
}
END_TEST

START_TEST(an_unknown_auth_is_told)
{
	struct models *models = fixture_models();
	struct manifest *manifest = fixture_manifest(models);
	const struct manifest_auth *auth;
	struct error error = { 0 };

	ck_assert_int_eq(manifest_find_auth(&auth, manifest, manifest->auths[0].id, &error), 0);
	ck_assert_ptr_eq(auth, &manifest->auths[0]);
	ck_assert_int_eq(manifest_find_auth(&auth, manifest, "no\x1b[2J", &error), -1);
	ck_assert_int_eq(error.code, ERROR_USAGE);
	ck_assert_ptr_null(strchr(error.message, '\x1b'));
	ck_assert_ptr_nonnull(strstr(error.hint, "muster show"));
	manifest_free(manifest);
	models_free(models);
}
END_TEST

/* One damage each: where, what stands there then (NULL: nothing), and what the refusal must say. */
static const struct {
	const char *place;
	const char *value;
	const char *says;
} damages[] = {
	/* form */
	{ "manifest", "2", "of a form that this muster" },
	{ "abi", "7", "ABI 7" },
	{ "abi", "-1", "abi is no whole number" },
	{ "abi", "0.5", "abi is no whole number" },
	{ "id", "\"other\"", "its file is acme.so" },
	{ "id", "\"Acme\"", "id is no id" },
	{ "id", NULL, "id is missing" },
	{ "name", "7", "name is no text" },
	{ "name", "\"\"", "name is empty" },
	{ "name", "\"\\u001b[2J\"", "name holds a character" },
	{ "name", "\"a\\u202eb\"", "name holds a character" },
	{ "version", "\"1 2\"", "version '1 2' is none" },
	{ "homepage", "\"http://acme.example\"", "homepage is no https URL" },
	{ "homepage", "\"https://a\\\"><script>\"", "homepage is no https URL" },
	{ "error_message", "\"error\"", "no JSON pointer" },
	{ "validate", "1", "validate is neither true nor false" },
	{ "surprise", "1", "surprise is a member that this muster doesn't know" },
	{ "actions/0/surprise", "1", "actions[0] list_people: surprise is a member" },
	{ "actions/0", "7", "actions[0]: this is no object" },
	{ "actions", "{}", "actions is no list" },
	{ "actions", "[]", "actions is empty" },
	{ "auths", "[]", "auths is empty" },
	{ "hosts", "[]", "hosts is empty" },
	/* hosts */
	{ "hosts/0/name", "\"API.acme.example\"", "hosts[0]: 'API.acme.example' is no full host" },
	{ "hosts/0/name", "\"127.0.0.1\"", "hosts[0]: '127.0.0.1' is no full host" },
	{ "hosts/0/name", "\"localhost\"", "is no full host name" },
	{ "hosts/0/name", "\"a..b\"", "is no full host name" },
	{ "hosts/0/name", "\"-a.example\"", "is no full host name" },
	{ "hosts/0/name", "\"api.acme.example.\"", "is no full host name" },
	{ "hosts/0/name", "\"[::1]\"", "is no full host name" },
	{ "hosts/0/use", "[]", "hosts[0]: it has no use" },
	{ "hosts/0/use", "[\"mail\"]", "hosts[0]: use is a kind that" },
	{ "hosts/0/use", "\"api\"", "use is no list" },
	{ "hosts/1/name", "\"api.acme.example\"", "hosts[1]: 'api.acme.example' stands twice" },
	/* scopes */
	{ "scopes/0/id", "\"a b\"", "scopes[0]: 'a b' is no scope" },
	{ "scopes/0/id", "\"a,b\"", "is no scope" },
	{ "scopes/1/id", "\"people.read\"", "scopes[1] people.read: 'people.read' stands twice" },
	{ "scopes/0/aliases/0", "\"people.read\"", "stands twice" },
	{ "scopes/0/aliases", "7", "scopes[0]: aliases is no list" },
	{ "scopes/0/certainty", "\"hoped\"", "certainty is a kind that" },
	/* auths */
	{ "auths/1/id", "\"oauth\"", "auths[1] oauth: the id stands twice" },
	{ "auths/0/grant", "\"password\"", "auths[0] oauth: grant is a kind" },
	{ "auths/0/token_url", NULL, "auths[0] oauth: token_url is missing" },
	{ "auths/0/token_url", "\"http://login.acme.example/token\"", "token_url is no https URL" },
	{ "auths/0/token_url", "\"https://api.acme.example/token\"", "not declared for tokens" },
	{ "auths/0/token_url", "\"https://evil.example/token\"", "missing from the host rows" },
	{ "auths/0/token_url", "\"https://login.acme.example:444/\"", "more than a name" },
	{ "auths/0/token_url", "\"https://u@login.acme.example/\"", "token_url has a host" },
	{ "auths/0/token_url", "\"https://login.acme.example/{token}\"", "is no template" },
	{ "auths/1/token_url", "\"https://login.acme.example/\"", "a static auth has a token request" },
	{ "auths/0/scope_format", "\"{field.client_secret} {scopes}\"", "the secret {field.client_secret}" },
	{ "auths/0/scope_format", "\"{field.nobody}{scopes}\"", "{field.nobody} names no field" },
	{ "auths/0/scope_format", "\"all\"", "must hold {scopes} once" },
	{ "auths/0/scope_format", "\"{scopes}{scopes}\"", "must hold {scopes} once" },
	{ "auths/0/scope_format", "\"{scopes\"", "a brace stands alone" },
	{ "auths/0/scope_format", "\"{token}{scopes}\"", "{token} has no place here" },
	/* fields */
	{ "auths/0/fields/1/id", "\"client_id\"",
		"auths[0] oauth: fields[1] client_id: the id stands twice" },
	{ "auths/0/fields/1/default", "\"hunter22\"", "fields[1] client_secret: a secret has a default" },
	{ "auths/0/fields/0/type", "\"scopes\"", "a second field of type scopes" },
	{ "auths/0/fields/2/default", "\"people.read\"", "of type scopes has no default" },
	{ "auths/0/fields/0/characters", "\"z-a\"", "is no class" },
	{ "auths/0/fields/0/min_length", "33", "its lengths allow nothing" },
	{ "auths/0/fields/0/max_length", "0", "its lengths allow nothing" },
	{ "auths/0/fields/0/max_length", "99999999", "max_length is no whole number from 0 to 65536" },
	{ "auths/0/fields/3/default", "\"other\"", "fields[3] tenant: its default is not allowed" },
	{ "auths/0/fields/3/choices/1/value", "\"main\"", "a choice stands twice" },
	{ "auths/0/fields/3/choices/1/value", "\"\"", "a choice is empty" },
	{ "auths/0/fields/0/label", NULL, "fields[0] client_id: label is missing" },
	/* places */
	{ "auths/0/places/2/name", "\"Host\"", "places[2]: the header 'Host' is not a connector's" },
	{ "auths/0/places/2/name", "\"content-LENGTH\"", "is not a connector's to set" },
	{ "auths/0/places/2/name", "\"Proxy-Authorization\"", "is not a connector's to set" },
	{ "auths/0/places/2/name", "\"X: y\"", "the header 'X: y' is no name of a header" },
	{ "auths/0/places/2/value", "\"{scopes}\"", "{scopes} has no place here" },
	{ "auths/0/places/1/name", "\"grant_type\"", "the member grant_type is not" },
	{ "auths/0/places/1/value", "\"{token}\"", "{token} has no place here" },
	{ "auths/0/places/3", "{\"where\":\"token_form\",\"name\":\"audience\",\"value\":\"x\"}",
		"places[3]: the place audience is taken" },
	{ "auths/0/places/3", "{\"where\":\"call_header\",\"name\":\"authorization\",\"value\":\"x\"}",
		"the place authorization is taken" },
	{ "auths/1/places/0/value", "\"{token}\"", "{token} has no place here" },
	{ "auths/1/places/0/where", "\"token_form\"", "this auth has no token request" },
	{ "auths/0/places/0/value", "\"{field.api_key}\"", "{field.api_key} names no field of this auth" },
	/* guide */
	{ "auths/0/guide/2/actions/0", "\"get_peron\"", "guide[2]: there is no action 'get_peron'" },
	{ "auths/0/guide/1/scopes/0", "\"x\"", "guide[1]: the scope 'x' is not declared" },
	{ "auths/0/guide/0/url", "\"javascript:alert(1)\"", "guide[0]: url is no https URL" },
	{ "auths/0/guide/0/text", "\"{field.client_id}\"", "{field.client_id} has no place here" },
	{ "auths/0/guide/0/title", "\"\"", "guide[0]: title is empty" },
	/* actions */
	{ "actions/2/id", "\"list_people\"", "actions[2] list_people: the id stands twice" },
	{ "actions/0/auth", "\"basic\"", "actions[0] list_people: there is no auth 'basic'" },
	{ "actions/0/scopes/0", "\"people.write\"", "needs the scope 'people.write', which is not" },
	{ "actions/0/method", "\"\"", "actions[0] list_people: method is empty" },
	{ "actions/0/method", NULL, "actions[0] list_people: method is missing" },
	{ "actions/0/method", "\"DELETE\"", "the method DELETE can't read" },
	{ "actions/0/url", "\"http://api.acme.example/people\"", "url is no https URL" },
	{ "actions/0/url", "\"https://other.example/people\"", "url has a host that is missing" },
	{ "actions/0/url", "\"https://login.acme.example/people\"", "not declared for the API" },
	{ "actions/0/url", "\"https://{parameter.since}.acme.example/\"", "url has a host" },
	{ "actions/0/url", "\"https://api.acme.example/#x\"", "url is no https URL" },
	{ "actions/0/url", "\"https://api.acme.example/\\\\\"", "url is no https URL" },
	{ "actions/0/url", "\"https://api.acme.example/{token}\"", "url: {token} has no place" },
	{ "actions/0/url", "\"https://api.acme.example/{field.client_secret}\"", "url: the secret" },
	{ "actions/0/url", "\"https://api.acme.example/{field.x}\"", "url: {field.x} names no field" },
	{ "actions/0/url", "\"https://api.acme.example/{parameter.x}\"", "{parameter.x} names no parameter" },
	{ "actions/0/url", "\"https://api.acme.example/{parameter.state}\"", "has its place in the query" },
	{ "actions/0/url", "\"https://api.acme.example/{\"", "a brace stands alone" },
	{ "actions/1/url", "\"https://api.acme.example/people\"",
		"parameters[0] id: in a path, but not in the url" },
	{ "actions/0/records", "\"data\"", "records 'data' is no JSON pointer" },
	{ "actions/0/records", "\"/a~2\"", "is no JSON pointer" },
	{ "actions/0/max_pages", "0", "max_pages is 0" },
	{ "actions/0/effect", "\"delete\"", "effect is a kind that" },
	{ "actions/0/result", "\"file\"", "result is a kind that" },
	{ "actions/0/result", "\"object\"", "one object has no pages" },
	{ "actions/0/model", "\"unicorn\"", "actions[0] list_people: there is no model 'unicorn'" },
	{ "actions/0/model", "\"../models/employee\"", "there is no model" },
	{ "actions/0/key", "[]", "actions[0] list_people: it has no key" },
	{ "actions/0/key/0", "\"full_name\"", "the key full_name is not in the map" },
	{ "actions/0/key/0", "\"custom_fields\"", "the key custom_fields is not in the map" },
	/* parameters */
	{ "actions/0/parameters/1/id", "\"since\"", "parameters[1] since: the id stands twice" },
	{ "actions/0/parameters/1/name", "\"after\"", "the query's 'after' stands twice" },
	{ "actions/1/parameters/0/required", "false", "in a path, but neither required nor with a default" },
	{ "actions/0/parameters/2/default", "\"none\"", "its default is not allowed" },
	{ "actions/0/parameters/1/default", "\"2026-02-30\"", "its default is not allowed" },
	{ "actions/0/parameters/0/type", "\"color\"", "type is a kind that" },
	{ "actions/0/parameters/0/place", "\"body\"", "place is a kind that" },
	/* paging */
	{ "actions/0/paging/0/from", "\"next\"", "paging[0]: from 'next' is no JSON pointer" },
	{ "actions/0/paging/0/to", "\"x\"", "a link goes to no parameter" },
	{ "actions/0/paging/1/to", NULL, "a cursor needs the query parameter" },
	{ "actions/0/paging/0/kind", "\"offset\"", "kind is a kind that" },
	/* maps */
	{ "actions/0/map", "[]", "its map is empty" },
	{ "actions/0/map/2/to", "\"hire_dat\"",
		"actions[0] list_people: map[2]: the model employee has no field hire_dat (hire_date" },
	{ "actions/0/map/2/to", "\"id\"", "map[2]: id is no date in the model employee" },
	{ "actions/0/map/2/to", "\"full_name\"", "full_name is no date in the model employee" },
	{ "actions/0/map/2/kind", "\"date_time\"", "hire_date is no date-time in the model" },
	{ "actions/0/map/2/kind", "\"each\"", "hire_date is no list" },
	{ "actions/0/map/2/kind", "\"words\"", "words without a word" },
	{ "actions/0/map/2/kind", "\"guess\"", "actions[0] list_people: map[2]: kind is a kind that" },
	{ "actions/0/map/2/from", "\"hired\"", "hire_date: from is no JSON pointer" },
	{ "actions/0/map/1/to", "\"full_name\"", "full_name has no closed set of words" },
	{ "actions/0/map/1/words/0/ours", "\"asleep\"",
		"words[0]: 'asleep' is no word of employment_status (active, inactive, onboarding, leave, terminated, "
		"other)." },
	{ "actions/0/map/1/words/1/theirs", "\"in\"", "words[1]: 'in' stands twice" },
	{ "actions/0/map/1/kind", "\"copy\"", "words belong to the kind words" },
	{ "actions/0/map/5", "{\"to\":\"employment_status_source\",\"from\":\"/s\",\"kind\":\"copy\"}",
		"map[5]: employment_status_source is filled twice" },
	{ "actions/0/map/5", "{\"to\":\"shoe_size\",\"from\":\"/s\",\"kind\":\"custom\"}",
		"the custom field shoe_size stands twice" },
	{ "actions/0/map/5", "{\"to\":\"custom_fields\",\"from\":\"/s\",\"kind\":\"copy\"}",
		"custom_fields is filled by map[5] already" },
	{ "actions/0/map/0", NULL, "the map lacks id, which the model employee requires" },
	{ "actions/1/map/1/from", "\"name\"", "manager_id: there is no parameter 'name'" },
	{ "actions/2/map/1/rows", "[]", "text_answers: each without rows" },
	{ "actions/2/map/1/kind", "\"copy\"", "rows belong to the kinds each and object" },
	{ "actions/2/map/1/rows/1/to", "\"A B\"", "rows[1]: 'A B' is no id" },
	{ "actions/2/map/1/rows/1/from", "\"a\"", "rows[1] answer: from is no JSON pointer" },
	{ "actions/2/map/1/rows/1/kind", "\"each\"", "this kind has no place here" },
	{ "actions/2/map/1/rows/1",
		"{\"to\":\"answer\",\"from\":\"/a\",\"kind\":\"element\",\"where\":\"/b\",\"equals\":\"c\","
		"\"take\":\"/d\"}",
		"rows[1] answer: this kind has no place here" },
	{ "actions/2/map/1/rows/1/rows", "[{}]", "rows has more than 0 rows" },
	{ "actions/2/map/2",
		"{\"to\":\"choice_answers\",\"from\":\"/answers\",\"kind\":\"each\",\"rows\":[{\"to\":\"a\",\"from\":"
		"\"/a\",\"kind\":\"copy\"}]}",
		"map[2]: choice_answers: text_answers is made of /answers already" },
	/* limits and errors */
	{ "limits/0/count", "0", "limits[0]: its count is 0" },
	{ "limits/0/seconds", "0", "limits[0]: its seconds are not" },
	{ "limits/0/per", "\"moon\"", "per is a kind that" },
	{ "errors/0/status", "302", "errors[0]: its status is not" },
	{ "errors/0/pointer", "\"code\"", "is no JSON pointer" },
	{ "errors/0/contains", NULL, "but not what the text there must contain" },
};

START_TEST(damage_is_refused)
{
	struct models *models = fixture_models();
	struct manifest *manifest = NULL;
	struct error error = { 0 };
	int result = fixture_parse(&manifest, damages[_i].place, damages[_i].value, models, &error);

	ck_assert_msg(result == -1, "%s = %s was taken", damages[_i].place, damages[_i].value);
	ck_assert_int_eq(error.code, ERROR_PLUGIN_REFUSED);
	ck_assert_msg(strstr(error.message, damages[_i].says) != NULL, "%s: '%s' does not say '%s'",
		damages[_i].place, error.message, damages[_i].says);
	models_free(models);
}
END_TEST

START_TEST(what_is_no_json_is_refused)
{
	static const char *const texts[] = { "", "{", "[]", "7", "{\"manifest\":1}", "\xFF", "null",
		"{\"manifest\":1,\"manifest\":1}" };
	struct models *models = fixture_models();
	struct manifest *manifest = NULL;

	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		struct error error = { 0 };

		ck_assert_int_eq(
			manifest_parse(&manifest, texts[i], strlen(texts[i]), "acme", models, &error), -1);
		ck_assert_int_eq(error.code, ERROR_PLUGIN_REFUSED);
	}
	models_free(models);
}
END_TEST

START_TEST(missing_models_are_the_installations_fault)
{
	struct manifest *manifest = NULL;
	struct models *models = NULL;
	struct error error = { 0 };

	ck_assert_int_eq(models_new(&models, "/nonexistent/models", &error), 0);
	ck_assert_int_eq(fixture_parse(&manifest, NULL, NULL, models, &error), -1);
	ck_assert_int_eq(error.code, ERROR_INSTALLATION);
	models_free(models);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("catalog/manifest");
	TCase *c = tcase_create("manifest");

	tcase_add_test(c, tables_arrive);
	tcase_add_test(c, what_may_be_left_out_has_a_value);
	tcase_add_test(c, an_unknown_action_is_told_with_the_nearest);
	tcase_add_test(c, an_unknown_auth_is_told);
	tcase_add_loop_test(c, damage_is_refused, 0, sizeof damages / sizeof damages[0]);
	tcase_add_test(c, what_is_no_json_is_refused);
	tcase_add_test(c, missing_models_are_the_installations_fault);
	suite_add_tcase(s, c);
	return s;
}

CHECK_MAIN(suite)
