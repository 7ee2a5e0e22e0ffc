#include "config.h"

#include "fuzz/wire_fuzz.h"

#include <stdlib.h>
#include <string.h>

/* What came of decoding: a sum over the frames, and how it ended. */
struct outcome {
	size_t frames;
	uint64_t sum;
	int end;
};

static void add(struct outcome *outcome, const char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++)
		outcome->sum = outcome->sum * 31 + (unsigned char)bytes[i];
}

static void look_into(struct outcome *outcome, const struct wire_frame *frame)
{
	struct error error = { .code = ERROR_NONE };
	uint32_t request, slot, length;
	json_t *object = NULL;

	if (frame->type == WIRE_RECORDS) {
		const char *key, *record;
		size_t key_length, record_length, offset = 0;
		while (wire_records_next(
			       &key, &key_length, &record, &record_length, &offset, frame, &error) == 1) {
			add(outcome, key, key_length);
			add(outcome, record, record_length);
		}
	} else if (frame->type == WIRE_CHUNK) {
		if (wire_get_chunk(&request, &slot, &length, frame, &error) == 0 &&
			(slot >= WIRE_SLOTS || length > WIRE_SLOT_SIZE))
			abort();
	} else if (frame->type == WIRE_RELEASE) {
		if (wire_get_release(&slot, frame, &error) == 0 && slot >= WIRE_SLOTS)
			abort();
	} else if (wire_get_json(&object, frame, &error) == 0) {
		json_decref(object);
	}
}

/* Takes all frames that are there: 0 when more bytes are needed, else -1. */
static int take(struct outcome *outcome, struct wire_decoder *decoder, enum wire_mode mode)
{
	struct error error = { .code = ERROR_NONE };
	struct wire_frame frame;
	int got;

	while ((got = wire_decoder_next(&frame, decoder, &error)) == 1) {
		outcome->frames++;
		add(outcome, frame.payload, frame.length);
		look_into(outcome, &frame);
		wire_decoder_mode(decoder, mode);
	}
	return got;
}

static struct outcome decode(
	enum wire_side from, enum wire_mode mode, const uint8_t *data, size_t size, size_t cut)
{
	struct outcome outcome = { .end = 0 };
	struct error error = { .code = ERROR_NONE };
	struct wire_decoder *decoder = NULL;

	if (wire_decoder_new(&decoder, from, &error) < 0)
		abort();
	while (size > 0 && outcome.end == 0) {
		char *room;
		size_t length;
		if (wire_decoder_room(&room, &length, decoder, &error) < 0)
			abort();
		length = length < size ? length : size;
		length = length < cut ? length : cut;
		memcpy(room, data, length);
		wire_decoder_filled(decoder, length);
		data += length;
		size -= length;
		outcome.end = take(&outcome, decoder, mode);
	}
	wire_decoder_free(decoder);
	return outcome;
}

int wire_fuzz(enum wire_side from, const uint8_t *data, size_t size)
{
	struct outcome whole, cut;
	enum wire_mode mode;

	if (size < 2)
		return 0;
	mode = (enum wire_mode)(data[0] % (WIRE_MODE_RUN + 1));
	whole = decode(from, mode, data + 2, size - 2, SIZE_MAX);
	cut = decode(from, mode, data + 2, size - 2, (size_t)data[1] + 1);
	if (whole.frames != cut.frames || whole.sum != cut.sum || whole.end != cut.end)
		abort();
	return 0;
}
