/* Profiles as commands make and show them. */
#ifndef MUSTER_CLI_PROFILE_H
#define MUSTER_CLI_PROFILE_H

#include "base/error.h"
#include "catalog/catalog.h"
#include "catalog/entries.h"
#include "cli/options.h"
#include "store/profiles.h"

#include <jansson.h>
#include <stdbool.h>

struct profile_plan {
	const char *name;
	const struct provider *provider;
	const struct manifest_auth *auth;
	const json_t *actions;        /* ids, or null: all; borrowed */
	const struct entries *fields; /* those of fields_check(): only the profile's are taken */
	bool sandbox;
};

/* Fills in a profile that is not in the store yet, approved as the connector states it today. The caller ends
 * with profile_clear() and secrets_free_take(). */
int profile_make(struct profile *out, json_t **secrets, const struct profile_plan *plan, struct error *error);

/* Reads an option of actions, "a,b", given any number of times, into an array of ids; *out is NULL when it
 * was not given. Each is of an auth that shares this one's fields. */
int profile_actions(json_t **out, const struct arguments *arguments, const char *option,
	const struct manifest *manifest, const struct manifest_auth *auth, struct error *error);

/* Says on stderr where credentials will go. */
void profile_show_hosts(const struct manifest *manifest, const struct manifest_auth *auth);

#endif
