/* The reading end of the wire: bytes into frames, and the order in which they may come. */
#include "config.h"

#include "wire/bytes.h"
#include "wire/wire.h"

#include <stdlib.h>
#include <string.h>

enum {
	READ_SIZE = 64 * 1024,  /* room that is offered when no long frame is under way */
	KEEP_SIZE = 256 * 1024, /* a buffer that grew beyond this is given back when it is empty */
	OPEN_MAX = 2,           /* requests */
};

enum state {
	STATE_HELLO,  /* nothing came yet */
	STATE_START,  /* from the host: HELLO came; from the runner: the mode is not known yet */
	STATE_OPEN,   /* the mode's own frames */
	STATE_ANSWER, /* from the host: between ANSWER and END */
	STATE_LAST,   /* nothing but DONE may come: the manifest is there */
	STATE_ENDED,  /* nothing more may come */
};

struct wire_decoder {
	enum wire_side from;
	enum state state;
	enum wire_mode mode;
	unsigned open; /* from the runner: REQUESTs less PAGEs */
	bool asked;    /* from the runner: a REQUEST came */
	bool broken;
	bool judged; /* the head at start */
	struct buffer buffer;
	size_t start; /* of the bytes in buffer that are not yet decoded */
};

/* How long the payload of a type may be. */
struct shape {
	size_t least;
	size_t most;
};

/* Is there such a type in this direction? */
static bool find_shape(struct shape *shape, unsigned type, enum wire_side from)
{
	shape->least = 2;
	shape->most = WIRE_CONTROL_MAX;
	switch (type) {
	case WIRE_HELLO:
		return true;
	case WIRE_CHUNK:
		shape->least = shape->most = 12;
		return from == WIRE_FROM_HOST;
	case WIRE_START:
	case WIRE_ANSWER:
	case WIRE_END:
	case WIRE_GRANTED:
	case WIRE_DENIED:
		return from == WIRE_FROM_HOST;
	case WIRE_MANIFEST:
		shape->most = WIRE_MANIFEST_MAX;
		return from == WIRE_FROM_RUNNER;
	case WIRE_RELEASE:
		shape->least = shape->most = 4;
		return from == WIRE_FROM_RUNNER;
	case WIRE_RECORDS:
		shape->least = 8; /* one at least: whoever speaks must get on */
		shape->most = WIRE_RECORDS_MAX;
		return from == WIRE_FROM_RUNNER;
	case WIRE_PROBLEM:
	case WIRE_TOKEN:
	case WIRE_REQUEST:
	case WIRE_PAGE:
	case WIRE_DONE:
	case WIRE_FAILED:
		return from == WIRE_FROM_RUNNER;
	default:
		return false;
	}
}

int wire_decoder_new(struct wire_decoder **out, enum wire_side from, struct error *error)
{
	struct wire_decoder *decoder = calloc(1, sizeof *decoder);

	if (!decoder)
		return error_memory(error);
	decoder->from = from;
	buffer_init(&decoder->buffer, 2 * (WIRE_HEAD + WIRE_RECORDS_MAX + READ_SIZE));
	*out = decoder;
	return 0;
}

void wire_decoder_free(struct wire_decoder *decoder)
{
	if (!decoder)
		return;
	/* START carries what a customer entered. */
	buffer_wipe(&decoder->buffer);
	free(decoder);
}

void wire_decoder_mode(struct wire_decoder *decoder, enum wire_mode mode)
{
	decoder->mode = mode;
}

bool wire_decoder_ended(const struct wire_decoder *decoder)
{
	return decoder->state == STATE_ENDED && !decoder->judged;
}

/* Moves what is not yet decoded to the front. */
static void compact(struct wire_decoder *decoder)
{
	if (decoder->start > 0)
		buffer_consume(&decoder->buffer, decoder->start);
	decoder->start = 0;
	if (decoder->buffer.length == 0 && decoder->buffer.capacity > KEEP_SIZE)
		buffer_clear(&decoder->buffer);
}

int wire_decoder_room(char **room, size_t *size, struct wire_decoder *decoder, struct error *error)
{
	size_t want = READ_SIZE;

	compact(decoder);
	if (decoder->judged) {
		/* So its length is within bounds, and the frame is not whole. */
		size_t whole = WIRE_HEAD + bytes_get_u32(decoder->buffer.data);
		if (whole > decoder->buffer.length + want)
			want = whole - decoder->buffer.length;
	}
	if (buffer_reserve(room, &decoder->buffer, want) < 0)
		return error_memory(error);
	*size = want;
	return 0;
}

void wire_decoder_filled(struct wire_decoder *decoder, size_t length)
{
	decoder->buffer.length += length;
}

static int refuse(struct wire_decoder *decoder, struct error *error, const char *what, unsigned type)
{
	bool runner = decoder->from == WIRE_FROM_RUNNER;

	decoder->broken = true;
	return error_set(error, runner ? ERROR_PLUGIN_FAULT : ERROR_INTERNAL,
		"The %s broke the protocol: %s (frame type %u).", runner ? "runner" : "host", what, type);
}

static bool host_may(struct wire_decoder *decoder, unsigned type)
{
	switch (decoder->state) {
	case STATE_HELLO:
		decoder->state = STATE_START;
		return type == WIRE_HELLO;
	case STATE_START:
		decoder->state = STATE_OPEN;
		return type == WIRE_START;
	case STATE_OPEN:
		if (decoder->mode == WIRE_MODE_AUTHENTICATE)
			return type == WIRE_GRANTED || type == WIRE_DENIED;
		decoder->state = STATE_ANSWER;
		return decoder->mode == WIRE_MODE_RUN && type == WIRE_ANSWER;
	case STATE_ANSWER:
		if (type == WIRE_END)
			decoder->state = STATE_OPEN;
		return type == WIRE_CHUNK || type == WIRE_END;
	default:
		return false;
	}
}

static bool run_may(struct wire_decoder *decoder, unsigned type)
{
	switch (type) {
	case WIRE_REQUEST:
		decoder->asked = true;
		return decoder->open++ < OPEN_MAX;
	case WIRE_PAGE:
		return decoder->open-- > 0;
	case WIRE_RELEASE:
	case WIRE_RECORDS:
		return decoder->asked;
	default:
		return type == WIRE_DONE;
	}
}

static bool mode_may(struct wire_decoder *decoder, unsigned type)
{
	switch (decoder->mode) {
	case WIRE_MODE_MANIFEST:
		decoder->state = STATE_LAST;
		return type == WIRE_MANIFEST;
	case WIRE_MODE_VALIDATE:
		return type == WIRE_PROBLEM || type == WIRE_DONE;
	case WIRE_MODE_AUTHENTICATE:
		return type == WIRE_TOKEN || type == WIRE_PROBLEM || type == WIRE_DONE;
	case WIRE_MODE_RUN:
		return run_may(decoder, type);
	default:
		return false;
	}
}

static bool runner_may(struct wire_decoder *decoder, unsigned type)
{
	bool may;

	switch (decoder->state) {
	case STATE_HELLO:
		decoder->state = STATE_OPEN;
		return type == WIRE_HELLO;
	case STATE_OPEN:
		may = type == WIRE_FAILED || mode_may(decoder, type);
		break;
	case STATE_LAST:
		may = type == WIRE_FAILED || type == WIRE_DONE;
		break;
	default:
		return false;
	}
	if (type == WIRE_DONE || type == WIRE_FAILED)
		decoder->state = STATE_ENDED;
	return may;
}

/* Judges a head. The state moves on with it: a head that fits is a frame that will come. */
static int judge(struct wire_decoder *decoder, const char *head, struct error *error)
{
	uint32_t length = bytes_get_u32(head);
	uint32_t word = bytes_get_u32(head + 4);
	struct shape shape;

	if (!find_shape(&shape, word, decoder->from))
		return refuse(decoder, error, "there is no such type", word);
	if (length < shape.least || length > shape.most)
		return refuse(decoder, error, "the length is out of bounds", word);
	if (!(decoder->from == WIRE_FROM_HOST ? host_may : runner_may)(decoder, word))
		return refuse(decoder, error, "it is out of turn", word);
	return 0;
}

int wire_decoder_next(struct wire_frame *frame, struct wire_decoder *decoder, struct error *error)
{
	const char *head = decoder->buffer.data + decoder->start;
	size_t left = decoder->buffer.length - decoder->start;
	size_t length;

	if (decoder->broken)
		return error_set(error, ERROR_INTERNAL, "Bytes after a broken frame were decoded.");
	if (left == 0 || (left < WIRE_HEAD && !wire_decoder_ended(decoder)))
		return 0;
	if (wire_decoder_ended(decoder))
		return refuse(decoder, error, "something follows its end", 0);
	if (!decoder->judged && judge(decoder, head, error) < 0)
		return -1;
	decoder->judged = true;
	length = bytes_get_u32(head);
	if (left - WIRE_HEAD < length)
		return 0;
	decoder->judged = false;
	frame->type = (enum wire_type)bytes_get_u32(head + 4);
	frame->payload = head + WIRE_HEAD;
	frame->length = length;
	decoder->start += WIRE_HEAD + length;
	return 1;
}
