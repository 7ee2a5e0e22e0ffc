/* Mode run, over the wire: requests, pages, records, and where they go wrong. */
#include "config.h"

#include "check_main.h"
#include "runner/drive.h"

#include <stdio.h>
#include <string.h>

#define PEOPLE "https://api.example.com/v1/people?sort=id"
#define COMPANY "company=acme%20%26%20co"

static void start(struct drive *drive, json_t *message)
{
	(void)json_object_set_new(message, "mode", json_string("run"));
	drive_start(drive, "mock");
	drive_hello(drive, message);
	json_decref(drive_expect(drive, WIRE_HELLO));
}

static void start_list(struct drive *drive)
{
	start(drive, json_pack("{s:s, s:{s:s}, s:[s]}", "action", "list_people", "parameters", "email",
			     "a+b@x.org", "open", "employment_status"));
}

START_TEST(maps_every_kind)
{
	struct drive drive;

	start_list(&drive);
	(void)drive_log(&drive, 1);
	drive_answer(&drive, 1, 200,
		"{\"data\":[{\"id\":7,\"name\":{\"first\":\"Zo\\u00eb\"},\"hired\":\"2020-02-29\",\"created\":"
		"\"2020-02-29T10:00:00Z\",\"status\":\"A\",\"emails\":[{\"address\":\"z@x.org\",\"kind\":\"work\"}],"
		"\"extra\":{\"shoe\":4.50}},{\"id\":\"8\",\"status\":\"?\"}],\"paging\":{\"after\":null}}",
		1000);
	ck_assert_str_eq(drive_log(&drive, 5),
		"request 1 template GET " PEOPLE "&filter%5Bemail%5D=a%2Bb%40x.org&" COMPANY "\n"
		"record [\"7\"] {\"id\":\"7\",\"first_name\":\"Zo\\u00eb\",\"hire_date\":\"2020-02-29\",\"created_at\":"
		"\"2020-02-29T10:00:00Z\",\"employment_status\":\"active\",\"employment_status_source\":\"A\","
		"\"company\":\"acme & co\",\"emails\":[{\"value\":\"z@x.org\",\"type\":\"work\"}],\"custom_fields\":[{"
		"\"id\":\"shoe_size\",\"name\":\"Shoe size\",\"value\":4.50,\"type\":\"number\"}]}\n"
		"record [\"8\"] {\"id\":\"8\",\"employment_status\":\"other\",\"employment_status_source\":\"?\","
		"\"company\":\"acme & co\"}\n"
		"page 1 2\n"
		"done\n");
	drive_end(&drive);
}
END_TEST

/* The next request leaves as soon as its cursor is read, before the page's records are all there. */
START_TEST(pages_follow_cursors)
{
	struct drive drive;

	start(&drive, json_pack("{s:s, s:b}", "action", "list_people", "raw", 1));
	(void)drive_log(&drive, 1);
	drive_answer(&drive, 1, 200,
		"{\"paging\":{\"after\":\"a/b\"},\"data\":[{\"id\":\"1\"},{\"id\":\"2\"}]}", 30);
	(void)drive_log(&drive, 5);
	drive_answer(&drive, 2, 200, "{\"data\":[{\"id\":\"3\"}],\"paging\":{\"after\":\"\"}}", 1);
	ck_assert_ptr_nonnull(strstr(drive_log(&drive, 8), "done\n"));
	ck_assert_str_eq(drive.log.data, "request 1 template GET " PEOPLE "&" COMPANY "\n"
					 "request 2 cursor GET " PEOPLE "&" COMPANY "&cursor=a%2Fb\n"
					 "record [\"1\"] {\"id\":\"1\"}\n"
					 "record [\"2\"] {\"id\":\"2\"}\n"
					 "page 1 2\n"
					 "record [\"3\"] {\"id\":\"3\"}\n"
					 "page 2 1\n"
					 "done\n");
	drive_end(&drive);
}
END_TEST

START_TEST(pages_follow_links)
{
	struct drive drive;

	start(&drive, json_pack("{s:s}", "action", "list_linked"));
	(void)drive_log(&drive, 1);
	drive_answer(&drive, 1, 200, "{\"data\":[{\"id\":\"1\"}],\"next\":\"/v1/linked?page=2\"}", 1000);
	(void)drive_log(&drive, 4);
	drive_answer(&drive, 2, 200, "{\"data\":[]}", 1000);
	ck_assert_ptr_nonnull(strstr(
		drive_log(&drive, 6), "request 2 link GET https://api.example.com/v1/linked?page=2\n"));
	ck_assert_ptr_nonnull(strstr(drive.log.data, "page 2 0\ndone\n"));
	drive_end(&drive);
}
END_TEST

START_TEST(limit_ends_the_run)
{
	struct drive drive;

	start(&drive, json_pack("{s:s, s:i}", "action", "list_linked", "limit", 2));
	(void)drive_log(&drive, 1);
	drive_answer(&drive, 1, 200,
		"{\"data\":[{\"id\":\"1\"},{\"id\":\"2\"},{\"id\":\"3\"}],\"next\":\"/x\"}", 1000);
	ck_assert_str_eq(drive_log(&drive, 4),
		"request 1 template GET https://api.example.com/v1/linked\n"
		"record [\"1\"] {\"id\":\"1\"}\nrecord [\"2\"] {\"id\":\"2\"}\ndone\n");
	drive_end(&drive);
}
END_TEST

START_TEST(path_parameters_are_one_segment)
{
	struct drive drive;

	start(&drive, json_pack("{s:s, s:{s:s}, s:{s:s}}", "action", "get_person", "parameters", "id",
			      "a/../{token}?x", "fields", "company", "ACME"));
	ck_assert_str_eq(drive_log(&drive, 1),
		"request 1 template GET https://api.example.com/{v1}/ACME/people/a%2F..%2F%7Btoken%7D%3Fx\n");
	drive_answer(&drive, 1, 200, "{\"id\":\"a\"}", 3);
	ck_assert_ptr_nonnull(
		strstr(drive_log(&drive, 4), "record [\"a\"] {\"id\":\"a\"}\npage 1 1\ndone\n"));
	drive_end(&drive);
}
END_TEST

static void fails_at_once(json_t *message, const char *line)
{
	struct drive drive;

	start(&drive, message);
	ck_assert_str_eq(drive_log(&drive, 1), line);
	drive_end(&drive);
}

START_TEST(bad_parameters)
{
	fails_at_once(json_pack("{s:s, s:{s:s}}", "action", "get_person", "fields", "company", "ACME"),
		"failed bad_parameter@-1 The parameter 'id' is missing.\n");
	fails_at_once(json_pack("{s:s, s:{s:s}}", "action", "get_person", "parameters", "id", "1"),
		"failed bad_parameter@-1 The field 'company' is missing.\n");
	fails_at_once(json_pack("{s:s, s:{s:s}, s:{s:s}}", "action", "get_person", "parameters", "id", "..",
			      "fields", "company", "ACME"),
		"failed bad_parameter@-1 The parameter 'id' can't be '..'.\n");
	fails_at_once(json_pack("{s:s}", "action", "nothing"),
		"failed internal@-1 The connector has no action nothing.\n");
}
END_TEST

static void fails_with_body(const char *body, const char *failure)
{
	struct drive drive;
	const char *at;

	start(&drive, json_pack("{s:s}", "action", "list_linked"));
	(void)drive_log(&drive, 1);
	drive_answer(&drive, 1, 200, body, 7);
	(void)drive_log(&drive, 99);
	at = strstr(drive.log.data, "failed ");
	ck_assert_msg(at && strncmp(at + 7, failure, strlen(failure)) == 0, "%s", drive.log.data);
	drive_end(&drive);
}

START_TEST(bad_bodies)
{
	fails_with_body("{\"data\":[{\"id\":\"1\"},]}", "malformed_body@20 ");
	fails_with_body("{\"data\":[{\"id\":\"1\"}", "malformed_body@");
	fails_with_body("{\"data\":\"none\"}", "malformed_body@");
	fails_with_body("{}", "malformed_body@");
	fails_with_body("{\"data\":[],\"next\":\"https://evil.example.com/\"}", "foreign_link@");
	fails_with_body("{\"data\":[],\"next\":\"/v1/linked\"}", "repeated_cursor@");
}
END_TEST

START_TEST(too_many_pages)
{
	struct drive drive;
	char body[128];

	start(&drive, json_pack("{s:s}", "action", "list_people"));
	for (unsigned page = 1; page <= 5; page++) {
		(void)drive_log(&drive, 2 * page - 1);
		(void)snprintf(body, sizeof body, "{\"data\":[],\"paging\":{\"after\":\"%u\"}}", page);
		drive_answer(&drive, page, 200, body, 1000);
	}
	ck_assert_ptr_nonnull(
		strstr(drive_log(&drive, 99), "failed too_many_pages@-1 There are more than 5 pages.\n"));
	drive_end(&drive);
}
END_TEST

/* As long a record as there may be passes whole; one that is longer doesn't. */
START_TEST(long_records)
{
	static char body[WIRE_RECORD_MAX + 4096];
	const size_t lengths[] = { WIRE_RECORD_MAX - 100, WIRE_RECORD_MAX + 100 };

	for (size_t i = 0; i < 2; i++) {
		struct drive drive;
		size_t at = (size_t)snprintf(body, sizeof body, "{\"data\":[{\"id\":\"1\",\"text\":\"");
		start(&drive, json_pack("{s:s, s:b}", "action", "list_linked", "raw", 1));
		(void)drive_log(&drive, 1);
		memset(body + at, 'x', lengths[i]);
		(void)snprintf(body + at + lengths[i], 32, "\"}]}");
		drive_answer(&drive, 1, 200, body, WIRE_SLOT_SIZE);
		(void)drive_log(&drive, 99);
		if (i == 0)
			ck_assert_ptr_nonnull(strstr(drive.log.data, "x\"}\npage 1 1\ndone\n"));
		else
			ck_assert_ptr_nonnull(strstr(drive.log.data, "failed record_too_large@"));
		drive_end(&drive);
	}
}
END_TEST

/* ---- By a hook ---- */

static void start_hook(struct drive *drive, const char *how)
{
	start(drive, json_pack("{s:s, s:{s:s}}", "action", "list_by_hook", "parameters", "how", how));
}

START_TEST(hook_asks_and_yields)
{
	struct drive drive;

	start_hook(&drive, "");
	(void)drive_log(&drive, 1);
	drive_answer(&drive, 1, 200, "{ \"id\" : \"1\" }", 3);
	(void)drive_log(&drive, 4);
	drive_answer(&drive, 2, 404, "{}", 3);
	ck_assert_str_eq(drive_log(&drive, 6), "request 1 hook GET https://api.example.com/v1/hooked?page=1\n"
					       "record [\"1\"] {\"id\":\"1\"}\n"
					       "page 1 1\n"
					       "request 2 hook GET https://api.example.com/v1/hooked?page=2\n"
					       "page 2 0\n"
					       "done\n");
	drive_end(&drive);
}
END_TEST

static void hook_fails(const char *how, const char *failure)
{
	struct drive drive;

	start_hook(&drive, how);
	(void)drive_log(&drive, 1);
	if (strcmp(how, "early") != 0)
		drive_answer(&drive, 1, 200, "{\"id\":\"1\"}", 1000);
	(void)drive_log(&drive, 99);
	ck_assert_msg(strstr(drive.log.data, failure) != NULL, "%s", drive.log.data);
	drive_end(&drive);
}

START_TEST(hook_goes_wrong)
{
	hook_fails(
		"early", "failed plugin_fault@-1 The connector yielded a record before any answer came.\n");
	hook_fails("nonsense", "failed plugin_fault@-1 The connector yielded what is no JSON object.\n");
	hook_fails("twice", "failed plugin_fault@-1 The connector yielded more than a JSON object.\n");
	hook_fails("fail", "failed plugin_fault@-1 The connector's run() returned 1.\n");
}
END_TEST

START_TEST(limit_ends_a_hook)
{
	struct drive drive;

	start(&drive, json_pack("{s:s, s:i}", "action", "list_by_hook", "limit", 1));
	(void)drive_log(&drive, 1);
	drive_answer(&drive, 1, 200, "{\"id\":\"1\"}", 1000);
	ck_assert_ptr_nonnull(strstr(drive_log(&drive, 3), "record [\"1\"] {\"id\":\"1\"}\ndone\n"));
	drive_end(&drive);
}
END_TEST

/* A host that breaks the protocol is told so. */
START_TEST(host_answers_another_request)
{
	struct drive drive;

	start(&drive, json_pack("{s:s}", "action", "list_linked"));
	(void)drive_log(&drive, 1);
	drive_answer(&drive, 9, 200, "{}", 1000);
	ck_assert_ptr_nonnull(
		strstr(drive_log(&drive, 99), "failed internal@-1 The host answered request 9, not 1.\n"));
	drive_end(&drive);
}
END_TEST

static Suite *suite(void)
{
	Suite *suite = suite_create("run");
	TCase *tcase = tcase_create("run");

	tcase_set_timeout(tcase, 300);
	tcase_add_test(tcase, maps_every_kind);
	tcase_add_test(tcase, pages_follow_cursors);
	tcase_add_test(tcase, pages_follow_links);
	tcase_add_test(tcase, limit_ends_the_run);
	tcase_add_test(tcase, path_parameters_are_one_segment);
	tcase_add_test(tcase, bad_parameters);
	tcase_add_test(tcase, bad_bodies);
	tcase_add_test(tcase, too_many_pages);
	tcase_add_test(tcase, long_records);
	tcase_add_test(tcase, hook_asks_and_yields);
	tcase_add_test(tcase, hook_goes_wrong);
	tcase_add_test(tcase, limit_ends_a_hook);
	tcase_add_test(tcase, host_answers_another_request);
	suite_add_tcase(suite, tcase);
	return suite;
}

CHECK_MAIN(suite)
