/* Rows of cells that become records by their columns, wherever these stand. */
#include "config.h"

#include "runner/grid.h"

#include "check_main.h"
#include "runner/page.h"
#include "runner/reading.h"

#include <stdlib.h>
#include <string.h>

#define ROWS(array_) \
	{ \
		(array_), sizeof(array_) / sizeof((array_)[0]), sizeof((array_)[0]) \
	}

static const struct muster_map cell_rows[] = { MUSTER_COPY("id", "/column/id"),
	MUSTER_COPY("value", "/cell") };
static const struct muster_map rows[] = {
	MUSTER_ELEMENT("id", "/cells", "/column/id", "person", "/cell"),
	MUSTER_ELEMENT("name", "/cells", "/column/id", "name", "/cell/value"),
	MUSTER_COPY("row", "/row"),
	MUSTER_EACH("values", "/cells", cell_rows),
};
static const struct muster_paging paging[] = {
	{ .from = "/next", .to = "after", .kind = MUSTER_CURSOR, .flags = MUSTER_STOP_WHEN_EMPTY },
};
static const struct muster_action grid = { .records = "/data/rows",
	.columns = "/data/columns",
	.key = "id",
	.map = ROWS(rows),
	.paging = ROWS(paging),
	.result = MUSTER_GRID };
static const struct map_options plain;

#define COLUMNS "\"columns\": [ {\"id\":\"person\"} , {\"id\":\"name\",\"x\":[1]}]"
#define TWO "\"rows\":[ [7,{\"value\":\"Zo\\u00eb\"}] , [ \"8\" , null ]]"
#define MAPPED \
	"[\"7\"] {\"id\":\"7\",\"name\":\"Zo\\u00eb\",\"row\":1,\"values\":[{\"id\":\"person\",\"value\":7},{\"id\":\"name\"," \
	"\"value\":{\"value\":\"Zo\\u00eb\"}}]}\n" \
	"[\"8\"] {\"id\":\"8\",\"row\":2,\"values\":[{\"id\":\"person\",\"value\":\"8\"},{\"id\":\"name\",\"value\":null}]}\n"

static const struct {
	const char *body;
	const char *records; /* or the message */
	const char *link;    /* NULL: an error */
} bodies[] = {
	{ "{\"data\":{" COLUMNS "," TWO "}}", MAPPED, "" },
	{ "{\"data\":{" TWO "," COLUMNS "}}", MAPPED, "" },
	{ "{\"next\":\"c\",\"data\":{" TWO ",\"x\":{}," COLUMNS "},\"y\":[1]} ", MAPPED, "/next c" },
	{ "{\"data\":{" COLUMNS "," TWO "},\"next\":\"c\"}", MAPPED, "/next c" },
	{ "{\"data\":{" TWO "," COLUMNS "},\"next\":\"c\"}", MAPPED, "/next c" },
	{ "{\"next\":\"c\",\"data\":{\"rows\":[]," COLUMNS "}}", "", "" },
	{ "{\"next\":\"c\",\"data\":{\"rows\":[]}}", "", "" },
	{ "{\"data\":{" COLUMNS ",\"rows\":null}}", "", "" },
	{ "{\"data\":{\"rows\":null,\"columns\":null}}", "", "" },

	{ "{\"data\":{" COLUMNS "}}", "The answer has no /data/rows, where its records should be.", NULL },
	{ "{\"data\":{\"rows\":[[1]]}}", "The answer has no /data/columns, where its columns should be.",
		NULL },
	{ "{\"data\":{\"columns\":null,\"rows\":[[1]]}}",
		"The answer has no /data/columns, where its columns should be.", NULL },
	{ "{\"data\":{\"columns\":{},\"rows\":[]}}",
		"The answer is wrong at byte 19: /data/columns is no list of columns.", NULL },
	{ "{\"data\":{\"columns\":[1],\"rows\":{}}}",
		"The answer is wrong at byte 30: /data/rows is no list of records.", NULL },
	{ "{\"data\":{\"columns\":[1],\"rows\":[{}]}}",
		"The answer is wrong at byte 31: /data/rows holds what is no row.", NULL },
	{ "{\"data\":{\"rows\":[{}],\"columns\":[1]}}",
		"The answer is wrong at byte 17: /data/rows holds what is no row.", NULL },
	{ "{\"data\":{\"columns\":[1,2],\"rows\":[[1,2],[1]]}}",
		"The row at byte 33, made a record: The record at byte 0 of the answer has no text in /cells, and "
		"its key needs 'id'.",
		NULL },
	{ "{\"data\":{\"columns\":[{\"id\":\"person\"},2],\"rows\":[[1]]}}",
		"The answer is wrong at byte 47: a row of /data/rows has fewer cells than there are columns, 2.",
		NULL },
	{ "{\"data\":{\"rows\":[[1,2,3]],\"columns\":[{\"id\":\"person\"},2]}}",
		"The answer is wrong at byte 17: a row of /data/rows has more cells than there are columns, 2.",
		NULL },
	{ "{\"data\":{\"columns\":[],\"rows\":[[1]]}}",
		"The answer is wrong at byte 30: a row of /data/rows has more cells than there are columns, 0.",
		NULL },
	{ "{\"data\":{\"columns\":[1,],\"rows\":[]}}",
		"The JSON of the answer is wrong at byte 22: unexpected_byte.", NULL },
	{ "{\"data\":{\"columns\":[1],\"rows\":[[1,]]}}",
		"The JSON of the answer is wrong at byte 34: unexpected_byte.", NULL },
	{ "{\"data\":{\"rows\":[[1,]],\"columns\":[1]}}",
		"The JSON of the answer is wrong at byte 20: unexpected_byte.", NULL },
	{ "{\"data\":{\"rows\":[[1]],\"columns\":[1]}",
		"The JSON of the answer is wrong at byte 36: truncated.", NULL },
};

START_TEST(rows_become_records_or_errors)
{
	struct reading reading;

	reading_init(&reading);
	reading_all(&reading, &grid, &plain, bodies[_i].body, strlen(bodies[_i].body));
	if (bodies[_i].link) {
		ck_assert_msg(reading.result == 0, "%s: %s", bodies[_i].body, reading.message);
		ck_assert_str_eq(reading.text.data, bodies[_i].records);
		ck_assert_str_eq(reading.link, bodies[_i].link);
	} else {
		ck_assert_int_eq(reading.result, -1);
		ck_assert_str_eq(reading.message, bodies[_i].records);
		ck_assert_int_eq((int)reading.code, (int)ERROR_MALFORMED_BODY);
	}
	reading_clear(&reading);
}
END_TEST

START_TEST(rows_may_stay_raw)
{
	static const char body[] =
		"{\"data\":{\"rows\":[[ 1 , [ 2 ] ]],\"columns\":[ {\"id\" : \"person\"},null]}}";
	const struct map_options raw = { .raw = true };
	struct reading reading;

	reading_init(&reading);
	reading_all(&reading, &grid, &raw, body, strlen(body));
	ck_assert_str_eq(reading.text.data,
		"[\"1\"] {\"row\":1,\"cells\":[{\"column\":{\"id\":\"person\"},\"cell\":1},"
		"{\"column\":null,\"cell\":[2]}]}\n");
	reading_clear(&reading);
}
END_TEST

START_TEST(rows_are_counted_over_all_pages)
{
	static const char *const pages[] = { "{\"data\":{" COLUMNS ",\"rows\":[[1,0],[2,0]]}}",
		"{\"data\":{\"rows\":[[3,0]]," COLUMNS "}}" };
	struct error error = { .code = ERROR_NONE };
	struct page *page = NULL;
	struct reading reading;

	ck_assert_int_eq(page_new(&page, &grid, &plain, &error), 0);
	for (int i = 0; i < 2; i++) {
		reading_init(&reading);
		reading_body(&reading, page, pages[i], strlen(pages[i]), (struct reading_cut){ 9, 9 });
		ck_assert_int_eq(reading.result, 0);
		ck_assert_ptr_nonnull(strstr(reading.text.data, i ? "\"row\":3," : "\"row\":2,"));
		reading_clear(&reading);
	}
	page_free(page);
}
END_TEST

/* A body of so many rows, the columns before or after them. */
static void make_body(struct buffer *body, size_t count, bool columns_first)
{
	buffer_init(body, SIZE_MAX);
	ck_assert_int_eq(buffer_format(body, "{\"data\":{%s\"rows\":[", columns_first ? COLUMNS "," : ""), 0);
	for (size_t i = 0; i < count; i++)
		ck_assert_int_eq(
			buffer_format(body, "%s[%zu,{\"value\":\"%0*d\"}]", i ? "," : "", i, 1000, 0), 0);
	ck_assert_int_eq(buffer_format(body, "]%s}}", columns_first ? "" : "," COLUMNS), 0);
}

static void read_large(struct reading *reading, size_t count, bool columns_first, size_t step)
{
	struct error error = { .code = ERROR_NONE };
	struct page *page = NULL;
	struct buffer body;

	make_body(&body, count, columns_first);
	ck_assert_int_eq(page_new(&page, &grid, &plain, &error), 0);
	reading_init(reading);
	reading_body(reading, page, body.data, body.length, (struct reading_cut){ step, step });
	page_free(page);
	buffer_clear(&body);
}

START_TEST(what_must_be_kept_has_a_limit)
{
	static const size_t steps[] = { 65536, 64 << 20 };
	struct reading reading;

	for (size_t i = 0; i < 2; i++) {
		read_large(&reading, 16000, false, steps[i]);
		ck_assert_int_eq(reading.result, 0);
		ck_assert_uint_eq(reading.records, 16000);
		reading_clear(&reading);
		read_large(&reading, 17000, false, steps[i]);
		ck_assert_int_eq(reading.result, -1);
		ck_assert_int_eq((int)reading.code, (int)ERROR_BODY_TOO_LARGE);
		ck_assert_uint_eq(reading.records, 0);
		reading_clear(&reading);
		read_large(&reading, 17000, true, steps[i]);
		ck_assert_int_eq(reading.result, 0);
		ck_assert_uint_eq(reading.records, 17000);
		reading_clear(&reading);
	}
}
END_TEST

static void expect_large(const char *body, size_t length, const char *message)
{
	struct error error = { .code = ERROR_NONE };
	struct page *page = NULL;
	struct reading reading;

	ck_assert_int_eq(page_new(&page, &grid, &plain, &error), 0);
	reading_init(&reading);
	reading_body(&reading, page, body, length, (struct reading_cut){ 65536, 65536 });
	ck_assert_int_eq((int)reading.code, (int)ERROR_RECORD_TOO_LARGE);
	ck_assert_str_eq(reading.message, message);
	reading_clear(&reading);
	page_free(page);
}

START_TEST(columns_and_rows_have_limits)
{
	struct buffer body = BUFFER_INIT(SIZE_MAX);

	ck_assert_int_eq(buffer_append_text(&body, "{\"data\":{\"columns\":[0"), 0);
	for (int i = 0; i < GRID_COLUMN_LIMIT; i++)
		ck_assert_int_eq(buffer_append_text(&body, ",0"), 0);
	ck_assert_int_eq(buffer_append_text(&body, "]}}"), 0);
	expect_large(body.data, body.length, "The answer has more than 4096 columns at /data/columns.");

	body.length = 0;
	ck_assert_int_eq(
		buffer_format(&body, "{\"data\":{\"columns\":[\"%0*d\",\"%0*d\"]}}", 3 << 20, 0, 3 << 20, 0),
		0);
	expect_large(body.data, body.length,
		"The answer's columns at /data/columns are larger than 4194304 bytes.");

	body.length = 0;
	ck_assert_int_eq(buffer_format(&body, "{\"data\":{\"columns\":[1,2],\"rows\":[[\"%0*d\",\"%0*d\"]]}}",
				 3 << 20, 0, 3 << 20, 0),
		0);
	expect_large(body.data, body.length,
		"The row at byte 33 of the answer is too large when it is made a record.");
	buffer_clear(&body);
}
END_TEST

START_TEST(a_grid_needs_columns)
{
	struct muster_action action = grid;
	struct error error = { .code = ERROR_NONE };
	struct page *page = NULL;

	action.columns = NULL;
	ck_assert_int_eq(page_new(&page, &action, &plain, &error), -1);
	ck_assert_int_eq((int)error.code, (int)ERROR_PLUGIN_REFUSED);
	action.columns = action.records;
	ck_assert_int_eq(page_new(&page, &action, &plain, &error), -1);
	ck_assert_int_eq((int)error.code, (int)ERROR_PLUGIN_REFUSED);
}
END_TEST

static Suite *make_suite(void)
{
	Suite *suite = suite_create("grid");
	TCase *tcase = tcase_create("grid");

	tcase_set_timeout(tcase, 300);
	tcase_add_loop_test(tcase, rows_become_records_or_errors, 0, (int)(sizeof bodies / sizeof bodies[0]));
	tcase_add_test(tcase, rows_may_stay_raw);
	tcase_add_test(tcase, rows_are_counted_over_all_pages);
	tcase_add_test(tcase, what_must_be_kept_has_a_limit);
	tcase_add_test(tcase, columns_and_rows_have_limits);
	tcase_add_test(tcase, a_grid_needs_columns);
	suite_add_tcase(suite, tcase);
	return suite;
}

CHECK_MAIN(make_suite)
