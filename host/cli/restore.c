/* muster restore: a backup in the place of the store. */
#include "config.h"

#include "cli/command.h"
#include "cli/data.h"
#include "cli/output.h"
#include "store/backup.h"

#include <limits.h>
#include <stdio.h>

static int run(const struct arguments *arguments, struct error *error)
{
	char folder[PATH_MAX];
	const struct store_options options = { .folder = folder, .create = false };

	if (arguments_words(arguments, 1, 1, "FILE", error) < 0 ||
		data_folder(folder, sizeof folder, arguments, error) < 0 ||
		store_restore(&options, arguments->words[0], error) < 0)
		return -1;
	if (arguments_flag(arguments, "json"))
		return output_json_take(
			json_pack("{s:s, s:s}", "file", arguments->words[0], "data_dir", folder), false,
			error);
	(void)puts(
		"Done. Accounts whose tokens may have been renewed since are marked doubtful: 'muster account test' "
		"tells.");
	return 0;
}

static const struct option options[] = { OPTION_JSON, OPTION_DATA_DIR };

const struct command command_restore = {
	.name = "restore",
	.summary = "Put a backup in the place of the store.",
	.usage = "FILE",
	.details =
		"FILE is one that 'muster backup' wrote. It is checked first: that it is whole, that this muster knows "
		"its form, and that the master key opens it. What stood in its place is kept beside it.",
	.options = options,
	.option_count = sizeof options / sizeof options[0],
	.run = run,
};
