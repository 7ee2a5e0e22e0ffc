/* What an answer means: by the connector's error rows first, by its status otherwise. */
#ifndef MUSTER_FETCH_CLASSIFY_H
#define MUSTER_FETCH_CLASSIFY_H

#include "base/error.h"
#include "fetch/headers.h"

#include <stdbool.h>
#include <stddef.h>

enum answer_class {
	ANSWER_OK,
	ANSWER_UNAUTHORIZED, /* the token or credential is not (or no longer) good */
	ANSWER_SCOPE_MISSING,
	ANSWER_LIMITED,     /* asked too often: later */
	ANSWER_UNAVAILABLE, /* maintenance, overload: later */
	ANSWER_NOT_FOUND,
	ANSWER_REFUSED, /* the request is at fault */
	ANSWER_REDIRECT,
	ANSWER_FAILED, /* the provider is at fault */
};

/* One row; what is NULL or 0 matches all. The first row that matches decides. A body that comes with a status
 * of success and is no JSON matches none. */
struct classify_row {
	int status;
	const char *header;  /* this header is there … */
	const char *pointer; /* this JSON pointer (RFC 6901) leads to a scalar … */
	const char *text;    /* … and header, pointed-to value, or else the body contains this */
	enum answer_class meaning;
};

struct answer {
	int status;
	const struct headers *headers;
	const char *body; /* its first bytes; may be NULL */
	size_t body_length;
};

struct classified {
	enum answer_class meaning;
	char message[512]; /* the provider's own words, cleaned and cut; may be empty */
};

/* message_pointer: where the provider's message stands, or NULL for the usual places. Memory that
 * runs out costs the body's say, not the answer's class. */
void classify(struct classified *out, const struct answer *answer, const struct classify_row *rows,
	size_t count, const char *message_pointer);

/* Could a row still decide otherwise once the body of this answer is there? */
bool classify_needs_body(int status, const struct classify_row *rows, size_t count);

/* Puts an answer that is not OK into words, with status and the provider's message. Returns -1. */
int classify_error(struct error *error, const struct classified *classified, int status, const char *host);

#endif
