/* A token endpoint for client credentials, RFC 6749, section 4.4. */
#ifndef MUSTER_SANDBOX_OAUTH_H
#define MUSTER_SANDBOX_OAUTH_H

#include "sandbox/http.h"
#include "sandbox/provider.h"

/* An error as RFC 6749, section 5.2, has it. Returns 0, or -1 when memory ran out. */
int oauth_refuse(struct answer *answer, unsigned status, const char *code, const char *description);

/* Checks method, content type, grant type and client (in the form or as HTTP Basic). Returns 1 when
 * all is well, 0 when the refusal stands in the answer, -1 when memory ran out. */
int oauth_check_client(
	struct answer *answer, const struct simulation *simulation, const struct request *request);

/* Issues a token for these scopes, in our form; granted is the provider's. Returns 0 or -1. */
int oauth_grant(
	struct answer *answer, struct simulation *simulation, const char *scopes, const char *granted);

#endif
