#include "config.h"

#include "run/each.h"

#include "base/clock.h"
#include "base/text.h"
#include "catalog/fields.h"
#include "run/windows.h"

#include <stdio.h>
#include <string.h>

enum { SECONDS_OF_DAY = 86400 };

const struct manifest_each *each_find(
	const struct manifest *manifest, const struct manifest_action *action, const char *model)
{
	for (size_t i = 0; i < action->each_count; i++) {
		const struct manifest_each *row = &action->each[i];
		if (row->over == EACH_RECORDS &&
			strcmp(manifest_action(manifest, row->action)->model, model) == 0)
			return row;
	}
	return NULL;
}

/* The models that the action can be run for each of: "employee, team". */
static void list_models(
	char *out, size_t size, const struct manifest *manifest, const struct manifest_action *action)
{
	size_t length = 0;

	out[0] = '\0';
	for (size_t i = 0; i < action->each_count && length < size; i++)
		if (action->each[i].over == EACH_RECORDS)
			length += (size_t)snprintf(out + length, size - length, "%s%s", length ? ", " : "",
				manifest_action(manifest, action->each[i].action)->model);
}

static int no_such(const struct manifest *manifest, const struct manifest_action *action, const char *model,
	struct error *error)
{
	char models[256];
	char shown[64];

	text_clean(shown, sizeof shown, model, strlen(model));
	list_models(models, sizeof models, manifest, action);
	(void)error_set(error, ERROR_USAGE, "%.64s can't be run for each %s.", action->id, shown);
	if (models[0])
		return error_hint(error, "It can be run for each of: %s.", models);
	return error_hint(error, "It takes no ids: run it without --each.");
}

static int check_given(const struct manifest_action *action, const struct entries *given,
	const struct manifest_each *row, struct error *error)
{
	struct entries checked = ENTRIES_INIT;
	struct windows windows;
	int result = -1;

	if (row && entries_find(given, row->to)) {
		(void)error_set(error, ERROR_BAD_PARAMETER, "%.64s is filled in by --each.", row->to);
		error_problem(error, row->to, "unexpected", "%.64s is filled in by --each.", row->to);
		return -1;
	}
	if (parameters_check_but(&checked, given, action, row ? row->to : NULL, error) == 0)
		result = windows_begin(&windows, &checked, action, clock_wall_s() / SECONDS_OF_DAY, error);
	entries_clear(&checked);
	return result;
}

int each_check(const struct manifest *manifest, const struct manifest_action *action,
	const struct entries *given, const char *model, struct error *error)
{
	const struct manifest_each *row = model ? each_find(manifest, action, model) : NULL;

	if (model && !row)
		return no_such(manifest, action, model, error);
	return check_given(action, given, row, error);
}
