#include "config.h"

#include "sandbox/culture_amp_list.h"

#include "sandbox/culture_amp_data.h"
#include "sandbox/encode.h"
#include "sandbox/moment.h"

#include <inttypes.h>
#include <jansson.h>
#include <string.h>

#define CURSOR_LIMIT 1024

/* Where a page begins and what it filters: all of it stands in the cursor, which therefore wins
 * over every other parameter. */
struct place {
	uint64_t next;
	uint64_t page;
	int64_t after;
	int word;
};

static int read_state(int *out, const char *text)
{
	static const char *const words[] = { NULL, "active", "closed", "ready" };

	for (int i = STATE_ACTIVE; i <= STATE_READY; i++) {
		if (strcmp(text, words[i]) == 0) {
			*out = i;
			return 0;
		}
	}
	return -1;
}

/* The cursor is base64 of JSON, opaque to all but us; it holds for the path that made it. */
static int read_cursor(struct place *out, const char *cursor, const char *path)
{
	struct buffer text = BUFFER_INIT(CURSOR_LIMIT);
	json_t *root = NULL;
	const char *made_for;
	json_int_t next;
	json_int_t page;
	json_int_t after;
	int result = -1;

	if (decode_base64url(&text, cursor, strlen(cursor)) < 0 || !text.length)
		goto out;
	root = json_loadb(text.data, text.length, 0, NULL);
	if (json_unpack(root, "{s:s, s:I, s:I, s:I, s:i}", "PK", &made_for, "SK", &next, "page", &page,
		    "after", &after, "word", &out->word) < 0 ||
		strcmp(made_for, path) != 0 || next < 0 || page < 1)
		goto out;
	out->next = (uint64_t)next;
	out->page = (uint64_t)page;
	out->after = after;
	result = 0;
out:
	json_decref(root);
	buffer_clear(&text);
	return result;
}

static int write_cursor(struct buffer *out, const struct place *place, const char *path)
{
	struct buffer text = BUFFER_INIT(CURSOR_LIMIT);
	int result = -1;

	if (buffer_format(&text,
		    "{\"PK\":\"%s\",\"SK\":%" PRIu64 ",\"page\":%" PRIu64 ",\"after\":%" PRId64
		    ",\"word\":%d}",
		    path, place->next, place->page, place->after, place->word) == 0)
		result = encode_base64url(out, text.data, text.length);
	buffer_clear(&text);
	return result;
}

static const char *given_cursor(const struct request *request)
{
	const char *cursor = request_query(request, "cursor");

	return cursor ? cursor : request_query(request, "after_key");
}

/* Returns 1, 0 when the refusal stands in the answer, or -1. */
static int find_place(struct place *out, struct answer *answer, const struct request *request,
	const struct provider *provider)
{
	const char *cursor = given_cursor(request);
	const char *after = request_query(request, "after_date");
	const char *state = request_query(request, "state");

	*out = (struct place){ .page = 1, .after = INT64_MIN };
	if (cursor)
		return read_cursor(out, cursor, request->path) == 0
			       ? 1
			       : provider->refuse(answer, request, 400, "the cursor is invalid");
	if (after && strstr(request->path, "/employees"))
		after = NULL; /* no parameter of these lists */
	if (after && moment_read(&out->after, after, MOMENT_WITH_ZONE) < 0)
		return provider->refuse(answer, request, 400, "after_date must be an RFC 3339 date and time");
	if (state && strcmp(request->path, "/v1/performance-cycles") == 0 &&
		read_state(&out->word, state) < 0)
		return provider->refuse(answer, request, 400, "state must be active, closed or ready");
	return 1;
}

/* The member pagination, with what the faults make of it. */
static int write_pagination(struct buffer *out, const struct place *next, const struct request *request)
{
	const struct strike *strike = &request->strike;
	const char *own = given_cursor(request);
	struct buffer cursor = BUFFER_INIT(CURSOR_LIMIT * 2);
	bool link_only = strikes(strike, FAULT_NEXT_PATH_ONLY) || strikes(strike, FAULT_FOREIGN_NEXT);
	int result = -1;

	if (own && strikes(strike, FAULT_REPEATED_CURSOR) ? buffer_append_text(&cursor, own) < 0
							  : write_cursor(&cursor, next, request->path) < 0)
		goto out;
	if (!buffer_text(&cursor) || buffer_append_text(out, "],\"pagination\":{") < 0)
		goto out;
	if (!link_only && buffer_format(out, "\"afterKey\":\"%s\",", cursor.data) < 0)
		goto out;
	result = buffer_format(out, "\"nextPath\":\"%s%s?cursor=%s\"}}",
		strikes(strike, FAULT_FOREIGN_NEXT) ? "https://attacker.example" : "", request->path,
		cursor.data);
out:
	buffer_clear(&cursor);
	return result;
}

int culture_amp_list(struct answer *answer, const struct simulation *simulation,
	const struct request *request, const struct selection *all)
{
	const struct strike *strike = &request->strike;
	struct body *body = &answer->body;
	struct selection rest = *all;
	struct place place;
	int found = find_place(&place, answer, request, simulation->provider);

	if (found != 1)
		return found;
	if (place.page > 1)
		rest.next = place.next;
	rest.after = place.after;
	rest.word = place.word;
	body->records = rest;
	if (!strikes(strike, FAULT_EMPTY_PAGE_FOREVER))
		selection_cut(
			&body->record_count, &body->record_bytes, &rest, simulation->options->page_bytes);
	answer->status = 200;
	answer->content_type = CULTURE_AMP_TYPE;
	answer->page = place.page;
	answer->records = body->record_count;
	if (buffer_append_text(&body->head, "{\"data\":[") < 0)
		return -1;
	place.next = rest.next;
	place.page++;
	if (selection_find(&rest) || strikes(strike, FAULT_REPEATED_CURSOR) ||
		strikes(strike, FAULT_EMPTY_PAGE_FOREVER) || strikes(strike, FAULT_FOREIGN_NEXT))
		return write_pagination(&body->tail, &place, request);
	return buffer_append_text(&body->tail, "]}");
}

int culture_amp_employees(
	struct answer *answer, const struct simulation *simulation, const struct request *request)
{
	const struct culture_amp_data *data = simulation->data;
	const char *identifier = request_query(request, "employee_identifier");
	const char *email = request_query(request, "email");
	struct selection found = selection_all(&data->employees);

	if (!given_cursor(request) && (identifier || email)) {
		int missing = identifier ? culture_amp_by_identifier(&found.next, data, identifier)
					 : culture_amp_by_email(&found.next, data, email);

		found.end = missing ? found.next : found.next + 1;
	}
	return culture_amp_list(answer, simulation, request, &found);
}
