/* The connector's own say about fields, after the tables': its validate hook, asked in a jail, offline. */
#ifndef MUSTER_RUN_VALIDATE_H
#define MUSTER_RUN_VALIDATE_H

#include "base/error.h"
#include "catalog/catalog.h"
#include "catalog/entries.h"

#include <stdbool.h>

/* fields are those of fields_check(). What the hook finds wrong is BAD_FIELD, with each problem. Blocks for
 * as long as the hook takes, which is bounded. */
int validate_fields(const struct provider *provider, const struct manifest_auth *auth,
	const struct entries *fields, bool allow_partial_jail, struct error *error);

#endif
