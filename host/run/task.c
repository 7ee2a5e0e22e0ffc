#include "config.h"

#include "run/task.h"

#include "base/clock.h"
#include "catalog/fields.h"

#include <stdlib.h>
#include <string.h>

enum { SECONDS_OF_DAY = 86400 };

static int gather(struct entries *out, const struct task_values *values, struct error *error)
{
	for (size_t i = 0; values->given && i < values->given->count; i++) {
		const struct entry *entry = &values->given->rows[i];
		if (entries_set(out, entry->id, entry->text, entry->length, entry->literal, error) < 0)
			return -1;
	}
	return values->id ? entries_set(out, values->to, values->id, strlen(values->id), false, error) : 0;
}

int task_new(struct task **out, const struct manifest_action *action, const struct task_values *values,
	struct error *error)
{
	struct entries all = ENTRIES_INIT;
	struct task *task = calloc(1, sizeof *task);
	int result = -1;

	if (!task)
		return error_memory(error);
	task->action = action;
	if (gather(&all, values, error) < 0)
		goto out;
	if (parameters_check(&task->parameters, &all, action, error) < 0) {
		if (values->id && error->code == ERROR_BAD_PARAMETER)
			(void)error_set(error, ERROR_MALFORMED_BODY,
				"The provider gave a record an id that %.64s does not take.", action->id);
		goto out;
	}
	if (windows_begin(&task->windows, &task->parameters, action, clock_wall_s() / SECONDS_OF_DAY, error) <
		0)
		goto out;
	*out = task;
	task = NULL;
	result = 0;
out:
	entries_clear(&all);
	task_free(task);
	return result;
}

void task_free(struct task *task)
{
	if (!task)
		return;
	run_free(task->run);
	entries_clear(&task->parameters);
	seen_clear(&task->seen);
	free(task);
}

void task_pause(struct task *task, bool wait)
{
	if (wait == task->paused)
		return;
	task->paused = wait;
	if (wait)
		run_pause(task->run);
	else
		run_resume(task->run);
}

void tasks_push(struct tasks *tasks, struct task *task_take)
{
	task_take->next = NULL;
	if (tasks->last)
		tasks->last->next = task_take;
	else
		tasks->first = task_take;
	tasks->last = task_take;
	tasks->count++;
}

struct task *tasks_pop(struct tasks *tasks)
{
	struct task *task = tasks->first;

	if (!task)
		return NULL;
	tasks->first = task->next;
	if (!task->next)
		tasks->last = NULL;
	tasks->count--;
	task->next = NULL;
	return task;
}

void tasks_drop(struct tasks *tasks, const struct lane *lane)
{
	struct tasks kept = { NULL, NULL, 0 };
	struct task *task;

	while ((task = tasks_pop(tasks))) {
		if (lane && task->lane != lane)
			tasks_push(&kept, task);
		else
			task_free(task);
	}
	*tasks = kept;
}
