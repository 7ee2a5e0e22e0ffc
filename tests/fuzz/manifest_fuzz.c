/* A runner's manifest, as hostile as can be: it is refused with a reason, or what it says holds together, and
 * everything that is made of it works. */
#include "config.h"

#include "catalog/fields.h"
#include "catalog/guide.h"
#include "catalog/manifest.h"
#include "catalog/models.h"
#include "catalog/scopes.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int condition)
{
	if (!condition)
		abort();
}

static void use_auth(const struct manifest *manifest, const struct manifest_auth *auth)
{
	struct buffer text = BUFFER_INIT(1 << 20);
	struct entries given = ENTRIES_INIT;
	struct entries fields = ENTRIES_INIT;
	struct scopes scopes = { 0 };
	struct error error = { 0 };

	require(manifest_fields_auth(manifest, auth)->fields == auth->fields);
	for (size_t i = 0; i < auth->field_count; i++)
		require(entries_set(&given, auth->fields[i].id, "people.read", 11, i % 2, &error) == 0);
	(void)fields_check(&fields, &given, manifest, auth, &error);
	(void)scopes_request(&scopes, manifest, auth, NULL, &fields, &error);
	(void)scopes_format(&text, &scopes, manifest, auth, &fields, &error);
	(void)scopes_granted(&scopes, buffer_text(&text), &scopes, manifest, auth, &fields, &error);
	entries_clear(&given);
	entries_clear(&fields);
	buffer_clear(&text);
}

/* What an action says of others leads somewhere. */
static void use_action(const struct manifest *manifest, const struct manifest_action *action)
{
	require(manifest_auth(manifest, action->auth) != NULL);
	for (size_t i = 0; i < action->each_count; i++) {
		const struct manifest_each *each = &action->each[i];

		require(manifest_parameter(action, each->to) != NULL);
		require(each->over == EACH_RECORDS ? manifest_action(manifest, each->action) != NULL
						   : manifest_parameter(action, each->from) != NULL);
	}
	for (size_t i = 0; i < action->completion_count; i++) {
		const struct manifest_completion *completion = &action->completions[i];
		const struct manifest_action *from = manifest_action(manifest, completion->action);

		require(from && manifest_parameter(from, completion->parameter));
	}
}

static void use_guide(const struct manifest *manifest)
{
	struct error error = { 0 };
	json_t *guide = NULL;

	require(guide_make(&guide, manifest, NULL, 0, &error) == 0);
	for (int format = GUIDE_TEXT; format <= GUIDE_HTML; format++) {
		struct buffer text = BUFFER_INIT(1 << 24);

		require(guide_write(&text, guide, manifest, (enum guide_format)format, &error) == 0);
		buffer_clear(&text);
	}
	json_decref(guide);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct models *models;
	struct manifest *manifest = NULL;
	struct error error = { 0 };

	if (!models)
		require(models_new(&models,
				getenv("MUSTER_MODEL_DIR") ? getenv("MUSTER_MODEL_DIR") : "sdk/models",
				&error) == 0);
	if (manifest_parse(&manifest, (const char *)data, size, "acme", models, &error) < 0) {
		require(error.code != ERROR_NONE && error.message[0] != '\0');
		return 0;
	}
	for (size_t i = 0; i < manifest->auth_count; i++)
		use_auth(manifest, &manifest->auths[i]);
	for (size_t i = 0; i < manifest->action_count; i++)
		use_action(manifest, &manifest->actions[i]);
	use_guide(manifest);
	manifest_free(manifest);
	return 0;
}
