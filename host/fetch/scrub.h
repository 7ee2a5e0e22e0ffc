/* Takes the secrets in use out of what a provider answers, in whatever form they come back: as they are,
 * percent-encoded, JSON-escaped once or twice, and inside base64 at any alignment. Each is overwritten with
 * as many asterisks, so that the length stays. */
#ifndef MUSTER_FETCH_SCRUB_H
#define MUSTER_FETCH_SCRUB_H

#include "base/error.h"

#include <stddef.h>

struct scrub;

enum {
	SCRUB_SHORTEST = 4, /* shorter ones are left alone: replacing them would shred the answer */
	SCRUB_LONGEST = 16 * 1024,
};

int scrub_new(struct scrub **out, struct error *error);
void scrub_free(struct scrub *scrub);

/* Adds a secret; those under 8 bytes are looked for as they are only. All are added before the
 * first scrub_feed(). */
int scrub_add(struct scrub *scrub, const char *secret, size_t length, struct error *error);

/* Takes the next bytes of a stream and yields the scrubbed bytes that are certain so far: *out
 * points into bytes or into the scrub, until the next call. What may be the beginning of a secret
 * is held back for the next time. */
int scrub_feed(const char **out, size_t *out_length, struct scrub *scrub, const char *bytes, size_t length,
	struct error *error);

/* Yields what was held back; the stream ends and another may begin. */
void scrub_finish(const char **out, size_t *out_length, struct scrub *scrub);

/* A whole text in place. */
int scrub_text(struct scrub *scrub, char *text, size_t length, struct error *error);

#endif
