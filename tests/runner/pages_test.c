/* Mode run, over the wire: the ways of paging that count, stop or take a link apart, and grids. */
#include "config.h"

#include "check_main.h"
#include "runner/drive.h"

#include <string.h>

#define NUMBERED "https://api.example.com/v1/numbered"
#define HIDDEN "https://api.example.com/v1/owners/-/hidden"

static void start(struct drive *drive, json_t *message)
{
	(void)json_object_set_new(message, "mode", json_string("run"));
	drive_start(drive, "pages");
	drive_hello(drive, message);
	json_decref(drive_expect(drive, WIRE_HELLO));
	(void)drive_log(drive, 1);
}

/* The number of pages is believed as it changes, and not further than it says. */
START_TEST(pages_are_counted)
{
	struct drive drive;

	start(&drive, json_pack("{s:s, s:{s:s, s:s, s:s}}", "action", "list_numbered", "parameters", "id",
			      "1,2", "status", "a,b c", "since", "2026-12-31"));
	drive_answer(&drive, 1, 200, "{\"data\":[{\"id\":1}],\"pages\":2}", 1000);
	(void)drive_log(&drive, 4);
	drive_answer(&drive, 2, 200, "{\"pages\":\"3\",\"data\":[{\"id\":2}]}", 7);
	(void)drive_log(&drive, 7);
	drive_answer(&drive, 3, 200, "{\"pages\":3,\"data\":[{\"id\":3}]}", 1000);
	ck_assert_ptr_nonnull(strstr(drive_log(&drive, 10), "done\n"));
	ck_assert_str_eq(drive.log.data,
		"request 1 template GET " NUMBERED
		"?id%5B%5D=1&id%5B%5D=2&status=a%2Cb%20c&from=31%2F12%2F2026"
		"&per_page=100\n"
		"request 2 number GET " NUMBERED "?id%5B%5D=1&id%5B%5D=2&status=a%2Cb%20c&from=31%2F12%2F2026"
		"&per_page=100&page=2\n"
		"record [\"1\"] {\"id\":\"1\"}\n"
		"page 1 1\n"
		"request 3 number GET " NUMBERED "?id%5B%5D=1&id%5B%5D=2&status=a%2Cb%20c&from=31%2F12%2F2026"
		"&per_page=100&page=3\n"
		"record [\"2\"] {\"id\":\"2\"}\n"
		"page 2 1\n"
		"record [\"3\"] {\"id\":\"3\"}\n"
		"page 3 1\n"
		"done\n");
	drive_end(&drive);
}
END_TEST

START_TEST(an_empty_page_is_the_last)
{
	struct drive drive;

	start(&drive, json_pack("{s:s}", "action", "list_numbered"));
	drive_answer(&drive, 1, 200, "{\"pages\":9,\"data\":[]}", 1000);
	ck_assert_str_eq(drive_log(&drive, 3), "request 1 template GET " NUMBERED "?per_page=100\n"
					       "page 1 0\n"
					       "done\n");
	drive_end(&drive);
}
END_TEST

START_TEST(counting_goes_wrong)
{
	struct drive drive;

	start(&drive, json_pack("{s:s}", "action", "list_numbered"));
	drive_answer(&drive, 1, 200, "{\"data\":[{\"id\":1}],\"pages\":\"all\"}", 1000);
	ck_assert_ptr_nonnull(strstr(drive_log(&drive, 99),
		"failed malformed_body@-1 The answer does not say how many pages there are.\n"));
	drive_end(&drive);

	start(&drive, json_pack("{s:s}", "action", "list_numbered"));
	for (unsigned page = 1; page <= 3; page++) {
		drive_answer(&drive, page, 200, "{\"pages\":4,\"data\":[{\"id\":1}]}", 1000);
		(void)drive_log(&drive, 1 + 3 * page);
	}
	ck_assert_ptr_nonnull(
		strstr(drive_log(&drive, 99), "failed too_many_pages@-1 There are more than 3 pages.\n"));
	drive_end(&drive);
}
END_TEST

/* A path has its default; of a link to wherever only the cursor counts. */
START_TEST(cursors_are_taken_out_of_links)
{
	struct drive drive;

	start(&drive, json_pack("{s:s}", "action", "list_hidden"));
	drive_answer(&drive, 1, 200,
		"{\"data\":[{\"id\":\"a\"}],\"next\":\"https://elsewhere.example/v2?cursor=x%2By&limit=1\"}",
		1000);
	(void)drive_log(&drive, 4);
	drive_answer(&drive, 2, 200, "{\"data\":[{\"id\":\"b\"}],\"next\":null}", 1000);
	ck_assert_str_eq(drive_log(&drive, 7), "request 1 template GET " HIDDEN "?limit=50\n"
					       "request 2 cursor GET " HIDDEN "?limit=50&cursor=x%2By\n"
					       "record [\"a\"] {\"id\":\"a\"}\n"
					       "page 1 1\n"
					       "record [\"b\"] {\"id\":\"b\"}\n"
					       "page 2 1\n"
					       "done\n");
	drive_end(&drive);
}
END_TEST

static const char columns[] = "\"columns\":[{\"key\":\"name\"},{\"key\":\"id\"}]";

START_TEST(rows_become_records)
{
	for (int first = 0; first < 2; first++) {
		struct drive drive;
		struct buffer body = BUFFER_INIT(4096);

		ck_assert_int_eq(
			buffer_format(&body, "{%s%s\"rows\":[[\"A\",1],[\"B\",2]]%s%s}", first ? columns : "",
				first ? "," : "", first ? "" : ",", first ? "" : columns),
			0);
		start(&drive, json_pack("{s:s}", "action", "list_rows"));
		drive_answer(&drive, 1, 200, buffer_text(&body), 5);
		ck_assert_str_eq(drive_log(&drive, 5),
			"request 1 template GET https://api.example.com/v1/report\n"
			"record [\"1\"] {\"id\":\"1\",\"name\":\"A\"}\n"
			"record [\"2\"] {\"id\":\"2\",\"name\":\"B\"}\n"
			"page 1 2\n"
			"done\n");
		drive_end(&drive);
		buffer_clear(&body);
	}
}
END_TEST

static Suite *suite(void)
{
	Suite *suite = suite_create("pages");
	TCase *tcase = tcase_create("pages");

	tcase_set_timeout(tcase, 300);
	tcase_add_test(tcase, pages_are_counted);
	tcase_add_test(tcase, an_empty_page_is_the_last);
	tcase_add_test(tcase, counting_goes_wrong);
	tcase_add_test(tcase, cursors_are_taken_out_of_links);
	tcase_add_test(tcase, rows_become_records);
	suite_add_tcase(suite, tcase);
	return suite;
}

CHECK_MAIN(suite)
