#include "config.h"

#include "sandbox/body.h"

#include <stdlib.h>
#include <string.h>

/* Of a head or tail; only a fault makes one long. */
#define BODY_PART_LIMIT ((size_t)1 << 30)

void body_init(struct body *body)
{
	memset(body, 0, sizeof *body);
	buffer_init(&body->head, BODY_PART_LIMIT);
	buffer_init(&body->tail, BODY_PART_LIMIT);
	body->corrupt_at = BODY_NONE;
	body->cut_at = BODY_NONE;
}

void body_clear(struct body *body)
{
	buffer_wipe(&body->head);
	buffer_wipe(&body->tail);
	free(body->scratch);
	body->scratch = NULL;
}

uint64_t body_length(const struct body *body)
{
	if (body->fill_count == BODY_NONE)
		return BODY_NONE;
	return body->head.length + body->record_bytes + body->fill_count + body->tail.length;
}

bool body_has_first(const struct body *body)
{
	return body->record_count || body->first_length;
}

int body_take_first(size_t *start, size_t *length, struct body *body)
{
	struct selection *records = &body->records;
	char *room;
	size_t written;

	if (body->first_length) {
		*start = body->first_at;
		*length = body->first_length;
		return 0;
	}
	if (!body->record_count || !selection_find(records) ||
		buffer_reserve(&room, &body->head, records->records->longest + 1) < 0)
		return -1;
	written = records_write(room, records->records, records->next);
	*start = body->head.length;
	*length = written;
	records->next += records->step;
	body->record_count--;
	body->record_bytes -= written;
	if (body->record_count) {
		/* The comma that stood before the second record is no longer the reader's to write.
		 */
		room[written++] = ',';
		body->record_bytes--;
	}
	body->head.length += written;
	return 0;
}

static size_t read_buffer(char *out, size_t size, const struct buffer *buffer, size_t done)
{
	size_t left = buffer->length - done;
	size_t length = left < size ? left : size;

	if (length)
		memcpy(out, buffer->data + done, length);
	return length;
}

static size_t read_scratch(char *out, size_t size, struct body *body)
{
	size_t left = body->scratch_length - body->scratch_done;
	size_t length = left < size ? left : size;

	memcpy(out, body->scratch + body->scratch_done, length);
	body->scratch_done += length;
	if (body->scratch_done == body->scratch_length)
		body->scratch_length = body->scratch_done = 0;
	return length;
}

/* The next record, with its comma; out has room for the longest. */
static size_t write_record(char *out, struct body *body)
{
	size_t length = 0;

	if (!selection_find(&body->records)) { /* can't be: they were counted */
		body->records_done = body->record_count;
		return 0;
	}
	if (body->records_done)
		out[length++] = ',';
	length += records_write(out + length, body->records.records, body->records.next);
	body->records.next += body->records.step;
	body->records_done++;
	return length;
}

static ssize_t read_records(char *out, size_t size, struct body *body)
{
	size_t longest = body->records.records->longest + 1;
	size_t length = 0;

	while (body->records_done < body->record_count && size - length >= longest)
		length += write_record(out + length, body);
	if (length || body->records_done == body->record_count)
		return (ssize_t)length;
	if (!body->scratch)
		body->scratch = malloc(longest);
	if (!body->scratch)
		return -1;
	body->scratch_length = write_record(body->scratch, body);
	body->scratch_done = 0;
	return (ssize_t)read_scratch(out, size, body);
}

static size_t read_fill(char *out, size_t size, struct body *body)
{
	uint64_t left = body->fill_count - body->fill_done;
	size_t length = left < size ? (size_t)left : size;

	memset(out, body->fill, length);
	if (body->fill_count != BODY_NONE)
		body->fill_done += length;
	return length;
}

static ssize_t read_part(char *out, size_t size, struct body *body)
{
	size_t length;

	if (body->position < body->head.length)
		return (ssize_t)read_buffer(out, size, &body->head, (size_t)body->position);
	if (body->scratch_length)
		return (ssize_t)read_scratch(out, size, body);
	if (body->records_done < body->record_count)
		return read_records(out, size, body);
	if (body->fill_done < body->fill_count)
		return (ssize_t)read_fill(out, size, body);
	length = read_buffer(out, size, &body->tail, body->tail_done);
	body->tail_done += length;
	return (ssize_t)length;
}

ssize_t body_read(char *out, size_t size, struct body *body)
{
	size_t length = 0;

	if (body->drip_ms && size > 1)
		size = 1;
	if (body->cut_at != BODY_NONE) {
		if (body->position >= body->cut_at)
			return -1;
		if (size > body->cut_at - body->position)
			size = (size_t)(body->cut_at - body->position);
	}
	while (length < size) {
		ssize_t part = read_part(out + length, size - length, body);

		if (part < 0)
			return -1;
		if (part == 0)
			break;
		if (body->corrupt_at - body->position < (uint64_t)part)
			out[length + (size_t)(body->corrupt_at - body->position)] = '\1';
		body->position += (uint64_t)part;
		length += (size_t)part;
	}
	return (ssize_t)length;
}
