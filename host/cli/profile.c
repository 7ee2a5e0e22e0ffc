/* muster profile: what an integrator registered with a provider, once for all customers. */
#include "config.h"

#include "cli/profile.h"

#include "base/log.h"
#include "base/secrets.h"
#include "catalog/approval.h"
#include "catalog/scopes.h"
#include "cli/command.h"
#include "cli/data.h"
#include "cli/enter.h"
#include "cli/output.h"
#include "cli/prompt.h"
#include "cli/session.h"
#include "cli/verbs.h"
#include "run/linked.h"
#include "store/accounts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- Showing -------------------------------------------------------------------------------------------- */

/* The names of the accounts that are linked under a profile. */
static int account_names(
	json_t **out, struct store *store, const struct profile *profile, struct error *error)
{
	struct account *list = NULL;
	json_t *names = json_array();
	size_t count = 0;
	int failed = !names;

	if (!failed && accounts_list(&list, &count, store, NULL, profile->id, error) < 0) {
		json_decref(names);
		return -1;
	}
	for (size_t i = 0; !failed && i < count; i++)
		failed = json_array_append_new(names, json_string(list[i].name)) < 0;
	accounts_free(list, count);
	if (failed) {
		json_decref(names);
		return error_memory(error);
	}
	*out = names;
	return 0;
}

/* NULL when memory ran out. Takes the names over. */
static json_t *profile_json(const struct profile *profile, json_t *accounts_take)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:O, s:O, s:O, s:O, s:o, s:b, s:o, s:o}", "name",
		profile->name, "id", profile->id, "provider", profile->provider, "auth", profile->auth,
		"actions", profile->actions, "fields", profile->fields, "secrets", profile->secrets,
		"approved", profile->approved, "accounts", accounts_take, "sandbox", profile->sandbox,
		"created", output_time_json(profile->created_ms), "changed",
		output_time_json(profile->changed_ms));
}

static void print_list(const char *title, const json_t *texts, const char *none)
{
	size_t index;
	json_t *text;

	(void)printf("%s\n", title);
	if (json_array_size(texts) == 0)
		(void)printf("  %s\n", none);
	json_array_foreach((json_t *)texts, index, text)
	{
		(void)fputs("  ", stdout);
		output_text(stdout, OUTPUT_PLAIN, json_string_value(text));
		(void)fputc('\n', stdout);
	}
}

static void print_profile(const struct profile *profile, const json_t *accounts)
{
	const char *id;
	json_t *value;
	size_t index;

	output_text(stdout, OUTPUT_BOLD, profile->name);
	(void)printf(
		": %s, auth %s%s\n\n", profile->provider, profile->auth, profile->sandbox ? ", sandbox" : "");
	(void)puts("Fields");
	json_object_foreach(profile->fields, id, value)
	{
		(void)printf("  %s = ", id);
		output_text(stdout, OUTPUT_PLAIN, json_string_value(value));
		(void)fputc('\n', stdout);
	}
	json_array_foreach(profile->secrets, index, value)(void)
		printf("  %s = ••••\n", json_string_value(value));
	(void)fputc('\n', stdout);
	if (json_is_null(profile->actions))
		(void)puts("Enabled actions\n  all");
	else
		print_list("Enabled actions", profile->actions, "none");
	(void)fputc('\n', stdout);
	print_list("Accounts", accounts, "none");
	(void)fputc('\n', stdout);
	print_list("Approved", profile->approved, "nothing");
}

static int run_show(const struct arguments *arguments, struct error *error)
{
	struct profile profile = { .id = "" };
	struct store *store = NULL;
	json_t *accounts = NULL;
	int result = -1;

	if (data_open(&store, arguments, false, error) == 0 &&
		profiles_get(&profile, store, arguments->words[1], error) == 0 &&
		account_names(&accounts, store, &profile, error) == 0) {
		result = 0;
		if (arguments_flag(arguments, "json"))
			result =
				output_json_take(profile_json(&profile, json_incref(accounts)), false, error);
		else
			print_profile(&profile, accounts);
	}
	json_decref(accounts);
	profile_clear(&profile);
	store_close(store);
	return result;
}

static int list_json(
	json_t **out, struct store *store, const struct profile *list, size_t count, struct error *error)
{
	json_t *array = json_array();

	for (size_t i = 0; array && i < count; i++) {
		json_t *accounts = NULL;
		if (account_names(&accounts, store, &list[i], error) < 0) {
			json_decref(array);
			return -1;
		}
		if (json_array_append_new(array, profile_json(&list[i], accounts)) < 0) {
			json_decref(array);
			array = NULL;
		}
	}
	if (!array)
		return error_memory(error);
	*out = array;
	return 0;
}

static int print_table(const json_t *profiles, struct error *error)
{
	static const char *const head[] = { "NAME", "PROVIDER", "AUTH", "ACTIONS", "ACCOUNTS", "SANDBOX" };
	struct output_table table = { .columns = sizeof head / sizeof head[0] };
	size_t index;
	json_t *profile;
	int result = 0;

	for (size_t i = 0; result == 0 && i < table.columns; i++)
		result = output_cell(&table, head[i], error);
	json_array_foreach((json_t *)profiles, index, profile)
	{
		const json_t *actions = json_object_get(profile, "actions");
		char enabled[24] = "all", accounts[24];

		if (json_is_array(actions))
			(void)snprintf(enabled, sizeof enabled, "%zu", json_array_size(actions));
		(void)snprintf(accounts, sizeof accounts, "%zu",
			json_array_size(json_object_get(profile, "accounts")));
		const char *const cells[] = { json_string_value(json_object_get(profile, "name")),
			json_string_value(json_object_get(profile, "provider")),
			json_string_value(json_object_get(profile, "auth")), enabled, accounts,
			json_is_true(json_object_get(profile, "sandbox")) ? "yes" : "" };
		for (size_t i = 0; result == 0 && i < table.columns; i++)
			result = output_cell(&table, cells[i], error);
	}
	if (result == 0)
		output_table_print(&table);
	output_table_clear(&table);
	return result;
}

static int run_list(const struct arguments *arguments, struct error *error)
{
	struct profile *list = NULL;
	struct store *store = NULL;
	json_t *profiles = NULL;
	size_t count = 0;
	int result = -1;

	if (data_open_if_there(&store, arguments, error) < 0)
		return -1;
	if ((!store || profiles_list(&list, &count, store, NULL, error) == 0) &&
		list_json(&profiles, store, list, count, error) == 0)
		result = output_list(profiles, arguments_flag(arguments, "json"), print_table, error);
	json_decref(profiles);
	profiles_free(list, count);
	store_close(store);
	return result;
}

/* ---- Making ------------------------------------------------------------------------------------------- */

static int find_auth(const struct manifest_auth **out, const struct manifest *manifest, const char *id,
	struct error *error)
{
	*out = &manifest->auths[0];
	if (!id)
		return 0;
	if (manifest_find_auth(out, manifest, id, error) < 0)
		return -1;
	*out = manifest_fields_auth(manifest, *out);
	return 0;
}

static int add(struct session *session, const struct arguments *arguments, struct error *error)
{
	struct profile_plan plan = { .sandbox = session_is_sandbox(session) };
	struct entries given = ENTRIES_INIT, fields = ENTRIES_INIT;
	struct profile profile = { .id = "" };
	json_t *actions = NULL, *secrets = NULL;
	int result = -1;

	if (catalog_provider(&plan.provider, session->catalog, arguments->words[1], error) < 0 ||
		data_check_room(arguments, error) < 0 ||
		find_auth(&plan.auth, plan.provider->manifest, arguments_text(arguments, "auth", NULL),
			error) < 0 ||
		profile_actions(&actions, arguments, "actions", plan.provider->manifest, plan.auth, error) <
			0 ||
		enter_given(&given, arguments, 2, error) < 0 ||
		enter_fields(&fields, &given, FIELDS_PROFILE, plan.provider->manifest, plan.auth, error) < 0)
		goto out;
	plan.name = arguments_text(arguments, "name", plan.provider->manifest->id);
	plan.actions = actions;
	plan.fields = &fields;
	if (profile_make(&profile, &secrets, &plan, error) < 0 ||
		data_open(&session->store, arguments, true, error) < 0 ||
		profiles_add(&profile, session->store, secrets, error) < 0)
		goto out;
	result = 0;
	if (arguments_flag(arguments, "json")) {
		profile_clear(&profile);
		result = profiles_get(&profile, session->store, plan.name, error);
		if (result == 0)
			result = output_json_take(profile_json(&profile, json_array()), false, error);
	} else {
		profile_show_hosts(plan.provider->manifest, plan.auth);
		(void)printf("The profile %s is made: 'muster link %s' links a customer under it.\n",
			profile.name, profile.name);
	}
out:
	json_decref(actions);
	secrets_free_take(secrets);
	profile_clear(&profile);
	entries_clear(&given);
	entries_clear(&fields);
	return result;
}

static int run_add(const struct arguments *arguments, struct error *error)
{
	struct session session;
	int result = session_open(&session, arguments, error);

	if (result == 0)
		result = add(&session, arguments, error);
	session_close(&session);
	return result;
}

/* ---- Changing ----------------------------------------------------------------------------------------- */

/* Adds to the enabled actions, and takes away. All that there are become a list when one is taken away. */
static int change_actions(struct profile *profile, const struct manifest *manifest,
	const struct manifest_auth *auth, const struct arguments *arguments, struct error *error)
{
	json_t *only = NULL, *more = NULL, *less = NULL, *list = NULL;
	int result = -1;

	if (profile_actions(&only, arguments, "actions", manifest, auth, error) < 0 ||
		profile_actions(&more, arguments, "enable", manifest, auth, error) < 0 ||
		profile_actions(&less, arguments, "disable", manifest, auth, error) < 0)
		goto out;
	result = 0;
	if (!only && !more && !less)
		goto out;
	if (!(list = json_array())) {
		result = error_memory(error);
		goto out;
	}
	for (size_t i = 0; result == 0 && i < manifest->action_count; i++) {
		const struct manifest_action *action = &manifest->actions[i];
		const struct manifest_auth *own = manifest_auth(manifest, action->auth);
		bool before = scopes_is_enabled(only ? only : profile->actions, action->id);
		bool wanted = (before || (more && scopes_is_enabled(more, action->id))) &&
			      !(less && scopes_is_enabled(less, action->id));
		if (wanted && manifest_fields_auth(manifest, own) == manifest_fields_auth(manifest, auth) &&
			json_array_append_new(list, json_string(action->id)) < 0)
			result = error_memory(error);
	}
	if (result == 0) {
		json_decref(profile->actions);
		profile->actions = json_incref(list);
	}
out:
	json_decref(only);
	json_decref(more);
	json_decref(less);
	json_decref(list);
	return result;
}

/* What is given comes before what the profile has; then all of it is checked. */
static int change_fields(struct profile *profile, json_t **secrets, struct store *store,
	const struct manifest *manifest, const struct manifest_auth *auth, const struct arguments *arguments,
	struct error *error)
{
	struct entries given = ENTRIES_INIT, all = ENTRIES_INIT, fields = ENTRIES_INIT;
	json_t *kept = NULL, *open = NULL;
	int result = -1;

	if (profiles_secrets(&kept, store, profile, error) < 0 ||
		linked_add_texts(&all, profile->fields, error) < 0 ||
		linked_add_texts(&all, kept, error) < 0 || enter_given(&given, arguments, 2, error) < 0)
		goto out;
	for (size_t i = 0; i < given.count; i++)
		if (entries_set(&all, given.rows[i].id, given.rows[i].text, given.rows[i].length,
			    given.rows[i].literal, error) < 0)
			goto out;
	if (enter_fields(&fields, &all, FIELDS_PROFILE, manifest, auth, error) < 0 ||
		enter_split(&open, secrets, &fields, FIELD_PROFILE, auth, error) < 0)
		goto out;
	json_decref(profile->fields);
	profile->fields = json_incref(open);
	result = 0;
out:
	json_decref(open);
	secrets_free_take(kept);
	entries_clear(&given);
	entries_clear(&all);
	entries_clear(&fields);
	return result;
}

/* A secret shows whether it is right when a token is asked for with it: that can be now. */
static void tell_untried(
	const struct profile *profile, const json_t *secrets, const json_t *before, struct store *store)
{
	struct account *list = NULL;
	struct error ignored = { 0 };
	size_t count = 0;

	if (json_object_size(secrets) == 0 || json_equal(secrets, before) ||
		accounts_list(&list, &count, store, NULL, profile->id, &ignored) < 0)
		return;
	if (count > 0)
		log_notice("the new secret is tried when the next token is asked for: "
			   "'muster account test %s' does it now",
			list[0].name);
	accounts_free(list, count);
}

static int set(struct session *session, const struct arguments *arguments, struct error *error)
{
	const char *name = arguments_text(arguments, "name", NULL);
	const struct provider *provider;
	const struct manifest_auth *auth;
	struct profile profile = { .id = "" };
	json_t *secrets = NULL, *before = NULL;
	int result = -1;

	if (data_open(&session->store, arguments, false, error) < 0 ||
		profiles_get(&profile, session->store, arguments->words[1], error) < 0 ||
		profiles_secrets(&before, session->store, &profile, error) < 0 ||
		linked_check_sandbox(profile.name, profile.sandbox, session_is_sandbox(session), error) < 0 ||
		linked_provider(&provider, &auth, session->catalog, &profile, error) < 0 ||
		change_actions(&profile, provider->manifest, auth, arguments, error) < 0 ||
		change_fields(
			&profile, &secrets, session->store, provider->manifest, auth, arguments, error) < 0)
		goto out;
	if (name && strlen(name) >= sizeof profile.name) {
		(void)error_set(error, ERROR_BAD_NAME, "The name '%.70s…' is too long.", name);
		goto out;
	}
	if (name)
		(void)snprintf(profile.name, sizeof profile.name, "%s", name);
	result = profiles_change(&profile, session->store, secrets, "profile_set", error);
	if (result == 0) {
		log_notice("the profile %s is changed", profile.name);
		tell_untried(&profile, secrets, before, session->store);
	}
out:
	secrets_free_take(before);
	secrets_free_take(secrets);
	profile_clear(&profile);
	return result;
}

static int run_set(const struct arguments *arguments, struct error *error)
{
	struct session session;
	int result = session_open(&session, arguments, error);

	if (result == 0)
		result = set(&session, arguments, error);
	session_close(&session);
	return result;
}

/* ---- Approving ---------------------------------------------------------------------------------------- */

/* A person looks and answers; a script has looked before and says --yes. */
static int ask_approval(const struct profile *profile, const struct arguments *arguments, struct error *error)
{
	bool yes = arguments_flag(arguments, "yes");

	if (!yes && prompt_possible() && prompt_confirm(&yes, "Approve this?", error) < 0)
		return -1;
	if (yes)
		return 0;
	(void)error_set(error, ERROR_HELD_BACK, "Nothing is approved for the profile %s.", profile->name);
	return error_hint(
		error, "When all of it is as it should be: muster profile approve %s --yes", profile->name);
}

static int approve(struct session *session, const struct arguments *arguments, struct error *error)
{
	const struct provider *provider;
	const struct manifest_auth *auth;
	struct profile profile = { .id = "" };
	json_t *now = NULL, *differences = NULL;
	int result = -1;

	if (data_open(&session->store, arguments, false, error) < 0 ||
		profiles_get(&profile, session->store, arguments->words[1], error) < 0 ||
		catalog_provider(&provider, session->catalog, profile.provider, error) < 0 ||
		manifest_find_auth(&auth, provider->manifest, profile.auth, error) < 0 ||
		approval_make(&now, provider->manifest, auth, error) < 0 ||
		approval_compare(&differences, profile.approved, now, error) < 0)
		goto out;
	result = 0;
	if (arguments_flag(arguments, "json"))
		result = output_json_take(json_pack("{s:s, s:s, s:O}", "profile", profile.name, "version",
						  provider->manifest->version, "differences", differences),
			false, error);
	else if (json_array_size(differences) == 0)
		(void)printf("The profile %s needs no approval: nothing differs from what was approved.\n",
			profile.name);
	else
		print_list("Of what credentials are used for, this differs:", differences, "");
	(void)fflush(stdout);
	if (result < 0 || json_array_size(differences) == 0)
		goto out;
	result = ask_approval(&profile, arguments, error);
	if (result < 0)
		goto out;
	json_decref(profile.approved);
	profile.approved = json_incref(now);
	result = profiles_change(&profile, session->store, NULL, "profile_approved", error);
out:
	json_decref(now);
	json_decref(differences);
	profile_clear(&profile);
	return result;
}

static int run_approve(const struct arguments *arguments, struct error *error)
{
	struct session session;
	int result = session_open(&session, arguments, error);

	if (result == 0)
		result = approve(&session, arguments, error);
	session_close(&session);
	return result;
}

static int run_remove(const struct arguments *arguments, struct error *error)
{
	struct store *store = NULL;
	int result = data_open(&store, arguments, false, error);

	if (result == 0)
		result = profiles_remove(store, arguments->words[1], error);
	store_close(store);
	return result;
}

/* ---- The command -------------------------------------------------------------------------------------- */

static int run(const struct arguments *arguments, struct error *error)
{
	static const struct verb verbs[] = {
		{ "add", 1, SIZE_MAX, "PROVIDER", run_add },
		{ "list", 0, 0, "", run_list },
		{ "show", 1, 1, "PROFILE", run_show },
		{ "set", 1, SIZE_MAX, "PROFILE", run_set },
		{ "approve", 1, 1, "PROFILE", run_approve },
		{ "remove", 1, 1, "PROFILE", run_remove },
	};

	return verbs_run(verbs, sizeof verbs / sizeof verbs[0], arguments, error);
}

static const struct option options[] = {
	{ .name = "name",
		.value = "NAME",
		.help = "What the profile is to be called; the provider's id unless said." },
	{ .name = "auth", .value = "ID", .help = "Which auth, where the connector has several." },
	{ .name = "actions",
		.value = "A,B",
		.help = "The actions that are enabled; all unless said.",
		.repeated = true },
	{ .name = "enable", .value = "A,B", .help = "Enable these too (set).", .repeated = true },
	{ .name = "disable", .value = "A,B", .help = "Disable these (set).", .repeated = true },
	{ .name = "credentials", .value = "FILE", .help = "A JSON object of fields and texts; - is stdin." },
	{ .name = "yes", .help = "Approve without being asked (approve)." },
	OPTION_DATA_DIR,
	OPTION_JSON,
	OPTION_PLUGIN_PATH,
};

const struct command command_profile = {
	.name = "profile",
	.summary = "Keep what is registered with a provider.",
	.usage = "add PROVIDER | list | show PROFILE | set PROFILE | approve PROFILE | remove PROFILE",
	.details =
		"A profile is one provider and one of its auths, what the integrator registered there once for all "
		"customers, the actions that are enabled, and the hosts and places for credentials that were "
		"approved. Only what enabled actions need is asked for.\n\n"
		"add and set take fields as key=value, key@FILE or key@-, or from --credentials; what is missing is "
		"asked for at a terminal. A secret never stands on the command line, and is never shown.\n\n"
		"A connector that wants to use credentials otherwise than was approved is held back (exit status "
		"13): approve shows the difference.\n\n"
		"  muster profile add employment_hero --actions list_employees,list_teams",
	.options = options,
	.option_count = sizeof options / sizeof options[0],
	.run = run,
};
