/* The outer side of the jail: the host starts a runner, hands it a plugin and shared memory, and learns
 * how it ended. */
#ifndef MUSTER_JAIL_START_H
#define MUSTER_JAIL_START_H

#include "base/error.h"
#include "jail/enter.h"

#include <stdbool.h>
#include <stddef.h>

/* Memory that the host writes and a runner can only read, however it is mapped. Reused as long as it
 * lives. */
struct jail_area;

int jail_area_new(struct jail_area **out, size_t size, struct error *error);
void jail_area_free(struct jail_area *area);
char *jail_area_bytes(const struct jail_area *area);

/* A sealed copy of the plugin that fd is open for reading. Who starts many runners of a plugin makes it once:
 * they share its memory. The caller closes *out. Errors as of jail_start(). */
int jail_seal(int *out, int fd, struct error *error);

/* A runner: a process of its own session, without environment, with /dev/null on 0, 1, 2 and on WIRE_FD_*
 * what the wire says. */
struct jail;

/* Starts program (NULL: the installed muster-runner) on a sealed copy of the plugin that plugin_fd is open
 * for reading, which may be one already; area may be NULL. Borrows both only now. The runner dies with the
 * thread that started it. Errors: ERROR_INSTALLATION, ERROR_PLUGIN_REFUSED (the plugin is no regular file, or
 * is too large), ERROR_OUT_OF_MEMORY. */
int jail_start(struct jail **out, const char *program, int plugin_fd, const struct jail_area *area,
	struct error *error);

/* Kills the runner if it is still there. */
void jail_free(struct jail *jail);

/* The host's end of the socket, non-blocking. Owned by the jail. */
int jail_socket(const struct jail *jail);

/* Becomes readable when the runner has ended. Owned by the jail. */
int jail_ended_fd(const struct jail *jail);

/* Ends the runner at once; jail_reap() then doesn't wait for long. */
void jail_kill(struct jail *jail);

/* Waits for the runner's end: 0 if it ended well, else -1 and ERROR_PLUGIN_FAULT says how: the signal, the
 * limit, the exit status. May be called again. */
int jail_reap(struct jail *jail, struct error *error);

/* What this kernel offers, for those who ask before anything runs. */
struct jail_offer {
	struct jail_strength strength;
	bool memfd; /* plugins run from sealed copies; else from their files */
};

void jail_probe(struct jail_offer *out);

#endif
