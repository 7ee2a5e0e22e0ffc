/* Time: a clock that only goes forward for durations, the calendar for people. */
#ifndef MUSTER_BASE_CLOCK_H
#define MUSTER_BASE_CLOCK_H

#include <stdint.h>

/* Milliseconds since some fixed moment; never goes back. */
int64_t clock_now_ms(void);

/* Seconds since 1970 by the wall clock. */
int64_t clock_wall_s(void);

#endif
