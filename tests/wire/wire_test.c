/* The wire: what was put comes out, whatever the cuts; what does not fit is refused from its head.
 */
#include "config.h"

#include "base/json.h"
#include "check_main.h"
#include "wire/wire.h"

#include <stdio.h>
#include <string.h>

static struct error error;

static void give(struct wire_decoder *decoder, const void *bytes, size_t length)
{
	const char *from = bytes;

	while (length > 0) {
		char *room;
		size_t size;
		if (wire_decoder_room(&room, &size, decoder, &error) < 0)
			ck_abort_msg("%s", error.message);
		size = size < length ? size : length;
		memcpy(room, from, size);
		wire_decoder_filled(decoder, size);
		from += size;
		length -= size;
	}
}

static struct wire_decoder *decoder_new(enum wire_side from)
{
	struct wire_decoder *decoder = NULL;

	ck_assert_int_eq(wire_decoder_new(&decoder, from, &error), 0);
	return decoder;
}

static void put(struct buffer *out, enum wire_type type, const char *text)
{
	ck_assert_int_eq(wire_put(out, type, text, strlen(text), &error), 0);
}

/* Feeds a list of types and returns how many were let through. */
static size_t accepted(enum wire_side from, enum wire_mode mode, const enum wire_type *types, size_t count)
{
	struct wire_decoder *decoder = decoder_new(from);
	struct wire_frame frame;
	size_t i;

	for (i = 0; i < count; i++) {
		struct buffer out = BUFFER_INIT(4096);
		int got;
		if (types[i] == WIRE_CHUNK)
			ck_assert_int_eq(wire_put_chunk(&out, 1, 0, 4, &error), 0);
		else if (types[i] == WIRE_RELEASE)
			ck_assert_int_eq(wire_put_release(&out, 0, &error), 0);
		else
			put(&out, types[i], types[i] == WIRE_RECORDS ? "\"record\"" : "{}");
		give(decoder, out.data, out.length);
		buffer_clear(&out);
		got = wire_decoder_next(&frame, decoder, &error);
		if (got < 0) {
			ck_assert_int_eq(
				error.code, from == WIRE_FROM_HOST ? ERROR_INTERNAL : ERROR_PLUGIN_FAULT);
			break;
		}
		ck_assert_int_eq(got, 1);
		ck_assert_int_eq(frame.type, types[i]);
		if (types[i] == (from == WIRE_FROM_HOST ? WIRE_START : WIRE_HELLO))
			wire_decoder_mode(decoder, mode);
	}
	wire_decoder_free(decoder);
	return i;
}

#define ACCEPTED(from, mode, ...) \
	accepted(from, mode, (const enum wire_type[]){ __VA_ARGS__ }, \
		sizeof((const enum wire_type[]){ __VA_ARGS__ }) / sizeof(enum wire_type))
#define RUNNER(mode, ...) ACCEPTED(WIRE_FROM_RUNNER, mode, WIRE_HELLO, __VA_ARGS__)
#define HOST(mode, ...) ACCEPTED(WIRE_FROM_HOST, mode, WIRE_HELLO, WIRE_START, __VA_ARGS__)

START_TEST(runner_order)
{
	ck_assert_uint_eq(ACCEPTED(WIRE_FROM_RUNNER, 0, WIRE_FAILED), 0);
	ck_assert_uint_eq(ACCEPTED(WIRE_FROM_RUNNER, 0, WIRE_HELLO, WIRE_FAILED, WIRE_FAILED), 2);
	ck_assert_uint_eq(RUNNER(0, WIRE_MANIFEST), 1);
	ck_assert_uint_eq(RUNNER(WIRE_MODE_MANIFEST, WIRE_MANIFEST, WIRE_DONE, WIRE_DONE), 3);
	ck_assert_uint_eq(RUNNER(WIRE_MODE_MANIFEST, WIRE_MANIFEST, WIRE_MANIFEST), 2);
	ck_assert_uint_eq(RUNNER(WIRE_MODE_MANIFEST, WIRE_MANIFEST, WIRE_FAILED), 3);
	ck_assert_uint_eq(RUNNER(WIRE_MODE_MANIFEST, WIRE_DONE), 1);
	ck_assert_uint_eq(RUNNER(WIRE_MODE_VALIDATE, WIRE_PROBLEM, WIRE_PROBLEM, WIRE_DONE), 4);
	ck_assert_uint_eq(RUNNER(WIRE_MODE_VALIDATE, WIRE_TOKEN), 1);
	ck_assert_uint_eq(RUNNER(WIRE_MODE_AUTHENTICATE, WIRE_TOKEN, WIRE_PROBLEM, WIRE_DONE), 4);
	ck_assert_uint_eq(RUNNER(WIRE_MODE_AUTHENTICATE, WIRE_REQUEST), 1);
	ck_assert_uint_eq(RUNNER(WIRE_MODE_RUN, WIRE_RECORDS), 1);
	ck_assert_uint_eq(RUNNER(WIRE_MODE_RUN, WIRE_RELEASE), 1);
	ck_assert_uint_eq(RUNNER(WIRE_MODE_RUN, WIRE_PAGE), 1);
	ck_assert_uint_eq(RUNNER(WIRE_MODE_RUN, WIRE_REQUEST, WIRE_REQUEST, WIRE_REQUEST), 3);
	ck_assert_uint_eq(RUNNER(WIRE_MODE_RUN, WIRE_REQUEST, WIRE_RELEASE, WIRE_RECORDS, WIRE_REQUEST,
				  WIRE_PAGE, WIRE_REQUEST, WIRE_DONE, WIRE_PAGE),
		8);
	ck_assert_uint_eq(RUNNER(WIRE_MODE_RUN, WIRE_START), 1);
	ck_assert_uint_eq(RUNNER(WIRE_MODE_RUN, WIRE_HELLO), 1);
	ck_assert_uint_eq(RUNNER(WIRE_MODE_RUN, (enum wire_type)99), 1);
}
END_TEST

START_TEST(host_order)
{
	ck_assert_uint_eq(ACCEPTED(WIRE_FROM_HOST, 0, WIRE_START), 0);
	ck_assert_uint_eq(ACCEPTED(WIRE_FROM_HOST, 0, WIRE_HELLO, WIRE_HELLO), 1);
	ck_assert_uint_eq(HOST(WIRE_MODE_MANIFEST, WIRE_ANSWER), 2);
	ck_assert_uint_eq(HOST(WIRE_MODE_AUTHENTICATE, WIRE_GRANTED, WIRE_DENIED), 4);
	ck_assert_uint_eq(HOST(WIRE_MODE_AUTHENTICATE, WIRE_ANSWER), 2);
	ck_assert_uint_eq(HOST(WIRE_MODE_RUN, WIRE_CHUNK), 2);
	ck_assert_uint_eq(HOST(WIRE_MODE_RUN, WIRE_END), 2);
	ck_assert_uint_eq(HOST(WIRE_MODE_RUN, WIRE_ANSWER, WIRE_ANSWER), 3);
	ck_assert_uint_eq(HOST(WIRE_MODE_RUN, WIRE_ANSWER, WIRE_CHUNK, WIRE_CHUNK, WIRE_END, WIRE_ANSWER,
				  WIRE_END, WIRE_GRANTED),
		8);
	ck_assert_uint_eq(HOST(WIRE_MODE_RUN, WIRE_RECORDS), 2);
}
END_TEST

static void refused_head(const char *head, const char *why)
{
	struct wire_decoder *decoder = decoder_new(WIRE_FROM_RUNNER);
	struct wire_frame frame;

	give(decoder, head, WIRE_HEAD);
	ck_assert_int_eq(wire_decoder_next(&frame, decoder, &error), -1);
	ck_assert_int_eq(error.code, ERROR_PLUGIN_FAULT);
	ck_assert_msg(strstr(error.message, why) != NULL, "%s", error.message);
	/* What is broken stays broken. */
	give(decoder, "\2\0\0\0\1\0\0\0{}", 10);
	ck_assert_int_eq(wire_decoder_next(&frame, decoder, &error), -1);
	wire_decoder_free(decoder);
}

START_TEST(hostile_heads)
{
	refused_head("\xff\xff\xff\xff\1\0\0\0", "length is out of bounds");
	refused_head("\1\0\0\0\1\0\0\0", "length is out of bounds");
	refused_head("\2\0\0\0\1\0\0\1", "no such type");
	refused_head("\2\0\0\0\0\0\0\0", "no such type");
	refused_head("\2\0\0\0\27\0\0\0", "out of turn");
	refused_head("GET / HT", "no such type");
}
END_TEST

START_TEST(nothing_after_the_end)
{
	struct wire_decoder *decoder = decoder_new(WIRE_FROM_RUNNER);
	struct buffer out = BUFFER_INIT(4096);
	struct wire_frame frame;

	put(&out, WIRE_HELLO, "{}");
	put(&out, WIRE_FAILED, "{}");
	ck_assert_int_eq(buffer_append_char(&out, 'x'), 0);
	give(decoder, out.data, out.length);
	ck_assert_int_eq(wire_decoder_next(&frame, decoder, &error), 1);
	ck_assert_int_eq(wire_decoder_next(&frame, decoder, &error), 1);
	ck_assert(wire_decoder_ended(decoder));
	ck_assert_int_eq(wire_decoder_next(&frame, decoder, &error), -1);
	buffer_clear(&out);
	wire_decoder_free(decoder);
}
END_TEST

/* A stream of every shape of frame that a run has, with one as long as may be. */
static void make_stream(struct buffer *out)
{
	static char record[WIRE_RECORD_MAX];
	size_t start;

	memset(record, 'r', sizeof record);
	put(out, WIRE_HELLO, "{\"build\":\"x\"}");
	put(out, WIRE_REQUEST, "{\"request\":1}");
	ck_assert_int_eq(wire_put_release(out, 3, &error), 0);
	ck_assert_int_eq(wire_records_begin(&start, out, &error), 0);
	ck_assert_int_eq(wire_records_add(out, "[1]", 3, "{\"a\":1}", 7, &error), 0);
	ck_assert_int_eq(wire_records_add(out, "", 0, record, sizeof record, &error), 0);
	ck_assert(!wire_records_fits(out, start, 3, sizeof record));
	ck_assert(wire_records_fits(out, start, 3, 1000));
	wire_records_end(out, start);
	put(out, WIRE_PAGE, "{\"request\":1,\"records\":2}");
	put(out, WIRE_DONE, "{}");
}

/* Reads the whole stream, fed in pieces of step bytes. */
static void read_stream(const struct buffer *stream, size_t step)
{
	struct wire_decoder *decoder = decoder_new(WIRE_FROM_RUNNER);
	size_t fed = 0;
	size_t frames = 0;
	size_t records = 0;

	while (!wire_decoder_ended(decoder)) {
		struct wire_frame frame;
		int got = wire_decoder_next(&frame, decoder, &error);
		/* An assertion that holds costs a system call: too much for every byte. */
		if (got < 0 || fed > stream->length)
			ck_abort_msg("%s", error.message);
		if (got == 0) {
			size_t left = stream->length - fed;
			left = left < step ? left : step;
			give(decoder, stream->data + fed, left);
			fed += left;
			continue;
		}
		frames++;
		if (frame.type == WIRE_HELLO)
			wire_decoder_mode(decoder, WIRE_MODE_RUN);
		if (frame.type == WIRE_RECORDS) {
			const char *key, *record;
			size_t key_length, record_length, offset = 0;
			while (wire_records_next(&key, &key_length, &record, &record_length, &offset, &frame,
				       &error) == 1)
				records++;
		}
	}
	ck_assert_uint_eq(frames, 6);
	ck_assert_uint_eq(records, 2);
	wire_decoder_free(decoder);
}

START_TEST(any_cut)
{
	struct buffer stream = BUFFER_INIT(16 * 1024 * 1024);

	make_stream(&stream);
	read_stream(&stream, 1);
	read_stream(&stream, 7);
	read_stream(&stream, 4096);
	read_stream(&stream, 65536);
	read_stream(&stream, 10 * 1024 * 1024);
	buffer_clear(&stream);
}
END_TEST

START_TEST(too_long_to_put)
{
	struct buffer out = BUFFER_INIT(64 * 1024 * 1024);
	static char bytes[WIRE_CONTROL_MAX + 1];

	ck_assert_int_eq(wire_put(&out, WIRE_PROBLEM, bytes, sizeof bytes, &error), -1);
	ck_assert_int_eq(error.code, ERROR_INTERNAL);
	ck_assert_uint_eq(out.length, 0);
	ck_assert_int_eq(wire_records_add(&out, "", 0, bytes, WIRE_RECORD_MAX + 1, &error), -1);
	ck_assert_int_eq(error.code, ERROR_RECORD_TOO_LARGE);
	ck_assert_int_eq(wire_records_add(&out, bytes, WIRE_KEY_MAX + 1, "{}", 2, &error), -1);
	ck_assert_int_eq(error.code, ERROR_RECORD_TOO_LARGE);
	buffer_clear(&out);
	buffer_init(&out, 10);
	ck_assert_int_eq(wire_put(&out, WIRE_DONE, "{  }", 4, &error), -1);
	ck_assert_int_eq(error.code, ERROR_OUT_OF_MEMORY);
	buffer_clear(&out);
}
END_TEST

static int next_record(const char *payload, size_t length)
{
	struct wire_frame frame = { WIRE_RECORDS, payload, length };
	const char *key, *record;
	size_t key_length, record_length, offset = 0;

	return wire_records_next(&key, &key_length, &record, &record_length, &offset, &frame, &error);
}

START_TEST(hostile_records)
{
	ck_assert_int_eq(next_record("", 0), 0);
	ck_assert_int_eq(next_record("\0\0\0\0\0\0\0\0", 8), 1);
	ck_assert_int_eq(next_record("\0\0\0\0\0\0\0", 7), -1);
	ck_assert_int_eq(next_record("\1\0\0\0\0\0\0\0", 8), -1);
	ck_assert_int_eq(next_record("\0\0\0\0\1\0\0\0", 8), -1);
	ck_assert_int_eq(next_record("\xff\xff\xff\xff\xff\xff\xff\xff", 8), -1);
	ck_assert_int_eq(next_record("\1\0\0\0\xff\xff\xff\xff[", 9), -1);
	ck_assert_int_eq(error.code, ERROR_PLUGIN_FAULT);
}
END_TEST

START_TEST(payloads)
{
	struct wire_frame frame = { WIRE_CHUNK, "\1\0\0\0\3\0\0\0\0\0\4\0", 12 };
	uint32_t request, slot, length;
	json_t *object = NULL;

	ck_assert_int_eq(wire_get_chunk(&request, &slot, &length, &frame, &error), 0);
	ck_assert_uint_eq(request, 1);
	ck_assert_uint_eq(slot, 3);
	ck_assert_uint_eq(length, WIRE_SLOT_SIZE);
	frame.payload = "\1\0\0\0\4\0\0\0\0\0\4\0";
	ck_assert_int_eq(wire_get_chunk(&request, &slot, &length, &frame, &error), -1);
	frame.payload = "\1\0\0\0\3\0\0\0\1\0\4\0";
	ck_assert_int_eq(wire_get_chunk(&request, &slot, &length, &frame, &error), -1);
	frame.length = 11;
	ck_assert_int_eq(wire_get_chunk(&request, &slot, &length, &frame, &error), -1);

	frame = (struct wire_frame){ WIRE_RELEASE, "\4\0\0\0", 4 };
	ck_assert_int_eq(wire_get_release(&slot, &frame, &error), -1);
	ck_assert_int_eq(error.code, ERROR_PLUGIN_FAULT);
	frame.length = 3;
	ck_assert_int_eq(wire_get_release(&slot, &frame, &error), -1);

	frame = (struct wire_frame){ WIRE_PAGE, "[1]", 3 };
	ck_assert_int_eq(wire_get_json(&object, &frame, &error), -1);
	frame = (struct wire_frame){ WIRE_PAGE, "{\"a\":1,\"a\":2}", 13 };
	ck_assert_int_eq(wire_get_json(&object, &frame, &error), -1);
	frame = (struct wire_frame){ WIRE_PAGE, "{\"a\":1}", 7 };
	ck_assert_int_eq(wire_get_json(&object, &frame, &error), 0);
	json_decref(object);
}
END_TEST

START_TEST(modes)
{
	ck_assert_int_eq(wire_mode_from_text("manifest"), WIRE_MODE_MANIFEST);
	ck_assert_int_eq(wire_mode_from_text("validate"), WIRE_MODE_VALIDATE);
	ck_assert_int_eq(wire_mode_from_text("authenticate"), WIRE_MODE_AUTHENTICATE);
	ck_assert_int_eq(wire_mode_from_text("run"), WIRE_MODE_RUN);
	ck_assert_int_eq(wire_mode_from_text("serve"), 0);
	ck_assert_uint_gt(strlen(wire_build), strlen(PACKAGE_VERSION));
}
END_TEST

static Suite *suite(void)
{
	Suite *suite = suite_create("wire");
	TCase *tcase = tcase_create("wire");

	tcase_set_timeout(tcase, 300);
	tcase_add_test(tcase, runner_order);
	tcase_add_test(tcase, host_order);
	tcase_add_test(tcase, hostile_heads);
	tcase_add_test(tcase, nothing_after_the_end);
	tcase_add_test(tcase, any_cut);
	tcase_add_test(tcase, too_long_to_put);
	tcase_add_test(tcase, hostile_records);
	tcase_add_test(tcase, payloads);
	tcase_add_test(tcase, modes);
	suite_add_tcase(suite, tcase);
	return suite;
}

CHECK_MAIN(suite)
