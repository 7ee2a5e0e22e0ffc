/* The store: profiles, accounts, their secrets and tokens, in one SQLite file under the data directory.
 *
 * Every function is synchronous, safe from any thread, and a transaction of its own: what it reports as done is
 * on disk. None may be called on an event loop: run/ calls them from worker threads. Several processes may have
 * the same store open. Secrets leave it only where a function says so. */
#ifndef MUSTER_STORE_STORE_H
#define MUSTER_STORE_STORE_H

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

struct store;

enum {
	STORE_ID_SIZE = 33, /* an opaque id: 128 random bits in hex, and the end */
	STORE_AUDIT_DAYS = 400,
	STORE_NAME_SIZE = 64, /* a name and the end: [A-Za-z0-9][A-Za-z0-9._-]* */
};

/* Where a process may be killed and nothing may be lost; named for the tests that do it. */
#define STORE_POINTS(X) \
	X(REFRESH_BEGUN, "refresh_begun")       /* it is on disk that the refresh token will be sent */ \
	X(REFRESH_ANSWERED, "refresh_answered") /* the answer came, and is in memory only */ \
	X(REFRESH_SEALED, "refresh_sealed")     /* the answer is on disk, sealed */ \
	X(REFRESH_DONE, "refresh_done")         /* the token is in its row, the lease given back */ \
	X(LINK_TAKEN, "link_taken")             /* a pending link is leased, its code not sent yet */ \
	X(LINK_KEPT, "link_kept")               /* what its code was exchanged for is on disk, sealed */ \
	X(ROTATION_WRITTEN, "rotation_written") /* the new key is on disk beside the old one */ \
	X(ROTATION_WRAPPED, "rotation_wrapped") /* every data key is wrapped anew, nothing is committed */ \
	X(ROTATION_COMMITTED, \
		"rotation_committed")     /* the database wants the new key, its file is the old one */ \
	X(ROTATION_DONE, "rotation_done") /* the key file is in place */ \
	X(MIGRATION_COPIED, "migration_copied") /* the copy is kept, nothing is changed */ \
	X(MIGRATION_RAISED, "migration_raised") /* the tables are new, nothing is committed */ \
	X(MIGRATION_DONE, "migration_done")

#define STORE_SYMBOL(symbol, name) STORE_##symbol,
enum store_point { STORE_POINTS(STORE_SYMBOL) STORE_POINT_COUNT };
#undef STORE_SYMBOL

/* Borrowed until store_close(). */
struct store_options {
	const char *folder; /* the data directory */
	bool create;        /* make folder, file and key when there are none; else STORE_MISSING */
	bool alone;         /* nobody else has it open from now on; else STORE_LOCKED */
	/* Called at each point, in the thread that passes it; NULL outside of tests. */
	void (*on_point)(void *context, enum store_point point);
	void *context;
	int64_t (*now_ms)(void *context); /* wall clock, since 1970; NULL: the system's */
	int64_t audit_keep_days; /* entries of the audit log; 0: STORE_AUDIT_DAYS, negative: for ever */
};

/* Opens, migrates and unlocks. The errors are those of ERROR_STORE_* and ERROR_KEY_*: each tells one cause and its
 * remedy. Nothing is changed by a failure. */
int store_open(struct store **out, const struct store_options *options, struct error *error);
void store_close(struct store *store);

/* The file, for the caller's own messages. */
const char *store_path(const struct store *store);

/* Makes what this thread calls from here on one transaction, until store_together_end(), which commits it if result is 0
 * and nothing of it failed. Others wait meanwhile. Returns result, or -1 when it is not committed. */
int store_together_begin(struct store *store, struct error *error);

/* The same for what only reads: it sees one state, whatever others write meanwhile. */
int store_together_read(struct store *store, struct error *error);
int store_together_end(struct store *store, int result, struct error *error);

/* Writes what is there once more: whether it can be written to is better known before a person is asked for something that
 * then could not be kept. */
int store_check_writable(struct store *store, struct error *error);

/* Removes what has had its time: entries of the audit log, links that nobody finished. store_open() does it once a
 * day. */
int store_prune(struct store *store, struct error *error);

#endif
