/* Loading a plugin: the only place that knows libltdl. */
#ifndef MUSTER_RUNNER_LOAD_H
#define MUSTER_RUNNER_LOAD_H

#include "base/error.h"

#include <muster/plugin.h>

/* The entry function of a loaded plugin; it has not been called yet. */
typedef const struct muster_entry *load_entry(void);

/* Loads the shared object that fd is open for. Its constructors run; it is never unloaded. The error is
 * ERROR_PLUGIN_REFUSED with the dynamic linker's own words. */
int load_plugin(load_entry **entry, int fd, struct error *error);

#endif
