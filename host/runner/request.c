#include "config.h"

#include "runner/request.h"

#include "base/json.h"
#include "base/percent.h"
#include "base/template.h"

#include <string.h>

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

static int append_reference(struct buffer *url, const struct template_part *reference,
	const struct request_values *values, struct error *error)
{
	char id[TEMPLATE_ID_SIZE];
	const char *kind;
	const char *value;

	if (template_id(id, reference, "parameter.")) {
		kind = "parameter";
		value = parameter_text(values, id);
	} else if (template_id(id, reference, "field.")) {
		kind = "field";
		value = json_member_text(values->fields, id, NULL);
	} else {
		return error_set(error, ERROR_PLUGIN_REFUSED, "The request has an unknown reference {%.*s}.",
			(int)(reference->length < 64 ? reference->length : 64), reference->text);
	}
	if (check_segment(kind, id, value, error) < 0)
		return -1;
	return percent_encode(url, value, strlen(value)) < 0 ? too_long(error) : 0;
}

int request_target(struct buffer *url, const struct muster_action *action,
	const struct request_values *values, struct error *error)
{
	const char *rest = action->request + strcspn(action->request, " ");
	struct template_part part;
	int more;

	rest += strspn(rest, " ");
	while ((more = template_next(&part, &rest)) > 0) {
		if (part.reference && append_reference(url, &part, values, error) < 0)
			return -1;
		if (!part.reference && buffer_append(url, part.text, part.length) < 0)
			return too_long(error);
	}
	return more < 0 ? error_set(error, ERROR_PLUGIN_REFUSED,
				  "The request is no template: a brace stands alone.")
			: 0;
}

int request_query(struct buffer *url, const char *name, const char *value, struct error *error)
{
	char separator = memchr(url->data, '?', url->length) ? '&' : '?';

	if (buffer_append_char(url, separator) < 0 || percent_encode(url, name, strlen(name)) < 0 ||
		buffer_append_char(url, '=') < 0 || percent_encode(url, value, strlen(value)) < 0)
		return too_long(error);
	return 0;
}

int request_declared(struct buffer *url, const struct muster_action *action,
	const struct request_values *values, struct error *error)
{
	for (uint32_t i = 0; i < action->parameters.count; i++) {
		const struct muster_parameter *parameter = &action->parameters.rows[i];
		const char *value = parameter_text(values, parameter->id);
		if (parameter->place != MUSTER_QUERY || !value)
			continue;
		if (request_query(url, parameter->name, value, error) < 0)
			return -1;
	}
	return 0;
}
