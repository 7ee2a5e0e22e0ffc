/* A lane of a job: what it does for one account, whose connections serve all runs of their actions. */
#ifndef MUSTER_RUN_LANE_H
#define MUSTER_RUN_LANE_H

#include "base/error.h"
#include "catalog/manifest.h"
#include "run/connection.h"
#include "run/expected.h"
#include "run/job.h"

#include <stdbool.h>

enum { LANE_ACTIONS = 8 }; /* of one account in one job: its own, that of each, those that complete */

struct lane {
	struct job *job;
	const struct job_account *account;
	struct {
		const struct manifest_action *action;
		struct connection *connection;
	} links[LANE_ACTIONS];
	struct expected expected;
	bool failed;
};

/* The connection for an action, made when it is asked for first; borrowed from the lane. */
int lane_connect(struct connection **out, struct lane *lane, const struct manifest_action *action,
	struct error *error);

/* Is one of its tokens being renewed? See connection_is_busy(). */
bool lane_is_busy(const struct lane *lane);

/* Frees the connections. Runs that use them must be gone. */
void lane_clear(struct lane *lane);

#endif
