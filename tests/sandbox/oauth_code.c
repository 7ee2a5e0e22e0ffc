#include "config.h"

#include "sandbox/oauth_code.h"

#include "sandbox/oauth.h"

#include <inttypes.h>
#include <string.h>

#define JSON_TYPE "application/json; charset=utf-8"
#define FIELD_LIMIT 2048

/* The parameters of the token request; a grant wants some of them. */
enum parameter { GRANT_TYPE, CODE, REDIRECT_URI, CODE_VERIFIER, REFRESH_TOKEN, PARAMETER_COUNT };

static const char *const parameter_names[PARAMETER_COUNT] = { "grant_type", "code", "redirect_uri",
	"code_verifier", "refresh_token" };

struct token_request {
	struct buffer values[PARAMETER_COUNT]; /* terminated where given */
	int given[PARAMETER_COUNT];            /* as request_form() says it */
};

static void read_parameters(struct token_request *out, const struct request *request)
{
	for (size_t i = 0; i < PARAMETER_COUNT; i++) {
		buffer_init(&out->values[i], FIELD_LIMIT);
		out->given[i] = request_form(&out->values[i], request, parameter_names[i]);
	}
}

static void clear_parameters(struct token_request *asked)
{
	for (size_t i = 0; i < PARAMETER_COUNT; i++)
		buffer_wipe(&asked->values[i]);
}

static const char *reason(enum verdict verdict, bool code)
{
	switch (verdict) {
	case VERDICT_EXPIRED:
		return "the code is too old";
	case VERDICT_MISMATCH:
		return "redirect_uri or code_verifier does not belong to the code";
	case VERDICT_REUSED:
		return code ? "the code was used before" : "the refresh token was used before";
	case VERDICT_REVOKED:
		return "the grant was revoked";
	default:
		return code ? "the code is unknown" : "the refresh token is unknown";
	}
}

/* The answer to an accepted grant. Employment Hero's has no scope: it is the application's. */
static int give(struct answer *answer, struct simulation *simulation, const struct buffer *refresh)
{
	struct buffer access = BUFFER_INIT(8192);
	bool renewed = refresh->length > 0;
	int result = -1;

	if (tokens_issue(&access, &answer->token_id, &simulation->tokens, answer->grant.family,
		    simulation->provider->id, "") == 0 &&
		buffer_text(&access) && oauth_not_cached(answer) == 0)
		result = answer_text(answer, 200, JSON_TYPE,
			"{\"access_token\":\"%s\",%s%s%s\"token_type\":\"bearer\",\"expires_in\":%" PRId64
			"}",
			access.data, renewed ? "\"refresh_token\":\"" : "", renewed ? refresh->data : "",
			renewed ? "\"," : "", simulation->tokens.life_s);
	buffer_wipe(&access);
	return result;
}

static int redeem(
	struct answer *answer, struct simulation *simulation, const struct token_request *asked, bool keep)
{
	struct buffer token = BUFFER_INIT(FIELD_LIMIT);
	int result = -1;

	answer->grant_type = "authorization_code";
	if (families_redeem(&token, &answer->grant, &simulation->families, asked->values[CODE].data,
		    asked->values[REDIRECT_URI].data, asked->values[CODE_VERIFIER].data) < 0)
		goto out;
	if (keep) {
		buffer_wipe(&token);
		answer->grant.issued[0] = '\0';
	}
	result = answer->grant.verdict == VERDICT_ACCEPTED
			 ? give(answer, simulation, &token)
			 : oauth_refuse(answer, 400, "invalid_grant", reason(answer->grant.verdict, true));
out:
	buffer_wipe(&token);
	return result;
}

static int refresh(
	struct answer *answer, struct simulation *simulation, const struct token_request *asked, bool keep)
{
	struct buffer token = BUFFER_INIT(FIELD_LIMIT);
	int result = -1;

	answer->grant_type = "refresh_token";
	if (families_refresh(&token, &answer->grant, &simulation->families, asked->values[REFRESH_TOKEN].data,
		    keep) < 0)
		goto out;
	result = answer->grant.verdict == VERDICT_ACCEPTED
			 ? give(answer, simulation, &token)
			 : oauth_refuse(answer, 400, "invalid_grant", reason(answer->grant.verdict, false));
out:
	buffer_wipe(&token);
	return result;
}

static const struct {
	const char *grant_type;
	enum parameter wanted[4]; /* ends with GRANT_TYPE */
	int (*answer)(struct answer *answer, struct simulation *simulation, const struct token_request *asked,
		bool keep);
} grants[] = {
	{ "authorization_code", { CODE, REDIRECT_URI, CODE_VERIFIER, GRANT_TYPE }, redeem },
	{ "refresh_token", { REFRESH_TOKEN, GRANT_TYPE }, refresh },
};

static int answer_grant(struct answer *answer, struct simulation *simulation, const struct request *request,
	const struct token_request *asked)
{
	bool keep = strikes(&request->strike, FAULT_TOKEN_WITHOUT_REFRESH);

	if (asked->given[GRANT_TYPE] != 1)
		return oauth_refuse(answer, 400, "invalid_request", "grant_type is not there once");
	for (size_t i = 0; i < sizeof grants / sizeof grants[0]; i++) {
		if (!oauth_same(&asked->values[GRANT_TYPE], grants[i].grant_type))
			continue;
		for (const enum parameter *wanted = grants[i].wanted; *wanted != GRANT_TYPE; wanted++) {
			if (asked->given[*wanted] != 1)
				return oauth_refuse(answer, 400, "invalid_request",
					"a parameter of this grant is not there once");
		}
		return grants[i].answer(answer, simulation, asked, keep);
	}
	return oauth_refuse(answer, 400, "unsupported_grant_type",
		"grant_type must be authorization_code or refresh_token");
}

int oauth_code_answer(struct answer *answer, struct simulation *simulation, const struct request *request)
{
	struct token_request asked;
	int result = oauth_check_form(answer, simulation, request);

	if (result != 1)
		return result;
	read_parameters(&asked, request);
	result = answer_grant(answer, simulation, request, &asked);
	clear_parameters(&asked);
	return result;
}
