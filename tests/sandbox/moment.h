/* Dates and times as requests state them. */
#ifndef MUSTER_SANDBOX_MOMENT_H
#define MUSTER_SANDBOX_MOMENT_H

#include <stdint.h>

enum moment_form {
	MOMENT_WITH_ZONE,    /* RFC 3339: Z or an offset such as +10:00 at the end */
	MOMENT_WITHOUT_ZONE, /* the same without either */
};

/* A date and time, with or without a fraction of a second, as seconds since 1970 (without a zone: as if it
 * were UTC). Returns 0, or -1 when it is malformed, of the other form, or there is no such day or time. */
int moment_read(int64_t *out, const char *text, enum moment_form form);

/* YYYY-MM-DD as days since 1970. Returns 0 or -1. */
int moment_read_date(int64_t *out, const char *text);

#endif
