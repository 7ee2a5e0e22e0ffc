/* Personio's records: how many there are of each kind, their ids, what stands in them. None is kept: every
 * record follows from its place. Where no shape is published the comment says "assumed". */
#ifndef MUSTER_SANDBOX_PERSONIO_DATA_H
#define MUSTER_SANDBOX_PERSONIO_DATA_H

#include "sandbox/people.h"
#include "sandbox/uuid.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#define PERSONIO_URL "https://api.personio.de"

/* The day that the data knows as today, in days since 1970: so that nothing changes
 * from one run to the next. */
#define PERSONIO_TODAY (PEOPLE_EPOCH + 1000)

/* What a request looks at. */
struct personio_view {
	uint64_t employees;
	const char *attributes; /* of persons that may be seen, with commas between; NULL: all */
	int64_t from;           /* the days of the compensations, both included, since 1970 */
	int64_t to;
	uint64_t report;   /* whose rows */
	bool with_parents; /* of org units */
};

struct personio_kind {
	const struct personio_kind *parent; /* NULL: the company */
	uint64_t per;                       /* places in each parent; 0: one for each employee */
	uint32_t space;                     /* ids are UUIDs of this space, or, if it is 0, */
	uint64_t first_id;                  /* numbers from here on */
	/* Makes the record in this place. Returns 1, 0 when the place is empty, or -1 without memory. */
	int (*make)(json_t **out, const struct personio_view *view, uint64_t place);
};

extern const struct personio_kind personio_persons;
extern const struct personio_kind personio_employments;
extern const struct personio_kind personio_documents;
extern const struct personio_kind personio_compensations;
extern const struct personio_kind personio_compensation_types;
extern const struct personio_kind personio_absence_periods;
extern const struct personio_kind personio_absence_breakdowns;
extern const struct personio_kind personio_absence_types;
extern const struct personio_kind personio_attendance_periods;
extern const struct personio_kind personio_projects;
extern const struct personio_kind personio_org_units;
extern const struct personio_kind personio_legal_entities;
extern const struct personio_kind personio_cost_centers;
extern const struct personio_kind personio_workplaces;
extern const struct personio_kind personio_reports;
extern const struct personio_kind personio_report_rows;
extern const struct personio_kind personio_applications;
extern const struct personio_kind personio_candidates;
extern const struct personio_kind personio_jobs;
extern const struct personio_kind personio_categories;
extern const struct personio_kind personio_v1_balances;
extern const struct personio_kind personio_v1_attributes;

/* How many places there are. */
uint64_t personio_count(const struct personio_kind *kind, const struct personio_view *view);

/* How many places of the kind belong to one of this ancestor, which may be the kind itself; 0: it is none. */
uint64_t personio_width(const struct personio_kind *kind, const struct personio_kind *ancestor);

/* The place of the record with this id. Returns 0, or -1 when there is none. */
int personio_find(
	uint64_t *out, const struct personio_kind *kind, const struct personio_view *view, const char *id);

/* What the makers write with: texts by value. */
struct personio_text {
	char text[80];
};

struct personio_text personio_id(const struct personio_kind *kind, uint64_t place);
struct personio_text personio_day(int64_t days);
struct personio_text personio_time(int64_t seconds, const char *zone);

/* 40 is written as 40, 37.5 as 37.5. A new reference, or NULL without memory. */
json_t *personio_number(double value);

/* Whether a report is one with positional rows; the others can't be had over the API. */
bool personio_report_is_flat(uint64_t report);

/* The columns of a report, a new reference, or NULL without memory. */
json_t *personio_report_columns(uint64_t report);

/* Appends to a list and takes the item; a list that lacks it is no more: NULL. */
static inline void personio_append(json_t **list, json_t *item)
{
	if (json_array_append_new(*list, item) == 0)
		return;
	json_decref(*list);
	*list = NULL;
}

/* 1 and *out = made, or -1 when that is NULL: how every maker ends. */
static inline int personio_made(json_t **out, json_t *made)
{
	*out = made;
	return made ? 1 : -1;
}

#endif
