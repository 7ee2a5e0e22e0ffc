#include "config.h"

#include "run/linked.h"

#include "base/secrets.h"
#include "catalog/approval.h"
#include "catalog/fields.h"
#include "catalog/scopes.h"

#include <stdio.h>
#include <string.h>

enum { NAMES_MAX = 64 * 1024 };

int linked_check_sandbox(const char *name, bool made_inside, bool inside, struct error *error)
{
	if (made_inside == inside)
		return 0;
	if (made_inside) {
		(void)error_set(error, ERROR_HELD_BACK,
			"%s was made inside the sandbox; the real provider doesn't know it.", name);
		return error_hint(error, "Use it inside 'muster sandbox', or link anew outside.");
	}
	(void)error_set(error, ERROR_HELD_BACK,
		"%s is real: its secrets don't go to a simulated or mapped provider.", name);
	return error_hint(error, "Unset MUSTER_CONNECT_TO, or use another --data-dir for the sandbox.");
}

int linked_add_texts(struct entries *out, const json_t *texts, struct error *error)
{
	const char *id;
	json_t *text;

	json_object_foreach((json_t *)texts, id, text)
	{
		if (entries_set(out, id, json_string_value(text), json_string_length(text), false, error) < 0)
			return -1;
	}
	return 0;
}

int linked_provider(const struct provider **provider, const struct manifest_auth **auth,
	struct catalog *catalog, const struct profile *profile, struct error *error)
{
	const struct manifest *manifest;

	if (catalog_provider(provider, catalog, profile->provider, error) < 0)
		return -1;
	manifest = (*provider)->manifest;
	*auth = manifest_auth(manifest, profile->auth);
	if (!*auth) {
		(void)error_set(error, ERROR_HELD_BACK, "The connector %s %s has no auth %s any more.",
			manifest->id, manifest->version, profile->auth);
		return error_hint(
			error, "Link again under a new profile, or install the connector's older version.");
	}
	return approval_check(profile->approved, manifest, *auth, profile->name, error);
}

/* What the store has of it, and the fields of both levels, unsealed: in one state, for who links again meanwhile must
 * not have his secrets sent with the fields of before. */
static int read_stored(struct linked *linked, struct entries *given, struct store *store, const char *name,
	struct error *error)
{
	json_t *profile_secrets = NULL, *account_secrets = NULL;
	int result = -1;

	if (store_together_read(store, error) < 0)
		return -1;
	if (accounts_get(&linked->account, store, name, error) < 0 ||
		profiles_get(&linked->profile, store, linked->account.profile, error) < 0 ||
		profiles_secrets(&profile_secrets, store, &linked->profile, error) < 0 ||
		accounts_secrets(&account_secrets, store, &linked->account, error) < 0 ||
		linked_add_texts(given, linked->profile.fields, error) < 0 ||
		linked_add_texts(given, profile_secrets, error) < 0 ||
		linked_add_texts(given, linked->account.fields, error) < 0 ||
		linked_add_texts(given, account_secrets, error) < 0)
		goto out;
	result = 0;
out:
	secrets_free_take(profile_secrets);
	secrets_free_take(account_secrets);
	return store_together_end(store, result, error);
}

int linked_open(struct linked *linked, struct store *store, struct catalog *catalog, const char *name,
	bool sandbox, struct error *error)
{
	struct entries given = ENTRIES_INIT;
	int result = -1;

	memset(linked, 0, sizeof *linked);
	/* What was stored is checked against what the connector says today. */
	if (read_stored(linked, &given, store, name, error) == 0 &&
		linked_check_sandbox(linked->account.name, linked->account.sandbox, sandbox, error) == 0 &&
		linked_provider(&linked->provider, &linked->auth, catalog, &linked->profile, error) == 0)
		result = fields_check(
			&linked->fields, &given, linked->provider->manifest, linked->auth, error);
	entries_clear(&given);
	if (result < 0)
		(void)snprintf(error->account, sizeof error->account, "%s", name);
	return result;
}

void linked_clear(struct linked *linked)
{
	entries_clear(&linked->fields);
	profile_clear(&linked->profile);
	account_clear(&linked->account);
	memset(linked, 0, sizeof *linked);
}

/* The guide that helps is the profile's. */
static void name_guide(const struct linked *linked, const struct manifest_action *action, struct error *error)
{
	(void)snprintf(error->account, sizeof error->account, "%s", linked->account.name);
	(void)snprintf(error->action, sizeof error->action, "%s", action->id);
	(void)snprintf(error->guide, sizeof error->guide, "muster guide %s --actions %s",
		linked->profile.name, action->id);
}

/* Is a scope put down as missing? */
static bool is_missing(const struct linked *linked, const char *scope)
{
	const json_t *known = json_object_get(linked->account.scopes, scope);
	const char *state = json_string_value(json_object_get(known, "state"));

	return state && strcmp(state, "missing") == 0;
}

static int check_scopes(
	const struct linked *linked, const struct manifest_action *action, struct error *error)
{
	const struct manifest *manifest = linked->provider->manifest;

	for (size_t i = 0; i < action->scopes.count; i++) {
		int row = manifest_scope(manifest, action->scopes.items[i], strlen(action->scopes.items[i]));
		const struct manifest_scope *scope = row < 0 ? NULL : &manifest->scopes[row];

		if (!scope || !is_missing(linked, scope->id))
			continue;
		(void)error_set(error, ERROR_SCOPE_MISSING,
			"%s needs the scope %s, which %s was not granted.", action->id, scope->id,
			linked->account.name);
		name_guide(linked, action, error);
		return error_hint(error,
			"Grant '%.64s' at %.64s ('%.127s' shows how), then 'muster account test %.63s'.",
			scope->label ? scope->label : scope->id, manifest->name, error->guide,
			linked->account.name);
	}
	return 0;
}

/* Says what would have to be enabled, and granted. Returns -1. */
static int refuse_disabled(
	const struct linked *linked, const struct manifest_action *action, struct error *error)
{
	struct buffer names = BUFFER_INIT(NAMES_MAX);
	struct scopes needed = { { 0 } };

	scopes_need(&needed, linked->provider->manifest, action);
	if (scopes_join(&names, &needed, linked->provider->manifest, ", ") < 0 || !buffer_text(&names)) {
		buffer_clear(&names);
		return error_memory(error);
	}
	(void)error_set(error, ERROR_ACTION_NOT_ENABLED, "%s is not enabled in the profile %s%s%s.",
		action->id, linked->profile.name, names.length > 0 ? "; it needs " : "", names.data);
	buffer_clear(&names);
	name_guide(linked, action, error);
	return error_hint(error, "'muster profile set %.63s --enable %.63s', then grant what '%.127s' says.",
		linked->profile.name, action->id, error->guide);
}

int linked_may_run(const struct linked *linked, const struct manifest_action *action, struct error *error)
{
	const struct manifest *manifest = linked->provider->manifest;
	const struct manifest_auth *auth = manifest_auth(manifest, action->auth);

	if (manifest_fields_auth(manifest, auth) != manifest_fields_auth(manifest, linked->auth)) {
		(void)error_set(error, ERROR_ACTION_NOT_ENABLED,
			"%s needs the auth %s; the profile %s is of %s.", action->id, action->auth,
			linked->profile.name, linked->auth->id);
		name_guide(linked, action, error);
		return error_hint(error, "Link under a profile made with --auth %s.", action->auth);
	}
	if (!scopes_is_enabled(linked->profile.actions, action->id))
		return refuse_disabled(linked, action, error);
	return check_scopes(linked, action, error);
}
