/* Personio's times: absences with their days, attendances, the projects that they are booked on. */
#include "config.h"

#include "sandbox/personio_data.h"
#include "sandbox/personio_space.h"

#include <stdio.h>

#define DAY_S 86400

/* ---- Absences -------------------------------------------------------------------------- */

static const struct absence_type {
	const char *name;
	const char *category; /* or NULL */
	const char *unit;
} absence_types[PERSONIO_ABSENCE_TYPES] = {
	{ "Paid vacation", "PAID_VACATION", "DAILY" },
	{ "Krankheit", "SICK_LEAVE", "DAILY" },
	{ "Parental leave", "PARENTAL_LEAVE", "DAILY" },
	{ "Überstundenabbau", NULL, "HOURLY" },
	{ "Home office", "REMOTE_WORK", "DAILY" },
};

/* The names of the members are known, which words they hold is assumed. */
static int make_absence_type(json_t **out, const struct personio_view *view, uint64_t place)
{
	const struct absence_type *type = &absence_types[place];

	(void)view;
	return personio_made(out,
		json_pack("{s:s, s:s, s:s?, s:s}", "id", personio_id(&personio_absence_types, place).text,
			"name", type->name, "category", type->category, "unit", type->unit));
}

const struct personio_kind personio_absence_types = {
	.per = PERSONIO_ABSENCE_TYPES,
	.space = PERSONIO_SPACE_ABSENCE_TYPE,
	.make = make_absence_type,
};

struct absence {
	uint64_t type;
	int64_t first; /* day since 1970 */
	int64_t days;
	bool open; /* without an end so far */
	bool half; /* the last day is half a day */
};

/* Returns false when nobody was absent in this place. */
static bool find_absence(struct absence *out, uint64_t place)
{
	uint64_t dice = people_dice(place, 80);

	*out = (struct absence){
		.type = dice / 7 % PERSONIO_ABSENCE_TYPES,
		.first = PEOPLE_EPOCH + 500 + (int64_t)(dice / 49 % 520),
		.days = 1 + (int64_t)(people_dice(place, 81) % PERSONIO_ABSENCE_DAYS),
		.open = people_dice(place, 82) % 23 == 0,
		.half = people_dice(place, 83) % 3 == 0,
	};
	return dice % 3 != 0;
}

static bool is_hourly(const struct absence *absence)
{
	return absence_types[absence->type].unit[0] == 'H';
}

/* The names of the members are those that clients read. Times are local; whole days end at the midnight that follows,
 * hours when they do. */
static int make_absence(json_t **out, const struct personio_view *view, uint64_t place)
{
	static const char *const statuses[] = { "APPROVED", "APPROVED", "PENDING", "REJECTED" };
	static const char *const comments[] = { "", "Family visit – Zürich", "Line one\nline two" };
	struct absence absence;
	bool hourly;
	int64_t begun;
	int64_t ended;
	json_t *end;

	(void)view;
	if (!find_absence(&absence, place))
		return 0;
	hourly = is_hourly(&absence);
	begun = absence.first * DAY_S + (hourly ? 9 * 3600 : 0);
	ended = (absence.first + absence.days) * DAY_S - (hourly ? 7 * 3600 : 0);
	end = absence.open ? json_null()
			   : json_pack("{s:s, s:s?}", "date_time", personio_time(ended, "").text, "type",
				     hourly         ? NULL
				     : absence.half ? "FIRST_HALF"
						    : "SECOND_HALF");
	return personio_made(out,
		json_pack("{s:s, s:{s:s}, s:{s:s}, s:{s:s, s:s?}, s:o, s:s, s:s, s:{s:s}, s:s, s:s}", "id",
			personio_id(&personio_absence_periods, place).text, "person", "id",
			personio_id(&personio_persons, place / PERSONIO_ABSENCES).text, "absence_type", "id",
			personio_id(&personio_absence_types, absence.type).text, "starts_from", "date_time",
			personio_time(begun, "").text, "type", place % 4 && !hourly ? "FIRST_HALF" : NULL,
			"ends_at", end, "timezone_id", place % 5 ? "Europe/Berlin" : "Australia/Melbourne",
			"comment", comments[place % 3], "approval", "status",
			statuses[people_dice(place, 84) % 4], "created_at",
			personio_time((absence.first - 20) * DAY_S + 28800, "Z").text, "updated_at",
			personio_time((absence.first - 10) * DAY_S + (int64_t)(place % DAY_S), "Z").text));
}

const struct personio_kind personio_absence_periods = {
	.parent = &personio_persons,
	.per = PERSONIO_ABSENCES,
	.space = PERSONIO_SPACE_ABSENCE_PERIOD,
	.make = make_absence,
};

/* Weekends take nothing away; 1970 began on a Thursday. */
static int make_breakdown(json_t **out, const struct personio_view *view, uint64_t place)
{
	int64_t day = (int64_t)(place % PERSONIO_ABSENCE_DAYS);
	struct absence absence;
	bool hourly;
	double value;

	(void)view;
	if (!find_absence(&absence, place / PERSONIO_ABSENCE_DAYS) || day >= absence.days ||
		(absence.first + day + 3) % 7 >= 5)
		return 0;
	hourly = is_hourly(&absence);
	value = absence.half && day == absence.days - 1 ? 0.5 : 1;
	return personio_made(
		out, json_pack("{s:s, s:{s:s, s:o}}", "date", personio_day(absence.first + day).text,
			     "effective_duration", "unit", hourly ? "HOUR" : "DAY", "value",
			     personio_number(hourly ? value * 8 : value)));
}

const struct personio_kind personio_absence_breakdowns = {
	.parent = &personio_absence_periods,
	.per = PERSONIO_ABSENCE_DAYS,
	.first_id = 1,
	.make = make_breakdown,
};

/* v1 alone knows how much is left. */
static int make_balance(json_t **out, const struct personio_view *view, uint64_t place)
{
	const struct absence_type *type = &absence_types[place % 2];
	double balance = (double)(people_dice(place, 85) % 61) / 2;

	(void)view;
	return personio_made(
		out, json_pack("{s:I, s:s, s:s?, s:o, s:o}", "id", (json_int_t)(1234 + place % 2), "name",
			     type->name, "category", type->category, "balance", personio_number(balance),
			     "available_balance", personio_number(balance - 2)));
}

const struct personio_kind personio_v1_balances = {
	.parent = &personio_persons,
	.per = 2,
	.first_id = 1,
	.make = make_balance,
};

/* ---- Attendances ----------------------------------------------------------------------- */

/* A day of work with its break, a night that crosses midnight, and work that has not ended. */
static const struct stretch {
	const char *type;
	int64_t start; /* seconds of the day */
	int64_t end;   /* 0: still going on */
} stretches[PERSONIO_ATTENDANCES] = {
	{ "WORK", 8 * 3600, 12 * 3600 },
	{ "BREAK", 12 * 3600, 12 * 3600 + 1800 },
	{ "WORK", 12 * 3600 + 1800, 17 * 3600 },
	{ "WORK", 46 * 3600, 54 * 3600 },
	{ "WORK", 80 * 3600, 0 },
};

/* Times are those of the clock on the wall, without a zone. The names of the members are those that clients
 * read. */
static int make_attendance(json_t **out, const struct personio_view *view, uint64_t place)
{
	static const char *const statuses[] = { "CONFIRMED", "CONFIRMED", "PENDING", "REJECTED" };
	uint64_t owner = place / PERSONIO_ATTENDANCES;
	const struct stretch *stretch = &stretches[place % PERSONIO_ATTENDANCES];
	int64_t day = PEOPLE_EPOCH + 880 + (int64_t)(people_dice(owner, 86) % 100);
	int64_t changed = day * DAY_S + (stretch->end ? stretch->end : stretch->start);
	json_t *project = json_null();
	json_t *end = NULL;

	(void)view;
	if ((place % PERSONIO_ATTENDANCES) >= 3 && people_dice(place, 87) % 3)
		return 0;
	if (place % 2)
		project = json_pack("{s:s}", "id", personio_id(&personio_projects, place % 5).text);
	if (stretch->end)
		end = json_pack("{s:s}", "date_time", personio_time(day * DAY_S + stretch->end, "").text);
	return personio_made(out,
		json_pack(
			"{s:s, s:s, s:{s:s}, s:{s:s}, s:{s:s}, s:o*, s:s, s:s?, s:o, s:b, s:b, s:b, s:s, s:s}",
			"id", personio_id(&personio_attendance_periods, place).text, "type", stretch->type,
			"person", "id", personio_id(&personio_persons, owner).text, "approval", "status",
			statuses[people_dice(place, 88) % 4], "start", "date_time",
			personio_time(day * DAY_S + stretch->start, "").text, "end", end, "attribution_date",
			personio_day(day + stretch->start / DAY_S).text, "comment",
			place % 3 ? NULL : "Schicht A/B", "project", project, "is_auto_generated", 0,
			"is_holiday", place % 41 == 0, "is_on_time_off", 0, "created_at",
			personio_time(changed, "Z").text, "updated_at",
			personio_time(changed + 60, "Z").text));
}

const struct personio_kind personio_attendance_periods = {
	.parent = &personio_persons,
	.per = PERSONIO_ATTENDANCES,
	.space = PERSONIO_SPACE_ATTENDANCE_PERIOD,
	.make = make_attendance,
};

/* The names of the members are those that clients read. */
static int make_project(json_t **out, const struct personio_view *view, uint64_t place)
{
	static const char *const names[] = { "Website", "Nucleus", "Umbau Halle 3", "Pied Piper \"Cloud\"",
		"新製品" };
	bool open = place != 2;

	(void)view;
	return personio_made(out,
		json_pack("{s:s, s:s, s:s, s:s?, s:b, s:o, s:o, s:s, s:{s:s}, s:o, s:i, s:b}", "id",
			personio_id(&personio_projects, place).text, "name", names[place], "project_code",
			(const char *[]){ "WEB", "NUC", "H3", "PPC", "NEW" }[place], "client_name",
			place % 2 ? "Hooli GmbH" : NULL, "billable", place % 2 != 0, "cost_center",
			json_pack("{s:s}", "id", personio_id(&personio_cost_centers, place % 5).text),
			"parent_project",
			place == 3 ? json_pack("{s:s}", "id", personio_id(&personio_projects, 1).text)
				   : json_null(),
			"status", open ? "ACTIVE" : "ARCHIVED", "start", "date",
			personio_day(PEOPLE_EPOCH + (int64_t)place * 40).text, "end",
			open ? json_null()
			     : json_pack("{s:s}", "date", personio_day(PEOPLE_EPOCH + 400).text),
			"tracked_minutes", (int)place * 4815, "assigned_to_all", place % 3 == 0));
}

const struct personio_kind personio_projects = {
	.per = 5,
	.space = PERSONIO_SPACE_PROJECT,
	.make = make_project,
};
