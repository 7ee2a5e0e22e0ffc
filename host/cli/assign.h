/* Words of the form key=value: what a person says of fields and parameters on the command line. */
#ifndef MUSTER_CLI_ASSIGN_H
#define MUSTER_CLI_ASSIGN_H

#include "base/error.h"
#include "catalog/entries.h"
#include "cli/options.h"

#include <stddef.h>

/* Reads the words from the index first on: key=value is a literal, key@FILE the content of a file without its
 * last line break, key@- that of stdin (once). A key twice is an error. The error is ERROR_USAGE. */
int assign_read(struct entries *out, const struct arguments *arguments, size_t first, struct error *error);

/* Reads a credentials file: a JSON object of ids and texts; "-" is stdin. Warns when others can read it. The
 * error is BAD_CREDENTIALS_FILE. */
int assign_read_credentials(struct entries *out, const char *path, struct error *error);

#endif
