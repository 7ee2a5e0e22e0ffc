/* The body of one answer as a stream: a head, records, a filling, a tail; whole, or spoilt on
 * purpose. No body is ever held in memory, whatever its size. */
#ifndef MUSTER_SANDBOX_BODY_H
#define MUSTER_SANDBOX_BODY_H

#include "base/buffer.h"
#include "sandbox/records.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define BODY_NONE UINT64_MAX /* no such offset; a filling without end */

struct body {
	struct buffer head;
	size_t first_at; /* where the first record stands, if all of them are part of the head */
	size_t first_length;
	struct selection records; /* after the head, with commas between them */
	uint64_t record_count;
	uint64_t record_bytes; /* as selection_cut() counted them */
	char fill;
	uint64_t fill_count; /* BODY_NONE: for ever */
	struct buffer tail;

	uint64_t corrupt_at; /* this byte becomes U+0001, which no JSON text may hold */
	uint64_t cut_at;     /* the connection is lost before this byte */
	unsigned drip_ms;    /* one byte at a time, this far apart */

	/* Where the reader is. */
	uint64_t position;
	uint64_t records_done;
	uint64_t fill_done;
	size_t tail_done;
	char *scratch; /* owned; the record that spans two reads */
	size_t scratch_length;
	size_t scratch_done;
};

/* An empty body. */
void body_init(struct body *body);
void body_clear(struct body *body);

/* The number of bytes, or BODY_NONE when it has no end. */
uint64_t body_length(const struct body *body);

/* Whether there is a record. */
bool body_has_first(const struct body *body);

/* Makes the first record of the list part of the head, so that it can be changed there: *start and
 * *length say where it stands in head. Returns 0, or -1 if there is no record or no memory. */
int body_take_first(size_t *start, size_t *length, struct body *body);

/* The next bytes, at most size, at least one. Returns how many, 0 at the end, -1 where the
 * connection is to be lost. */
ssize_t body_read(char *out, size_t size, struct body *body);

#endif
