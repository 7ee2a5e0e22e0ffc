/* The store from inside: what its own files share. Nothing outside of host/store includes this. */
#ifndef MUSTER_STORE_INSIDE_H
#define MUSTER_STORE_INSIDE_H

#include "store/accounts.h"
#include "store/query.h"
#include "store/seal.h"
#include "store/store.h"

#include <jansson.h>
#include <limits.h>
#include <pthread.h>

enum { STORE_FILE_SIZE = PATH_MAX };

struct store {
	pthread_mutex_t mutex; /* recursive; held between store_begin() and store_end() */
	sqlite3 *db;
	struct store_options options;
	char path[STORE_FILE_SIZE];
	char folder[STORE_FILE_SIZE];
	struct master_key *key; /* in locked memory */
	int lock;               /* descriptor: shared with everybody who has this store open */
	bool together;          /* a transaction of several calls goes on, of the thread that has the mutex */
	bool together_failed;
	bool light; /* the transaction is one of store_begin_light() */
	bool scrub; /* something was destroyed: it must not live on in the log of writes */
};

/* A store without a database; store_close() ends it. */
int store_make(struct store **out, const struct store_options *options, struct error *error);

/* In one transaction: keeps a copy if wanted, takes the tables to the newest version, finds or makes the
 * key, writes the audit entry. */
int store_raise(struct store *store, bool copy, struct error *error);

/* ---- Transactions --------------------------------------------------------------------------------- */

/* Locks the connection and begins to write (BEGIN IMMEDIATE), or to read. What another process did meanwhile
 * is noticed: a new master key is fetched, a newer schema refused. On -1 nothing is locked. */
int store_begin(struct store *store, struct error *error);
int store_begin_read(struct store *store, struct error *error);

/* The same as store_begin(), for what may be forgotten when the machine loses its power:
 * nothing waits for the disk. */
int store_begin_light(struct store *store, struct error *error);

/* Commits if result is 0 (unless that was done), else rolls back; unlocks. Returns result, or
 * -1 when committing failed. */
int store_end(struct store *store, int result, struct error *error);

/* Pages that were overwritten with zeros still stand in the write-ahead log as they were: this
 * empties it. While another process reads, that has to wait for the next end of a transaction, or
 * for the last one to close. */
void store_scrub(struct store *store);

/* ---- Inside of one -------------------------------------------------------------------------------- */

int64_t store_now_ms(const struct store *store);

/* Calls the test's function for points, if there is one. */
void store_point(const struct store *store, enum store_point point);

/* Adds an entry to the audit log: what happened ("linked"), to whom. detail is borrowed and may be NULL. */
int audit_write(struct store *store, const char *what, const char *subject, const char *name,
	const json_t *detail, struct error *error);

/* Inside of the transaction that raised the tables from that version: begins the log of a new store, and says
 * that the tables are new. */
int audit_begin(struct store *store, int64_t version, struct error *error);

/* audit_verify() inside of a transaction. */
int audit_verify_inside(uint64_t *entries, struct store *store, struct error *error);

/* Removes the entries that are older, and keeps the last removed hash. */
int audit_prune(struct store *store, int64_t before_ms, struct error *error);

/* store_prune(), unless it was done within a day. */
void prune_daily(struct store *store);

/* A new id: 128 random bits. */
void store_id(char out[STORE_ID_SIZE]);

/* ---- What is sealed under a holder's data key ----------------------------------------------------- */

/* Makes a data key for an account, profile or pending link; one that it has is destroyed with all
 * that was sealed under it. */
int holder_make(struct holder *out, struct store *store, const char *id, struct error *error);

/* Unwraps the data key. The caller ends with holder_clear(). */
int holder_open(struct holder *out, struct store *store, const char *id, struct error *error);

/* The next holder's data key, by id, after that one; 1 when there is none. For those
 * who go through all of them. */
int holder_next(struct holder *out, struct store *store, const char *after, struct error *error);

/* Does every data key open? */
int holder_check_all(struct store *store, struct error *error);

/* Destroys the data key and all secrets sealed under it. */
int holder_destroy(struct store *store, const char *id, struct error *error);

/* Seals an object of texts, each under its field's name; those that are there are replaced. NULL is fine. */
int holder_put(struct store *store, const struct holder *holder, const json_t *secrets, struct error *error);

/* Unseals all secrets of a holder into an object of texts: the caller wipes it with secrets_free_take(). */
int holder_secrets(json_t **out_new, struct store *store, const char *id, struct error *error);

/* The ids of a holder's secrets, as an array. */
int holder_fields(json_t **out_new, struct store *store, const char *id, struct error *error);

/* Reads a sealed column of the current row: *out is owned, ends with a NUL, and is wiped and freed by the
 * caller (secrets_bytes_free_take); NULL if the column is. */
int holder_column(char **out, size_t *length, const struct holder *holder, const char *field,
	sqlite3_stmt *query, int column, struct error *error);

/* Under which field names the token of an auth is sealed. */
#define HOLDER_ACCESS "access"
#define HOLDER_REFRESH "refresh"
#define HOLDER_SCOPE "scope"
#define HOLDER_ANSWER "answer"

enum { HOLDER_TOKEN_SIZE = 128 };

/* "token.AUTH.access" */
void holder_token_field(char out[HOLDER_TOKEN_SIZE], const char *auth, const char *what);

/* ---- Accounts ------------------------------------------------------------------------------------- */

/* accounts_state() inside of a transaction. */
int account_set_state(struct store *store, const char *id, enum account_state state, const char *cause,
	struct error *error);

#endif
