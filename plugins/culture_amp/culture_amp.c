/* Culture Amp: its public API, read-only. Tables alone.
 *
 * Sources, as of November 2026: the OpenAPI description that Culture Amp publishes at
 * https://api.cultureamp.com/spec, and its guides at https://docs.api.cultureamp.com
 * (authentication, authorization scopes, getting credentials, pagination). */
#include <muster/plugin.h>

#define API "https://api.cultureamp.com/v1"
#define EMPLOYEES "employees-read"
#define DEMOGRAPHICS "employee-demographics-read"
#define PERFORMANCE "performance-evaluations-read"

/* Guide "authorization scopes": the target entity is a constant of the environment, not the
 * customer's. */
#define PRODUCTION "8ed17dce-9eca-4383-a9e1-54f82c362b6d"

static const struct muster_host hosts[] = {
	{ .name = "api.cultureamp.com", .use = MUSTER_API | MUSTER_TOKEN },
};

/* What the settings page calls them is not documented: shown by their ids. */
static const struct muster_scope scopes[] = {
	{ .id = EMPLOYEES },
	{ .id = DEMOGRAPHICS },
	{ .id = PERFORMANCE },
};

/* ---- Authentication ------------------------------------------------------------------ */

static const struct muster_field credentials[] = {
	{ .id = "client_id",
		.label = "Client ID",
		.help = "Shown when the API credential was created, under Settings, API.",
		.type = MUSTER_TEXT,
		.flags = MUSTER_REQUIRED,
		.max_length = 256 },
	{ .id = "client_secret",
		.label = "Client Secret",
		.help = "Shown with the client ID.",
		.type = MUSTER_SECRET,
		.flags = MUSTER_REQUIRED,
		.max_length = 1024 },
	{ .id = "scope",
		.label = "Scope",
		.help = "Permissions to request, joined by commas without spaces; left out, each "
			"action requests what it needs.",
		.type = MUSTER_SCOPES },
	{ .id = "target_entity",
		.label = "Target entity",
		.help = "The environment's entity id; the production one unless Culture Amp says "
			"otherwise.",
		.default_text = PRODUCTION,
		.characters = "0-9a-f-",
		.flags = MUSTER_ADVANCED,
		.level = MUSTER_PROFILE,
		.min_length = 36,
		.max_length = 36 },
};

static const struct muster_place places[] = {
	{ .name = "client_id", .value = "{field.client_id}", .where = MUSTER_TOKEN_FORM },
	{ .name = "client_secret", .value = "{field.client_secret}", .where = MUSTER_TOKEN_FORM },
	{ .name = "Authorization", .value = "Bearer {token}", .where = MUSTER_CALL_HEADER },
};

static const struct muster_step guide[] = {
	{ .title = "Sign in as an Account Owner",
		.text = "Sign in to Culture Amp as an admin who has Account Owner permission. Nobody "
			"else can create API credentials." },
	{ .title = "Open the settings", .text = "Choose Settings in the navigation at the top right." },
	{ .title = "Open the API page", .text = "Choose API in the navigation on the left." },
	{ .title = "Create an API credential",
		.text = "Choose Create API Credential, follow the prompts, and grant exactly these "
			"permissions: {scopes}. A credential is valid for the whole account; every "
			"permission it has opens the data of everybody in it." },
	{ .title = "Copy the Client ID and the Client Secret",
		.text = "Copy both and keep them in a password manager. Give them to nobody but the "
			"person who links this account." },
};

static const struct muster_auth auths[] = {
	{ .id = "client_credentials",
		.label = "API credential",
		.token_url = API "/oauth2/token",
		.scope_format = "target-entity:{field.target_entity}:{scopes}",
		.scope_separator = ",",
		MUSTER_ROWS(fields, credentials),
		MUSTER_ROWS(places, places),
		MUSTER_ROWS(guide, guide),
		.grant = MUSTER_CLIENT_CREDENTIALS,
		.prove = "list_employees list_performance_cycles list_manager_reviews" },
};

/* ---- Records ------------------------------------------------------------------------- */

static const struct muster_map employee[] = {
	MUSTER_COPY("id", "/id"),
	MUSTER_COPY("employee_number", "/employeeIdentifier"),
	MUSTER_COPY("full_name", "/name"),
	MUSTER_COPY("preferred_name", "/preferredName"),
	MUSTER_COPY("work_email", "/email"),
	MUSTER_DATE("hire_date", "/startDate"),
	MUSTER_DATE("termination_date", "/endDate"),
	MUSTER_DATE("date_of_birth", "/birthDate"),
	MUSTER_DATE_TIME("updated_at", "/processedAt"),
};

static const struct muster_map demographic[] = {
	MUSTER_PARAMETER("employee_id", "id"),
	MUSTER_COPY("name", "/name"),
	MUSTER_COPY("value", "/value"),
};

static const struct muster_word cycle_states[] = {
	{ "ready", "planned" },
	{ "active", "active" },
	{ "closed", "closed" },
};

static const struct muster_map performance_cycle[] = {
	MUSTER_COPY("id", "/id"),
	MUSTER_COPY("name", "/name"),
	MUSTER_WORDS("status", "/state", cycle_states),
	MUSTER_DATE_TIME("created_at", "/createdAt"),
	MUSTER_DATE_TIME("updated_at", "/updatedAt"),
	MUSTER_DATE_TIME("processed_at", "/processedAt"),
};

/* The fourth word, "dirty", is documented as never served. */
static const struct muster_word review_statuses[] = {
	{ "incomplete", "incomplete" },
	{ "completed", "completed" },
	{ "shared", "shared" },
};

static const struct muster_map rating_scale[] = {
	MUSTER_COPY("title", "/title"),
	MUSTER_COPY("description", "/description"),
	MUSTER_COPY("value", "/value"),
};

static const struct muster_map text_answers[] = {
	MUSTER_COPY("id", "/id"),
	MUSTER_COPY("question", "/text"),
	MUSTER_COPY("answer", "/answer"),
};

static const struct muster_map choice_answers[] = {
	MUSTER_COPY("id", "/id"),
	MUSTER_COPY("question", "/text"),
	MUSTER_COPY("options", "/options"),
	MUSTER_COPY("answer", "/answer"),
};

static const struct muster_map multiple_choice_answers[] = {
	MUSTER_COPY("id", "/id"),
	MUSTER_COPY("question", "/text"),
	MUSTER_COPY("options", "/options"),
	MUSTER_COPY("answers", "/answers"),
};

/* The published list of required members names cycleId and reviewId, which do not exist; the
 * examples beside it have the names used here. */
static const struct muster_map manager_review[] = {
	MUSTER_COPY("id", "/managerReviewId"),
	MUSTER_COPY("performance_cycle_id", "/performanceCycleId"),
	MUSTER_COPY("employee_id", "/employeeId"),
	MUSTER_COPY("manager_id", "/managerId"),
	MUSTER_WORDS("status", "/status", review_statuses),
	MUSTER_COPY("acknowledged", "/reviewAcknowledged"),
	MUSTER_COPY("rating_title", "/performanceRating/rating/title"),
	MUSTER_COPY("rating_value", "/performanceRating/rating/value"),
	MUSTER_COPY("rating_description", "/performanceRating/rating/description"),
	MUSTER_COPY("rating_question", "/performanceRating/ratingQuestion/title"),
	MUSTER_EACH("rating_scale", "/performanceRating/ratingBuckets", rating_scale),
	MUSTER_EACH("text_answers", "/openTextQuestions", text_answers),
	MUSTER_EACH("choice_answers", "/multipleChoiceQuestions", choice_answers),
	MUSTER_EACH(
		"multiple_choice_answers", "/multipleChoiceMultiSelectQuestions", multiple_choice_answers),
	MUSTER_DATE_TIME("completed_at", "/completedAt"),
	MUSTER_DATE_TIME("created_at", "/createdAt"),
	MUSTER_DATE_TIME("updated_at", "/updatedAt"),
	MUSTER_DATE_TIME("processed_at", "/processedAt"),
};

/* ---- Actions ------------------------------------------------------------------------- */

/* nextPath is whole and keeps the filters; editions of the API that had only afterKey took it as
 * cursor. */
static const struct muster_paging pages[] = {
	{ .from = "/pagination/nextPath", .kind = MUSTER_NEXT_LINK },
	{ .from = "/pagination/afterKey", .to = "cursor", .kind = MUSTER_CURSOR },
};

#define ID(label_) \
	{ \
		.id = "id", .label = (label_), .characters = "0-9A-Za-z_-", .place = MUSTER_PATH, \
		.flags = MUSTER_REQUIRED, .max_length = 64 \
	}

static const struct muster_parameter by_employee[] = { ID("Employee ID") };
static const struct muster_parameter by_cycle[] = { ID("Performance cycle ID") };
static const struct muster_parameter by_review[] = { ID("Manager review ID") };

static const struct muster_parameter employee_filters[] = {
	{ .id = "email", .label = "E-mail", .help = "Only the employee with this address." },
	{ .id = "employee_identifier",
		.label = "Employee identifier",
		.help = "Only the employee whom the company itself gives this number; wins over email." },
};

#define AFTER_DATE \
	{ \
		.id = "after_date", .label = "After", \
		.help = "Only what the API took up after this moment: 2026-11-01T00:00:00Z.", \
		.type = MUSTER_PARAMETER_DATE_TIME \
	}

static const struct muster_choice states[] = { { .value = "active" }, { .value = "closed" },
	{ .value = "ready" } };

static const struct muster_parameter cycle_filters[] = {
	AFTER_DATE,
	{ .id = "state",
		.label = "State",
		.help = "Only cycles in this state.",
		MUSTER_ROWS(choices, states) },
};

static const struct muster_parameter review_filters[] = { AFTER_DATE };

static const struct muster_each each_employee[] = { { .action = "list_employees", .to = "id" } };
static const struct muster_each each_cycle[] = { { .action = "list_performance_cycles", .to = "id" } };

#define AUTH .auth = "client_credentials"

static const struct muster_action actions[] = {
	{ .id = "list_employees",
		.label = "List Employees",
		AUTH,
		.scopes = EMPLOYEES,
		.request = "GET " API "/employees",
		.records = "/data",
		.model = "employee",
		.key = "id",
		MUSTER_ROWS(parameters, employee_filters),
		MUSTER_ROWS(paging, pages),
		MUSTER_ROWS(map, employee) },
	{ .id = "get_employee",
		.label = "Get Employee",
		AUTH,
		.scopes = EMPLOYEES,
		.request = "GET " API "/employees/{parameter.id}",
		.records = "/data",
		.model = "employee",
		.key = "id",
		MUSTER_ROWS(parameters, by_employee),
		MUSTER_ROWS(map, employee),
		.result = MUSTER_OBJECT },
	{ .id = "list_demographics_by_employee",
		.label = "List Demographics By Employee",
		AUTH,
		.scopes = DEMOGRAPHICS,
		.request = "GET " API "/employees/{parameter.id}/demographics",
		.records = "/data",
		.model = "demographic",
		.key = "employee_id name",
		MUSTER_ROWS(parameters, by_employee),
		MUSTER_ROWS(paging, pages),
		MUSTER_ROWS(map, demographic),
		MUSTER_ROWS(each, each_employee) },
	{ .id = "list_performance_cycles",
		.label = "List Performance Cycles",
		AUTH,
		.scopes = PERFORMANCE,
		.request = "GET " API "/performance-cycles",
		.records = "/data",
		.model = "performance_cycle",
		.key = "id",
		MUSTER_ROWS(parameters, cycle_filters),
		MUSTER_ROWS(paging, pages),
		MUSTER_ROWS(map, performance_cycle) },
	{ .id = "get_performance_cycle",
		.label = "Get Performance Cycle",
		AUTH,
		.scopes = PERFORMANCE,
		.request = "GET " API "/performance-cycles/{parameter.id}",
		.records = "/data",
		.model = "performance_cycle",
		.key = "id",
		MUSTER_ROWS(parameters, by_cycle),
		MUSTER_ROWS(map, performance_cycle),
		.result = MUSTER_OBJECT },
	{ .id = "list_manager_reviews",
		.label = "List Manager Reviews",
		AUTH,
		.scopes = PERFORMANCE,
		.request = "GET " API "/manager-reviews",
		.records = "/data",
		.model = "manager_review",
		.key = "id",
		MUSTER_ROWS(parameters, review_filters),
		MUSTER_ROWS(paging, pages),
		MUSTER_ROWS(map, manager_review) },
	{ .id = "get_manager_review",
		.label = "Get Manager Review",
		AUTH,
		.scopes = PERFORMANCE,
		.request = "GET " API "/manager-reviews/{parameter.id}",
		.records = "/data",
		.model = "manager_review",
		.key = "id",
		MUSTER_ROWS(parameters, by_review),
		MUSTER_ROWS(map, manager_review),
		.result = MUSTER_OBJECT },
	{ .id = "list_manager_reviews_by_employee",
		.label = "List Manager Reviews By Employee",
		AUTH,
		.scopes = PERFORMANCE,
		.request = "GET " API "/employees/{parameter.id}/manager-reviews",
		.records = "/data",
		.model = "manager_review",
		.key = "id",
		MUSTER_ROWS(parameters, by_employee),
		MUSTER_ROWS(paging, pages),
		MUSTER_ROWS(map, manager_review),
		MUSTER_ROWS(each, each_employee) },
	{ .id = "list_manager_reviews_by_performance_cycle",
		.label = "List Manager Reviews By Performance Cycle",
		AUTH,
		.scopes = PERFORMANCE,
		.request = "GET " API "/performance-cycles/{parameter.id}/manager-reviews",
		.records = "/data",
		.model = "manager_review",
		.key = "id",
		MUSTER_ROWS(parameters, by_cycle),
		MUSTER_ROWS(paging, pages),
		MUSTER_ROWS(map, manager_review),
		MUSTER_ROWS(each, each_cycle) },
};

/* All errors are {"code": status, "message": text}. The API uses 429 for the client's own rate and
 * 503 for that of an endpoint; the numbers are not published, so there are no limit rows. */
static const struct muster_error errors[] = {
	{ .status = 403, .meaning = MUSTER_MEANS_SCOPE },
	{ .status = 503, .meaning = MUSTER_MEANS_LIMITED },
};

static const struct muster_plugin culture_amp = {
	.id = "culture_amp",
	.name = "Culture Amp",
	.version = "0.1.0",
	.summary = "Employee experience: surveys, performance reviews, development.",
	.homepage = "https://docs.api.cultureamp.com",
	.error_message = "/message",
	MUSTER_ROWS(auths, auths),
	MUSTER_ROWS(scopes, scopes),
	MUSTER_ROWS(hosts, hosts),
	MUSTER_ROWS(actions, actions),
	MUSTER_ROWS(errors, errors),
};

MUSTER_PLUGIN(culture_amp)
