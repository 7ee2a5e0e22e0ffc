/* muster-sandbox: the simulated providers, as a program. */
#include "config.h"

#include "base/text.h"
#include "sandbox/consent.h"
#include "sandbox/folder.h"
#include "sandbox/ledger.h"
#include "sandbox/options.h"
#include "sandbox/server.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

static int complain(const struct error *error)
{
	const char *hint = error_hint_text(error);

	fputs("muster-sandbox: ", stderr);
	text_print(stderr, error->message, strlen(error->message), false);
	fputc('\n', stderr);
	if (*hint) {
		text_print(stderr, hint, strlen(hint), false);
		fputc('\n', stderr);
	}
	return error->code == ERROR_USAGE ? 2 : 1;
}

/* The signals that end the sandbox become readable, in this thread and in all that it starts. */
static int watch_signals(int *out, struct error *error)
{
	sigset_t ends;

	(void)sigemptyset(&ends);
	(void)sigaddset(&ends, SIGINT);
	(void)sigaddset(&ends, SIGTERM);
	(void)sigaddset(&ends, SIGHUP);
	(void)signal(SIGPIPE, SIG_IGN);
	if (pthread_sigmask(SIG_BLOCK, &ends, NULL) == 0 && (*out = signalfd(-1, &ends, SFD_CLOEXEC)) >= 0)
		return 0;
	return error_set(error, ERROR_INTERNAL, "Signals can't be watched: %s.", strerror(errno));
}

/* Every connection is a descriptor, and a thousand clients may keep theirs open. */
static void allow_descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
		limit.rlim_cur = limit.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &limit); /* with fewer, some clients wait */
	}
}

static void wait_for_end(int signals, bool until_eof)
{
	struct pollfd watched[] = {
		{ .fd = signals, .events = POLLIN },
		{ .fd = until_eof ? STDIN_FILENO : -1, .events = POLLIN },
	};

	for (;;) {
		char ignored[256];

		if (poll(watched, 2, -1) < 0 && errno != EINTR)
			return;
		if (watched[0].revents)
			return;
		if (watched[1].revents && read(STDIN_FILENO, ignored, sizeof ignored) <= 0)
			return;
	}
}

static int run(const struct options *options, struct faults *faults, struct error *error)
{
	struct folder folder = { 0 };
	struct server *server = NULL;
	int ledger = -1;
	int signals = -1;
	int result = -1;

	allow_descriptors();
	if (watch_signals(&signals, error) < 0 || folder_open(&folder, options->dir, error) < 0 ||
		ledger_open(&ledger, folder.ledger, error) < 0 ||
		server_start(&server, options, faults, ledger, error) < 0 ||
		folder_fill(&folder, server, error) < 0 || folder_announce(&folder, options->json, error) < 0)
		goto out;
	wait_for_end(signals, options->until_eof);
	result = 0;
out:
	folder_close(&folder);
	server_stop(server);
	if (ledger >= 0)
		(void)close(ledger);
	if (signals >= 0)
		(void)close(signals);
	return result;
}

int main(int count, char **arguments)
{
	struct options options;
	struct faults faults;
	struct error error = { 0 };
	int status = 0;

	if (count > 1 && strcmp(arguments[1], "consent") == 0)
		return consent_run(count - 2, arguments + 2, &error) < 0 ? complain(&error) : 0;
	faults_init(&faults);
	if (options_read(&options, &faults, count, arguments, &error) < 0)
		status = complain(&error);
	else if (options.help)
		options_help();
	else if (options.version)
		puts("muster-sandbox " PACKAGE_VERSION);
	else if (run(&options, &faults, &error) < 0)
		status = complain(&error);
	faults_clear(&faults);
	if (fflush(stdout) != 0 && status == 0)
		status = 1;
	return status;
}
