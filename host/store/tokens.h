/* Tokens that outlive a process, renewed once for all who wait, in whatever process.
 *
 *	tokens_take():  TOKEN_FRESH     here is one
 *	                TOKEN_BUSY      somebody else is at it: ask again after wait_ms
 *	                TOKEN_YOURS     the lease is yours, and "begun" is on disk: send the request, then
 *	tokens_keep():  the raw answer, sealed on disk before anything uses it, then
 *	tokens_settle(): what it said, in the row; the lease is given back; or
 *	tokens_fail():  there is no new one.
 *
 * Whoever has the lease has its fence, a number that grows: what comes with an older one is refused. A lease that its
 * holder let lapse is resolved by the next tokens_take(): an answer that was kept is handed out as TOKEN_ANSWERED, to
 * be settled; a request that was begun and not answered is in doubt, and the auth's policy says what is done. A token
 * that is had without a refresh token needs no such journal: nothing is lost by asking again. */
#ifndef MUSTER_STORE_TOKENS_H
#define MUSTER_STORE_TOKENS_H

#include "store/accounts.h"
#include "store/store.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum token_turn { TOKEN_FRESH, TOKEN_BUSY, TOKEN_YOURS, TOKEN_ANSWERED };

/* What to do with a refresh token of which nobody knows whether the provider has seen it. */
enum token_recovery {
	/* It is sent again. When that, too, is cut off by the end of a process, the account needs
	 * linking; a provider that can't be reached or does not answer is asked again at each need,
	 * until it says something. */
	TOKEN_RETRY_ONCE,
	TOKEN_RETRY_WITHIN_GRACE, /* it is sent again, until grace_ms after the first time */
	TOKEN_LINK_AGAIN,         /* never: the provider takes a second use for theft */
};

struct token_policy {
	enum token_recovery recovery;
	int64_t grace_ms;
	int64_t lease_ms; /* longer than the token request may take */
	bool renewable; /* a new one is had without a refresh token (client credentials): one that came is not used */
};

struct token_row {
	enum token_turn turn;
	uint64_t version;    /* of the access token; grows with each */
	uint64_t fence;      /* of the lease */
	int64_t wait_ms;     /* with TOKEN_BUSY */
	int64_t expires_ms;  /* wall clock; 0: not known */
	char *access_token;  /* owned; with TOKEN_FRESH */
	char *refresh_token; /* owned; with TOKEN_YOURS and TOKEN_ANSWERED, NULL if there is none */
	char *scope;         /* owned; as the provider put it, or NULL */
	char *answer;        /* owned; with TOKEN_ANSWERED: the raw body that was kept */
	size_t answer_length;
	int answer_status;
	int64_t begun_ms; /* with TOKEN_ANSWERED: when it was asked for, 0: not known */
};

void token_row_clear(struct token_row *row); /* wipes and frees */

/* Asks for the token of an account's auth that is newer than the version `refused` (0: any that is fresh).
 * account is an id. NEEDS_LINKING with the cause when there is no way to one any more. */
int tokens_take(struct token_row *out, struct store *store, const char *account, const char *auth,
	const struct token_policy *policy, uint64_t refused, struct error *error);

/* Reads the tokens as they are and their version, without a turn: for who gives them back, or wants newer ones. Both may
 * be NULL. */
int tokens_read(struct token_row *out, struct store *store, const char *account, const char *auth,
	struct error *error);

/* Keeps the provider's raw answer. LEASE_LOST when another took over; a good answer is kept nevertheless,
 * unless a newer one has been settled since: whoever asks next has it handed out. */
int tokens_keep(struct store *store, const char *account, const char *auth, uint64_t fence, int status,
	const char *answer, size_t length, struct error *error);

/* Puts the new token in; without a refresh_token in it the old one stays, and then without a scope the old
 * scope does. *version is the new version. An account that needed linking or was doubtful is linked again.
 * LEASE_LOST changes nothing. */
int tokens_settle(uint64_t *version, struct store *store, const char *account,
	const struct account_token *token, uint64_t fence, struct error *error);

/* Gives the lease back without a new token, and says why. sent: the provider may have seen the request.
 * It stays in doubt then, unless an answer was kept that says that the refresh token was not used up (4xx
 * and 503 do). A cause of NEEDS_LINKING (the refresh token was refused) is put down in the account.
 * LEASE_LOST when another took over, and then nothing is changed; or when a good answer waits
 * that somebody kept under an older fence: whoever takes has it handed out. */
int tokens_fail(struct store *store, const char *account, const char *auth, uint64_t fence, bool sent,
	const struct error *why, struct error *error);

/* Gives the lease back and nothing else: an answer that was kept is handed out to the next at once. */
int tokens_leave(
	struct store *store, const char *account, const char *auth, uint64_t fence, struct error *error);

#endif
