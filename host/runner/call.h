/* One run of one hook: what stands behind the opaque struct that a plugin is handed. */
#ifndef MUSTER_RUNNER_CALL_H
#define MUSTER_RUNNER_CALL_H

#include "runner/channel.h"
#include "runner/tables.h"

#include <jansson.h>

struct run;

struct muster_call {
	enum wire_mode mode;
	const struct tables *tables;
	const struct muster_auth *auth; /* of the action in mode run */
	const json_t *start;            /* what the host sent to begin with */
	struct channel *channel;
	struct run *run; /* in mode run */
	size_t problems; /* told so far */
	bool failed;     /* the error is set: the call is over whatever the hook returns */
	struct error *error;
};

#endif
