#include "config.h"

#include "sandbox/records.h"

#include "sandbox/uuid.h"

#include <stdlib.h>
#include <string.h>

/* Replaces the marks by room, and notes where they stood. */
static int open_holes(struct shape *shape, const char *text, size_t length)
{
	char *out = shape->text;

	for (size_t i = 0; i < length; i++) {
		struct hole *hole = &shape->holes[shape->hole_count];
		size_t room;

		if (text[i] != '\1') {
			*out++ = text[i];
			continue;
		}
		if (shape->hole_count == RECORDS_HOLES || i + 1 == length)
			return -1;
		hole->at = (uint32_t)(out - shape->text);
		hole->kind = (uint32_t)(text[++i] - '0');
		room = hole->kind ? UUID_LENGTH : RECORDS_DIGITS;
		memset(out, '?', room);
		out += room;
		shape->hole_count++;
	}
	shape->length = (size_t)(out - shape->text);
	return 0;
}

int records_add_shape(
	struct records *records, size_t capacity, struct buffer *text, int64_t processed, int word)
{
	struct shape *shape;

	if (!records->shapes)
		records->shapes = calloc(capacity, sizeof *records->shapes);
	if (!records->shapes || records->shape_count == capacity)
		return -1;
	shape = &records->shapes[records->shape_count];
	shape->text = malloc(text->length + RECORDS_HOLES * UUID_LENGTH);
	if (!shape->text)
		return -1;
	records->shape_count++;
	shape->processed = processed;
	shape->word = word;
	if (open_holes(shape, text->data, text->length) < 0)
		return -1;
	if (shape->length > records->longest)
		records->longest = shape->length;
	return 0;
}

void records_clear(struct records *records)
{
	for (size_t i = 0; i < records->shape_count; i++)
		free(records->shapes[i].text);
	free(records->shapes);
	memset(records, 0, sizeof *records);
}

static void write_digits(char *out, uint64_t number)
{
	for (size_t i = RECORDS_DIGITS; i-- > 0; number /= 10)
		out[i] = (char)('0' + number % 10);
}

size_t records_write(char *out, const struct records *records, uint64_t index)
{
	const struct shape *shape = records_shape(records, index);
	const struct hole *last = NULL; /* the same UUID often stands several times */

	memcpy(out, shape->text, shape->length);
	for (size_t i = 0; i < shape->hole_count; i++) {
		const struct hole *hole = &shape->holes[i];
		uint32_t space = hole->kind;
		uint64_t number;

		if (last && last->kind == hole->kind) {
			memcpy(out + hole->at, out + last->at, UUID_LENGTH);
			continue;
		}
		number = records->number(&space, records, hole->kind, index);
		if (!hole->kind) {
			write_digits(out + hole->at, number);
			continue;
		}
		uuid_write(out + hole->at, space, number);
		last = hole;
	}
	return shape->length;
}

struct selection selection_all(const struct records *records)
{
	struct selection all = { .records = records, .end = records->count, .step = 1, .after = INT64_MIN };

	return all;
}

static bool wanted(const struct selection *selection)
{
	const struct shape *shape = records_shape(selection->records, selection->next);

	return shape->processed > selection->after && (!selection->word || selection->word == shape->word);
}

bool selection_find(struct selection *selection)
{
	while (selection->next < selection->end && !wanted(selection))
		selection->next += selection->step;
	return selection->next < selection->end;
}

void selection_cut(uint64_t *count, uint64_t *bytes, struct selection *selection, uint64_t limit)
{
	uint64_t records = 0;
	uint64_t total = 0;

	while (selection_find(selection)) {
		uint64_t length =
			records_shape(selection->records, selection->next)->length + (records ? 1 : 0);

		if (records && (length > limit || total > limit - length))
			break;
		total += length;
		records++;
		selection->next += selection->step;
	}
	*count = records;
	*bytes = total;
}
