/* A runner process on the loop: frames go down, frames come up, and how it ended is told. */
#ifndef MUSTER_RUN_PROCESS_H
#define MUSTER_RUN_PROCESS_H

#include "base/buffer.h"
#include "base/error.h"
#include "catalog/catalog.h"
#include "jail/start.h"
#include "wire/wire.h"

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

struct process;

/* Called on the loop, never from inside process_start(). */
struct process_handlers {
	/* A frame, never HELLO or FAILED. Returns 0, or -1 with the error: the process is then stopped. */
	int (*on_frame)(void *context, const struct wire_frame *frame, struct error *error);
	/* Once, last, unless process_free() comes before: it is gone. error is NULL when it ended after
	 * DONE; else it says whose fault that was. */
	void (*on_end)(void *context, const struct error *error);
	void *context;
};

struct process_options {
	const struct provider *provider;
	const struct jail_area *area; /* where it reads bodies, or NULL */
	bool allow_partial;           /* run it also where the jail is only partial */
	int64_t patience_ms; /* how long it may be silent while it has work; 0: PROCESS_STALL_MS, the most */
	const json_t *start; /* the START message, borrowed for the call */
};

int process_start(struct process **out, uv_loop_t *loop, const struct process_options *options,
	const struct process_handlers *handlers, struct error *error);

/* Kills it if it still runs. on_end is not called any more. */
void process_free(struct process *process);

/* The frames that are to be sent: append to it, then process_flush(). */
struct buffer *process_out(struct process *process);
void process_flush(struct process *process);

/* While the sink is behind, nothing is read, and so the runner waits. */
void process_pause(struct process *process);
void process_resume(struct process *process);

/* The runner has work: it must say something while the patience lasts, from now on and after each thing it
 * says. false: it waits for us. */
void process_expect(struct process *process, bool busy);

/* The most patience there is: on a busy machine a thousand runners begin at once. Who gives the provider less
 * time gives the connector no more than that. */
enum { PROCESS_STALL_MS = 30000 };

#endif
