/* Statements with bound values, and what SQLite's results mean. Values never stand in
 * the text of a statement. */
#ifndef MUSTER_STORE_QUERY_H
#define MUSTER_STORE_QUERY_H

#include "base/error.h"

#include <jansson.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One value to bind, borrowed until the statement has been made. */
struct bind {
	enum { BIND_TEXT, BIND_NUMBER, BIND_BLOB, BIND_JSON } kind;
	int64_t number;
	const void *bytes; /* NULL: the value is null */
	size_t length;
	const json_t *json; /* NULL or JSON's null: the value is null */
};

static inline struct bind bind_text(const char *text)
{
	return (struct bind){ .kind = BIND_TEXT, .bytes = text };
}

static inline struct bind bind_number(int64_t number)
{
	return (struct bind){ .kind = BIND_NUMBER, .number = number };
}

static inline struct bind bind_blob(const void *bytes, size_t length)
{
	return (struct bind){ .kind = BIND_BLOB, .bytes = bytes, .length = length };
}

static inline struct bind bind_json(const json_t *json)
{
	return (struct bind){ .kind = BIND_JSON, .json = json };
}

/* The values of a statement, in the order of its question marks: BIND(bind_text(id), bind_number(now)). */
#define BIND(...) \
	(const struct bind[]){ __VA_ARGS__ }, \
		sizeof((const struct bind[]){ __VA_ARGS__ }) / sizeof(struct bind)
#define BIND_NOTHING NULL, 0

/* Makes a statement and binds its values. The caller ends it with sqlite3_finalize(). */
int query_open(sqlite3_stmt **out, sqlite3 *db, const char *sql, const struct bind *values, size_t count,
	struct error *error);

/* 1: here is a row; 0: there are no more; -1: the error is set. */
int query_step(sqlite3_stmt *query, struct error *error);

/* Calls on_row for each row in turn, until there are no more, or it returns -1. */
int query_each(sqlite3 *db, const char *sql, const struct bind *values, size_t count,
	int (*on_row)(void *context, sqlite3_stmt *row, struct error *error), void *context,
	struct error *error);

/* A statement that yields nothing. */
int query_run(sqlite3 *db, const char *sql, const struct bind *values, size_t count, struct error *error);

/* A statement that yields one number; fallback if it yields no row. */
int query_number(int64_t *out, int64_t fallback, sqlite3 *db, const char *sql, const struct bind *values,
	size_t count, struct error *error);

/* Several statements without values. */
int query_script(sqlite3 *db, const char *sql, struct error *error);

/* Sets the error that the connection's last result means. Returns -1. */
int query_error(sqlite3 *db, struct error *error);

/* Sets the error that this result means (without a connection); path names the file. Returns -1. */
int query_error_code(int result, int system_errno, const char *path, const char *text, struct error *error);

/* Columns of the current row. A text that doesn't fit its array, or JSON that is none, is STORE_CORRUPT. */
int query_text(char *out, size_t size, sqlite3_stmt *query, int column, struct error *error);
int query_json(json_t **out_new, sqlite3_stmt *query, int column, struct error *error);

#endif
