#include "config.h"

#include "fetch/classify.h"

#include "base/json.h"
#include "base/text.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Rows --------------------------------------------------------------------------------------------- */

/* The scalar as text: words as they are, numbers and truth values as JSON has them. */
static const char *scalar(char *room, size_t size, const json_t *value)
{
	if (json_is_string(value))
		return json_string_value(value);
	if (json_is_integer(value)) {
		(void)snprintf(room, size, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
		return room;
	}
	if (json_is_boolean(value))
		return json_is_true(value) ? "true" : "false";
	return NULL;
}

static bool contains(const char *bytes, size_t length, const char *text)
{
	return memmem(bytes, length, text, strlen(text)) != NULL;
}

static bool is_success(int status)
{
	return status >= 200 && status < 300;
}

/* A good answer that is no JSON, a file perhaps, means what its status says, whatever words are in it. */
static bool fits(const struct classify_row *row, const struct answer *answer, const json_t *body)
{
	char room[32];
	const char *value = NULL;

	if (row->status && row->status != answer->status)
		return false;
	if (is_success(answer->status) && !row->header && !body)
		return false;
	if (row->header && !(value = headers_get(answer->headers, row->header)))
		return false;
	if (row->pointer && !(value = scalar(room, sizeof room, json_pointer(body, row->pointer))))
		return false;
	if (!row->text)
		return true;
	if (value)
		return contains(value, strlen(value), row->text);
	return answer->body && contains(answer->body, answer->body_length, row->text);
}

bool classify_needs_body(int status, const struct classify_row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct classify_row *row = &rows[i];
		if (row->status && row->status != status)
			continue;
		if (row->pointer || (row->text && !row->header))
			return true;
	}
	return false;
}

/* What the status says by itself (RFC 9110, section 15; RFC 6585). */
static enum answer_class by_status(int status)
{
	if (is_success(status))
		return ANSWER_OK;
	if (status >= 300 && status < 400)
		return ANSWER_REDIRECT;
	switch (status) {
	case 401:
		return ANSWER_UNAUTHORIZED;
	case 404:
	case 410:
		return ANSWER_NOT_FOUND;
	case 429:
		return ANSWER_LIMITED;
	case 408:
	case 425:
	case 502:
	case 503:
	case 504:
		return ANSWER_UNAVAILABLE;
	default:
		return status >= 400 && status < 500 ? ANSWER_REFUSED : ANSWER_FAILED;
	}
}

/* ---- The provider's words ----------------------------------------------------------------------------- */

static const char *find_message(char *room, size_t size, const json_t *body, const char *pointer)
{
	static const char *const usual[] = { "/message", "/error_description", "/error/message",
		"/errors/0/message", "/errors/0/detail", "/errors/0", "/error", "/detail", "/title" };
	const char *text = pointer ? scalar(room, size, json_pointer(body, pointer)) : NULL;

	for (size_t i = 0; !text && i < sizeof usual / sizeof usual[0]; i++)
		text = scalar(room, size, json_pointer(body, usual[i]));
	return text;
}

static bool is_markup(const char *bytes, size_t length)
{
	while (length > 0 && (*bytes == ' ' || *bytes == '\t' || *bytes == '\r' || *bytes == '\n'))
		bytes++, length--;
	return length == 0 || *bytes == '<';
}

static void tell_message(
	struct classified *out, const struct answer *answer, const json_t *body, const char *pointer)
{
	char room[32];
	const char *text = body ? find_message(room, sizeof room, body, pointer) : NULL;

	if (text)
		text_clean(out->message, sizeof out->message, text, strlen(text));
	else if (answer->body && !is_markup(answer->body, answer->body_length))
		text_clean(out->message, sizeof out->message, answer->body, answer->body_length);
}

void classify(struct classified *out, const struct answer *answer, const struct classify_row *rows,
	size_t count, const char *message_pointer)
{
	json_t *body = NULL;

	memset(out, 0, sizeof *out);
	out->meaning = by_status(answer->status);
	if (answer->body && answer->body_length > 0)
		body = json_loadb(
			answer->body, answer->body_length, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, NULL);
	for (size_t i = 0; i < count; i++)
		if (fits(&rows[i], answer, body)) {
			out->meaning = rows[i].meaning;
			break;
		}
	if (out->meaning != ANSWER_OK)
		tell_message(out, answer, body, message_pointer);
	json_decref(body);
}

/* ---- In words ----------------------------------------------------------------------------------------- */

static int tell(struct error *error, enum answer_class meaning, int status, const char *host)
{
	switch (meaning) {
	case ANSWER_OK:
		break;
	case ANSWER_UNAUTHORIZED:
		return error_set(error, ERROR_AUTHENTICATION_FAILED,
			"%s does not accept the credentials (status %d).", host, status);
	case ANSWER_SCOPE_MISSING:
		return error_set(error, ERROR_SCOPE_MISSING,
			"%s says that a permission is missing (status %d).", host, status);
	case ANSWER_LIMITED:
		return error_set(error, ERROR_RATE_LIMITED,
			"%s is asked more often than it allows (status %d).", host, status);
	case ANSWER_UNAVAILABLE:
		(void)error_set(error, ERROR_PROVIDER_FAILED,
			"%s is not available at the moment (status %d).", host, status);
		return -1;
	case ANSWER_NOT_FOUND:
		return error_set(error, ERROR_RECORD_NOT_FOUND,
			"%s does not have what was asked for (status %d).", host, status);
	case ANSWER_REFUSED:
		(void)error_set(
			error, ERROR_REQUEST_REFUSED, "%s refuses the request (status %d).", host, status);
		return status == 403 ? error_hint(error,
					       "Check at the provider that these credentials may do this.")
				     : -1;
	case ANSWER_REDIRECT:
		return error_set(error, ERROR_REDIRECT_REFUSED,
			"%s redirects to where muster does not follow (status %d).", host, status);
	case ANSWER_FAILED:
		return error_set(
			error, ERROR_PROVIDER_FAILED, "%s failed at the request (status %d).", host, status);
	}
	return error_set(error, ERROR_INTERNAL, "An answer of %s was good and not taken.", host);
}

int classify_error(struct error *error, const struct classified *classified, int status, const char *host)
{
	(void)tell(error, classified->meaning, status, host);
	error->status = status;
	(void)snprintf(error->body, sizeof error->body, "%s", classified->message);
	text_trim_utf8(error->body);
	return -1;
}
