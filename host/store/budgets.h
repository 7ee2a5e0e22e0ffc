/* Budgets that several processes share: of each limit a process leases a block of its window's requests. */
#ifndef MUSTER_STORE_BUDGETS_H
#define MUSTER_STORE_BUDGETS_H

#include "store/store.h"

/* Leases up to `wanted` requests of `count` in `seconds` under this key. *granted may be less; 0: none before
 * *wait_ms. What was granted holds until *until_ms (wall clock); what is unused then is gone. */
int budgets_lease(uint32_t *granted, int64_t *until_ms, int64_t *wait_ms, struct store *store,
	const char *key, uint32_t count, uint32_t seconds, uint32_t wanted, struct error *error);

/* Nothing more under this key before then, in any process (Retry-After). */
int budgets_close(struct store *store, const char *key, int64_t until_ms, struct error *error);

#endif
