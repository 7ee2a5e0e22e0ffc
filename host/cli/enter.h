/* What a person enters of a connector's fields: from a file, from the command line, and,
 * at a terminal, asked for. */
#ifndef MUSTER_CLI_ENTER_H
#define MUSTER_CLI_ENTER_H

#include "base/error.h"
#include "catalog/entries.h"
#include "catalog/fields.h"
#include "cli/options.h"

#include <jansson.h>

/* Reads --credentials and the words from the index first on; a word comes before the file. */
int enter_given(struct entries *given, const struct arguments *arguments, size_t first, struct error *error);

/* Checks what was given for the fields of these levels; what is missing or wrong is asked for at a terminal,
 * where there is a person. *out is what holds then. Elsewhere the error names each field. */
int enter_fields(struct entries *out, struct entries *given, unsigned levels, const struct manifest *manifest,
	const struct manifest_auth *auth, struct error *error);

/* Takes the fields of a level apart: into an object of what is no secret, and one of what is. The caller owns
 * both, and ends the second with secrets_free_take(). */
int enter_split(json_t **open, json_t **secrets, const struct entries *fields, enum field_level level,
	const struct manifest_auth *auth, struct error *error);

#endif
