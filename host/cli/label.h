/* Labels on the command line: key=value, and key= for one that is to go. */
#ifndef MUSTER_CLI_LABEL_H
#define MUSTER_CLI_LABEL_H

#include "base/error.h"
#include "cli/options.h"

#include <jansson.h>

/* Reads the words from the index first on, or each --label, into an object of texts that the caller owns. Only its form is
 * looked at: USAGE; what a label may be, store/labels.h says. */
int label_words(json_t **out, const struct arguments *arguments, size_t first, struct error *error);
int label_options(json_t **out, const struct arguments *arguments, struct error *error);

#endif
