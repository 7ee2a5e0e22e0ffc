/* Personio's answers to what is asked of its records. */
#ifndef MUSTER_SANDBOX_PERSONIO_LIST_H
#define MUSTER_SANDBOX_PERSONIO_LIST_H

#include "sandbox/http.h"
#include "sandbox/personio_endpoint.h"

/* A page of a list, one record, a page of a report, or v1's list, as the endpoint has it; id is the one in
 * the path. Returns 0, or -1 when memory ran out. */
int personio_list(struct answer *answer, const struct request *request,
	const struct personio_endpoint *endpoint, const struct personio_view *view, const char *id);

#endif
