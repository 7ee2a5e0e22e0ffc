/* Personio: its public API, read-only. Tables alone.
 *
 * Sources, as of November 2026: the reference, the changelog and the discussions at
 * https://developer.personio.de, and the descriptions of v1 at https://github.com/Personio/api-docs.
 * v2 is used for all that it has; v1 for the two things that exist nowhere else. */
#include "records.h"

#include <muster/plugin.h>

#define API "https://api.personio.de"

static const struct muster_host hosts[] = {
	{ .name = "api.personio.de", .use = MUSTER_API | MUSTER_TOKEN },
};

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

/* The aliases are those of v1, whose tokens name what the same credentials may do. */
static const struct muster_scope scopes[] = {
	{ .id = PERSONS, .label = "Employees", .aliases = "employees:read" },
	{ .id = ABSENCES, .aliases = "absences:read" },
	{ .id = ATTENDANCES, .label = "Attendances", .aliases = "attendances:read" },
	{ .id = PROJECTS, .certainty = MUSTER_ASSUMED },
	{ .id = ORG_UNITS, .certainty = MUSTER_ASSUMED },
	{ .id = LEGAL_ENTITIES, .certainty = MUSTER_ASSUMED },
	{ .id = COST_CENTERS, .certainty = MUSTER_ASSUMED },
	{ .id = WORKPLACES, .certainty = MUSTER_ASSUMED },
	{ .id = DOCUMENTS, .aliases = "personio:documents:read", .certainty = MUSTER_ASSUMED },
	{ .id = COMPENSATIONS },
	{ .id = REPORTS, .aliases = "reports.custom:read", .certainty = MUSTER_ASSUMED },
	{ .id = RECRUITING },
};

/* ---- Authentication ------------------------------------------------------------------ */

static const struct muster_field credentials[] = {
	{ .id = "client_id",
		.label = "Client ID",
		.help = "Shown when the API credential was generated, under Settings, API credentials.",
		.characters = "0-9A-Za-z_-",
		.type = MUSTER_TEXT,
		.flags = MUSTER_REQUIRED,
		.max_length = 256 },
	{ .id = "client_secret",
		.label = "Client secret",
		.help = "Shown with the client ID.",
		.type = MUSTER_SECRET,
		.flags = MUSTER_REQUIRED,
		.max_length = 1024 },
	{ .id = "app_id",
		.label = "Company name",
		.help = "In capital letters, as the API credential was named: ACME_GMBH.",
		.characters = "A-Z0-9_",
		.type = MUSTER_TEXT,
		.flags = MUSTER_REQUIRED,
		.max_length = 128,
		.normal = MUSTER_UPPER_SNAKE },
	{ .id = "partner_id",
		.label = "Partner ID",
		.help = "For partners of Personio: the name that was agreed on, in capital letters.",
		.characters = "A-Z0-9_",
		.type = MUSTER_TEXT,
		.flags = MUSTER_ADVANCED,
		.level = MUSTER_PROFILE,
		.max_length = 128,
		.normal = MUSTER_UPPER_SNAKE },
};

/* Reference, "include our headers in your requests": both are in capital letters, with underscores. */
static const struct muster_place places[] = {
	{ .name = "client_id", .value = "{field.client_id}", .where = MUSTER_TOKEN_FORM },
	{ .name = "client_secret", .value = "{field.client_secret}", .where = MUSTER_TOKEN_FORM },
	{ .name = "X-Personio-App-ID", .value = "{field.app_id}", .where = MUSTER_TOKEN_HEADER },
	{ .name = "X-Personio-Partner-ID", .value = "{field.partner_id}", .where = MUSTER_TOKEN_HEADER },
	{ .name = "Authorization", .value = "Bearer {token}", .where = MUSTER_CALL_HEADER },
	{ .name = "X-Personio-App-ID", .value = "{field.app_id}", .where = MUSTER_CALL_HEADER },
	{ .name = "X-Personio-Partner-ID", .value = "{field.partner_id}", .where = MUSTER_CALL_HEADER },
};

/* What shows attributes of persons. */
#define WITH_ATTRIBUTES "list_employees get_employee list_attributes"

static const struct muster_step guide[] = {
	{ .title = "Sign in as an administrator",
		.text = "Sign in to Personio with an account that has admin rights, and choose Settings in the"
			" menu on the left." },
	{ .title = "Open the API credentials",
		.text = "Among the integrations, choose API credentials, then Generate new credential." },
	{ .title = "Enter the name of the company",
		.text = "Put the company's name into the field for the name, in capital letters; a space"
			" becomes an underscore: ACME_GMBH. It is what is asked for below as company name." },
	{ .title = "Choose the integration method",
		.text = "Where an integration method is asked for, choose Other." },
	{ .title = "Select the permissions",
		.text = "Select exactly these, for reading: {scopes}. The page shows them by the names of"
			" areas; a permission to write does not include that to read." },
	{ .title = "Choose the attributes",
		.text = "Press Choose attributes and select what may be read of an employee. What is not"
			" selected is left out of the answers without a word.",
		.actions = WITH_ATTRIBUTES },
	{ .title = "Generate the credential", .text = "Press Generate new credential, then Save." },
	{ .title = "Copy the client ID and the client secret",
		.text = "Copy both and keep them in a password manager. They are as good as a key to the data"
			" that was selected: give them to nobody but the person who links this account." },
	{ .title = "Share the reports",
		.text = "Open each report that is to be read and share it with this credential: the permission"
			" alone shows none.",
		.actions = "list_reports get_report" },
};

#define WITHOUT_ATTRIBUTES \
	" list_absence_periods list_attendance_periods list_projects list_departments list_teams list_legal_entities" \
	" list_cost_centres list_workplaces list_compensation_types list_reports list_job_categories"

static const struct muster_auth auths[] = {
	/* Without a scope the token has all that the credential has. A refresh token is in the schema of the
	 * answer, but not used. */
	{ .id = "v2",
		.label = "API credentials",
		.token_url = API "/v2/auth/token",
		MUSTER_ROWS(fields, credentials),
		MUSTER_ROWS(places, places),
		MUSTER_ROWS(guide, guide),
		.grant = MUSTER_CLIENT_CREDENTIALS,
		.revoke_url = API "/v2/auth/revoke",
		.prove = "list_employees" WITHOUT_ATTRIBUTES },
	/* The older API has tokens of its own, from the same credentials. They are the same for 24 hours,
	 * however often they are asked for, so that nothing is lost by asking. A wrong secret may be answered
	 * with status 200 and success false. */
	{ .id = "v1",
		.label = "API credentials, older API",
		.token_url = API "/v1/auth",
		MUSTER_ROWS(places, places),
		.grant = MUSTER_TOKEN_REQUEST,
		.token_pointer = "/data/token",
		.expires_pointer = "/data/expires_in",
		.scope_pointer = "/data/scope",
		.fields_of = "v2",
		.prove = "list_attributes" },
};

/* ---- Pages and parameters ------------------------------------------------------------ */

/* The link is followed as it is: whether filters have to be sent with a cursor differs from one endpoint to
 * the next, and the link of each is right. One was seen that went on for ever after the last record. */
#define PAGES(size_) \
	{ \
		.from = "/_meta/links/next/href", .kind = MUSTER_NEXT_LINK, .flags = MUSTER_STOP_WHEN_EMPTY, \
		.size_name = "limit", .size = (size_) \
	}

/* More than an endpoint allows is answered with status 400. Reference, "absence periods breakdowns": 28 at most. */
static const struct muster_paging twenty_eight[] = { PAGES(28) };
static const struct muster_paging fifty[] = { PAGES(50) };
static const struct muster_paging hundred[] = { PAGES(100) };
static const struct muster_paging two_hundred[] = { PAGES(200) };

/* The published example of an employment's next link has another path than the endpoint, one that does not
 * exist: only its cursor is of use. */
static const struct muster_paging employment_pages[] = {
	{ .from = "/_meta/links/next/href",
		.to = "cursor",
		.kind = MUSTER_CURSOR_IN_LINK,
		.flags = MUSTER_STOP_WHEN_EMPTY,
		.size_name = "limit",
		.size = 50 },
};

#define ID_CHARACTERS "0-9A-Za-z_-"

#define ID(label_) \
	{ \
		.id = "id", .label = (label_), .characters = ID_CHARACTERS, .place = MUSTER_PATH, \
		.flags = MUSTER_REQUIRED, .max_length = 64 \
	}

/* Several ids are joined by commas. */
#define IDS(id_, label_, help_, name_) \
	{ \
		.id = (id_), .label = (label_), .help = (help_), .name = (name_), \
		.characters = ID_CHARACTERS, .flags = MUSTER_LIST, .max_length = 64, .join = "," \
	}

#define MOMENT(id_, label_, help_, name_, format_) \
	{ \
		.id = (id_), .label = (label_), .help = (help_), .name = (name_), \
		.type = MUSTER_PARAMETER_DATE_TIME, .format = (format_) \
	}

#define DAY(id_, label_, help_, name_, format_) \
	{ \
		.id = (id_), .label = (label_), .help = (help_), .name = (name_), \
		.type = MUSTER_PARAMETER_DATE, .format = (format_) \
	}

#define PERSON IDS("employee_id", "Employee ID", "Only of these employees.", "person.id")

/* Persons and recruiting compare strictly, periods do not. */
#define UPDATED_GT \
	MOMENT("updated_after", "Updated after", "Only what changed after this moment.", "updated_at.gt", \
		MUSTER_UTC), \
		MOMENT("updated_before", "Updated before", "Only what changed before this moment.", \
			"updated_at.lt", MUSTER_UTC)

static const struct muster_parameter by_employee[] = { ID("Employee ID") };
static const struct muster_parameter by_time_off[] = { ID("Time off ID") };
static const struct muster_parameter by_timesheet_entry[] = { ID("Timesheet entry ID") };

static const struct muster_choice person_statuses[] = {
	{ .value = "ACTIVE", .label = "active, on leave, or about to begin" },
	{ .value = "INACTIVE", .label = "no longer in service" },
};

static const struct muster_parameter person_filters[] = {
	{ .id = "status",
		.label = "Status",
		.help = "Only persons with this status.",
		MUSTER_ROWS(choices, person_statuses) },
	UPDATED_GT,
	IDS("employee_id", "Employee ID", "Only these employees.", "id"),
	{ .id = "email",
		.label = "E-mail",
		.help = "Only the employees with these addresses.",
		.flags = MUSTER_LIST,
		.max_length = 254,
		.join = "," },
	{ .id = "first_name", .label = "First name", .help = "Only employees of this first name." },
	{ .id = "last_name", .label = "Last name", .help = "Only employees of this last name." },
};

static const struct muster_parameter employment_filters[] = { ID("Employee ID"), UPDATED_GT };

/* Both days together find what overlaps with them. The API wants date and time with a zone here. */
static const struct muster_parameter time_off_filters[] = {
	PERSON,
	IDS("time_off_type_id", "Time off type ID", "Only of these kinds.", "absence_type.id"),
	DAY("start_date", "From", "Only what is still going on on this day, or comes later.",
		"starts_from.date_time.gte", MUSTER_DAY_START_UTC),
	DAY("end_date", "Until", "Only what has begun by this day.", "ends_at.date_time.lte",
		MUSTER_DAY_END_UTC),
	MOMENT("updated_after", "Updated after", "Only what changed at this moment or later.",
		"updated_at.gte", MUSTER_UTC),
	MOMENT("updated_before", "Updated before", "Only what changed at this moment or before.",
		"updated_at.lte", MUSTER_UTC),
};

static const struct muster_choice confirmation_choices[] = {
	{ .value = "PENDING", .label = "not yet approved" },
	{ .value = "CONFIRMED", .label = "approved" },
	{ .value = "REJECTED", .label = "rejected" },
};

/* Times are local and without a zone here; the documentation shows updated_at with a Z, which is answered with
 * status 400. */
static const struct muster_parameter timesheet_filters[] = {
	PERSON,
	IDS("project_id", "Project ID", "Only on these projects.", "project.id"),
	{ .id = "status",
		.label = "Status",
		.help = "Only entries with this status.",
		MUSTER_ROWS(choices, confirmation_choices) },
	DAY("start_date", "From", "Only what counts for this day or a later one.", "attribution_date.gte",
		MUSTER_ISO),
	DAY("end_date", "Until", "Only what counts for this day or an earlier one.", "attribution_date.lte",
		MUSTER_ISO),
	MOMENT("updated_after", "Updated after", "Only what changed at this moment or later, in local time.",
		"updated_at.gte", MUSTER_LOCAL),
	MOMENT("updated_before", "Updated before",
		"Only what changed at this moment or before, in local time.", "updated_at.lte", MUSTER_LOCAL),
};

static const struct muster_parameter legal_entity_filters[] = {
	{ .id = "country",
		.label = "Country",
		.help = "Only those of these countries: DE,IE.",
		.characters = "A-Z",
		.flags = MUSTER_LIST,
		.max_length = 2,
		.join = "," },
};

/* Reference, "list cost centers": several names are joined by commas. */
static const struct muster_parameter name_filters[] = {
	{ .id = "name",
		.label = "Name",
		.help = "Only what has one of these names.",
		.flags = MUSTER_LIST,
		.max_length = 255,
		.join = "," },
};

/* Reference, "list document metadata": plain dates in all examples. */
static const struct muster_parameter document_filters[] = {
	{ .id = "id",
		.label = "Employee ID",
		.name = "owner_id",
		.characters = ID_CHARACTERS,
		.flags = MUSTER_REQUIRED,
		.max_length = 64 },
	{ .id = "category_id",
		.label = "Category ID",
		.help = "Only documents of this category.",
		.characters = ID_CHARACTERS,
		.max_length = 64 },
	DAY("created_after", "Created after", "Only what was made on this day or later.", "created_at.gte",
		MUSTER_ISO),
	DAY("created_before", "Created before", "Only what was made before this day.", "created_at.lt",
		MUSTER_ISO),
};

static const struct muster_parameter compensation_filters[] = {
	DAY("start_date", "From", "First day; left out, that of the month of the last.", NULL, MUSTER_ISO),
	DAY("end_date", "Until", "Last day; left out, that of the month of the first, or of this month.",
		NULL, MUSTER_ISO),
	PERSON,
	IDS("legal_entity_id", "Legal entity ID", "Only of these companies.", "legal_entity.id"),
};

static const struct muster_parameter by_report[] = {
	ID("Report ID"),
	{ .id = "locale",
		.label = "Language",
		.help = "The language of the columns' labels: en.",
		.characters = "A-Za-z_-",
		.max_length = 16 },
};

static const struct muster_parameter application_filters[] = {
	UPDATED_GT,
	{ .id = "email",
		.label = "E-mail",
		.help = "Only applications of the candidate with this address.",
		.name = "candidate.email" },
};

/* ---- What actions are repeated over, completed by, and sent with --------------------- */

static const struct muster_each each_employee[] = { { .action = "list_employees", .to = "id" } };
static const struct muster_each each_time_off[] = { { .action = "list_absence_periods", .to = "id" } };
static const struct muster_each each_report[] = { { .action = "list_reports", .to = "id" } };

/* Reference, "list compensations": the end may be a month after the start, not more. */
static const struct muster_each each_month[] = {
	{ .from = "start_date", .to = "end_date", .over = MUSTER_OVER_MONTHS, .count = 1 },
};

/* A person has only the ids of the employments, which hold the rest. */
static const struct muster_completion by_employments[] = {
	{ .action = "list_employments", .parameter = "id", .fields = OF_EMPLOYMENT },
};

/* What every person has, unless the attributes of the credential leave it out; the answer does not say so. */
#define ATTRIBUTES "first_name last_name work_email"

/* Without it these endpoints answered with status 404. The changelog says that none of them needs it any more;
 * accounts were seen since where some still do, and it does no harm. */
static const struct muster_header beta[] = { { .name = "Beta", .value = "true" } };

/* ---- Actions ------------------------------------------------------------------------- */

#define LIST(id_, label_, scopes_, path_, model_) \
	.id = (id_), .label = (label_), .auth = "v2", .scopes = scopes_, .request = "GET " API path_, \
	.records = "/_data", .model = (model_), .key = "id"

#define GET(id_, label_, scopes_, path_, model_) \
	.id = (id_), .label = (label_), .auth = "v2", .scopes = scopes_, .request = "GET " API path_, \
	.model = (model_), .key = "id"

static const struct muster_action actions[] = {
	{ LIST("list_employees", "List Persons", PERSONS, "/v2/persons", "employee"),
		MUSTER_ROWS(parameters, person_filters), MUSTER_ROWS(paging, fifty),
		MUSTER_ROWS(map, employee), MUSTER_ROWS(completions, by_employments),
		.expected = ATTRIBUTES },
	{ GET("get_employee", "Get Person", PERSONS, "/v2/persons/{parameter.id}", "employee"),
		MUSTER_ROWS(parameters, by_employee), MUSTER_ROWS(map, employee), .result = MUSTER_OBJECT,
		MUSTER_ROWS(completions, by_employments), .expected = ATTRIBUTES },
	{ LIST("list_employments", "List Employments of a Person", PERSONS,
		  "/v2/persons/{parameter.id}/employments", "employment"),
		MUSTER_ROWS(parameters, employment_filters), MUSTER_ROWS(paging, employment_pages),
		MUSTER_ROWS(map, employment), MUSTER_ROWS(each, each_employee) },
	{ LIST("list_absence_periods", "List Absence Periods", ABSENCES, "/v2/absence-periods", "time_off"),
		MUSTER_ROWS(parameters, time_off_filters), MUSTER_ROWS(paging, hundred),
		MUSTER_ROWS(map, time_off) },
	{ GET("get_absence_period", "Get Absence Period", ABSENCES, "/v2/absence-periods/{parameter.id}",
		  "time_off"),
		MUSTER_ROWS(parameters, by_time_off), MUSTER_ROWS(map, time_off), .result = MUSTER_OBJECT },
	{ .id = "list_absence_breakdowns",
		.label = "List Absence Breakdowns",
		.help = "What each day of an absence takes.",
		.auth = "v2",
		.scopes = ABSENCES,
		.request = "GET " API "/v2/absence-periods/{parameter.id}/breakdowns",
		.records = "/_data",
		.model = "time_off_day",
		.key = "time_off_id date",
		MUSTER_ROWS(parameters, by_time_off),
		MUSTER_ROWS(paging, twenty_eight),
		MUSTER_ROWS(map, time_off_day),
		MUSTER_ROWS(each, each_time_off) },
	{ LIST("list_absence_types", "List Absence Types", ABSENCES, "/v2/absence-types", "time_off_type"),
		MUSTER_ROWS(paging, hundred), MUSTER_ROWS(map, time_off_type) },
	{ LIST("list_attendance_periods", "List Attendance Periods", ATTENDANCES, "/v2/attendance-periods",
		  "timesheet_entry"),
		MUSTER_ROWS(parameters, timesheet_filters), MUSTER_ROWS(paging, hundred),
		MUSTER_ROWS(map, timesheet_entry) },
	{ GET("get_attendance_period", "Get Attendance Period", ATTENDANCES,
		  "/v2/attendance-periods/{parameter.id}", "timesheet_entry"),
		MUSTER_ROWS(parameters, by_timesheet_entry), MUSTER_ROWS(map, timesheet_entry),
		.result = MUSTER_OBJECT },
	{ LIST("list_projects", "List Projects", PROJECTS, "/v2/projects", "project"),
		MUSTER_ROWS(paging, hundred), MUSTER_ROWS(map, project) },
	{ LIST("list_departments", "List Departments", ORG_UNITS, "/v2/org-units?type=department",
		  "department"),
		MUSTER_ROWS(paging, hundred), MUSTER_ROWS(map, org_unit), MUSTER_ROWS(headers, beta) },
	{ LIST("list_teams", "List Teams", ORG_UNITS, "/v2/org-units?type=team", "team"),
		MUSTER_ROWS(paging, hundred), MUSTER_ROWS(map, org_unit), MUSTER_ROWS(headers, beta) },
	{ LIST("list_legal_entities", "List Legal Entities", LEGAL_ENTITIES, "/v2/legal-entities",
		  "legal_entity"),
		MUSTER_ROWS(parameters, legal_entity_filters), MUSTER_ROWS(paging, hundred),
		MUSTER_ROWS(map, legal_entity) },
	{ LIST("list_cost_centres", "List Cost Centers", COST_CENTERS, "/v2/cost-centers", "cost_centre"),
		MUSTER_ROWS(parameters, name_filters), MUSTER_ROWS(paging, hundred),
		MUSTER_ROWS(map, cost_centre), MUSTER_ROWS(headers, beta) },
	{ LIST("list_workplaces", "List Workplaces", WORKPLACES, "/v2/workplaces", "work_location"),
		MUSTER_ROWS(parameters, name_filters), MUSTER_ROWS(paging, hundred),
		MUSTER_ROWS(map, work_location), MUSTER_ROWS(headers, beta) },
	{ LIST("list_documents", "List Documents of a Person", DOCUMENTS, "/v2/document-management/documents",
		  "document"),
		MUSTER_ROWS(parameters, document_filters), MUSTER_ROWS(paging, two_hundred),
		MUSTER_ROWS(map, document), MUSTER_ROWS(each, each_employee) },
	{ LIST("list_compensations", "List Compensations", COMPENSATIONS, "/v2/compensations",
		  "compensation"),
		MUSTER_ROWS(parameters, compensation_filters), MUSTER_ROWS(paging, hundred),
		MUSTER_ROWS(map, compensation), MUSTER_ROWS(each, each_month) },
	{ LIST("list_compensation_types", "List Compensation Types", COMPENSATIONS, "/v2/compensations/types",
		  "compensation_type"),
		MUSTER_ROWS(paging, hundred), MUSTER_ROWS(map, compensation_type) },
	{ LIST("list_reports", "List Reports", REPORTS, "/v2/reports", "report"),
		MUSTER_ROWS(paging, hundred), MUSTER_ROWS(map, report) },
	{ .id = "get_report",
		.label = "Get Report",
		.help = "The rows of a report; one that is grouped, or a chart, can't be read.",
		.auth = "v2",
		.scopes = REPORTS,
		.request = "GET " API "/v2/reports/{parameter.id}",
		.records = "/_data",
		.model = "report_row",
		.key = "report_id row",
		MUSTER_ROWS(parameters, by_report),
		MUSTER_ROWS(paging, hundred),
		MUSTER_ROWS(map, report_row),
		.result = MUSTER_GRID,
		.columns = "/_meta/columns",
		MUSTER_ROWS(each, each_report) },
	{ LIST("list_applications", "List Applications", RECRUITING, "/v2/recruiting/applications",
		  "application"),
		MUSTER_ROWS(parameters, application_filters), MUSTER_ROWS(paging, hundred),
		MUSTER_ROWS(map, application), MUSTER_ROWS(headers, beta) },
	{ LIST("list_candidates", "List Candidates", RECRUITING, "/v2/recruiting/candidates", "candidate"),
		MUSTER_ROWS(paging, hundred), MUSTER_ROWS(map, candidate), MUSTER_ROWS(headers, beta) },
	{ LIST("list_jobs", "List Jobs", RECRUITING, "/v2/recruiting/jobs", "job"),
		MUSTER_ROWS(paging, hundred), MUSTER_ROWS(map, job), MUSTER_ROWS(headers, beta) },
	{ LIST("list_job_categories", "List Categories of Jobs", RECRUITING, "/v2/recruiting/categories",
		  "job_category"),
		MUSTER_ROWS(paging, hundred), MUSTER_ROWS(map, job_category), MUSTER_ROWS(headers, beta) },
	{ .id = "list_absence_balances",
		.label = "List Absence Balances of an Employee",
		.help = "What is left of each kind of absence; kinds have other ids in this older API, but the same names.",
		.auth = "v1",
		.scopes = ABSENCES,
		.request = "GET " API "/v1/company/employees/{parameter.id}/absences/balance",
		.records = "/data",
		.model = "time_off_balance",
		.key = "employee_id time_off_type_id",
		MUSTER_ROWS(parameters, by_employee),
		MUSTER_ROWS(map, time_off_balance),
		MUSTER_ROWS(each, each_employee) },
	{ .id = "list_attributes",
		.label = "List Attributes",
		.help = "The attributes of persons that the credential may see.",
		.auth = "v1",
		.scopes = PERSONS,
		.request = "GET " API "/v1/company/employees/attributes",
		.records = "/data",
		.model = "custom_field",
		.key = "id",
		MUSTER_ROWS(map, custom_field) },
};

/* ---- Limits and errors --------------------------------------------------------------- */

#define OF_PERSONS "list_employees get_employee list_employments"
#define OF_V1 "list_absence_balances list_attributes"
#define OF_OTHERS \
	"list_absence_periods get_absence_period list_absence_breakdowns list_absence_types list_attendance_periods" \
	" get_attendance_period list_projects list_departments list_teams list_legal_entities" \
	" list_cost_centres list_workplaces list_documents list_compensations list_compensation_types" \
	" list_reports get_report list_applications list_candidates list_jobs list_job_categories"

/* The numbers of v2 are not published: 30 requests a second were seen at persons, 10 at absences, which is
 * assumed of the others. Each answer tells the truth in its headers. v1: changelog, "IP address based rate
 * limiting", May 2024. */
static const struct muster_limit limits[] = {
	{ .count = 30,
		.seconds = 1,
		.per = MUSTER_PER_ENDPOINT,
		.actions = OF_PERSONS,
		.remaining_header = "x-ratelimit-remaining",
		.rate_header = "x-ratelimit-replenish-rate" },
	{ .count = 10,
		.seconds = 1,
		.per = MUSTER_PER_ENDPOINT,
		.actions = OF_OTHERS,
		.remaining_header = "x-ratelimit-remaining",
		.rate_header = "x-ratelimit-replenish-rate" },
	{ .count = 2000, .seconds = 60, .per = MUSTER_PER_ADDRESS, .actions = OF_V1 },
};

/* v2 answers with problem+json (RFC 9457) whose message stands in /errors/0/detail, v1 with
 * {"success": false, "error": {"code", "message"}}; both are among the usual places. */
static const struct muster_error errors[] = {
	/* Seen of persons where the credential lacks the permission. */
	{ .contains = "Unauthorized Request",
		.status = 401,
		.meaning = MUSTER_MEANS_SCOPE,
		.actions = OF_PERSONS },
	/* Of a report that is grouped or a chart. */
	{ .contains = "Unsupported nested type", .status = 400, .actions = "get_report" },
	/* Seen of reports where the credential lacks the permission. */
	{ .status = 400, .meaning = MUSTER_MEANS_SCOPE, .actions = "list_reports get_report" },
	{ .status = 403, .meaning = MUSTER_MEANS_SCOPE },
	/* v1 may refuse with a status of success. */
	{ .pointer = "/success", .contains = "false", .status = 200, .actions = OF_V1 },
};

static const struct muster_plugin personio = {
	.id = "personio",
	.name = "Personio",
	.version = "0.1.0",
	.summary = "Personnel, absences, attendances, pay and recruiting.",
	.homepage = "https://developer.personio.de",
	MUSTER_ROWS(auths, auths),
	MUSTER_ROWS(scopes, scopes),
	MUSTER_ROWS(hosts, hosts),
	MUSTER_ROWS(actions, actions),
	MUSTER_ROWS(limits, limits),
	MUSTER_ROWS(errors, errors),
};

MUSTER_PLUGIN(personio)
