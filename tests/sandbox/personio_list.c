#include "config.h"

#include "sandbox/personio_list.h"

#include "sandbox/encode.h"
#include "sandbox/personio_error.h"
#include "sandbox/personio_page.h"

#include <string.h>

#define CURSOR_LIMIT 65536

static int append(const char *text, size_t length, void *own)
{
	return buffer_append(own, text, length);
}

/* Servers differ in what they escape; all of it means the same. */
static int write_json(struct buffer *out, const json_t *value, uint64_t dice)
{
	size_t flags = JSON_COMPACT | JSON_REAL_PRECISION(10);

	if (dice % 16 == 5)
		flags |= JSON_ENSURE_ASCII;
	if (dice % 16 == 9)
		flags |= JSON_ESCAPE_SLASH;
	return json_dump_callback(value, append, out, flags);
}

/* As many records as the page holds. Returns how many, or -1. */
static int64_t write_records(struct body *body, struct personio_page *page)
{
	int64_t count = 0;

	while ((uint64_t)count < page->limit) {
		uint64_t start = body->head.length + (count ? 1 : 0);
		json_t *record;
		int found = personio_page_next(&record, page);
		int failed;

		if (found <= 0)
			return found < 0 ? -1 : count;
		failed = (count && buffer_append_char(&body->head, ',') < 0) ||
			 write_json(&body->head, record, page->next) < 0;
		if (count == 0 && json_is_object(record)) {
			body->first_at = (size_t)start;
			body->first_length = body->head.length - (size_t)start;
		}
		json_decref(record);
		if (failed)
			return -1;
		count++;
	}
	return count;
}

/* Whether there is another record, without moving on. */
static int goes_on(const struct personio_page *page)
{
	struct personio_page ahead = *page; /* shares what page owns, and frees none of it */
	json_t *record = NULL;
	int found = personio_page_next(&record, &ahead);

	if (found == 1)
		json_decref(record);
	return found;
}

static int write_text(struct buffer *out, const char *text)
{
	return encode_json(out, text, false);
}

/* The filters of the first page, without its cursor, as some links repeat them. */
static int write_filters(struct buffer *out, const struct personio_page *page)
{
	struct buffer query = BUFFER_INIT(CURSOR_LIMIT);
	int result = 0;

	if (page->query.length &&
		(buffer_append(&query, page->query.data, page->query.length) < 0 || !buffer_text(&query) ||
			write_text(out, query.data) < 0 || buffer_append_char(out, '&') < 0))
		result = -1;
	buffer_clear(&query);
	return result;
}

/* ,"next":{"href":…}, with what the endpoint and the faults make of it. */
static int write_next(struct buffer *out, const struct personio_page *page, const struct request *request)
{
	const struct personio_endpoint *endpoint = page->endpoint;
	const char *own = request_query(request, "cursor");
	const char *path = endpoint->next_path ? endpoint->next_path : request->path;
	const char *host = PERSONIO_URL;
	struct buffer cursor = BUFFER_INIT(CURSOR_LIMIT);
	int result = -1;

	if (strikes(&request->strike, FAULT_FOREIGN_NEXT))
		host = "https://attacker.example";
	else if ((endpoint->peculiar & PERSONIO_RELATIVE_NEXT) && page->number == 1)
		host = "";
	if (own && strikes(&request->strike, FAULT_REPEATED_CURSOR)
			? buffer_append_text(&cursor, own) < 0
			: personio_page_cursor(&cursor, page, request->path) < 0)
		goto out;
	if (!buffer_text(&cursor) || buffer_format(out, ",\"next\":{\"href\":\"%s%s?", host, path) < 0)
		goto out;
	if ((endpoint->peculiar & PERSONIO_REPEATS) && write_filters(out, page) < 0)
		goto out;
	result = buffer_format(out, "cursor=%s\"}", cursor.data);
out:
	buffer_clear(&cursor);
	return result;
}

/* "_meta":{"links":{…}} with the columns of a report. */
static int write_meta(
	struct buffer *out, const struct personio_page *page, const struct request *request, bool more)
{
	json_t *columns;
	int failed = buffer_append_text(out, "\"_meta\":{") < 0;

	if (page->endpoint->form == FORM_REPORT) {
		columns = personio_report_columns(page->view.report);
		failed |= !columns || buffer_append_text(out, "\"columns\":") < 0 ||
			  write_json(out, columns, 0) < 0 || buffer_append_char(out, ',') < 0;
		json_decref(columns);
	}
	failed |= buffer_append_text(out, "\"links\":{\"self\":{\"href\":\"" PERSONIO_URL) < 0 ||
		  write_text(out, request->target) < 0 || buffer_append_text(out, "\"}") < 0;
	if (more)
		failed |= write_next(out, page, request) < 0;
	return failed || buffer_append_text(out, "}}") < 0 ? -1 : 0;
}

static int write_page(struct answer *answer, struct personio_page *page, const struct request *request)
{
	static const char *const heads[] = {
		[FORM_LIST] = "{\"_data\":[",
		[FORM_REPORT] = "{\"report_config\":{},\"_data\":[",
		[FORM_V1_LIST] = "{\"success\":true,\"data\":[",
	};
	const struct strike *strike = &request->strike;
	struct body *body = &answer->body;
	bool endless = strikes(strike, FAULT_EMPTY_PAGE_FOREVER);
	int64_t count = 0;
	int more;

	answer->status = 200;
	answer->content_type = PERSONIO_TYPE;
	if (buffer_append_text(&body->head, heads[page->endpoint->form]) < 0)
		return -1;
	if (!endless)
		count = write_records(body, page);
	more = count < 0 ? -1 : goes_on(page);
	if (count < 0 || more < 0)
		return -1;
	answer->page = page->number;
	answer->records = (uint64_t)count;
	if (page->endpoint->form == FORM_V1_LIST)
		return buffer_append_text(&body->tail, "]}");
	more |= endless || strikes(strike, FAULT_REPEATED_CURSOR) || strikes(strike, FAULT_FOREIGN_NEXT);
	if (buffer_append_text(&body->tail, "],") < 0 || write_meta(&body->tail, page, request, more) < 0)
		return -1;
	return buffer_append_char(&body->tail, '}');
}

/* The object itself, without an envelope. */
static int write_object(struct answer *answer, struct personio_page *page, const struct request *request)
{
	page->limit = 1;
	answer->status = 200;
	answer->content_type = PERSONIO_TYPE;
	switch (write_records(&answer->body, page)) {
	case 1:
		answer->records = 1;
		return 0;
	case 0:
		return personio_no_record(answer, request);
	default:
		return -1;
	}
}

int personio_list(struct answer *answer, const struct request *request,
	const struct personio_endpoint *endpoint, const struct personio_view *view, const char *id)
{
	struct personio_view seen = *view;
	struct personio_page page;
	uint64_t owner = 0;
	int result;

	if (endpoint->owner && personio_find(&owner, endpoint->owner, view, id) < 0)
		return personio_no_record(answer, request);
	if (endpoint->form == FORM_REPORT) {
		if (!personio_report_is_flat(owner))
			return personio_bad_request(answer, "Unsupported nested type: null");
		seen.report = owner;
	}
	result = personio_page_open(&page, answer, request, endpoint, &seen, owner);
	if (result == 1) {
		answer->record_key = "id";
		result = endpoint->form == FORM_OBJECT ? write_object(answer, &page, request)
						       : write_page(answer, &page, request);
	}
	personio_page_clear(&page);
	return result;
}
