/* What token endpoints have in common, and the grant of client credentials, RFC 6749, section 4.4. */
#ifndef MUSTER_SANDBOX_OAUTH_H
#define MUSTER_SANDBOX_OAUTH_H

#include "sandbox/http.h"
#include "sandbox/provider.h"

/* An error as RFC 6749, section 5.2, has it. Returns 0, or -1 when memory ran out. */
int oauth_refuse(struct answer *answer, unsigned status, const char *code, const char *description);

/* No cache may keep what holds tokens or credentials (section 5.1). Returns 0 or -1. */
int oauth_not_cached(struct answer *answer);

/* Whether the text is this one, in a time that does not depend on where they differ. */
bool oauth_same(const struct buffer *given, const char *expected);

/* Checks method and content type, and that all parameters, the client's id and secret among them, stand in
 * the form and nowhere else. Returns as oauth_check_client() does. */
int oauth_check_form(
	struct answer *answer, const struct simulation *simulation, const struct request *request);

/* Checks method, content type, grant type and client (in the form or as HTTP Basic). Returns 1 when
 * all is well, 0 when the refusal stands in the answer, -1 when memory ran out. */
int oauth_check_client(
	struct answer *answer, const struct simulation *simulation, const struct request *request);

/* Issues a token for these scopes, in our form; granted is the provider's. Returns 0 or -1. */
int oauth_grant(
	struct answer *answer, struct simulation *simulation, const char *scopes, const char *granted);

#endif
