/* The token source of a linked account: takes the token from the store, and renews it there once for all who need it,
 * in whatever process. What store/tokens.h says is done in this order; the store is asked from worker threads, the
 * provider on the loop.
 *
 *	take ──► fresh ──────────────────────────────────────────────────► the token
 *	  │ ▲ └► busy: wait, take again
 *	  │ └────────────── lease lost ◄──────┬────────────┐
 *	  ├──► yours: ask the provider ──► keep ──► read ──► settle ─────► the token
 *	  └──► answered: somebody's answer ──────────►│
 *	                                              └────► fail ───────► the error
 *
 * Once begun it goes on to its end, whether somebody still waits or not: an answer that is not awaited may hold the only
 * copy of a refresh token. */
#ifndef MUSTER_RUN_RENEWAL_H
#define MUSTER_RUN_RENEWAL_H

#include "base/error.h"
#include "fetch/grant.h"
#include "run/authenticate.h"
#include "store/tokens.h"

#include <stdbool.h>

struct renewal;

/* All borrowed until renewal_free(), the store until the loop is empty after it. */
struct renewal_options {
	struct store *store;
	const char *account; /* its id */
	const char *auth;
	struct token_policy policy;
	struct grant_request grant;        /* the token request as the tables make it */
	struct authenticate *authenticate; /* the auth's hook in its place, or NULL */
	/* The first token is a newer one than the store has, where there is a way to one: what a person has entered is to
	 * be tried. Others may bring it. */
	bool renew;
};

int renewal_new(struct renewal **out, const struct renewal_options *options, struct error *error);

/* Free the token first. A request that is under way is broken off, which leaves its outcome in doubt: better
 * turn the loop until renewal_is_busy() says no. The loop must turn until it is empty. */
void renewal_free(struct renewal *renewal);

/* Is there a request under way, or its answer not yet in the store? */
bool renewal_is_busy(const struct renewal *renewal);

/* To be given to token_new(). */
struct token_source renewal_source(struct renewal *renewal);

/* Was the newest token issued to this process, and not found? Then its scope is news. */
bool renewal_issued(const struct renewal *renewal);

#endif
