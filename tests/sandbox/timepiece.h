/* The time that the simulated providers live in: the wall clock, moved as a test wants it. */
#ifndef MUSTER_SANDBOX_TIMEPIECE_H
#define MUSTER_SANDBOX_TIMEPIECE_H

#include <stdatomic.h>
#include <stdint.h>

/* How far one move goes at most: a hundred years. */
#define TIMEPIECE_MOVE_MAX INT64_C(3155760000)

struct timepiece {
	atomic_int_fast64_t ahead_s; /* of the wall clock; may be negative */
};

void timepiece_init(struct timepiece *timepiece);

/* Moves it by that many seconds. Returns 0, or -1 when that is more than TIMEPIECE_MOVE_MAX in all. */
int timepiece_move(struct timepiece *timepiece, int64_t seconds);

/* Seconds since 1970. */
int64_t timepiece_now_s(const struct timepiece *timepiece);

/* Milliseconds since some fixed moment; goes back only if it is moved back. */
int64_t timepiece_now_ms(const struct timepiece *timepiece);

#endif
