/* What URLs, headers and forms are made of: templates and percent-encoding. */
#include "config.h"

#include "base/percent.h"
#include "base/template.h"

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
	static const char longest[] =
		"{field.a23456789012345678901234567890123456789012345678901234567890123}";
	static const char longer[] =
		"{field.a234567890123456789012345678901234567890123456789012345678901234}";
	const struct template_part literal = { false, "field.x", 7 };
	const char *rest = "{field.client_id}{token}";
	struct template_part part;
	char id[TEMPLATE_ID_SIZE];

	ck_assert_int_eq(template_next(&part, &rest), 1);
	ck_assert(template_id(id, &part, "field."));
	ck_assert_str_eq(id, "client_id");
	ck_assert(!template_id(id, &part, "parameter."));
	ck_assert(!template_id(id, &literal, "field."));
	ck_assert(!template_is(&part, "field"));
	ck_assert_int_eq(template_next(&part, &rest), 1);
	ck_assert(template_is(&part, "token"));
	ck_assert(!template_is(&part, "tokens"));
	ck_assert(!template_id(id, &part, "token.x"));
	rest = longest;
	ck_assert_int_eq(template_next(&part, &rest), 1);
	ck_assert(template_id(id, &part, "field."));
	rest = longer;
	ck_assert_int_eq(template_next(&part, &rest), 1);
	ck_assert(!template_id(id, &part, "field."));
}
END_TEST

START_TEST(encodes)
{
	struct buffer out = BUFFER_INIT(32);

	ck_assert_int_eq(percent_encode_form(&out, "a b~+&", 6), 0);
	ck_assert_str_eq(buffer_text(&out), "a+b%7E%2B%26");
	out.length = 0;
	ck_assert_int_eq(percent_encode(&out, "a b~+\xC3\xA9\0", 8), 0);
	ck_assert_str_eq(buffer_text(&out), "a%20b~%2B%C3%A9%00");
	ck_assert_int_eq(percent_encode(&out, "////////", 8), -1);
	buffer_clear(&out);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("base/template");
	TCase *c = tcase_create("template");

	tcase_add_loop_test(c, templates_come_apart, 0, (int)(sizeof templates / sizeof templates[0]));
	tcase_add_test(c, references_have_kinds);
	tcase_add_test(c, encodes);
	suite_add_tcase(s, c);
	return s;
}

CHECK_MAIN(suite)
