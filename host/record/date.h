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

#endif
