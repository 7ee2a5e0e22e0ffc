#include "config.h"

#include "base/query.h"

#include "check_main.h"

#include <string.h>

static const struct {
	const char *url;
	const char *name;
	const char *value;
	const char *expected;
} sets[] = {
	{ "https://a/p", "n", "2", "https://a/p?n=2" },
	{ "https://a/p?", "n", "2", "https://a/p?n=2" },
	{ "https://a", "n", "%2B", "https://a?n=%2B" },
	{ "https://a/p?s=1&n=1&&t&n&n=", "n", "2", "https://a/p?s=1&t&n=2" },
	{ "https://a/p?page[n]=1&page%5bn%5D=3&m=page[n]", "page[n]", "2",
		"https://a/p?m=page[n]&page%5Bn%5D=2" },
	{ "https://a/p?nn=1&n%3D=1#n=1", "n", "2", "https://a/p?nn=1&n%3D=1&n=2" },
	{ "https://a/p#?n=1", "n", "2", "https://a/p?n=2" },
	{ "https://a/p?%zz=1&n=1", "n", "", "https://a/p?%zz=1&n=" },
};

START_TEST(one_parameter_is_set)
{
	struct buffer out = BUFFER_INIT(4096);

	ck_assert_int_eq(
		query_set(&out, sets[_i].url, sets[_i].name, sets[_i].value, strlen(sets[_i].value)), 0);
	ck_assert_str_eq(buffer_text(&out), sets[_i].expected);
	buffer_clear(&out);
}
END_TEST

START_TEST(what_does_not_fit_is_told)
{
	static const char whole[] = "https://a/p?s=1&n=2";

	for (size_t limit = 0; limit < sizeof whole - 1; limit++) {
		struct buffer out = BUFFER_INIT(limit);
		ck_assert_int_eq(query_set(&out, "https://a/p?s=1&n=1", "n", "2", 1), -1);
		buffer_clear(&out);
	}
}
END_TEST

static const struct {
	const char *query;
	const char *name;
	const char *expected; /* NULL: not there */
} finds[] = {
	{ "a=1&b=2&b=3", "b", "2" },
	{ "a=1&b=", "b", "" },
	{ "a=1&b", "b", NULL },
	{ "ab=1&B=2", "b", NULL },
	{ "page%5Bafter%5D=x%20y+z%3D=", "page[after]", "x%20y+z%3D=" },
	{ "", "b", NULL },
	{ "=1", "", "1" },
};

START_TEST(one_parameter_is_found)
{
	const char *value = NULL;
	size_t length = 0;
	bool there = query_find(&value, &length, finds[_i].query, strlen(finds[_i].query), finds[_i].name);

	ck_assert(there == (finds[_i].expected != NULL));
	if (there) {
		ck_assert_uint_eq(length, strlen(finds[_i].expected));
		ck_assert_mem_eq(value, finds[_i].expected, length);
	}
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("base/query");
	TCase *c = tcase_create("query");

	tcase_add_loop_test(c, one_parameter_is_set, 0, (int)(sizeof sets / sizeof sets[0]));
	tcase_add_test(c, what_does_not_fit_is_told);
	tcase_add_loop_test(c, one_parameter_is_found, 0, (int)(sizeof finds / sizeof finds[0]));
	suite_add_tcase(s, c);
	return s;
}

CHECK_MAIN(suite)
