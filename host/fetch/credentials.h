/* Credentials and the places they are declared for. A template names values: "Bearer {token}",
 * "{field.client_id}". Expanding is one pass: what was put in is never read again. */
#ifndef MUSTER_FETCH_CREDENTIALS_H
#define MUSTER_FETCH_CREDENTIALS_H

#include "base/buffer.h"
#include "base/error.h"
#include "fetch/headers.h"
#include "fetch/scrub.h"

#include <stdbool.h>
#include <stddef.h>

struct credential {
	const char *name; /* as templates name it: "field.client_id", "token" */
	const char *text;
	bool secret; /* scrubbed out of answers */
};

enum credential_where {
	CREDENTIAL_HEADER, /* of a call */
	CREDENTIAL_FORM,   /* a member of the token request's form */
	CREDENTIAL_BASIC, /* the token request's Basic authentication: name is the template of the user, value
			      that of the password */
	CREDENTIAL_TOKEN_HEADER, /* of the token request */
};

struct credential_place {
	enum credential_where where;
	const char *name;
	const char *value; /* a template */
};

/* The credentials of one account. token stands apart since it changes; NULL where there is none. */
struct credentials {
	const struct credential *rows;
	size_t count;
	const char *token;
};

/* Appends the expanded template. A name that is not there, a brace that stands alone or a value with a
 * control character (which could end a header line) is BAD_FIELD. */
int credentials_expand(
	struct buffer *out, const char *template, const struct credentials *credentials, struct error *error);

/* Adds the headers of a call. The places of a token request are not its business. */
int credentials_place(struct headers *headers, const struct credential_place *places, size_t count,
	const struct credentials *credentials, struct error *error);

/* Checks what a request brings along (may be NULL): no header that a place or libcurl fills. */
int credentials_check_headers(const struct headers *headers, const struct credential_place *places,
	size_t count, struct error *error);

/* Adds all of them that is secret to what is scrubbed out of an answer. */
int credentials_scrub(struct scrub *scrub, const struct credentials *credentials, struct error *error);

#endif
