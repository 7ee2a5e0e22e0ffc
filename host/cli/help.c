/* muster help [COMMAND], and the help of every command. */
#include "config.h"

#include "cli/help.h"

#include "base/text.h"
#include "catalog/nearest.h"
#include "cli/command.h"
#include "cli/output.h"

#include <string.h>

const struct command *command_find(const char *name)
{
	for (size_t i = 0; command_table[i]; i++)
		if (strcmp(command_table[i]->name, name) == 0)
			return command_table[i];
	return NULL;
}

int command_unknown(const char *name, struct error *error)
{
	struct nearest nearest;
	char given[64];
	char names[192];

	text_clean(given, sizeof given, name, strlen(name));
	nearest_init(&nearest, given);
	for (size_t i = 0; command_table[i]; i++)
		nearest_offer(&nearest, command_table[i]->name);
	(void)error_set(error, ERROR_USAGE, "There is no command '%s'.", given);
	if (nearest_text(names, sizeof names, &nearest))
		return error_hint(error, "Do you mean 'muster %s'?", names);
	return error_hint(error, "'muster --help' lists the commands.");
}

void help_overview(FILE *file)
{
	enum { INDENT = 13 };

	options_wrap(file, "muster connects software to the HR systems that companies already use.", 0, 0);
	(void)fputs("\nusage: muster COMMAND …\n\n", file);
	for (size_t i = 0; command_table[i]; i++) {
		(void)fprintf(file, "  %-10s ", command_table[i]->name);
		options_wrap(file, command_table[i]->summary, INDENT, INDENT);
	}
	(void)fputc('\n', file);
	options_wrap(file, "'muster help COMMAND' tells more about one. Begin with 'muster list'.", 0, 0);
}

void help_command(FILE *file, const struct command *command)
{
	static const char usage[] = "usage: muster ";

	(void)fputs(usage, file);
	(void)fputs(command->name, file);
	if (command->usage[0])
		(void)fputc(' ', file);
	options_wrap(file, command->usage, sizeof usage + strlen(command->name),
		sizeof usage + strlen(command->name));
	(void)fputc('\n', file);
	options_wrap(file, command->summary, 0, 0);
	if (command->details) {
		(void)fputc('\n', file);
		options_wrap(file, command->details, 0, 0);
	}
	(void)fputs("\noptions:\n", file);
	options_help(file, command->options, command->option_count);
}

static int run(const struct arguments *arguments, struct error *error)
{
	const struct command *command;

	if (arguments_words(arguments, 0, 1, "", error) < 0)
		return -1;
	if (arguments->word_count == 0) {
		help_overview(stdout);
		return 0;
	}
	command = command_find(arguments->words[0]);
	if (!command)
		return command_unknown(arguments->words[0], error);
	help_command(stdout, command);
	return 0;
}

const struct command command_help = {
	.name = "help",
	.summary = "Explain muster, or one command.",
	.usage = "[COMMAND]",
	.run = run,
};
