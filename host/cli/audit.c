/* muster audit: who changed what, when; and whether anybody has touched the log itself. */
#include "config.h"

#include "base/json.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/data.h"
#include "cli/output.h"
#include "store/audit.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum { MS = 1000 };

static void time_text(char *out, size_t size, int64_t at_ms)
{
	time_t seconds = (time_t)(at_ms / MS);
	struct tm parts;

	if (!gmtime_r(&seconds, &parts) || strftime(out, size, "%Y-%m-%d %H:%M:%S", &parts) == 0)
		(void)snprintf(out, size, "%" PRId64, at_ms);
}

static int print_row(struct output_table *table, const json_t *entry, struct error *error)
{
	const char *name = json_member_text(entry, "name", "");
	char at[32];

	time_text(at, sizeof at, (int64_t)json_integer_value(json_object_get(entry, "at")));
	if (output_cell(table, at, error) < 0 ||
		output_cell(table, json_member_text(entry, "what", ""), error) < 0 ||
		output_cell(table, name[0] ? name : json_member_text(entry, "subject", ""), error) < 0)
		return -1;
	return output_cell(table, json_member_text(entry, "actor", ""), error);
}

static int print_table(const json_t *entries, struct error *error)
{
	struct output_table table = { .columns = 4 };
	static const char *const head[] = { "TIME (UTC)", "WHAT", "SUBJECT", "BY" };
	size_t index;
	json_t *entry;
	int result = 0;

	for (size_t i = 0; result == 0 && i < sizeof head / sizeof head[0]; i++)
		result = output_cell(&table, head[i], error);
	json_array_foreach(entries, index, entry) if (result == 0) result = print_row(&table, entry, error);
	if (result == 0)
		output_table_print(&table);
	output_table_clear(&table);
	return result;
}

static int print_lines(const json_t *entries, struct error *error)
{
	size_t index;
	json_t *entry;

	json_array_foreach(
		entries, index, entry) if (output_json_take(json_incref(entry), true, error) < 0) return -1;
	return 0;
}

static int print(json_t *entries, const struct arguments *arguments, struct error *error)
{
	if (arguments_flag(arguments, "json"))
		return output_json_take(json_incref(entries), false, error);
	return isatty(STDOUT_FILENO) ? print_table(entries, error) : print_lines(entries, error);
}

static int verify(struct store *store, bool json, struct error *error)
{
	uint64_t count = 0;

	if (audit_verify(&count, store, error) < 0)
		return -1;
	if (json)
		return output_json_take(
			json_pack("{s:b, s:I}", "whole", 1, "entries", (json_int_t)count), false, error);
	(void)printf("The log is whole: %" PRIu64 " entries, each follows from the one before.\n", count);
	return 0;
}

static int run(const struct arguments *arguments, struct error *error)
{
	struct audit_query query = { 0 };
	struct store *store = NULL;
	json_t *entries = NULL;
	int result = -1;

	if (arguments_words(arguments, 0, 1, "", error) < 0 ||
		arguments_number(&query.limit, arguments, "limit", 1, UINT32_MAX, 0, error) < 0 ||
		data_open(&store, arguments, false, error) < 0)
		return -1;
	if (arguments->word_count > 0)
		query.subject = arguments->words[0];
	if (arguments_flag(arguments, "verify"))
		result = verify(store, arguments_flag(arguments, "json"), error);
	else if (audit_read(&entries, store, &query, error) == 0)
		result = print(entries, arguments, error);
	json_decref(entries);
	store_close(store);
	return result;
}

static const struct option options[] = {
	{ .name = "limit", .value = "N", .help = "Only the last N entries." },
	{ .name = "verify", .help = "Check that no entry was changed or taken out." },
	OPTION_JSON,
	OPTION_DATA_DIR,
};

const struct command command_audit = {
	.name = "audit",
	.summary = "Show who changed what in the store.",
	.usage = "[NAME]",
	.details =
		"Every change of a profile, account or key has an entry that was written together with it. NAME is "
		"an account or profile. Each entry holds the hash of the one before: --verify computes the chain "
		"anew, exit status 12 when it is broken.\n\n"
		"On a terminal this is a table, in a pipe one JSON object a line, with --json an array.",
	.options = options,
	.option_count = sizeof options / sizeof options[0],
	.run = run,
};
