/* The command line: options by a table, then words. The same table makes the help. */
#ifndef MUSTER_CLI_OPTIONS_H
#define MUSTER_CLI_OPTIONS_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct option {
	const char *name;  /* "format", given as --format */
	const char *value; /* what its value is called in the help: "FILE"; NULL: a flag */
	const char *help;  /* what it does, one sentence */
	char letter;       /* given as -f too; 0: long only */
	bool repeated;     /* may be given several times; else twice is an error */
};

/* Options that many commands share. */
/* clang-format off */
#define OPTION_JSON \
	{ .name = "json", .help = "Print JSON; an error too, on stderr." }
#define OPTION_PLUGIN_PATH \
	{ .name = "plugin-path", .value = "DIRS", \
		.help = "Look for connectors here first; several folders are parted by colons." }
/* clang-format on */

/* clang-format off */
#define OPTION_DATA_DIR \
	{ .name = "data-dir", .value = "DIR", \
		.help = "Where profiles and accounts are kept, in place of MUSTER_DATA_DIR." }
/* clang-format on */

/* What was given: options as they came, and the words that are none. */
struct arguments {
	const struct option *options;
	size_t option_count;
	struct argument *given; /* owned */
	size_t given_count;
	char **words; /* the array is owned, the texts are argv's */
	size_t word_count;
	size_t dashes; /* how many words stood before "--"; word_count if it was not given */
};

/* Takes argv apart: --name VALUE, --name=VALUE, -n VALUE, -nVALUE; after "--" all are words. --help
 * and -h are known to every command. The error is ERROR_USAGE and names the nearest option. */
int arguments_parse(struct arguments *out, const struct option *options, size_t option_count, int argc,
	char **argv, struct error *error);
void arguments_clear(struct arguments *arguments);

/* Was it given? */
bool arguments_flag(const struct arguments *arguments, const char *name);

/* Its value, or fallback when it was not given; the last one if it is repeated. */
const char *arguments_text(const struct arguments *arguments, const char *name, const char *fallback);

/* The next value of a repeated option, NULL after the last. *position starts at 0. */
const char *arguments_next(size_t *position, const struct arguments *arguments, const char *name);

/* Its value as a number from least to most, or fallback. */
int arguments_number(uint64_t *out, const struct arguments *arguments, const char *name, uint64_t least,
	uint64_t most, uint64_t fallback, struct error *error);

/* Refuses fewer than least or more than most words; missing names what is missing: "PROVIDER",
 * "PROVIDER and ACTION". */
int arguments_words(const struct arguments *arguments, size_t least, size_t most, const char *missing,
	struct error *error);

/* Was --json among the arguments? For errors about the arguments themselves. */
bool arguments_json(int argc, char **argv);

/* Prints the options as the help shows them. */
void options_help(FILE *file, const struct option *options, size_t option_count);

/* Prints a text wrapped at 80 columns, or at the edge of a narrower terminal, every line but the first indented by indent columns; column
 * is where the cursor stands. Empty lines part paragraphs; lines that begin with a space stay as
 * they are. */
void options_wrap(FILE *file, const char *text, size_t column, size_t indent);

#endif
