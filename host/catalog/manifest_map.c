/* Does an action's map fit the model that it names? */
#include "config.h"

#include "catalog/manifest_check.h"
#include "catalog/models.h"
#include "catalog/nearest.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

struct place {
	const struct manifest_action *action;
	const struct model *model;
	struct error *error;
	char table[128];
	bool filled[MODEL_FIELD_LIMIT]; /* by the model's fields */
};

#define REFUSE(at_, row_, ...) manifest_refuse((at_)->error, (at_)->table, row_, NULL, __VA_ARGS__)

static const struct model_field *find_field(const struct model *model, const char *name)
{
	return model_find(model, name, strlen(name));
}

static int refuse_field(const struct place *at, size_t row, const char *name)
{
	struct nearest nearest;
	char names[192];

	nearest_init(&nearest, name);
	for (size_t i = 0; i < at->model->count; i++)
		nearest_offer(&nearest, at->model->fields[i].name);
	if (nearest_text(names, sizeof names, &nearest))
		return REFUSE(at, row, "the model %s has no field %s (%s?).", at->action->model, name, names);
	return REFUSE(at, row, "the model %s has no field %s.", at->action->model, name);
}

/* Finds the field that a row fills, which no other may fill. */
static int take_field(const struct model_field **out, struct place *at, size_t row, const char *name)
{
	const struct model_field *field = find_field(at->model, name);
	size_t index;

	if (!field)
		return refuse_field(at, row, name);
	index = (size_t)(field - at->model->fields);
	if (at->filled[index])
		return REFUSE(at, row, "%s is filled twice.", name);
	at->filled[index] = true;
	*out = field;
	return 0;
}

static bool has_word(const struct model_field *field, const char *word)
{
	size_t length = strlen(word);

	for (size_t i = 0; i < field->word_count; i++)
		if (field->words[i].length == length && memcmp(field->words[i].text, word, length) == 0)
			return true;
	return false;
}

static int check_words(
	struct place *at, size_t row, const struct manifest_map *map, const struct model_field *field)
{
	const struct model_field *twin;
	char source[MODEL_NAME_LIMIT + 1];
	int length = snprintf(source, sizeof source, "%s_source", map->to);

	if (map->word_count == 0)
		return REFUSE(at, row, "%s: words without a word.", map->to);
	if (field->word_count == 0)
		return REFUSE(at, row, "%s has no closed set of words.", map->to);
	if (length < 0 || (size_t)length >= sizeof source || take_field(&twin, at, row, source) < 0)
		return REFUSE(at, row, "%s has no twin %s_source in the model, or it is filled twice.",
			map->to, map->to);
	for (size_t i = 0; i < map->word_count; i++) {
		if (!has_word(field, map->words[i].ours))
			return REFUSE(at, row, "words[%zu]: '%s' is no word of %s.", i, map->words[i].ours,
				map->to);
		for (size_t k = 0; k < i; k++)
			if (strcmp(map->words[k].theirs, map->words[i].theirs) == 0)
				return REFUSE(
					at, row, "words[%zu]: '%s' stands twice.", i, map->words[i].theirs);
	}
	return 0;
}

/* The rows below an EACH: what elements of the model's list look like is not its table's to say. */
static int check_inner(const struct place *at, size_t row, const struct manifest_map *map)
{
	if (map->row_count == 0)
		return REFUSE(at, row, "%s: each without rows.", map->to);
	for (size_t i = 0; i < map->row_count; i++) {
		const struct manifest_map *inner = &map->rows[i];

		if (!text_is_id(inner->to))
			return REFUSE(at, row, "rows[%zu]: '%s' is no id.", i, inner->to);
		if (inner->kind == MAP_EACH || inner->kind == MAP_CUSTOM || inner->kind == MAP_PARAMETER)
			return REFUSE(at, row, "rows[%zu] %s: this kind has no place here.", i, inner->to);
		if (!manifest_is_pointer(inner->from))
			return REFUSE(at, row, "rows[%zu] %s: from '%s' is no JSON pointer.", i, inner->to,
				inner->from);
		if ((inner->kind == MAP_WORDS) != (inner->word_count > 0))
			return REFUSE(at, row, "rows[%zu] %s: words belong to the kind words.", i, inner->to);
		for (size_t k = 0; k < i; k++)
			if (strcmp(map->rows[k].to, inner->to) == 0)
				return REFUSE(at, row, "rows[%zu]: %s is filled twice.", i, inner->to);
	}
	return 0;
}

static int check_custom(const struct place *at, size_t row)
{
	const struct manifest_map *maps = at->action->map;

	if (!find_field(at->model, "custom_fields"))
		return REFUSE(at, row, "the model %s has no custom_fields.", at->action->model);
	for (size_t i = 0; i < row; i++)
		if (maps[i].kind == MAP_CUSTOM && strcmp(maps[i].to, maps[row].to) == 0)
			return REFUSE(at, row, "the custom field %s stands twice.", maps[row].to);
	return 0;
}

/* The field's type must allow what the kind makes. */
static int check_kind(struct place *at, size_t row, const struct model_field *field)
{
	const struct manifest_map *map = &at->action->map[row];

	switch (map->kind) {
	case MAP_DATE:
		if (field->format != MODEL_DATE)
			return REFUSE(at, row, "%s is no date in the model %s.", map->to, at->action->model);
		return 0;
	case MAP_DATE_TIME:
		if (field->format != MODEL_DATE_TIME)
			return REFUSE(
				at, row, "%s is no date-time in the model %s.", map->to, at->action->model);
		return 0;
	case MAP_WORDS:
		return check_words(at, row, map, field);
	case MAP_PARAMETER:
		if (!(field->types & MODEL_STRING))
			return REFUSE(at, row, "%s is no text in the model %s.", map->to, at->action->model);
		if (!manifest_parameter(at->action, map->from))
			return REFUSE(at, row, "%s: there is no parameter '%s'.", map->to, map->from);
		return 0;
	case MAP_EACH:
		if (!(field->types & MODEL_ARRAY))
			return REFUSE(at, row, "%s is no list in the model %s.", map->to, at->action->model);
		return check_inner(at, row, map);
	case MAP_COPY:
	case MAP_CUSTOM:
		return 0;
	}
	return 0;
}

static int check_row(struct place *at, size_t row)
{
	const struct manifest_map *map = &at->action->map[row];
	const struct model_field *field;

	if (map->word_count && map->kind != MAP_WORDS)
		return REFUSE(at, row, "%s: words belong to the kind words.", map->to);
	if (map->row_count && map->kind != MAP_EACH)
		return REFUSE(at, row, "%s: rows belong to the kind each.", map->to);
	if (map->kind != MAP_PARAMETER && !manifest_is_pointer(map->from))
		return REFUSE(at, row, "%s: from '%s' is no JSON pointer.", map->to, map->from);
	if (map->kind == MAP_CUSTOM)
		return check_custom(at, row);
	if (take_field(&field, at, row, map->to) < 0)
		return -1;
	return check_kind(at, row, field);
}

static bool is_mapped(const struct place *at, const char *name)
{
	const struct model_field *field = find_field(at->model, name);

	return field && at->filled[field - at->model->fields];
}

static int check_whole(const struct place *at, size_t row)
{
	const struct manifest_action *action = at->action;

	for (size_t i = 0; i < at->model->count; i++)
		if (at->model->fields[i].required && !at->filled[i])
			return manifest_refuse(at->error, "actions", row, action->id,
				"the map lacks %s, which the model %s requires.", at->model->fields[i].name,
				action->model);
	if (action->key.count == 0)
		return manifest_refuse(at->error, "actions", row, action->id, "it has no key.");
	for (size_t i = 0; i < action->key.count; i++) {
		const struct model_field *field = find_field(at->model, action->key.items[i]);

		if (!is_mapped(at, action->key.items[i]))
			return manifest_refuse(at->error, "actions", row, action->id,
				"the key %s is not in the map.", action->key.items[i]);
		if (field->types & (MODEL_ARRAY | MODEL_OBJECT))
			return manifest_refuse(at->error, "actions", row, action->id,
				"the key %s is no plain value.", action->key.items[i]);
	}
	return 0;
}

int manifest_check_map(
	const struct manifest *manifest, size_t action, struct models *models, struct error *error)
{
	struct place at = { .action = &manifest->actions[action], .error = error };

	if (models_find(&at.model, models, at.action->model, error) < 0)
		return -1;
	if (!at.model)
		return manifest_refuse(
			error, "actions", action, at.action->id, "there is no model '%s'.", at.action->model);
	(void)snprintf(at.table, sizeof at.table, "actions[%zu] %s: map", action, at.action->id);
	if (at.action->map_count == 0)
		return manifest_refuse(error, "actions", action, at.action->id, "its map is empty.");
	for (size_t i = 0; i < at.action->map_count; i++)
		if (check_row(&at, i) < 0)
			return -1;
	return check_whole(&at, action);
}
