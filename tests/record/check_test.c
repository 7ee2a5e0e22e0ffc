#include "config.h"

#include "record/check.h"

#include "check_main.h"
#include "record/reader.h"

#include <stdio.h>
#include <string.h>

static struct error error;

static const char schema[] =
	"{\"required\":[\"id\",\"name\"],\"properties\":{"
	"\"id\":{\"type\":\"string\",\"minLength\":1},\"name\":{\"type\":[\"string\",\"null\"]},"
	"\"born\":{\"type\":[\"string\",\"null\"],\"format\":\"date\"},"
	"\"seen\":{\"type\":\"string\",\"format\":\"date-time\"},"
	"\"from\":{\"type\":\"string\",\"format\":\"date-time-local\"},"
	"\"at\":{\"type\":[\"string\",\"null\"],\"format\":\"time-local\"},"
	"\"state\":{\"type\":[\"string\",\"null\"],\"enum\":[\"on\",null,\"off\"]},"
	"\"pay\":{\"type\":\"number\"},\"level\":{\"type\":\"integer\"},"
	"\"custom_fields\":{\"type\":\"array\"},\"flag\":{\"type\":\"boolean\"}}}";

/* Checks in a block of memory that ends where the record does. */
static int check_text(struct check *check, const char *text)
{
	size_t length = strlen(text);
	char *bytes = malloc(length ? length : 1);
	int result;

	ck_assert_ptr_nonnull(bytes);
	memcpy(bytes, text, length);
	result = check_record(check, bytes, length, &error);
	free(bytes);
	return result;
}

static const struct {
	const char *record;
	const char *message; /* NULL: it is good */
} raw[] = {
	{ "{}", NULL },
	{ "{\"a\":1}", NULL },
	{ "{\"\":{\"b\":[{},[],[1,\"x\",{\"c\":null,\"d\":true}],false,-0.5e10]},\"a\":\"\"}", NULL },
	{ "{\"a\":{\"x\":1,\"x\":2}}", NULL }, /* twice, but not at the top */
	{ "", "at byte 0: truncated" },
	{ "[]", "at byte 0: unexpected_byte" },
	{ "\"a\"", "at byte 0: unexpected_byte" },
	{ " {}", "at byte 0: unexpected_byte" },
	{ "{} ", "at byte 2: trailing_bytes" },
	{ "{}{}", "at byte 2: trailing_bytes" },
	{ "{ }", "at byte 1: unexpected_byte" },
	{ "{\"a\": 1}", "at byte 5: unexpected_byte" },
	{ "{\"a\" :1}", "at byte 4: unexpected_byte" },
	{ "{\"a\":1 }", "at byte 6: unexpected_byte" },
	{ "{\"a\":1,\n\"b\":2}", "at byte 7: unexpected_byte" },
	{ "{\"a\":[1, 2]}", "at byte 8: unexpected_byte" },
	{ "{\"a\":{\"b\": 2}}", "at byte 10: unexpected_byte" },
	{ "{\"a\":[ ]}", "at byte 6: unexpected_byte" },
	{ "{\"a\":1,}", "at byte 7: unexpected_byte" },
	{ "{\"a\":[1,]}", "at byte 8: unexpected_byte" },
	{ "{\"a\":{\"b\":1,}}", "at byte 12: unexpected_byte" },
	{ "{\"a\":[}]}", "at byte 6: unexpected_byte" },
	{ "{\"a\":{]}}", "at byte 6: unexpected_byte" },
	{ "{\"a\":[1}}", "at byte 7: unexpected_byte" },
	{ "{\"a\":{1:2}}", "at byte 6: unexpected_byte" },
	{ "{\"a\"}", "at byte 4: unexpected_byte" },
	{ "{a:1}", "at byte 1: unexpected_byte" },
	{ "{\"a\":01}", "at byte 6: unexpected_byte" },
	{ "{\"a\":1.}", "at byte 7: bad_number" },
	{ "{\"a\":nul}", "at byte 5: bad_literal" },
	{ "{\"a\":\"\t\"}", "at byte 6: control_character" },
	{ "{\"a\":\"\\x\"}", "at byte 6: bad_escape" },
	{ "{\"a\":\"\\uDC00\"}", "at byte 6: lone_surrogate" },
	{ "{\"a\":\"\xC0\xAF\"}", "at byte 6: bad_utf8" },
	{ "{\"a\xFF\":1}", "at byte 3: bad_utf8" },
	{ "{\"a\":1", "at byte 6: truncated" },
	{ "{\"a\":1,\"a\":2}", "the member a twice" },
	{ "{\"b\":1,\"a\":2,\"c\":3,\"\\u0061\":4}", "the member a twice" },
	{ "{\"\":1,\"\":2}", "the member  twice" },
	{ "{\"\\u00eb\":1,\"\xC3\xAB\":2}", "the member \xC3\xAB twice" },
	{ "{\"\\n\":1,\"\\u000A\":2}", "the member \xEF\xBF\xBD twice" },
};

#define RAW (sizeof raw / sizeof raw[0])

static void expect(int result, const char *record, const char *message)
{
	if (!message) {
		ck_assert_msg(result == 0, "%s: %s", record, error.message);
		return;
	}
	ck_assert_msg(result == -1, "%s passed", record);
	ck_assert_msg(strstr(error.message, message) != NULL, "%s: %s", record, error.message);
}

START_TEST(any_object_is_checked)
{
	struct check check;

	check_init(&check, NULL, READER_RECORD_LIMIT);
	expect(check_text(&check, raw[_i].record), raw[_i].record, raw[_i].message);
	if (raw[_i].message && strstr(raw[_i].message, "twice"))
		ck_assert_int_eq(error.code, ERROR_MALFORMED_BODY);
	else if (raw[_i].message)
		ck_assert_int_eq(error.code, ERROR_PLUGIN_FAULT);
	if (raw[_i].message)
		ck_assert_uint_eq(check.record.count, 0);
	check_clear(&check);
}
END_TEST

static const struct {
	const char *record;
	const char *message;
} modelled[] = {
	{ "{\"id\":\"1\",\"name\":null}", NULL },
	{ "{\"name\":\"x\",\"id\":\"1\",\"born\":\"2024-02-29\",\"seen\":\"2019-08-01T12:00:00Z\",\"state\":\"off\","
	  "\"pay\":1e400,\"level\":123456789012345678901234567890,\"custom_fields\":[{\"id\":\"a\"}],"
	  "\"flag\":false}",
		NULL },
	{ "{\"id\":\"1\",\"name\":\"x\",\"state\":\"\\u006ff\\u0066\",\"born\":null}", NULL },
	{ "{\"id\":\"1\",\"name\":\"x\",\"level\":-0}", NULL },
	{ "{\"id\":\"1\",\"name\":\"x\",\"level\":1.0}", NULL },
	{ "{\"id\":\"1\",\"name\":\"x\",\"level\":1.5e1}", NULL },
	{ "{\"id\":\"1\",\"name\":\"x\",\"level\":1200e-2}", NULL },
	{ "{\"id\":\"1\",\"name\":\"x\",\"level\":0.000e-99}", NULL },
	{ "{\"id\":\"1\",\"name\":\"x\",\"level\":1e99999999999999999999}", NULL },
	{ "{\"id\":\"1\",\"name\":\"x\",\"level\":1.5}", "field level is not integer" },
	{ "{\"id\":\"1\",\"name\":\"x\",\"level\":12e-2}", "field level is not integer" },
	{ "{\"id\":\"1\",\"name\":\"x\",\"level\":1e-99999999999999999999}", "field level is not integer" },
	{ "{\"id\":\"1\",\"name\":\"x\",\"level\":\"1\"}", "field level is not integer" },
	{ "{\"id\":\"1\"}", "without the field name" },
	{ "{}", "without the field id" },
	{ "{\"id\":1,\"name\":\"x\"}", "field id is not string" },
	{ "{\"id\":null,\"name\":\"x\"}", "field id is not string" },
	{ "{\"id\":\"\",\"name\":\"x\"}", "field id is empty" },
	{ "{\"id\":\"1\",\"name\":true}", "field name is not null or string" },
	{ "{\"id\":\"1\",\"name\":{}}", "field name is not null or string" },
	{ "{\"id\":\"1\",\"name\":\"x\",\"name\":\"y\"}", "field name occurs twice" },
	{ "{\"id\":\"1\",\"name\":\"x\",\"other\":1}", "field other is not in its model" },
	{ "{\"id\":\"1\",\"name\":\"x\",\"\\u0069d\":1}", "is not in its model" },
	{ "{\"id\":\"1\",\"name\":\"x\",\"\\u001B[2J\":1}", "is not in its model" },
	{ "{\"id\":\"1\",\"name\":\"x\",\"born\":\"2023-02-29\"}", "field born is not a date" },
	{ "{\"id\":\"1\",\"name\":\"x\",\"born\":\"\"}", "field born is not a date" },
	{ "{\"id\":\"1\",\"name\":\"x\",\"seen\":\"2023-02-28\"}", "field seen is not a date and time" },
	{ "{\"id\":\"1\",\"name\":\"x\",\"from\":\"2023-02-28T08:00:00\",\"at\":\"08:00:00\"}", NULL },
	{ "{\"id\":\"1\",\"name\":\"x\",\"at\":null}", NULL },
	{ "{\"id\":\"1\",\"name\":\"x\",\"from\":\"2023-02-28T08:00:00Z\"}",
		"field from is not a date and time without a zone" },
	{ "{\"id\":\"1\",\"name\":\"x\",\"at\":\"8 am\"}", "field at is not a time of day" },
	{ "{\"id\":\"1\",\"name\":\"x\",\"state\":\"On\"}", "field state holds a word" },
	{ "{\"id\":\"1\",\"name\":\"x\",\"custom_fields\":{}}", "field custom_fields is not array" },
	{ "{\"id\":\"1\",\"name\":\"x\",\"flag\":null}", "field flag is not boolean" },
	{ "{\"id\":\"1\",\"name\":\"x\" }", "at byte 20: unexpected_byte" },
};

START_TEST(a_model_is_kept)
{
	struct model *model;
	struct check check;

	ck_assert_int_eq(model_parse(&model, schema, sizeof schema - 1, "the schema", &error), 0);
	check_init(&check, model, READER_RECORD_LIMIT);
	/* Twice: what the check learned of the order of fields changes nothing. */
	for (int i = 0; i < 2; i++)
		expect(check_text(&check, modelled[_i].record), modelled[_i].record, modelled[_i].message);
	check_clear(&check);
	model_free(model);
}
END_TEST

START_TEST(every_beginning_is_refused)
{
	const char *record = modelled[1].record;
	char part[512];
	struct check check;

	check_init(&check, NULL, READER_RECORD_LIMIT);
	for (size_t length = 0; length < strlen(record); length++) {
		memcpy(part, record, length);
		part[length] = '\0';
		ck_assert_int_eq(check_text(&check, part), -1);
	}
	check_clear(&check);
}
END_TEST

START_TEST(members_are_told)
{
	static const char record[] =
		"{\"a\":\"text\",\"b\":\"\\n\",\"c\":-0,\"d\":[1,{}],\"e\":{\"x\":1},\"f\":true,\"g\":null}";
	static const struct {
		const char *name;
		const char *value;
		enum model_type type;
	} members[] = {
		{ "a", "text", MODEL_STRING },
		{ "b", "\\n", MODEL_STRING },
		{ "c", "-0", MODEL_NUMBER },
		{ "d", "[1,{}]", MODEL_ARRAY },
		{ "e", "{\"x\":1}", MODEL_OBJECT },
		{ "f", "true", MODEL_BOOLEAN },
		{ "g", "null", MODEL_NULL },
	};
	struct check check;

	check_init(&check, NULL, READER_RECORD_LIMIT);
	ck_assert_int_eq(check_record(&check, record, sizeof record - 1, &error), 0);
	ck_assert_uint_eq(check.record.count, 7);
	for (size_t i = 0; i < 7; i++) {
		const struct record_member *member = &check.record.members[i];
		ck_assert_uint_eq(member->name_length, 1);
		ck_assert_mem_eq(member->name, members[i].name, 1);
		ck_assert_int_eq(member->type, members[i].type);
		ck_assert_uint_eq(member->value_length, strlen(members[i].value));
		ck_assert_mem_eq(member->value, members[i].value, member->value_length);
		ck_assert_int_eq(member->escaped, i == 1);
	}
	check_clear(&check);
}
END_TEST

/* An object of count members; the one at twice has the name of the first (0: none). */
static size_t many(char *out, size_t size, int count, int twice)
{
	size_t length = (size_t)snprintf(out, size, "{");

	for (int i = 0; i < count; i++)
		length += (size_t)snprintf(out + length, size - length, "%s\"m%d\":%d", i ? "," : "",
			twice > 0 && i == twice ? 0 : i, i);
	return length + (size_t)snprintf(out + length, size - length, "}");
}

START_TEST(many_members_are_checked)
{
	static char record[1 << 20];
	static const int counts[] = { 2, 63, 64, 65, 66, 5000 };
	struct check check;

	check_init(&check, NULL, READER_RECORD_LIMIT);
	for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
		size_t length = many(record, sizeof record, counts[i], 0);
		ck_assert_int_eq(check_record(&check, record, length, &error), 0);
		ck_assert_uint_eq(check.record.count, (size_t)counts[i]);
		length = many(record, sizeof record, counts[i], counts[i] - 1);
		ck_assert_int_eq(check_record(&check, record, length, &error), -1);
		ck_assert_ptr_nonnull(strstr(error.message, "the member m0 twice"));
	}
	size_t length = many(record, sizeof record, CHECK_MEMBER_LIMIT, 0);
	ck_assert_int_eq(check_record(&check, record, length, &error), 0);
	length = many(record, sizeof record, CHECK_MEMBER_LIMIT + 1, 0);
	ck_assert_int_eq(check_record(&check, record, length, &error), -1);
	check_clear(&check);
}
END_TEST

START_TEST(depth_and_size_have_limits)
{
	static char record[4096];
	struct check check;

	check_init(&check, NULL, 2048);
	for (size_t depth = 511; depth <= 512; depth++) { /* of arrays, inside of one object */
		size_t length = (size_t)snprintf(record, sizeof record, "{\"a\":");
		memset(record + length, '[', depth);
		memset(record + length + depth, ']', depth);
		length += 2 * depth;
		record[length++] = '}';
		ck_assert_int_eq(check_record(&check, record, length, &error), depth == 511 ? 0 : -1);
	}
	ck_assert_ptr_nonnull(strstr(error.message, "too_deep"));

	for (size_t size = 2048; size <= 2049; size++) {
		memset(record, 'x', sizeof record);
		memcpy(record, "{\"a\":\"", 6);
		memcpy(record + size - 2, "\"}", 2);
		ck_assert_int_eq(check_record(&check, record, size, &error), size == 2048 ? 0 : -1);
	}
	check_clear(&check);

	check_init(&check, NULL, 8192);
	for (size_t digits = READER_NUMBER_LIMIT; digits <= READER_NUMBER_LIMIT + 1; digits++) {
		static char number[READER_NUMBER_LIMIT + 16];
		memset(number, '7', sizeof number);
		memcpy(number, "{\"a\":", 5);
		number[5 + digits] = '}';
		ck_assert_int_eq(check_record(&check, number, digits + 6, &error),
			digits == READER_NUMBER_LIMIT ? 0 : -1);
	}
	check_clear(&check);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("record/check");
	TCase *c = tcase_create("check");

	tcase_add_loop_test(c, any_object_is_checked, 0, (int)RAW);
	tcase_add_loop_test(c, a_model_is_kept, 0, (int)(sizeof modelled / sizeof modelled[0]));
	tcase_add_test(c, every_beginning_is_refused);
	tcase_add_test(c, members_are_told);
	tcase_add_test(c, many_members_are_checked);
	tcase_add_test(c, depth_and_size_have_limits);
	suite_add_tcase(s, c);
	return s;
}

CHECK_MAIN(suite)
