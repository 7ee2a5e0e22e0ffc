#include "config.h"

#include "base/base64.h"

#include "check_main.h"

#include <string.h>

/* RFC 4648, section 10; and bytes of all sizes. */
static const struct {
	const char *bytes;
	const char *text;
} vectors[] = {
	{ "", "" },
	{ "f", "Zg==" },
	{ "fo", "Zm8=" },
	{ "foo", "Zm9v" },
	{ "foob", "Zm9vYg==" },
	{ "fooba", "Zm9vYmE=" },
	{ "foobar", "Zm9vYmFy" },
	{ "\xFB\xFF\x01", "+/8B" },
};

START_TEST(bytes_become_text)
{
	struct buffer out = BUFFER_INIT(64);

	ck_assert_int_eq(buffer_append_text(&out, "Basic "), 0);
	ck_assert_int_eq(base64_encode(&out, vectors[_i].bytes, strlen(vectors[_i].bytes)), 0);
	ck_assert_str_eq(buffer_text(&out) + 6, vectors[_i].text);
	buffer_clear(&out);
}
END_TEST

START_TEST(what_does_not_fit_is_told)
{
	struct buffer out = BUFFER_INIT(7);

	ck_assert_int_eq(base64_encode(&out, "foo", 3), 0);
	ck_assert_int_eq(base64_encode(&out, "b", 1), -1);
	buffer_clear(&out);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("base/base64");
	TCase *c = tcase_create("base64");

	tcase_add_loop_test(c, bytes_become_text, 0, (int)(sizeof vectors / sizeof vectors[0]));
	tcase_add_test(c, what_does_not_fit_is_told);
	suite_add_tcase(s, c);
	return s;
}

CHECK_MAIN(suite)
