#include "config.h"

#include "base/buffer.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

enum { READ_STEP = 64 * 1024 };

void buffer_init(struct buffer *buffer, size_t limit)
{
	*buffer = (struct buffer)BUFFER_INIT(limit);
}

void buffer_clear(struct buffer *buffer)
{
	free(buffer->data);
	buffer_init(buffer, buffer->limit);
}

void buffer_wipe(struct buffer *buffer)
{
	if (buffer->data)
		explicit_bzero(buffer->data, buffer->capacity);
	buffer_clear(buffer);
}

int buffer_reserve(char **room, struct buffer *buffer, size_t length)
{
	if (length > buffer->limit - buffer->length)
		return -1;
	size_t needed = buffer->length + length;
	if (needed > buffer->capacity) {
		size_t capacity = buffer->capacity ? buffer->capacity : 64;
		while (capacity < needed)
			capacity = capacity > SIZE_MAX / 2 ? needed : capacity * 2;
		char *data = realloc(buffer->data, capacity);
		if (!data)
			return -1;
		buffer->data = data;
		buffer->capacity = capacity;
	}
	*room = buffer->data ? buffer->data + buffer->length : NULL;
	return 0;
}

int buffer_append(struct buffer *buffer, const void *bytes, size_t length)
{
	char *room;

	if (length == 0)
		return 0;
	if (buffer_reserve(&room, buffer, length) < 0)
		return -1;
	memcpy(room, bytes, length);
	buffer->length += length;
	return 0;
}

int buffer_append_text(struct buffer *buffer, const char *text)
{
	return buffer_append(buffer, text, strlen(text));
}

int buffer_append_char(struct buffer *buffer, char c)
{
	return buffer_append(buffer, &c, 1);
}

int buffer_vformat(struct buffer *buffer, const char *format, va_list arguments)
{
	va_list again;
	char *room;
	int length;

	va_copy(again, arguments);
	length = vsnprintf(NULL, 0, format, again);
	va_end(again);
	/* vsnprintf wants a byte more than it counts. */
	if (length < 0 || (size_t)length >= buffer->limit - buffer->length)
		return -1;
	if (buffer_reserve(&room, buffer, (size_t)length + 1) < 0)
		return -1;
	(void)vsnprintf(room, (size_t)length + 1, format, arguments);
	buffer->length += (size_t)length;
	return 0;
}

int buffer_format(struct buffer *buffer, const char *format, ...)
{
	va_list arguments;
	int result;

	va_start(arguments, format);
	result = buffer_vformat(buffer, format, arguments);
	va_end(arguments);
	return result;
}

/* read(2), unless a signal comes first. */
static ssize_t read_some(int fd, char *room, size_t size)
{
	ssize_t got;

	do
		got = read(fd, room, size);
	while (got < 0 && errno == EINTR);
	return got;
}

/* Does a full buffer hold all? */
static int read_end(int fd)
{
	char more;
	ssize_t got = read_some(fd, &more, 1);

	if (got > 0)
		errno = EFBIG;
	return got == 0 ? 0 : -1;
}

int buffer_read(struct buffer *buffer, int fd)
{
	for (;;) {
		size_t left = buffer->limit - buffer->length;
		size_t size = left < READ_STEP ? left : READ_STEP;
		char *room;
		ssize_t got;

		if (size == 0)
			return read_end(fd);
		if (buffer_reserve(&room, buffer, size) < 0) {
			errno = ENOMEM;
			return -1;
		}
		got = read_some(fd, room, size);
		if (got <= 0)
			return got < 0 ? -1 : 0;
		buffer->length += (size_t)got;
	}
}

void buffer_consume(struct buffer *buffer, size_t length)
{
	if (length >= buffer->length) {
		buffer->length = 0;
		return;
	}
	memmove(buffer->data, buffer->data + length, buffer->length - length);
	buffer->length -= length;
}

const char *buffer_text(struct buffer *buffer)
{
	char *room;

	if (buffer->length == buffer->limit || buffer_reserve(&room, buffer, 1) < 0)
		return NULL;
	*room = '\0';
	return buffer->data;
}

char *buffer_take(struct buffer *buffer)
{
	char *data;

	if (!buffer_text(buffer))
		return NULL;
	data = buffer->data;
	buffer->data = NULL;
	buffer_clear(buffer);
	return data;
}
