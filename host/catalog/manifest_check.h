/* Does a manifest make sense? Ids lead somewhere, hosts are declared, secrets stay in their places, maps fit
 * the models. */
#ifndef MUSTER_CATALOG_MANIFEST_CHECK_H
#define MUSTER_CATALOG_MANIFEST_CHECK_H

#include "base/error.h"
#include "catalog/manifest.h"

#include <stddef.h>

/* Checks all of it; id is what the file's name promises. PLUGIN_REFUSED names the row. */
int manifest_check(
	const struct manifest *manifest, const char *id, struct models *models, struct error *error);

/* The parts, each in a file of its own. */
int manifest_check_auths(const struct manifest *manifest, struct error *error);
int manifest_check_actions(const struct manifest *manifest, struct models *models, struct error *error);
int manifest_check_map(
	const struct manifest *manifest, size_t action, struct models *models, struct error *error);
int manifest_check_each(const struct manifest *manifest, size_t action, struct error *error);
int manifest_check_completions(
	const struct manifest *manifest, size_t action, struct models *models, struct error *error);

#endif
