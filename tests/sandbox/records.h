/* Records without a table: every record is one of a few rendered shapes with holes, and what stands
 * in the holes follows from its index. Writing one is a copy and a few patches; its length is known
 * before it is written. */
#ifndef MUSTER_SANDBOX_RECORDS_H
#define MUSTER_SANDBOX_RECORDS_H

#include "base/buffer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RECORDS_HOLES 8
#define RECORDS_DIGITS \
	8 /* of a number in a hole: with leading zeros, so that lengths are known \
	   */

/* A hole is the UUID of something or the record's number in digits. */
struct hole {
	uint32_t at;
	uint32_t kind; /* 0: digits; else the provider's own */
};

struct shape {
	char *text; /* owned */
	size_t length;
	size_t hole_count;
	struct hole holes[RECORDS_HOLES];
	int64_t processed; /* seconds since 1970 */
	int word;          /* the provider's own: a state, a status */
};

/* Constant once made, and so shared by all threads. */
struct records {
	struct shape *shapes; /* owned; record i has shape i % shape_count */
	size_t shape_count;
	size_t longest; /* of the shapes, in bytes */
	uint64_t count;
	uint64_t per; /* for number(): how many records one parent has */
	/* The number that stands in a hole of this kind, and the space of its UUID, which is the
	 * kind unless set. */
	uint64_t (*number)(uint32_t *space, const struct records *records, uint32_t kind, uint64_t index);
};

/* Takes the rendered text as the next of capacity shapes. A hole is written in it as '\1' and the
 * character '0' + kind, and takes UUID_LENGTH or RECORDS_DIGITS bytes. Returns 0, or -1 when there
 * is no memory or there are too many holes. */
int records_add_shape(
	struct records *records, size_t capacity, struct buffer *text, int64_t processed, int word);

void records_clear(struct records *records);

static inline const struct shape *records_shape(const struct records *records, uint64_t index)
{
	return &records->shapes[index % records->shape_count];
}

/* Writes record index, at most records->longest bytes, and returns how many. */
size_t records_write(char *out, const struct records *records, uint64_t index);

/* Some of the records, in order. */
struct selection {
	const struct records *records;
	uint64_t next; /* index of the next one */
	uint64_t end;  /* of the indices */
	uint64_t step; /* from one to the next, at least 1 */
	int64_t after; /* only what was processed after it; INT64_MIN: all */
	int word;      /* only with this word; 0: all */
};

/* All of them. */
struct selection selection_all(const struct records *records);

/* Moves next to a record that is wanted. False: there is none. */
bool selection_find(struct selection *selection);

/* How many records, from next on, fit into this many bytes (at least one, if there is one), commas
 * included, and how many bytes they take. selection is moved past them. */
void selection_cut(uint64_t *count, uint64_t *bytes, struct selection *selection, uint64_t limit);

#endif
