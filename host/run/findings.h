/* What using an account shows of its scopes, put down in the store: by a worker
 * thread, nobody waits for it. */
#ifndef MUSTER_RUN_FINDINGS_H
#define MUSTER_RUN_FINDINGS_H

#include "catalog/manifest.h"
#include "catalog/scopes.h"
#include "store/store.h"

#include <jansson.h>
#include <uv.h>

/* Whose. All but the account is borrowed until the loop is empty. */
struct findings {
	uv_loop_t *loop;
	struct store *store;
	const char *account; /* its id; copied */
	const struct manifest *manifest;
};

/* A new token says what it grants of what was requested. */
void findings_token(
	const struct findings *findings, const struct scopes *requested, const struct scopes *granted);

/* The provider answered an action: what it needs and was only assumed (known, see struct account) is confirmed. */
void findings_answered(
	const struct findings *findings, const struct manifest_action *action, const json_t *known);

/* The provider refused an action for want of a scope. known is what the token says that it grants, and so
 * can't be what is wanting; NULL: it says nothing. */
void findings_refused(
	const struct findings *findings, const struct manifest_action *action, const struct scopes *known);

#endif
