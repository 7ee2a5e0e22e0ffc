#include "config.h"

#include "catalog/entries.h"

#include "base/secrets.h"

#include <stdlib.h>
#include <string.h>

static void entry_clear(struct entry *entry)
{
	free(entry->id);
	secrets_bytes_free_take(entry->text, entry->length);
	*entry = (struct entry){ 0 };
}

static struct entry *find(const struct entries *entries, const char *id)
{
	for (size_t i = 0; i < entries->count; i++)
		if (strcmp(entries->rows[i].id, id) == 0)
			return &entries->rows[i];
	return NULL;
}

static int grow(struct entries *entries)
{
	size_t capacity = entries->capacity ? 2 * entries->capacity : 8;
	struct entry *rows = reallocarray(entries->rows, capacity, sizeof *rows);

	if (!rows)
		return -1;
	entries->rows = rows;
	entries->capacity = capacity;
	return 0;
}

int entries_set(struct entries *entries, const char *id, const char *text, size_t length, bool literal,
	struct error *error)
{
	struct entry fresh = { strdup(id), malloc(length + 1), length, literal };
	struct entry *old = find(entries, id);

	if (fresh.text) {
		memcpy(fresh.text, text, length);
		fresh.text[length] = '\0';
	}
	if (!fresh.id || !fresh.text || (!old && entries->count == entries->capacity && grow(entries) < 0)) {
		entry_clear(&fresh);
		return error_memory(error);
	}
	if (old)
		entry_clear(old);
	else
		old = &entries->rows[entries->count++];
	*old = fresh;
	return 0;
}

const struct entry *entries_find(const struct entries *entries, const char *id)
{
	return find(entries, id);
}

const char *entries_text(const struct entries *entries, const char *id)
{
	const struct entry *entry = find(entries, id);

	return entry ? entry->text : NULL;
}

void entries_clear(struct entries *entries)
{
	for (size_t i = 0; i < entries->count; i++)
		entry_clear(&entries->rows[i]);
	free(entries->rows);
	*entries = (struct entries)ENTRIES_INIT;
}
