/* Every table of a plugin as JSON: what the host knows of it. */
#ifndef MUSTER_RUNNER_MANIFEST_H
#define MUSTER_RUNNER_MANIFEST_H

#include "base/error.h"
#include "runner/tables.h"

#include <jansson.h>

/* Optional members that are absent are left out, lists that are empty are there. The caller owns *out. */
int manifest_make(json_t **out, const struct tables *tables, struct error *error);

#endif
