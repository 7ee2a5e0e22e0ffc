/* Culture Amp's Public API v1, after its reference (docs.api.cultureamp.com): client credentials
 * with scopes "target-entity:ENTITY:PERMISSION,…", nine GET endpoints, {"data":…,"pagination":…},
 * errors as
 * {"code":…,"message":…}. */
#include "config.h"

#include "sandbox/culture_amp_data.h"
#include "sandbox/culture_amp_list.h"
#include "sandbox/oauth.h"
#include "sandbox/provider.h"

#include <stdlib.h>
#include <string.h>

#define PRODUCTION_ENTITY "8ed17dce-9eca-4383-a9e1-54f82c362b6d"
#define SCOPE_PREFIX "target-entity:"
#define EMPLOYEES_READ "employees-read"
#define DEMOGRAPHICS_READ "employee-demographics-read"
#define EVALUATIONS_READ "performance-evaluations-read"

static const char *const hosts[] = { "api.cultureamp.com", NULL };

/* The permission surveys-read can no longer be obtained. */
static const char all_permissions[] = EMPLOYEES_READ "," DEMOGRAPHICS_READ "," EVALUATIONS_READ;

enum route_id {
	ROUTE_NONE,
	ROUTE_TOKEN,
	ROUTE_EMPLOYEES,
	ROUTE_EMPLOYEE,
	ROUTE_DEMOGRAPHICS,
	ROUTE_EMPLOYEE_REVIEWS,
	ROUTE_CYCLES,
	ROUTE_CYCLE,
	ROUTE_CYCLE_REVIEWS,
	ROUTE_REVIEWS,
	ROUTE_REVIEW,
};

static const struct route {
	const char *path; /* '*': an id of this space */
	enum culture_amp_space space;
	enum request_kind kind;
	enum route_id id;
	const char *permission;
} routes[] = {
	{ "/v1/oauth2/token", 0, REQUEST_TOKEN, ROUTE_TOKEN, NULL },
	{ "/v1/employees", 0, REQUEST_LIST, ROUTE_EMPLOYEES, EMPLOYEES_READ },
	{ "/v1/employees/*", SPACE_EMPLOYEE, REQUEST_OBJECT, ROUTE_EMPLOYEE, EMPLOYEES_READ },
	{ "/v1/employees/*/demographics", SPACE_EMPLOYEE, REQUEST_LIST, ROUTE_DEMOGRAPHICS,
		DEMOGRAPHICS_READ },
	{ "/v1/employees/*/manager-reviews", SPACE_EMPLOYEE, REQUEST_LIST, ROUTE_EMPLOYEE_REVIEWS,
		EVALUATIONS_READ },
	{ "/v1/performance-cycles", 0, REQUEST_LIST, ROUTE_CYCLES, EVALUATIONS_READ },
	{ "/v1/performance-cycles/*", SPACE_CYCLE, REQUEST_OBJECT, ROUTE_CYCLE, EVALUATIONS_READ },
	{ "/v1/performance-cycles/*/manager-reviews", SPACE_CYCLE, REQUEST_LIST, ROUTE_CYCLE_REVIEWS,
		EVALUATIONS_READ },
	{ "/v1/manager-reviews", 0, REQUEST_LIST, ROUTE_REVIEWS, EVALUATIONS_READ },
	{ "/v1/manager-reviews/*", SPACE_REVIEW, REQUEST_OBJECT, ROUTE_REVIEW, EVALUATIONS_READ },
};

static const struct route *find_route(char *id, size_t size, const char *path)
{
	for (size_t i = 0; i < sizeof routes / sizeof routes[0]; i++) {
		if (path_matches(id, size, routes[i].path, path))
			return &routes[i];
	}
	return NULL;
}

static enum request_kind kind(const struct request *request)
{
	char id[64];
	const struct route *route = find_route(id, sizeof id, request->path);

	return route ? route->kind : REQUEST_OTHER;
}

static int refuse(struct answer *answer, const struct request *request, unsigned status, const char *message)
{
	(void)request;
	return answer_text(
		answer, status, CULTURE_AMP_TYPE, "{\"code\":%u,\"message\":\"%s\"}", status, message);
}

/* Reads "target-entity:ENTITY:A,B". Returns the list of permissions, or NULL with the reason. */
static const char *read_scope(const char **reason, const char *scope, const char *granted)
{
	size_t prefix = strlen(SCOPE_PREFIX);
	const char *colon;
	const char *list;

	*reason = "scope must be target-entity:<entity id>:<permission>,<permission>";
	if (strncmp(scope, SCOPE_PREFIX, prefix) != 0 || !(colon = strchr(scope + prefix, ':')))
		return NULL;
	if ((size_t)(colon - scope) - prefix != strlen(PRODUCTION_ENTITY) ||
		strncmp(scope + prefix, PRODUCTION_ENTITY, strlen(PRODUCTION_ENTITY)) != 0) {
		*reason = "unknown target entity";
		return NULL;
	}
	list = colon + 1;
	for (const char *word = list;; word++) {
		char permission[64];
		size_t length = strcspn(word, ",");

		*reason = "unknown permission, or one that these credentials lack";
		if (length == 0 || length >= sizeof permission)
			return NULL;
		memcpy(permission, word, length);
		permission[length] = '\0';
		if (!tokens_list_has(granted, permission))
			return NULL;
		word += length;
		if (!*word)
			return list;
	}
}

static int grant(struct answer *answer, struct simulation *simulation, const struct request *request,
	const char *scope)
{
	const char *permissions = provider_permissions(simulation);
	const char *reason;
	const char *list = read_scope(&reason, scope, permissions ? permissions : all_permissions);
	char cut[TOKEN_SCOPES_SIZE];
	char granted[TOKEN_SCOPES_SIZE + 64];
	char *comma;

	if (!list || strlen(list) >= sizeof cut)
		return oauth_refuse(answer, 400, "invalid_scope", reason);
	memcpy(cut, list, strlen(list) + 1);
	if (strikes(&request->strike, FAULT_MISSING_SCOPE)) {
		comma = strrchr(cut, ',');
		*(comma ? comma : cut) = '\0';
	}
	(void)snprintf(granted, sizeof granted, SCOPE_PREFIX PRODUCTION_ENTITY ":%s", cut);
	return oauth_grant(answer, simulation, cut, granted);
}

static int answer_token(struct answer *answer, struct simulation *simulation, const struct request *request)
{
	struct buffer scope = BUFFER_INIT(4096);
	int result = oauth_check_client(answer, simulation, request);
	int given;

	if (result != 1)
		return result;
	given = request_form(&scope, request, "scope");
	result = given == 1 ? grant(answer, simulation, request, scope.data)
			    : oauth_refuse(answer, 400, "invalid_scope", "scope is not there once");
	buffer_clear(&scope);
	return result;
}

/* Whether the request may have what it asks for. Returns 1, 0 when the refusal stands in the
 * answer, or -1. */
static int admit(struct answer *answer, const struct request *request, const char *permission)
{
	static const char *const reasons[] = {
		[TOKEN_ABSENT] = "an access token is required",
		[TOKEN_BAD] = "the access token is invalid",
		[TOKEN_EXPIRED] = "the access token expired",
	};

	if (request->token_state != TOKEN_GOOD)
		return answer_header(answer, "WWW-Authenticate", "Bearer") < 0
			       ? -1
			       : refuse(answer, request, 401, reasons[request->token_state]);
	if (!token_has(&request->token, permission))
		return refuse(
			answer, request, 403, "the access token lacks the permission for this resource");
	if (strcmp(request->method, "GET") != 0)
		return answer_header(answer, "Allow", "GET") < 0
			       ? -1
			       : refuse(answer, request, 405, "only GET is allowed");
	return 1;
}

static int answer_record(struct answer *answer, const struct records *records, uint64_t index)
{
	struct body *body = &answer->body;
	char *room;

	answer->status = 200;
	answer->content_type = CULTURE_AMP_TYPE;
	answer->records = 1;
	if (buffer_append_text(&body->head, "{\"data\":") < 0 ||
		buffer_reserve(&room, &body->head, records->longest) < 0)
		return -1;
	body->head.length += records_write(room, records, index);
	return buffer_append_char(&body->tail, '}');
}

static int answer_demographics(struct answer *answer, uint64_t employee)
{
	struct buffer *head = &answer->body.head;

	answer->status = 200;
	answer->content_type = CULTURE_AMP_TYPE;
	return buffer_append_text(head, "{\"data\":") < 0 ||
			       culture_amp_demographics(head, &answer->records, employee) < 0 ||
			       buffer_append_char(head, '}') < 0
		       ? -1
		       : 0;
}

static int answer_route(struct answer *answer, const struct simulation *simulation,
	const struct request *request, enum route_id route, uint64_t index)
{
	const struct culture_amp_data *data = simulation->data;
	struct selection reviews = selection_all(&data->reviews);
	struct selection cycles = selection_all(&data->cycles);

	switch (route) {
	case ROUTE_EMPLOYEES:
		return culture_amp_employees(answer, simulation, request);
	case ROUTE_EMPLOYEE:
		return answer_record(answer, &data->employees, index);
	case ROUTE_DEMOGRAPHICS:
		return answer_demographics(answer, index);
	case ROUTE_EMPLOYEE_REVIEWS:
		reviews = culture_amp_reviews_of_employee(data, index);
		return culture_amp_list(answer, simulation, request, &reviews);
	case ROUTE_CYCLES:
		return culture_amp_list(answer, simulation, request, &cycles);
	case ROUTE_CYCLE:
		return answer_record(answer, &data->cycles, index);
	case ROUTE_CYCLE_REVIEWS:
		reviews = culture_amp_reviews_of_cycle(data, index);
		return culture_amp_list(answer, simulation, request, &reviews);
	case ROUTE_REVIEWS:
		return culture_amp_list(answer, simulation, request, &reviews);
	case ROUTE_REVIEW:
		return answer_record(answer, &data->reviews, index);
	default:
		return refuse(answer, request, 404, "there is no such resource");
	}
}

static int answer(struct answer *out, struct simulation *simulation, const struct request *request)
{
	char id[64];
	uint64_t index = 0;
	const struct route *route = find_route(id, sizeof id, request->path);
	int admitted;

	if (!route)
		return refuse(out, request, 404, "there is no such resource");
	if (route->id == ROUTE_TOKEN)
		return answer_token(out, simulation, request);
	admitted = admit(out, request, route->permission);
	if (admitted != 1)
		return admitted;
	if (route->space && culture_amp_index(&index, simulation->data, route->space, id) < 0)
		return refuse(out, request, 404, "there is no such resource");
	out->record_key =
		route->id == ROUTE_EMPLOYEES || route->id == ROUTE_CYCLES ? "id" : "managerReviewId";
	return answer_route(out, simulation, request, route->id, index);
}

static bool knows(const char *permission)
{
	return tokens_list_has(all_permissions, permission);
}

static int open_data(struct simulation *simulation, struct error *error)
{
	const struct options *options = simulation->options;

	simulation->data = malloc(sizeof(struct culture_amp_data));
	if (!simulation->data)
		return error_memory(error);
	if (culture_amp_data_make(simulation->data, options->employees, options->cycles) == 0)
		return 0;
	free(simulation->data);
	return error_memory(error);
}

static void close_data(struct simulation *simulation)
{
	culture_amp_data_clear(simulation->data);
	free(simulation->data);
}

const struct provider provider_culture_amp = {
	.id = "culture_amp",
	.hosts = hosts,
	.credential_prefix = "",
	.token_life_s = 3599,
	.open = open_data,
	.close = close_data,
	.kind = kind,
	.answer = answer,
	.knows = knows,
	.refuse = refuse,
};
