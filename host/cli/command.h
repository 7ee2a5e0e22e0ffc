/* A command of muster: what it is called, what it takes, what it does. main.c holds the table; each
 * command has a file of its own here. */
#ifndef MUSTER_CLI_COMMAND_H
#define MUSTER_CLI_COMMAND_H

#include "base/error.h"
#include "cli/options.h"

struct command {
	const char *name;
	const char *summary; /* one line, an imperative */
	const char *usage;   /* what follows the name: "PROVIDER [key=value…]" */
	const char *details; /* paragraphs for --help, parted by empty lines; NULL: none */
	const struct option *options;
	size_t option_count;
	/* Returns the exit status, or -1 with the error set, which main prints. */
	int (*run)(const struct arguments *arguments, struct error *error);
};

/* Every command, in the order of the help; ends with NULL. */
extern const struct command *const command_table[];

extern const struct command command_list;
extern const struct command command_show;
extern const struct command command_guide;
extern const struct command command_validate;
extern const struct command command_sandbox;
extern const struct command command_profile;
extern const struct command command_link;
extern const struct command command_unlink;
extern const struct command command_account;
extern const struct command command_run;
extern const struct command command_api;
extern const struct command command_key;
extern const struct command command_audit;
extern const struct command command_backup;
extern const struct command command_restore;
extern const struct command command_doctor;
extern const struct command command_help;

/* The command of this name, or NULL. */
const struct command *command_find(const char *name);

/* Says that there is no such command, and which is meant. Returns -1. */
int command_unknown(const char *name, struct error *error);

#endif
