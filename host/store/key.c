#include "config.h"

#include "store/key.h"

#include "base/paths.h"
#include "store/key_file.h"
#include "store/master.h"
#include "store/place.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define FETCH_TRIES 3

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
		/* It becomes the name of a file. */
		if (result == 0 && strspn(out->fingerprint, "0123456789abcdef-") != strlen(out->fingerprint))
			result = error_set(
				error, ERROR_STORE_CORRUPT, "The fingerprint of the key is damaged.");
		if (result == 0 && (!salt || sqlite3_column_bytes(query, 4) != KEY_SALT_BYTES))
			result = error_set(error, ERROR_STORE_CORRUPT, "The salt of the key is damaged.");
		if (result == 0)
			memcpy(out->salt, salt, KEY_SALT_BYTES);
	} else if (result == 0) {
		result = 1;
		(void)error_set(error, ERROR_STORE_CORRUPT, "%s is damaged: it has no key.",
			sqlite3_db_filename(db, "main"));
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

void master_adopt(
	struct master_key *master, const unsigned char key[SEAL_KEY_BYTES], const struct key_row *row)
{
	memcpy(master->bytes, key, SEAL_KEY_BYTES);
	memcpy(master->fingerprint, row->fingerprint, sizeof row->fingerprint);
	master->version = row->version;
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
		(void)error_hint(error, "The key of this store came from: %s.", row->source);
	return -1;
}

/* Beside the key file: a new key that has not taken its place yet, or that of a further store. 1: there is none. */
static int read_beside(unsigned char key[SEAL_KEY_BYTES], struct key_source *source,
	const struct key_row *row, struct error *error)
{
	char name[KEY_NAME_SIZE];
	int result;

	if (source->kind != KEY_FILE)
		return 1;
	key_file_name(name, row->fingerprint);
	result = key_file_read(key, NULL, source, name, error);
	if (result == 0 && !is_the_key(key, row))
		result = 1;
	if (result == 0 && paths_join(source->path, sizeof source->path, source->folder, name) < 0)
		result = error_set(error, ERROR_KEY_UNREADABLE, "The path of the key file is too long.");
	return result;
}

/* 0: that is it; 1: it is another, or there is none, and the error says so; -1. */
static int try_source(struct store *store, struct error *error)
{
	unsigned char key[SEAL_KEY_BYTES];
	struct key_source *source = &store->key->source;
	struct error first = { 0 };
	struct key_row row;
	int result;

	if (key_source_find(source, error) < 0 || key_row_read(&row, store->db, error) != 0)
		return -1;
	result = key_source_read(key, source, row.salt, &first);
	if (result < 0 && first.code == ERROR_KEY_MISSING)
		result = 1;
	if (result == 0 && !is_the_key(key, &row)) {
		(void)wrong_key(store, key, &row, &first);
		result = 1;
	}
	if (result > 0)
		result = read_beside(key, source, &row, error);
	if (result == 0)
		master_adopt(store->key, key, &row);
	else if (first.code != ERROR_NONE)
		*error = first;
	sodium_memzero(key, sizeof key);
	return result;
}

int master_fetch(struct store *store, struct error *error)
{
	struct error last = { 0 };
	int result = 1;

	/* Another process may rotate the key between our reading the row and the file. */
	for (int tries = 0; result > 0 && tries < FETCH_TRIES; tries++) {
		last = (struct error){ 0 };
		result = try_source(store, &last);
		if (store->key->source.kind != KEY_FILE)
			break;
	}
	if (result == 0)
		return 0;
	*error = last;
	return -1;
}

/* ---- Making --------------------------------------------------------------------------------------- */

/* Is that the data directory of another store? */
static bool is_other_store(const char *owner, const struct store *store)
{
	char path[PATH_MAX];

	return owner[0] == '/' && strcmp(owner, store->folder) != 0 &&
	       paths_join(path, sizeof path, owner, PLACE_FILE) == 0 && access(path, F_OK) == 0;
}

/* The key file, which is made where there is none; one that was made for another store stays that one's. */
static int make_file(unsigned char key[SEAL_KEY_BYTES], struct store *store, struct error *error)
{
	struct key_source *source = &store->key->source;
	char fingerprint[KEY_FINGERPRINT_SIZE];
	char name[KEY_NAME_SIZE] = KEY_FILE_NAME;
	char owner[PATH_MAX];
	int result = key_file_read(key, owner, source, KEY_FILE_NAME, error);

	if (result < 0 || (result == 0 && !is_other_store(owner, store)))
		return result;
	randombytes_buf(key, SEAL_KEY_BYTES);
	key_fingerprint(fingerprint, key);
	if (result == 0)
		key_file_name(name, fingerprint);
	if (paths_join(source->path, sizeof source->path, source->folder, name) < 0)
		return error_set(error, ERROR_KEY_UNREADABLE, "The path of the key file is too long.");
	return key_file_make(source, name, key, store->folder, error);
}

int master_make(struct store *store, struct error *error)
{
	struct key_row row = { .version = 1, .since_ms = store_now_ms(store) };
	struct key_source *source = &store->key->source;
	unsigned char key[SEAL_KEY_BYTES];
	int result = -1;

	if (key_source_find(source, error) < 0)
		return -1;
	randombytes_buf(row.salt, sizeof row.salt);
	if (source->kind == KEY_FILE) {
		result = make_file(key, store, error);
		if (result > 0) /* another store was faster */
			result = make_file(key, store, error);
	} else {
		result = key_source_read(key, source, row.salt, error);
	}
	if (result == 0) {
		key_fingerprint(row.fingerprint, key);
		(void)snprintf(row.source, sizeof row.source, "%s", key_kind_text(source->kind));
		result = key_row_write(store->db, &row, error);
	}
	if (result == 0)
		master_adopt(store->key, key, &row);
	sodium_memzero(key, sizeof key);
	return result == 0 ? 0 : -1;
}

/* ---- For the operator ----------------------------------------------------------------------------- */

bool key_is_followed(void)
{
	struct error unused = { 0 };
	struct key_source source;

	return key_source_find(&source, &unused) == 0 && source.kind == KEY_FILE;
}

int key_state(struct key_state *out, struct store *store, struct error *error)
{
	const struct key_source *source = &store->key->source;
	struct key_state state = { .version = 0 };
	struct key_row row;
	int result;

	if (store_begin_read(store, error) < 0)
		return -1;
	result = key_row_read(&row, store->db, error);
	if (result == 0) {
		state.version = row.version;
		state.since_ms = row.since_ms;
		(void)snprintf(state.source, sizeof state.source, "%s", key_kind_text(source->kind));
		(void)snprintf(state.path, sizeof state.path, "%s", source->path);
		memcpy(state.fingerprint, row.fingerprint, sizeof state.fingerprint);
	}
	if (store_end(store, result, error) < 0)
		return -1;
	*out = state;
	return 0;
}
