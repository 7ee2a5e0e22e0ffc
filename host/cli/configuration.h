/* What an operator settles once: $XDG_CONFIG_HOME/muster/config.json, and the environment before it. */
#ifndef MUSTER_CLI_CONFIGURATION_H
#define MUSTER_CLI_CONFIGURATION_H

#include "base/error.h"
#include "fetch/settings.h"

#include <jansson.h>

struct configuration {
	json_t *json; /* owned: the file's object, or an empty one; the settings borrow from it */
	struct fetch_settings fetch;
	int64_t audit_keep_days; /* as in struct store_options */
};

/* Reads the file if it is there, then MUSTER_CONNECT_TO and MUSTER_CA_FILE. Members of the file: proxy
 * (https://host:port), ca_bundle (a file), trust (which the catalog reads), audit_days.
 * Errors are BAD_CONFIGURATION. */
int configuration_read(struct configuration *out, struct error *error);
void configuration_clear(struct configuration *configuration);

#endif
