#include "config.h"

#include "runner/request.h"

#include "base/json.h"
#include "base/percent.h"
#include "base/template.h"
#include "runner/format.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { TEXT_LIMIT = 64 * 1024 };

const char *request_method(size_t *length, const struct muster_action *action)
{
	*length = strcspn(action->request, " ");
	return action->request;
}

static const char *parameter_text(const struct request_values *values, const char *id)
{
	for (size_t i = 0; i < values->parameter_count; i++)
		if (strcmp(values->parameters[i].name, id) == 0)
			return values->parameters[i].value;
	return NULL;
}

static int too_long(struct error *error)
{
	return error_set(error, ERROR_BAD_PARAMETER, "The URL of the request is too long.");
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

static const struct muster_parameter *find_parameter(const struct muster_action *action, const char *id)
{
	for (uint32_t i = 0; i < action->parameters.count; i++)
		if (strcmp(action->parameters.rows[i].id, id) == 0)
			return &action->parameters.rows[i];
	return NULL;
}

/* The text of a parameter that stands in the path, as the provider wants it. */
static int append_wire_text(struct buffer *url, const struct muster_action *action, const char *id,
	const char *value, struct error *error)
{
	const struct muster_parameter *parameter = find_parameter(action, id);
	struct buffer text = BUFFER_INIT(TEXT_LIMIT);
	int result = 0;

	if (parameter)
		result = format_joined(&text, parameter, value, error);
	else if (buffer_append_text(&text, value) < 0)
		result = too_long(error);
	if (result == 0 && percent_encode(url, text.data ? text.data : "", text.length) < 0)
		result = too_long(error);
	buffer_clear(&text);
	return result;
}

static int append_reference(struct buffer *url, const struct muster_action *action,
	const struct template_part *reference, const struct request_values *values, struct error *error)
{
	char id[TEMPLATE_ID_SIZE];
	const char *value;

	if (template_id(id, reference, "parameter.")) {
		value = parameter_text(values, id);
		if (check_segment("parameter", id, value, error) < 0)
			return -1;
		return append_wire_text(url, action, id, value, error);
	}
	if (template_id(id, reference, "field.")) {
		value = json_member_text(values->fields, id, NULL);
		if (check_segment("field", id, value, error) < 0)
			return -1;
		return percent_encode(url, value, strlen(value)) < 0 ? too_long(error) : 0;
	}
	return error_set(error, ERROR_PLUGIN_REFUSED, "The request has an unknown reference {%.*s}.",
		(int)(reference->length < 64 ? reference->length : 64), reference->text);
}

int request_target(struct buffer *url, const struct muster_action *action,
	const struct request_values *values, struct error *error)
{
	const char *rest = action->request + strcspn(action->request, " ");
	struct template_part part;
	int more;

	rest += strspn(rest, " ");
	while ((more = template_next(&part, &rest)) > 0) {
		if (part.reference && append_reference(url, action, &part, values, error) < 0)
			return -1;
		if (!part.reference && buffer_append(url, part.text, part.length) < 0)
			return too_long(error);
	}
	return more < 0 ? error_set(error, ERROR_PLUGIN_REFUSED,
				  "The request is no template: a brace stands alone.")
			: 0;
}

static int append_query(
	struct buffer *url, const char *name, const char *value, size_t length, struct error *error)
{
	char separator = url->length > 0 && memchr(url->data, '?', url->length) ? '&' : '?';

	if (buffer_append_char(url, separator) < 0 || percent_encode(url, name, strlen(name)) < 0 ||
		buffer_append_char(url, '=') < 0 || percent_encode(url, value, length) < 0)
		return too_long(error);
	return 0;
}

int request_query(struct buffer *url, const char *name, const char *value, struct error *error)
{
	return append_query(url, name, value, strlen(value), error);
}

/* A list that nothing joins: each value is a query parameter of its own. */
static int append_each(
	struct buffer *url, const struct muster_parameter *parameter, const char *value, struct error *error)
{
	struct buffer text = BUFFER_INIT(TEXT_LIMIT);
	int result = 0;

	for (const char *at = value; result == 0 && *at; at += *at == ',') {
		size_t length = strcspn(at, ",");
		text.length = 0;
		result = format_value(&text, parameter, at, length, error);
		if (result == 0)
			result = append_query(
				url, parameter->name, text.data ? text.data : "", text.length, error);
		at += length;
	}
	buffer_clear(&text);
	return result;
}

static int append_parameter(
	struct buffer *url, const struct muster_parameter *parameter, const char *value, struct error *error)
{
	struct buffer text = BUFFER_INIT(TEXT_LIMIT);
	int result;

	if ((parameter->flags & MUSTER_LIST) && !parameter->join)
		return append_each(url, parameter, value, error);
	result = format_joined(&text, parameter, value, error);
	if (result == 0)
		result = append_query(url, parameter->name, text.data ? text.data : "", text.length, error);
	buffer_clear(&text);
	return result;
}

int request_declared(struct buffer *url, const struct muster_action *action,
	const struct request_values *values, struct error *error)
{
	for (uint32_t i = 0; i < action->parameters.count; i++) {
		const struct muster_parameter *parameter = &action->parameters.rows[i];
		const char *value = parameter_text(values, parameter->id);
		if (parameter->place != MUSTER_QUERY || !value)
			continue;
		if (append_parameter(url, parameter, value, error) < 0)
			return -1;
	}
	return 0;
}

/* Has an earlier row said it? */
static bool is_said(const struct muster_paging_rows *paging, uint32_t row)
{
	for (uint32_t i = 0; i < row; i++)
		if (paging->rows[i].size_name &&
			strcmp(paging->rows[i].size_name, paging->rows[row].size_name) == 0)
			return true;
	return false;
}

int request_sizes(struct buffer *url, const struct muster_action *action, struct error *error)
{
	const struct muster_paging_rows *paging = &action->paging;
	char size[16];

	for (uint32_t i = 0; i < paging->count; i++) {
		if (!paging->rows[i].size_name || is_said(paging, i))
			continue;
		(void)snprintf(size, sizeof size, "%u", (unsigned)paging->rows[i].size);
		if (request_query(url, paging->rows[i].size_name, size, error) < 0)
			return -1;
	}
	return 0;
}
