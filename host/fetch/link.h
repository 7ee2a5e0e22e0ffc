/* The Link header (RFC 8288): where the next page is. Read, tested and fuzzed here; the paging row that leads
 * to it comes with the first provider that pages so. */
#ifndef MUSTER_FETCH_LINK_H
#define MUSTER_FETCH_LINK_H

#include "base/error.h"

#include <stddef.h>

/* Finds the target of the first link with this relation ("next") in a header's value. *target
 * points into value, or is NULL when there is no such link. A value that breaks the grammar is
 * MALFORMED_BODY. */
int link_find(const char **target, size_t *target_length, const char *value, size_t length,
	const char *relation, struct error *error);

#endif
