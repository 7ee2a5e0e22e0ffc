#include "config.h"

#include "runner/map.h"

#include "record/escape.h"
#include "record/writer.h"
#include "runner/fields.h"
#include "runner/walk.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define KEY_LIMIT (64u * 1024)
#define KEY_FIELDS 16

struct map {
	struct fields *fields;
	struct field *key_fields[KEY_FIELDS];
	size_t key_field_count;
	bool raw;
	uint64_t base; /* the record's offset in the body */

	/* Whose elements are being read, or NULL. */
	struct list *list;
	bool in_element;

	struct buffer record;
	struct buffer key;
	struct buffer text; /* of a key field that has escapes */
};

/* ---- Compiling ------------------------------------------------------------------------------- */

static int add_key_field(struct map *map, const char *name, size_t length, struct error *error)
{
	struct field *field = fields_find(map->fields, name, length);

	if (!field || field->inner)
		return error_set(error, ERROR_PLUGIN_REFUSED,
			"key: '%.*s' is no field of the map that a key can be made of.", (int)length, name);
	if (map->key_field_count == KEY_FIELDS)
		return error_set(error, ERROR_PLUGIN_REFUSED, "key: more than %d fields.", KEY_FIELDS);
	if (field->kind == MUSTER_MAP_PARAMETER && !field->fixed.text && !field->next && !map->raw)
		return error_set(error, ERROR_BAD_PARAMETER,
			"The parameter '%s' is missing, which the key of each record is made of.",
			field->row->from);
	map->key_fields[map->key_field_count++] = field;
	return 0;
}

static int compile_key(struct map *map, const char *key, struct error *error)
{
	while (*key) {
		size_t length = strcspn(key, " ");
		if (length > 0 && add_key_field(map, key, length, error) < 0)
			return -1;
		key += length + strspn(key + length, " ");
	}
	if (map->key_field_count == 0)
		return error_set(error, ERROR_PLUGIN_REFUSED, "key: it names no field.");
	return 0;
}

int map_new(struct map **out, const struct muster_map_rows *rows, const char *key,
	const struct map_options *options, struct error *error)
{
	struct map *map = calloc(1, sizeof *map);

	if (!map)
		return error_memory(error);
	buffer_init(&map->record, 2u * READER_RECORD_LIMIT);
	buffer_init(&map->key, KEY_LIMIT);
	buffer_init(&map->text, KEY_LIMIT);
	map->raw = options->raw;
	if (fields_new(&map->fields, rows, options->raw ? key : NULL, options, error) < 0 ||
		compile_key(map, key, error) < 0) {
		map_free(map);
		return -1;
	}
	*out = map;
	return 0;
}

void map_free(struct map *map)
{
	if (!map)
		return;
	fields_free(map->fields);
	buffer_clear(&map->record);
	buffer_clear(&map->key);
	buffer_clear(&map->text);
	free(map);
}

static int too_large(const struct map *map, struct error *error)
{
	return error_set(error, ERROR_RECORD_TOO_LARGE,
		"The record at byte %" PRIu64 " of the answer is too large when mapped.", map->base);
}

/* ---- Lists ----------------------------------------------------------------------------------- */

static struct list *list_at(const struct fields *fields, size_t target)
{
	size_t i = 0;

	while (fields->lists[i].target != target)
		i++;
	return &fields->lists[i];
}

static void list_reset(struct list *list)
{
	if (list->each)
		list->each->list_token = READER_MORE;
	for (struct field *field = list->elements; field; field = field->sibling) {
		field->found = false;
		field->element.token = READER_MORE;
	}
}

/* Its first row, for messages. */
static const struct muster_map *list_row(const struct list *list)
{
	return list->each ? list->each->row : list->elements->row;
}

/* The value that elements are taken from begins: a list, or null. */
static int list_begin(struct map *map, struct list *list, enum reader_token token,
	const struct reader *reader, struct error *error)
{
	struct buffer *made = &map->fields->made;

	if (token != READER_ARRAY && token != READER_NULL)
		return error_set(error, ERROR_MALFORMED_BODY,
			"The answer is wrong at byte %" PRIu64 ": %s for '%s' is no list.",
			reader_offset(reader), list_row(list)->from, list_row(list)->to);
	if (list->each)
		list->each->list_token = token;
	if (token == READER_NULL) {
		for (struct field *field = list->elements; field; field = field->sibling)
			field->element.token = READER_NULL;
		return 0;
	}
	if (list->each) {
		list->each->list.start = made->length;
		if (buffer_append_char(made, '[') < 0)
			return too_large(map, error);
	}
	map->list = list;
	map->in_element = false;
	return 0;
}

static bool is_element(const struct field *field, const struct walk_value *value, const struct reader *reader)
{
	const char *equals = field->row->equals;
	const char *text = reader_bytes(reader, value->slice);
	size_t length = strlen(equals);

	if (value->token == READER_MORE || value->token == READER_NULL)
		return false;
	if (value->flags & READER_ESCAPED)
		return escape_equal(text, value->slice.length, equals, length);
	return value->slice.length == length && memcmp(text, equals, length) == 0;
}

/* An element was passed: each row takes of it what it wants. */
static int list_add(struct map *map, const struct reader *reader, struct error *error)
{
	const struct walk_value *values = walk_values(map->list->walk);
	struct buffer *made = &map->fields->made;
	struct field *each = map->list->each;

	map->in_element = false;
	for (struct field *field = map->list->elements; field; field = field->sibling)
		if (!field->found && is_element(field, &values[field->where], reader)) {
			field->found = true;
			field->element = values[field->take];
		}
	if (!each)
		return 0;
	if (made->length > each->list.start + 1 && buffer_append_char(made, ',') < 0)
		return too_large(map, error);
	return fields_write(made, each->inner, reader, map->base, error);
}

static int list_end(struct map *map, struct error *error)
{
	struct buffer *made = &map->fields->made;
	struct field *each = map->list->each;

	map->list = NULL;
	if (!each)
		return 1;
	if (buffer_append_char(made, ']') < 0)
		return too_large(map, error);
	each->list.length = made->length - each->list.start;
	return 1;
}

/* Goes on with the list. 1: it is whole; 0: more bytes are needed. */
static int list_read(struct map *map, struct reader *reader, struct error *error)
{
	struct walk *walk = map->list->walk;
	enum reader_token token;
	size_t target;

	for (;;) {
		if (map->in_element) {
			enum walk_event event = walk_next(&target, &token, walk, reader, error);
			if (event != WALK_DONE)
				return event == WALK_MORE ? 0 : -1;
			if (list_add(map, reader, error) < 0)
				return -1;
		}
		switch (token = reader_next(reader)) {
		case READER_OBJECT:
			walk_begin(walk, token);
			map->in_element = true;
			break;
		case READER_ARRAY_END:
			return list_end(map, error);
		case READER_MORE:
			return 0;
		case READER_ERROR:
			return reader_error(reader, "the answer", error);
		default:
			return error_set(error, ERROR_MALFORMED_BODY,
				"The answer is wrong at byte %" PRIu64 ": an element of %s for '%s' is "
				"no object.",
				reader_offset(reader), list_row(map->list)->from, list_row(map->list)->to);
		}
	}
}

/* ---- Records --------------------------------------------------------------------------------- */

/* A key must not depend on how the provider escapes: the same text is always the same bytes. */
static int append_plain(struct map *map, const char *text, size_t length)
{
	map->text.length = 0;
	if (buffer_append_char(&map->key, '"') < 0 || escape_decode(&map->text, text + 1, length - 2) < 0 ||
		escape_encode(&map->key, map->text.data, map->text.length) < 0)
		return -1;
	return buffer_append_char(&map->key, '"');
}

static int append_quoted(struct buffer *key, const char *text, size_t length)
{
	if (buffer_append_char(key, '"') < 0 || buffer_append(key, text, length) < 0)
		return -1;
	return buffer_append_char(key, '"');
}

/* Adds the value of a key field, as it stands in the record. */
static int append_key_part(struct map *map, const struct field *field, struct error *error)
{
	const char *text = map->record.data + field->value.start;
	size_t length = field->value.length;
	int result;

	if (length == 0 || *text == 'n' || *text == '{' || *text == '[')
		return error_set(error, ERROR_MALFORMED_BODY,
			"The record at byte %" PRIu64 " of the answer has no text in %s, and its key "
			"needs '%s'.",
			map->base, field->row->from, field->row->to);
	if (map->key.length > 1 && buffer_append_char(&map->key, ',') < 0)
		result = -1;
	else if (*text != '"')
		result = append_quoted(&map->key, text, length);
	else if (memchr(text, '\\', length))
		result = append_plain(map, text, length);
	else
		result = buffer_append(&map->key, text, length);
	return result < 0 ? error_set(error, ERROR_RECORD_TOO_LARGE,
				    "The key of the record at byte %" PRIu64
				    " of the answer is larger than %u bytes.",
				    map->base, KEY_LIMIT)
			  : 0;
}

static int make_key(struct map *map, struct error *error)
{
	map->key.length = 0;
	if (buffer_append_char(&map->key, '[') < 0)
		return error_memory(error);
	for (size_t i = 0; i < map->key_field_count; i++)
		if (append_key_part(map, map->key_fields[i], error) < 0)
			return -1;
	if (buffer_append_char(&map->key, ']') < 0)
		return error_memory(error);
	return 0;
}

/* The provider's record in one line, and its key if its fields are there. */
static int finish_raw(struct map *map, const struct reader *reader, struct error *error)
{
	struct slice held = reader_held(reader);
	struct error ignored;
	struct writer writer;

	if (fields_write(&map->record, map->fields, reader, map->base, &ignored) < 0 ||
		make_key(map, &ignored) < 0)
		map->key.length = 0;
	map->record.length = 0;
	writer_init(&writer, &map->record);
	writer_source(&writer, reader_bytes(reader, held), held.length);
	return writer_result(&writer) < 0 ? error_memory(error) : 0;
}

static int finish(struct map_record *out, struct map *map, const struct reader *reader, struct error *error)
{
	map->record.length = 0;
	if (map->raw) {
		if (finish_raw(map, reader, error) < 0)
			return -1;
	} else {
		if (fields_write(&map->record, map->fields, reader, map->base, error) < 0)
			return -1;
		if (map->record.length > READER_RECORD_LIMIT)
			return too_large(map, error);
		if (make_key(map, error) < 0)
			return -1;
	}
	*out = (struct map_record){ map->key.data, map->key.length, map->record.data, map->record.length };
	return 1;
}

void map_begin(struct map *map, const struct reader *reader)
{
	struct fields *fields = map->fields;

	map->base = reader_offset(reader);
	map->list = NULL;
	fields->made.length = 0;
	for (size_t i = 0; i < fields->list_count; i++)
		list_reset(&fields->lists[i]);
	walk_begin(fields->walk, READER_OBJECT);
}

int map_record(struct map_record *out, struct map *map, struct reader *reader, struct error *error)
{
	struct fields *fields = map->fields;
	enum reader_token token;
	size_t target;

	for (;;) {
		if (map->list) {
			int result = list_read(map, reader, error);
			if (result <= 0)
				return result;
		}
		switch (walk_next(&target, &token, fields->walk, reader, error)) {
		case WALK_MORE:
			return 0;
		case WALK_STOP:
			if (list_begin(map, list_at(fields, target), token, reader, error) < 0)
				return -1;
			break;
		case WALK_DONE:
			return finish(out, map, reader, error);
		case WALK_FAILED:
			return -1;
		}
	}
}
