/* Holders: who has a data key, and what is sealed under it. */
#include "config.h"

#include "base/secrets.h"
#include "store/inside.h"
#include "store/master.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int holder_make(struct holder *out, struct store *store, const char *id, struct error *error)
{
	unsigned char wrapped[SEAL_WRAPPED_BYTES];
	struct holder holder = { .version = 0 };
	int64_t version;
	int result = -1;

	memcpy(holder.id, id, strnlen(id, sizeof holder.id - 1));
	if (query_number(&version, 0, store->db, "SELECT version FROM data_key WHERE holder = ?",
		    BIND(bind_text(id)), error) < 0 ||
		holder_destroy(store, id, error) < 0)
		return -1;
	holder.version = (uint64_t)version + 1;
	randombytes_buf(holder.key, sizeof holder.key);
	seal_wrap(wrapped, &holder, store->key->bytes, store->key->version);
	result = query_run(store->db, "INSERT INTO data_key (holder, version, wrapped) VALUES (?, ?, ?)",
		BIND(bind_text(id), bind_number((int64_t)holder.version), bind_blob(wrapped, sizeof wrapped)),
		error);
	if (result == 0)
		*out = holder;
	holder_clear(&holder);
	return result;
}

int holder_open(struct holder *out, struct store *store, const char *id, struct error *error)
{
	struct holder holder = { .version = 0 };
	sqlite3_stmt *query;
	int result;

	if (query_open(&query, store->db, "SELECT version, wrapped FROM data_key WHERE holder = ?",
		    BIND(bind_text(id)), error) < 0)
		return -1;
	memcpy(holder.id, id, strnlen(id, sizeof holder.id - 1));
	result = query_step(query, error);
	if (result == 0)
		result = error_set(error, ERROR_STORE_CORRUPT, "%s has no data key.", id);
	if (result > 0) {
		holder.version = (uint64_t)sqlite3_column_int64(query, 0);
		result = seal_unwrap(&holder, sqlite3_column_blob(query, 1),
			(size_t)sqlite3_column_bytes(query, 1), store->key->bytes, store->key->version,
			error);
	}
	(void)sqlite3_finalize(query);
	if (result == 0)
		*out = holder;
	holder_clear(&holder);
	return result;
}

int holder_next(struct holder *out, struct store *store, const char *after, struct error *error)
{
	char id[SEAL_HOLDER_SIZE];
	sqlite3_stmt *query;
	int result;

	if (query_open(&query, store->db, "SELECT min(holder) FROM data_key WHERE holder > ?",
		    BIND(bind_text(after)), error) < 0)
		return -1;
	result = query_step(query, error);
	if (result > 0)
		result = query_text(id, sizeof id, query, 0, error);
	(void)sqlite3_finalize(query);
	if (result < 0)
		return -1;
	return id[0] ? holder_open(out, store, id, error) : 1;
}

int holder_check_all(struct store *store, struct error *error)
{
	struct holder holder = { .id = "" };
	int result;

	while ((result = holder_next(&holder, store, holder.id, error)) == 0)
		;
	holder_clear(&holder);
	return result < 0 ? -1 : 0;
}

int holder_destroy(struct store *store, const char *id, struct error *error)
{
	/* What was sealed under it goes by the foreign key. */
	if (query_run(store->db, "DELETE FROM data_key WHERE holder = ?", BIND(bind_text(id)), error) < 0)
		return -1;
	if (sqlite3_changes(store->db) > 0)
		store->scrub = true;
	return 0;
}

int holder_put(struct store *store, const struct holder *holder, const json_t *secrets, struct error *error)
{
	const char *field;
	json_t *value;

	/* jansson's macro has no const. */
	json_object_foreach((json_t *)(uintptr_t)secrets, field, value)
	{
		struct sealed sealed;
		int result;

		if (!json_is_string(value))
			return error_set(error, ERROR_INTERNAL, "The secret %s is no text.", field);
		if (seal(&sealed, holder, field, json_string_value(value), json_string_length(value), error) <
			0)
			return -1;
		result = query_run(store->db,
			"INSERT OR REPLACE INTO secret (holder, field, sealed) VALUES (?, ?, ?)",
			BIND(bind_text(holder->id), bind_text(field), bind_blob(sealed.bytes, sealed.length)),
			error);
		sealed_clear(&sealed);
		if (result < 0)
			return -1;
	}
	return 0;
}

int holder_column(char **out, size_t *length, const struct holder *holder, const char *field,
	sqlite3_stmt *query, int column, struct error *error)
{
	const void *bytes = sqlite3_column_blob(query, column);

	if (!bytes) {
		*out = NULL;
		*length = 0;
		return 0;
	}
	return unseal(out, length, holder, field, bytes, (size_t)sqlite3_column_bytes(query, column), error);
}

void holder_token_field(char out[HOLDER_TOKEN_SIZE], const char *auth, const char *what)
{
	(void)snprintf(out, HOLDER_TOKEN_SIZE, "token.%s.%s", auth, what);
}

struct unsealing {
	const struct holder *holder;
	json_t *secrets;
};

static int take_secret(void *context, sqlite3_stmt *row, struct error *error)
{
	const struct unsealing *unsealing = context;
	char field[256];
	char *text = NULL;
	size_t length = 0;
	int result = 0;

	if (query_text(field, sizeof field, row, 0, error) < 0 ||
		holder_column(&text, &length, unsealing->holder, field, row, 1, error) < 0)
		return -1;
	if (json_object_set_new(unsealing->secrets, field, json_stringn(text ? text : "", length)) < 0)
		result = error_memory(error);
	secrets_bytes_free_take(text, length);
	return result;
}

int holder_secrets(json_t **out_new, struct store *store, const char *id, struct error *error)
{
	struct holder holder;
	struct unsealing unsealing = { .holder = &holder };
	int result;

	if (holder_open(&holder, store, id, error) < 0)
		return -1;
	unsealing.secrets = json_object();
	result = unsealing.secrets
			 ? query_each(store->db, "SELECT field, sealed FROM secret WHERE holder = ?",
				   BIND(bind_text(id)), take_secret, &unsealing, error)
			 : error_memory(error);
	if (result == 0)
		*out_new = unsealing.secrets;
	else
		secrets_free_take(unsealing.secrets);
	holder_clear(&holder);
	return result;
}

static int take_field(void *fields, sqlite3_stmt *row, struct error *error)
{
	json_t *field = json_string((const char *)sqlite3_column_text(row, 0));

	return json_array_append_new(fields, field) < 0 ? error_memory(error) : 0;
}

int holder_fields(json_t **out_new, struct store *store, const char *id, struct error *error)
{
	json_t *fields = json_array();

	if (!fields)
		return error_memory(error);
	if (query_each(store->db, "SELECT field FROM secret WHERE holder = ? ORDER BY field",
		    BIND(bind_text(id)), take_field, fields, error) < 0) {
		json_decref(fields);
		return -1;
	}
	*out_new = fields;
	return 0;
}
