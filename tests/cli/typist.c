/* A person at a terminal, for the tests: runs a program on a terminal of its own, waits for each text, and types the
 * answer.
 *
 *	typist [TEXT ANSWER]… -- PROGRAM ARGUMENT…
 *
 * What the terminal showed goes to stdout. An answer is typed as it is, with Enter behind it; ^C is the interrupt key, ^D
 * the end of the input, "kill" ends the program with SIGTERM; what begins with ! is a command that is run meanwhile, and
 * nothing is typed. At the end it says on stderr whether the terminal echoes. The exit status is the program's; 128 and
 * the signal's number if one ended it; 99 when a text or the end never came. */
#include "config.h"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

enum { SHOWN_MAX = 1 << 20, PATIENCE_MS = 120000, LOOK_MS = 20, EXIT_NEVER = 99 };

static struct {
	int master;
	int terminal; /* its other end, held open so that it can be asked how it is */
	pid_t pid;
	char shown[SHOWN_MAX];
	size_t length;
	size_t seen; /* up to where the texts were found */
	bool ended;
} it;

static void read_more(void)
{
	struct pollfd input = { .fd = it.master, .events = POLLIN };
	ssize_t got;

	if (it.length + 1 >= sizeof it.shown || poll(&input, 1, PATIENCE_MS) <= 0) {
		it.ended = true;
		return;
	}
	got = read(it.master, it.shown + it.length, sizeof it.shown - 1 - it.length);
	if (got <= 0) {
		it.ended = true;
		return;
	}
	it.length += (size_t)got;
	it.shown[it.length] = '\0';
}

/* Waits until the text has been shown, behind the one before. */
static bool wait_for(const char *text)
{
	const char *found;

	while (!(found = strstr(it.shown + it.seen, text)) && !it.ended)
		read_more();
	if (found)
		it.seen = (size_t)(found - it.shown) + strlen(text);
	return found != NULL;
}

static void run(const char *command)
{
	pid_t pid = fork();

	if (pid == 0) {
		(void)execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, NULL, 0) < 0)
		perror("typist: run");
}

static void type(const char *answer)
{
	static const char control_c = 3, control_d = 4;
	ssize_t wrote;

	if (answer[0] == '!') {
		run(answer + 1);
		return;
	}
	if (strcmp(answer, "kill") == 0) {
		(void)kill(it.pid, SIGTERM);
		return;
	}
	if (strcmp(answer, "^C") == 0)
		wrote = write(it.master, &control_c, 1);
	else if (strcmp(answer, "^D") == 0)
		wrote = write(it.master, &control_d, 1);
	else
		wrote = write(it.master, answer, strlen(answer)) < 0 ? -1 : write(it.master, "\n", 1);
	if (wrote < 0)
		perror("typist: write");
}

/* Becomes the program, with signals as on a terminal: whoever runs tests in the background has some ignored. */
static void become(char **program)
{
	static const int signals[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM };

	for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++)
		(void)signal(signals[i], SIG_DFL);
	(void)execvp(program[0], program);
	_exit(127);
}

static int finish(void)
{
	struct termios how;
	struct pollfd input = { .fd = it.master, .events = POLLIN };
	int status = 0, left_ms = PATIENCE_MS;
	bool echoes;

	/* The terminal is held open here too, so that its end is not seen: the program's is. */
	while (waitpid(it.pid, &status, WNOHANG) == 0) {
		if (poll(&input, 1, LOOK_MS) > 0)
			read_more();
		else if ((left_ms -= LOOK_MS) == 0)
			(void)kill(it.pid, SIGKILL);
	}
	while (poll(&input, 1, 0) > 0 && !it.ended)
		read_more();
	echoes = tcgetattr(it.terminal, &how) == 0 && (how.c_lflag & ECHO);
	(void)fwrite(it.shown, 1, it.length, stdout);
	(void)fprintf(stderr, "the terminal %s\n", echoes ? "echoes" : "is silent");
	if (left_ms <= 0) {
		(void)fputs("typist: the end never came\n", stderr);
		return EXIT_NEVER;
	}
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int main(int argc, char **argv)
{
	const struct winsize size = { .ws_row = 24, .ws_col = 200 };
	char name[64];
	int at = 1;

	while (at < argc && strcmp(argv[at], "--") != 0)
		at++;
	if (at + 1 >= argc || at % 2 == 0)
		return 2;
	it.pid = forkpty(&it.master, name, NULL, &size);
	if (it.pid < 0) {
		perror("typist: no terminal");
		return 77;
	}
	if (it.pid == 0)
		become(argv + at + 1);
	it.terminal = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
	for (int i = 1; i + 1 < at; i += 2) {
		if (!wait_for(argv[i])) {
			(void)fprintf(stderr, "typist: '%s' never came\n", argv[i]);
			(void)kill(it.pid, SIGKILL);
			(void)finish();
			return EXIT_NEVER;
		}
		type(argv[i + 1]);
	}
	return finish();
}
