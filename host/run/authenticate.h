/* The way to a token of auths with a hook: a runner drives it, and asks for tokens that it never sees. */
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

/* Keeps a reply of the token endpoint before it is used, and then calls then(), on the loop. The reply is
 * borrowed for the call. An error ends the hook. */
struct authenticate_keeper {
	void (*keep)(void *context, const struct grant_reply *reply,
		void (*then)(void *then_context, const struct error *error), void *then_context);
	void *context;
};

/* Runs the hook once; on_answer gets the last token that was granted, which it may take over by
 * zeroing it, or the error; on the loop, perhaps before this returns. refresh_token (borrowed until
 * then) goes with its token requests in place of the auth's own grant, keeper sees each reply; both
 * may be NULL. One at a time. */
void authenticate_ask(struct authenticate *authenticate, const char *refresh_token,
	const struct authenticate_keeper *keeper,
	void (*on_answer)(void *context, struct oauth2_answer *answer_take, const struct error *error),
	void *context);

/* Stops what runs; on_answer is not called any more. */
void authenticate_stop(struct authenticate *authenticate);

/* May the provider have seen a token request of the last time? */
bool authenticate_was_sent(const struct authenticate *authenticate);

/* To be given to token_new(); free the token first. */
struct token_source authenticate_source(struct authenticate *authenticate);

#endif
