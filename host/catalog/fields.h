/* One declaration, every use: what was entered, checked against the rows that declare it. All problems are
 * told at once. */
#ifndef MUSTER_CATALOG_FIELDS_H
#define MUSTER_CATALOG_FIELDS_H

#include "base/error.h"
#include "catalog/entries.h"
#include "catalog/manifest.h"

/* The code of the problem of a field that is spelled otherwise than its kind wants. What is right stands in
 * the error's hint and in *out: confirmed by the person, it is what they meant. */
#define FIELDS_SPELLING "spelling"

enum fields_level { FIELDS_PROFILE = 1, FIELDS_ACCOUNT = 2 };

/* Checks the fields of an auth that have one of these levels (enum fields_level, added up), also those that
 * it has from another auth; one of another level is wrong. *out is what holds then: what was given, in its
 * normal form, and the defaults. What an action finds may be missing. The error is BAD_FIELD with a problem
 * for each thing wrong. Clear *out in any case. A secret that stood on the command line is wrong. */
int fields_check_levels(struct entries *out, const struct entries *given, unsigned levels,
	const struct manifest *manifest, const struct manifest_auth *auth, struct error *error);

/* The same for all fields. */
int fields_check(struct entries *out, const struct entries *given, const struct manifest *manifest,
	const struct manifest_auth *auth, struct error *error);

/* The same for the parameters of an action; the error is BAD_PARAMETER. */
int parameters_check(struct entries *out, const struct entries *given, const struct manifest_action *action,
	struct error *error);

/* The same before a parameter is known that will be filled in: `but` may be missing; NULL: none. */
int parameters_check_but(struct entries *out, const struct entries *given,
	const struct manifest_action *action, const char *but, struct error *error);

#endif
