/* muster-runner: plugin code lives here, and nowhere else. Started by the host alone (host/jail/start.h);
 * it enters the jail, loads the one plugin that it was given, and answers one START. */
#include "config.h"

#include "base/json.h"
#include "base/text.h"
#include "jail/enter.h"
#include "runner/call.h"
#include "runner/channel.h"
#include "runner/hooks.h"
#include "runner/load.h"
#include "runner/manifest.h"
#include "runner/run.h"
#include "runner/tables.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CPU_SECONDS = 60 };

#define NO_OFFSET UINT64_MAX

struct runner {
	struct channel *channel;
	struct jail_strength jail;
	json_t *hello;
	json_t *start;
	struct tables *tables;
	uint64_t offset; /* of the error in the body, or NO_OFFSET */
};

/* ---- Into the jail --------------------------------------------------------------------------------- */

static int enter(struct runner *runner, struct error *error)
{
	json_int_t seconds = json_integer_value(json_object_get(runner->hello, "cpu_seconds"));

	if (seconds <= 0 || seconds > 1000000)
		seconds = CPU_SECONDS;
	if (jail_enter(&runner->jail, WIRE_FD_PLUGIN, WIRE_FD_AREA, (unsigned)seconds, error) < 0)
		return -1;
	/* At once: what the host hears after this comes out of the jail. */
	if (channel_put_take(runner->channel, WIRE_HELLO,
		    json_pack("{s:s, s:s, s:i, s:b}", "build", wire_build, "jail",
			    jail_strength_text(&runner->jail), "landlock", runner->jail.landlock, "seccomp",
			    (int)runner->jail.seccomp),
		    error) < 0)
		return -1;
	return channel_flush(runner->channel, error);
}

static int judge(const struct runner *runner, struct error *error)
{
	const char *build = json_member_text(runner->hello, "build", "");

	if (strcmp(build, wire_build) != 0)
		return error_set(error, ERROR_INSTALLATION,
			"muster-runner is of build %s, but its host of %.64s: install them together.",
			wire_build, build);
	if (!jail_is_full(&runner->jail) && !runner->jail.relaxed &&
		!json_is_true(json_object_get(runner->hello, "allow_partial")))
		return error_set(error, ERROR_JAIL_UNAVAILABLE,
			"This kernel offers a partial jail only (seccomp: %s, Landlock: %s).",
			runner->jail.seccomp ? "yes" : "no", runner->jail.landlock ? "yes" : "no");
	return 0;
}

/* ---- Modes ----------------------------------------------------------------------------------------- */

static int load(struct runner *runner, struct error *error)
{
	load_entry *entry = NULL;

	if (load_plugin(&entry, WIRE_FD_PLUGIN, error) < 0 ||
		jail_tighten(&runner->jail, WIRE_FD_SOCKET, error) < 0)
		return -1;
	return tables_new(&runner->tables, entry(), error);
}

static int tell_manifest(struct runner *runner, struct error *error)
{
	json_t *manifest = NULL;

	if (manifest_make(&manifest, runner->tables, error) < 0)
		return -1;
	return channel_put_take(runner->channel, WIRE_MANIFEST, manifest, error);
}

static int call_hook(struct runner *runner, enum wire_mode mode, struct error *error)
{
	struct muster_call call = { .mode = mode,
		.tables = runner->tables,
		.start = runner->start,
		.channel = runner->channel,
		.error = error };
	const char *id = json_member_text(runner->start, "auth", "");

	call.auth = tables_auth(runner->tables, id);
	if (!call.auth)
		return error_set(error, ERROR_INTERNAL, "The connector has no auth %.64s.", id);
	return mode == WIRE_MODE_VALIDATE ? hooks_validate(&call) : hooks_authenticate(&call);
}

static int act(struct runner *runner, enum wire_mode mode, struct error *error)
{
	switch (mode) {
	case WIRE_MODE_MANIFEST:
		return tell_manifest(runner, error);
	case WIRE_MODE_RUN:
		return run_action(&runner->offset, runner->tables, runner->start, runner->channel, error);
	default:
		return call_hook(runner, mode, error);
	}
}

static int work(struct runner *runner, struct error *error)
{
	const char *text;
	enum wire_mode mode;

	if (enter(runner, error) < 0 || judge(runner, error) < 0 ||
		channel_expect(&runner->start, runner->channel, WIRE_START, error) < 0)
		return -1;
	text = json_member_text(runner->start, "mode", "");
	mode = wire_mode_from_text(text);
	if (!mode)
		return error_set(error, ERROR_INTERNAL, "There is no mode %.64s.", text);
	channel_mode(runner->channel, mode);
	if (load(runner, error) < 0 || act(runner, mode, error) < 0)
		return -1;
	return channel_put_take(runner->channel, WIRE_DONE, json_object(), error);
}

/* ---- The end --------------------------------------------------------------------------------------- */

/* The message may quote what a plugin or a provider wrote. */
static json_t *failure_json(const struct runner *runner, const struct error *error)
{
	char message[sizeof error->message];
	json_t *failure;

	text_clean(message, sizeof message, error->message, strlen(error->message));
	failure = json_pack("{s:s, s:s}", "code", error_code_text(error->code), "message", message);
	if (failure && runner->offset != NO_OFFSET)
		(void)json_object_set_new(failure, "offset", json_integer((json_int_t)runner->offset));
	return failure;
}

/* Leaves without running what a plugin left behind for the end. */
static void end(struct runner *runner, int result, struct error *error)
{
	if (result < 0)
		result = channel_put_take(runner->channel, WIRE_FAILED, failure_json(runner, error), error);
	if (result == 0)
		result = channel_flush(runner->channel, error);
	_exit(result == 0 ? EXIT_SUCCESS : EXIT_FAILURE);
}

/* Started by hand, there is no socket; the jail would then be entered for nothing. */
static bool was_started_by_host(void)
{
	int type;
	socklen_t size = sizeof type;

	return getsockopt(WIRE_FD_SOCKET, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_STREAM;
}

int main(void)
{
	struct runner runner = { .offset = NO_OFFSET };
	struct error *error;

	if (!was_started_by_host()) {
		(void)fputs("muster-runner is started by muster, not by hand.\n", stderr);
		return EXIT_FAILURE;
	}
	/* Its pages stay untouched as long as nothing fails, where those of the stack would be probed: many runners
	 * wait at once. */
	error = malloc(sizeof *error);
	if (!error)
		return EXIT_FAILURE;
	error->code = ERROR_NONE;
	error->message[0] = '\0';
	/* jansson takes its seed from a file, which the jail has not. */
	json_object_seed(0);
	if (channel_new(&runner.channel, WIRE_FD_SOCKET, error) < 0 ||
		channel_expect(&runner.hello, runner.channel, WIRE_HELLO, error) < 0) {
		free(error);
		return EXIT_FAILURE;
	}
	end(&runner, work(&runner, error), error);
}
