#include "config.h"

#include "store/query.h"

#include "base/json.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* ---- What results mean ---------------------------------------------------------------------------- */

static int io_error(int result, int system_errno, const char *path, const char *text, struct error *error)
{
	if (system_errno == ENOSPC || system_errno == EDQUOT)
		return error_set(error, ERROR_STORE_FULL, "There is no space left to write %s.", path);
	if (system_errno == EROFS || system_errno == EACCES || system_errno == EPERM)
		return error_set(error, ERROR_STORE_READ_ONLY, "%s can't be written: %s.", path,
			strerror(system_errno));
	return error_set(error, ERROR_STORE_FAILED, "%s can't be used: %s (SQLite %d).", path, text, result);
}

int query_error_code(int result, int system_errno, const char *path, const char *text, struct error *error)
{
	switch (result & 0xff) {
	case SQLITE_NOMEM:
		return error_memory(error);
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
	case SQLITE_PROTOCOL:
		return error_set(error, ERROR_STORE_LOCKED, "%s is locked by another program.", path);
	case SQLITE_READONLY:
	case SQLITE_PERM:
		return error_set(error, ERROR_STORE_READ_ONLY, "%s can't be written.", path);
	case SQLITE_FULL:
		return error_set(error, ERROR_STORE_FULL, "There is no space left to write %s.", path);
	case SQLITE_CORRUPT:
		return error_set(error, ERROR_STORE_CORRUPT, "%s is damaged: %s.", path, text);
	case SQLITE_NOTADB:
		return error_set(error, ERROR_STORE_FOREIGN, "%s is no database.", path);
	default:
		return io_error(result, system_errno, path, text, error);
	}
}

int query_error(sqlite3 *db, struct error *error)
{
	const char *path = sqlite3_db_filename(db, "main");

	return query_error_code(sqlite3_extended_errcode(db), sqlite3_system_errno(db),
		path && path[0] ? path : "The database", sqlite3_errmsg(db), error);
}

/* ---- Statements ----------------------------------------------------------------------------------- */

static int bind_one(sqlite3_stmt *query, int at, const struct bind *value)
{
	char *text;

	if (value->kind == BIND_NUMBER)
		return sqlite3_bind_int64(query, at, value->number);
	if (value->kind == BIND_JSON) {
		if (!value->json || json_is_null(value->json))
			return sqlite3_bind_null(query, at);
		text = json_dumps(value->json, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY);
		return text ? sqlite3_bind_text(query, at, text, -1, free) : SQLITE_NOMEM;
	}
	if (!value->bytes)
		return sqlite3_bind_null(query, at);
	if (value->kind == BIND_TEXT)
		return sqlite3_bind_text(query, at, value->bytes, -1, SQLITE_TRANSIENT);
	if (value->length > INT_MAX)
		return SQLITE_TOOBIG;
	return sqlite3_bind_blob(query, at, value->bytes, (int)value->length, SQLITE_TRANSIENT);
}

int query_open(sqlite3_stmt **out, sqlite3 *db, const char *sql, const struct bind *values, size_t count,
	struct error *error)
{
	sqlite3_stmt *query = NULL;
	int result = sqlite3_prepare_v2(db, sql, -1, &query, NULL);

	if (result != SQLITE_OK)
		return query_error(db, error);
	for (size_t i = 0; result == SQLITE_OK && i < count; i++)
		result = bind_one(query, (int)i + 1, &values[i]);
	if (result != SQLITE_OK) {
		(void)sqlite3_finalize(query);
		return query_error_code(result, 0, "The database", sqlite3_errstr(result), error);
	}
	*out = query;
	return 0;
}

int query_step(sqlite3_stmt *query, struct error *error)
{
	switch (sqlite3_step(query)) {
	case SQLITE_ROW:
		return 1;
	case SQLITE_DONE:
		return 0;
	default:
		return query_error(sqlite3_db_handle(query), error);
	}
}

int query_each(sqlite3 *db, const char *sql, const struct bind *values, size_t count,
	int (*on_row)(void *context, sqlite3_stmt *row, struct error *error), void *context,
	struct error *error)
{
	sqlite3_stmt *query;
	int result;

	if (query_open(&query, db, sql, values, count, error) < 0)
		return -1;
	while ((result = query_step(query, error)) > 0)
		if (on_row(context, query, error) < 0) {
			result = -1;
			break;
		}
	(void)sqlite3_finalize(query);
	return result;
}

int query_run(sqlite3 *db, const char *sql, const struct bind *values, size_t count, struct error *error)
{
	sqlite3_stmt *query;
	int result;

	if (query_open(&query, db, sql, values, count, error) < 0)
		return -1;
	while ((result = query_step(query, error)) > 0)
		;
	(void)sqlite3_finalize(query);
	return result;
}

int query_number(int64_t *out, int64_t fallback, sqlite3 *db, const char *sql, const struct bind *values,
	size_t count, struct error *error)
{
	sqlite3_stmt *query;
	int result;

	if (query_open(&query, db, sql, values, count, error) < 0)
		return -1;
	result = query_step(query, error);
	if (result >= 0)
		*out = result > 0 ? sqlite3_column_int64(query, 0) : fallback;
	(void)sqlite3_finalize(query);
	return result < 0 ? -1 : 0;
}

int query_script(sqlite3 *db, const char *sql, struct error *error)
{
	return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : query_error(db, error);
}

/* ---- Columns -------------------------------------------------------------------------------------- */

static int corrupt(sqlite3_stmt *query, int column, struct error *error)
{
	return error_set(error, ERROR_STORE_CORRUPT, "%s is damaged: a value of %s can't be read.",
		sqlite3_db_filename(sqlite3_db_handle(query), "main"), sqlite3_column_name(query, column));
}

int query_text(char *out, size_t size, sqlite3_stmt *query, int column, struct error *error)
{
	const unsigned char *text = sqlite3_column_text(query, column);
	size_t length = (size_t)sqlite3_column_bytes(query, column);

	if (!text && sqlite3_column_type(query, column) != SQLITE_NULL)
		return error_memory(error);
	if (length >= size || (text && strlen((const char *)text) != length))
		return corrupt(query, column, error);
	if (text)
		memcpy(out, text, length);
	out[length] = '\0';
	return 0;
}

int query_json(json_t **out_new, sqlite3_stmt *query, int column, struct error *error)
{
	const unsigned char *text = sqlite3_column_text(query, column);
	json_t *value;

	if (!text && sqlite3_column_type(query, column) != SQLITE_NULL)
		return error_memory(error);
	if (!text) {
		*out_new = json_null();
		return 0;
	}
	/* Where jansson gets no memory its own error doesn't always say so. */
	errno = 0;
	value = json_loadb((const char *)text, (size_t)sqlite3_column_bytes(query, column),
		JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, NULL);
	if (!value && errno == ENOMEM)
		return error_memory(error);
	if (!value)
		return corrupt(query, column, error);
	*out_new = value;
	return 0;
}
