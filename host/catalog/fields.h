/* One declaration, every use: what was entered, checked against the rows that declare it. All problems are
 * told at once. */
#ifndef MUSTER_CATALOG_FIELDS_H
#define MUSTER_CATALOG_FIELDS_H

#include "base/error.h"
#include "catalog/entries.h"
#include "catalog/manifest.h"

/* Checks the fields of an auth; *out is what holds then: what was given, and the defaults. The error is
 * BAD_FIELD with a problem for each thing wrong. Clear *out in any case. A secret that stood on the
 * command line is wrong. */
int fields_check(struct entries *out, const struct entries *given, const struct manifest *manifest,
	const struct manifest_auth *auth, struct error *error);

/* The same for the parameters of an action; the error is BAD_PARAMETER. */
int parameters_check(struct entries *out, const struct entries *given, const struct manifest_action *action,
	struct error *error);

#endif
