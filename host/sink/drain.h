/* Bytes on their way to a descriptor that may be slow: a queue, and a write that never blocks.
 *
 * stdout is shared with others, so it must not be made non-blocking. A pipe or terminal is opened once
 * more, non-blocking, for us alone; where that can't be done it gets no more than it surely takes. A
 * socket is asked not to block at each send. A file always takes. */
#ifndef MUSTER_SINK_DRAIN_H
#define MUSTER_SINK_DRAIN_H

#include "base/buffer.h"
#include "base/error.h"

#include <stddef.h>

/* What may be queued at most: a record of 4 MiB, every byte of it written as two, and what waits
 * before it. Who feeds a drain stops long before. */
#define DRAIN_LIMIT ((size_t)16 << 20)

enum drain_way {
	DRAIN_FILE,   /* always takes */
	DRAIN_SOCKET, /* asked each time not to block */
	DRAIN_OWN,    /* a pipe or terminal, opened once more for us */
	DRAIN_SHARED, /* a pipe or terminal, asked before each small write */
};

struct drain {
	int descriptor; /* what is written to: borrowed, or our own if way is DRAIN_OWN */
	int watch;      /* an epoll descriptor, or -1 */
	enum drain_way way;
	struct buffer queue;
	size_t sent; /* of the queue */

	/* Called before each write; NULL: nobody wants to know. */
	void (*on_write)(void *context);
	void *context;
};

enum drain_result {
	DRAIN_EMPTY,   /* all was written */
	DRAIN_WAITING, /* the descriptor takes no more for now: see drain_watch() */
	DRAIN_CLOSED,  /* who read it went away; nothing is to be said about it */
	DRAIN_FAILED,  /* the error is set */
};

/* An empty queue for a descriptor, which is borrowed until drain_clear(). SIGPIPE must be ignored. */
int drain_init(struct drain *drain, int descriptor, struct error *error);
void drain_clear(struct drain *drain);

/* Queues bytes. Fails when memory ran out or the limit is reached. */
int drain_append(struct drain *drain, const void *bytes, size_t length, struct error *error);

/* The buffer that is written from, to build text in place; nothing but the functions of buffer.h that
 * append may be used on it. */
struct buffer *drain_buffer(struct drain *drain);

/* How many bytes wait. */
size_t drain_pending(const struct drain *drain);

/* Writes what the descriptor takes now. */
enum drain_result drain_flush(struct drain *drain, struct error *error);

/* A descriptor that is readable when a flush is worth trying again, for an event loop, which may do
 * with its flags what it wants. -1 for a file, which never waits. */
int drain_watch(const struct drain *drain);

#endif
