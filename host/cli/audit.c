/* muster audit: who changed what, when; and whether anybody has touched the log itself. */
#include "config.h"

#include "base/json.h"
#include "base/log.h"
#include "cli/command.h"
#include "cli/data.h"
#include "cli/output.h"
#include "store/audit.h"

#include <inttypes.h>
#include <stdio.h>

static int print_row(struct output_table *table, const json_t *entry, struct error *error)
{
	const char *name = json_member_text(entry, "name", "");

	if (output_cell(table, json_member_text(entry, "at", ""), error) < 0 ||
		output_cell(table, json_member_text(entry, "what", ""), error) < 0 ||
		output_cell(table, name[0] ? name : json_member_text(entry, "subject", ""), error) < 0)
		return -1;
	return output_cell(table, json_member_text(entry, "actor", ""), error);
}

static int print_table(const json_t *entries, struct error *error)
{
	struct output_table table = { .columns = 4 };
	static const char *const head[] = { "TIME", "WHAT", "SUBJECT", "BY" };
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

/* People and programs read a time as text. */
static int tell_times(json_t *entries, struct error *error)
{
	size_t index;
	json_t *entry;

	json_array_foreach(entries, index, entry)
	{
		int64_t at_ms = (int64_t)json_integer_value(json_object_get(entry, "at"));
		if (json_object_set_new(entry, "at", output_time_json(at_ms)) < 0)
			return error_memory(error);
	}
	return 0;
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

static int print_entries(json_t *entries, const char *subject, bool json, struct error *error)
{
	if (tell_times(entries, error) < 0)
		return -1;
	if (subject && json_array_size(entries) == 0)
		log_notice("No entry is about '%.100s': no account or profile had this name or id.", subject);
	return output_list(entries, json, print_table, error);
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
		result = print_entries(entries, query.subject, arguments_flag(arguments, "json"), error);
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
