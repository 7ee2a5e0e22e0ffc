#include "config.h"

#include "runner/request.h"

#include "base/json.h"

#include <stdbool.h>
#include <string.h>

enum { NAME_SIZE = 64 };

const char *request_method(size_t *length, const struct muster_action *action)
{
	*length = strcspn(action->request, " ");
	return action->request;
}

const char *request_parameter(const struct request_values *values, const char *id)
{
	for (size_t i = 0; i < values->parameter_count; i++)
		if (strcmp(values->parameters[i].name, id) == 0)
			return values->parameters[i].value;
	return NULL;
}

static bool is_unreserved(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
	       c == '.' || c == '_' || c == '~';
}

/* RFC 3986, section 2.1: all but the unreserved characters. */
static int append_encoded(struct buffer *url, const char *text, struct error *error)
{
	static const char digits[] = "0123456789ABCDEF";

	for (const unsigned char *at = (const unsigned char *)text; *at; at++) {
		char triple[3] = { '%', digits[*at >> 4], digits[*at & 15] };
		int failed = is_unreserved(*at) ? buffer_append_char(url, (char)*at)
						: buffer_append(url, triple, sizeof triple);
		if (failed)
			return error_set(error, ERROR_BAD_PARAMETER, "The URL of the request is too long.");
	}
	return 0;
}

/* A segment of dots would lead somewhere else, encoded or not. */
static int check_segment(const char *kind, const char *id, const char *value, struct error *error)
{
	if (!value || !value[0])
		return error_set(error, ERROR_BAD_PARAMETER, "The %s '%s' is missing.", kind, id);
	if (strcmp(value, ".") == 0 || strcmp(value, "..") == 0)
		return error_set(error, ERROR_BAD_PARAMETER, "The %s '%s' can't be '%s'.", kind, id, value);
	return 0;
}

/* The reference between the braces, "parameter.id" or "field.id". */
static int append_reference(
	struct buffer *url, const char *name, const struct request_values *values, struct error *error)
{
	const char *kind;
	const char *id;
	const char *value;

	if (strncmp(name, "parameter.", 10) == 0) {
		kind = "parameter";
		id = name + 10;
		value = request_parameter(values, id);
	} else if (strncmp(name, "field.", 6) == 0) {
		kind = "field";
		id = name + 6;
		value = json_member_text(values->fields, id, NULL);
	} else {
		return error_set(
			error, ERROR_PLUGIN_REFUSED, "The request has an unknown reference {%s}.", name);
	}
	if (check_segment(kind, id, value, error) < 0)
		return -1;
	return append_encoded(url, value, error);
}

static int bad_template(struct error *error, const char *what)
{
	return error_set(error, ERROR_PLUGIN_REFUSED, "The request is no template: %s.", what);
}

int request_target(struct buffer *url, const struct muster_action *action,
	const struct request_values *values, struct error *error)
{
	const char *at = action->request + strcspn(action->request, " ");

	at += strspn(at, " ");
	while (*at) {
		char name[2 * NAME_SIZE];
		size_t length;
		if ((*at == '{' && at[1] != '{') || (*at == '}' && at[1] != '}')) {
			length = strcspn(at + 1, "{}");
			if (*at == '}' || at[1 + length] != '}')
				return bad_template(error, "a brace stands alone");
			if (length >= sizeof name)
				return bad_template(error, "a reference is too long");
			memcpy(name, at + 1, length);
			name[length] = '\0';
			if (append_reference(url, name, values, error) < 0)
				return -1;
			at += length + 2;
			continue;
		}
		/* A brace that is meant is written twice. */
		length = *at == '{' || *at == '}' ? 1 : strcspn(at, "{}");
		if (buffer_append(url, at, length) < 0)
			return bad_template(error, "it is too long");
		at += *at == '{' || *at == '}' ? 2 : length;
	}
	return 0;
}

int request_query(struct buffer *url, const char *name, const char *value, struct error *error)
{
	char separator = memchr(url->data, '?', url->length) ? '&' : '?';

	if (buffer_append_char(url, separator) < 0)
		return error_set(error, ERROR_BAD_PARAMETER, "The URL of the request is too long.");
	if (append_encoded(url, name, error) < 0)
		return -1;
	if (buffer_append_char(url, '=') < 0)
		return error_set(error, ERROR_BAD_PARAMETER, "The URL of the request is too long.");
	return append_encoded(url, value, error);
}

int request_declared(struct buffer *url, const struct muster_action *action,
	const struct request_values *values, struct error *error)
{
	for (uint32_t i = 0; i < action->parameters.count; i++) {
		const struct muster_parameter *parameter = &action->parameters.rows[i];
		const char *value = request_parameter(values, parameter->id);
		if (parameter->place != MUSTER_QUERY || !value)
			continue;
		if (request_query(url, parameter->name, value, error) < 0)
			return -1;
	}
	return 0;
}
