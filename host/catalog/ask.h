/* A question to a plugin: a runner is started in its jail, asked, and ended. Blocks, but never longer than
 * ASK_SECONDS for one plugin. */
#ifndef MUSTER_CATALOG_ASK_H
#define MUSTER_CATALOG_ASK_H

#include "base/buffer.h"
#include "base/error.h"
#include "catalog/find.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

enum { ASK_SECONDS = 10 };

/* Appends the manifest of the plugin that fd is open for reading. allow_partial: also in a jail that is not
 * full. A crash, a hang or a lie is PLUGIN_FAULT, broken tables are PLUGIN_REFUSED. */
int ask_manifest(struct buffer *out, int fd, bool allow_partial, struct error *error);

/* Runs the plugin's validate hook. start is the START object, of mode validate. What the hook finds wrong is
 * BAD_FIELD with its problems. */
int ask_validate(int fd, bool allow_partial, const json_t *start, struct error *error);

/* Is there a runner, of this build, that gets into its jail? jail is then "full", "partial" or "relaxed". */
int ask_runner(char jail[16], struct error *error);

/* One of many plugins to be described. */
struct ask_job {
	const struct plugin_file *file;
	bool allow_partial;
};

/* Takes one answer: the manifest's bytes, or NULL and why there is none. Returns 0, or -1 with the error set:
 * that ends it all. */
typedef int ask_taker(void *context, size_t job, const char *manifest, size_t length, const struct error *why,
	struct error *error);

/* Asks many plugins for their manifests, several at once; calls take for each, in any order. */
int ask_manifests(
	const struct ask_job *jobs, size_t count, ask_taker *take, void *context, struct error *error);

#endif
