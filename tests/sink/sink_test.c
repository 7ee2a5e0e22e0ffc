#include "config.h"

#include "base/text.h"
#include "check_main.h"
#include "record/check.h"
#include "sink/sink.h"

#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static const char people[] = "{\"type\":\"object\",\"required\":[\"id\"],\"properties\":{"
			     "\"name\":{\"type\":[\"string\",\"null\"]},"
			     "\"id\":{\"type\":\"string\"},"
			     "\"status\":{\"type\":[\"string\",\"null\"]},"
			     "\"status_source\":{\"type\":[\"string\",\"null\"]},"
			     "\"salary\":{\"type\":[\"number\",\"null\"]},"
			     "\"manager\":{\"type\":[\"boolean\",\"null\"]},"
			     "\"custom_fields\":{\"type\":\"array\"}}}";

static struct error error;
static struct model *model;
static struct check check;

static void set_up(void)
{
	(void)signal(SIGPIPE, SIG_IGN);
	error = (struct error){ 0 };
	ck_assert_int_eq(model_parse(&model, people, strlen(people), "people", &error), 0);
}

static void tear_down(void)
{
	check_clear(&check);
	model_free(model);
}

static void put(struct sink *sink, const char *record)
{
	if (check_record(&check, record, strlen(record), &error) < 0)
		ck_abort_msg("%s", error.message);
	ck_assert_int_eq(sink_write(sink, &check.record, "[]", 2, &error), 0);
}

/* What the records become; they end with NULL. The caller frees it. */
static char *rendered(
	enum sink_format format, bool raw, size_t width, bool complete, const char *const *records)
{
	FILE *file = tmpfile();
	struct sink_options options = { .format = format, .model = raw ? NULL : model, .width = width };
	struct sink *sink;
	char *text;

	ck_assert_ptr_nonnull(file);
	options.descriptor = fileno(file);
	check_clear(&check);
	check_init(&check, options.model, (size_t)4 << 20);
	ck_assert_int_eq(sink_new(&sink, &options, &error), 0);
	for (; *records; records++)
		put(sink, *records);
	ck_assert_int_eq(sink_finish(sink, complete, &error), 0);
	ck_assert_int_eq(drain_flush(sink_drain(sink), &error), DRAIN_EMPTY);
	sink_free(sink);

	off_t size = lseek(fileno(file), 0, SEEK_END);
	ck_assert(size >= 0);
	text = calloc(1, (size_t)size + 1);
	ck_assert_ptr_nonnull(text);
	ck_assert_int_eq(pread(fileno(file), text, (size_t)size, 0), size);
	(void)fclose(file);
	return text;
}

#define RECORDS(...) ((const char *const[]){ __VA_ARGS__, NULL })

static void check_rendered(enum sink_format format, bool raw, size_t width, bool complete,
	const char *const *records, const char *expected)
{
	char *text = rendered(format, raw, width, complete, records);

	ck_assert_str_eq(text, expected);
	free(text);
}

static const char *const two[] = { "{\"id\":\"1\",\"salary\":1e400}", "{\"id\":\"2\",\"name\":\"Zo\\u00eb\"}",
	NULL };
static const char *const none[] = { NULL };

START_TEST(formats_have_names)
{
	enum sink_format format;

	ck_assert_int_eq(sink_format_find(&format, "csv", &error), 0);
	ck_assert_int_eq(format, SINK_CSV);
	ck_assert_int_eq(sink_format_find(&format, "xml", &error), -1);
	ck_assert_int_eq(error.code, ERROR_USAGE);
	ck_assert_ptr_nonnull(strstr(error.hint, "table"));
}
END_TEST

START_TEST(ndjson_is_untouched)
{
	check_rendered(SINK_NDJSON, false, 0, true, two,
		"{\"id\":\"1\",\"salary\":1e400}\n{\"id\":\"2\",\"name\":\"Zo\\u00eb\"}\n");
	check_rendered(SINK_NDJSON, false, 0, true, none, "");
}
END_TEST

START_TEST(json_is_one_array)
{
	check_rendered(SINK_JSON, false, 0, true, two,
		"[\n{\"id\":\"1\",\"salary\":1e400},\n{\"id\":\"2\",\"name\":\"Zo\\u00eb\"}\n]\n");
	check_rendered(SINK_JSON, false, 0, true, none, "[]\n");
}
END_TEST

START_TEST(json_of_a_failed_run_stays_open)
{
	check_rendered(SINK_JSON, false, 0, false, RECORDS("{\"id\":\"1\"}"), "[\n{\"id\":\"1\"}\n");
	check_rendered(SINK_JSON, false, 0, false, none, "");
}
END_TEST

#define CSV_HEAD "name,id,status,status_source,salary,manager,custom_fields\r\n"

START_TEST(csv_is_rfc_4180)
{
	check_rendered(SINK_CSV, false, 0, true,
		RECORDS("{\"id\":\"1\",\"name\":\"a,b\",\"salary\":-0.10,\"manager\":true}",
			"{\"id\":\"say \\\"hi\\\"\",\"name\":\"two\\nlines\",\"status\":null}",
			"{\"id\":\"\",\"name\":\" edge\",\"custom_fields\":[{\"id\":\"x\"}]}"),
		CSV_HEAD "\"a,b\",1,,,-0.10,true,\r\n"
			 "\"two\nlines\",\"say \"\"hi\"\"\",,,,,\r\n"
			 "\" edge\",\"\",,,,,\"[{\"\"id\"\":\"\"x\"\"}]\"\r\n");
}
END_TEST

START_TEST(csv_without_records_has_a_header)
{
	check_rendered(SINK_CSV, false, 0, true, none, CSV_HEAD);
	check_rendered(SINK_CSV, false, 0, false, none, "");
	check_rendered(SINK_CSV, true, 0, true, none, "");
}
END_TEST

START_TEST(csv_disarms_formulas)
{
	static const struct {
		const char *json, *cell;
	} cases[] = {
		{ "=1+1", "'=1+1" },
		{ "+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0" },
		{ "-2+3+cmd", "'-2+3+cmd" },
		{ "@SUM(A1)", "'@SUM(A1)" },
		{ "\\t=1", "'\t=1" },
		{ "\\u003d1", "'=1" },
		{ "\xEF\xBC\x9D"
		  "1",
			"'\xEF\xBC\x9D"
			"1" },
		{ "=HYPERLINK(\\\"x\\\")", "\"'=HYPERLINK(\"\"x\"\")\"" },
		{ "+49 (89) 1234-5", "+49 (89) 1234-5" },
		{ "-5", "-5" },
		{ "a=b", "a=b" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char record[128], expected[256];
		(void)snprintf(record, sizeof record, "{\"name\":\"%s\",\"id\":\"1\"}", cases[i].json);
		(void)snprintf(expected, sizeof expected, CSV_HEAD "%s,1,,,,,\r\n", cases[i].cell);
		check_rendered(SINK_CSV, false, 0, true, RECORDS(record), expected);
	}
}
END_TEST

START_TEST(csv_of_raw_records_loses_nothing)
{
	check_rendered(SINK_CSV, true, 0, true,
		RECORDS("{\"b\":1,\"=a\":\"x\"}", "{\"=a\":\"y\",\"new\":\"\\\"\",\"more\":[1]}"),
		"b,'=a,_other\r\n1,x,\r\n,y,\"{\"\"new\"\":\"\"\\\"\"\"\",\"\"more\"\":[1]}\"\r\n");
}
END_TEST

START_TEST(table_shows_what_is_filled)
{
	check_rendered(SINK_TABLE, false, 80, true,
		RECORDS("{\"id\":\"1\",\"name\":\"Zo\xC3\xAB\",\"status\":\"active\",\"status_source\":"
			"\"Aktiv\",\"salary\":1000}",
			"{\"id\":\"22\",\"name\":\"\xE6\x9D\x8E\",\"salary\":5,\"status\":\"leave\"}"),
		"id  name  status  salary\n"
		"--  ----  ------  ------\n"
		"1   Zo\xC3\xAB   active    1000\n"
		"22  \xE6\x9D\x8E    leave        5\n"
		"\n2 records. Not shown: status_source.\n");
}
END_TEST

/* A field that some lack gives way to one that all have, wherever they stand in the model. */
START_TEST(table_prefers_what_all_have)
{
	static const char *const some[] = {
		"{\"id\":\"1\",\"name\":\"Augusta Ada King\",\"status\":\"active\"}",
		"{\"id\":\"2\",\"name\":\"Zo\xC3\xAB\",\"status\":\"leave\"}",
		"{\"id\":\"3\",\"status\":\"left\"}", NULL
	};

	check_rendered(SINK_TABLE, false, 27, true, some,
		"id  status\n"
		"--  ------\n"
		"1   active\n"
		"2   leave\n"
		"3   left\n"
		"\n3 records. Not shown: name.\n");
	check_rendered(SINK_TABLE, false, 28, true, some,
		"id  name              status\n"
		"--  ----------------  ------\n"
		"1   Augusta Ada King  active\n"
		"2   Zo\xC3\xAB               leave\n"
		"3                     left\n"
		"\n3 records.\n");
}
END_TEST

START_TEST(table_of_one_is_shown_whole)
{
	check_rendered(SINK_TABLE, false, 80, true,
		RECORDS("{\"id\":\"1\",\"name\":\"a\\nb\\u001b[2J\",\"status_source\":\"x\",\"custom_fields\":"
			"[{\"id\":\"p\"}]}"),
		"id             1\n"
		"name           a b\xEF\xBF\xBD[2J\n"
		"status_source  x\n"
		"custom_fields  [{\"id\":\"p\"}]\n");
}
END_TEST

START_TEST(table_of_none_says_so)
{
	check_rendered(SINK_TABLE, false, 80, true, none, "No records.\n");
	check_rendered(SINK_TABLE, false, 80, false, none, "");
}
END_TEST

/* However long the texts, no line is wider than asked for; and a row that comes after the layout is cut
 * as those before it. */
START_TEST(table_is_never_too_wide)
{
	enum { ROWS = 250 };
	const char *records[ROWS + 1] = { NULL };
	char lines[ROWS][512];

	for (size_t i = 0; i < ROWS; i++) {
		(void)snprintf(lines[i], sizeof lines[i],
			"{\"id\":\"%zu-0123456789012345678901234567890123456789\",\"name\":\"%s\","
			"\"status\":\"%s\",\"salary\":123456789012345678901234567890}",
			i,
			i % 2 ? "\xE6\x9D\x8E\xE6\x9D\x8E\xE6\x9D\x8E\xE6\x9D\x8E\xE6\x9D\x8E\xE6\x9D\x8E"
				"\xE6\x9D\x8E\xE6\x9D\x8E\xE6\x9D\x8E"
			      : "an unusually long name, longer than any column",
			i > 150 ? "much longer than all that was seen before" : "short");
		records[i] = lines[i];
	}
	for (size_t width = 20; width < 130; width += 7) {
		char *text = rendered(SINK_TABLE, false, width, true, records);
		size_t count = 0;
		for (char *line = text, *end; (end = strchr(line, '\n')); line = end + 1, count++) {
			if (count < ROWS + 2)
				ck_assert_uint_le(text_width(line, (size_t)(end - line)), width);
			ck_assert(text_is_utf8(line, (size_t)(end - line)));
		}
		ck_assert_uint_eq(count, ROWS + 4);
		free(text);
	}
}
END_TEST

START_TEST(table_of_a_failed_run_shows_what_came)
{
	check_rendered(SINK_TABLE, false, 80, false, RECORDS("{\"id\":\"1\"}"), "id\n--\n1\n");
}
END_TEST

START_TEST(table_of_raw_records)
{
	check_rendered(SINK_TABLE, true, 80, true,
		RECORDS("{\"\\u001b[1mx\":\"a\",\"list\":[1]}", "{\"\\u001b[1mx\":\"b\",\"other\":1}"),
		"\xEF\xBF\xBD[1mx\n-----\na\nb\n\n2 records. Not shown: list.\n");
}
END_TEST

/* On a terminal C1 control characters and overrides, which JSON lets pass, are replaced. */
static void check_terminal(enum sink_format format, const char *expected)
{
	struct sink_options options = { .format = format, .model = model };
	struct sink *sink;
	struct termios plain;
	char seen[512];
	int master, terminal;

	if (openpty(&master, &terminal, NULL, NULL, NULL) < 0)
		return; /* no terminals here */
	ck_assert_int_eq(tcgetattr(terminal, &plain), 0);
	cfmakeraw(&plain);
	ck_assert_int_eq(tcsetattr(terminal, TCSANOW, &plain), 0);
	options.descriptor = terminal;
	check_init(&check, model, (size_t)4 << 20);
	ck_assert_int_eq(sink_new(&sink, &options, &error), 0);
	put(sink, "{\"id\":\"\xC2\x9B"
		  "2J\xE2\x80\xAE\"}");
	ck_assert_int_eq(sink_finish(sink, true, &error), 0);
	ck_assert_int_eq(drain_flush(sink_drain(sink), &error), DRAIN_EMPTY);
	ssize_t count = read(master, seen, sizeof seen - 1);
	ck_assert_int_gt(count, 0);
	seen[count] = '\0';
	ck_assert_str_eq(seen, expected);
	sink_free(sink);
}

START_TEST(a_terminal_is_not_controlled)
{
	check_terminal(SINK_NDJSON, "{\"id\":\"\xEF\xBF\xBD"
				    "2J\xEF\xBF\xBD\"}\n");
}
END_TEST

START_TEST(a_terminal_is_not_controlled_by_csv)
{
	check_terminal(SINK_CSV, CSV_HEAD ",\xEF\xBF\xBD"
					  "2J\xEF\xBF\xBD,,,,,\r\n");
}
END_TEST

START_TEST(a_bad_descriptor_is_an_error)
{
	struct sink_options options = { .format = SINK_CSV, .descriptor = -1 };
	struct sink *sink;

	ck_assert_int_eq(sink_new(&sink, &options, &error), -1);
	ck_assert_int_eq(error.code, ERROR_OUTPUT_FAILED);
	sink_free(NULL);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("sink/sink");
	TCase *c = tcase_create("sink");

	tcase_add_checked_fixture(c, set_up, tear_down);
	tcase_add_test(c, formats_have_names);
	tcase_add_test(c, ndjson_is_untouched);
	tcase_add_test(c, json_is_one_array);
	tcase_add_test(c, json_of_a_failed_run_stays_open);
	tcase_add_test(c, csv_is_rfc_4180);
	tcase_add_test(c, csv_without_records_has_a_header);
	tcase_add_test(c, csv_disarms_formulas);
	tcase_add_test(c, csv_of_raw_records_loses_nothing);
	tcase_add_test(c, table_shows_what_is_filled);
	tcase_add_test(c, table_prefers_what_all_have);
	tcase_add_test(c, table_of_one_is_shown_whole);
	tcase_add_test(c, table_of_none_says_so);
	tcase_add_test(c, table_is_never_too_wide);
	tcase_add_test(c, table_of_a_failed_run_shows_what_came);
	tcase_add_test(c, table_of_raw_records);
	tcase_add_test(c, a_terminal_is_not_controlled);
	tcase_add_test(c, a_terminal_is_not_controlled_by_csv);
	tcase_add_test(c, a_bad_descriptor_is_an_error);
	suite_add_tcase(s, c);
	return s;
}

CHECK_MAIN(suite)
