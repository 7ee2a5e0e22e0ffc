#include "config.h"

#include "sandbox/ledger.h"

#include "base/text.h"
#include "sandbox/encode.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define DECODED_LIMIT ((size_t)1 << 20)

int ledger_open(int *out, const char *path, struct error *error)
{
	int descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (descriptor < 0)
		return error_set(error, ERROR_OUTPUT_FAILED, "The ledger '%s' can't be written: %s.", path,
			strerror(errno));
	*out = descriptor;
	return 0;
}

void ledger_start(struct ledger_entry *entry)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	entry->time_ms = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool holds(const struct buffer *text, const char *secret)
{
	return *secret && memmem(text->data, text->length, secret, strlen(secret));
}

/* The headers that the provider wants noted; of one that a secret stands in, or that is no text, only that it
 * came. */
static json_t *describe_headers(const struct request *request, const struct simulation *simulation)
{
	const char *token = tokens_bearer(request->authorization);
	json_t *headers = json_object();
	int failed = headers ? 0 : -1;

	for (const char *const *name = simulation->provider->noted; *name && !failed; name++) {
		const char *value = request_header(request, *name);
		bool hidden;

		if (!value)
			continue;
		hidden = !text_is_utf8(value, strlen(value)) ||
			 strstr(value, simulation->credentials.client_secret) ||
			 (token && *token && strstr(value, token));
		failed = json_object_set_new(headers, *name, hidden ? json_null() : json_string(value));
	}
	if (!failed)
		return headers;
	json_decref(headers);
	return NULL;
}

/* Whether a secret stands in the target, where it must never be, raw or in percent form. */
static bool betrays(const struct request *request, const struct simulation *simulation)
{
	const char *token = tokens_bearer(request->authorization);
	const char *secret = simulation ? simulation->credentials.client_secret : "";
	const char *target = request->target;
	struct buffer text = BUFFER_INIT(DECODED_LIMIT);
	bool found = true; /* what can't be decoded is not shown either */

	if (request->kind == REQUEST_TOKEN && strchr(target, '?'))
		return true; /* credentials, codes and tokens stand in the form, never here */
	if (buffer_append_text(&text, target) < 0 || buffer_append_char(&text, '\n') < 0 ||
		decode_form(&text, target, strlen(target)) < 0)
		goto out;
	found = holds(&text, secret) || (token && holds(&text, token));
out:
	buffer_wipe(&text);
	return found;
}

static json_t *describe_request(const struct ledger_entry *entry, bool betrayed)
{
	const char *query = strchr(entry->request->target, '?');
	bool shown = !betrayed && text_is_utf8(entry->request->target, strlen(entry->request->target));
	json_t *line = json_pack("{s:I, s:I, s:I, s:s, s:s?}", "n", (json_int_t)entry->number, "connection",
		(json_int_t)entry->connection, "time", (json_int_t)entry->time_ms, "method",
		entry->request->method, "host", entry->host);
	int failed;

	if (!line)
		return NULL;
	failed = json_object_set_new(line, "path",
		shown ? json_stringn(entry->request->target, query ? (size_t)(query - entry->request->target)
								   : strlen(entry->request->target))
		      : json_null());
	failed |= json_object_set_new(line, "query", shown && query ? json_string(query + 1) : json_null());
	if (betrayed)
		failed |= json_object_set_new(line, "secret_in_url", json_true());
	if (failed) {
		json_decref(line);
		return NULL;
	}
	return line;
}

static int describe_answer(json_t *line, const struct answer *answer, const struct strike *strike)
{
	uint64_t length = body_length(&answer->body);
	struct buffer names = BUFFER_INIT(4096);
	char token[24];
	json_t *rest = NULL;
	int result = -1;

	(void)snprintf(token, sizeof token, "t%" PRIu64, answer->token_id);
	if (faults_names(&names, strike) < 0 || !buffer_text(&names))
		goto out;
	rest = json_pack("{s:s?, s:s?, s:i, s:I, s:I, s:I, s:s?}", "token", answer->token_id ? token : NULL,
		"scopes", answer->token_id ? answer->scopes : NULL, "status",
		answer->ending == ENDING_WHOLE ? (int)answer->status : 0, "page", (json_int_t)answer->page,
		"records", (json_int_t)answer->records, "bytes",
		length == BODY_NONE ? (json_int_t)-1 : (json_int_t)length, "fault",
		names.length ? names.data : NULL);
	if (rest)
		result = json_object_update(line, rest);
out:
	json_decref(rest);
	buffer_clear(&names);
	return result;
}

static int write_line(int descriptor, const json_t *line)
{
	char *text = json_dumps(line, JSON_COMPACT);
	size_t length;
	ssize_t written;

	if (!text)
		return -1;
	length = strlen(text);
	text[length] = '\n'; /* in the place of the terminator: one write, so that lines never mix */
	do
		written = write(descriptor, text, length + 1);
	while (written < 0 && errno == EINTR);
	free(text);
	return written == (ssize_t)(length + 1) ? 0 : -1;
}

/* What became of a code or a refresh token; null for every other request. */
static json_t *describe_grant(const struct answer *answer)
{
	const struct grant *grant = &answer->grant;

	if (!answer->grant_type)
		return json_null();
	return json_pack("{s:s, s:s, s:I, s:I, s:s?, s:s?}", "type", answer->grant_type, "outcome",
		verdict_word(grant->verdict), "family", (json_int_t)grant->family, "generation",
		(json_int_t)grant->generation, "used", *grant->used ? grant->used : NULL, "issued",
		*grant->issued ? grant->issued : NULL);
}

int ledger_append(int descriptor, const struct ledger_entry *entry, const struct answer *answer,
	const struct simulation *simulation)
{
	json_t *line = describe_request(entry, betrays(entry->request, simulation));
	int result = -1;

	if (!line || describe_answer(line, answer, &entry->request->strike) < 0 ||
		json_object_set_new(line, "grant", describe_grant(answer)) < 0)
		goto out;
	if (simulation && simulation->provider->noted &&
		json_object_set_new(line, "headers", describe_headers(entry->request, simulation)) < 0)
		goto out;
	result = write_line(descriptor, line);
out:
	json_decref(line);
	return result;
}
