/* Records that are put together from records: nothing is invented, nothing is lost. */
#include "config.h"

#include "check_main.h"
#include "run/compose.h"
#include "run/lane.h"
#include "run/shelf.h"

#include <string.h>

static const char *const fields_given[] = { "title", "note" };
static const struct manifest_completion completion = {
	.action = "list_more", .parameter = "id", .fields = { fields_given, 2 }
};
static const struct manifest_action action = {
	.id = "list", .completions = &completion, .completion_count = 1
};
static struct check first, second;
static struct buffer text;
static struct compose compose;
static struct error error;

static void set_up(void)
{
	check_init(&first, NULL, 1 << 20);
	check_init(&second, NULL, 1 << 20);
	compose_init(&compose);
	buffer_init(&text, 1 << 20);
}

static void tear_down(void)
{
	check_clear(&first);
	check_clear(&second);
	compose_clear(&compose);
	buffer_clear(&text);
}

static const struct record *record(struct check *check, const char *json)
{
	ck_assert_msg(check_record(check, json, strlen(json), &error) == 0, "%s", error.message);
	return &check->record;
}

static const struct {
	const char *record, *other, *whole;
} completed[] = {
	{ "{\"id\":\"1\"}", "{\"title\":\"a \\\"b\\\"\",\"else\":2}",
		"{\"id\":\"1\",\"title\":\"a \\\"b\\\"\"}" },
	{ "{\"id\":\"1\",\"title\":\"own\"}", "{\"title\":\"theirs\"}", "{\"id\":\"1\",\"title\":\"own\"}" },
	{ "{\"title\":null,\"id\":\"1\"}", "{\"title\":\"theirs\"}", "{\"id\":\"1\",\"title\":\"theirs\"}" },
	{ "{\"title\":null,\"id\":\"1\"}", "{\"title\":null}", "{\"title\":null,\"id\":\"1\"}" },
	{ "{}", "{\"note\":[1.50,{\"a\":true}],\"title\":7e400}",
		"{\"title\":7e400,\"note\":[1.50,{\"a\":true}]}" },
	{ "{}", "{}", "{}" },
};

START_TEST(what_lacks_is_filled_in)
{
	const struct record *own = record(&first, completed[_i].record);

	ck_assert_int_eq(compose_complete(&text, own, record(&second, completed[_i].other),
				 &completion.fields, &error),
		0);
	ck_assert_str_eq(buffer_text(&text), completed[_i].whole);
	record(&first, buffer_text(&text));
}
END_TEST

START_TEST(the_account_comes_first)
{
	ck_assert_int_eq(
		compose_account(&compose, record(&first, "{\"id\":\"1\",\"n\":2}"), "a\"b", &error), 0);
	ck_assert_uint_eq(compose.record.length, strlen("{\"_account\":\"a\\\"b\",\"id\":\"1\",\"n\":2}"));
	ck_assert_int_eq(memcmp(compose.record.bytes, "{\"_account\":\"a\\\"b\",\"id\":\"1\",\"n\":2}",
				 compose.record.length),
		0);
	ck_assert_uint_eq(compose.record.count, 3);
	ck_assert(compose.record.members[0].escaped);
	ck_assert_int_eq(compose_account(&compose, record(&first, "{}"), "x", &error), 0);
	ck_assert_int_eq(memcmp(compose.record.bytes, "{\"_account\":\"x\"}", compose.record.length), 0);
}
END_TEST

START_TEST(a_text_is_unescaped)
{
	ck_assert_int_eq(compose_text(&text, record(&first, "{\"id\":\"a\\u00e4\"}"), "id", &error), 0);
	ck_assert_str_eq(buffer_text(&text), "a\xC3\xA4");
	ck_assert_int_eq(compose_text(&text, record(&first, "{\"id\":5}"), "id", &error), 0);
	ck_assert_str_eq(buffer_text(&text), "");
}
END_TEST

/* The second is complete before the first; they leave in order. */
START_TEST(the_shelf_keeps_the_order)
{
	struct shelf shelf = { NULL, NULL, 0 };
	struct held *one, *two, *taken;
	struct lane lane = { .failed = false };

	ck_assert_int_eq(
		shelf_add(&one, &shelf, &lane, &action, record(&first, "{\"id\":\"1\"}"), "[1]", 3, &error),
		0);
	ck_assert_int_eq(
		shelf_add(&two, &shelf, &lane, &action, record(&first, "{\"id\":\"2\"}"), "[2]", 3, &error),
		0);
	ck_assert_str_eq(two->id.data, "2");
	ck_assert_int_eq(shelf_complete(two, record(&second, "{\"title\":\"t\"}"), &error), 0);
	two->completion++;
	ck_assert_ptr_null(shelf_take(&shelf));
	one->completion++;
	taken = shelf_take(&shelf);
	ck_assert_ptr_eq(taken, one);
	held_free(taken);
	taken = shelf_take(&shelf);
	ck_assert_ptr_eq(taken, two);
	ck_assert_str_eq(buffer_text(&taken->text), "{\"id\":\"2\",\"title\":\"t\"}");
	held_free(taken);
	ck_assert_ptr_null(shelf_take(&shelf));
	ck_assert_uint_eq(shelf.count, 0);
}
END_TEST

START_TEST(a_lane_is_thrown_out)
{
	struct shelf shelf = { NULL, NULL, 0 };
	struct held *held;
	struct lane lanes[2] = { { .failed = false } };

	for (int i = 0; i < 4; i++)
		ck_assert_int_eq(shelf_add(&held, &shelf, &lanes[i % 2], &action,
					 record(&first, "{\"id\":\"1\"}"), "[1]", 3, &error),
			0);
	shelf_drop(&shelf, &lanes[1]);
	ck_assert_uint_eq(shelf.count, 2);
	ck_assert_ptr_eq(shelf.first->lane, &lanes[0]);
	ck_assert_ptr_eq(shelf.last->lane, &lanes[0]);
	shelf_drop(&shelf, NULL);
	ck_assert_uint_eq(shelf.count, 0);
	ck_assert_ptr_null(shelf.first);
	ck_assert_ptr_null(shelf.last);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("run/compose");
	TCase *c = tcase_create("compose");

	tcase_add_checked_fixture(c, set_up, tear_down);
	tcase_add_loop_test(c, what_lacks_is_filled_in, 0, sizeof completed / sizeof completed[0]);
	tcase_add_test(c, the_account_comes_first);
	tcase_add_test(c, a_text_is_unescaped);
	tcase_add_test(c, the_shelf_keeps_the_order);
	tcase_add_test(c, a_lane_is_thrown_out);
	suite_add_tcase(s, c);
	return s;
}

CHECK_MAIN(suite)
