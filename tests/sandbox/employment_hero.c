/* Employment Hero's HR API, after its reference (developer.employmenthero.com): authorization code with PKCE, one page
 * after the other by page_index, {"data":{"items":[…],…}} or {"data":{…}}. Assumed are: the shape of an error (the
 * members code, error and errors are documented, a sample is not), which scope an endpoint wants where the portal's
 * list does not tell, 404 for what is not there, and 422 for every parameter that is malformed. */
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
#define IDS_MAX 3

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

/* '*' is an id: first that of the organisation, then that of a parent or of the record itself. */
static const struct endpoint {
	const char *path;
	enum request_kind kind;
	enum hero_set set;
	enum hero_filter filter;
	const char *scope; /* employees: employees:list or urn:mainapp:employees:read */
} endpoints[] = {
	{ V1, REQUEST_LIST, HERO_ORGANISATIONS, HERO_UNFILTERED, "organisations" },
	{ V1 "/*", REQUEST_OBJECT, HERO_ORGANISATIONS, HERO_UNFILTERED, "organisations" },
	{ V1 "/*/employees", REQUEST_LIST, HERO_EMPLOYEES, HERO_BY_MEMBER_TYPE, "employees" },
	{ V1 "/*/employees/*", REQUEST_OBJECT, HERO_EMPLOYEES, HERO_UNFILTERED, "employees" },
	{ V1 "/*/teams", REQUEST_LIST, HERO_TEAMS, HERO_UNFILTERED, "teams" },
	{ V1 "/*/teams/*/employees", REQUEST_LIST, HERO_EMPLOYEES, HERO_BY_TEAM, "teams" },
	{ V1 "/*/leave_requests", REQUEST_LIST, HERO_LEAVE_REQUESTS, HERO_BY_DATES, "leave_requests" },
	{ V1 "/*/leave_requests/*", REQUEST_OBJECT, HERO_LEAVE_REQUESTS, HERO_UNFILTERED, "leave_requests" },
	{ V1 "/*/leave_categories", REQUEST_LIST, HERO_LEAVE_CATEGORIES, HERO_UNFILTERED,
		"leave_categories" },
	{ V1 "/*/employees/*/timesheet_entries", REQUEST_LIST, HERO_TIMESHEET_ENTRIES, HERO_BY_LOCAL_DATES,
		"timesheet_entries" },
	{ V1 "/*/rostered_shifts", REQUEST_LIST, HERO_ROSTERED_SHIFTS, HERO_BY_SHIFT, "rostered_shifts" },
	{ V1 "/*/unavailabilities", REQUEST_LIST, HERO_UNAVAILABILITIES, HERO_BY_MONTH, "unavailabilities" },
	{ V1 "/*/contractor_unavailabilities", REQUEST_LIST, HERO_CONTRACTOR_UNAVAILABILITIES, HERO_BY_YEAR,
		"contractor_unavailabilities" },
	{ V1 "/*/policies", REQUEST_LIST, HERO_POLICIES, HERO_UNFILTERED, "policies" },
	{ V1 "/*/certifications", REQUEST_LIST, HERO_CERTIFICATIONS, HERO_UNFILTERED, "certifications" },
	{ V1 "/*/employees/*/certifications", REQUEST_LIST, HERO_EMPLOYEE_CERTIFICATIONS, HERO_UNFILTERED,
		"employee_certifications" },
	{ V2 "/*/employees/*/bank_accounts", REQUEST_LIST, HERO_BANK_ACCOUNTS, HERO_UNFILTERED,
		"bank_accounts" },
	{ V2 "/*/employees/*/emergency_contacts", REQUEST_LIST, HERO_EMERGENCY_CONTACTS, HERO_UNFILTERED,
		"emergency_contacts" },
	{ V1 "/*/employees/*/employment_histories", REQUEST_LIST, HERO_EMPLOYMENT_HISTORIES, HERO_UNFILTERED,
		"employment_histories" },
	{ V1 "/*/employees/*/pay_details", REQUEST_LIST, HERO_PAY_DETAILS, HERO_UNFILTERED, "pay_details" },
	{ V1 "/*/employees/*/payslips", REQUEST_LIST, HERO_PAYSLIPS, HERO_UNFILTERED, "payslips" },
	{ V1 "/*/employees/*/tax_declaration", REQUEST_OBJECT, HERO_TAX_DECLARATION, HERO_UNFILTERED,
		"tax_declarations" },
	{ V1 "/*/employees/*/superannuation_detail", REQUEST_OBJECT, HERO_SUPERANNUATION_DETAIL,
		HERO_UNFILTERED, "superannuation_details" },
	{ V1 "/*/custom_fields", REQUEST_LIST, HERO_CUSTOM_FIELDS, HERO_UNFILTERED, "custom_fields" },
	{ V1 "/*/employees/*/custom_fields", REQUEST_LIST, HERO_EMPLOYEE_CUSTOM_FIELDS, HERO_UNFILTERED,
		"employee_custom_fields" },
	{ V1 "/*/cost_centres", REQUEST_LIST, HERO_COST_CENTRES, HERO_UNFILTERED, "cost_centres" },
	{ V1 "/*/work_locations", REQUEST_LIST, HERO_WORK_LOCATIONS, HERO_UNFILTERED, "work_locations" },
	{ V1 "/*/work_sites", REQUEST_LIST, HERO_WORK_SITES, HERO_UNFILTERED, "work_sites" },
	{ V1 "/*/employing_entities", REQUEST_LIST, HERO_EMPLOYING_ENTITIES, HERO_UNFILTERED,
		"employing_entities" },
	{ V1 "/*/roles", REQUEST_LIST, HERO_ROLES, HERO_UNFILTERED, "roles" },
};

struct ids {
	char texts[IDS_MAX][64];
	size_t count;
};

static bool matches(struct ids *ids, const char *form, const char *path)
{
	ids->count = 0;
	for (; *form; form++) {
		size_t length = *form == '*' ? strcspn(path, "/") : 1;

		if (*form != '*' && *form != *path)
			return false;
		if (*form == '*') {
			if (!length || length >= sizeof ids->texts[0] || ids->count == IDS_MAX)
				return false;
			memcpy(ids->texts[ids->count], path, length);
			ids->texts[ids->count++][length] = '\0';
		}
		path += length;
	}
	return *path == '\0';
}

static const struct endpoint *find_endpoint(struct ids *ids, const char *path)
{
	for (size_t i = 0; i < sizeof endpoints / sizeof endpoints[0]; i++) {
		if (matches(ids, endpoints[i].path, path))
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
	struct ids ids;

	if (is_token(request))
		return REQUEST_TOKEN;
	if (is_authorization(request))
		return strcmp(request->method, "POST") == 0 ? REQUEST_CONSENT : REQUEST_OTHER;
	endpoint = request_has_host(request, API_HOST) ? find_endpoint(&ids, request->path) : NULL;
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

static bool has_permission(const struct simulation *simulation, const char *scope)
{
	const char *permissions = provider_permissions(simulation);
	char old[64];
	char new[64];

	if (!permissions)
		return true;
	(void)snprintf(old, sizeof old, "%s:list", scope);
	(void)snprintf(new, sizeof new, NEW_SCOPE_START "%s:read", scope);
	return tokens_list_has(permissions, old) || tokens_list_has(permissions, new);
}

/* Whether the request may have what it asks for. Returns 1, 0 when the refusal stands in the answer, or -1. */
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
	if (!has_permission(simulation, endpoint->scope))
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

/* Where the records stand that the ids of the path lead to. -1: an id leads nowhere. */
static int find_owner(struct hero_place *out, bool *crew, uint64_t *team, const struct hero_world *world,
	const struct endpoint *endpoint, const struct ids *ids)
{
	uint64_t organisation;

	*crew = false;
	*out = (struct hero_place){ .world = world };
	if (ids->count && hero_find(out, world, HERO_ORGANISATIONS, ids->texts[0]) < 0)
		return -1;
	organisation = out->organisation;
	if (endpoint->filter == HERO_BY_TEAM) {
		if (hero_find(out, world, HERO_TEAMS, ids->texts[1]) < 0)
			return -1;
		*team = out->number;
	} else if (endpoint->kind == REQUEST_OBJECT && ids->count == 2 &&
		   endpoint->path[strlen(endpoint->path) - 1] == '*') {
		if (hero_find(out, world, endpoint->set, ids->texts[1]) < 0)
			return -1;
	} else if (hero_owner(endpoint->set) == HERO_OF_EMPLOYEE) {
		*crew = ids->count == 1 || strcmp(ids->texts[1], "-") == 0; /* - is everybody */
		if (!*crew && hero_find(out, world, HERO_EMPLOYEES, ids->texts[1]) < 0)
			return -1;
	}
	out->set = endpoint->set;
	return out->organisation == organisation ? 0 : -1;
}

static int answer_endpoint(struct answer *answer, const struct simulation *simulation,
	const struct request *request, const struct endpoint *endpoint, const struct ids *ids)
{
	const struct data *data = simulation->data;
	struct hero_place place;
	uint64_t team = 0;
	bool crew;

	if (find_owner(&place, &crew, &team, &data->world, endpoint, ids) < 0 ||
		(endpoint->kind == REQUEST_OBJECT && (crew || !hero_exists(&place))))
		return refuse(answer, request, 404, "Not found");
	answer->record_key = "id";
	return endpoint->kind == REQUEST_OBJECT
		       ? answer_record(answer, &place)
		       : hero_list(answer, simulation, request, &place, crew, endpoint->filter, team);
}

static int answer(struct answer *out, struct simulation *simulation, const struct request *request)
{
	const struct endpoint *endpoint;
	struct ids ids;
	int admitted;

	if (is_token(request))
		return oauth_code_answer(out, simulation, request);
	if (is_authorization(request))
		return authorize_answer(out, simulation, request, &server);
	endpoint = request_has_host(request, API_HOST) ? find_endpoint(&ids, request->path) : NULL;
	if (!endpoint)
		return refuse(out, request, 404, "Not found");
	admitted = admit(out, simulation, request, endpoint);
	return admitted == 1 ? answer_endpoint(out, simulation, request, endpoint, &ids) : admitted;
}

static bool knows(const char *permission)
{
	const char *colon = strrchr(permission, ':');

	return strncmp(permission, NEW_SCOPE_START, strlen(NEW_SCOPE_START)) == 0 ||
	       (colon && strcmp(colon, ":list") == 0);
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
