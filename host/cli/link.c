/* muster link: a customer's account, from the fields to the sealed row. */
#include "config.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/secrets.h"
#include "cli/account.h"
#include "cli/command.h"
#include "cli/enter.h"
#include "cli/joining.h"
#include "cli/output.h"
#include "cli/profile.h"
#include "cli/prompt.h"
#include "run/linked.h"
#include "store/links.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PENDING_DAYS = 7, DAY_MS = 24 * 3600 * 1000 };

/* ---- What only the provider knows --------------------------------------------------------------------- */

/* Which one is meant is the person's to say; a script is given all of them. */
static int choose(struct joining *joining, struct error *error)
{
	const struct manifest_field *field = linking_sought(joining->linking);
	const struct linking_choice *choices;
	const char **lines = NULL;
	size_t count, choice = 0;
	int result;

	choices = linking_choices(&count, joining->linking);
	if (!prompt_possible()) {
		for (size_t i = 0; i < count; i++)
			error_problem(error, field->id, "choice", "%s=%s is %s", field->id, choices[i].id,
				choices[i].name ? choices[i].name : "without a name");
		(void)error_set(error, ERROR_HELD_BACK, "There are %zu to choose from: %s must be said.",
			count, field->label);
		return error_hint(error,
			arguments_text(joining->arguments, "finish", NULL)
				? "Finish once more with the same URL and %s=ID."
				: "Link again with %s=ID.",
			field->id);
	}
	lines = calloc(count, sizeof *lines);
	if (!lines)
		return error_memory(error);
	for (size_t i = 0; i < count; i++)
		lines[i] = choices[i].name ? choices[i].name : choices[i].id;
	result = prompt_choose(&choice, field->label, lines, count, error);
	free(lines);
	return result < 0 ? -1 : linking_choose(joining->linking, choice, error);
}

static int find(struct joining *joining, struct error *error)
{
	const struct linking_step step = { joining_on_step, joining };
	size_t count;

	while (!linking_found(joining->linking)) {
		joining_begin(joining);
		linking_find(joining->linking, &step);
		if (joining_end(joining, error) < 0)
			return -1;
		(void)linking_choices(&count, joining->linking);
		if (count > 0 && choose(joining, error) < 0)
			return -1;
	}
	return 0;
}

/* Who consents now may see another organisation than before: an account must not become another's unawares. */
static int check_former(const struct joining *joining, struct error *error)
{
	for (size_t i = 0; i < joining->auth->field_count; i++) {
		const struct manifest_field *field = &joining->auth->fields[i];
		const char *before = json_member_text(joining->former, field->id, NULL);
		const char *now = entries_text(&joining->fields, field->id);

		if (!field->found_by || !before || !now || strcmp(before, now) == 0 ||
			entries_find(&joining->given, field->id))
			continue;
		(void)error_set(error, ERROR_HELD_BACK,
			"%s was linked to another %s than the one that is found now.", joining->name,
			field->label);
		return error_hint(error, "Give this one another --name; or if it is meant, say %s=%.100s.",
			field->id, now);
	}
	return 0;
}

static int prove(struct joining *joining, struct error *error)
{
	const struct linking_step step = { joining_on_step, joining };

	joining_begin(joining);
	linking_prove(joining->linking, &step);
	return joining_end(joining, error);
}

/* ---- Storing ------------------------------------------------------------------------------------------ */

static int open_store(struct joining *joining, struct error *error)
{
	if (joining->session.store)
		return 0;
	return data_open(&joining->session.store, joining->arguments, true, error);
}

static int store_profile(struct joining *joining, struct error *error)
{
	const struct profile_plan plan = { .name = joining->provider->manifest->id,
		.provider = joining->provider,
		.auth = joining->auth,
		.actions = joining->profile.actions,
		.fields = &joining->fields,
		.sandbox = session_is_sandbox(&joining->session) };
	struct profile profile = { .id = "" };
	int result;

	if (!joining->is_new)
		return 0;
	if (profile_make(&profile, &joining->profile_secrets, &plan, error) < 0)
		return -1;
	result = open_store(joining, error);
	if (result == 0)
		result = profiles_add(&profile, joining->session.store, joining->profile_secrets, error);
	profile_clear(&joining->profile);
	joining->profile = profile;
	return result;
}

static int store_account(struct account *account, struct joining *joining, struct error *error)
{
	struct account_token token;
	bool has_token = linking_token(&token, joining->linking);
	json_t *secrets = NULL;
	int result = -1;

	(void)snprintf(account->name, sizeof account->name, "%s", joining->name);
	(void)snprintf(account->owner, sizeof account->owner, "%s", joining->owner ? joining->owner : "");
	(void)snprintf(account->profile, sizeof account->profile, "%s", joining->profile.id);
	(void)snprintf(account->provider, sizeof account->provider, "%s", joining->profile.provider);
	account->sandbox = session_is_sandbox(&joining->session);
	account->labels = json_object();
	if (!account->labels)
		return error_memory(error);
	if (enter_split(&account->fields, &secrets, &joining->fields, FIELD_ACCOUNT, joining->auth, error) ==
			0 &&
		linking_scopes(&account->scopes, joining->linking, error) == 0)
		result = accounts_add(account, joining->session.store, secrets, &token, has_token ? 1 : 0,
			joining->again, error);
	if (result == 0) /* the proof was a call that went well */
		result = accounts_seen(joining->session.store, account->id, "", error);
	secrets_free_take(secrets);
	return result;
}

/* A new profile and its first account are stored together, or not at all. */
static int store_all(struct account *account, struct joining *joining, struct error *error)
{
	int result;

	if (open_store(joining, error) < 0 || store_together_begin(joining->session.store, error) < 0)
		return -1;
	result = store_profile(joining, error);
	if (result == 0)
		result = store_account(account, joining, error);
	return store_together_end(joining->session.store, result, error);
}

static void tell_missing(const struct account *account, const struct profile *profile)
{
	const char *scope;
	json_t *known;

	json_object_foreach(account->scopes, scope, known)
	{
		const char *state = json_string_value(json_object_get(known, "state"));
		if (state && strcmp(state, "missing") == 0)
			log_warning("the scope %s was not granted: 'muster guide %s' says how", scope,
				profile->name);
	}
}

/* As it is in the store now. */
static int print_account(const struct joining *joining, const char *name, struct error *error)
{
	struct account account = { .id = "" };
	int result = accounts_get(&account, joining->session.store, name, error);

	if (result == 0)
		result = output_json_take(
			account_json(&account, &joining->profile, joining->provider->manifest), false, error);
	account_clear(&account);
	return result;
}

static int complete(struct joining *joining, struct error *error)
{
	struct account account = { .id = "" };
	int result = -1;

	if (find(joining, error) < 0 || check_former(joining, error) < 0 || prove(joining, error) < 0 ||
		store_all(&account, joining, error) < 0)
		goto out;
	joining->stored = true;
	result = 0;
	if (arguments_flag(joining->arguments, "json")) {
		result = print_account(joining, account.name, error);
	} else {
		tell_missing(&account, &joining->profile);
		(void)printf("%s is linked. 'muster run %s ACTION' uses it.\n", account.name, account.name);
	}
out:
	account_clear(&account);
	return result;
}

/* ---- The ways ----------------------------------------------------------------------------------------- */

/* What links and starts have in common. */
static int prepare(struct joining *joining, struct error *error)
{
	const struct arguments *arguments = joining->arguments;

	if (joining->owner && strlen(joining->owner) >= ACCOUNT_OWNER_SIZE)
		return error_set(error, ERROR_USAGE, "--owner is too long.");
	if (enter_given(&joining->given, arguments, 1, error) < 0 ||
		joining_find_profile(joining, arguments->words[0], error) < 0 ||
		joining_find_name(joining, arguments_text(arguments, "name", arguments->words[0]), error) <
			0 ||
		(!joining->session.store && data_check_room(arguments, error) < 0) ||
		joining_enter(joining, error) < 0)
		return -1;
	return joining_open(joining, error);
}

static int link_now(struct joining *joining, struct error *error)
{
	if (prepare(joining, error) < 0)
		return -1;
	if (!arguments_flag(joining->arguments, "json"))
		profile_show_hosts(joining->provider->manifest, joining->auth);
	if (linking_needs_consent(joining->linking) ? joining_ask_consent(joining, error) < 0
						    : joining_sign_in(joining, NULL, error) < 0)
		return -1;
	return complete(joining, error);
}

static int print_pending(const struct pending_link *link, const char *url, bool json, struct error *error)
{
	if (json)
		return output_json_take(
			json_pack("{s:s, s:s, s:s, s:o}", "id", link->id, "account", link->account, "url",
				url, "expires", output_time_json(link->expires_ms)),
			false, error);
	(void)fprintf(stderr,
		"Send this page to the customer. Where the browser ends then goes into\n"
		"'muster link --finish URL', within %d days:\n\n",
		PENDING_DAYS);
	(void)puts(url);
	return 0;
}

static int keep_pending(struct joining *joining, const char *url, struct error *error)
{
	struct pending_link link = { .id = "" };
	json_t *secrets = NULL;
	int result = -1;

	if (store_profile(joining, error) < 0 || enter_split(&link.fields, &secrets, &joining->fields,
							 FIELD_ACCOUNT, joining->auth, error) < 0)
		goto out;
	(void)snprintf(link.profile, sizeof link.profile, "%s", joining->profile.id);
	(void)snprintf(link.account, sizeof link.account, "%s", joining->name);
	(void)snprintf(link.owner, sizeof link.owner, "%s", joining->owner ? joining->owner : "");
	(void)snprintf(link.redirect, sizeof link.redirect, "%s", joining_redirect(joining));
	link.expires_ms = clock_wall_s() * 1000 + (int64_t)PENDING_DAYS * DAY_MS;
	if (links_add(&link, joining->session.store, secrets, joining->authorize.state,
		    joining->authorize.verifier, error) == 0)
		result = print_pending(&link, url, arguments_flag(joining->arguments, "json"), error);
out:
	secrets_free_take(secrets);
	pending_link_clear(&link);
	return result;
}

static int start(struct joining *joining, struct error *error)
{
	struct buffer url = BUFFER_INIT(AUTHORIZE_URL_MAX);
	int result = -1;

	if (prepare(joining, error) < 0)
		goto out;
	if (!linking_needs_consent(joining->linking)) {
		(void)error_set(error, ERROR_USAGE, "%s asks nobody for consent: link without --start.",
			joining->provider->manifest->name);
		goto out;
	}
	if (authorize_begin(&joining->authorize, error) == 0 &&
		linking_url(&url, joining->linking, &joining->authorize, joining_redirect(joining), error) ==
			0)
		result = keep_pending(joining, url.data, error);
out:
	buffer_clear(&url);
	return result;
}

/* A URL that was cut off, or that leads elsewhere, uses nothing up; an answer of the provider does, also a refusal. */
static int judge(const struct joining *joining, const struct pending_link *link, const char *url,
	const char *state, struct error *error)
{
	const struct authorize_expected expected = { link->redirect, state, joining->auth->issuer };
	struct buffer code = BUFFER_INIT(AUTHORIZE_URL_MAX);
	struct error refusal = { 0 };
	int result = authorize_judge(&code, &expected, url, &refusal);

	buffer_wipe(&code);
	if (result == 0 || refusal.code != ERROR_REDIRECT_MISMATCH)
		return 0;
	*error = refusal;
	return -1;
}

/* All that can be wrong before the link is used up. */
static int look(struct joining *joining, const struct pending_link *link, const char *url, const char *state,
	struct error *error)
{
	if (profiles_get(&joining->profile, joining->session.store, link->profile, error) < 0 ||
		joining_old_profile(joining, error) < 0 || judge(joining, link, url, state, error) < 0)
		return -1;
	return joining_find_name(joining, link->account, error);
}

/* The texts of a token that are sealed with a link. */
static json_t *token_texts(const struct account_token *token)
{
	char expires[24];

	(void)snprintf(expires, sizeof expires, "%" PRId64, token->expires_ms);
	return json_pack("{s:s, s:s*, s:s*, s:s}", "access", token->access_token, "refresh",
		token->refresh_token, "scope", token->scope, "expires", expires);
}

static int sign_in_again(struct joining *joining, const json_t *texts, struct error *error)
{
	const struct linking_step step = { joining_on_step, joining };
	const struct account_token token = { .access_token = json_member_text(texts, "access", NULL),
		.refresh_token = json_member_text(texts, "refresh", NULL),
		.scope = json_member_text(texts, "scope", NULL),
		.expires_ms = strtoll(json_member_text(texts, "expires", "0"), NULL, 10) };

	joining_begin(joining);
	linking_resume(joining->linking, &token, &step);
	return joining_end(joining, error);
}

/* The code can't be exchanged twice: what it brought waits in its place. */
static void put_back(struct joining *joining, struct pending_link *link, const json_t *secrets,
	const char *state, const char *verifier, struct error *error)
{
	struct account_token token;
	struct error failure = { 0 };
	bool lost = false;

	if (joining->linking && linking_token(&token, joining->linking)) {
		secrets_free_take(link->token);
		link->token = token_texts(&token);
		lost = !link->token;
	}
	if (lost || links_put_back(link, joining->session.store, secrets, state,
			    link->token ? NULL : verifier, &failure) < 0)
		(void)error_hint(error, "The link is used up: begin anew with 'muster link --start'.");
}

/* A link that was taken is either used, or refused by the provider, or goes back. */
static int finish_taken(struct joining *joining, struct pending_link *link, const json_t *secrets,
	const struct linking_consent *consent, struct error *error)
{
	bool usable = true;
	int result = -1;

	if (joining_reenter(joining, link->fields, secrets, error) == 0 &&
		joining_open(joining, error) == 0) {
		usable = link->token != NULL;
		if ((link->token ? sign_in_again(joining, link->token, error)
				 : joining_sign_in(joining, consent, error)) == 0) {
			result = complete(joining, error);
			usable = !joining->stored;
		}
	}
	if (result < 0 && usable)
		put_back(joining, link, secrets, consent->state, consent->verifier, error);
	return result;
}

static int finish_with(struct joining *joining, const char *url, const char *state, struct error *error)
{
	struct pending_link seen = { .id = "" }, link = { .id = "" };
	struct linking_consent consent = { .redirected = url, .state = state };
	json_t *secrets = NULL;
	char *verifier = NULL;
	int result = -1;

	if (links_find(&seen, joining->session.store, state, error) < 0 ||
		look(joining, &seen, url, state, error) < 0 ||
		links_take(&link, &secrets, &verifier, joining->session.store, state, error) < 0)
		goto out;
	joining->owner = link.owner;
	consent.redirect_url = link.redirect;
	consent.verifier = verifier;
	result = finish_taken(joining, &link, secrets, &consent, error);
out:
	secrets_free_take(secrets);
	secrets_text_free_take(verifier);
	pending_link_clear(&link);
	pending_link_clear(&seen);
	return result;
}

static int finish(struct joining *joining, const char *url, struct error *error)
{
	struct buffer state = BUFFER_INIT(AUTHORIZE_URL_MAX);
	int result = -1;

	if (authorize_state(&state, url, error) < 0 ||
		enter_given(&joining->given, joining->arguments, 0, error) < 0 ||
		data_open(&joining->session.store, joining->arguments, false, error) < 0)
		goto out;
	result = buffer_text(&state) ? finish_with(joining, url, state.data, error) : error_memory(error);
out:
	buffer_wipe(&state);
	return result;
}

/* ---- Those that wait ------------------------------------------------------------------------------------ */

static json_t *pending_json(const struct pending_link *link, const char *profile)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:o, s:o}", "name", link->account, "id", link->id, "profile",
		profile, "owner", link->owner, "since", output_time_json(link->created_ms), "until",
		output_time_json(link->expires_ms));
}

static int add_pending(
	json_t *array, struct store *store, const struct pending_link *link, struct error *error)
{
	struct profile profile = { .id = "" };
	int result = profiles_get(&profile, store, link->profile, error);

	if (result == 0 && json_array_append_new(array, pending_json(link, profile.name)) < 0)
		result = error_memory(error);
	profile_clear(&profile);
	return result;
}

static int print_waiting(const json_t *links, struct error *error)
{
	static const char *const head[] = { "NAME", "PROFILE", "OWNER", "SINCE", "UNTIL" };
	static const char *const members[] = { "name", "profile", "owner", "since", "until" };
	struct output_table table = { .columns = sizeof head / sizeof head[0] };
	size_t index;
	json_t *link;
	int result = 0;

	for (size_t i = 0; result == 0 && i < table.columns; i++)
		result = output_cell(&table, head[i], error);
	json_array_foreach((json_t *)(uintptr_t)links, index, link)
	{
		for (size_t i = 0; result == 0 && i < table.columns; i++)
			result = output_cell(&table, json_member_text(link, members[i], ""), error);
	}
	if (result == 0)
		output_table_print(&table);
	output_table_clear(&table);
	return result;
}

static int list_pending(struct joining *joining, struct error *error)
{
	struct pending_link *list = NULL;
	json_t *array = json_array();
	size_t count = 0;
	int result =
		array ? session_store(&joining->session, joining->arguments, error) : error_memory(error);

	if (result == 0 && joining->session.store)
		result = links_list(&list, &count, joining->session.store, error);
	for (size_t i = 0; result == 0 && i < count; i++)
		result = add_pending(array, joining->session.store, &list[i], error);
	if (result == 0)
		result = output_list(array, arguments_flag(joining->arguments, "json"), print_waiting, error);
	links_free(list, count);
	json_decref(array);
	return result;
}

static int withdraw(struct joining *joining, const char *name, struct error *error)
{
	if (data_open(&joining->session.store, joining->arguments, false, error) < 0)
		return -1;
	return links_withdraw(joining->session.store, name, error);
}

/* ---- The command -------------------------------------------------------------------------------------- */

/* One thing at a time, and which of them take words. */
static int check_way(const struct arguments *arguments, struct error *error)
{
	bool finish = arguments_text(arguments, "finish", NULL) != NULL;
	bool withdraws = arguments_text(arguments, "withdraw", NULL) != NULL;
	bool lists = arguments_flag(arguments, "pending");

	if (finish + withdraws + lists + arguments_flag(arguments, "start") > 1)
		return error_set(error, ERROR_USAGE,
			"Only one of --start, --finish, --pending and --withdraw can be done at a time.");
	if (withdraws || lists)
		return arguments_words(arguments, 0, 0, "", error);
	return arguments_words(arguments, finish ? 0 : 1, SIZE_MAX, "PROFILE", error);
}

static int run(const struct arguments *arguments, struct error *error)
{
	const char *url = arguments_text(arguments, "finish", NULL);
	const char *withdrawn = arguments_text(arguments, "withdraw", NULL);
	struct joining joining = { .arguments = arguments,
		.owner = arguments_text(arguments, "owner", NULL) };
	int result;

	if (check_way(arguments, error) < 0)
		return -1;
	buffer_init(&joining.redirected, 2 * AUTHORIZE_URL_MAX);
	result = session_open(&joining.session, arguments, error);
	if (result < 0)
		;
	else if (url)
		result = finish(&joining, url, error);
	else if (withdrawn)
		result = withdraw(&joining, withdrawn, error);
	else if (arguments_flag(arguments, "pending"))
		result = list_pending(&joining, error);
	else
		result = arguments_flag(arguments, "start") ? start(&joining, error)
							    : link_now(&joining, error);
	joining_clear(&joining);
	return result;
}

static const struct option options[] = {
	SESSION_OPTIONS,
	{ .name = "name",
		.value = "NAME",
		.help = "What the account is to be called; like the profile unless said." },
	{ .name = "owner",
		.value = "ID",
		.help = "Whose account it is, for those who serve several tenants." },
	{ .name = "auth", .value = "ID", .help = "Which auth, for a provider without a profile." },
	{ .name = "actions",
		.value = "A,B",
		.help = "The actions to be enabled, for a provider without a profile.",
		.repeated = true },
	{ .name = "again", .help = "Link an account anew that is there already." },
	{ .name = "redirect",
		.value = "WAY",
		.help = "How the browser comes back: listen, on this machine, or paste its URL." },
	{ .name = "wait", .value = "SECONDS", .help = "How long a person may take in the browser (600)." },
	{ .name = "start", .help = "Print the page for a customer elsewhere, and remember that." },
	{ .name = "finish",
		.value = "URL",
		.help = "Go on with the URL that the customer's browser ended at." },
	{ .name = "pending", .help = "List the links that wait for a customer." },
	{ .name = "withdraw", .value = "NAME", .help = "Remove the link that waits for this account." },
};

const struct command command_link = {
	.name = "link",
	.summary = "Link a customer's account.",
	.usage = "PROFILE|PROVIDER [key=value…] | --finish URL [key=value…] | --pending | --withdraw NAME",
	.details =
		"The fields are checked, the hosts that credentials will go to are shown, the provider is asked, one "
		"call proves that it works, and only then is anything stored, sealed. What is missing is asked for at "
		"a terminal; elsewhere it is named (exit status 3).\n\n"
		"A provider without a profile gets one of its own name. Where a person has to consent, the page is "
		"opened by $BROWSER, else xdg-open. A customer elsewhere is sent the page that --start prints; the URL "
		"at which their browser ends goes into --finish, in whatever process, once and within seven days. When a "
		"field has to be chosen then, --finish names what there is; the same URL with key=value goes on.\n\n"
		"  muster link culture_amp --name acme --credentials culture_amp.json\n"
		"  muster link employment_hero --start --name acme",
	.options = options,
	.option_count = sizeof options / sizeof options[0],
	.run = run,
};
