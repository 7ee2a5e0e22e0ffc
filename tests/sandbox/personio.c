/* Personio's API, after its documentation (developer.personio.de) and what its clients have met:
 * v2 with cursors and problem+json, v1 with an envelope for what v2 lacks. The endpoints are
 * rows in personio_endpoint.c. */
#include "config.h"

#include "sandbox/limiter.h"
#include "sandbox/personio_auth.h"
#include "sandbox/personio_error.h"
#include "sandbox/personio_list.h"
#include "sandbox/provider.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Requests to the endpoint for tokens, in a minute. */
#define TOKEN_RATE 150

/* All of v1 together, in a minute. */
#define V1_RATE 2000

static const char *const hosts[] = { "api.personio.de", NULL };
static const char *const noted[] = { "X-Personio-App-ID", "X-Personio-Partner-ID", "Beta", NULL };
static const struct credential_field fields[] = { { "app_id", "ACME_GMBH" }, { NULL, NULL } };

struct personio {
	struct personio_auth auth;
	struct limiter *limiters; /* owned; one for each endpoint, then that of v1 */
	size_t limiter_count;
};

static enum request_kind kind(const struct request *request)
{
	char id[PERSONIO_ID_SIZE];

	return personio_request_kind(personio_route(id, request->path));
}

/* ---- Limits ---------------------------------------------------------------------------- */

static struct limit limit_of(const struct personio_endpoint *endpoint)
{
	if (endpoint->form == FORM_TOKEN)
		return (struct limit){ TOKEN_RATE, 60000 };
	return (struct limit){ endpoint->rate, 1000 };
}

static int make_limiters(struct personio *personio, uint64_t percent)
{
	static const struct limit v1 = { V1_RATE, 60000 };

	personio->limiters = calloc(personio_endpoint_count + 1, sizeof *personio->limiters);
	if (!personio->limiters)
		return -1;
	for (size_t i = 0; i <= personio_endpoint_count; i++) {
		struct limit limit = i < personio_endpoint_count ? limit_of(&personio_endpoints[i]) : v1;

		if (limiter_init(&personio->limiters[i], &limit, limit.count ? 1 : 0, percent) < 0)
			return -1;
		personio->limiter_count++;
	}
	return 0;
}

/* v2 tells in headers where its bucket stands, and nowhere when it will be fuller. */
static int tell_limit(struct answer *answer, const struct allowance *allowance)
{
	return answer_header(answer, "x-ratelimit-replenish-rate", "%" PRIu32, allowance->limit) < 0 ||
			       answer_header(answer, "x-ratelimit-burst-capacity", "%" PRIu32,
				       allowance->limit) < 0 ||
			       answer_header(answer, "x-ratelimit-remaining", "%" PRIu32,
				       allowance->remaining) < 0 ||
			       answer_header(answer, "x-ratelimit-requested-tokens", "1") < 0
		       ? -1
		       : 0;
}

/* Returns 1, 0 when the refusal stands in the answer, or -1. */
static int limit_rate(struct answer *answer, const struct simulation *simulation,
	const struct request *request, const struct personio_endpoint *endpoint)
{
	struct personio *personio = simulation->data;
	bool v1 = personio_is_v1(request->path);
	size_t i = v1 ? personio_endpoint_count : (size_t)(endpoint - personio_endpoints);
	struct allowance allowance;
	int refused =
		limiter_take(&allowance, &personio->limiters[i], timepiece_now_ms(simulation->timepiece));

	if (endpoint->rate && personio->limiters[i].window_count && tell_limit(answer, &allowance) < 0)
		return -1;
	return refused ? personio_refuse(answer, request, 429, "The rate limit is exceeded.") : 1;
}

/* ---- Requests -------------------------------------------------------------------------- */

/* What a missing right looks like depends on the endpoint. */
static int deny(struct answer *answer, const struct request *request, unsigned status)
{
	if (status == 401)
		return personio_problem(answer, 401, "Unauthorized Request",
			"The request is not authorized to access this resource.", "unauthorized");
	return personio_refuse(answer, request, status ? status : 403,
		"The credentials lack the permission for this resource.");
}

/* Returns 1, 0 when the refusal stands in the answer, or -1. */
static int admit(struct answer *answer, struct personio *personio, const struct request *request,
	const struct personio_endpoint *endpoint)
{
	bool v1 = personio_is_v1(request->path);
	const char *beta = request_header(request, "Beta");

	if ((endpoint->peculiar & PERSONIO_BETA) && (!beta || strcmp(beta, "true") != 0))
		return personio_no_endpoint(answer, request);
	if (!personio_auth_admits(&personio->auth, request, v1))
		return personio_refuse(
			answer, request, 401, "The access token is missing, invalid or expired.");
	if (!personio_auth_allows(request, endpoint->right, v1))
		return deny(answer, request, endpoint->denied);
	if (strcmp(request->method, "GET") != 0)
		return personio_refuse(answer, request, 405, "Only GET is allowed.");
	return 1;
}

/* v1 still says its token again with every answer; a client may take no notice. */
static int repeat_token(struct answer *answer, const struct request *request)
{
	const char *token = tokens_bearer(request->authorization);

	return token ? answer_header(answer, "Authorization", "Bearer %s", token) : 0;
}

static int answer(struct answer *out, struct simulation *simulation, const struct request *request)
{
	struct personio *personio = simulation->data;
	struct personio_view view = { .employees = simulation->options->employees,
		.attributes = simulation->options->attributes };
	char id[PERSONIO_ID_SIZE];
	const struct personio_endpoint *endpoint = personio_route(id, request->path);
	int admitted;

	if (!endpoint)
		return personio_no_endpoint(out, request);
	admitted = limit_rate(out, simulation, request, endpoint);
	if (admitted != 1)
		return admitted;
	switch (endpoint->form) {
	case FORM_TOKEN:
		return personio_auth_token(out, simulation, request);
	case FORM_REVOKE:
		return personio_auth_revoke(out, simulation, &personio->auth, request);
	case FORM_V1_TOKEN:
		return personio_auth_v1(out, simulation, &personio->auth, request);
	default:
		break;
	}
	admitted = admit(out, personio, request, endpoint);
	if (admitted != 1)
		return admitted;
	if (endpoint->form == FORM_V1_LIST && repeat_token(out, request) < 0)
		return -1;
	/* Today, unless the request says another day. */
	view.from = timepiece_now_s(simulation->timepiece) / 86400;
	return personio_list(out, request, endpoint, &view, id);
}

/* ---- The provider ---------------------------------------------------------------------- */

static void close_data(struct simulation *simulation)
{
	struct personio *personio = simulation->data;

	for (size_t i = 0; i < personio->limiter_count; i++)
		limiter_clear(&personio->limiters[i]);
	free(personio->limiters);
	personio_auth_clear(&personio->auth);
	free(personio);
}

static int open_data(struct simulation *simulation, struct error *error)
{
	struct personio *personio = calloc(1, sizeof *personio);

	if (!personio)
		return error_memory(error);
	simulation->data = personio;
	personio_auth_init(&personio->auth);
	if (make_limiters(personio, simulation->options->limits) == 0)
		return 0;
	close_data(simulation);
	return error_memory(error);
}

const struct provider provider_personio = {
	.id = "personio",
	.hosts = hosts,
	.credential_prefix = "papi-",
	.fields = fields,
	.noted = noted,
	.token_life_s = 86400,
	.open = open_data,
	.close = close_data,
	.kind = kind,
	.answer = answer,
	.knows = personio_auth_knows,
	.refuse = personio_refuse,
};
