/* muster account: who is linked, how they are, and what was granted. */
#include "config.h"

#include "cli/account.h"

#include "base/json.h"
#include "base/log.h"
#include "cli/command.h"
#include "cli/label.h"
#include "cli/output.h"
#include "cli/party.h"
#include "cli/session.h"
#include "cli/unknown.h"
#include "cli/verbs.h"
#include "run/linking.h"
#include "store/labels.h"

#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { EXIT_UNHEALTHY = 10 };

/* ---- One ------------------------------------------------------------------------------------------------ */

/* The connector may be gone; what the account is can be told all the same. */
static const struct manifest *manifest_if_there(struct session *session, const char *provider)
{
	const struct provider *found = NULL;
	struct error ignored = { 0 };

	return catalog_provider(&found, session->catalog, provider, &ignored) == 0 ? found->manifest : NULL;
}

static int read_account(
	json_t **out, struct account *account, struct session *session, const char *name, struct error *error)
{
	struct profile profile = { .id = "" };
	int result = -1;

	if (accounts_get(account, session->store, name, error) == 0 &&
		profiles_get(&profile, session->store, account->profile, error) == 0) {
		*out = account_json(account, &profile, manifest_if_there(session, account->provider));
		result = *out ? 0 : error_memory(error);
	}
	profile_clear(&profile);
	return result;
}

static void print_texts(const char *title, const json_t *texts)
{
	const char *name;
	json_t *text;

	if (json_object_size(texts) == 0)
		return;
	(void)printf("\n%s\n", title);
	json_object_foreach((json_t *)texts, name, text)
	{
		(void)fputs("  ", stdout);
		output_text(stdout, OUTPUT_PLAIN, name);
		(void)fputs(" = ", stdout);
		output_text(stdout, OUTPUT_PLAIN, json_string_value(text));
		(void)fputc('\n', stdout);
	}
}

static int print_scopes(const json_t *scopes, struct error *error)
{
	static const char *const members[] = { "id", "state", "truth", "source" };
	static const char *const head[] = { "SCOPE", "STATE", "TRUTH", "SOURCE" };
	struct output_table table = { .columns = sizeof head / sizeof head[0] };
	size_t index;
	json_t *scope;
	int result = 0;

	for (size_t i = 0; result == 0 && i < table.columns; i++)
		result = output_cell(&table, head[i], error);
	json_array_foreach((json_t *)scopes, index, scope)
	{
		for (size_t i = 0; result == 0 && i < table.columns; i++)
			result = output_cell(&table, json_member_text(scope, members[i], ""), error);
	}
	(void)fputc('\n', stdout);
	if (result == 0 && json_array_size(scopes) > 0)
		output_table_print(&table);
	output_table_clear(&table);
	return result;
}

static int print_account(const json_t *account, struct error *error)
{
	const char *cause = json_member_text(account, "cause", "");
	const json_t *secrets = json_object_get(account, "secrets");
	static const char *const times[] = { "created", "changed", "succeeded", "failed" };
	size_t index;
	json_t *secret;

	output_text(stdout, OUTPUT_BOLD, json_member_text(account, "name", ""));
	(void)printf(": %s, under the profile %s", json_member_text(account, "provider", ""),
		json_member_text(account, "profile", ""));
	if (json_member_text(account, "owner", "")[0]) {
		(void)fputs(", of ", stdout);
		output_text(stdout, OUTPUT_PLAIN, json_member_text(account, "owner", ""));
	}
	(void)printf("%s\n\n", json_is_true(json_object_get(account, "sandbox")) ? ", sandbox" : "");
	(void)printf("  id         %s\n", json_member_text(account, "id", ""));
	(void)printf("  state      %s\n", json_member_text(account, "state", ""));
	if (cause[0]) {
		(void)fputs("  cause      ", stdout);
		output_text(stdout, OUTPUT_PLAIN, cause);
		(void)fputc('\n', stdout);
	}
	for (size_t i = 0; i < sizeof times / sizeof times[0]; i++)
		(void)printf("  %-10s %s\n", times[i], json_member_text(account, times[i], "never"));
	if (json_is_string(json_object_get(account, "failure")))
		(void)printf("  %-10s %s\n", "failure", json_member_text(account, "failure", ""));
	print_texts("Fields", json_object_get(account, "fields"));
	json_array_foreach((json_t *)secrets, index, secret)
	{
		if (index == 0 && json_object_size(json_object_get(account, "fields")) == 0)
			(void)puts("\nFields");
		(void)printf("  %s = ••••\n", json_string_value(secret));
	}
	print_texts("Labels", json_object_get(account, "labels"));
	return print_scopes(json_object_get(account, "scopes"), error);
}

static int show(struct session *session, const struct arguments *arguments, struct error *error)
{
	struct account account = { .id = "" };
	json_t *json = NULL;
	int result = -1;

	if ((session->store || data_open(&session->store, arguments, false, error) == 0) &&
		read_account(&json, &account, session, arguments->words[1], error) == 0)
		result = arguments_flag(arguments, "json") ? output_json_take(json_incref(json), false, error)
							   : print_account(json, error);
	json_decref(json);
	account_clear(&account);
	return result;
}

/* ---- All ------------------------------------------------------------------------------------------------ */

static int print_table(const json_t *accounts, struct error *error)
{
	static const char *const head[] = { "NAME", "PROVIDER", "PROFILE", "OWNER", "STATE", "SUCCEEDED" };
	static const char *const members[] = { "name", "provider", "profile", "owner", "health",
		"succeeded" };
	struct output_table table = { .columns = sizeof head / sizeof head[0] };
	size_t index;
	json_t *account;
	int result = 0;

	for (size_t i = 0; result == 0 && i < table.columns; i++)
		result = output_cell(&table, head[i], error);
	json_array_foreach((json_t *)accounts, index, account)
	{
		for (size_t i = 0; result == 0 && i < table.columns; i++)
			result = output_cell(&table, json_member_text(account, members[i], ""), error);
	}
	if (result == 0)
		output_table_print(&table);
	output_table_clear(&table);
	return result;
}

/* What a list needs of an account; the scopes are for 'account show'. */
static json_t *row_json(const struct account *account, const char *profile)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:b, s:O, s:b, s:o, s:o, s:s?}", "name",
		account->name, "id", account->id, "provider", account->provider, "profile", profile, "owner",
		account->owner, "state", account_state_text(account->state), "cause", account->cause,
		"health", account_health(account), "healthy", account_is_healthy(account), "labels",
		account->labels, "sandbox", account->sandbox, "succeeded",
		output_time_json(account->succeeded_ms), "failed", output_time_json(account->failed_ms),
		"failure", account->failure[0] ? account->failure : NULL);
}

/* The names of profiles, by their ids. */
static int profile_names(json_t **out, struct store *store, struct error *error)
{
	struct profile *list = NULL;
	json_t *names = json_object();
	size_t count = 0;
	int failed = !names;

	if (!failed && profiles_list(&list, &count, store, NULL, error) < 0) {
		json_decref(names);
		return -1;
	}
	for (size_t i = 0; !failed && i < count; i++)
		failed = json_object_set_new(names, list[i].id, json_string(list[i].name)) < 0;
	profiles_free(list, count);
	if (failed) {
		json_decref(names);
		return error_memory(error);
	}
	*out = names;
	return 0;
}

/* Which accounts are listed. */
struct filter {
	const char *profile, *owner; /* a profile's id; NULL: any */
	json_t *labels;
	bool unhealthy;
};

static bool is_wanted(const struct filter *filter, const struct account *account)
{
	return !(filter->unhealthy && account_is_healthy(account)) &&
	       labels_match(account->labels, filter->labels);
}

static int add_rows(json_t *out, struct store *store, const struct filter *filter, struct error *error)
{
	struct account *list = NULL;
	json_t *names = NULL;
	size_t count = 0;
	int result = profile_names(&names, store, error);

	if (result == 0)
		result = accounts_list(&list, &count, store, filter->owner, filter->profile, error);
	for (size_t i = 0; result == 0 && i < count; i++)
		if (is_wanted(filter, &list[i]) &&
			json_array_append_new(
				out, row_json(&list[i], json_member_text(names, list[i].profile, ""))) < 0)
			result = error_memory(error);
	accounts_free(list, count);
	json_decref(names);
	return result;
}

/* Who has named another data folder sees nothing, too. */
static void tell_none(const struct session *session, const struct arguments *arguments)
{
	char where[PATH_MAX + 64];

	if (!isatty(STDOUT_FILENO))
		return;
	unknown_where(where, sizeof where, session, arguments);
	log_notice("there is no account %s", where);
}

static int list(struct session *session, const struct arguments *arguments, struct error *error)
{
	const char *under = arguments_text(arguments, "profile", NULL);
	struct filter filter = { .owner = arguments_text(arguments, "owner", NULL),
		.unhealthy = arguments_flag(arguments, "unhealthy") };
	struct profile profile = { .id = "" };
	json_t *accounts = json_array();
	int result = accounts ? label_options(&filter.labels, arguments, error) : error_memory(error);

	if (result == 0)
		result = data_open_if_there(&session->store, arguments, error);
	if (result == 0 && session->store && under) {
		result = profiles_get(&profile, session->store, under, error);
		filter.profile = profile.id;
	}
	if (result == 0 && session->store)
		result = add_rows(accounts, session->store, &filter, error);
	if (result == 0)
		result = output_list(accounts, arguments_flag(arguments, "json"), print_table, error);
	if (result == 0 && json_array_size(accounts) == 0 && !filter.unhealthy &&
		json_object_size(filter.labels) == 0)
		tell_none(session, arguments);
	if (result == 0 && filter.unhealthy && json_array_size(accounts) > 0)
		result = EXIT_UNHEALTHY;
	json_decref(filter.labels);
	json_decref(accounts);
	profile_clear(&profile);
	return result;
}

/* ---- Testing ---------------------------------------------------------------------------------------------- */

struct test {
	struct session session;
	struct party party;
	struct linking *linking;
};

static int prove(struct test *test, const struct arguments *arguments, struct error *error)
{
	struct session *session = &test->session;
	const struct linking_step step = { session_end, session };
	struct linking_options options = { .fields = &test->party.linked.fields,
		.models = catalog_models(session->catalog) };

	if (session_connect(session, arguments, NULL, NULL, error) < 0)
		return -1;
	options.connection = party_options(&test->party);
	options.connection.renew = true;
	if (linking_new(&test->linking, &options, error) < 0)
		return -1;
	session_begin(session);
	linking_prove(test->linking, &step);
	return session_wait(session, "Interrupted.", error);
}

/* What the test has shown of the scopes takes the place of what was put down before. */
static int keep_scopes(struct test *test, struct error *error)
{
	json_t *scopes = NULL;
	int result = linking_scopes(&scopes, test->linking, error);

	if (result == 0)
		result = accounts_scopes(test->session.store, test->party.linked.account.id, scopes, error);
	json_decref(scopes);
	return result;
}

static int test_account(struct test *test, const struct arguments *arguments, struct error *error)
{
	struct session *session = &test->session;
	int result;

	if (data_open(&session->store, arguments, false, error) < 0 ||
		linked_open(&test->party.linked, session->store, session->catalog, arguments->words[1],
			session_is_sandbox(session), error) < 0)
		return -1;
	test->party.session = session;
	test->party.is_linked = true;
	test->party.provider = test->party.linked.provider;
	test->party.auth = test->party.linked.auth;
	test->party.fields = &test->party.linked.fields;
	test->party.allow_partial_jail =
		catalog_trusts(session->catalog, test->party.linked.account.provider);
	result = prove(test, arguments, error);
	party_seen(&test->party, result < 0 ? error : NULL);
	if (result == 0)
		result = keep_scopes(test, error);
	else
		party_explain(&test->party, error);
	return result;
}

static int run_test(const struct arguments *arguments, struct error *error)
{
	struct test test = { .linking = NULL };
	int result = session_open(&test.session, arguments, error);

	if (result == 0)
		result = test_account(&test, arguments, error);
	while (test.linking && linking_is_busy(test.linking))
		session_turn(&test.session);
	linking_free(test.linking);
	if (result == 0 && arguments_flag(arguments, "json"))
		result = show(&test.session, arguments, error);
	else if (result == 0)
		(void)printf("%s works.\n", test.party.linked.account.name);
	party_clear(&test.party);
	session_close(&test.session);
	return result;
}

/* ---- The command ------------------------------------------------------------------------------------------ */

static int in_session(
	int (*work)(struct session *session, const struct arguments *arguments, struct error *error),
	const struct arguments *arguments, struct error *error)
{
	struct session session;
	int result = session_open(&session, arguments, error);

	if (result == 0)
		result = work(&session, arguments, error);
	session_close(&session);
	return result;
}

static int run_list(const struct arguments *arguments, struct error *error)
{
	return in_session(list, arguments, error);
}

static int run_show(const struct arguments *arguments, struct error *error)
{
	return in_session(show, arguments, error);
}

static int run_rename(const struct arguments *arguments, struct error *error)
{
	struct store *store = NULL;
	int result = data_open(&store, arguments, false, error);

	if (result == 0)
		result = accounts_rename(store, arguments->words[1], arguments->words[2], error);
	store_close(store);
	return result;
}

static int run_label(const struct arguments *arguments, struct error *error)
{
	struct store *store = NULL;
	json_t *changes = NULL;
	int result = label_words(&changes, arguments, 2, error);

	if (result == 0)
		result = data_open(&store, arguments, false, error);
	if (result == 0)
		result = accounts_label(store, arguments->words[1], changes, error);
	json_decref(changes);
	store_close(store);
	return result;
}

static int run(const struct arguments *arguments, struct error *error)
{
	static const struct verb verbs[] = {
		{ "list", 0, 0, "", run_list },
		{ "show", 1, 1, "ACCOUNT", run_show },
		{ "test", 1, 1, "ACCOUNT", run_test },
		{ "rename", 2, 2, "ACCOUNT and NAME", run_rename },
		{ "label", 2, SIZE_MAX, "ACCOUNT and KEY=VALUE", run_label },
	};

	return verbs_run(verbs, sizeof verbs / sizeof verbs[0], arguments, error);
}

static const struct option options[] = {
	{ .name = "unhealthy",
		.help = "Only those with something to be done; exit status 10 if there are any (list)." },
	{ .name = "owner", .value = "ID", .help = "Only those of this owner (list)." },
	{ .name = "label",
		.value = "KEY=VALUE",
		.help = "Only those with this label; KEY= are those without one of that key (list).",
		.repeated = true },
	{ .name = "profile", .value = "PROFILE", .help = "Only those under this profile (list)." },
	{ .name = "deadline", .value = "SECONDS", .help = "How long one request may take (test; 3600)." },
	OPTION_DATA_DIR,
	OPTION_JSON,
	OPTION_PLUGIN_PATH,
};

const struct command command_account = {
	.name = "account",
	.summary = "Look after linked accounts.",
	.usage = "list | show ACCOUNT | test ACCOUNT | rename ACCOUNT NAME | label ACCOUNT KEY=VALUE…",
	.details =
		"show lists each scope as granted, missing, or superfluous (nothing enabled needs it), and whether "
		"that is confirmed, assumed (the provider does not say) or refused, and by what it is known. test "
		"asks for a new token, so that what was changed in the profile is tried, makes one call, as linking did, "
		"and puts down what it shows. label sets labels of yours, key=value; key= removes one.\n\n"
		"For monitoring: 'muster account list --unhealthy' prints what needs somebody, and its exit status is "
		"10 then.",
	.options = options,
	.option_count = sizeof options / sizeof options[0],
	.run = run,
};
