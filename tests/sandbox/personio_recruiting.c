/* Personio's recruiting: jobs, those who apply for them, and how far they have come. The names of the members
 * are those that clients read; how a time is written in them is assumed from the name date-time. */
#include "config.h"

#include "sandbox/personio_data.h"
#include "sandbox/personio_space.h"

#include <inttypes.h>
#include <stdio.h>

#define DAY_S 86400
#define JOBS 6
#define CATEGORIES 3
#define CANDIDATES 60
#define APPLICATIONS 90

static const char *const job_names[JOBS] = { "Backend Engineer (m/w/d)", "Sales Lead", "Werkstudent \"Data\"",
	"Office Manager", "UX リサーチャー", "Controller" };
static const char *const category_names[CATEGORIES] = { "Engineering", "Vertrieb", "Operations" };

static json_t *make_time(int64_t seconds)
{
	return json_pack("{s:s, s:s}", "date-time", personio_time(seconds, "").text, "timezone", "UTC");
}

static json_t *make_name(const struct personio_kind *kind, uint64_t place, const char *name)
{
	return json_pack("{s:s, s:s}", "id", personio_id(kind, place).text, "name", name);
}

static json_t *make_department(uint64_t job)
{
	return make_name(&personio_org_units, 1 + job % 4,
		(const char *[]){
			"Engineering", "Vertrieb & Marketing", "人事部", "Finance \\ Tax" }[job % 4]);
}

static int64_t day_of(uint64_t place)
{
	return PEOPLE_EPOCH + 700 + (int64_t)place * 3;
}

/* ---- Categories and jobs --------------------------------------------------------------- */

static int make_category(json_t **out, const struct personio_view *view, uint64_t place)
{
	(void)view;
	return personio_made(out, json_pack("{s:s, s:s, s:[{s:s, s:s}, {s:s, s:s}], s:{s:s}}", "id",
					  personio_id(&personio_categories, place).text, "name",
					  category_names[place], "stages", "id", "901", "name", "Screening",
					  "id", "902", "name", "Interview", "company", "id", "4711"));
}

const struct personio_kind personio_categories = {
	.per = CATEGORIES, .first_id = 801, .make = make_category
};

static int make_job(json_t **out, const struct personio_view *view, uint64_t place)
{
	json_t *made;

	(void)view;
	made = json_pack("{s:s, s:s, s:o, s:o, s:[{s:s, s:s}], s:{s:s}, s:o, s:o}", "id",
		personio_id(&personio_jobs, place).text, "name", job_names[place], "department",
		make_department(place), "category",
		make_name(&personio_categories, place % CATEGORIES, category_names[place % CATEGORIES]),
		"hiring_team", "person_id", personio_id(&personio_persons, place).text, "role",
		"HIRING_MANAGER", "company", "id", "4711", "created_at", make_time(day_of(place) * DAY_S),
		"updated_at", make_time(day_of(place) * DAY_S + 3600));
	return personio_made(out, made);
}

const struct personio_kind personio_jobs = { .per = JOBS, .first_id = 2001, .make = make_job };

/* ---- Candidates and applications ------------------------------------------------------- */

/* Candidates are people, too, but others than the company's first. */
static void find_candidate(struct person *out, struct personio_text *email, uint64_t place)
{
	people_get(out, place + 700);
	(void)snprintf(email->text, sizeof email->text, "%.20s%" PRIu64 "@example.org", out->latin, place);
}

static json_t *list_applications(uint64_t candidate)
{
	json_t *list = json_array();

	for (uint64_t i = candidate; i < APPLICATIONS; i += CANDIDATES)
		personio_append(&list, json_pack("{s:s}", "id", personio_id(&personio_applications, i).text));
	return list;
}

static int make_candidate(json_t **out, const struct personio_view *view, uint64_t place)
{
	struct person person;
	struct personio_text email;

	(void)view;
	find_candidate(&person, &email, place);
	return personio_made(
		out, json_pack("{s:s, s:s, s:s, s:s, s:s?, s:s?, s:s?, s:s?, s:s?, s:s?, s:o, s:o, s:o}",
			     "id", personio_id(&personio_candidates, place).text, "first_name", person.given,
			     "last_name", person.family, "email", email.text, "gender",
			     place % 3 ? NULL : "female", "phone", place % 2 ? NULL : "+49 89 1250 1005",
			     "location", place % 4 ? "Berlin" : NULL, "birthday",
			     place % 5 ? NULL : personio_day(person.birth).text, "linkedin_profile",
			     place % 6 ? NULL : "https://www.linkedin.com/in/example/", "available_from",
			     place % 2 ? personio_day(day_of(place) + 90).text : NULL, "applications",
			     list_applications(place), "created_at", make_time(day_of(place) * DAY_S),
			     "updated_at", make_time(day_of(place) * DAY_S + 7200)));
}

const struct personio_kind personio_candidates = {
	.per = CANDIDATES,
	.space = PERSONIO_SPACE_CANDIDATE,
	.make = make_candidate,
};

static json_t *make_stage(uint64_t place)
{
	static const char *const kinds[] = { "SYSTEM", "CUSTOM", "CUSTOM" };
	static const char *const types[] = { "UNASSIGNED", "SCREENING", "INTERVIEW" };
	static const char *const ids[] = { NULL, "901", "902" };
	static const char *const names[] = { NULL, "Screening", "Interview" };

	return json_pack("{s:s?, s:s, s:s?, s:s}", "id", ids[place % 3], "kind", kinds[place % 3], "name",
		names[place % 3], "type", types[place % 3]);
}

/* Last updated last. */
static int make_application(json_t **out, const struct personio_view *view, uint64_t place)
{
	uint64_t candidate = place % CANDIDATES;
	uint64_t job = place % JOBS;
	struct person person;
	struct personio_text email;
	json_t *made;

	(void)view;
	find_candidate(&person, &email, candidate);
	made = json_pack(
		"{s:s, s:s, s:{s:s, s:s, s:s, s:s, s:s?}, s:{s:s, s:s, s:o, s:s}, s:o, s:{s:s, s:s}, "
		"s:[], s:b, s:o, s:o}",
		"id", personio_id(&personio_applications, place).text, "application_date",
		personio_day(day_of(place)).text, "candidate", "id",
		personio_id(&personio_candidates, candidate).text, "email", email.text, "first_name",
		person.given, "last_name", person.family, "gender", candidate % 3 ? NULL : "female", "job",
		"id", personio_id(&personio_jobs, job).text, "name", job_names[job], "department",
		make_department(job), "category", category_names[job % CATEGORIES], "current_stage",
		make_stage(place), "channel", "id", "31", "name", "LinkedIn", "hiring_team", "is_anonymized",
		place % 29 == 0, "created_at", make_time(day_of(place) * DAY_S), "updated_at",
		make_time(day_of(place) * DAY_S + 5400));
	return personio_made(out, made);
}

const struct personio_kind personio_applications = {
	.per = APPLICATIONS,
	.space = PERSONIO_SPACE_APPLICATION,
	.make = make_application,
};
