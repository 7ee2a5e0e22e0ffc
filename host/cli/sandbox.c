/* muster sandbox: starts muster-sandbox, runs a command against it, ends it.
 *
 * The sandbox gets a process group of its own, so that a Ctrl-C at the terminal is for the command alone,
 * and a pipe as its stdin whose end is ours: when we end, however that comes, so does it. */
#include "config.h"

#include "cli/command.h"

#include "base/buffer.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/paths.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define START_LIMIT_MS 30000
#define END_LIMIT_MS 10000
#define READY_LIMIT 16384
#define ARGUMENT_LIMIT 256

/* Of a command that can't be started, as a shell says it. */
#define STATUS_NOT_FOUND 127
#define STATUS_NOT_RUN 126
#define STATUS_SIGNAL 128

static const struct option options[] = {
	{ .name = "employees", .value = "N", .help = "How many people the company has (1000)." },
	{ .name = "cycles", .value = "N", .help = "How many performance cycles (4)." },
	{ .name = "page-bytes", .value = "N", .help = "Where a page of a list is cut (1000000)." },
	{ .name = "latency", .value = "MS", .help = "Wait before every answer (0)." },
	{ .name = "organisations", .value = "N", .help = "How many organisations a token reaches (1)." },
	{ .name = "token-life",
		.value = "S",
		.help = "How long an access token lives (as the provider has it)." },
	{ .name = "permissions",
		.value = "A,B",
		.help = "What the credentials have; a provider of whose permissions none is named has all "
			"(all)." },
	{ .name = "attributes",
		.value = "A,B",
		.help = "Of a person that Personio's credentials may see (all)." },
	{ .name = "limits",
		.value = "PERCENT",
		.help = "How much of the providers' rate limits holds; 0: none (100)." },
	{ .name = "rotation",
		.value = "KIND",
		.help = "Refresh tokens are the same for ever (off), or new each time: the last one is good "
			"until the new one is used (grace), is refused (on), or revokes all when it is used "
			"again (strict) (on)." },
	{ .name = "redirect",
		.value = "URL",
		.help = "The redirect URL that is registered; at http://127.0.0.1/ any port will do (the "
			"connector's default)." },
	{ .name = "consent",
		.value = "HOW",
		.help = "Play the person who is asked for consent: yes, no, or wrong-state. BROWSER is set so "
			"that a page is answered as soon as it is opened." },
	{ .name = "fault",
		.value = "KIND",
		.help = "Misbehave: KIND[=VALUE][@FIRST[-LAST]]; may be given several times.",
		.repeated = true },
	{ .name = "faults", .help = "List the kinds of faults, and end." },
	{ .name = "dir",
		.value = "DIR",
		.help = "Keep the files there (a temporary folder, which is removed at the end)." },
	OPTION_JSON,
};

/* Options that muster-sandbox has by the same name. */
static const char *const passed_on[] = { "employees", "cycles", "page-bytes", "latency", "organisations",
	"token-life", "permissions", "attributes", "limits", "rotation", "redirect", "dir" };

struct sandbox {
	pid_t process;               /* 0: none */
	int life;                    /* the write end of its stdin: it ends when this is closed */
	int words;                   /* the read end of its stdout */
	json_t *about;               /* what it said when it was ready */
	bool data_is_named;          /* by MUSTER_DATA_DIR, before the sandbox was there */
	char browser[PATH_MAX + 32]; /* for BROWSER: who plays the person; "": nobody does */
	sigset_t handled;            /* the signals that are waited for instead of obeyed */
	sigset_t before;
};

/* ---- Starting and ending --------------------------------------------------------------- */

static int find_program(char *out, size_t size, struct error *error)
{
	if (paths_join(out, size, paths_libexec_dir(), "muster-sandbox") == 0 && access(out, X_OK) == 0)
		return 0;
	(void)error_set(error, ERROR_INSTALLATION,
		"The simulated providers are not installed: %s is not there.", out);
	return error_hint(
		error, "Install the package muster-sandbox, or build muster with libmicrohttpd and GnuTLS.");
}

/* The command line of muster-sandbox. */
struct command_line {
	const char *list[ARGUMENT_LIMIT];
	size_t count;
	char texts[ARGUMENT_LIMIT][24];
};

static int add_argument(struct command_line *line, const char *name, const char *value, struct error *error)
{
	char *text = line->texts[line->count];

	if (line->count + 3 > ARGUMENT_LIMIT)
		return error_set(error, ERROR_USAGE, "There are too many options.");
	(void)snprintf(text, sizeof line->texts[0], "--%s", name);
	line->list[line->count++] = text;
	if (value)
		line->list[line->count++] = value;
	return 0;
}

static int make_arguments(struct command_line *line, const char *program, const struct arguments *arguments,
	struct error *error)
{
	const char *value;
	size_t position = 0;

	line->list[line->count++] = program;
	if (add_argument(line, "json", NULL, error) < 0 || add_argument(line, "until-eof", NULL, error) < 0)
		return -1;
	for (size_t i = 0; i < sizeof passed_on / sizeof passed_on[0]; i++) {
		value = arguments_text(arguments, passed_on[i], NULL);
		if (value && add_argument(line, passed_on[i], value, error) < 0)
			return -1;
	}
	while ((value = arguments_next(&position, arguments, "fault")))
		if (add_argument(line, "fault", value, error) < 0)
			return -1;
	return 0;
}

/* What the child does between fork and exec. */
static void become_sandbox(
	const char *program, const struct command_line *line, int input, int output, const sigset_t *signals)
{
	(void)setpgid(0, 0);
	(void)sigprocmask(SIG_SETMASK, signals, NULL);
	if (dup2(input, STDIN_FILENO) >= 0 && dup2(output, STDOUT_FILENO) >= 0)
		(void)execv(program, (char *const *)line->list);
	log_warning("%s can't be started: %s.", program, strerror(errno));
	_exit(STATUS_NOT_RUN);
}

static int start_process(
	struct sandbox *sandbox, const char *program, const struct command_line *line, struct error *error)
{
	int input[2] = { -1, -1 };
	int output[2] = { -1, -1 };

	if (pipe2(input, O_CLOEXEC) < 0)
		goto failed;
	sandbox->life = input[1];
	if (pipe2(output, O_CLOEXEC) < 0)
		goto failed;
	sandbox->words = output[0];
	sandbox->process = fork();
	if (sandbox->process < 0) {
		sandbox->process = 0;
		goto failed;
	}
	if (sandbox->process == 0)
		become_sandbox(program, line, input[0], output[1], &sandbox->before);
	(void)close(input[0]);
	(void)close(output[1]);
	return 0;
failed:
	(void)error_set(error, ERROR_INTERNAL, "The sandbox can't be started: %s.", strerror(errno));
	if (input[0] >= 0)
		(void)close(input[0]);
	if (output[1] >= 0)
		(void)close(output[1]);
	return -1;
}

/* Reads the one line in which the sandbox says that it is ready. 1: it ended before that. */
static int read_line(struct buffer *line, int descriptor, struct error *error)
{
	int64_t until = clock_now_ms() + START_LIMIT_MS;
	char *room;

	for (;;) {
		struct pollfd ready = { .fd = descriptor, .events = POLLIN };
		int64_t left = until - clock_now_ms();
		if (left <= 0)
			return error_set(error, ERROR_INSTALLATION,
				"The sandbox was not ready after %d seconds.", START_LIMIT_MS / 1000);
		if (poll(&ready, 1, (int)left) <= 0)
			continue;
		if (buffer_reserve(&room, line, 512) < 0)
			return error_set(error, ERROR_INSTALLATION, "The sandbox says too much.");
		ssize_t count = read(descriptor, room, 512);
		if (count == 0 || (count < 0 && errno != EINTR))
			return 1;
		if (count > 0)
			line->length += (size_t)count;
		if (line->length && line->data[line->length - 1] == '\n')
			return 0;
	}
}

/* Ends the sandbox and returns how it ended, as waitpid(2) says it. */
static int end_process(struct sandbox *sandbox)
{
	struct timespec step = { .tv_nsec = 200000000 };
	int64_t until = clock_now_ms() + END_LIMIT_MS;
	sigset_t ends;
	int status = 0;

	(void)sigemptyset(&ends);
	(void)sigaddset(&ends, SIGCHLD);
	if (sandbox->life >= 0)
		(void)close(sandbox->life);
	sandbox->life = -1;
	while (waitpid(sandbox->process, &status, WNOHANG) == 0) {
		if (clock_now_ms() > until)
			(void)kill(sandbox->process, SIGKILL);
		(void)sigtimedwait(&ends, NULL, &step); /* wakes at once when a child ends */
	}
	sandbox->process = 0;
	return status;
}

/* Returns 0 when the sandbox is up, -1 with the error, or the status of a sandbox that ended and has
 * said itself what was wrong. */
static int start(struct sandbox *sandbox, const struct arguments *arguments, struct error *error)
{
	struct command_line line = { .count = 0 };
	struct buffer text = BUFFER_INIT(READY_LIMIT);
	char program[PATH_MAX];
	int result = -1;

	if (find_program(program, sizeof program, error) < 0 ||
		make_arguments(&line, program, arguments, error) < 0 ||
		start_process(sandbox, program, &line, error) < 0)
		goto out;
	result = read_line(&text, sandbox->words, error);
	if (result > 0) {
		int status = end_process(sandbox);
		result = 2;
		if (!WIFEXITED(status) || WEXITSTATUS(status) != 2) {
			(void)error_set(error, ERROR_INSTALLATION, "The sandbox ended before it was ready.");
			result = error_hint(error, "It has said above what is wrong.");
		}
	} else if (result == 0) {
		result = json_parse(&sandbox->about, text.data, text.length, ERROR_INSTALLATION,
			"what the sandbox says", error);
	}
out:
	buffer_clear(&text);
	return result;
}

static void clear(struct sandbox *sandbox)
{
	if (sandbox->process) {
		int status = 0;
		bool ended = waitpid(sandbox->process, &status, WNOHANG) != 0;
		if (!ended)
			status = end_process(sandbox);
		if (ended || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
			log_warning("The sandbox ended by itself.");
	}
	if (sandbox->life >= 0)
		(void)close(sandbox->life);
	if (sandbox->words >= 0)
		(void)close(sandbox->words);
	json_decref(sandbox->about);
	(void)sigprocmask(SIG_SETMASK, &sandbox->before, NULL);
}

/* ---- The command that runs against it -------------------------------------------------- */

struct variable {
	const char *name;
	const char *member; /* of what the sandbox says */
	bool of_data;       /* says where profiles, accounts and their key are */
};

static const struct variable variables[] = {
	{ "MUSTER_CONNECT_TO", "connect_to", false },
	{ "MUSTER_CA_FILE", "ca_file", false },
	{ "MUSTER_SANDBOX_DIR", "dir", false },
	{ "MUSTER_DATA_DIR", "data_dir", true },
	{ "MUSTER_KEY_DIR", "key_dir", true },
};

/* With this in its environment muster reads the redirected URL from the standard output of BROWSER. */
#define BROWSER_PRINTS "MUSTER_BROWSER_PRINTS"

#define VARIABLE_COUNT (sizeof variables / sizeof variables[0])

/* The data folder that an operator named stays. */
static bool is_left(const struct sandbox *sandbox, const struct variable *variable)
{
	return variable->of_data && sandbox->data_is_named;
}

/* Who plays the person: a command for BROWSER. What it prints is the URL that a person would paste. */
static int make_browser(char *out, size_t size, const char *how, struct error *error)
{
	static const char *const hows[] = { "yes", "no", "wrong-state" };
	char program[PATH_MAX];
	size_t i = 0;
	int length;

	while (i < sizeof hows / sizeof hows[0] && strcmp(how, hows[i]) != 0)
		i++;
	if (i == sizeof hows / sizeof hows[0])
		return error_set(
			error, ERROR_USAGE, "--consent wants yes, no or wrong-state, not '%s'.", how);
	if (find_program(program, sizeof program, error) < 0)
		return -1;
	length = snprintf(out, size, "%s consent %s", program, how);
	if (strchr(program, ' ') || length < 0 || (size_t)length >= size)
		return error_set(error, ERROR_INSTALLATION,
			"'%s' can't be a browser: the words of BROWSER are separated by spaces.", program);
	return 0;
}

static int check_about(const struct sandbox *sandbox, struct error *error)
{
	for (size_t i = 0; i < VARIABLE_COUNT; i++)
		if (!json_member_text(sandbox->about, variables[i].member, NULL))
			return error_set(error, ERROR_INSTALLATION,
				"The sandbox is of another version: it does not say its %s.",
				variables[i].member);
	return 0;
}

/* Returns 0, or -1 with errno. */
static int set_environment(const struct sandbox *sandbox)
{
	for (size_t i = 0; i < VARIABLE_COUNT; i++) {
		const char *value = json_member_text(sandbox->about, variables[i].member, "");
		if (!is_left(sandbox, &variables[i]) && setenv(variables[i].name, value, 1) < 0)
			return -1;
	}
	if (!*sandbox->browser)
		return 0;
	return setenv("BROWSER", sandbox->browser, 1) < 0 ? -1 : setenv(BROWSER_PRINTS, "1", 1);
}

static void become_command(const struct sandbox *sandbox, char *const *words)
{
	int status;

	if (set_environment(sandbox) < 0) {
		log_warning("The environment can't be set: %s.", strerror(errno));
		_exit(STATUS_NOT_RUN);
	}
	(void)sigprocmask(SIG_SETMASK, &sandbox->before, NULL);
	(void)signal(SIGPIPE, SIG_DFL);
	(void)execvp(words[0], words);
	status = errno == ENOENT ? STATUS_NOT_FOUND : STATUS_NOT_RUN;
	log_warning("%s can't be started: %s.", words[0], strerror(errno));
	_exit(status);
}

/* Waits for the command, and passes on to it what was meant for it. What a terminal sends reaches it
 * anyway, since it is in our process group. */
static int wait_for_command(const struct sandbox *sandbox, pid_t command)
{
	for (;;) {
		siginfo_t signal;
		int status;

		if (sigwaitinfo(&sandbox->handled, &signal) < 0)
			continue;
		if (signal.si_signo != SIGCHLD) {
			if (signal.si_code != SI_KERNEL)
				(void)kill(command, signal.si_signo);
		} else if (waitpid(command, &status, WNOHANG) == command) {
			return WIFSIGNALED(status) ? STATUS_SIGNAL + WTERMSIG(status) : WEXITSTATUS(status);
		}
	}
}

static int run_command(const struct sandbox *sandbox, const struct arguments *arguments, struct error *error)
{
	char **words = calloc(arguments->word_count + 1, sizeof words[0]);
	pid_t command;

	if (!words)
		return error_memory(error);
	memcpy(words, arguments->words, arguments->word_count * sizeof words[0]);
	command = fork();
	if (command == 0)
		become_command(sandbox, words);
	free(words);
	if (command < 0)
		return error_set(error, ERROR_INTERNAL, "The command can't be started: %s.", strerror(errno));
	return wait_for_command(sandbox, command);
}

/* ---- Without a command ----------------------------------------------------------------- */

/* How this program is called from a shell: by its name where the PATH leads to it. */
static void own_name(char *out, size_t size)
{
	const char *path = getenv("PATH");
	struct stat self, other;
	ssize_t length = readlink("/proc/self/exe", out, size - 1);

	if (length <= 0 || stat("/proc/self/exe", &self) < 0) {
		(void)snprintf(out, size, "muster");
		return;
	}
	out[length] = '\0';
	while (path && *path) {
		char candidate[PATH_MAX];
		size_t part = strcspn(path, ":");
		int written = snprintf(
			candidate, sizeof candidate, "%.*s/muster", part < PATH_MAX ? (int)part : 0, path);
		if (written > 0 && (size_t)written < sizeof candidate && stat(candidate, &other) == 0) {
			if (other.st_dev == self.st_dev && other.st_ino == self.st_ino)
				(void)snprintf(out, size, "muster");
			return;
		}
		path += part + (path[part] == ':');
	}
}

/* A text as one word of a shell. */
static void print_word(const char *text)
{
	if (*text && !text[strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
					"_-+./:,@%")]) {
		(void)fputs(text, stdout);
		return;
	}
	(void)putchar('\'');
	for (; *text; text++) {
		if (*text == '\'')
			(void)fputs("'\\''", stdout);
		else
			text_print(stdout, text, 1, false);
	}
	(void)putchar('\'');
}

static void print_export(const char *name, const char *value)
{
	(void)printf("  export %s=", name);
	print_word(value);
	(void)putchar('\n');
}

static void print_usage(const struct sandbox *sandbox)
{
	char name[PATH_MAX];

	own_name(name, sizeof name);
	(void)fputs(
		"The simulated providers are up, until you press Ctrl-C. In another terminal:\n\n", stdout);
	for (size_t i = 0; i < VARIABLE_COUNT; i++)
		if (!is_left(sandbox, &variables[i]))
			print_export(
				variables[i].name, json_member_text(sandbox->about, variables[i].member, ""));
	if (*sandbox->browser) {
		print_export("BROWSER", sandbox->browser);
		print_export(BROWSER_PRINTS, "1");
	}
	(void)fputs("  ", stdout);
	print_word(name);
	(void)fputs(" run culture_amp list_employees "
		    "--credentials \"$MUSTER_SANDBOX_DIR/culture_amp.json\"\n",
		stdout);
	if (*sandbox->browser) {
		(void)fputs("  ", stdout);
		print_word(name);
		(void)fputs(" link employment_hero "
			    "--credentials \"$MUSTER_SANDBOX_DIR/employment_hero.json\"\n",
			stdout);
	}
	(void)fputs("\nA shell that has all of this set: ", stdout);
	print_word(name);
	(void)fputs(" sandbox -- sh\n", stdout);
}

/* Until a signal says that it is enough, or the sandbox is gone. */
static int wait_for_signal(struct sandbox *sandbox, bool json, struct error *error)
{
	siginfo_t signal;

	if (!json) {
		print_usage(sandbox);
	} else if (json_dumpf(sandbox->about, stdout, JSON_COMPACT) < 0 || putchar('\n') == EOF) {
		return error_set(
			error, ERROR_OUTPUT_FAILED, "Writing the output failed: %s.", strerror(errno));
	}
	if (fflush(stdout) != 0)
		return error_set(
			error, ERROR_OUTPUT_FAILED, "Writing the output failed: %s.", strerror(errno));
	while (sigwaitinfo(&sandbox->handled, &signal) < 0)
		continue;
	if (signal.si_signo != SIGCHLD)
		return 0;
	(void)end_process(sandbox);
	return error_set(error, ERROR_INSTALLATION, "The sandbox ended by itself.");
}

/* ---- The command itself ---------------------------------------------------------------- */

/* Signals wait until they are asked for; SIGCHLD is among them, so that nothing is missed. */
static void hold_signals(struct sandbox *sandbox)
{
	static const int held[] = { SIGCHLD, SIGINT, SIGQUIT, SIGTERM, SIGHUP };

	(void)sigemptyset(&sandbox->handled);
	for (size_t i = 0; i < sizeof held / sizeof held[0]; i++)
		(void)sigaddset(&sandbox->handled, held[i]);
	(void)sigprocmask(SIG_BLOCK, &sandbox->handled, &sandbox->before);
}

static int list_faults(struct error *error)
{
	char program[PATH_MAX];

	if (find_program(program, sizeof program, error) < 0)
		return -1;
	(void)execl(program, program, "--help", (char *)NULL);
	return error_set(error, ERROR_INSTALLATION, "%s can't be started: %s.", program, strerror(errno));
}

/* By the operator, that is: what an earlier sandbox has set in this shell goes with that one. */
static bool is_data_named(void)
{
	const char *data = getenv("MUSTER_DATA_DIR");
	const char *earlier = getenv("MUSTER_SANDBOX_DIR");
	size_t length = earlier ? strlen(earlier) : 0;

	return data && data[0] && !(length > 0 && strncmp(data, earlier, length) == 0 && data[length] == '/');
}

static int run(const struct arguments *arguments, struct error *error)
{
	struct sandbox sandbox = { .life = -1, .words = -1 };
	const char *consent = arguments_text(arguments, "consent", NULL);
	int status;

	sandbox.data_is_named = is_data_named();
	if (arguments_flag(arguments, "faults"))
		return list_faults(error);
	if (arguments->dashes > 0 && arguments->word_count > 0) {
		(void)error_set(error, ERROR_USAGE, "Two dashes stand before the command.");
		return error_hint(error, "muster sandbox -- COMMAND…");
	}
	if (consent && make_browser(sandbox.browser, sizeof sandbox.browser, consent, error) < 0)
		return -1;
	hold_signals(&sandbox);
	status = start(&sandbox, arguments, error);
	if (status == 0 && check_about(&sandbox, error) < 0)
		status = -1;
	else if (status == 0 && arguments->word_count > 0)
		status = run_command(&sandbox, arguments, error);
	else if (status == 0)
		status = wait_for_signal(&sandbox, arguments_flag(arguments, "json"), error);
	clear(&sandbox);
	return status;
}

const struct command command_sandbox = {
	.name = "sandbox",
	.summary = "Run a command against simulated providers.",
	.usage = "[OPTION…] [-- COMMAND…]",
	.details =
		"Starts the simulated providers on this machine, sets MUSTER_CONNECT_TO, MUSTER_CA_FILE "
		"and MUSTER_SANDBOX_DIR so that muster talks to them as if they were the real ones, "
		"runs COMMAND, ends them, and exits with COMMAND's status. Without COMMAND they run "
		"until Ctrl-C, and how to use them is printed. COMMAND may be a shell: muster sandbox -- sh\n\n"
		"Profiles, accounts and their key are kept apart from yours, in MUSTER_SANDBOX_DIR "
		"(MUSTER_DATA_DIR and MUSTER_KEY_DIR are set to folders of it), and go with it; with "
		"--dir they stay. A MUSTER_DATA_DIR that you have set is used as it is.\n\n"
		"With --consent, BROWSER is a program that plays the person at the page where access is "
		"allowed, and MUSTER_BROWSER_PRINTS says that it prints the URL that a person would "
		"paste; a redirect to this machine it follows itself.\n\n"
		"MUSTER_SANDBOX_DIR holds PROVIDER.json, the credentials, and ledger.ndjson, a line for "
		"every request.",
	.options = options,
	.option_count = sizeof options / sizeof options[0],
	.run = run,
};
