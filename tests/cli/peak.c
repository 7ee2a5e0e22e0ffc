/* Runs a command as if it stood alone, and writes into a file, in one line, the most memory in KiB that it and
 * its descendants held together (bench/memory.h; "unknown" without root, from whom alone a runner doesn't hide)
 * and how many milliseconds it took. What takes longer than SECONDS is killed, and that is status 124.
 *
 *	peak FILE SECONDS COMMAND… */
#include "config.h"

#include "bench/memory.h"

#include <inttypes.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { SAMPLE_NS = 2000000, FAILED = 125, TOO_LONG = 124 };

static int64_t now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool has_ended(pid_t pid)
{
	siginfo_t ended = { 0 };

	return waitid(P_PID, (id_t)pid, &ended, WEXITED | WNOHANG | WNOWAIT) < 0 || ended.si_pid == pid;
}

/* Looks on until it has ended or its time is over. Returns whether it has ended. */
static bool watch(uint64_t *peak_kib, bool *is_known, pid_t pid, int64_t until_ms)
{
	const struct timespec pause = { .tv_nsec = SAMPLE_NS };
	struct memory memory = { 0 };

	while (!has_ended(pid)) {
		if (now_ms() > until_ms)
			return false;
		*is_known = *is_known && memory_add_tree(&memory, pid);
		if (memory_kib(&memory) > *peak_kib)
			*peak_kib = memory_kib(&memory);
		memory_clear(&memory);
		(void)nanosleep(&pause, NULL);
	}
	return true;
}

static int report(const char *name, uint64_t peak_kib, bool is_known, int64_t ms)
{
	FILE *file = fopen(name, "we");

	if (!file)
		return -1;
	if (is_known)
		(void)fprintf(file, "%" PRIu64 " %" PRId64 "\n", peak_kib, ms);
	else
		(void)fprintf(file, "unknown %" PRId64 "\n", ms);
	return fclose(file);
}

int main(int argc, char **argv)
{
	extern char **environ;
	int64_t begin_ms = now_ms();
	uint64_t peak_kib = 0;
	bool is_known = true, ended;
	long seconds = argc > 3 ? strtol(argv[2], NULL, 10) : 0;
	int status;
	pid_t pid;

	if (seconds <= 0 || seconds > 3600) {
		(void)fputs("usage: peak FILE SECONDS COMMAND…\n", stderr);
		return FAILED;
	}
	if (posix_spawnp(&pid, argv[3], NULL, NULL, argv + 3, environ) != 0) {
		(void)fprintf(stderr, "peak: %s can't be started\n", argv[3]);
		return FAILED;
	}
	ended = watch(&peak_kib, &is_known, pid, begin_ms + seconds * 1000);
	if (!ended)
		(void)kill(pid, SIGKILL);
	if (waitpid(pid, &status, 0) < 0 || report(argv[1], peak_kib, is_known, now_ms() - begin_ms) < 0) {
		(void)fputs("peak: what was measured is lost\n", stderr);
		return FAILED;
	}
	if (!ended)
		return TOO_LONG;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
