/* What a manifest says of its actions: requests, parameters, paging, keys. */
#include "config.h"

#include "base/template.h"
#include "catalog/manifest_check.h"
#include "catalog/shape.h"

#include <stdio.h>
#include <string.h>

struct place {
	const struct manifest *manifest;
	const struct manifest_action *action;
	size_t row;
	struct error *error;
};

#define REFUSE(at_, ...) manifest_refuse((at_)->error, "actions", (at_)->row, (at_)->action->id, __VA_ARGS__)

static int check_reference(const struct place *at, const struct template_part *part)
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

static int check_request(const struct place *at)
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

static int check_auth(const struct place *at)
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

static int check_parameter(const struct place *at, size_t row)
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
	if (parameter->place != PARAMETER_PATH)
		return 0;
	if (!parameter->required)
		return manifest_refuse(at->error, table, row, parameter->id, "in a path, but not required.");
	if (!stands_in_url(at->action->url, parameter->id))
		return manifest_refuse(
			at->error, table, row, parameter->id, "in a path, but not in the url.");
	return 0;
}

static int check_paging(const struct place *at)
{
	char table[128];

	(void)snprintf(table, sizeof table, "actions[%zu] %s: paging", at->row, at->action->id);
	if (at->action->paging_count && at->action->result == RESULT_OBJECT)
		return REFUSE(at, "one object has no pages.");
	for (size_t i = 0; i < at->action->paging_count; i++) {
		const struct manifest_paging *paging = &at->action->paging[i];

		if (paging->from[0] == '\0' || !manifest_is_pointer(paging->from))
			return manifest_refuse(at->error, table, i, NULL,
				"from '%s' is no JSON pointer into the body.", paging->from);
		if (paging->kind == PAGING_CURSOR && !paging->to)
			return manifest_refuse(
				at->error, table, i, NULL, "a cursor needs the query parameter it goes to.");
		if (paging->kind == PAGING_NEXT_LINK && paging->to)
			return manifest_refuse(at->error, table, i, NULL, "a link goes to no parameter.");
	}
	return 0;
}

static int check_action(const struct place *at, struct models *models)
{
	const struct manifest_action *action = at->action;

	if (check_auth(at) < 0 || check_request(at) < 0)
		return -1;
	for (size_t i = 0; i < action->parameter_count; i++)
		if (check_parameter(at, i) < 0)
			return -1;
	if (check_paging(at) < 0)
		return -1;
	if (action->max_pages == 0)
		return REFUSE(at, "max_pages is 0.");
	if (!manifest_is_pointer(action->records))
		return REFUSE(at, "records '%s' is no JSON pointer.", action->records);
	return manifest_check_map(at->manifest, at->row, models, at->error);
}

int manifest_check_actions(const struct manifest *manifest, struct models *models, struct error *error)
{
	struct place at = { .manifest = manifest, .error = error };

	for (at.row = 0; at.row < manifest->action_count; at.row++) {
		at.action = &manifest->actions[at.row];
		if (check_action(&at, models) < 0)
			return -1;
	}
	return 0;
}
