/* The host's check against what it stands on: what passes without a model is exactly what the reader accepts,
 * is an object, is compact as the writer would make it, and has no name twice at the top; what passes a
 * model passes without one. And the writer's compact form means what the source meant. */
#include "config.h"

#include "record/check.h"
#include "record/escape.h"
#include "record/reader.h"
#include "record/writer.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LIMIT 65536

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char schema[] = "{\"required\":[\"id\"],\"properties\":{"
			     "\"id\":{\"type\":\"string\",\"minLength\":1},"
			     "\"born\":{\"type\":[\"string\",\"null\"],\"format\":\"date\"},"
			     "\"seen\":{\"type\":\"string\",\"format\":\"date-time\"},"
			     "\"state\":{\"enum\":[\"on\",null,\"off\"]},"
			     "\"pay\":{\"type\":\"number\"},\"level\":{\"type\":\"integer\"},"
			     "\"list\":{\"type\":[\"array\",\"object\"]},\"flag\":{\"type\":\"boolean\"}}}";

static void must(bool held, const char *what)
{
	if (held)
		return;
	fprintf(stderr, "check_fuzz: %s\n", what);
	abort();
}

static bool reader_accepts(const char *bytes, size_t length)
{
	enum reader_token token;
	struct reader reader;

	reader_init(&reader, LIMIT);
	reader_feed(&reader, bytes, length, true);
	do
		token = reader_next(&reader);
	while (token != READER_END && token != READER_ERROR);
	reader_clear(&reader);
	return token == READER_END;
}

static bool check_passes(struct check *check, const char *bytes, size_t length, bool *twice)
{
	static struct error error;

	error.code = ERROR_NONE;
	if (check_record(check, bytes, length, &error) == 0)
		return true;
	*twice = error.code == ERROR_MALFORMED_BODY;
	return false;
}

/* Among the members that passed: no two names may mean the same. */
static void look_for_twice(const struct record *record)
{
	struct buffer name = BUFFER_INIT(LIMIT);

	for (size_t i = 0; i < record->count && i < 50; i++) {
		const struct record_member *member = &record->members[i];
		name.length = 0;
		must(escape_decode(&name, member->name, member->name_length) == 0, "a name is not decoded");
		for (size_t k = i + 1; k < record->count; k++)
			must(!escape_equal(record->members[k].name, record->members[k].name_length,
				     name.length ? name.data : "", name.length),
				"a name occurs twice");
	}
	buffer_clear(&name);
}

/* Members must lie one after another in the record, and each value be one whole value. */
static void look_at_members(const struct record *record)
{
	const char *at = record->bytes + 1;

	for (size_t i = 0; i < record->count; i++) {
		const struct record_member *member = &record->members[i];
		size_t quotes = member->type == MODEL_STRING;
		must(member->name == at + 1, "a name is not where it should be");
		at = member->name + member->name_length + 2;
		must(member->value == at + quotes, "a value is not where it should be");
		must(reader_accepts(at, member->value_length + 2 * quotes), "a value is not whole");
		at += member->value_length + 2 * quotes + 1;
	}
	must(at == record->bytes + record->length || record->count == 0, "the record is not covered");
}

static void compare_meaning(const char *a, size_t a_length, const char *b, size_t b_length)
{
	json_t *left = json_loadb(a, a_length, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
	json_t *right = json_loadb(b, b_length, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);

	must((left != NULL) == (right != NULL), "compacting changed what jansson thinks of it");
	must(!left || json_equal(left, right), "compacting changed its meaning");
	json_decref(left);
	json_decref(right);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct model *model;
	static struct error error;
	const char *bytes = (const char *)data;
	struct buffer out = BUFFER_INIT(LIMIT * 2);
	struct check any;
	struct check modelled;
	struct writer writer;
	bool twice = false;

	if (size > LIMIT)
		return 0;
	if (!model)
		must(model_parse(&model, schema, sizeof schema - 1, "the schema", &error) == 0, "no model");
	check_init(&any, NULL, LIMIT);
	check_init(&modelled, model, LIMIT);

	bool passes = check_passes(&any, bytes, size, &twice);
	bool accepted = reader_accepts(bytes, size);
	bool compact = false;
	if (accepted) {
		writer_init(&writer, &out);
		writer_source(&writer, bytes, size);
		must(writer_result(&writer) == 0, "the writer failed");
		must(reader_accepts(out.data, out.length), "what the writer made is not read");
		compare_meaning(bytes, size, out.data, out.length);
		compact = out.length == size && memcmp(out.data, bytes, size) == 0;
	}
	must(passes || twice || !(accepted && compact && bytes[0] == '{'), "a good record is refused");
	must(!passes || (accepted && compact && bytes[0] == '{'), "a bad record passes");
	must(!twice || (accepted && compact), "twice is told of a bad record");
	if (passes) {
		look_for_twice(&any.record);
		look_at_members(&any.record);
	}
	must(!check_passes(&modelled, bytes, size, &twice) || passes, "a model lets more pass");

	buffer_clear(&out);
	check_clear(&any);
	check_clear(&modelled);
	return 0;
}
