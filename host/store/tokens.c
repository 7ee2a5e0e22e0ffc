#include "config.h"

#include "store/tokens.h"

#include "base/clock.h"
#include "base/secrets.h"
#include "base/text.h"
#include "store/inside.h"
#include "store/token_entry.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	LEASE_MAX_MS =
		10 * 60 * 1000, /* one that is said to hold longer was taken before the clock was set back */
	LIFE_MS = 3600 * 1000,  /* of a token whose life was not said */
	EARLY_MS = 60 * 1000,   /* no longer fresh so long before its end, or a tenth of its life */
	POLL_MIN_MS = 20,
	POLL_MAX_MS = 500,
};

void token_row_clear(struct token_row *row)
{
	secrets_text_free_take(row->access_token);
	secrets_text_free_take(row->refresh_token);
	secrets_bytes_free_take(row->answer, row->answer_length);
	free(row->scope);
	memset(row, 0, sizeof *row);
}

/* ---- Whose turn it is --------------------------------------------------------------------------------- */

static bool is_fresh(const struct token_entry *entry, uint64_t refused, int64_t now_ms)
{
	int64_t end_ms = entry->expires_ms, life_ms;

	if (!entry->has[TOKEN_ACCESS] || entry->version <= refused)
		return false;
	if (end_ms == 0 && entry->obtained_ms == 0)
		return true; /* nothing is known: the provider will say */
	if (entry->obtained_ms > now_ms + EARLY_MS)
		return false; /* the clock was set back since: when it ends is not known */
	if (end_ms == 0)
		end_ms = entry->obtained_ms + LIFE_MS;
	life_ms = end_ms - entry->obtained_ms;
	return now_ms < end_ms - (life_ms / 10 < EARLY_MS ? life_ms / 10 : EARLY_MS);
}

static bool is_leased(const struct token_entry *entry, int64_t now_ms)
{
	return entry->lease_until_ms > now_ms && entry->lease_until_ms - now_ms <= LEASE_MAX_MS;
}

/* The longer it takes, the less often it pays to ask. */
static int64_t busy_wait(const struct token_entry *entry, const struct token_policy *policy, int64_t now_ms)
{
	int64_t left = entry->lease_until_ms - now_ms;
	int64_t wait = (policy->lease_ms - left) / 4;

	if (wait > POLL_MAX_MS)
		wait = POLL_MAX_MS;
	if (wait < POLL_MIN_MS)
		wait = POLL_MIN_MS;
	return wait < left ? wait : left + 1;
}

/* ---- What is in doubt --------------------------------------------------------------------------------- */

/* A refresh token may have been used up by a request that nobody heard the answer of. May it be sent again?
 * If not, the error says why. */
static int resolve(
	struct token_entry *entry, const struct token_policy *policy, int64_t now_ms, struct error *error)
{
	char when[32];

	if (entry->begun_ms != 0) { /* it ended with its process */
		entry->retried++;
		if (entry->doubt_ms == 0)
			entry->doubt_ms = entry->begun_ms;
		entry->begun_ms = 0;
	}
	(void)clock_text(when, sizeof when, entry->doubt_ms, CLOCK_SECOND);
	switch (policy->recovery) {
	case TOKEN_LINK_AGAIN:
		return error_set(error, ERROR_NEEDS_LINKING,
			"The renewal of its token was cut off at %s UTC: whether the provider has seen the old one is "
			"not known, and to use it twice would pass for theft.",
			when);
	case TOKEN_RETRY_WITHIN_GRACE:
		if (now_ms - entry->doubt_ms <= policy->grace_ms)
			return 0;
		return error_set(error, ERROR_NEEDS_LINKING,
			"The renewal of its token was cut off at %s UTC, and the time in which the provider takes the old "
			"one again, %lld s, is over.",
			when, (long long)(policy->grace_ms / 1000));
	case TOKEN_RETRY_ONCE:
		break;
	}
	if (entry->retried <= 1)
		return 0;
	return error_set(error, ERROR_NEEDS_LINKING,
		"The renewal of its token was cut off at %s UTC, and so was the second try: whether the provider has seen "
		"the old one is not known.",
		when);
}

/* ---- Taking ------------------------------------------------------------------------------------------- */

static int give_fresh(
	struct token_row *out, struct store *store, const struct token_entry *entry, struct error *error)
{
	out->turn = TOKEN_FRESH;
	out->version = entry->version;
	out->expires_ms = entry->expires_ms;
	if (token_entry_open(&out->access_token, NULL, store, entry, TOKEN_ACCESS, error) < 0)
		return -1;
	return token_entry_open(&out->scope, NULL, store, entry, TOKEN_SCOPE, error);
}

/* The lease, and what its holder needs. */
static int give_lease(struct token_row *out, struct store *store, struct token_entry *entry,
	const struct token_policy *policy, struct error *error)
{
	int64_t now_ms = store_now_ms(store);

	entry->lease_until_ms = now_ms + policy->lease_ms;
	out->fence = ++entry->fence;
	out->version = entry->version;
	if (!policy->renewable &&
		token_entry_open(&out->refresh_token, NULL, store, entry, TOKEN_REFRESH, error) < 0)
		return -1;
	if (out->turn == TOKEN_ANSWERED) {
		entry->answer_fence = entry->fence;
		out->answer_status = entry->answer_status;
		out->begun_ms = entry->begun_ms;
		return token_entry_open(&out->answer, &out->answer_length, store, entry, TOKEN_ANSWER, error);
	}
	if (out->refresh_token)
		entry->begun_ms = now_ms;
	return 0;
}

/* Puts down that there is no way to a new token any more. The old one was refused or has had its time:
 * nobody is to try it again. */
static int needs_linking(
	struct token_entry *entry, struct store *store, const char *cause, struct error *error)
{
	if (token_entry_seal(entry, store, TOKEN_ACCESS, NULL, 0, error) < 0)
		return -1;
	return account_set_state(store, entry->holder.id, ACCOUNT_NEEDS_LINKING, cause, error);
}

/* Is there a way to a new token? If not, *refusal says why, and that is put down in the account. */
static int find_way(struct token_entry *entry, struct store *store, const struct token_policy *policy,
	struct error *refusal, struct error *error)
{
	if (policy->renewable)
		return 0;
	if (entry->needs_linking) {
		(void)error_set(refusal, ERROR_NEEDS_LINKING, "%s", entry->cause);
		return 0;
	}
	if (!entry->has[TOKEN_REFRESH])
		(void)error_set(refusal, ERROR_NEEDS_LINKING,
			"Its token has expired, and the provider gave nothing to renew it with.");
	else if ((entry->begun_ms == 0 && entry->doubt_ms == 0) ||
		 resolve(entry, policy, store_now_ms(store), refusal) == 0)
		return 0;
	return needs_linking(entry, store, refusal->message, error);
}

/* Mostly it is fresh, or somebody else is at it: that takes no more than reading. 1: there is more to do. */
static int glance(struct token_row *out, struct store *store, struct token_entry *entry,
	const struct token_policy *policy, uint64_t refused, struct error *error)
{
	int64_t now_ms = store_now_ms(store);

	if (is_fresh(entry, refused, now_ms))
		return give_fresh(out, store, entry, error);
	if (!is_leased(entry, now_ms))
		return 1;
	out->turn = TOKEN_BUSY;
	out->wait_ms = busy_wait(entry, policy, now_ms);
	return 0;
}

/* A refusal is put into *refusal, so that what led to it is committed. */
static int take_turn(struct token_row *out, struct store *store, struct token_entry *entry,
	const struct token_policy *policy, uint64_t refused, struct error *refusal, struct error *error)
{
	int result = glance(out, store, entry, policy, refused, error);

	if (result <= 0)
		return result;
	out->turn = entry->has[TOKEN_ANSWER] ? TOKEN_ANSWERED : TOKEN_YOURS;
	if (out->turn == TOKEN_YOURS && find_way(entry, store, policy, refusal, error) < 0)
		return -1;
	if (!refusal->code && give_lease(out, store, entry, policy, error) < 0)
		return -1;
	return token_entry_save(entry, store, error);
}

int tokens_take(struct token_row *out, struct store *store, const char *account, const char *auth,
	const struct token_policy *policy, uint64_t refused, struct error *error)
{
	struct error refusal = { 0 };
	struct token_entry entry;
	int result;

	memset(out, 0, sizeof *out);
	if (store_begin_read(store, error) < 0)
		return -1;
	result = token_entry_load(&entry, store, account, auth, error);
	if (result == 0)
		result = glance(out, store, &entry, policy, refused, error);
	token_entry_clear(&entry);
	if (store_end(store, result < 0 ? -1 : 0, error) < 0)
		result = -1;
	if (result > 0) {
		if (store_begin(store, error) < 0)
			return -1;
		result = token_entry_load(&entry, store, account, auth, error);
		if (result == 0)
			result = take_turn(out, store, &entry, policy, refused, &refusal, error);
		token_entry_clear(&entry);
		result = store_end(store, result, error);
	}
	if (result == 0 && refusal.code) {
		(void)snprintf(refusal.account, sizeof refusal.account, "%s", entry.name);
		*error = refusal;
		result = -1;
	}
	if (result < 0)
		token_row_clear(out);
	else if (out->turn == TOKEN_YOURS)
		store_point(store, STORE_REFRESH_BEGUN);
	return result;
}

int tokens_read(struct token_row *out, struct store *store, const char *account, const char *auth,
	struct error *error)
{
	struct token_entry entry;
	int result;

	memset(out, 0, sizeof *out);
	if (store_begin_read(store, error) < 0)
		return -1;
	result = token_entry_load(&entry, store, account, auth, error);
	if (result == 0)
		result = token_entry_open(&out->access_token, NULL, store, &entry, TOKEN_ACCESS, error);
	if (result == 0)
		result = token_entry_open(&out->refresh_token, NULL, store, &entry, TOKEN_REFRESH, error);
	if (result == 0)
		out->version = entry.version;
	token_entry_clear(&entry);
	result = store_end(store, result, error);
	if (result < 0)
		token_row_clear(out);
	return result;
}

/* ---- The lease's holder ------------------------------------------------------------------------------- */

static int lost(const struct token_entry *entry, struct error *error)
{
	return error_set(error, ERROR_LEASE_LOST,
		"The renewal of the token of %s took so long that another process took it over.",
		entry->name);
}

/* Does this answer say that there is a new token? */
static bool is_good(int status)
{
	return status >= 200 && status < 300;
}

/* An old fence's answer is worth keeping when it may hold the only copy of a refresh token. */
static int keep_answer(struct token_entry *entry, struct store *store, uint64_t fence, int status,
	const char *answer, size_t length, struct error *error)
{
	bool held = entry->has[TOKEN_ANSWER] && entry->answer_fence != fence && is_good(entry->answer_status);

	if (fence != entry->fence && (!is_good(status) || entry->version > fence))
		return 0;
	if (held && !is_good(status))
		return 0;
	entry->answer_fence = fence;
	entry->answer_status = status;
	if (token_entry_seal(entry, store, TOKEN_ANSWER, answer, length, error) < 0)
		return -1;
	return token_entry_save(entry, store, error);
}

int tokens_keep(struct store *store, const char *account, const char *auth, uint64_t fence, int status,
	const char *answer, size_t length, struct error *error)
{
	struct token_entry entry;
	int result;

	store_point(store, STORE_REFRESH_ANSWERED);
	if (store_begin(store, error) < 0)
		return -1;
	result = token_entry_load(&entry, store, account, auth, error);
	if (result == 0)
		result = keep_answer(&entry, store, fence, status, answer, length, error);
	token_entry_clear(&entry);
	result = store_end(store, result, error);
	if (result == 0)
		store_point(store, STORE_REFRESH_SEALED);
	if (result == 0 && fence != entry.fence)
		result = lost(&entry, error);
	return result;
}

static int drop_answer(struct token_entry *entry, struct store *store, struct error *error)
{
	entry->answer_fence = 0;
	entry->answer_status = 0;
	return token_entry_seal(entry, store, TOKEN_ANSWER, NULL, 0, error);
}

static int settle(struct token_entry *entry, struct store *store, const struct account_token *token,
	struct error *error)
{
	const char *scope = token->scope;
	bool refreshed = entry->has[TOKEN_REFRESH];

	if (token_entry_seal(
		    entry, store, TOKEN_ACCESS, token->access_token, strlen(token->access_token), error) < 0)
		return -1;
	if (token->refresh_token && token_entry_seal(entry, store, TOKEN_REFRESH, token->refresh_token,
					    strlen(token->refresh_token), error) < 0)
		return -1;
	if ((scope || !refreshed) &&
		token_entry_seal(entry, store, TOKEN_SCOPE, scope, scope ? strlen(scope) : 0, error) < 0)
		return -1;
	entry->version = entry->fence;
	entry->expires_ms = token->expires_ms;
	entry->obtained_ms = store_now_ms(store);
	entry->lease_until_ms = entry->begun_ms = entry->doubt_ms = 0;
	entry->retried = 0;
	if (drop_answer(entry, store, error) < 0 || token_entry_save(entry, store, error) < 0)
		return -1;
	if (entry->is_linked || !refreshed)
		return 0;
	return account_set_state(store, entry->holder.id, ACCOUNT_LINKED, "", error);
}

int tokens_settle(uint64_t *version, struct store *store, const char *account,
	const struct account_token *token, uint64_t fence, struct error *error)
{
	struct token_entry entry;
	int result;

	if (store_begin(store, error) < 0)
		return -1;
	result = token_entry_load(&entry, store, account, token->auth, error);
	if (result == 0)
		result = fence == entry.fence ? settle(&entry, store, token, error) : lost(&entry, error);
	token_entry_clear(&entry);
	result = store_end(store, result, error);
	if (result < 0)
		return -1;
	*version = entry.version;
	store_point(store, STORE_REFRESH_DONE);
	return 0;
}

/* Is it unknown whether the refresh token was used up? A gateway's word is not the provider's; a good answer
 * of which nothing could be read may have held the next one. */
static bool is_doubtful(const struct token_entry *entry, bool sent)
{
	int status = entry->answer_status;

	if (!sent || entry->begun_ms == 0)
		return false;
	return entry->answer_fence != entry->fence || is_good(status) || (status >= 500 && status != 503);
}

/* Does a good answer wait that came under an older fence? */
static bool is_rescued(const struct token_entry *entry)
{
	return entry->has[TOKEN_ANSWER] && entry->answer_fence != entry->fence;
}

/* What was in doubt before is so still: only a new token, or its refusal, says what became of the old one. */
static int fail(struct token_entry *entry, struct store *store, bool sent, const struct error *why,
	struct error *error)
{
	bool others = is_rescued(entry);
	char when[32] = "";
	char cause[sizeof entry->cause];

	if (entry->doubt_ms != 0)
		(void)clock_text(when, sizeof when, entry->doubt_ms, CLOCK_SECOND);
	else if (is_doubtful(entry, sent))
		entry->doubt_ms = entry->begun_ms;
	entry->lease_until_ms = entry->begun_ms = 0;
	if ((!others && drop_answer(entry, store, error) < 0) || token_entry_save(entry, store, error) < 0)
		return -1;
	if (others || why->code != ERROR_NEEDS_LINKING)
		return 0;
	(void)snprintf(cause, sizeof cause, "%.180s%s%s%s", why->message,
		when[0] ? " A renewal had been cut off at " : "", when, when[0] ? " UTC." : "");
	text_trim_utf8(cause);
	return needs_linking(entry, store, cause, error);
}

int tokens_fail(struct store *store, const char *account, const char *auth, uint64_t fence, bool sent,
	const struct error *why, struct error *error)
{
	struct token_entry entry;
	int result;

	if (store_begin(store, error) < 0)
		return -1;
	result = token_entry_load(&entry, store, account, auth, error);
	if (result == 0)
		result = fence == entry.fence ? fail(&entry, store, sent, why, error) : lost(&entry, error);
	token_entry_clear(&entry);
	result = store_end(store, result, error);
	return result == 0 && is_rescued(&entry) ? lost(&entry, error) : result;
}

int tokens_leave(
	struct store *store, const char *account, const char *auth, uint64_t fence, struct error *error)
{
	struct token_entry entry;
	int result;

	if (store_begin(store, error) < 0)
		return -1;
	result = token_entry_load(&entry, store, account, auth, error);
	if (result == 0 && fence != entry.fence)
		result = lost(&entry, error);
	if (result == 0) {
		entry.lease_until_ms = 0;
		result = token_entry_save(&entry, store, error);
	}
	token_entry_clear(&entry);
	return store_end(store, result, error);
}
