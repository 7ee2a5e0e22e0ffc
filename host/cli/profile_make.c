#include "config.h"

#include "cli/profile.h"

#include "base/log.h"
#include "catalog/approval.h"
#include "cli/enter.h"

#include <stdio.h>
#include <string.h>

int profile_make(struct profile *out, json_t **secrets, const struct profile_plan *plan, struct error *error)
{
	const struct manifest *manifest = plan->provider->manifest;
	struct profile profile = { .sandbox = plan->sandbox };

	*secrets = NULL;
	if (strlen(plan->name) >= sizeof profile.name)
		return error_set(error, ERROR_BAD_NAME, "The name '%.70s…' is too long.", plan->name);
	(void)snprintf(profile.name, sizeof profile.name, "%s", plan->name);
	(void)snprintf(profile.provider, sizeof profile.provider, "%s", manifest->id);
	(void)snprintf(profile.auth, sizeof profile.auth, "%s", plan->auth->id);
	profile.actions = plan->actions ? json_deep_copy(plan->actions) : json_null();
	if (!profile.actions)
		return error_memory(error);
	if (approval_make(&profile.approved, manifest, plan->auth, error) < 0 ||
		enter_split(&profile.fields, secrets, plan->fields, FIELD_PROFILE, plan->auth, error) < 0) {
		profile_clear(&profile);
		return -1;
	}
	*out = profile;
	return 0;
}

static int add_action(json_t *list, const char *name, const struct manifest *manifest,
	const struct manifest_auth *auth, struct error *error)
{
	const struct manifest_action *action;

	if (manifest_find_action(&action, manifest, name, error) < 0)
		return -1;
	if (manifest_fields_auth(manifest, manifest_auth(manifest, action->auth)) !=
		manifest_fields_auth(manifest, auth))
		return error_set(error, ERROR_USAGE, "%s is an action of the auth %s, not of %s.", action->id,
			action->auth, auth->id);
	return json_array_append_new(list, json_string(action->id)) < 0 ? error_memory(error) : 0;
}

static int add_actions(json_t *list, const char *text, const struct manifest *manifest,
	const struct manifest_auth *auth, struct error *error)
{
	while (*text) {
		size_t length = strcspn(text, ",");
		char name[64];

		if (length >= sizeof name)
			return error_set(
				error, ERROR_ACTION_NOT_FOUND, "%s has no such action.", manifest->name);
		memcpy(name, text, length);
		name[length] = '\0';
		if (length > 0 && add_action(list, name, manifest, auth, error) < 0)
			return -1;
		text += length + (text[length] == ',');
	}
	return 0;
}

int profile_actions(json_t **out, const struct arguments *arguments, const char *option,
	const struct manifest *manifest, const struct manifest_auth *auth, struct error *error)
{
	size_t position = 0;
	const char *text;
	json_t *list;

	*out = NULL;
	if (!arguments_text(arguments, option, NULL))
		return 0;
	list = json_array();
	if (!list)
		return error_memory(error);
	while ((text = arguments_next(&position, arguments, option)))
		if (add_actions(list, text, manifest, auth, error) < 0)
			goto fail;
	if (json_array_size(list) == 0) {
		(void)error_set(error, ERROR_USAGE, "--%s names no action.", option);
		goto fail;
	}
	*out = list;
	return 0;
fail:
	json_decref(list);
	return -1;
}

void profile_show_hosts(const struct manifest *manifest, const struct manifest_auth *auth)
{
	for (size_t i = 0; i < manifest->host_count; i++) {
		const struct manifest_host *host = &manifest->hosts[i];
		bool token = host->use & HOST_TOKEN && auth->grant != GRANT_STATIC;

		if (host->use & (HOST_API | HOST_TOKEN))
			log_notice("credentials go to %s (%s%s%s)", host->name,
				host->use & HOST_API ? "calls" : "",
				host->use & HOST_API && token ? ", " : "", token ? "tokens" : "");
		else if (auth->grant == GRANT_AUTHORIZATION_CODE)
			log_notice("consent is given at %s", host->name);
	}
}
