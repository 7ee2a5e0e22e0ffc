/* One HTTP exchange: a request goes out, an answer comes in, whatever its status. No retry, no
 * redirect, no credential of its own. */
#ifndef MUSTER_FETCH_TRANSFER_H
#define MUSTER_FETCH_TRANSFER_H

#include "base/error.h"
#include "fetch/fetch.h"
#include "fetch/guard.h"
#include "fetch/headers.h"
#include "fetch/url.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct transfer;

struct transfer_request {
	const char *method; /* "GET" */
	const struct url *url;
	const struct headers *headers; /* or NULL; those of headers_may_send() */
	const char *body;              /* or NULL */
	size_t body_length;
	const struct guard_host *hosts; /* those approved; borrowed until on_done */
	size_t host_count;
	enum guard_use use;
	int64_t deadline_ms; /* from now; 0: the settings' */
};

/* What on_body returns to get the same bytes again after transfer_resume(). */
#define TRANSFER_PAUSE SIZE_MAX

/* Called on the loop; bytes and headers live for the call. None is called from inside
 * transfer_start() or transfer_cancel(). */
struct transfer_handlers {
	/* Once, before the body. Returns 0, or -1 to give the transfer up: on_done gets no error
	 * then. */
	int (*on_response)(void *context, int status, const struct headers *headers);
	/* Returns length, TRANSFER_PAUSE, or 0 to give the transfer up (of a length that is not 0).
	 */
	size_t (*on_body)(void *context, const char *bytes, size_t length);
	/* Once, last; error is NULL when the answer is complete or was given up. The transfer is
	 * gone. */
	void (*on_done)(void *context, const struct error *error);
	void *context;
};

/* Checks the request, guard included, and starts it. The request is copied. */
int transfer_start(struct transfer **out, struct fetch *fetch, const struct transfer_request *request,
	const struct transfer_handlers *handlers, struct error *error);

/* Goes on after a pause; may be called at any time. */
void transfer_resume(struct transfer *transfer);

/* Ends it; no handler is called any more. */
void transfer_cancel(struct transfer *transfer);

/* Did the request reach the other side, as far as can be known? For on_done: a request that never
 * left may always be repeated. */
bool transfer_was_sent(const struct transfer *transfer);

#endif
