/* Records that wait for what completes them; they leave in the order in which they came. */
#ifndef MUSTER_RUN_SHELF_H
#define MUSTER_RUN_SHELF_H

#include "base/buffer.h"
#include "base/error.h"
#include "catalog/manifest.h"
#include "record/check.h"

#include <stdbool.h>
#include <stddef.h>

struct lane;

struct held {
	struct held *next;
	struct lane *lane; /* of the account that it comes from, borrowed */
	const struct manifest_action *action;
	struct buffer text; /* the record, so far */
	struct buffer key;
	struct buffer id;  /* its id, terminated */
	size_t completion; /* the row of the action whose turn it is; when there is none, it is done */
};

struct shelf {
	struct held *first, *last;
	size_t count;
};

/* Puts a record at the end; *out is borrowed until it is taken. */
int shelf_add(struct held **out, struct shelf *shelf, struct lane *lane, const struct manifest_action *action,
	const struct record *record, const char *key, size_t key_length, struct error *error);

/* Puts into the record what the other one has of the fields whose turn it is. */
int shelf_complete(struct held *held, const struct record *other, struct error *error);

/* Takes the first one if it is done, else NULL. The caller frees it with held_free(). */
struct held *shelf_take(struct shelf *shelf);

/* Throws away those of a lane; all when it is NULL. */
void shelf_drop(struct shelf *shelf, const struct lane *lane);

void held_free(struct held *held);

#endif
