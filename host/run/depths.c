#include "config.h"

#include "run/depths.h"

#include <stddef.h>

enum { QUEUE_ENOUGH = 32 }; /* when so many wait at a depth, no more should come */

void depths_add(struct depths *depths, struct task *task_take)
{
	tasks_push(&depths->rows[task_take->depth].queue, task_take);
}

static struct task **find_place(struct depths *depths, unsigned depth, const struct task *task)
{
	for (size_t i = 0; i < SIDE_BY_SIDE; i++)
		if (depths->rows[depth].active[i] == task)
			return &depths->rows[depth].active[i];
	return NULL;
}

struct task *depths_next(struct depths *depths)
{
	for (unsigned depth = DEPTHS; depth-- > 0;) {
		struct task **place = find_place(depths, depth, NULL);
		struct task *task = place ? tasks_pop(&depths->rows[depth].queue) : NULL;
		if (task) {
			*place = task;
			return task;
		}
	}
	return NULL;
}

void depths_leave(struct depths *depths, const struct task *task)
{
	struct task **place = find_place(depths, task->depth, task);

	if (place)
		*place = NULL;
}

void depths_drop(struct depths *depths, const struct lane *lane)
{
	for (unsigned depth = 0; depth < DEPTHS; depth++) {
		tasks_drop(&depths->rows[depth].queue, lane);
		for (size_t i = 0; i < SIDE_BY_SIDE; i++) {
			struct task *task = depths->rows[depth].active[i];
			if (!task || (lane && task->lane != lane))
				continue;
			depths->rows[depth].active[i] = NULL;
			task_free(task);
		}
	}
}

bool depths_are_idle(const struct depths *depths)
{
	for (unsigned depth = 0; depth < DEPTHS; depth++) {
		if (depths->rows[depth].queue.first)
			return false;
		for (size_t i = 0; i < SIDE_BY_SIDE; i++)
			if (depths->rows[depth].active[i])
				return false;
	}
	return true;
}

bool depths_are_full_below(const struct depths *depths, unsigned depth)
{
	while (++depth < DEPTHS)
		if (depths->rows[depth].queue.count >= QUEUE_ENOUGH)
			return true;
	return false;
}

void depths_pause(struct depths *depths, unsigned depth, bool wait)
{
	for (size_t i = 0; i < SIDE_BY_SIDE; i++)
		if (depths->rows[depth].active[i])
			task_pause(depths->rows[depth].active[i], wait);
}

void depths_count(struct run_progress *progress, const struct depths *depths)
{
	for (unsigned depth = 0; depth < DEPTHS; depth++) {
		for (size_t i = 0; i < SIDE_BY_SIDE; i++) {
			const struct task *task = depths->rows[depth].active[i];
			struct run_progress run = { 0 };
			if (task)
				run = run_progress(task->run);
			progress->pages += run.pages;
			progress->bytes += run.bytes;
		}
	}
}
