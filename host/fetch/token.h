/* A token in memory: kept while it is fresh, obtained once for all who wait. Where it comes from is
 * the source's business: see grant.h, and run/renewal.h for what is kept in the store. */
#ifndef MUSTER_FETCH_TOKEN_H
#define MUSTER_FETCH_TOKEN_H

#include "base/error.h"
#include "fetch/oauth2.h"

#include <stdbool.h>
#include <stdint.h>

struct token;

/* obtain() begins to get a new one; the source then calls token_obtained(), token_found() or token_failed()
 * once, also from inside obtain(). abandon() tells it that the answer is no longer wanted. */
struct token_source {
	void (*obtain)(void *context, struct token *token);
	void (*abandon)(void *context);
	void *context;
};

/* Who wants the token; owned by the caller, in the queue until on_token or token_leave(). */
struct token_waiter {
	/* text is the token, borrowed until the loop's next turn, or NULL with the error. */
	void (*on_token)(void *context, const char *text, uint64_t version, const struct error *error);
	void *context;
	struct token_waiter *next;
	bool waiting;
};

int token_new(struct token **out, const struct token_source *source, struct error *error);
void token_free(struct token *token);

/* Calls on_token, at once when a fresh one is there, else when it has come. */
void token_ask(struct token *token, struct token_waiter *waiter, int64_t now_ms);
void token_leave(struct token *token, struct token_waiter *waiter);

/* What an answer said of the token of this version: it was good; or it was not (401). Then true
 * means that asking again brings another. False: a new one was refused too, which stays so. */
void token_accepted(struct token *token, uint64_t version);
bool token_refused(struct token *token, uint64_t version);

/* An answer may mean that the token of this version is no longer good, or something else: true means that
 * asking again brings a newer one. False: it is too new to be blamed. */
bool token_doubted(struct token *token, uint64_t version, int64_t now_ms);

/* The source's answers. The scope and the text are taken over from the answer. One that was found was issued
 * to another who asked, some time ago: refused by the provider, it is worth asking again. */
void token_obtained(struct token *token, struct oauth2_answer *answer_take, int64_t now_ms);
void token_found(struct token *token, struct oauth2_answer *answer_take, int64_t now_ms);
void token_failed(struct token *token, const struct error *error);

/* The scopes that were granted, as the provider put them; NULL when it has not said. */
const char *token_scope(const struct token *token);

#endif
