/* The limits that a call keeps: what its budget is asked, and what an answer's headers teach it. */
#ifndef MUSTER_FETCH_LIMITS_H
#define MUSTER_FETCH_LIMITS_H

#include "base/error.h"
#include "fetch/budget.h"
#include "fetch/headers.h"

#include <stddef.h>
#include <stdint.h>

enum { LIMITS_MAX = 16 }; /* of one call */

/* A limit, and the answer's headers that correct it (or NULL). */
struct call_limit {
	struct budget_limit limit;
	const char *remaining_header;
	const char *reset_header; /* seconds from now, or since 1970 */
	const char *rate_header;  /* a second */
};

/* Those of one account; one with count 0 minds Retry-After alone. All borrowed. */
struct limits {
	struct budget *budget; /* NULL: there is none to keep */
	const struct call_limit *rows;
	size_t count; /* at most LIMITS_MAX */
};

/* Asks for one request, unless there is no budget: *wait_ms is 0 when it may go, else how long to
 * wait before asking again. */
int limits_ask(int64_t *wait_ms, const struct limits *limits, enum budget_priority priority, int64_t now_ms,
	struct error *error);

/* Learns from an answer; retry_ms is what it asks to wait, or -1. */
void limits_correct(const struct limits *limits, const struct headers *answer, int64_t retry_ms);

#endif
