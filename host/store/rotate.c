/* A new master key, while others work. The new key is on disk before the database wants it, and the
 * old one until it doesn't: whatever moment the process dies at, the key of what is committed is
 * found by its fingerprint. */
#include "config.h"

#include "store/copy.h"
#include "store/key.h"
#include "store/key_file.h"
#include "store/master.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

struct rotation {
	unsigned char key[SEAL_KEY_BYTES]; /* the new one */
	struct key_row row;
};

/* The new key: given, or a random one where it is ours to keep. */
static int choose_key(struct rotation *rotation, const struct master_key *old, struct error *error)
{
	enum key_kind kind = old->source.kind;
	int result;

	randombytes_buf(rotation->row.salt, sizeof rotation->row.salt);
	result = key_source_read_new(rotation->key, kind, rotation->row.salt, error);
	if (result > 0 && kind == KEY_FILE) {
		randombytes_buf(rotation->key, sizeof rotation->key);
		result = 0;
	}
	if (result > 0) {
		(void)error_set(error, ERROR_KEY_MISSING, "There is no new key: this one comes from a %s.",
			key_kind_text(kind));
		return error_hint(error, "Give the new %s by MUSTER_NEW_KEY_FD.",
			kind == KEY_PASSPHRASE ? "passphrase" : "key");
	}
	if (result == 0 && sodium_memcmp(rotation->key, old->bytes, SEAL_KEY_BYTES) == 0)
		result = error_set(error, ERROR_KEY_WRONG, "The new key is the old one.");
	return result;
}

static int describe(struct rotation *rotation, const struct store *store, struct error *error)
{
	if (store->key->version == INT64_MAX)
		return error_set(error, ERROR_INTERNAL, "The key was rotated too often.");
	rotation->row.version = store->key->version + 1;
	rotation->row.since_ms = store_now_ms(store);
	key_fingerprint(rotation->row.fingerprint, rotation->key);
	(void)snprintf(rotation->row.source, sizeof rotation->row.source, "%s",
		key_kind_text(store->key->source.kind));
	return 0;
}

static int write_file(const struct rotation *rotation, struct store *store, struct error *error)
{
	char name[KEY_NAME_SIZE];

	if (store->key->source.kind != KEY_FILE)
		return 0;
	key_file_name(name, rotation->row.fingerprint);
	/* One that is there already holds the same key. */
	return key_file_make(&store->key->source, name, rotation->key, store->folder, error) < 0 ? -1 : 0;
}

/* ---- The data keys -------------------------------------------------------------------------------- */

static int wrap_all(const struct rotation *rotation, struct store *store, struct error *error)
{
	unsigned char wrapped[SEAL_WRAPPED_BYTES];
	struct holder holder = { .id = "" };
	int result;

	while ((result = holder_next(&holder, store, holder.id, error)) == 0) {
		seal_wrap(wrapped, &holder, rotation->key, rotation->row.version);
		result = query_run(store->db, "UPDATE data_key SET wrapped = ? WHERE holder = ?",
			BIND(bind_blob(wrapped, sizeof wrapped), bind_text(holder.id)), error);
		if (result < 0)
			break;
	}
	holder_clear(&holder);
	return result < 0 ? -1 : 0;
}

static int write_log(const struct rotation *rotation, struct store *store, struct error *error)
{
	json_t *detail =
		json_pack("{s:s, s:s}", "from", store->key->fingerprint, "to", rotation->row.fingerprint);
	int result = detail ? audit_write(store, "key_rotated", "", "", detail, error) : error_memory(error);

	json_decref(detail);
	return result;
}

/* ---- In order ------------------------------------------------------------------------------------- */

/* Inside of the transaction, to its end. From the commit on the new key is the key, whatever comes. */
static int rotate(struct rotation *rotation, struct store *store, struct error *error)
{
	if (choose_key(rotation, store->key, error) < 0 || describe(rotation, store, error) < 0 ||
		write_file(rotation, store, error) < 0)
		return -1;
	store_point(store, STORE_ROTATION_WRITTEN);
	if (write_log(rotation, store, error) < 0 || wrap_all(rotation, store, error) < 0 ||
		key_row_write(store->db, &rotation->row, error) < 0 || copy_forget(store, error) < 0)
		return -1;
	store_point(store, STORE_ROTATION_WRAPPED);
	if (query_script(store->db, "COMMIT", error) < 0)
		return -1;
	master_adopt(store->key, rotation->key, &rotation->row);
	store->scrub = true;
	store_point(store, STORE_ROTATION_COMMITTED);
	return 0;
}

/* The key file, and nobody rotates meanwhile. */
int master_settle(struct store *store, struct error *error)
{
	if (store->key->source.kind != KEY_FILE)
		return 0;
	if (store_begin(store, error) < 0)
		return -1;
	return store_end(store,
		key_file_settle(&store->key->source, store->key->fingerprint, store->folder, error), error);
}

int key_rotate(struct store *store, struct error *error)
{
	struct rotation rotation = { .row = { .version = 0 } };
	int result;

	if (store_begin(store, error) < 0)
		return -1;
	result = store_end(store, rotate(&rotation, store, error), error);
	if (result == 0 && master_settle(store, error) < 0)
		result =
			error_hint(error, "The new key is in force: it is in %s.", store->key->source.folder);
	if (result == 0)
		store_point(store, STORE_ROTATION_DONE);
	sodium_memzero(&rotation, sizeof rotation);
	return result;
}
