/* muster validate: are these fields right, as far as can be known offline? */
#include "config.h"

#include "catalog/entries.h"
#include "catalog/fields.h"
#include "cli/assign.h"
#include "cli/command.h"
#include "cli/output.h"
#include "cli/session.h"
#include "run/validate.h"

#include <stdint.h>
#include <stdio.h>

/* The only auth that has fields of its own, or NULL. */
static const struct manifest_auth *only_auth(const struct manifest *manifest)
{
	const struct manifest_auth *only = NULL;

	for (size_t i = 0; i < manifest->auth_count; i++) {
		if (manifest->auths[i].fields_of)
			continue;
		if (only)
			return NULL;
		only = &manifest->auths[i];
	}
	return only;
}

static int find_auth(const struct manifest_auth **out, const struct manifest *manifest, const char *id,
	struct error *error)
{
	if (id)
		return manifest_find_auth(out, manifest, id, error);
	*out = only_auth(manifest);
	if (!*out) {
		(void)error_set(error, ERROR_USAGE, "%s has several auths; say which.", manifest->name);
		return error_hint(error, "--auth %s, or another that 'muster show %s' lists.",
			manifest->auths[0].id, manifest->id);
	}
	return 0;
}

static int check(const struct arguments *arguments, const struct catalog *catalog,
	const struct provider *provider, struct error *error)
{
	const char *credentials = arguments_text(arguments, "credentials", NULL);
	const struct manifest_auth *auth = NULL;
	struct entries given = ENTRIES_INIT;
	struct entries fields = ENTRIES_INIT;
	int result = -1;

	if (find_auth(&auth, provider->manifest, arguments_text(arguments, "auth", NULL), error) == 0 &&
		(!credentials || assign_read_credentials(&given, credentials, error) == 0) &&
		assign_read(&given, arguments, 1, error) == 0 &&
		fields_check(&fields, &given, provider->manifest, auth, error) == 0 &&
		validate_fields(
			provider, auth, &fields, catalog_trusts(catalog, provider->manifest->id), error) == 0)
		result = 0;
	entries_clear(&given);
	entries_clear(&fields);
	return result;
}

static int run(const struct arguments *arguments, struct error *error)
{
	const struct provider *provider;
	struct session session = { .catalog = NULL };
	int result = -1;

	if (arguments_words(arguments, 1, SIZE_MAX, "PROVIDER", error) < 0 ||
		session_open(&session, arguments, error) < 0 ||
		catalog_provider(&provider, session.catalog, arguments->words[0], error) < 0 ||
		check(arguments, session.catalog, provider, error) < 0)
		goto out;
	result = 0;
	if (arguments_flag(arguments, "json"))
		result = output_json_take(json_pack("{s:s, s:b, s:[]}", "provider", provider->manifest->id,
						  "valid", 1, "problems"),
			false, error);
	else
		(void)printf("The fields are as %s wants them. Whether it accepts them, only a call "
			     "can tell.\n",
			provider->manifest->name);
out:
	session_close(&session);
	return result;
}

static const struct option options[] = {
	{ .name = "credentials",
		.value = "FILE",
		.help = "A JSON object of fields and texts; '-' is the input." },
	{ .name = "auth", .value = "ID", .help = "Which auth, where the connector has several." },
	OPTION_JSON,
	OPTION_PLUGIN_PATH,
};

const struct command command_validate = {
	.name = "validate",
	.summary = "Check fields offline, before anything is sent.",
	.usage = "PROVIDER [key=value | key@FILE | key@-]… [--credentials FILE] [--auth ID]",
	.details = "key=value is the value itself, key@FILE the content of a file, key@- that of the "
		   "input. A secret is only taken from a file or the input, since others can see the "
		   "command line.\n\n"
		   "Every problem is told at once: exit status 3, and with --json an object whose "
		   "problems have field, code and message.\n\n"
		   "  muster validate culture_amp client_id=abc client_secret@secret.txt",
	.options = options,
	.option_count = sizeof options / sizeof options[0],
	.run = run,
};
