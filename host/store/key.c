#include "config.h"

#include "store/key.h"

#include "store/master.h"
#include "store/place.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* ---- The row -------------------------------------------------------------------------------------- */

int key_row_read(struct key_row *out, sqlite3 *db, struct error *error)
{
	sqlite3_stmt *query;
	int result;

	if (query_open(&query, db,
		    "SELECT key_version, key_since_ms, key_fingerprint, key_source, key_salt FROM meta",
		    BIND_NOTHING, error) < 0)
		return -1;
	result = query_step(query, error);
	if (result > 0) {
		const void *salt = sqlite3_column_blob(query, 4);

		out->version = (uint64_t)sqlite3_column_int64(query, 0);
		out->since_ms = sqlite3_column_int64(query, 1);
		result = query_text(out->fingerprint, sizeof out->fingerprint, query, 2, error);
		if (result == 0)
			result = query_text(out->source, sizeof out->source, query, 3, error);
		if (result == 0 && (!salt || sqlite3_column_bytes(query, 4) != KEY_SALT_BYTES))
			result = error_set(error, ERROR_STORE_CORRUPT, "The salt of the key is damaged.");
		if (result == 0)
			memcpy(out->salt, salt, KEY_SALT_BYTES);
	} else if (result == 0) {
		result = 1;
	}
	(void)sqlite3_finalize(query);
	return result;
}

int key_row_write(sqlite3 *db, const struct key_row *row, struct error *error)
{
	return query_run(db,
		"INSERT INTO meta (id, key_version, key_since_ms, key_fingerprint, key_source, key_salt, pruned_ms,"
		" audit_number, audit_hash, audit_pruned, audit_pruned_hash)"
		" VALUES (1, ?, ?, ?, ?, ?, 0, 0, zeroblob(32), 0, zeroblob(32))"
		" ON CONFLICT (id) DO UPDATE SET key_version = excluded.key_version,"
		" key_since_ms = excluded.key_since_ms, key_fingerprint = excluded.key_fingerprint,"
		" key_source = excluded.key_source, key_salt = excluded.key_salt",
		BIND(bind_number((int64_t)row->version), bind_number(row->since_ms),
			bind_text(row->fingerprint), bind_text(row->source),
			bind_blob(row->salt, sizeof row->salt)),
		error);
}

/* ---- Fetching ------------------------------------------------------------------------------------- */

static bool is_the_key(const unsigned char key[SEAL_KEY_BYTES], const struct key_row *row)
{
	char fingerprint[KEY_FINGERPRINT_SIZE];

	key_fingerprint(fingerprint, key);
	return strcmp(fingerprint, row->fingerprint) == 0;
}

static void adopt(struct store *store, const unsigned char key[SEAL_KEY_BYTES], const struct key_row *row)
{
	memcpy(store->key->bytes, key, SEAL_KEY_BYTES);
	memcpy(store->key->fingerprint, row->fingerprint, sizeof row->fingerprint);
	store->key->version = row->version;
}

static int wrong_key(const struct store *store, const unsigned char key[SEAL_KEY_BYTES],
	const struct key_row *row, struct error *error)
{
	const char *source = key_kind_text(store->key->source.kind);
	char fingerprint[KEY_FINGERPRINT_SIZE];

	key_fingerprint(fingerprint, key);
	(void)error_set(error, ERROR_KEY_WRONG, "The key (%s, %s) is not that of %s (%s).", source,
		fingerprint, store->path, row->fingerprint);
	if (strcmp(source, row->source) != 0)
		(void)error_hint(error, "The key of this store came from a %s.", row->source);
	return -1;
}

/* 0: that is it; 1: it is another. */
static int try_source(struct store *store, struct key_row *row, struct error *error)
{
	unsigned char key[SEAL_KEY_BYTES];
	int result = key_row_read(row, store->db, error);

	if (result > 0)
		result = error_set(error, ERROR_STORE_CORRUPT, "%s is damaged: it has no key.", store->path);
	if (result == 0)
		result = key_source_read(key, &store->key->source, row->salt, error);
	if (result == 0 && !is_the_key(key, row)) {
		result = 1;
		(void)wrong_key(store, key, row, error);
	} else if (result == 0) {
		adopt(store, key, row);
	}
	sodium_memzero(key, sizeof key);
	return result;
}

/* The new key of a rotation that was cut off after the database had it. 0: that was it; 1: it was not. */
static int try_new_file(struct store *store, int folder, const struct key_row *row, struct error *error)
{
	unsigned char key[SEAL_KEY_BYTES];
	struct error unused = { 0 };
	int result = key_file_read(key, &store->key->source, KEY_FILE_NEW, &unused);

	if (result < 0 || (result == 0 && !is_the_key(key, row)))
		result = 1;
	if (result == 0 && (renameat(folder, KEY_FILE_NEW, folder, KEY_FILE_NAME) < 0 || fsync(folder) < 0))
		result = error_set(error, ERROR_KEY_UNREADABLE, "%s can't be put in place: %s.", KEY_FILE_NEW,
			strerror(errno));
	if (result == 0)
		adopt(store, key, row);
	sodium_memzero(key, sizeof key);
	return result;
}

/* With the folder locked nobody is between writing the database and putting the key file in place: if they still
 * don't fit each other, it is the matter of who was killed there. */
static int fetch_locked(struct store *store, struct error *error)
{
	struct error first = { 0 };
	struct key_row row;
	int folder = key_folder_open(&store->key->source, error);
	int result;

	if (folder < 0)
		return -1;
	if (place_flock(folder, true) < 0) {
		(void)close(folder);
		return error_set(
			error, ERROR_STORE_LOCKED, "Another process is rotating the key of %s.", store->path);
	}
	result = try_source(store, &row, &first);
	if (result != 0 && (first.code == ERROR_KEY_WRONG || first.code == ERROR_KEY_MISSING)) {
		result = try_new_file(store, folder, &row, error);
		if (result > 0)
			*error = first;
	} else if (result != 0) {
		*error = first;
	}
	(void)close(folder);
	return result == 0 ? 0 : -1;
}

int master_fetch(struct store *store, struct error *error)
{
	struct error first = { 0 };
	struct key_row row;
	int result;

	if (key_source_find(&store->key->source, error) < 0)
		return -1;
	result = try_source(store, &row, &first);
	if (result == 0)
		return 0;
	if (store->key->source.kind == KEY_FILE &&
		(first.code == ERROR_KEY_WRONG || first.code == ERROR_KEY_MISSING) &&
		access(store->key->source.folder, F_OK) == 0)
		return fetch_locked(store, error);
	*error = first;
	return -1;
}

/* ---- Making --------------------------------------------------------------------------------------- */

/* The key that is there; a key file is made where there is none. */
static int read_or_make(unsigned char key[SEAL_KEY_BYTES], const struct key_source *source,
	const unsigned char salt[KEY_SALT_BYTES], struct error *error)
{
	struct error missing = { 0 };

	if (key_source_read(key, source, salt, &missing) == 0)
		return 0;
	if (source->kind != KEY_FILE || missing.code != ERROR_KEY_MISSING) {
		*error = missing;
		return -1;
	}
	randombytes_buf(key, SEAL_KEY_BYTES);
	switch (key_file_make(source, KEY_FILE_NAME, key, error)) {
	case 0:
		return 0;
	case 1: /* somebody was faster */
		return key_source_read(key, source, salt, error);
	default:
		return -1;
	}
}

int master_make(struct store *store, struct error *error)
{
	struct key_row row = { .version = 1, .since_ms = store_now_ms(store) };
	unsigned char key[SEAL_KEY_BYTES];
	int result = -1;

	if (key_source_find(&store->key->source, error) < 0)
		return -1;
	randombytes_buf(row.salt, sizeof row.salt);
	if (read_or_make(key, &store->key->source, row.salt, error) < 0)
		goto out;
	key_fingerprint(row.fingerprint, key);
	(void)snprintf(row.source, sizeof row.source, "%s", key_kind_text(store->key->source.kind));
	if (key_row_write(store->db, &row, error) < 0)
		goto out;
	adopt(store, key, &row);
	result = 0;
out:
	sodium_memzero(key, sizeof key);
	return result;
}

/* ---- For the operator ----------------------------------------------------------------------------- */

int key_state(struct key_state *out, struct store *store, struct error *error)
{
	struct key_row row;
	int result;

	if (store_begin_read(store, error) < 0)
		return -1;
	result = key_row_read(&row, store->db, error);
	if (result > 0)
		result = error_set(error, ERROR_STORE_CORRUPT, "%s is damaged: it has no key.", store->path);
	if (store_end(store, result, error) < 0)
		return -1;
	*out = (struct key_state){ .version = row.version, .since_ms = row.since_ms };
	(void)snprintf(out->source, sizeof out->source, "%s", key_kind_text(store->key->source.kind));
	(void)snprintf(out->path, sizeof out->path, "%s", store->key->source.path);
	memcpy(out->fingerprint, row.fingerprint, sizeof out->fingerprint);
	return 0;
}
