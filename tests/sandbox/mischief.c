#include "config.h"

#include "sandbox/mischief.h"

#include "sandbox/encode.h"
#include "sandbox/gzip.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define JSON_TYPE "application/json"
#define HTML_TYPE "text/html; charset=utf-8"
#define HTML_PAGE "<!DOCTYPE html>\n<html><head><title>Welcome</title></head><body>Sign in</body></html>\n"
#define ATTACKER "https://attacker.example"

/* Faults that are a plain refusal, in the provider's shape. */
static const struct {
	enum fault fault;
	unsigned status;
	bool retry_after; /* the fault's value, in seconds */
	const char *message;
} refusals[] = {
	{ FAULT_RATE_LIMITED, 429, false, "client rate limit exceeded" },
	{ FAULT_RATE_LIMITED_RETRY_AFTER, 429, true, "client rate limit exceeded" },
	{ FAULT_RATE_LIMITED_FOREVER, 429, false, "client rate limit exceeded" },
	{ FAULT_TOKEN_RATE_LIMITED, 429, true, "client rate limit exceeded" },
	{ FAULT_SERVER_ERROR, 500, false, "internal server error" },
	{ FAULT_UNAVAILABLE, 503, false, "endpoint rate limit exceeded" },
	{ FAULT_UNAVAILABLE_FOREVER, 503, false, "endpoint rate limit exceeded" },
	{ FAULT_REVOKED_FOREVER, 401, false, "the access token was revoked" },
};

static int refused(struct answer *answer, const struct simulation *simulation, const struct request *request)
{
	const struct strike *strike = &request->strike;

	for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
		if (!strikes(strike, refusals[i].fault))
			continue;
		if (refusals[i].retry_after && answer_header(answer, "Retry-After", "%" PRIu64,
						       strike->value[refusals[i].fault]) < 0)
			return -1;
		if (simulation->provider->refuse(answer, request, refusals[i].status, refusals[i].message) <
			0)
			return -1;
		return 1;
	}
	return 0;
}

static unsigned status_of(const struct strike *strike, enum fault fault)
{
	uint64_t value = strike->value[fault];

	return value >= 200 && value <= 599 ? (unsigned)value : 500;
}

static int redirected(struct answer *answer, const struct request *request, uint16_t port)
{
	const struct strike *strike = &request->strike;
	unsigned status = 302;
	int failed;

	if (strikes(strike, FAULT_TOKEN_REDIRECT))
		status = status_of(strike, FAULT_TOKEN_REDIRECT);
	else if (strikes(strike, FAULT_TOKEN_REDIRECT_FOREIGN))
		status = status_of(strike, FAULT_TOKEN_REDIRECT_FOREIGN);
	if (strikes(strike, FAULT_REDIRECT_SAME) || strikes(strike, FAULT_TOKEN_REDIRECT))
		failed = answer_header(answer, "Location", "%s", request->target);
	else if (strikes(strike, FAULT_REDIRECT_FOREIGN) || strikes(strike, FAULT_TOKEN_REDIRECT_FOREIGN))
		failed = answer_header(answer, "Location", ATTACKER "%s", request->target);
	else if (strikes(strike, FAULT_REDIRECT_LOOPBACK))
		failed = answer_header(
			answer, "Location", "https://127.0.0.1:%u%s", (unsigned)port, request->target);
	else
		return 0;
	if (failed || answer_text(answer, status, NULL, "%s", "") < 0)
		return -1;
	return 1;
}

static int misanswered(struct answer *answer, const struct strike *strike)
{
	int failed;

	if (strikes(strike, FAULT_TOKEN_HTML))
		failed = answer_text(answer, status_of(strike, FAULT_TOKEN_HTML), HTML_TYPE, HTML_PAGE);
	else if (strikes(strike, FAULT_TOKEN_EMPTY))
		failed = answer_text(answer, status_of(strike, FAULT_TOKEN_EMPTY), NULL, "%s", "");
	else if (strikes(strike, FAULT_TOKEN_ERROR))
		failed = answer_text(answer, status_of(strike, FAULT_TOKEN_ERROR), JSON_TYPE,
			"{\"error\":\"invalid_client\",\"error_description\":\"on demand\"}");
	else if (strikes(strike, FAULT_TOKEN_MESSAGE))
		failed = answer_text(answer, status_of(strike, FAULT_TOKEN_MESSAGE), JSON_TYPE,
			"{\"message\":\"Invalid token\"}");
	else if (strikes(strike, FAULT_HTML_BODY))
		failed = answer_text(answer, 200, HTML_TYPE, HTML_PAGE);
	else if (strikes(strike, FAULT_EMPTY_BODY))
		failed = answer_text(answer, 200, JSON_TYPE, "%s", "");
	else
		return 0;
	return failed ? -1 : 1;
}

int mischief_before(struct answer *answer, const struct simulation *simulation, const struct request *request,
	uint16_t port)
{
	const struct strike *strike = &request->strike;
	int done;

	if (strikes(strike, FAULT_TOKEN_SLOW))
		answer->hold_ms += strike->value[FAULT_TOKEN_SLOW];
	if (strikes(strike, FAULT_SILENCE))
		answer->hold_ms += strike->value[FAULT_SILENCE];
	if (strikes(strike, FAULT_CONNECTION_RESET) || strikes(strike, FAULT_CLOSE_BEFORE_ANSWER) ||
		strikes(strike, FAULT_TOKEN_DROPPED)) {
		answer->ending = strikes(strike, FAULT_CONNECTION_RESET) ? ENDING_RESET : ENDING_CLOSED;
		return 1;
	}
	done = refused(answer, simulation, request);
	if (done == 0)
		done = redirected(answer, request, port);
	return done ? done : misanswered(answer, strike);
}

/* Puts text into the head of the body. */
static int insert(struct body *body, size_t at, const struct buffer *text)
{
	struct buffer head = BUFFER_INIT(body->head.limit);

	if (buffer_append(&head, body->head.data, at) < 0 ||
		buffer_append(&head, text->data, text->length) < 0 ||
		buffer_append(&head, body->head.data + at, body->head.length - at) < 0) {
		buffer_wipe(&head);
		return -1;
	}
	buffer_wipe(&body->head);
	body->head = head;
	return 0;
}

static int repeat(struct buffer *out, char c, uint64_t count)
{
	char *room;

	if (count > out->limit || buffer_reserve(&room, out, (size_t)count) < 0)
		return -1;
	memset(room, c, (size_t)count);
	out->length += (size_t)count;
	return 0;
}

/* Members that go before the record's own. */
static int add_members(struct buffer *out, const struct answer *answer, const struct strike *strike)
{
	int failed = 0;

	if (strikes(strike, FAULT_DUPLICATE_KEY))
		failed |= buffer_format(out, "\"%s\":\"first of two\",", answer->record_key);
	if (strikes(strike, FAULT_NUMBER_EXTREMES))
		failed |= buffer_append_text(out, "\"huge\":1e400,\"tiny\":-1e-400,\"minusZero\":-0,"
						  "\"digits\":123456789012345678901234567890,"
						  "\"tenth\":0.1000000000000000055511151231257827,");
	if (strikes(strike, FAULT_HUGE_RECORD)) {
		failed |= buffer_append_text(out, "\"notes\":\"");
		failed |= repeat(out, 'x', strike->value[FAULT_HUGE_RECORD] << 20);
		failed |= buffer_append_text(out, "\",");
	}
	if (strikes(strike, FAULT_DEEP_NESTING)) {
		failed |= buffer_append_text(out, "\"nested\":");
		failed |= repeat(out, '[', strike->value[FAULT_DEEP_NESTING]);
		failed |= repeat(out, ']', strike->value[FAULT_DEEP_NESTING]);
		failed |= buffer_append_char(out, ',');
	}
	return failed ? -1 : 0;
}

/* The secret as raw, percent, base64 and JSON text, the way a careless server would echo it. */
static int add_forms(struct buffer *out, const char *secret)
{
	struct buffer form = BUFFER_INIT(1 << 16);
	size_t length = strlen(secret);
	int failed = encode_json(out, secret, false) < 0 || buffer_append_char(out, ' ') < 0 ||
		     encode_percent(out, secret, length) < 0 || buffer_append_char(out, ' ') < 0 ||
		     encode_base64(out, secret, length) < 0 || buffer_append_char(out, ' ') < 0 ||
		     encode_json(&form, secret, false) < 0 || !buffer_text(&form) ||
		     encode_json(out, form.data, false) < 0 || buffer_append_char(out, ' ') < 0;

	buffer_wipe(&form);
	return failed ? -1 : 0;
}

/* Text that goes to the beginning of the record's name. */
static int add_name(struct buffer *out, const struct simulation *simulation, const struct request *request)
{
	const char *token = tokens_bearer(request->authorization);

	if (strikes(&request->strike, FAULT_INVALID_UTF8) && buffer_append_text(out, "Zo\xC3(") < 0)
		return -1;
	if (!strikes(&request->strike, FAULT_ECHO_SECRET))
		return 0;
	return add_forms(out, simulation->credentials.client_secret) < 0 ||
			       (token && add_forms(out, token) < 0)
		       ? -1
		       : 0;
}

static size_t find(const struct body *body, size_t start, size_t length, const char *text)
{
	const char *found = memmem(body->head.data + start, length, text, strlen(text));

	return found ? (size_t)(found - body->head.data) + strlen(text) : 0;
}

static int spoil_first(
	struct answer *answer, const struct simulation *simulation, const struct request *request)
{
	struct buffer members = BUFFER_INIT(answer->body.head.limit);
	struct buffer name = BUFFER_INIT(answer->body.head.limit);
	size_t start;
	size_t length;
	size_t at;
	int result = -1;

	if (add_members(&members, answer, &request->strike) < 0 || add_name(&name, simulation, request) < 0)
		goto out;
	if (!members.length && !name.length) {
		result = 0;
		goto out;
	}
	if (body_take_first(&start, &length, &answer->body) < 0)
		goto out;
	at = find(&answer->body, start, length, "name\":\""); /* also of a first_name */
	if (!at)
		at = find(&answer->body, start, length, "\"title\":\"");
	if (name.length && at && insert(&answer->body, at, &name) < 0)
		goto out;
	if (members.length && insert(&answer->body, start + 1, &members) < 0)
		goto out;
	result = 0;
out:
	buffer_wipe(&members);
	buffer_wipe(&name);
	return result;
}

static int zip(struct answer *answer, const struct strike *strike)
{
	bool bomb = strikes(strike, FAULT_GZIP_BOMB);

	if (!bomb && !strikes(strike, FAULT_GZIP))
		return 0;
	if (answer_header(answer, "Content-Encoding", "gzip") < 0)
		return -1;
	return bomb ? gzip_bomb(&answer->body) : gzip_wrap(&answer->body);
}

static void spoil_body(struct answer *answer, const struct strike *strike)
{
	struct body *body = &answer->body;

	if (strikes(strike, FAULT_ENDLESS_BODY) || strikes(strike, FAULT_TOKEN_ENDLESS)) {
		body->fill = ' ';
		body->fill_count = BODY_NONE;
	}
	if (strikes(strike, FAULT_INVALID_JSON)) {
		uint64_t at = strike->value[FAULT_INVALID_JSON];
		uint64_t length = body_length(body);

		body->corrupt_at = at < length ? at : length - 1;
	}
	if (strikes(strike, FAULT_TRUNCATED_BODY) && body_length(body) != BODY_NONE) {
		uint64_t percent = strike->value[FAULT_TRUNCATED_BODY];

		body->cut_at = body_length(body) * (percent < 99 ? percent : 99) / 100;
	}
	if (strikes(strike, FAULT_TOKEN_MALFORMED) && body->head.length)
		body->head.length--;
	if (strikes(strike, FAULT_SLOW_BODY))
		body->drip_ms = (unsigned)(strike->value[FAULT_SLOW_BODY] % 3600000);
	if (strikes(strike, FAULT_WRONG_CONTENT_TYPE))
		answer->content_type = HTML_TYPE;
	if (strikes(strike, FAULT_TOKEN_LOST))
		answer->ending = ENDING_CLOSED;
}

int mischief_after(struct answer *answer, struct simulation *simulation, const struct request *request)
{
	const struct strike *strike = &request->strike;

	if (answer->status != 200 || !strike->set)
		return 0;
	if (strikes(strike, FAULT_EXPIRED_TOKEN) && answer->page == strike->value[FAULT_EXPIRED_TOKEN])
		tokens_revoke(&simulation->tokens, request->token.id);
	if (body_has_first(&answer->body) && spoil_first(answer, simulation, request) < 0)
		return -1;
	if (zip(answer, strike) < 0)
		return -1;
	spoil_body(answer, strike);
	return 0;
}
