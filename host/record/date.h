/* Dates as records hold them: RFC 3339 text, checked against the calendar. */
#ifndef MUSTER_RECORD_DATE_H
#define MUSTER_RECORD_DATE_H

#include <stdbool.h>
#include <stddef.h>

/* YYYY-MM-DD, a day that exists. */
bool date_is_date(const char *text, size_t length);

/* A date, T, time with optional fraction, and Z or an offset. A leap second passes where UTC may
 * have one. */
bool date_is_date_time(const char *text, size_t length);

/* The same without the zone, and so without a leap second: whether there was one, nobody can tell. */
bool date_is_local_date_time(const char *text, size_t length);

/* hh:mm:ss with optional fraction. */
bool date_is_local_time(const char *text, size_t length);

#endif
