/* Which plugins the operator trusts enough to run in a jail that is only partial: the list `trust` of ids in
 * $XDG_CONFIG_HOME/muster/config.json. */
#ifndef MUSTER_CATALOG_TRUST_H
#define MUSTER_CATALOG_TRUST_H

#include "base/error.h"

#include <jansson.h>
#include <stdbool.h>

/* Reads the list; no configuration is an empty one. The error is BAD_CONFIGURATION. The caller owns *out. */
int trust_read(json_t **out, struct error *error);

bool trust_has(const json_t *trust, const char *id);

#endif
