/* What a failure of libcurl means, in our words. */
#ifndef MUSTER_FETCH_FAULT_H
#define MUSTER_FETCH_FAULT_H

#include "base/error.h"

#include <curl/curl.h>
#include <stdbool.h>

/* Sets the error for a transfer from host that ended with this result. detail is libcurl's own
 * message, may be empty; sent: the connection stood and the request had left. Returns -1. */
int fault_set(struct error *error, CURLcode result, const char *host, const char *detail, bool sent);

#endif
