/* Where things are: installed folders, XDG folders, the environment's say. */
#ifndef MUSTER_BASE_PATHS_H
#define MUSTER_BASE_PATHS_H

#include "base/error.h"

#include <stddef.h>

/* The installed folders, static; MUSTER_LIBEXEC_DIR, MUSTER_MODEL_DIR and MUSTER_PLUGIN_DIR in the
 * environment come first, for a muster that is not installed, beside another that is. */
const char *paths_libexec_dir(void);
const char *paths_model_dir(void);
const char *paths_plugin_dir(void);

/* $XDG_CACHE_HOME/muster and its like, absolute, in an array of size bytes. Return 0, or -1 when there
 * is no home folder or the path is too long. The folder need not exist. */
int paths_cache_dir(char *out, size_t size);
int paths_config_dir(char *out, size_t size);
int paths_data_dir(char *out, size_t size);
int paths_user_plugin_dir(char *out, size_t size);

/* MUSTER_KEY_DIR, else paths_config_dir(). */
int paths_key_dir(char *out, size_t size);

/* folder/name. Returns 0, or -1 when it does not fit. */
int paths_join(char *out, size_t size, const char *folder, const char *name);

/* Makes a folder and those above it, mode 0700. Returns 0, or -1 with errno. */
int paths_make_dir(const char *path);

#endif
