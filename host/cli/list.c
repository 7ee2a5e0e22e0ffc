/* muster list: the connectors of this machine, also those that can't be used, and why. */
#include "config.h"

#include "base/log.h"
#include "cli/command.h"
#include "cli/output.h"
#include "cli/session.h"

#include <stdio.h>
#include <unistd.h>

static json_t *texts_json(const struct manifest_texts *texts)
{
	json_t *list = json_array();

	for (size_t i = 0; list && i < texts->count; i++) {
		if (json_array_append_new(list, json_string(texts->items[i])) < 0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

/* What is not known is null; lists are then empty. */
static json_t *row_json(const struct catalog_row *row)
{
	return json_pack("{s:s, s:s?, s:s?, s:o, s:o, s:s, s:s, s:s?}", "id", row->id, "name", row->name,
		"version", row->version, "auths", texts_json(&row->auths), "actions",
		texts_json(&row->actions), "path", row->path, "status", catalog_status_text(row->status),
		"reason", row->reason);
}

static int print_array(const struct catalog_row *rows, size_t count, struct error *error)
{
	json_t *list = json_array();

	for (size_t i = 0; list && i < count; i++) {
		if (json_array_append_new(list, row_json(&rows[i])) < 0) {
			json_decref(list);
			list = NULL;
		}
	}
	return output_json_take(list, false, error);
}

static int print_lines(const struct catalog_row *rows, size_t count, struct error *error)
{
	for (size_t i = 0; i < count; i++)
		if (output_json_take(row_json(&rows[i]), true, error) < 0)
			return -1;
	return 0;
}

/* The auths by name, the actions by number: a terminal has no room for more. */
static int print_row(struct output_table *table, const struct catalog_row *row, struct error *error)
{
	char auths[160] = "";
	char actions[24] = "";
	size_t used = 0;

	for (size_t i = 0; i < row->auths.count && used < sizeof auths; i++) {
		int wrote = snprintf(
			auths + used, sizeof auths - used, "%s%s", i ? ", " : "", row->auths.items[i]);

		used += wrote > 0 ? (size_t)wrote : 0;
	}
	if (row->status == CATALOG_OK)
		(void)snprintf(actions, sizeof actions, "%zu", row->actions.count);
	if (output_cell(table, row->id, error) < 0 ||
		output_cell(table, row->name ? row->name : "", error) < 0 ||
		output_cell(table, row->version ? row->version : "", error) < 0 ||
		output_cell(table, auths, error) < 0 || output_cell(table, actions, error) < 0 ||
		output_cell(table, catalog_status_text(row->status), error) < 0 ||
		output_cell(table, row->path, error) < 0)
		return -1;
	return 0;
}

static int print_table(const struct catalog_row *rows, size_t count, struct error *error)
{
	static const char *const head[] = { "CONNECTOR", "NAME", "VERSION", "AUTHS", "ACTIONS", "STATUS",
		"PATH" };
	struct output_table table = { .columns = sizeof head / sizeof head[0] };
	bool told = false;
	int result = 0;

	for (size_t i = 0; result == 0 && i < table.columns; i++)
		result = output_cell(&table, head[i], error);
	for (size_t i = 0; result == 0 && i < count; i++)
		result = print_row(&table, &rows[i], error);
	if (result == 0)
		output_table_print(&table);
	output_table_clear(&table);
	for (size_t i = 0; result == 0 && i < count; i++) {
		if (!rows[i].reason)
			continue;
		(void)fputs(told ? "" : "\n", stdout);
		told = true;
		output_text(stdout, OUTPUT_YELLOW, catalog_status_text(rows[i].status));
		(void)fputc(' ', stdout);
		output_text(stdout, OUTPUT_PLAIN, rows[i].path);
		(void)fputs(": ", stdout);
		output_text(stdout, OUTPUT_PLAIN, rows[i].reason);
		(void)fputc('\n', stdout);
	}
	return result;
}

static int run(const struct arguments *arguments, struct error *error)
{
	const struct catalog_row *rows;
	struct session session = { .catalog = NULL };
	size_t count;
	int result = -1;

	if (arguments_words(arguments, 0, 0, "", error) < 0 || session_open(&session, arguments, error) < 0 ||
		catalog_list(&rows, &count, session.catalog, error) < 0)
		goto out;
	if (arguments_flag(arguments, "json"))
		result = print_array(rows, count, error);
	else if (!isatty(STDOUT_FILENO))
		result = print_lines(rows, count, error);
	else if (count > 0)
		result = print_table(rows, count, error);
	else
		result = 0;
	if (count == 0 && !arguments_flag(arguments, "json"))
		log_notice("no connector is installed; 'muster doctor' says where they are looked for");
out:
	session_close(&session);
	return result;
}

static const struct option options[] = {
	OPTION_JSON,
	OPTION_PLUGIN_PATH,
};

const struct command command_list = {
	.name = "list",
	.summary = "List the connectors of this machine.",
	.usage = "[--json] [--plugin-path DIRS]",
	.details = "Connectors are looked for in --plugin-path, in MUSTER_PLUGIN_PATH, in "
		   "$XDG_DATA_HOME/muster/plugins/" MUSTER_ABI_TEXT
		   ", and where muster is installed; of several with one name the first is used, "
		   "and the others are listed as hidden.\n\n"
		   "A connector that can't describe itself is listed as broken; one that others "
		   "than root and you could have written is refused. Each with the reason.\n\n"
		   "On a terminal this is a table, in a pipe one JSON object a line, with --json an "
		   "array: id, name, version, auths, actions, path, status, reason.",
	.options = options,
	.option_count = sizeof options / sizeof options[0],
	.run = run,
};
