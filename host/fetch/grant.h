/* A token source: asks the provider's token endpoint by client credentials. Never retried. */
#ifndef MUSTER_FETCH_GRANT_H
#define MUSTER_FETCH_GRANT_H

#include "base/error.h"
#include "fetch/fetch.h"
#include "fetch/guard.h"
#include "fetch/oauth2.h"
#include "fetch/token.h"
#include "fetch/url.h"

struct grant;

/* All borrowed until grant_free(). */
struct grant_request {
	struct fetch *fetch;
	const struct url *url; /* the token endpoint */
	const struct guard_host *hosts;
	size_t host_count;
	struct oauth2_request oauth2;
};

int grant_new(struct grant **out, const struct grant_request *request, struct error *error);
void grant_free(struct grant *grant);

/* Asks once; on_answer gets the answer, which it may take over by zeroing it, or the error. Called on the loop,
 * never from inside grant_ask(); not after grant_free(). For those who drive a flow of their own. */
int grant_ask(struct grant *grant,
	void (*on_answer)(void *context, struct oauth2_answer *answer_take, const struct error *error),
	void *context, struct error *error);

/* To be given to token_new(); free the token first. */
struct token_source grant_source(struct grant *grant);

#endif
