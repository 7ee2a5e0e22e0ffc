/* muster key: where the master key comes from, and a new one in its place. */
#include "config.h"

#include "cli/command.h"
#include "cli/data.h"
#include "cli/output.h"
#include "cli/verbs.h"
#include "store/key.h"

#include <inttypes.h>
#include <stdio.h>

static int print(const struct key_state *state, bool json, struct error *error)
{
	if (json)
		return output_json_take(json_pack("{s:s, s:s?, s:s, s:I}", "source", state->source, "path",
						state->path[0] ? state->path : NULL, "fingerprint",
						state->fingerprint, "version", (json_int_t)state->version),
			false, error);
	(void)printf("source       %s\n", state->source);
	if (state->path[0]) {
		(void)fputs("path         ", stdout);
		output_text(stdout, OUTPUT_PLAIN, state->path);
		(void)fputc('\n', stdout);
	}
	(void)printf("fingerprint  %s\nversion      %" PRIu64 "\n", state->fingerprint, state->version);
	return 0;
}

/* Who has the store open reads a new key file by itself, and can't get a key that is given. */
static int open_to_rotate(struct store **out, const struct arguments *arguments, struct error *error)
{
	if (key_is_followed())
		return data_open(out, arguments, false, error);
	if (data_open_alone(out, arguments, error) == 0)
		return 0;
	if (error->code != ERROR_STORE_LOCKED)
		return -1;
	return error_hint(
		error, "End what uses the store: it could not get the new key, and would lose tokens.");
}

static int act(const struct arguments *arguments, bool rotate, struct error *error)
{
	struct store *store = NULL;
	struct key_state state;
	int result = -1;

	if ((rotate ? open_to_rotate(&store, arguments, error) : data_open(&store, arguments, false, error)) <
		0)
		return -1;
	if ((!rotate || key_rotate(store, error) == 0) && key_state(&state, store, error) == 0)
		result = print(&state, arguments_flag(arguments, "json"), error);
	store_close(store);
	return result;
}

static int show(const struct arguments *arguments, struct error *error)
{
	return act(arguments, false, error);
}

static int rotate(const struct arguments *arguments, struct error *error)
{
	return act(arguments, true, error);
}

static const struct verb verbs[] = {
	{ .name = "show", .run = show },
	{ .name = "rotate", .run = rotate },
};

static int run(const struct arguments *arguments, struct error *error)
{
	return verbs_run(verbs, sizeof verbs / sizeof verbs[0], arguments, error);
}

static const struct option options[] = { OPTION_JSON, OPTION_DATA_DIR };

const struct command command_key = {
	.name = "key",
	.summary = "Show where the master key comes from, or put a new one in its place.",
	.usage = "show | rotate",
	.details =
		"The master key opens everything that is sealed. It comes from the first of these that is there: "
		"systemd's credential muster-key, the descriptor MUSTER_KEY_FD, a passphrase by the descriptor "
		"MUSTER_PASSPHRASE_FD, the file $XDG_CONFIG_HOME/muster/key (or that in MUSTER_KEY_DIR). It is never "
		"shown: the fingerprint tells keys apart.\n\n"
		"'muster key rotate' works while others use the store when the key is in that file; another source is "
		"given its new key by the descriptor MUSTER_NEW_KEY_FD, when nobody uses the store. Afterwards the "
		"old key opens nothing, but a backup made before still needs it.",
	.options = options,
	.option_count = sizeof options / sizeof options[0],
	.run = run,
};
