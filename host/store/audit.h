/* The audit log: append-only, hash-chained; each entry is written in the transaction
 * of the change it tells. */
#ifndef MUSTER_STORE_AUDIT_H
#define MUSTER_STORE_AUDIT_H

#include "store/store.h"

#include <jansson.h>

struct audit_query {
	const char *subject; /* an account's or profile's id or name; NULL: all */
	int64_t since_ms;
	uint64_t limit; /* the last so many; 0: all */
};

/* Entries in order: each an object {"number", "at", "actor", "what", "subject", "name", "detail", "hash"}. */
int audit_read(json_t **out_new, struct store *store, const struct audit_query *query, struct error *error);

/* Recomputes the chain; AUDIT_BROKEN names the first entry that does not follow from the one before. */
int audit_verify(uint64_t *entries, struct store *store, struct error *error);

/* For what is no change of the store's own: "run", "exported". */
int audit_add(struct store *store, const char *what, const char *subject, const json_t *detail,
	struct error *error);

#endif
