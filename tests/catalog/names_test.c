/* Templates, and names that come near. */
#include "config.h"

#include "catalog/nearest.h"
#include "catalog/template.h"

#include "check_main.h"

#include <stdio.h>
#include <string.h>

/* Writes a template's parts as text, references in angle brackets; "!" where it is broken. */
static void parts(char *out, const char *template)
{
	struct template_part part;
	int more;

	*out = '\0';
	while ((more = template_next(&part, &template)) > 0)
		out += snprintf(out, 100, part.reference ? "<%.*s>" : "%.*s", (int)part.length, part.text);
	if (more < 0)
		(void)snprintf(out, 100, "!");
}

static const struct {
	const char *template;
	const char *parts;
} templates[] = {
	{ "", "" },
	{ "plain", "plain" },
	{ "{token}", "<token>" },
	{ "a{b}c{d.e}", "a<b>c<d.e>" },
	{ "{{token}}", "{token}" },
	{ "{{{token}}}", "{<token>}" },
	{ "{", "!" },
	{ "a{", "a!" },
	{ "}", "!" },
	{ "{}", "!" },
	{ "{a{b}}", "!" },
	{ "{a", "!" },
	{ "a}b", "a!" },
};

START_TEST(templates_come_apart)
{
	char text[1000];

	parts(text, templates[_i].template);
	ck_assert_str_eq(text, templates[_i].parts);
}
END_TEST

START_TEST(references_have_kinds)
{
	const struct template_part part = { true, "field.client_id", 15 };
	const struct template_part literal = { false, "field.x", 7 };
	const char *id;
	size_t length;

	ck_assert(template_is(&part, "field.", &id, &length));
	ck_assert_uint_eq(length, 9);
	ck_assert(memcmp(id, "client_id", length) == 0);
	ck_assert(!template_is(&part, "parameter.", &id, &length));
	ck_assert(!template_is(&literal, "field.", &id, &length));
}
END_TEST

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

	tcase_add_loop_test(c, templates_come_apart, 0, sizeof templates / sizeof templates[0]);
	tcase_add_test(c, references_have_kinds);
	tcase_add_loop_test(c, near_names_are_offered, 0, sizeof near / sizeof near[0]);
	tcase_add_test(c, the_nearest_three_are_kept);
	suite_add_tcase(s, c);
	return s;
}

CHECK_MAIN(suite)
