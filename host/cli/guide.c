/* muster guide: what a person does at the provider, for just the chosen actions. */
#include "config.h"

#include "base/buffer.h"
#include "base/log.h"
#include "base/text.h"
#include "catalog/guide.h"
#include "catalog/scopes.h"
#include "cli/command.h"
#include "cli/output.h"
#include "cli/session.h"
#include "cli/unknown.h"
#include "store/profiles.h"

#include <stdlib.h>
#include <string.h>

#define ACTIONS_MAX 1024
#define DOCUMENT_MAX ((size_t)16 * 1024 * 1024)

/* Reads "a,b,c"; several --actions add up. */
static int choose(const struct manifest_action **actions, size_t *count, const struct manifest *manifest,
	const char *list, struct error *error)
{
	while (*list) {
		size_t length = strcspn(list, ",");
		char name[64];

		if (length >= sizeof name || *count == ACTIONS_MAX)
			return error_set(
				error, ERROR_ACTION_NOT_FOUND, "%s has no such action.", manifest->name);
		memcpy(name, list, length);
		name[length] = '\0';
		if (length > 0 && manifest_find_action(&actions[(*count)++], manifest, name, error) < 0)
			return -1;
		list += length + (list[length] == ',');
	}
	return 0;
}

static int read_format(enum guide_format *out, const char *name, struct error *error)
{
	static const char *const names[] = { "text", "markdown", "html" };
	char shown[64];

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		if (strcmp(names[i], name) == 0) {
			*out = (enum guide_format)i;
			return 0;
		}
	}
	text_clean(shown, sizeof shown, name, strlen(name));
	(void)error_set(error, ERROR_USAGE, "There is no format '%s'.", shown);
	return error_hint(error, "--format takes text, markdown or html.");
}

static int print_document(
	const json_t *guide, const struct manifest *manifest, enum guide_format format, struct error *error)
{
	struct buffer document = BUFFER_INIT(DOCUMENT_MAX);
	int result = guide_write(&document, guide, manifest, format, error);

	if (result == 0)
		text_print(stdout, document.data, document.length, true);
	buffer_clear(&document);
	return result;
}

/* The profile of this name, if there is one. That the store can't be opened is no reason to show no guide. */
static bool find_profile(struct profile *out, struct session *session, const struct arguments *arguments)
{
	struct error error = { 0 };

	if (session_store(session, arguments, &error) < 0)
		log_warning("profiles can't be read: %s", error.message);
	return session->store && profiles_get(out, session->store, arguments->words[0], &error) == 0;
}

static int find_provider(const struct provider **out, struct session *session,
	const struct arguments *arguments, const struct profile *profile, struct error *error)
{
	const char *name = profile ? profile->provider : arguments->words[0];
	struct error missing = { 0 };

	if (catalog_provider(out, session->catalog, name, &missing) == 0)
		return 0;
	if (!profile && missing.code == ERROR_PROVIDER_NOT_FOUND)
		return unknown_profile(session, arguments, name, error);
	*error = missing;
	return -1;
}

/* What a profile enables of its auth, and of those that share its fields. */
static void choose_enabled(const struct manifest_action **actions, size_t *count,
	const struct manifest *manifest, const struct profile *profile)
{
	const struct manifest_auth *auth = manifest_auth(manifest, profile->auth);

	for (size_t i = 0; auth && i < manifest->action_count && *count < ACTIONS_MAX; i++) {
		const struct manifest_action *action = &manifest->actions[i];
		const struct manifest_auth *own = manifest_auth(manifest, action->auth);
		if (manifest_fields_auth(manifest, own) == manifest_fields_auth(manifest, auth) &&
			scopes_is_enabled(profile->actions, action->id))
			actions[(*count)++] = action;
	}
}

static int print_guide(const struct arguments *arguments, const struct manifest *manifest,
	const struct manifest_action *const *actions, size_t count, struct error *error)
{
	enum guide_format format = GUIDE_TEXT;
	json_t *guide = NULL;
	int result = -1;

	if (read_format(&format, arguments_text(arguments, "format", "text"), error) < 0 ||
		guide_make(&guide, manifest, actions, count, error) < 0)
		return -1;
	if (arguments_flag(arguments, "json"))
		result = output_json_take(json_incref(guide), false, error);
	else
		result = print_document(guide, manifest, format, error);
	json_decref(guide);
	return result;
}

static int run(const struct arguments *arguments, struct error *error)
{
	const struct manifest_action **actions = calloc(ACTIONS_MAX, sizeof *actions);
	struct profile profile = { .id = "" };
	const struct provider *provider;
	struct session session = { .catalog = NULL };
	bool has_profile = false;
	size_t count = 0;
	size_t position = 0;
	const char *list;
	int result = -1;

	if (!actions) {
		(void)error_memory(error);
		goto out;
	}
	if (arguments_words(arguments, 1, 1, "PROVIDER", error) < 0 ||
		session_open(&session, arguments, error) < 0)
		goto out;
	has_profile = find_profile(&profile, &session, arguments);
	if (find_provider(&provider, &session, arguments, has_profile ? &profile : NULL, error) < 0)
		goto out;
	while ((list = arguments_next(&position, arguments, "actions")))
		if (choose(actions, &count, provider->manifest, list, error) < 0)
			goto out;
	if (arguments_text(arguments, "actions", NULL) && count == 0) {
		(void)error_set(error, ERROR_USAGE, "--actions names no action.");
		goto out;
	}
	if (has_profile && count == 0)
		choose_enabled(actions, &count, provider->manifest, &profile);
	result = print_guide(arguments, provider->manifest, actions, count, error);
out:
	free(actions);
	profile_clear(&profile);
	session_close(&session);
	return result;
}

static const struct option options[] = {
	{ .name = "actions",
		.value = "A,B",
		.help = "Only the steps and scopes that these actions need; else what the profile enables, or all.",
		.repeated = true },
	{ .name = "format", .value = "FORMAT", .help = "text (the default), markdown or html." },
	OPTION_DATA_DIR,
	OPTION_JSON,
	OPTION_PLUGIN_PATH,
};

const struct command command_guide = {
	.name = "guide",
	.summary = "Show how to get credentials from a provider.",
	.usage = "PROFILE|PROVIDER [--actions A,B] [--format text|markdown|html] [--json]",
	.details = "The guide is for the person at the customer who may create credentials: send "
		   "it to them. It asks for the permissions that the chosen actions need, and no "
		   "more.\n\n"
		   "  muster guide culture_amp --actions list_employees,get_employee",
	.options = options,
	.option_count = sizeof options / sizeof options[0],
	.run = run,
};
