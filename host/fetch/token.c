#include "config.h"

#include "fetch/token.h"

#include <stdlib.h>
#include <string.h>

enum { NEW_MS = 60000 };

struct token {
	struct token_source source;
	struct oauth2_answer answer; /* access_token is NULL when there is none */
	int64_t obtained_ms;         /* at the latest */
	int64_t fresh_until_ms;
	uint64_t version;    /* of the answer; 0 before the first */
	bool accepted;       /* an answer has shown it to be good */
	bool stale;          /* an answer has shown it to be no longer good */
	bool is_replacement; /* got because the one before was refused */
	bool obtaining;
	bool refused; /* for good: why is in error */
	struct error error;
	struct token_waiter *waiters; /* in the order of asking */
};

int token_new(struct token **out, const struct token_source *source, struct error *error)
{
	struct token *token = calloc(1, sizeof *token);

	if (!token)
		return error_memory(error);
	token->source = *source;
	*out = token;
	return 0;
}

void token_free(struct token *token)
{
	if (!token)
		return;
	if (token->obtaining)
		token->source.abandon(token->source.context);
	oauth2_answer_clear(&token->answer);
	free(token);
}

static bool is_fresh(const struct token *token, int64_t now_ms)
{
	return token->answer.access_token && !token->stale && now_ms < token->fresh_until_ms;
}

void token_ask(struct token *token, struct token_waiter *waiter, int64_t now_ms)
{
	struct token_waiter **end = &token->waiters;

	if (token->refused) {
		waiter->on_token(waiter->context, NULL, 0, &token->error);
		return;
	}
	if (is_fresh(token, now_ms)) {
		waiter->on_token(waiter->context, token->answer.access_token, token->version, NULL);
		return;
	}
	while (*end)
		end = &(*end)->next;
	*end = waiter;
	waiter->next = NULL;
	waiter->waiting = true;
	if (token->obtaining)
		return;
	token->obtaining = true;
	token->source.obtain(token->source.context, token);
}

void token_leave(struct token *token, struct token_waiter *waiter)
{
	struct token_waiter **at = &token->waiters;

	if (!waiter->waiting)
		return;
	while (*at && *at != waiter)
		at = &(*at)->next;
	if (*at)
		*at = waiter->next;
	waiter->waiting = false;
}

/* One after the other, since each may leave, ask again or make another leave. */
static void tell_waiters(struct token *token, const struct error *error)
{
	struct token_waiter *waiter;

	while (!token->obtaining && (waiter = token->waiters)) {
		token->waiters = waiter->next;
		waiter->waiting = false;
		waiter->on_token(
			waiter->context, error ? NULL : token->answer.access_token, token->version, error);
	}
}

void token_accepted(struct token *token, uint64_t version)
{
	if (version == token->version)
		token->accepted = true;
}

bool token_refused(struct token *token, uint64_t version)
{
	if (token->refused)
		return false;
	if (version != token->version || token->stale)
		return true; /* another has come, or is being fetched */
	if (token->is_replacement && !token->accepted) {
		token->refused = true;
		(void)error_set(&token->error, ERROR_AUTHENTICATION_FAILED,
			"The provider refuses a token that it has just issued.");
		return false;
	}
	token->stale = true;
	return true;
}

bool token_doubted(struct token *token, uint64_t version, int64_t now_ms)
{
	if (token->refused)
		return false;
	if (version != token->version || token->stale)
		return true;
	if (now_ms - token->obtained_ms < NEW_MS)
		return false;
	token->stale = true;
	return true;
}

static void take_over(struct token *token, struct oauth2_answer *answer_take, int64_t now_ms)
{
	int64_t life_ms = answer_take->expires_s < 0 ? INT64_C(3600) * 1000 : answer_take->expires_s * 1000;
	/* Renewed a little early: a minute, or a tenth of a short life. */
	int64_t early_ms = life_ms / 10 < 60000 ? life_ms / 10 : 60000;

	token->stale = token->accepted = false;
	oauth2_answer_clear(&token->answer);
	token->answer = *answer_take;
	memset(answer_take, 0, sizeof *answer_take);
	token->version++;
	token->fresh_until_ms = now_ms + life_ms - early_ms;
	token->obtaining = false;
	tell_waiters(token, NULL);
}

void token_obtained(struct token *token, struct oauth2_answer *answer_take, int64_t now_ms)
{
	token->is_replacement = token->stale;
	token->obtained_ms = now_ms;
	take_over(token, answer_take, now_ms);
}

void token_found(struct token *token, struct oauth2_answer *answer_take, int64_t now_ms)
{
	token->is_replacement = false;
	token->obtained_ms = now_ms - NEW_MS;
	take_over(token, answer_take, now_ms);
}

void token_failed(struct token *token, const struct error *error)
{
	struct error kept = *error;

	token->obtaining = false;
	/* What the provider has refused it would refuse again. */
	if (kept.code == ERROR_AUTHENTICATION_FAILED || kept.code == ERROR_SCOPE_MISSING) {
		token->refused = true;
		token->error = kept;
	}
	tell_waiters(token, &kept);
}

const char *token_scope(const struct token *token)
{
	return token->answer.scope;
}
