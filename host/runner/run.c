#include "config.h"

#include "runner/run.h"

#include "base/json.h"
#include "runner/hooks.h"
#include "runner/map.h"
#include "runner/page.h"
#include "runner/paging.h"
#include "runner/request.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum {
	BATCH_SIZE = 64 * 1024,           /* records are sent when there are so many bytes of them */
	HOOK_BODY_MAX = 16 * 1024 * 1024, /* a hook has its answers whole */
};

struct run {
	const struct muster_action *action;
	struct channel *channel;
	const char *area; /* WIRE_SLOTS slots, which the host may write to at any time */

	/* What START said. */
	struct muster_argument *parameters;
	const char **open_fields;
	struct request_values values;
	struct map_options options;
	uint64_t limit; /* records; 0: all */

	/* Where we are. Requests are numbered from 1; page is the one whose records are yielded. */
	uint32_t requests;
	uint32_t page_number;
	uint64_t page_records;
	uint64_t records;
	bool over;             /* the limit is reached */
	struct buffer first;   /* URL of the first request */
	struct buffer current; /* of the page being read */
	struct buffer next;    /* of the page after it, if it is known */
	struct page *page;
	uint64_t *offset;

	/* What goes up. */
	struct buffer batch;
	size_t batch_start;

	/* Of a hook. */
	struct map *map;
	struct reader reader;
	struct buffer answer;
};

/* ---- Records up ------------------------------------------------------------------------------------ */

static int send_batch(struct run *run, struct error *error)
{
	int result;

	if (run->batch.length == 0)
		return 0;
	wire_records_end(&run->batch, run->batch_start);
	result = channel_send(run->channel, run->batch.data, run->batch.length, error);
	run->batch.length = 0;
	return result;
}

/* 0, or 1 when that was the last one wanted. */
static int yield(struct run *run, const struct map_record *record, struct error *error)
{
	if (run->batch.length > 0 &&
		!wire_records_fits(&run->batch, run->batch_start, record->key_length, record->json_length) &&
		send_batch(run, error) < 0)
		return -1;
	if (run->batch.length == 0 && wire_records_begin(&run->batch_start, &run->batch, error) < 0)
		return -1;
	if (wire_records_add(&run->batch, record->key, record->key_length, record->json, record->json_length,
		    error) < 0)
		return -1;
	run->page_records++;
	run->records++;
	run->over = run->limit > 0 && run->records == run->limit;
	if ((run->over || run->batch.length >= BATCH_SIZE) && send_batch(run, error) < 0)
		return -1;
	return run->over;
}

/* All records of the page are sent, and it is closed. */
static int close_page(struct run *run, struct error *error)
{
	json_t *page = json_pack("{s:I, s:I}", "request", (json_int_t)run->page_number, "records",
		(json_int_t)run->page_records);

	run->page_records = 0;
	if (send_batch(run, error) < 0) {
		json_decref(page);
		return -1;
	}
	return channel_put_take(run->channel, WIRE_PAGE, page, error);
}

/* ---- Requests up, answers down --------------------------------------------------------------------- */

static int send_request(struct run *run, const struct buffer *url, const char *from, struct error *error)
{
	size_t length;
	const char *method = request_method(&length, run->action);

	run->requests++;
	if (channel_put_take(run->channel, WIRE_REQUEST,
		    json_pack("{s:I, s:s%, s:s%, s:s}", "request", (json_int_t)run->requests, "method",
			    method, length, "url", url->data, url->length, "from", from),
		    error) < 0)
		return -1;
	return channel_flush(run->channel, error);
}

/* The next frame; records that are ready are sent before we wait for it. */
static int next_frame(struct wire_frame *frame, struct run *run, struct error *error)
{
	int got = channel_next(frame, run->channel, false, error);

	if (got != 0)
		return got;
	if (send_batch(run, error) < 0)
		return -1;
	return channel_next(frame, run->channel, true, error);
}

/* Begins the answer to request number run->page_number. */
static int expect_answer(unsigned *status, struct run *run, struct error *error)
{
	json_t *head = NULL;
	json_int_t request;

	if (channel_expect(&head, run->channel, WIRE_ANSWER, error) < 0)
		return -1;
	request = json_integer_value(json_object_get(head, "request"));
	*status = (unsigned)json_integer_value(json_object_get(head, "status"));
	json_decref(head);
	if (request != (json_int_t)run->page_number)
		return error_set(error, ERROR_INTERNAL, "The host answered request %lld, not %u.",
			(long long)request, (unsigned)run->page_number);
	return 0;
}

/* The next piece of the body: 1, or 0 at its end. */
static int next_chunk(
	const char **bytes, size_t *length, uint32_t *slot, struct run *run, struct error *error)
{
	struct wire_frame frame;
	uint32_t request;
	uint32_t size;

	if (next_frame(&frame, run, error) < 0)
		return -1;
	if (frame.type == WIRE_END)
		return 0;
	if (wire_get_chunk(&request, slot, &size, &frame, error) < 0)
		return -1;
	if (request != run->page_number)
		return error_set(error, ERROR_INTERNAL, "The host mixed the bodies of two requests.");
	*bytes = run->area + (size_t)*slot * WIRE_SLOT_SIZE;
	*length = size;
	return 1;
}

/* ---- Pages, by tables ------------------------------------------------------------------------------ */

/* The URL of the first request. */
static int make_first(struct run *run, struct error *error)
{
	if (request_target(&run->first, run->action, &run->values, error) < 0 ||
		request_declared(&run->first, run->action, &run->values, error) < 0 ||
		request_sizes(&run->first, run->action, error) < 0)
		return -1;
	return 0;
}

/* Asks for the next page as soon as it is known which one that is. */
static int ask_next(struct run *run, struct error *error)
{
	static const char *const from[] = { [MUSTER_NEXT_LINK] = "link",
		[MUSTER_CURSOR] = "cursor",
		[MUSTER_CURSOR_IN_LINK] = "cursor",
		[MUSTER_PAGE_NUMBER] = "number" };
	struct paging_page page = { .number = run->page_number };
	const struct muster_paging *row;
	const char *value;
	size_t length;
	int more;

	if (run->requests > run->page_number ||
		page_next(&row, &value, &length, run->page) != PAGE_NEXT_KNOWN)
		return 0;
	page.first = buffer_text(&run->first);
	page.current = buffer_text(&run->current);
	if (!page.first || !page.current)
		return error_memory(error);
	more = paging_next(&run->next, row, value, length, &page, error);
	if (more <= 0)
		return more;
	if (run->requests >= run->action->max_pages)
		return error_set(error, ERROR_TOO_MANY_PAGES, "There are more than %u pages.",
			(unsigned)run->action->max_pages);
	return send_request(run, &run->next, from[row->kind], error);
}

/* Takes the records out of what was fed: 0, or 1 when the run is over. */
static int drain(struct run *run, struct error *error)
{
	struct map_record record;
	int got;

	while ((got = page_read(&record, run->page, error)) > 0) {
		int last = yield(run, &record, error);
		if (last != 0)
			return last;
	}
	if (got < 0) {
		*run->offset = page_offset(run->page);
		return -1;
	}
	return ask_next(run, error);
}

static int read_page(struct run *run, struct error *error)
{
	const char *bytes = "";
	size_t length = 0;
	uint32_t slot = 0;
	unsigned status;
	int more;
	int last;

	page_begin(run->page);
	if (expect_answer(&status, run, error) < 0)
		return -1;
	do {
		more = next_chunk(&bytes, &length, &slot, run, error);
		if (more < 0)
			return -1;
		page_feed(run->page, more ? bytes : "", more ? length : 0, !more);
		last = drain(run, error);
		if (last != 0)
			return last < 0 ? -1 : 0;
		if (more) {
			/* What is unfinished is carried along, and the slot is free:
			 * the host may wait for it. */
			page_feed(run->page, "", 0, false);
			if (channel_put_release(run->channel, slot, error) < 0)
				return -1;
		}
	} while (more);
	return close_page(run, error);
}

static int run_tables(struct run *run, struct error *error)
{
	if (page_new(&run->page, run->action, &run->options, error) < 0 || make_first(run, error) < 0 ||
		buffer_append(&run->current, run->first.data, run->first.length) < 0)
		return -1;
	if (send_request(run, &run->first, "template", error) < 0)
		return -1;
	while (!run->over && run->page_number < run->requests) {
		run->page_number++;
		if (run->page_number > 1) {
			struct buffer old = run->current;
			run->current = run->next;
			run->next = old;
		}
		if (read_page(run, error) < 0)
			return -1;
	}
	return 0;
}

/* ---- Pages, by a hook ------------------------------------------------------------------------------ */

static int read_answer(struct run *run, struct error *error)
{
	const char *bytes;
	size_t length;
	uint32_t slot;
	int more;

	run->answer.length = 0;
	while ((more = next_chunk(&bytes, &length, &slot, run, error)) > 0) {
		if (buffer_append(&run->answer, bytes, length) < 0)
			return error_set(error, ERROR_BODY_TOO_LARGE,
				"An answer has more than %d bytes, which is more than a hook can have.",
				HOOK_BODY_MAX);
		if (channel_put_release(run->channel, slot, error) < 0)
			return -1;
	}
	return more;
}

int run_hook_request(struct muster_answer *answer, struct run *run, const struct muster_argument *arguments,
	uint32_t count, struct error *error)
{
	unsigned status = 0;

	if (run->page_number > 0 && close_page(run, error) < 0)
		return -1;
	if (run->requests >= run->action->max_pages)
		return error_set(error, ERROR_TOO_MANY_PAGES, "The connector made more than %u requests.",
			(unsigned)run->action->max_pages);
	run->current.length = 0;
	if (request_target(&run->current, run->action, &run->values, error) < 0)
		return -1;
	for (uint32_t i = 0; i < count; i++)
		if (request_query(&run->current, arguments[i].name, arguments[i].value, error) < 0)
			return -1;
	run->page_number++;
	if (send_request(run, &run->current, "hook", error) < 0 || expect_answer(&status, run, error) < 0 ||
		read_answer(run, error) < 0)
		return -1;
	*answer = (struct muster_answer){ .body = run->answer.length ? run->answer.data : "",
		.length = run->answer.length,
		.status = status };
	return 0;
}

int run_hook_record(struct run *run, const char *json, size_t length, struct error *error)
{
	struct map_record record;
	int last;

	if (run->page_number == 0)
		return error_set(
			error, ERROR_PLUGIN_FAULT, "The connector yielded a record before any answer came.");
	reader_restart(&run->reader);
	reader_feed(&run->reader, json, length, true);
	if (reader_next(&run->reader) != READER_OBJECT)
		return error_set(error, ERROR_PLUGIN_FAULT, "The connector yielded what is no JSON object.");
	reader_hold(&run->reader);
	map_begin(run->map, &run->reader);
	if (map_record(&record, run->map, &run->reader, error) < 0)
		return -1;
	last = yield(run, &record, error);
	reader_release(&run->reader);
	if (last == 0 && reader_next(&run->reader) != READER_END)
		return error_set(error, ERROR_PLUGIN_FAULT, "The connector yielded more than a JSON object.");
	return last ? -1 : 0;
}

static int run_hook(struct run *run, const struct tables *tables, const json_t *start, struct error *error)
{
	struct muster_call call = { .mode = WIRE_MODE_RUN,
		.tables = tables,
		.auth = tables_auth(tables, run->action->auth),
		.start = start,
		.channel = run->channel,
		.run = run,
		.error = error };

	if (!call.auth)
		return error_set(error, ERROR_PLUGIN_REFUSED, "There is no auth %s.", run->action->auth);
	if (map_new(&run->map, &run->action->map, run->action->key, &run->options, error) < 0)
		return -1;
	reader_init(&run->reader, READER_RECORD_LIMIT);
	if (hooks_run(&call, run->action->run) < 0)
		return run->over ? 0 : -1;
	return run->page_number > 0 ? close_page(run, error) : 0;
}

/* ---- What START says ------------------------------------------------------------------------------- */

/* The parameters that were given, and the defaults of the others. */
static int take_parameters(struct run *run, const json_t *start, struct error *error)
{
	const json_t *given = json_object_get(start, "parameters");
	uint32_t declared = run->action->parameters.count;

	if (declared == 0)
		return 0;
	run->parameters = calloc(declared, sizeof *run->parameters);
	if (!run->parameters)
		return error_memory(error);
	for (uint32_t i = 0; i < declared; i++) {
		const struct muster_parameter *row = &run->action->parameters.rows[i];
		const char *value = json_member_text(given, row->id, row->default_text);
		if (value)
			run->parameters[run->values.parameter_count++] =
				(struct muster_argument){ row->id, value };
	}
	run->values.parameters = run->parameters;
	return 0;
}

static int take_open_fields(struct run *run, const json_t *start, struct error *error)
{
	const json_t *open = json_object_get(start, "open");
	size_t count = json_array_size(open);

	if (count == 0)
		return 0;
	run->open_fields = calloc(count, sizeof *run->open_fields);
	if (!run->open_fields)
		return error_memory(error);
	for (size_t i = 0; i < count; i++) {
		const char *name = json_string_value(json_array_get(open, i));
		run->open_fields[i] = name ? name : "";
	}
	run->options.open_fields = run->open_fields;
	run->options.open_field_count = count;
	return 0;
}

static int take_start(struct run *run, const json_t *start, struct error *error)
{
	json_int_t limit = json_integer_value(json_object_get(start, "limit"));

	if (take_parameters(run, start, error) < 0 || take_open_fields(run, start, error) < 0)
		return -1;
	run->values.fields = json_object_get(start, "fields");
	run->options.parameters = run->values.parameters;
	run->options.parameter_count = run->values.parameter_count;
	run->options.raw = json_is_true(json_object_get(start, "raw"));
	run->limit = limit > 0 ? (uint64_t)limit : 0;
	return 0;
}

static int map_area(struct run *run, struct error *error)
{
	void *map = mmap(NULL, WIRE_SLOTS * WIRE_SLOT_SIZE, PROT_READ, MAP_SHARED, WIRE_FD_AREA, 0);

	if (map == MAP_FAILED)
		return error_set(
			error, ERROR_INTERNAL, "The host's memory can't be mapped: %s.", strerror(errno));
	run->area = map;
	return 0;
}

static void clear(struct run *run)
{
	if (run->area)
		(void)munmap((void *)(uintptr_t)run->area, WIRE_SLOTS * WIRE_SLOT_SIZE);
	page_free(run->page);
	if (run->map) {
		map_free(run->map);
		reader_clear(&run->reader);
	}
	buffer_clear(&run->first);
	buffer_clear(&run->current);
	buffer_clear(&run->next);
	buffer_clear(&run->batch);
	buffer_clear(&run->answer);
	free(run->parameters);
	free(run->open_fields);
}

/* What was read before it failed is as good as any. In a frame of its own: stack that is only reserved counts, too,
 * as each of its pages is probed, and many runners wait at once. */
__attribute__((noinline)) static void send_rest(struct run *run)
{
	struct error ignored;

	(void)send_batch(run, &ignored);
}

int run_action(uint64_t *offset, const struct tables *tables, const json_t *start, struct channel *channel,
	struct error *error)
{
	const char *id = json_member_text(start, "action", "");
	struct run run = { .action = tables_action(tables, id), .channel = channel, .offset = offset };
	int result = -1;

	if (!run.action)
		return error_set(error, ERROR_INTERNAL, "The connector has no action %.64s.", id);
	buffer_init(&run.first, PAGING_URL_LIMIT + 1);
	buffer_init(&run.current, PAGING_URL_LIMIT + 1);
	buffer_init(&run.next, PAGING_URL_LIMIT + 1);
	buffer_init(&run.batch, WIRE_HEAD + WIRE_RECORDS_MAX);
	buffer_init(&run.answer, HOOK_BODY_MAX);
	if (map_area(&run, error) < 0 || take_start(&run, start, error) < 0)
		goto out;
	result = run.action->run ? run_hook(&run, tables, start, error) : run_tables(&run, error);
	if (result < 0)
		send_rest(&run);
out:
	clear(&run);
	return result;
}
