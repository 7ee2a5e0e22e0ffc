/* Did you mean …? The few known names that come closest to what was given. */
#ifndef MUSTER_CATALOG_NEAREST_H
#define MUSTER_CATALOG_NEAREST_H

#include <stdbool.h>
#include <stddef.h>

enum { NEAREST_NAMES = 3 };

struct nearest {
	const char *given;
	const char *names[NEAREST_NAMES]; /* best first */
	size_t distances[NEAREST_NAMES];
	size_t count;
};

void nearest_init(struct nearest *nearest, const char *given);

/* A known name; borrowed. The same again changes nothing. */
void nearest_offer(struct nearest *nearest, const char *name);

/* "a", "a or b", "a, b or c" into out; false when no name came near. */
bool nearest_text(char *out, size_t size, const struct nearest *nearest);

#endif
