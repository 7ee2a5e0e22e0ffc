/* Employment Hero: its HR API, read-only. Tables alone. Employment Hero Payroll is another product.
 *
 * Sources, as of November 2026: the reference at https://developer.employmenthero.com/api-references, and the
 * client that the vendor itself publishes at https://github.com/Thinkei/employmenthero-go. */
#include "records.h"

#include <muster/plugin.h>

#define OAUTH "https://oauth.employmenthero.com/oauth2"
#define ORGANISATIONS_V1 "https://api.employmenthero.com/api/v1/organisations"

/* Bank accounts and emergency contacts have moved to v2, and nothing else has. */
#define V1 ORGANISATIONS_V1 "/{field.organisation}"
#define V2 "https://api.employmenthero.com/api/v2/organisations/{field.organisation}"

static const struct muster_host hosts[] = {
	{ .name = "api.employmenthero.com", .use = MUSTER_API },
	{ .name = "oauth.employmenthero.com", .use = MUSTER_TOKEN | MUSTER_CONSENT },
};

#define ORGANISATIONS "organisations:list"
#define ORGANISATION "organisations:show"
#define EMPLOYEES "employees:list"
#define EMPLOYEE "employees:show"
#define TEAMS "teams:list"
#define LEAVE_REQUESTS "leave_requests:list"
#define LEAVE_REQUEST "leave_requests:show"
#define LEAVE_CATEGORIES "leave_categories:list"
#define TIMESHEET_ENTRIES "timesheet_entries:list"
#define ROSTERED_SHIFTS "rostered_shifts:list"
#define UNAVAILABILITIES "unavailabilities:list"
#define CONTRACTOR_UNAVAILABILITIES "contractor_unavailabilities:list"
#define POLICIES "policies:list"
#define CERTIFICATIONS "certifications:list"
#define EMPLOYEE_CERTIFICATIONS "employee_certifications:list"
#define BANK_ACCOUNTS "bank_accounts:list"
#define EMERGENCY_CONTACTS "emergency_contacts:list"
#define EMPLOYMENT_HISTORIES "employment_histories:list"
#define PAY_DETAILS "pay_details:list"
#define PAYSLIPS "payslips:list"
#define TAX_DECLARATIONS "tax_declarations:list"
#define SUPERANNUATION_DETAILS "superannuation_details:list"
#define CUSTOM_FIELDS "custom_fields:list"
#define EMPLOYEE_CUSTOM_FIELDS "employee_custom_fields:list"
#define COST_CENTRES "cost_centres:list"
#define WORK_LOCATIONS "work_locations:list"
#define WORK_SITES "work_sites:list"
#define EMPLOYING_ENTITIES "employing_entities:list"
#define ROLES "roles:list"

#define URN(name_) "urn:mainapp:" name_ ":read"
#define KNOWN(id_, label_, urn_) \
	{ \
		.id = (id_), .label = (label_), .aliases = URN(urn_) \
	}
#define SHOW(id_) \
	{ \
		.id = (id_), .certainty = MUSTER_ASSUMED \
	}
#define ASSUMED(id_, label_, urn_) \
	{ \
		.id = (id_), .label = (label_), .aliases = URN(urn_), .certainty = MUSTER_ASSUMED \
	}

/* There is no public list. Applications made some time ago have names like employees:list, newer ones
 * urn:mainapp:employees:read; those that no guide names are concluded from these. Guides of other integrations select
 * organisations:show and employees:show beside the lists: that one record by its id needs them is concluded, too, and
 * that urn:mainapp:NAME:read stands for both. */
static const struct muster_scope scopes[] = {
	KNOWN(ORGANISATIONS, NULL, "organisations"),
	SHOW(ORGANISATION),
	KNOWN(EMPLOYEES, NULL, "employees"),
	SHOW(EMPLOYEE),
	KNOWN(TEAMS, NULL, "teams"),
	KNOWN(LEAVE_REQUESTS, NULL, "leave_requests"),
	SHOW(LEAVE_REQUEST),
	ASSUMED(LEAVE_CATEGORIES, NULL, "leave_categories"),
	KNOWN(TIMESHEET_ENTRIES, NULL, "timesheet_entries"),
	KNOWN(ROSTERED_SHIFTS, "Rostered shifts – Read", "rostered_shifts"),
	KNOWN(UNAVAILABILITIES, NULL, "unavailabilities"),
	ASSUMED(CONTRACTOR_UNAVAILABILITIES, "Contractor Unavailabilities - Read",
		"contractor_unavailabilities"),
	KNOWN(POLICIES, NULL, "policies"),
	ASSUMED(CERTIFICATIONS, NULL, "certifications"),
	ASSUMED(EMPLOYEE_CERTIFICATIONS, NULL, "employee_certifications"),
	KNOWN(BANK_ACCOUNTS, NULL, "bank_accounts"),
	KNOWN(EMERGENCY_CONTACTS, NULL, "emergency_contacts"),
	KNOWN(EMPLOYMENT_HISTORIES, NULL, "employment_histories"),
	KNOWN(PAY_DETAILS, "Pay details", "pay_details"),
	ASSUMED(PAYSLIPS, NULL, "payslips"),
	ASSUMED(TAX_DECLARATIONS, NULL, "tax_declarations"),
	ASSUMED(SUPERANNUATION_DETAILS, NULL, "superannuation_details"),
	KNOWN(CUSTOM_FIELDS, NULL, "custom_fields"),
	KNOWN(EMPLOYEE_CUSTOM_FIELDS, NULL, "employee_custom_fields"),
	ASSUMED(COST_CENTRES, NULL, "cost_centres"),
	ASSUMED(WORK_LOCATIONS, NULL, "work_locations"),
	ASSUMED(WORK_SITES, NULL, "work_sites"),
	ASSUMED(EMPLOYING_ENTITIES, NULL, "employing_entities"),
	ASSUMED(ROLES, NULL, "roles"),
};

/* ---- Authentication ------------------------------------------------------------------ */

#define REDIRECT "https://localhost/muster/employment_hero"

static const struct muster_field application[] = {
	{ .id = "client_id",
		.label = "Client ID",
		.help = "Shown in the Developer Portal when the application was created.",
		.type = MUSTER_TEXT,
		.flags = MUSTER_REQUIRED,
		.level = MUSTER_PROFILE,
		.max_length = 256 },
	{ .id = "client_secret",
		.label = "Client Secret",
		.help = "Shown with the client ID.",
		.type = MUSTER_SECRET,
		.flags = MUSTER_REQUIRED,
		.level = MUSTER_PROFILE,
		.max_length = 1024 },
	{ .id = "redirect_url",
		.label = "Redirect URL",
		.help = "Exactly as the application has it; the portal wants https.",
		.default_text = REDIRECT,
		.type = MUSTER_REDIRECT,
		.level = MUSTER_PROFILE,
		.max_length = 1024 },
	/* The number in the address of a page may not be the id that the API wants, which is a UUID: the API
	 * itself is asked. */
	{ .id = "organisation",
		.label = "Organisation",
		.help = "The id that follows organisations/ in the address of any page of Employment Hero, or"
			" that address.",
		.characters = "0-9A-Za-z-",
		.type = MUSTER_TEXT,
		.flags = MUSTER_REQUIRED,
		.level = MUSTER_ACCOUNT,
		.max_length = 64,
		.normal = MUSTER_URL_SEGMENT,
		.after = "organisations",
		.found_by = "list_organisations" },
};

/* Since PKCE is mandatory, all that goes to the token endpoint has to be in the form: what is in the query,
 * or JSON, is refused. The documentation's own example is older than that. */
static const struct muster_place places[] = {
	{ .name = "client_id", .value = "{field.client_id}", .where = MUSTER_TOKEN_FORM },
	{ .name = "client_secret", .value = "{field.client_secret}", .where = MUSTER_TOKEN_FORM },
	{ .name = "Authorization", .value = "Bearer {token}", .where = MUSTER_CALL_HEADER },
	{ .name = "Accept", .value = "application/json", .where = MUSTER_CALL_HEADER },
};

static const struct muster_step guide[] = {
	{ .title = "Sign in as an administrator",
		.text = "Sign in to Employment Hero with an account that has admin rights; what it may not see,"
			" the API leaves out. The API is part of the Platinum plan and those above it." },
	{ .title = "Open the Developer Portal",
		.text = "Open the menu of your account, choose Developer Portal, then the tab API." },
	{ .title = "Add an application",
		.text = "Press Add Application and give it a name that says who uses it." },
	{ .title = "Enter the redirect URL",
		.text = "Enter exactly this, unless you were given another: " REDIRECT
			" . Nothing needs to answer there: after the consent, the address that the browser"
			" then shows is copied." },
	{ .title = "Select the scopes",
		.text = "Select exactly these: {scopes}. The portal may show them by other names: newer"
			" applications have urn:mainapp:NAME:read in place of NAME:list and NAME:show. They"
			" can't be changed once the application is there." },
	{ .title = "Create the application",
		.text = "Press Continue to Review, compare the scopes once more, then press Create"
			" Application." },
	{ .title = "Copy the Client ID and the Client Secret",
		.text = "Copy both and keep them in a password manager. Give them to nobody but the person who"
			" links this account." },
	{ .title = "Find the organisation",
		.text = "Open any page of the organisation. Its id follows organisations/ in the address, as in"
			" https://secure.employmenthero.com/app/organisations/12345/dashboard . It is only needed"
			" where the account sees several." },
};

static const struct muster_auth auths[] = {
	/* No scope is sent: an application has those that it was created with, and a scope in the request has
	 * been seen to break a working integration. Access tokens live for 15 minutes. Refresh tokens don't
	 * expire; whether each refresh brings a new one, sources disagree: some say that the old one goes on
	 * being good, some that it is replaced. An old one that is sent again is thus at worst refused, which
	 * is no worse than not to send it. */
	{ .id = "oauth",
		.label = "Application of the Developer Portal",
		.token_url = OAUTH "/token",
		MUSTER_ROWS(fields, application),
		MUSTER_ROWS(places, places),
		MUSTER_ROWS(guide, guide),
		.grant = MUSTER_AUTHORIZATION_CODE,
		.recovery = MUSTER_RETRY_ONCE,
		.authorize_url = OAUTH "/authorize",
		.prove = "list_employees list_organisations list_teams list_leave_requests list_policies"
			 " list_custom_fields" },
};

/* ---- Pages and parameters ------------------------------------------------------------ */

/* The size is item_per_page; items_per_page, which looks more likely, is ignored. 100 is the most. */
static const struct muster_paging pages[] = {
	{ .from = "/data/total_pages",
		.to = "page_index",
		.kind = MUSTER_PAGE_NUMBER,
		.flags = MUSTER_STOP_WHEN_EMPTY,
		.size_name = "item_per_page",
		.size = 100 },
};

#define ID_CHARACTERS "0-9A-Za-z-"

#define ID(label_) \
	{ \
		.id = "id", .label = (label_), .characters = ID_CHARACTERS, .place = MUSTER_PATH, \
		.flags = MUSTER_REQUIRED, .max_length = 64 \
	}

#define DAY(id_, label_, help_, name_, flags_, format_) \
	{ \
		.id = (id_), .label = (label_), .help = (help_), .name = (name_), \
		.type = MUSTER_PARAMETER_DATE, .flags = (flags_), .format = (format_) \
	}

#define FLAG(id_, label_, help_, name_) \
	{ \
		.id = (id_), .label = (label_), .help = (help_), .name = (name_), \
		MUSTER_ROWS(choices, truth) \
	}

#define MEMBER \
	{ \
		.id = "employee_id", .label = "Employee ID", .help = "Only of this employee.", \
		.name = "member_id", .characters = ID_CHARACTERS, .max_length = 64 \
	}

static const struct muster_choice truth[] = { { .value = "true" }, { .value = "false" } };

static const struct muster_choice member_types[] = {
	{ .value = "employee", .label = "on the payroll" },
	{ .value = "contractor", .label = "a contractor" },
};

static const struct muster_parameter by_organisation[] = { ID("Organisation ID") };
static const struct muster_parameter by_employee[] = { ID("Employee ID") };
static const struct muster_parameter by_team[] = { ID("Team ID") };
static const struct muster_parameter by_time_off[] = { ID("Time off ID") };

/* Contractors are among the employees unless this says otherwise. */
static const struct muster_parameter employee_filters[] = {
	{ .id = "member_type",
		.label = "Kind of member",
		.help = "Only members of this kind.",
		MUSTER_ROWS(choices, member_types) },
};

/* That a request which overlaps with the period is found, is assumed. */
static const struct muster_parameter time_off_filters[] = {
	DAY("start_date", "From", "First day of the period that is looked at.", NULL, 0, MUSTER_ISO),
	DAY("end_date", "Until", "Last day of the period that is looked at.", NULL, 0, MUSTER_ISO),
};

/* This endpoint alone takes dates as dd/mm/yyyy. In place of an id, - is everybody. */
static const struct muster_parameter timesheet_filters[] = {
	{ .id = "id",
		.label = "Employee ID",
		.help = "Only of this employee; - is everybody.",
		.default_text = "-",
		.characters = ID_CHARACTERS,
		.place = MUSTER_PATH,
		.max_length = 64 },
	DAY("start_date", "From", "Only entries of this day or a later one.", NULL, 0, MUSTER_DAY_MONTH_YEAR),
	DAY("end_date", "Until", "Only entries of this day or an earlier one.", NULL, 0,
		MUSTER_DAY_MONTH_YEAR),
};

/* A plain date is answered with status 422 here. The Z is as false as that of the answers:
 * the digits are local time. */
static const struct muster_parameter shift_filters[] = {
	DAY("start_date", "From", "Only shifts of this day or a later one.", "from_date", MUSTER_REQUIRED,
		MUSTER_DAY_START_UTC),
	DAY("end_date", "Until", "Only shifts of this day or an earlier one.", "to_date", MUSTER_REQUIRED,
		MUSTER_DAY_END_UTC),
	{ .id = "status",
		.label = "Status",
		.help = "Only shifts with one of these statuses: published.",
		.name = "statuses[]",
		.characters = "a-z_",
		.flags = MUSTER_LIST,
		.max_length = 32 },
	{ .id = "employee_id",
		.label = "Employee ID",
		.help = "Only of these employees.",
		.name = "member_ids[]",
		.characters = ID_CHARACTERS,
		.flags = MUSTER_LIST,
		.max_length = 64 },
	{ .id = "work_location_id",
		.label = "Location ID",
		.help = "Only at these locations.",
		.name = "location_ids[]",
		.characters = ID_CHARACTERS,
		.flags = MUSTER_LIST,
		.max_length = 64 },
	FLAG("unassigned", "Unassigned", "Only shifts that nobody has yet.", "unassigned_shifts_only"),
	FLAG("starting", "Starting", "Leave out what began before the first day.",
		"exclude_shifts_overlapping_from_date"),
};

static const struct muster_parameter unavailability_filters[] = {
	DAY("start_date", "From", "First day.", "from_date", 0, MUSTER_ISO),
	DAY("end_date", "Until", "Last day.", "to_date", 0, MUSTER_ISO),
	MEMBER,
	{ .id = "cost_centre_id",
		.label = "Location",
		.help = "Only of this cost centre, by its number.",
		.name = "location_id",
		.characters = "0-9",
		.max_length = 20 },
};

static const struct muster_parameter contractor_unavailability_filters[] = {
	DAY("start_date", "From", "First day.", NULL, MUSTER_REQUIRED, MUSTER_ISO),
	DAY("end_date", "Until", "Last day.", NULL, MUSTER_REQUIRED, MUSTER_ISO),
	MEMBER,
};

static const struct muster_each each_organisation[] = { { .action = "list_organisations", .to = "id" } };
static const struct muster_each each_employee[] = { { .action = "list_employees", .to = "id" } };
static const struct muster_each each_team[] = { { .action = "list_teams", .to = "id" } };

static const struct muster_each each_month[] = {
	{ .from = "start_date", .to = "end_date", .over = MUSTER_OVER_MONTHS, .count = 1 },
};

static const struct muster_each each_year[] = {
	{ .from = "start_date", .to = "end_date", .over = MUSTER_OVER_DAYS, .count = 366 },
};

/* ---- Actions ------------------------------------------------------------------------- */

#define LIST(id_, label_, scopes_, url_, model_, key_) \
	.id = (id_), .label = (label_), .auth = "oauth", .scopes = scopes_, .request = "GET " url_, \
	.records = "/data/items", .model = (model_), .key = (key_)

#define GET(id_, label_, scopes_, url_, model_, key_) \
	.id = (id_), .label = (label_), .auth = "oauth", .scopes = scopes_, .request = "GET " url_, \
	.records = "/data", .model = (model_), .key = (key_)

/* A list of the whole organisation, without parameters. */
#define LIST_ALL(id_, label_, scopes_, path_, model_, map_) \
	{ \
		LIST(id_, label_, scopes_, V1 path_, model_, "id"), MUSTER_ROWS(paging, pages), \
			MUSTER_ROWS(map, map_) \
	}

/* A list of one employee. */
#define LIST_OF_EMPLOYEE(id_, label_, scopes_, base_, path_, model_, key_, map_) \
	{ \
		LIST(id_, label_, scopes_, base_ "/employees/{parameter.id}" path_, model_, key_), \
			MUSTER_ROWS(parameters, by_employee), MUSTER_ROWS(paging, pages), \
			MUSTER_ROWS(map, map_), MUSTER_ROWS(each, each_employee) \
	}

/* What an employee has one of. */
#define GET_OF_EMPLOYEE(id_, label_, scopes_, path_, model_, map_) \
	{ \
		GET(id_, label_, scopes_, V1 "/employees/{parameter.id}" path_, model_, "employee_id"), \
			MUSTER_ROWS(parameters, by_employee), MUSTER_ROWS(map, map_), \
			.result = MUSTER_OBJECT, MUSTER_ROWS(each, each_employee) \
	}

static const struct muster_action actions[] = {
	{ LIST("list_organisations", "List Organisations", ORGANISATIONS, ORGANISATIONS_V1, "organisation",
		  "id"),
		MUSTER_ROWS(paging, pages), MUSTER_ROWS(map, organisation) },
	{ GET("get_organisation", "Get Organisation", ORGANISATION, ORGANISATIONS_V1 "/{parameter.id}",
		  "organisation", "id"),
		MUSTER_ROWS(parameters, by_organisation), MUSTER_ROWS(map, organisation),
		.result = MUSTER_OBJECT, MUSTER_ROWS(each, each_organisation) },
	{ LIST("list_employees", "List Employees", EMPLOYEES, V1 "/employees", "employee", "id"),
		MUSTER_ROWS(parameters, employee_filters), MUSTER_ROWS(paging, pages),
		MUSTER_ROWS(map, employee) },
	{ GET("get_employee", "Get Employee", EMPLOYEE, V1 "/employees/{parameter.id}", "employee", "id"),
		MUSTER_ROWS(parameters, by_employee), MUSTER_ROWS(map, employee), .result = MUSTER_OBJECT },
	LIST_ALL("list_teams", "List Teams", TEAMS, "/teams", "team", team),
	{ LIST("list_team_employees", "List Team Employees", TEAMS, V1 "/teams/{parameter.id}/employees",
		  "employee", "id"),
		MUSTER_ROWS(parameters, by_team), MUSTER_ROWS(paging, pages), MUSTER_ROWS(map, employee),
		MUSTER_ROWS(each, each_team) },
	{ LIST("list_leave_requests", "List Leave Requests", LEAVE_REQUESTS, V1 "/leave_requests", "time_off",
		  "id"),
		MUSTER_ROWS(parameters, time_off_filters), MUSTER_ROWS(paging, pages),
		MUSTER_ROWS(map, time_off) },
	{ GET("get_leave_request", "Get Leave Request", LEAVE_REQUEST, V1 "/leave_requests/{parameter.id}",
		  "time_off", "id"),
		MUSTER_ROWS(parameters, by_time_off), MUSTER_ROWS(map, time_off), .result = MUSTER_OBJECT },
	LIST_ALL("list_leave_categories", "List Leave Categories", LEAVE_CATEGORIES, "/leave_categories",
		"time_off_type", time_off_type),
	{ LIST("list_timesheet_entries", "List Timesheet Entries", TIMESHEET_ENTRIES,
		  V1 "/employees/{parameter.id}/timesheet_entries", "timesheet_entry", "id"),
		MUSTER_ROWS(parameters, timesheet_filters), MUSTER_ROWS(paging, pages),
		MUSTER_ROWS(map, timesheet_entry) },
	{ LIST("list_rostered_shifts", "List Rostered Shifts", ROSTERED_SHIFTS, V1 "/rostered_shifts",
		  "shift", "id"),
		MUSTER_ROWS(parameters, shift_filters), MUSTER_ROWS(paging, pages), MUSTER_ROWS(map, shift) },
	{ LIST("list_unavailabilities", "List Unavailabilities", UNAVAILABILITIES, V1 "/unavailabilities",
		  "unavailability", "id"),
		MUSTER_ROWS(parameters, unavailability_filters), MUSTER_ROWS(paging, pages),
		MUSTER_ROWS(map, unavailability), MUSTER_ROWS(each, each_month) },
	/* All of a series have the same id. */
	{ LIST("list_contractor_unavailabilities", "List Contractor Unavailabilities",
		  CONTRACTOR_UNAVAILABILITIES, V1 "/contractor_unavailabilities", "unavailability",
		  "id start_date"),
		MUSTER_ROWS(parameters, contractor_unavailability_filters), MUSTER_ROWS(paging, pages),
		MUSTER_ROWS(map, unavailability), MUSTER_ROWS(each, each_year) },
	LIST_ALL("list_policies", "List Policies", POLICIES, "/policies", "policy", policy),
	LIST_ALL("list_certifications", "List Certifications", CERTIFICATIONS, "/certifications",
		"certification", certification),
	LIST_OF_EMPLOYEE("list_employee_certifications", "List Employee Certifications",
		EMPLOYEE_CERTIFICATIONS, V1, "/certifications", "employee_certification", "id",
		employee_certification),
	/* An account has no id in v2 as published. */
	LIST_OF_EMPLOYEE("list_bank_accounts", "List Bank Accounts", BANK_ACCOUNTS, V2, "/bank_accounts",
		"bank_account", "employee_id account_number", bank_account),
	LIST_OF_EMPLOYEE("list_emergency_contacts", "List Emergency Contacts", EMERGENCY_CONTACTS, V2,
		"/emergency_contacts", "emergency_contact", "id", emergency_contact),
	LIST_OF_EMPLOYEE("list_employment_histories", "List Employment Histories", EMPLOYMENT_HISTORIES, V1,
		"/employment_histories", "employment", "id", employment),
	LIST_OF_EMPLOYEE("list_pay_details", "List Pay Details", PAY_DETAILS, V1, "/pay_details",
		"pay_detail", "id", pay_detail),
	LIST_OF_EMPLOYEE(
		"list_payslips", "List Payslips", PAYSLIPS, V1, "/payslips", "payslip", "id", payslip),
	GET_OF_EMPLOYEE("get_tax_declaration", "Get Tax Declaration", TAX_DECLARATIONS, "/tax_declaration",
		"tax_declaration", tax_declaration),
	GET_OF_EMPLOYEE("get_superannuation_detail", "Get Superannuation Detail", SUPERANNUATION_DETAILS,
		"/superannuation_detail", "superannuation_detail", superannuation_detail),
	LIST_ALL("list_custom_fields", "List Custom Fields", CUSTOM_FIELDS, "/custom_fields", "custom_field",
		custom_field),
	LIST_OF_EMPLOYEE("list_employee_custom_fields", "List Employee Custom Fields", EMPLOYEE_CUSTOM_FIELDS,
		V1, "/custom_fields", "custom_field_value", "employee_id custom_field_id",
		custom_field_value),
	LIST_ALL("list_cost_centres", "List Cost Centres", COST_CENTRES, "/cost_centres", "cost_centre",
		named),
	LIST_ALL("list_work_locations", "List Work Locations", WORK_LOCATIONS, "/work_locations",
		"work_location", work_location),
	LIST_ALL("list_work_sites", "List Work Sites", WORK_SITES, "/work_sites", "work_site", work_site),
	LIST_ALL("list_employing_entities", "List Employing Entities", EMPLOYING_ENTITIES,
		"/employing_entities", "legal_entity", named),
	LIST_ALL("list_roles", "List Roles", ROLES, "/roles", "role", named),
};

/* ---- Limits and errors --------------------------------------------------------------- */

/* Both at once. What they are counted by is not published: if it is the account and not the application,
 * counting too much together costs time and nothing else. */
static const struct muster_limit limits[] = {
	{ .count = 20, .seconds = 1, .per = MUSTER_PER_APP },
	{ .count = 100, .seconds = 60, .per = MUSTER_PER_APP },
};

/* Other answers with status 403 mean that the person who consented may not see it. A message stands in
 * message, error or errors: the usual places. */
static const struct muster_error errors[] = {
	{ .contains = "insufficient_scope", .status = 403, .meaning = MUSTER_MEANS_SCOPE },
};

static const struct muster_plugin employment_hero = {
	.id = "employment_hero",
	.name = "Employment Hero",
	.version = "0.1.0",
	.summary = "People, leave, time, rosters and pay.",
	.homepage = "https://developer.employmenthero.com",
	MUSTER_ROWS(auths, auths),
	MUSTER_ROWS(scopes, scopes),
	MUSTER_ROWS(hosts, hosts),
	MUSTER_ROWS(actions, actions),
	MUSTER_ROWS(limits, limits),
	MUSTER_ROWS(errors, errors),
};

MUSTER_PLUGIN(employment_hero)
