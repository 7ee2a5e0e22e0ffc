/* An answer's body on its way down: copied into the slots of the shared area, announced as CHUNKs.
 *
 * While the runner works on a slot, the next fills; it is announced when it is full, or when it is worth waking
 * a runner that has nothing left to do, or when nothing more has come for now. So small answers are quick and
 * large ones come in large pieces. */
#ifndef MUSTER_RUN_BODY_H
#define MUSTER_RUN_BODY_H

#include "base/buffer.h"
#include "base/error.h"
#include "wire/wire.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct body {
	char *area;            /* WIRE_SLOTS * WIRE_SLOT_SIZE bytes, borrowed */
	struct buffer *out;    /* frames for the runner go here, borrowed */
	uint32_t request;      /* whose body it is */
	uint32_t slot;         /* the one that fills */
	uint32_t filled;       /* its bytes */
	bool busy[WIRE_SLOTS]; /* announced and not yet released */
	unsigned busy_count;
	uint64_t total; /* bytes of all bodies so far */
};

void body_init(struct body *body, char *area, struct buffer *out);

/* Begins the body of this request. */
void body_begin(struct body *body, uint32_t request);

/* Takes what there is room for; *taken says how much. */
int body_add(size_t *taken, struct body *body, const char *bytes, size_t length, struct error *error);

/* The runner released a slot. -1: it was not in use. */
int body_release(struct body *body, uint32_t slot, struct error *error);

/* Nothing more has come for now: a runner that has nothing left to do gets what there is. Returns 1 when that
 * was something, 0, or -1. */
int body_yield(struct body *body, struct error *error);

/* The body is whole: announces what is left of it, then its END. */
int body_end(struct body *body, struct error *error);

#endif
