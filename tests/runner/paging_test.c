#include "config.h"

#include "runner/paging.h"

#include "check_main.h"

#include <string.h>

static const struct muster_paging link_row = { .from = "/next", .kind = MUSTER_NEXT_LINK };
static const struct muster_paging cursor_row = {
	.from = "/after", .to = "page[after]", .kind = MUSTER_CURSOR
};

#define PAGE "https://api.example.com/v1/people?state=active"

struct next_case {
	const char *current;
	const char *value;
	const char *expected; /* NULL: refused */
	enum error_code code;
};

/* RFC 3986, section 5.4, as far as it stays at the origin, and what else is met. */
static const struct next_case links[] = {
	{ "https://a/b/c/d;p?q", "g", "https://a/b/c/g", ERROR_NONE },
	{ "https://a/b/c/d;p?q", "./g", "https://a/b/c/g", ERROR_NONE },
	{ "https://a/b/c/d;p?q", "g/", "https://a/b/c/g/", ERROR_NONE },
	{ "https://a/b/c/d;p?q", "/g", "https://a/g", ERROR_NONE },
	{ "https://a/b/c/d;p?q", "?y", "https://a/b/c/d;p?y", ERROR_NONE },
	{ "https://a/b/c/d;p?q", "g?y", "https://a/b/c/g?y", ERROR_NONE },
	{ "https://a/b/c/d;p?q", "g#s", "https://a/b/c/g", ERROR_NONE },
	{ "https://a/b/c/d;p?q", ";x", "https://a/b/c/;x", ERROR_NONE },
	{ "https://a/b/c/d;p?q", ".", "https://a/b/c/", ERROR_NONE },
	{ "https://a/b/c/d;p?q", "./", "https://a/b/c/", ERROR_NONE },
	{ "https://a/b/c/d;p?q", "..", "https://a/b/", ERROR_NONE },
	{ "https://a/b/c/d;p?q", "../g", "https://a/b/g", ERROR_NONE },
	{ "https://a/b/c/d;p?q", "../..", "https://a/", ERROR_NONE },
	{ "https://a/b/c/d;p?q", "../../g", "https://a/g", ERROR_NONE },
	{ "https://a/b/c/d;p?q", "../../../../g", "https://a/g", ERROR_NONE },
	{ "https://a/b/c/d;p?q", "/./g", "https://a/g", ERROR_NONE },
	{ "https://a/b/c/d;p?q", "/../g", "https://a/g", ERROR_NONE },
	{ "https://a/b/c/d;p?q", "g.", "https://a/b/c/g.", ERROR_NONE },
	{ "https://a/b/c/d;p?q", "..g", "https://a/b/c/..g", ERROR_NONE },
	{ "https://a/b/c/d;p?q", "./g/.", "https://a/b/c/g/", ERROR_NONE },
	{ "https://a/b/c/d;p?q", "g/../h", "https://a/b/c/h", ERROR_NONE },
	{ "https://a/b/c/d;p?q", "g;x=1/../y", "https://a/b/c/y", ERROR_NONE },
	{ "https://a/b/c/d;p?q", "g?y/../x", "https://a/b/c/g?y/../x", ERROR_NONE },
	{ "https://a", "g", "https://a/g", ERROR_NONE },
	{ "https://a", "?y", "https://a/?y", ERROR_NONE },
	{ "https://a/", "..", NULL, ERROR_REPEATED_CURSOR },

	{ PAGE, "/v1/people?cursor=eyJh%3D", "https://api.example.com/v1/people?cursor=eyJh%3D", ERROR_NONE },
	{ PAGE, "https://api.example.com/v1/people?cursor=2", "https://api.example.com/v1/people?cursor=2",
		ERROR_NONE },
	{ PAGE, "HTTPS://API.Example.COM:443/x", "https://api.example.com/x", ERROR_NONE },
	{ PAGE, "https://api.example.com:/x", "https://api.example.com/x", ERROR_NONE },
	{ PAGE, "//api.example.com/x", "https://api.example.com/x", ERROR_NONE },
	{ PAGE, "https://api.example.com", "https://api.example.com/", ERROR_NONE },
	{ PAGE, "https://api.example.com?x", "https://api.example.com/?x", ERROR_NONE },
	{ PAGE, "?at=12:30", "https://api.example.com/v1/people?at=12:30", ERROR_NONE },

	/* What nobody escaped is escaped, so that no other reader sees another URL. */
	{ PAGE, "/a b\"<>\\^`{|}[]", "https://api.example.com/a%20b%22%3C%3E%5C%5E%60%7B%7C%7D%5B%5D",
		ERROR_NONE },
	{ PAGE, "/Zo\xC3\xAB?x=\xC3\xAB", "https://api.example.com/Zo%C3%AB?x=%C3%AB", ERROR_NONE },
	{ PAGE, "/100%/%zz/%4", "https://api.example.com/100%25/%25zz/%254", ERROR_NONE },
	{ PAGE, "/\\evil.com", "https://api.example.com/%5Cevil.com", ERROR_NONE },

	{ PAGE, "http://api.example.com/x", NULL, ERROR_FOREIGN_LINK },
	{ PAGE, "https://evil.com/x", NULL, ERROR_FOREIGN_LINK },
	{ PAGE, "//evil.com/x", NULL, ERROR_FOREIGN_LINK },
	{ PAGE, "https://api.example.com.evil.com/x", NULL, ERROR_FOREIGN_LINK },
	{ PAGE, "https://api.example.com@evil.com/x", NULL, ERROR_FOREIGN_LINK },
	{ PAGE, "https://user:word@api.example.com/x", NULL, ERROR_FOREIGN_LINK },
	{ PAGE, "https://@api.example.com/x", NULL, ERROR_FOREIGN_LINK },
	{ PAGE, "https://api.example.com:8443/x", NULL, ERROR_FOREIGN_LINK },
	{ PAGE, "https://api.example.com:443@evil.com/x", NULL, ERROR_FOREIGN_LINK },
	{ PAGE, "https://api.example.com:0443/x", NULL, ERROR_FOREIGN_LINK },
	{ PAGE, "https://api.example.com\\.evil.com/x", NULL, ERROR_FOREIGN_LINK },
	{ PAGE, "https://api%2Eexample.com/x", NULL, ERROR_FOREIGN_LINK },
	{ PAGE, "https://[::1]/x", NULL, ERROR_FOREIGN_LINK },
	{ PAGE, "https:///x", NULL, ERROR_FOREIGN_LINK },
	{ PAGE, "https:/x", NULL, ERROR_FOREIGN_LINK },
	{ PAGE, "https:x", NULL, ERROR_FOREIGN_LINK },
	{ PAGE, "https:\\\\evil.com", NULL, ERROR_FOREIGN_LINK },
	{ PAGE, "file:///etc/passwd", NULL, ERROR_FOREIGN_LINK },
	{ PAGE, "javascript:alert(1)", NULL, ERROR_FOREIGN_LINK },

	{ PAGE, "/a\r\nHost: evil.com", NULL, ERROR_MALFORMED_BODY },
	{ PAGE, "https://api.example.com\t/x", NULL, ERROR_MALFORMED_BODY },
	{ PAGE, "/v1/people?state=active", NULL, ERROR_REPEATED_CURSOR },
	{ PAGE, "#top", NULL, ERROR_REPEATED_CURSOR },
};

static void expect_next(const struct muster_paging *row, const char *first, const char *current,
	const char *value, size_t length, const char *expected, enum error_code code)
{
	const struct paging_page page = { first, current, 1 };
	struct buffer url = BUFFER_INIT(PAGING_URL_LIMIT);
	struct error error = { .code = ERROR_NONE };
	int result = paging_next(&url, row, value, length, &page, &error);

	ck_assert_int_eq(result, expected ? 1 : -1);
	ck_assert_msg(error.code == code, "%s: %s", value, error.message);
	if (expected)
		ck_assert_str_eq(buffer_text(&url), expected);
	buffer_clear(&url);
}

START_TEST(links_resolve_within_their_origin)
{
	const struct next_case *next = &links[_i];

	expect_next(&link_row, next->current, next->current, next->value, strlen(next->value), next->expected,
		next->code);
}
END_TEST

START_TEST(links_hold_no_nul)
{
	expect_next(&link_row, PAGE, PAGE, "/a\0b", 4, NULL, ERROR_MALFORMED_BODY);
}
END_TEST

static const struct next_case cursors[] = {
	{ "https://a/p", "x", "https://a/p?page%5Bafter%5D=x", ERROR_NONE },
	{ "https://a/p?", "x", "https://a/p?page%5Bafter%5D=x", ERROR_NONE },
	{ "https://a/p?s=1", "a b&c=d", "https://a/p?s=1&page%5Bafter%5D=a%20b%26c%3Dd", ERROR_NONE },
	{ "https://a/p?page%5Bafter%5D=old&s=1&&page%5Bafter%5D", "new",
		"https://a/p?s=1&page%5Bafter%5D=new", ERROR_NONE },
	{ "https://a", "+/=\xC3\xAB", "https://a?page%5Bafter%5D=%2B%2F%3D%C3%AB", ERROR_NONE },
};

START_TEST(cursors_replace_the_one_before)
{
	const struct next_case *next = &cursors[_i];

	expect_next(&cursor_row, next->current, "https://a/none", next->value, strlen(next->value),
		next->expected, next->code);
}
END_TEST

START_TEST(cursors_may_be_any_bytes)
{
	expect_next(&cursor_row, "https://a/p", "https://a/p", "\0\n", 2,
		"https://a/p?page%5Bafter%5D=%00%0A", ERROR_NONE);
}
END_TEST

/* Only the cursor is taken, as it stands, wherever the link leads. */
static const struct next_case hidden[] = {
	{ "https://a/p?s=1", "https://elsewhere/v2/x?limit=9&page%5Bafter%5D=x",
		"https://a/p?s=1&page%5Bafter%5D=x", ERROR_NONE },
	{ "https://a/p?page[after]=1", "/x?page[after]=a+b%2B%3d=&c=1#page[after]=2",
		"https://a/p?page%5Bafter%5D=a+b%2B%3d=", ERROR_NONE },
	{ "https://a/p", "?page[after]=a b\"\xC3\xAB", "https://a/p?page%5Bafter%5D=a%20b%22%C3%AB",
		ERROR_NONE },
	{ "https://a/p", "https://a/p?cursor=x", NULL, ERROR_MALFORMED_BODY },
	{ "https://a/p", "https://a/p?page[after]=", NULL, ERROR_MALFORMED_BODY },
	{ "https://a/p", "https://a/p", NULL, ERROR_MALFORMED_BODY },
	{ "https://a/p", "x", NULL, ERROR_MALFORMED_BODY },
	{ "https://a/p", "?page[after]=a\nb", NULL, ERROR_MALFORMED_BODY },
};

START_TEST(cursors_are_found_in_links)
{
	static const struct muster_paging row = {
		.from = "/next", .to = "page[after]", .kind = MUSTER_CURSOR_IN_LINK
	};
	const struct next_case *next = &hidden[_i];

	expect_next(&row, next->current, "https://a/none", next->value, strlen(next->value), next->expected,
		next->code);
}
END_TEST

static const struct {
	uint64_t number;
	const char *value;
	int result;
	const char *expected;
} numbers[] = {
	{ 1, "3", 1, "https://a/p?s=1&page=2" },
	{ 2, "3", 1, "https://a/p?s=1&page=3" },
	{ 3, "3", 0, NULL },
	{ 4, "3", 0, NULL },
	{ 1, "1", 0, NULL },
	{ 1, "0", 0, NULL },
	{ 999999, "18446744073709551615", 1, "https://a/p?s=1&page=1000000" },
	{ 1, "18446744073709551616", -1, NULL },
	{ 1, "111111111111111111111111111111", -1, NULL },
	{ 1, "2.0", -1, NULL },
	{ 1, "-1", -1, NULL },
	{ 1, "many", -1, NULL },
};

START_TEST(pages_are_counted)
{
	static const struct muster_paging row = {
		.from = "/pages", .to = "page", .kind = MUSTER_PAGE_NUMBER
	};
	const struct paging_page page = { "https://a/p?page=1&s=1", "https://a/p?s=1&page=7",
		numbers[_i].number };
	struct buffer url = BUFFER_INIT(PAGING_URL_LIMIT);
	struct error error = { .code = ERROR_NONE };
	const char *value = numbers[_i].value;

	ck_assert_int_eq(paging_next(&url, &row, value, strlen(value), &page, &error), numbers[_i].result);
	ck_assert_int_eq((int)error.code, (int)(numbers[_i].result < 0 ? ERROR_MALFORMED_BODY : ERROR_NONE));
	if (numbers[_i].expected)
		ck_assert_str_eq(buffer_text(&url), numbers[_i].expected);
	/* A NUL ends no number. */
	ck_assert_int_eq(paging_next(&url, &row, "3\0", 2, &page, &error), -1);
	buffer_clear(&url);
}
END_TEST

START_TEST(the_same_page_again_is_refused)
{
	expect_next(&cursor_row, "https://a/p", "https://a/p?page%5Bafter%5D=x", "x", 1, NULL,
		ERROR_REPEATED_CURSOR);
}
END_TEST

START_TEST(urls_have_a_limit)
{
	static char value[PAGING_URL_LIMIT + 1];

	memset(value, 'x', sizeof value);
	expect_next(&link_row, PAGE, PAGE, value, sizeof value, NULL, ERROR_MALFORMED_BODY);
	expect_next(&link_row, PAGE, PAGE, value, sizeof value - 1, NULL, ERROR_MALFORMED_BODY);
	memset(value, ' ', sizeof value);
	expect_next(&cursor_row, PAGE, PAGE, value, sizeof value / 2, NULL, ERROR_MALFORMED_BODY);
}
END_TEST

START_TEST(our_own_url_must_be_https)
{
	expect_next(&link_row, "http://a/", "http://a/", "b", 1, NULL, ERROR_INTERNAL);
	expect_next(&cursor_row, "a/b", "a/b", "b", 1, NULL, ERROR_INTERNAL);
}
END_TEST

static Suite *make_suite(void)
{
	Suite *suite = suite_create("paging");
	TCase *tcase = tcase_create("paging");

	tcase_add_loop_test(tcase, links_resolve_within_their_origin, 0, sizeof links / sizeof links[0]);
	tcase_add_test(tcase, links_hold_no_nul);
	tcase_add_loop_test(tcase, cursors_replace_the_one_before, 0, sizeof cursors / sizeof cursors[0]);
	tcase_add_test(tcase, cursors_may_be_any_bytes);
	tcase_add_loop_test(tcase, cursors_are_found_in_links, 0, sizeof hidden / sizeof hidden[0]);
	tcase_add_loop_test(tcase, pages_are_counted, 0, sizeof numbers / sizeof numbers[0]);
	tcase_add_test(tcase, the_same_page_again_is_refused);
	tcase_add_test(tcase, urls_have_a_limit);
	tcase_add_test(tcase, our_own_url_must_be_https);
	suite_add_tcase(suite, tcase);
	return suite;
}

CHECK_MAIN(make_suite)
