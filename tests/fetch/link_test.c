#include "config.h"

#include "check_main.h"
#include "fetch/link.h"

#include <string.h>

static struct error error;

static const char *find(const char *value, const char *relation)
{
	static char found[256];
	const char *target;
	size_t length;

	if (link_find(&target, &length, value, strlen(value), relation, &error) < 0)
		return "(error)";
	if (!target)
		return "(none)";
	ck_assert(target >= value && target + length <= value + strlen(value));
	memcpy(found, target, length);
	found[length] = '\0';
	return found;
}

START_TEST(finds_links)
{
	static const struct {
		const char *value, *target;
	} rows[] = {
		{ "<https://a.test/?p=2>; rel=\"next\"", "https://a.test/?p=2" },
		{ "</?p=1>; rel=prev, </?p=3>; rel=next", "/?p=3" },
		{ "</a>;rel=\"prev next\"", "/a" },
		{ "</a> ; REL = NEXT ; title=\"x, y; rel=prev\"", "/a" },
		{ "</a>; title=\"a \\\" b\"; rel=next", "/a" },
		{ "</a>; rel=prev; rel=next", "(none)" },
		{ "</a>; rel=next; anchor=\"/other\"", "(none)" },
		{ "</a>; rel=next, </b>; rel=next", "/a" },
		{ "</a,b;c>; rel=next", "/a,b;c" },
		{ "</a>; rel=nextish", "(none)" },
		{ "</a>; rel", "(none)" },
		{ "</a>", "(none)" },
		{ "<>; rel=next", "" },
		{ "", "(none)" },
		{ " , ,</a>; rel=next,", "/a" },
		{ "</a>;; rel=next", "/a" },
		{ "a; rel=next", "(error)" },
		{ "</a; rel=next", "(error)" },
		{ "</a>; rel=\"next", "(error)" },
		{ "</a> b; rel=next", "(error)" },
		{ "</a>; rel=next </b>", "(error)" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		ck_assert_str_eq(find(rows[i].value, "next"), rows[i].target);
	ck_assert_str_eq(find("</a>; rel=last", "last"), "/a");
	ck_assert_int_eq(error.code, ERROR_MALFORMED_BODY);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("fetch/link");
	TCase *c = tcase_create("link");

	tcase_add_test(c, finds_links);
	suite_add_tcase(s, c);
	return s;
}

CHECK_MAIN(suite)
