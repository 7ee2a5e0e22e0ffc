/* The authorization code grant (RFC 6749, section 4.1) up to the code: the URL that a person is
 * sent to, with a one-time state and PKCE S256 (RFC 7636), and the judgement of the URL that
 * they come back with. No I/O. */
#ifndef MUSTER_RUN_AUTHORIZE_H
#define MUSTER_RUN_AUTHORIZE_H

#include "base/buffer.h"
#include "base/error.h"

#include <stdbool.h>

/* 256 random bits in base64url, and the end. */
enum { AUTHORIZE_RANDOM_SIZE = 44, AUTHORIZE_URL_MAX = 16 * 1024 };

/* What one attempt keeps to itself. Wipe it when it is over. */
struct authorize {
	char state[AUTHORIZE_RANDOM_SIZE];
	char verifier[AUTHORIZE_RANDOM_SIZE];
};

int authorize_begin(struct authorize *out, struct error *error);

struct authorize_request {
	const char *authorize_url;
	const char *client_id;
	const char *redirect_url;
	const char *scope; /* NULL or empty: left out */
};

/* Appends the URL to be opened. */
int authorize_url(struct buffer *out, const struct authorize *authorize,
	const struct authorize_request *request, struct error *error);

/* Does this URL lead to the redirect URL, query aside? */
bool authorize_is_redirect(const char *url, const char *redirect_url);

/* Does it bring what a consent ends with, a code or an error? Whether it is ours, authorize_judge() says. */
bool authorize_is_answer(const char *url);

/* Appends the state that a redirected URL carries, for those who have to find out which attempt it answers.
 * REDIRECT_MISMATCH when it carries none. */
int authorize_state(struct buffer *out, const char *url, struct error *error);

/* What a redirected URL is measured by. */
struct authorize_expected {
	const char *redirect_url; /* exactly, query aside */
	const char *state;        /* compared in constant time */
	const char *issuer;       /* RFC 9207; an origin may come with a slash behind it */
};

/* Appends the code that the URL brings. A URL that answers something else is REDIRECT_MISMATCH; the
 * provider's refusals (section 4.1.2.1) are CONSENT_REFUSED, SCOPE_MISSING, AUTHENTICATION_FAILED or
 * PROVIDER_FAILED, with its words. A person may have pasted white space around the URL. */
int authorize_judge(
	struct buffer *code, const struct authorize_expected *expected, const char *url, struct error *error);

#endif
