#include "config.h"

#include "record/model.h"

#include "check_main.h"
#include "record/date.h"

#include <glob.h>
#include <stdio.h>
#include <string.h>

static struct error error;

static struct model *parse(const char *schema)
{
	struct model *model = NULL;

	ck_assert_msg(
		model_parse(&model, schema, strlen(schema), "the schema", &error) == 0, "%s", error.message);
	return model;
}

START_TEST(a_schema_becomes_a_table)
{
	struct model *model =
		parse("{\"required\":[\"id\"],\"properties\":{"
		      "\"id\":{\"type\":\"string\",\"minLength\":1},"
		      "\"born\":{\"type\":[\"string\",\"null\"],\"format\":\"date\"},"
		      "\"seen\":{\"type\":\"string\",\"format\":\"date-time\"},"
		      "\"state\":{\"type\":[\"string\",\"null\"],\"enum\":[\"on\",null,\"off\"]},"
		      "\"pay\":{\"type\":\"number\"},\"level\":{\"type\":\"integer\"},"
		      "\"any\":{\"format\":\"email\"},\"list\":{\"type\":[\"array\",\"object\",\"boolean\"]},"
		      "\"from\":{\"format\":\"date-time-local\"},\"at\":{\"format\":\"time-local\"}}}");

	ck_assert_uint_eq(model->count, 10);
	const struct model_field *id = model_find(model, "id", 2);
	ck_assert_ptr_eq(id, &model->fields[0]);
	ck_assert(id->required && id->filled);
	ck_assert_uint_eq(id->types, MODEL_STRING);

	const struct model_field *born = model_find(model, "born", 4);
	ck_assert(!born->required && !born->filled);
	ck_assert_uint_eq(born->types, MODEL_STRING | MODEL_NULL);
	ck_assert_int_eq(born->format, MODEL_DATE);
	ck_assert_int_eq(model_find(model, "seen", 4)->format, MODEL_DATE_TIME);
	ck_assert_int_eq(model_find(model, "from", 4)->format, MODEL_LOCAL_DATE_TIME);
	ck_assert_int_eq(model_find(model, "at", 2)->format, MODEL_LOCAL_TIME);
	ck_assert_int_eq(model_find(model, "any", 3)->format, MODEL_TEXT);

	const struct model_field *state = model_find(model, "state", 5);
	ck_assert_uint_eq(state->word_count, 2);
	ck_assert_str_eq(state->words[1].text, "off");
	ck_assert(model_field_has(state, "off", 3));
	ck_assert(!model_field_has(state, "offer", 5) && !model_field_has(state, "of", 2));
	ck_assert(!model_field_has(id, "", 0));
	ck_assert_uint_eq(model_find(model, "pay", 3)->types, MODEL_NUMBER | MODEL_INTEGER);
	ck_assert_uint_eq(model_find(model, "level", 5)->types, MODEL_INTEGER);
	ck_assert_uint_eq(model_find(model, "any", 3)->types, 127);
	ck_assert_ptr_null(model_find(model, "i", 1));
	ck_assert_ptr_null(model_find(model, "idx", 3));
	ck_assert_ptr_null(model_find(model, "", 0));
	model_free(model);
	model_free(NULL);
}
END_TEST

static const char *const broken[] = {
	"[]",
	"{",
	"{}",
	"{\"properties\":{}}",
	"{\"properties\":{\"Id\":{}}}",
	"{\"properties\":{\"\":{}}}",
	"{\"properties\":{\"a-b\":{}}}",
	"{\"properties\":{\"a\":[]}}",
	"{\"properties\":{\"a\":{\"type\":\"text\"}}}",
	"{\"properties\":{\"a\":{\"type\":[]}}}",
	"{\"properties\":{\"a\":{\"type\":[\"string\",1]}}}",
	"{\"properties\":{\"a\":{\"format\":1}}}",
	"{\"properties\":{\"a\":{\"enum\":[1]}}}",
	"{\"properties\":{\"a\":{\"enum\":\"x\"}}}",
	"{\"properties\":{\"a\":{\"minLength\":-1}}}",
	"{\"properties\":{\"a\":{}},\"required\":[\"b\"]}",
	"{\"properties\":{\"a\":{}},\"required\":[1]}",
};

START_TEST(a_broken_schema_is_refused)
{
	struct model *model = NULL;

	ck_assert_int_eq(model_parse(&model, broken[_i], strlen(broken[_i]), "the schema", &error), -1);
	ck_assert_int_eq(error.code, ERROR_INSTALLATION);
	ck_assert_ptr_null(model);
}
END_TEST

START_TEST(fields_have_a_limit)
{
	static char schema[1 << 16];
	struct model *model = NULL;

	for (int count = MODEL_FIELD_LIMIT; count <= MODEL_FIELD_LIMIT + 1; count++) {
		int length = snprintf(schema, sizeof schema, "{\"properties\":{");
		for (int i = 0; i < count; i++)
			length += snprintf(schema + length, sizeof schema - (size_t)length,
				"%s\"field_%d\":{}", i ? "," : "", i);
		(void)snprintf(schema + length, sizeof schema - (size_t)length, "}}");
		if (count > MODEL_FIELD_LIMIT) {
			ck_assert_int_eq(model_parse(&model, schema, strlen(schema), "x", &error), -1);
			continue;
		}
		model = parse(schema);
		ck_assert_str_eq(model_find(model, "field_255", 9)->name, "field_255");
		ck_assert_ptr_null(model_find(model, "field_256", 9));
		model_free(model);
		model = NULL;
	}
}
END_TEST

/* Every closed set keeps the provider's own word beside ours. */
static void has_twins(const struct model *model, const char *path)
{
	char twin[MODEL_NAME_LIMIT + sizeof "_source"];

	for (size_t i = 0; i < model->count; i++) {
		const struct model_field *field = &model->fields[i];
		if (field->word_count == 0)
			continue;
		int length = snprintf(twin, sizeof twin, "%s_source", field->name);
		ck_assert_msg(
			model_find(model, twin, (size_t)length) != NULL, "%s: %s is missing", path, twin);
	}
}

START_TEST(the_shipped_models_load)
{
	const char *folder = getenv("MUSTER_MODEL_DIR");
	struct model *model = NULL;
	glob_t files;
	char pattern[1024];

	ck_assert_ptr_nonnull(folder);
	(void)snprintf(pattern, sizeof pattern, "%s/*.json", folder);
	ck_assert_int_eq(glob(pattern, 0, NULL, &files), 0);
	for (size_t i = 0; i < files.gl_pathc; i++) {
		ck_assert_msg(model_load(&model, files.gl_pathv[i], &error) == 0, "%s", error.message);
		ck_assert_ptr_nonnull(model_find(model, "custom_fields", 13));
		has_twins(model, files.gl_pathv[i]);
		model_free(model);
	}
	globfree(&files);
	ck_assert_int_eq(model_load(&model, "/nowhere/employee.json", &error), -1);
}
END_TEST

START_TEST(types_can_be_told)
{
	char text[64];

	ck_assert_str_eq(model_types_text(text, sizeof text, MODEL_STRING | MODEL_NULL), "null or string");
	ck_assert_str_eq(model_types_text(text, sizeof text, MODEL_NUMBER | MODEL_INTEGER), "number");
	ck_assert_str_eq(model_types_text(text, sizeof text, MODEL_INTEGER), "integer");
	ck_assert_str_eq(model_types_text(text, sizeof text, 127),
		"null or boolean or number or string or array or object");
	ck_assert_str_eq(model_types_text(text, 8, 127), "null or");
	ck_assert_str_eq(model_types_text(text, sizeof text, 0), "");
}
END_TEST

START_TEST(dates_are_checked)
{
	static const char *const good[] = { "2024-02-29", "2000-02-29", "1999-12-31", "0000-01-01" };
	static const char *const bad[] = { "", "2023-02-29", "1900-02-29", "2024-13-01", "2024-00-01",
		"2024-04-31", "2024-01-00", "2024-1-01", "2024/01/01", "24-01-0001", "2024-01-01T",
		"+024-01-01", "2024-01-0a" };

	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		ck_assert_msg(date_is_date(good[i], strlen(good[i])), "%s", good[i]);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		ck_assert_msg(!date_is_date(bad[i], strlen(bad[i])), "%s", bad[i]);
}
END_TEST

START_TEST(times_are_checked)
{
	static const char *const good[] = { "2019-08-01T12:00:00Z", "2022-04-28T02:14:10+00:00",
		"2022-04-28t02:14:10.123456789-23:59", "1990-12-31T23:59:60Z", "1990-12-31T15:59:60-08:00",
		"1991-01-01T00:29:60+00:30" };
	static const char *const bad[] = { "2019-08-01", "2019-08-01T12:00:00", "2019-08-01 12:00:00Z",
		"2019-08-01T24:00:00Z", "2019-08-01T12:60:00Z", "2019-08-01T12:00:61Z",
		"2019-08-01T12:00:60Z", "2019-08-01T12:00:00.Z", "2019-08-01T12:00:00+24:00",
		"2019-08-01T12:00:00+0000", "2019-08-01T12:00:00+00:60", "2019-02-30T12:00:00Z",
		"2019-08-01T12:00:00ZZ", "2019-08-01T12:00:00.123", "2019-08-01T1a:00:00Z",
		"2019-08-01T12-00:00Z", "2019-08-01T12:00-00Z", "2019-08-01T12:00:00+0a:00" };

	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		ck_assert_msg(date_is_date_time(good[i], strlen(good[i])), "%s", good[i]);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		ck_assert_msg(!date_is_date_time(bad[i], strlen(bad[i])), "%s", bad[i]);
}
END_TEST

START_TEST(local_times_are_checked)
{
	static const char *const good[] = { "00:00:00", "23:59:59", "12:00:00.5", "09:30:00.123456789" };
	static const char *const bad[] = { "", "9:30:00", "09:30", "24:00:00", "12:60:00", "12:00:60",
		"12:00:00.", "12:00:00Z", "12:00:00.5Z", "12-00-00", "1a:00:00", "12:00:00+01:00" };
	char text[64];

	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		ck_assert_msg(date_is_local_time(good[i], strlen(good[i])), "%s", good[i]);
		(void)snprintf(text, sizeof text, "2024-02-29T%s", good[i]);
		ck_assert_msg(date_is_local_date_time(text, strlen(text)), "%s", text);
		text[10] = ' ';
		ck_assert(!date_is_local_date_time(text, strlen(text)));
	}
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		ck_assert_msg(!date_is_local_time(bad[i], strlen(bad[i])), "%s", bad[i]);
		(void)snprintf(text, sizeof text, "2024-02-29T%s", bad[i]);
		ck_assert_msg(!date_is_local_date_time(text, strlen(text)), "%s", text);
	}
	ck_assert(!date_is_local_date_time("2023-02-29T12:00:00", 19));
	ck_assert(!date_is_local_date_time("2024-02-29", 10));
}
END_TEST

START_TEST(times_without_their_zone)
{
	static const struct {
		const char *text;
		size_t length;
	} times[] = { { "2019-08-01T12:00:00", 19 }, { "2019-08-01T12:00:00.5", 21 },
		{ "2019-08-01T12:00:00Z", 19 }, { "2019-08-01T12:00:00.125-23:59", 23 },
		{ "2019-08-01T12:00", 0 }, { "2019-08-01 12:00:00", 0 }, { "2019-08-01T12:00:00.", 0 },
		{ "2019-08-01T12:00:00+1", 0 }, { "2019-08-32T12:00:00", 0 }, { "2019-08-01T12:00:00 ", 0 },
		{ "", 0 } };

	for (size_t i = 0; i < sizeof times / sizeof times[0]; i++)
		ck_assert_uint_eq(date_local_length(times[i].text, strlen(times[i].text)), times[i].length);
}
END_TEST

START_TEST(times_in_utc)
{
	static const char *const times[][2] = {
		{ "2026-12-31T22:59:59Z", "2026-12-31T22:59:59Z" },
		{ "2026-12-31T22:59:59z", "2026-12-31T22:59:59Z" },
		{ "2026-12-31T22:30:00.250-02:00", "2027-01-01T00:30:00.250Z" },
		{ "2024-03-01T00:30:00+01:00", "2024-02-29T23:30:00Z" },
		{ "2025-01-01T09:00:00+10:00", "2024-12-31T23:00:00Z" },
		{ "2025-02-28T23:59:00-23:59", "2025-03-01T23:58:00Z" },
		{ "1990-12-31T15:59:60-08:00", "1990-12-31T23:59:60Z" },
		{ "2025-06-15T12:00:00.1234567890123456789012345678901234567890Z",
			"2025-06-15T12:00:00.1234567890123456789012345678901234567890Z" },
	};
	static const char *const bad[] = { "2025-06-15T12:00:00", "2025-06-15", "0000-01-01T00:00:00+00:01",
		"9999-12-31T23:59:00-00:01",
		"2025-06-15T12:00:00.12345678901234567890123456789012345678901Z" };
	char out[DATE_UTC_SIZE];

	for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
		ck_assert_msg(date_to_utc(out, times[i][0], strlen(times[i][0])), "%s", times[i][0]);
		ck_assert_str_eq(out, times[i][1]);
	}
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		ck_assert_msg(!date_to_utc(out, bad[i], strlen(bad[i])), "%s", bad[i]);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("record/model");
	TCase *c = tcase_create("model");

	tcase_add_test(c, a_schema_becomes_a_table);
	tcase_add_loop_test(c, a_broken_schema_is_refused, 0, (int)(sizeof broken / sizeof broken[0]));
	tcase_add_test(c, fields_have_a_limit);
	tcase_add_test(c, the_shipped_models_load);
	tcase_add_test(c, types_can_be_told);
	tcase_add_test(c, dates_are_checked);
	tcase_add_test(c, times_are_checked);
	tcase_add_test(c, local_times_are_checked);
	tcase_add_test(c, times_without_their_zone);
	tcase_add_test(c, times_in_utc);
	suite_add_tcase(s, c);
	return s;
}

CHECK_MAIN(suite)
