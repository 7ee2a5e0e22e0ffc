/* One request to the provider's token endpoint, whatever the grant; also as a token source. Never retried. */
#ifndef MUSTER_FETCH_GRANT_H
#define MUSTER_FETCH_GRANT_H

#include "base/error.h"
#include "fetch/fetch.h"
#include "fetch/guard.h"
#include "fetch/oauth2.h"
#include "fetch/token.h"
#include "fetch/url.h"

#include <stdbool.h>

struct grant;

enum { GRANT_DEADLINE_MS = 60000 }; /* no request takes longer */

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

/* What the endpoint answered, unread; borrowed for the call. */
struct grant_reply {
	int status;
	const char *body;
	size_t length;
};

/* Asks once; on_reply gets what was answered, whatever its status, or the error: for those who keep it before
 * they use it. Called on the loop, never from inside grant_send(); not after grant_free(). */
int grant_send(struct grant *grant,
	void (*on_reply)(void *context, const struct grant_reply *reply, const struct error *error),
	void *context, struct error *error);

/* May the provider have seen the request? For on_reply. */
bool grant_was_sent(const struct grant *grant);

/* Reads a reply, also one that another process was given: see oauth2_answer(). Secrets that a refusal repeats
 * are taken out of its words. */
int grant_read(struct oauth2_answer *out, const struct grant *grant, const struct grant_reply *reply,
	struct error *error);

/* Asks once and reads the reply; on_answer gets the answer, which it may take over by zeroing it, or
 * the error. Called on the loop, never from inside grant_ask(); not after grant_free(). For those who
 * drive a flow of their own. */
int grant_ask(struct grant *grant,
	void (*on_answer)(void *context, struct oauth2_answer *answer_take, const struct error *error),
	void *context, struct error *error);

/* To be given to token_new(); free the token first. */
struct token_source grant_source(struct grant *grant);

#endif
