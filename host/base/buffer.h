/* A growable run of bytes with a hard cap: the only way the host lets memory grow. */
#ifndef MUSTER_BASE_BUFFER_H
#define MUSTER_BASE_BUFFER_H

#include <stdarg.h>
#include <stddef.h>

struct buffer {
	char *data; /* owned; not terminated unless buffer_text() was called */
	size_t length;
	size_t capacity;
	size_t limit; /* length never exceeds this */
};

/* An empty buffer that may grow to limit bytes. */
#define BUFFER_INIT(limit_) \
	{ \
		NULL, 0, 0, (limit_) \
	}

void buffer_init(struct buffer *buffer, size_t limit);

/* Frees the bytes; the buffer is then empty and usable again. */
void buffer_clear(struct buffer *buffer);

/* The same, and overwrites the bytes first: for whatever held a secret. */
void buffer_wipe(struct buffer *buffer);

/* All of these return 0, or -1 when the limit is reached or memory ran out; the buffer is then
 * unchanged. */
int buffer_append(struct buffer *buffer, const void *bytes, size_t length);
int buffer_append_text(struct buffer *buffer, const char *text);
int buffer_append_char(struct buffer *buffer, char c);
int buffer_format(struct buffer *buffer, const char *format, ...) __attribute__((format(printf, 2, 3)));
int buffer_vformat(struct buffer *buffer, const char *format, va_list arguments)
	__attribute__((format(printf, 2, 0)));

/* Makes room for length more bytes without counting them; *room points at them. */
int buffer_reserve(char **room, struct buffer *buffer, size_t length);

/* Appends what a descriptor gives, up to its end. Returns 0, or -1 with errno: EFBIG when that is more than
 * the limit allows. What came before stays. */
int buffer_read(struct buffer *buffer, int fd);

/* Drops the first length bytes. */
void buffer_consume(struct buffer *buffer, size_t length);

/* The content as a C string, borrowed until the next change; NULL when there is no memory. */
const char *buffer_text(struct buffer *buffer);

/* The content as a C string that the caller frees; the buffer is empty afterwards. */
char *buffer_take(struct buffer *buffer);

#endif
