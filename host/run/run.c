#include "config.h"

#include "run/run.h"

#include "base/json.h"
#include "jail/start.h"
#include "run/body.h"
#include "run/deliver.h"
#include "run/judge.h"
#include "run/messages.h"
#include "run/process.h"
#include "run/terms.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum { OPEN_MAX = 2 }; /* requests that may be open at once */

/* One request of the runner's, from REQUEST to PAGE. */
struct exchange {
	struct run *run;
	struct url url;
	struct call *call; /* NULL before it was started and once it is done */
	uint32_t request;  /* its number, from 1 */
	int status;        /* 0 until the answer begins */
	bool started;
	bool announced; /* ANSWER was sent */
	bool complete;  /* all of the body came */
	bool closed;    /* END was sent */
};

struct run {
	struct run_request request;
	void (*on_done)(void *context, const struct error *error);
	void *context;
	struct connection_waiter waiter;
	struct jail_area *area;
	struct process *process;
	struct judge judge;
	struct body body;
	struct deliver deliver;
	struct exchange exchanges[OPEN_MAX]; /* a ring: the oldest stands at first */
	unsigned first;
	unsigned open;
	uint32_t requests;
	uint64_t pages;
	uv_timer_t later;     /* tells the end from the loop, not from inside a handler */
	uv_prepare_t waiting; /* what has come goes down before the loop waits for more */
	unsigned open_handles;
	bool ready; /* there is a token, and it grants what is needed */
	bool over;  /* the work is done or has failed */
	bool told;
	bool freed;
	char id[17];
	struct error error; /* why it failed; code NONE: it did not */
};

/* The i-th open exchange, the oldest first. */
static struct exchange *exchange_at(struct run *run, unsigned i)
{
	return &run->exchanges[(run->first + i) % OPEN_MAX];
}

/* ---- The end --------------------------------------------------------------------------- */

static void stop_calls(struct run *run)
{
	for (unsigned i = 0; i < run->open; i++) {
		struct exchange *exchange = exchange_at(run, i);
		if (exchange->call)
			call_cancel(exchange->call);
		exchange->call = NULL;
	}
	connection_leave(&run->waiter);
}

/* Fills in what only the run knows. */
static void complete_error(struct run *run)
{
	const struct manifest_action *action = run->request.action;
	struct error *error = &run->error;
	size_t length = strlen(error->message);

	(void)snprintf(error->action, sizeof error->action, "%s", action->id);
	(void)snprintf(error->run, sizeof error->run, "%s", run->id);
	if (error->code == ERROR_PLUGIN_FAULT && run->judge.pages > 0)
		(void)snprintf(error->message + length, sizeof error->message - length,
			" The last request was %s %.200s.", action->method, run->judge.latest.text);
	connection_explain(run->request.connection, error);
}

static void on_later(uv_timer_t *timer)
{
	struct run *run = timer->data;

	run->told = true;
	run->on_done(run->context, run->error.code ? &run->error : NULL);
}

static void tell_later(struct run *run)
{
	if (!run->told)
		(void)uv_timer_start(&run->later, on_later, 0, 0);
}

/* The work is over: error is NULL when it is done. on_done follows. */
static void finish(struct run *run, const struct error *error)
{
	if (run->over)
		return;
	run->over = true;
	if (error) {
		run->error = *error;
		complete_error(run);
	} else if (run->judge.pages > 0) {
		connection_answered(run->request.connection);
	}
	stop_calls(run);
	process_free(run->process);
	run->process = NULL;
	tell_later(run);
}

void run_pause(struct run *run)
{
	if (run->process)
		process_pause(run->process);
}

void run_resume(struct run *run)
{
	if (run->process)
		process_resume(run->process);
}

/* ---- Answers on their way down --------------------------------------------------------- */

/* Who waits for whom: the runner has work while it holds a slot, and whenever it owes a request or the end of
 * a page. */
static void expect(struct run *run)
{
	const struct exchange *oldest = run->open > 0 ? exchange_at(run, 0) : NULL;
	bool busy = !oldest || run->body.busy_count > 0 || oldest->closed;

	if (run->process)
		process_expect(run->process, busy);
}

/* Tells the runner of the oldest answer what is known of it, as far as that may be told by now. */
static int pass_on(struct run *run, struct error *error)
{
	struct exchange *exchange = exchange_at(run, 0);

	if (run->open == 0 || exchange->status == 0)
		return 0;
	if (!exchange->announced) {
		json_t *head = json_pack(
			"{s:I, s:i}", "request", (json_int_t)exchange->request, "status", exchange->status);
		int result;
		if (!head)
			return error_memory(error);
		result = wire_put_json(process_out(run->process), WIRE_ANSWER, head, error);
		json_decref(head);
		if (result < 0)
			return -1;
		exchange->announced = true;
		body_begin(&run->body, exchange->request);
		if (exchange->call)
			call_resume(exchange->call);
	}
	if (exchange->complete && !exchange->closed) {
		if (body_end(&run->body, error) < 0)
			return -1;
		exchange->closed = true;
	}
	process_flush(run->process);
	return 0;
}

static void advance(struct run *run)
{
	struct error error = { 0 };

	if (pass_on(run, &error) < 0)
		finish(run, &error);
	else
		expect(run);
}

static void on_response(void *context, int status, const struct headers *headers)
{
	struct exchange *exchange = context;

	(void)headers;
	exchange->status = status;
	advance(exchange->run);
}

static size_t on_body(void *context, const char *bytes, size_t length)
{
	struct exchange *exchange = context;
	struct run *run = exchange->run;
	struct error error = { 0 };
	size_t taken;

	if (!exchange->announced)
		return 0;
	if (body_add(&taken, &run->body, bytes, length, &error) < 0) {
		finish(run, &error);
		return 0;
	}
	process_flush(run->process);
	expect(run);
	return taken;
}

static void on_waiting(uv_prepare_t *waiting)
{
	struct run *run = waiting->data;
	struct error error = { 0 };
	int result = run->process ? body_yield(&run->body, &error) : 0;

	if (result < 0) {
		finish(run, &error);
	} else if (result > 0) {
		process_flush(run->process);
		expect(run);
	}
}

static void on_call_done(void *context, const struct error *error)
{
	struct exchange *exchange = context;

	exchange->call = NULL;
	exchange->complete = true;
	if (error)
		finish(exchange->run, error);
	else
		advance(exchange->run);
}

static int start_call(struct run *run, struct exchange *exchange, struct error *error)
{
	struct headers headers = HEADERS_INIT;
	struct call_request request = { .method = run->request.action->method,
		.url = &exchange->url,
		.headers = &headers,
		.use = GUARD_API,
		.harmless = run->request.action->effect == EFFECT_READ };
	struct call_handlers handlers = {
		.on_response = on_response, .on_body = on_body, .on_done = on_call_done, .context = exchange
	};
	int result = terms_headers(&headers, run->request.action, error);

	exchange->started = true;
	if (result == 0)
		result = call_start(&exchange->call, connection_terms(run->request.connection), &request,
			&handlers, error);
	headers_clear(&headers);
	return result;
}

static int start_calls(struct run *run, struct error *error)
{
	for (unsigned i = 0; run->ready && i < run->open; i++)
		if (!exchange_at(run, i)->started && start_call(run, exchange_at(run, i), error) < 0)
			return -1;
	return 0;
}

static void on_ready(void *context, const struct error *error)
{
	struct run *run = context;
	struct error failure = { 0 };

	if (run->over)
		return;
	if (error) {
		finish(run, error);
		return;
	}
	run->ready = true;
	if (start_calls(run, &failure) < 0)
		finish(run, &failure);
}

/* ---- What the runner says -------------------------------------------------------------- */

static int on_request(struct run *run, const struct wire_frame *frame, struct error *error)
{
	struct exchange *exchange;
	json_t *message = NULL;
	int result = -1;

	if (wire_get_json(&message, frame, error) < 0)
		return -1;
	if (run->open == OPEN_MAX ||
		json_integer_value(json_object_get(message, "request")) != (json_int_t)run->requests + 1) {
		(void)error_set(error, ERROR_PLUGIN_FAULT, "The connector asked out of turn.");
		goto out;
	}
	if (judge_request(&run->judge, message, error) < 0)
		goto out;
	exchange = exchange_at(run, run->open++);
	*exchange = (struct exchange){ .run = run, .request = ++run->requests, .url = run->judge.latest };
	result = start_calls(run, error);
out:
	json_decref(message);
	return result;
}

static int on_records(struct run *run, const struct wire_frame *frame, struct error *error)
{
	if (run->open == 0 || !exchange_at(run, 0)->announced)
		return error_set(error, ERROR_PLUGIN_FAULT,
			"The connector sent records before the provider answered.");
	if (deliver_frame(&run->deliver, frame, run->body.total, error) < 0)
		return -1;
	if (deliver_is_full(&run->deliver))
		finish(run, NULL);
	return 0;
}

static int on_page(struct run *run, const struct wire_frame *frame, struct error *error)
{
	const struct exchange *oldest = exchange_at(run, 0);
	json_t *message = NULL;
	json_int_t request, records;

	if (wire_get_json(&message, frame, error) < 0)
		return -1;
	request = json_integer_value(json_object_get(message, "request"));
	records = json_integer_value(json_object_get(message, "records"));
	json_decref(message);
	if (run->open == 0 || !oldest->closed || request != (json_int_t)oldest->request ||
		records != (json_int_t)run->deliver.page)
		return error_set(error, ERROR_PLUGIN_FAULT,
			"The connector's account of a page does not fit what it sent.");
	if (judge_page(&run->judge, run->deliver.page, error) < 0)
		return -1;
	run->deliver.page = 0;
	run->pages++;
	return 0;
}

/* The oldest answer is read to its end: the next one's turn. */
static int next_exchange(struct run *run, struct error *error)
{
	run->first = (run->first + 1) % OPEN_MAX;
	run->open--;
	return pass_on(run, error);
}

static int on_release(struct run *run, const struct wire_frame *frame, struct error *error)
{
	struct exchange *oldest = exchange_at(run, 0);
	uint32_t slot;

	if (wire_get_release(&slot, frame, error) < 0 || body_release(&run->body, slot, error) < 0)
		return -1;
	process_flush(run->process);
	if (run->open > 0 && oldest->announced && oldest->call)
		call_resume(oldest->call);
	return 0;
}

static int on_frame(void *context, const struct wire_frame *frame, struct error *error)
{
	struct run *run = context;
	int result = 0;

	switch (frame->type) {
	case WIRE_REQUEST:
		result = on_request(run, frame, error);
		break;
	case WIRE_RELEASE:
		result = on_release(run, frame, error);
		break;
	case WIRE_RECORDS:
		result = on_records(run, frame, error);
		break;
	case WIRE_PAGE:
		result = on_page(run, frame, error);
		if (result == 0)
			result = next_exchange(run, error);
		break;
	case WIRE_DONE:
		/* on_end follows. What is cut short at the limit has ended before. */
		if (run->open > 0 || run->requests == 0)
			result = error_set(error, ERROR_PLUGIN_FAULT,
				run->open ? "The connector was done before it had read what it asked for."
					  : "The connector was done without having asked for anything.");
		break;
	default:
		result = error_set(error, ERROR_PLUGIN_FAULT, "The connector said what no run says.");
	}
	if (result == 0 && !run->over)
		expect(run);
	return result;
}

static void on_end(void *context, const struct error *error)
{
	finish(context, error);
}

/* ---- The beginning --------------------------------------------------------------------- */

static json_t *start_message(const struct run_request *request)
{
	const struct manifest_auth *auth = manifest_auth(request->provider->manifest, request->action->auth);
	json_t *start = json_pack("{s:s, s:s, s:b, s:I}", "mode", "run", "action", request->action->id, "raw",
		request->raw ? 1 : 0, "limit", (json_int_t)request->limit);

	if (start && (messages_set_parameters(start, request->parameters) < 0 ||
			     messages_set_fields(start, request->fields, auth) < 0 ||
			     messages_set_open(start, request->model) < 0)) {
		json_decref(start);
		return NULL;
	}
	return start;
}

static int make_id(char id[17])
{
	unsigned char bytes[8];

	if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
		return -1;
	for (size_t i = 0; i < sizeof bytes; i++)
		(void)snprintf(id + 2 * i, 3, "%02x", bytes[i]);
	return 0;
}

int run_start(struct run **out, const struct run_request *request,
	void (*on_done)(void *context, const struct error *error), void *context, struct error *error)
{
	const struct call_terms *terms = connection_terms(request->connection);
	uv_loop_t *loop = fetch_loop(terms->fetch);
	struct process_handlers handlers = { on_frame, on_end, NULL };
	struct process_options options = { .provider = request->provider,
		.allow_partial = request->allow_partial,
		.patience_ms = fetch_settings_of(terms->fetch)->deadline_ms };
	json_t *start = NULL;
	struct run *run = calloc(1, sizeof *run);

	if (!run)
		return error_memory(error);
	run->request = *request;
	run->on_done = on_done;
	run->context = context;
	handlers.context = run;
	deliver_init(&run->deliver, request->raw ? NULL : request->model, &request->receiver, request->limit);
	judge_init(&run->judge, request->action, terms->hosts, terms->host_count);
	start = start_message(request);
	if (!start || make_id(run->id) < 0) {
		(void)error_memory(error);
		goto fail;
	}
	(void)uv_timer_init(loop, &run->later);
	(void)uv_prepare_init(loop, &run->waiting);
	run->later.data = run->waiting.data = run;
	run->open_handles = 2;
	if (jail_area_new(&run->area, WIRE_SLOTS * WIRE_SLOT_SIZE, error) < 0)
		goto fail;
	options.area = run->area;
	options.start = start;
	if (process_start(&run->process, loop, &options, &handlers, error) < 0)
		goto fail;
	json_decref(start);
	body_init(&run->body, jail_area_bytes(run->area), process_out(run->process));
	(void)uv_prepare_start(&run->waiting, on_waiting);
	uv_unref((uv_handle_t *)&run->waiting);
	*out = run;
	connection_prepare(&run->waiter, request->connection, on_ready, run);
	return 0;
fail:
	json_decref(start);
	(void)snprintf(error->action, sizeof error->action, "%s", request->action->id);
	run_free(run);
	return -1;
}

void run_interrupt(struct run *run)
{
	struct error error = { 0 };

	(void)error_set(&error, ERROR_INTERRUPTED, "Interrupted after %llu records.",
		(unsigned long long)run->deliver.records);
	finish(run, &error);
}

struct run_progress run_progress(const struct run *run)
{
	return (struct run_progress){ run->deliver.records, run->pages, run->body.total };
}

static void on_closed(uv_handle_t *handle)
{
	struct run *run = handle->data;

	if (--run->open_handles == 0)
		free(run);
}

void run_free(struct run *run)
{
	if (!run || run->freed)
		return;
	run->freed = true;
	run->over = true;
	stop_calls(run);
	process_free(run->process);
	jail_area_free(run->area);
	deliver_clear(&run->deliver);
	if (run->open_handles == 0) {
		free(run);
		return;
	}
	uv_close((uv_handle_t *)&run->later, on_closed);
	uv_close((uv_handle_t *)&run->waiting, on_closed);
}
