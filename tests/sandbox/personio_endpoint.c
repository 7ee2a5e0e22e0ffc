#include "config.h"

#include "sandbox/personio_endpoint.h"

#include "sandbox/http.h"

#include <string.h>

/* ---- Filters ------------------------------------------------------------------------------ */

#define WORD(name_, path_) \
	{ \
		.name = (name_), .path = (path_), .match = MATCH_WORD \
	}
#define IDS(name_, path_, kind_) \
	{ \
		.name = (name_), .path = (path_), .match = MATCH_WORD, .narrows = &(kind_) \
	}
#define CHOICE(name_, path_, choices_) \
	{ \
		.name = (name_), .path = (path_), .match = MATCH_CHOICE, .choices = (choices_) \
	}
#define TIME(name_, path_, match_, form_) \
	{ \
		.name = (name_), .path = (path_), .match = (match_), .form = (form_) \
	}
#define END \
	{ \
		.name = NULL \
	}

/* Strictly before and after. */
static const struct personio_filter person_filters[] = {
	IDS("id", "id", personio_persons),
	WORD("email", "email"),
	WORD("first_name", "first_name"),
	WORD("last_name", "last_name"),
	WORD("preferred_name", "preferred_name"),
	TIME("created_at.gt", "created_at", MATCH_AFTER, TIME_ZONED),
	TIME("created_at.lt", "created_at", MATCH_BEFORE, TIME_ZONED),
	TIME("updated_at.gt", "updated_at", MATCH_AFTER, TIME_ZONED),
	TIME("updated_at.lt", "updated_at", MATCH_BEFORE, TIME_ZONED),
	CHOICE("status", "status", "ACTIVE,INACTIVE"),
	END,
};

static const struct personio_filter employment_filters[] = {
	WORD("id", "id"),
	TIME("updated_at.gt", "updated_at", MATCH_AFTER, TIME_ZONED),
	TIME("updated_at.lt", "updated_at", MATCH_BEFORE, TIME_ZONED),
	END,
};

/* Ranges find what overlaps with them: where something begins is compared with the end of the range, where it
 * ends, a moment that it doesn't include, with the beginning. */
static const struct personio_filter absence_filters[] = {
	IDS("id", "id", personio_absence_periods),
	IDS("person.id", "person.id", personio_persons),
	WORD("absence_type.id", "absence_type.id"),
	TIME("starts_from.date_time.gte", "ends_at.date_time", MATCH_AFTER, TIME_ZONED),
	TIME("starts_from.date_time.lte", "starts_from.date_time", MATCH_TO, TIME_ZONED),
	TIME("ends_at.date_time.gte", "ends_at.date_time", MATCH_AFTER, TIME_ZONED),
	TIME("ends_at.date_time.lte", "starts_from.date_time", MATCH_TO, TIME_ZONED),
	TIME("updated_at.gte", "updated_at", MATCH_FROM, TIME_ZONED),
	TIME("updated_at.lte", "updated_at", MATCH_TO, TIME_ZONED),
	END,
};

/* Without a zone, whatever the documentation says of updated_at. */
static const struct personio_filter attendance_filters[] = {
	IDS("id", "id", personio_attendance_periods),
	IDS("person.id", "person.id", personio_persons),
	WORD("project.id", "project.id"),
	TIME("start.date_time.gte", "start.date_time", MATCH_FROM, TIME_LOCAL),
	TIME("start.date_time.lte", "start.date_time", MATCH_TO, TIME_LOCAL),
	TIME("end.date_time.gte", "end.date_time", MATCH_FROM, TIME_LOCAL),
	TIME("end.date_time.lte", "end.date_time", MATCH_TO, TIME_LOCAL),
	TIME("attribution_date.gte", "attribution_date", MATCH_FROM, TIME_DATE),
	TIME("attribution_date.lte", "attribution_date", MATCH_TO, TIME_DATE),
	TIME("updated_at.gte", "updated_at", MATCH_FROM, TIME_LOCAL),
	TIME("updated_at.lte", "updated_at", MATCH_TO, TIME_LOCAL),
	CHOICE("status", "approval.status", "PENDING,CONFIRMED,REJECTED"),
	END,
};

static const struct personio_filter project_filters[] = {
	WORD("id", "id"),
	CHOICE("status", "status", "ACTIVE,ARCHIVED"),
	{ .name = "includes", .match = MATCH_NOTHING },
	END,
};

static const struct personio_filter org_unit_filters[] = {
	{ .name = "type",
		.path = "type",
		.match = MATCH_CHOICE,
		.choices = "department,team",
		.required = true },
	END,
};

static const struct personio_filter legal_entity_filters[] = {
	IDS("id", "id", personio_legal_entities),
	WORD("country", "country"),
	END,
};

static const struct personio_filter named_filters[] = {
	WORD("id", "id"),
	WORD("name", "name"),
	END,
};

static const struct personio_filter document_filters[] = {
	{ .name = "owner_id",
		.path = "owner.id",
		.match = MATCH_WORD,
		.required = true,
		.narrows = &personio_persons },
	WORD("category_id", "category.id"),
	TIME("created_at.gte", "created_at", MATCH_FROM, TIME_DATE),
	TIME("created_at.lt", "created_at", MATCH_BEFORE, TIME_DATE),
	END,
};

static const struct personio_filter compensation_filters[] = {
	IDS("person.id", "person.id", personio_persons),
	WORD("legal_entity.id", "legal_entity.id"),
	END,
};

static const struct personio_filter application_filters[] = {
	WORD("candidate.email", "candidate.email"),
	TIME("updated_at.gt", "updated_at.date-time", MATCH_AFTER, TIME_ZONED),
	TIME("updated_at.lt", "updated_at.date-time", MATCH_BEFORE, TIME_ZONED),
	END,
};

/* ---- Endpoints ---------------------------------------------------------------------------- */

#define PERSONS "personio:persons:read"
#define ABSENCES "personio:absences:read"
#define ATTENDANCES "personio:attendances:read"
#define PROJECTS "personio:projects:read"
#define ORG_UNITS "personio:org-units:read"
#define LEGAL_ENTITIES "personio:legal-entities:read"
#define COST_CENTERS "personio:cost-centers:read"
#define WORKPLACES "personio:workplaces:read"
#define DOCUMENTS "documents:read"
#define COMPENSATIONS "personio:compensations:read"
#define REPORTS "personio:reports:read"
#define RECRUITING "personio:recruiting:read"

/* A list, and one of it by its id. */
#define PAGES(path_, form_, kind_, right_, max_, default_) \
	.path = (path_), .form = (form_), .records = &(kind_), .right = (right_), .limit_max = (max_), \
	.limit_default = (default_)
#define LIST(path_, kind_, right_, max_, default_) PAGES(path_, FORM_LIST, kind_, right_, max_, default_)
#define OBJECT(path_, kind_, right_) \
	.path = (path_), .form = FORM_OBJECT, .records = &(kind_), .owner = &(kind_), .right = (right_)
#define V1(path_, kind_, owner_, right_) \
	.path = (path_), .form = FORM_V1_LIST, .records = &(kind_), .owner = (owner_), .right = (right_)

/* Rates were seen at persons and absences; the others are assumed to be those of the absences. */
const struct personio_endpoint personio_endpoints[] = {
	{ .path = "/v2/auth/token", .form = FORM_TOKEN },
	{ .path = "/v2/auth/revoke", .form = FORM_REVOKE },
	{ .path = "/v1/auth", .form = FORM_V1_TOKEN },

	{ LIST("/v2/persons", personio_persons, PERSONS, 50, 10), .denied = 401, .rate = 30,
		.filters = person_filters },
	{ OBJECT("/v2/persons/*", personio_persons, PERSONS), .denied = 401, .rate = 30 },
	{ LIST("/v2/persons/*/employments", personio_employments, PERSONS, 50, 10),
		.owner = &personio_persons, .rate = 30, .next_path = "/v2/employments",
		.filters = employment_filters },

	{ LIST("/v2/absence-periods", personio_absence_periods, ABSENCES, 100, 100), .rate = 10,
		.filters = absence_filters },
	{ OBJECT("/v2/absence-periods/*", personio_absence_periods, ABSENCES), .rate = 10 },
	{ LIST("/v2/absence-periods/*/breakdowns", personio_absence_breakdowns, ABSENCES, 28, 28),
		.owner = &personio_absence_periods, .rate = 10 },
	{ LIST("/v2/absence-types", personio_absence_types, ABSENCES, 100, 100), .rate = 10 },
	{ OBJECT("/v2/absence-types/*", personio_absence_types, ABSENCES), .rate = 10 },

	{ LIST("/v2/attendance-periods", personio_attendance_periods, ATTENDANCES, 100, 100), .rate = 10,
		.peculiar = PERSONIO_RELATIVE_NEXT, .filters = attendance_filters },
	{ OBJECT("/v2/attendance-periods/*", personio_attendance_periods, ATTENDANCES), .rate = 10 },
	{ LIST("/v2/projects", personio_projects, PROJECTS, 100, 100), .rate = 10,
		.filters = project_filters },
	{ OBJECT("/v2/projects/*", personio_projects, PROJECTS), .rate = 10 },

	{ LIST("/v2/org-units", personio_org_units, ORG_UNITS, 100, 20), .rate = 10,
		.peculiar = PERSONIO_BETA | PERSONIO_REPEATS | PERSONIO_PARENTS,
		.filters = org_unit_filters },
	{ OBJECT("/v2/org-units/*", personio_org_units, ORG_UNITS), .rate = 10,
		.peculiar = PERSONIO_BETA | PERSONIO_PARENTS, .filters = org_unit_filters },
	{ LIST("/v2/legal-entities", personio_legal_entities, LEGAL_ENTITIES, 100, 20), .rate = 10,
		.filters = legal_entity_filters },
	{ OBJECT("/v2/legal-entities/*", personio_legal_entities, LEGAL_ENTITIES), .rate = 10 },
	{ LIST("/v2/cost-centers", personio_cost_centers, COST_CENTERS, 100, 50), .rate = 10,
		.peculiar = PERSONIO_BETA, .filters = named_filters },
	{ LIST("/v2/workplaces", personio_workplaces, WORKPLACES, 100, 50), .rate = 10,
		.peculiar = PERSONIO_BETA, .filters = named_filters },

	{ LIST("/v2/document-management/documents", personio_documents, DOCUMENTS, 200, 200), .rate = 10,
		.filters = document_filters },
	{ LIST("/v2/compensations", personio_compensations, COMPENSATIONS, 100, 100), .rate = 10,
		.peculiar = PERSONIO_MONTH, .filters = compensation_filters },
	{ LIST("/v2/compensations/types", personio_compensation_types, COMPENSATIONS, 100, 100), .rate = 10 },

	{ LIST("/v2/reports", personio_reports, REPORTS, 100, 100), .denied = 400, .rate = 10,
		.peculiar = PERSONIO_CURSOR_ALONE },
	{ PAGES("/v2/reports/*", FORM_REPORT, personio_report_rows, REPORTS, 100, 100),
		.owner = &personio_reports, .denied = 400, .rate = 10, .peculiar = PERSONIO_CURSOR_ALONE },

	{ LIST("/v2/recruiting/applications", personio_applications, RECRUITING, 100, 20), .rate = 10,
		.peculiar = PERSONIO_BETA, .filters = application_filters },
	{ OBJECT("/v2/recruiting/applications/*", personio_applications, RECRUITING), .rate = 10,
		.peculiar = PERSONIO_BETA },
	{ LIST("/v2/recruiting/candidates", personio_candidates, RECRUITING, 100, 20), .rate = 10,
		.peculiar = PERSONIO_BETA },
	{ OBJECT("/v2/recruiting/candidates/*", personio_candidates, RECRUITING), .rate = 10,
		.peculiar = PERSONIO_BETA },
	{ LIST("/v2/recruiting/jobs", personio_jobs, RECRUITING, 100, 20), .rate = 10,
		.peculiar = PERSONIO_BETA },
	{ OBJECT("/v2/recruiting/jobs/*", personio_jobs, RECRUITING), .rate = 10, .peculiar = PERSONIO_BETA },
	{ LIST("/v2/recruiting/categories", personio_categories, RECRUITING, 100, 20), .rate = 10,
		.peculiar = PERSONIO_BETA },
	{ OBJECT("/v2/recruiting/categories/*", personio_categories, RECRUITING), .rate = 10,
		.peculiar = PERSONIO_BETA },

	{ V1("/v1/company/employees/attributes", personio_v1_attributes, NULL, PERSONS) },
	{ V1("/v1/company/employees/custom-attributes", personio_v1_attributes, NULL, PERSONS) },
	{ V1("/v1/company/employees/*/absences/balance", personio_v1_balances, &personio_persons, ABSENCES) },
};

const size_t personio_endpoint_count = sizeof personio_endpoints / sizeof personio_endpoints[0];

const struct personio_endpoint *personio_route(char id[PERSONIO_ID_SIZE], const char *path)
{
	for (size_t i = 0; i < personio_endpoint_count; i++) {
		if (path_matches(id, PERSONIO_ID_SIZE, personio_endpoints[i].path, path))
			return &personio_endpoints[i];
	}
	return NULL;
}

enum request_kind personio_request_kind(const struct personio_endpoint *endpoint)
{
	if (!endpoint || endpoint->form == FORM_REVOKE)
		return REQUEST_OTHER;
	if (endpoint->form == FORM_TOKEN || endpoint->form == FORM_V1_TOKEN)
		return REQUEST_TOKEN;
	return endpoint->form == FORM_OBJECT ? REQUEST_OBJECT : REQUEST_LIST;
}

bool personio_is_v1(const char *path)
{
	return strncmp(path, "/v1/", 4) == 0;
}
