#include "config.h"

#include "record/model.h"

#include "base/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_LIMIT (1u << 20)
#define SLOTS (2 * MODEL_FIELD_LIMIT)

static const struct {
	const char *name;
	unsigned types;
} type_names[] = {
	{ "null", MODEL_NULL },
	{ "boolean", MODEL_BOOLEAN },
	{ "integer", MODEL_INTEGER },
	{ "number", MODEL_NUMBER | MODEL_INTEGER },
	{ "string", MODEL_STRING },
	{ "array", MODEL_ARRAY },
	{ "object", MODEL_OBJECT },
};

static const struct {
	const char *name;
	enum model_format format;
} formats[] = {
	{ "date", MODEL_DATE },
	{ "date-time", MODEL_DATE_TIME },
	{ "date-time-local", MODEL_LOCAL_DATE_TIME },
	{ "time-local", MODEL_LOCAL_TIME },
};

#define TYPE_NAMES (sizeof type_names / sizeof type_names[0])
#define ANY_TYPE \
	(MODEL_NULL | MODEL_BOOLEAN | MODEL_INTEGER | MODEL_NUMBER | MODEL_STRING | MODEL_ARRAY | \
		MODEL_OBJECT)

/* FNV-1a: the names are ours, so nobody can make them collide. */
static size_t slot_of(const char *name, size_t length)
{
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < length; i++)
		hash = (hash ^ (unsigned char)name[i]) * 16777619u;
	return (hash ^ hash >> 16) % SLOTS;
}

const struct model_field *model_find(const struct model *model, const char *name, size_t length)
{
	for (size_t slot = slot_of(name, length); model->slots[slot]; slot = (slot + 1) % SLOTS) {
		const struct model_field *field = &model->fields[model->slots[slot] - 1];
		if (field->length == length && memcmp(field->name, name, length) == 0)
			return field;
	}
	return NULL;
}

static int add_type(struct model_field *field, const json_t *name)
{
	const char *text = json_string_value(name);

	for (size_t i = 0; text && i < TYPE_NAMES; i++)
		if (strcmp(text, type_names[i].name) == 0) {
			field->types |= type_names[i].types;
			return 0;
		}
	return -1;
}

/* A name, a list of names, or absent: anything. */
static int read_types(struct model_field *field, const json_t *type)
{
	if (!type) {
		field->types = ANY_TYPE;
		return 0;
	}
	if (!json_is_array(type))
		return add_type(field, type);
	for (size_t i = 0; i < json_array_size(type); i++)
		if (add_type(field, json_array_get(type, i)) < 0)
			return -1;
	return field->types ? 0 : -1;
}

/* Others are for people and validators. */
static int read_format(struct model_field *field, const json_t *format)
{
	const char *text = json_string_value(format);

	if (format && !text)
		return -1;
	for (size_t i = 0; text && i < sizeof formats / sizeof formats[0]; i++)
		if (strcmp(text, formats[i].name) == 0)
			field->format = formats[i].format;
	return 0;
}

/* The strings of the list go to *words, which moves on; null may be among them, other values may not. */
static int read_words(struct model_field *field, struct model_word **words, const json_t *list)
{
	if (!list)
		return 0;
	if (!json_is_array(list))
		return -1;
	field->words = *words;
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *word = json_array_get(list, i);
		if (json_is_null(word))
			continue;
		if (!json_is_string(word))
			return -1;
		**words = (struct model_word){ json_string_value(word), json_string_length(word) };
		(*words)++;
		field->word_count++;
	}
	return 0;
}

static bool is_name(const char *name)
{
	size_t length = strlen(name);

	if (length == 0 || length > MODEL_NAME_LIMIT || name[0] < 'a' || name[0] > 'z')
		return false;
	return strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == length;
}

static void add_slot(struct model *model, const struct model_field *field, size_t index)
{
	size_t slot = slot_of(field->name, field->length);

	while (model->slots[slot])
		slot = (slot + 1) % SLOTS;
	model->slots[slot] = (uint16_t)(index + 1);
}

static int read_field(struct model *model, struct model_field *field, struct model_word **words,
	const char *name, const json_t *schema, const char *what, struct error *error)
{
	const json_t *least = json_object_get(schema, "minLength");

	*field = (struct model_field){ .name = name, .length = strlen(name) };
	if (!is_name(name))
		return error_set(
			error, ERROR_INSTALLATION, "%s: '%.64s' is no name for a field.", what, name);
	if (!json_is_object(schema) || read_types(field, json_object_get(schema, "type")) < 0 ||
		read_format(field, json_object_get(schema, "format")) < 0 ||
		read_words(field, words, json_object_get(schema, "enum")) < 0 ||
		(least && json_integer_value(least) < 0))
		return error_set(
			error, ERROR_INSTALLATION, "%s: the field %s can't be understood.", what, name);
	field->filled = json_integer_value(least) > 0;
	add_slot(model, field, model->count++);
	return 0;
}

static int read_required(struct model *model, const json_t *list, const char *what, struct error *error)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *item = json_array_get(list, i);
		const char *name = json_string_value(item);
		const struct model_field *field =
			name ? model_find(model, name, json_string_length(item)) : NULL;
		if (!field)
			return error_set(error, ERROR_INSTALLATION,
				"%s: it requires a field that it does not have.", what);
		model->fields[field - model->fields].required = true;
	}
	return 0;
}

static size_t count_words(json_t *properties)
{
	size_t count = 0;
	const char *name;
	json_t *schema;

	json_object_foreach(properties, name, schema)
	{
		count += json_array_size(json_object_get(schema, "enum"));
	}
	return count;
}

static int read_schema(struct model *model, const char *what, struct error *error)
{
	json_t *properties = json_object_get(model->schema, "properties");
	size_t count = json_object_size(properties);
	struct model_word *words;
	const char *name;
	json_t *schema;

	if (count == 0 || count > MODEL_FIELD_LIMIT)
		return error_set(error, ERROR_INSTALLATION, "%s: it has no fields, or more than %d.", what,
			MODEL_FIELD_LIMIT);
	model->fields = calloc(count, sizeof *model->fields);
	model->words = words = calloc(count_words(properties) + 1, sizeof *words);
	if (!model->fields || !words)
		return error_memory(error);
	json_object_foreach(properties, name, schema)
	{
		struct model_field *field = &model->fields[model->count];
		if (read_field(model, field, &words, name, schema, what, error) < 0)
			return -1;
	}
	return read_required(model, json_object_get(model->schema, "required"), what, error);
}

/* Takes the schema. */
static int make(struct model **out, json_t *schema, const char *what, struct error *error)
{
	struct model *model = calloc(1, sizeof *model);

	if (!model) {
		json_decref(schema);
		return error_memory(error);
	}
	model->schema = schema;
	if (read_schema(model, what, error) < 0) {
		model_free(model);
		return -1;
	}
	*out = model;
	return 0;
}

int model_load(struct model **out, const char *path, struct error *error)
{
	json_t *schema;

	if (json_read_file(&schema, path, FILE_LIMIT, ERROR_INSTALLATION, error) < 0)
		return -1;
	return make(out, schema, path, error);
}

int model_parse(struct model **out, const char *schema, size_t length, const char *what, struct error *error)
{
	json_t *value;

	if (json_parse(&value, schema, length, ERROR_INSTALLATION, what, error) < 0)
		return -1;
	return make(out, value, what, error);
}

void model_free(struct model *model)
{
	if (!model)
		return;
	free(model->fields);
	free(model->words);
	json_decref(model->schema);
	free(model);
}

bool model_field_has(const struct model_field *field, const char *word, size_t length)
{
	for (size_t i = 0; i < field->word_count; i++)
		if (field->words[i].length == length && memcmp(field->words[i].text, word, length) == 0)
			return true;
	return false;
}

const char *model_types_text(char *out, size_t size, unsigned types)
{
	size_t length = 0;

	out[0] = '\0';
	if (types & MODEL_NUMBER)
		types &= ~(unsigned)MODEL_INTEGER;
	for (size_t i = 0; i < TYPE_NAMES && length < size; i++) {
		unsigned bit = type_names[i].types & MODEL_NUMBER ? MODEL_NUMBER : type_names[i].types;
		if (types & bit)
			length += (size_t)snprintf(out + length, size - length, "%s%s", length ? " or " : "",
				type_names[i].name);
	}
	return out;
}
