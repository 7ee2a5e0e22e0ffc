#include "config.h"

#include "check_main.h"
#include "run/body.h"

#include <string.h>

static char area[WIRE_SLOTS * WIRE_SLOT_SIZE];
static char bytes[WIRE_SLOT_SIZE * (WIRE_SLOTS + 1)];
static struct buffer out;
static struct body body;
static struct error error;
static struct wire_decoder *decoder;

static void start(void)
{
	buffer_init(&out, 1 << 20);
	body_init(&body, area, &out);
	ck_assert_int_eq(wire_decoder_new(&decoder, WIRE_FROM_HOST, &error), 0);
	body_begin(&body, 1);
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (char)(i * 31 + i / 251);
}

static void stop(void)
{
	buffer_clear(&out);
	wire_decoder_free(decoder);
}

/* How many CHUNK frames were written, and the length of the last one. */
static unsigned chunks(uint32_t *last)
{
	unsigned count = 0;

	for (size_t at = 0; at + WIRE_HEAD <= out.length;) {
		uint32_t length;
		memcpy(&length, out.data + at, 4);
		if (out.data[at + 4] == WIRE_CHUNK) {
			count++;
			memcpy(last, out.data + at + WIRE_HEAD + 8, 4);
		}
		at += WIRE_HEAD + length;
	}
	return count;
}

/* Bytes that the runner is given at once, since nothing else comes for now. */
static void give(const char *from, size_t length)
{
	size_t taken;

	ck_assert_int_eq(body_add(&taken, &body, from, length, &error), 0);
	ck_assert_uint_eq(taken, length);
	ck_assert_int_eq(body_yield(&body, &error), 1);
}

START_TEST(an_idle_runner_gets_what_there_is_when_no_more_comes)
{
	size_t taken;
	uint32_t last = 0;

	ck_assert_int_eq(body_yield(&body, &error), 0);
	ck_assert_int_eq(body_add(&taken, &body, bytes, 4, &error), 0);
	ck_assert_uint_eq(chunks(&last), 0);
	give(bytes + 4, 6);
	ck_assert_uint_eq(chunks(&last), 1);
	ck_assert_uint_eq(last, 10);
	ck_assert_mem_eq(area, bytes, 10);
}
END_TEST

START_TEST(an_idle_runner_is_woken_when_it_is_worth_it)
{
	size_t taken;
	uint32_t last = 0;

	for (size_t i = 0; i < WIRE_SLOT_SIZE / 2; i += 1024)
		ck_assert_int_eq(body_add(&taken, &body, bytes + i, 1024, &error), 0);
	ck_assert_uint_eq(chunks(&last), 1);
	ck_assert_uint_lt(last, WIRE_SLOT_SIZE / 2);
	ck_assert_uint_gt(last, 1024);
	ck_assert_mem_eq(area, bytes, last);
}
END_TEST

START_TEST(a_busy_runner_gets_large_ones)
{
	size_t taken;
	uint32_t last = 0;

	give(bytes, 10);
	ck_assert_int_eq(body_add(&taken, &body, bytes + 10, 20, &error), 0);
	ck_assert_int_eq(body_add(&taken, &body, bytes + 30, 30, &error), 0);
	ck_assert_int_eq(body_yield(&body, &error), 0);
	ck_assert_uint_eq(chunks(&last), 1);
	ck_assert_int_eq(body_release(&body, 0, &error), 0);
	ck_assert_int_eq(body_yield(&body, &error), 1);
	ck_assert_uint_eq(chunks(&last), 2);
	ck_assert_uint_eq(last, 50);
	ck_assert_mem_eq(area + WIRE_SLOT_SIZE, bytes + 10, 50);
}
END_TEST

START_TEST(full_slots_stop_the_flow)
{
	size_t taken;
	uint32_t last = 0;

	ck_assert_int_eq(body_add(&taken, &body, bytes, sizeof bytes, &error), 0);
	ck_assert_uint_eq(taken, sizeof area);
	ck_assert_uint_eq(chunks(&last), WIRE_SLOTS);
	ck_assert_mem_eq(area, bytes, sizeof area);
	ck_assert_int_eq(body_add(&taken, &body, bytes, 1, &error), 0);
	ck_assert_uint_eq(taken, 0);
	ck_assert_int_eq(body_release(&body, 0, &error), 0);
	ck_assert_int_eq(body_add(&taken, &body, bytes, 1, &error), 0);
	ck_assert_uint_eq(taken, 1);
}
END_TEST

START_TEST(slots_are_released_once)
{
	ck_assert_int_eq(body_release(&body, 0, &error), -1);
	ck_assert_int_eq(error.code, ERROR_PLUGIN_FAULT);
	give(bytes, 1);
	ck_assert_int_eq(body_release(&body, 0, &error), 0);
	ck_assert_int_eq(body_release(&body, 0, &error), -1);
	ck_assert_int_eq(body_release(&body, WIRE_SLOTS, &error), -1);
	ck_assert_int_eq(body_release(&body, UINT32_MAX, &error), -1);
}
END_TEST

START_TEST(the_end_comes_after_the_rest)
{
	size_t taken;
	uint32_t last = 0;

	give(bytes, 10);
	ck_assert_int_eq(body_add(&taken, &body, bytes, 7, &error), 0);
	ck_assert_int_eq(body_end(&body, &error), 0);
	ck_assert_uint_eq(chunks(&last), 2);
	ck_assert_uint_eq(last, 7);
	ck_assert_ptr_nonnull(memmem(out.data, out.length, "{\"request\":1}", 13));
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("run/body");
	TCase *c = tcase_create("body");

	tcase_add_checked_fixture(c, start, stop);
	tcase_add_test(c, an_idle_runner_gets_what_there_is_when_no_more_comes);
	tcase_add_test(c, an_idle_runner_is_woken_when_it_is_worth_it);
	tcase_add_test(c, a_busy_runner_gets_large_ones);
	tcase_add_test(c, full_slots_stop_the_flow);
	tcase_add_test(c, slots_are_released_once);
	tcase_add_test(c, the_end_comes_after_the_rest);
	suite_add_tcase(s, c);
	return s;
}

CHECK_MAIN(suite)
