/* From a paging value to the URL of the next page. The value is the provider's, so it is hostile: a
 * link leads to the same origin or nowhere. */
#ifndef MUSTER_RUNNER_PAGING_H
#define MUSTER_RUNNER_PAGING_H

#include "base/buffer.h"
#include "base/error.h"

#include <muster/plugin.h>
#include <stddef.h>

#define PAGING_URL_LIMIT 8192 /* bytes of a URL or of a paging value */

/* Puts the URL of the next page into *url, in place of what it holds. The value is a link, resolved
 * against the current URL (RFC 3986, section 5), or a cursor, put into the first URL's query in
 * place of the one there. first and current are https URLs. Errors: foreign_link (another origin),
 * repeated_cursor (the current page again), malformed_body (no URL). */
int paging_next(struct buffer *url, const struct muster_paging *row, const char *value, size_t length,
	const char *first, const char *current, struct error *error);

#endif
