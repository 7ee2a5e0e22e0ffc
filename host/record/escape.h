/* The inside of JSON strings: from UTF-8 to escaped text and back. */
#ifndef MUSTER_RECORD_ESCAPE_H
#define MUSTER_RECORD_ESCAPE_H

#include "base/buffer.h"

#include <stdbool.h>
#include <stddef.h>

/* Appends UTF-8 as the body of a JSON string, without the quotes: quote, backslash and control
 * characters are escaped, all else stays. Returns 0, or -1 when the buffer is full. */
int escape_encode(struct buffer *out, const char *bytes, size_t length);

/* Appends the UTF-8 that the body of a JSON string stands for; the body must have been checked by a
 * reader. It may contain NUL. Never longer than the body. Returns 0, or -1 when the buffer is full.
 */
int escape_decode(struct buffer *out, const char *body, size_t length);

/* Whether the body of a checked JSON string stands for this UTF-8. Needs no memory. */
bool escape_equal(const char *body, size_t body_length, const char *bytes, size_t length);

#endif
