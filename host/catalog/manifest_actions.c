/* What a manifest says of its actions: requests, parameters, paging, keys. */
#include "config.h"

#include "base/template.h"
#include "catalog/manifest_check.h"
#include "catalog/manifest_fault.h"
#include "catalog/shape.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

struct spot {
	const struct manifest *manifest;
	const struct manifest_action *action;
	size_t row;
	struct error *error;
};

#define REFUSE(at_, ...) manifest_refuse((at_)->error, "actions", (at_)->row, (at_)->action->id, __VA_ARGS__)

static int check_reference(const struct spot *at, const struct template_part *part)
{
	const struct manifest_auth *auth = manifest_auth(at->manifest, at->action->auth);
	const struct manifest_parameter *parameter;
	const struct manifest_field *field;
	char id[TEMPLATE_ID_SIZE];

	if (template_id(id, part, "parameter.")) {
		parameter = manifest_parameter(at->action, id);
		if (!parameter)
			return REFUSE(at, "url: {parameter.%s} names no parameter.", id);
		if (parameter->place != PARAMETER_PATH)
			return REFUSE(at, "url: the parameter %s has its place in the query.", id);
		return 0;
	}
	if (template_id(id, part, "field.")) {
		field = manifest_field(auth, id);
		if (!field)
			return REFUSE(at, "url: {field.%s} names no field of the auth.", id);
		if (field->type == FIELD_SECRET)
			return REFUSE(at, "url: the secret {field.%s} has no place here.", id);
		return 0;
	}
	return REFUSE(at, "url: {%.*s} has no place here.", (int)(part->length < 64 ? part->length : 64),
		part->text);
}

static int check_request(const struct spot *at)
{
	const struct manifest_action *action = at->action;
	struct template_part part;
	const char *path;
	const char *fault;
	int more;

	if (strcmp(action->method, "GET") != 0 && strcmp(action->method, "HEAD") != 0 &&
		strcmp(action->method, "POST") != 0)
		return REFUSE(at, "the method %s can't read.", action->method);
	fault = manifest_url_fault(&path, at->manifest, action->url, HOST_API);
	if (fault)
		return REFUSE(at, "url %s.", fault);
	while ((more = template_next(&part, &path)) > 0)
		if (part.reference && check_reference(at, &part) < 0)
			return -1;
	if (more < 0)
		return REFUSE(at, "url: a brace stands alone; a plain one is written twice.");
	return 0;
}

static int check_auth(const struct spot *at)
{
	const struct manifest_action *action = at->action;

	if (manifest_action(at->manifest, action->id) != action)
		return REFUSE(at, "the id stands twice.");
	if (!manifest_auth(at->manifest, action->auth))
		return REFUSE(at, "there is no auth '%s'.", action->auth);
	for (size_t i = 0; i < action->scopes.count; i++)
		if (manifest_scope(at->manifest, action->scopes.items[i], strlen(action->scopes.items[i])) <
			0)
			return REFUSE(
				at, "needs the scope '%s', which is not declared.", action->scopes.items[i]);
	return 0;
}

static bool stands_in_url(const char *url, const char *id)
{
	struct template_part part;
	char name[TEMPLATE_ID_SIZE];

	while (template_next(&part, &url) > 0)
		if (template_id(name, &part, "parameter.") && strcmp(name, id) == 0)
			return true;
	return false;
}

static const char *format_fault(const struct manifest_parameter *parameter)
{
	switch (parameter->format) {
	case FORMAT_ISO:
		return NULL;
	case FORMAT_DAY_MONTH_YEAR:
	case FORMAT_DAY_START_UTC:
	case FORMAT_DAY_END_UTC:
	case FORMAT_DAY_START_LOCAL:
	case FORMAT_DAY_END_LOCAL:
		return parameter->type == PARAMETER_DATE ? NULL : "its format is that of a date";
	case FORMAT_UTC:
	case FORMAT_LOCAL:
		return parameter->type == PARAMETER_DATE_TIME ? NULL
							      : "its format is that of a date and time";
	}
	return NULL;
}

static const char *list_fault(const struct manifest_parameter *parameter)
{
	if (parameter->join && !parameter->list)
		return "join belongs to a list";
	if (parameter->list && parameter->place == PARAMETER_PATH && !parameter->join)
		return "a list in a path, but not joined";
	return NULL;
}

static const char *path_fault(
	const struct manifest_action *action, const struct manifest_parameter *parameter)
{
	const char *preset = parameter->default_text;

	if (!parameter->required && !preset)
		return "in a path, but neither required nor with a default";
	if (preset && (strcmp(preset, ".") == 0 || strcmp(preset, "..") == 0))
		return "its default would lead to another path";
	return stands_in_url(action->url, parameter->id) ? NULL : "in a path, but not in the url";
}

static int check_parameter(const struct spot *at, size_t row)
{
	const struct manifest_parameter *parameters = at->action->parameters;
	const struct manifest_parameter *parameter = &parameters[row];
	const struct shape shape = shape_of_parameter(parameter);
	const char *fault = shape_fault(&shape, parameter->default_text);
	char table[128];

	(void)snprintf(table, sizeof table, "actions[%zu] %s: parameters", at->row, at->action->id);
	if (fault)
		return manifest_refuse(at->error, table, row, parameter->id, "%s.", fault);
	for (size_t i = 0; i < row; i++) {
		if (strcmp(parameters[i].id, parameter->id) == 0)
			return manifest_refuse(at->error, table, row, parameter->id, "the id stands twice.");
		if (parameter->place == PARAMETER_QUERY && parameters[i].place == PARAMETER_QUERY &&
			strcmp(parameters[i].name, parameter->name) == 0)
			return manifest_refuse(at->error, table, row, parameter->id,
				"the query's '%s' stands twice.", parameter->name);
	}
	fault = format_fault(parameter);
	if (!fault)
		fault = list_fault(parameter);
	if (!fault && parameter->place == PARAMETER_PATH)
		fault = path_fault(at->action, parameter);
	return fault ? manifest_refuse(at->error, table, row, parameter->id, "%s.", fault) : 0;
}

static int check_headers(const struct spot *at)
{
	const struct manifest_auth *auth = manifest_auth(at->manifest, at->action->auth);
	const struct manifest_header *headers = at->action->headers;
	char table[128];

	(void)snprintf(table, sizeof table, "actions[%zu] %s: headers", at->row, at->action->id);
	for (size_t i = 0; i < at->action->header_count; i++) {
		const char *name = headers[i].name;
		const char *fault = manifest_header_fault(name);

		if (!fault && strcasecmp(name, "Authorization") == 0)
			fault = "carries credentials, which have their places in the auth";
		for (size_t k = 0; !fault && k < auth->place_count; k++)
			if (auth->places[k].where == PLACE_CALL_HEADER &&
				strcasecmp(auth->places[k].name, name) == 0)
				fault = "carries credentials, as the auth's places say";
		for (size_t k = 0; !fault && k < i; k++)
			if (strcasecmp(headers[k].name, name) == 0)
				fault = "stands twice";
		for (const char *c = headers[i].value; !fault && *c; c++)
			if (*c < ' ' || *c > '~')
				fault = "has a value that is not printable ASCII";
		if (fault)
			return manifest_refuse(at->error, table, i, NULL, "the header '%s' %s.", name, fault);
	}
	return 0;
}

/* What goes with the kind of a row. Returns NULL, or what is wrong. */
static const char *paging_fault(const struct manifest_action *action, const struct manifest_paging *paging)
{
	if (paging->kind == PAGING_NEXT_LINK && paging->to)
		return "a link goes to no parameter";
	if (paging->kind == PAGING_PAGE_NUMBER && !paging->to)
		return "a page number needs the query parameter it goes to";
	if (paging->kind != PAGING_NEXT_LINK && !paging->to)
		return "a cursor needs the query parameter it goes to";
	if (paging->kind == PAGING_PAGE_NUMBER && action->paging_count > 1)
		return "what counts pages is the only row";
	if (!paging->size_name != !paging->size)
		return "size_name and size belong together";
	if (paging->size_name && paging->to && strcmp(paging->size_name, paging->to) == 0)
		return "size_name and to are the same query parameter";
	for (size_t i = 0; i < action->parameter_count; i++) {
		const struct manifest_parameter *parameter = &action->parameters[i];

		if (parameter->place == PARAMETER_QUERY &&
			((paging->to && strcmp(paging->to, parameter->name) == 0) ||
				(paging->size_name && strcmp(paging->size_name, parameter->name) == 0)))
			return "it sets a query parameter that is a person's to set";
	}
	for (const struct manifest_paging *before = action->paging; before < paging; before++)
		if (paging->size_name && before->size_name)
			return "the size of a page stands twice";
	return NULL;
}

static int check_paging(const struct spot *at)
{
	char table[128];

	(void)snprintf(table, sizeof table, "actions[%zu] %s: paging", at->row, at->action->id);
	if (at->action->paging_count && at->action->result == RESULT_OBJECT)
		return REFUSE(at, "one object has no pages.");
	for (size_t i = 0; i < at->action->paging_count; i++) {
		const struct manifest_paging *paging = &at->action->paging[i];
		const char *fault = paging_fault(at->action, paging);

		if (paging->from[0] == '\0' || !manifest_is_pointer(paging->from))
			return manifest_refuse(at->error, table, i, NULL,
				"from '%s' is no JSON pointer into the body.", paging->from);
		if (fault)
			return manifest_refuse(at->error, table, i, NULL, "%s.", fault);
	}
	return 0;
}

/* They are told from each other by a bit each. */
static int check_expected(const struct spot *at)
{
	const struct manifest_texts *expected = &at->action->expected;

	if (expected->count > 64)
		return REFUSE(at, "more than 64 fields are expected.");
	for (size_t i = 0; i < expected->count; i++)
		if (!manifest_maps(at->action, expected->items[i]))
			return REFUSE(
				at, "the map doesn't fill '%s', which is expected.", expected->items[i]);
	return 0;
}

static int check_action(const struct spot *at, struct models *models)
{
	const struct manifest_action *action = at->action;

	if (check_auth(at) < 0 || check_request(at) < 0)
		return -1;
	for (size_t i = 0; i < action->parameter_count; i++)
		if (check_parameter(at, i) < 0)
			return -1;
	if (check_headers(at) < 0 || check_paging(at) < 0)
		return -1;
	if (action->max_pages == 0)
		return REFUSE(at, "max_pages is 0.");
	if (!manifest_is_pointer(action->records))
		return REFUSE(at, "records '%s' is no JSON pointer.", action->records);
	if ((action->result == RESULT_GRID) != (action->columns != NULL))
		return REFUSE(at, "columns belong to the result grid.");
	if (action->columns && !manifest_is_pointer(action->columns))
		return REFUSE(at, "columns '%s' is no JSON pointer.", action->columns);
	if (manifest_check_map(at->manifest, at->row, models, at->error) < 0)
		return -1;
	return check_expected(at);
}

/* What an action says of others, when each by itself is in order. */
static int check_relations(const struct spot *at, struct models *models)
{
	if (manifest_check_each(at->manifest, at->row, at->error) < 0)
		return -1;
	return manifest_check_completions(at->manifest, at->row, models, at->error);
}

int manifest_check_actions(const struct manifest *manifest, struct models *models, struct error *error)
{
	struct spot at = { .manifest = manifest, .error = error };

	for (at.row = 0; at.row < manifest->action_count; at.row++) {
		at.action = &manifest->actions[at.row];
		if (check_action(&at, models) < 0)
			return -1;
	}
	for (at.row = 0; at.row < manifest->action_count; at.row++) {
		at.action = &manifest->actions[at.row];
		if (check_relations(&at, models) < 0)
			return -1;
	}
	return 0;
}
