/* The tasks of a job, by their depth: a queue and some places for each. A depth waits for deeper ones only,
 * so nothing can wait for itself. */
#ifndef MUSTER_RUN_DEPTHS_H
#define MUSTER_RUN_DEPTHS_H

#include "run/run.h"
#include "run/task.h"

#include <stdbool.h>

enum {
	DEPTHS = 3,       /* asked for, for each record, completing */
	SIDE_BY_SIDE = 8, /* runs of one depth */
};

/* All zero at first. */
struct depths {
	struct {
		struct tasks queue;
		struct task *active[SIDE_BY_SIDE];
	} rows[DEPTHS];
};

/* Puts a task into the queue of its depth. */
void depths_add(struct depths *depths, struct task *task_take);

/* The next task that may start, which has its place then, or NULL: of the deepest first,
 * since others wait for it. */
struct task *depths_next(struct depths *depths);

/* A task gives up its place; it is the caller's. */
void depths_leave(struct depths *depths, const struct task *task);

/* Ends the tasks of a lane, or all when it is NULL: those that wait and those that go on. */
void depths_drop(struct depths *depths, const struct lane *lane);

/* Is there nothing left, neither in a queue nor in a place? */
bool depths_are_idle(const struct depths *depths);

/* Have those below this depth enough to do? */
bool depths_are_full_below(const struct depths *depths, unsigned depth);

/* Lets those of a depth that have a place wait, or go on. */
void depths_pause(struct depths *depths, unsigned depth, bool wait);

/* Adds the pages and bytes of those that go on. */
void depths_count(struct run_progress *progress, const struct depths *depths);

#endif
