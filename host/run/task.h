/* A task: a run before, while and perhaps after it goes; a long period takes several
 * runs, one after the other. */
#ifndef MUSTER_RUN_TASK_H
#define MUSTER_RUN_TASK_H

#include "base/error.h"
#include "catalog/entries.h"
#include "catalog/manifest.h"
#include "run/run.h"
#include "run/seen.h"
#include "run/windows.h"

#include <stdbool.h>
#include <stddef.h>

struct held;
struct lane;

/* What becomes of a run's records. */
enum purpose {
	PURPOSE_DELIVER,
	PURPOSE_EACH,     /* the action is run for each of them */
	PURPOSE_COMPLETE, /* the first one completes one that waits */
};

struct task {
	struct task *next;
	struct lane *lane; /* the account it is for, borrowed */
	const struct manifest_action *action;
	enum purpose purpose;
	unsigned depth;
	struct entries parameters;
	struct windows windows;
	struct seen seen;  /* where there are windows */
	struct held *held; /* of PURPOSE_COMPLETE, borrowed */
	struct run *run;   /* while it goes */
	bool paused;
};

/* Those that wait, the oldest first. */
struct tasks {
	struct task *first, *last;
	size_t count;
};

/* What a task's parameters are made of: those that were given (NULL: none), and one more (id NULL: none). */
struct task_values {
	const struct entries *given;
	const char *to;
	const char *id;
};

/* Makes a task and checks its parameters as if a person had entered them: an id of the provider's comes from
 * outside like that, and is MALFORMED_BODY where the action does not take it. */
int task_new(struct task **out, const struct manifest_action *action, const struct task_values *values,
	struct error *error);
void task_free(struct task *task);

/* Lets its run wait, or go on. */
void task_pause(struct task *task, bool wait);

void tasks_push(struct tasks *tasks, struct task *task_take);

/* The caller owns it; NULL when there is none. */
struct task *tasks_pop(struct tasks *tasks);

/* Throws away those of a lane; all when it is NULL. */
void tasks_drop(struct tasks *tasks, const struct lane *lane);

#endif
