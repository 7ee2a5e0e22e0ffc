/* The manifest that the catalog's tests begin with, and ways to damage it. */
#ifndef MUSTER_TESTS_CATALOG_FIXTURE_H
#define MUSTER_TESTS_CATALOG_FIXTURE_H

#include "base/error.h"
#include "catalog/manifest.h"
#include "catalog/models.h"

/* The fixture's models; the test frees them. */
struct models *fixture_models(void);

/* The fixture as it is; the test frees it. */
struct manifest *fixture_manifest(struct models *models);

/* Parses another of this folder's manifests (account.json, which has what accounts
 * need), damaged as below. */
int fixture_parse_file(struct manifest **out, const char *file, const char *place, const char *value,
	struct models *models, struct error *error);

/* Parses the fixture with one value replaced: place is a path such as "actions/0/map/1/to", value the JSON
 * text to put there (an index one past the end appends), or NULL to remove it. */
int fixture_parse(struct manifest **out, const char *place, const char *value, struct models *models,
	struct error *error);

#endif
