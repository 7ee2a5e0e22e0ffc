#include "config.h"

#include "trace.h"

#include <stdlib.h>
#include <string.h>

struct source {
	const char *body;
	size_t length;
	size_t at;
	size_t next; /* the length of the next chunk */
	size_t step;
	char *chunk;
};

static void add(struct trace *trace, const void *bytes, size_t length)
{
	const unsigned char *s = bytes;

	for (size_t i = 0; i < length; i++)
		trace->sum = (trace->sum ^ s[i]) * UINT64_C(0x100000001B3);
}

static void feed(struct reader *reader, struct source *source)
{
	size_t left = source->length - source->at;
	size_t length = source->next == 0 || source->next > left ? left : source->next;
	char *chunk = malloc(length ? length : 1);

	if (!chunk)
		abort();
	if (length > 0)
		memcpy(chunk, source->body + source->at, length);
	source->at += length;
	source->next = source->step;
	reader_feed(reader, chunk, length, source->at == source->length);
	free(source->chunk);
	source->chunk = chunk;
}

static enum reader_token pull(struct reader *reader, struct source *source, bool skip)
{
	enum reader_token token;

	while ((token = skip ? reader_skip(reader) : reader_next(reader)) == READER_MORE)
		feed(reader, source);
	return token;
}

static void add_token(struct trace *trace, const struct reader *reader, enum reader_token token)
{
	unsigned depth = reader->depth;

	trace->tokens++;
	add(trace, &token, sizeof token);
	add(trace, &depth, sizeof depth);
	add(trace, &reader->length, sizeof reader->length);
	add(trace, reader->text, reader->length);
	if (token == READER_KEY || token == READER_STRING)
		add(trace, &reader->flags, sizeof reader->flags);
}

static void add_held(struct trace *trace, struct reader *reader)
{
	struct slice slice = reader_held(reader);

	add(trace, &slice.length, sizeof slice.length);
	add(trace, reader_bytes(reader, slice), slice.length);
	reader_release(reader);
}

static enum reader_token advance(
	struct trace *trace, struct reader *reader, struct source *source, enum trace_mode mode)
{
	enum reader_token token = pull(reader, source, false);
	bool opens = token == READER_OBJECT || token == READER_ARRAY;
	bool closes = token == READER_OBJECT_END || token == READER_ARRAY_END;

	if (mode == TRACE_HOLD && opens && reader->depth == 2)
		reader_hold(reader);
	if (mode == TRACE_SKIP && reader->depth == 1)
		token = pull(reader, source, true);
	if (mode == TRACE_HOLD_SKIP && token != READER_ERROR && token != READER_END &&
		((reader->depth == 1 && !opens && !closes) || (opens && reader->depth == 2))) {
		reader_hold(reader);
		token = pull(reader, source, true);
	}
	if (token == READER_ERROR)
		return token;
	/* What was skipped and not held has no text. */
	if (mode != TRACE_SKIP)
		add_token(trace, reader, token);
	if (reader->held && reader->depth == 1)
		add_held(trace, reader);
	return token;
}

void trace_run(struct trace *trace, enum trace_mode mode, size_t record_limit, const char *body,
	size_t length, size_t first, size_t step)
{
	struct source source = { .body = body, .length = length, .next = first, .step = step };
	struct reader reader;
	enum reader_token token;

	*trace = (struct trace){ .sum = UINT64_C(0xCBF29CE484222325) };
	reader_init(&reader, record_limit);
	do {
		token = advance(trace, &reader, &source, mode);
		if (reader.kept + reader.taken > trace->carried)
			trace->carried = reader.kept + reader.taken;
	} while (token != READER_END && token != READER_ERROR);
	trace->fault = reader_fault(&reader);
	trace->fault_offset = reader_fault_offset(&reader);
	reader_clear(&reader);
	free(source.chunk);
}

bool trace_equal(const struct trace *a, const struct trace *b)
{
	return a->sum == b->sum && a->tokens == b->tokens && a->fault == b->fault &&
	       a->fault_offset == b->fault_offset;
}
