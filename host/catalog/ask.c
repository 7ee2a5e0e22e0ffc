#include "config.h"

#include "catalog/ask.h"

#include "base/clock.h"
#include "jail/start.h"
#include "wire/talk.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define SEATS_MAX 8
#define END_MS 1000 /* how long a runner may take from its last word to its end */

/* One runner that is being asked. */
struct seat {
	struct jail *jail; /* NULL: the seat is free */
	struct wire_decoder *decoder;
	struct talk talk;
	struct buffer out;
	struct buffer manifest;
	struct error error;
	int64_t deadline;
	size_t job;
	bool done; /* all went well, unless error says otherwise */
};

static void seat_init(struct seat *seat)
{
	*seat = (struct seat){ 0 };
	buffer_init(&seat->out, WIRE_CONTROL_MAX + 4096);
	buffer_init(&seat->manifest, WIRE_MANIFEST_MAX + 1);
}

static void seat_clear(struct seat *seat)
{
	jail_free(seat->jail);
	wire_decoder_free(seat->decoder);
	buffer_clear(&seat->out);
	buffer_clear(&seat->manifest);
	seat_init(seat);
}

/* Starts a runner and puts the question into its socket's queue. */
static int seat_start(struct seat *seat, int fd, bool allow_partial, const json_t *start)
{
	struct error *error = &seat->error;

	seat->deadline = clock_now_ms() + ASK_SECONDS * 1000;
	if (wire_decoder_new(&seat->decoder, WIRE_FROM_RUNNER, error) < 0 ||
		talk_begin(&seat->talk, &seat->out, start, allow_partial, ASK_SECONDS, error) < 0 ||
		jail_start(&seat->jail, NULL, fd, NULL, error) < 0)
		return -1;
	wire_decoder_mode(seat->decoder, seat->talk.mode);
	return 0;
}

static int flush(struct seat *seat)
{
	while (seat->out.length > 0) {
		ssize_t sent = send(jail_socket(seat->jail), seat->out.data, seat->out.length,
			MSG_NOSIGNAL | MSG_DONTWAIT);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return 0;
		/* A runner that closed its end is judged by what it said, and by how it ended. */
		if (sent < 0)
			sent = (ssize_t)seat->out.length;
		buffer_consume(&seat->out, (size_t)sent);
	}
	return 0;
}

static int take_frame(struct seat *seat, const struct wire_frame *frame)
{
	switch (frame->type) {
	case WIRE_HELLO:
		return talk_hello(&seat->talk, frame, &seat->error);
	case WIRE_MANIFEST:
		seat->manifest.length = 0;
		if (buffer_append(&seat->manifest, frame->payload, frame->length) < 0)
			return error_memory(&seat->error);
		return 0;
	case WIRE_PROBLEM:
		return talk_problem(&seat->error, frame, &seat->error);
	case WIRE_FAILED:
		return talk_failed(&seat->talk, frame, &seat->error);
	case WIRE_DONE:
		seat->done = true;
		return 0;
	default:
		return error_set(
			&seat->error, ERROR_PLUGIN_FAULT, "The connector answers what was not asked.");
	}
}

/* The runner said no more before it was done: why? One that closed its socket and lives on is not waited
 * for. */
static int seat_ended(struct seat *seat)
{
	struct pollfd ended = { .fd = jail_ended_fd(seat->jail), .events = POLLIN };

	if (poll(&ended, 1, END_MS) == 1 && jail_reap(seat->jail, &seat->error) < 0)
		return -1;
	return error_set(
		&seat->error, ERROR_PLUGIN_FAULT, "The connector's process ended without an answer.");
}

static int take_frames(struct seat *seat)
{
	struct wire_frame frame;
	int more = 0;

	while (!seat->done && (more = wire_decoder_next(&frame, seat->decoder, &seat->error)) > 0)
		if (take_frame(seat, &frame) < 0)
			return -1;
	return more;
}

/* Goes on as far as possible without waiting: 0 with seat->done or when more has to
 * come, -1 with the error. */
static int seat_step(struct seat *seat)
{
	char *room;
	size_t size;
	ssize_t got;

	(void)flush(seat);
	while (!seat->done) {
		if (wire_decoder_room(&room, &size, seat->decoder, &seat->error) < 0)
			return -1;
		got = recv(jail_socket(seat->jail), room, size, MSG_DONTWAIT);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			break;
		if (got <= 0)
			return seat_ended(seat);
		wire_decoder_filled(seat->decoder, (size_t)got);
		if (take_frames(seat) < 0)
			return -1;
	}
	if (!seat->done && clock_now_ms() >= seat->deadline)
		return error_set(&seat->error, ERROR_PLUGIN_FAULT,
			"The connector did not answer within %d seconds.", ASK_SECONDS);
	return 0;
}

/* Waits until one of the seats can go on. */
static int wait_for(const struct seat *seats, size_t count, struct error *error)
{
	struct pollfd polls[SEATS_MAX];
	int64_t now = clock_now_ms();
	int64_t left = ASK_SECONDS * 1000;

	for (size_t i = 0; i < count; i++) {
		const struct seat *seat = &seats[i];

		polls[i] = (struct pollfd){ .fd = seat->jail ? jail_socket(seat->jail) : -1 };
		polls[i].events = (short)(seat->out.length ? POLLIN | POLLOUT : POLLIN);
		if (seat->jail && seat->deadline - now < left)
			left = seat->deadline > now ? seat->deadline - now : 0;
	}
	if (poll(polls, (nfds_t)count, (int)left) < 0 && errno != EINTR)
		return error_set(error, ERROR_INTERNAL, "poll: %s.", strerror(errno));
	return 0;
}

/* Asks one plugin; the seat then holds the answer. */
static int ask(struct seat *seat, int fd, bool allow_partial, const json_t *start, struct error *error)
{
	int result = seat_start(seat, fd, allow_partial, start);

	while (result == 0 && !seat->done) {
		result = wait_for(seat, 1, &seat->error);
		if (result == 0)
			result = seat_step(seat);
	}
	if (result < 0)
		*error = seat->error;
	return result;
}

static json_t *manifest_question(void)
{
	return json_pack("{s:s}", "mode", "manifest");
}

int ask_manifest(struct buffer *out, int fd, bool allow_partial, struct error *error)
{
	json_t *start = manifest_question();
	struct seat seat;
	int result = -1;

	seat_init(&seat);
	if (!start)
		(void)error_memory(error);
	else if (ask(&seat, fd, allow_partial, start, error) == 0)
		result = buffer_append(
				 out, seat.manifest.data ? seat.manifest.data : "", seat.manifest.length) < 0
				 ? error_memory(error)
				 : 0;
	seat_clear(&seat);
	json_decref(start);
	return result;
}

int ask_validate(int fd, bool allow_partial, const json_t *start, struct error *error)
{
	struct seat seat;
	int result;

	seat_init(&seat);
	result = ask(&seat, fd, allow_partial, start, error);
	if (result == 0 && seat.error.problem_count > 0) {
		*error = seat.error;
		result = error_set(error, ERROR_BAD_FIELD, "The connector refuses these fields.");
	}
	seat_clear(&seat);
	return result;
}

/* What is given to the runner is no plugin: that it refuses it shows that it is there. */
int ask_runner(char jail[16], struct error *error)
{
	json_t *start = manifest_question();
	struct seat seat;
	int result = -1;
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

	seat_init(&seat);
	if (!start)
		(void)error_memory(error);
	else if (fd < 0)
		(void)error_set(
			error, ERROR_INSTALLATION, "/proc/self/exe can't be read: %s.", strerror(errno));
	else if (ask(&seat, fd, true, start, error) == 0 || seat.talk.jail[0])
		result = 0;
	memcpy(jail, seat.talk.jail, sizeof seat.talk.jail);
	seat_clear(&seat);
	if (fd >= 0)
		(void)close(fd);
	json_decref(start);
	return result;
}

/* ---- Many at once --------------------------------------------------------------------------------- */

struct crowd {
	struct seat seats[SEATS_MAX];
	size_t seat_count;
	const struct ask_job *jobs;
	size_t job_count;
	size_t next;
	const json_t *start;
	ask_taker *take;
	void *context;
};

/* Hands the seat's answer over and frees it. */
static int finish(struct crowd *crowd, struct seat *seat, int result, struct error *error)
{
	const struct buffer *manifest = &seat->manifest;
	int taken = crowd->take(crowd->context, seat->job,
		result < 0       ? NULL
		: manifest->data ? manifest->data
				 : "",
		manifest->length, &seat->error, error);

	seat_clear(seat);
	return taken;
}

/* Seats the next job; one that can't even be started is answered at once. */
static int seat_next(struct crowd *crowd, struct seat *seat, struct error *error)
{
	const struct ask_job *job = &crowd->jobs[crowd->next];
	int fd = -1;
	int result;

	seat->job = crowd->next++;
	result = find_open(&fd, job->file, &seat->error);
	if (result == 0)
		result = seat_start(seat, fd, job->allow_partial, crowd->start);
	if (fd >= 0)
		(void)close(fd);
	return result < 0 ? finish(crowd, seat, -1, error) : 0;
}

/* One round: free seats are taken, others go on. Returns how many are busy, or -1. */
static int round_of(struct crowd *crowd, struct error *error)
{
	int busy = 0;

	for (size_t i = 0; i < crowd->seat_count; i++) {
		struct seat *seat = &crowd->seats[i];
		int result = seat->jail ? seat_step(seat) : 0;

		if (seat->jail && (result < 0 || seat->done) && finish(crowd, seat, result, error) < 0)
			return -1;
		while (!seat->jail && crowd->next < crowd->job_count)
			if (seat_next(crowd, seat, error) < 0)
				return -1;
		busy += seat->jail != NULL;
	}
	return busy;
}

int ask_manifests(
	const struct ask_job *jobs, size_t count, ask_taker *take, void *context, struct error *error)
{
	struct crowd *crowd = calloc(1, sizeof *crowd);
	json_t *start = manifest_question();
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	int result = -1;
	int busy;

	if (!crowd || !start) {
		(void)error_memory(error);
		goto out;
	}
	*crowd = (struct crowd){
		.jobs = jobs, .job_count = count, .start = start, .take = take, .context = context
	};
	/* One more than there are processors: while one starts, the host reads another's answer. */
	crowd->seat_count = processors < 1 ? 2 : processors < SEATS_MAX ? (size_t)processors + 1 : SEATS_MAX;
	for (size_t i = 0; i < crowd->seat_count; i++)
		seat_init(&crowd->seats[i]);
	while ((busy = round_of(crowd, error)) > 0)
		if (wait_for(crowd->seats, crowd->seat_count, error) < 0)
			goto out;
	result = busy;
out:
	for (size_t i = 0; crowd && i < crowd->seat_count; i++)
		seat_clear(&crowd->seats[i]);
	free(crowd);
	json_decref(start);
	return result;
}
