/* A linked account, ready to be used: taken from the store, its connector found and compared with what was approved, its
 * fields put together. */
#ifndef MUSTER_RUN_LINKED_H
#define MUSTER_RUN_LINKED_H

#include "base/error.h"
#include "catalog/catalog.h"
#include "catalog/entries.h"
#include "store/accounts.h"
#include "store/profiles.h"

#include <stdbool.h>

struct linked {
	struct profile profile;
	struct account account;
	const struct provider *provider;  /* owned by the catalog */
	const struct manifest_auth *auth; /* the profile's: of others that share its fields the action says */
	struct entries fields;            /* those of fields_check(), secrets included */
};

/* Opens the account of this name or id. sandbox says whether we are in one: an account of there is of no use outside,
 * and the other way round. Clear it in any case. */
int linked_open(struct linked *linked, struct store *store, struct catalog *catalog, const char *name,
	bool sandbox, struct error *error);
void linked_clear(struct linked *linked);

/* May this action be run: is it of the profile's auth, enabled, and no scope of it known to be missing? The refusal is
 * ACTION_NOT_ENABLED or SCOPE_MISSING and names the guide that mends it. */
int linked_may_run(const struct linked *linked, const struct manifest_action *action, struct error *error);

/* The provider of a profile, and its auth; the connector must be as approved. */
int linked_provider(const struct provider **provider, const struct manifest_auth **auth,
	struct catalog *catalog, const struct profile *profile, struct error *error);

/* HELD_BACK unless what was made inside a sandbox is used inside one, and what was made outside, outside. */
int linked_check_sandbox(const char *name, bool made_inside, bool inside, struct error *error);

/* Adds the members of an object of texts. */
int linked_add_texts(struct entries *out, const json_t *texts, struct error *error);

#endif
