/* muster: the command table and the way into it. */
#include "config.h"

#include "cli/command.h"
#include "cli/help.h"
#include "cli/output.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* A user who says nothing is shown the commands, but a script that does so has failed. */
#define EXIT_USAGE 2

const struct command *const command_table[] = {
	&command_list,
	&command_show,
	&command_guide,
	&command_validate,
	&command_profile,
	&command_link,
	&command_unlink,
	&command_account,
	&command_run,
	&command_api,
	&command_sandbox,
	&command_key,
	&command_audit,
	&command_backup,
	&command_restore,
	&command_doctor,
	&command_help,
	NULL,
};

static int run_command(const struct command *command, int argc, char **argv, struct error *error)
{
	struct arguments arguments;
	int status;

	if (arguments_parse(&arguments, command->options, command->option_count, argc, argv, error) < 0) {
		if (!error->hint[0])
			(void)error_hint(error, "See 'muster help %s'.", command->name);
		return -1;
	}
	if (arguments_flag(&arguments, "help")) {
		help_command(stdout, command);
		status = 0;
	} else {
		status = command->run(&arguments, error);
		if (status < 0 && error->code == ERROR_USAGE && !error->hint[0])
			(void)error_hint(error, "See 'muster help %s'.", command->name);
	}
	arguments_clear(&arguments);
	return status;
}

/* Options before any command. */
static int run_global(const char *option, struct error *error)
{
	if (strcmp(option, "--help") == 0 || strcmp(option, "-h") == 0) {
		help_overview(stdout);
		return 0;
	}
	if (strcmp(option, "--version") == 0 || strcmp(option, "-V") == 0) {
		(void)puts(PACKAGE_STRING);
		return 0;
	}
	(void)error_set(error, ERROR_USAGE, "A command comes first, then its options.");
	return error_hint(error, "'muster --help' lists the commands.");
}

/* Whoever starts us may have closed 0, 1 or 2: what is opened next would take their place and be written to
 * as if it were stdout. Something that can't be written stands there instead. */
static int fill_descriptors(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDONLY);
	} while (fd >= 0 && fd <= STDERR_FILENO);
	return fd < 0 ? -1 : close(fd);
}

/* A core would hold secrets. */
static int forbid_cores(void)
{
	const struct rlimit none = { 0, 0 };

	return setrlimit(RLIMIT_CORE, &none);
}

int main(int argc, char **argv)
{
	struct error error = { 0 };
	const struct command *command;
	int status;

	if (fill_descriptors() < 0 || forbid_cores() < 0)
		return EXIT_FAILURE;
	(void)signal(SIGPIPE, SIG_IGN);
	if (argc < 2) {
		help_overview(stderr);
		return EXIT_USAGE;
	}
	command = command_find(argv[1]);
	if (argv[1][0] == '-')
		status = run_global(argv[1], &error);
	else if (!command)
		status = command_unknown(argv[1], &error);
	else
		status = run_command(command, argc - 2, argv + 2, &error);
	if (status >= 0 && output_finish(&error) < 0)
		status = -1;
	if (status >= 0)
		return status;
	(void)fflush(stdout);
	output_error(&error, arguments_json(argc - 1, argv + 1));
	return error_exit_status(&error);
}
