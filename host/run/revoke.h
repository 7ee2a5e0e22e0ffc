/* Giving a token back (RFC 7009). */
#ifndef MUSTER_RUN_REVOKE_H
#define MUSTER_RUN_REVOKE_H

#include "base/error.h"
#include "run/connection.h"

struct revoke;

/* Asks the auth's revoke_url, with the client's credentials. on_done comes once, from the loop: NULL when
 * the provider has taken the token back, or never knew it (section 2.2). Connection and token are
 * borrowed until revoke_free(). */
int revoke_start(struct revoke **out, struct connection *connection, const struct manifest_auth *auth,
	const char *token, void (*on_done)(void *context, const struct error *error), void *context,
	struct error *error);
void revoke_free(struct revoke *revoke);

#endif
