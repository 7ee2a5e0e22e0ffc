/* A drain on the loop: what waits in it is written as the descriptor takes it. */
#ifndef MUSTER_RUN_OUTLET_H
#define MUSTER_RUN_OUTLET_H

#include "base/error.h"
#include "sink/drain.h"

#include <uv.h>

struct outlet;

/* drain is borrowed until outlet_free(). on_change is called from the loop when the drain has taken more, was
 * closed or failed; the error goes with DRAIN_FAILED. */
int outlet_new(struct outlet **out, uv_loop_t *loop, struct drain *drain,
	void (*on_change)(void *context, enum drain_result result, const struct error *error), void *context,
	struct error *error);
void outlet_free(struct outlet *outlet);

/* Writes what the descriptor takes now, and goes on by itself if that was not all. */
enum drain_result outlet_flush(struct outlet *outlet, struct error *error);

#endif
