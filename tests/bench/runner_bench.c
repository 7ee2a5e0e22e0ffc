/* What a runner costs: from its start through jail and plugin to its end, and how much memory a thousand of
 * them hold while they wait for a provider.
 *
 *	runner_bench PLUGIN.so ACTION [IDLE]
 *
 * prints "start best MS median MS cpu MS" and, as root, "idle COUNT runners KIB". */
#include "config.h"

#include "base/json.h"
#include "bench/memory.h"
#include "catalog/ask.h"
#include "jail/start.h"
#include "wire/wire.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { ROUNDS = 200, WARM_UP = 5, WAIT_MS = 10000, DESCRIPTORS = 4, SPARE = 64 };

static _Noreturn void die(const char *what, const struct error *error)
{
	(void)fprintf(stderr, "runner_bench: %s: %s\n", what, error ? error->message : strerror(errno));
	exit(1);
}

static double now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static double spent_ms(int who)
{
	struct rusage usage;

	(void)getrusage(who, &usage);
	return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e3 +
	       (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e3;
}

static int by_size(const void *a, const void *b)
{
	const double *left = a, *right = b;

	return (*left > *right) - (*left < *right);
}

/* A plugin is asked for its manifest: the shortest life of a runner that has a plugin in it. */
static void ask(int plugin)
{
	struct buffer manifest = BUFFER_INIT(WIRE_MANIFEST_MAX + 1);
	struct error error = { 0 };

	if (ask_manifest(&manifest, plugin, true, &error) < 0)
		die("a runner", &error);
	buffer_clear(&manifest);
}

static void bench_life(int plugin)
{
	static double took[ROUNDS];
	double spent;

	for (int i = 0; i < WARM_UP; i++)
		ask(plugin);
	spent = spent_ms(RUSAGE_SELF) + spent_ms(RUSAGE_CHILDREN);
	for (int i = 0; i < ROUNDS; i++) {
		double begin = now_ms();
		ask(plugin);
		took[i] = now_ms() - begin;
	}
	spent = spent_ms(RUSAGE_SELF) + spent_ms(RUSAGE_CHILDREN) - spent;
	qsort(took, ROUNDS, sizeof took[0], by_size);
	(void)printf("start best %.2f median %.2f cpu %.2f\n", took[0], took[ROUNDS / 2], spent / ROUNDS);
}

/* ---- A thousand that wait -------------------------------------------------------------------- */

struct idle {
	struct jail *jail;
	struct jail_area *area;
	struct wire_decoder *decoder;
};

static void send_all(int socket, const struct buffer *bytes)
{
	for (size_t sent = 0; sent < bytes->length;) {
		ssize_t count = send(socket, bytes->data + sent, bytes->length - sent, MSG_NOSIGNAL);
		if (count < 0 && errno != EINTR)
			die("a runner's socket", NULL);
		sent += count > 0 ? (size_t)count : 0;
	}
}

/* HELLO and START, as a run begins. */
static void greet(const struct idle *idle, const char *action)
{
	struct buffer out = BUFFER_INIT(WIRE_CONTROL_MAX);
	struct error error = { 0 };
	json_t *hello = json_pack("{s:s, s:b}", "build", wire_build, "allow_partial", 1);
	json_t *start = json_pack("{s:s, s:s, s:b, s:i, s:{}, s:{}, s:[], s:[]}", "mode", "run", "action",
		action, "raw", 0, "limit", 0, "parameters", "fields", "secrets", "open");

	if (!hello || !start || wire_put_json(&out, WIRE_HELLO, hello, &error) < 0 ||
		wire_put_json(&out, WIRE_START, start, &error) < 0)
		die("a runner's beginning", &error);
	send_all(jail_socket(idle->jail), &out);
	json_decref(hello);
	json_decref(start);
	buffer_clear(&out);
}

/* Reads until the runner has asked for its first page: from then on it waits for us. */
static void await_request(const struct idle *idle)
{
	struct pollfd ready = { .fd = jail_socket(idle->jail), .events = POLLIN };
	struct wire_frame frame = { .type = WIRE_HELLO };
	struct error error = { 0 };
	char *room;
	size_t size;
	ssize_t got;
	int more;

	for (;;) {
		while ((more = wire_decoder_next(&frame, idle->decoder, &error)) > 0)
			if (frame.type == WIRE_REQUEST)
				return;
			else if (frame.type != WIRE_HELLO)
				die("a runner said what it should not", &error);
		if (more < 0 || wire_decoder_room(&room, &size, idle->decoder, &error) < 0)
			die("a runner's words", &error);
		if (poll(&ready, 1, WAIT_MS) <= 0)
			die("a runner is silent", NULL);
		got = recv(ready.fd, room, size, 0);
		if (got <= 0)
			die("a runner ended", NULL);
		wire_decoder_filled(idle->decoder, (size_t)got);
	}
}

static void start_idle(struct idle *idle, int plugin, const char *action)
{
	struct error error = { 0 };

	if (jail_area_new(&idle->area, WIRE_SLOTS * WIRE_SLOT_SIZE, &error) < 0 ||
		wire_decoder_new(&idle->decoder, WIRE_FROM_RUNNER, &error) < 0 ||
		jail_start(&idle->jail, NULL, plugin, idle->area, &error) < 0)
		die("a runner", &error);
	wire_decoder_mode(idle->decoder, WIRE_MODE_RUN);
	greet(idle, action);
	await_request(idle);
}

static void end_idle(struct idle *idle)
{
	jail_free(idle->jail);
	jail_area_free(idle->area);
	wire_decoder_free(idle->decoder);
}

/* The runners and what they share with us; our own memory is not theirs. */
static void measure_idle(size_t count)
{
	struct memory memory = { 0 };
	struct memory self = { 0 };

	if (memory_add(&self, getpid()) && memory_add_tree(&memory, getpid()))
		(void)printf("idle %u runners %" PRIu64 "\n", memory.processes - 1,
			memory_kib(&memory) - self.own_kib);
	else
		(void)printf("idle refused\n");
	if (memory.processes > 1 && memory.processes - 1 != count)
		(void)fprintf(
			stderr, "runner_bench: %u runners of %zu were seen\n", memory.processes - 1, count);
	memory_clear(&memory);
	memory_clear(&self);
}

static void bench_idle(int plugin, const char *action, size_t count)
{
	struct idle *idle = calloc(count, sizeof *idle);
	struct error error = { 0 };
	struct rlimit files;
	int sealed = -1;

	if (jail_seal(&sealed, plugin, &error) < 0)
		die("the plugin", &error);
	if (!idle || getrlimit(RLIMIT_NOFILE, &files) < 0)
		die("idle runners", NULL);
	files.rlim_cur = files.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &files);
	if (files.rlim_cur < count * DESCRIPTORS + SPARE) {
		(void)printf("idle refused\n");
		goto out;
	}
	for (size_t i = 0; i < count; i++)
		start_idle(&idle[i], sealed, action);
	measure_idle(count);
	for (size_t i = 0; i < count; i++)
		end_idle(&idle[i]);
out:
	free(idle);
	(void)close(sealed);
}

int main(int argc, char **argv)
{
	int plugin = argc > 2 ? open(argv[1], O_RDONLY | O_CLOEXEC) : -1;

	if (plugin < 0)
		die("runner_bench PLUGIN.so ACTION [IDLE]", NULL);
	bench_life(plugin);
	(void)fflush(stdout);
	if (argc > 3)
		bench_idle(plugin, argv[2], strtoul(argv[3], NULL, 10));
	(void)close(plugin);
	return 0;
}
