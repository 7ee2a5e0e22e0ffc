#include "config.h"

#include "sink/drain.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* A file gets much at once, and still returns often enough for the loop to stay lively. */
#define FILE_STEP ((size_t)1 << 20)

/* What was sent is dropped when there is so much of it that moving the rest costs little. */
#define SENT_LIMIT ((size_t)256 << 10)

/* The same pipe or terminal, opened for us alone, or -1. */
static int open_again(int descriptor)
{
	char path[32];

	(void)snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
	return open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

static int watch_new(int descriptor)
{
	struct epoll_event event = { .events = EPOLLOUT };
	int watch = epoll_create1(EPOLL_CLOEXEC);

	if (watch >= 0 && epoll_ctl(watch, EPOLL_CTL_ADD, descriptor, &event) < 0) {
		(void)close(watch);
		watch = -1;
	}
	return watch;
}

int drain_init(struct drain *drain, int descriptor, struct error *error)
{
	struct stat status;

	*drain = (struct drain){ .descriptor = descriptor, .watch = -1, .way = DRAIN_FILE };
	buffer_init(&drain->queue, DRAIN_LIMIT);
	if (fstat(descriptor, &status) < 0)
		return error_set(error, ERROR_OUTPUT_FAILED, "The output is not open: %s.", strerror(errno));
	if (S_ISSOCK(status.st_mode)) {
		drain->way = DRAIN_SOCKET;
	} else if (S_ISFIFO(status.st_mode) || isatty(descriptor)) {
		int own = open_again(descriptor);
		drain->way = own >= 0 ? DRAIN_OWN : DRAIN_SHARED;
		if (own >= 0)
			drain->descriptor = own;
	}
	if (drain->way == DRAIN_FILE)
		return 0;
	drain->watch = watch_new(drain->descriptor);
	if (drain->watch < 0) {
		(void)error_set(
			error, ERROR_OUTPUT_FAILED, "The output can't be watched: %s.", strerror(errno));
		drain_clear(drain);
		return -1;
	}
	return 0;
}

void drain_clear(struct drain *drain)
{
	if (drain->watch >= 0)
		(void)close(drain->watch);
	if (drain->way == DRAIN_OWN)
		(void)close(drain->descriptor);
	buffer_clear(&drain->queue);
	*drain = (struct drain){ .descriptor = -1, .watch = -1, .way = DRAIN_FILE };
}

struct buffer *drain_buffer(struct drain *drain)
{
	if (drain->sent >= SENT_LIMIT) {
		buffer_consume(&drain->queue, drain->sent);
		drain->sent = 0;
	}
	return &drain->queue;
}

int drain_append(struct drain *drain, const void *bytes, size_t length, struct error *error)
{
	if (buffer_append(drain_buffer(drain), bytes, length) < 0)
		return error_memory(error);
	return 0;
}

size_t drain_pending(const struct drain *drain)
{
	return drain->queue.length - drain->sent;
}

int drain_watch(const struct drain *drain)
{
	return drain->watch;
}

/* A pipe that polls as writable takes PIPE_BUF bytes without blocking (pipe(7)). */
static ssize_t write_if_ready(int descriptor, const char *bytes, size_t length)
{
	struct pollfd ready = { .fd = descriptor, .events = POLLOUT };
	int count = poll(&ready, 1, 0);

	if (count < 0)
		return -1;
	if (count == 0) {
		errno = EAGAIN;
		return -1;
	}
	return write(descriptor, bytes, length < PIPE_BUF ? length : PIPE_BUF);
}

static ssize_t write_some(const struct drain *drain, const char *bytes, size_t length)
{
	if (length > FILE_STEP)
		length = FILE_STEP;
	switch (drain->way) {
	case DRAIN_SOCKET:
		return send(drain->descriptor, bytes, length, MSG_DONTWAIT | MSG_NOSIGNAL);
	case DRAIN_SHARED:
		return write_if_ready(drain->descriptor, bytes, length);
	case DRAIN_FILE:
	case DRAIN_OWN:
		break;
	}
	return write(drain->descriptor, bytes, length);
}

enum drain_result drain_flush(struct drain *drain, struct error *error)
{
	struct buffer *queue = &drain->queue;

	while (drain->sent < queue->length) {
		ssize_t count;

		if (drain->on_write)
			drain->on_write(drain->context);
		count = write_some(drain, queue->data + drain->sent, queue->length - drain->sent);
		if (count >= 0) {
			drain->sent += (size_t)count;
			continue;
		}
		if (errno == EINTR)
			continue;
		if (errno == EAGAIN || errno == EWOULDBLOCK)
			return DRAIN_WAITING;
		if (errno == EPIPE || errno == ECONNRESET)
			return DRAIN_CLOSED;
		(void)error_set(
			error, ERROR_OUTPUT_FAILED, "Writing the output failed: %s.", strerror(errno));
		return DRAIN_FAILED;
	}
	queue->length = 0;
	drain->sent = 0;
	return DRAIN_EMPTY;
}
