/* An authorization endpoint: the page on which a person allows or denies (RFC 6749, section 4.1.1; PKCE with
 * S256 is mandatory). GET shows it, its form POSTs the decision to the same path, the answer to that is the
 * redirect. */
#ifndef MUSTER_SANDBOX_AUTHORIZE_H
#define MUSTER_SANDBOX_AUTHORIZE_H

#include "sandbox/http.h"
#include "sandbox/provider.h"

/* What differs between providers. */
struct authorization_server {
	const char *issuer;  /* what iss would say (RFC 9207) */
	bool refuses_scopes; /* the application's are fixed: the parameter scope is an error */
};

/* Answers a request to it. Returns 0, or -1 when memory ran out. */
int authorize_answer(struct answer *answer, struct simulation *simulation, const struct request *request,
	const struct authorization_server *server);

#endif
