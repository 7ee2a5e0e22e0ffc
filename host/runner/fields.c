#include "config.h"

#include "runner/fields.h"

#include "record/writer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME_LIMIT 256
#define PARTS_LEAST 2u /* of a JOIN */
#define PARTS_MOST 8u
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
	return field->name.length + field->twin.length + field->fixed.length + word + field->part_count +
	       sizeof "\"\"\"\",\"type\":\"boolean\"}";
}

/* Where rows stand. */
struct nest {
	const struct map_options *options;
	const char *only;      /* or NULL */
	const char *outer;     /* the row whose rows they are, or NULL */
	const char *prefix;    /* what stands before their pointers */
	struct walk *walk;     /* NULL: one of their own */
	struct fields *record; /* the outermost, or NULL in a list */
};

static int compile(struct fields **out, const struct muster_map_rows *rows, const struct nest *nest,
	struct error *error);

/* A row's pointer, seen from what the walk passes over; the caller frees it. */
static int pointer_new(
	char **out, const struct nest *nest, const char *from, size_t length, struct error *error)
{
	struct buffer text = BUFFER_INIT(SIZE_MAX);

	if (buffer_append_text(&text, nest->prefix) == 0 && buffer_append(&text, from, length) == 0)
		*out = buffer_take(&text);
	buffer_clear(&text);
	return *out ? 0 : error_memory(error);
}

/* The list at a pointer, which is taken; made if no row looks there yet. */
static int list_at(struct list **out, struct fields *record, char *from_take, struct error *error)
{
	struct list *lists;

	for (size_t i = 0; i < record->list_count; i++)
		if (strcmp(record->lists[i].from, from_take) == 0) {
			free(from_take);
			*out = &record->lists[i];
			return 0;
		}
	lists = reallocarray(record->lists, record->list_count + 1, sizeof *lists);
	if (!lists) {
		free(from_take);
		return error_memory(error);
	}
	record->lists = lists;
	*out = &lists[record->list_count++];
	**out = (struct list){ .from = from_take };
	if (walk_new(&(*out)->walk, error) < 0)
		return -1;
	return walk_add(&(*out)->target, record->walk, from_take, true, error);
}

static int compile_each(struct field *field, struct list *list, const struct nest *nest, struct error *error)
{
	const struct nest inner = {
		.options = nest->options, .outer = field->row->to, .prefix = "", .walk = list->walk
	};

	if (list->each)
		return error_set(error, ERROR_PLUGIN_REFUSED,
			"map: '%s' and '%s' are made of the same list, %s.", list->each->row->to,
			field->row->to, list->from);
	list->each = field;
	return compile(&field->inner, &field->row->rows, &inner, error);
}

static int compile_element(struct field *field, struct list *list, struct error *error)
{
	const struct muster_map *row = field->row;

	if (!row->where || !row->equals || !row->take)
		return error_set(error, ERROR_PLUGIN_REFUSED,
			"map: '%s' does not say which element it takes, and what of it.", row->to);
	field->sibling = list->elements;
	list->elements = field;
	if (walk_add(&field->where, list->walk, row->where, false, error) < 0)
		return -1;
	return walk_add(&field->take, list->walk, row->take, false, error);
}

static int compile_object(
	struct field *field, const char *pointer, const struct nest *nest, struct error *error)
{
	const struct nest inner = { .options = nest->options,
		.outer = field->row->to,
		.prefix = pointer,
		.walk = nest->walk,
		.record = nest->record };

	return compile(&field->inner, &field->row->rows, &inner, error);
}

static int compile_part(
	struct field *field, const char *from, size_t length, const struct nest *nest, struct error *error)
{
	char *pointer = NULL;
	int result;

	if (pointer_new(&pointer, nest, from, length, error) < 0)
		return -1;
	result = walk_add(&field->parts[field->part_count++], nest->walk, pointer, false, error);
	free(pointer);
	return result;
}

static int compile_join(struct field *field, const struct nest *nest, struct error *error)
{
	const char *from = field->row->from;

	field->parts = calloc(PARTS_MOST, sizeof *field->parts);
	if (!field->parts)
		return error_memory(error);
	while (*from && field->part_count < PARTS_MOST) {
		size_t length = strcspn(from, " ");
		if (length > 0 && compile_part(field, from, length, nest, error) < 0)
			return -1;
		from += length + strspn(from + length, " ");
	}
	if (*from || field->part_count < PARTS_LEAST)
		return error_set(error, ERROR_PLUGIN_REFUSED,
			"map: '%s' joins fewer than %u texts or more than %u.", field->row->to, PARTS_LEAST,
			PARTS_MOST);
	return 0;
}

/* What is found in the provider's record. */
static int compile_pointer(struct field *field, const struct nest *nest, struct error *error)
{
	struct list *list = NULL;
	char *pointer = NULL;
	int result;

	if (field->kind == MUSTER_MAP_JOIN)
		return compile_join(field, nest, error);
	if (pointer_new(&pointer, nest, field->row->from, strlen(field->row->from), error) < 0)
		return -1;
	if (field->kind == MUSTER_MAP_EACH || field->kind == MUSTER_MAP_ELEMENT) {
		if (list_at(&list, nest->record, pointer, error) < 0)
			return -1;
		return field->kind == MUSTER_MAP_EACH ? compile_each(field, list, nest, error)
						      : compile_element(field, list, error);
	}
	result = walk_add(&field->target, nest->walk, pointer, false, error);
	if (result == 0 && field->kind == MUSTER_MAP_OBJECT)
		result = compile_object(field, pointer, nest, error);
	free(pointer);
	return result;
}

/* Rows of the same name wait for the first to find nothing. */
static void line_up(struct fields *fields, struct field *field)
{
	struct field *first = fields_find(fields, field->row->to, strlen(field->row->to));

	if (field->kind == MUSTER_MAP_CUSTOM || first == field)
		return;
	field->spare = true;
	while (first->next)
		first = first->next;
	first->next = field;
}

static int compile_field(
	struct fields *fields, const struct muster_map *row, const struct nest *nest, struct error *error)
{
	struct field *field = &fields->rows[fields->count++];
	const char *value;

	*field = (struct field){ .row = row,
		.kind = kind_of(row, nest->options->raw),
		.text = is_id(row->to),
		.open = is_open(nest->options, nest->outer, row->to) };
	field->pointed = !(field->kind == MUSTER_MAP_CONSTANT || field->kind == MUSTER_MAP_PARAMETER ||
			   field->kind == MUSTER_MAP_EACH || field->kind == MUSTER_MAP_ELEMENT ||
			   field->kind == MUSTER_MAP_JOIN);
	fields->objects |= field->kind == MUSTER_MAP_OBJECT;
	line_up(fields, field);
	if (row->kind == MUSTER_MAP_CUSTOM) {
		fields->custom = true;
		if (render_custom(&field->name, row, error) < 0)
			return -1;
	} else if (render_name(&field->name, row->to, error) < 0) {
		return -1;
	}
	switch (row->kind) {
	case MUSTER_MAP_CONSTANT:
		return render_text(&field->fixed, row->from, error);
	case MUSTER_MAP_PARAMETER:
		value = parameter_value(nest->options, row->from);
		return value ? render_text(&field->fixed, value, error) : 0;
	case MUSTER_MAP_WORDS:
		if (compile_words(field, error) < 0)
			return -1;
		break;
	default:
		break;
	}
	return compile_pointer(field, nest, error);
}

/* Objects and lists hold neither objects nor lists, so compiling them is no open recursion. */
static int check_row(const struct muster_map *row, const struct nest *nest, struct error *error)
{
	bool deep = row->kind == MUSTER_MAP_EACH || row->kind == MUSTER_MAP_OBJECT ||
		    row->kind == MUSTER_MAP_CUSTOM || (row->kind == MUSTER_MAP_ELEMENT && !nest->record);

	if (row->kind > MUSTER_MAP_LAST_DAY)
		return error_set(error, ERROR_PLUGIN_REFUSED, "map: '%s' has an unknown kind, %u.", row->to,
			(unsigned)row->kind);
	if (nest->outer && deep)
		return error_set(error, ERROR_PLUGIN_REFUSED,
			"map: '%s' stands in the rows of '%s', where its kind can't.", row->to, nest->outer);
	if (strlen(row->to) > 64)
		return error_set(error, ERROR_PLUGIN_REFUSED, "map: '%.64s…' is too long.", row->to);
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

/* The rows, into fields that are made already. */
static int compile_rows(struct fields *fields, const struct muster_map_rows *rows, const struct nest *nest,
	struct error *error)
{
	for (uint32_t i = 0; i < rows->count; i++) {
		const struct muster_map *row = &rows->rows[i];
		if (nest->only && (row->kind == MUSTER_MAP_CUSTOM || !is_listed(nest->only, row->to)))
			continue;
		if (check_row(row, nest, error) < 0 || compile_field(fields, row, nest, error) < 0)
			return -1;
		fields->room += field_room(&fields->rows[fields->count - 1]);
	}
	return 0;
}

static int compile(
	struct fields **out, const struct muster_map_rows *rows, const struct nest *nest, struct error *error)
{
	struct fields *fields = calloc(1, sizeof *fields);
	struct nest own = *nest;

	if (!fields)
		return error_memory(error);
	*out = fields;
	buffer_init(&fields->made, RECORD_ROOM);
	fields->room = sizeof "{},\"custom_fields\":[]";
	fields->outermost = !nest->outer;
	fields->walk = nest->walk;
	fields->rows = calloc(rows->count ? rows->count : 1, sizeof *fields->rows);
	if (!fields->rows)
		return error_memory(error);
	if (fields->outermost) {
		if (walk_new(&fields->walk, error) < 0)
			return -1;
		own.walk = fields->walk;
		own.record = fields;
	}
	return compile_rows(fields, rows, &own, error);
}

int fields_new(struct fields **out, const struct muster_map_rows *rows, const char *only,
	const struct map_options *options, struct error *error)
{
	const struct nest nest = { .options = options, .only = only, .prefix = "" };
	struct fields *fields = NULL;

	if (compile(&fields, rows, &nest, error) < 0) {
		fields_free(fields);
		return -1;
	}
	*out = fields;
	return 0;
}

static void field_clear(struct field *field)
{
	for (uint32_t i = 0; field->words && i < field->row->words.count; i++)
		free(field->words[i].ours.text);
	free(field->words);
	free(field->parts);
	free(field->name.text);
	free(field->twin.text);
	free(field->fixed.text);
	fields_free(field->inner);
}

void fields_free(struct fields *fields)
{
	if (!fields)
		return;
	for (size_t i = 0; i < fields->count; i++)
		field_clear(&fields->rows[i]);
	free(fields->rows);
	for (size_t i = 0; i < fields->list_count; i++) {
		free(fields->lists[i].from);
		walk_free(fields->lists[i].walk);
	}
	free(fields->lists);
	if (fields->outermost)
		walk_free(fields->walk);
	buffer_clear(&fields->made);
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
