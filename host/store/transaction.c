/* What every call does: a transaction, of its own or of several calls together, and a look at what other
 * processes have done in between; the time, the tests' points, new ids. */
#include "config.h"

#include "store/inside.h"

#include "store/master.h"
#include "store/schema.h"

#include <sodium.h>
#include <time.h>

#define KEY_TRIES 3

int64_t store_now_ms(const struct store *store)
{
	struct timespec now = { 0 };

	if (store->options.now_ms)
		return store->options.now_ms(store->options.context);
	(void)clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void store_point(const struct store *store, enum store_point point)
{
	if (store->options.on_point)
		store->options.on_point(store->options.context, point);
}

void store_id(char out[STORE_ID_SIZE])
{
	unsigned char bytes[(STORE_ID_SIZE - 1) / 2];

	randombytes_buf(bytes, sizeof bytes);
	(void)sodium_bin2hex(out, STORE_ID_SIZE, bytes, sizeof bytes);
}

/* ---- Transactions --------------------------------------------------------------------------------- */

/* 1: the key in memory is not the database's any more. */
static int look_around(struct store *store, struct error *error)
{
	sqlite3_stmt *query;
	int result;

	if (query_open(&query, store->db,
		    "SELECT key_version, (SELECT user_version FROM pragma_user_version) FROM meta",
		    BIND_NOTHING, error) < 0)
		return -1;
	result = query_step(query, error);
	if (result == 0)
		result = error_set(error, ERROR_STORE_CORRUPT, "%s is damaged: it has no key.", store->path);
	else if (result > 0 && sqlite3_column_int64(query, 1) != SCHEMA_VERSION)
		result = error_set(error, ERROR_STORE_TOO_NEW, "A newer muster has changed %s.", store->path);
	else if (result > 0)
		result = (uint64_t)sqlite3_column_int64(query, 0) != store->key->version;
	(void)sqlite3_finalize(query);
	return result;
}

static void roll_back(struct store *store)
{
	/* Some errors have done it already. */
	if (!sqlite3_get_autocommit(store->db))
		(void)sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
}

/* The level can't be changed inside of a transaction, so it stays changed for the time
 * of one, under the mutex. */
static void be_light(struct store *store, bool light)
{
	if (store->light == light)
		return;
	store->light = light;
	(void)sqlite3_exec(store->db, light ? "PRAGMA synchronous = NORMAL" : "PRAGMA synchronous = FULL",
		NULL, NULL, NULL);
}

/* Another process has rotated the key. A pipe it came from can't be read again, and what is read again
 * elsewhere may still be the old one. */
static int refetch(struct store *store, struct error *error)
{
	if (master_fetch(store, error) == 0)
		return 0;
	if (store->key->source.kind == KEY_FILE)
		return -1;
	(void)error_set(error, ERROR_KEY_WRONG, "The key of %s was rotated by another process.", store->path);
	return error_hint(error, "Start again with the new key.");
}

static int begin(struct store *store, const char *how, bool light, struct error *error)
{
	int result = 1;

	(void)pthread_mutex_lock(&store->mutex);
	if (store->together)
		return 0;
	be_light(store, light);
	for (int tries = 0; result > 0; tries++) {
		result = query_script(store->db, how, error);
		if (result == 0)
			result = look_around(store, error);
		if (result == 0)
			return 0;
		roll_back(store);
		if (result > 0 && tries == KEY_TRIES)
			result = error_set(
				error, ERROR_KEY_WRONG, "The key of %s changes all the time.", store->path);
		if (result > 0 && refetch(store, error) < 0)
			result = -1;
	}
	be_light(store, false);
	(void)pthread_mutex_unlock(&store->mutex);
	return -1;
}

int store_begin(struct store *store, struct error *error)
{
	return begin(store, "BEGIN IMMEDIATE", false, error);
}

int store_begin_light(struct store *store, struct error *error)
{
	return begin(store, "BEGIN IMMEDIATE", true, error);
}

int store_begin_read(struct store *store, struct error *error)
{
	return begin(store, "BEGIN", false, error);
}

void store_scrub(struct store *store)
{
	if (sqlite3_wal_checkpoint_v2(store->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL) == SQLITE_OK)
		store->scrub = false;
}

static int end(struct store *store, int result, struct error *error)
{
	if (result == 0 && !sqlite3_get_autocommit(store->db))
		result = query_script(store->db, "COMMIT", error);
	if (result != 0)
		roll_back(store);
	if (result == 0 && store->scrub)
		store_scrub(store);
	be_light(store, false);
	(void)pthread_mutex_unlock(&store->mutex);
	return result == 0 ? 0 : -1;
}

int store_end(struct store *store, int result, struct error *error)
{
	if (!store->together)
		return end(store, result, error);
	store->together_failed |= result != 0;
	(void)pthread_mutex_unlock(&store->mutex);
	return result == 0 ? 0 : -1;
}

static int together(struct store *store, int begun)
{
	if (begun < 0)
		return -1;
	store->together = true;
	store->together_failed = false;
	return 0;
}

int store_together_begin(struct store *store, struct error *error)
{
	return together(store, store_begin(store, error));
}

int store_together_read(struct store *store, struct error *error)
{
	return together(store, store_begin_read(store, error));
}

int store_together_end(struct store *store, int result, struct error *error)
{
	store->together = false;
	return end(store, store->together_failed ? -1 : result, error);
}

int store_check_writable(struct store *store, struct error *error)
{
	int result;

	if (store_begin(store, error) < 0)
		return -1;
	/* A row that stays as it is would not be written. */
	result = query_script(store->db,
		"UPDATE meta SET pruned_ms = pruned_ms + 1; UPDATE meta SET pruned_ms = pruned_ms - 1",
		error);
	return store_end(store, result, error);
}
