/* How often a provider may be asked. Pure: the time is handed in, nothing waits here, and what is shared with other
 * processes is borrowed from whoever lends it.
 *
 * A limit is a sliding window, not a leaky bucket: of N requests in T seconds a bucket that starts
 * full lets almost 2N through in its first T, and a strict provider answers 429. */
#ifndef MUSTER_FETCH_BUDGET_H
#define MUSTER_FETCH_BUDGET_H

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

struct budget;

/* A row: so many requests in so many seconds, counted under a key such as "account:17" or
 * "app:culture_amp endpoint:/v1/employees"; limits of the same key, count and seconds are one. */
struct budget_limit {
	const char *key;
	uint32_t count;   /* 0: no number is known, only what answers say */
	uint32_t seconds; /* 1 … 86400 */
};

enum budget_priority { BUDGET_INTERACTIVE, BUDGET_SYNC };

/* What an answer said about a limit; -1 where it said nothing. */
struct budget_answer {
	int64_t remaining; /* requests left … */
	int64_t reset_ms;  /* … until so long from now */
	int64_t retry_ms;  /* nothing before so long from now (Retry-After) */
	int64_t each_ms;   /* … or one of them comes back so often; 0: nothing was said */
};

/* Such headers' values, each of which may be NULL. */
struct budget_headers {
	const char *remaining; /* a number of requests left */
	const char *reset;     /* when all are back, in seconds from now or (some do) since 1970 */
	const char *rate;      /* how many come back each second */
};

/* Reads them. retry_ms is left as it is. */
void budget_read(struct budget_answer *out, const struct budget_headers *headers, int64_t wall_s);

int budget_new(struct budget **out, struct error *error);
void budget_free(struct budget *budget);

/* Asks for one request under all of these limits. *wait_ms is 0 when it is granted, and then
 * counted; else nothing is counted and the caller asks again after so many ms. Who asks
 * interactively and has to wait is served before all syncs. */
int budget_ask(int64_t *wait_ms, struct budget *budget, const struct budget_limit *limits, size_t count,
	enum budget_priority priority, int64_t now_ms, struct error *error);

/* Corrects one limit by what an answer said. */
int budget_correct(struct budget *budget, const struct budget_limit *limit,
	const struct budget_answer *answer, int64_t now_ms, struct error *error);

/* ---- Limits that are shared with other processes ------------------------------------------------------ */

/* A block of a limit's requests. */
struct budget_block {
	int64_t id;
	uint32_t granted; /* 0: none before wait_ms */
	int64_t hold_ms;  /* it holds for so long from when it was asked for */
	int64_t wait_ms;
};

/* One that is over. */
struct budget_spent {
	int64_t id;      /* 0: there was none */
	uint32_t unused; /* of its requests */
	int64_t ago_ms;  /* since the last one */
};

/* Who lends blocks. */
struct budget_lender {
	/* Hands back a block, and asks for another of up to `wanted` requests (0: for none). Unless that is
	 * 0, budget_lent() follows, later. limit is borrowed for the call. */
	void (*borrow)(void *context, const struct budget_limit *limit, uint32_t wanted,
		const struct budget_spent *spent);
	/* The provider wants nothing more under this key for so long: let all know. */
	void (*close)(void *context, const char *key, int64_t for_ms);
	void *context;
};

/* From now on every request takes part of a block, besides what is counted here. NULL: no longer; all that is
 * left of blocks is handed back. */
void budget_share(struct budget *budget, const struct budget_lender *lender, int64_t now_ms);

/* The lender's answer. NULL: nobody lends just now; for some seconds our own count is all there is. */
void budget_lent(struct budget *budget, const struct budget_limit *limit, const struct budget_block *block,
	int64_t now_ms);

#endif
