/* A strict, resumable reader of JSON (RFC 8259) that arrives in chunks. There is no DOM and no recursion: each
 * call yields the next token as a slice of the source. Everything is checked, whether anyone looks at it or
 * not: grammar, UTF-8 (RFC 3629), escapes and their surrogate pairs, control characters, depth, and that
 * nothing follows the value. Numbers are never converted.
 *
 * A caller that wants several tokens of one record at once holds it: from reader_hold() to reader_release()
 * the record stays in one piece, and only a record that spans chunks is copied. Memory is bounded by the
 * record limit, and work is linear in the body, however finely it is cut.
 *
 *	reader_init(&reader, READER_RECORD_LIMIT);
 *	while ((token = reader_next(&reader)) != READER_END) {
 *		if (token == READER_ERROR)
 *			return reader_error(&reader, "the answer", error);
 *		if (token == READER_MORE)
 *			reader_feed(&reader, bytes, length, last);
 *		else if (token == READER_OBJECT && reader.depth == 3)
 *			reader_hold(&reader);
 *		else if (token == READER_STRING && reader.depth == 3)
 *			text = reader_slice(&reader);
 *		else if (token == READER_OBJECT_END && reader.depth == 2) {
 *			use(reader_bytes(&reader, text), text.length);
 *			reader_release(&reader);
 *		}
 *	}
 */
#ifndef MUSTER_RECORD_READER_H
#define MUSTER_RECORD_READER_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define READER_DEPTH_LIMIT 512         /* containers open at once */
#define READER_NUMBER_LIMIT 4096       /* bytes of one number */
#define READER_RECORD_LIMIT (4u << 20) /* bytes of what is held, or of one string that is not skipped */

enum reader_token {
	READER_MORE, /* the chunk is used up: feed the next one */
	READER_OBJECT,
	READER_OBJECT_END,
	READER_ARRAY,
	READER_ARRAY_END,
	READER_KEY,
	READER_STRING,
	READER_NUMBER,
	READER_TRUE,
	READER_FALSE,
	READER_NULL,
	READER_END,   /* the body was one whole value */
	READER_ERROR, /* for good; reader_fault() says why */
};

/* X(symbol, text) */
#define READER_FAULTS(X) \
	X(NONE, "none") \
	X(EMPTY, "empty") \
	X(TRUNCATED, "truncated") \
	X(TRAILING, "trailing_bytes") \
	X(BYTE_ORDER_MARK, "byte_order_mark") \
	X(UNEXPECTED, "unexpected_byte") \
	X(BAD_LITERAL, "bad_literal") \
	X(BAD_NUMBER, "bad_number") \
	X(NUMBER_TOO_LONG, "number_too_long") \
	X(CONTROL, "control_character") \
	X(BAD_ESCAPE, "bad_escape") \
	X(LONE_SURROGATE, "lone_surrogate") \
	X(BAD_UTF8, "bad_utf8") \
	X(TOO_DEEP, "too_deep") \
	X(RECORD_TOO_LARGE, "record_too_large") \
	X(OUT_OF_MEMORY, "out_of_memory")

#define READER_SYMBOL(symbol, text) READER_FAULT_##symbol,
enum reader_fault { READER_FAULTS(READER_SYMBOL) READER_FAULT_COUNT };
#undef READER_SYMBOL

/* What the body of a string contains besides plain ASCII. */
enum reader_flag { READER_ESCAPED = 1, READER_NON_ASCII = 2 };

/* A part of a held record, counted from the hold; the bytes of it by reader_bytes(). */
struct slice {
	size_t start;
	size_t length;
};

struct reader {
	/* The current token, for anyone to read. Of a string or key it is what stands between the quotes,
	 * escapes as they came. The bytes stay where they are until the next feed. */
	const char *text;
	size_t length;
	unsigned flags; /* enum reader_flag, of a string or key */
	unsigned depth; /* containers open: with one that was just opened, without one just closed */

	/* The rest is the reader's own. */
	enum reader_token token;
	const char *at;     /* the next byte */
	const char *end;    /* of the window, or of what a hold may still take from it */
	const char *start;  /* of the current token, its quote included */
	const char *held;   /* NULL: nothing is held */
	const char *origin; /* the byte of the window that stands at origin_offset of the body */
	uint64_t origin_offset;
	unsigned char expect; /* what the grammar allows next */
	unsigned char cut;    /* what the end of the window cut through */
	unsigned char number; /* the state of a number that was cut */
	bool in_object;
	bool last;
	bool skipping;
	unsigned skip_depth;
	size_t skip_start;
	enum reader_fault fault;
	uint64_t fault_offset;
	size_t record_limit;

	/* The window is the chunk; or the carry: `kept` bytes of earlier chunks, then the first `taken` bytes
	 * of this one. */
	const char *chunk;
	size_t chunk_length;
	bool carrying;
	char *carry;
	size_t kept;
	size_t taken;

	uint64_t objects[READER_DEPTH_LIMIT / 64]; /* a bit a level: object or array */
};

/* An empty reader that waits for its first chunk. */
void reader_init(struct reader *reader, size_t record_limit);

/* Frees what the reader carries. */
void reader_clear(struct reader *reader);

/* Begins another body with the same limit, keeping the memory. */
void reader_restart(struct reader *reader);

/* Hands over the next chunk, after READER_MORE or at the start. It is borrowed until the next feed. last:
 * nothing comes after it; a body may also be ended by an empty last chunk. */
void reader_feed(struct reader *reader, const char *bytes, size_t length, bool last);

/* Moves to the next token. After READER_END and READER_ERROR it stays there. */
enum reader_token reader_next(struct reader *reader);

/* Moves to the next token and returns true if that is the key with just this text: its quotes and the colon
 * included, as a writer would put it. Else nothing happens. Where a caller can guess
 * which key comes, this is faster than reader_next() and a comparison; the flags are then none. */
bool reader_take_key(struct reader *reader, const char *text, size_t length);

/* Moves to the end of what the current token begins: of a key its value, of a container all of it; any other
 * token is its own end. Returns the last token of it; or READER_MORE: feed, and call reader_skip() again.
 * While something is held, the current token's text is then the whole value, quotes included; else the
 * text is empty, and what is skipped takes no memory. */
enum reader_token reader_skip(struct reader *reader);

/* Holds everything from the start of the current token on, one record at a time. What grows to the record
 * limit or beyond before it is released is a fault. */
void reader_hold(struct reader *reader);
void reader_release(struct reader *reader);

/* The current token's text as a slice of what is held. */
static inline struct slice reader_slice(const struct reader *reader)
{
	return (struct slice){ (size_t)(reader->text - reader->held), reader->length };
}

/* The bytes of a slice: they stay until the next feed, and then move. */
static inline const char *reader_bytes(const struct reader *reader, struct slice slice)
{
	return reader->held + slice.start;
}

/* What is held, from the hold to the end of the current token. */
struct slice reader_held(const struct reader *reader);

/* Where the current token begins in the body, counted from 0. */
uint64_t reader_offset(const struct reader *reader);

/* Why READER_ERROR, and at which byte of the body, counted from 0. */
enum reader_fault reader_fault(const struct reader *reader);
uint64_t reader_fault_offset(const struct reader *reader);
const char *reader_fault_text(enum reader_fault fault);

/* Is this text by itself a number that a reader takes? */
bool reader_is_number(const char *text, size_t length);

/* Turns the fault into an error: malformed body, record too large or out of memory. what names the
 * body ("the answer"). Returns -1. */
int reader_error(const struct reader *reader, const char *what, struct error *error);

#endif
