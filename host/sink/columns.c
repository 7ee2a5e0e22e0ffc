#include "config.h"

#include "sink/columns.h"

#include "record/escape.h"

#include <stdlib.h>
#include <string.h>

/* 512 names of a provider's own record; those of a model are short. */
#define NAMES_LIMIT ((size_t)8 << 20)

static const char account[] = "_account";

static int add(struct columns *columns, const char *name, size_t length, const struct model_field *field,
	struct error *error)
{
	columns->list[columns->count++] =
		(struct column){ .start = columns->names.length, .length = length, .field = field };
	if (buffer_append(&columns->names, name, length) < 0)
		return error_memory(error);
	return 0;
}

int columns_init(struct columns *columns, const struct model *model, const struct record *record,
	bool accounts, struct error *error)
{
	size_t count = model ? model->count : record->count;

	if (count > COLUMNS_LIMIT)
		count = COLUMNS_LIMIT;
	*columns = (struct columns){ .names = BUFFER_INIT(NAMES_LIMIT) };
	columns->list = calloc(count + 2, sizeof columns->list[0]);
	columns->cells = calloc(count + 2, sizeof columns->cells[0]);
	if (!columns->list || !columns->cells)
		return error_memory(error);
	if (accounts) {
		if (add(columns, account, sizeof account - 1, NULL, error) < 0)
			return -1;
		columns->list[0].account = true;
	}
	/* Of records without a model the account is the first member. */
	for (size_t i = accounts && !model; i < count; i++) {
		const struct model_field *field = model ? &model->fields[i] : NULL;
		const char *name = field ? field->name : record->members[i].name;
		size_t length = field ? field->length : record->members[i].name_length;
		if (add(columns, name, length, field, error) < 0)
			return -1;
	}
	return 0;
}

void columns_clear(struct columns *columns)
{
	free(columns->list);
	free(columns->cells);
	free(columns->others);
	buffer_clear(&columns->names);
	*columns = (struct columns){ .names = BUFFER_INIT(NAMES_LIMIT) };
}

const char *columns_name(const struct columns *columns, size_t column)
{
	return columns->names.data + columns->list[column].start;
}

const char *columns_title(size_t *length, const struct columns *columns, size_t column)
{
	size_t skipped = columns->list[column].account ? 1 : 0;

	*length = columns->list[column].length - skipped;
	return columns_name(columns, column) + skipped;
}

/* Records of one kind have their members in one order, so the search goes on where the last one ended.
 * Returns count when there is none. */
static size_t find(const struct columns *columns, const struct record_member *member, size_t from)
{
	for (size_t i = 0; i < columns->count; i++) {
		size_t at = from + i < columns->count ? from + i : from + i - columns->count;
		if (columns->list[at].length == member->name_length &&
			memcmp(columns_name(columns, at), member->name, member->name_length) == 0)
			return at;
	}
	return columns->count;
}

static int add_other(struct columns *columns, const struct record_member *member, struct error *error)
{
	if (columns->other_count == columns->other_capacity) {
		size_t capacity = columns->other_capacity ? 2 * columns->other_capacity : 16;
		const struct record_member **others = realloc(columns->others, capacity * sizeof others[0]);
		if (!others)
			return error_memory(error);
		columns->others = others;
		columns->other_capacity = capacity;
	}
	columns->others[columns->other_count++] = member;
	return 0;
}

int columns_place(struct columns *columns, const struct record *record, struct error *error)
{
	size_t next = 0;

	columns->other_count = 0;
	memset(columns->cells, 0, columns->count * sizeof columns->cells[0]);
	for (size_t i = 0; i < record->count; i++) {
		const struct record_member *member = &record->members[i];
		size_t at = find(columns, member, next < columns->count ? next : 0);
		if (at < columns->count) {
			columns->cells[at] = member;
			next = at + 1;
		} else if (add_other(columns, member, error) < 0) {
			return -1;
		}
	}
	return 0;
}

int columns_text(const char **text, size_t *length, struct buffer *scratch,
	const struct record_member *member, struct error *error)
{
	*text = member->value;
	*length = member->type == MODEL_NULL ? 0 : member->value_length;
	if (member->type != MODEL_STRING || !member->escaped)
		return 0;
	scratch->length = 0;
	if (escape_decode(scratch, member->value, member->value_length) < 0)
		return error_memory(error);
	*text = scratch->length ? scratch->data : "";
	*length = scratch->length;
	return 0;
}
