#include "config.h"

#include "check_main.h"
#include "sink/drain.h"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MUCH ((size_t)3 << 20)

static struct error error;

static char *pattern(void)
{
	char *bytes = malloc(MUCH);

	ck_assert_ptr_nonnull(bytes);
	for (size_t i = 0; i < MUCH; i++)
		bytes[i] = (char)('a' + i % 26);
	return bytes;
}

/* Flushes and reads in turns until everything has come through, and compares. */
static void pump(struct drain *drain, int reader, const char *expected)
{
	enum drain_result result = DRAIN_WAITING;
	char chunk[8192];
	size_t seen = 0;

	while (seen < MUCH) {
		if (result != DRAIN_EMPTY)
			result = drain_flush(drain, &error);
		ck_assert(result == DRAIN_EMPTY || result == DRAIN_WAITING);
		ssize_t count = read(reader, chunk, sizeof chunk);
		ck_assert_int_gt(count, 0);
		ck_assert_mem_eq(chunk, expected + seen, (size_t)count);
		seen += (size_t)count;
	}
	ck_assert_int_eq(drain_flush(drain, &error), DRAIN_EMPTY);
	ck_assert_uint_eq(drain_pending(drain), 0);
}

static bool is_nonblocking(int descriptor)
{
	return fcntl(descriptor, F_GETFL) & O_NONBLOCK;
}

/* All of it through a descriptor whose other end is read slowly; its flags stay as they were. */
static void check_through(int writer, int reader, enum drain_way way)
{
	char *bytes = pattern();
	struct drain drain;

	ck_assert_int_eq(drain_init(&drain, writer, &error), 0);
	ck_assert_int_eq(drain.way, way);
	ck_assert_int_eq(drain_append(&drain, bytes, MUCH, &error), 0);
	ck_assert_uint_eq(drain_pending(&drain), MUCH);
	ck_assert_int_eq(drain_flush(&drain, &error), DRAIN_WAITING);
	ck_assert_uint_lt(drain_pending(&drain), MUCH);
	ck_assert(!is_nonblocking(writer));
	pump(&drain, reader, bytes);
	drain_clear(&drain);
	ck_assert(fcntl(writer, F_GETFL) >= 0);
	free(bytes);
}

START_TEST(a_pipe_is_opened_for_us_alone)
{
	int ends[2];

	ck_assert_int_eq(pipe(ends), 0);
	check_through(ends[1], ends[0], DRAIN_OWN);
}
END_TEST

START_TEST(a_socket_is_asked_not_to_block)
{
	int ends[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	check_through(ends[1], ends[0], DRAIN_SOCKET);
}
END_TEST

START_TEST(a_shared_pipe_gets_what_it_takes)
{
	char *bytes = pattern();
	struct drain drain;
	int ends[2];

	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_int_eq(drain_init(&drain, ends[1], &error), 0);
	(void)close(drain.descriptor); /* as if it could not have been opened again */
	drain.descriptor = ends[1];
	drain.way = DRAIN_SHARED;
	ck_assert_int_eq(drain_append(&drain, bytes, MUCH, &error), 0);
	ck_assert_int_eq(drain_flush(&drain, &error), DRAIN_WAITING);
	ck_assert(!is_nonblocking(ends[1]));
	pump(&drain, ends[0], bytes);
	drain_clear(&drain);
	free(bytes);
}
END_TEST

START_TEST(the_watch_says_when_to_go_on)
{
	char *bytes = pattern();
	struct pollfd watch = { .events = POLLIN };
	struct drain drain;
	char chunk[65536];
	int ends[2];

	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_int_eq(drain_init(&drain, ends[1], &error), 0);
	ck_assert_int_eq(drain_append(&drain, bytes, MUCH, &error), 0);
	ck_assert_int_eq(drain_flush(&drain, &error), DRAIN_WAITING);
	watch.fd = drain_watch(&drain);
	ck_assert_int_eq(poll(&watch, 1, 0), 0);
	ck_assert_int_gt(read(ends[0], chunk, sizeof chunk), 0);
	ck_assert_int_eq(poll(&watch, 1, 1000), 1);
	drain_clear(&drain);
	free(bytes);
}
END_TEST

START_TEST(a_file_always_takes)
{
	char *bytes = pattern();
	char *back = malloc(MUCH);
	FILE *file = tmpfile();
	struct drain drain;

	ck_assert_ptr_nonnull(file);
	ck_assert_ptr_nonnull(back);
	ck_assert_int_eq(drain_init(&drain, fileno(file), &error), 0);
	ck_assert_int_eq(drain_watch(&drain), -1);
	ck_assert_int_eq(drain_append(&drain, bytes, MUCH, &error), 0);
	ck_assert_int_eq(drain_flush(&drain, &error), DRAIN_EMPTY);
	drain_clear(&drain);
	ck_assert_int_eq(pread(fileno(file), back, MUCH, 0), (ssize_t)MUCH);
	ck_assert_mem_eq(back, bytes, MUCH);
	(void)fclose(file);
	free(back);
	free(bytes);
}
END_TEST

START_TEST(a_terminal_is_written_to)
{
	struct drain drain;
	char seen[16];
	int master, terminal;

	if (openpty(&master, &terminal, NULL, NULL, NULL) < 0)
		return; /* nothing to test on where there are no terminals */
	ck_assert_int_eq(drain_init(&drain, terminal, &error), 0);
	ck_assert_int_eq(drain_append(&drain, "hello", 5, &error), 0);
	ck_assert_int_eq(drain_flush(&drain, &error), DRAIN_EMPTY);
	ck_assert(!is_nonblocking(terminal));
	ck_assert_int_eq(read(master, seen, sizeof seen), 5);
	drain_clear(&drain);
}
END_TEST

START_TEST(a_reader_that_left_is_no_error)
{
	struct drain drain;
	int ends[2];

	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_int_eq(drain_init(&drain, ends[1], &error), 0);
	ck_assert_int_eq(drain_append(&drain, "x", 1, &error), 0);
	(void)close(ends[0]);
	ck_assert_int_eq(drain_flush(&drain, &error), DRAIN_CLOSED);
	drain_clear(&drain);

	/* Gone before we came. */
	ck_assert_int_eq(drain_init(&drain, ends[1], &error), 0);
	ck_assert_int_eq(drain_append(&drain, "x", 1, &error), 0);
	ck_assert_int_eq(drain_flush(&drain, &error), DRAIN_CLOSED);
	drain_clear(&drain);

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	ck_assert_int_eq(drain_init(&drain, ends[1], &error), 0);
	ck_assert_int_eq(drain_append(&drain, "x", 1, &error), 0);
	(void)close(ends[0]);
	ck_assert_int_eq(drain_flush(&drain, &error), DRAIN_CLOSED);
	drain_clear(&drain);
	ck_assert_int_eq(error.code, ERROR_NONE);
}
END_TEST

START_TEST(a_full_disk_is_an_error)
{
	int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
	struct drain drain;

	ck_assert_int_ge(full, 0);
	ck_assert_int_eq(drain_init(&drain, full, &error), 0);
	ck_assert_int_eq(drain_append(&drain, "x", 1, &error), 0);
	ck_assert_int_eq(drain_flush(&drain, &error), DRAIN_FAILED);
	ck_assert_int_eq(error.code, ERROR_OUTPUT_FAILED);
	drain_clear(&drain);
}
END_TEST

START_TEST(a_closed_descriptor_is_an_error)
{
	struct drain drain;

	ck_assert_int_eq(drain_init(&drain, -1, &error), -1);
	ck_assert_int_eq(error.code, ERROR_OUTPUT_FAILED);
}
END_TEST

START_TEST(the_queue_has_an_end)
{
	char *bytes = pattern();
	struct drain drain;
	int ends[2];
	int result = 0;

	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_int_eq(drain_init(&drain, ends[1], &error), 0);
	for (size_t i = 0; result == 0 && i <= DRAIN_LIMIT / MUCH; i++)
		result = drain_append(&drain, bytes, MUCH, &error);
	ck_assert_int_eq(result, -1);
	ck_assert_int_eq(error.code, ERROR_OUT_OF_MEMORY);
	ck_assert_uint_le(drain_pending(&drain), DRAIN_LIMIT);
	drain_clear(&drain);
	free(bytes);
}
END_TEST

START_TEST(much_more_than_the_limit_passes_in_parts)
{
	char *bytes = pattern();
	struct drain drain;
	int ends[2];

	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_int_eq(drain_init(&drain, ends[1], &error), 0);
	for (size_t i = 0; i < 3 * DRAIN_LIMIT / MUCH; i++) {
		ck_assert_int_eq(drain_append(&drain, bytes, MUCH, &error), 0);
		pump(&drain, ends[0], bytes);
	}
	drain_clear(&drain);
	free(bytes);
}
END_TEST

static void set_up(void)
{
	(void)signal(SIGPIPE, SIG_IGN);
	error = (struct error){ 0 };
}

static Suite *suite(void)
{
	Suite *s = suite_create("sink/drain");
	TCase *c = tcase_create("drain");

	tcase_add_checked_fixture(c, set_up, NULL);
	tcase_add_test(c, a_pipe_is_opened_for_us_alone);
	tcase_add_test(c, a_socket_is_asked_not_to_block);
	tcase_add_test(c, a_shared_pipe_gets_what_it_takes);
	tcase_add_test(c, the_watch_says_when_to_go_on);
	tcase_add_test(c, a_file_always_takes);
	tcase_add_test(c, a_terminal_is_written_to);
	tcase_add_test(c, a_reader_that_left_is_no_error);
	tcase_add_test(c, a_full_disk_is_an_error);
	tcase_add_test(c, a_closed_descriptor_is_an_error);
	tcase_add_test(c, the_queue_has_an_end);
	tcase_add_test(c, much_more_than_the_limit_passes_in_parts);
	suite_add_tcase(s, c);
	return s;
}

CHECK_MAIN(suite)
