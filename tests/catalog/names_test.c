/* Names that come near. */
#include "config.h"

#include "catalog/nearest.h"

#include "check_main.h"

#include <stdio.h>
#include <string.h>

static const struct {
	const char *given;
	const char *text; /* NULL: nothing comes near */
} near[] = {
	{ "list_employes", "list_employees" },
	{ "employee", "get_employee or list_employees" },
	{ "lsit_employees", "list_employees" },
	{ "xyzzy", NULL },
	{ "", NULL },
};

START_TEST(near_names_are_offered)
{
	static const char *const names[] = { "list_employees", "get_employee", "list_reviews" };
	struct nearest nearest;
	char text[100] = "";

	nearest_init(&nearest, near[_i].given);
	for (size_t i = 0; i < 3; i++)
		nearest_offer(&nearest, names[i]);
	ck_assert_int_eq(nearest_text(text, sizeof text, &nearest), near[_i].text != NULL);
	ck_assert_str_eq(text, near[_i].text ? near[_i].text : "");
}
END_TEST

START_TEST(the_nearest_three_are_kept)
{
	static const char *const names[] = { "abcdxx", "abcdex", "abcdef", "abxxef", "abcxef" };
	struct nearest nearest;
	char text[100];
	char small[8];

	nearest_init(&nearest, "abcdef");
	for (size_t i = 0; i < 5; i++)
		nearest_offer(&nearest, names[i]);
	nearest_offer(&nearest, "abcdex");
	ck_assert(nearest_text(text, sizeof text, &nearest));
	ck_assert_str_eq(text, "abcdef, abcdex or abcxef");
	ck_assert(nearest_text(small, sizeof small, &nearest));
	ck_assert_str_eq(small, "abcdef,");
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("catalog/names");
	TCase *c = tcase_create("names");

	tcase_add_loop_test(c, near_names_are_offered, 0, sizeof near / sizeof near[0]);
	tcase_add_test(c, the_nearest_three_are_kept);
	suite_add_tcase(s, c);
	return s;
}

CHECK_MAIN(suite)
