/* Linked accounts: one customer's connection under a profile. */
#ifndef MUSTER_STORE_ACCOUNTS_H
#define MUSTER_STORE_ACCOUNTS_H

#include "store/store.h"

#include <jansson.h>
#include <stddef.h>

/* X(symbol, name) */
#define ACCOUNT_STATES(X) \
	X(LINKED, "linked") \
	X(NEEDS_LINKING, "needs_linking") /* its tokens are lost or withdrawn: cause says why */ \
	X(DOUBTFUL, "doubtful")           /* restored from a backup: its rotated token may be dead */

#define ACCOUNT_SYMBOL(symbol, name) ACCOUNT_##symbol,
enum account_state { ACCOUNT_STATES(ACCOUNT_SYMBOL) ACCOUNT_STATE_COUNT };
#undef ACCOUNT_SYMBOL

enum { ACCOUNT_OWNER_SIZE = 128 };

struct account {
	char id[STORE_ID_SIZE];
	char name[STORE_NAME_SIZE];
	char owner[ACCOUNT_OWNER_SIZE]; /* the tenant's id, or empty */
	char profile[STORE_ID_SIZE];
	char provider[64];
	json_t *labels;  /* object of texts: store/labels.h */
	json_t *fields;  /* object of texts: the fields of account level that are no secrets */
	json_t *secrets; /* array of field ids: those that are sealed */
	/* What is known of each scope: {id: {"state": "granted"|"missing", "truth": "confirmed"|"assumed"|"refused",
	 * "source": text, "at": ms}}. */
	json_t *scopes;
	enum account_state state;
	char cause[256]; /* why it is not simply linked; else empty */
	bool sandbox;
	int64_t created_ms;
	int64_t changed_ms;
	int64_t succeeded_ms; /* when a run last went well; 0: never */
	int64_t failed_ms;    /* when one last failed */
	char failure[64];     /* with this error code; empty after a success */
};

/* What the token answer of linking gives: sealed together with the account, or nothing is stored. */
struct account_token {
	const char *auth;
	const char *access_token;  /* NULL: none yet */
	const char *refresh_token; /* NULL: none */
	const char *scope;         /* as the provider put it, or NULL */
	int64_t expires_ms;        /* wall clock; 0: not said */
};

void account_clear(struct account *account);

/* Adds it with its secrets (an object of texts) and tokens, in one transaction; or, when an account of this name
 * exists and replace is set (it is linked again), renews that: same id, new data key. NAME_TAKEN otherwise. */
int accounts_add(struct account *account, struct store *store, const json_t *secrets,
	const struct account_token *tokens, size_t token_count, bool replace, struct error *error);

/* By name or id; ACCOUNT_NOT_FOUND names the nearest. */
int accounts_get(struct account *out, struct store *store, const char *name, struct error *error);

/* All, by name; of one owner and profile (id), where not NULL. */
int accounts_list(struct account **out, size_t *count, struct store *store, const char *owner,
	const char *profile, struct error *error);
void accounts_free(struct account *list, size_t count);

int accounts_rename(struct store *store, const char *name, const char *to, struct error *error);

/* Changes its labels (see store/labels.h): an empty text removes one. */
int accounts_label(struct store *store, const char *name, const json_t *changes, struct error *error);

/* Destroys its data key and all that is sealed under it. */
int accounts_remove(struct store *store, const char *name, struct error *error);

/* Its secrets, unsealed: an object of texts; the caller wipes it with secrets_free_take(). */
int accounts_secrets(
	json_t **out_new, struct store *store, const struct account *account, struct error *error);

/* What a run has shown: code is "" for success. Not audited. */
int accounts_seen(struct store *store, const char *id, const char *code, struct error *error);

/* Replaces what is known of the scopes named in the object; others stay. */
int accounts_scopes(struct store *store, const char *id, const json_t *scopes, struct error *error);

/* Sets the state and says why; audited. */
int accounts_state(struct store *store, const char *id, enum account_state state, const char *cause,
	struct error *error);

const char *account_state_text(enum account_state state);

#endif
