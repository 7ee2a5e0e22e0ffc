/* muster show: all that a connector says of itself. */
#include "config.h"

#include "base/buffer.h"
#include "cli/command.h"
#include "cli/output.h"
#include "cli/session.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define CELL_MAX ((size_t)64 * 1024)

static void heading(const char *text)
{
	(void)fputc('\n', stdout);
	output_text(stdout, OUTPUT_BOLD, text);
	(void)fputc('\n', stdout);
}

/* "  label  text"; nothing where there is no text. */
static void line(const char *label, const char *text)
{
	if (!text)
		return;
	(void)printf("  %-12s", label);
	output_text(stdout, OUTPUT_PLAIN, text);
	(void)fputc('\n', stdout);
}

static void show_head(const struct manifest *manifest, const struct provider *provider)
{
	output_text(stdout, OUTPUT_BOLD, manifest->name);
	(void)fputc(' ', stdout);
	output_text(stdout, OUTPUT_PLAIN, manifest->version);
	(void)fputc('\n', stdout);
	line("connector", manifest->id);
	line("about", manifest->summary);
	line("homepage", manifest->homepage);
	line("file", provider->path);
	for (size_t i = 0; i < manifest->host_count; i++) {
		static const char *const uses[] = { "", "for its API", "for tokens", "for its API and tokens",
			"for consent", "for its API and consent", "for tokens and consent",
			"for its API, tokens and consent" };

		(void)printf("  %-12s", i ? "" : "reaches");
		output_text(stdout, OUTPUT_PLAIN, manifest->hosts[i].name);
		(void)printf(", %s\n", uses[manifest->hosts[i].use & 7u]);
	}
}

/* The marks of a field or parameter: "secret, required, default: x". */
static int append_mark(struct buffer *out, const char *mark, const char *text)
{
	if (out->length > 0 && buffer_append_text(out, ", ") < 0)
		return -1;
	if (buffer_append_text(out, mark) < 0)
		return -1;
	return text ? buffer_append_text(out, text) : 0;
}

static int add_cells(struct output_table *table, const char *id, const char *label, struct buffer *marks,
	const char *help, struct error *error)
{
	const char *text = buffer_text(marks);

	if (!text)
		return error_memory(error);
	if (output_cell(table, "", error) < 0 || output_cell(table, id, error) < 0 ||
		output_cell(table, label, error) < 0 || output_cell(table, text, error) < 0 ||
		output_cell(table, help ? help : "", error) < 0)
		return -1;
	marks->length = 0;
	return 0;
}

static int head_cells(struct output_table *table, const char *const *names, struct error *error)
{
	for (size_t i = 0; i < table->columns; i++)
		if (output_cell(table, names[i], error) < 0)
			return -1;
	return 0;
}

static int show_fields(const struct manifest_auth *auth, struct error *error)
{
	static const char *const head[] = { "", "FIELD", "NAME", "", "" };
	struct output_table table = { .columns = 5 };
	struct buffer marks = BUFFER_INIT(CELL_MAX);
	int result = head_cells(&table, head, error);

	for (size_t i = 0; result == 0 && i < auth->field_count; i++) {
		const struct manifest_field *field = &auth->fields[i];

		if (field->type == FIELD_SECRET)
			(void)append_mark(&marks, "secret", NULL);
		if (field->required)
			(void)append_mark(&marks, "required", NULL);
		if (field->advanced)
			(void)append_mark(&marks, "advanced", NULL);
		if (field->type == FIELD_REDIRECT)
			(void)append_mark(&marks, "redirect URL", NULL);
		if (field->level == FIELD_PROFILE)
			(void)append_mark(&marks, "of the profile", NULL);
		if (field->found_by)
			(void)append_mark(&marks, "found by ", field->found_by);
		result = add_cells(&table, field->id, field->label, &marks, field->help, error);
	}
	if (result == 0)
		output_table_print(&table);
	output_table_clear(&table);
	buffer_clear(&marks);
	return result;
}

static int show_auths(const struct manifest *manifest, struct error *error)
{
	static const char *const grants[] = { "fields sent as they are", "client credentials",
		"authorization code", "a token request of its own kind" };

	for (size_t i = 0; i < manifest->auth_count; i++) {
		const struct manifest_auth *auth = &manifest->auths[i];

		(void)fputc('\n', stdout);
		output_text(stdout, OUTPUT_BOLD, "Auth ");
		output_text(stdout, OUTPUT_BOLD, auth->id);
		(void)fputs(": ", stdout);
		output_text(stdout, OUTPUT_PLAIN, auth->label);
		(void)printf(" (%s)\n", grants[auth->grant]);
		if (auth->fields_of)
			line("fields", auth->fields_of);
		else if (show_fields(auth, error) < 0)
			return -1;
	}
	return 0;
}

static void show_scopes(const struct manifest *manifest)
{
	if (manifest->scope_count > 0)
		heading("Scopes");
	for (size_t i = 0; i < manifest->scope_count; i++) {
		const struct manifest_scope *scope = &manifest->scopes[i];

		(void)fputs("  ", stdout);
		output_text(stdout, OUTPUT_PLAIN, scope->id);
		if (scope->label) {
			(void)fputs("  ", stdout);
			output_text(stdout, OUTPUT_DIM, scope->label);
		}
		if (scope->certainty == SCOPE_ASSUMED)
			(void)fputs("  (assumed)", stdout);
		(void)fputc('\n', stdout);
	}
}

/* Names of actions or fields, which terminals don't obey. Of many, a terminal shows
 * some: the manifest has all. */
static void show_names(const struct manifest_texts *names)
{
	enum { SOME = 4 };
	size_t shown = names->count > SOME + 1 && isatty(STDOUT_FILENO) ? SOME : names->count;

	for (size_t i = 0; i < shown; i++)
		(void)printf("%s %s", i ? "," : "", names->items[i]);
	if (shown < names->count)
		(void)printf(" and %zu more", names->count - shown);
	(void)fputc('\n', stdout);
}

/* "id=, [after_date=]": required ones plain, the others in brackets. */
static int append_parameters(struct buffer *out, const struct manifest_action *action)
{
	for (size_t i = 0; i < action->parameter_count; i++) {
		const struct manifest_parameter *parameter = &action->parameters[i];

		const char *value = parameter->list ? "…,…" : "…";

		if (buffer_format(out, parameter->required ? "%s%s=%s" : "%s[%s=%s]", i ? " " : "",
			    parameter->id, value) < 0)
			return -1;
	}
	return 0;
}

static int append_scopes(struct buffer *out, const struct manifest_action *action)
{
	for (size_t i = 0; i < action->scopes.count; i++)
		if (append_mark(out, action->scopes.items[i], NULL) < 0)
			return -1;
	return 0;
}

static int show_action(struct output_table *table, const struct manifest_action *action, struct error *error)
{
	struct buffer parameters = BUFFER_INIT(CELL_MAX);
	struct buffer scopes = BUFFER_INIT(CELL_MAX);
	const char *texts[5] = { "", action->id, action->model, NULL, NULL };
	int result = 0;

	if (append_parameters(&parameters, action) == 0 && append_scopes(&scopes, action) == 0) {
		texts[3] = buffer_text(&scopes);
		texts[4] = buffer_text(&parameters);
	}
	for (size_t i = 0; result == 0 && i < 5; i++)
		result = texts[i] ? output_cell(table, texts[i], error) : error_memory(error);
	buffer_clear(&parameters);
	buffer_clear(&scopes);
	return result;
}

static int show_actions(const struct manifest *manifest, struct error *error)
{
	static const char *const head[] = { "", "ACTION", "MODEL", "SCOPES", "PARAMETERS" };
	struct output_table table = { .columns = 5 };
	int result = head_cells(&table, head, error);

	(void)fputc('\n', stdout);
	for (size_t i = 0; result == 0 && i < manifest->action_count; i++)
		result = show_action(&table, &manifest->actions[i], error);
	if (result == 0)
		output_table_print(&table);
	output_table_clear(&table);
	return result;
}

static void show_each(const struct manifest *manifest, const struct manifest_each *each)
{
	const char *unit = each->over == EACH_DAYS ? "day" : "month";

	if (each->over == EACH_RECORDS)
		(void)printf("for each %s of %s, which gives %s\n",
			manifest_action(manifest, each->action)->model, each->action, each->to);
	else
		(void)printf("from %s to %s, at most %u %s%s at once\n", each->from, each->to,
			(unsigned)each->count, unit, each->count == 1 ? "" : "s");
}

/* So that what is said of actions stands in a column, as in their table. */
static int widest_id(const struct manifest *manifest)
{
	size_t widest = 0;

	for (size_t i = 0; i < manifest->action_count; i++)
		if (strlen(manifest->actions[i].id) > widest)
			widest = strlen(manifest->actions[i].id);
	return (int)widest;
}

/* What an action is repeated over. Actions, models and parameters have ids, which terminals don't obey. */
static void show_iterations(const struct manifest *manifest)
{
	bool any = false;

	for (size_t i = 0; i < manifest->action_count; i++) {
		const struct manifest_action *action = &manifest->actions[i];

		for (size_t k = 0; k < action->each_count; k++) {
			if (!any)
				heading("Repeated");
			any = true;
			(void)printf("  %-*s  ", widest_id(manifest), action->id);
			show_each(manifest, &action->each[k]);
		}
	}
}

static void show_completions(const struct manifest *manifest)
{
	bool any = false;

	for (size_t i = 0; i < manifest->action_count; i++) {
		const struct manifest_action *action = &manifest->actions[i];

		for (size_t k = 0; k < action->completion_count; k++) {
			if (!any)
				heading("Completed");
			any = true;
			(void)printf("  %-*s  by %s:", widest_id(manifest), action->id,
				action->completions[k].action);
			show_names(&action->completions[k].fields);
		}
	}
}

/* "30 requests a second": of a few periods people say the name. */
static void show_rate(const struct manifest_limit *limit)
{
	static const struct {
		uint32_t seconds;
		const char *name;
	} periods[] = { { 1, "a second" }, { 60, "a minute" }, { 3600, "an hour" }, { 86400, "a day" } };

	(void)printf("%u request%s ", (unsigned)limit->count, limit->count == 1 ? "" : "s");
	for (size_t i = 0; i < sizeof periods / sizeof periods[0]; i++)
		if (periods[i].seconds == limit->seconds) {
			(void)fputs(periods[i].name, stdout);
			return;
		}
	(void)printf("in %u seconds", (unsigned)limit->seconds);
}

static void show_limits(const struct manifest *manifest)
{
	static const char *const per[] = { "account", "app", "endpoint", "address" };

	if (manifest->limit_count > 0)
		heading("Limits");
	for (size_t i = 0; i < manifest->limit_count; i++) {
		const struct manifest_limit *limit = &manifest->limits[i];

		(void)fputs("  ", stdout);
		show_rate(limit);
		(void)printf(", by %s%s", per[limit->per], limit->actions.count ? ", only" : "");
		show_names(&limit->actions);
	}
}

static int show(const struct provider *provider, struct error *error)
{
	const struct manifest *manifest = provider->manifest;

	show_head(manifest, provider);
	if (show_auths(manifest, error) < 0)
		return -1;
	show_scopes(manifest);
	if (show_actions(manifest, error) < 0)
		return -1;
	show_iterations(manifest);
	show_completions(manifest);
	show_limits(manifest);
	return 0;
}

static int run(const struct arguments *arguments, struct error *error)
{
	const struct provider *provider;
	struct session session = { .catalog = NULL };
	int result = -1;

	if (arguments_words(arguments, 1, 1, "PROVIDER", error) < 0 ||
		session_open(&session, arguments, error) < 0 ||
		catalog_provider(&provider, session.catalog, arguments->words[0], error) < 0)
		goto out;
	if (arguments_flag(arguments, "json"))
		result = output_json_take(
			json_incref((json_t *)(uintptr_t)provider->manifest->json), false, error);
	else
		result = show(provider, error);
out:
	session_close(&session);
	return result;
}

static const struct option options[] = {
	OPTION_JSON,
	OPTION_PLUGIN_PATH,
};

const struct command command_show = {
	.name = "show",
	.summary = "Show a connector's fields, scopes, actions and hosts.",
	.usage = "PROVIDER [--json]",
	.details = "With --json this is the connector's whole manifest.",
	.options = options,
	.option_count = sizeof options / sizeof options[0],
	.run = run,
};
