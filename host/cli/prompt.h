/* Asking the person at the terminal, on /dev/tty: never a script, never a pipe. */
#ifndef MUSTER_CLI_PROMPT_H
#define MUSTER_CLI_PROMPT_H

#include "base/buffer.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

struct prompt {
	const char *label;
	const char *help;     /* a sentence, or NULL */
	const char *shape;    /* what is allowed, or NULL */
	const char *fallback; /* taken when nothing is entered; NULL: none */
	bool secret;          /* is not shown while it is entered */
};

/* Is there a person to be asked? */
bool prompt_possible(void);

/* Reads one line into out, which has room enough. INTERRUPTED when the input ends instead. A signal that ends
 * or stops the program finds the terminal as it was. */
int prompt_line(struct buffer *out, const struct prompt *prompt, struct error *error);

/* A question to be answered by yes or no; Enter is what *yes holds. */
int prompt_confirm(bool *yes, const char *question, struct error *error);

/* One of several lines, by its number, from 0. */
int prompt_choose(
	size_t *choice, const char *label, const char *const *lines, size_t count, struct error *error);

#endif
