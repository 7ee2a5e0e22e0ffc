/* Templates: text with references in braces, "Bearer {token}". Read in one pass; what a reference stands for
 * is never looked at again. */
#ifndef MUSTER_CATALOG_TEMPLATE_H
#define MUSTER_CATALOG_TEMPLATE_H

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

/* Is this the reference to such a thing ("field."), and which: then *id points at its id, inside the part,
 * *length bytes. */
bool template_is(const struct template_part *part, const char *prefix, const char **id, size_t *length);

#endif
