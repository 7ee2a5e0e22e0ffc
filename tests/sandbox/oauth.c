#include "config.h"

#include "sandbox/oauth.h"

#include "sandbox/encode.h"

#include <gnutls/gnutls.h>
#include <inttypes.h>
#include <string.h>
#include <strings.h>

#define JSON_TYPE "application/json; charset=utf-8"
#define FORM_TYPE "application/x-www-form-urlencoded"

int oauth_not_cached(struct answer *answer)
{
	return answer_header(answer, "Cache-Control", "no-store") < 0 ||
			       answer_header(answer, "Pragma", "no-cache") < 0
		       ? -1
		       : 0;
}

int oauth_refuse(struct answer *answer, unsigned status, const char *code, const char *description)
{
	if (oauth_not_cached(answer) < 0)
		return -1;
	return answer_text(answer, status, JSON_TYPE, "{\"error\":\"%s\",\"error_description\":\"%s\"}", code,
		description);
}

bool oauth_same(const struct buffer *given, const char *expected)
{
	size_t length = strlen(expected);

	return given->length == length && (length == 0 || gnutls_memcmp(given->data, expected, length) == 0);
}

/* Section 2.3.1 has id and secret in form encoding before base64; many clients leave that out, so
 * both are taken. */
static bool basic_holds(const char *text, size_t length, const char *expected)
{
	struct buffer raw = BUFFER_INIT(1024);
	struct buffer decoded = BUFFER_INIT(1024);
	bool holds = (buffer_append(&raw, text, length) == 0 && oauth_same(&raw, expected)) ||
		     (decode_form(&decoded, text, length) == 0 && oauth_same(&decoded, expected));

	buffer_wipe(&raw);
	buffer_wipe(&decoded);
	return holds;
}

static bool basic_is_right(const struct request *request, const struct credentials *credentials)
{
	struct buffer pair = BUFFER_INIT(2048);
	const char *text = request->authorization + 6;
	const char *colon = NULL;
	bool right = false;

	if (decode_base64(&pair, text, strlen(text)) == 0 && pair.length)
		colon = memchr(pair.data, ':', pair.length);
	if (colon) {
		size_t id_length = (size_t)(colon - pair.data);

		right = basic_holds(pair.data, id_length, credentials->client_id) &&
			basic_holds(colon + 1, pair.length - id_length - 1, credentials->client_secret);
	}
	buffer_wipe(&pair);
	return right;
}

static int bad_client(struct answer *answer, bool basic)
{
	if (basic && answer_header(answer, "WWW-Authenticate", "Basic realm=\"token\"") < 0)
		return -1;
	return oauth_refuse(answer, 401, "invalid_client", "client authentication failed");
}

static int check_secret(
	struct answer *answer, const struct simulation *simulation, const struct request *request)
{
	const struct credentials *credentials = &simulation->credentials;
	bool basic = request->authorization && strncasecmp(request->authorization, "Basic ", 6) == 0;
	struct buffer id = BUFFER_INIT(1024);
	struct buffer secret = BUFFER_INIT(1024);
	int has_id = request_form(&id, request, "client_id");
	int has_secret = request_form(&secret, request, "client_secret");
	int result = 0;

	if (has_id < 0 || has_secret < 0)
		result = oauth_refuse(answer, 400, "invalid_request", "malformed credentials");
	else if (basic && has_secret)
		result = oauth_refuse(
			answer, 400, "invalid_request", "credentials in the header and in the body");
	else if (basic ? !basic_is_right(request, credentials)
		       : !has_id || !has_secret || !oauth_same(&id, credentials->client_id) ||
				 !oauth_same(&secret, credentials->client_secret))
		result = bad_client(answer, basic);
	else
		result = 1;
	buffer_wipe(&id);
	buffer_wipe(&secret);
	return result;
}

/* Returns 1, 0 when the refusal stands in the answer, or -1. */
static int check_post(struct answer *answer, const struct request *request)
{
	if (strcmp(request->method, "POST") != 0) {
		if (answer_header(answer, "Allow", "POST") < 0)
			return -1;
		return oauth_refuse(answer, 405, "invalid_request", "the token endpoint wants POST");
	}
	if (!request_has_type(request, FORM_TYPE))
		return oauth_refuse(answer, 400, "invalid_request", "the content type must be " FORM_TYPE);
	return 1;
}

int oauth_check_form(
	struct answer *answer, const struct simulation *simulation, const struct request *request)
{
	int result = check_post(answer, request);

	if (result != 1)
		return result;
	if (strchr(request->target, '?'))
		return oauth_refuse(
			answer, 400, "invalid_request", "parameters belong in the form, not in the query");
	if (request->authorization)
		return oauth_refuse(
			answer, 400, "invalid_request", "credentials belong in the form, not in a header");
	return check_secret(answer, simulation, request);
}

int oauth_check_client(
	struct answer *answer, const struct simulation *simulation, const struct request *request)
{
	struct buffer grant = BUFFER_INIT(1024);
	int result = check_post(answer, request);
	int given;

	if (result != 1)
		return result;
	given = request_form(&grant, request, "grant_type");
	if (given != 1)
		result = oauth_refuse(answer, 400, "invalid_request", "grant_type is not there once");
	else if (!oauth_same(&grant, "client_credentials"))
		result = oauth_refuse(
			answer, 400, "unsupported_grant_type", "grant_type must be client_credentials");
	else
		result = check_secret(answer, simulation, request);
	buffer_clear(&grant);
	return result;
}

int oauth_grant(struct answer *answer, struct simulation *simulation, const char *scopes, const char *granted)
{
	struct buffer token = BUFFER_INIT(8192);
	uint64_t id;
	int result = -1;

	if (strlen(scopes) < sizeof answer->scopes &&
		tokens_issue(&token, &id, &simulation->tokens, 0, simulation->provider->id, scopes) == 0 &&
		buffer_text(&token) && oauth_not_cached(answer) == 0)
		result = answer_text(answer, 200, JSON_TYPE,
			"{\"access_token\":\"%s\",\"expires_in\":%" PRId64
			",\"scope\":\"%s\",\"token_type\":\"Bearer\"}",
			token.data, simulation->tokens.life_s, granted);
	if (result == 0) {
		answer->token_id = id;
		memcpy(answer->scopes, scopes, strlen(scopes) + 1);
	}
	buffer_wipe(&token);
	return result;
}
