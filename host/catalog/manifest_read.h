/* From the manifest's JSON to its tables: every member known and of its type, every text short and clean.
 * What it all means together is for manifest_check.h. */
#ifndef MUSTER_CATALOG_MANIFEST_READ_H
#define MUSTER_CATALOG_MANIFEST_READ_H

#include "base/error.h"
#include "catalog/manifest.h"

#include <jansson.h>

/* Memory that lives as long as the manifest. */
struct manifest_storage {
	struct manifest manifest;
	json_t *json;
	void **blocks;
	size_t block_count;
	size_t block_capacity;
};

/* Fills in storage->manifest from storage->json, from which its texts are borrowed. */
int manifest_read(struct manifest_storage *storage, struct error *error);

#endif
