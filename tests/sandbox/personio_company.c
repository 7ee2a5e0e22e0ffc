/* What Personio knows of the company itself: org units, legal entities, cost centres, workplaces, types of
 * compensation, reports. */
#include "config.h"

#include "sandbox/personio_data.h"
#include "sandbox/personio_space.h"

#include <stdio.h>

#define DAY_S 86400

/* ---- Org units ------------------------------------------------------------------------- */

/* Departments are the parents of teams; the first department is that of all others. */
static uint64_t parent_of(uint64_t unit)
{
	return unit < PERSONIO_DEPARTMENTS ? 0 : (unit - PERSONIO_DEPARTMENTS) % PERSONIO_DEPARTMENTS;
}

/* In a list only the ids of the parents are told. */
static json_t *make_parents(uint64_t unit)
{
	json_t *parents = json_array();

	while (unit) {
		unit = parent_of(unit);
		(void)json_array_append_new(
			parents, json_pack("{s:s, s:s}", "id", personio_id(&personio_org_units, unit).text,
					 "type", "department"));
	}
	return parents;
}

/* The names of the members are documented; that ids are texts here as everywhere else is assumed. */
static int make_org_unit(json_t **out, const struct personio_view *view, uint64_t place)
{
	static const char *const names[] = { "Pied Piper", "Engineering", "Vertrieb & Marketing", "人事部",
		"Finance \\ Tax", "Compression", "Platform", "Inside Sales", "Marque", "Recruiting",
		"Lohnbuchhaltung", "Data", "Legal" };
	bool team = place >= PERSONIO_DEPARTMENTS;
	json_t *parent =
		place ? json_string(personio_id(&personio_org_units, parent_of(place)).text) : json_null();

	return personio_made(out,
		json_pack("{s:s, s:s, s:s, s:s?, s:s?, s:o, s:s, s:o*}", "id",
			personio_id(&personio_org_units, place).text, "type", team ? "team" : "department",
			"name", names[place], "abbreviation", place % 3 ? NULL : "PP", "description",
			place % 4 ? NULL : "Founded in a garage", "parent_id", parent, "create_time",
			personio_time((PEOPLE_EPOCH - 900 + (int64_t)place) * DAY_S, "Z").text,
			"parent_chain", view->with_parents ? make_parents(place) : NULL));
}

const struct personio_kind personio_org_units = {
	.per = PERSONIO_DEPARTMENTS + PERSONIO_TEAMS,
	.first_id = 401,
	.make = make_org_unit,
};

/* ---- Legal entities, cost centres, workplaces ------------------------------------------ */

/* Newest first. Assumed beyond id and country. */
static int make_legal_entity(json_t **out, const struct personio_view *view, uint64_t place)
{
	static const char *const names[] = { "Pied Piper Ireland Ltd.", "Pied Piper Schweiz AG",
		"Pied Piper GmbH" };
	static const char *const countries[] = { "IE", "CH", "DE" };

	(void)view;
	return personio_made(
		out, json_pack("{s:s, s:s, s:s, s:b, s:s}", "id",
			     personio_id(&personio_legal_entities, place).text, "name", names[place],
			     "country", countries[place], "is_main", place == 2, "created_at",
			     personio_time((PEOPLE_EPOCH - (int64_t)place * 700) * DAY_S, "Z").text));
}

const struct personio_kind personio_legal_entities = { .per = 3, .first_id = 170, .make = make_legal_entity };

static int make_cost_center(json_t **out, const struct personio_view *view, uint64_t place)
{
	static const char *const names[] = { "1000 – Overhead", "2000 Product", "3000 Sales", "Zürich",
		"Forschung" };

	(void)view;
	return personio_made(
		out, json_pack("{s:s, s:s}", "id", personio_id(&personio_cost_centers, place).text, "name",
			     names[place]));
}

const struct personio_kind personio_cost_centers = { .per = 5, .first_id = 1000, .make = make_cost_center };

/* Assumed beyond id and name. */
static int make_workplace(json_t **out, const struct personio_view *view, uint64_t place)
{
	static const char *const names[] = { "München", "Zürich", "Dublin", "Remote" };
	static const char *const countries[] = { "DE", "CH", "IE", NULL };

	(void)view;
	return personio_made(
		out, json_pack("{s:s, s:s, s:s?}", "id", personio_id(&personio_workplaces, place).text,
			     "name", names[place], "country", countries[place]));
}

const struct personio_kind personio_workplaces = { .per = 4, .first_id = 60302, .make = make_workplace };

/* ---- Types of compensation ------------------------------------------------------------- */

static int make_compensation_type(json_t **out, const struct personio_view *view, uint64_t place)
{
	static const char *const names[PERSONIO_COMPENSATIONS] = { "Base salary", "Car allowance", "Bonus" };

	(void)view;
	return personio_made(
		out, json_pack("{s:s, s:s, s:s}", "id", personio_id(&personio_compensation_types, place).text,
			     "name", names[place], "category",
			     place == PERSONIO_COMPENSATIONS - 1 ? "ONE_TIME" : "RECURRING"));
}

const struct personio_kind personio_compensation_types = {
	.per = PERSONIO_COMPENSATIONS,
	.space = PERSONIO_SPACE_COMPENSATION_TYPE,
	.make = make_compensation_type,
};

/* ---- Reports --------------------------------------------------------------------------- */

/* The columns of the two flat reports; the third is grouped, which the API can't tell. */
static const struct column {
	unsigned reports; /* a bit for each that has it */
	const char *name;
	const char *display;
	const char *type;
} columns[] = {
	{ 3, "id", "Personalnummer", "integer" },
	{ 3, "first_name", "First name", "string" },
	{ 3, "last_name", "Last name", "string" },
	{ 1, "weekly_hours", "Weekly hours", "decimal" },
	{ 1, "status", "Status", "list" },
	{ 2, "dynamic_309", "Languages", "tags" },
	{ 2, "employment", "Employed", "date_range" },
};

#define COLUMN_COUNT (sizeof columns / sizeof columns[0])

bool personio_report_is_flat(uint64_t report)
{
	return report < 2;
}

/* Of the list of reports nothing is published but that it is there. Assumed. */
static int make_report(json_t **out, const struct personio_view *view, uint64_t place)
{
	static const char *const names[] = { "Working hours", "Langues & durées",
		"Headcount by month (chart)" };

	(void)view;
	return personio_made(
		out, json_pack("{s:s, s:s, s:s, s:s}", "id", personio_id(&personio_reports, place).text,
			     "name", names[place], "status", "up_to_date", "created_at",
			     personio_time((PEOPLE_EPOCH + (int64_t)place) * DAY_S, "Z").text));
}

const struct personio_kind personio_reports = {
	.per = 3,
	.space = PERSONIO_SPACE_REPORT,
	.make = make_report,
};

json_t *personio_report_columns(uint64_t report)
{
	json_t *list = json_array();

	for (size_t i = 0; i < COLUMN_COUNT; i++) {
		if (columns[i].reports >> report & 1)
			(void)json_array_append_new(
				list, json_pack("{s:s, s:s, s:s}", "name", columns[i].name, "display",
					      columns[i].display, "type", columns[i].type));
	}
	return list;
}

/* A value stands under the name of its kind. Some cells are empty. */
static json_t *make_cell(size_t column, uint64_t person)
{
	static const char *const languages[] = { "English", "Français", "Deutsch" };
	const char *name = columns[column].name;
	struct person of;

	people_get(&of, person);
	switch (column) {
	case 0:
		return json_pack("{s:s, s:{s:I}}", "attribute_id", name, "numeric_value", "number",
			(json_int_t)(personio_persons.first_id + person));
	case 1:
		return json_pack("{s:s, s:{s:s}}", "attribute_id", name, "string_value", "value", of.given);
	case 2:
		return json_pack("{s:s, s:{s:s}}", "attribute_id", name, "string_value", "value", of.family);
	case 3:
		if (person % 6 == 0)
			return json_pack("{s:s}", "attribute_id", name);
		return json_pack("{s:s, s:{s:f}}", "attribute_id", name, "numeric_value", "number",
			person % 2 ? 37.5 : 40.0);
	case 4:
		return json_pack("{s:s, s:{s:[{s:s, s:s}]}}", "attribute_id", name, "options_value",
			"options", "key", of.end ? "inactive" : "active", "value",
			of.end ? "Inactive" : "Active");
	case 5:
		return json_pack("{s:s, s:{s:[{s:s, s:s}, {s:s, s:s}]}}", "attribute_id", name,
			"options_value", "options", "key", "1", "value", languages[person % 3], "key", "2",
			"value", languages[(person + 1) % 3]);
	default:
		return json_pack("{s:s, s:{s:s, s:s?}}", "attribute_id", name, "time_range_value", "from",
			personio_day(of.start).text, "to", of.end ? personio_day(of.end).text : NULL);
	}
}

/* A row is an array: what a cell means says the column in the same position. */
static int make_row(json_t **out, const struct personio_view *view, uint64_t place)
{
	json_t *row = json_array();

	for (size_t i = 0; row && i < COLUMN_COUNT; i++) {
		if (columns[i].reports >> view->report & 1)
			personio_append(&row, make_cell(i, place));
	}
	return personio_made(out, row);
}

const struct personio_kind personio_report_rows = { .first_id = 1, .make = make_row };
