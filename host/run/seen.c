#include "config.h"

#include "run/seen.h"

#include <sodium.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { SLOT = 16, LEAST = 64 };

static const unsigned char empty[SLOT];

/* The slot of this hash, or the empty one where it belongs. The hash is its own random number. */
static size_t find(const struct seen_keys *keys, const unsigned char hash[SLOT])
{
	uint64_t start;
	size_t at;

	memcpy(&start, hash, sizeof start);
	at = (size_t)start & (keys->capacity - 1);
	while (memcmp(keys->slots[at], empty, SLOT) != 0 && memcmp(keys->slots[at], hash, SLOT) != 0)
		at = (at + 1) & (keys->capacity - 1);
	return at;
}

static bool has(const struct seen_keys *keys, const unsigned char hash[SLOT])
{
	return keys->capacity > 0 && memcmp(keys->slots[find(keys, hash)], hash, SLOT) == 0;
}

static int grow(struct seen_keys *keys)
{
	struct seen_keys more = { .capacity = keys->capacity ? 2 * keys->capacity : LEAST };

	if (more.capacity < keys->capacity)
		return -1;
	more.slots = calloc(more.capacity, SLOT);
	if (!more.slots)
		return -1;
	for (size_t i = 0; i < keys->capacity; i++)
		if (memcmp(keys->slots[i], empty, SLOT) != 0)
			memcpy(more.slots[find(&more, keys->slots[i])], keys->slots[i], SLOT);
	more.count = keys->count;
	free(keys->slots);
	*keys = more;
	return 0;
}

static int add(struct seen_keys *keys, const unsigned char hash[SLOT])
{
	if (keys->count >= keys->capacity / 2 && grow(keys) < 0)
		return -1;
	if (has(keys, hash))
		return 0;
	memcpy(keys->slots[find(keys, hash)], hash, SLOT);
	keys->count++;
	return 0;
}

int seen_note(bool *again, struct seen *seen, const char *key, size_t length, struct error *error)
{
	unsigned char hash[SLOT];

	if (crypto_generichash(hash, SLOT, (const unsigned char *)key, length, NULL, 0) != 0 ||
		add(&seen->now, hash) < 0)
		return error_memory(error);
	*again = has(&seen->last, hash);
	return 0;
}

void seen_turn(struct seen *seen)
{
	free(seen->last.slots);
	seen->last = seen->now;
	seen->now = (struct seen_keys){ .slots = NULL };
}

void seen_clear(struct seen *seen)
{
	seen_turn(seen);
	seen_turn(seen);
}
