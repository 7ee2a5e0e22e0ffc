#include "config.h"

#include "record/reader.h"

#include "record/reader_window.h"
#include "record/scan.h"

#include <stdlib.h>
#include <string.h>

/* What the grammar allows next. */
enum expect {
	EXPECT_VALUE,
	EXPECT_VALUE_OR_END,
	EXPECT_KEY,
	EXPECT_KEY_OR_END,
	EXPECT_COLON,
	EXPECT_COMMA_OR_END,
	EXPECT_NOTHING,
};

/* What every token of a record passes through is worth being one piece of code. */
#define HOT static inline __attribute__((always_inline))

/* Stands for what isn't there: pointers always lead somewhere. */
static const char nothing[] = "";

void reader_init(struct reader *reader, size_t record_limit)
{
	*reader = (struct reader){ .record_limit = record_limit };
	reader_restart(reader);
}

void reader_clear(struct reader *reader)
{
	free(reader->carry);
	reader->carry = NULL;
	reader_restart(reader);
}

void reader_restart(struct reader *reader)
{
	*reader = (struct reader){
		.record_limit = reader->record_limit,
		.carry = reader->carry,
		.text = nothing,
		.start = nothing,
		.at = nothing,
		.end = nothing,
		.origin = nothing,
		.chunk = nothing,
	};
}

/* --- Tokens ----------------------------------------------------------------------------------- */

HOT void token_is(struct reader *reader, const char *start, size_t length)
{
	reader->start = start;
	reader->text = start;
	reader->length = length;
}

/* A value ended at p. A comma that follows at once is taken along; what is wrong is seen next time. */
HOT void after_value(struct reader *reader, const char *p)
{
	if (reader->depth == 0) {
		reader->expect = EXPECT_NOTHING;
	} else if (p < reader->end && *p == ',') {
		reader->expect = reader->in_object ? EXPECT_KEY : EXPECT_VALUE;
		p++;
	} else {
		reader->expect = EXPECT_COMMA_OR_END;
	}
	reader->at = p;
}

static enum reader_token open_container(struct reader *reader, const char *p, bool object)
{
	uint64_t bit = UINT64_C(1) << (reader->depth % 64);
	uint64_t *word = &reader->objects[reader->depth / 64];

	if (reader->depth == READER_DEPTH_LIMIT)
		return reader_fail(reader, READER_FAULT_TOO_DEEP, p);
	*word = object ? *word | bit : *word & ~bit;
	reader->depth++;
	reader->in_object = object;
	reader->expect = object ? EXPECT_KEY_OR_END : EXPECT_VALUE_OR_END;
	token_is(reader, p, 1);
	reader->at = p + 1;
	return object ? READER_OBJECT : READER_ARRAY;
}

static enum reader_token close_container(struct reader *reader, const char *p)
{
	enum reader_token token = reader->in_object ? READER_OBJECT_END : READER_ARRAY_END;

	reader->depth--;
	if (reader->depth > 0) {
		unsigned level = reader->depth - 1;
		reader->in_object = reader->objects[level / 64] >> (level % 64) & 1;
	}
	token_is(reader, p, 1);
	after_value(reader, p + 1);
	return token;
}

/* The string did not end in the window, or is wrong. */
static enum reader_token broken_string(
	struct reader *reader, enum reader_fault fault, const char *p, enum cut cut)
{
	/* What nobody holds or skips has the limit too, and breaks it before anything else is wrong. */
	if (!reader->held && !reader->skipping && (size_t)(p - reader->start) > reader->record_limit + 1)
		return reader_fail(reader, READER_FAULT_RECORD_TOO_LARGE, reader->start);
	if (fault != READER_FAULT_TRUNCATED)
		return reader_fail(reader, fault, p);
	reader->cut = (unsigned char)cut;
	reader->at = p;
	return READER_MORE;
}

/* Goes on with a string or key at p, its start and the flags so far being set. */
HOT enum reader_token string(struct reader *reader, const char *p, enum cut kind)
{
	unsigned flags = reader->flags;
	enum reader_fault fault = scan_string(&p, &flags, reader->end);

	reader->flags = flags;
	if (__builtin_expect(fault != READER_FAULT_NONE, 0))
		return broken_string(reader, fault, p, kind);
	reader->text = reader->start + 1;
	reader->length = (size_t)(p - reader->text);
	if (__builtin_expect(reader->length > reader->record_limit, 0) && !reader->skipping)
		return reader_fail(reader, READER_FAULT_RECORD_TOO_LARGE, reader->start);
	p++;
	if (kind == CUT_STRING) {
		after_value(reader, p);
		return READER_STRING;
	}
	if (p < reader->end && *p == ':') {
		reader->expect = EXPECT_VALUE;
		p++;
	} else {
		reader->expect = EXPECT_COLON;
	}
	reader->at = p;
	return READER_KEY;
}

/* Goes on with a number at p, its start being set. */
static enum reader_token number(struct reader *reader, const char *p, enum scan_number state)
{
	const char *end = reader->end;

	/* Never more than a byte past the limit, so that a number is too long before it is wrong. */
	if (end - reader->start > READER_NUMBER_LIMIT + 1)
		end = reader->start + READER_NUMBER_LIMIT + 1;
	p = scan_number(&state, p, end);
	if (p - reader->start > READER_NUMBER_LIMIT)
		return reader_fail(reader, READER_FAULT_NUMBER_TOO_LONG, reader->start);
	if (p == end) {
		reader->cut = CUT_NUMBER;
		reader->number = (unsigned char)state;
		reader->at = p;
		return READER_MORE;
	}
	if (!scan_number_may_end(state))
		return reader_fail(reader, READER_FAULT_BAD_NUMBER, p);
	token_is(reader, reader->start, (size_t)(p - reader->start));
	after_value(reader, p);
	return READER_NUMBER;
}

static inline enum reader_token literal(
	struct reader *reader, const char *p, const char *word, size_t length, enum reader_token token)
{
	size_t left = (size_t)(reader->end - p);

	if (memcmp(p, word, left < length ? left : length) != 0)
		return reader_fail(reader, READER_FAULT_BAD_LITERAL, p);
	if (left < length) {
		reader->start = p;
		reader->at = p;
		reader->cut = CUT_LITERAL;
		return READER_MORE;
	}
	token_is(reader, p, length);
	after_value(reader, p + length);
	return token;
}

HOT enum reader_token value(struct reader *reader, const char *p)
{
	switch (*p) {
	case '"':
		reader->start = p;
		reader->flags = 0;
		return string(reader, p + 1, CUT_STRING);
	case '{':
		return open_container(reader, p, true);
	case '[':
		return open_container(reader, p, false);
	case 't':
		return literal(reader, p, "true", 4, READER_TRUE);
	case 'f':
		return literal(reader, p, "false", 5, READER_FALSE);
	case 'n':
		return literal(reader, p, "null", 4, READER_NULL);
	case '\xEF':
		if (reader_offset_of(reader, p) == 0)
			return reader_fail(reader, READER_FAULT_BYTE_ORDER_MARK, p);
		return reader_fail(reader, READER_FAULT_UNEXPECTED, p);
	default:
		if (*p != '-' && !scan_is_digit(*p))
			return reader_fail(reader, READER_FAULT_UNEXPECTED, p);
		reader->start = p;
		return number(reader, p, SCAN_NUMBER_BEGIN);
	}
}

__attribute__((noinline)) static enum reader_token resume(struct reader *reader)
{
	enum cut cut = (enum cut)reader->cut;
	enum reader_token token;

	reader->cut = CUT_NONE;
	if (cut == CUT_NUMBER)
		return number(reader, reader->at, (enum scan_number)reader->number);
	if (cut == CUT_LITERAL)
		return value(reader, reader->at);
	token = string(reader, reader->at, cut);
	/* What is skipped and not held has lost its beginning. */
	if (reader->skipping && !reader->held && reader->cut == CUT_NONE)
		token_is(reader, reader->at, 0);
	return token;
}

/* The next token of the window, or READER_MORE when it is used up. */
HOT enum reader_token step(struct reader *reader)
{
	const char *p = reader->at;

	if (__builtin_expect(reader->cut != CUT_NONE, 0))
		return resume(reader);
	for (;; p++) {
		while (p < reader->end && scan_is_space(*p))
			p++;
		if (p == reader->end) {
			reader->at = p;
			return READER_MORE;
		}
		switch ((enum expect)reader->expect) {
		case EXPECT_KEY_OR_END:
			if (*p == '}')
				return close_container(reader, p);
			/* fall through */
		case EXPECT_KEY:
			if (*p != '"')
				return reader_fail(reader, READER_FAULT_UNEXPECTED, p);
			reader->start = p;
			reader->flags = 0;
			return string(reader, p + 1, CUT_KEY);
		case EXPECT_VALUE_OR_END:
			if (*p == ']')
				return close_container(reader, p);
			/* fall through */
		case EXPECT_VALUE:
			return value(reader, p);
		case EXPECT_COLON:
			if (*p != ':')
				return reader_fail(reader, READER_FAULT_UNEXPECTED, p);
			reader->expect = EXPECT_VALUE;
			break;
		case EXPECT_COMMA_OR_END:
			if (*p == (reader->in_object ? '}' : ']'))
				return close_container(reader, p);
			if (*p != ',')
				return reader_fail(reader, READER_FAULT_UNEXPECTED, p);
			reader->expect = reader->in_object ? EXPECT_KEY : EXPECT_VALUE;
			break;
		case EXPECT_NOTHING:
			return reader_fail(reader, READER_FAULT_TRAILING, p);
		}
	}
}

/* There is nothing left of the chunk. */
static enum reader_token starve(struct reader *reader)
{
	if (reader->fault)
		return READER_ERROR;
	if (!reader->last)
		return READER_MORE;
	if (reader->cut == CUT_NUMBER && reader->depth == 0 &&
		scan_number_may_end((enum scan_number)reader->number)) {
		reader->cut = CUT_NONE;
		token_is(reader, reader->start, (size_t)(reader->at - reader->start));
		reader->expect = EXPECT_NOTHING;
		return READER_NUMBER;
	}
	if (reader->cut == CUT_NONE && reader->depth == 0) {
		if (reader->expect == EXPECT_NOTHING) {
			token_is(reader, reader->at, 0);
			return READER_END;
		}
		return reader_fail(reader, READER_FAULT_EMPTY, reader->end);
	}
	return reader_fail(reader, READER_FAULT_TRUNCATED, reader->end);
}

/* One token, from as much of the chunk as it needs. */
HOT enum reader_token advance(struct reader *reader)
{
	enum reader_token token;

	while ((token = step(reader)) == READER_MORE)
		if (!reader_refill(reader)) {
			token = starve(reader);
			break;
		}
	return token;
}

enum reader_token reader_next(struct reader *reader)
{
	enum reader_token token = advance(reader);

	if (token != READER_MORE)
		reader->token = token;
	return token;
}

/* As memcmp, for texts that are mostly shorter than the call of it would cost. */
static inline bool same(const char *a, const char *b, size_t length)
{
	uint64_t x, y;

	if (length < sizeof x)
		return memcmp(a, b, length) == 0;
	for (; length > sizeof x; a += sizeof x, b += sizeof x, length -= sizeof x) {
		memcpy(&x, a, sizeof x);
		memcpy(&y, b, sizeof y);
		if (x != y)
			return false;
	}
	/* The last eight bytes, of which the first may have been compared before. */
	memcpy(&x, a + length - sizeof x, sizeof x);
	memcpy(&y, b + length - sizeof y, sizeof y);
	return x == y;
}

bool reader_take_key(struct reader *reader, const char *text, size_t length)
{
	const char *p = reader->at;

	if ((reader->expect != EXPECT_KEY && reader->expect != EXPECT_KEY_OR_END) ||
		reader->cut != CUT_NONE || (size_t)(reader->end - p) < length || !same(p, text, length))
		return false;
	reader->start = p;
	reader->text = p + 1;
	reader->length = length - 3;
	reader->flags = 0;
	reader->token = READER_KEY;
	reader->expect = EXPECT_VALUE;
	reader->at = p + length;
	return true;
}

/* The current token becomes the value that starts at skip_start of what is held. */
static enum reader_token skipped(struct reader *reader, enum reader_token token)
{
	const char *end = reader_token_end(reader);

	reader->token = token;
	reader->skipping = false;
	if (!reader->held) {
		token_is(reader, reader->at, 0);
		return token;
	}
	reader->start = reader->held + reader->skip_start;
	token_is(reader, reader->start, (size_t)(end - reader->start));
	return token;
}

enum reader_token reader_skip(struct reader *reader)
{
	enum reader_token token = reader->token;
	bool key = token == READER_KEY;

	if (!reader->skipping) {
		if (token == READER_MORE || token == READER_END || token == READER_ERROR)
			return token;
		reader->skip_start = (size_t)(reader->start - (reader->held ? reader->held : reader->start));
		if (!key && token != READER_OBJECT && token != READER_ARRAY)
			return skipped(reader, token);
		reader->skip_depth = key ? reader->depth : reader->depth - 1;
		reader->skipping = true;
	}
	for (;;) {
		token = advance(reader);
		if (token == READER_MORE)
			return token;
		if (token == READER_ERROR)
			break;
		if (reader->token == READER_KEY && reader->held) {
			reader->skip_start = (size_t)(reader->start - reader->held);
			reader->token = token;
		}
		if (reader->depth == reader->skip_depth && token != READER_KEY)
			return skipped(reader, token);
	}
	reader->token = token;
	reader->skipping = false;
	return token;
}

/* --- What can be asked ------------------------------------------------------------------------ */

struct slice reader_held(const struct reader *reader)
{
	return (struct slice){ 0, (size_t)(reader_token_end(reader) - reader->held) };
}

uint64_t reader_offset(const struct reader *reader)
{
	return reader_offset_of(reader, reader->start);
}

bool reader_is_number(const char *text, size_t length)
{
	enum scan_number state = SCAN_NUMBER_BEGIN;

	return length <= READER_NUMBER_LIMIT && scan_number(&state, text, text + length) == text + length &&
	       scan_number_may_end(state);
}
