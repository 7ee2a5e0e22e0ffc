/* What an action can be repeated over. */
#ifndef MUSTER_RUN_EACH_H
#define MUSTER_RUN_EACH_H

#include "base/error.h"
#include "catalog/entries.h"
#include "catalog/manifest.h"

/* The row that repeats the action for each record of this model, or NULL. */
const struct manifest_each *each_find(
	const struct manifest *manifest, const struct manifest_action *action, const char *model);

/* Checks what was given before anything is sent: the parameters, the period that they name, and,
 * with a model, that the action can be run for each of it; then the parameter that takes the ids is
 * not the person's to give. */
int each_check(const struct manifest *manifest, const struct manifest_action *action,
	const struct entries *given, const char *model, struct error *error);

#endif
