/* Drives a page over a body that is cut up, as the tests of map and page need it. */
#ifndef MUSTER_TESTS_READING_H
#define MUSTER_TESTS_READING_H

#include "base/buffer.h"
#include "base/error.h"
#include "runner/page.h"

#include <stddef.h>

/* What came of a body. */
struct reading {
	struct buffer text; /* of each record its key, a space, itself, a line break */
	size_t records;
	size_t early; /* records read before the next page was known */
	int result;   /* of page_read() */
	enum error_code code;
	char message[512];
	enum page_next next;
	char link[128]; /* to the next page */
};

struct reading_cut {
	size_t first; /* bytes of the first piece */
	size_t step;  /* bytes of all others */
};

void reading_init(struct reading *reading);
void reading_clear(struct reading *reading);

/* Reads a body with a page that may have been used before. Every piece lies in memory of its own, which is
 * gone as soon as the page may not look at it any more. */
void reading_body(
	struct reading *reading, struct page *page, const char *body, size_t length, struct reading_cut cut);

/* Reads the body whole, cut once at every boundary, and in pieces of 1, 2 and 7 bytes; fails the test unless
 * it comes to the same each time. */
void reading_all(struct reading *reading, const struct muster_action *action,
	const struct map_options *options, const char *body, size_t length);

#endif
