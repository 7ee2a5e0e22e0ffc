/* What an operator approves of a connector: the hosts that it may reach, which fields are secrets, the places
 * where credentials are put, and the URLs that they are sent to. Kept in the profile; a connector that states
 * anything else stops until it is looked at again. */
#ifndef MUSTER_CATALOG_APPROVAL_H
#define MUSTER_CATALOG_APPROVAL_H

#include "base/error.h"
#include "catalog/manifest.h"

#include <jansson.h>

/* What the manifest states for a profile of this auth and those that share its fields: an array of lines,
 * each once, in the order of their bytes. The caller owns it. */
int approval_make(
	json_t **out, const struct manifest *manifest, const struct manifest_auth *auth, struct error *error);

/* Lines of the one that the other lacks: "+ line" for what is new in now, "- line" for what is gone. The
 * caller owns the array; it is empty when nothing differs. */
int approval_compare(json_t **out, const json_t *approved, const json_t *now, struct error *error);

/* HELD_BACK when the manifest states anything else than was approved for the profile of this name. */
int approval_check(const json_t *approved, const struct manifest *manifest, const struct manifest_auth *auth,
	const char *profile, struct error *error);

#endif
