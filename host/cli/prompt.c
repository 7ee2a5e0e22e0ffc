#include "config.h"

#include "cli/prompt.h"

#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

/* Signals that end or stop a program, and by which a hidden input must not be left behind. */
static const int watched[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP };

enum { WATCHED = sizeof watched / sizeof watched[0] };

static volatile sig_atomic_t caught;

static void on_signal(int number)
{
	caught = number;
}

struct terminal {
	int fd;
	FILE *out;
	struct termios before;
	struct sigaction actions[WATCHED];
	sigset_t mask; /* as it was */
	bool hidden;
};

bool prompt_possible(void)
{
	int fd;

	if (!isatty(STDIN_FILENO) || !isatty(STDERR_FILENO))
		return false;
	fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	if (fd >= 0)
		(void)close(fd);
	return fd >= 0;
}

/* ---- The terminal ------------------------------------------------------------------------------------- */

static void hide(struct terminal *terminal)
{
	struct termios hidden = terminal->before;

	hidden.c_lflag &= ~(tcflag_t)ECHO;
	hidden.c_lflag |= ECHONL | ICANON | ISIG;
	(void)tcsetattr(terminal->fd, TCSAFLUSH, &hidden);
}

/* The signals are blocked but while input is waited for, so that none is missed
 * between looking and waiting. */
static void watch(struct terminal *terminal)
{
	struct sigaction action = { .sa_handler = on_signal };
	sigset_t set;

	caught = 0;
	(void)sigemptyset(&set);
	(void)sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < WATCHED; i++)
		(void)sigaddset(&set, watched[i]);
	(void)sigprocmask(SIG_BLOCK, &set, &terminal->mask);
	for (size_t i = 0; i < WATCHED; i++)
		(void)sigaction(watched[i], &action, &terminal->actions[i]);
}

static void unwatch(const struct terminal *terminal)
{
	for (size_t i = 0; i < WATCHED; i++)
		(void)sigaction(watched[i], &terminal->actions[i], NULL);
	(void)sigprocmask(SIG_SETMASK, &terminal->mask, NULL);
}

static int terminal_open(struct terminal *terminal, bool hidden, struct error *error)
{
	*terminal =
		(struct terminal){ .fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY), .hidden = hidden };
	if (terminal->fd >= 0)
		terminal->out = fdopen(terminal->fd, "r+");
	if (!terminal->out || tcgetattr(terminal->fd, &terminal->before) < 0) {
		if (terminal->out)
			(void)fclose(terminal->out);
		else if (terminal->fd >= 0)
			(void)close(terminal->fd);
		return error_set(error, ERROR_USAGE, "There is no terminal to ask at.");
	}
	watch(terminal);
	if (hidden)
		hide(terminal);
	return 0;
}

static void terminal_close(struct terminal *terminal)
{
	if (terminal->hidden)
		(void)tcsetattr(terminal->fd, TCSAFLUSH, &terminal->before);
	unwatch(terminal);
	(void)fclose(terminal->out);
}

/* Does what the signal would have done by itself, on a terminal that is as it was;
 * after a stop it goes on. */
static void obey(struct terminal *terminal)
{
	int number = caught;

	if (terminal->hidden)
		(void)tcsetattr(terminal->fd, TCSAFLUSH, &terminal->before);
	unwatch(terminal);
	(void)raise(number);
	watch(terminal);
	if (terminal->hidden)
		hide(terminal);
}

/* Waits for input. Returns false when a signal came, and was obeyed. */
static bool wait_for_input(struct terminal *terminal)
{
	struct pollfd input = { .fd = terminal->fd, .events = POLLIN };

	if (ppoll(&input, 1, NULL, &terminal->mask) >= 0 || errno != EINTR)
		return true;
	if (caught)
		obey(terminal);
	return false;
}

static int ended(struct error *error)
{
	return error_set(error, ERROR_INTERRUPTED, "The input ended; nothing was kept.");
}

/* Reads until Enter. A terminal gives a line at a time, at most 4095 bytes of it. */
static int read_line(struct buffer *out, struct terminal *terminal, struct error *error)
{
	char chunk[4096];
	int result = 1;

	while (result > 0) {
		ssize_t got;

		if (!wait_for_input(terminal))
			continue;
		got = read(terminal->fd, chunk, sizeof chunk);
		if (got < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (got <= 0)
			result = ended(error);
		else if (buffer_append(out, chunk, (size_t)got) < 0)
			result = error_set(error, ERROR_BAD_FIELD, "That is too long.");
		else if (chunk[got - 1] == '\n')
			result = 0;
	}
	explicit_bzero(chunk, sizeof chunk);
	while (out->length > 0 && (out->data[out->length - 1] == '\n' || out->data[out->length - 1] == '\r'))
		out->length--;
	return result;
}

/* ---- Questions ---------------------------------------------------------------------------------------- */

static void show(FILE *out, const char *text)
{
	text_print(out, text, strlen(text), false);
}

static void show_prompt(FILE *out, const struct prompt *prompt)
{
	if (prompt->help) {
		(void)fputs("  ", out);
		show(out, prompt->help);
		(void)fputc('\n', out);
	}
	show(out, prompt->label);
	if (prompt->shape) {
		(void)fputs(" (", out);
		show(out, prompt->shape);
		(void)fputc(')', out);
	}
	if (prompt->fallback) {
		(void)fputs(" [", out);
		show(out, prompt->fallback);
		(void)fputc(']', out);
	}
	(void)fputs(": ", out);
	(void)fflush(out);
}

int prompt_line(struct buffer *out, const struct prompt *prompt, struct error *error)
{
	struct terminal terminal;
	int result;

	if (terminal_open(&terminal, prompt->secret, error) < 0)
		return -1;
	show_prompt(terminal.out, prompt);
	result = read_line(out, &terminal, error);
	terminal_close(&terminal);
	if (result == 0 && out->length == 0 && prompt->fallback &&
		buffer_append_text(out, prompt->fallback) < 0)
		return error_memory(error);
	return result;
}

int prompt_confirm(bool *yes, const char *question, struct error *error)
{
	const struct prompt prompt = { .label = question, .shape = "y/n", .fallback = *yes ? "y" : "n" };
	struct buffer line = BUFFER_INIT(4096);
	int result;

	do {
		line.length = 0;
		result = prompt_line(&line, &prompt, error);
	} while (result == 0 && (line.length == 0 || !strchr("yYnN", line.data[0])));
	*yes = result == 0 && strchr("yY", line.data[0]);
	buffer_clear(&line);
	return result;
}

int prompt_choose(
	size_t *choice, const char *label, const char *const *lines, size_t count, struct error *error)
{
	const struct prompt prompt = { .label = label, .shape = "its number" };
	struct buffer line = BUFFER_INIT(4096);
	uint64_t number = 0;
	int result;

	for (size_t i = 0; i < count; i++) {
		(void)fprintf(stderr, "%4zu  ", i + 1);
		show(stderr, lines[i]);
		(void)fputc('\n', stderr);
	}
	do {
		line.length = 0;
		result = prompt_line(&line, &prompt, error);
	} while (result == 0 && (!buffer_text(&line) || text_to_u64(&number, line.data) < 0 || number == 0 ||
					number > count));
	*choice = (size_t)number - 1;
	buffer_clear(&line);
	return result;
}
