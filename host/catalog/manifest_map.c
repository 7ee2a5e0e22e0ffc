/* Does an action's map fit the model that it names? */
#include "config.h"

#include "catalog/manifest_check.h"
#include "catalog/manifest_fault.h"
#include "catalog/models.h"
#include "catalog/nearest.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

struct spot {
	const struct manifest_action *action;
	const struct model *model;
	struct error *error;
	char table[128];
	/* By the model's fields: the last row that fills it, and whether as its twin. */
	const struct manifest_map *filled[MODEL_FIELD_LIMIT];
	bool twin[MODEL_FIELD_LIMIT];
};

#define REFUSE(at_, row_, ...) manifest_refuse((at_)->error, (at_)->table, row_, NULL, __VA_ARGS__)

static const struct model_field *find_field(const struct model *model, const char *name)
{
	return model_find(model, name, strlen(name));
}

static int refuse_field(const struct spot *at, size_t row, const char *name)
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

static bool is_nest(const struct manifest_map *map)
{
	return map->kind == MAP_EACH || map->kind == MAP_OBJECT;
}

/* May a row fill what another has filled, if it was null there? A constant is never null. */
static const char *again_fault(const struct manifest_map *before, const struct manifest_map *map)
{
	if (strcmp(before->to, map->to) != 0 || is_nest(before) || is_nest(map))
		return "is filled twice";
	return before->kind == MAP_CONSTANT ? "is filled by a constant already" : NULL;
}

/* Finds the field that a row fills, as its twin or itself. */
static int take_field(
	const struct model_field **out, struct spot *at, size_t row, const char *name, bool twin)
{
	const struct manifest_map *map = &at->action->map[row];
	const struct model_field *field = find_field(at->model, name);
	const char *fault;
	size_t index;

	if (!field)
		return refuse_field(at, row, name);
	index = (size_t)(field - at->model->fields);
	if (at->filled[index]) {
		fault = at->twin[index] != twin ? "is filled twice" : again_fault(at->filled[index], map);
		if (fault)
			return REFUSE(at, row, "%s %s.", name, fault);
	}
	at->filled[index] = map;
	at->twin[index] = twin;
	*out = field;
	return 0;
}

/* Refuses a word that the field doesn't have, and says which it has. */
static int refuse_word(const struct spot *at, size_t row, const char *where, const char *word,
	const struct model_field *field)
{
	char words[256] = "";
	size_t length = 0;

	for (size_t i = 0; i < field->word_count && length < sizeof words; i++) {
		int more = snprintf(
			words + length, sizeof words - length, "%s%s", i ? ", " : "", field->words[i].text);
		length += more > 0 ? (size_t)more : 0;
	}
	return REFUSE(at, row, "%s'%s' is no word of %s (%s).", where, word, field->name, words);
}

static int check_words(
	struct spot *at, size_t row, const struct manifest_map *map, const struct model_field *field)
{
	const struct model_field *twin;
	char source[MODEL_NAME_LIMIT + 1];
	int length = snprintf(source, sizeof source, "%s_source", map->to);

	if (map->word_count == 0)
		return REFUSE(at, row, "%s: words without a word.", map->to);
	if (field->word_count == 0)
		return REFUSE(at, row, "%s has no closed set of words.", map->to);
	if (length < 0 || (size_t)length >= sizeof source || take_field(&twin, at, row, source, true) < 0)
		return REFUSE(at, row, "%s has no twin %s_source in the model, or it is filled twice.",
			map->to, map->to);
	for (size_t i = 0; i < map->word_count; i++) {
		if (!model_field_has(field, map->words[i].ours, strlen(map->words[i].ours))) {
			(void)snprintf(source, sizeof source, "words[%zu]: ", i);
			return refuse_word(at, row, source, map->words[i].ours, field);
		}
		for (size_t k = 0; k < i; k++)
			if (strcmp(map->words[k].theirs, map->words[i].theirs) == 0)
				return REFUSE(
					at, row, "words[%zu]: '%s' stands twice.", i, map->words[i].theirs);
	}
	return 0;
}

/* 2 to 8 pointers, a space between each two: none has one inside. */
static bool is_pointers(const char *text)
{
	size_t count = 1;

	if (text[0] != '/' || !manifest_is_pointer(text))
		return false;
	for (; (text = strchr(text, ' ')); count++)
		if (*++text != '/')
			return false;
	return count >= 2 && count <= 8;
}

/* What is wrong with where the value is to be found, or NULL. */
static const char *from_fault(const struct manifest_map *map)
{
	switch (map->kind) {
	case MAP_PARAMETER:
	case MAP_CONSTANT:
		return NULL;
	case MAP_JOIN:
		return is_pointers(map->from) ? NULL : "from is no list of 2 to 8 JSON pointers";
	default:
		return manifest_is_pointer(map->from) ? NULL : "from is no JSON pointer";
	}
}

/* What belongs to some kinds of rows alone. Returns NULL, or what is wrong. */
static const char *row_fault(const struct manifest_map *map)
{
	bool element = map->kind == MAP_ELEMENT;

	if (map->word_count && map->kind != MAP_WORDS)
		return "words belong to the kind words";
	if (map->row_count && !is_nest(map))
		return "rows belong to the kinds each and object";
	if (element != (map->where && map->equals && map->take) ||
		(!element && (map->where || map->equals || map->take)))
		return "where, equals and take belong to the kind element";
	if (element && (!manifest_is_pointer(map->where) || !manifest_is_pointer(map->take)))
		return "where or take is no JSON pointer";
	return from_fault(map);
}

/* The rows below an EACH or OBJECT: what those of the model look like inside is not its table's to say. */
static int check_inner(const struct spot *at, size_t row, const struct manifest_map *map)
{
	if (map->row_count == 0)
		return REFUSE(
			at, row, "%s: %s without rows.", map->to, map->kind == MAP_EACH ? "each" : "object");
	for (size_t i = 0; i < map->row_count; i++) {
		const struct manifest_map *inner = &map->rows[i];
		const char *fault = row_fault(inner);

		if (!text_is_id(inner->to))
			return REFUSE(at, row, "rows[%zu]: '%s' is no id.", i, inner->to);
		if (is_nest(inner) || inner->kind == MAP_CUSTOM || inner->kind == MAP_PARAMETER ||
			(inner->kind == MAP_ELEMENT && map->kind == MAP_EACH))
			return REFUSE(at, row, "rows[%zu] %s: this kind has no place here.", i, inner->to);
		if (inner->kind == MAP_WORDS && inner->word_count == 0)
			fault = "words without a word";
		for (size_t k = 0; !fault && k < i; k++)
			if (strcmp(map->rows[k].to, inner->to) == 0 && map->rows[k].kind == MAP_CONSTANT)
				fault = "it is filled by a constant already";
		if (fault)
			return REFUSE(at, row, "rows[%zu] %s: %s.", i, inner->to, fault);
	}
	return 0;
}

/* A list is passed once, and becomes one list. */
static int check_each(const struct spot *at, size_t row, const struct manifest_map *map)
{
	for (size_t i = 0; i < row; i++)
		if (at->action->map[i].kind == MAP_EACH && strcmp(at->action->map[i].from, map->from) == 0)
			return REFUSE(at, row, "%s: %s is made of %s already.", map->to,
				at->action->map[i].to, map->from);
	return check_inner(at, row, map);
}

static int check_custom(const struct spot *at, size_t row)
{
	const struct manifest_map *maps = at->action->map;

	if (!find_field(at->model, "custom_fields"))
		return REFUSE(at, row, "the model %s has no custom_fields.", at->action->model);
	for (size_t i = 0; i < row; i++)
		if (maps[i].kind == MAP_CUSTOM && strcmp(maps[i].to, maps[row].to) == 0)
			return REFUSE(at, row, "the custom field %s stands twice.", maps[row].to);
	for (size_t i = 0; i < at->action->map_count; i++)
		if (maps[i].kind != MAP_CUSTOM && strcmp(maps[i].to, "custom_fields") == 0)
			return REFUSE(at, row, "custom_fields is filled by map[%zu] already.", i);
	return 0;
}

static int check_parameter(const struct spot *at, size_t row, const struct manifest_map *map)
{
	if (!manifest_parameter(at->action, map->from))
		return REFUSE(at, row, "%s: there is no parameter '%s'.", map->to, map->from);
	return 0;
}

static int check_constant(
	const struct spot *at, size_t row, const struct manifest_map *map, const struct model_field *field)
{
	size_t length = strlen(map->from);

	if (field->word_count && !model_field_has(field, map->from, length))
		return refuse_word(at, row, "", map->from, field);
	if (field->format != MODEL_TEXT || (field->filled && length == 0))
		return REFUSE(at, row, "%s can't be the text '%s'.", map->to, map->from);
	return 0;
}

/* What each kind makes, and so what the field must allow. */
static const struct {
	unsigned types; /* enum model_type; 0: whatever is there */
	enum model_format format;
	const char *name;
} made[] = {
	[MAP_COPY] = { 0, MODEL_TEXT, NULL },
	[MAP_CUSTOM] = { 0, MODEL_TEXT, NULL },
	[MAP_DATE] = { MODEL_STRING, MODEL_DATE, "date" },
	[MAP_DATE_TIME] = { MODEL_STRING, MODEL_DATE_TIME, "date-time" },
	[MAP_WORDS] = { MODEL_STRING, MODEL_TEXT, "text" },
	[MAP_PARAMETER] = { MODEL_STRING, MODEL_TEXT, "text" },
	[MAP_EACH] = { MODEL_ARRAY, MODEL_TEXT, "list" },
	[MAP_CONSTANT] = { MODEL_STRING, MODEL_TEXT, "text" },
	[MAP_TEXT] = { MODEL_STRING, MODEL_TEXT, "text" },
	[MAP_NUMBER] = { MODEL_NUMBER | MODEL_INTEGER, MODEL_TEXT, "number" },
	[MAP_BOOLEAN] = { MODEL_BOOLEAN, MODEL_TEXT, "boolean" },
	[MAP_DAY] = { MODEL_STRING, MODEL_DATE, "date" },
	[MAP_LOCAL_TIME] = { MODEL_STRING, MODEL_LOCAL_DATE_TIME, "date-time-local" },
	[MAP_ELEMENT] = { MODEL_STRING, MODEL_TEXT, "text" },
	[MAP_OBJECT] = { MODEL_OBJECT, MODEL_TEXT, "object" },
	[MAP_JOIN] = { MODEL_STRING, MODEL_TEXT, "text" },
	[MAP_LAST_DAY] = { MODEL_STRING, MODEL_DATE, "date" },
};

/* The field's type must allow what the kind makes. */
static int check_kind(struct spot *at, size_t row, const struct model_field *field)
{
	const struct manifest_map *map = &at->action->map[row];
	unsigned types = made[map->kind].types;
	enum model_format format = made[map->kind].format;

	if ((types && !(field->types & types)) || (format != MODEL_TEXT && field->format != format))
		return REFUSE(at, row, "%s is no %s in the model %s.", map->to, made[map->kind].name,
			at->action->model);
	switch (map->kind) {
	case MAP_WORDS:
		return check_words(at, row, map, field);
	case MAP_PARAMETER:
		return check_parameter(at, row, map);
	case MAP_CONSTANT:
		return check_constant(at, row, map, field);
	case MAP_EACH:
		return check_each(at, row, map);
	case MAP_OBJECT:
		return check_inner(at, row, map);
	default:
		return 0;
	}
}

static int check_row(struct spot *at, size_t row)
{
	const struct manifest_map *map = &at->action->map[row];
	const struct model_field *field;
	const char *fault = row_fault(map);

	if (fault)
		return REFUSE(at, row, "%s: %s.", map->to, fault);
	if (map->kind == MAP_CUSTOM)
		return check_custom(at, row);
	if (take_field(&field, at, row, map->to, false) < 0)
		return -1;
	return check_kind(at, row, field);
}

static bool is_mapped(const struct spot *at, const char *name)
{
	const struct model_field *field = find_field(at->model, name);

	return field && at->filled[field - at->model->fields];
}

static int check_whole(const struct spot *at, size_t row)
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
	struct spot at = { .action = &manifest->actions[action], .error = error };

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
