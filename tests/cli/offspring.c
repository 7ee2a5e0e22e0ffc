/* offspring SECONDS COMMAND [ARGUMENT…]: runs a command and exits with its status, or with 96 when it did not
 * end in time, or with 97 when it left a process behind, running or never asked how it ended. */
#include "config.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { TOO_LATE = 96, LEFT_BEHIND = 97, BROKEN = 99 };

/* Waits for the command; -1 when the time is over. Orphans of it become our children and are counted. */
static int wait_for(pid_t command, const sigset_t *child, time_t seconds, unsigned *orphans)
{
	struct timespec now, end;
	int status = 0;
	pid_t got;

	(void)clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += seconds;
	for (;;) {
		struct timespec patience = { .tv_nsec = 100000000 };

		while ((got = waitpid(-1, &status, WNOHANG)) > 0) {
			if (got == command)
				return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
			++*orphans;
		}
		(void)clock_gettime(CLOCK_MONOTONIC, &now);
		if (now.tv_sec > end.tv_sec || (now.tv_sec == end.tv_sec && now.tv_nsec >= end.tv_nsec))
			return -1;
		(void)sigtimedwait(child, NULL, &patience);
	}
}

/* Whatever is still there: kills it and counts it. */
static void take_rest(unsigned *orphans)
{
	char path[64];
	FILE *list;
	int pid;

	(void)snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
	list = fopen(path, "re");
	while (list && fscanf(list, "%d", &pid) == 1)
		(void)kill(pid, SIGKILL);
	if (list)
		(void)fclose(list);
	while (waitpid(-1, NULL, 0) > 0)
		++*orphans;
}

int main(int count, char **words)
{
	unsigned orphans = 0;
	sigset_t child, before;
	pid_t command;
	int status;

	if (count < 3 || prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0)
		return BROKEN;
	(void)sigemptyset(&child);
	(void)sigaddset(&child, SIGCHLD);
	(void)sigprocmask(SIG_BLOCK, &child, &before);
	command = fork();
	if (command == 0) {
		(void)sigprocmask(SIG_SETMASK, &before, NULL);
		(void)execvp(words[2], words + 2);
		_exit(BROKEN);
	}
	if (command < 0)
		return BROKEN;
	status = wait_for(command, &child, strtol(words[1], NULL, 10), &orphans);
	if (status < 0) {
		(void)fprintf(stderr, "offspring: %s did not end in time\n", words[2]);
		(void)kill(command, SIGKILL);
		(void)waitpid(command, NULL, 0);
	}
	take_rest(&orphans);
	if (status < 0)
		return TOO_LATE;
	if (orphans > 0)
		(void)fprintf(stderr, "offspring: %s left %u processes behind\n", words[2], orphans);
	return orphans > 0 ? LEFT_BEHIND : status;
}
