/* What a person entered: ids and texts, wiped when no longer needed since some are secret. */
#ifndef MUSTER_CATALOG_ENTRIES_H
#define MUSTER_CATALOG_ENTRIES_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

struct entry {
	char *id;
	char *text; /* terminated; length counts bytes and shows a NUL in it */
	size_t length;
	bool literal; /* stood on the command line, where others could see it */
};

struct entries {
	struct entry *rows;
	size_t count;
	size_t capacity;
};

#define ENTRIES_INIT \
	{ \
		NULL, 0, 0 \
	}

/* Adds a copy; an id that is there already is replaced. Returns 0, or -1: no memory. */
int entries_set(struct entries *entries, const char *id, const char *text, size_t length, bool literal,
	struct error *error);

/* The entry of this id, or NULL. */
const struct entry *entries_find(const struct entries *entries, const char *id);

/* Its text, or NULL. */
const char *entries_text(const struct entries *entries, const char *id);

/* Wipes and frees all; the set is then empty and usable. */
void entries_clear(struct entries *entries);

#endif
