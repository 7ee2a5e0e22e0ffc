/* Calls a plugin's functions and serves what they ask for. A hook's wrong use of a service is an error of
 * the plugin and ends the call. */
#ifndef MUSTER_RUNNER_HOOKS_H
#define MUSTER_RUNNER_HOOKS_H

#include "base/error.h"
#include "runner/call.h"

/* Runs the hook of call->mode: validate of the plugin (0 if it has none), authenticate of call->auth, or
 * run. Problems are put into the channel; the rest fails with ERROR_PLUGIN_FAULT, or as call->error says. */
int hooks_validate(struct muster_call *call);
int hooks_authenticate(struct muster_call *call);
int hooks_run(struct muster_call *call, int32_t (*run)(const struct muster_services *, struct muster_call *));

#endif
