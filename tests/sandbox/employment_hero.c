/* Employment Hero's HR API, after its reference (developer.employmenthero.com): authorization code with PKCE,
 * one page after the other by page_index, {"data":{"items":[…],…}} or {"data":{…}}. Assumed are: the shape of
 * an error (the members code, error and errors are documented, a sample is not), which scope an endpoint
 * wants where the portal's list does not tell, 404 for what is not there, and 422 for every parameter that is
 * malformed. */
#include "config.h"

#include "sandbox/authorize.h"
#include "sandbox/employment_hero_data.h"
#include "sandbox/employment_hero_list.h"
#include "sandbox/employment_hero_text.h"
#include "sandbox/limiter.h"
#include "sandbox/oauth_code.h"
#include "sandbox/provider.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

#define API_HOST "api.employmenthero.com"
#define OAUTH_HOST "oauth.employmenthero.com"
#define NEW_SCOPE_START "urn:mainapp:"
#define IDS_SIZE 128

static const char *const hosts[] = { API_HOST, OAUTH_HOST, NULL };

static const struct authorization_server server = { .issuer = "https://" OAUTH_HOST, .refuses_scopes = true };

/* At once; what they are counted by is not documented, here it is the application. */
static const struct limit limits[] = { { 20, 1000 }, { 100, 60000 } };

struct data {
	struct hero_world world;
	struct limiter limiter;
};

/* ---- Endpoints ------------------------------------------------------------------------- */

#define V1 "/api/v1/organisations"
#define V2 "/api/v2/organisations"

/* What the second id of a path is of, after that of the organisation. */
enum second {
	NO_SECOND,
	OF_EMPLOYEE,
	OF_ANY_EMPLOYEE, /* - is everybody */
	OF_TEAM,
	OF_RECORD, /* that is asked for */
};

struct endpoint {
	const char *path; /* '*' is an id */
	enum request_kind kind;
	enum second second;
	enum hero_set set;
	enum hero_filter filter;
	const char *
		scope; /* employees: employees:list, of one record employees:show, or urn:mainapp:employees:read */
};

/* A list of the organisation, whose name is also that of its scope; a list of one employee; what an employee
 * has one of. */
#define LIST(name_, set_, filter_) \
	{ \
		V1 "/*/" name_, REQUEST_LIST, NO_SECOND, HERO_##set_, HERO_##filter_, name_ \
	}
#define LIST_OF_EMPLOYEE(base_, name_, set_, scope_) \
	{ \
		base_ "/*/employees/*/" name_, REQUEST_LIST, OF_EMPLOYEE, HERO_##set_, HERO_UNFILTERED, \
			scope_ \
	}
#define ONE_OF_EMPLOYEE(name_, set_, scope_) \
	{ \
		V1 "/*/employees/*/" name_, REQUEST_OBJECT, OF_EMPLOYEE, HERO_##set_, HERO_UNFILTERED, \
			scope_ \
	}

static const struct endpoint endpoints[] = {
	{ V1, REQUEST_LIST, NO_SECOND, HERO_ORGANISATIONS, HERO_UNFILTERED, "organisations" },
	{ V1 "/*", REQUEST_OBJECT, NO_SECOND, HERO_ORGANISATIONS, HERO_UNFILTERED, "organisations" },
	LIST("employees", EMPLOYEES, BY_MEMBER_TYPE),
	{ V1 "/*/employees/*", REQUEST_OBJECT, OF_RECORD, HERO_EMPLOYEES, HERO_UNFILTERED, "employees" },
	LIST("teams", TEAMS, UNFILTERED),
	{ V1 "/*/teams/*/employees", REQUEST_LIST, OF_TEAM, HERO_EMPLOYEES, HERO_BY_TEAM, "teams" },
	LIST("leave_requests", LEAVE_REQUESTS, BY_DATES),
	{ V1 "/*/leave_requests/*", REQUEST_OBJECT, OF_RECORD, HERO_LEAVE_REQUESTS, HERO_UNFILTERED,
		"leave_requests" },
	LIST("leave_categories", LEAVE_CATEGORIES, UNFILTERED),
	{ V1 "/*/employees/*/timesheet_entries", REQUEST_LIST, OF_ANY_EMPLOYEE, HERO_TIMESHEET_ENTRIES,
		HERO_BY_LOCAL_DATES, "timesheet_entries" },
	LIST("rostered_shifts", ROSTERED_SHIFTS, BY_SHIFT),
	LIST("unavailabilities", UNAVAILABILITIES, BY_MONTH),
	LIST("contractor_unavailabilities", CONTRACTOR_UNAVAILABILITIES, BY_YEAR),
	LIST("policies", POLICIES, UNFILTERED),
	LIST("certifications", CERTIFICATIONS, UNFILTERED),
	LIST_OF_EMPLOYEE(V1, "certifications", EMPLOYEE_CERTIFICATIONS, "employee_certifications"),
	LIST_OF_EMPLOYEE(V2, "bank_accounts", BANK_ACCOUNTS, "bank_accounts"),
	LIST_OF_EMPLOYEE(V2, "emergency_contacts", EMERGENCY_CONTACTS, "emergency_contacts"),
	LIST_OF_EMPLOYEE(V1, "employment_histories", EMPLOYMENT_HISTORIES, "employment_histories"),
	LIST_OF_EMPLOYEE(V1, "pay_details", PAY_DETAILS, "pay_details"),
	LIST_OF_EMPLOYEE(V1, "payslips", PAYSLIPS, "payslips"),
	ONE_OF_EMPLOYEE("tax_declaration", TAX_DECLARATION, "tax_declarations"),
	ONE_OF_EMPLOYEE("superannuation_detail", SUPERANNUATION_DETAIL, "superannuation_details"),
	LIST("custom_fields", CUSTOM_FIELDS, UNFILTERED),
	LIST_OF_EMPLOYEE(V1, "custom_fields", EMPLOYEE_CUSTOM_FIELDS, "employee_custom_fields"),
	LIST("cost_centres", COST_CENTRES, UNFILTERED),
	LIST("work_locations", WORK_LOCATIONS, UNFILTERED),
	LIST("work_sites", WORK_SITES, UNFILTERED),
	LIST("employing_entities", EMPLOYING_ENTITIES, UNFILTERED),
	LIST("roles", ROLES, UNFILTERED),
};

/* The ids of the path are left in ids, with '/' between them. */
static const struct endpoint *find_endpoint(char ids[IDS_SIZE], const struct request *request)
{
	if (!request_has_host(request, API_HOST))
		return NULL;
	for (size_t i = 0; i < sizeof endpoints / sizeof endpoints[0]; i++) {
		if (path_matches(ids, IDS_SIZE, endpoints[i].path, request->path))
			return &endpoints[i];
	}
	return NULL;
}

static bool is_authorization(const struct request *request)
{
	return request_has_host(request, OAUTH_HOST) && strcmp(request->path, "/oauth2/authorize") == 0;
}

static bool is_token(const struct request *request)
{
	return request_has_host(request, OAUTH_HOST) && strcmp(request->path, "/oauth2/token") == 0;
}

static enum request_kind kind(const struct request *request)
{
	const struct endpoint *endpoint;
	char ids[IDS_SIZE];

	if (is_token(request))
		return REQUEST_TOKEN;
	if (is_authorization(request))
		return strcmp(request->method, "POST") == 0 ? REQUEST_CONSENT : REQUEST_OTHER;
	endpoint = find_endpoint(ids, request);
	return endpoint ? endpoint->kind : REQUEST_OTHER;
}

/* ---- Answers --------------------------------------------------------------------------- */

static int refuse(struct answer *answer, const struct request *request, unsigned status, const char *message)
{
	(void)request;
	if (status == 422)
		return answer_text(answer, status, HERO_TYPE,
			"{\"code\":422,\"errors\":[{\"message\":\"%s\"}]}", message);
	return answer_text(answer, status, HERO_TYPE, "{\"code\":%u,\"error\":\"%s\"}", status, message);
}

/* That one record by its id has a scope of its own is assumed: names of both kinds are known. */
static bool has_permission(const struct simulation *simulation, const struct endpoint *endpoint)
{
	bool record = endpoint->kind == REQUEST_OBJECT && endpoint->second != OF_EMPLOYEE;
	const char *permissions = provider_permissions(simulation);
	char old[64];
	char new[64];

	if (!permissions)
		return true;
	(void)snprintf(old, sizeof old, "%s:%s", endpoint->scope, record ? "show" : "list");
	(void)snprintf(new, sizeof new, NEW_SCOPE_START "%s:read", endpoint->scope);
	return tokens_list_has(permissions, old) || tokens_list_has(permissions, new);
}

/* Whether the request may have what it asks for. Returns 1, 0 when the refusal stands in the answer, or -1.
 * */
static int admit(struct answer *answer, struct simulation *simulation, const struct request *request,
	const struct endpoint *endpoint)
{
	static const char *const reasons[] = {
		[TOKEN_ABSENT] = "Unauthorized",
		[TOKEN_BAD] = "Invalid token",
		[TOKEN_EXPIRED] = "Token expired",
	};
	struct data *data = simulation->data;
	struct allowance allowance;

	if (limiter_take(&allowance, &data->limiter, timepiece_now_ms(simulation->timepiece)) < 0)
		return refuse(answer, request, 429, "Too many requests"); /* Retry-After is not documented */
	if (request->token_state != TOKEN_GOOD)
		return refuse(answer, request, 401, reasons[request->token_state]);
	if (!has_permission(simulation, endpoint))
		return answer_header(answer, "WWW-Authenticate", "Bearer error=\"insufficient_scope\"") < 0
			       ? -1
			       : refuse(answer, request, 403, "insufficient_scope");
	if (strcmp(request->method, "GET") != 0)
		return answer_header(answer, "Allow", "GET") < 0
			       ? -1
			       : refuse(answer, request, 405, "Method not allowed");
	return 1;
}

static int answer_record(struct answer *answer, const struct hero_place *place)
{
	struct body *body = &answer->body;

	answer->status = 200;
	answer->content_type = HERO_TYPE;
	answer->records = 1;
	return buffer_append_text(&body->head, "{\"data\":") < 0 || hero_write(&body->head, place, true) < 0
		       ? -1
		       : buffer_append_char(&body->tail, '}');
}

/* Follows the ids of the path, which are taken apart. Returns 0, or -1 when one leads nowhere. */
static int find_view(
	struct hero_view *out, const struct hero_world *world, const struct endpoint *endpoint, char *ids)
{
	static const enum hero_set seconds[] = {
		[OF_EMPLOYEE] = HERO_EMPLOYEES,
		[OF_ANY_EMPLOYEE] = HERO_EMPLOYEES,
		[OF_TEAM] = HERO_TEAMS,
	};
	enum second second = endpoint->second;
	char *id = strchr(ids, '/');
	struct hero_place *owner = &out->owner;
	struct hero_place found;

	*out = (struct hero_view){ .owner.world = world, .filter = endpoint->filter };
	if (id)
		*id++ = '\0';
	if (*ids && hero_find(owner, world, HERO_ORGANISATIONS, ids) < 0)
		return -1;
	owner->set = endpoint->set;
	if (second == OF_ANY_EMPLOYEE && strcmp(id, "-") == 0)
		second = NO_SECOND;
	out->crew = second == NO_SECOND && hero_owner(endpoint->set) == HERO_OF_EMPLOYEE;
	if (second == NO_SECOND)
		return 0;
	if (hero_find(&found, world, second == OF_RECORD ? endpoint->set : seconds[second], id) < 0 ||
		found.organisation != owner->organisation)
		return -1;
	if (second == OF_TEAM) {
		out->team = found.number;
	} else {
		*owner = found;
		owner->set = endpoint->set;
	}
	return 0;
}

static int answer_endpoint(struct answer *answer, const struct simulation *simulation,
	const struct request *request, const struct endpoint *endpoint, char *ids)
{
	const struct data *data = simulation->data;
	struct hero_view view;

	if (find_view(&view, &data->world, endpoint, ids) < 0 ||
		(endpoint->kind == REQUEST_OBJECT && !hero_exists(&view.owner)))
		return refuse(answer, request, 404, "Not found");
	answer->record_key = "id";
	return endpoint->kind == REQUEST_OBJECT ? answer_record(answer, &view.owner)
						: hero_list(answer, simulation, request, &view);
}

static int answer(struct answer *out, struct simulation *simulation, const struct request *request)
{
	const struct endpoint *endpoint;
	char ids[IDS_SIZE];
	int admitted;

	if (is_token(request))
		return oauth_code_answer(out, simulation, request);
	if (is_authorization(request))
		return authorize_answer(out, simulation, request, &server);
	endpoint = find_endpoint(ids, request);
	if (!endpoint)
		return refuse(out, request, 404, "Not found");
	admitted = admit(out, simulation, request, endpoint);
	return admitted == 1 ? answer_endpoint(out, simulation, request, endpoint, ids) : admitted;
}

static bool knows(const char *permission)
{
	const char *colon = strrchr(permission, ':');

	return strncmp(permission, NEW_SCOPE_START, strlen(NEW_SCOPE_START)) == 0 ||
	       (colon && (strcmp(colon, ":list") == 0 || strcmp(colon, ":show") == 0));
}

static int open_data(struct simulation *simulation, struct error *error)
{
	const struct options *options = simulation->options;
	struct data *data = calloc(1, sizeof *data);

	if (!data)
		return error_memory(error);
	data->world.organisations = options->organisations;
	data->world.employees = options->employees;
	if (limiter_init(&data->limiter, limits, sizeof limits / sizeof limits[0], options->limits) < 0) {
		free(data);
		return error_memory(error);
	}
	simulation->data = data;
	return 0;
}

static void close_data(struct simulation *simulation)
{
	struct data *data = simulation->data;

	limiter_clear(&data->limiter);
	free(data);
}

const struct provider provider_employment_hero = {
	.id = "employment_hero",
	.hosts = hosts,
	.credential_prefix = "",
	.redirect = "https://localhost/muster/employment_hero",
	.token_life_s = 900,
	.open = open_data,
	.close = close_data,
	.kind = kind,
	.answer = answer,
	.knows = knows,
	.refuse = refuse,
};
