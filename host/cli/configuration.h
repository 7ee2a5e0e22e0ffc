/* What an operator settles once: $XDG_CONFIG_HOME/muster/config.json, and the environment before it. Nobody
 * else reads them: each is handed its part. */
#ifndef MUSTER_CLI_CONFIGURATION_H
#define MUSTER_CLI_CONFIGURATION_H

#include "base/error.h"
#include "fetch/settings.h"

#include <jansson.h>

struct configuration {
	json_t *json;        /* owned: the file's object, from which the rest is borrowed; NULL without one */
	const json_t *trust; /* ids of connectors that may run in a partial jail; NULL: none */
	struct fetch_settings fetch;
	int64_t audit_keep_days; /* as in struct store_options */
};

/* Reads the file if it is there, then MUSTER_CONNECT_TO and MUSTER_CA_FILE. Members of the file: proxy
 * (https://host:port), ca_bundle (a file), trust, audit_days. One that others may write, a member that there
 * is not, or of another type, is BAD_CONFIGURATION. configuration_clear() it, also after an error. */
int configuration_read(struct configuration *out, struct error *error);
void configuration_clear(struct configuration *configuration);

#endif
