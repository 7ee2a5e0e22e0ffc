/* From a paging value to the URL of the next page. The value is the provider's, so it is hostile: a
 * link leads to the same origin or nowhere. */
#ifndef MUSTER_RUNNER_PAGING_H
#define MUSTER_RUNNER_PAGING_H

#include "base/buffer.h"
#include "base/error.h"

#include <muster/plugin.h>
#include <stddef.h>
#include <stdint.h>

#define PAGING_URL_LIMIT 8192 /* bytes of a URL or of a paging value */

/* The page whose body held the value. */
struct paging_page {
	const char *first;   /* https URL of the first page */
	const char *current; /* of this one */
	uint64_t number;     /* of this one; the first is 1 */
};

/* Puts the URL of the next page into *url, in place of what it holds: 1. Or 0: there is none, this one was
 * the last of a known number. The value is a link, resolved against the current URL (RFC 3986, section 5); or
 * a cursor, or a link that holds one, put into the first URL's query in place of the one there; or the number
 * of pages. Errors: foreign_link (another origin), repeated_cursor (the current page again), malformed_body
 * (no URL, no cursor in it, no number). */
int paging_next(struct buffer *url, const struct muster_paging *row, const char *value, size_t length,
	const struct paging_page *page, struct error *error);

#endif
