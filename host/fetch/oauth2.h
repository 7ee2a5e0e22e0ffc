/* The token requests of OAuth 2.0 (RFC 6749, RFC 7636, RFC 7009), and those that only resemble them: the
 * request is built, its answer read. No I/O. */
#ifndef MUSTER_FETCH_OAUTH2_H
#define MUSTER_FETCH_OAUTH2_H

#include "base/buffer.h"
#include "base/error.h"
#include "fetch/credentials.h"
#include "fetch/headers.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where the answer's values stand, as JSON pointers; NULL: where RFC 6749 puts them. */
struct oauth2_pointers {
	const char
		*token; /* not NULL: token_type is not looked at, and a token that is not there means that the
			      credentials were refused, also in an answer of status 200 */
	const char *expires;
	const char *scope;
};

enum oauth2_grant {
	OAUTH2_CLIENT_CREDENTIALS, /* section 4.4 */
	OAUTH2_AUTHORIZATION_CODE, /* section 4.1.3, with the verifier of RFC 7636 */
	OAUTH2_REFRESH_TOKEN,      /* section 6 */
	OAUTH2_PLACES_ALONE,       /* a request of the provider's own kind: no grant_type, no scope */
	OAUTH2_REVOCATION,         /* RFC 7009: the token is given back */
};

struct oauth2_request {
	const struct credential_place *places; /* those of the token request: FORM, BASIC and TOKEN_HEADER */
	size_t place_count;
	struct credentials credentials;
	const char *scope; /* of client credentials; NULL or empty: left out */
	struct oauth2_pointers pointers;
	enum oauth2_grant grant;
	const char *code; /* these three of an authorization code */
	const char *redirect_uri;
	const char *verifier;
	const char *token; /* the refresh token; or what is revoked */
};

struct oauth2_answer {
	char *access_token;  /* owned */
	char *refresh_token; /* owned; NULL when there is none */
	char *scope;         /* owned; NULL when the answer says nothing: as was asked */
	int64_t expires_s;   /* -1 when the answer says nothing */
	char refusal[64];    /* of a refusal: the provider's error code (section 5.2), or empty */
	bool spoken;         /* it was a JSON object, so not the word of something on the way there */
};

/* Writes the headers (Content-Type, Accept, those of the places) and the form to be POSTed. */
int oauth2_request(struct headers *headers, struct buffer *body, const struct oauth2_request *request,
	struct error *error);

/* Reads the answer (sections 5.1 and 5.2). A refusal is AUTHENTICATION_FAILED, invalid_scope is
 * SCOPE_MISSING, all else PROVIDER_FAILED; with the provider's words, which never hold the body's
 * own tokens. */
int oauth2_answer(struct oauth2_answer *out, int status, const struct headers *headers, const char *body,
	size_t length, const struct oauth2_pointers *pointers, struct error *error);

/* Is this failure the provider's word on what it once granted, a code or a refresh token, so that sending that again
 * brings nothing? Some say so without the words of RFC 6749, section 5.2; but the page of something that stands before
 * the provider says nothing of any token, however many it comes back for. */
bool oauth2_refused(const struct oauth2_answer *answer, const struct error *error);

/* Wipes and frees. */
void oauth2_answer_clear(struct oauth2_answer *answer);

#endif
