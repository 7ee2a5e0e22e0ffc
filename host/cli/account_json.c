#include "config.h"

#include "cli/account.h"

#include "catalog/scopes.h"
#include "cli/output.h"

#include <string.h>

bool account_is_healthy(const struct account *account)
{
	return account->state == ACCOUNT_LINKED && !account->failure[0];
}

const char *account_health(const struct account *account)
{
	if (account->state != ACCOUNT_LINKED || !account->failure[0])
		return account_state_text(account->state);
	return account->failure;
}

/* ---- Scopes ------------------------------------------------------------------------------------------- */

/* Is it enabled by the profile, or does it find a field when an account is linked? */
static bool is_used(
	const struct manifest_action *action, const struct profile *profile, const struct manifest *manifest)
{
	const struct manifest_auth *auth = manifest_auth(manifest, profile->auth);

	return scopes_is_enabled(profile->actions, action->id) ||
	       (auth && strcmp(action->auth, auth->id) == 0 && manifest_finds(auth, action->id));
}

/* Who needs a scope: the actions that are used under the profile, by their ids. */
static json_t *needed_by(const char *scope, const struct profile *profile, const struct manifest *manifest)
{
	json_t *actions = json_array();
	int row = manifest_scope(manifest, scope, strlen(scope));

	for (size_t i = 0; actions && row >= 0 && i < manifest->action_count; i++) {
		const struct manifest_action *action = &manifest->actions[i];
		struct scopes needs = { { 0 } };
		scopes_need(&needs, manifest, action);
		if (is_used(action, profile, manifest) && scopes_has(&needs, (size_t)row) &&
			json_array_append_new(actions, json_string(action->id)) < 0) {
			json_decref(actions);
			actions = NULL;
		}
	}
	return actions;
}

static json_t *scope_json(const char *scope, const json_t *known, const struct profile *profile,
	const struct manifest *manifest)
{
	int row = manifest ? manifest_scope(manifest, scope, strlen(scope)) : -1;
	json_t *actions = manifest ? needed_by(scope, profile, manifest) : json_null();
	const char *state = json_string_value(json_object_get(known, "state"));
	const char *truth = json_string_value(json_object_get(known, "truth"));
	const char *source = json_string_value(json_object_get(known, "source"));

	if (!state)
		state = "missing";
	else if (strcmp(state, "granted") == 0 && json_is_array(actions) && json_array_size(actions) == 0)
		state = "superfluous";
	return json_pack("{s:s, s:s?, s:s, s:s, s:s, s:o, s:o}", "id", scope, "label",
		row >= 0 ? manifest->scopes[row].label : NULL, "state", state, "truth",
		truth ? truth : "assumed", "source", source ? source : "it was not asked for yet", "at",
		output_time_json(json_integer_value(json_object_get(known, "at"))), "needed_by", actions);
}

/* What is known of each scope; and of those that the profile needs now and nobody has looked at. */
static json_t *scopes_json(
	const struct account *account, const struct profile *profile, const struct manifest *manifest)
{
	json_t *list = json_array();
	const char *scope;
	json_t *known;
	int failed = !list;

	json_object_foreach(account->scopes, scope, known)
	{
		failed = failed ||
			 json_array_append_new(list, scope_json(scope, known, profile, manifest)) < 0;
	}
	for (size_t i = 0; !failed && manifest && i < manifest->scope_count; i++) {
		const char *id = manifest->scopes[i].id;
		json_t *actions = NULL;
		if (json_object_get(account->scopes, id))
			continue;
		actions = needed_by(id, profile, manifest);
		failed = !actions ||
			 (json_array_size(actions) > 0 &&
				 json_array_append_new(list, scope_json(id, NULL, profile, manifest)) < 0);
		json_decref(actions);
	}
	if (!failed)
		return list;
	json_decref(list);
	return NULL;
}

json_t *account_json(
	const struct account *account, const struct profile *profile, const struct manifest *manifest)
{
	return json_pack(
		"{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:b, s:O, s:O, s:O, s:o, s:b, s:o, s:o, s:o, s:o, s:s?}",
		"name", account->name, "id", account->id, "profile", profile->name, "provider",
		account->provider, "owner", account->owner, "state", account_state_text(account->state),
		"cause", account->cause, "healthy", account_is_healthy(account), "labels", account->labels,
		"fields", account->fields, "secrets", account->secrets, "scopes",
		scopes_json(account, profile, manifest), "sandbox", account->sandbox, "created",
		output_time_json(account->created_ms), "changed", output_time_json(account->changed_ms),
		"succeeded", output_time_json(account->succeeded_ms), "failed",
		output_time_json(account->failed_ms), "failure",
		account->failure[0] ? account->failure : NULL);
}
