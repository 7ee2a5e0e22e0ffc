/* jansson, strictly: for everything that is JSON and not a record. */
#ifndef MUSTER_BASE_JSON_H
#define MUSTER_BASE_JSON_H

#include "base/error.h"

#include <jansson.h>
#include <stddef.h>

/* Parses a whole text: duplicates refused, nothing after it. what names it in the error ("the token
 * answer"). The caller owns *out. */
int json_parse(json_t **out, const char *bytes, size_t length, enum error_code code, const char *what,
	struct error *error);

/* Reads a file of at most limit bytes and parses it. */
int json_read_file(json_t **out, const char *path, size_t limit, enum error_code code, struct error *error);

/* The member's text, borrowed, or fallback when it is absent or no text. */
const char *json_member_text(const json_t *object, const char *name, const char *fallback);

/* What a JSON pointer (RFC 6901) leads to, borrowed; NULL when it leads nowhere or is none. */
const json_t *json_pointer(const json_t *value, const char *pointer);

#endif
