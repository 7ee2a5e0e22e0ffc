#include "config.h"

#include "run/process.h"

#include "jail/start.h"
#include "wire/talk.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	OUT_MAX = 1024 * 1024,
	END_MS = 1000,      /* between the end of its socket and its own */
	CPU_SECONDS = 3600, /* what a run may compute; one that hangs is stopped long before */
};

struct process {
	struct jail *jail;
	int socket;
	struct wire_decoder *decoder;
	struct talk talk;
	struct buffer out;
	struct process_handlers handlers;
	uv_poll_t poll;
	uv_timer_t stall;
	int watched; /* the events that poll waits for */
	unsigned open_handles;
	uint64_t patience_ms;
	bool paused;
	bool busy;
	bool ended;
	bool freed;
	bool in_frames; /* a handler is running: freeing waits */
};

static void on_poll(uv_poll_t *poll, int status, int events);

/* What is waited for follows from the state. Telling libuv costs two system calls,
 * so it hears changes only. */
static void watch(struct process *process)
{
	int events = 0;

	if (process->ended)
		return;
	if (!process->paused)
		events |= UV_READABLE;
	if (process->out.length > 0)
		events |= UV_WRITABLE;
	if (events == process->watched)
		return;
	process->watched = events;
	if (events)
		(void)uv_poll_start(&process->poll, events, on_poll);
	else
		(void)uv_poll_stop(&process->poll);
}

static void end(struct process *process, const struct error *error)
{
	if (process->ended)
		return;
	process->ended = true;
	(void)uv_poll_stop(&process->poll);
	(void)uv_timer_stop(&process->stall);
	process->handlers.on_end(process->handlers.context, error);
}

static void on_stall(uv_timer_t *timer)
{
	struct process *process = timer->data;
	struct error error = { 0 };

	(void)error_set(&error, ERROR_PLUGIN_FAULT, "The connector did nothing for %llu seconds.",
		(unsigned long long)(process->patience_ms + 999) / 1000);
	end(process, &error);
}

static void arm(struct process *process)
{
	if (process->busy && !process->paused && !process->ended)
		(void)uv_timer_start(&process->stall, on_stall, process->patience_ms, 0);
	else
		(void)uv_timer_stop(&process->stall);
}

static int on_frame(struct process *process, const struct wire_frame *frame, struct error *error)
{
	switch (frame->type) {
	case WIRE_HELLO:
		return talk_hello(&process->talk, frame, error);
	case WIRE_FAILED:
		return talk_failed(&process->talk, frame, error);
	default:
		return process->handlers.on_frame(process->handlers.context, frame, error);
	}
}

/* The other side is gone: why? One that closed its socket and lives on is not waited for. */
static void on_gone(struct process *process)
{
	struct pollfd ended = { .fd = jail_ended_fd(process->jail), .events = POLLIN };
	struct error error = { 0 };

	if (poll(&ended, 1, END_MS) != 1)
		jail_kill(process->jail);
	if (jail_reap(process->jail, &error) == 0)
		(void)error_set(&error, ERROR_PLUGIN_FAULT, "The connector ended before its work was done.");
	end(process, &error);
}

/* Hands over every whole frame. True while the process goes on. */
static bool take_frames(struct process *process)
{
	struct error error = { 0 };
	struct wire_frame frame;
	int more;

	while (!process->paused && (more = wire_decoder_next(&frame, process->decoder, &error)) != 0) {
		bool done = more > 0 && frame.type == WIRE_DONE;

		if (more < 0 || on_frame(process, &frame, &error) < 0) {
			end(process, &error);
			return false;
		}
		if (done)
			end(process, NULL);
		if (process->ended || process->freed)
			return false;
	}
	return true;
}

static void read_some(struct process *process)
{
	struct error error = { 0 };
	char *room;
	size_t size;
	ssize_t got;

	if (wire_decoder_room(&room, &size, process->decoder, &error) < 0) {
		end(process, &error);
		return;
	}
	got = recv(process->socket, room, size, MSG_DONTWAIT);
	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (got <= 0) {
		on_gone(process);
		return;
	}
	wire_decoder_filled(process->decoder, (size_t)got);
	if (take_frames(process))
		arm(process);
}

static void finish_free(struct process *process);

static void on_poll(uv_poll_t *poll, int status, int events)
{
	struct process *process = poll->data;

	process->in_frames = true;
	/* So libuv says that the runner ended before it had read all, and watches no more. What it said
	 * before, as why, is still there; nothing more can be said to it. */
	if (status < 0) {
		process->watched = 0;
		process->out.length = 0;
		events = UV_READABLE;
	}
	if (!process->ended && !process->paused && events & UV_READABLE)
		read_some(process);
	if (!process->ended && process->out.length > 0)
		process_flush(process);
	process->in_frames = false;
	if (process->freed)
		finish_free(process);
	else
		watch(process);
}

int process_start(struct process **out, uv_loop_t *loop, const struct process_options *options,
	const struct process_handlers *handlers, struct error *error)
{
	struct process *process = calloc(1, sizeof *process);

	if (!process)
		return error_memory(error);
	buffer_init(&process->out, OUT_MAX);
	process->handlers = *handlers;
	process->patience_ms = PROCESS_STALL_MS;
	if (options->patience_ms > 0 && options->patience_ms < PROCESS_STALL_MS)
		process->patience_ms = (uint64_t)options->patience_ms;
	if (wire_decoder_new(&process->decoder, WIRE_FROM_RUNNER, error) < 0 ||
		talk_begin(&process->talk, &process->out, options->start, options->allow_partial, CPU_SECONDS,
			error) < 0 ||
		jail_start(&process->jail, NULL, options->provider->fd, options->area, error) < 0)
		goto fail;
	process->socket = jail_socket(process->jail);
	wire_decoder_mode(process->decoder, process->talk.mode);
	if (uv_poll_init(loop, &process->poll, process->socket) < 0) {
		(void)error_set(error, ERROR_INTERNAL, "The event loop refused a socket.");
		goto fail;
	}
	(void)uv_timer_init(loop, &process->stall);
	process->poll.data = process;
	process->stall.data = process;
	process->open_handles = 2;
	process->busy = true;
	arm(process);
	process_flush(process);
	*out = process;
	return 0;
fail:
	jail_free(process->jail);
	wire_decoder_free(process->decoder);
	buffer_clear(&process->out);
	free(process);
	return -1;
}

static void on_closed(uv_handle_t *handle)
{
	struct process *process = handle->data;

	if (--process->open_handles == 0)
		free(process);
}

static void finish_free(struct process *process)
{
	jail_free(process->jail);
	wire_decoder_free(process->decoder);
	buffer_wipe(&process->out);
	uv_close((uv_handle_t *)&process->poll, on_closed);
	uv_close((uv_handle_t *)&process->stall, on_closed);
}

void process_free(struct process *process)
{
	if (!process || process->freed)
		return;
	process->ended = true;
	process->freed = true;
	(void)uv_poll_stop(&process->poll);
	(void)uv_timer_stop(&process->stall);
	if (!process->in_frames)
		finish_free(process);
}

struct buffer *process_out(struct process *process)
{
	return &process->out;
}

void process_flush(struct process *process)
{
	while (process->out.length > 0 && !process->ended) {
		ssize_t sent = send(
			process->socket, process->out.data, process->out.length, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0)
			break; /* full: wait; or gone: reading will tell */
		buffer_consume(&process->out, (size_t)sent);
	}
	watch(process);
}

void process_pause(struct process *process)
{
	process->paused = true;
	arm(process);
	watch(process);
}

void process_resume(struct process *process)
{
	if (!process->paused || process->ended)
		return;
	process->paused = false;
	/* What was decoded before the pause comes first. */
	process->in_frames = true;
	(void)take_frames(process);
	process->in_frames = false;
	if (process->freed) {
		finish_free(process);
		return;
	}
	arm(process);
	watch(process);
}

void process_expect(struct process *process, bool busy)
{
	process->busy = busy;
	arm(process);
}
