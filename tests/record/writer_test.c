#include "config.h"

#include "record/writer.h"

#include "check_main.h"
#include "record/escape.h"

#include <string.h>

static void expect(const struct buffer *out, const char *text)
{
	ck_assert_msg(out->length == strlen(text) && memcmp(out->data, text, out->length) == 0,
		"%.*s instead of %s", (int)out->length, out->data, text);
}

START_TEST(commas_are_set)
{
	struct buffer out = BUFFER_INIT(1024);
	struct writer writer;

	writer_init(&writer, &out);
	writer_object(&writer);
	writer_key(&writer, "a\"b", 3);
	writer_string(&writer, "line\nend\x01\x7F\xC3\xAB\\", 13);
	writer_key(&writer, "n", 1);
	writer_source(&writer, "-0", 2);
	writer_key(&writer, "", 0);
	writer_object(&writer);
	writer_key(&writer, "list", 4);
	writer_source(&writer, "[ true, {} ]", 12);
	writer_key(&writer, "s", 1);
	writer_string(&writer, "", 0);
	ck_assert_int_eq(writer_result(&writer), 0);
	expect(&out,
		"{\"a\\\"b\":\"line\\nend\\u0001\x7F\xC3\xAB\\\\\",\"n\":-0,\"\":{\"list\":[true,{}],\"s\":\"\"");
	buffer_clear(&out);
}
END_TEST

/* Whatever does not fit is told at the end, wherever it began. */
START_TEST(failure_sticks)
{
	for (size_t limit = 0; limit < 24; limit++) {
		struct buffer out = BUFFER_INIT(limit);
		struct writer writer;

		writer_init(&writer, &out);
		writer_object(&writer);
		writer_key(&writer, "k", 1);
		writer_string(&writer, "a\nb", 3);
		writer_source(&writer, "{ }", 3);
		writer_source(&writer, "1", 1);
		ck_assert_uint_le(out.length, limit);
		if (limit < 16)
			ck_assert_int_eq(writer_result(&writer), -1);
		buffer_clear(&out);
	}
}
END_TEST

/* The source is moved through every place in a block of sixteen, with strings and escapes at its seams. */
START_TEST(source_is_compacted)
{
	static const char source[] =
		"{ \"a b\" :\t[ 1 , 2.50 ,\r\n -0 ] , \"q\\\" , \\\\\" : \"\\\\\" , \"c  d\" : { } , \"\" : [ ]\n}";
	static const char compact[] = "{\"a b\":[1,2.50,-0],\"q\\\" , \\\\\":\"\\\\\",\"c  d\":{},\"\":[]}";
	char shifted[sizeof source + 40];
	char wanted[sizeof compact + 40];

	for (size_t shift = 0; shift < 34; shift++) {
		struct buffer out = BUFFER_INIT(1024);
		struct writer writer;
		size_t spaces = shift / 2; /* the rest is text */
		size_t text = shift - spaces;

		memset(shifted, ' ', spaces);
		shifted[spaces] = '"';
		memset(shifted + spaces + 1, 'x', text);
		shifted[spaces + 1 + text] = '"';
		memcpy(shifted + spaces + text + 2, source, sizeof source);
		wanted[0] = '"';
		memset(wanted + 1, 'x', text);
		wanted[1 + text] = '"';
		memcpy(wanted + text + 2, compact, sizeof compact);

		writer_init(&writer, &out);
		writer_source(&writer, shifted, strlen(shifted));
		ck_assert_int_eq(writer_result(&writer), 0);
		expect(&out, wanted);
		buffer_clear(&out);
	}
}
END_TEST

static const struct {
	const char *body;
	const char *text;
	size_t length;
} escapes[] = {
	{ "", "", 0 },
	{ "plain", "plain", 5 },
	{ "\\\"\\\\\\/\\b\\f\\n\\r\\t", "\"\\/\b\f\n\r\t", 8 },
	{ "a\\u0000b", "a\0b", 3 },
	{ "\\u0041\\u00eb\\u20AC", "A\xC3\xAB\xE2\x82\xAC", 6 },
	{ "x\\uD83D\\uDE00y", "x\xF0\x9F\x98\x80y", 6 },
	{ "\\uDBFF\\uDFFF", "\xF4\x8F\xBF\xBF", 4 },
	{ "Zo\xC3\xAB \\u00c3", "Zo\xC3\xAB \xC3\x83", 7 },
};

START_TEST(escapes_are_decoded)
{
	struct buffer out = BUFFER_INIT(64);
	const char *body = escapes[_i].body;
	const char *text = escapes[_i].text;
	size_t length = escapes[_i].length;

	ck_assert_int_eq(escape_decode(&out, body, strlen(body)), 0);
	ck_assert_uint_eq(out.length, length);
	if (length > 0)
		ck_assert_mem_eq(out.data, text, length);
	ck_assert(escape_equal(body, strlen(body), text, length));
	ck_assert(!escape_equal(body, strlen(body), "other", 5));
	ck_assert(length == 0 || !escape_equal(body, strlen(body), text, length - 1));
	ck_assert(!escape_equal(body, strlen(body), "", 0) || length == 0);

	/* And back: encoded and decoded again it is the same. */
	struct buffer encoded = BUFFER_INIT(64);
	ck_assert_int_eq(escape_encode(&encoded, text, length), 0);
	ck_assert(escape_equal(encoded.data, encoded.length, text, length));
	buffer_clear(&encoded);
	buffer_clear(&out);
}
END_TEST

START_TEST(escapes_know_their_limit)
{
	struct buffer out = BUFFER_INIT(5);

	ck_assert_int_eq(escape_encode(&out, "abc\x01", 4), -1);
	ck_assert_uint_le(out.length, 5);
	out.length = 0;
	ck_assert_int_eq(escape_decode(&out, "abcdef", 6), -1);
	ck_assert_uint_eq(out.length, 0);
	buffer_clear(&out);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("record/writer");
	TCase *c = tcase_create("writer");

	tcase_add_test(c, commas_are_set);
	tcase_add_test(c, failure_sticks);
	tcase_add_test(c, source_is_compacted);
	tcase_add_loop_test(c, escapes_are_decoded, 0, (int)(sizeof escapes / sizeof escapes[0]));
	tcase_add_test(c, escapes_know_their_limit);
	suite_add_tcase(s, c);
	return s;
}

CHECK_MAIN(suite)
