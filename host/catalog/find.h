/* Finding plugins: folders in order of precedence, files named ID.so, and who could have tampered with
 * them. Nothing of a plugin is read here. */
#ifndef MUSTER_CATALOG_FIND_H
#define MUSTER_CATALOG_FIND_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

struct plugin_file {
	char *path; /* folder/ID.so */
	char id[64];
	size_t rank;        /* of its folder */
	struct stat about;  /* as it was found */
	char *refused;      /* why it must not be used, or NULL */
	const char *hidden; /* the path of the file of the same id that comes first, or NULL */
};

struct plugin_folder {
	char *path;
	const char *origin; /* "--plugin-path", "MUSTER_PLUGIN_PATH", "user", "system" */
	char *refused;      /* why it must not be used, or NULL */
	dev_t device;       /* 0 where it was not looked into */
	ino_t inode;
	size_t files; /* found there */
};

struct plugin_files {
	struct plugin_folder *folders; /* in order of precedence */
	size_t folder_count;
	struct plugin_file *rows; /* by id, then precedence */
	size_t count;
};

/* Looks through --plugin-path (folders parted by colons, or NULL), MUSTER_PLUGIN_PATH, the user's plugin
 * folder, the system's. A folder that is not there counts as empty. */
int find_plugins(struct plugin_files *out, const char *plugin_path, struct error *error);
void find_clear(struct plugin_files *files);

/* Opens a plugin for reading. It is judged anew, by its descriptor, and must be the file that was found. The
 * caller owns *fd. */
int find_open(int *fd, const struct plugin_file *file, struct error *error);

/* Is what the descriptor is open for still in the state in which it was found? */
bool find_unchanged(int fd, const struct plugin_file *file);

#endif
