#include "config.h"

#include "cli/browser.h"

#include "run/authorize.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WORDS_MAX = 32, OUTPUT_MAX = 256 * 1024 };

extern char **environ;

/* The command taken apart; text holds its words. */
struct command_line {
	char *text;
	char *words[WORDS_MAX + 2];
};

static int split(struct command_line *out, const char *url)
{
	const char *browser = getenv("BROWSER");
	bool placed = false;
	size_t count = 0;
	char *rest;

	*out = (struct command_line){ .text = strdup(browser && browser[0] ? browser : "xdg-open") };
	if (!out->text)
		return -1;
	rest = out->text;
	for (char *word = strtok_r(rest, " ", &rest); word; word = strtok_r(rest, " ", &rest)) {
		bool place = strcmp(word, "%s") == 0;
		if (count == WORDS_MAX)
			break;
		out->words[count++] = place ? (char *)url : word;
		placed |= place;
	}
	if (!placed && count > 0)
		out->words[count] = (char *)url;
	return count > 0 ? 0 : -1;
}

/* Starts it with nothing to read, and its output where it is wanted: a descriptor, or -1 for nowhere. */
static pid_t start(const char *url, int output)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	struct command_line line;
	sigset_t defaults;
	pid_t pid = -1;

	if (posix_spawn_file_actions_init(&actions) != 0)
		return -1;
	if (posix_spawnattr_init(&attributes) != 0) {
		(void)posix_spawn_file_actions_destroy(&actions);
		return -1;
	}
	(void)sigemptyset(&defaults);
	(void)sigaddset(&defaults, SIGPIPE);
	(void)posix_spawnattr_setsigdefault(&attributes, &defaults);
	(void)posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
	(void)posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	if (output < 0) {
		(void)posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
		(void)posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	} else {
		(void)posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
	}
	/* Descriptors that we were given may lead to secrets. */
	(void)posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
	if (split(&line, url) == 0 &&
		posix_spawnp(&pid, line.words[0], &actions, &attributes, line.words, environ) != 0)
		pid = -1;
	free(line.text);
	(void)posix_spawnattr_destroy(&attributes);
	(void)posix_spawn_file_actions_destroy(&actions);
	return pid;
}

bool browser_open(const char *url)
{
	return start(url, -1) > 0;
}

bool browser_prints(void)
{
	const char *prints = getenv("MUSTER_BROWSER_PRINTS");

	return prints && strcmp(prints, "1") == 0;
}

static int take_line(struct buffer *out, struct buffer *printed, const char *redirect_url)
{
	const char *text = buffer_text(printed);

	for (size_t at = 0; text && text[at];) {
		size_t length = strcspn(text + at, "\r\n");
		char *line = printed->data + at;

		at += length + (text[at + length] != '\0');
		line[length] = '\0';
		if (authorize_is_redirect(line, redirect_url))
			return buffer_append_text(out, line);
	}
	return -1;
}

int browser_read(struct buffer *out, const char *url, const char *redirect_url, struct error *error)
{
	struct buffer printed = BUFFER_INIT(OUTPUT_MAX);
	int ends[2] = { -1, -1 };
	pid_t pid = -1;
	int result = -1;

	if (pipe2(ends, O_CLOEXEC) == 0)
		pid = start(url, ends[1]);
	if (ends[1] >= 0)
		(void)close(ends[1]);
	if (pid > 0 && buffer_read(&printed, ends[0]) == 0)
		result = take_line(out, &printed, redirect_url);
	if (ends[0] >= 0)
		(void)close(ends[0]);
	while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	buffer_wipe(&printed);
	return result < 0 ? error_set(error, ERROR_CONSENT_REFUSED,
				    "BROWSER ended without printing the URL that it was sent to.")
			  : 0;
}
