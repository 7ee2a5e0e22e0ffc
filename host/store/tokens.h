/* Tokens that outlive a process, refreshed once for all who wait, in whatever process.
 *
 *	tokens_take():  TOKEN_FRESH   here is one
 *	                TOKEN_BUSY    somebody else is at it: ask again after wait_ms
 *	                TOKEN_YOURS   the lease is yours, "begun" is on disk: send the request, then
 *	tokens_keep():  the raw answer, sealed on disk before anything uses it, then
 *	tokens_settle(): what it said, in the row; the lease is given back; or
 *	tokens_fail():  there is no new one.
 *
 * A lease that its holder let lapse is resolved by the next tokens_take(): an answer that was kept is handed out as
 * TOKEN_ANSWERED to be settled; a request that was begun without an answer is resolved by the auth's policy. */
#ifndef MUSTER_STORE_TOKENS_H
#define MUSTER_STORE_TOKENS_H

#include "store/accounts.h"
#include "store/store.h"

#include <stddef.h>

enum token_turn { TOKEN_FRESH, TOKEN_BUSY, TOKEN_YOURS, TOKEN_ANSWERED };

/* What to do when nobody knows whether the provider saw the refresh token: enum muster_recovery. */
enum token_recovery { TOKEN_RETRY_ONCE, TOKEN_RETRY_WITHIN_GRACE, TOKEN_LINK_AGAIN };

struct token_policy {
	enum token_recovery recovery;
	int64_t grace_ms;
	int64_t lease_ms; /* longer than the token request may take */
	bool renewable;   /* a new one can be had without a refresh token (client credentials) */
};

struct token_row {
	enum token_turn turn;
	uint64_t version;    /* of the access token; grows by one with each */
	uint64_t fence;      /* of the lease: what an older fence writes is refused */
	int64_t wait_ms;     /* with TOKEN_BUSY */
	int64_t expires_ms;  /* wall clock; 0: not known */
	char *access_token;  /* owned; with TOKEN_FRESH */
	char *refresh_token; /* owned; with TOKEN_YOURS, NULL if there is none */
	char *scope;         /* owned; as the provider put it, or NULL */
	char *answer;        /* owned; with TOKEN_ANSWERED: the raw body that was kept */
	size_t answer_length;
	int answer_status;
};

void token_row_clear(struct token_row *row); /* wipes and frees */

/* Asks for the token of an account's auth that is newer than the version `refused` (0: any that is fresh).
 * NEEDS_LINKING with the cause when there is no way to one any more. */
int tokens_take(struct token_row *out, struct store *store, const char *account, const char *auth,
	const struct token_policy *policy, uint64_t refused, struct error *error);

/* Keeps the provider's raw answer. LEASE_LOST when another took over; the answer is kept nevertheless. */
int tokens_keep(struct store *store, const char *account, const char *auth, uint64_t fence, int status,
	const char *answer, size_t length, struct error *error);

/* Puts the new token in; without a refresh_token in it the old one stays. *version is the new version. */
int tokens_settle(uint64_t *version, struct store *store, const char *account,
	const struct account_token *token, uint64_t fence, struct error *error);

/* Gives the lease back: why is the error; sent says whether the provider may have seen the request; the refresh
 * token was refused (invalid_grant) makes it NEEDS_LINKING. */
int tokens_fail(struct store *store, const char *account, const char *auth, uint64_t fence, bool sent,
	const struct error *why, struct error *error);

#endif
