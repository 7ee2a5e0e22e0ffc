/* The query of a URL. */
#ifndef MUSTER_BASE_QUERY_H
#define MUSTER_BASE_QUERY_H

#include "base/buffer.h"

#include <stdbool.h>
#include <stddef.h>

/* Appends the URL without its fragment and with one more query parameter, which stands last and in
 * place of those that have its name. The name is encoded here, the value is already. Returns 0, or -1
 * when the buffer is full. */
int query_set(struct buffer *out, const char *url, const char *name, const char *value, size_t length);

/* Finds the value of the first query parameter of that name, as it stands there:
 * encoded. False: there is none. */
bool query_find(const char **value, size_t *length, const char *query, size_t query_length, const char *name);

#endif
