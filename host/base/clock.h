/* Time: a clock that only goes forward for durations, the calendar for people. */
#ifndef MUSTER_BASE_CLOCK_H
#define MUSTER_BASE_CLOCK_H

#include <stddef.h>
#include <stdint.h>

/* Milliseconds since some fixed moment; never goes back. */
int64_t clock_now_ms(void);

/* Seconds since 1970 by the wall clock. */
int64_t clock_wall_s(void);

/* A moment of the calendar, always in UTC. */
enum clock_form {
	CLOCK_DAY,    /* 2026-01-31 */
	CLOCK_SECOND, /* 2026-01-31 12:00:00: for people */
	CLOCK_ISO,    /* 2026-01-31T12:00:00Z: for programs */
	CLOCK_NAME,   /* 20260131T120000Z: in the name of a file */
};

/* Writes it, terminated. Returns 0, or -1 and an empty text when it can't be said or does not fit. */
int clock_text(char *out, size_t size, int64_t at_ms, enum clock_form form);

#endif
