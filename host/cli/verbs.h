/* Commands that have verbs of their own: 'muster key show', 'muster key rotate'. The
 * first word is the verb. */
#ifndef MUSTER_CLI_VERBS_H
#define MUSTER_CLI_VERBS_H

#include "base/error.h"
#include "cli/options.h"

#include <stddef.h>

struct verb {
	const char *name;
	size_t least, most;  /* words after the verb */
	const char *missing; /* what is missing when there are fewer: "NAME" */
	/* words[0] is the verb. Returns the exit status, or -1 with the error set. */
	int (*run)(const struct arguments *arguments, struct error *error);
};

/* Runs the verb that the first word names; USAGE lists them when it names none. */
int verbs_run(const struct verb *verbs, size_t count, const struct arguments *arguments, struct error *error);

#endif
