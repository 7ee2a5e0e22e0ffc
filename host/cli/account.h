/* Accounts as commands show them. */
#ifndef MUSTER_CLI_ACCOUNT_H
#define MUSTER_CLI_ACCOUNT_H

#include "base/error.h"
#include "catalog/manifest.h"
#include "store/accounts.h"
#include "store/profiles.h"

#include <jansson.h>
#include <stdbool.h>

/* The account as an object; the secrets are ids only. The profile's connector says which scopes are needed,
 * NULL where it can't be asked. NULL when memory ran out. */
json_t *account_json(
	const struct account *account, const struct profile *profile, const struct manifest *manifest);

/* Is there something to be done about it: its state, or its last run? */
bool account_is_healthy(const struct account *account);

/* "linked", or what is wrong in a few words; borrowed from the account. */
const char *account_health(const struct account *account);

#endif
