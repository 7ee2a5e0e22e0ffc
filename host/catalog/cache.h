/* What plugins told of themselves, kept in the user's cache folder: one file per manifest, and one small
 * index for `muster list`. An entry holds for exactly one state of a plugin's file, one build of muster and
 * one set of models. Without a cache everything works, only slower: nothing here fails loudly. */
#ifndef MUSTER_CATALOG_CACHE_H
#define MUSTER_CATALOG_CACHE_H

#include "base/buffer.h"
#include "base/error.h"
#include "catalog/find.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cache;

/* Opens the cache of this user; models is models_identity(). */
int cache_new(struct cache **out, uint64_t models, struct error *error);
void cache_free(struct cache *cache);

/* Where it is, or NULL; and whether it can be written, else why not. */
const char *cache_folder(const struct cache *cache);
bool cache_writable(const struct cache *cache, char *reason, size_t size);

/* Appends the plugin's manifest, if it is there. */
bool cache_read_manifest(struct buffer *out, const struct cache *cache, const struct plugin_file *file);

/* Keeps it. */
void cache_write_manifest(
	const struct cache *cache, const struct plugin_file *file, const char *manifest, size_t length);

/* A plugin in a few words, texts without control characters; lists joined by spaces. */
struct cache_row {
	const char *reason; /* why it was refused; empty: it is fine */
	const char *name;
	const char *version;
	const char *auths;
	const char *actions;
};

/* The index's row for this file, texts borrowed from the cache. */
bool cache_find_row(struct cache_row *out, struct cache *cache, const struct plugin_file *file);

/* Puts a row into the index; cache_save() writes it, if anything is new. */
void cache_put_row(struct cache *cache, const struct plugin_file *file, const struct cache_row *row);
void cache_save(struct cache *cache);

#endif
