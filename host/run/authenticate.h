/* A token source for auths with a hook: a runner drives it, and asks for tokens that it never sees. */
#ifndef MUSTER_RUN_AUTHENTICATE_H
#define MUSTER_RUN_AUTHENTICATE_H

#include "base/error.h"
#include "catalog/catalog.h"
#include "catalog/entries.h"
#include "fetch/grant.h"

#include <stdbool.h>

struct authenticate;

/* All borrowed until authenticate_free(). */
struct authenticate_options {
	const struct provider *provider;
	const struct manifest_auth *auth;
	const struct entries *fields;
	struct grant_request grant; /* the token request as the tables make it */
	bool allow_partial_jail;
};

int authenticate_new(
	struct authenticate **out, const struct authenticate_options *options, struct error *error);
void authenticate_free(struct authenticate *authenticate);

/* To be given to token_new(); free the token first. */
struct token_source authenticate_source(struct authenticate *authenticate);

#endif
