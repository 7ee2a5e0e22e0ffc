#include "config.h"

#include "run/windows.h"

#include "record/date.h"

#include <stdio.h>
#include <string.h>

enum { DAYS_OF_400_YEARS = 146097, DAYS_TO_1970 = 719468 /* from 0000-03-01 */ };

/* Years are counted from March, so that the leap day is the last of its year. */
int windows_day(int64_t *day, const char *date)
{
	int64_t year, month, of_month, era, of_era, of_year;

	if (!date_is_date(date, strlen(date)))
		return -1;
	year = (date[0] - '0') * 1000 + (date[1] - '0') * 100 + (date[2] - '0') * 10 + (date[3] - '0');
	month = (date[5] - '0') * 10 + (date[6] - '0');
	of_month = (date[8] - '0') * 10 + (date[9] - '0');
	year -= month <= 2;
	era = (year >= 0 ? year : year - 399) / 400;
	of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + of_month - 1;
	of_era = (year - era * 400) * 365 + (year - era * 400) / 4 - (year - era * 400) / 100 + of_year;
	*day = era * DAYS_OF_400_YEARS + of_era - DAYS_TO_1970;
	return 0;
}

static void calendar(int *year, int *month, int *of_month, int64_t day)
{
	int64_t era, of_era, year_of_era, of_year, part;

	day += DAYS_TO_1970;
	era = (day >= 0 ? day : day - (DAYS_OF_400_YEARS - 1)) / DAYS_OF_400_YEARS;
	of_era = day - era * DAYS_OF_400_YEARS;
	year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	part = (5 * of_year + 2) / 153;
	*of_month = (int)(of_year - (153 * part + 2) / 5 + 1);
	*month = (int)(part < 10 ? part + 3 : part - 9);
	*year = (int)(year_of_era + era * 400 + (*month <= 2));
}

void windows_date(char date[11], int64_t day)
{
	int year, month, of_month;
	char text[16];

	calendar(&year, &month, &of_month, day);
	(void)snprintf(text, sizeof text, "%04u-%02u-%02u", (unsigned)year % 10000, (unsigned)month % 100,
		(unsigned)of_month % 100);
	memcpy(date, text, 10);
	date[10] = '\0';
}

/* The last day of the window that begins on this one. Months are those of the calendar: what a provider keeps
 * by the month is then never asked for in two halves. */
static int64_t last_day(const struct manifest_each *row, int64_t first)
{
	int year, month, of_month;
	char date[16];
	int64_t day;

	if (row->over == EACH_DAYS)
		return first + (int64_t)row->count - 1;
	calendar(&year, &month, &of_month, first);
	month += (int)row->count;
	year += (month - 1) / 12;
	month = (month - 1) % 12 + 1;
	(void)snprintf(date, sizeof date, "%04u-%02u-01", (unsigned)year % 10000, (unsigned)month % 100);
	return windows_day(&day, date) < 0 ? first : day - 1;
}

static const struct manifest_each *find_row(const struct manifest_action *action)
{
	for (size_t i = 0; i < action->each_count; i++)
		if (action->each[i].over != EACH_RECORDS)
			return &action->each[i];
	return NULL;
}

static int bad_period(const char *parameter, const char *code, const char *sentence, struct error *error)
{
	(void)error_set(error, ERROR_BAD_PARAMETER, "%s %s", parameter, sentence);
	error_problem(error, parameter, code, "%s %s", parameter, sentence);
	return -1;
}

int windows_begin(struct windows *windows, struct entries *parameters, const struct manifest_action *action,
	int64_t today, struct error *error)
{
	const struct manifest_each *row = find_row(action);
	const char *from = row ? entries_text(parameters, row->from) : NULL;
	const char *to = row ? entries_text(parameters, row->to) : NULL;
	int64_t first;

	*windows = (struct windows){ .row = NULL };
	if (!from && !to)
		return 0;
	if (!from)
		return bad_period(row->from, "required", "is needed where there is an end.", error);
	if (windows_day(&first, from) < 0)
		return bad_period(row->from, "date", "is no date.", error);
	windows->last = today;
	if (to && windows_day(&windows->last, to) < 0)
		return bad_period(row->to, "date", "is no date.", error);
	if (windows->last < first)
		return bad_period(to ? row->to : row->from, "period",
			to ? "lies before the beginning." : "lies in the future, and there is no end.",
			error);
	windows->row = row;
	windows->next = first;
	return windows_next(windows, parameters, error);
}

bool windows_more(const struct windows *windows)
{
	return windows->row && windows->next <= windows->last;
}

int windows_next(struct windows *windows, struct entries *parameters, struct error *error)
{
	const struct manifest_each *row = windows->row;
	int64_t last = last_day(row, windows->next);
	char from[11], to[11];

	if (last > windows->last)
		last = windows->last;
	windows_date(from, windows->next);
	windows_date(to, last);
	windows->next = last + 1;
	if (entries_set(parameters, row->from, from, strlen(from), false, error) < 0)
		return -1;
	return entries_set(parameters, row->to, to, strlen(to), false, error);
}
