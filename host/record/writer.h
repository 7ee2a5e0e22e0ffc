/* Compact JSON into a buffer. The writer sets the commas; what is nested how is the caller's care.
 * A failure (the buffer's limit, memory) sticks and is asked for once, at the end. */
#ifndef MUSTER_RECORD_WRITER_H
#define MUSTER_RECORD_WRITER_H

#include "base/buffer.h"

#include <stdbool.h>
#include <stddef.h>

struct writer {
	struct buffer *out; /* borrowed */
	bool comma;         /* the next member or element needs one before it */
	bool failed;
};

/* Starts a value at the end of the buffer, which the caller owns. */
void writer_init(struct writer *writer, struct buffer *out);

/* 0, or -1 if anything written since writer_init() did not fit; the buffer then ends in the middle.
 */
int writer_result(const struct writer *writer);

/* Opens an object. */
void writer_object(struct writer *writer);

/* A member's name, of UTF-8 that is escaped here. */
void writer_key(struct writer *writer, const char *name, size_t length);

/* A string, of UTF-8 that is escaped here. */
void writer_string(struct writer *writer, const char *bytes, size_t length);

/* Any value as its source text, which must have been checked by a reader: whitespace outside of its
 * strings is dropped, all else stays as it came. */
void writer_source(struct writer *writer, const char *source, size_t length);

#endif
