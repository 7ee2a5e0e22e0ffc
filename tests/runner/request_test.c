/* From an action and its parameters to the URL of the first request: lists, formats, sizes. */
#include "config.h"

#include "runner/request.h"

#include "check_main.h"

#include <string.h>

#define ROWS(array_) \
	{ \
		(array_), sizeof(array_) / sizeof((array_)[0]), sizeof((array_)[0]) \
	}

static int make(
	struct buffer *url, const struct muster_parameter *parameter, const char *value, struct error *error)
{
	const struct muster_argument given[] = { { parameter->id, value } };
	const struct request_values values = { .parameters = given, .parameter_count = 1 };
	struct muster_action action = { .request = "GET https://a/p",
		.parameters = { parameter, 1, sizeof *parameter } };

	if (parameter->place == MUSTER_PATH)
		action.request = "GET https://a/p/{parameter.x}/q";
	buffer_init(url, 1024);
	error->code = ERROR_NONE;
	if (request_target(url, &action, &values, error) < 0)
		return -1;
	return request_declared(url, &action, &values, error);
}

static void expect(const struct muster_parameter *parameter, const char *value, const char *expected)
{
	struct buffer url;
	struct error error;

	ck_assert_msg(make(&url, parameter, value, &error) == 0, "%s", error.message);
	ck_assert_str_eq(buffer_text(&url), expected);
	buffer_clear(&url);
}

static void expect_error(const struct muster_parameter *parameter, const char *value, const char *message)
{
	struct buffer url;
	struct error error;

	ck_assert_int_eq(make(&url, parameter, value, &error), -1);
	ck_assert_int_eq((int)error.code, (int)ERROR_BAD_PARAMETER);
	ck_assert_str_eq(error.message, message);
	buffer_clear(&url);
}

static const struct {
	uint32_t format;
	const char *value;
	const char *expected; /* NULL: refused */
} formats[] = {
	{ MUSTER_ISO, "2026-12-31", "2026-12-31" },
	{ MUSTER_ISO, "any text", "any%20text" },
	{ MUSTER_DAY_MONTH_YEAR, "2026-12-31", "31%2F12%2F2026" },
	{ MUSTER_DAY_START_UTC, "2026-12-31", "2026-12-31T00%3A00%3A00Z" },
	{ MUSTER_DAY_END_UTC, "2026-12-31", "2026-12-31T23%3A59%3A59Z" },
	{ MUSTER_DAY_START_LOCAL, "2026-12-31", "2026-12-31T00%3A00%3A00" },
	{ MUSTER_DAY_END_LOCAL, "2026-12-31", "2026-12-31T23%3A59%3A59" },
	{ MUSTER_UTC, "2026-12-31T23:30:00.5-01:00", "2027-01-01T00%3A30%3A00.5Z" },
	{ MUSTER_LOCAL, "2026-12-31T23:30:00.5-01:00", "2026-12-31T23%3A30%3A00.5" },
	{ MUSTER_DAY_MONTH_YEAR, "31.12.2026", NULL },
	{ MUSTER_DAY_END_UTC, "2026-02-30", NULL },
	{ MUSTER_UTC, "2026-12-31", NULL },
	{ MUSTER_LOCAL, "2026-12-31", NULL },
};

START_TEST(dates_are_written_as_wanted)
{
	const struct muster_parameter parameter = { .id = "x", .name = "on", .format = formats[_i].format };
	struct buffer expected = BUFFER_INIT(1024);
	struct buffer url;
	struct error error;

	if (formats[_i].expected) {
		ck_assert_int_eq(buffer_format(&expected, "https://a/p?on=%s", formats[_i].expected), 0);
		expect(&parameter, formats[_i].value, buffer_text(&expected));
	} else {
		ck_assert_int_eq(make(&url, &parameter, formats[_i].value, &error), -1);
		ck_assert_int_eq((int)error.code, (int)ERROR_BAD_PARAMETER);
		buffer_clear(&url);
	}
	buffer_clear(&expected);
}
END_TEST

START_TEST(lists_are_repeated_or_joined)
{
	struct muster_parameter list = { .id = "x", .name = "id[]", .flags = MUSTER_LIST };
	const struct muster_parameter plain = { .id = "x", .name = "id" };

	expect(&list, "a,b c,d", "https://a/p?id%5B%5D=a&id%5B%5D=b%20c&id%5B%5D=d");
	expect(&list, "a", "https://a/p?id%5B%5D=a");
	list.join = ",";
	expect(&list, "a,b c", "https://a/p?id%5B%5D=a%2Cb%20c");
	list.join = " or ";
	expect(&list, "a,b", "https://a/p?id%5B%5D=a%20or%20b");
	expect(&plain, "a,b", "https://a/p?id=a%2Cb");
	list.format = MUSTER_DAY_MONTH_YEAR;
	expect(&list, "2026-12-31,2027-01-01", "https://a/p?id%5B%5D=31%2F12%2F2026%20or%2001%2F01%2F2027");
	expect_error(&list, "2026-12-31,soon", "The parameter 'x' is no date.");
	list.join = NULL;
	expect(&list, "2026-12-31,2027-01-01", "https://a/p?id%5B%5D=31%2F12%2F2026&id%5B%5D=01%2F01%2F2027");
	expect_error(&list, "2026-12-31,soon", "The parameter 'x' is no date.");
}
END_TEST

START_TEST(paths_have_formats_too)
{
	struct muster_parameter parameter = { .id = "x", .name = "x", .place = MUSTER_PATH };

	expect(&parameter, "-", "https://a/p/-/q");
	expect_error(&parameter, "..", "The parameter 'x' can't be '..'.");
	expect_error(&parameter, "", "The parameter 'x' is missing.");
	parameter.flags = MUSTER_LIST;
	parameter.join = ";";
	expect(&parameter, "a,b/c", "https://a/p/a%3Bb%2Fc/q");
	parameter.format = MUSTER_DAY_END_LOCAL;
	expect(&parameter, "2026-12-31", "https://a/p/2026-12-31T23%3A59%3A59/q");
	expect_error(&parameter, "x", "The parameter 'x' is no date.");
}
END_TEST

START_TEST(long_values_are_refused)
{
	const struct muster_parameter plain = { .id = "x", .name = "x" };
	const struct muster_parameter list = { .id = "x", .name = "x", .flags = MUSTER_LIST };
	static char value[70 * 1024];

	memset(value, 'x', 2000);
	expect_error(&plain, value, "The URL of the request is too long.");
	expect_error(&list, value, "The URL of the request is too long.");
	memset(value, 'x', sizeof value - 1);
	expect_error(&plain, value, "The parameter 'x' is too long.");
}
END_TEST

START_TEST(sizes_are_said_once)
{
	static const struct muster_paging rows[] = {
		{ .from = "/a", .kind = MUSTER_NEXT_LINK, .size_name = "item[per]", .size = 100 },
		{ .from = "/b", .to = "c", .kind = MUSTER_CURSOR, .size_name = "item[per]", .size = 50 },
		{ .from = "/c", .to = "c", .kind = MUSTER_CURSOR, .size_name = "limit", .size = 4294967295u },
		{ .from = "/d", .kind = MUSTER_NEXT_LINK },
	};
	const struct muster_action action = { .paging = ROWS(rows) };
	struct buffer url = BUFFER_INIT(1024);
	struct error error;

	ck_assert_int_eq(buffer_append_text(&url, "https://a/p?s=1"), 0);
	ck_assert_int_eq(request_sizes(&url, &action, &error), 0);
	ck_assert_str_eq(buffer_text(&url), "https://a/p?s=1&item%5Bper%5D=100&limit=4294967295");
	url.limit = url.length;
	ck_assert_int_eq(request_sizes(&url, &action, &error), -1);
	buffer_clear(&url);
}
END_TEST

static Suite *make_suite(void)
{
	Suite *suite = suite_create("request");
	TCase *tcase = tcase_create("request");

	tcase_add_loop_test(tcase, dates_are_written_as_wanted, 0, (int)(sizeof formats / sizeof formats[0]));
	tcase_add_test(tcase, lists_are_repeated_or_joined);
	tcase_add_test(tcase, paths_have_formats_too);
	tcase_add_test(tcase, long_values_are_refused);
	tcase_add_test(tcase, sizes_are_said_once);
	suite_add_tcase(suite, tcase);
	return suite;
}

CHECK_MAIN(make_suite)
