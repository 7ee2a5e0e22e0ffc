#include "config.h"

#include "runner/fields.h"

#include "record/writer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME_LIMIT 256
#define RECORD_ROOM (2u * READER_RECORD_LIMIT)

/* ---- Rendering, once per run ----------------------------------------------------------------- */

/* What was written becomes the rendered text. */
static int rendered(struct rendered *out, const struct writer *writer, struct error *error)
{
	if (writer_result(writer) < 0) {
		buffer_clear(writer->out);
		return error_memory(error);
	}
	*out = (struct rendered){ writer->out->data, writer->out->length };
	return 0;
}

static int render_text(struct rendered *out, const char *text, struct error *error)
{
	struct buffer buffer = BUFFER_INIT(SIZE_MAX);
	struct writer writer;

	writer_init(&writer, &buffer);
	writer_string(&writer, text, strlen(text));
	return rendered(out, &writer, error);
}

/* The name of a member with the comma before it, which the first member turns into a brace. */
static int render_name(struct rendered *out, const char *name, struct error *error)
{
	struct buffer buffer = BUFFER_INIT(SIZE_MAX);
	struct writer writer;

	writer_init(&writer, &buffer);
	writer.comma = true;
	writer_key(&writer, name, strlen(name));
	return rendered(out, &writer, error);
}

static int render_custom(struct rendered *out, const struct muster_map *row, struct error *error)
{
	const char *label = row->label ? row->label : row->to;
	struct buffer buffer = BUFFER_INIT(SIZE_MAX);
	struct writer writer;

	writer_init(&writer, &buffer);
	writer.comma = true;
	writer_object(&writer);
	writer_key(&writer, "id", strlen("id"));
	writer_string(&writer, row->to, strlen(row->to));
	writer_key(&writer, "name", strlen("name"));
	writer_string(&writer, label, strlen(label));
	writer_key(&writer, "value", strlen("value"));
	return rendered(out, &writer, error);
}

/* ---- Compiling ------------------------------------------------------------------------------- */

static const char *parameter_value(const struct map_options *options, const char *id)
{
	for (size_t i = 0; i < options->parameter_count; i++)
		if (strcmp(options->parameters[i].name, id) == 0)
			return options->parameters[i].value;
	return NULL;
}

static bool is_open(const struct map_options *options, const char *outer, const char *name)
{
	char full[NAME_LIMIT];

	(void)snprintf(full, sizeof full, "%s%s%s", outer ? outer : "", outer ? "." : "", name);
	for (size_t i = 0; i < options->open_field_count; i++)
		if (strcmp(options->open_fields[i], full) == 0)
			return true;
	return false;
}

/* The models call these text, whatever a provider does. */
static bool is_id(const char *name)
{
	size_t length = strlen(name);

	return strcmp(name, "id") == 0 || (length > 3 && strcmp(name + length - 3, "_id") == 0);
}

static int compile_words(struct field *field, struct error *error)
{
	const struct muster_word_rows *words = &field->row->words;
	char twin[NAME_LIMIT];

	(void)snprintf(twin, sizeof twin, "%s_source", field->row->to);
	if (render_name(&field->twin, twin, error) < 0)
		return -1;
	if (words->count == 0)
		return 0;
	field->words = calloc(words->count, sizeof *field->words);
	if (!field->words)
		return error_memory(error);
	for (; field->word_count < words->count; field->word_count++) {
		struct field_word *word = &field->words[field->word_count];
		const struct muster_word *row = &words->rows[field->word_count];
		*word = (struct field_word){ .theirs = row->theirs, .length = strlen(row->theirs) };
		if (render_text(&word->ours, row->ours, error) < 0)
			return -1;
	}
	return 0;
}

/* A raw record is not judged by the model, and takes values only for its key. */
static enum muster_map_kind kind_of(const struct muster_map *row, bool raw)
{
	if (raw && (row->kind == MUSTER_MAP_DATE || row->kind == MUSTER_MAP_DATE_TIME))
		return MUSTER_MAP_COPY;
	return (enum muster_map_kind)row->kind;
}

static size_t field_room(const struct field *field)
{
	size_t word = sizeof "\"other\"";

	for (size_t i = 0; i < field->word_count; i++)
		if (field->words[i].ours.length > word)
			word = field->words[i].ours.length;
	return field->name.length + field->twin.length + field->parameter.length + word +
	       sizeof "\"\"\"\",\"type\":\"boolean\"}";
}

static int compile_field(struct fields *fields, const struct muster_map *row, const char *outer,
	const struct map_options *options, struct error *error)
{
	struct field *field = &fields->rows[fields->count++];
	const char *value;

	*field = (struct field){ .row = row,
		.kind = kind_of(row, options->raw),
		.text = is_id(row->to),
		.open = is_open(options, outer, row->to) };
	if (row->kind == MUSTER_MAP_CUSTOM) {
		fields->custom = true;
		if (render_custom(&field->name, row, error) < 0)
			return -1;
	} else if (render_name(&field->name, row->to, error) < 0) {
		return -1;
	}
	switch (row->kind) {
	case MUSTER_MAP_PARAMETER:
		value = parameter_value(options, row->from);
		return value ? render_text(&field->parameter, value, error) : 0;
	case MUSTER_MAP_WORDS:
		if (compile_words(field, error) < 0)
			return -1;
		break;
	case MUSTER_MAP_EACH:
		if (fields_new(&field->each, &row->rows, row->to, NULL, options, error) < 0)
			return -1;
		break;
	default:
		break;
	}
	return walk_add(&field->target, fields->walk, row->from, row->kind == MUSTER_MAP_EACH, error);
}

/* One level of EACH is all there is, so compiling it is no open recursion. */
static int check_row(
	const struct fields *fields, const struct muster_map *row, const char *outer, struct error *error)
{
	if (row->kind > MUSTER_MAP_CUSTOM)
		return error_set(error, ERROR_PLUGIN_REFUSED, "map: '%s' has an unknown kind, %u.", row->to,
			(unsigned)row->kind);
	if (outer && (row->kind == MUSTER_MAP_EACH || row->kind == MUSTER_MAP_CUSTOM))
		return error_set(error, ERROR_PLUGIN_REFUSED,
			"map: '%s' stands in the rows of '%s', where its kind can't.", row->to, outer);
	if (strlen(row->to) > 64)
		return error_set(error, ERROR_PLUGIN_REFUSED, "map: '%.64s…' is too long.", row->to);
	if (row->kind != MUSTER_MAP_CUSTOM && fields_find(fields, row->to, strlen(row->to)))
		return error_set(error, ERROR_PLUGIN_REFUSED, "map: two rows fill '%s'.", row->to);
	return 0;
}

static bool is_listed(const char *list, const char *name)
{
	size_t length = strlen(name);

	while (*list) {
		size_t item = strcspn(list, " ");
		if (item == length && memcmp(list, name, item) == 0)
			return true;
		list += item + strspn(list + item, " ");
	}
	return false;
}

int fields_new(struct fields **out, const struct muster_map_rows *rows, const char *outer, const char *only,
	const struct map_options *options, struct error *error)
{
	struct fields *fields = calloc(1, sizeof *fields);

	if (!fields)
		return error_memory(error);
	buffer_init(&fields->lists, RECORD_ROOM);
	fields->room = sizeof "{},\"custom_fields\":[]";
	fields->rows = calloc(rows->count ? rows->count : 1, sizeof *fields->rows);
	if (!fields->rows) {
		(void)error_memory(error);
		goto fail;
	}
	if (walk_new(&fields->walk, error) < 0)
		goto fail;
	for (uint32_t i = 0; i < rows->count; i++) {
		if (only && (rows->rows[i].kind == MUSTER_MAP_CUSTOM || !is_listed(only, rows->rows[i].to)))
			continue;
		if (check_row(fields, &rows->rows[i], outer, error) < 0 ||
			compile_field(fields, &rows->rows[i], outer, options, error) < 0)
			goto fail;
		fields->room += field_room(&fields->rows[fields->count - 1]);
	}
	*out = fields;
	return 0;
fail:
	fields_free(fields);
	return -1;
}

void fields_free(struct fields *fields)
{
	if (!fields)
		return;
	for (size_t i = 0; i < fields->count; i++) {
		struct field *field = &fields->rows[i];
		for (uint32_t j = 0; field->words && j < field->row->words.count; j++)
			free(field->words[j].ours.text);
		free(field->words);
		free(field->name.text);
		free(field->twin.text);
		free(field->parameter.text);
		fields_free(field->each);
	}
	free(fields->rows);
	walk_free(fields->walk);
	buffer_clear(&fields->lists);
	free(fields);
}

struct field *fields_find(const struct fields *fields, const char *name, size_t length)
{
	for (size_t i = 0; i < fields->count; i++) {
		struct field *field = &fields->rows[i];
		if (field->kind != MUSTER_MAP_CUSTOM && strlen(field->row->to) == length &&
			memcmp(field->row->to, name, length) == 0)
			return field;
	}
	return NULL;
}
