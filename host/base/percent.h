/* Percent-encoding: text as it may stand in a URL or a form. */
#ifndef MUSTER_BASE_PERCENT_H
#define MUSTER_BASE_PERCENT_H

#include "base/buffer.h"

#include <stddef.h>

/* Appends the bytes, all but the unreserved characters encoded (RFC 3986, section 2.3). Returns 0, or -1 when
 * the buffer is full. */
int percent_encode(struct buffer *out, const char *bytes, size_t length);

/* The same for application/x-www-form-urlencoded, where a space is a plus and a tilde is encoded too. */
int percent_encode_form(struct buffer *out, const char *bytes, size_t length);

/* Appends what such a text stands for. Returns 0, or -1 for an escape that is none, or
 * when the buffer is full. */
int percent_decode_form(struct buffer *out, const char *text, size_t length);

#endif
