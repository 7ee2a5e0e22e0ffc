/* One request and its answer, as a provider sees them: without the web server. */
#ifndef MUSTER_SANDBOX_HTTP_H
#define MUSTER_SANDBOX_HTTP_H

#include "base/buffer.h"
#include "sandbox/body.h"
#include "sandbox/families.h"
#include "sandbox/faults.h"
#include "sandbox/tokens.h"

#include <stdbool.h>
#include <stdint.h>

struct request {
	/* Borrowed from the web server, valid while the request is answered. */
	void *connection;
	const char *host; /* the header, or NULL; a port may follow */
	const char *method;
	const char *path;          /* decoded */
	const char *target;        /* raw path and query */
	const char *authorization; /* the header, or NULL */
	const char *content_type;  /* the header, or NULL */
	const struct buffer *form; /* the body that was sent */

	enum request_kind kind;
	enum token_state token_state;
	struct token token; /* what came with it */
	struct strike strike;
};

#define ANSWER_HEADERS 12

enum ending {
	ENDING_WHOLE,
	ENDING_RESET,  /* the connection is reset before anything is sent */
	ENDING_CLOSED, /* it is closed before anything is sent */
};

struct answer {
	unsigned status;
	const char *content_type; /* static; NULL: no body, no header */
	size_t header_count;
	struct {
		const char *name; /* static */
		char value[2048]; /* a redirect may be long */
	} headers[ANSWER_HEADERS];
	struct body body;
	enum ending ending;
	uint64_t hold_ms;       /* wait this long before the first byte */
	const char *record_key; /* static; the provider's name for the id of a record in the list */

	/* For the ledger. */
	uint64_t token_id; /* of the token that was issued or came */
	char scopes[TOKEN_SCOPES_SIZE];
	uint64_t page; /* of a list, from 1; 0: none */
	uint64_t records;
	const char *grant_type; /* static; NULL: no code was redeemed and no token refreshed */
	struct grant grant;
};

/* The decoded value of a query parameter, borrowed, or NULL. */
const char *request_query(const struct request *request, const char *name);

/* Whether one of the values of a query parameter that may be given several times is this one. */
bool request_query_lists(const struct request *request, const char *name, const char *value);

/* The value of a header, borrowed, or NULL. */
const char *request_header(const struct request *request, const char *name);

/* The only value of a field in this text of application/x-www-form-urlencoded, appended to out and
 * terminated. Returns as request_form() does. */
int form_field(struct buffer *out, const char *text, size_t length, const char *name);

/* The only value of a field in the form, appended to out and terminated. Returns 1 when it is
 * there, 0 when it is not, -1 when it is there twice, malformed or too long. */
int request_form(struct buffer *out, const struct request *request, const char *name);

/* The same of a field that may be there several times, with commas between its values. Returns how many there
 * are, or -1. */
int form_values(struct buffer *out, const char *text, size_t length, const char *name);

/* Whether it was sent to this host name, whatever the port. */
bool request_has_host(const struct request *request, const char *host);

/* Whether the Content-Type is this one, whatever its parameters. */
bool request_has_type(const struct request *request, const char *type);

/* Whether a path is of this form, in which each '*' stands for an id. If it is, the ids are copied, with '/'
 * between them; "" if there are none. All of them have to fit into size bytes. */
bool path_matches(char *ids, size_t size, const char *form, const char *path);

void answer_init(struct answer *answer);
void answer_clear(struct answer *answer);

/* Adds a header. Returns 0, or -1 when there is no room. */
int answer_header(struct answer *answer, const char *name, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Status, type and a whole body, in place of what was there. Returns 0 or -1. */
int answer_text(struct answer *answer, unsigned status, const char *content_type, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

#endif
