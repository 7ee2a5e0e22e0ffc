/* Permissions: which are needed, requested, granted. A set holds rows of the manifest's scopes. */
#ifndef MUSTER_CATALOG_SCOPES_H
#define MUSTER_CATALOG_SCOPES_H

#include "base/buffer.h"
#include "base/error.h"
#include "catalog/entries.h"
#include "catalog/manifest.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

struct scopes {
	uint64_t bits[MANIFEST_SCOPES / 64];
};

bool scopes_has(const struct scopes *scopes, size_t row);
void scopes_add(struct scopes *scopes, size_t row);

/* Adds what an action needs. */
void scopes_need(
	struct scopes *scopes, const struct manifest *manifest, const struct manifest_action *action);

/* Which of the manifest's scopes are to be requested: what the auth's field of type scopes says, or else what
 * the action needs (NULL: every action of this auth). An action that needs a scope which the field leaves out
 * is SCOPE_MISSING. fields are those of fields_check(). */
int scopes_request(struct scopes *out, const struct manifest *manifest, const struct manifest_auth *auth,
	const struct manifest_action *action, const struct entries *fields, struct error *error);

/* The same for what a profile enables: ids of actions, of this auth and others; NULL or null is every action
 * of this auth. What finds the auth's fields is always enabled. */
void scopes_request_enabled(struct scopes *out, const struct manifest *manifest,
	const struct manifest_auth *auth, const json_t *enabled, const struct entries *fields);

/* Is the action among those that a profile enables? */
bool scopes_is_enabled(const json_t *enabled, const char *action);

/* Appends the ids, separated. Returns 0, or -1 when the buffer is full. */
int scopes_join(struct buffer *out, const struct scopes *scopes, const struct manifest *manifest,
	const char *separator);

/* Appends the token request's scope by the auth's scope_format; nothing where it has none. */
int scopes_format(struct buffer *out, const struct scopes *scopes, const struct manifest *manifest,
	const struct manifest_auth *auth, const struct entries *fields, struct error *error);

/* Reads the scope of a token answer back by the same template; names that no row knows are left out. NULL,
 * or a text that does not fit the template: the provider granted what was requested (RFC 6749, section
 * 5.1, and providers that answer in another form). */
int scopes_granted(struct scopes *out, const char *text, const struct scopes *requested,
	const struct manifest *manifest, const struct manifest_auth *auth, const struct entries *fields,
	struct error *error);

/* SCOPE_MISSING when the action needs what was not granted; the message names it, and says how the
 * provider's settings call it. A scope whose name is assumed may be granted under another: that it is not
 * among them proves nothing, and the provider's own answer decides. */
int scopes_check(const struct scopes *granted, const struct manifest *manifest,
	const struct manifest_action *action, struct error *error);

#endif
