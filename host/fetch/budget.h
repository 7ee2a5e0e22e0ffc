/* How often a provider may be asked. Pure: the time is handed in, nothing waits here.
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

#endif
