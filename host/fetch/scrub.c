#include "config.h"

#include "fetch/scrub.h"

#include "base/buffer.h"
#include "base/secrets.h"
#include "fetch/scrub_forms.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* How it finds many patterns fast: let the shortest have m bytes. Then every occurrence of any pattern
 * holds a whole block of 4 bytes that begins at a multiple of m - 3. So only those blocks are looked at,
 * each in a bitmap of all blocks that patterns have at their first m - 3 offsets. The lookups do not
 * depend on each other, and on clean text nearly none hits. */
enum {
	BLOCK = 4,
	WIDEST = 64 + BLOCK - 1, /* m at most, which bounds the table */
	PATTERNS = 4096,
	BITS = 1 << 16,
	BUCKETS = 1 << 12,
	CHUNK_LIMIT = 64 << 20,
};

struct pattern {
	char *bytes; /* owned */
	size_t length;
};

/* A block, and where in which pattern it stands. */
struct place {
	uint32_t block;
	uint32_t pattern;
	uint32_t offset;
	uint32_t next; /* in its bucket, plus 1; 0: none */
};

struct scrub {
	struct pattern *patterns;
	size_t count;
	struct place *places; /* NULL until the first feed */
	size_t place_count;
	size_t shortest; /* m */
	uint64_t bits[BITS / 64];
	uint64_t first[256 / 64]; /* the patterns' first bytes */
	uint32_t buckets[BUCKETS];
	struct buffer held;  /* what may begin a pattern, and the chunk behind it */
	size_t yielded;      /* bytes at its front that are out already */
	size_t masked;       /* bytes behind those that belong to a pattern that was found */
	struct buffer clean; /* a copy with asterisks */
};

/* One pass over the bytes finds what to hold back and whether there is anything to mask; only then a
 * second one masks, since it has to know what of a pattern that was found is held back. */
struct scan {
	const char *data;
	size_t length;
	size_t hold; /* from here on it may be the beginning of a pattern */
	bool found;
	bool masking;
	size_t masked_to; /* the end of what is masked and began before hold */
};

int scrub_new(struct scrub **out, struct error *error)
{
	struct scrub *scrub = calloc(1, sizeof *scrub);

	if (!scrub)
		return error_memory(error);
	buffer_init(&scrub->held, CHUNK_LIMIT);
	buffer_init(&scrub->clean, CHUNK_LIMIT);
	*out = scrub;
	return 0;
}

void scrub_free(struct scrub *scrub)
{
	if (!scrub)
		return;
	for (size_t i = 0; i < scrub->count; i++)
		secrets_bytes_free_take(scrub->patterns[i].bytes, scrub->patterns[i].length);
	free(scrub->patterns);
	secrets_bytes_free_take(scrub->places, scrub->place_count * sizeof scrub->places[0]);
	buffer_wipe(&scrub->held);
	buffer_clear(&scrub->clean);
	free(scrub);
}

/* ---- Patterns ----------------------------------------------------------------------------------------- */

static bool is_known(const struct scrub *scrub, const struct buffer *form)
{
	for (size_t i = 0; i < scrub->count; i++)
		if (scrub->patterns[i].length == form->length &&
			memcmp(scrub->patterns[i].bytes, form->data, form->length) == 0)
			return true;
	return false;
}

static int add_pattern(struct scrub *scrub, const struct buffer *form)
{
	struct pattern *patterns;
	char *bytes;

	if (form->length < SCRUB_SHORTEST || is_known(scrub, form))
		return 0;
	if (scrub->count == PATTERNS)
		return -1;
	patterns = reallocarray(scrub->patterns, scrub->count + 1, sizeof *patterns);
	if (!patterns)
		return -1;
	scrub->patterns = patterns;
	bytes = malloc(form->length);
	if (!bytes)
		return -1;
	memcpy(bytes, form->data, form->length);
	patterns[scrub->count++] = (struct pattern){ bytes, form->length };
	return 0;
}

int scrub_add(struct scrub *scrub, const char *secret, size_t length, struct error *error)
{
	struct buffer form = BUFFER_INIT(SCRUB_LONGEST * 8);
	int result = 0;

	if (length > SCRUB_LONGEST)
		return error_set(error, ERROR_BAD_FIELD, "A secret is longer than %d bytes.", SCRUB_LONGEST);
	for (unsigned i = 0; result == 0; i++) {
		form.length = 0;
		result = scrub_form(&form, secret, length, i);
		if (result == 0)
			result = add_pattern(scrub, &form);
		if (length < 8)
			break; /* its other forms would be found everywhere */
		if (i == 0 && scrub_form_is_plain(secret, length))
			i = SCRUB_FORM_BASE64 - 1;
	}
	buffer_wipe(&form);
	return result < 0 ? error_memory(error) : 0;
}

static uint32_t load(const char *bytes)
{
	uint32_t block;

	memcpy(&block, bytes, sizeof block);
	return block;
}

static uint32_t hash(uint32_t block)
{
	return block * 0x9E3779B1u >> 16;
}

static int prepare(struct scrub *scrub)
{
	size_t stride;

	scrub->shortest = WIDEST;
	for (size_t i = 0; i < scrub->count; i++)
		if (scrub->patterns[i].length < scrub->shortest)
			scrub->shortest = scrub->patterns[i].length;
	stride = scrub->shortest - BLOCK + 1;
	scrub->places = calloc(scrub->count * stride + 1, sizeof scrub->places[0]);
	if (!scrub->places)
		return -1;
	for (size_t i = 0; i < scrub->count; i++) {
		unsigned char begin = (unsigned char)scrub->patterns[i].bytes[0];
		scrub->first[begin / 64] |= UINT64_C(1) << begin % 64;
		for (size_t offset = 0; offset < stride; offset++) {
			uint32_t block = load(scrub->patterns[i].bytes + offset);
			uint32_t h = hash(block);
			uint32_t *bucket = &scrub->buckets[h % BUCKETS];
			scrub->bits[h / 64] |= UINT64_C(1) << h % 64;
			scrub->places[scrub->place_count++] =
				(struct place){ block, (uint32_t)i, (uint32_t)offset, *bucket };
			*bucket = (uint32_t)scrub->place_count;
		}
	}
	return 0;
}

/* ---- Scanning ------------------------------------------------------------------------------------------ */

static void mask(struct scrub *scrub, struct scan *scan, size_t from, size_t to)
{
	scan->found = true;
	if (!scan->masking || from >= scan->hold)
		return;
	memset(scrub->clean.data + from, '*', to - from);
	if (to > scan->masked_to)
		scan->masked_to = to;
}

/* A block of some pattern stands at this place: is the rest of it around? */
static void verify(struct scrub *scrub, struct scan *scan, size_t at)
{
	uint32_t block = load(scan->data + at);

	for (uint32_t i = scrub->buckets[hash(block) % BUCKETS]; i; i = scrub->places[i - 1].next) {
		const struct place *place = &scrub->places[i - 1];
		const struct pattern *pattern = &scrub->patterns[place->pattern];
		if (place->block != block || place->offset > at)
			continue;
		size_t from = at - place->offset;
		size_t there = scan->length - from;
		bool whole = there >= pattern->length;
		if (memcmp(scan->data + from, pattern->bytes, whole ? pattern->length : there) != 0)
			continue;
		if (whole)
			mask(scrub, scan, from, from + pattern->length);
		else if (from < scan->hold && !scan->masking)
			scan->hold = from;
	}
}

static uint64_t probe(const struct scrub *scrub, const char *bytes)
{
	uint32_t h = hash(load(bytes));

	return scrub->bits[h / 64] >> h % 64 & 1;
}

static void look(struct scrub *scrub, struct scan *scan)
{
	size_t stride = scrub->shortest - BLOCK + 1;
	const char *data = scan->data;
	size_t at = 0;

	for (; at + 3 * stride + BLOCK <= scan->length; at += 4 * stride) {
		const char *four = data + at;
		if ((probe(scrub, four) | probe(scrub, four + stride) | probe(scrub, four + 2 * stride) |
			    probe(scrub, four + 3 * stride)) == 0)
			continue;
		for (size_t i = 0; i < 4; i++)
			if (probe(scrub, four + i * stride))
				verify(scrub, scan, at + i * stride);
	}
	for (; at + BLOCK <= scan->length; at += stride)
		if (probe(scrub, data + at))
			verify(scrub, scan, at);
}

/* The last bytes are too few for a whole block of a pattern at a place that is looked at. */
static void look_at_end(struct scrub *scrub, struct scan *scan)
{
	size_t from = scan->length >= scrub->shortest ? scan->length - scrub->shortest + 1 : 0;

	for (; from < scan->hold; from++) {
		unsigned char begin = (unsigned char)scan->data[from];
		if ((scrub->first[begin / 64] >> begin % 64 & 1) == 0)
			continue;
		for (size_t i = 0; i < scrub->count; i++)
			if (memcmp(scan->data + from, scrub->patterns[i].bytes, scan->length - from) == 0) {
				scan->hold = from;
				return;
			}
	}
}

/* Both passes; what comes out is scan->data or scrub->clean up to scan->hold. Nothing is held back of the
 * last bytes. */
static int search(struct scrub *scrub, struct scan *scan, bool last)
{
	scan->hold = scan->length;
	look(scrub, scan);
	if (last)
		scan->hold = scan->length;
	else
		look_at_end(scrub, scan);
	scrub->clean.length = 0;
	if (scan->found || scrub->masked) {
		if (buffer_append(&scrub->clean, scan->data, scan->length) < 0)
			return -1;
		scan->masking = true;
		scan->masked_to = scrub->masked;
		memset(scrub->clean.data, '*', scrub->masked);
		look(scrub, scan);
	}
	scrub->masked = scan->masked_to > scan->hold ? scan->masked_to - scan->hold : 0;
	return 0;
}

int scrub_feed(const char **out, size_t *out_length, struct scrub *scrub, const char *bytes, size_t length,
	struct error *error)
{
	struct scan scan = { .data = bytes, .length = length };
	bool joined;

	*out = bytes;
	*out_length = length;
	if (scrub->count == 0)
		return 0;
	if (!scrub->places && prepare(scrub) < 0)
		return error_memory(error);
	buffer_consume(&scrub->held, scrub->yielded);
	scrub->yielded = 0;
	joined = scrub->held.length > 0;
	if (joined) {
		if (buffer_append(&scrub->held, bytes, length) < 0)
			return error_memory(error);
		scan.data = scrub->held.data;
		scan.length = scrub->held.length;
	}
	if (search(scrub, &scan, false) < 0)
		return error_memory(error);
	if (joined)
		scrub->yielded = scan.hold;
	else if (buffer_append(&scrub->held, bytes + scan.hold, length - scan.hold) < 0)
		return error_memory(error);
	*out = scan.masking ? scrub->clean.data : scan.data;
	*out_length = scan.hold;
	return 0;
}

void scrub_finish(const char **out, size_t *out_length, struct scrub *scrub)
{
	struct scan scan = { NULL };

	buffer_consume(&scrub->held, scrub->yielded);
	scrub->yielded = scrub->held.length;
	*out = "";
	*out_length = scrub->held.length;
	if (scrub->held.length == 0)
		return;
	scan.data = scrub->held.data;
	scan.length = scrub->held.length;
	if (search(scrub, &scan, true) < 0) {
		/* No memory to do it well. */
		memset(scrub->held.data, '*', scrub->held.length);
		scan.masking = false;
	}
	scrub->masked = 0;
	*out = scan.masking ? scrub->clean.data : scrub->held.data;
}

int scrub_text(struct scrub *scrub, char *text, size_t length, struct error *error)
{
	const char *part;
	size_t part_length;

	if (length == 0)
		return 0;
	if (scrub_feed(&part, &part_length, scrub, text, length, error) < 0)
		return -1;
	memmove(text, part, part_length);
	text += part_length;
	scrub_finish(&part, &part_length, scrub);
	memcpy(text, part, part_length);
	return 0;
}
