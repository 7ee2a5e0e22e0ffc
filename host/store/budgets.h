/* Budgets that several processes share: of each limit a process leases a block of requests before it makes them.
 *
 * In any stretch of `seconds` no more than `count` requests are made by all together: a block counts from when it was
 * leased until `seconds` after the last moment at which a request of it may have been made. So blocks are small, hold
 * for a short time, and are handed back as soon as they are spent. */
#ifndef MUSTER_STORE_BUDGETS_H
#define MUSTER_STORE_BUDGETS_H

#include "store/store.h"

#include <stdint.h>

struct budget_request {
	const char *key;
	uint32_t
		count; /* 0: no number is known; the block then says no more than that nobody has closed it */
	uint32_t seconds;
	uint32_t wanted; /* 0: none, a block is handed back */
	/* The block before; 0: there is none. */
	int64_t spent;
	uint32_t unused;      /* so many of it were not made */
	int64_t spent_ago_ms; /* since the last one that was */
};

struct budget_lease {
	int64_t id;       /* of the block */
	uint32_t granted; /* no more than a quarter of what is left, or 1; 0: none before wait_ms */
	int64_t hold_ms;  /* so long it holds */
	int64_t wait_ms;  /* with granted 0 */
};

int budgets_lease(struct budget_lease *out, struct store *store, const struct budget_request *request,
	struct error *error);

/* Nothing more under this key for so long, in any process (Retry-After). */
int budgets_close(struct store *store, const char *key, int64_t for_ms, struct error *error);

#endif
