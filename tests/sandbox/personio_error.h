/* Personio's errors: problem+json in v2, an envelope in v1, and a third shape at v2's token endpoint. */
#ifndef MUSTER_SANDBOX_PERSONIO_ERROR_H
#define MUSTER_SANDBOX_PERSONIO_ERROR_H

#include "sandbox/http.h"

#include <jansson.h>

#define PERSONIO_TYPE "application/json"
#define PERSONIO_PROBLEM_TYPE "application/problem+json"

/* All of these return 0, or -1 when memory ran out. */

/* A whole answer of this JSON; the reference is taken, NULL is no memory. */
int personio_answer_take(struct answer *answer, unsigned status, const char *content_type, json_t *body);

/* v2's shape; code is the last part of the type. */
int personio_problem(
	struct answer *answer, unsigned status, const char *title, const char *detail, const char *code);

/* Something about the request itself: 400. */
int personio_bad_request(struct answer *answer, const char *detail);

/* No such endpoint, in the shape of the path's version. */
int personio_no_endpoint(struct answer *answer, const struct request *request);

/* No such record, in the shape of the path's version. */
int personio_no_record(struct answer *answer, const struct request *request);

/* Any status, in the shape of the path's version: struct provider's refuse. */
int personio_refuse(
	struct answer *answer, const struct request *request, unsigned status, const char *message);

#endif
