#include "config.h"

#include "run/job.h"

#include "run/compose.h"
#include "run/depths.h"
#include "run/each.h"
#include "run/lane.h"
#include "run/outlet.h"
#include "run/shelf.h"
#include "run/task.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	SHELF_ENOUGH = 64, /* when so many records wait to be completed, no more should come */
	ID_LIMIT = 4096,
};

struct job {
	struct job_request request;
	void (*on_done)(void *context, const struct error *error);
	void *context;
	struct lane *lanes;
	struct depths depths;
	struct shelf shelf;
	struct outlet *outlet;
	struct compose compose;
	struct run_progress done; /* of runs that are over; records: delivered */
	uv_timer_t later;
	uv_prepare_t turn;
	unsigned open_handles;
	size_t failed_lanes;
	bool behind; /* the sink waits */
	bool over;   /* the work is done or has failed; the sink may still be drained */
	bool ending; /* it will be, on the loop's next turn */
	bool told;
	bool freed;
	struct error error; /* why it failed; code NONE: it did not */
};

/* ---- The end --------------------------------------------------------------------------- */

static void tell(struct job *job)
{
	if (job->told)
		return;
	job->told = true;
	job->on_done(job->context, job->error.code ? &job->error : NULL);
}

static void on_outlet(void *context, enum drain_result result, const struct error *error);

static void flush(struct job *job)
{
	struct error error = { 0 };
	enum drain_result result = outlet_flush(job->outlet, &error);

	on_outlet(job, result, &error);
}

/* The work is over, well or with job->error. The sink gets its end, then on_done follows. */
static void finish(struct job *job)
{
	struct error output = { 0 };
	bool whole = job->error.code == ERROR_NONE;

	job->over = true;
	depths_drop(&job->depths, NULL);
	shelf_drop(&job->shelf, NULL);
	if (sink_finish(job->request.sink, whole, &output) < 0 && whole)
		job->error = output;
	flush(job);
	if (job->error.code == ERROR_INTERRUPTED)
		tell(job); /* whoever reads may never take the rest */
}

static void on_later(uv_timer_t *timer)
{
	struct job *job = timer->data;

	if (job->over)
		tell(job);
	else
		finish(job);
}

/* Ends the job, but not from inside a run. */
static void end(struct job *job, const struct error *error)
{
	if (job->over || job->ending)
		return;
	job->ending = true;
	if (error)
		job->error = *error;
	(void)uv_timer_start(&job->later, on_later, 0, 0);
}

/* What one account can't do is no reason to stop the others. Not to be called from inside a run. */
static void fail_lane(struct lane *lane, const struct error *error)
{
	struct job *job = lane->job;
	struct error told = *error;

	if (lane->failed || job->ending || job->over)
		return;
	lane->failed = true;
	depths_drop(&job->depths, lane);
	shelf_drop(&job->shelf, lane);
	if (lane->account->name)
		(void)snprintf(told.account, sizeof told.account, "%s", lane->account->name);
	if (++job->failed_lanes == job->request.account_count)
		end(job, &told);
	else if (job->request.on_failure)
		job->request.on_failure(job->request.context, lane->account->name, &told);
}

static void tell_missing(const struct job *job)
{
	char fields[512];

	for (size_t i = 0; job->request.on_missing && i < job->request.account_count; i++) {
		const struct lane *lane = &job->lanes[i];
		if (expected_missing(
			    fields, sizeof fields, &lane->expected, &lane->account->action->expected) > 0)
			job->request.on_missing(job->request.context, lane->account, fields);
	}
}

/* Everything that there was to do is done. */
static void end_done(struct job *job)
{
	struct error error = { 0 };

	tell_missing(job);
	if (job->failed_lanes > 0)
		(void)error_set(&error, ERROR_PARTLY_DONE, "%zu of %zu accounts failed.", job->failed_lanes,
			job->request.account_count);
	end(job, job->failed_lanes > 0 ? &error : NULL);
}

/* ---- The sink -------------------------------------------------------------------------- */

/* Must the runs of this depth wait? All while the sink is behind, else those that bring
 * more than can be worked on. */
static bool must_wait(const struct job *job, unsigned depth)
{
	bool last = depth + 1 == DEPTHS;

	return job->behind || (!last && job->shelf.count >= SHELF_ENOUGH) ||
	       depths_are_full_below(&job->depths, depth);
}

/* The sink has taken something, or never will again. */
static void on_outlet(void *context, enum drain_result result, const struct error *error)
{
	struct job *job = context;

	job->behind = result == DRAIN_WAITING && drain_pending(sink_drain(job->request.sink)) > SINK_ENOUGH;
	if (job->over) {
		if (result == DRAIN_FAILED && job->error.code == ERROR_NONE)
			job->error = *error;
		if (result != DRAIN_WAITING)
			(void)uv_timer_start(&job->later, on_later, 0, 0);
	} else if (result == DRAIN_CLOSED) {
		end(job, NULL); /* whoever read has enough, and that is all right */
	} else if (result == DRAIN_FAILED) {
		end(job, error);
	}
}

static int write_record(struct lane *lane, const struct record *record, const char *key, size_t key_length,
	struct error *error)
{
	struct job *job = lane->job;

	if (job->ending)
		return 0;
	if (lane->account->name) {
		if (compose_account(&job->compose, record, lane->account->name, error) < 0)
			return -1;
		record = &job->compose.record;
	}
	if (sink_write(job->request.sink, record, key, key_length, error) < 0)
		return -1;
	job->done.records++;
	if (job->request.limit > 0 && job->done.records == job->request.limit)
		end(job, NULL);
	else if (drain_pending(sink_drain(job->request.sink)) > SINK_ENOUGH)
		flush(job);
	return 0;
}

/* ---- Tasks ----------------------------------------------------------------------------- */

static int add_task(struct lane *lane, enum purpose purpose, unsigned depth,
	const struct manifest_action *action, const struct task_values *values, struct held *held,
	struct error *error)
{
	struct task *task;

	if (task_new(&task, action, values, error) < 0)
		return -1;
	task->lane = lane;
	task->purpose = purpose;
	task->depth = depth;
	task->held = held;
	depths_add(&lane->job->depths, task);
	return 0;
}

/* ---- Completing ------------------------------------------------------------------------ */

/* Asks for what the record's next completion brings, if it has one. */
static int complete_next(struct held *held, struct error *error)
{
	struct lane *lane = held->lane;
	const struct manifest *manifest = lane->account->provider->manifest;
	const struct manifest_completion *row;
	struct task_values values;

	if (held->completion == held->action->completion_count)
		return 0;
	row = &held->action->completions[held->completion];
	values = (struct task_values){ .to = row->parameter, .id = held->id.data };
	return add_task(lane, PURPOSE_COMPLETE, DEPTHS - 1, manifest_action(manifest, row->action), &values,
		held, error);
}

static int hold(struct task *task, const struct record *record, const char *key, size_t key_length,
	struct error *error)
{
	struct lane *lane = task->lane;
	struct held *held;

	if (shelf_add(&held, &lane->job->shelf, lane, task->action, record, key, key_length, error) < 0)
		return -1;
	return complete_next(held, error);
}

/* Delivers a record that was put together: it is checked once more, as a whole. */
static int deliver_held(const struct held *held, struct error *error)
{
	const struct model *model = NULL;
	struct check check;
	int result;

	if (models_find(&model, held->lane->job->request.models, held->action->model, error) < 0)
		return -1;
	check_init(&check, model, WIRE_RECORD_MAX);
	result = check_record(&check, held->text.data, held->text.length, error);
	if (result == 0)
		result = write_record(held->lane, &check.record, held->key.data, held->key.length, error);
	check_clear(&check);
	return result;
}

/* Delivers what is complete, from the first one on. */
static void deliver_shelf(struct job *job)
{
	struct error error = { 0 };
	struct held *held;

	while (!job->behind && !job->ending && (held = shelf_take(&job->shelf))) {
		struct lane *lane = held->lane;
		int result = deliver_held(held, &error);

		held_free(held);
		if (result < 0)
			fail_lane(lane, &error);
	}
}

/* ---- Runs ------------------------------------------------------------------------------ */

static int add_for_each(struct task *task, const struct record *record, struct error *error)
{
	struct lane *lane = task->lane;
	const struct job_request *request = &lane->job->request;
	const struct job_account *account = lane->account;
	struct buffer id = BUFFER_INIT(ID_LIMIT);
	int result = compose_text(&id, record, "id", error);

	if (result == 0) {
		const struct task_values values = { .given = request->parameters,
			.to = each_find(account->provider->manifest, account->action, request->each)->to,
			.id = id.data };
		result = add_task(lane, PURPOSE_DELIVER, 1, account->action, &values, NULL, error);
	}
	buffer_clear(&id);
	return result;
}

static int deliver_record(struct task *task, const struct record *record, const char *key, size_t key_length,
	struct error *error)
{
	bool again = false;

	if (task->windows.row && seen_note(&again, &task->seen, key, key_length, error) < 0)
		return -1;
	if (!task->lane->job->request.raw)
		expected_note(&task->lane->expected, &task->action->expected, record);
	if (again) /* it reaches from the window before into this one */
		return 0;
	if (task->action->completion_count > 0 && !task->lane->job->request.raw)
		return hold(task, record, key, key_length, error);
	return write_record(task->lane, record, key, key_length, error);
}

static int on_record(
	void *context, const struct record *record, const char *key, size_t key_length, struct error *error)
{
	struct task *task = context;
	struct job *job = task->lane->job;
	int result = 0;

	if (job->ending)
		return 0;
	switch (task->purpose) {
	case PURPOSE_DELIVER:
		result = deliver_record(task, record, key, key_length, error);
		break;
	case PURPOSE_EACH:
		result = add_for_each(task, record, error);
		break;
	case PURPOSE_COMPLETE:
		result = shelf_complete(task->held, record, error);
		break;
	}
	if (must_wait(job, task->depth))
		task_pause(task, true);
	return result;
}

static void on_run_done(void *context, const struct error *error);

static int start_task(struct task *task, struct error *error)
{
	struct lane *lane = task->lane;
	struct job *job = lane->job;
	const struct job_account *account = lane->account;
	bool delivers = task->purpose == PURPOSE_DELIVER;
	struct run_request request = { .provider = account->provider,
		.action = task->action,
		.fields = account->fields,
		.parameters = &task->parameters,
		.receiver = { on_record, task },
		.raw = delivers && job->request.raw,
		.allow_partial = account->allow_partial };

	if (task->purpose == PURPOSE_COMPLETE)
		request.limit = 1;
	else if (delivers)
		request.limit = job->request.limit;
	task->paused = false;
	if (lane_connect(&request.connection, lane, task->action, error) < 0 ||
		models_find(&request.model, job->request.models, task->action->model, error) < 0)
		return -1;
	return run_start(&task->run, &request, on_run_done, task, error);
}

/* Takes the run's figures into the job's. */
static void count(struct job *job, const struct run *run)
{
	struct run_progress progress = run_progress(run);

	job->done.pages += progress.pages;
	job->done.bytes += progress.bytes;
}

/* A record of its own that isn't there: who was asked about has none, and that is no failure. */
static bool is_none(const struct task *task, const struct error *error)
{
	return task->depth > 0 && error->code == ERROR_RECORD_NOT_FOUND;
}

/* What follows a run that went well: the next window, the next completion. */
static int go_on(struct task **task_take, struct error *error)
{
	struct task *task = *task_take;

	if (windows_more(&task->windows)) {
		if (windows_next(&task->windows, &task->parameters, error) < 0)
			return -1;
		seen_turn(&task->seen);
		*task_take = NULL;
		depths_add(&task->lane->job->depths, task);
		return 0;
	}
	if (task->purpose != PURPOSE_COMPLETE)
		return 0;
	task->held->completion++;
	return complete_next(task->held, error);
}

static void on_run_done(void *context, const struct error *error)
{
	struct task *task = context;
	struct lane *lane = task->lane;
	struct job *job = lane->job;
	struct error failure = { 0 };
	bool good = !error || is_none(task, error);

	if (!good)
		failure = *error;
	depths_leave(&job->depths, task);
	count(job, task->run);
	run_free(task->run);
	task->run = NULL;
	if (good && !job->ending && go_on(&task, &failure) < 0)
		good = false;
	task_free(task);
	if (!good)
		fail_lane(lane, &failure);
}

/* Starts what may start. */
static void start_some(struct job *job)
{
	struct task *task;

	while (!job->ending && (task = depths_next(&job->depths))) {
		struct error error = { 0 };
		struct lane *lane = task->lane;
		if (start_task(task, &error) == 0)
			continue;
		depths_leave(&job->depths, task);
		task_free(task);
		fail_lane(lane, &error);
	}
}

/* On every turn of the loop, before it waits: what has come is written, what waits is started. */
static void on_turn(uv_prepare_t *turn)
{
	struct job *job = turn->data;

	if (job->over || job->ending)
		return;
	deliver_shelf(job);
	if (drain_pending(sink_drain(job->request.sink)) > 0 && !job->behind)
		flush(job);
	start_some(job);
	if (!job->shelf.first && depths_are_idle(&job->depths))
		end_done(job);
	for (unsigned depth = 0; depth < DEPTHS; depth++)
		depths_pause(&job->depths, depth, must_wait(job, depth));
}

/* ---- The beginning --------------------------------------------------------------------- */

static int begin_lane(struct lane *lane, struct error *error)
{
	const struct job_request *request = &lane->job->request;
	const struct manifest *manifest = lane->account->provider->manifest;
	const struct manifest_action *action = lane->account->action;
	struct task_values values = { NULL, NULL, NULL };
	enum purpose purpose = PURPOSE_EACH;

	if (request->each) {
		action = manifest_action(manifest, each_find(manifest, action, request->each)->action);
	} else {
		values.given = request->parameters;
		purpose = PURPOSE_DELIVER;
	}
	return add_task(lane, purpose, 0, action, &values, NULL, error);
}

int job_start(struct job **out, const struct job_request *request,
	void (*on_done)(void *context, const struct error *error), void *context, struct error *error)
{
	struct job *job = calloc(1, sizeof *job);

	if (!job)
		return error_memory(error);
	job->request = *request;
	job->on_done = on_done;
	job->context = context;
	compose_init(&job->compose);
	(void)uv_timer_init(request->loop, &job->later);
	(void)uv_prepare_init(request->loop, &job->turn);
	job->later.data = job->turn.data = job;
	job->open_handles = 2;
	job->lanes = calloc(request->account_count, sizeof *job->lanes);
	if (!job->lanes) {
		(void)error_memory(error);
		goto fail;
	}
	if (outlet_new(&job->outlet, request->loop, sink_drain(request->sink), on_outlet, job, error) < 0)
		goto fail;
	for (size_t i = 0; i < request->account_count; i++) {
		job->lanes[i].job = job;
		job->lanes[i].account = &request->accounts[i];
		if (begin_lane(&job->lanes[i], error) < 0)
			goto fail;
	}
	(void)uv_prepare_start(&job->turn, on_turn);
	*out = job;
	return 0;
fail:
	job_free(job);
	return -1;
}

void job_interrupt(struct job *job)
{
	struct error error = { 0 };

	(void)error_set(
		&error, ERROR_INTERRUPTED, "Interrupted after %" PRIu64 " records.", job->done.records);
	if (job->over && !job->told) { /* the sink does not take the rest */
		job->error = error;
		tell(job);
	}
	end(job, &error);
}

struct run_progress job_progress(const struct job *job)
{
	struct run_progress progress = job->done;

	depths_count(&progress, &job->depths);
	return progress;
}

bool job_is_busy(const struct job *job)
{
	for (size_t i = 0; job && job->lanes && i < job->request.account_count; i++)
		if (lane_is_busy(&job->lanes[i]))
			return true;
	return false;
}

static void on_closed(uv_handle_t *handle)
{
	struct job *job = handle->data;

	if (--job->open_handles == 0)
		free(job);
}

void job_free(struct job *job)
{
	if (!job || job->freed)
		return;
	job->freed = true;
	job->over = true;
	depths_drop(&job->depths, NULL);
	shelf_drop(&job->shelf, NULL);
	for (size_t i = 0; job->lanes && i < job->request.account_count; i++)
		lane_clear(&job->lanes[i]);
	free(job->lanes);
	outlet_free(job->outlet);
	compose_clear(&job->compose);
	uv_close((uv_handle_t *)&job->later, on_closed);
	uv_close((uv_handle_t *)&job->turn, on_closed);
}
