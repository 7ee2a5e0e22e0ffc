/* Employment Hero's lists: their parameters, each with a format of its own, and their pages. */
#ifndef MUSTER_SANDBOX_EMPLOYMENT_HERO_LIST_H
#define MUSTER_SANDBOX_EMPLOYMENT_HERO_LIST_H

#include "sandbox/employment_hero_data.h"
#include "sandbox/http.h"
#include "sandbox/provider.h"

#define HERO_TYPE "application/json; charset=utf-8"

enum hero_filter {
	HERO_UNFILTERED,
	HERO_BY_MEMBER_TYPE, /* member_type=employee|contractor */
	HERO_BY_TEAM,        /* the team in the path */
	HERO_BY_DATES,       /* start_date, end_date: YYYY-MM-DD */
	HERO_BY_LOCAL_DATES, /* start_date, end_date: dd/mm/yyyy */
	HERO_BY_SHIFT,       /* from_date, to_date: full date-times, required; and more */
	HERO_BY_MONTH,       /* from_date, to_date: at most a month; location_id, member_id */
	HERO_BY_YEAR,        /* start_date, end_date: at most 366 days, required; member_id */
	HERO_FILTERS,
};

/* Whose records are asked for. */
struct hero_view {
	struct hero_place owner; /* with the kind of the records */
	bool crew;     /* those of all people; else those of the owner's employee, if they are a person's */
	uint64_t team; /* number of the team in the path */
	enum hero_filter filter;
};

/* A page of them. Returns 0, or -1 when memory ran out. */
int hero_list(struct answer *answer, const struct simulation *simulation, const struct request *request,
	const struct hero_view *view);

#endif
