/* What a manifest says of how actions lead to each other: what they are repeated over, what completes their
 * records. Neither goes further than one step, so there are no circles. */
#include "config.h"

#include "catalog/manifest_check.h"
#include "catalog/manifest_fault.h"
#include "catalog/models.h"

#include <stdio.h>
#include <string.h>

/* The action that is checked, and its table, for messages. */
struct spot {
	const struct manifest *manifest;
	const struct manifest_action *action;
	struct models *models;
	char table[128];
	struct error *error;
};

#define REFUSE(at_, row_, ...) manifest_refuse((at_)->error, (at_)->table, row_, NULL, __VA_ARGS__)

/* Finds an action that can be run for the same account. */
static int find_action(const struct manifest_action **out, const struct spot *at, size_t row, const char *id)
{
	const struct manifest_action *other = manifest_action(at->manifest, id);

	if (!other)
		return REFUSE(at, row, "there is no action '%s'.", id);
	if (other == at->action)
		return REFUSE(at, row, "it leads back to the action itself.");
	if (!manifest_same_fields(at->manifest, at->action->auth, other->auth))
		return REFUSE(at, row, "%s has another auth, with other fields.", id);
	*out = other;
	return 0;
}

/* A parameter that takes one plain text: an id. */
static int check_id_parameter(
	const struct spot *at, size_t row, const struct manifest_action *action, const char *id)
{
	const struct manifest_parameter *parameter = manifest_parameter(action, id);

	if (!parameter)
		return REFUSE(at, row, "%s has no parameter '%s'.", action->id, id);
	if (parameter->type != PARAMETER_TEXT || parameter->list)
		return REFUSE(at, row, "the parameter %s of %s takes no id.", id, action->id);
	return 0;
}

static int check_over_records(const struct spot *at, size_t row)
{
	const struct manifest_each *each = &at->action->each[row];
	const struct manifest_action *parent;
	const char *needs;

	if (!each->action || each->from || each->count)
		return REFUSE(at, row, "over records it has action and to, and no more.");
	if (find_action(&parent, at, row, each->action) < 0 ||
		check_id_parameter(at, row, at->action, each->to) < 0)
		return -1;
	needs = manifest_needs(parent, NULL);
	if (needs)
		return REFUSE(at, row, "%s can't be run without its parameter %s.", parent->id, needs);
	if (!manifest_maps(parent, "id"))
		return REFUSE(at, row, "the records of %s have no id.", parent->id);
	for (size_t i = 0; i < row; i++) {
		const struct manifest_each *before = &at->action->each[i];

		if (before->over == EACH_RECORDS &&
			strcmp(manifest_action(at->manifest, before->action)->model, parent->model) == 0)
			return REFUSE(at, row, "each %s could mean %s, too.", parent->model, before->action);
	}
	return 0;
}

static int check_date_parameter(const struct spot *at, size_t row, const char *id)
{
	const struct manifest_parameter *parameter = manifest_parameter(at->action, id);

	if (!parameter)
		return REFUSE(at, row, "there is no parameter '%s'.", id);
	if (parameter->type != PARAMETER_DATE || parameter->list)
		return REFUSE(at, row, "the parameter %s takes no date.", id);
	return 0;
}

static int check_over_windows(const struct spot *at, size_t row)
{
	const struct manifest_each *each = &at->action->each[row];

	if (each->action || !each->from || !each->count)
		return REFUSE(at, row, "over windows it has from, to and count, and no more.");
	if (check_date_parameter(at, row, each->from) < 0 || check_date_parameter(at, row, each->to) < 0)
		return -1;
	if (strcmp(each->from, each->to) == 0)
		return REFUSE(at, row, "from and to are the same parameter.");
	for (size_t i = 0; i < row; i++)
		if (at->action->each[i].over != EACH_RECORDS)
			return REFUSE(at, row, "a second row over windows.");
	return 0;
}

int manifest_check_each(const struct manifest *manifest, size_t action, struct error *error)
{
	struct spot at = { .manifest = manifest, .action = &manifest->actions[action], .error = error };

	(void)snprintf(at.table, sizeof at.table, "actions[%zu] %s: each", action, at.action->id);
	for (size_t i = 0; i < at.action->each_count; i++)
		if ((at.action->each[i].over == EACH_RECORDS ? check_over_records : check_over_windows)(
			    &at, i) < 0)
			return -1;
	return 0;
}

static bool has_all_words(const struct model_field *field, const struct model_field *of)
{
	for (size_t i = 0; i < of->word_count; i++)
		if (!model_field_has(field, of->words[i].text, of->words[i].length))
			return false;
	return of->word_count > 0 || field->word_count == 0;
}

/* What the completing action makes of the field must be what this action's model allows. */
static int check_field(
	const struct spot *at, size_t row, const struct manifest_action *from, const char *name)
{
	const struct model *ours;
	const struct model *theirs;
	const struct model_field *field;
	const struct model_field *source;

	if (models_find(&ours, at->models, at->action->model, at->error) < 0 ||
		models_find(&theirs, at->models, from->model, at->error) < 0)
		return -1;
	field = ours ? model_find(ours, name, strlen(name)) : NULL;
	source = theirs ? model_find(theirs, name, strlen(name)) : NULL;
	if (!field || !source)
		return REFUSE(at, row, "the model %s has no field %s.",
			field ? from->model : at->action->model, name);
	if (!manifest_maps(from, name))
		return REFUSE(at, row, "%s doesn't map %s.", from->id, name);
	if (manifest_maps(at->action, name))
		return REFUSE(at, row, "%s is filled by the map already.", name);
	if ((source->types & ~field->types) ||
		(field->format != MODEL_TEXT && field->format != source->format) ||
		!has_all_words(field, source))
		return REFUSE(at, row, "%s is another thing in the model %s.", name, from->model);
	return 0;
}

static int check_completion(const struct spot *at, size_t row)
{
	const struct manifest_completion *completion = &at->action->completions[row];
	const struct manifest_action *from;
	const char *needs;

	if (find_action(&from, at, row, completion->action) < 0 ||
		check_id_parameter(at, row, from, completion->parameter) < 0)
		return -1;
	if (from->completion_count > 0)
		return REFUSE(at, row, "%s has completions itself.", from->id);
	needs = manifest_needs(from, completion->parameter);
	if (needs)
		return REFUSE(at, row, "%s can't be run without its parameter %s.", from->id, needs);
	if (!manifest_maps(at->action, "id"))
		return REFUSE(at, row, "the records have no id.");
	if (completion->fields.count == 0)
		return REFUSE(at, row, "it names no fields.");
	for (size_t i = 0; i < completion->fields.count; i++) {
		const char *name = completion->fields.items[i];

		if (check_field(at, row, from, name) < 0)
			return -1;
		for (size_t k = 0; k <= row; k++) {
			const struct manifest_texts *fields = &at->action->completions[k].fields;

			for (size_t f = 0; f < (k < row ? fields->count : i); f++)
				if (strcmp(fields->items[f], name) == 0)
					return REFUSE(at, row, "%s is completed twice.", name);
		}
	}
	return 0;
}

int manifest_check_completions(
	const struct manifest *manifest, size_t action, struct models *models, struct error *error)
{
	struct spot at = {
		.manifest = manifest, .action = &manifest->actions[action], .models = models, .error = error
	};

	(void)snprintf(at.table, sizeof at.table, "actions[%zu] %s: completions", action, at.action->id);
	for (size_t i = 0; i < at.action->completion_count; i++)
		if (check_completion(&at, i) < 0)
			return -1;
	return 0;
}
