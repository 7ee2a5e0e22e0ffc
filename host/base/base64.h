/* Base64: bytes as text, in a header for instance. */
#ifndef MUSTER_BASE_BASE64_H
#define MUSTER_BASE_BASE64_H

#include "base/buffer.h"

#include <stddef.h>

/* Appends the bytes in base64, padded (RFC 4648, section 4). Returns 0, or -1 when the buffer is full. */
int base64_encode(struct buffer *out, const char *bytes, size_t length);

#endif
