/* Personio's persons and what belongs to one of them: employments, documents, compensations. */
#include "config.h"

#include "sandbox/personio_data.h"
#include "sandbox/personio_space.h"
#include "sandbox/tokens.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define REPORTS 8 /* employees of one supervisor */
#define FIRST_CUSTOM 305
#define DAY_S 86400

/* ---- Attributes ------------------------------------------------------------------------ */

enum custom_kind { CUSTOM_TEXT, CUSTOM_DATE, CUSTOM_INTEGER, CUSTOM_DECIMAL, CUSTOM_BOOLEAN, CUSTOM_LIST };

/* As v2 calls them in its answers; its description has capital letters. */
static const char *const custom_types[] = { "string", "date", "int", "double", "boolean", "string_list" };

/* The attributes that the company has made itself. v2 gives them with the person, v1 describes them. */
static const struct custom {
	enum custom_kind kind;
	const char *v1_type;
	const char *label;
	const char *global_id; /* or NULL */
	const char *values[3]; /* of a text or a list */
	bool closed;           /* there are no other values, and v1 says so */
} customs[] = {
	{ CUSTOM_TEXT, "standard", "Favourite colour", "color", { "Red", "Blau", "緑" }, false },
	{ CUSTOM_TEXT, "list", "Marital status", NULL, { "married", "single", "prefers not to say" }, true },
	{ CUSTOM_DATE, "date", "Work permit until", NULL, { NULL }, false },
	{ CUSTOM_INTEGER, "integer", "Locker", NULL, { NULL }, false },
	{ CUSTOM_LIST, "tags", "Languages", NULL, { "English", "Français", "Deutsch" }, true },
	{ CUSTOM_BOOLEAN, "standard", "First aider", NULL, { NULL }, false },
	{ CUSTOM_DECIMAL, "decimal", "Shoe size", "shoe_size", { NULL }, false },
};

#define CUSTOM_COUNT (sizeof customs / sizeof customs[0])

/* In the order of v1's list; those with a member stand in a person of v2, too. */
static const struct standard {
	const char *key;
	const char *label;
	const char *type;
	bool in_person;
} standards[] = {
	{ "id", "ID", "integer", false },
	{ "first_name", "First name", "standard", true },
	{ "last_name", "Last name", "standard", true },
	{ "preferred_name", "Preferred name", "standard", true },
	{ "email", "Email", "standard", true },
	{ "gender", "Gender", "standard", true },
	{ "status", "Status", "standard", true },
	{ "created_at", "Created at", "date", true },
	{ "updated_at", "Last modified", "date", true },
	{ "profile_picture", "Profile picture", "standard", true },
	{ "position", "Position", "standard", false },
	{ "hire_date", "Hire date", "date", false },
};

#define STANDARD_COUNT (sizeof standards / sizeof standards[0])

static bool visible(const struct personio_view *view, const char *attribute)
{
	return !view->attributes || tokens_list_has(view->attributes, attribute);
}

static struct personio_text custom_key(size_t i)
{
	struct personio_text key;

	(void)snprintf(key.text, sizeof key.text, "dynamic_%zu", FIRST_CUSTOM + i);
	return key;
}

static json_t *custom_value(size_t i, uint64_t person)
{
	uint64_t dice = people_dice(person, 60 + i);
	const char *const *values = customs[i].values;

	switch (customs[i].kind) {
	case CUSTOM_DATE:
		return json_string(personio_day(PERSONIO_TODAY + (int64_t)(dice % 900)).text);
	case CUSTOM_INTEGER:
		return json_integer((json_int_t)(dice % 400));
	case CUSTOM_DECIMAL:
		return personio_number(35 + (double)(dice % 24) / 2);
	case CUSTOM_BOOLEAN:
		return json_boolean(dice % 2);
	case CUSTOM_LIST:
		return json_pack("[s, s]", values[dice % 3], values[(dice + 1) % 3]);
	default:
		return json_string(values[dice % 3]);
	}
}

/* Some of them, as of the other providers, are not filled in; a label is not always told. */
static json_t *make_customs(const struct personio_view *view, uint64_t person)
{
	json_t *list = json_array();

	for (size_t i = 0; list && i < CUSTOM_COUNT; i++) {
		struct personio_text key = custom_key(i);
		json_t *one;

		if (!visible(view, key.text) || people_dice(person, 70 + i) % 4 == 0)
			continue;
		one = json_pack("{s:s, s:s, s:o, s:s?, s:s*}", "id", key.text, "type",
			custom_types[customs[i].kind], "value", custom_value(i, person), "global_id",
			customs[i].global_id, "label", person % 3 ? customs[i].label : NULL);
		personio_append(&list, one);
	}
	return list;
}

/* None of an attribute that is open to any value, or of the standard ones. */
static json_t *make_options(const struct custom *custom)
{
	json_t *options = json_array();

	for (size_t i = 0; custom && custom->closed && i < 3; i++)
		personio_append(&options, json_string(custom->values[i]));
	return options;
}

static int make_v1_attribute(json_t **out, const struct personio_view *view, uint64_t place)
{
	const struct standard *standard = place < STANDARD_COUNT ? &standards[place] : NULL;
	const struct custom *custom = standard ? NULL : &customs[place - STANDARD_COUNT];
	struct personio_text key = custom_key(standard ? 0 : (size_t)place - STANDARD_COUNT);
	const char *name = standard ? standard->key : key.text;

	if (!visible(view, name))
		return 0;
	return personio_made(
		out, json_pack("{s:s, s:s, s:s, s:s?, s:o}", "key", name, "label",
			     standard ? standard->label : custom->label, "type",
			     standard ? standard->type : custom->v1_type, "universal_id",
			     standard ? standard->key : custom->global_id, "options", make_options(custom)));
}

const struct personio_kind personio_v1_attributes = {
	.per = STANDARD_COUNT + CUSTOM_COUNT,
	.first_id = 1,
	.make = make_v1_attribute,
};

/* ---- Persons --------------------------------------------------------------------------- */

static bool has_left(const struct person *person)
{
	return person->end && person->end <= PERSONIO_TODAY;
}

static int64_t updated(uint64_t person)
{
	return PEOPLE_EPOCH * DAY_S + (int64_t)(people_dice(person, 19) % (1000 * DAY_S));
}

static uint64_t employment_count(uint64_t person)
{
	return person % 97 == 13 ? PERSONIO_EMPLOYMENTS : person % 5 == 2 ? 2 : 1;
}

static json_t *list_employments(uint64_t person)
{
	json_t *list = json_array();

	for (uint64_t i = 0; list && i < employment_count(person); i++) {
		struct personio_text id =
			personio_id(&personio_employments, person * PERSONIO_EMPLOYMENTS + i);

		personio_append(&list, json_pack("{s:s}", "id", id.text));
	}
	return list;
}

/* What the credentials may not see is not there, and nothing tells so. */
static void hide(json_t *person, const struct personio_view *view)
{
	for (size_t i = 0; i < STANDARD_COUNT; i++) {
		if (standards[i].in_person && !visible(view, standards[i].key))
			(void)json_object_del(person, standards[i].key);
	}
	if (view->attributes && json_array_size(json_object_get(person, "custom_attributes")) == 0)
		(void)json_object_del(person, "custom_attributes");
}

static int make_person(json_t **out, const struct personio_view *view, uint64_t place)
{
	static const char *const genders[] = { "FEMALE", "MALE", "FEMALE", "MALE", "DIVERSE", "UNSPECIFIED" };
	struct personio_text id = personio_id(&personio_persons, place);
	struct personio_text email;
	struct person person;
	json_t *made;

	people_get(&person, place);
	(void)snprintf(
		email.text, sizeof email.text, "%.20s.%08" PRIu64 "@piedpiper.example", person.latin, place);
	made = json_pack(
		"{s:s, s:s, s:s, s:s, s:s, s:s, s:s?, s:s, s:{s:s++}, s:s, s:o, s:o, s:{s:{s:{s:s++}}}}",
		"id", id.text, "email", email.text, "created_at",
		personio_time(person.start * DAY_S + 30600, "Z").text, "updated_at",
		personio_time(updated(place), "Z").text, "first_name", person.given, "last_name",
		person.family, "preferred_name", person.preferred, "gender",
		genders[people_dice(place, 50) % 6], "profile_picture", "url",
		PERSONIO_URL "/v1/company/employees/", id.text, "/profile-picture", "status",
		has_left(&person) ? "INACTIVE" : "ACTIVE", "custom_attributes", make_customs(view, place),
		"employments", list_employments(place), "_meta", "links", "employments", "href",
		PERSONIO_URL "/v2/persons/", id.text, "/employments");
	hide(made, view);
	return personio_made(out, made);
}

const struct personio_kind personio_persons = { .first_id = 3001, .make = make_person };

/* ---- Employments ----------------------------------------------------------------------- */

struct term {
	int64_t start;
	int64_t end; /* 0: none */
	const char *status;
};

/* Newest first: the one of today, then 200 days each back from it. */
static struct term find_term(const struct person *person, uint64_t seed, uint64_t number)
{
	struct term term = { .start = person->start, .end = person->end, .status = "ACTIVE" };

	if (number) {
		term.end = person->start - 1 - 200 * (int64_t)(number - 1);
		term.start = term.end - 198;
		term.status = "INACTIVE";
	} else if (has_left(person)) {
		term.status = "INACTIVE";
	} else if (person->start > PERSONIO_TODAY - 100) {
		term.status = "ONBOARDING";
	} else if (people_dice(seed, 51) % 17 == 0) {
		term.status = "LEAVE";
	}
	return term;
}

static json_t *reference(const struct personio_kind *kind, uint64_t place)
{
	return json_pack("{s:s}", "id", personio_id(kind, place).text);
}

/* The example says last_working_date, the schema last_working_day: both are met. */
static json_t *make_termination(const struct term *term, uint64_t seed)
{
	static const char *const types[] = { "QUIT", "FIRED", "AGREEMENT", "CONTRACT_EXPIRED", "RETIREMENT" };

	if (!term->end || term->end > PERSONIO_TODAY)
		return json_null();
	return json_pack("{s:s, s:s, s:s, s:s, s:s?}", "termination_date", personio_day(term->end).text,
		seed % 2 ? "last_working_date" : "last_working_day", personio_day(term->end - 7).text,
		"terminated_at", personio_day(term->end - 60).text, "type", types[seed % 5], "reason",
		seed % 3 ? NULL : "Moving to a different position");
}

static json_t *make_org_units(uint64_t person)
{
	uint64_t team = person % PERSONIO_TEAMS;

	return json_pack("[{s:s, s:s}, {s:s, s:s}]", "type", "team", "id",
		personio_id(&personio_org_units, PERSONIO_DEPARTMENTS + team).text, "type", "department",
		"id", personio_id(&personio_org_units, team % PERSONIO_DEPARTMENTS).text);
}

static json_t *make_cost_centers(uint64_t person)
{
	uint64_t center = person % 5;

	if (person % 4)
		return json_pack("[{s:s, s:i}]", "id", personio_id(&personio_cost_centers, center).text,
			"weight", 100);
	return json_pack("[{s:s, s:f}, {s:s, s:f}]", "id", personio_id(&personio_cost_centers, center).text,
		"weight", 62.5, "id", personio_id(&personio_cost_centers, (center + 1) % 5).text, "weight",
		37.5);
}

static json_t *make_links(uint64_t person)
{
	json_t *supervisor = person ? json_pack("{s:s+}", "href", PERSONIO_URL "/v2/persons/",
					      personio_id(&personio_persons, person / REPORTS).text)
				    : NULL;

	return json_pack("{s:{s:{s:s+}, s:o*}}", "links", "person", "href", PERSONIO_URL "/v2/persons/",
		personio_id(&personio_persons, person).text, "supervisor", supervisor);
}

/* What the person does and when. */
static json_t *make_terms(uint64_t person, uint64_t number, const struct term *term)
{
	static const char *const titles[] = { "Software Engineer", "Account Executive", "Büroleitung",
		"Head of \"People\"", "データアナリスト", "Accountant" };
	static const double hours[] = { 40, 37.5, 20 };

	return json_pack("{s:s, s:o, s:i, s:s?, s:s, s:s?, s:s, s:s?, s:s, s:s, s:{s:s}}", "status",
		term->status, "weekly_working_hours", personio_number(hours[people_dice(person, 52) % 3]),
		"full_time_weekly_working_hours", 40, "probation_end_date",
		number ? NULL : personio_day(term->start + 180).text, "employment_start_date",
		personio_day(term->start).text, "employment_end_date",
		term->end ? personio_day(term->end).text : NULL, "type",
		people_dice(person, 53) % 11 ? "INTERNAL" : "EXTERNAL", "contract_end_date",
		person % 7 ? NULL : personio_day(term->start + 730).text, "created_at",
		personio_time(term->start * DAY_S + 50837, "Z").text, "updated_at",
		personio_time(updated(person), "Z").text, "position", "title", titles[(person + number) % 6]);
}

/* Where in the company the person does it. */
static json_t *make_company(uint64_t person)
{
	json_t *supervisor = person ? reference(&personio_persons, person / REPORTS) : json_null();

	return json_pack("{s:o, s:o, s:o, s:{s:s}, s:{s:s}, s:o, s:o, s:o}", "supervisor", supervisor,
		"office", reference(&personio_workplaces, person % 4), "legal_entity",
		reference(&personio_legal_entities, person % 3), "job", "id",
		"a1b2c3d4-e5f6-4890-abcd-ef1234567890", "sub_company", "id", "47", "org_units",
		make_org_units(person), "cost_centers", make_cost_centers(person), "person",
		reference(&personio_persons, person));
}

static int make_employment(json_t **out, const struct personio_view *view, uint64_t place)
{
	uint64_t owner = place / PERSONIO_EMPLOYMENTS;
	uint64_t number = place % PERSONIO_EMPLOYMENTS;
	struct person person;
	struct term term;
	json_t *made;
	json_t *terms;
	json_t *company;
	int failed;

	(void)view;
	if (number >= employment_count(owner))
		return 0;
	people_get(&person, owner);
	term = find_term(&person, owner, number);
	made = reference(&personio_employments, place);
	terms = make_terms(owner, number, &term);
	company = make_company(owner);
	failed = json_object_update(made, terms) | json_object_update(made, company) |
		 json_object_set_new(made, "termination", make_termination(&term, owner)) |
		 json_object_set_new(made, "_meta", make_links(owner));
	json_decref(terms);
	json_decref(company);
	if (failed) {
		json_decref(made);
		made = NULL;
	}
	return personio_made(out, made);
}

const struct personio_kind personio_employments = {
	.parent = &personio_persons,
	.per = PERSONIO_EMPLOYMENTS,
	.space = PERSONIO_SPACE_EMPLOYMENT,
	.make = make_employment,
};

/* ---- Documents ------------------------------------------------------------------------- */

/* Shape after what clients read. */
static int make_document(json_t **out, const struct personio_view *view, uint64_t place)
{
	static const char *const names[] = { "Arbeitsvertrag.pdf", "Payslip \"March\".pdf",
		"Ausweis – Kopie.png" };
	uint64_t owner = place / PERSONIO_DOCUMENTS;
	uint64_t dice = people_dice(place, 54);
	int64_t day = PEOPLE_EPOCH + (int64_t)(dice % 990);

	(void)view;
	if (dice % 5 == 0)
		return 0;
	return personio_made(out,
		json_pack("{s:s, s:s, s:s, s:s?, s:{s:s}, s:{s:s}, s:s, s:I, s:s, s:{s:s}, s:{s:s}}", "id",
			personio_id(&personio_documents, place).text, "name", names[dice % 3], "date",
			personio_day(day).text, "comment", dice % 2 ? NULL : "signed", "category", "id",
			dice % 3 ? "1201" : "1202", "owner", "id", personio_id(&personio_persons, owner).text,
			"document_type", dice % 3 == 2 ? "png" : "pdf", "size", (json_int_t)(dice % 5000000),
			"created_at", personio_time(day * DAY_S + (int64_t)(dice % DAY_S), "Z").text,
			"virus_scan", "status", "CLEAN", "esignature", "status",
			dice % 2 ? "NONE" : "SIGNED"));
}

const struct personio_kind personio_documents = {
	.parent = &personio_persons,
	.per = PERSONIO_DOCUMENTS,
	.space = PERSONIO_SPACE_DOCUMENT,
	.make = make_document,
};

/* ---- Compensations --------------------------------------------------------------------- */

/* Pay that goes on: of every month that the person works in. */
static bool earns(const struct person *person, const struct personio_view *view)
{
	return person->start <= view->to && (!person->end || person->end >= view->from);
}

static double pay_of(uint64_t number, uint64_t dice)
{
	return number ? (double)(dice % 90000) / 100 : 2800 + (double)(dice % 420000) / 100;
}

/* The shape of an item is not published. Assumed: the members that creating one takes, with its id, and the
 * amount as an object, which is how clients read it. */
static int make_compensation(json_t **out, const struct personio_view *view, uint64_t place)
{
	static const char *const currencies[] = { "EUR", "EUR", "CHF", "GBP" };
	static const char *const intervals[] = { "MONTHLY", "YEARLY", "QUARTERLY", "HALF-YEARLY" };
	uint64_t owner = place / PERSONIO_COMPENSATIONS;
	uint64_t number = place % PERSONIO_COMPENSATIONS;
	uint64_t dice = people_dice(place, 55);
	struct person person;
	int64_t since;

	people_get(&person, owner);
	since = person.start + (int64_t)number * 30;
	if (number == PERSONIO_COMPENSATIONS - 1) { /* a single payment, in the month of its day alone */
		since = PEOPLE_EPOCH + (int64_t)(dice % 1000);
		if (since < view->from || since > view->to)
			return 0;
	} else if (!earns(&person, view) || since > view->to || (number && dice % 3)) {
		return 0;
	}
	return personio_made(
		out, json_pack("{s:s, s:{s:s}, s:{s:s}, s:{s:s}, s:{s:o, s:s}, s:s, s:s*, s:s?}", "id",
			     personio_id(&personio_compensations, place).text, "person", "id",
			     personio_id(&personio_persons, owner).text, "type", "id",
			     personio_id(&personio_compensation_types, number).text, "legal_entity", "id",
			     personio_id(&personio_legal_entities, owner % 3).text, "amount", "value",
			     personio_number(pay_of(number, dice)), "currency", currencies[owner % 4],
			     "effective_from", personio_day(since).text, "interval",
			     number == PERSONIO_COMPENSATIONS - 1 ? NULL : intervals[number ? dice % 4 : 0],
			     "comment", dice % 9 ? NULL : "Prämie für \"Q3\""));
}

const struct personio_kind personio_compensations = {
	.parent = &personio_persons,
	.per = PERSONIO_COMPENSATIONS,
	.space = PERSONIO_SPACE_COMPENSATION,
	.make = make_compensation,
};
