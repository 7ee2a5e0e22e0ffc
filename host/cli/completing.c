/* The end of linking, once somebody is signed in: what only the provider knows, the proof, and the sealed row. */
#include "config.h"

#include "base/json.h"
#include "base/log.h"
#include "base/secrets.h"
#include "cli/account.h"
#include "cli/enter.h"
#include "cli/joining.h"
#include "cli/output.h"
#include "cli/profile.h"
#include "cli/prompt.h"
#include "store/labels.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- What only the provider knows --------------------------------------------------------------------- */

/* Which one is meant is the person's to say; a script is given all of them. */
static int choose(struct joining *joining, struct error *error)
{
	const struct manifest_field *field = linking_sought(joining->linking);
	const struct linking_choice *choices;
	const char *entered = entries_text(&joining->fields, field->id);
	const char **lines = NULL;
	char unknown[160] = "";
	size_t count, choice = 0;
	int result;

	choices = linking_choices(&count, joining->linking);
	if (entered)
		(void)snprintf(unknown, sizeof unknown, ", and %.100s is the id of none of them", entered);
	if (!prompt_possible()) {
		for (size_t i = 0; i < count; i++)
			error_problem(error, field->id, "choice", "%s=%s is %s", field->id, choices[i].id,
				choices[i].name ? choices[i].name : "without a name");
		(void)error_set(error, ERROR_HELD_BACK, "There are %zu to choose from%s: %s must be said.",
			count, unknown, field->label);
		return error_hint(error,
			arguments_text(joining->arguments, "finish", NULL)
				? "Finish once more with the same URL and %s=ID, the ID as it stands above."
				: "Link again with %s=ID, the ID as it stands above.",
			field->id);
	}
	lines = calloc(count, sizeof *lines);
	if (!lines)
		return error_memory(error);
	for (size_t i = 0; i < count; i++)
		lines[i] = choices[i].name ? choices[i].name : choices[i].id;
	if (entered)
		log_notice("There are %zu to choose from%s.", count, unknown);
	result = prompt_choose(&choice, field->label, lines, count, error);
	free(lines);
	return result < 0 ? -1 : linking_choose(joining->linking, choice, error);
}

/* The only one there is was taken, whatever was entered: who meant another learns it now. */
static void tell_taken(const struct joining *joining, const char *entered)
{
	const struct manifest_field *field = linking_sought(joining->linking);
	const char *found = field ? entries_text(&joining->fields, field->id) : NULL;

	if (found && entered && strcmp(entered, found) != 0)
		log_notice("%s: %.100s is taken, the only one to be had. What was entered is %.100s.",
			field->label, found, entered);
}

static int find_next(struct joining *joining, struct error *error)
{
	const struct linking_step step = { session_end, &joining->session };
	const struct manifest_field *field;
	const char *text;
	char *entered;
	size_t count;
	int result = -1;

	session_begin(&joining->session);
	linking_find(joining->linking, &step);
	field = linking_sought(joining->linking);
	text = field ? entries_text(&joining->fields, field->id) : NULL;
	entered = text ? strdup(text) : NULL; /* what is found takes its place */
	if (text && !entered)
		(void)error_memory(error);
	if (joining_wait(joining, error) < 0 || (text && !entered))
		goto out;
	(void)linking_choices(&count, joining->linking);
	if (count == 0)
		tell_taken(joining, entered);
	result = count == 0 ? 0 : choose(joining, error);
out:
	free(entered);
	return result;
}

static int find(struct joining *joining, struct error *error)
{
	while (!linking_found(joining->linking))
		if (find_next(joining, error) < 0)
			return -1;
	return 0;
}

/* Who consents now may see another organisation than before: an account must not become another's unawares. */
static int check_former(const struct joining *joining, struct error *error)
{
	for (size_t i = 0; i < joining->auth->field_count; i++) {
		const struct manifest_field *field = &joining->auth->fields[i];
		const char *before = json_member_text(joining->former.fields, field->id, NULL);
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
	const struct linking_step step = { session_end, &joining->session };

	session_begin(&joining->session);
	linking_prove(joining->linking, &step);
	return joining_wait(joining, error);
}

/* ---- Storing ------------------------------------------------------------------------------------------ */

int joining_open_store(struct joining *joining, struct error *error)
{
	if (joining->session.store)
		return 0;
	return data_open(&joining->session.store, joining->arguments, true, error);
}

int joining_store_profile(struct joining *joining, struct error *error)
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
	result = joining_open_store(joining, error);
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
	(void)snprintf(account->owner, sizeof account->owner, "%s",
		joining->owner ? joining->owner : joining->former.owner);
	(void)snprintf(account->profile, sizeof account->profile, "%s", joining->profile.id);
	(void)snprintf(account->provider, sizeof account->provider, "%s", joining->profile.provider);
	account->sandbox = session_is_sandbox(&joining->session);
	if (joining_labels(&account->labels, joining, error) < 0 ||
		enter_split(&account->fields, &secrets, &joining->fields, FIELD_ACCOUNT, joining->auth,
			error) < 0 ||
		linking_scopes(&account->scopes, joining->linking, error) < 0)
		goto out;
	result = accounts_add(
		account, joining->session.store, secrets, &token, has_token ? 1 : 0, joining->again, error);
	if (result == 0) /* the proof was a call that went well */
		result = accounts_seen(joining->session.store, account->id, "", error);
out:
	secrets_free_take(secrets);
	return result;
}

/* A new profile and its first account are stored together, or not at all; with them goes the link that waited. */
static int store_all(struct account *account, struct joining *joining, struct error *error)
{
	int result;

	if (joining_open_store(joining, error) < 0 || store_together_begin(joining->session.store, error) < 0)
		return -1;
	result = joining_store_profile(joining, error);
	if (result == 0)
		result = store_account(account, joining, error);
	if (result == 0 && joining->pending)
		result = links_end(joining->pending, joining->session.store, LINK_FINISHED, NULL, error);
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

int joining_complete(struct joining *joining, struct error *error)
{
	struct account account = { .id = "" };
	int result = -1;

	if (find(joining, error) < 0 || check_former(joining, error) < 0 || prove(joining, error) < 0 ||
		store_all(&account, joining, error) < 0)
		goto out;
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
