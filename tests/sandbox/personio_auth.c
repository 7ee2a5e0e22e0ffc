#include "config.h"

#include "sandbox/personio_auth.h"

#include "base/clock.h"
#include "sandbox/personio_data.h"
#include "sandbox/personio_error.h"

#include <gnutls/gnutls.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FORM_TYPE "application/x-www-form-urlencoded"
#define JSON_TYPE "application/json"
#define VALUE_LIMIT 8192

/* In the scopes of a token of v1, which is no good in v2, and the other way round: whether a token of the one
 * opens the other is not known, so a client that mixes them up is found out. */
#define V1_MARK "v1"

/* The names of most are seen in code and documents, those of legal entities and workplaces are assumed. */
static const struct right {
	const char *v2;
	const char *v1; /* or NULL */
} rights[] = {
	{ "personio:persons:read", "employees:read" },
	{ "personio:absences:read", "absences:read" },
	{ "personio:attendances:read", "attendances:read" },
	{ "personio:projects:read", NULL },
	{ "personio:org-units:read", NULL },
	{ "personio:legal-entities:read", NULL },
	{ "personio:cost-centers:read", NULL },
	{ "personio:workplaces:read", NULL },
	{ "documents:read", "documents:read" },
	{ "personio:compensations:read", NULL },
	{ "personio:reports:read", "reports.custom:read" },
	{ "personio:recruiting:read", NULL },
};

#define RIGHT_COUNT (sizeof rights / sizeof rights[0])

void personio_auth_init(struct personio_auth *auth)
{
	memset(auth, 0, sizeof *auth);
	(void)pthread_mutex_init(&auth->lock, NULL);
}

void personio_auth_clear(struct personio_auth *auth)
{
	if (auth->v1_token)
		explicit_bzero(auth->v1_token, strlen(auth->v1_token));
	free(auth->v1_token);
	free(auth->revoked);
	(void)pthread_mutex_destroy(&auth->lock);
}

bool personio_auth_knows(const char *right)
{
	for (size_t i = 0; i < RIGHT_COUNT; i++) {
		if (strcmp(rights[i].v2, right) == 0)
			return true;
	}
	return false;
}

static bool credentials_have(const struct simulation *simulation, const char *right)
{
	const char *permissions = provider_permissions(simulation);

	return personio_auth_knows(right) && (!permissions || tokens_list_has(permissions, right));
}

/* ---- Version 2 ------------------------------------------------------------------------- */

static int refuse_token(struct answer *answer, const char *error, const char *description, json_t *meta_take)
{
	struct personio_text trace = { "" };
	char uri[160];

	uuid_write(trace.text, 62, (uint64_t)clock_wall_s());
	(void)snprintf(uri, sizeof uri,
		"https://developer.personio.de/reference/errors#credentials.oauth2.%s", error);
	return personio_answer_take(answer, 400, "application/problem+json",
		json_pack("{s:s, s:s, s:s, s:s, s:s, s:o}", "timestamp",
			personio_time(clock_wall_s(), "Z").text, "trace_id", trace.text, "error", error,
			"error_description", description, "error_uri", uri, "meta",
			meta_take ? meta_take : json_object()));
}

static bool same(const char *given, const char *expected)
{
	size_t length = strlen(expected);

	return strlen(given) == length && gnutls_memcmp(given, expected, length) == 0;
}

static bool is_client(const struct simulation *simulation, const char *id, const char *secret)
{
	return same(id, simulation->credentials.client_id) &&
	       same(secret, simulation->credentials.client_secret);
}

/* Everything that the form may have. */
struct token_form {
	struct buffer grant;
	struct buffer id;
	struct buffer secret;
	struct buffer scope;
	bool has_scope;
};

static void clear_form(struct token_form *form)
{
	buffer_clear(&form->grant);
	buffer_wipe(&form->id);
	buffer_wipe(&form->secret);
	buffer_clear(&form->scope);
}

/* Returns 1, 0 when the refusal stands in the answer, or -1. */
static int read_form(struct token_form *out, struct answer *answer, const struct request *request)
{
	struct {
		const char *name;
		struct buffer *value;
	} fields[] = { { "grant_type", &out->grant }, { "client_id", &out->id },
		{ "client_secret", &out->secret } };
	json_t *missing = json_array();
	bool complete = true;

	for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
		if (request_form(fields[i].value, request, fields[i].name) == 1)
			continue;
		complete = false;
		personio_append(&missing, json_string(fields[i].name));
	}
	out->has_scope = request_form(&out->scope, request, "scope") == 1 && out->scope.length;
	if (!complete)
		return missing ? refuse_token(answer, "invalid_request",
					 "The request has missing or invalid required parameters.",
					 json_pack("{s:o}", "missing_parameters", missing))
			       : -1;
	json_decref(missing);
	return 1;
}

/* What is granted, with commas between; of what was asked for, or all. False: more was
 * asked for than there is. */
static bool choose_scopes(
	char out[TOKEN_SCOPES_SIZE], const struct simulation *simulation, const struct token_form *form)
{
	const char *asked = form->has_scope ? form->scope.data : NULL;
	size_t length = 0;

	out[0] = '\0';
	for (size_t i = 0; !asked && i < RIGHT_COUNT; i++) {
		if (credentials_have(simulation, rights[i].v2))
			length += (size_t)snprintf(out + length, TOKEN_SCOPES_SIZE - length, "%s%s",
				length ? "," : "", rights[i].v2);
	}
	while (asked && *asked) {
		char word[64];
		size_t size = strcspn(asked, " ");

		(void)snprintf(word, sizeof word, "%.*s", size < sizeof word ? (int)size : 0, asked);
		asked += size + (asked[size] == ' ');
		if (!credentials_have(simulation, word))
			return false;
		if (!tokens_list_has(out, word))
			length += (size_t)snprintf(
				out + length, TOKEN_SCOPES_SIZE - length, "%s%s", length ? "," : "", word);
	}
	return true;
}

/* The same with spaces, as the answers have it. */
static void with_spaces(char *scopes)
{
	for (; *scopes; scopes++) {
		if (*scopes == ',')
			*scopes = ' ';
	}
}

static int give_token(struct answer *answer, struct simulation *simulation, char *scopes)
{
	struct buffer token = BUFFER_INIT(VALUE_LIMIT);
	int result = -1;

	if (tokens_issue(&token, &answer->token_id, &simulation->tokens, 0, simulation->provider->id,
		    scopes) == 0 &&
		buffer_text(&token) && answer_header(answer, "Cache-Control", "no-store") == 0) {
		memcpy(answer->scopes, scopes, strlen(scopes) + 1);
		with_spaces(scopes);
		result = personio_answer_take(answer, 200, JSON_TYPE,
			json_pack("{s:s, s:I, s:s, s:s}", "access_token", token.data, "expires_in",
				(json_int_t)simulation->tokens.life_s, "token_type", "Bearer", "scope",
				scopes));
	}
	buffer_wipe(&token);
	return result;
}

static int answer_form(struct answer *answer, struct simulation *simulation, const struct request *request,
	const struct token_form *form)
{
	char scopes[TOKEN_SCOPES_SIZE];
	char *comma;

	if (strcmp(form->grant.data, "client_credentials") != 0)
		return refuse_token(
			answer, "unsupported_grant_type", "The grant type is not supported.", NULL);
	if (!is_client(simulation, form->id.data, form->secret.data))
		return refuse_token(answer, "invalid_client", "The client credentials are invalid.", NULL);
	if (!choose_scopes(scopes, simulation, form))
		return refuse_token(
			answer, "invalid_scope", "The requested scope is invalid or unknown.", NULL);
	if (strikes(&request->strike, FAULT_MISSING_SCOPE)) {
		comma = strrchr(scopes, ',');
		*(comma ? comma : scopes) = '\0';
	}
	return give_token(answer, simulation, scopes);
}

int personio_auth_token(struct answer *answer, struct simulation *simulation, const struct request *request)
{
	struct token_form form = {
		.grant = BUFFER_INIT(VALUE_LIMIT),
		.id = BUFFER_INIT(VALUE_LIMIT),
		.secret = BUFFER_INIT(VALUE_LIMIT),
		.scope = BUFFER_INIT(VALUE_LIMIT),
	};
	int result;

	if (strcmp(request->method, "POST") != 0)
		return personio_no_endpoint(answer, request);
	if (!request_has_type(request, FORM_TYPE))
		return refuse_token(answer, "invalid_request",
			"The content type of the request must be " FORM_TYPE ".", NULL);
	result = read_form(&form, answer, request);
	if (result == 1)
		result = answer_form(answer, simulation, request, &form);
	clear_form(&form);
	return result;
}

static int note_revoked(struct personio_auth *auth, uint64_t id)
{
	uint64_t *grown;

	(void)pthread_mutex_lock(&auth->lock);
	grown = realloc(auth->revoked, (auth->revoked_count + 1) * sizeof *grown);
	if (grown) {
		auth->revoked = grown;
		auth->revoked[auth->revoked_count++] = id;
	}
	(void)pthread_mutex_unlock(&auth->lock);
	return grown ? 0 : -1;
}

static bool is_revoked(struct personio_auth *auth, uint64_t id)
{
	bool found = false;

	(void)pthread_mutex_lock(&auth->lock);
	for (size_t i = 0; i < auth->revoked_count && !found; i++)
		found = auth->revoked[i] == id;
	(void)pthread_mutex_unlock(&auth->lock);
	return found;
}

/* RFC 7009: a token that is none is as good as revoked. */
int personio_auth_revoke(struct answer *answer, struct simulation *simulation, struct personio_auth *auth,
	const struct request *request)
{
	struct buffer header = BUFFER_INIT(VALUE_LIMIT);
	struct token token;
	int result = 0;

	if (strcmp(request->method, "POST") != 0)
		return personio_no_endpoint(answer, request);
	if (buffer_append_text(&header, "Bearer ") < 0)
		return -1;
	if (!request_has_type(request, FORM_TYPE) || request_form(&header, request, "token") != 1) {
		result = refuse_token(answer, "invalid_request",
			"The request has missing or invalid required parameters.",
			json_pack("{s:[s]}", "missing_parameters", "token"));
	} else {
		if (tokens_check(&token, &simulation->tokens, simulation->provider->id, header.data) ==
			TOKEN_GOOD) {
			answer->token_id = token.id;
			result = note_revoked(auth, token.id);
		}
		if (result == 0)
			result = answer_text(answer, 200, NULL, "%s", "");
	}
	buffer_wipe(&header);
	return result;
}

/* ---- Version 1 ------------------------------------------------------------------------- */

/* Id and secret from JSON or a form. Returns whether both are there. */
static bool read_v1(struct buffer *id, struct buffer *secret, const struct request *request)
{
	json_t *root;
	bool there;

	if (request_has_type(request, FORM_TYPE))
		return request_form(id, request, "client_id") == 1 &&
		       request_form(secret, request, "client_secret") == 1;
	if (!request_has_type(request, JSON_TYPE) || !request->form->length)
		return false;
	root = json_loadb(request->form->data, request->form->length, JSON_REJECT_DUPLICATES, NULL);
	there = json_is_string(json_object_get(root, "client_id")) &&
		json_is_string(json_object_get(root, "client_secret")) &&
		buffer_append_text(id, json_string_value(json_object_get(root, "client_id"))) == 0 &&
		buffer_append_text(secret, json_string_value(json_object_get(root, "client_secret"))) == 0 &&
		buffer_text(id) && buffer_text(secret);
	json_decref(root);
	return there;
}

/* The token that is good for a day, whoever asks; a new one when it is over or dead. */
static int renew_v1(struct personio_auth *auth, struct simulation *simulation, const char *scopes)
{
	struct buffer text = BUFFER_INIT(VALUE_LIMIT);
	struct buffer header = BUFFER_INIT(VALUE_LIMIT);
	struct token token;
	int result = -1;

	if (auth->v1_token && buffer_format(&header, "Bearer %s", auth->v1_token) == 0 &&
		buffer_text(&header) &&
		tokens_check(&token, &simulation->tokens, simulation->provider->id, header.data) ==
			TOKEN_GOOD) {
		result = 0;
	} else if (tokens_issue(&text, &auth->v1_id, &simulation->tokens, 0, simulation->provider->id,
			   scopes) == 0) {
		free(auth->v1_token);
		auth->v1_token = buffer_take(&text);
		auth->v1_end_s = timepiece_now_s(simulation->timepiece) + simulation->tokens.life_s;
		result = auth->v1_token ? 0 : -1;
	}
	buffer_wipe(&header);
	buffer_wipe(&text);
	return result;
}

static int give_v1(struct answer *answer, struct simulation *simulation, struct personio_auth *auth)
{
	char scopes[TOKEN_SCOPES_SIZE] = V1_MARK;
	char shown[TOKEN_SCOPES_SIZE];
	size_t length = strlen(scopes);
	int result = -1;

	for (size_t i = 0; i < RIGHT_COUNT; i++) {
		if (rights[i].v1 && credentials_have(simulation, rights[i].v2))
			length += (size_t)snprintf(
				scopes + length, sizeof scopes - length, ",%s", rights[i].v1);
	}
	(void)snprintf(shown, sizeof shown, "%s", scopes[2] ? scopes + 3 : "");
	with_spaces(shown);
	memcpy(answer->scopes, scopes, length + 1);
	(void)pthread_mutex_lock(&auth->lock);
	if (renew_v1(auth, simulation, scopes) == 0) {
		answer->token_id = auth->v1_id;
		result = personio_answer_take(answer, 200, JSON_TYPE,
			json_pack("{s:b, s:{s:s, s:I, s:s}}", "success", 1, "data", "token", auth->v1_token,
				"expires_in",
				(json_int_t)(auth->v1_end_s - timepiece_now_s(simulation->timepiece)),
				"scope", shown));
	}
	(void)pthread_mutex_unlock(&auth->lock);
	return result;
}

/* Wrong credentials are told with status 200. */
int personio_auth_v1(struct answer *answer, struct simulation *simulation, struct personio_auth *auth,
	const struct request *request)
{
	struct buffer id = BUFFER_INIT(VALUE_LIMIT);
	struct buffer secret = BUFFER_INIT(VALUE_LIMIT);
	unsigned status = 200;
	int result;

	if (strikes(&request->strike, FAULT_V1_STATUS))
		status = (unsigned)(request->strike.value[FAULT_V1_STATUS] % 1000);
	if (strcmp(request->method, "POST") != 0)
		result = personio_no_endpoint(answer, request);
	else if (!read_v1(&id, &secret, request))
		result = personio_refuse(answer, request, 400, "client_id and client_secret are required");
	else if (!is_client(simulation, id.data, secret.data))
		result = personio_answer_take(answer, status, JSON_TYPE,
			json_pack("{s:b, s:{s:i, s:s}}", "success", 0, "error", "code", 0, "message",
				"Wrong credentials"));
	else
		result = give_v1(answer, simulation, auth);
	buffer_wipe(&id);
	buffer_wipe(&secret);
	return result;
}

/* ---- Tokens that come ------------------------------------------------------------------ */

bool personio_auth_admits(struct personio_auth *auth, const struct request *request, bool v1)
{
	return request->token_state == TOKEN_GOOD && token_has(&request->token, V1_MARK) == v1 &&
	       !is_revoked(auth, request->token.id);
}

bool personio_auth_allows(const struct request *request, const char *right, bool v1)
{
	for (size_t i = 0; i < RIGHT_COUNT; i++) {
		if (strcmp(rights[i].v2, right) == 0)
			return v1 ? rights[i].v1 && token_has(&request->token, rights[i].v1)
				  : token_has(&request->token, right);
	}
	return false;
}
