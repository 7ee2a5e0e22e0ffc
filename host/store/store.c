#include "config.h"

#include "store/store.h"

#include "store/copy.h"
#include "store/inside.h"
#include "store/key_file.h"
#include "store/master.h"
#include "store/place.h"
#include "store/schema.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define WAL_TRIES 100
#define WAL_PAUSE_MS 20

const char *store_path(const struct store *store)
{
	return store->path;
}

/* ---- Opening -------------------------------------------------------------------------------------- */

static int make_mutex(struct store *store)
{
	pthread_mutexattr_t recursive;
	int failed = pthread_mutexattr_init(&recursive);

	if (failed)
		return -1;
	failed = pthread_mutexattr_settype(&recursive, PTHREAD_MUTEX_RECURSIVE);
	if (!failed)
		failed = pthread_mutex_init(&store->mutex, &recursive);
	(void)pthread_mutexattr_destroy(&recursive);
	return failed ? -1 : 0;
}

int store_make(struct store **out, const struct store_options *options, struct error *error)
{
	struct store *store = NULL;

	if (sodium_init() < 0)
		return error_set(error, ERROR_INTERNAL, "There are no random numbers to be had.");
	store = calloc(1, sizeof *store);
	if (!store)
		return error_memory(error);
	store->lock = -1;
	store->options = *options;
	store->options.folder = store->folder;
	store->key = sodium_malloc(sizeof *store->key);
	if (!store->key || make_mutex(store) < 0) {
		sodium_free(store->key);
		free(store);
		return error_memory(error);
	}
	*store->key = (struct master_key){ .version = 0 };
	*out = store;
	return 0;
}

void store_close(struct store *store)
{
	if (!store)
		return;
	if (store->scrub)
		store_scrub(store);
	(void)sqlite3_close_v2(store->db);
	if (store->lock >= 0)
		(void)close(store->lock);
	sodium_free(store->key);
	(void)pthread_mutex_destroy(&store->mutex);
	free(store);
}

/* Finds folder and file and judges them, and keeps them from being replaced. *there: is there anything in it? */
static int find_file(
	bool *there, struct store *store, const struct store_options *options, struct error *error)
{
	int folder = place_open(store->folder, sizeof store->folder, options->folder, options->create, error);
	int result = -1;

	if (folder < 0)
		return -1;
	(void)snprintf(store->path, sizeof store->path, "%.*s/" PLACE_FILE,
		(int)(sizeof store->path - sizeof PLACE_FILE - 2), store->folder);
	if (place_look(there, folder, store->folder, PLACE_FILE, false, error) < 0)
		goto out;
	if (!*there && !options->create) {
		(void)error_set(error, ERROR_STORE_MISSING, "There is no store in %s.", store->folder);
		goto out;
	}
	store->lock = place_lock(folder, store->folder, options->alone, error);
	if (store->lock < 0)
		goto out;
	result = place_look(there, folder, store->folder, PLACE_FILE, options->create, error);
out:
	(void)close(folder);
	return result;
}

int store_raise(struct store *store, bool copy, struct error *error)
{
	struct error none = { 0 };
	struct key_row row;
	int64_t version;
	bool empty;
	int result = -1;

	(void)pthread_mutex_lock(&store->mutex);
	if (query_script(store->db, "BEGIN IMMEDIATE", error) < 0 ||
		schema_read(&version, &empty, store->db, error) < 0)
		goto out;
	if (version == SCHEMA_VERSION) { /* somebody was faster */
		result = 0;
		goto out;
	}
	if (copy && !empty && copy_before(store, version, error) < 0)
		goto out;
	store_point(store, STORE_MIGRATION_COPIED);
	if (schema_raise(store->db, version, error) < 0)
		goto out;
	store_point(store, STORE_MIGRATION_RAISED);
	result = key_row_read(&row, store->db, &none);
	if (result < 0)
		*error = none;
	else if (result > 0)
		result = master_make(store, error);
	else if (result == 0)
		result = master_fetch(store, error);
	if (result == 0)
		result = audit_begin(store, version, error);
out:
	result = store_end(store, result, error);
	if (result == 0)
		store_point(store, STORE_MIGRATION_DONE);
	return result;
}

/* A rotation that was cut off after the database had its new key. That key is found anyway, so who can't put it in
 * place now may do so later. */
static void settle_key(struct store *store)
{
	struct error unused = { 0 };

	if (key_file_unsettled(&store->key->source, store->folder))
		(void)master_settle(store, &unused);
}

/* Two who switch the mode of a new database at once would wait for each other: SQLite tells one of them at once that
 * it is locked, whatever its patience. */
static int switch_to_wal(struct store *store, struct error *error)
{
	const struct timespec pause = { 0, WAL_PAUSE_MS * 1000000L };
	struct error failure;

	for (int tries = 0; tries < WAL_TRIES; tries++) {
		failure = (struct error){ .code = ERROR_NONE };
		if (query_script(store->db, "PRAGMA journal_mode = WAL", &failure) == 0)
			return 0;
		if (failure.code != ERROR_STORE_LOCKED)
			break;
		(void)nanosleep(&pause, NULL);
	}
	*error = failure;
	return -1;
}

static int open_store(struct store *store, const struct store_options *options, struct error *error)
{
	int64_t version;
	bool empty;
	bool there;

	if (find_file(&there, store, options, error) < 0 ||
		copy_connect(&store->db, store->path, true, error) < 0 ||
		schema_read(&version, &empty, store->db, error) < 0)
		return -1;
	if (empty && !options->create)
		return error_set(error, ERROR_STORE_MISSING, "There is no store in %s.", store->folder);
	if (switch_to_wal(store, error) < 0)
		return -1;
	if (version < SCHEMA_VERSION && store_raise(store, true, error) < 0)
		return -1;
	if (store->key->version == 0 && master_fetch(store, error) < 0)
		return -1;
	settle_key(store);
	prune_daily(store);
	return 0;
}

int store_open(struct store **out, const struct store_options *options, struct error *error)
{
	struct store *store = NULL;

	if (store_make(&store, options, error) < 0)
		return -1;
	if (open_store(store, options, error) < 0) {
		store_close(store);
		return -1;
	}
	*out = store;
	return 0;
}
