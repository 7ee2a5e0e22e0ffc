#include "config.h"

#include "wire/wire.h"

#include "base/json.h"
#include "wire/bytes.h"

#include <stdlib.h>
#include <string.h>

enum {
	CHUNK_LENGTH = 12,
	RELEASE_LENGTH = 4,
	RECORD_HEAD = 8,
};

/* Indexed by mode. */
static const char *const mode_texts[] = {
	[WIRE_MODE_MANIFEST] = "manifest",
	[WIRE_MODE_VALIDATE] = "validate",
	[WIRE_MODE_AUTHENTICATE] = "authenticate",
	[WIRE_MODE_RUN] = "run",
};

enum wire_mode wire_mode_from_text(const char *text)
{
	for (size_t i = WIRE_MODE_MANIFEST; i <= WIRE_MODE_RUN; i++)
		if (strcmp(mode_texts[i], text) == 0)
			return (enum wire_mode)i;
	return 0;
}

static size_t payload_max(enum wire_type type)
{
	switch (type) {
	case WIRE_MANIFEST:
		return WIRE_MANIFEST_MAX;
	case WIRE_RECORDS:
		return WIRE_RECORDS_MAX;
	case WIRE_CHUNK:
		return CHUNK_LENGTH;
	case WIRE_RELEASE:
		return RELEASE_LENGTH;
	default:
		return WIRE_CONTROL_MAX;
	}
}

static void put_head(char *head, enum wire_type type, size_t length)
{
	bytes_put_u32(head, (uint32_t)length);
	bytes_put_u32(head + 4, (uint32_t)type);
}

int wire_put(struct buffer *out, enum wire_type type, const void *payload, size_t length, struct error *error)
{
	char *room;

	if (length > payload_max(type))
		return error_set(error, ERROR_INTERNAL,
			"A frame of type %d would have %zu bytes, more than the wire carries.", (int)type,
			length);
	if (buffer_reserve(&room, out, WIRE_HEAD + length) < 0)
		return error_memory(error);
	put_head(room, type, length);
	if (length)
		memcpy(room + WIRE_HEAD, payload, length);
	out->length += WIRE_HEAD + length;
	return 0;
}

int wire_put_json(struct buffer *out, enum wire_type type, const json_t *object, struct error *error)
{
	char *text = json_dumps(object, JSON_COMPACT);
	int result;

	if (!text)
		return error_memory(error);
	result = wire_put(out, type, text, strlen(text), error);
	free(text);
	return result;
}

int wire_put_chunk(struct buffer *out, uint32_t request, uint32_t slot, uint32_t length, struct error *error)
{
	char payload[CHUNK_LENGTH];

	bytes_put_u32(payload, request);
	bytes_put_u32(payload + 4, slot);
	bytes_put_u32(payload + 8, length);
	return wire_put(out, WIRE_CHUNK, payload, sizeof payload, error);
}

int wire_put_release(struct buffer *out, uint32_t slot, struct error *error)
{
	char payload[RELEASE_LENGTH];

	bytes_put_u32(payload, slot);
	return wire_put(out, WIRE_RELEASE, payload, sizeof payload, error);
}

int wire_get_json(json_t **out, const struct wire_frame *frame, struct error *error)
{
	json_t *value = NULL;

	if (json_parse(&value, frame->payload, frame->length, ERROR_PLUGIN_FAULT, "A control message",
		    error) < 0)
		return -1;
	if (!json_is_object(value)) {
		json_decref(value);
		return error_set(error, ERROR_PLUGIN_FAULT, "A control message is no JSON object.");
	}
	*out = value;
	return 0;
}

int wire_get_chunk(uint32_t *request, uint32_t *slot, uint32_t *length, const struct wire_frame *frame,
	struct error *error)
{
	if (frame->length != CHUNK_LENGTH)
		return error_set(error, ERROR_INTERNAL, "A CHUNK has %zu bytes.", frame->length);
	*request = bytes_get_u32(frame->payload);
	*slot = bytes_get_u32(frame->payload + 4);
	*length = bytes_get_u32(frame->payload + 8);
	if (*slot >= WIRE_SLOTS || *length > WIRE_SLOT_SIZE)
		return error_set(error, ERROR_INTERNAL, "A CHUNK lies outside of the area.");
	return 0;
}

int wire_get_release(uint32_t *slot, const struct wire_frame *frame, struct error *error)
{
	if (frame->length != RELEASE_LENGTH)
		return error_set(error, ERROR_PLUGIN_FAULT, "A RELEASE has %zu bytes.", frame->length);
	*slot = bytes_get_u32(frame->payload);
	if (*slot >= WIRE_SLOTS)
		return error_set(error, ERROR_PLUGIN_FAULT, "A RELEASE names slot %u of %d.", (unsigned)*slot,
			WIRE_SLOTS);
	return 0;
}

int wire_records_begin(size_t *frame_start, struct buffer *out, struct error *error)
{
	size_t start = out->length;

	if (wire_put(out, WIRE_RECORDS, NULL, 0, error) < 0)
		return -1;
	*frame_start = start;
	return 0;
}

bool wire_records_fits(const struct buffer *out, size_t frame_start, size_t key_length, size_t record_length)
{
	size_t used = out->length - frame_start - WIRE_HEAD;

	return key_length <= WIRE_KEY_MAX && record_length <= WIRE_RECORD_MAX &&
	       RECORD_HEAD + key_length + record_length <= WIRE_RECORDS_MAX - used;
}

int wire_records_add(struct buffer *out, const char *key, size_t key_length, const char *record,
	size_t record_length, struct error *error)
{
	char *room;

	if (key_length > WIRE_KEY_MAX)
		return error_set(error, ERROR_RECORD_TOO_LARGE,
			"A record's key has %zu bytes; at most %d are taken.", key_length, WIRE_KEY_MAX);
	if (record_length > WIRE_RECORD_MAX)
		return error_set(error, ERROR_RECORD_TOO_LARGE,
			"A record has %zu bytes; at most %d are taken.", record_length, WIRE_RECORD_MAX);
	if (buffer_reserve(&room, out, RECORD_HEAD + key_length + record_length) < 0)
		return error_memory(error);
	bytes_put_u32(room, (uint32_t)key_length);
	bytes_put_u32(room + 4, (uint32_t)record_length);
	if (key_length)
		memcpy(room + RECORD_HEAD, key, key_length);
	if (record_length)
		memcpy(room + RECORD_HEAD + key_length, record, record_length);
	out->length += RECORD_HEAD + key_length + record_length;
	return 0;
}

void wire_records_end(struct buffer *out, size_t frame_start)
{
	put_head(out->data + frame_start, WIRE_RECORDS, out->length - frame_start - WIRE_HEAD);
}

int wire_records_next(const char **key, size_t *key_length, const char **record, size_t *record_length,
	size_t *offset, const struct wire_frame *frame, struct error *error)
{
	size_t left = frame->length - *offset;
	const char *at = frame->payload + *offset;
	uint32_t key_bytes;
	uint32_t record_bytes;

	if (left == 0)
		return 0;
	if (left < RECORD_HEAD)
		return error_set(error, ERROR_PLUGIN_FAULT, "A batch of records is cut short.");
	key_bytes = bytes_get_u32(at);
	record_bytes = bytes_get_u32(at + 4);
	left -= RECORD_HEAD;
	if (key_bytes > WIRE_KEY_MAX || record_bytes > WIRE_RECORD_MAX || key_bytes > left ||
		record_bytes > left - key_bytes)
		return error_set(error, ERROR_PLUGIN_FAULT,
			"A batch of records holds one that is longer than the batch.");
	*key = at + RECORD_HEAD;
	*key_length = key_bytes;
	*record = *key + key_bytes;
	*record_length = record_bytes;
	*offset += RECORD_HEAD + (size_t)key_bytes + record_bytes;
	return 1;
}
