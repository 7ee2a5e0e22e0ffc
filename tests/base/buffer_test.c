#include "config.h"

#include "base/buffer.h"

#include "check_main.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* A file that holds count times the same byte. */
static int file_of(size_t count)
{
	int fd = memfd_create("buffer_test", MFD_CLOEXEC);
	char *bytes = malloc(count + 1);

	ck_assert_int_ge(fd, 0);
	ck_assert_ptr_nonnull(bytes);
	memset(bytes, 'x', count);
	ck_assert_int_eq(pwrite(fd, bytes, count, 0), (ssize_t)count);
	free(bytes);
	return fd;
}

static const struct {
	size_t limit, before, size;
	int failure; /* errno, or 0 */
} reads[] = {
	{ 100, 0, 0, 0 },
	{ 100, 0, 99, 0 },
	{ 100, 0, 100, 0 },
	{ 100, 0, 101, EFBIG },
	{ 100, 60, 40, 0 },
	{ 100, 60, 41, EFBIG },
	{ 100, 100, 0, 0 },
	{ 0, 0, 0, 0 },
	{ 0, 0, 1, EFBIG },
	{ 300000, 1, 299999, 0 },
	{ 300000, 1, 300000, EFBIG },
};

START_TEST(a_descriptor_is_read_to_its_end)
{
	struct buffer buffer = BUFFER_INIT(reads[_i].limit);
	int fd = file_of(reads[_i].size);

	for (size_t i = 0; i < reads[_i].before; i++)
		ck_assert_int_eq(buffer_append_char(&buffer, 'y'), 0);
	errno = 0;
	ck_assert_int_eq(buffer_read(&buffer, fd), reads[_i].failure ? -1 : 0);
	ck_assert_int_eq(errno, reads[_i].failure);
	if (!reads[_i].failure)
		ck_assert_uint_eq(buffer.length, reads[_i].before + reads[_i].size);
	ck_assert_uint_le(buffer.length, reads[_i].limit);
	for (size_t i = 0; i < buffer.length; i++)
		ck_assert_int_eq(buffer.data[i], i < reads[_i].before ? 'y' : 'x');
	buffer_clear(&buffer);
	ck_assert_int_eq(close(fd), 0);
}
END_TEST

START_TEST(what_can_not_be_read_is_told)
{
	struct buffer buffer = BUFFER_INIT(100);

	ck_assert_int_eq(buffer_read(&buffer, -1), -1);
	ck_assert_int_eq(errno, EBADF);
	buffer_clear(&buffer);
	buffer_init(&buffer, 0);
	ck_assert_int_eq(buffer_read(&buffer, -1), -1);
	ck_assert_int_eq(errno, EBADF);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("base/buffer");
	TCase *c = tcase_create("buffer");

	tcase_add_loop_test(c, a_descriptor_is_read_to_its_end, 0, (int)(sizeof reads / sizeof reads[0]));
	tcase_add_test(c, what_can_not_be_read_is_told);
	suite_add_tcase(s, c);
	return s;
}

CHECK_MAIN(suite)
