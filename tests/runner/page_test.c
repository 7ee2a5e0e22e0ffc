#include "config.h"

#include "runner/page.h"

#include "check_main.h"
#include "record/reader.h"
#include "runner/reading.h"

#include <malloc.h>
#include <stdio.h>
#include <string.h>

#define ROWS(array_) \
	{ \
		(array_), sizeof(array_) / sizeof((array_)[0]), sizeof((array_)[0]) \
	}

static const struct muster_map id_rows[] = { MUSTER_COPY("id", "/id") };
static const struct muster_paging next_rows[] = {
	{ .from = "/pagination/nextPath", .kind = MUSTER_NEXT_LINK },
	{ .from = "/pagination/afterKey", .to = "cursor", .kind = MUSTER_CURSOR },
};
static const struct map_options plain;

static const struct muster_action list = {
	.records = "/data", .key = "id", .map = ROWS(id_rows), .paging = ROWS(next_rows)
};
static const struct muster_action object = {
	.records = "/data", .key = "id", .map = ROWS(id_rows), .result = MUSTER_OBJECT
};
static const struct muster_paging stop_rows[] = {
	{ .from = "/next", .kind = MUSTER_NEXT_LINK, .flags = MUSTER_STOP_WHEN_EMPTY },
};
static const struct muster_action stopping = {
	.records = "/data", .key = "id", .map = ROWS(id_rows), .paging = ROWS(stop_rows)
};
static const struct muster_action whole = { .key = "id", .map = ROWS(id_rows) };

struct page_case {
	const struct muster_action *action;
	const char *body;
	const char *records; /* or the message */
	const char *link;    /* NULL: an error; "": the last page */
};

static const struct page_case pages[] = {
	{ &list, "{\"data\":[{\"id\":1},{\"id\":2}]}", "[\"1\"] {\"id\":\"1\"}\n[\"2\"] {\"id\":\"2\"}\n",
		"" },
	{ &list, "{\"data\":[]}", "", "" },
	{ &list, "{\"data\":null}", "", "" },
	{ &list, " { \"x\" : [ { \"data\" : 1 } ] , \"data\" : [ { \"id\" : \"a\" } ] } \n",
		"[\"a\"] {\"id\":\"a\"}\n", "" },
	{ &list, "{\"\\u0064ata\":[{\"id\":1}]}", "[\"1\"] {\"id\":\"1\"}\n", "" },
	{ &whole, "[{\"id\":1}]", "[\"1\"] {\"id\":\"1\"}\n", "" },
	{ &whole, "null", "", "" },
	{ &object, "{\"meta\":{},\"data\":{\"id\":1}}", "[\"1\"] {\"id\":\"1\"}\n", "" },
	{ &object, "{\"data\":null}", "", "" },

	/* Paging values before and after the records, and what counts as not there. */
	{ &list, "{\"data\":[{\"id\":1}],\"pagination\":{\"nextPath\":\"/x?c=1\",\"afterKey\":\"k\"}}",
		"[\"1\"] {\"id\":\"1\"}\n", "/pagination/nextPath /x?c=1" },
	{ &list, "{\"pagination\":{\"afterKey\":\"k\"},\"data\":[{\"id\":1}]}", "[\"1\"] {\"id\":\"1\"}\n",
		"/pagination/afterKey k" },
	{ &list, "{\"pagination\":{\"nextPath\":null,\"afterKey\":12},\"data\":[]}", "",
		"/pagination/afterKey 12" },
	{ &list, "{\"pagination\":{\"nextPath\":\"\",\"afterKey\":\"\"},\"data\":[]}", "", "" },
	{ &list, "{\"pagination\":null,\"data\":[]}", "", "" },
	{ &list, "{\"data\":[],\"pagination\":{\"nextPath\":\"\\u002fx\\/\\u00eb\"}}", "",
		"/pagination/nextPath /x/\xC3\xAB" },

	/* An empty page may lead on and be the last nevertheless. */
	{ &stopping, "{\"next\":\"/x\",\"data\":[{\"id\":1}]}", "[\"1\"] {\"id\":\"1\"}\n", "/next /x" },
	{ &stopping, "{\"data\":[{\"id\":1}],\"next\":\"/x\"}", "[\"1\"] {\"id\":\"1\"}\n", "/next /x" },
	{ &stopping, "{\"next\":\"/x\",\"data\":[]}", "", "" },
	{ &stopping, "{\"data\":[],\"next\":\"/x\"}", "", "" },
	{ &stopping, "{\"data\":[{\"id\":1}]}", "[\"1\"] {\"id\":\"1\"}\n", "" },

	{ &list, "{\"dat\":[]}", "The answer has no /data, where its records should be.", NULL },
	{ &list, "[]", "The answer has no /data, where its records should be.", NULL },
	{ &list, "17", "The answer has no /data, where its records should be.", NULL },
	{ &list, "{\"data\":\"x\"}", "The answer is wrong at byte 8: /data is no list of records.", NULL },
	{ &list, "{\"data\":{\"id\":1}}", "The answer is wrong at byte 8: /data is no list of records.",
		NULL },
	{ &list, "{\"data\":[7]}", "The answer is wrong at byte 9: /data holds what is no record.", NULL },
	{ &list, "{\"data\":[[]]}", "The answer is wrong at byte 9: /data holds what is no record.", NULL },
	{ &object, "{\"data\":[]}", "The answer is wrong at byte 8: /data is no object.", NULL },
	{ &whole, "{}", "The answer is wrong at byte 0: it is no list of records.", NULL },
	{ &list, "{\"data\":[],\"data\":[]}",
		"The answer is wrong at byte 11: duplicate_key, 'data' occurs twice.", NULL },
	{ &list, "{\"data\":[],\"pagination\":{\"nextPath\":{}}}",
		"The answer is wrong at byte 36: /pagination/nextPath is no text that leads to a next page.",
		NULL },
	{ &list, "{\"data\":[],\"pagination\":{\"nextPath\":true}}",
		"The answer is wrong at byte 36: /pagination/nextPath is no text that leads to a next page.",
		NULL },
	{ &list, "{\"data\":[],\"x\":[1,]}", "The JSON of the answer is wrong at byte 18: unexpected_byte.",
		NULL },
	{ &list, "{\"data\":[{\"id\":1,\"x\":tru}]}",
		"The JSON of the answer is wrong at byte 21: bad_literal.", NULL },
	{ &list, "{\"data\":[]}}", "The JSON of the answer is wrong at byte 11: trailing_bytes.", NULL },
	{ &list, "{\"data\":[{\"id\":1}", "The JSON of the answer is wrong at byte 17: truncated.", NULL },
	{ &list, "", "The JSON of the answer is wrong at byte 0: empty.", NULL },
	{ &list, "{\"data\":[{\"id\":\"\xFF\"}]}", "The JSON of the answer is wrong at byte 16: bad_utf8.",
		NULL },
};

START_TEST(bodies_become_records_or_errors)
{
	const struct page_case *page = &pages[_i];
	struct reading reading;

	reading_init(&reading);
	reading_all(&reading, page->action, &plain, page->body, strlen(page->body));
	if (page->link) {
		ck_assert_msg(reading.result == 0, "%s: %s", page->body, reading.message);
		ck_assert_str_eq(reading.text.data, page->records);
		ck_assert_str_eq(reading.link, page->link);
		ck_assert_int_eq((int)reading.next, (int)(*page->link ? PAGE_NEXT_KNOWN : PAGE_NEXT_NONE));
	} else {
		ck_assert_int_eq(reading.result, -1);
		ck_assert_str_eq(reading.message, page->records);
		ck_assert_int_eq((int)reading.code, (int)ERROR_MALFORMED_BODY);
	}
	reading_clear(&reading);
}
END_TEST

static void read_whole(
	struct reading *reading, const struct muster_action *action, const char *body, size_t length)
{
	struct error error = { .code = ERROR_NONE };
	struct page *page = NULL;

	ck_assert_int_eq(page_new(&page, action, &plain, &error), 0);
	reading_body(reading, page, body, length, (struct reading_cut){ 65536, 65536 });
	page_free(page);
}

START_TEST(the_next_page_is_known_early)
{
	static const char before[] =
		"{\"pagination\":{\"nextPath\":\"/2\"},\"data\":[{\"id\":1},{\"id\":2}]}";
	static const char second[] = "{\"pagination\":{\"afterKey\":\"k\"},\"data\":[{\"id\":1},{\"id\":2}]}";
	struct reading reading;

	reading_init(&reading);
	read_whole(&reading, &list, before, sizeof before - 1);
	ck_assert_uint_eq(reading.early, 0);
	/* The first row may yet come, and it would win. */
	read_whole(&reading, &list, second, sizeof second - 1);
	ck_assert_uint_eq(reading.early, 2);
	ck_assert_str_eq(reading.link, "/pagination/afterKey k");
	/* Where there is no paging, nothing follows, and that is known at once. */
	read_whole(&reading, &whole, "[{\"id\":1}]", 10);
	ck_assert_uint_eq(reading.early, 0);
	ck_assert_int_eq((int)reading.next, (int)PAGE_NEXT_NONE);
	reading_clear(&reading);
}
END_TEST

START_TEST(a_paging_value_has_a_limit)
{
	struct buffer body = BUFFER_INIT(SIZE_MAX);
	struct reading reading;

	ck_assert_int_eq(
		buffer_format(&body, "{\"data\":[],\"pagination\":{\"nextPath\":\"%0*d\"}}", 8193, 0), 0);
	reading_init(&reading);
	read_whole(&reading, &list, body.data, body.length);
	ck_assert_str_eq(reading.message,
		"The answer is wrong at byte 36: /pagination/nextPath is too long for a next page.");
	reading_clear(&reading);
	buffer_clear(&body);
}
END_TEST

START_TEST(records_have_a_limit)
{
	static const char head[] = "{\"data\":[{\"id\":1,\"x\":\"";
	struct buffer body = BUFFER_INIT(SIZE_MAX);
	struct reading reading;
	char *room;

	ck_assert_int_eq(buffer_append_text(&body, head), 0);
	ck_assert_int_eq(buffer_reserve(&room, &body, READER_RECORD_LIMIT + 1000), 0);
	memset(room, 'x', READER_RECORD_LIMIT);
	body.length += READER_RECORD_LIMIT;
	ck_assert_int_eq(buffer_append_text(&body, "\"}]}"), 0);
	reading_init(&reading);
	read_whole(&reading, &list, body.data, body.length);
	ck_assert_int_eq((int)reading.code, (int)ERROR_RECORD_TOO_LARGE);
	ck_assert_ptr_nonnull(strstr(reading.message, "byte 9 "));
	/* One byte less of everything but the string: it just fits. */
	memmove(body.data + sizeof head - 1, body.data + sizeof head - 1 + 16,
		body.length - 16 - sizeof head + 1);
	body.length -= 16;
	read_whole(&reading, &list, body.data, body.length);
	ck_assert_msg(reading.result == 0, "%s", reading.message);
	reading_clear(&reading);
	buffer_clear(&body);
}
END_TEST

START_TEST(a_mapped_record_has_a_limit)
{
	static const struct muster_map rows[] = {
		MUSTER_COPY("a", "/x"),
		MUSTER_COPY("b", "/x"),
		MUSTER_COPY("c", "/x"),
		MUSTER_COPY("id", "/id"),
	};
	struct muster_action action = { .key = "id", .map = ROWS(rows), .result = MUSTER_OBJECT };
	struct buffer body = BUFFER_INIT(SIZE_MAX);
	struct reading reading;

	reading_init(&reading);
	for (int size = 1500000; size <= 3500000; size += 1000000) {
		body.length = 0;
		ck_assert_int_eq(buffer_format(&body, "{\"id\":1,\"x\":\"%0*d\"}", size, 0), 0);
		read_whole(&reading, &action, body.data, body.length);
		ck_assert_int_eq((int)reading.code, (int)ERROR_RECORD_TOO_LARGE);
		ck_assert_str_eq(
			reading.message, "The record at byte 0 of the answer is too large when mapped.");
	}
	reading_clear(&reading);
	buffer_clear(&body);
}
END_TEST

#define CHUNK 200000u
#define PIECE 65537u

/* Records of odd lengths, so that pieces cut them everywhere. */
static void make_chunk(struct buffer *chunk, uint64_t *made)
{
	chunk->length = 0;
	if (*made == 0)
		ck_assert_int_eq(buffer_append_text(chunk, "{\"data\":["), 0);
	while (chunk->length < CHUNK) {
		ck_assert_int_eq(buffer_format(chunk, "%s{\"id\":%llu,\"pad\":\"%0*d\"}", *made ? "," : "",
					 (unsigned long long)*made, 700 + (int)(*made % 97), 0),
			0);
		++*made;
	}
}

/* Feeds it piece by piece, and expects ids that count on. */
static void read_chunk(uint64_t *read, struct page *page, const struct buffer *chunk, bool last)
{
	struct error error = { .code = ERROR_NONE };
	struct map_record record;
	int result = 0;

	for (size_t at = 0; at < chunk->length; at += PIECE) {
		size_t piece = chunk->length - at < PIECE ? chunk->length - at : PIECE;
		page_feed(page, chunk->data + at, piece, last && at + piece == chunk->length);
		while ((result = page_read(&record, page, &error)) > 0) {
			char expected[64];
			int size = snprintf(
				expected, sizeof expected, "[\"%llu\"]", (unsigned long long)(*read)++);
			ck_assert_uint_eq(record.key_length, (size_t)size);
			ck_assert_mem_eq(record.key, expected, record.key_length);
		}
		ck_assert_msg(result == 0, "%s", error.message);
	}
}

/* 300 MB in one page, made as they are read. */
START_TEST(a_large_page_takes_no_more_memory)
{
	static char tail[] = "],\"pagination\":{\"nextPath\":\"/2\"}}";
	const struct buffer end = { tail, strlen(tail), sizeof tail, sizeof tail };
	struct error error = { .code = ERROR_NONE };
	struct buffer chunks[2] = { BUFFER_INIT(SIZE_MAX), BUFFER_INIT(SIZE_MAX) };
	uint64_t bytes = 0, made = 0, read = 0;
	const struct muster_paging *row;
	struct page *page = NULL;
	const char *text;
	size_t length;
	size_t before = mallinfo2().uordblks;

	ck_assert_int_eq(page_new(&page, &list, &plain, &error), 0);
	page_begin(page);
	for (unsigned i = 0; bytes < 300u * 1000 * 1000; i++) {
		/* A piece must stay until the next one was fed. */
		make_chunk(&chunks[i % 2], &made);
		read_chunk(&read, page, &chunks[i % 2], false);
		bytes += chunks[i % 2].length;
	}
	read_chunk(&read, page, &end, true);
	ck_assert_uint_eq(read, made);
	ck_assert_int_eq((int)page_next(&row, &text, &length, page), (int)PAGE_NEXT_KNOWN);
	ck_assert_uint_eq(page_offset(page), bytes + end.length);
	/* The carry is reserved whole, at its first use. */
	ck_assert_uint_lt(mallinfo2().uordblks - before, READER_RECORD_LIMIT + 1024 * 1024);
	page_free(page);
	buffer_clear(&chunks[0]);
	buffer_clear(&chunks[1]);
}
END_TEST

START_TEST(pages_are_read_one_after_another)
{
	struct error error = { .code = ERROR_NONE };
	struct page *page = NULL;
	struct reading reading;
	struct reading_cut cut = { 3, 3 };

	reading_init(&reading);
	ck_assert_int_eq(page_new(&page, &list, &plain, &error), 0);
	reading_body(&reading, page, "{\"data\":[],\"pagination\":{\"nextPath\":\"/2\"}}", 42, cut);
	ck_assert_str_eq(reading.link, "/pagination/nextPath /2");
	reading_body(&reading, page, "{\"data\":[{\"id\":1},{\"id\":", 24, cut);
	ck_assert_int_eq(reading.result, -1);
	reading_body(&reading, page, "{\"data\":[{\"id\":7}]}", 19, cut);
	ck_assert_int_eq(reading.result, 0);
	ck_assert_str_eq(reading.text.data, "[\"7\"] {\"id\":\"7\"}\n");
	ck_assert_int_eq((int)reading.next, (int)PAGE_NEXT_NONE);
	reading_clear(&reading);
	page_free(page);
}
END_TEST

START_TEST(a_broken_page_stays_broken)
{
	struct error error = { .code = ERROR_NONE };
	struct map_record record;
	struct page *page = NULL;

	ck_assert_int_eq(page_new(&page, &list, &plain, &error), 0);
	page_begin(page);
	page_feed(page, "{\"data\":7}", 10, true);
	ck_assert_int_eq(page_read(&record, page, &error), -1);
	ck_assert_uint_eq(page_offset(page), 8);
	ck_assert_int_eq(page_read(&record, page, &error), -1);
	ck_assert_int_eq((int)error.code, (int)ERROR_INTERNAL);
	page_free(page);
}
END_TEST

START_TEST(pointers_must_not_meet)
{
	static const struct muster_paging inside[] = { { .from = "/data/0/next" } };
	struct muster_action action = list;
	struct error error = { .code = ERROR_NONE };
	struct page *page = NULL;

	action.paging = (struct muster_paging_rows)ROWS(inside);
	ck_assert_int_eq(page_new(&page, &action, &plain, &error), -1);
	ck_assert_int_eq((int)error.code, (int)ERROR_PLUGIN_REFUSED);
	action.records = "data";
	ck_assert_int_eq(page_new(&page, &action, &plain, &error), -1);
	ck_assert_str_eq(error.message, "'data' is no JSON pointer: it begins with '/'.");
}
END_TEST

static Suite *make_suite(void)
{
	Suite *suite = suite_create("page");
	TCase *tcase = tcase_create("page");

	tcase_set_timeout(tcase, 300);
	tcase_add_loop_test(tcase, bodies_become_records_or_errors, 0, sizeof pages / sizeof pages[0]);
	tcase_add_test(tcase, the_next_page_is_known_early);
	tcase_add_test(tcase, a_paging_value_has_a_limit);
	tcase_add_test(tcase, records_have_a_limit);
	tcase_add_test(tcase, a_mapped_record_has_a_limit);
	tcase_add_test(tcase, a_large_page_takes_no_more_memory);
	tcase_add_test(tcase, pages_are_read_one_after_another);
	tcase_add_test(tcase, a_broken_page_stays_broken);
	tcase_add_test(tcase, pointers_must_not_meet);
	suite_add_tcase(suite, tcase);
	return suite;
}

CHECK_MAIN(make_suite)
