#include "config.h"

#include "fetch/oauth2.h"

#include "base/base64.h"
#include "base/json.h"
#include "base/percent.h"
#include "base/secrets.h"
#include "base/text.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { TEXT_LIMIT = 64 * 1024, TOKEN_LIMIT = 16 * 1024, LIFE_LIMIT = 400 * 24 * 3600 };

/* ---- The request -------------------------------------------------------------------------------------- */

static int add_member(struct buffer *body, const char *name, const char *value, size_t length)
{
	if ((body->length && buffer_append_char(body, '&') < 0) ||
		percent_encode_form(body, name, strlen(name)) < 0 || buffer_append_char(body, '=') < 0 ||
		percent_encode_form(body, value, length) < 0)
		return -1;
	return 0;
}

/* User and password are form-encoded before they are joined: section 2.3.1. */
static int add_basic(struct headers *headers, const struct credential_place *place,
	const struct credentials *credentials, struct error *error)
{
	struct buffer part = BUFFER_INIT(TEXT_LIMIT), pair = BUFFER_INIT(TEXT_LIMIT);
	struct buffer line = BUFFER_INIT(TEXT_LIMIT);
	int result = -1;

	if (credentials_expand(&part, place->name, credentials, error) < 0)
		goto out;
	if (percent_encode_form(&pair, part.data, part.length) < 0 || buffer_append_char(&pair, ':') < 0)
		goto too_long;
	part.length = 0;
	if (credentials_expand(&part, place->value, credentials, error) < 0)
		goto out;
	if (percent_encode_form(&pair, part.data, part.length) < 0 ||
		buffer_append_text(&line, "Basic ") < 0 || base64_encode(&line, pair.data, pair.length) < 0)
		goto too_long;
	result =
		headers_add(headers, "Authorization", strlen("Authorization"), line.data, line.length, error);
	goto out;
too_long:
	(void)error_set(error, ERROR_BAD_FIELD, "The credentials are too long.");
out:
	buffer_wipe(&part);
	buffer_wipe(&pair);
	buffer_wipe(&line);
	return result;
}

static int add_place(struct headers *headers, struct buffer *body, const struct credential_place *place,
	const struct credentials *credentials, struct error *error)
{
	struct buffer value = BUFFER_INIT(TEXT_LIMIT);
	int result;

	if (place->where == CREDENTIAL_BASIC)
		return add_basic(headers, place, credentials, error);
	if (place->where == CREDENTIAL_HEADER)
		return 0;
	result = credentials_expand(&value, place->value, credentials, error);
	if (result == 0 && place->where == CREDENTIAL_TOKEN_HEADER)
		result = headers_add(headers, place->name, strlen(place->name), value.data ? value.data : "",
			value.length, error);
	else if (result == 0 && add_member(body, place->name, value.data, value.length) < 0)
		result = error_set(error, ERROR_BAD_FIELD, "The credentials are too long.");
	buffer_wipe(&value);
	return result;
}

/* What the grant itself sends. A member without a value is left out: only a scope may lack. */
static int add_grant(struct buffer *body, const struct oauth2_request *request)
{
	const struct {
		enum oauth2_grant grant;
		const char *name, *value;
	} members[] = {
		{ OAUTH2_CLIENT_CREDENTIALS, "grant_type", "client_credentials" },
		{ OAUTH2_CLIENT_CREDENTIALS, "scope", request->scope },
		{ OAUTH2_AUTHORIZATION_CODE, "grant_type", "authorization_code" },
		{ OAUTH2_AUTHORIZATION_CODE, "code", request->code },
		{ OAUTH2_AUTHORIZATION_CODE, "redirect_uri", request->redirect_uri },
		{ OAUTH2_AUTHORIZATION_CODE, "code_verifier", request->verifier },
		{ OAUTH2_REFRESH_TOKEN, "grant_type", "refresh_token" },
		{ OAUTH2_REFRESH_TOKEN, "refresh_token", request->token },
		{ OAUTH2_REVOCATION, "token", request->token },
	};

	for (size_t i = 0; i < sizeof members / sizeof members[0]; i++)
		if (members[i].grant == request->grant && members[i].value && members[i].value[0] &&
			add_member(body, members[i].name, members[i].value, strlen(members[i].value)) < 0)
			return -1;
	return 0;
}

int oauth2_request(struct headers *headers, struct buffer *body, const struct oauth2_request *request,
	struct error *error)
{
	if (headers_add_text(headers, "Content-Type", "application/x-www-form-urlencoded", error) < 0 ||
		headers_add_text(headers, "Accept", "application/json", error) < 0)
		return -1;
	if (add_grant(body, request) < 0)
		return error_set(error, ERROR_BAD_FIELD, "The token request is too long.");
	for (size_t i = 0; i < request->place_count; i++)
		if (add_place(headers, body, &request->places[i], &request->credentials, error) < 0)
			return -1;
	return 0;
}

/* ---- The answer --------------------------------------------------------------------------------------- */

/* A b64token, as it stands behind "Bearer " (RFC 6750, section 2.1), and some more that is seen: visible
 * ASCII without space. */
static bool is_token(const char *text)
{
	size_t length = strlen(text);

	if (length == 0 || length > TOKEN_LIMIT)
		return false;
	for (size_t i = 0; i < length; i++)
		if (text[i] <= ' ' || text[i] >= 0x7F)
			return false;
	return true;
}

/* Seconds as a number; some send them as text. -1 when absent or none. */
static int64_t lifetime(const json_t *value)
{
	uint64_t seconds;

	if (json_is_string(value) && text_to_u64(&seconds, json_string_value(value)) == 0)
		return seconds < LIFE_LIMIT ? (int64_t)seconds : LIFE_LIMIT;
	if (json_is_real(value) && json_real_value(value) >= 0 && json_real_value(value) < LIFE_LIMIT)
		return (int64_t)json_real_value(value);
	if (!json_is_integer(value) || json_integer_value(value) < 0)
		return -1;
	return json_integer_value(value) < LIFE_LIMIT ? json_integer_value(value) : LIFE_LIMIT;
}

/* The provider's words: those of section 5.2, else its message. Nothing else of the body is shown: it
 * may repeat what was sent. */
static void tell_words(struct error *error, const json_t *object)
{
	const char *code = json_string_value(json_object_get(object, "error"));
	const char *text = json_string_value(json_object_get(object, "error_description"));
	char line[sizeof error->body];

	if (!text)
		text = json_string_value(json_object_get(object, "message"));
	if (!text)
		text = json_string_value(json_pointer(object, "/error/message"));
	(void)snprintf(
		line, sizeof line, "%s%s%s", code ? code : "", code && text ? ": " : "", text ? text : "");
	text_clean(error->body, sizeof error->body, line, strlen(line));
}

static const json_t *value_at(const json_t *object, const char *pointer, const char *usual)
{
	return json_pointer(object, pointer ? pointer : usual);
}

static int take_tokens(struct oauth2_answer *out, const json_t *object,
	const struct oauth2_pointers *pointers, struct error *error)
{
	const char *access = json_string_value(value_at(object, pointers->token, "/access_token"));
	const char *refresh = json_string_value(json_object_get(object, "refresh_token"));
	const char *type = json_string_value(json_object_get(object, "token_type"));
	const char *scope = json_string_value(value_at(object, pointers->scope, "/scope"));

	if (!access && pointers->token) {
		tell_words(error, object);
		return error_set(error, ERROR_AUTHENTICATION_FAILED,
			"The provider gives no token for these credentials.");
	}
	if (!access || !is_token(access))
		return error_set(error, ERROR_PROVIDER_FAILED,
			"The token endpoint's answer holds no usable access_token.");
	if (!pointers->token && (!type || strcasecmp(type, "Bearer") != 0))
		return error_set(error, ERROR_PROVIDER_FAILED,
			"The token endpoint's answer has a token_type that is not Bearer.");
	if (refresh && !is_token(refresh))
		return error_set(error, ERROR_PROVIDER_FAILED,
			"The token endpoint's answer holds an unusable refresh_token.");
	out->access_token = strdup(access);
	out->refresh_token = refresh ? strdup(refresh) : NULL;
	out->scope = scope ? strdup(scope) : NULL;
	out->expires_s = lifetime(value_at(object, pointers->expires, "/expires_in"));
	if (!out->access_token || (refresh && !out->refresh_token) || (scope && !out->scope)) {
		oauth2_answer_clear(out);
		return error_memory(error);
	}
	return 0;
}

static int refuse(struct oauth2_answer *out, int status, const json_t *object, struct error *error)
{
	const char *code = json_string_value(json_object_get(object, "error"));

	tell_words(error, object);
	if (code)
		text_clean(out->refusal, sizeof out->refusal, code, strlen(code));
	if (code && strcmp(code, "invalid_scope") == 0)
		return error_set(
			error, ERROR_SCOPE_MISSING, "The provider refuses the scope that was asked for.");
	if (status == 429)
		return error_set(error, ERROR_RATE_LIMITED,
			"The provider is asked for tokens more often than it allows.");
	if (status >= 500)
		return error_set(error, ERROR_PROVIDER_FAILED,
			"The provider failed at the request for a token (status %d).", status);
	if (status == 404)
		return error_set(error, ERROR_PROVIDER_FAILED,
			"The provider knows no token endpoint there (status 404).");
	if (code && strcmp(code, "invalid_grant") == 0)
		return error_set(error, ERROR_AUTHENTICATION_FAILED,
			"The provider doesn't accept what it once granted: it was used, withdrawn or has expired "
			"(status %d).",
			status);
	return error_set(error, ERROR_AUTHENTICATION_FAILED,
		"The provider refuses the credentials (status %d).", status);
}

static bool is_html(const struct headers *headers, const char *body, size_t length)
{
	const char *type = headers ? headers_get(headers, "content-type") : NULL;

	if (type && strncasecmp(type, "text/html", 9) == 0)
		return true;
	while (length > 0 && strchr(" \t\r\n", *body))
		body++, length--;
	return length > 0 && *body == '<';
}

int oauth2_answer(struct oauth2_answer *out, int status, const struct headers *headers, const char *body,
	size_t length, const struct oauth2_pointers *pointers, struct error *error)
{
	json_t *object = NULL;
	int result;

	memset(out, 0, sizeof *out);
	if (status >= 300 && status < 400) {
		result = error_set(error, ERROR_REDIRECT_REFUSED,
			"The token endpoint redirects (status %d); credentials don't follow.", status);
		goto out;
	}
	if (length > 0)
		object = json_loadb(body, length, JSON_REJECT_DUPLICATES, NULL);
	out->spoken = json_is_object(object);
	if (status != 200) {
		result = refuse(out, status, object, error);
		if (!object && length > 0 && is_html(headers, body, length))
			(void)snprintf(error->body, sizeof error->body, "(a web page)");
	} else if (json_is_object(object)) {
		result = take_tokens(out, object, pointers, error);
	} else {
		result = error_set(error, ERROR_PROVIDER_FAILED,
			"The token endpoint answered %s where a token was expected.",
			length == 0                      ? "nothing"
			: is_html(headers, body, length) ? "a web page"
							 : "something that is no JSON object");
	}
out:
	if (result < 0)
		error->status = status;
	json_decref(object);
	return result;
}

bool oauth2_refused(const struct oauth2_answer *answer, const struct error *error)
{
	if (error->code != ERROR_AUTHENTICATION_FAILED)
		return false;
	if (answer->refusal[0])
		return strcmp(answer->refusal, "invalid_grant") == 0;
	return answer->spoken && error->status == 400;
}

void oauth2_answer_clear(struct oauth2_answer *answer)
{
	secrets_text_free_take(answer->access_token);
	secrets_text_free_take(answer->refresh_token);
	free(answer->scope);
	memset(answer, 0, sizeof *answer);
}
