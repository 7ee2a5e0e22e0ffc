/* How often a provider may be asked: sliding windows, as exact as the published numbers. */
#ifndef MUSTER_SANDBOX_LIMITER_H
#define MUSTER_SANDBOX_LIMITER_H

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>

/* So many requests in any so many milliseconds. */
struct limit {
	uint32_t count;
	uint32_t period_ms;
};

#define LIMITER_WINDOWS 4

/* What the answer to a request may say about the tightest window. */
struct allowance {
	uint32_t limit;
	uint32_t remaining;
	int64_t reset_ms; /* until one more is allowed */
};

struct limiter {
	pthread_mutex_t lock;
	size_t window_count; /* 0: no limits at all */
	struct {
		struct limit limit;
		int64_t *times; /* owned; a ring of limit.count requests */
		uint64_t taken; /* requests let through so far */
	} windows[LIMITER_WINDOWS];
};

/* limits: at most LIMITER_WINDOWS rows, of which percent hold (100 as they are, 0 none). Returns 0, or -1
 * without memory. */
int limiter_init(struct limiter *limiter, const struct limit *limits, size_t count, uint64_t percent);

void limiter_clear(struct limiter *limiter);

/* Counts a request at this time, in the milliseconds of a timepiece, unless a window is full. Returns 0, or
 * -1 when it is refused; *out is set in both cases. Safe from several threads. */
int limiter_take(struct allowance *out, struct limiter *limiter, int64_t now_ms);

#endif
