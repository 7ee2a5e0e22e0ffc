/* Keys that were seen in one window of a period: what reaches from one window into the next is not delivered
 * twice. Holds two windows at a time, sixteen bytes a key. */
#ifndef MUSTER_RUN_SEEN_H
#define MUSTER_RUN_SEEN_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

struct seen_keys {
	unsigned char (*slots)[16]; /* owned; all zero: empty */
	size_t capacity;            /* a power of two, or 0 */
	size_t count;
};

struct seen {
	struct seen_keys last; /* of the window before */
	struct seen_keys now;
};

/* Notes a key. *again says whether it was there in the window before; twice in one
 * window is not for us to judge. */
int seen_note(bool *again, struct seen *seen, const char *key, size_t length, struct error *error);

/* The next window begins. */
void seen_turn(struct seen *seen);

void seen_clear(struct seen *seen);

#endif
