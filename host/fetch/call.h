/* A call: one request to a provider with everything around it, in this order:
 *
 *   guard     https, an approved host, a public address
 *   budget    no more often than the provider allows
 *   token     fresh, or obtained once for all who wait
 *   transfer  with the credentials put where the auth declares them
 *   classify  what the answer means
 *   retry     when that helps and does no harm
 *
 * Who calls sees the final answer only, scrubbed of every secret in use. */
#ifndef MUSTER_FETCH_CALL_H
#define MUSTER_FETCH_CALL_H

#include "base/error.h"
#include "fetch/budget.h"
#include "fetch/classify.h"
#include "fetch/credentials.h"
#include "fetch/fetch.h"
#include "fetch/guard.h"
#include "fetch/headers.h"
#include "fetch/limits.h"
#include "fetch/retry.h"
#include "fetch/token.h"
#include "fetch/url.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* On what terms the calls of one account are made. Borrowed, with all it points to, until the last
 * of them is done. */
struct call_terms {
	struct fetch *fetch;
	struct limits limits;
	enum budget_priority priority;
	struct token *token; /* NULL: no place names {token} */
	const struct guard_host *hosts;
	size_t host_count;
	const struct credential *credentials;
	size_t credential_count;
	const struct credential_place *places; /* HEADER; others are not for calls */
	size_t place_count;
	const struct classify_row *errors;
	size_t error_count;
	const char *message_pointer; /* where the provider's message stands, or NULL */
	struct retry_policy retry;
};

/* The request; copied by call_start(). */
struct call_request {
	const char *method;
	const struct url *url;
	const struct headers *headers; /* or NULL */
	const char *body;              /* or NULL */
	size_t body_length;
	enum guard_use use;  /* GUARD_API; to GUARD_DOWNLOAD no credential goes */
	bool harmless;       /* repeating it does no harm; a GET always counts as such */
	int64_t deadline_ms; /* for all attempts together; 0: the settings' */
};

/* Called on the loop, never from inside call_start(), call_resume() or call_cancel(). */
struct call_handlers {
	/* Once, when the answer is a good one. */
	void (*on_response)(void *context, int status, const struct headers *headers);
	/* Returns how many of the bytes it took; after fewer than length it is called again once
	 * call_resume() was. */
	size_t (*on_body)(void *context, const char *bytes, size_t length);
	/* Once, last; error is NULL when all went well. The call is gone. */
	void (*on_done)(void *context, const struct error *error);
	void *context;
};

struct call;

int call_start(struct call **out, const struct call_terms *terms, const struct call_request *request,
	const struct call_handlers *handlers, struct error *error);

/* Goes on after on_body took less than all. */
void call_resume(struct call *call);

/* Ends it; no handler is called any more. May be called from inside a handler other than on_done.
 */
void call_cancel(struct call *call);

#endif
