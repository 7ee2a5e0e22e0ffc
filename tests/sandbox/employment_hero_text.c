#include "config.h"

#include "sandbox/employment_hero_text.h"

#include "sandbox/encode.h"

#include <inttypes.h>
#include <string.h>

#define DAY INT64_C(86400)

/* ---- Words that choose one of several texts -------------------------------------------- */

#define CHOICES_MAX 6

/* Whose text it is: the same in all records of a person, or in this record alone. */
enum whose { PERSON, RECORD, NUMBER };

static const struct choice {
	const char *word;
	enum whose whose;
	const char *texts[CHOICES_MAX]; /* NULL within them: null */
	size_t count;
} choices[] = {
	{ "title", PERSON, { "Mr", "Ms", "Mx", NULL }, 4 },
	{ "role", PERSON, { "employee", "employee", "manager", "admin" }, 4 },
	{ "pronouns", PERSON, { "she/her", "he/him", "they/them", NULL }, 4 },
	{ "job", PERSON, { "Developer", "Barista", "Ingénieure", "Accountant", "Head of \"Fun\"", "" }, 6 },
	{ "gender", PERSON, { "Female", "Male", "Non-binary", NULL }, 4 },
	{ "marital", PERSON, { "Single", "Married", NULL }, 3 },
	{ "employment_type", PERSON, { "Full-time", "Part-time", "Casual" }, 3 },
	{ "city", PERSON, { "Melbourne", "Sydney", "Whangārei" }, 3 },
	{ "state", PERSON, { "VIC", "NSW", NULL }, 3 },
	{ "postcode", PERSON, { "3000", "2000", "0110" }, 3 },
	{ "street", PERSON, { "1 Flinders Street", "12/3 O'Connell Street", "Rue de l'Église 4" }, 3 },
	{ "entity", PERSON, { "Pied Piper Pty Ltd", "Pied Piper Services Pty Ltd" }, 2 },
	{ "leave_status", RECORD, { "Approved", "Pending", "Declined" }, 3 },
	{ "leave_category", RECORD,
		{ "Annual Leave", "Personal/Carer's Leave", "Long Service Leave", "Leave Without Pay" }, 4 },
	{ "leave_reason", RECORD, { "Holiday", "", NULL }, 3 },
	{ "unit_type", NUMBER, { "hours", "hours", "days", "days" }, 4 },
	{ "timesheet_status", RECORD, { "pending", "approved" }, 2 },
	{ "certification_type", NUMBER, { "training", "check" }, 2 },
	{ "certification_status", RECORD, { "active", "pending", "expired" }, 3 },
	{ "currency", PERSON, { "SGD", "MYR" }, 2 },
	{ "amount", NUMBER, { "100.0", "250.50" }, 2 },
	{ "primary", NUMBER, { "true", "false" }, 2 },
	{ "contact", RECORD, { "Peter Gregory", "Zoë Müller", "أحمد" }, 3 },
	{ "relationship", RECORD, { "Parent", "Spouse", "Friend" }, 3 },
	{ "contact_type", NUMBER, { "primary", "secondary" }, 2 },
	{ "field_type", NUMBER, { "single_select", "free_text", "multi_select", "free_text" }, 4 },
	{ "payday", NUMBER, { "2026-05-15", "2026-06-15", "2026-07-15" }, 3 },
};

static int put_text(struct buffer *out, const char *text)
{
	if (!text)
		return buffer_append_text(out, "null");
	return buffer_append_char(out, '"') || encode_json(out, text, false) || buffer_append_char(out, '"')
		       ? -1
		       : 0;
}

static uint64_t seed(const struct hero_place *place, enum whose whose)
{
	return whose == PERSON ? place->employee
			       : (uint64_t)place->set << 48 | place->employee << 8 | place->number;
}

static int put_choice(struct buffer *out, const struct hero_place *place, const struct choice *choice)
{
	uint64_t salt = 64 + (uint64_t)(choice - choices);
	uint64_t index =
		choice->whose == NUMBER ? place->number : people_dice(seed(place, choice->whose), salt);

	return put_text(out, choice->texts[index % choice->count]);
}

/* ---- Words that are made --------------------------------------------------------------- */

static const struct {
	const char *country;
	const char *time_zone;
} regions[HERO_REGIONS] = {
	[HERO_AU] = { "AU", "Australia/Sydney" },
	[HERO_NZ] = { "NZ", "Pacific/Auckland" },
	[HERO_UK] = { "GB", "Europe/London" },
	[HERO_SG] = { "SG", "Asia/Singapore" },
	[HERO_MY] = { "MY", "Asia/Kuala_Lumpur" },
	[HERO_CA] = { "CA", "America/Toronto" },
};

/* Each organisation is at home in one region; one in seven of its people is in the next. */
static enum hero_region region(const struct hero_place *place)
{
	return (enum hero_region)((place->organisation + (place->employee % 7 == 6)) % HERO_REGIONS);
}

bool hero_is_here(const struct hero_place *place, enum hero_region wanted)
{
	return region(place) == wanted;
}

static int put_id(struct buffer *out, const struct hero_place *place, enum hero_set set, uint64_t number)
{
	char id[HERO_ID_SIZE];

	hero_id(id, place, set, number);
	return put_text(out, id);
}

static int put_own_id(struct buffer *out, const struct hero_place *place)
{
	return put_id(out, place, place->set, place->number);
}

static int put_series(struct buffer *out, const struct hero_place *place)
{
	return put_id(out, place, place->set, 0);
}

static int put_employee(struct buffer *out, const struct hero_place *place)
{
	return put_id(out, place, HERO_EMPLOYEES, 0);
}

static int put_team(struct buffer *out, const struct hero_place *place)
{
	return put_id(out, place, HERO_TEAMS, place->employee % HERO_TEAM_COUNT);
}

static int put_team_name(struct buffer *out, const struct hero_place *place)
{
	return put_text(out, hero_look(HERO_TEAMS)->names[place->employee % HERO_TEAM_COUNT]);
}

static int put_centre(struct buffer *out, const struct hero_place *place)
{
	return put_id(out, place, HERO_COST_CENTRES, place->employee % HERO_CENTRE_COUNT);
}

static int put_centre_name(struct buffer *out, const struct hero_place *place)
{
	return put_text(out, hero_look(HERO_COST_CENTRES)->names[place->employee % HERO_CENTRE_COUNT]);
}

static int put_certification(struct buffer *out, const struct hero_place *place)
{
	return put_id(out, place, HERO_CERTIFICATIONS, place->number);
}

static int put_certification_name(struct buffer *out, const struct hero_place *place)
{
	return put_text(out, hero_look(HERO_CERTIFICATIONS)->names[place->number]);
}

static int put_field(struct buffer *out, const struct hero_place *place)
{
	return put_id(out, place, HERO_CUSTOM_FIELDS, place->number);
}

static int put_field_name(struct buffer *out, const struct hero_place *place)
{
	return put_text(out, hero_look(HERO_CUSTOM_FIELDS)->names[place->number]);
}

static const char *const sizes[] = { "S", "M", "L", "XL" };

static int put_field_value(struct buffer *out, const struct hero_place *place)
{
	static const char *const words[] = { "\"Bello\"", "null", "\"\"" };
	static const char several[] = "[\"English\",\"Tiếng Việt\"]";
	uint64_t dice = people_dice(seed(place, RECORD), 50);

	if (place->number == 0)
		return put_text(out, sizes[dice % 4]);
	return buffer_append_text(out, place->number == 2 ? several : words[dice % 3]);
}

static int put_field_options(struct buffer *out, const struct hero_place *place)
{
	int failed = buffer_append_char(out, '[');

	for (size_t i = 0; place->number == 0 && i < sizeof sizes / sizeof sizes[0]; i++)
		failed |=
			buffer_format(out, "%s{\"id\":\"%zu\",\"value\":\"%s\"}", i ? "," : "", i, sizes[i]);
	return failed || buffer_append_char(out, ']') ? -1 : 0;
}

static int put_name(struct buffer *out, const struct hero_place *place)
{
	if (place->set == HERO_ORGANISATIONS && place->organisation)
		return buffer_format(out, "\"Pied Piper %s\"", regions[region(place)].country);
	if (place->set == HERO_ORGANISATIONS)
		return put_text(out, hero_look(HERO_EMPLOYING_ENTITIES)->names[0]);
	return put_text(out, hero_look(place->set)->names[place->number]);
}

static int put_given(struct buffer *out, const struct hero_place *place)
{
	return put_text(out, place->person.given);
}

static int put_family(struct buffer *out, const struct hero_place *place)
{
	return put_text(out, place->person.family);
}

static int put_known_as(struct buffer *out, const struct hero_place *place)
{
	return put_text(out, place->person.preferred);
}

static int put_full(struct buffer *out, const struct hero_place *place)
{
	return buffer_append_char(out, '"') || encode_json(out, place->person.given, false) ||
			       buffer_append_char(out, ' ') ||
			       encode_json(out, place->person.family, false) || buffer_append_char(out, '"')
		       ? -1
		       : 0;
}

static int put_email(struct buffer *out, const struct hero_place *place)
{
	return buffer_format(
		out, "\"%s.%08" PRIu64 "@piedpiper.example\"", place->person.latin, place->employee);
}

static int put_personal_email(struct buffer *out, const struct hero_place *place)
{
	return buffer_format(out, "\"%s.%" PRIu64 "@mail.example\"", place->person.latin, place->employee);
}

static int put_code(struct buffer *out, const struct hero_place *place)
{
	return buffer_format(out, "\"E%08" PRIu64 "\"", place->employee);
}

static int put_external(struct buffer *out, const struct hero_place *place)
{
	return place->employee % 3 ? put_text(out, NULL)
				   : buffer_format(out, "\"x-%" PRIu64 "\"", place->employee);
}

static int put_phone(struct buffer *out, const struct hero_place *place)
{
	return buffer_format(out, "\"+6140%07" PRIu64 "\"", people_dice(seed(place, PERSON), 51) % 10000000);
}

static int put_digits(struct buffer *out, const struct hero_place *place)
{
	return buffer_format(out, "\"%09" PRIu64 "\"", people_dice(seed(place, RECORD), 52) % 1000000000);
}

static int put_salary(struct buffer *out, const struct hero_place *place)
{
	uint64_t dice = people_dice(seed(place, PERSON), 53);

	return buffer_format(out, "%" PRIu64 ".%02" PRIu64, 50000 + dice % 150000, dice / 150000 % 100);
}

static int put_headcount(struct buffer *out, const struct hero_place *place)
{
	return buffer_format(out, "%" PRIu64, place->world->employees);
}

static int put_country(struct buffer *out, const struct hero_place *place)
{
	return put_text(out, regions[region(place)].country);
}

static int put_time_zone(struct buffer *out, const struct hero_place *place)
{
	return put_text(out, regions[region(place)].time_zone);
}

/* A manager is one of the first people. */
static int put_manager(struct buffer *out, const struct hero_place *place)
{
	struct hero_place manager = *place;

	if (place->employee == 0)
		return put_text(out, NULL);
	hero_at(&manager, place, false, place->employee / 8);
	return buffer_append_text(out, "{\"id\":") || put_employee(out, &manager) ||
			       buffer_append_text(out, ",\"name\":") || put_full(out, &manager) ||
			       buffer_append_char(out, '}')
		       ? -1
		       : 0;
}

/* ---- Times ----------------------------------------------------------------------------- */

static int put_time(struct buffer *out, int64_t seconds, const char *zone)
{
	return buffer_append_char(out, '"') || people_time(out, seconds, zone) || buffer_append_char(out, '"')
		       ? -1
		       : 0;
}

static int put_date(struct buffer *out, int64_t seconds)
{
	return buffer_append_char(out, '"') || people_date(out, seconds / DAY) || buffer_append_char(out, '"')
		       ? -1
		       : 0;
}

static int put_day_time(struct buffer *out, int64_t days)
{
	return days ? put_time(out, days * DAY, "+00:00") : put_text(out, NULL);
}

static int put_start(struct buffer *out, const struct hero_place *place)
{
	return put_day_time(out, place->person.start + (int64_t)place->number * 365);
}

static int put_left(struct buffer *out, const struct hero_place *place)
{
	return put_day_time(out, place->person.end);
}

static int put_left_why(struct buffer *out, const struct hero_place *place)
{
	return put_text(out, place->person.end ? "Resignation" : NULL);
}

static int put_status(struct buffer *out, const struct hero_place *place)
{
	return put_text(out, place->person.end ? "terminated" : "active");
}

static int put_birth(struct buffer *out, const struct hero_place *place)
{
	return put_day_time(out, place->person.birth);
}

static int put_expiry(struct buffer *out, const struct hero_place *place)
{
	return put_day_time(out, place->number ? place->person.start + 1825 : 0);
}

static int put_from_time(struct buffer *out, const struct hero_place *place)
{
	return put_time(out, place->from, "+00:00");
}

static int put_to_time(struct buffer *out, const struct hero_place *place)
{
	return put_time(out, place->to, "+00:00");
}

static int put_from_day_time(struct buffer *out, const struct hero_place *place)
{
	return put_day_time(out, place->from / DAY);
}

static int put_from_clock(struct buffer *out, const struct hero_place *place)
{
	return place->number % 2 ? put_text(out, NULL) : put_time(out, place->from, "+00:00");
}

static int put_to_clock(struct buffer *out, const struct hero_place *place)
{
	return place->number % 2 ? put_text(out, NULL) : put_time(out, place->to, "+00:00");
}

static int put_from_z(struct buffer *out, const struct hero_place *place)
{
	return put_time(out, place->from, ".000Z");
}

static int put_to_z(struct buffer *out, const struct hero_place *place)
{
	return put_time(out, place->to, ".000Z");
}

static int put_from_date(struct buffer *out, const struct hero_place *place)
{
	return put_date(out, place->from);
}

static int put_to_date(struct buffer *out, const struct hero_place *place)
{
	return put_date(out, place->to);
}

static int put_leave_hours(struct buffer *out, const struct hero_place *place)
{
	int64_t tenths = ((place->to - place->from) / DAY + 1) * 76;

	return buffer_format(out, "%" PRId64 ".%" PRId64, tenths / 10, tenths % 10);
}

static int put_hours_per_day(struct buffer *out, const struct hero_place *place)
{
	int failed = buffer_append_char(out, '[');

	for (int64_t day = place->from; day <= place->to; day += DAY) {
		failed |= buffer_append_text(out, day == place->from ? "{\"date\":" : ",{\"date\":");
		failed |= put_date(out, day);
		failed |= buffer_append_text(out, ",\"hours\":7.6}");
	}
	return failed || buffer_append_char(out, ']') ? -1 : 0;
}

static int put_shift_status(struct buffer *out, const struct hero_place *place)
{
	return put_text(out, hero_status(place));
}

/* ---- The words, and how a template is read --------------------------------------------- */

static bool is_au(const struct hero_place *place)
{
	return hero_is_here(place, HERO_AU);
}

static bool is_uk(const struct hero_place *place)
{
	return hero_is_here(place, HERO_UK);
}

static bool is_asia(const struct hero_place *place)
{
	return hero_is_here(place, HERO_SG) || hero_is_here(place, HERO_MY);
}

static bool is_au_contractor(const struct hero_place *place)
{
	return is_au(place) && hero_is_contractor(place);
}

static bool is_flag(const struct hero_place *place)
{
	return people_dice(seed(place, RECORD), 54) % 2;
}

/* For <if word>, <if no_word>, and <word> itself: true or false. */
static const struct condition {
	const char *word;
	bool (*holds)(const struct hero_place *place);
} conditions[] = {
	{ "au", is_au },
	{ "uk", is_uk },
	{ "asia", is_asia },
	{ "contractor", hero_is_contractor },
	{ "au_contractor", is_au_contractor },
	{ "flag", is_flag },
	{ "open", hero_is_open },
};

static const struct {
	const char *word;
	int (*put)(struct buffer *out, const struct hero_place *place);
} words[] = {
	{ "id", put_own_id },
	{ "series", put_series },
	{ "employee", put_employee },
	{ "team", put_team },
	{ "team_name", put_team_name },
	{ "centre", put_centre },
	{ "centre_name", put_centre_name },
	{ "certification", put_certification },
	{ "certification_name", put_certification_name },
	{ "field", put_field },
	{ "field_name", put_field_name },
	{ "field_value", put_field_value },
	{ "field_options", put_field_options },
	{ "name", put_name },
	{ "given", put_given },
	{ "family", put_family },
	{ "known_as", put_known_as },
	{ "full", put_full },
	{ "email", put_email },
	{ "personal_email", put_personal_email },
	{ "code", put_code },
	{ "external", put_external },
	{ "phone", put_phone },
	{ "digits", put_digits },
	{ "salary", put_salary },
	{ "headcount", put_headcount },
	{ "country", put_country },
	{ "time_zone", put_time_zone },
	{ "manager", put_manager },
	{ "start", put_start },
	{ "left", put_left },
	{ "left_why", put_left_why },
	{ "status", put_status },
	{ "birth", put_birth },
	{ "expiry", put_expiry },
	{ "from_time", put_from_time },
	{ "to_time", put_to_time },
	{ "from_day_time", put_from_day_time },
	{ "from_clock", put_from_clock },
	{ "to_clock", put_to_clock },
	{ "from_z", put_from_z },
	{ "to_z", put_to_z },
	{ "from_date", put_from_date },
	{ "to_date", put_to_date },
	{ "leave_hours", put_leave_hours },
	{ "hours_per_day", put_hours_per_day },
	{ "shift_status", put_shift_status },
};

static bool is_word(const char *text, size_t length, const char *word)
{
	return strlen(word) == length && memcmp(text, word, length) == 0;
}

static const struct condition *find_condition(const char *text, size_t length)
{
	for (size_t i = 0; i < sizeof conditions / sizeof conditions[0]; i++) {
		if (is_word(text, length, conditions[i].word))
			return &conditions[i];
	}
	return NULL;
}

/* Returns 1 or 0, or -1 when there is no such condition. */
static int judge(const struct hero_place *place, const char *text, size_t length)
{
	bool no = length > 3 && strncmp(text, "no_", 3) == 0;
	const struct condition *condition = find_condition(text + (no ? 3 : 0), length - (no ? 3 : 0));

	return condition ? condition->holds(place) != no : -1;
}

static int put_word(struct buffer *out, const struct hero_place *place, const char *text, size_t length)
{
	int holds = judge(place, text, length);

	if (holds >= 0)
		return buffer_append_text(out, holds ? "true" : "false");
	for (size_t i = 0; i < sizeof choices / sizeof choices[0]; i++) {
		if (is_word(text, length, choices[i].word))
			return put_choice(out, place, &choices[i]);
	}
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		if (is_word(text, length, words[i].word))
			return words[i].put(out, place);
	}
	return -1;
}

int hero_write(struct buffer *out, const struct hero_place *place, bool detail)
{
	const struct hero_look *look = hero_look(place->set);
	const char *text = detail && look->detail ? look->detail : look->text;
	bool skipped = false;

	while (*text) {
		size_t length = strcspn(text, ">");

		if (*text != '<') {
			if (!skipped && buffer_append_char(out, *text == '\'' ? '"' : *text) < 0)
				return -1;
			text++;
			continue;
		}
		if (strncmp(text, "<if ", 4) == 0) {
			int holds = judge(place, text + 4, length - 4);

			if (holds < 0)
				return -1;
			skipped = !holds;
		} else if (is_word(text, length, "<end")) {
			skipped = false;
		} else if (!skipped && put_word(out, place, text + 1, length - 1) < 0) {
			return -1;
		}
		text += length + 1;
	}
	return 0;
}
