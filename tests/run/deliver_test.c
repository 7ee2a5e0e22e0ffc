/* Records out of the jail: each is read again, counted and capped before anybody has it. */
#include "config.h"

#include "check_main.h"
#include "run/deliver.h"

#include <string.h>

static const char schema[] =
	"{\"type\":\"object\",\"required\":[\"id\"],\"properties\":{\"id\":{\"type\":\"string\"},"
	"\"age\":{\"type\":\"integer\"}}}";

static struct model *model;
static unsigned received;
static struct deliver deliver;
static struct buffer out;
static struct error error;

static int on_record(
	void *context, const struct record *record, const char *key, size_t key_length, struct error *unused)
{
	unsigned *count = context;

	(void)key;
	(void)key_length;
	(void)unused;
	ck_assert_uint_gt(record->length, 0);
	(*count)++;
	return 0;
}

static const struct receiver receiver = { on_record, &received };

static void set_up(void)
{
	received = 0;
	ck_assert_msg(model_parse(&model, schema, strlen(schema), "test", &error) == 0, "%s", error.message);
	deliver_init(&deliver, model, &receiver, 0);
	buffer_init(&out, 64 * 1024 * 1024);
}

static void tear_down(void)
{
	deliver_clear(&deliver);
	model_free(model);
	buffer_clear(&out);
}

/* A frame of count times this record. */
static int give(const char *record, size_t length, unsigned count, uint64_t body_bytes)
{
	struct wire_frame frame = { .type = WIRE_RECORDS };
	size_t start;

	out.length = 0;
	ck_assert_int_eq(wire_records_begin(&start, &out, &error), 0);
	for (unsigned i = 0; i < count; i++)
		ck_assert_int_eq(wire_records_add(&out, "[\"1\"]", 5, record, length, &error), 0);
	wire_records_end(&out, start);
	frame.payload = out.data + start + WIRE_HEAD;
	frame.length = out.length - start - WIRE_HEAD;
	return deliver_frame(&deliver, &frame, body_bytes, &error);
}

static int give_text(const char *record)
{
	return give(record, strlen(record), 1, 1000);
}

START_TEST(good_records_pass)
{
	ck_assert_int_eq(give("{\"id\":\"1\"}", 10, 3, 1000), 0);
	ck_assert_uint_eq(deliver.records, 3);
	ck_assert_uint_eq(deliver.page, 3);
	ck_assert_uint_eq(received, 3);
	ck_assert(!deliver_is_full(&deliver));
}
END_TEST

static const char *const forged[] = {
	"",
	"nonsense",
	"[]",
	"\"id\"",
	"{\"id\":\"1\"",
	"{\"id\":\"1\"}{\"id\":\"2\"}",
	"{\"id\":\"1\"}\n",
	"{\"id\":\"1\",\n\"age\":2}",
	"{\"id\":\"1\",\"id\":\"2\"}",
	"{\"id\":\"1\",\"other\":2}",
	"{\"id\":1}",
	"{\"age\":2}",
	"{\"id\":\"1\",\"age\":\"2\"}",
	"{\"id\":\"1\",\"age\":2.5}",
	"{\"id\":\"\x1b[31m\"}",
	"{\"id\":\"\xff\"}",
	"{\"id\":\"\\ud800\"}",
};

START_TEST(forged_records_do_not)
{
	ck_assert_msg(give_text(forged[_i]) < 0, "passed: %s", forged[_i]);
	ck_assert_msg(error.code == ERROR_PLUGIN_FAULT, "%s: %s", forged[_i], error.message);
	ck_assert_uint_eq(deliver.records, 0);
	ck_assert_uint_eq(received, 0);
}
END_TEST

/* Those before the forged one are delivered and counted: they were good. */
START_TEST(a_batch_is_taken_one_by_one)
{
	struct wire_frame frame = { .type = WIRE_RECORDS };
	size_t start;

	ck_assert_int_eq(wire_records_begin(&start, &out, &error), 0);
	ck_assert_int_eq(wire_records_add(&out, "", 0, "{\"id\":\"1\"}", 10, &error), 0);
	ck_assert_int_eq(wire_records_add(&out, "", 0, "{}", 2, &error), 0);
	wire_records_end(&out, start);
	frame.payload = out.data + start + WIRE_HEAD;
	frame.length = out.length - start - WIRE_HEAD;
	ck_assert_int_eq(deliver_frame(&deliver, &frame, 1000, &error), -1);
	ck_assert_uint_eq(deliver.records, 1);
}
END_TEST

START_TEST(a_batch_that_lies_about_its_lengths)
{
	static const char *const batches[] = {
		"\4\0\0\0\xff\0\0\0\"1\"{}", /* a record beyond the frame */
		"\xff\xff\xff\xff\2\0\0\0\"1\"{}", "\2\0\0\0\xff\xff\xff\xff\"1\"{}",
		"\0\0\0\0\2\0\0\0{}\0\0\0", /* half a head behind it */
	};

	for (size_t i = 0; i < sizeof batches / sizeof batches[0]; i++) {
		struct wire_frame frame = { .type = WIRE_RECORDS, .payload = batches[i], .length = 13 };
		ck_assert_int_eq(deliver_frame(&deliver, &frame, 1000, &error), -1);
		ck_assert_int_eq(error.code, ERROR_PLUGIN_FAULT);
	}
}
END_TEST

START_TEST(the_limit_is_exact)
{
	deliver_clear(&deliver);
	deliver_init(&deliver, model, &receiver, 5);
	ck_assert_int_eq(give("{\"id\":\"1\"}", 10, 3, 1000), 0);
	ck_assert(!deliver_is_full(&deliver));
	ck_assert_int_eq(give("{\"id\":\"1\"}", 10, 3, 1000), 0);
	ck_assert(deliver_is_full(&deliver));
	ck_assert_uint_eq(deliver.records, 5);
	ck_assert_uint_eq(received, 5);
}
END_TEST

/* Nobody makes a hundred megabytes of records out of a thousand bytes. */
START_TEST(what_comes_out_is_in_proportion)
{
	unsigned rounds = 0;

	while (rounds < 100 && give("{\"id\":\"1\"}", 10, 50000, 1000) == 0)
		rounds++;
	ck_assert_uint_gt(rounds, 5);
	ck_assert_uint_lt(rounds, 50);
	ck_assert_int_eq(error.code, ERROR_PLUGIN_FAULT);
	ck_assert_int_eq(give("{\"id\":\"1\"}", 10, 1000, UINT64_C(1) << 30), 0);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("run/deliver");
	TCase *c = tcase_create("deliver");

	tcase_add_checked_fixture(c, set_up, tear_down);
	tcase_add_test(c, good_records_pass);
	tcase_add_loop_test(c, forged_records_do_not, 0, sizeof forged / sizeof forged[0]);
	tcase_add_test(c, a_batch_is_taken_one_by_one);
	tcase_add_test(c, a_batch_that_lies_about_its_lengths);
	tcase_add_test(c, the_limit_is_exact);
	tcase_add_test(c, what_comes_out_is_in_proportion);
	suite_add_tcase(s, c);
	return s;
}

CHECK_MAIN(suite)
