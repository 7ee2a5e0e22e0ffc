/* The kinds of map rows that change a value, look for it in a list, or nest it; several rows of one name. */
#include "config.h"

#include "runner/map.h"

#include "check_main.h"
#include "runner/reading.h"

#include <stdio.h>
#include <string.h>

#define ROWS(array_) \
	{ \
		(array_), sizeof(array_) / sizeof((array_)[0]), sizeof((array_)[0]) \
	}

static const struct map_options plain;

static void read_record(struct reading *reading, struct muster_map_rows rows, const char *key,
	const struct map_options *options, const char *record)
{
	const struct muster_action action = {
		.id = "get_thing", .records = "", .key = key, .map = rows, .result = MUSTER_OBJECT
	};

	reading_init(reading);
	reading_all(reading, &action, options, record, strlen(record));
}

static void expect_keyed(
	struct muster_map_rows rows, const char *key, const char *record, const char *expected)
{
	struct reading reading;

	read_record(&reading, rows, key, &plain, record);
	ck_assert_msg(reading.result == 0, "%s: %s", record, reading.message);
	reading.text.data[reading.text.length - 1] = '\0'; /* the line break */
	ck_assert_str_eq(reading.text.data, expected);
	reading_clear(&reading);
}

/* The record without its key, which is always id 1. */
static void expect(struct muster_map_rows rows, const char *record, const char *expected)
{
	struct buffer keyed = BUFFER_INIT(65536);

	ck_assert_int_eq(buffer_format(&keyed, "[\"1\"] %s", expected), 0);
	expect_keyed(rows, "id", record, buffer_text(&keyed));
	buffer_clear(&keyed);
}

static void expect_error(struct muster_map_rows rows, const char *record, const char *message)
{
	struct reading reading;

	read_record(&reading, rows, "id", &plain, record);
	ck_assert_int_eq(reading.result, -1);
	ck_assert_str_eq(reading.message, message);
	ck_assert_int_eq((int)reading.code, (int)ERROR_MALFORMED_BODY);
	reading_clear(&reading);
}

static void expect_refused(struct muster_map_rows rows, const char *key, const char *message)
{
	struct error error = { .code = ERROR_NONE };
	struct map *map = NULL;

	ck_assert_int_eq(map_new(&map, &rows, key, &plain, &error), -1);
	ck_assert_str_eq(error.message, message);
	ck_assert_int_eq((int)error.code, (int)ERROR_PLUGIN_REFUSED);
}

/* ---- Values that change ---------------------------------------------------------------------- */

static const struct muster_map value_rows[] = {
	MUSTER_COPY("id", "/id"),
	MUSTER_CONSTANT("source", "an \"hris\""),
	MUSTER_AS_TEXT("text", "/t"),
	MUSTER_NUMBER("number", "/n"),
	MUSTER_BOOLEAN("boolean", "/b"),
	MUSTER_DAY("day", "/d"),
	MUSTER_LOCAL_TIME("local", "/l"),
	MUSTER_LAST_DAY("last", "/e"),
};
static const struct muster_map_rows values = ROWS(value_rows);

/* A record of id 1 with one more member, and what becomes of that. */
static void expect_value(const char *member, const char *expected)
{
	char record[256];
	char mapped[256];

	(void)snprintf(record, sizeof record, "{%s, \"id\":1}", member);
	(void)snprintf(mapped, sizeof mapped, "{\"id\":\"1\",\"source\":\"an \\\"hris\\\"\"%s%s}",
		*expected ? "," : "", expected);
	expect(values, record, mapped);
}

START_TEST(scalars_become_text)
{
	expect_value("\"t\":\"x\"", "\"text\":\"x\"");
	expect_value("\"t\":\"\\u00e9\\\"\"", "\"text\":\"\\u00e9\\\"\"");
	expect_value("\"t\":12.50", "\"text\":\"12.50\"");
	expect_value("\"t\":-1E+2", "\"text\":\"-1E+2\"");
	expect_value("\"t\":true", "\"text\":\"true\"");
	expect_value("\"t\":null", "\"text\":null");
	expect_value("\"x\":null", "");
	expect_error(values, "{\"id\":1,\"t\":[1]}",
		"The answer is wrong at byte 12: /t for 'text' is no text: [1]");
}
END_TEST

START_TEST(numbers_keep_their_digits)
{
	expect_value("\"n\":12.50", "\"number\":12.50");
	expect_value("\"n\":\"12.50\"", "\"number\":12.50");
	expect_value("\"n\":\"-0.1e5\"", "\"number\":-0.1e5");
	expect_value("\"n\":\"1\\u0032\"", "\"number\":12");
	expect_value("\"n\":\"100000000000000000000000000.000000000000000000001\"",
		"\"number\":100000000000000000000000000.000000000000000000001");
	expect_value("\"n\":null", "\"number\":null");
	expect_error(values, "{\"id\":1,\"n\":\"abc\"}",
		"The answer is wrong at byte 13: /n for 'number' is no number: abc");
	expect_error(values, "{\"id\":1,\"n\":\"\"}",
		"The answer is wrong at byte 13: /n for 'number' is no number: ");
	expect_error(values, "{\"id\":1,\"n\":\"01\"}",
		"The answer is wrong at byte 13: /n for 'number' is no number: 01");
	expect_error(values, "{\"id\":1,\"n\":\"1,5\"}",
		"The answer is wrong at byte 13: /n for 'number' is no number: 1,5");
	expect_error(values, "{\"id\":1,\"n\":\"1 \"}",
		"The answer is wrong at byte 13: /n for 'number' is no number: 1 ");
	expect_error(values, "{\"id\":1,\"n\":\"-\"}",
		"The answer is wrong at byte 13: /n for 'number' is no number: -");
	expect_error(values, "{\"id\":1,\"n\":true}",
		"The answer is wrong at byte 12: /n for 'number' is no number: true");
	expect_error(values, "{\"id\":1,\"n\":{}}",
		"The answer is wrong at byte 12: /n for 'number' is no number: {}");
}
END_TEST

START_TEST(numbers_have_a_limit)
{
	struct buffer record = BUFFER_INIT(SIZE_MAX);
	struct reading reading;

	ck_assert_int_eq(buffer_format(&record, "{\"id\":1,\"n\":\"1%0*d\"}", READER_NUMBER_LIMIT, 0), 0);
	read_record(&reading, values, "id", &plain, buffer_text(&record));
	ck_assert_int_eq((int)reading.code, (int)ERROR_MALFORMED_BODY);
	reading_clear(&reading);
	buffer_clear(&record);
}
END_TEST

START_TEST(booleans_have_several_spellings)
{
	static const char *const yes[] = { "true", "\"true\"", "\"TRUE\"", "\"Yes\"", "\"1\"", "1",
		"\"\\u0079es\"" };
	static const char *const no[] = { "false", "\"False\"", "\"no\"", "\"NO\"", "\"0\"", "0" };
	char member[64];

	for (size_t i = 0; i < sizeof yes / sizeof yes[0]; i++) {
		(void)snprintf(member, sizeof member, "\"b\":%s", yes[i]);
		expect_value(member, "\"boolean\":true");
	}
	for (size_t i = 0; i < sizeof no / sizeof no[0]; i++) {
		(void)snprintf(member, sizeof member, "\"b\":%s", no[i]);
		expect_value(member, "\"boolean\":false");
	}
	expect_value("\"b\":null", "\"boolean\":null");
	expect_error(values, "{\"id\":1,\"b\":\"maybe\"}",
		"The answer is wrong at byte 13: /b for 'boolean' is no boolean: maybe");
	expect_error(values, "{\"id\":1,\"b\":1.0}",
		"The answer is wrong at byte 12: /b for 'boolean' is no boolean: 1.0");
	expect_error(values, "{\"id\":1,\"b\":[]}",
		"The answer is wrong at byte 12: /b for 'boolean' is no boolean: []");
}
END_TEST

START_TEST(days_are_cut_off)
{
	expect_value("\"d\":\"2020-12-22T00:00:00+00:00\"", "\"day\":\"2020-12-22\"");
	expect_value("\"d\":\"2020-12-22 00:00\"", "\"day\":\"2020-12-22\"");
	expect_value("\"d\":\"2020-12-22\"", "\"day\":\"2020-12-22\"");
	expect_value("\"d\":\"2020\\u002d12-22t\"", "\"day\":\"2020-12-22\"");
	expect_value("\"d\":null", "\"day\":null");
	expect_error(values, "{\"id\":1,\"d\":\"2020-13-22T00:00:00Z\"}",
		"The answer is wrong at byte 13: /d for 'day' is no date and time: 2020-13-22T00:00:00Z");
	expect_error(values, "{\"id\":1,\"d\":\"2020-12-222\"}",
		"The answer is wrong at byte 13: /d for 'day' is no date and time: 2020-12-222");
	expect_error(values, "{\"id\":1,\"d\":20201222}",
		"The answer is wrong at byte 12: /d for 'day' is no date and time: 20201222");
}
END_TEST

START_TEST(the_last_day_is_the_one_before_midnight)
{
	expect_value("\"e\":\"2026-06-06T00:00:00\"", "\"last\":\"2026-06-05\"");
	expect_value("\"e\":\"2027-01-01T00:00:00.000Z\"", "\"last\":\"2026-12-31\"");
	expect_value("\"e\":\"2024-03-01T00:00:00+02:00\"", "\"last\":\"2024-02-29\"");
	expect_value("\"e\":\"2024-03-01T00:00:01\"", "\"last\":\"2024-03-01\"");
	expect_value("\"e\":\"2024-03-01T00:00:00.5\"", "\"last\":\"2024-03-01\"");
	expect_value("\"e\":\"2024-03-01T14:00:00\"", "\"last\":\"2024-03-01\"");
	expect_value("\"e\":\"2024-03-01\"", "\"last\":\"2024-03-01\"");
	expect_value("\"e\":null", "\"last\":null");
	expect_error(values, "{\"id\":1,\"e\":\"0000-01-01T00:00:00\"}",
		"The answer is wrong at byte 13: /e for 'last' is no date and time (YYYY-MM-DDTHH:MM:SS): "
		"0000-01-01T00:00:00");
	expect_error(values, "{\"id\":1,\"e\":\"2024-02-30T00:00:00\"}",
		"The answer is wrong at byte 13: /e for 'last' is no date and time (YYYY-MM-DDTHH:MM:SS): "
		"2024-02-30T00:00:00");
	expect_error(values, "{\"id\":1,\"e\":20240301}",
		"The answer is wrong at byte 12: /e for 'last' is no date and time (YYYY-MM-DDTHH:MM:SS): "
		"20240301");
}
END_TEST

START_TEST(false_zones_are_dropped)
{
	expect_value("\"l\":\"2020-12-22T09:30:00Z\"", "\"local\":\"2020-12-22T09:30:00\"");
	expect_value("\"l\":\"2020-12-22T09:30:00.123+10:00\"", "\"local\":\"2020-12-22T09:30:00.123\"");
	expect_value("\"l\":\"2020-12-22T09:30:00\"", "\"local\":\"2020-12-22T09:30:00\"");
	expect_value("\"l\":\"2020-12-22T09:30:00\\u005a\"", "\"local\":\"2020-12-22T09:30:00\"");
	expect_value("\"l\":null", "\"local\":null");
	expect_error(values, "{\"id\":1,\"l\":\"2020-12-22\"}",
		"The answer is wrong at byte 13: /l for 'local' is no date and time (YYYY-MM-DDTHH:MM:SS): "
		"2020-12-22");
	expect_error(values, "{\"id\":1,\"l\":\"2020-12-22T09:30:00 CET\"}",
		"The answer is wrong at byte 13: /l for 'local' is no date and time (YYYY-MM-DDTHH:MM:SS): "
		"2020-12-22T09:30:00 CET");
}
END_TEST

/* ---- Joined ---------------------------------------------------------------------------------- */

static const struct muster_map name_rows[] = { MUSTER_JOIN("name", "/first /last") };
static const struct muster_map joined_rows[] = {
	MUSTER_AS_TEXT("id", "/id"),
	MUSTER_JOIN("name", "/first /middle /last"),
	MUSTER_COPY("name", "/nick"),
	MUSTER_INNER("boss", "/boss", name_rows),
	MUSTER_EACH("team", "/team", name_rows),
};
static const struct muster_map_rows joined = ROWS(joined_rows);

START_TEST(texts_are_joined)
{
	static const struct {
		const char *record;
		const char *mapped;
	} cases[] = {
		{ "{\"id\":1,\"first\":\"Ada\",\"middle\":\"King\",\"last\":\"Lovelace\"}",
			"{\"id\":\"1\",\"name\":\"Ada King Lovelace\"}" },
		{ "{\"id\":1,\"last\":\"Lovelace\",\"first\":\"Ada\"}",
			"{\"id\":\"1\",\"name\":\"Ada Lovelace\"}" },
		{ "{\"id\":1,\"first\":\"\",\"middle\":null,\"last\":\"Lovelace\"}",
			"{\"id\":\"1\",\"name\":\"Lovelace\"}" },
		{ "{\"id\":1,\"first\":\"Ada\",\"last\":\"\"}", "{\"id\":\"1\",\"name\":\"Ada\"}" },
		{ "{\"id\":1,\"first\":\"\\u00c1\\\"\",\"last\":\"\xc3\xa9\\\\\"}",
			"{\"id\":\"1\",\"name\":\"\\u00c1\\\" \xc3\xa9\\\\\"}" },
		{ "{\"id\":1,\"first\":\"Room\",\"last\":12.50}", "{\"id\":\"1\",\"name\":\"Room 12.50\"}" },
		{ "{\"id\":1,\"first\":-0}", "{\"id\":\"1\",\"name\":\"-0\"}" },
		{ "{\"id\":1,\"first\":\"\",\"middle\":null}", "{\"id\":\"1\"}" },
		{ "{\"id\":1,\"first\":\"\",\"last\":null,\"nick\":\"Ada\"}",
			"{\"id\":\"1\",\"name\":\"Ada\"}" },
		{ "{\"id\":1,\"first\":\"A\",\"nick\":\"B\"}", "{\"id\":\"1\",\"name\":\"A\"}" },
		{ "{\"id\":1,\"boss\":{\"last\":\"B\",\"first\":\"A\"},\"first\":\"X\"}",
			"{\"id\":\"1\",\"name\":\"X\",\"boss\":{\"name\":\"A B\"}}" },
		{ "{\"id\":1,\"boss\":{}}", "{\"id\":\"1\",\"boss\":{}}" },
		{ "{\"id\":1,\"boss\":null}", "{\"id\":\"1\",\"boss\":null}" },
		{ "{\"id\":1,\"team\":[{\"first\":\"A\",\"last\":\"B\"},{\"last\":null},{\"last\":\"C\"}]}",
			"{\"id\":\"1\",\"team\":[{\"name\":\"A B\"},{},{\"name\":\"C\"}]}" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		expect(joined, cases[i].record, cases[i].mapped);
}
END_TEST

START_TEST(what_is_no_text_is_not_joined)
{
	expect_error(joined, "{\"id\":1,\"first\":true}",
		"The answer is wrong at byte 16: /first /middle /last for 'name' is no text: true");
	expect_error(joined, "{\"id\":1,\"first\":\"A\",\"last\":{\"a\":1}}",
		"The answer is wrong at byte 27: /first /middle /last for 'name' is no text: {\"a\":1}");
	expect_error(joined, "{\"id\":1,\"middle\":[]}",
		"The answer is wrong at byte 17: /first /middle /last for 'name' is no text: []");
}
END_TEST

/* A key is one text however it was escaped. */
START_TEST(joined_texts_may_be_keys)
{
	static const struct muster_map rows[] = { MUSTER_JOIN("id", "/a /b") };
	const struct muster_map_rows keyed = ROWS(rows);

	expect_keyed(keyed, "id", "{\"a\":\"\\u0041\",\"b\":7}", "[\"A 7\"] {\"id\":\"\\u0041 7\"}");
	expect_error(keyed, "{\"a\":null}",
		"The record at byte 0 of the answer has no text in /a /b, and its key needs 'id'.");
}
END_TEST

START_TEST(joined_texts_have_a_limit)
{
	static const struct muster_map rows[] = { MUSTER_CONSTANT("id", "1"),
		MUSTER_JOIN("long", "/a /a /a /a /a /a /a /a") };
	const struct muster_action action = {
		.id = "get_thing", .records = "", .key = "id", .map = ROWS(rows), .result = MUSTER_OBJECT
	};
	struct buffer record = BUFFER_INIT(SIZE_MAX);
	struct error error;
	struct page *page;
	struct reading reading;

	ck_assert_int_eq(buffer_format(&record, "{\"a\":\"%0*d\"}", (int)(READER_RECORD_LIMIT / 4), 0), 0);
	ck_assert_int_eq(page_new(&page, &action, &plain, &error), 0);
	reading_init(&reading);
	reading_body(&reading, page, record.data, record.length, (struct reading_cut){ 65536, 65536 });
	ck_assert_int_eq((int)reading.code, (int)ERROR_RECORD_TOO_LARGE);
	reading_clear(&reading);
	page_free(page);
	buffer_clear(&record);
}
END_TEST

/* ---- Elements -------------------------------------------------------------------------------- */

static const struct muster_map shoe_rows[] = { MUSTER_COPY("id", "/id"), MUSTER_COPY("value", "/value") };
static const struct muster_map element_rows[] = {
	MUSTER_COPY("id", "/id"),
	MUSTER_ELEMENT("size", "/list", "/id", "shoe \"size\"", "/value"),
	MUSTER_ELEMENT("color", "/list", "/type/name", "color", "/value/text"),
	MUSTER_ELEMENT("seventh", "/list", "/number", "7", ""),
	MUSTER_EACH("all", "/list", shoe_rows),
};
static const struct muster_map_rows elements = ROWS(element_rows);

START_TEST(elements_are_found_by_a_member)
{
	expect(elements,
		"{\"id\":1,\"list\":[{\"id\":\"shoe \\\"size\\\"\",\"value\":42.5},{\"value\":9,\"id\":\"shoe "
		"\\u0022size\\u0022\"},{\"number\":7,\"id\":\"x\"}, {\"type\":{\"name\":\"color\"},\"value\":{\"text\":"
		"\"red\"}}]}",
		"{\"id\":\"1\",\"size\":\"42.5\",\"color\":\"red\",\"seventh\":{\"number\":7,\"id\":\"x\"},\"all\":["
		"{\"id\":\"shoe \\\"size\\\"\",\"value\":42.5},{\"id\":\"shoe \\u0022size\\u0022\",\"value\":9},"
		"{\"id\":\"x\"},{\"value\":{\"text\":\"red\"}}]}");
	expect(elements, "{\"id\":1,\"list\":[{\"type\":{\"name\":\"color\"},\"value\":{\"text\":false}}]}",
		"{\"id\":\"1\",\"color\":\"false\",\"all\":[{\"value\":{\"text\":false}}]}");
	/* The first that fits, whatever it holds. */
	expect(elements,
		"{\"id\":1,\"list\":[{\"id\":\"shoe \\\"size\\\"\"},{\"id\":\"shoe \\\"size\\\"\",\"value\":9}]}",
		"{\"id\":\"1\",\"all\":[{\"id\":\"shoe \\\"size\\\"\"},{\"id\":\"shoe \\\"size\\\"\",\"value\":9}]}");
	expect(elements, "{\"list\":[{\"id\":\"shoe \\\"size\\\"\",\"value\":null}],\"id\":1}",
		"{\"id\":\"1\",\"size\":null,\"all\":[{\"id\":\"shoe \\\"size\\\"\",\"value\":null}]}");
}
END_TEST

START_TEST(elements_may_be_missing)
{
	expect(elements, "{\"id\":1,\"list\":[{\"number\":null},{\"id\":{}}]}",
		"{\"id\":\"1\",\"all\":[{},{\"id\":{}}]}");
	expect(elements, "{\"id\":1,\"list\":[]}", "{\"id\":\"1\",\"all\":[]}");
	expect(elements, "{\"id\":1,\"list\":null}",
		"{\"id\":\"1\",\"size\":null,\"color\":null,\"seventh\":null,\"all\":null}");
	expect(elements, "{\"id\":1}", "{\"id\":\"1\"}");
	expect_error(elements, "{\"id\":1,\"list\":{}}",
		"The answer is wrong at byte 15: /list for 'all' is no list.");
	expect_error(elements, "{\"id\":1,\"list\":[7]}",
		"The answer is wrong at byte 16: an element of /list for 'all' is no object.");
}
END_TEST

/* ---- Objects --------------------------------------------------------------------------------- */

static const struct muster_word words[] = { { "A", "active" } };
static const struct muster_map inner_rows[] = {
	MUSTER_COPY("street", "/street"),
	MUSTER_AS_TEXT("number", "/n"),
	MUSTER_ELEMENT("floor", "/parts", "/k", "floor", "/v"),
	MUSTER_WORDS("state", "/state", words),
};
static const struct muster_map flat_rows[] = {
	MUSTER_COPY("phone", "/phone"),
	MUSTER_CONSTANT("kind", "work"),
};
static const struct muster_map object_rows[] = {
	MUSTER_INNER("address", "/home", inner_rows),
	MUSTER_INNER("contact", "", flat_rows),
	MUSTER_COPY("id", "/home/id"),
};
static const struct muster_map_rows objects = ROWS(object_rows);

START_TEST(objects_are_mapped_inside)
{
	expect(objects,
		"{\"home\":{\"n\":5,\"street\":\"High\",\"id\":1,\"parts\":[{\"k\":\"floor\",\"v\":2}],\"x\":1,"
		"\"state\":\"A\"},\"phone\":\"55\"}",
		"{\"address\":{\"street\":\"High\",\"number\":\"5\",\"floor\":\"2\",\"state\":\"active\","
		"\"state_source\":\"A\"},\"contact\":{\"phone\":\"55\",\"kind\":\"work\"},\"id\":\"1\"}");
	expect(objects, "{\"home\":{\"id\":1}}",
		"{\"address\":{},\"contact\":{\"kind\":\"work\"},\"id\":\"1\"}");
	expect_error(objects, "{\"home\":[ ],\"id\":1}",
		"The answer is wrong at byte 8: /home for 'address' is no object: [ ]");
	expect_error(objects, "{\"home\":{\"n\":{},\"id\":1}}",
		"The answer is wrong at byte 13: /n for 'number' is no text: {}");
}
END_TEST

START_TEST(objects_may_be_missing)
{
	static const struct muster_map rows[] = { MUSTER_INNER("address", "/home", inner_rows),
		MUSTER_COPY("id", "/id") };

	expect((struct muster_map_rows)ROWS(rows), "{\"id\":1,\"home\":null}",
		"{\"address\":null,\"id\":\"1\"}");
	expect((struct muster_map_rows)ROWS(rows), "{\"id\":1}", "{\"id\":\"1\"}");
}
END_TEST

/* ---- Several rows of one name ------------------------------------------------------------------ */

static const struct muster_map spare_rows[] = {
	MUSTER_COPY("id", "/id"),
	MUSTER_COPY("id", "/uuid"),
	MUSTER_WORDS("status", "/status", words),
	MUSTER_COPY("name", "/name"),
	MUSTER_ELEMENT("status", "/list", "/k", "status", "/v"),
	MUSTER_PARAMETER("status", "status"),
	MUSTER_ELEMENT("status", "/list", "/k", "state", "/v"),
	MUSTER_CONSTANT("kind", "none"),
	MUSTER_COPY("kind", "/kind"),
};
static const struct muster_map_rows spares = ROWS(spare_rows);

START_TEST(the_first_row_with_a_value_wins)
{
	expect_keyed(spares, "id",
		"{\"uuid\":\"u\",\"id\":1,\"status\":\"A\",\"list\":[{\"k\":\"status\",\"v\":3}]}",
		"[\"1\"] {\"id\":\"1\",\"status\":\"active\",\"status_source\":\"A\",\"kind\":\"none\"}");
	expect_keyed(spares, "id status",
		"{\"uuid\":\"u\",\"id\":null,\"status\":null,\"list\":[{\"k\":\"state\",\"v\":\"s\"}],\"name\":\"n\"}",
		"[\"u\",\"s\"] {\"id\":\"u\",\"status\":\"s\",\"name\":\"n\",\"kind\":\"none\"}");
	/* A word that we don't know is a value. */
	expect_keyed(spares, "id", "{\"uuid\":\"u\",\"status\":\"Z\",\"list\":[{\"k\":\"status\",\"v\":3}]}",
		"[\"u\"] {\"id\":\"u\",\"status\":null,\"status_source\":\"Z\",\"kind\":\"none\"}");
}
END_TEST

START_TEST(null_comes_before_nothing)
{
	expect_keyed(spares, "id", "{\"uuid\":\"u\",\"list\":[{\"k\":\"state\",\"v\":null}]}",
		"[\"u\"] {\"id\":\"u\",\"status\":null,\"kind\":\"none\"}");
	expect_keyed(spares, "id", "{\"uuid\":\"u\",\"status\":null}",
		"[\"u\"] {\"id\":\"u\",\"status\":null,\"status_source\":null,\"kind\":\"none\"}");
	expect_keyed(spares, "id", "{\"id\":\"u\",\"list\":[]}", "[\"u\"] {\"id\":\"u\",\"kind\":\"none\"}");
}
END_TEST

START_TEST(a_key_may_have_spare_rows)
{
	static const struct muster_map rows[] = { MUSTER_PARAMETER("id", "missing"),
		MUSTER_COPY("id", "/id") };

	expect((struct muster_map_rows)ROWS(rows), "{\"id\":1}", "{\"id\":\"1\"}");
}
END_TEST

/* ---- Raw, and what can't be compiled ----------------------------------------------------------- */

START_TEST(raw_records_keep_their_keys)
{
	const struct map_options options = { .raw = true };
	struct reading reading;

	read_record(&reading, spares, "id kind", &options, "{ \"uuid\":\"u\" , \"kind\": 1 }");
	ck_assert_str_eq(reading.text.data, "[\"u\",\"none\"] {\"uuid\":\"u\",\"kind\":1}\n");
	reading_clear(&reading);
	read_record(&reading, values, "id number", &options, "{\"id\":1,\"n\":\"many\"}");
	ck_assert_str_eq(reading.text.data, " {\"id\":1,\"n\":\"many\"}\n");
	reading_clear(&reading);
}
END_TEST

START_TEST(broken_rows_are_refused)
{
	static const struct muster_map in_list[] = { MUSTER_EACH("all", "/list", inner_rows) };
	static const struct muster_map in_object[] = { MUSTER_INNER("all", "/list", object_rows) };
	static const struct muster_map two_lists[] = { MUSTER_EACH("a", "/list", shoe_rows),
		MUSTER_EACH("b", "/list", shoe_rows) };
	static const struct muster_map unsaid[] = {
		{ .to = "a", .from = "/list", .kind = MUSTER_MAP_ELEMENT }
	};
	static const struct muster_map bad_where[] = { MUSTER_ELEMENT("a", "/list", "id", "x", "/v") };
	static const struct muster_map bad_take[] = { MUSTER_ELEMENT("a", "/list", "/id", "x", "v") };
	static const struct muster_map one_text[] = { MUSTER_JOIN("a", "/x") };
	static const struct muster_map many_texts[] = { MUSTER_JOIN("a", "/1 /2 /3 /4 /5 /6 /7 /8 /9") };
	static const struct muster_map bad_text[] = { MUSTER_JOIN("a", "/x y") };
	static const struct muster_map through[] = { MUSTER_ELEMENT("a", "/list", "/id", "x", "/v"),
		MUSTER_COPY("b", "/list/0") };

	expect_refused((struct muster_map_rows)ROWS(in_list), "all",
		"map: 'floor' stands in the rows of 'all', where its kind can't.");
	expect_refused((struct muster_map_rows)ROWS(in_object), "all",
		"map: 'address' stands in the rows of 'all', where its kind can't.");
	expect_refused((struct muster_map_rows)ROWS(two_lists), "a",
		"map: 'a' and 'b' are made of the same list, /list.");
	expect_refused((struct muster_map_rows)ROWS(unsaid), "a",
		"map: 'a' does not say which element it takes, and what of it.");
	expect_refused(
		(struct muster_map_rows)ROWS(bad_where), "a", "'id' is no JSON pointer: it begins with '/'.");
	expect_refused(
		(struct muster_map_rows)ROWS(bad_take), "a", "'v' is no JSON pointer: it begins with '/'.");
	expect_refused((struct muster_map_rows)ROWS(one_text), "a",
		"map: 'a' joins fewer than 2 texts or more than 8.");
	expect_refused((struct muster_map_rows)ROWS(many_texts), "a",
		"map: 'a' joins fewer than 2 texts or more than 8.");
	expect_refused(
		(struct muster_map_rows)ROWS(bad_text), "a", "'y' is no JSON pointer: it begins with '/'.");
	expect_refused((struct muster_map_rows)ROWS(through), "a",
		"'/list/0' meets another pointer at a place that only one may lead to.");
	expect_refused(
		objects, "address", "key: 'address' is no field of the map that a key can be made of.");
}
END_TEST

static Suite *make_suite(void)
{
	Suite *suite = suite_create("kinds");
	TCase *tcase = tcase_create("kinds");

	tcase_add_test(tcase, scalars_become_text);
	tcase_add_test(tcase, numbers_keep_their_digits);
	tcase_add_test(tcase, numbers_have_a_limit);
	tcase_add_test(tcase, booleans_have_several_spellings);
	tcase_add_test(tcase, days_are_cut_off);
	tcase_add_test(tcase, the_last_day_is_the_one_before_midnight);
	tcase_add_test(tcase, false_zones_are_dropped);
	tcase_add_test(tcase, texts_are_joined);
	tcase_add_test(tcase, what_is_no_text_is_not_joined);
	tcase_add_test(tcase, joined_texts_may_be_keys);
	tcase_add_test(tcase, joined_texts_have_a_limit);
	tcase_add_test(tcase, elements_are_found_by_a_member);
	tcase_add_test(tcase, elements_may_be_missing);
	tcase_add_test(tcase, objects_are_mapped_inside);
	tcase_add_test(tcase, objects_may_be_missing);
	tcase_add_test(tcase, the_first_row_with_a_value_wins);
	tcase_add_test(tcase, null_comes_before_nothing);
	tcase_add_test(tcase, a_key_may_have_spare_rows);
	tcase_add_test(tcase, raw_records_keep_their_keys);
	tcase_add_test(tcase, broken_rows_are_refused);
	suite_add_tcase(suite, tcase);
	return suite;
}

CHECK_MAIN(make_suite)
