/* Runs a command some times, its output thrown away, and says in one line what it took:
 *
 *	best MS median MS cpu MS memory KIB
 *
 * the wall-clock time of the best and of the median run; the processor time, in user and kernel mode, of the
 * run that took least of it, with all the processes that were waited for; and, with -m, the most that the
 * command and its descendants ever held together (see memory.h), else 0.
 *
 *	measure [-m] [-n RUNS] COMMAND… */
#include "config.h"

#include "bench/memory.h"

#include <fcntl.h>
#include <inttypes.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { RUNS_MAX = 1000, SAMPLE_NS = 500000 };

struct sample {
	double wall_ms;
	double cpu_ms;
	uint64_t memory_kib;
};

static _Noreturn void die(const char *what)
{
	(void)fprintf(stderr, "measure: %s\n", what);
	exit(1);
}

static double now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static double in_ms(struct timeval time)
{
	return (double)time.tv_sec * 1e3 + (double)time.tv_usec / 1e3;
}

static pid_t start(char *const *command, char *const *environment)
{
	posix_spawn_file_actions_t actions;
	pid_t pid;

	if (posix_spawn_file_actions_init(&actions) ||
		posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0) ||
		posix_spawnp(&pid, command[0], &actions, NULL, command, environment))
		die("the command can't be started");
	(void)posix_spawn_file_actions_destroy(&actions);
	return pid;
}

/* Looks at the memory until the process ends; how it ended is still to be waited for. */
static uint64_t watch(pid_t pid)
{
	const struct timespec pause = { .tv_nsec = SAMPLE_NS };
	struct memory memory = { 0 };
	uint64_t peak = 0;
	siginfo_t ended = { 0 };

	while (waitid(P_PID, (id_t)pid, &ended, WEXITED | WNOHANG | WNOWAIT) == 0 && ended.si_pid == 0) {
		if (!memory_add_tree(&memory, pid))
			die("only root may look at a runner's memory");
		if (memory_kib(&memory) > peak)
			peak = memory_kib(&memory);
		memory_clear(&memory);
		(void)nanosleep(&pause, NULL);
	}
	return peak;
}

static void run(struct sample *out, char *const *command, char *const *environment, bool with_memory)
{
	double begin = now_ms();
	pid_t pid = start(command, environment);
	struct rusage usage;
	int status;

	*out = (struct sample){ 0 };
	if (with_memory)
		out->memory_kib = watch(pid);
	if (wait4(pid, &status, 0, &usage) < 0 || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
		die("the command failed");
	out->wall_ms = now_ms() - begin;
	out->cpu_ms = in_ms(usage.ru_utime) + in_ms(usage.ru_stime);
}

static int by_wall(const void *a, const void *b)
{
	const struct sample *left = a, *right = b;

	return (left->wall_ms > right->wall_ms) - (left->wall_ms < right->wall_ms);
}

static void print(struct sample *samples, size_t count)
{
	double cpu = samples[0].cpu_ms;
	uint64_t memory = 0;

	for (size_t i = 0; i < count; i++) {
		cpu = samples[i].cpu_ms < cpu ? samples[i].cpu_ms : cpu;
		memory = samples[i].memory_kib > memory ? samples[i].memory_kib : memory;
	}
	qsort(samples, count, sizeof samples[0], by_wall);
	(void)printf("best %.2f median %.2f cpu %.2f memory %" PRIu64 "\n", samples[0].wall_ms,
		samples[count / 2].wall_ms, cpu, memory);
}

int main(int argc, char **argv)
{
	extern char **environ;
	static struct sample samples[RUNS_MAX];
	bool with_memory = false;
	long runs = 1;
	int option;

	while ((option = getopt(argc, argv, "+mn:")) != -1) {
		if (option == 'm')
			with_memory = true;
		else if (option == 'n')
			runs = strtol(optarg, NULL, 10);
		else
			return 2;
	}
	if (optind == argc || runs < 1 || runs > RUNS_MAX)
		die("measure [-m] [-n RUNS] COMMAND…");
	for (long i = 0; i < runs; i++)
		run(&samples[i], argv + optind, environ, with_memory);
	print(samples, (size_t)runs);
	return 0;
}
