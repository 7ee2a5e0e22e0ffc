/* What a runner costs: from start to end in mode manifest, and the memory of many that wait. */
#include "config.h"

#include "jail/start.h"
#include "wire/wire.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { ROUNDS = 200, IDLE = 1000 };

static struct error error;

static void die(const char *what)
{
	(void)fprintf(stderr, "runner_bench: %s: %s\n", what, error.message);
	exit(EXIT_FAILURE);
}

static double now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static void hello(const struct jail *jail, const char *start)
{
	struct buffer out = BUFFER_INIT(4096);
	json_t *object = json_pack("{s:s, s:b}", "build", wire_build, "allow_partial", 1);

	if (wire_put_json(&out, WIRE_HELLO, object, &error) < 0 ||
		wire_put(&out, WIRE_START, start, strlen(start), &error) < 0 ||
		send(jail_socket(jail), out.data, out.length, 0) != (ssize_t)out.length)
		die("hello");
	json_decref(object);
	buffer_clear(&out);
}

/* Waits for more and throws it away: false at the end. */
static bool swallow(const struct jail *jail)
{
	char bytes[65536];
	struct pollfd item = { .fd = jail_socket(jail), .events = POLLIN };

	return poll(&item, 1, 10000) == 1 && recv(jail_socket(jail), bytes, sizeof bytes, 0) > 0;
}

static void once(int plugin, const struct jail_area *area)
{
	struct jail *jail = NULL;

	if (jail_start(&jail, NULL, plugin, area, &error) < 0)
		die("start");
	hello(jail, "{\"mode\":\"manifest\"}");
	while (swallow(jail))
		continue;
	if (jail_reap(jail, &error) < 0)
		die("end");
	jail_free(jail);
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a;
	double y = *(const double *)b;

	return (x > y) - (x < y);
}

static void measure_start(int plugin, const struct jail_area *area)
{
	static double times[ROUNDS];

	for (size_t i = 0; i < ROUNDS; i++) {
		double begin = now_ms();
		once(plugin, area);
		times[i] = now_ms() - begin;
	}
	qsort(times, ROUNDS, sizeof times[0], compare);
	(void)printf(
		"runner: start, jail, load, manifest, end: median %.2f ms, 95 %% %.2f ms (budget 3 ms)\n",
		times[ROUNDS / 2], times[ROUNDS * 95 / 100]);
}

/* Proportional set size of a process in KiB. */
static long pss_of(int pid)
{
	char path[64];
	char line[256];
	long pss = 0;
	FILE *file;

	(void)snprintf(path, sizeof path, "/proc/%d/smaps_rollup", pid);
	file = fopen(path, "r");
	while (file && fgets(line, sizeof line, file))
		if (strncmp(line, "Pss:", 4) == 0)
			pss = strtol(line + 4, NULL, 10);
	if (file)
		(void)fclose(file);
	return pss;
}

static void measure_idle(int plugin, const struct jail_area *area, const char *action)
{
	static struct jail *jails[IDLE];
	char start[256];
	long sum = 0;
	int sealed = -1;

	if (jail_seal(&sealed, plugin, &error) < 0)
		die("seal");

	(void)snprintf(start, sizeof start, "{\"mode\":\"run\",\"action\":\"%s\"}", action);
	for (size_t i = 0; i < IDLE; i++) {
		if (jail_start(&jails[i], NULL, sealed, area, &error) < 0)
			die("start");
		hello(jails[i], start);
	}
	for (size_t i = 0; i < IDLE; i++)
		(void)swallow(jails[i]);
	for (size_t i = 0; i < IDLE; i++)
		sum += pss_of(jail_pid(jails[i]));
	(void)printf("runner: %d idle in mode run: %ld MiB PSS (budget 200 MiB)\n", IDLE, sum / 1024);
	for (size_t i = 0; i < IDLE; i++)
		jail_free(jails[i]);
	(void)close(sealed);
}

int main(int argc, char **argv)
{
	struct jail_area *area = NULL;
	int plugin = argc == 3 ? open(argv[1], O_RDONLY | O_CLOEXEC) : -1;

	if (plugin < 0) {
		(void)fprintf(stderr, "usage: runner_bench PLUGIN.so ACTION\n");
		return EXIT_FAILURE;
	}
	if (jail_area_new(&area, WIRE_SLOTS * WIRE_SLOT_SIZE, &error) < 0)
		die("area");
	measure_start(plugin, area);
	measure_idle(plugin, area, argv[2]);
	jail_area_free(area);
	return EXIT_SUCCESS;
}
