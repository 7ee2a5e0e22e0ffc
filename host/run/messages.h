/* What a START message says of the fields and parameters. */
#ifndef MUSTER_RUN_MESSAGES_H
#define MUSTER_RUN_MESSAGES_H

#include "catalog/entries.h"
#include "catalog/manifest.h"
#include "record/model.h"

#include <jansson.h>

/* Sets a member: an object of all the texts. Returns 0, or -1: no memory. */
int messages_set_parameters(json_t *start, const struct entries *parameters);

/* The same of an auth's fields, without the secrets: of them only the ids that were entered, as the member
 * secrets. */
int messages_set_fields(json_t *start, const struct entries *fields, const struct manifest_auth *auth);

/* Sets open: the fields of the model whose closed set has "other", for words that no row of a map knows.
 * model may be NULL: there are none. */
int messages_set_open(json_t *start, const struct model *model);

#endif
