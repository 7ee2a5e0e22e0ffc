/* A name that nobody has, where several kinds of things may be named: where it was looked
 * for, and what comes near. */
#ifndef MUSTER_CLI_UNKNOWN_H
#define MUSTER_CLI_UNKNOWN_H

#include "base/error.h"
#include "cli/options.h"
#include "cli/session.h"

/* Neither an account (ACCOUNT_NOT_FOUND) or a profile (PROVIDER_NOT_FOUND), nor a connector has this name.
 * The session's store has been looked into, or there is none. Both return -1. */
int unknown_account(const struct session *session, const struct arguments *arguments, const char *name,
	struct error *error);
int unknown_profile(const struct session *session, const struct arguments *arguments, const char *name,
	struct error *error);

/* "in FOLDER", or that there is no store, for a sentence about what is not in it. */
void unknown_where(char *out, size_t size, const struct session *session, const struct arguments *arguments);

#endif
