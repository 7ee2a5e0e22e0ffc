/* Records on their way from the runner to the sink: read again, counted, capped. */
#ifndef MUSTER_RUN_DELIVER_H
#define MUSTER_RUN_DELIVER_H

#include "base/error.h"
#include "record/check.h"
#include "sink/sink.h"
#include "wire/wire.h"

#include <stdbool.h>
#include <stdint.h>

struct deliver {
	struct check check;
	struct sink *sink; /* borrowed */
	uint64_t limit;    /* records; 0: all */
	uint64_t records;  /* delivered so far */
	uint64_t page;     /* of them, from the page that is being read */
	uint64_t bytes;    /* that came out of the jail */
};

/* model is NULL for the provider's own records. */
void deliver_init(struct deliver *deliver, const struct model *model, struct sink *sink, uint64_t limit);
void deliver_clear(struct deliver *deliver);

/* Takes a RECORDS frame. body_bytes is what went into the jail: what comes out must be in proportion. */
int deliver_frame(
	struct deliver *deliver, const struct wire_frame *frame, uint64_t body_bytes, struct error *error);

/* Are there as many as were wanted? */
bool deliver_is_full(const struct deliver *deliver);

#endif
