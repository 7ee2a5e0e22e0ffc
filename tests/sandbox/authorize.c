#include "config.h"

#include "sandbox/authorize.h"

#include "sandbox/encode.h"
#include "sandbox/oauth.h"

#include <string.h>

#define HTML_TYPE "text/html; charset=utf-8"
#define REQUEST_LIMIT 8192
#define VALUE_LIMIT REDIRECT_SIZE
#define PAGE(title_, body_) \
	"<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>" title_ \
	"</title></head>\n<body>\n<h1>" title_ "</h1>\n" body_ "</body>\n</html>\n"
#define ATTACKER "https://attacker.example"

enum parameter { RESPONSE_TYPE, CLIENT_ID, REDIRECT_URI, STATE, CHALLENGE, METHOD, SCOPE, PARAMETER_COUNT };

static const char *const parameter_names[PARAMETER_COUNT] = { "response_type", "client_id", "redirect_uri",
	"state", "code_challenge", "code_challenge_method", "scope" };

/* An authorization request; the whole of it travels through the page, where it is one word without any
 * character that HTML would mind. */
struct authorization {
	struct buffer query;
	struct buffer values[PARAMETER_COUNT]; /* terminated where given */
	int given[PARAMETER_COUNT];            /* as form_field() says it */
};

static int read_authorization(struct authorization *out, const char *query, size_t length)
{
	buffer_init(&out->query, REQUEST_LIMIT);
	for (size_t i = 0; i < PARAMETER_COUNT; i++) {
		buffer_init(&out->values[i], VALUE_LIMIT);
		out->given[i] = form_field(&out->values[i], query, length, parameter_names[i]);
	}
	return buffer_append(&out->query, query, length);
}

static void clear_authorization(struct authorization *asked)
{
	for (size_t i = 0; i < PARAMETER_COUNT; i++)
		buffer_clear(&asked->values[i]);
	buffer_clear(&asked->query);
}

/* http://127.0.0.1/path may be asked for with any port (RFC 8252, section 7.3), all others as they are
 * registered. */
static bool is_registered(const char *given, const char *registered)
{
	static const char loopback[] = "http://127.0.0.1";
	size_t length = strlen(loopback);

	if (strcmp(given, registered) == 0)
		return true;
	if (strncmp(registered, loopback, length) != 0 || registered[length] != '/' ||
		strncmp(given, loopback, length) != 0 || given[length] != ':')
		return false;
	given += length + 1;
	return strcmp(given + strspn(given, "0123456789"), registered + length) == 0;
}

/* Before client and redirect URI are known to be right nothing may be sent there: the person sees why.
 * Returns NULL when they are. */
static const char *find_stranger(const struct authorization *asked, const struct simulation *simulation)
{
	if (asked->given[CLIENT_ID] != 1 ||
		!oauth_same(&asked->values[CLIENT_ID], simulation->credentials.client_id))
		return "The application is unknown: client_id is wrong.";
	if (asked->given[REDIRECT_URI] != 1 ||
		!is_registered(asked->values[REDIRECT_URI].data, provider_redirect(simulation)))
		return "The redirect URL is not registered for this application.";
	return NULL;
}

/* What goes back in the URL of a redirect; NULL is left out. */
struct reply {
	const char *code;
	const char *error;
	const char *description;
	const char *issuer;
};

#define REFUSAL(error_, description_) \
	(struct reply) \
	{ \
		.error = (error_), .description = (description_) \
	}

/* RFC 6749, section 4.1.2.1, and RFC 7636, section 4.4.1. There is no error when all is well. */
static struct reply find_fault(const struct authorization *asked, const struct authorization_server *server)
{
	static const char base64url[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	const struct buffer *challenge = &asked->values[CHALLENGE];

	for (size_t i = 0; i < PARAMETER_COUNT; i++) {
		if (asked->given[i] < 0)
			return REFUSAL(
				"invalid_request", "a parameter is there twice, malformed or too long");
	}
	if (!asked->given[RESPONSE_TYPE])
		return REFUSAL("invalid_request", "response_type is missing");
	if (!oauth_same(&asked->values[RESPONSE_TYPE], "code"))
		return REFUSAL("unsupported_response_type", "response_type must be code");
	if (!asked->values[STATE].length)
		return REFUSAL("invalid_request", "state is missing");
	if (asked->given[SCOPE] && server->refuses_scopes)
		return REFUSAL("invalid_scope", "the scopes are those of the application");
	if (!asked->given[CHALLENGE])
		return REFUSAL("invalid_request", "code challenge required");
	if (!asked->given[METHOD] || !oauth_same(&asked->values[METHOD], "S256"))
		return REFUSAL("invalid_request", "code_challenge_method must be S256");
	if (challenge->length != CHALLENGE_LENGTH || strspn(challenge->data, base64url) != CHALLENGE_LENGTH)
		return REFUSAL("invalid_request", "code_challenge is no SHA-256 in base64url");
	return (struct reply){ 0 };
}

static int show_error(struct answer *answer, const char *message)
{
	return answer_text(
		answer, 400, HTML_TYPE, PAGE("This request can't be answered", "<p>%s</p>\n"), message);
}

static int write_url(struct buffer *out, const struct authorization *asked, const struct reply *reply)
{
	const char *base = asked->values[REDIRECT_URI].data;
	const struct {
		const char *name;
		const char *value;
	} parameters[] = {
		{ "code", reply->code },
		{ "error", reply->error },
		{ "error_description", reply->description },
		{ "state", asked->given[STATE] == 1 ? asked->values[STATE].data : NULL },
		{ "iss", reply->issuer },
	};
	char before = strchr(base, '?') ? '&' : '?';

	if (buffer_append_text(out, base) < 0)
		return -1;
	for (size_t i = 0; i < sizeof parameters / sizeof parameters[0]; i++) {
		const char *value = parameters[i].value;

		if (!value)
			continue;
		if (buffer_format(out, "%c%s=", before, parameters[i].name) < 0 ||
			encode_percent(out, value, strlen(value)) < 0)
			return -1;
		before = '&';
	}
	return buffer_text(out) ? 0 : -1;
}

/* Back to the application. */
static int redirect(struct answer *answer, const struct authorization *asked, const struct reply *reply)
{
	struct buffer url = BUFFER_INIT(2 * REQUEST_LIMIT);
	int result = -1;

	if (write_url(&url, asked, reply) < 0 || oauth_not_cached(answer) < 0)
		goto out;
	if (answer_header(answer, "Location", "%s", url.data) < 0)
		result = show_error(answer, "The request is too long.");
	else
		result = answer_text(answer, 302, NULL, "%s", "");
out:
	buffer_wipe(&url);
	return result;
}

/* ---- The page, and what the person decides --------------------------------------------- */

static int show_page(struct answer *answer, const struct simulation *simulation,
	const struct request *request, const struct authorization *asked)
{
	struct buffer word = BUFFER_INIT(2 * REQUEST_LIMIT);
	int result = -1;

	if (oauth_not_cached(answer) == 0 &&
		encode_base64url(&word, asked->query.data, asked->query.length) == 0 && buffer_text(&word))
		result = answer_text(answer, 200, HTML_TYPE,
			PAGE("Allow access?",
				"<p>An application wants to read what you see in the simulated %s.</p>\n"
				"<form method=\"post\" action=\"%s\">\n"
				"<input type=\"hidden\" name=\"request\" value=\"%s\">\n"
				"<button name=\"decision\" value=\"allow\">Allow</button>\n"
				"<button name=\"decision\" value=\"deny\">Deny</button>\n"
				"</form>\n"),
			simulation->provider->id, request->path, word.data);
	buffer_clear(&word);
	return result;
}

static int allow(struct answer *answer, struct simulation *simulation, const struct request *request,
	const struct authorization *asked, const struct authorization_server *server)
{
	const struct strike *strike = &request->strike;
	struct reply reply = { 0 };
	struct buffer code = BUFFER_INIT(1024);
	int result = -1;

	if (families_begin(&code, &answer->grant.family, &simulation->families, asked->values[CHALLENGE].data,
		    asked->values[REDIRECT_URI].data) == 0 &&
		buffer_text(&code)) {
		fingerprint(answer->grant.issued, code.data);
		reply.code = code.data;
		if (strikes(strike, FAULT_CONSENT_FOREIGN_ISSUER))
			reply.issuer = ATTACKER;
		else if (strikes(strike, FAULT_CONSENT_ISSUER))
			reply.issuer = server->issuer;
		result = redirect(answer, asked, &reply);
	}
	buffer_wipe(&code);
	return result;
}

static int decide(struct answer *answer, struct simulation *simulation, const struct request *request,
	const struct authorization *asked, const struct authorization_server *server)
{
	const struct reply denied = REFUSAL("access_denied", "The resource owner denied the request.");
	const struct reply broken = REFUSAL("server_error", "on demand");
	struct buffer decision = BUFFER_INIT(16);
	int given = request_form(&decision, request, "decision");
	int result;

	answer->grant_type = "consent";
	answer->grant.verdict = VERDICT_DENIED;
	if (given == 1 && strikes(&request->strike, FAULT_CONSENT_ERROR)) {
		result = redirect(answer, asked, &broken);
	} else if (given == 1 && oauth_same(&decision, "allow")) {
		answer->grant.verdict = VERDICT_ACCEPTED;
		result = allow(answer, simulation, request, asked, server);
	} else if (given == 1 && oauth_same(&decision, "deny")) {
		result = redirect(answer, asked, &denied);
	} else {
		result = show_error(answer, "There is no decision.");
	}
	buffer_clear(&decision);
	return result;
}

/* ---- Requests -------------------------------------------------------------------------- */

/* The query of a GET, or what the page handed on. Returns 0, or -1 when there is none. */
static int find_query(struct buffer *out, const struct request *request, bool get)
{
	const char *mark = strchr(request->target, '?');
	struct buffer word = BUFFER_INIT(2 * REQUEST_LIMIT);
	int result = -1;

	if (get)
		result = mark ? buffer_append_text(out, mark + 1) : 0;
	else if (request_form(&word, request, "request") == 1)
		result = decode_base64url(out, word.data, word.length);
	buffer_clear(&word);
	return result;
}

static int answer_authorization(struct answer *answer, struct simulation *simulation,
	const struct request *request, const struct authorization *asked,
	const struct authorization_server *server, bool get)
{
	const char *stranger = find_stranger(asked, simulation);
	struct reply refusal = find_fault(asked, server);

	if (stranger)
		return show_error(answer, stranger);
	if (refusal.error)
		return redirect(answer, asked, &refusal);
	return get ? show_page(answer, simulation, request, asked)
		   : decide(answer, simulation, request, asked, server);
}

int authorize_answer(struct answer *answer, struct simulation *simulation, const struct request *request,
	const struct authorization_server *server)
{
	bool get = strcmp(request->method, "GET") == 0;
	struct buffer query = BUFFER_INIT(REQUEST_LIMIT);
	struct authorization asked;
	int result = -1;

	if (!get && strcmp(request->method, "POST") != 0)
		return answer_header(answer, "Allow", "GET, POST") < 0
			       ? -1
			       : answer_text(answer, 405, NULL, "%s", "");
	if (find_query(&query, request, get) < 0) {
		result = show_error(answer, "The request is missing, malformed or too long.");
	} else {
		if (read_authorization(&asked, query.length ? query.data : "", query.length) == 0)
			result = answer_authorization(answer, simulation, request, &asked, server, get);
		clear_authorization(&asked);
	}
	buffer_clear(&query);
	return result;
}
