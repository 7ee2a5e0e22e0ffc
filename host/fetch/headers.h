/* The header lines of a request or an answer: names compare without case, values hold no controls.
 */
#ifndef MUSTER_FETCH_HEADERS_H
#define MUSTER_FETCH_HEADERS_H

#include "base/buffer.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

enum { HEADERS_LIMIT = 64 * 1024 };

struct headers {
	struct buffer bytes; /* name NUL value NUL …; names in lower case */
};

#define HEADERS_INIT \
	{ \
		BUFFER_INIT(HEADERS_LIMIT) \
	}

void headers_clear(struct headers *headers);

/* The same, overwriting the bytes: for what held a credential. */
void headers_wipe(struct headers *headers);

/* Adds a line. A name that is no token (RFC 9110, section 5.6.2) or a value with a control
 * character is BAD_PARAMETER; so is what would overflow. */
int headers_add(struct headers *headers, const char *name, size_t name_length, const char *value,
	size_t value_length, struct error *error);

/* The same for two C strings. */
int headers_add_text(struct headers *headers, const char *name, const char *value, struct error *error);

/* The first value of this name (any case), or NULL. */
const char *headers_get(const struct headers *headers, const char *name);

/* Walks over the lines: *at starts at 0. False when there are no more. */
bool headers_next(const char **name, const char **value, const struct headers *headers, size_t *at);

/* May a request carry this line, or is it the transfer's own business (Host, Content-Length, …)? */
bool headers_may_send(const char *name);

#endif
