#include "config.h"

#include "runner/map.h"

#include "check_main.h"
#include "runner/reading.h"

#include <string.h>

#define ROWS(array_) \
	{ \
		(array_), sizeof(array_) / sizeof((array_)[0]), sizeof((array_)[0]) \
	}

static const struct map_options plain;

static struct muster_action action_of(struct muster_map_rows rows, const char *key)
{
	return (struct muster_action){
		.id = "list_things", .records = "", .key = key, .map = rows, .result = MUSTER_OBJECT
	};
}

/* The provider's record becomes this key and record. */
static void expect(struct muster_map_rows rows, const char *key, const struct map_options *options,
	const char *record, const char *expected)
{
	struct muster_action action = action_of(rows, key);
	struct reading reading;

	reading_init(&reading);
	reading_all(&reading, &action, options, record, strlen(record));
	ck_assert_msg(reading.result == 0, "%s: %s", record, reading.message);
	ck_assert_uint_eq(reading.records, 1);
	reading.text.data[reading.text.length - 1] = '\0'; /* the line break */
	ck_assert_str_eq(reading.text.data, expected);
	reading_clear(&reading);
}

/* The provider's record is refused with this message. */
static void expect_error(struct muster_map_rows rows, const char *key, const char *record,
	enum error_code code, const char *message)
{
	struct muster_action action = action_of(rows, key);
	struct reading reading;

	reading_init(&reading);
	reading_all(&reading, &action, &plain, record, strlen(record));
	ck_assert_int_eq(reading.result, -1);
	ck_assert_str_eq(reading.message, message);
	ck_assert_int_eq((int)reading.code, (int)code);
	reading_clear(&reading);
}

/* The rows can't be compiled. */
static void expect_refused(struct muster_map_rows rows, const char *key, const struct map_options *options,
	enum error_code code, const char *message)
{
	struct error error = { .code = ERROR_NONE };
	struct map *map = NULL;

	ck_assert_int_eq(map_new(&map, &rows, key, options, &error), -1);
	ck_assert_str_eq(error.message, message);
	ck_assert_int_eq((int)error.code, (int)code);
}

/* ---- Copies ---------------------------------------------------------------------------------- */

static const struct muster_map copy_rows[] = {
	MUSTER_COPY("id", "/id"),
	MUSTER_COPY("name", "/name"),
	MUSTER_COPY("value", "/value"),
	MUSTER_COPY("deep", "/a/b/c"),
	MUSTER_COPY("second", "/list/1"),
	MUSTER_COPY("odd", "/a~1b~0c~01"),
	MUSTER_COPY("zero", "/list/0/0"),
};
static const struct muster_map_rows copies = ROWS(copy_rows);

START_TEST(copies_are_the_source_text)
{
	expect(copies, "id", &plain, "{\"id\":\"1\",\"name\":\"Zo\\u00eb \xF0\x9F\x98\x80 \\/\"}",
		"[\"1\"] {\"id\":\"1\",\"name\":\"Zo\\u00eb \xF0\x9F\x98\x80 \\/\"}");
	expect(copies, "id", &plain, "{ \"value\" : -0 , \"id\" : \"\" }",
		"[\"\"] {\"id\":\"\",\"value\":-0}");
	expect(copies, "id", &plain, "{\"value\":1e400,\"id\":\"1\"}",
		"[\"1\"] {\"id\":\"1\",\"value\":1e400}");
	expect(copies, "id", &plain, "{\"value\":0.100000000000000000000000000001,\"id\":\"1\"}",
		"[\"1\"] {\"id\":\"1\",\"value\":0.100000000000000000000000000001}");
	expect(copies, "id", &plain, "{\"value\":true,\"id\":\"1\",\"name\":null}",
		"[\"1\"] {\"id\":\"1\",\"name\":null,\"value\":true}");
}
END_TEST

START_TEST(containers_lose_white_space_only)
{
	expect(copies, "id", &plain,
		"{\"value\" : { \"a b\" : [ 1 ,\n2,\t{ } ] , \"c\" : \" x \\\" y \" },\"id\":\"1\"}",
		"[\"1\"] {\"id\":\"1\",\"value\":{\"a b\":[1,2,{}],\"c\":\" x \\\" y \"}}");
	expect(copies, "id", &plain, "{\"value\": [ ] ,\"id\":\"1\"}", "[\"1\"] {\"id\":\"1\",\"value\":[]}");
}
END_TEST

START_TEST(pointers_lead_into_objects_and_lists)
{
	expect(copies, "id", &plain,
		"{\"id\":\"1\",\"a\":{\"x\":[{\"b\":1}],\"b\":{\"c\":7,\"d\":8}},\"list\":[[5,6],\"two\",3]}",
		"[\"1\"] {\"id\":\"1\",\"deep\":7,\"second\":\"two\",\"zero\":5}");
	/* What is on the way may be something else, or nothing: then the value is absent. */
	expect(copies, "id", &plain, "{\"id\":\"1\",\"a\":{\"b\":\"c\"},\"list\":[1]}",
		"[\"1\"] {\"id\":\"1\"}");
	expect(copies, "id", &plain, "{\"id\":\"1\",\"a\":null,\"list\":{\"1\":\"member\"}}",
		"[\"1\"] {\"id\":\"1\",\"second\":\"member\"}");
	expect(copies, "id", &plain, "{\"id\":\"1\",\"a\":[],\"list\":[]}", "[\"1\"] {\"id\":\"1\"}");
}
END_TEST

START_TEST(names_are_compared_unescaped)
{
	expect(copies, "id", &plain, "{\"\\u0069d\":\"1\",\"n\\u0061me\":\"x\",\"a/b~c~1\":2}",
		"[\"1\"] {\"id\":\"1\",\"name\":\"x\",\"odd\":2}");
	expect(copies, "id", &plain, "{\"id\":\"1\",\"a\\/b~c~1\":2,\"nam\\u0065\\u0000\":3}",
		"[\"1\"] {\"id\":\"1\",\"odd\":2}");
}
END_TEST

START_TEST(a_container_and_a_part_of_it)
{
	static const struct muster_map rows[] = {
		MUSTER_COPY("whole", "/a"),
		MUSTER_COPY("id", "/a/id"),
		MUSTER_COPY("again", "/a/id"),
		MUSTER_COPY("everything", ""),
	};

	expect((struct muster_map_rows)ROWS(rows), "id", &plain, "{\"a\" : { \"id\" : \"1\" } }",
		"[\"1\"] {\"whole\":{\"id\":\"1\"},\"id\":\"1\",\"again\":\"1\","
		"\"everything\":{\"a\":{\"id\":\"1\"}}}");
}
END_TEST

START_TEST(ids_are_text)
{
	static const struct muster_map rows[] = {
		MUSTER_COPY("id", "/id"),
		MUSTER_COPY("manager_id", "/manager"),
		MUSTER_COPY("paid", "/paid"),
	};

	expect((struct muster_map_rows)ROWS(rows), "id", &plain,
		"{\"id\":12345678901234567890,\"manager\":7,\"paid\":8}",
		"[\"12345678901234567890\"] "
		"{\"id\":\"12345678901234567890\",\"manager_id\":\"7\",\"paid\":8}");
}
END_TEST

START_TEST(a_mapped_member_twice_is_an_error)
{
	expect_error(copies, "id", "{\"id\":\"1\",\"name\":1,\"name\":2}", ERROR_MALFORMED_BODY,
		"The answer is wrong at byte 19: duplicate_key, 'name' occurs twice.");
	expect_error(copies, "id", "{\"id\":\"1\",\"a\":{},\"\\u0061\":{}}", ERROR_MALFORMED_BODY,
		"The answer is wrong at byte 17: duplicate_key, 'a' occurs twice.");
	/* One that nobody asked for may. */
	expect(copies, "id", &plain, "{\"id\":\"1\",\"x\":1,\"x\":2}", "[\"1\"] {\"id\":\"1\"}");
}
END_TEST

/* ---- Dates ----------------------------------------------------------------------------------- */

static const struct muster_map date_rows[] = {
	MUSTER_COPY("id", "/id"),
	MUSTER_DATE("on", "/on"),
	MUSTER_DATE_TIME("at", "/at"),
};
static const struct muster_map_rows dates = ROWS(date_rows);

START_TEST(dates_are_checked)
{
	expect(dates, "on", &plain, "{\"on\":\"2024-02-29\",\"at\":\"2022-04-28T02:14:10+00:00\"}",
		"[\"2024-02-29\"] {\"on\":\"2024-02-29\",\"at\":\"2022-04-28T02:14:10+00:00\"}");
	expect(dates, "id", &plain, "{\"id\":1,\"on\":null,\"at\":null}",
		"[\"1\"] {\"id\":\"1\",\"on\":null,\"at\":null}");
	expect(dates, "on", &plain, "{\"on\":\"2024\\u002d02-29\"}",
		"[\"2024-02-29\"] {\"on\":\"2024-02-29\"}");
}
END_TEST

START_TEST(malformed_dates_are_named)
{
	expect_error(dates, "id", "{\"id\":1,\"on\":\"2023-02-29\"}", ERROR_MALFORMED_BODY,
		"The answer is wrong at byte 14: /on for 'on' is no date (YYYY-MM-DD): 2023-02-29");
	expect_error(dates, "id", "{\"id\":1,\"on\":20230228}", ERROR_MALFORMED_BODY,
		"The answer is wrong at byte 13: /on for 'on' is no date (YYYY-MM-DD): 20230228");
	expect_error(dates, "id", "{\"id\":1,\"on\":\"\"}", ERROR_MALFORMED_BODY,
		"The answer is wrong at byte 14: /on for 'on' is no date (YYYY-MM-DD): ");
	expect_error(dates, "id", "{\"at\":\"2023-02-28 at noon, or perhaps a little later\\n\",\"id\":1}",
		ERROR_MALFORMED_BODY,
		"The answer is wrong at byte 7: /at for 'at' is no date and time (RFC 3339): "
		"2023-02-28 at noon, or perhaps a little …");
	expect_error(dates, "id", "{\"at\":\"\\u0032\\u0032\",\"id\":1}", ERROR_MALFORMED_BODY,
		"The answer is wrong at byte 7: /at for 'at' is no date and time (RFC 3339): "
		"\\u0032\\u0032");
}
END_TEST

/* ---- Words ----------------------------------------------------------------------------------- */

static const struct muster_word words[] = {
	{ "ACT", "active" },
	{ "LEFT \"the\" company", "inactive" },
	{ "1", "active" },
	{ "true", "inactive" },
};
static const struct muster_map word_rows[] = {
	MUSTER_WORDS("status", "/status", words),
	MUSTER_COPY("id", "/id"),
};
static const struct muster_map_rows word_map = ROWS(word_rows);

START_TEST(words_become_ours_beside_theirs)
{
	expect(word_map, "status", &plain, "{\"status\":\"ACT\"}",
		"[\"active\"] {\"status\":\"active\",\"status_source\":\"ACT\"}");
	expect(word_map, "status", &plain, "{\"status\":\"LEFT \\\"the\\\" company\"}",
		"[\"inactive\"] {\"status\":\"inactive\","
		"\"status_source\":\"LEFT \\\"the\\\" company\"}");
	expect(word_map, "status", &plain, "{\"status\":1}",
		"[\"active\"] {\"status\":\"active\",\"status_source\":\"1\"}");
	expect(word_map, "status", &plain, "{\"status\":true}",
		"[\"inactive\"] {\"status\":\"inactive\",\"status_source\":\"true\"}");
	expect(word_map, "id", &plain, "{\"status\":null,\"id\":\"1\"}",
		"[\"1\"] {\"status\":null,\"status_source\":null,\"id\":\"1\"}");
	expect(word_map, "id", &plain, "{\"id\":\"1\"}", "[\"1\"] {\"id\":\"1\"}");
	expect_error(word_map, "id", "{\"status\":[\"ACT\"],\"id\":\"1\"}", ERROR_MALFORMED_BODY,
		"The answer is wrong at byte 10: /status for 'status' is no word: [\"ACT\"]");
}
END_TEST

START_TEST(unknown_words_are_other_or_null)
{
	static const char *const open[] = { "kind", "status" };
	const struct map_options options = { .open_fields = open, .open_field_count = 2 };

	expect(word_map, "id", &plain, "{\"status\":\"act\",\"id\":\"1\"}",
		"[\"1\"] {\"status\":null,\"status_source\":\"act\",\"id\":\"1\"}");
	expect(word_map, "id", &options, "{\"status\":\"act\",\"id\":\"1\"}",
		"[\"1\"] {\"status\":\"other\",\"status_source\":\"act\",\"id\":\"1\"}");
}
END_TEST

/* ---- Parameters ------------------------------------------------------------------------------ */

static const struct muster_map parameter_rows[] = {
	MUSTER_PARAMETER("employee_id", "id"),
	MUSTER_COPY("name", "/name"),
};
static const struct muster_map_rows parameter_map = ROWS(parameter_rows);

START_TEST(parameters_stand_in_the_record)
{
	const struct muster_argument given[] = { { "other", "x" }, { "id", "96\"b1" } };
	const struct map_options options = { .parameters = given, .parameter_count = 2 };

	expect(parameter_map, "employee_id name", &options, "{\"name\":\"Department\"}",
		"[\"96\\\"b1\",\"Department\"] "
		"{\"employee_id\":\"96\\\"b1\",\"name\":\"Department\"}");
	expect(parameter_map, "name", &plain, "{\"name\":\"Department\"}",
		"[\"Department\"] {\"name\":\"Department\"}");
	expect_refused(parameter_map, "employee_id", &plain, ERROR_BAD_PARAMETER,
		"The parameter 'id' is missing, which the key of each record is made of.");
}
END_TEST

/* ---- Lists ----------------------------------------------------------------------------------- */

static const struct muster_map element_rows[] = {
	MUSTER_COPY("id", "/id"),
	MUSTER_COPY("text", "/body/text"),
	MUSTER_DATE("on", "/on"),
	MUSTER_WORDS("status", "/status", words),
};
static const struct muster_map list_rows[] = {
	MUSTER_COPY("id", "/id"),
	MUSTER_EACH("questions", "/q/list", element_rows),
	MUSTER_EACH("more", "/more", element_rows),
	MUSTER_COPY("name", "/name"),
};
static const struct muster_map_rows lists = ROWS(list_rows);

START_TEST(each_element_is_mapped)
{
	expect(lists, "id", &plain,
		"{\"more\":[{\"id\":9}],\"id\":\"1\",\"q\":{\"x\":0,\"list\":[ {\"id\":1,\"body\":{\"text\":\"a\"}} ,"
		" {\"text\":\"b\"}, { \"on\":\"2024-01-01\",\"status\":\"ACT\" }]},\"name\":\"n\"}",
		"[\"1\"] {\"id\":\"1\",\"questions\":[{\"id\":\"1\",\"text\":\"a\"},{},"
		"{\"on\":\"2024-01-01\",\"status\":\"active\",\"status_source\":\"ACT\"}],"
		"\"more\":[{\"id\":\"9\"}],\"name\":\"n\"}");
	expect(lists, "id", &plain, "{\"id\":\"1\",\"q\":{\"list\":[]},\"more\":null}",
		"[\"1\"] {\"id\":\"1\",\"questions\":[],\"more\":null}");
	expect(lists, "id", &plain, "{\"id\":\"1\",\"q\":null}", "[\"1\"] {\"id\":\"1\"}");
}
END_TEST

START_TEST(open_words_of_elements_are_named_with_their_list)
{
	static const char *const open[] = { "questions.status" };
	const struct map_options options = { .open_fields = open, .open_field_count = 1 };

	expect(lists, "id", &options,
		"{\"id\":\"1\",\"q\":{\"list\":[{\"status\":\"x\"}]},\"more\":[{\"status\":\"x\"}]}",
		"[\"1\"] {\"id\":\"1\",\"questions\":[{\"status\":\"other\",\"status_source\":\"x\"}],"
		"\"more\":[{\"status\":null,\"status_source\":\"x\"}]}");
}
END_TEST

START_TEST(lists_hold_objects_only)
{
	expect_error(lists, "id", "{\"id\":\"1\",\"q\":{\"list\":{}}}", ERROR_MALFORMED_BODY,
		"The answer is wrong at byte 22: /q/list for 'questions' is no list.");
	expect_error(lists, "id", "{\"id\":\"1\",\"q\":{\"list\":[{},null]}}", ERROR_MALFORMED_BODY,
		"The answer is wrong at byte 26: an element of /q/list for 'questions' is no object.");
	expect_error(lists, "id", "{\"id\":\"1\",\"more\":[{\"id\":1,\"id\":2}]}", ERROR_MALFORMED_BODY,
		"The answer is wrong at byte 26: duplicate_key, 'id' occurs twice.");
	expect_error(lists, "id", "{\"id\":\"1\",\"more\":[{\"on\":\"never\"}]}", ERROR_MALFORMED_BODY,
		"The answer is wrong at byte 25: /on for 'on' is no date (YYYY-MM-DD): never");
	expect_error(lists, "id", "{\"id\":\"1\",\"more\":[{\"on\":01}]}", ERROR_MALFORMED_BODY,
		"The JSON of the answer is wrong at byte 25: unexpected_byte.");
}
END_TEST

/* ---- Custom fields --------------------------------------------------------------------------- */

START_TEST(custom_fields_come_last_with_their_types)
{
	static const struct muster_map rows[] = {
		MUSTER_CUSTOM("shoe_size", "Shoe \"size\"", "/shoe"),
		MUSTER_CUSTOM("star", NULL, "/star"),
		MUSTER_COPY("id", "/id"),
		MUSTER_CUSTOM("e", "E", "/e"),
		MUSTER_CUSTOM("f", "F", "/f"),
		MUSTER_CUSTOM("g", "G", "/g"),
	};

	expect((struct muster_map_rows)ROWS(rows), "id", &plain,
		"{\"id\":\"1\",\"shoe\":42.50,\"star\":\"c\",\"e\":false,\"f\":{ \"x\": 1},\"g\":[ ]}",
		"[\"1\"] {\"id\":\"1\",\"custom_fields\":["
		"{\"id\":\"shoe_size\",\"name\":\"Shoe \\\"size\\\"\",\"value\":42.50,\"type\":\"number\"},"
		"{\"id\":\"star\",\"name\":\"star\",\"value\":\"c\",\"type\":\"text\"},"
		"{\"id\":\"e\",\"name\":\"E\",\"value\":false,\"type\":\"boolean\"},"
		"{\"id\":\"f\",\"name\":\"F\",\"value\":{\"x\":1},\"type\":\"object\"},"
		"{\"id\":\"g\",\"name\":\"G\",\"value\":[],\"type\":\"list\"}]}");
	expect((struct muster_map_rows)ROWS(rows), "id", &plain, "{\"id\":\"1\",\"star\":null}",
		"[\"1\"] {\"id\":\"1\"}");
}
END_TEST

/* ---- Keys ------------------------------------------------------------------------------------ */

START_TEST(keys_do_not_depend_on_escapes)
{
	expect(copies, "name id", &plain, "{\"id\":\"\\u0041\",\"name\":\"\\/\\u00eb\\n\\ud83d\\ude00\"}",
		"[\"/\xC3\xAB\\n\xF0\x9F\x98\x80\",\"A\"] "
		"{\"id\":\"\\u0041\",\"name\":\"\\/\\u00eb\\n\\ud83d\\ude00\"}");
	expect(copies, "value", &plain, "{\"value\":1.0}", "[\"1.0\"] {\"value\":1.0}");
	expect(copies, "value", &plain, "{\"value\":false}", "[\"false\"] {\"value\":false}");
}
END_TEST

START_TEST(a_record_without_its_key_is_an_error)
{
	expect_error(copies, "id", "  {\"name\":\"x\"}", ERROR_MALFORMED_BODY,
		"The record at byte 2 of the answer has no text in /id, and its key needs 'id'.");
	expect_error(copies, "deep", "{\"a\":{\"b\":{\"c\":null}}}", ERROR_MALFORMED_BODY,
		"The record at byte 0 of the answer has no text in /a/b/c, and its key needs 'deep'.");
	expect_error(copies, "id value", "{\"id\":\"1\",\"value\":[1]}", ERROR_MALFORMED_BODY,
		"The record at byte 0 of the answer has no text in /value, and its key needs 'value'.");
}
END_TEST

START_TEST(keys_have_a_limit)
{
	struct muster_action action = action_of(copies, "id");
	struct buffer body = BUFFER_INIT(SIZE_MAX);
	struct error error;
	struct page *page;
	struct reading reading;

	ck_assert_int_eq(buffer_format(&body, "{\"id\":\"%0*d\"}", 70000, 1), 0);
	ck_assert_int_eq(page_new(&page, &action, &plain, &error), 0);
	reading_init(&reading);
	reading_body(&reading, page, body.data, body.length, (struct reading_cut){ 4096, 4096 });
	ck_assert_int_eq((int)reading.code, (int)ERROR_RECORD_TOO_LARGE);
	body.data[9] = '\\';
	body.data[10] = 'n';
	reading_body(&reading, page, body.data, body.length, (struct reading_cut){ 4096, 4096 });
	ck_assert_int_eq((int)reading.code, (int)ERROR_RECORD_TOO_LARGE);
	reading_clear(&reading);
	page_free(page);
	buffer_clear(&body);
}
END_TEST

/* ---- Raw records ----------------------------------------------------------------------------- */

START_TEST(raw_records_pass_in_one_line)
{
	const struct map_options options = { .raw = true };

	expect(lists, "id name", &options,
		"{ \"id\" : 1,\r\n \"x\" : [ 1.0 , \" \" ], \"name\":\"\\u0041\",\"more\": 7 }",
		"[\"1\",\"A\"] {\"id\":1,\"x\":[1.0,\" \"],\"name\":\"\\u0041\",\"more\":7}");
	/* No key, no harm. */
	expect(lists, "id", &options, "{ \"x\" : 1 }", " {\"x\":1}");
	expect(dates, "on", &options, "{ \"on\" : \"soon\" }", "[\"soon\"] {\"on\":\"soon\"}");
	expect(parameter_map, "employee_id", &options, "{ }", " {}");
}
END_TEST

/* ---- What can't be compiled ------------------------------------------------------------------ */

START_TEST(broken_rows_are_refused)
{
	static const struct muster_map no_pointer[] = { MUSTER_COPY("a", "a") };
	static const struct muster_map bad_escape[] = { MUSTER_COPY("a", "/a~2") };
	static const struct muster_map cut_escape[] = { MUSTER_COPY("a", "/a~") };
	static const struct muster_map deep[] = { MUSTER_COPY("a", "/1/2/3/4/5/6/7/8/9/10/11/12/13/14"
								   "/15/16/17") };
	static const struct muster_map unknown[] = { { .to = "a", .from = "/a", .kind = 99 } };
	static const struct muster_map nested[] = { MUSTER_EACH("a", "/a", list_rows) };
	static const struct muster_map through[] = { MUSTER_EACH("a", "/a", element_rows),
		MUSTER_COPY("b", "/a/0") };
	static const struct muster_map over[] = { MUSTER_COPY("b", "/a/0"),
		MUSTER_EACH("a", "/a", element_rows) };

	expect_refused((struct muster_map_rows)ROWS(no_pointer), "a", &plain, ERROR_PLUGIN_REFUSED,
		"'a' is no JSON pointer: it begins with '/'.");
	expect_refused((struct muster_map_rows)ROWS(bad_escape), "a", &plain, ERROR_PLUGIN_REFUSED,
		"'/a~2' is no JSON pointer: after '~' stands 0 or 1.");
	expect_refused((struct muster_map_rows)ROWS(cut_escape), "a", &plain, ERROR_PLUGIN_REFUSED,
		"'/a~' is no JSON pointer: after '~' stands 0 or 1.");
	expect_refused((struct muster_map_rows)ROWS(deep), "a", &plain, ERROR_PLUGIN_REFUSED,
		"'/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17' has more than 16 segments.");
	expect_refused((struct muster_map_rows)ROWS(unknown), "a", &plain, ERROR_PLUGIN_REFUSED,
		"map: 'a' has an unknown kind, 99.");
	expect_refused((struct muster_map_rows)ROWS(nested), "a", &plain, ERROR_PLUGIN_REFUSED,
		"map: 'questions' stands in the rows of 'a', where its kind can't.");
	expect_refused((struct muster_map_rows)ROWS(through), "b", &plain, ERROR_PLUGIN_REFUSED,
		"'/a/0' meets another pointer at a place that only one may lead to.");
	expect_refused((struct muster_map_rows)ROWS(over), "b", &plain, ERROR_PLUGIN_REFUSED,
		"'/a' meets another pointer at a place that only one may lead to.");
}
END_TEST

START_TEST(broken_keys_are_refused)
{
	expect_refused(copies, "", &plain, ERROR_PLUGIN_REFUSED, "key: it names no field.");
	expect_refused(copies, "id missing", &plain, ERROR_PLUGIN_REFUSED,
		"key: 'missing' is no field of the map that a key can be made of.");
	expect_refused(lists, "questions", &plain, ERROR_PLUGIN_REFUSED,
		"key: 'questions' is no field of the map that a key can be made of.");
	expect_refused(copies, "id id id id id id id id id id id id id id id id id", &plain,
		ERROR_PLUGIN_REFUSED, "key: more than 16 fields.");
}
END_TEST

static Suite *make_suite(void)
{
	Suite *suite = suite_create("map");
	TCase *tcase = tcase_create("map");

	tcase_add_test(tcase, copies_are_the_source_text);
	tcase_add_test(tcase, containers_lose_white_space_only);
	tcase_add_test(tcase, pointers_lead_into_objects_and_lists);
	tcase_add_test(tcase, names_are_compared_unescaped);
	tcase_add_test(tcase, a_container_and_a_part_of_it);
	tcase_add_test(tcase, ids_are_text);
	tcase_add_test(tcase, a_mapped_member_twice_is_an_error);
	tcase_add_test(tcase, dates_are_checked);
	tcase_add_test(tcase, malformed_dates_are_named);
	tcase_add_test(tcase, words_become_ours_beside_theirs);
	tcase_add_test(tcase, unknown_words_are_other_or_null);
	tcase_add_test(tcase, parameters_stand_in_the_record);
	tcase_add_test(tcase, each_element_is_mapped);
	tcase_add_test(tcase, open_words_of_elements_are_named_with_their_list);
	tcase_add_test(tcase, lists_hold_objects_only);
	tcase_add_test(tcase, custom_fields_come_last_with_their_types);
	tcase_add_test(tcase, keys_do_not_depend_on_escapes);
	tcase_add_test(tcase, a_record_without_its_key_is_an_error);
	tcase_add_test(tcase, keys_have_a_limit);
	tcase_add_test(tcase, raw_records_pass_in_one_line);
	tcase_add_test(tcase, broken_rows_are_refused);
	tcase_add_test(tcase, broken_keys_are_refused);
	suite_add_tcase(suite, tcase);
	return suite;
}

CHECK_MAIN(make_suite)
