/* Invented people, the same at every start, with names from many scripts. */
#ifndef MUSTER_SANDBOX_PEOPLE_H
#define MUSTER_SANDBOX_PEOPLE_H

#include "base/buffer.h"

#include <stddef.h>
#include <stdint.h>

struct person {
	const char *given;     /* UTF-8, static */
	const char *family;    /* UTF-8, static */
	const char *latin;     /* of the given name, [a-z]+, static: for e-mail addresses */
	const char *preferred; /* UTF-8, static, or NULL */
	int64_t birth;         /* days since 1970 */
	int64_t start;         /* of the work */
	int64_t end;           /* of the work, or 0 */
};

/* The first day that the records know: 2024-01-01, in days since 1970. */
#define PEOPLE_EPOCH INT64_C(19723)

/* How many different people there are before they repeat. */
#define PEOPLE_COUNT 1024

void people_get(struct person *out, uint64_t index);

/* Days since 1970 as YYYY-MM-DD, appended. Returns 0 or -1. */
int people_date(struct buffer *out, int64_t days);

/* Seconds since 1970 as RFC 3339, in UTC, with Z or +00:00, appended. Returns 0 or -1. */
int people_time(struct buffer *out, int64_t seconds, const char *zone);

/* A number that looks random, the same for the same index and salt. */
uint64_t people_dice(uint64_t index, uint64_t salt);

#endif
