#include "config.h"

#include "store/names.h"

#include "base/text.h"
#include "store/inside.h"
#include "store/query.h"

#include <stdio.h>
#include <string.h>

#define ALPHANUMERIC "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

int name_check(const char *name, struct error *error)
{
	size_t length = strlen(name);
	char shown[STORE_NAME_SIZE + 16];

	text_clean(shown, sizeof shown, name, length);
	if (length == 0)
		return error_set(error, ERROR_BAD_NAME, "The name is empty.");
	if (length >= STORE_NAME_SIZE)
		return error_set(error, ERROR_BAD_NAME, "The name %s… is longer than %d characters.", shown,
			STORE_NAME_SIZE - 1);
	if (!strchr(ALPHANUMERIC, name[0]) || strspn(name, ALPHANUMERIC "._-") != length)
		return error_set(error, ERROR_BAD_NAME, "'%s' can't be a name.", shown);
	if (length == STORE_ID_SIZE - 1 && strspn(name, "0123456789abcdef") == length)
		return error_set(error, ERROR_BAD_NAME, "The name %s looks like an id.", name);
	return 0;
}

struct search {
	const char *name;
	char best[STORE_NAME_SIZE];
	size_t least; /* its distance; what is not nearer is not like the name */
};

static int compare(void *context, sqlite3_stmt *row, struct error *error)
{
	struct search *search = context;
	const char *other = (const char *)sqlite3_column_text(row, 0);
	size_t distance = other ? text_distance(search->name, other) : search->least;

	(void)error;
	if (distance < search->least) {
		search->least = distance;
		(void)snprintf(search->best, sizeof search->best, "%s", other);
	}
	return 0;
}

int name_unknown(struct store *store, enum error_code code, const char *what, const char *name,
	const char *sql, struct error *error)
{
	struct search search = { .name = name, .least = 2 + strlen(name) / 3 };
	char shown[STORE_NAME_SIZE + 16];

	if (query_each(store->db, sql, BIND_NOTHING, compare, &search, error) < 0)
		return -1;
	text_clean(shown, sizeof shown, name, strlen(name));
	(void)error_set(error, code, "There is no %s '%s' in %s.", what, shown, store->folder);
	return search.best[0] ? error_hint(error, "Do you mean %s?", search.best) : -1;
}
