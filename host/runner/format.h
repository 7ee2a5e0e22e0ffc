/* How a provider wants a parameter written. The person writes dates as ISO 8601 has them and joins lists by
 * commas. */
#ifndef MUSTER_RUNNER_FORMAT_H
#define MUSTER_RUNNER_FORMAT_H

#include "base/buffer.h"
#include "base/error.h"

#include <muster/plugin.h>
#include <stddef.h>

/* Appends one value: not a list. What its format can't be made of is BAD_PARAMETER. */
int format_value(struct buffer *out, const struct muster_parameter *parameter, const char *text,
	size_t length, struct error *error);

/* Appends a value, or all of a list with what joins them between them. */
int format_joined(
	struct buffer *out, const struct muster_parameter *parameter, const char *text, struct error *error);

#endif
