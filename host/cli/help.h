/* The words of --help, made from the command table. */
#ifndef MUSTER_CLI_HELP_H
#define MUSTER_CLI_HELP_H

#include <stdio.h>

struct command;

/* What muster is and which commands it has. */
void help_overview(FILE *file);

/* All about one command. */
void help_command(FILE *file, const struct command *command);

#endif
