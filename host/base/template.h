/* Templates: text with references in braces, "Bearer {token}". Read in one pass; what a reference stands for
 * is never looked at again. */
#ifndef MUSTER_BASE_TEMPLATE_H
#define MUSTER_BASE_TEMPLATE_H

#include <stdbool.h>
#include <stddef.h>

struct template_part {
	bool reference; /* else literal text */
	const char *text;
	size_t length;
};

/* The next part: 1, or 0 at the end, or -1 where a brace stands alone. *rest starts as the template. "{{"
 * and "}}" come as literals of one brace. */
int template_next(struct template_part *part, const char **rest);

/* Is this just the reference {name}? */
bool template_is(const struct template_part *part, const char *name);

enum { TEMPLATE_ID_SIZE = 64 };

/* Is this a reference to such a thing ("field.")? Then id becomes what follows: that of the thing, if it is
 * one. */
bool template_id(char id[TEMPLATE_ID_SIZE], const struct template_part *part, const char *kind);

#endif
