/* What a test may ask of the sandbox itself while it runs: POST /.sandbox/control at any host name of a
 * provider, a form with any of
 *
 *   clock=SECONDS     moves the time of all providers, back when negative
 *   expire=all        every access token of this provider is expired from now on
 *   revoke=NUMBER     the family of tokens with this number in the ledger is revoked
 *   rotation=KIND     refresh tokens are changed as with --rotation, from now on
 *
 * The answer is 200 and {}, or 400 and {"error":WORDS} when nothing was done. It is answered when all of it
 * is done, so that what is asked next meets it. */
#ifndef MUSTER_SANDBOX_CONTROL_H
#define MUSTER_SANDBOX_CONTROL_H

#include "sandbox/http.h"
#include "sandbox/provider.h"

#include <stdbool.h>

bool control_is_meant(const struct request *request);

/* Does it. Returns 0, or -1 when memory ran out. */
int control_answer(struct answer *answer, struct simulation *simulation, const struct request *request);

#endif
