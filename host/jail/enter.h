/* The inner side of the jail: what a runner does to itself before any plugin code runs in it.
 *
 * In the jail there is no network, no file, no other process, no new program: what a plugin reaches is
 * the memory of its runner and the runner's three descriptors. Two layers deny it independently where the
 * kernel has them: seccomp kills the process at a system call that is not on a list, Landlock denies every
 * file, port, abstract socket and signal that it knows of. */
#ifndef MUSTER_JAIL_ENTER_H
#define MUSTER_JAIL_ENTER_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

/* What the jail is made of on this kernel. */
struct jail_strength {
	bool seccomp;
	int landlock; /* its ABI; 0: there is none */
	bool relaxed; /* a build with sanitizers, which no release is */
};

/* Both layers are there. */
bool jail_is_full(const struct jail_strength *strength);

/* "full", "partial" or "relaxed" */
const char *jail_strength_text(const struct jail_strength *strength);

#define JAIL_MEMORY ((size_t)192 * 1024 * 1024) /* of address space, shared objects included */

/* Enters the jail, for good. cpu_seconds is the processor time that is left to the process from its start.
 * plugin_fd may be read and mapped afterwards, and nothing else be opened. Closes every descriptor above
 * last_fd. Layers that this kernel lacks are left out and *out says so; the caller decides. The error is
 * ERROR_JAIL_UNAVAILABLE. */
int jail_enter(
	struct jail_strength *out, int plugin_fd, int last_fd, unsigned cpu_seconds, struct error *error);

/* Once the plugin is loaded: nothing is opened any more, no memory becomes executable, and bytes go
 * through the socket alone. Does nothing where there is no seccomp. */
int jail_tighten(const struct jail_strength *strength, int socket, struct error *error);

#endif
