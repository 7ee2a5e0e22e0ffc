/* muster link: a customer's account, from the fields to the sealed row. */
#include "config.h"

#include "base/clock.h"
#include "base/log.h"
#include "cli/account.h"
#include "cli/browser.h"
#include "cli/command.h"
#include "cli/enter.h"
#include "cli/output.h"
#include "cli/profile.h"
#include "cli/prompt.h"
#include "cli/session.h"
#include "run/linked.h"
#include "run/linking.h"
#include "run/loopback.h"
#include "run/validate.h"
#include "store/links.h"
#include "store/names.h"
#include "store/secrets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { WAIT_S = 600, WAIT_MAX_S = 86400, PENDING_DAYS = 7, DAY_MS = 24 * 3600 * 1000 };

struct joining {
	struct session session;
	const struct arguments *arguments;
	const struct provider *provider;
	const struct manifest_auth *auth;
	struct profile profile;
	json_t *profile_secrets; /* of a profile that is new, not in the store yet */
	bool is_new;
	bool again; /* an account of this name is linked anew */
	const char *name;
	const char *owner;
	struct entries given;
	struct entries fields;
	struct linking *linking;
	struct authorize authorize;
	struct buffer redirected; /* the URL that the browser came back with */
	uv_timer_t patience;
	bool patience_open;
	bool interrupted;
	bool done; /* the step that goes on */
	struct error failed;
};

/* ---- Steps on the loop ---------------------------------------------------------------------------------- */

static void on_interrupt(void *context)
{
	struct joining *joining = context;

	joining->interrupted = true;
	session_stop(&joining->session);
}

static void on_step(void *context, const struct error *error)
{
	struct joining *joining = context;

	joining->done = true;
	if (error)
		joining->failed = *error;
	session_stop(&joining->session);
}

static int interrupted(struct error *error)
{
	return error_set(error, ERROR_INTERRUPTED, "Interrupted; nothing was stored.");
}

static void begin_step(struct joining *joining)
{
	joining->done = false;
	memset(&joining->failed, 0, sizeof joining->failed);
}

/* Turns the loop until the step that was begun has ended. */
static int end_step(struct joining *joining, struct error *error)
{
	while (!joining->done && !joining->interrupted)
		session_run(&joining->session);
	if (!joining->done)
		return interrupted(error);
	if (joining->failed.code) {
		*error = joining->failed;
		return -1;
	}
	return 0;
}

/* ---- Who is linked under what ------------------------------------------------------------------------ */

/* A provider whose profiles all have names of their own: which is meant can't be told. */
static int several_profiles(struct store *store, const char *provider, struct error *error)
{
	struct profile *list = NULL;
	char names[256] = "";
	size_t count = 0, used = 0;

	if (profiles_list(&list, &count, store, provider, error) < 0)
		return -1;
	for (size_t i = 0; i < count && used < sizeof names; i++) {
		int wrote = snprintf(names + used, sizeof names - used, "%s%s", i ? ", " : "", list[i].name);
		used += wrote > 0 ? (size_t)wrote : 0;
	}
	profiles_free(list, count);
	if (count == 0)
		return 0;
	(void)error_set(error, ERROR_USAGE, "%s has profiles: %s. Say under which one.", provider, names);
	return error_hint(
		error, "'muster profile add %s' makes one that is named like the provider.", provider);
}

static int new_profile(struct joining *joining, const char *name, struct error *error)
{
	const char *auth = arguments_text(joining->arguments, "auth", NULL);
	struct store *store = joining->session.store;
	const struct manifest *manifest;

	if (catalog_provider(&joining->provider, joining->session.catalog, name, error) < 0)
		return -1;
	manifest = joining->provider->manifest;
	if (store && several_profiles(store, manifest->id, error) < 0)
		return -1;
	joining->is_new = true;
	joining->auth = &manifest->auths[0];
	if (auth && manifest_find_auth(&joining->auth, manifest, auth, error) < 0)
		return -1;
	joining->auth = manifest_fields_auth(manifest, joining->auth);
	return profile_actions(
		&joining->profile.actions, joining->arguments, "actions", manifest, joining->auth, error);
}

static int old_profile(struct joining *joining, struct error *error)
{
	const struct profile *profile = &joining->profile;
	const char *auth = arguments_text(joining->arguments, "auth", NULL);

	if (linked_check_sandbox(
		    profile->name, profile->sandbox, session_is_sandbox(&joining->session), error) < 0 ||
		linked_provider(
			&joining->provider, &joining->auth, joining->session.catalog, profile, error) < 0)
		return -1;
	if ((auth && strcmp(auth, profile->auth) != 0) ||
		arguments_text(joining->arguments, "actions", NULL)) {
		(void)error_set(error, ERROR_USAGE,
			"The profile %s says already which auth and actions it has.", profile->name);
		return error_hint(
			error, "Change it with 'muster profile set %s', or make another.", profile->name);
	}
	return 0;
}

static int find_profile(struct joining *joining, const char *name, struct error *error)
{
	struct error missing = { 0 };

	if (session_store(&joining->session, joining->arguments, error) < 0)
		return -1;
	if (!joining->session.store)
		return new_profile(joining, name, error);
	if (profiles_get(&joining->profile, joining->session.store, name, &missing) == 0)
		return old_profile(joining, error);
	if (missing.code != ERROR_PROFILE_NOT_FOUND) {
		*error = missing;
		return -1;
	}
	return new_profile(joining, name, error);
}

/* The name that the account will have must be free, or that of an account that is linked again. */
static int find_name(struct joining *joining, const char *name, struct error *error)
{
	struct account account = { .id = "" };
	struct error missing = { 0 };
	int result = 0;

	joining->name = name;
	if (name_check(name, error) < 0)
		return -1;
	if (!joining->session.store || accounts_get(&account, joining->session.store, name, &missing) < 0) {
		if (!missing.code || missing.code == ERROR_ACCOUNT_NOT_FOUND)
			return 0;
		*error = missing;
		return -1;
	}
	joining->again = strcmp(account.profile, joining->profile.id) == 0 &&
			 (account.state != ACCOUNT_LINKED || arguments_flag(joining->arguments, "again"));
	if (!joining->again) {
		result = error_set(error, ERROR_NAME_TAKEN, "There is an account %s already.", name);
		(void)error_hint(error, "Give this one another --name, or link that one anew with --again.");
	}
	account_clear(&account);
	return result;
}

/* ---- Fields ------------------------------------------------------------------------------------------- */

/* What the profile has is given; what else was given for it must be the same. */
static int check_same(const struct joining *joining, const struct entries *kept, struct error *error)
{
	for (size_t i = 0; i < joining->auth->field_count; i++) {
		const struct manifest_field *field = &joining->auth->fields[i];
		const char *now = entries_text(&joining->fields, field->id);
		const char *before = entries_text(kept, field->id);

		if (field->level != FIELD_PROFILE || (!now && !before) ||
			(now && before && strcmp(now, before) == 0))
			continue;
		error_problem(error, field->id, "other_profile", "%s is not that of the profile %s.",
			field->id, joining->profile.name);
	}
	if (error->problem_count == 0)
		return 0;
	(void)error_set(error, ERROR_BAD_FIELD, "These fields belong to another profile than %s.",
		joining->profile.name);
	return error_hint(error, "Leave them out, or make another profile: muster profile add %s --name NAME",
		joining->provider->manifest->id);
}

static int profile_fields(struct entries *out, const struct joining *joining, struct error *error)
{
	json_t *secrets = NULL;
	int result = -1;

	if (profiles_secrets(&secrets, joining->session.store, &joining->profile, error) == 0 &&
		linked_add_texts(out, joining->profile.fields, error) == 0 &&
		linked_add_texts(out, secrets, error) == 0)
		result = 0;
	secrets_free_take(secrets);
	return result;
}

static int enter(struct joining *joining, struct error *error)
{
	const struct manifest *manifest = joining->provider->manifest;
	struct entries kept = ENTRIES_INIT, all = ENTRIES_INIT;
	int result = -1;

	if (!joining->is_new &&
		(profile_fields(&kept, joining, error) < 0 || profile_fields(&all, joining, error) < 0))
		goto out;
	for (size_t i = 0; i < joining->given.count; i++) {
		const struct entry *row = &joining->given.rows[i];
		if (entries_set(&all, row->id, row->text, row->length, row->literal, error) < 0)
			goto out;
	}
	if (enter_fields(&joining->fields, &all, FIELDS_PROFILE | FIELDS_ACCOUNT, manifest, joining->auth,
		    error) < 0 ||
		(!joining->is_new && check_same(joining, &kept, error) < 0))
		goto out;
	result = validate_fields(joining->provider, joining->auth, &joining->fields,
		catalog_trusts(joining->session.catalog, manifest->id), error);
out:
	entries_clear(&kept);
	entries_clear(&all);
	return result;
}

static int open_linking(struct joining *joining, struct error *error)
{
	struct session *session = &joining->session;
	const struct linking_options options = { .models = catalog_models(session->catalog),
		.provider = joining->provider,
		.auth = joining->auth,
		.enabled = joining->profile.actions ? joining->profile.actions : json_null(),
		.fields = &joining->fields,
		.allow_partial_jail = catalog_trusts(session->catalog, joining->provider->manifest->id) };
	struct linking_options complete = options;

	if (session_connect(session, joining->arguments, on_interrupt, joining, error) < 0)
		return -1;
	complete.fetch = session->fetch;
	complete.budget = session->budget;
	(void)uv_timer_init(&session->loop, &joining->patience);
	joining->patience.data = joining;
	joining->patience_open = true;
	return linking_new(&joining->linking, &complete, error);
}

/* ---- Consent ------------------------------------------------------------------------------------------ */

static const char *redirect_field(const struct joining *joining)
{
	for (size_t i = 0; i < joining->auth->field_count; i++)
		if (joining->auth->fields[i].type == FIELD_REDIRECT)
			return entries_text(&joining->fields, joining->auth->fields[i].id);
	return NULL;
}

static void show_page(const char *url)
{
	(void)fprintf(stderr, "Open this page and allow the access:\n\n  ");
	output_text(stderr, OUTPUT_PLAIN, url);
	(void)fputs("\n\n", stderr);
}

static void on_redirected(void *context, const char *url)
{
	struct joining *joining = context;

	if (buffer_append_text(&joining->redirected, url) < 0)
		(void)error_memory(&joining->failed);
	joining->done = true;
	session_stop(&joining->session);
}

static void on_patience(uv_timer_t *timer)
{
	struct joining *joining = timer->data;

	joining->done = true;
	(void)error_set(&joining->failed, ERROR_DEADLINE_PASSED, "Nobody came back from the page in time.");
	(void)error_hint(&joining->failed, "Allow more with --wait SECONDS, or use 'muster link --start'.");
	session_stop(&joining->session);
}

/* The browser of this machine comes back to a port of this machine. */
static int consent_by_listening(
	struct joining *joining, struct buffer *redirect, const char *registered, struct error *error)
{
	struct loopback *loopback = NULL;
	struct buffer url = BUFFER_INIT(AUTHORIZE_URL_MAX);
	uint64_t wait_s;
	int result = -1;

	if (arguments_number(&wait_s, joining->arguments, "wait", 1, WAIT_MAX_S, WAIT_S, error) < 0 ||
		loopback_new(&loopback, &joining->session.loop, registered, on_redirected, joining, error) <
			0)
		goto out;
	begin_step(joining);
	if (buffer_append_text(redirect, loopback_redirect(loopback)) < 0 || !buffer_text(redirect)) {
		(void)error_memory(error);
		goto out;
	}
	if (linking_url(&url, joining->linking, &joining->authorize, redirect->data, error) < 0 ||
		!buffer_text(&url))
		goto out;
	show_page(url.data);
	(void)browser_open(url.data);
	(void)uv_timer_start(&joining->patience, on_patience, wait_s * 1000, 0);
	result = end_step(joining, error);
	(void)uv_timer_stop(&joining->patience);
out:
	loopback_free(loopback);
	buffer_clear(&url);
	return result;
}

/* The person copies the URL that the browser shows at the end, where there may be no page at all. */
static int consent_by_pasting(struct joining *joining, const char *registered, struct error *error)
{
	const struct prompt prompt = { .label = "The URL that the browser shows then",
		.help = "The page there may not exist; its URL in the address bar is what counts." };
	struct buffer url = BUFFER_INIT(AUTHORIZE_URL_MAX);
	int result = -1;

	if (!browser_prints() && !prompt_possible()) {
		(void)error_set(error, ERROR_USAGE,
			"There is nobody to open %s's page and to paste the URL after it.",
			joining->provider->manifest->name);
		(void)error_hint(error,
			"'muster link --start' prints the page's URL; 'muster link --finish URL' takes the URL after it.");
		goto out;
	}
	if (linking_url(&url, joining->linking, &joining->authorize, registered, error) < 0 ||
		!buffer_text(&url))
		goto out;
	show_page(url.data);
	if (browser_prints()) {
		result = browser_read(&joining->redirected, url.data, registered, error);
	} else {
		(void)browser_open(url.data);
		result = prompt_line(&joining->redirected, &prompt, error);
	}
out:
	buffer_clear(&url);
	return result;
}

static int read_way(bool *paste, const struct joining *joining, const char *registered, struct error *error)
{
	const char *way = arguments_text(joining->arguments, "redirect", NULL);

	*paste = !loopback_serves(registered);
	if (!way)
		return 0;
	if (strcmp(way, "paste") != 0 && strcmp(way, "listen") != 0)
		return error_set(error, ERROR_USAGE, "--redirect takes listen or paste.");
	if (strcmp(way, "listen") == 0 && *paste)
		return error_set(error, ERROR_USAGE, "muster can't listen for %.200s.", registered);
	*paste = strcmp(way, "paste") == 0;
	return 0;
}

static int sign_in(struct joining *joining, const struct linking_consent *consent, struct error *error)
{
	const struct linking_step step = { on_step, joining };

	begin_step(joining);
	linking_sign_in(joining->linking, consent, &step);
	return end_step(joining, error);
}

static int ask_consent(struct joining *joining, struct error *error)
{
	const char *registered = redirect_field(joining);
	struct buffer redirect = BUFFER_INIT(AUTHORIZE_URL_MAX);
	struct linking_consent consent = { .redirect_url = registered };
	bool paste = false;
	int result = -1;

	if (read_way(&paste, joining, registered, error) < 0 ||
		authorize_begin(&joining->authorize, error) < 0)
		goto out;
	result = paste ? consent_by_pasting(joining, registered, error)
		       : consent_by_listening(joining, &redirect, registered, error);
	if (result < 0)
		goto out;
	if (!paste)
		consent.redirect_url = redirect.data;
	consent.redirected = buffer_text(&joining->redirected);
	consent.state = joining->authorize.state;
	consent.verifier = joining->authorize.verifier;
	result = consent.redirected ? sign_in(joining, &consent, error) : error_memory(error);
out:
	buffer_clear(&redirect);
	return result;
}

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
		return error_hint(error, "Link again with %s=ID.", field->id);
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
	const struct linking_step step = { on_step, joining };
	size_t count;

	while (!linking_found(joining->linking)) {
		begin_step(joining);
		linking_find(joining->linking, &step);
		if (end_step(joining, error) < 0)
			return -1;
		(void)linking_choices(&count, joining->linking);
		if (count > 0 && choose(joining, error) < 0)
			return -1;
	}
	return 0;
}

static int prove(struct joining *joining, struct error *error)
{
	const struct linking_step step = { on_step, joining };

	begin_step(joining);
	linking_prove(joining->linking, &step);
	return end_step(joining, error);
}

/* ---- Storing ------------------------------------------------------------------------------------------ */

static int store_profile(struct joining *joining, struct error *error)
{
	const struct profile_plan plan = { .name = joining->provider->manifest->id,
		.provider = joining->provider,
		.auth = joining->auth,
		.actions = joining->profile.actions,
		.fields = &joining->fields,
		.sandbox = session_is_sandbox(&joining->session) };
	struct profile profile = { .id = "" };
	int result = -1;

	if (!joining->is_new)
		return 0;
	if (profile_make(&profile, &joining->profile_secrets, &plan, error) < 0)
		return -1;
	if ((joining->session.store ||
		    data_open(&joining->session.store, joining->arguments, true, error) == 0) &&
		profiles_add(&profile, joining->session.store, joining->profile_secrets, error) == 0)
		result = 0;
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

	if (joining->owner && strlen(joining->owner) >= sizeof account->owner)
		return error_set(error, ERROR_USAGE, "--owner is too long.");
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

/* Nothing stays of an account that could not be stored. */
static int store_all(struct account *account, struct joining *joining, struct error *error)
{
	struct error ignored = { 0 };

	if (store_profile(joining, error) < 0)
		return -1;
	if (store_account(account, joining, error) == 0)
		return 0;
	if (joining->is_new)
		(void)profiles_remove(joining->session.store, joining->profile.name, &ignored);
	return -1;
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

static int complete(struct joining *joining, struct error *error)
{
	struct account account = { .id = "" };
	int result = -1;

	if (find(joining, error) < 0 || prove(joining, error) < 0 || store_all(&account, joining, error) < 0)
		goto out;
	result = 0;
	if (arguments_flag(joining->arguments, "json")) {
		result = output_json_take(
			account_json(&account, &joining->profile, joining->provider->manifest), false, error);
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

	if (enter_given(&joining->given, arguments, 1, error) < 0 ||
		find_profile(joining, arguments->words[0], error) < 0 ||
		find_name(joining, arguments_text(arguments, "name", arguments->words[0]), error) < 0 ||
		enter(joining, error) < 0)
		return -1;
	return open_linking(joining, error);
}

static int link_now(struct joining *joining, struct error *error)
{
	if (prepare(joining, error) < 0)
		return -1;
	if (!arguments_flag(joining->arguments, "json"))
		profile_show_hosts(joining->provider->manifest, joining->auth);
	if (linking_needs_consent(joining->linking) ? ask_consent(joining, error) < 0
						    : sign_in(joining, NULL, error) < 0)
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
	(void)snprintf(link.redirect, sizeof link.redirect, "%s", redirect_field(joining));
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
		linking_url(&url, joining->linking, &joining->authorize, redirect_field(joining), error) ==
			0 &&
		buffer_text(&url))
		result = keep_pending(joining, url.data, error);
out:
	buffer_clear(&url);
	return result;
}

/* The fields of both levels, as they were when it began. */
static int take_up(
	struct joining *joining, const struct pending_link *link, json_t *secrets, struct error *error)
{
	struct entries given = ENTRIES_INIT;
	int result = -1;

	if (profiles_get(&joining->profile, joining->session.store, link->profile, error) == 0 &&
		old_profile(joining, error) == 0 && find_name(joining, link->account, error) == 0 &&
		profile_fields(&given, joining, error) == 0 &&
		linked_add_texts(&given, link->fields, error) == 0 &&
		linked_add_texts(&given, secrets, error) == 0 &&
		fields_check(&joining->fields, &given, joining->provider->manifest, joining->auth, error) ==
			0)
		result = open_linking(joining, error);
	entries_clear(&given);
	return result;
}

static int finish_with(struct joining *joining, const char *url, const char *state, struct error *error)
{
	struct pending_link link = { .id = "" };
	struct linking_consent consent = { .redirected = url, .state = state };
	json_t *secrets = NULL;
	char *verifier = NULL;
	int result = -1;

	if (links_take(&link, &secrets, &verifier, joining->session.store, state, error) < 0)
		return -1;
	joining->owner = link.owner;
	consent.redirect_url = link.redirect;
	consent.verifier = verifier;
	if (take_up(joining, &link, secrets, error) == 0 && sign_in(joining, &consent, error) == 0)
		result = complete(joining, error);
	secrets_free_take(secrets);
	secrets_text_free_take(verifier, verifier ? strlen(verifier) : 0);
	pending_link_clear(&link);
	return result;
}

static int finish(struct joining *joining, const char *url, struct error *error)
{
	struct buffer state = BUFFER_INIT(AUTHORIZE_URL_MAX);
	int result = -1;

	if (authorize_state(&state, url, error) < 0 ||
		data_open(&joining->session.store, joining->arguments, false, error) < 0)
		goto out;
	result = buffer_text(&state) ? finish_with(joining, url, state.data, error) : error_memory(error);
out:
	buffer_wipe(&state);
	return result;
}

/* ---- The command -------------------------------------------------------------------------------------- */

static void clean_up(struct joining *joining)
{
	linking_free(joining->linking);
	if (joining->patience_open)
		uv_close((uv_handle_t *)&joining->patience, NULL);
	buffer_wipe(&joining->redirected);
	explicit_bzero(&joining->authorize, sizeof joining->authorize);
	secrets_free_take(joining->profile_secrets);
	profile_clear(&joining->profile);
	entries_clear(&joining->given);
	entries_clear(&joining->fields);
	session_close(&joining->session);
}

static int run(const struct arguments *arguments, struct error *error)
{
	const char *url = arguments_text(arguments, "finish", NULL);
	struct joining joining = { .arguments = arguments,
		.owner = arguments_text(arguments, "owner", NULL) };
	int result;

	if (url ? arguments_words(arguments, 0, 0, "", error) < 0
		: arguments_words(arguments, 1, SIZE_MAX, "PROFILE", error) < 0)
		return -1;
	buffer_init(&joining.redirected, 2 * AUTHORIZE_URL_MAX);
	result = session_open(&joining.session, arguments, error);
	if (result == 0 && url)
		result = finish(&joining, url, error);
	else if (result == 0)
		result = arguments_flag(arguments, "start") ? start(&joining, error)
							    : link_now(&joining, error);
	clean_up(&joining);
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
};

const struct command command_link = {
	.name = "link",
	.summary = "Link a customer's account.",
	.usage = "PROFILE|PROVIDER [key=value…] | --finish URL",
	.details =
		"The fields are checked, the hosts that credentials will go to are shown, the provider is asked, one "
		"call proves that it works, and only then is anything stored, sealed. What is missing is asked for at "
		"a terminal; elsewhere it is named (exit status 3).\n\n"
		"A provider without a profile gets one of its own name. Where a person has to consent, the page is "
		"opened by $BROWSER, else xdg-open. A customer elsewhere is sent the page that --start prints; the URL "
		"at which their browser ends goes into --finish, in whatever process, once and within seven days.\n\n"
		"  muster link culture_amp --name acme --credentials culture_amp.json\n"
		"  muster link employment_hero --start --name acme",
	.options = options,
	.option_count = sizeof options / sizeof options[0],
	.run = run,
};
