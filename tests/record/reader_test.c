#include "config.h"

#include "record/reader.h"

#include "check_main.h"
#include "trace.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

struct sample {
	const char *body;
	enum reader_fault fault;
	uint64_t offset;
};

#define GOOD(body) \
	{ \
		body, READER_FAULT_NONE, 0 \
	}

static const struct sample samples[] = {
	GOOD("{}"),
	GOOD(" [ ] \r\n\t"),
	GOOD("null"),
	GOOD("-0"),
	GOOD("\"\""),
	GOOD("{\"\":{\"\":[]},\"a\":[1,true,false,null,\"x\"]}"),
	GOOD("{ \"a\" : [ 1 , { } , [ ] ] , \"b\" : \"c\" }"),
	GOOD("[0,-0,0.1,1e400,1E+2,1e-2,-1.5e0,123456789012345678901234567890]"),
	GOOD("[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0000\\uFFFF\\uD83D\\uDE00\"]"),
	GOOD("{\"a\":1,\"a\":2}"), /* the caller knows which names it cares for */
	GOOD("\"sixteen plain bytes and more: 0123456789 \x7F\""),
	GOOD("\"\xC2\x80\xDF\xBF\xE0\xA0\x80\xED\x9F\xBF\xEE\x80\x80\xEF\xBF\xBF"
	     "\xF0\x90\x80\x80\xF4\x8F\xBF\xBF\""),
	{ "", READER_FAULT_EMPTY, 0 },
	{ " \n", READER_FAULT_EMPTY, 2 },
	{ "{", READER_FAULT_TRUNCATED, 1 },
	{ "[1", READER_FAULT_TRUNCATED, 2 },
	{ "[1,", READER_FAULT_TRUNCATED, 3 },
	{ "{\"a\"", READER_FAULT_TRUNCATED, 4 },
	{ "{\"a\":", READER_FAULT_TRUNCATED, 5 },
	{ "\"abc", READER_FAULT_TRUNCATED, 4 },
	{ "\"abc\\", READER_FAULT_TRUNCATED, 5 },
	{ "\"\\u12", READER_FAULT_TRUNCATED, 5 },
	{ "\"\\uD83D", READER_FAULT_TRUNCATED, 7 },
	{ "\"\\uD83D\\uDE", READER_FAULT_TRUNCATED, 11 },
	{ "\"\xE2\x82", READER_FAULT_TRUNCATED, 3 },
	{ "tru", READER_FAULT_TRUNCATED, 3 },
	{ "-", READER_FAULT_TRUNCATED, 1 },
	{ "1.", READER_FAULT_TRUNCATED, 2 },
	{ "1e+", READER_FAULT_TRUNCATED, 3 },
	{ "{} {}", READER_FAULT_TRAILING, 3 },
	{ "1 2", READER_FAULT_TRAILING, 2 },
	{ "[]]", READER_FAULT_TRAILING, 2 },
	{ "nullx", READER_FAULT_TRAILING, 4 },
	{ "\xEF\xBB\xBF{}", READER_FAULT_BYTE_ORDER_MARK, 0 },
	{ "{\xEF\xBB\xBF}", READER_FAULT_UNEXPECTED, 1 },
	{ "\xFE\xFF", READER_FAULT_UNEXPECTED, 0 },
	{ "{a:1}", READER_FAULT_UNEXPECTED, 1 },
	{ "{'a':1}", READER_FAULT_UNEXPECTED, 1 },
	{ "{\"a\" 1}", READER_FAULT_UNEXPECTED, 5 },
	{ "{\"a\":1,}", READER_FAULT_UNEXPECTED, 7 },
	{ "{\"a\":1 \"b\":2}", READER_FAULT_UNEXPECTED, 7 },
	{ "{,}", READER_FAULT_UNEXPECTED, 1 },
	{ "[1,]", READER_FAULT_UNEXPECTED, 3 },
	{ "[,1]", READER_FAULT_UNEXPECTED, 1 },
	{ "[1 2]", READER_FAULT_UNEXPECTED, 3 },
	{ "[1}", READER_FAULT_UNEXPECTED, 2 },
	{ "{\"a\":1]", READER_FAULT_UNEXPECTED, 6 },
	{ "[1]\f", READER_FAULT_TRAILING, 3 },
	{ "[\v1]", READER_FAULT_UNEXPECTED, 1 },
	{ "/* */ 1", READER_FAULT_UNEXPECTED, 0 },
	{ "NaN", READER_FAULT_UNEXPECTED, 0 },
	{ "Infinity", READER_FAULT_UNEXPECTED, 0 },
	{ "[+1]", READER_FAULT_UNEXPECTED, 1 },
	{ "[.5]", READER_FAULT_UNEXPECTED, 1 },
	{ "[nul1]", READER_FAULT_BAD_LITERAL, 1 },
	{ "[True]", READER_FAULT_UNEXPECTED, 1 },
	{ "[-a]", READER_FAULT_BAD_NUMBER, 2 },
	{ "[-Infinity]", READER_FAULT_BAD_NUMBER, 2 },
	{ "[1.]", READER_FAULT_BAD_NUMBER, 3 },
	{ "[1.e1]", READER_FAULT_BAD_NUMBER, 3 },
	{ "[1e]", READER_FAULT_BAD_NUMBER, 3 },
	{ "[1e+]", READER_FAULT_BAD_NUMBER, 4 },
	{ "[01]", READER_FAULT_UNEXPECTED, 2 },
	{ "[0x1]", READER_FAULT_UNEXPECTED, 2 },
	{ "[1.2.3]", READER_FAULT_UNEXPECTED, 4 },
	{ "\"a\nb\"", READER_FAULT_CONTROL, 2 },
	{ "\"a\x01\"", READER_FAULT_CONTROL, 2 },
	{ "\"sixteen plain bytes and more\x1F\"", READER_FAULT_CONTROL, 29 },
	{ "\"\\a\"", READER_FAULT_BAD_ESCAPE, 1 },
	{ "\"\\'\"", READER_FAULT_BAD_ESCAPE, 1 },
	{ "\"\\u12G4\"", READER_FAULT_BAD_ESCAPE, 1 },
	{ "\"\\u12\"", READER_FAULT_BAD_ESCAPE, 1 },
	{ "\"\\U0041\"", READER_FAULT_BAD_ESCAPE, 1 },
	{ "\"\\uD800\"", READER_FAULT_LONE_SURROGATE, 1 },
	{ "\"\\uD800x\"", READER_FAULT_LONE_SURROGATE, 1 },
	{ "\"\\uD800\\n\"", READER_FAULT_LONE_SURROGATE, 1 },
	{ "\"\\uD800\\u0041\"", READER_FAULT_LONE_SURROGATE, 1 },
	{ "\"\\uD800\\uD800\"", READER_FAULT_LONE_SURROGATE, 1 },
	{ "\"\\uDC00\"", READER_FAULT_LONE_SURROGATE, 1 },
	{ "\"a\x80\"", READER_FAULT_BAD_UTF8, 2 },    /* a continuation alone */
	{ "\"\xC0\x80\"", READER_FAULT_BAD_UTF8, 1 }, /* overlong, two bytes */
	{ "\"\xC1\xBF\"", READER_FAULT_BAD_UTF8, 1 },
	{ "\"\xE0\x9F\xBF\"", READER_FAULT_BAD_UTF8, 1 },     /* overlong, three */
	{ "\"\xF0\x8F\xBF\xBF\"", READER_FAULT_BAD_UTF8, 1 }, /* overlong, four */
	{ "\"\xED\xA0\x80\"", READER_FAULT_BAD_UTF8, 1 },     /* a surrogate */
	{ "\"\xED\xBF\xBF\"", READER_FAULT_BAD_UTF8, 1 },
	{ "\"\xF4\x90\x80\x80\"", READER_FAULT_BAD_UTF8, 1 }, /* above U+10FFFF */
	{ "\"\xF5\x80\x80\x80\"", READER_FAULT_BAD_UTF8, 1 },
	{ "\"\xFF\"", READER_FAULT_BAD_UTF8, 1 },
	{ "\"\xC3\"", READER_FAULT_BAD_UTF8, 1 }, /* cut by the quote */
	{ "\"\xE2\x82\"", READER_FAULT_BAD_UTF8, 1 },
	{ "\"\xF0\x9F\x98\"", READER_FAULT_BAD_UTF8, 1 },
	{ "\"\xE2(\x82\"", READER_FAULT_BAD_UTF8, 1 },
	{ "{\"k\xFF\":1}", READER_FAULT_BAD_UTF8, 3 },
};

#define SAMPLES (sizeof samples / sizeof samples[0])

static void check_all_cuts(
	const char *body, size_t length, enum reader_fault fault, uint64_t offset, size_t record_limit)
{
	for (int mode = 0; mode < TRACE_MODES; mode++) {
		struct trace whole;
		struct trace cut;

		trace_run(&whole, (enum trace_mode)mode, record_limit, body, length, 0, 0);
		ck_assert_msg(whole.fault == fault && whole.fault_offset == offset, "%.40s: %s at %llu", body,
			reader_fault_text(whole.fault), (unsigned long long)whole.fault_offset);
		trace_run(&cut, (enum trace_mode)mode, record_limit, body, length, 1, 1);
		ck_assert_msg(trace_equal(&whole, &cut), "%.40s, byte by byte", body);
		for (size_t first = 1; first < length; first++) {
			trace_run(&cut, (enum trace_mode)mode, record_limit, body, length, first, 0);
			ck_assert_msg(trace_equal(&whole, &cut), "%.40s, cut at %zu", body, first);
		}
	}
}

START_TEST(samples_are_judged_alike_however_they_are_cut)
{
	const struct sample *sample = &samples[_i];

	check_all_cuts(sample->body, strlen(sample->body), sample->fault, sample->offset, 4096);
}
END_TEST

/* What jansson 2.14 refuses as well formed but too large for it, or reads wrongly. */
static bool jansson_can_judge(const json_error_t *error)
{
	enum json_error_code code = json_error_code(error);

	return code != json_error_numeric_overflow && code != json_error_null_byte_in_key;
}

static void compare_with_jansson(const char *body, size_t length)
{
	json_error_t error = { .line = 0 };
	struct trace trace;
	json_t *value = json_loadb(body, length, JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);

	trace_run(&trace, TRACE_NEXT, READER_RECORD_LIMIT, body, length, 0, 0);
	if (value || jansson_can_judge(&error))
		ck_assert_msg((value != NULL) == (trace.fault == READER_FAULT_NONE), "%.*s: %s, %s",
			(int)length, body, reader_fault_text(trace.fault), value ? "good" : error.text);
	json_decref(value);
}

/* Every sample, and every sample with one byte replaced, inserted or taken out. */
START_TEST(jansson_agrees)
{
	static const char others[] = "\"\\{}[],:0-.eEtu \n\x1F\x80\xC3\xE2\xF0\xBF/";
	const char *body = samples[_i].body;
	size_t length = strlen(body);
	char changed[256];

	ck_assert_uint_lt(length, sizeof changed - 1);
	compare_with_jansson(body, length);
	for (size_t i = 0; i < length; i++) {
		for (size_t k = 0; k < sizeof others - 1; k++) {
			memcpy(changed, body, length);
			changed[i] = others[k];
			compare_with_jansson(changed, length);
			memcpy(changed + i + 1, body + i, length - i);
			compare_with_jansson(changed, length + 1);
		}
		memcpy(changed, body, i);
		memcpy(changed + i, body + i + 1, length - i - 1);
		compare_with_jansson(changed, length - 1);
	}
}
END_TEST

static void feed_text(struct reader *reader, const char *body)
{
	reader_feed(reader, body, strlen(body), true);
}

static void expect_text(const struct reader *reader, const char *text)
{
	ck_assert_uint_eq(reader->length, strlen(text));
	ck_assert_mem_eq(reader->text, text, reader->length);
}

START_TEST(tokens_are_slices_of_the_source)
{
	static const struct {
		enum reader_token token;
		const char *text;
		unsigned flags;
		unsigned depth;
	} expected[] = {
		{ READER_OBJECT, "{", 0, 1 }, { READER_KEY, "a", 0, 1 }, { READER_NUMBER, "-0", 0, 1 },
		{ READER_KEY, "\\u0062", READER_ESCAPED, 1 }, { READER_ARRAY, "[", 0, 2 },
		{ READER_STRING, "Zo\xC3\xAB", READER_NON_ASCII, 2 }, { READER_STRING, "", 0, 2 },
		{ READER_STRING, "\\n\xC3\xAB", READER_ESCAPED | READER_NON_ASCII, 2 },
		{ READER_TRUE, "true", 0, 2 }, { READER_FALSE, "false", 0, 2 }, { READER_NULL, "null", 0, 2 },
		{ READER_NUMBER, "1e400", 0, 2 }, { READER_NUMBER, "0.10000000000000000000000000000", 0, 2 },
		{ READER_ARRAY_END, "]", 0, 1 }, { READER_OBJECT_END, "}", 0, 0 }, { READER_END, "", 0, 0 },
		{ READER_END, "", 0, 0 }, /* and stays there */
	};
	struct reader reader;

	reader_init(&reader, READER_RECORD_LIMIT);
	ck_assert_int_eq(reader_next(&reader), READER_MORE);
	feed_text(&reader, "{\"a\":-0, \"\\u0062\":[\"Zo\xC3\xAB\",\"\",\"\\n\xC3\xAB\",true,false,null,"
			   "1e400,0.10000000000000000000000000000]}");
	for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
		ck_assert_int_eq(reader_next(&reader), expected[i].token);
		expect_text(&reader, expected[i].text);
		ck_assert_uint_eq(reader.depth, expected[i].depth);
		if (expected[i].token == READER_STRING || expected[i].token == READER_KEY)
			ck_assert_uint_eq(reader.flags, expected[i].flags);
	}
	reader_clear(&reader);
}
END_TEST

START_TEST(a_held_record_stays_in_one_piece)
{
	static const char body[] = "{\"data\":[{\"id\":\"one\",\"n\":1},{\"id\":\"two\",\"n\":22}]}";
	struct slice id = { 0, 0 };
	struct slice n = { 0, 0 };
	struct slice whole = { 0, 0 };

	for (size_t step = 1; step < sizeof body; step++) {
		enum reader_token token;
		struct reader reader;
		size_t at = 0;
		size_t records = 0;

		reader_init(&reader, 64);
		while ((token = reader_next(&reader)) != READER_END) {
			ck_assert_int_ne(token, READER_ERROR);
			if (token == READER_MORE) {
				size_t left = sizeof body - 1 - at;
				size_t length = left < step ? left : step;
				reader_feed(&reader, body + at, length, left == length);
				at += length;
			} else if (token == READER_OBJECT && reader.depth == 3) {
				reader_hold(&reader);
			} else if (token == READER_STRING) {
				id = reader_slice(&reader);
			} else if (token == READER_NUMBER) {
				n = reader_slice(&reader);
			} else if (token == READER_OBJECT_END && reader.depth == 2) {
				whole = reader_held(&reader);
				ck_assert_uint_eq(id.length, 3);
				ck_assert_mem_eq(reader_bytes(&reader, id), records ? "two" : "one", 3);
				ck_assert_mem_eq(reader_bytes(&reader, n), records ? "22" : "1", n.length);
				ck_assert_uint_eq(whole.length, records ? 19 : 18);
				ck_assert_mem_eq(reader_bytes(&reader, whole), body + (records ? 28 : 9),
					whole.length);
				reader_release(&reader);
				records++;
			}
		}
		ck_assert_uint_eq(records, 2);
		reader_clear(&reader);
	}
}
END_TEST

START_TEST(skip_passes_whole_values)
{
	struct reader reader;

	reader_init(&reader, READER_RECORD_LIMIT);
	feed_text(&reader, "[{\"a\": {\"b\":[1, {}]} ,\"c\":\"d\",\"e\":[ ]},5, \"s\"]");
	ck_assert_int_eq(reader_skip(&reader), READER_MORE); /* there is no token yet */
	ck_assert_int_eq(reader_next(&reader), READER_ARRAY);
	ck_assert_int_eq(reader_next(&reader), READER_OBJECT);
	reader_hold(&reader);
	ck_assert_int_eq(reader_next(&reader), READER_KEY);
	ck_assert_int_eq(reader_skip(&reader), READER_OBJECT_END);
	expect_text(&reader, "{\"b\":[1, {}]}");
	ck_assert_int_eq(reader_next(&reader), READER_KEY);
	ck_assert_int_eq(reader_skip(&reader), READER_STRING);
	expect_text(&reader, "\"d\"");
	ck_assert_int_eq(reader_next(&reader), READER_KEY);
	ck_assert_int_eq(reader_next(&reader), READER_ARRAY);
	ck_assert_int_eq(reader_skip(&reader), READER_ARRAY_END);
	expect_text(&reader, "[ ]");
	ck_assert_int_eq(reader_next(&reader), READER_OBJECT_END);
	ck_assert_uint_eq(reader_held(&reader).length, 37);
	reader_release(&reader);
	ck_assert_int_eq(reader_next(&reader), READER_NUMBER);
	ck_assert_int_eq(reader_skip(&reader), READER_NUMBER); /* its own end */
	ck_assert_int_eq(reader_next(&reader), READER_STRING);
	ck_assert_int_eq(reader_next(&reader), READER_ARRAY_END);
	ck_assert_int_eq(reader_next(&reader), READER_END);
	ck_assert_int_eq(reader_skip(&reader), READER_END);
	reader_clear(&reader);
}
END_TEST

/* count times open, then count times close. */
static char *nested(size_t count, char open, char close)
{
	char *body = malloc(2 * count + 1);

	ck_assert_ptr_nonnull(body);
	memset(body, open, count);
	memset(body + count, close, count);
	body[2 * count] = '\0';
	return body;
}

START_TEST(a_guessed_key_is_taken_or_left)
{
	static const char body[] = "{\"name\":\"name\",\"a\":[\"a\"],\"\\u0061\":1,\"x\" :2,\"last\":3}";
	struct reader reader;

	reader_init(&reader, READER_RECORD_LIMIT);
	ck_assert(!reader_take_key(&reader, "\"name\":", 7)); /* nothing was fed */
	reader_feed(&reader, body, sizeof body - 1, true);
	ck_assert(!reader_take_key(&reader, "\"name\":", 7)); /* the object was not begun */
	ck_assert_int_eq((int)reader_next(&reader), (int)READER_OBJECT);
	ck_assert(!reader_take_key(&reader, "\"nome\":", 7));
	ck_assert(!reader_take_key(&reader, "\"names\":", 8));
	ck_assert(reader_take_key(&reader, "\"name\":", 7));
	ck_assert_uint_eq(reader_offset(&reader), 1);
	ck_assert_uint_eq(reader.length, 4);
	ck_assert_mem_eq(reader.text, "name", 4);
	ck_assert(!reader_take_key(&reader, "\"name\",", 7)); /* a value is no key */
	ck_assert_int_eq((int)reader_next(&reader), (int)READER_STRING);
	ck_assert(reader_take_key(&reader, "\"a\":", 4));
	ck_assert_int_eq((int)reader_skip(&reader), (int)READER_ARRAY_END);
	ck_assert(!reader_take_key(&reader, "\"a\":", 4)); /* it is escaped */
	ck_assert_int_eq((int)reader_next(&reader), (int)READER_KEY);
	ck_assert_int_eq((int)reader_next(&reader), (int)READER_NUMBER);
	ck_assert(!reader_take_key(&reader, "\"x\":", 4)); /* there is white space */
	ck_assert_int_eq((int)reader_next(&reader), (int)READER_KEY);
	ck_assert_int_eq((int)reader_next(&reader), (int)READER_NUMBER);
	ck_assert(!reader_take_key(&reader, "\"last\":3}x", 10)); /* the end cuts it */
	ck_assert(reader_take_key(&reader, "\"last\":", 7));
	ck_assert_int_eq((int)reader_next(&reader), (int)READER_NUMBER);
	ck_assert_int_eq((int)reader_next(&reader), (int)READER_OBJECT_END);
	ck_assert_int_eq((int)reader_next(&reader), (int)READER_END);
	reader_clear(&reader);
}
END_TEST

START_TEST(depth_has_a_limit)
{
	char *good = nested(512, '[', ']');
	char *deep = nested(513, '[', ']');
	char *abyss = nested(100000, '[', ']');
	struct trace trace;

	check_all_cuts(good, 1024, READER_FAULT_NONE, 0, 4096);
	check_all_cuts(deep, 1026, READER_FAULT_TOO_DEEP, 512, 4096);
	for (int mode = 0; mode < TRACE_MODES; mode++) {
		trace_run(&trace, (enum trace_mode)mode, 4096, abyss, 200000, 0, 0);
		ck_assert_int_eq(trace.fault, READER_FAULT_TOO_DEEP);
		ck_assert_uint_eq(trace.fault_offset, 512);
	}
	free(good);
	free(deep);
	free(abyss);
}
END_TEST

/* before, then count times fill, then after. */
static char *stretched(size_t *length, const char *before, char fill, size_t count, const char *after)
{
	size_t head = strlen(before);
	char *body = malloc(head + count + strlen(after) + 1);

	ck_assert_ptr_nonnull(body);
	*length = head + count + strlen(after);
	memcpy(body, before, head);
	memset(body + head, fill, count);
	memcpy(body + head + count, after, strlen(after) + 1);
	return body;
}

START_TEST(numbers_have_a_limit)
{
	size_t length;
	char *good = stretched(&length, "[", '7', READER_NUMBER_LIMIT, "]");

	check_all_cuts(good, length, READER_FAULT_NONE, 0, 8192);
	free(good);
	char *lengthy = stretched(&length, "[-", '7', READER_NUMBER_LIMIT, "x");
	check_all_cuts(lengthy, length, READER_FAULT_NUMBER_TOO_LONG, 1, 8192);
	free(lengthy);
}
END_TEST

START_TEST(records_have_a_limit)
{
	size_t length;
	struct trace trace;
	char *good = stretched(&length, "[{\"a\":\"", 'x', 1024 - 8, "\"}]");

	check_all_cuts(good, length, READER_FAULT_NONE, 0, 1024);
	free(good);
	char *large = stretched(&length, "[{\"a\":\"", 'x', 1024 - 7, "\"},2]");
	for (size_t step = 0; step < length; step++) {
		trace_run(&trace, TRACE_HOLD, 1024, large, length, step, step);
		ck_assert_int_eq(trace.fault, READER_FAULT_RECORD_TOO_LARGE);
		ck_assert_uint_eq(trace.fault_offset, 1);
		ck_assert_uint_le(trace.carried, 1024 + 1024);
		trace_run(&trace, TRACE_NEXT, 1024, large, length, step, step);
		ck_assert_int_eq(trace.fault, READER_FAULT_NONE);
	}
	free(large);
}
END_TEST

START_TEST(long_texts_are_skipped_without_memory)
{
	size_t length;
	char *body = stretched(&length, "[\"", 'x', 1000000, "\",1]");
	struct trace trace;

	for (size_t step = 0; step < 70000; step = step * 3 + 1) {
		trace_run(&trace, TRACE_NEXT, 4096, body, length, step, step);
		ck_assert_int_eq(trace.fault, READER_FAULT_RECORD_TOO_LARGE);
		ck_assert_uint_eq(trace.fault_offset, 1);
		ck_assert_uint_lt(trace.carried, 4096 * 3);
		trace_run(&trace, TRACE_SKIP, 4096, body, length, step, step);
		ck_assert_int_eq(trace.fault, READER_FAULT_NONE);
		ck_assert_uint_lt(trace.carried, 2048);
	}
	free(body);
}
END_TEST

START_TEST(a_reader_can_begin_again)
{
	struct reader reader;
	struct error error = { .code = ERROR_NONE };

	reader_init(&reader, READER_RECORD_LIMIT);
	feed_text(&reader, "[1,x]");
	ck_assert_int_eq(reader_next(&reader), READER_ARRAY);
	ck_assert_int_eq(reader_next(&reader), READER_NUMBER);
	ck_assert_int_eq(reader_next(&reader), READER_ERROR);
	feed_text(&reader, "2]"); /* a fault is for good */
	ck_assert_int_eq(reader_next(&reader), READER_ERROR);
	ck_assert_int_eq(reader_skip(&reader), READER_ERROR);
	ck_assert_int_eq(reader_error(&reader, "the answer", &error), -1);
	ck_assert_int_eq(error.code, ERROR_MALFORMED_BODY);
	ck_assert_str_eq(error.message, "The JSON of the answer is wrong at byte 3: unexpected_byte.");
	reader_restart(&reader);
	feed_text(&reader, "7");
	ck_assert_int_eq(reader_next(&reader), READER_NUMBER);
	ck_assert_int_eq(reader_next(&reader), READER_END);
	reader_clear(&reader);
}
END_TEST

START_TEST(chunks_may_be_empty_or_come_early)
{
	struct reader reader;

	reader_init(&reader, READER_RECORD_LIMIT);
	reader_feed(&reader, NULL, 0, false);
	ck_assert_int_eq(reader_next(&reader), READER_MORE);
	reader_feed(&reader, "[12", 3, false);
	reader_feed(&reader, "34, \"a", 6, false); /* without having read the first */
	ck_assert_int_eq(reader_next(&reader), READER_ARRAY);
	ck_assert_int_eq(reader_next(&reader), READER_NUMBER);
	expect_text(&reader, "1234");
	ck_assert_int_eq(reader_next(&reader), READER_MORE);
	ck_assert_int_eq(reader_next(&reader), READER_MORE); /* asking again changes nothing */
	reader_feed(&reader, NULL, 0, false);
	ck_assert_int_eq(reader_next(&reader), READER_MORE);
	reader_feed(&reader, "b\"]", 3, false);
	ck_assert_int_eq(reader_next(&reader), READER_STRING);
	expect_text(&reader, "ab");
	ck_assert_uint_eq(reader_offset(&reader), 7);
	ck_assert_int_eq(reader_next(&reader), READER_ARRAY_END);
	ck_assert_int_eq(reader_next(&reader), READER_MORE);
	reader_feed(&reader, NULL, 0, true);
	ck_assert_int_eq(reader_next(&reader), READER_END);
	reader_clear(&reader);
}
END_TEST

START_TEST(what_is_fed_too_early_has_a_limit)
{
	static char spaces[16384];
	struct reader reader;

	memset(spaces, ' ', sizeof spaces);
	reader_init(&reader, 1024);
	reader_feed(&reader, spaces, sizeof spaces, false);
	reader_feed(&reader, spaces, sizeof spaces, true);
	ck_assert_int_eq(reader_next(&reader), READER_ERROR);
	ck_assert_int_eq(reader_fault(&reader), READER_FAULT_RECORD_TOO_LARGE);
	reader_clear(&reader);
}
END_TEST

/* A sanitizer's allocator ends the program instead of saying no. */
#if !defined __SANITIZE_ADDRESS__ && !defined MUSTER_RELAXED_JAIL
START_TEST(memory_may_run_out)
{
	struct reader reader;
	struct error error = { .code = ERROR_NONE };

	reader_init(&reader, SIZE_MAX / 4);
	reader_feed(&reader, "[\"a", 3, false);
	ck_assert_int_eq(reader_next(&reader), READER_ARRAY);
	ck_assert_int_eq(reader_next(&reader), READER_MORE);
	reader_feed(&reader, "\"]", 2, true);
	ck_assert_int_eq(reader_next(&reader), READER_ERROR);
	ck_assert_int_eq(reader_fault(&reader), READER_FAULT_OUT_OF_MEMORY);
	ck_assert_int_eq(reader_error(&reader, "the answer", &error), -1);
	ck_assert_int_eq(error.code, ERROR_OUT_OF_MEMORY);
	reader_clear(&reader);
}
END_TEST
#endif

START_TEST(a_hold_has_a_limit_from_its_start)
{
	struct reader reader;

	reader_init(&reader, 8);
	feed_text(&reader, "[\"1234567\",1]");
	ck_assert_int_eq(reader_next(&reader), READER_ARRAY);
	ck_assert_int_eq(reader_next(&reader), READER_STRING);
	reader_hold(&reader);
	ck_assert_int_eq(reader_next(&reader), READER_ERROR);
	ck_assert_int_eq(reader_fault(&reader), READER_FAULT_RECORD_TOO_LARGE);
	ck_assert_uint_eq(reader_fault_offset(&reader), 1);
	ck_assert_str_eq(reader_fault_text(READER_FAULT_RECORD_TOO_LARGE), "record_too_large");
	ck_assert_str_eq(reader_fault_text(READER_FAULT_COUNT), "unknown");
	reader_clear(&reader);
}
END_TEST

START_TEST(too_large_is_an_error_of_its_own)
{
	struct reader reader;
	struct error error = { .code = ERROR_NONE };

	reader_init(&reader, 8);
	feed_text(&reader, "[\"123456789\"]");
	ck_assert_int_eq(reader_next(&reader), READER_ARRAY);
	ck_assert_int_eq(reader_next(&reader), READER_ERROR);
	ck_assert_int_eq(reader_error(&reader, "the answer", &error), -1);
	ck_assert_int_eq(error.code, ERROR_RECORD_TOO_LARGE);
	reader_clear(&reader);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("record/reader");
	TCase *c = tcase_create("reader");

	tcase_set_timeout(c, 300);
	tcase_add_loop_test(c, samples_are_judged_alike_however_they_are_cut, 0, (int)SAMPLES);
	tcase_add_loop_test(c, jansson_agrees, 0, (int)SAMPLES);
	tcase_add_test(c, tokens_are_slices_of_the_source);
	tcase_add_test(c, a_held_record_stays_in_one_piece);
	tcase_add_test(c, skip_passes_whole_values);
	tcase_add_test(c, a_guessed_key_is_taken_or_left);
	tcase_add_test(c, depth_has_a_limit);
	tcase_add_test(c, numbers_have_a_limit);
	tcase_add_test(c, records_have_a_limit);
	tcase_add_test(c, long_texts_are_skipped_without_memory);
	tcase_add_test(c, a_reader_can_begin_again);
	tcase_add_test(c, chunks_may_be_empty_or_come_early);
	tcase_add_test(c, what_is_fed_too_early_has_a_limit);
#if !defined __SANITIZE_ADDRESS__ && !defined MUSTER_RELAXED_JAIL
	tcase_add_test(c, memory_may_run_out);
#endif
	tcase_add_test(c, a_hold_has_a_limit_from_its_start);
	tcase_add_test(c, too_large_is_an_error_of_its_own);
	suite_add_tcase(s, c);
	return s;
}

CHECK_MAIN(suite)
