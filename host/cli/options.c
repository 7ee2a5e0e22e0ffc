#include "config.h"

#include "cli/options.h"

#include "base/text.h"
#include "catalog/nearest.h"
#include "cli/output.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define HELP_COLUMNS 80
#define HELP_INDENT 24

/* One option as it was given. */
struct argument {
	const struct option *option;
	const char *value; /* NULL: a flag */
};

static const struct option help_option = { .name = "help", .letter = 'h', .help = "Show this help." };

static const struct option *find_long(const struct arguments *arguments, const char *name, size_t length)
{
	if (strlen(help_option.name) == length && strncmp(help_option.name, name, length) == 0)
		return &help_option;
	for (size_t i = 0; i < arguments->option_count; i++) {
		const struct option *option = &arguments->options[i];

		if (strlen(option->name) == length && strncmp(option->name, name, length) == 0)
			return option;
	}
	return NULL;
}

static const struct option *find_letter(const struct arguments *arguments, char letter)
{
	if (letter == help_option.letter)
		return &help_option;
	for (size_t i = 0; i < arguments->option_count; i++)
		if (arguments->options[i].letter == letter)
			return &arguments->options[i];
	return NULL;
}

static int unknown_option(
	const struct arguments *arguments, const char *name, size_t length, struct error *error)
{
	struct nearest nearest;
	char given[64];
	char names[192];

	text_clean(given, sizeof given, name, length);
	nearest_init(&nearest, given);
	for (size_t i = 0; i < arguments->option_count; i++)
		nearest_offer(&nearest, arguments->options[i].name);
	(void)error_set(error, ERROR_USAGE, "There is no option --%s.", given);
	if (nearest_text(names, sizeof names, &nearest))
		return error_hint(error, "Do you mean --%s? --help shows all options.", names);
	return error_hint(error, "--help shows the options.");
}

static int add_option(
	struct arguments *arguments, const struct option *option, const char *value, struct error *error)
{
	for (size_t i = 0; !option->repeated && option->value && i < arguments->given_count; i++)
		if (arguments->given[i].option == option)
			return error_set(error, ERROR_USAGE, "--%s is given twice.", option->name);
	arguments->given[arguments->given_count++] = (struct argument){ option, value };
	return 0;
}

/* --name, --name=VALUE, --name VALUE; *at moves over a value that stands apart. */
static int take_long(struct arguments *arguments, int *at, int argc, char **argv, struct error *error)
{
	const char *name = argv[*at] + 2;
	size_t length = strcspn(name, "=");
	const char *value = name[length] == '=' ? name + length + 1 : NULL;
	const struct option *option = find_long(arguments, name, length);

	if (!option)
		return unknown_option(arguments, name, length, error);
	if (!option->value && value)
		return error_set(error, ERROR_USAGE, "--%s takes no value.", option->name);
	if (option->value && !value) {
		if (*at + 1 == argc)
			return error_set(error, ERROR_USAGE, "--%s needs a value: --%s %s.", option->name,
				option->name, option->value);
		value = argv[++*at];
	}
	return add_option(arguments, option, value, error);
}

/* -h, -nVALUE, -n VALUE, and several flags in one word. */
static int take_short(struct arguments *arguments, int *at, int argc, char **argv, struct error *error)
{
	const char *word = argv[*at];

	for (size_t i = 1; word[i]; i++) {
		const struct option *option = find_letter(arguments, word[i]);
		const char *value = NULL;

		if (!option) {
			char given[8];

			text_clean(given, sizeof given, word + i, 1);
			return error_set(error, ERROR_USAGE, "There is no option -%s.", given);
		}
		if (option->value) {
			value = word[i + 1] ? word + i + 1 : NULL;
			if (!value && *at + 1 == argc)
				return error_set(error, ERROR_USAGE, "-%c needs a value: -%c %s.",
					option->letter, option->letter, option->value);
			if (!value)
				value = argv[++*at];
			return add_option(arguments, option, value, error);
		}
		/* A word holds more flags than the array has room for only if they repeat. */
		if (arguments_flag(arguments, option->name))
			continue;
		if (add_option(arguments, option, NULL, error) < 0)
			return -1;
	}
	return 0;
}

int arguments_parse(struct arguments *out, const struct option *options, size_t option_count, int argc,
	char **argv, struct error *error)
{
	size_t room = (size_t)argc + option_count + 1;
	bool only_words = false;

	*out = (struct arguments){ .options = options, .option_count = option_count };
	out->given = calloc(room, sizeof *out->given);
	out->words = calloc(room, sizeof *out->words);
	if (!out->given || !out->words) {
		arguments_clear(out);
		return error_memory(error);
	}
	for (int at = 0; at < argc; at++) {
		const char *word = argv[at];
		int result = 0;

		if (only_words || word[0] != '-' || word[1] == '\0') {
			out->words[out->word_count++] = argv[at];
		} else if (strcmp(word, "--") == 0) {
			only_words = true;
			out->dashes = out->word_count;
		} else if (word[1] == '-') {
			result = take_long(out, &at, argc, argv, error);
		} else {
			result = take_short(out, &at, argc, argv, error);
		}
		if (result < 0) {
			arguments_clear(out);
			return -1;
		}
	}
	if (!only_words)
		out->dashes = out->word_count;
	return 0;
}

void arguments_clear(struct arguments *arguments)
{
	free(arguments->given);
	free(arguments->words);
	*arguments = (struct arguments){ 0 };
}

bool arguments_flag(const struct arguments *arguments, const char *name)
{
	for (size_t i = 0; i < arguments->given_count; i++)
		if (strcmp(arguments->given[i].option->name, name) == 0)
			return true;
	return false;
}

const char *arguments_text(const struct arguments *arguments, const char *name, const char *fallback)
{
	const char *value = fallback;
	const char *next;
	size_t position = 0;

	while ((next = arguments_next(&position, arguments, name)))
		value = next;
	return value;
}

const char *arguments_next(size_t *position, const struct arguments *arguments, const char *name)
{
	while (*position < arguments->given_count) {
		const struct argument *given = &arguments->given[(*position)++];

		if (given->value && strcmp(given->option->name, name) == 0)
			return given->value;
	}
	return NULL;
}

int arguments_number(uint64_t *out, const struct arguments *arguments, const char *name, uint64_t least,
	uint64_t most, uint64_t fallback, struct error *error)
{
	const char *text = arguments_text(arguments, name, NULL);
	uint64_t value = fallback;

	if (text && (text_to_u64(&value, text) < 0 || value < least || value > most)) {
		if (most == UINT64_MAX)
			return error_set(error, ERROR_USAGE,
				"--%s needs a whole number, at least %" PRIu64 ".", name, least);
		return error_set(error, ERROR_USAGE,
			"--%s needs a whole number from %" PRIu64 " to %" PRIu64 ".", name, least, most);
	}
	*out = value;
	return 0;
}

int arguments_words(const struct arguments *arguments, size_t least, size_t most, const char *missing,
	struct error *error)
{
	char word[128];

	if (arguments->word_count < least) {
		const char *last = strstr(missing, " and ");

		if (last && arguments->word_count > 0)
			return error_set(error, ERROR_USAGE, "%s is missing.", last + strlen(" and "));
		return error_set(error, ERROR_USAGE, "%s %s missing.", missing, last ? "are" : "is");
	}
	if (arguments->word_count <= most)
		return 0;
	text_clean(word, sizeof word, arguments->words[most], strlen(arguments->words[most]));
	return error_set(error, ERROR_USAGE, "'%s' is one word too many.", word);
}

bool arguments_json(int argc, char **argv)
{
	for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], "--json") == 0)
			return true;
	return false;
}

/* Prints one line's words up to the end of the line, wrapped. Returns what follows. */
static const char *wrap_line(FILE *file, const char *text, size_t *column, size_t indent)
{
	size_t columns = output_columns(file);
	bool fresh = true;

	if (columns > HELP_COLUMNS)
		columns = HELP_COLUMNS;

	while (*text && *text != '\n') {
		size_t length = strcspn(text, " \n");
		size_t width = text_width(text, length);

		if (length == 0) {
			text++;
			continue;
		}
		if (!fresh && *column + 1 + width > columns) {
			(void)fprintf(file, "\n%*s", (int)indent, "");
			*column = indent;
		} else if (!fresh) {
			(void)fputc(' ', file);
			*column += 1;
		}
		text_print(file, text, length, false);
		*column += width;
		text += length;
		fresh = false;
	}
	return text;
}

void options_wrap(FILE *file, const char *text, size_t column, size_t indent)
{
	while (*text) {
		if (*text == ' ') {
			size_t length = strcspn(text, "\n");

			text_print(file, text, length, false);
			text += length;
		} else {
			text = wrap_line(file, text, &column, indent);
		}
		if (*text == '\n') {
			text++;
			(void)fputc('\n', file);
			if (*text && *text != '\n')
				(void)fprintf(file, "%*s", (int)indent, "");
			column = indent;
		}
	}
	(void)fputc('\n', file);
}

static void print_option(FILE *file, const struct option *option)
{
	char name[64];
	int length;

	if (option->letter)
		length = snprintf(name, sizeof name, "  -%c, --%s%s%s", option->letter, option->name,
			option->value ? " " : "", option->value ? option->value : "");
	else
		length = snprintf(name, sizeof name, "  --%s%s%s", option->name, option->value ? " " : "",
			option->value ? option->value : "");
	(void)fputs(name, file);
	if (length + 2 > HELP_INDENT)
		(void)fprintf(file, "\n%*s", HELP_INDENT, "");
	else
		(void)fprintf(file, "%*s", HELP_INDENT - length, "");
	options_wrap(file, option->help, HELP_INDENT, HELP_INDENT);
}

void options_help(FILE *file, const struct option *options, size_t option_count)
{
	for (size_t i = 0; i < option_count; i++)
		print_option(file, &options[i]);
	print_option(file, &help_option);
}
