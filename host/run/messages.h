/* What a START message says of the fields and parameters. */
#ifndef MUSTER_RUN_MESSAGES_H
#define MUSTER_RUN_MESSAGES_H

#include "catalog/entries.h"
#include "catalog/manifest.h"

#include <jansson.h>

/* Sets a member: an object of all the texts. Returns 0, or -1: no memory. */
int messages_set_parameters(json_t *start, const struct entries *parameters);

/* The same of an auth's fields, without the secrets: of them only the ids that were entered, as the member
 * secrets. */
int messages_set_fields(json_t *start, const struct entries *fields, const struct manifest_auth *auth);

#endif
