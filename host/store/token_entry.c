#include "config.h"

#include "store/token_entry.h"

#include <stdlib.h>
#include <string.h>

static const struct part {
	const char *name;
	const char *read;
	const char *write;
} parts[TOKEN_PART_COUNT] = {
#define PART(column) \
	{ \
#column, "SELECT " #column " FROM token WHERE account = ? AND auth = ?", \
			"UPDATE token SET " #column " = ? WHERE account = ? AND auth = ?" \
	}
	[TOKEN_ACCESS] = PART(access),
	[TOKEN_REFRESH] = PART(refresh),
	[TOKEN_SCOPE] = PART(scope),
	[TOKEN_ANSWER] = PART(answer),
#undef PART
};

static int load_account(
	struct token_entry *out, struct store *store, const char *account, struct error *error)
{
	sqlite3_stmt *query = NULL;
	char state[32] = "";
	int result = query_open(&query, store->db, "SELECT name, state, cause FROM account WHERE id = ?",
		BIND(bind_text(account)), error);

	if (result == 0)
		result = query_step(query, error);
	if (result == 0)
		result = error_set(error, ERROR_ACCOUNT_NOT_FOUND, "The account was unlinked.");
	else if (result > 0)
		result = query_text(out->name, sizeof out->name, query, 0, error);
	if (result == 0) {
		result = query_text(state, sizeof state, query, 1, error);
		out->needs_linking = strcmp(state, account_state_text(ACCOUNT_NEEDS_LINKING)) == 0;
		out->is_linked = strcmp(state, account_state_text(ACCOUNT_LINKED)) == 0;
	}
	if (result == 0)
		result = query_text(out->cause, sizeof out->cause, query, 2, error);
	(void)sqlite3_finalize(query);
	return result;
}

static int load_row(struct token_entry *out, struct store *store, struct error *error)
{
	static const char sql[] =
		"SELECT version, fence, lease_until_ms, obtained_ms, expires_ms, begun_ms, doubt_ms, retried,"
		" answer_fence, answer_status, access NOTNULL, refresh NOTNULL, scope NOTNULL, answer NOTNULL"
		" FROM token WHERE account = ? AND auth = ?";
	sqlite3_stmt *query = NULL;
	int result = query_open(
		&query, store->db, sql, BIND(bind_text(out->holder.id), bind_text(out->auth)), error);

	if (result == 0)
		result = query_step(query, error);
	if (result > 0) {
		out->version = (uint64_t)sqlite3_column_int64(query, 0);
		out->fence = (uint64_t)sqlite3_column_int64(query, 1);
		out->lease_until_ms = sqlite3_column_int64(query, 2);
		out->obtained_ms = sqlite3_column_int64(query, 3);
		out->expires_ms = sqlite3_column_int64(query, 4);
		out->begun_ms = sqlite3_column_int64(query, 5);
		out->doubt_ms = sqlite3_column_int64(query, 6);
		out->retried = sqlite3_column_int64(query, 7);
		out->answer_fence = (uint64_t)sqlite3_column_int64(query, 8);
		out->answer_status = sqlite3_column_int(query, 9);
		for (int i = 0; i < TOKEN_PART_COUNT; i++)
			out->has[i] = sqlite3_column_int(query, 10 + i) != 0;
	}
	(void)sqlite3_finalize(query);
	return result < 0 ? -1 : 0;
}

int token_entry_load(struct token_entry *out, struct store *store, const char *account, const char *auth,
	struct error *error)
{
	memset(out, 0, sizeof *out);
	out->auth = auth;
	if (load_account(out, store, account, error) < 0 ||
		holder_open(&out->holder, store, account, error) < 0)
		return -1;
	return load_row(out, store, error);
}

void token_entry_clear(struct token_entry *entry)
{
	holder_clear(&entry->holder);
}

int token_entry_save(const struct token_entry *entry, struct store *store, struct error *error)
{
	static const char sql[] =
		"INSERT INTO token (version, fence, lease_until_ms, obtained_ms, expires_ms, begun_ms, doubt_ms,"
		" retried, answer_fence, answer_status, account, auth) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
		" ON CONFLICT (account, auth) DO UPDATE SET version = excluded.version, fence = excluded.fence,"
		" lease_until_ms = excluded.lease_until_ms, obtained_ms = excluded.obtained_ms,"
		" expires_ms = excluded.expires_ms, begun_ms = excluded.begun_ms, doubt_ms = excluded.doubt_ms,"
		" retried = excluded.retried, answer_fence = excluded.answer_fence,"
		" answer_status = excluded.answer_status";

	return query_run(store->db, sql,
		BIND(bind_number((int64_t)entry->version), bind_number((int64_t)entry->fence),
			bind_number(entry->lease_until_ms), bind_number(entry->obtained_ms),
			bind_number(entry->expires_ms), bind_number(entry->begun_ms),
			bind_number(entry->doubt_ms), bind_number(entry->retried),
			bind_number((int64_t)entry->answer_fence), bind_number(entry->answer_status),
			bind_text(entry->holder.id), bind_text(entry->auth)),
		error);
}

int token_entry_seal(struct token_entry *entry, struct store *store, enum token_part part, const char *bytes,
	size_t length, struct error *error)
{
	struct sealed sealed = { NULL, 0 };
	char field[HOLDER_TOKEN_SIZE];
	int result = 0;

	if (!bytes && !entry->has[part])
		return 0;
	holder_token_field(field, entry->auth, parts[part].name);
	if (bytes)
		result = seal(&sealed, &entry->holder, field, bytes, length, error);
	if (result == 0)
		result = query_run(store->db, parts[part].write,
			BIND(bind_blob(sealed.bytes, sealed.length), bind_text(entry->holder.id),
				bind_text(entry->auth)),
			error);
	sealed_clear(&sealed);
	entry->has[part] = bytes != NULL;
	return result;
}

int token_entry_open(char **out_new, size_t *length, struct store *store, const struct token_entry *entry,
	enum token_part part, struct error *error)
{
	sqlite3_stmt *query = NULL;
	char field[HOLDER_TOKEN_SIZE];
	size_t ignored;
	int result;

	*out_new = NULL;
	if (!entry->has[part])
		return 0;
	holder_token_field(field, entry->auth, parts[part].name);
	result = query_open(&query, store->db, parts[part].read,
		BIND(bind_text(entry->holder.id), bind_text(entry->auth)), error);
	if (result == 0)
		result = query_step(query, error);
	if (result > 0)
		result = holder_column(
			out_new, length ? length : &ignored, &entry->holder, field, query, 0, error);
	(void)sqlite3_finalize(query);
	return result;
}
