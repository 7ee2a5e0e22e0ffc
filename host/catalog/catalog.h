/* The connectors of this machine: found, described, ready to be started. */
#ifndef MUSTER_CATALOG_CATALOG_H
#define MUSTER_CATALOG_CATALOG_H

#include "base/error.h"
#include "catalog/manifest.h"
#include "catalog/models.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

struct cache;
struct catalog;
struct plugin_files;

/* Looks for plugins; asks none of them anything yet. plugin_path is what --plugin-path says, or
 * NULL. trust is the list of ids that the operator trusts enough to run in a jail that is only
 * partial; shared, NULL: none. */
int catalog_new(struct catalog **out, const char *plugin_path, const json_t *trust, struct error *error);
void catalog_free(struct catalog *catalog);

/* One provider, whole. Owned by the catalog, like all in it. */
struct provider {
	const struct manifest *manifest;
	const char *path;  /* of the plugin */
	int fd;            /* open for reading: the very file that described itself as manifest says */
	struct stat about; /* of fd */
};

/* The provider of this id: its plugin is opened, and described by the cache or by itself. The error is
 * PROVIDER_NOT_FOUND with the nearest names, or says why its plugin can't be used. */
int catalog_provider(
	const struct provider **out, struct catalog *catalog, const char *id, struct error *error);

struct models *catalog_models(struct catalog *catalog);

/* May this plugin run in a jail that is only partial? */
bool catalog_trusts(const struct catalog *catalog, const char *id);

/* What was found where, and the cache: for those who look after the installation. */
const struct plugin_files *catalog_files(const struct catalog *catalog);
const struct cache *catalog_cache(const struct catalog *catalog);

enum catalog_status { CATALOG_OK, CATALOG_BROKEN, CATALOG_REFUSED, CATALOG_HIDDEN };

/* One plugin file, in a few words. Texts are NULL where nothing is known. */
struct catalog_row {
	const char *id;
	const char *path;
	enum catalog_status status;
	const char *reason; /* why it can't be used */
	const char *name;
	const char *version;
	struct manifest_texts auths;
	struct manifest_texts actions;
};

/* Every plugin file found, also those that can't be used, ordered by id and precedence. */
int catalog_list(
	const struct catalog_row **rows, size_t *count, struct catalog *catalog, struct error *error);

/* "ok", "broken", "refused", "hidden" */
const char *catalog_status_text(enum catalog_status status);

#endif
