/* muster run: one action, for one account or several, its records to stdout. */
#include "config.h"

#include "base/log.h"
#include "cli/assign.h"
#include "cli/command.h"
#include "cli/output.h"
#include "cli/party.h"
#include "cli/session.h"
#include "run/each.h"
#include "run/job.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PROGRESS_MS = 250 };

/* One of those that it is run for. */
struct subject {
	struct party party;
	struct error error; /* why it failed, where others went on */
	bool failed;
};

struct running {
	struct session session;
	struct subject *subjects; /* owned */
	struct job_account *accounts;
	size_t count;
	struct entries parameters;
	struct sink *sink;
	struct job *job;
	uv_timer_t progress;
	bool shown; /* a line of progress stands on the terminal */
	bool json;
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

/* Records come on the terminal: from here on they are what is to be seen. */
static void on_write(void *context)
{
	struct running *running = context;

	if (running->progress.data)
		(void)uv_timer_stop(&running->progress);
	clear_progress(running);
}

static void on_progress(uv_timer_t *timer)
{
	struct running *running = timer->data;
	struct run_progress progress = job_progress(running->job);

	(void)fprintf(stderr, "\r\033[K%" PRIu64 " record%s, %" PRIu64 " page%s, %.1f MB", progress.records,
		progress.records == 1 ? "" : "s", progress.pages, progress.pages == 1 ? "" : "s",
		(double)progress.bytes / 1e6);
	(void)fflush(stderr);
	running->shown = true;
}

/* Where a person sees it and it disturbs no output: not among records, nor what the reader of a pipe may show. */
static bool wants_progress(enum sink_format format)
{
	struct stat about;

	if (!isatty(STDERR_FILENO))
		return false;
	if (isatty(STDOUT_FILENO))
		return format == SINK_TABLE;
	return fstat(STDOUT_FILENO, &about) == 0 && !S_ISFIFO(about.st_mode) && !S_ISSOCK(about.st_mode);
}

static void start_progress(struct running *running, enum sink_format format)
{
	(void)uv_timer_init(&running->session.loop, &running->progress);
	running->progress.data = running;
	if (wants_progress(format))
		(void)uv_timer_start(&running->progress, on_progress, 2 * PROGRESS_MS, PROGRESS_MS);
}

static void on_done(void *context, const struct error *error)
{
	struct running *running = context;

	(void)uv_timer_stop(&running->progress);
	clear_progress(running);
	session_end(&running->session, error);
}

/* The only one needs no name. NULL: nobody. */
static struct subject *find_subject(const struct running *running, const char *account)
{
	for (size_t i = 0; running->subjects && i < running->count; i++)
		if (running->count == 1 ||
			strcmp(running->subjects[i].party.linked.account.name, account) == 0)
			return &running->subjects[i];
	return NULL;
}

/* Others go on: this one is told now, and once more when all are done, by the exit status. */
static void on_failure(void *context, const char *account, const struct error *error)
{
	struct running *running = context;
	struct subject *subject = find_subject(running, account);

	if (!subject)
		return;
	subject->failed = true;
	subject->error = *error;
	party_explain(&subject->party, &subject->error);
	clear_progress(running);
	output_error(&subject->error, running->json);
}

/* What the credentials may not read some providers leave out without a word. */
static void on_missing(void *context, const struct job_account *account, const char *fields)
{
	const struct manifest *manifest = account->provider->manifest;

	clear_progress(context);
	log_warning(
		"%s%sno record of %s has %s: %s leaves out what the credentials may not read; 'muster guide %s "
		"--actions %s' says where that is chosen",
		account->name ? account->name : "", account->name ? ": " : "", account->action->id, fields,
		manifest->name, manifest->id, account->action->id);
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
		.accounts = running->count > 1,
		.descriptor = STDOUT_FILENO,
		.on_write = isatty(STDOUT_FILENO) ? on_write : NULL,
		.context = running };

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

static int make_subjects(struct running *running, const char *names, struct error *error)
{
	running->count = 1;
	for (const char *c = names; *c; c++)
		running->count += *c == ',';
	running->subjects = calloc(running->count, sizeof *running->subjects);
	running->accounts = calloc(running->count, sizeof *running->accounts);
	return running->subjects && running->accounts ? 0 : error_memory(error);
}

static int check_twice(const struct running *running, size_t index, struct error *error)
{
	const char *name = running->accounts[index].name;

	for (size_t i = 0; i < index; i++)
		if (strcmp(running->accounts[i].name, name) == 0)
			return error_set(error, ERROR_USAGE, "The account %.64s is named twice.", name);
	return 0;
}

/* Finds one of them, and checks what is asked of it. */
static int add_subject(struct running *running, size_t index, const struct arguments *arguments,
	const char *name, struct error *error)
{
	struct party *party = &running->subjects[index].party;
	const char *each = arguments_text(arguments, "each", NULL);

	if (party_find(party, &running->session, arguments, name, arguments->words[1], NULL, error) < 0)
		return -1;
	running->accounts[index] = (struct job_account){
		.name = party->is_linked && running->count > 1 ? party->linked.account.name : NULL,
		.provider = party->provider,
		.action = party->action,
		.fields = party->fields,
		.allow_partial = party->allow_partial_jail,
		.connect = connect_action,
		.context = party
	};
	if (running->count > 1 && !running->accounts[index].name) {
		(void)error_set(error, ERROR_USAGE, "Of several names each is that of an account.");
		return error_hint(error, "'muster link' makes one; 'muster account list' lists them.");
	}
	if (check_twice(running, index, error) < 0 ||
		each_check(party->provider->manifest, party->action, &running->parameters, each, error) < 0)
		return -1;
	if (strcmp(party->action->model, running->accounts[0].action->model) != 0)
		return error_set(error, ERROR_USAGE,
			"%.64s gives a %.64s with %.64s, and a %.64s with %.64s.", party->action->id,
			running->accounts[0].action->model, running->accounts[0].provider->manifest->name,
			party->action->model, party->provider->manifest->name);
	return 0;
}

static int add_subjects(struct running *running, const struct arguments *arguments, struct error *error)
{
	const char *names = arguments->words[0];
	char name[128];

	if (make_subjects(running, names, error) < 0)
		return -1;
	for (size_t i = 0; i < running->count; i++) {
		size_t length = strcspn(names, ",");
		if (length == 0 || length >= sizeof name)
			return error_set(
				error, ERROR_USAGE, "Among the accounts a name is empty or too long.");
		memcpy(name, names, length);
		name[length] = '\0';
		names += length + (names[length] == ',');
		if (add_subject(running, i, arguments, name, error) < 0)
			return -1;
	}
	/* A file holds the credentials of one, which is then the only one. */
	return running->count == 1 ? party_enter(&running->subjects[0].party, arguments, error) : 0;
}

static int start(struct running *running, const struct arguments *arguments, struct error *error)
{
	struct session *session = &running->session;
	const struct model *model = NULL;
	struct job_request request;
	uint64_t limit;

	running->json = arguments_flag(arguments, "json");
	if (session_open(session, arguments, error) < 0 ||
		arguments_number(&limit, arguments, "limit", 1, UINT64_MAX / 2, 0, error) < 0 ||
		assign_read(&running->parameters, arguments, 2, error) < 0 ||
		add_subjects(running, arguments, error) < 0 ||
		models_find(&model, catalog_models(session->catalog), running->accounts[0].action->model,
			error) < 0 ||
		session_connect(session, arguments, on_interrupt, running, error) < 0 ||
		open_sink(running, arguments, arguments_flag(arguments, "raw"), model, error) < 0)
		return -1;
	request = (struct job_request){ .loop = &session->loop,
		.accounts = running->accounts,
		.account_count = running->count,
		.parameters = &running->parameters,
		.models = catalog_models(session->catalog),
		.each = arguments_text(arguments, "each", NULL),
		.sink = running->sink,
		.limit = limit,
		.raw = arguments_flag(arguments, "raw"),
		.on_failure = on_failure,
		.on_missing = on_missing,
		.context = running };
	session_begin(session);
	return job_start(&running->job, &request, on_done, running, error);
}

/* Puts down in the store how it went for each of them. */
static void note_results(const struct running *running, int result, const struct error *error)
{
	bool all_failed = result < 0 && error->code != ERROR_PARTLY_DONE;

	for (size_t i = 0; i < running->count; i++) {
		const struct subject *subject = &running->subjects[i];
		party_seen(&subject->party, subject->failed ? &subject->error : all_failed ? error : NULL);
	}
}

static int run_command(const struct arguments *arguments, struct error *error)
{
	struct running running = { .job = NULL };
	const struct subject *subject;
	int result;

	if (arguments_words(arguments, 2, SIZE_MAX, arguments->word_count ? "ACTION" : "ACCOUNT", error) < 0)
		return -1;
	result = start(&running, arguments, error);
	if (result == 0) {
		result = session_wait(&running.session, "Interrupted.", error);
		note_results(&running, result, error);
	} else if (running.count > 0 && running.accounts && running.accounts[0].action) {
		(void)snprintf(error->action, sizeof error->action, "%s", running.accounts[0].action->id);
	}
	subject = result < 0 ? find_subject(&running, error->account) : NULL;
	if (subject)
		party_explain(&subject->party, error);
	while (job_is_busy(running.job))
		session_turn(&running.session);
	job_free(running.job);
	if (running.progress.data)
		uv_close((uv_handle_t *)&running.progress, NULL);
	for (size_t i = 0; running.subjects && i < running.count; i++)
		party_clear(&running.subjects[i].party);
	session_close(&running.session);
	free(running.subjects);
	free(running.accounts);
	sink_free(running.sink);
	entries_clear(&running.parameters);
	return result;
}

const struct command command_run = {
	.name = "run",
	.summary = "Run an action and print its records.",
	.usage = "ACCOUNT[,ACCOUNT…] ACTION [key=value…] | PROVIDER ACTION --credentials FILE [key=value…]",
	.details =
		"ACCOUNT is what 'muster link' made. Each key=value is a parameter of the action; key@FILE takes "
		"the content of a file, key@- of stdin. Records go to stdout, all else to stderr. 'muster show "
		"PROVIDER' lists the actions and their parameters.\n\n"
		"Of several accounts each record says whose it is: a column account, in JSON a member _account. "
		"What one account can't do does not stop the others: exit status 10.\n\n"
		"--each runs the action once for each record of another, whose id is filled in: 'muster show' says "
		"where that is possible.\n\n"
		"  muster run acme list_employees --format csv\n"
		"  muster run acme,globex list_employees\n"
		"  muster run acme list_bank_accounts --each employee\n"
		"  muster run culture_amp get_employee id=... --credentials culture_amp.json",
	.options = options,
	.option_count = sizeof options / sizeof options[0],
	.run = run_command,
};
