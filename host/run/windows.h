/* A period of time, cut into windows that an endpoint takes: both ends are dates and belong to it. */
#ifndef MUSTER_RUN_WINDOWS_H
#define MUSTER_RUN_WINDOWS_H

#include "base/error.h"
#include "catalog/entries.h"
#include "catalog/manifest.h"

#include <stdbool.h>
#include <stdint.h>

struct windows {
	const struct manifest_each *row; /* NULL: the action has no such limit, or nothing was asked for */
	int64_t next;                    /* the day after the current window, since 1970-01-01 */
	int64_t last;
};

/* Looks at the period that the parameters ask for; where it is longer than the endpoint takes they become its
 * first window. A period without an end ends today; one with an end alone is BAD_PARAMETER, and so is one
 * that ends before it begins. */
int windows_begin(struct windows *windows, struct entries *parameters, const struct manifest_action *action,
	int64_t today, struct error *error);

/* Is something left? */
bool windows_more(const struct windows *windows);

/* Makes the parameters those of the next window. */
int windows_next(struct windows *windows, struct entries *parameters, struct error *error);

/* Days since 1970-01-01, and the date of such a day as YYYY-MM-DD. A text that is no date is -1. */
int windows_day(int64_t *day, const char *date);
void windows_date(char date[11], int64_t day);

#endif
