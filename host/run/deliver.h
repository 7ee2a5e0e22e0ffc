/* Records on their way out of the jail: read again, counted, capped, then handed to whoever receives them. */
#ifndef MUSTER_RUN_DELIVER_H
#define MUSTER_RUN_DELIVER_H

#include "base/error.h"
#include "record/check.h"
#include "wire/wire.h"

#include <stdbool.h>
#include <stdint.h>

/* Who gets the records. record and key are borrowed for the call. */
struct receiver {
	int (*on_record)(void *context, const struct record *record, const char *key, size_t key_length,
		struct error *error);
	void *context;
};

struct deliver {
	struct check check;
	struct receiver receiver;
	uint64_t limit;   /* records; 0: all */
	uint64_t records; /* delivered so far */
	uint64_t page;    /* of them, from the page that is being read */
	uint64_t bytes;   /* that came out of the jail */
};

/* model is NULL for the provider's own records. */
void deliver_init(
	struct deliver *deliver, const struct model *model, const struct receiver *receiver, uint64_t limit);
void deliver_clear(struct deliver *deliver);

/* Takes a RECORDS frame. body_bytes is what went into the jail: what comes out must be in proportion. */
int deliver_frame(
	struct deliver *deliver, const struct wire_frame *frame, uint64_t body_bytes, struct error *error);

/* Are there as many as were wanted? */
bool deliver_is_full(const struct deliver *deliver);

#endif
