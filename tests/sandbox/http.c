#include "config.h"

#include "sandbox/http.h"

#include "sandbox/encode.h"

#include <microhttpd.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

const char *request_query(const struct request *request, const char *name)
{
	return MHD_lookup_connection_value(request->connection, MHD_GET_ARGUMENT_KIND, name);
}

const char *request_header(const struct request *request, const char *name)
{
	return MHD_lookup_connection_value(request->connection, MHD_HEADER_KIND, name);
}

struct listed {
	const char *name;
	const char *value;
	bool found;
};

static enum MHD_Result compare_listed(void *own, enum MHD_ValueKind kind, const char *name, const char *value)
{
	struct listed *listed = own;

	(void)kind;
	listed->found |= value && strcmp(name, listed->name) == 0 && strcmp(value, listed->value) == 0;
	return listed->found ? MHD_NO : MHD_YES;
}

bool request_query_lists(const struct request *request, const char *name, const char *value)
{
	struct listed listed = { .name = name, .value = value };

	(void)MHD_get_connection_values(request->connection, MHD_GET_ARGUMENT_KIND, compare_listed, &listed);
	return listed.found;
}

static int take_field(struct buffer *out, const char *field, size_t length, const char *name)
{
	const char *equals = memchr(field, '=', length);
	size_t name_length = equals ? (size_t)(equals - field) : length;
	struct buffer decoded = BUFFER_INIT(256);
	int result = 0;

	if (decode_form(&decoded, field, name_length) < 0)
		result = -1;
	else if (decoded.length == strlen(name) && memcmp(decoded.data, name, decoded.length) == 0)
		result = 1;
	if (result == 1 && equals && decode_form(out, equals + 1, length - name_length - 1) < 0)
		result = -1;
	buffer_clear(&decoded);
	return result;
}

int form_values(struct buffer *out, const char *text, size_t length_of_text, const char *name)
{
	const char *at = text;
	const char *end = text + length_of_text;
	int found = 0;

	while (at < end) {
		const char *and = memchr(at, '&', (size_t)(end - at));
		size_t length = and? (size_t)(and-at) : (size_t)(end - at);
		struct buffer value = BUFFER_INIT(out->limit);
		int taken = length ? take_field(&value, at, length, name) : 0;

		if (taken == 1 && ((found && buffer_append_char(out, ',') < 0) ||
					  buffer_append(out, value.data, value.length) < 0))
			taken = -1;
		buffer_wipe(&value);
		if (taken < 0)
			return -1;
		found += taken;
		at += length + (and? 1 : 0);
	}
	if (found && (!buffer_text(out) || strlen(out->data) != out->length))
		return -1;
	return found;
}

int form_field(struct buffer *out, const char *text, size_t length, const char *name)
{
	int found = form_values(out, text, length, name);

	return found > 1 ? -1 : found;
}

int request_form(struct buffer *out, const struct request *request, const char *name)
{
	return request->form->length ? form_field(out, request->form->data, request->form->length, name) : 0;
}

bool request_has_host(const struct request *request, const char *host)
{
	size_t length = strlen(host);

	return request->host && strncasecmp(request->host, host, length) == 0 &&
	       (request->host[length] == '\0' || request->host[length] == ':');
}

bool request_has_type(const struct request *request, const char *type)
{
	size_t length = strlen(type);
	const char *given = request->content_type;

	return given && strncasecmp(given, type, length) == 0 &&
	       strchr("; \t", given[length]); /* also its end */
}

bool path_matches(char *ids, size_t size, const char *form, const char *path)
{
	size_t used = 0;

	*ids = '\0';
	for (; *form; form++) {
		size_t length = *form == '*' ? strcspn(path, "/") : 1;

		if (*form == '*') {
			if (!length || length >= size - used - 1)
				return false;
			if (used)
				ids[used++] = '/';
			memcpy(ids + used, path, length);
			used += length;
			ids[used] = '\0';
		} else if (*form != *path) {
			return false;
		}
		path += length;
	}
	return *path == '\0';
}

void answer_init(struct answer *answer)
{
	memset(answer, 0, sizeof *answer);
	body_init(&answer->body);
}

void answer_clear(struct answer *answer)
{
	body_clear(&answer->body);
}

int answer_header(struct answer *answer, const char *name, const char *format, ...)
{
	size_t size = sizeof answer->headers[0].value;
	va_list arguments;
	int length;

	if (answer->header_count == ANSWER_HEADERS)
		return -1;
	va_start(arguments, format);
	length = vsnprintf(answer->headers[answer->header_count].value, size, format, arguments);
	va_end(arguments);
	if (length < 0 || (size_t)length >= size)
		return -1;
	answer->headers[answer->header_count++].name = name;
	return 0;
}

int answer_text(struct answer *answer, unsigned status, const char *content_type, const char *format, ...)
{
	va_list arguments;
	int result;

	body_clear(&answer->body);
	body_init(&answer->body);
	answer->status = status;
	answer->content_type = content_type;
	va_start(arguments, format);
	result = buffer_vformat(&answer->body.head, format, arguments);
	va_end(arguments);
	return result;
}
