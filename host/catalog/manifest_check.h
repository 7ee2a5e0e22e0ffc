/* Does a manifest make sense? Ids lead somewhere, hosts are declared, secrets stay in their places, maps fit
 * the models. */
#ifndef MUSTER_CATALOG_MANIFEST_CHECK_H
#define MUSTER_CATALOG_MANIFEST_CHECK_H

#include "base/error.h"
#include "catalog/manifest.h"

#include <stdbool.h>

/* Checks all of it; id is what the file's name promises. PLUGIN_REFUSED names the row. */
int manifest_check(
	const struct manifest *manifest, const char *id, struct models *models, struct error *error);

/* The parts, each in a file of its own. */
int manifest_check_auths(const struct manifest *manifest, struct error *error);
int manifest_check_actions(const struct manifest *manifest, struct models *models, struct error *error);
int manifest_check_map(
	const struct manifest *manifest, size_t action, struct models *models, struct error *error);
int manifest_check_each(const struct manifest *manifest, size_t action, struct error *error);
int manifest_check_completions(
	const struct manifest *manifest, size_t action, struct models *models, struct error *error);

/* Sets PLUGIN_REFUSED: "actions[2] list_employees: " and the message. id may be NULL. Returns -1. */
int manifest_refuse(struct error *error, const char *table, size_t row, const char *id, const char *format,
	...) __attribute__((format(printf, 5, 6)));

/* An URL "https://host[/path…]" without user, port or fragment, whose host has this use in the host rows.
 * *path points behind the host. Returns NULL, or what is wrong with it. */
const char *manifest_url_fault(
	const char **path, const struct manifest *manifest, const char *url, unsigned use);

/* The name of a header that a connector may set: a token (RFC 9110, section 5.6.2), and not the transfer's own.
 * Returns NULL, or what is wrong with it. */
const char *manifest_header_fault(const char *name);

/* Do these ids lead to auths with the same fields, so that one account has both? */
bool manifest_same_fields(const struct manifest *manifest, const char *auth, const char *other);

/* The id of a parameter, other than `but`, without which the action can't be run; or NULL. */
const char *manifest_needs(const struct manifest_action *action, const char *but);

/* Does the action's map fill this field of its model, be it as a twin? */
bool manifest_maps(const struct manifest_action *action, const char *field);

/* The first of these that is no action; or NULL. */
const char *manifest_no_action(const struct manifest *manifest, const struct manifest_texts *actions);

/* An https URL for a person to open. */
bool manifest_is_link(const char *text);

/* RFC 6901, section 3. */
bool manifest_is_pointer(const char *text);

#endif
