/* muster backup: a consistent copy of the store, without the key. */
#include "config.h"

#include "cli/command.h"
#include "cli/data.h"
#include "cli/output.h"
#include "store/backup.h"

#include <stdio.h>

static int run(const struct arguments *arguments, struct error *error)
{
	struct store *store = NULL;
	int result = -1;

	if (arguments_words(arguments, 1, 1, "FILE", error) < 0 ||
		data_open(&store, arguments, false, error) < 0)
		return -1;
	result = store_backup(store, arguments->words[0], error);
	store_close(store);
	if (result == 0 && arguments_flag(arguments, "json"))
		return output_json_take(json_pack("{s:s}", "file", arguments->words[0]), false, error);
	if (result == 0)
		(void)puts("Done. The key is not in it: keep that apart, without it the copy opens nothing.");
	return result;
}

static const struct option options[] = { OPTION_JSON, OPTION_DATA_DIR };

const struct command command_backup = {
	.name = "backup",
	.summary = "Write a copy of profiles and accounts to a file.",
	.usage = "FILE",
	.details =
		"Others may use the store meanwhile. FILE must not exist; it is made for your eyes only. All secrets in "
		"it are sealed under the master key, which it does not hold. An account that is unlinked later can "
		"still be opened from it with that key: backups outlive what they hold.",
	.options = options,
	.option_count = sizeof options / sizeof options[0],
	.run = run,
};
