/* The encodings that credentials, cursors and names travel in: base64, percent, JSON text. */
#ifndef MUSTER_SANDBOX_ENCODE_H
#define MUSTER_SANDBOX_ENCODE_H

#include "base/buffer.h"

#include <stdbool.h>
#include <stddef.h>

/* All of these append to out and return 0, or -1 when there is no room or the source is malformed.
 */

int encode_base64(struct buffer *out, const char *bytes, size_t length);
int decode_base64(struct buffer *out, const char *text, size_t length);

/* RFC 4648, section 5, without padding. */
int encode_base64url(struct buffer *out, const char *bytes, size_t length);
int decode_base64url(struct buffer *out, const char *text, size_t length);

/* Everything but RFC 3986's unreserved characters as %XX. */
int encode_percent(struct buffer *out, const char *bytes, size_t length);

/* One name or value of application/x-www-form-urlencoded. */
int decode_form(struct buffer *out, const char *text, size_t length);

/* The inside of a JSON text; ascii: what is not ASCII becomes \u escapes. The source is UTF-8. */
int encode_json(struct buffer *out, const char *text, bool ascii);

#endif
