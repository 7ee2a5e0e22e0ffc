/* What can be wrong with a value of a manifest, wherever it stands, and how that is told. */
#ifndef MUSTER_CATALOG_MANIFEST_FAULT_H
#define MUSTER_CATALOG_MANIFEST_FAULT_H

#include "base/error.h"
#include "catalog/manifest.h"

#include <stdbool.h>
#include <stddef.h>

/* Those of a host's name. */
#define MANIFEST_HOST_CHARACTERS "abcdefghijklmnopqrstuvwxyz0123456789-."

/* Sets PLUGIN_REFUSED: "actions[2] list_employees: " and the message. id may be NULL. Returns -1. */
int manifest_refuse(struct error *error, const char *table, size_t row, const char *id, const char *format,
	...) __attribute__((format(printf, 5, 6)));

/* The first of these that is no action; or NULL. */
const char *manifest_no_action(const struct manifest *manifest, const struct manifest_texts *actions);

/* RFC 6901, section 3. */
bool manifest_is_pointer(const char *text);

/* An https URL for a person to open. */
bool manifest_is_link(const char *text);

/* An URL "https://host[/path…]" without user, port or fragment, whose host has this use in the host rows.
 * *path points behind the host. Returns NULL, or what is wrong with it. */
const char *manifest_url_fault(
	const char **path, const struct manifest *manifest, const char *url, unsigned use);

/* Can this be the name of a header: a token (RFC 9110, section 5.6.2)? */
bool manifest_is_header(const char *name);

/* The name of a header that a connector may set: one that is not the transfer's own. Returns NULL,
 * or what is wrong with it. */
const char *manifest_header_fault(const char *name);

#endif
