/* From an action's constant request and typed arguments to a URL, in one pass: what a reference stands for
 * is percent-encoded and never looked at again. */
#ifndef MUSTER_RUNNER_REQUEST_H
#define MUSTER_RUNNER_REQUEST_H

#include "base/buffer.h"
#include "base/error.h"

#include <jansson.h>
#include <muster/plugin.h>
#include <stddef.h>

/* What references lead to: parameters, by id, are texts; fields is an object of texts, without secrets. */
struct request_values {
	const struct muster_argument *parameters;
	size_t parameter_count;
	const json_t *fields;
};

/* "GET", borrowed from the action, not terminated. */
const char *request_method(size_t *length, const struct muster_action *action);

/* Appends the action's URL with its references expanded, without the declared query parameters. Errors:
 * bad_parameter (a path parameter that is absent, empty or dots), plugin_refused (a template that is
 * none). */
int request_target(struct buffer *url, const struct muster_action *action,
	const struct request_values *values, struct error *error);

/* Appends the declared query parameters, each written as the provider wants it; those that
 * are absent are left out. */
int request_declared(struct buffer *url, const struct muster_action *action,
	const struct request_values *values, struct error *error);

/* Appends the sizes that pages shall have, each name once. */
int request_sizes(struct buffer *url, const struct muster_action *action, struct error *error);

/* Appends one query parameter. */
int request_query(struct buffer *url, const char *name, const char *value, struct error *error);

#endif
