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

/* Of a date and time without a leap second, whose zone may be there or not: the bytes before the zone. 0: it is
 * none. */
size_t date_local_length(const char *text, size_t length);

#define DATE_SIZE 11

/* Writes the last date that lies before a date and time, terminated: that of midnight is the day before. Its zone may
 * be there or not, and doesn't matter. A date alone stays as it is. False: it is neither, or the day lies before the
 * year 0000. */
bool date_last_day(char out[DATE_SIZE], const char *text, size_t length);

#define DATE_UTC_SIZE 64

/* Writes the same moment in UTC, with a Z and terminated; the fraction stays as it is. False: it is no date and
 * time, lies outside of the years 0000 to 9999, or has a fraction of more than 40 digits. */
bool date_to_utc(char out[DATE_UTC_SIZE], const char *text, size_t length);

#endif
