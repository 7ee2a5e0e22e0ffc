/* The folder that tells others how to reach the sandbox. */
#ifndef MUSTER_SANDBOX_FOLDER_H
#define MUSTER_SANDBOX_FOLDER_H

#include "base/error.h"
#include "sandbox/server.h"

#include <jansson.h>
#include <limits.h>
#include <stdbool.h>

struct folder {
	char path[PATH_MAX]; /* absolute */
	char ledger[PATH_MAX];
	bool temporary; /* removed at the end, with all that is in it */
	bool open;
	json_t *ready; /* owned; what the file ready says */
};

/* Makes the folder (mode 0700), or a temporary one when path is NULL. One that exists must be ours
 * alone. */
int folder_open(struct folder *out, const char *path, struct error *error);

/* Writes ca.pem and the credentials of all providers. */
int folder_fill(struct folder *folder, const struct server *server, struct error *error);

/* Writes ready, and says on stdout how to go on, as a line of JSON or in words. */
int folder_announce(const struct folder *folder, bool json, struct error *error);

/* Removes ready; if the folder is temporary, all of it. */
void folder_close(struct folder *folder);

#endif
