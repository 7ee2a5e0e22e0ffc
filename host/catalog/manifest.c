#include "config.h"

#include "catalog/manifest.h"

#include "base/json.h"
#include "base/text.h"
#include "catalog/manifest_check.h"
#include "catalog/manifest_read.h"
#include "catalog/nearest.h"

#include <stdlib.h>
#include <string.h>

int manifest_parse(struct manifest **out, const char *bytes, size_t length, const char *id,
	struct models *models, struct error *error)
{
	struct manifest_storage *storage = calloc(1, sizeof *storage);
	struct manifest *manifest = storage ? &storage->manifest : NULL;

	if (!storage)
		return error_memory(error);
	manifest->storage = storage;
	if (json_parse(&storage->json, bytes, length, ERROR_PLUGIN_REFUSED, "The manifest", error) < 0 ||
		manifest_read(storage, error) < 0)
		goto failed;
	manifest->json = storage->json;
	if (manifest_check(manifest, id, models, error) < 0)
		goto failed;
	*out = manifest;
	return 0;
failed:
	manifest_free(manifest);
	return -1;
}

void manifest_free(struct manifest *manifest)
{
	struct manifest_storage *storage = manifest ? manifest->storage : NULL;

	if (!storage)
		return;
	for (size_t i = 0; i < storage->block_count; i++)
		free(storage->blocks[i]);
	free(storage->blocks);
	json_decref(storage->json);
	free(storage);
}

const struct manifest_auth *manifest_auth(const struct manifest *manifest, const char *id)
{
	for (size_t i = 0; i < manifest->auth_count; i++)
		if (strcmp(manifest->auths[i].id, id) == 0)
			return &manifest->auths[i];
	return NULL;
}

const struct manifest_action *manifest_action(const struct manifest *manifest, const char *id)
{
	for (size_t i = 0; i < manifest->action_count; i++)
		if (strcmp(manifest->actions[i].id, id) == 0)
			return &manifest->actions[i];
	return NULL;
}

const struct manifest_field *manifest_field(const struct manifest_auth *auth, const char *id)
{
	for (size_t i = 0; i < auth->field_count; i++)
		if (strcmp(auth->fields[i].id, id) == 0)
			return &auth->fields[i];
	return NULL;
}

const struct manifest_parameter *manifest_parameter(const struct manifest_action *action, const char *id)
{
	for (size_t i = 0; i < action->parameter_count; i++)
		if (strcmp(action->parameters[i].id, id) == 0)
			return &action->parameters[i];
	return NULL;
}

const struct manifest_auth *manifest_fields_auth(
	const struct manifest *manifest, const struct manifest_auth *auth)
{
	const struct manifest_auth *other = auth->fields_of ? manifest_auth(manifest, auth->fields_of) : NULL;

	return other ? other : auth;
}

bool manifest_same_fields(const struct manifest *manifest, const char *auth, const char *other)
{
	const struct manifest_auth *a = manifest_auth(manifest, auth);
	const struct manifest_auth *b = manifest_auth(manifest, other);

	return a && b && manifest_fields_auth(manifest, a) == manifest_fields_auth(manifest, b);
}

bool manifest_finds(const struct manifest_auth *auth, const char *action)
{
	for (size_t i = 0; i < auth->field_count; i++)
		if (auth->fields[i].found_by && strcmp(auth->fields[i].found_by, action) == 0)
			return true;
	return false;
}

bool manifest_applies(const struct manifest_texts *actions, const char *action)
{
	for (size_t i = 0; i < actions->count; i++)
		if (strcmp(actions->items[i], action) == 0)
			return true;
	return actions->count == 0;
}

const char *manifest_needs(const struct manifest_action *action, const char *but)
{
	for (size_t i = 0; i < action->parameter_count; i++) {
		const struct manifest_parameter *parameter = &action->parameters[i];

		if (parameter->required && !parameter->default_text &&
			!(but && strcmp(parameter->id, but) == 0))
			return parameter->id;
	}
	return NULL;
}

bool manifest_maps(const struct manifest_action *action, const char *field)
{
	size_t length = strlen(field);

	for (size_t i = 0; i < action->map_count; i++) {
		const struct manifest_map *map = &action->map[i];

		if (map->kind == MAP_CUSTOM)
			continue;
		if (strcmp(map->to, field) == 0)
			return true;
		if (map->kind == MAP_WORDS && length == strlen(map->to) + sizeof "_source" - 1 &&
			strncmp(map->to, field, strlen(map->to)) == 0 &&
			strcmp(field + strlen(map->to), "_source") == 0)
			return true;
	}
	return false;
}

static bool is_text(const char *text, const char *bytes, size_t length)
{
	return strlen(text) == length && memcmp(text, bytes, length) == 0;
}

int manifest_scope(const struct manifest *manifest, const char *id, size_t length)
{
	for (size_t i = 0; i < manifest->scope_count; i++) {
		const struct manifest_scope *scope = &manifest->scopes[i];

		if (is_text(scope->id, id, length))
			return (int)i;
		for (size_t k = 0; k < scope->aliases.count; k++)
			if (is_text(scope->aliases.items[k], id, length))
				return (int)i;
	}
	return -1;
}

int manifest_find_auth(const struct manifest_auth **out, const struct manifest *manifest, const char *id,
	struct error *error)
{
	char given[64];

	*out = manifest_auth(manifest, id);
	if (*out)
		return 0;
	text_clean(given, sizeof given, id, strlen(id));
	(void)error_set(error, ERROR_USAGE, "%s has no auth '%s'.", manifest->name, given);
	return error_hint(error, "'muster show %s' lists the auths.", manifest->id);
}

int manifest_find_action(const struct manifest_action **out, const struct manifest *manifest, const char *id,
	struct error *error)
{
	struct nearest nearest;
	char given[64];
	char names[256];

	*out = manifest_action(manifest, id);
	if (*out)
		return 0;
	text_clean(given, sizeof given, id, strlen(id));
	nearest_init(&nearest, given);
	for (size_t i = 0; i < manifest->action_count; i++)
		nearest_offer(&nearest, manifest->actions[i].id);
	(void)error_set(error, ERROR_ACTION_NOT_FOUND, "%s has no action '%s'.", manifest->name, given);
	if (nearest_text(names, sizeof names, &nearest))
		return error_hint(error, "Do you mean %s?", names);
	return error_hint(error, "'muster show %s' lists the actions.", manifest->id);
}
