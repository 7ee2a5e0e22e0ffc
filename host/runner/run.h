/* Mode run: an action's requests, its answers' records, page after page. */
#ifndef MUSTER_RUNNER_RUN_H
#define MUSTER_RUNNER_RUN_H

#include "base/error.h"
#include "runner/channel.h"
#include "runner/tables.h"

#include <jansson.h>
#include <stdint.h>

/* Does what START says, to the last record; DONE is the caller's. Errors of the body carry its byte in
 * *offset, which is else left alone. */
int run_action(uint64_t *offset, const struct tables *tables, const json_t *start, struct channel *channel,
	struct error *error);

struct run;

/* What the services of a run hook do. -1: the run is over and the error is set, or its limit is reached
 * and the error is ERROR_NONE. */
int run_hook_request(struct muster_answer *answer, struct run *run, const struct muster_argument *arguments,
	uint32_t count, struct error *error);
int run_hook_record(struct run *run, const char *json, size_t length, struct error *error);

#endif
