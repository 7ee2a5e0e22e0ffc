/* A token endpoint for authorization codes with PKCE and for refresh tokens: RFC 6749, sections 4.1.3 and 6,
 * RFC 7636. */
#ifndef MUSTER_SANDBOX_OAUTH_CODE_H
#define MUSTER_SANDBOX_OAUTH_CODE_H

#include "sandbox/http.h"
#include "sandbox/provider.h"

/* Answers a request to it. What became of the code or the refresh token is left in answer->grant. Returns 0,
 * or -1 when memory ran out. */
int oauth_code_answer(struct answer *answer, struct simulation *simulation, const struct request *request);

#endif
