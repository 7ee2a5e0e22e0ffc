/* The unified models of this installation, each read when it is first asked for. */
#ifndef MUSTER_CATALOG_MODELS_H
#define MUSTER_CATALOG_MODELS_H

#include "base/error.h"
#include "record/model.h"

#include <stdint.h>

struct models;

/* The models in a folder of NAME.json. That the folder is not there is told when one is looked for. */
int models_new(struct models **out, const char *folder, struct error *error);
void models_free(struct models *models);

/* The model of this name, owned by models; NULL in *out when there is none. The error is INSTALLATION: the
 * folder is missing, or the model's file is broken. */
int models_find(const struct model **out, struct models *models, const char *name, struct error *error);

/* Another number when any model's file is another: what was checked against them is then stale. */
uint64_t models_identity(const struct models *models);

#endif
