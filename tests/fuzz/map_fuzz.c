/* Bodies through page and map: however a body is cut, the same records, key and next page come out, or the
 * same error; and what comes out passes the host's own check. */
#include "config.h"

#include "base/buffer.h"
#include "record/check.h"
#include "record/reader.h"
#include "runner/page.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROWS(array_) \
	{ \
		(array_), sizeof(array_) / sizeof((array_)[0]), sizeof((array_)[0]) \
	}

static const struct muster_word words[] = { { "a", "active" }, { "\"", "inactive" } };
static const struct muster_map elements[] = {
	MUSTER_COPY("id", "/id"),
	MUSTER_COPY("deep", "/a/b"),
	MUSTER_WORDS("word", "/w", words),
	MUSTER_JOIN("joined", "/id /w"),
};
static const struct muster_map rows[] = {
	MUSTER_COPY("id", "/id"),
	MUSTER_COPY("whole", "/a"),
	MUSTER_COPY("part", "/a/b"),
	MUSTER_COPY("second", "/a/1"),
	MUSTER_COPY("odd", "/a~1b"),
	MUSTER_DATE("on", "/on"),
	MUSTER_DATE_TIME("at", "/at"),
	MUSTER_WORDS("word", "/w", words),
	MUSTER_PARAMETER("given", "p"),
	MUSTER_EACH("list", "/l", elements),
	MUSTER_CUSTOM("c", "C", "/c"),
	MUSTER_CUSTOM("d", "D \"d\"", "/id"),
};
static const struct muster_map kinds[] = {
	MUSTER_NUMBER("id", "/id"),
	MUSTER_ELEMENT("id", "/l", "/id", "a\"", "/a"),
	MUSTER_ELEMENT("element", "/l", "/a/b", "1", ""),
	MUSTER_EACH("list", "/l", elements),
	MUSTER_CONSTANT("constant", "\"c\""),
	MUSTER_AS_TEXT("text", "/t"),
	MUSTER_BOOLEAN("boolean", "/b"),
	MUSTER_DAY("day", "/at"),
	MUSTER_LOCAL_TIME("local", "/at"),
	MUSTER_LAST_DAY("last", "/at"),
	MUSTER_INNER("inner", "/o", elements),
	MUSTER_JOIN("joined", "/t /o/w /id"),
	MUSTER_WORDS("word", "/o/w", words),
	MUSTER_PARAMETER("word", "p"),
};
static const struct muster_map cells[] = {
	MUSTER_ELEMENT("id", "/cells", "/column", "id", "/cell"),
	MUSTER_EACH("list", "/cells", elements),
	MUSTER_CONSTANT("id", "none"),
};
static const struct muster_paging paging[] = {
	{ .from = "/n/a", .kind = MUSTER_NEXT_LINK },
	{ .from = "/c", .to = "c", .kind = MUSTER_CURSOR },
};
static const struct muster_argument parameters[] = { { "p", "p\n" } };
static const struct muster_action actions[] = {
	{ .records = "/data", .key = "id given", .map = ROWS(rows), .paging = ROWS(paging) },
	{ .records = "/data",
		.key = "id",
		.map = ROWS(rows),
		.paging = ROWS(paging),
		.result = MUSTER_OBJECT },
	{ .records = "", .key = "id word", .map = ROWS(rows) },
	{ .records = "", .key = "id", .map = ROWS(rows), .result = MUSTER_OBJECT },
	{ .records = "/data", .key = "id word", .map = ROWS(kinds), .paging = ROWS(paging) },
	{ .records = "/data",
		.columns = "/k",
		.key = "id",
		.map = ROWS(cells),
		.paging = ROWS(paging),
		.result = MUSTER_GRID },
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool held, const char *what)
{
	if (held)
		return;
	fprintf(stderr, "map_fuzz: %s\n", what);
	abort();
}

static void judge_key(const struct map_record *record, bool raw)
{
	json_t *key = json_loadb(record->key, record->key_length, JSON_ALLOW_NUL, NULL);
	size_t index;
	json_t *part;

	if (raw && record->key_length == 0)
		return;
	must(json_array_size(key) > 0, "a key is no list");
	json_array_foreach(key, index, part) must(json_is_string(part), "a part of a key is no text");
	json_decref(key);
}

static void judge_raw(const struct map_record *record)
{
	struct reader reader;
	enum reader_token token;

	reader_init(&reader, READER_RECORD_LIMIT);
	reader_feed(&reader, record->json, record->json_length, true);
	while ((token = reader_next(&reader)) != READER_END)
		must(token != READER_ERROR, "a raw record is broken");
	reader_clear(&reader);
}

static void judge(const struct map_record *record, bool raw)
{
	struct error error = { .code = ERROR_NONE };
	struct check check;

	judge_key(record, raw);
	if (raw) {
		judge_raw(record);
		return;
	}
	check_init(&check, NULL, READER_RECORD_LIMIT);
	must(check_record(&check, record->json, record->json_length, &error) == 0, error.message);
	check_clear(&check);
}

/* All that a page has to say, as one text. */
static void read_body(struct buffer *out, struct page *page, const char *body, size_t length, size_t first,
	size_t step, bool raw)
{
	struct error error = { .code = ERROR_NONE };
	const struct muster_paging *row;
	struct map_record record;
	const char *text;
	size_t text_length;
	size_t at = 0;
	int result;

	out->length = 0;
	page_begin(page);
	do {
		size_t piece = at == 0 && first ? first : step;
		piece = piece < length - at ? piece : length - at;
		page_feed(page, body + at, piece, at + piece == length);
		at += piece;
		while ((result = page_read(&record, page, &error)) > 0) {
			judge(&record, raw);
			must(buffer_append(out, record.key, record.key_length) == 0 &&
					buffer_append(out, record.json, record.json_length) == 0,
				"memory");
		}
	} while (result == 0 && at < length);
	if (result < 0)
		must(buffer_format(out, "%s", error.message) == 0, "memory");
	else if (page_next(&row, &text, &text_length, page) == PAGE_NEXT_KNOWN)
		must(buffer_append(out, text, text_length) == 0, "memory");
}

/* Each action's page, mapped and raw. They are made once: a page is meant to be used again. But a grid counts its
 * rows through all bodies. */
static struct page *page_at(size_t i)
{
	static struct page *pages[2 * sizeof actions / sizeof actions[0]];
	const struct map_options options = {
		.parameters = parameters, .parameter_count = 1, .raw = i % 2 == 1
	};
	struct error error = { .code = ERROR_NONE };

	if (actions[i / 2].result == MUSTER_GRID) {
		page_free(pages[i]);
		pages[i] = NULL;
	}
	if (!pages[i])
		must(page_new(&pages[i], &actions[i / 2], &options, &error) == 0, error.message);
	return pages[i];
}

static void compare(size_t i, const char *body, size_t length)
{
	struct buffer whole = BUFFER_INIT(SIZE_MAX);
	struct buffer cut = BUFFER_INIT(SIZE_MAX);
	size_t stride = length / 12 + 1;
	bool raw = i % 2 == 1;

	read_body(&whole, page_at(i), body, length, 0, length, raw);
	for (size_t step = 1; step <= 3; step += 2) {
		read_body(&cut, page_at(i), body, length, 0, step, raw);
		must(cut.length == whole.length &&
				(cut.length == 0 || memcmp(cut.data, whole.data, cut.length) == 0),
			"cut evenly");
	}
	for (size_t first = 1; first < length; first += stride) {
		read_body(&cut, page_at(i), body, length, first, length, raw);
		must(cut.length == whole.length &&
				(cut.length == 0 || memcmp(cut.data, whole.data, cut.length) == 0),
			"cut in two");
	}
	buffer_clear(&whole);
	buffer_clear(&cut);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	for (size_t i = 0; i < 2 * sizeof actions / sizeof actions[0]; i++)
		compare(i, (const char *)data, size);
	return 0;
}
