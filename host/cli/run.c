/* muster run: one action, its records to stdout. */
#include "config.h"

#include "cli/assign.h"
#include "cli/command.h"
#include "cli/output.h"
#include "cli/party.h"
#include "cli/session.h"
#include "run/each.h"
#include "run/job.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PROGRESS_MS = 250 };

struct running {
	struct session session;
	struct party party;
	struct entries parameters;
	struct job_account account;
	struct sink *sink;
	struct job *job;
	uv_timer_t progress;
	bool shown; /* a line of progress stands on the terminal */
	struct error *error;
	int result;
};

static const struct option options[] = {
	SESSION_OPTIONS,
	{ .name = "format",
		.value = "FORMAT",
		.help = "ndjson, json, csv or table; a table on a terminal, ndjson elsewhere." },
	{ .name = "each", .value = "MODEL", .help = "Run it once for each MODEL that there is: employee." },
	{ .name = "limit", .value = "N", .help = "Stop after N records." },
	{ .name = "raw", .help = "The provider's own records, not the unified ones." },
};

static void clear_progress(struct running *running)
{
	if (running->shown)
		(void)fputs("\r\033[K", stderr);
	running->shown = false;
}

static void on_progress(uv_timer_t *timer)
{
	struct running *running = timer->data;
	struct run_progress progress = job_progress(running->job);

	(void)fprintf(stderr, "\r\033[K%" PRIu64 " records, %" PRIu64 " pages, %.1f MB", progress.records,
		progress.pages, (double)progress.bytes / 1e6);
	(void)fflush(stderr);
	running->shown = true;
}

/* Long work shows progress where a person sees it and it disturbs no output. */
static void start_progress(struct running *running, enum sink_format format)
{
	(void)uv_timer_init(&running->session.loop, &running->progress);
	running->progress.data = running;
	if (isatty(STDERR_FILENO) && (!isatty(STDOUT_FILENO) || format == SINK_TABLE))
		(void)uv_timer_start(&running->progress, on_progress, 2 * PROGRESS_MS, PROGRESS_MS);
}

static void on_done(void *context, const struct error *error)
{
	struct running *running = context;

	(void)uv_timer_stop(&running->progress);
	clear_progress(running);
	if (error) {
		*running->error = *error;
		running->result = -1;
	}
	session_stop(&running->session);
}

static void on_interrupt(void *context)
{
	struct running *running = context;

	if (running->job)
		job_interrupt(running->job);
}

static int open_sink(struct running *running, const struct arguments *arguments, bool raw,
	const struct model *model, struct error *error)
{
	const char *name = arguments_text(arguments, "format", NULL);
	struct sink_options sink = { .format = isatty(STDOUT_FILENO) ? SINK_TABLE : SINK_NDJSON,
		.model = raw ? NULL : model,
		.descriptor = STDOUT_FILENO };

	if (name && sink_format_find(&sink.format, name, error) < 0)
		return -1;
	if (raw && !name)
		sink.format = SINK_NDJSON;
	if (sink_new(&running->sink, &sink, error) < 0)
		return -1;
	start_progress(running, sink.format);
	return 0;
}

static int connect_action(
	void *context, struct connection **out, const struct manifest_action *action, struct error *error)
{
	return party_connection(out, context, action, error);
}

static int start(struct running *running, const struct arguments *arguments, struct error *error)
{
	struct session *session = &running->session;
	struct party *party = &running->party;
	const char *each = arguments_text(arguments, "each", NULL);
	const struct model *model = NULL;
	struct job_request request;
	uint64_t limit;

	if (session_open(session, arguments, error) < 0 ||
		party_find(party, session, arguments, arguments->words[0], arguments->words[1], NULL, error) <
			0 ||
		arguments_number(&limit, arguments, "limit", 1, UINT64_MAX / 2, 0, error) < 0 ||
		assign_read(&running->parameters, arguments, 2, error) < 0 ||
		each_check(party->provider->manifest, party->action, &running->parameters, each, error) < 0 ||
		models_find(&model, catalog_models(session->catalog), party->action->model, error) < 0 ||
		party_enter(party, arguments, error) < 0 ||
		session_connect(session, arguments, on_interrupt, running, error) < 0 ||
		open_sink(running, arguments, arguments_flag(arguments, "raw"), model, error) < 0)
		return -1;
	running->account = (struct job_account){ .provider = party->provider,
		.action = party->action,
		.fields = party->fields,
		.allow_partial = party->allow_partial_jail,
		.connect = connect_action,
		.context = party };
	request = (struct job_request){ .loop = &session->loop,
		.accounts = &running->account,
		.account_count = 1,
		.parameters = &running->parameters,
		.models = catalog_models(session->catalog),
		.each = each,
		.sink = running->sink,
		.limit = limit,
		.raw = arguments_flag(arguments, "raw") };
	return job_start(&running->job, &request, on_done, running, error);
}

static int run_command(const struct arguments *arguments, struct error *error)
{
	struct running running = { .error = error };

	if (arguments_words(arguments, 2, SIZE_MAX, arguments->word_count ? "ACTION" : "ACCOUNT", error) < 0)
		return -1;
	if (start(&running, arguments, error) < 0) {
		running.result = -1;
		if (running.party.action)
			(void)snprintf(error->action, sizeof error->action, "%s", running.party.action->id);
	} else {
		session_run(&running.session);
		party_seen(&running.party, running.result < 0 ? error : NULL);
	}
	job_free(running.job);
	if (running.progress.data)
		uv_close((uv_handle_t *)&running.progress, NULL);
	party_clear(&running.party);
	session_close(&running.session);
	sink_free(running.sink);
	entries_clear(&running.parameters);
	return running.result;
}

const struct command command_run = {
	.name = "run",
	.summary = "Run an action and print its records.",
	.usage = "ACCOUNT ACTION [key=value…] | PROVIDER ACTION --credentials FILE [key=value…]",
	.details =
		"ACCOUNT is what 'muster link' made. Each key=value is a parameter of the action; key@FILE takes the content of a file, key@- of stdin. "
		"Records go to stdout, all else to stderr. 'muster show PROVIDER' lists the actions and their "
		"parameters.\n\n"
		"  muster run culture_amp get_employee id=... --credentials culture_amp.json",
	.options = options,
	.option_count = sizeof options / sizeof options[0],
	.run = run_command,
};
