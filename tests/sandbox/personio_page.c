#include "config.h"

#include "sandbox/personio_page.h"

#include "base/text.h"
#include "sandbox/encode.h"
#include "sandbox/moment.h"
#include "sandbox/personio_error.h"
#include "sandbox/tokens.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define QUERY_LIMIT 16384
#define CURSOR_PREFIX "cur_"
#define DAY_S 86400

/* ---- Parameters ------------------------------------------------------------------------ */

/* The values of a parameter, with commas between, or NULL: *out is to be freed. Returns how many there are,
 * or -1 without memory; what is malformed is taken for absent, as most servers do. */
static int take_parameter(char **out, const struct buffer *query, const char *name)
{
	struct buffer values = BUFFER_INIT(QUERY_LIMIT);
	int count = query->length ? form_values(&values, query->data, query->length, name) : 0;

	*out = count > 0 ? buffer_take(&values) : NULL;
	buffer_clear(&values);
	return count > 0 && !*out ? -1 : count < 0 ? 0 : count;
}

/* "DE, IE" is as good as "DE,IE". */
static void drop_spaces(char *words)
{
	char *out = words;

	for (const char *at = words; *at; at++) {
		if (*at == ' ' && at > words && at[-1] == ',')
			continue;
		*out++ = *at;
	}
	*out = '\0';
}

#define WORD_SIZE 128

/* Takes the next word of a list, cut if it is too long to be anything that we know. False: there is none. */
static bool next_word(char out[WORD_SIZE], const char **rest)
{
	size_t length;

	if (!*rest)
		return false;
	length = strcspn(*rest, ",");
	(void)snprintf(out, WORD_SIZE, "%.*s", length < WORD_SIZE ? (int)length : WORD_SIZE, *rest);
	*rest = (*rest)[length] ? *rest + length + 1 : NULL;
	return true;
}

static bool are_choices(const char *words, const char *choices)
{
	char word[WORD_SIZE];

	while (next_word(word, &words)) {
		if (!tokens_list_has(choices, word))
			return false;
	}
	return true;
}

static int read_moment(int64_t *out, const char *text, enum personio_time_form form)
{
	int64_t days;

	if (form != TIME_DATE)
		return moment_read(out, text, form == TIME_ZONED ? MOMENT_WITH_ZONE : MOMENT_WITHOUT_ZONE);
	if (moment_read_date(&days, text) < 0)
		return -1;
	*out = days * DAY_S;
	return 0;
}

/* ---- Filters --------------------------------------------------------------------------- */

/* Only the places between the first and the last that the ids lead to need to be looked at. */
static void narrow(struct personio_page *page, const struct personio_kind *kind, const char *ids)
{
	uint64_t width = personio_width(page->endpoint->records, kind);
	uint64_t first = UINT64_MAX;
	uint64_t end = 0;
	uint64_t place;
	char id[WORD_SIZE];

	while (next_word(id, &ids)) {
		if (personio_find(&place, kind, &page->view, id) < 0)
			continue;
		if (place * width < first)
			first = place * width;
		if ((place + 1) * width > end)
			end = (place + 1) * width;
	}
	if (first > page->next)
		page->next = first;
	if (end < page->end)
		page->end = end;
}

/* Returns 1, 0 when the refusal stands in the answer, or -1. */
static int add_condition(
	struct personio_page *page, struct answer *answer, const struct personio_filter *filter)
{
	struct personio_condition *condition = &page->conditions[page->condition_count];
	bool good = true;
	int count;

	if (page->condition_count == PERSONIO_CONDITIONS)
		return -1;
	count = take_parameter(&condition->words, &page->query, filter->name);
	if (count < 0)
		return -1;
	if (count == 0)
		return filter->required
			       ? personio_bad_request(answer, "A required request parameter is missing.")
			       : 1;
	condition->filter = filter;
	page->condition_count++;
	drop_spaces(condition->words);
	if (filter->match == MATCH_NOTHING)
		good = false;
	else if (filter->match == MATCH_CHOICE)
		good = are_choices(condition->words, filter->choices);
	else if (filter->match != MATCH_WORD)
		good = read_moment(&condition->moment, condition->words, filter->form) == 0;
	if (!good)
		return personio_bad_request(answer, "Provided request parameters are invalid.");
	if (filter->narrows)
		narrow(page, filter->narrows, condition->words);
	return 1;
}

/* The member of a record at a path with dots. */
static const json_t *member_at(const json_t *record, const char *path)
{
	while (record && *path) {
		size_t length = strcspn(path, ".");

		record = json_object_getn(record, path, length);
		path += length + (path[length] == '.');
	}
	return record;
}

/* What has no time yet lies after all others. */
static int64_t moment_of(const json_t *value)
{
	const char *text = json_string_value(value);
	int64_t moment;

	if (!text ||
		(read_moment(&moment, text, TIME_ZONED) < 0 && read_moment(&moment, text, TIME_LOCAL) < 0 &&
			read_moment(&moment, text, TIME_DATE) < 0))
		return INT64_MAX;
	return moment;
}

static bool holds(const struct personio_condition *condition, const json_t *record)
{
	const json_t *value = member_at(record, condition->filter->path);

	switch (condition->filter->match) {
	case MATCH_AFTER:
		return moment_of(value) > condition->moment;
	case MATCH_BEFORE:
		return moment_of(value) < condition->moment;
	case MATCH_FROM:
		return moment_of(value) >= condition->moment;
	case MATCH_TO:
		return moment_of(value) <= condition->moment;
	default:
		return json_is_string(value) && tokens_list_has(condition->words, json_string_value(value));
	}
}

/* ---- The month of the compensations ---------------------------------------------------- */

static int64_t to_days(struct tm parts)
{
	return (int64_t)(timegm(&parts) / DAY_S);
}

static struct tm to_parts(int64_t days)
{
	time_t time = (time_t)(days * DAY_S);
	struct tm parts = { 0 };

	(void)gmtime_r(&time, &parts);
	return parts;
}

static int64_t month_start(int64_t days)
{
	struct tm parts = to_parts(days);

	parts.tm_mday = 1;
	return to_days(parts);
}

/* A month later, on its last day where it is too short. */
static int64_t month_later(int64_t days)
{
	struct tm parts = to_parts(days);
	int64_t later;
	int64_t last;

	parts.tm_mon++;
	later = to_days(parts);
	parts.tm_mon++;
	parts.tm_mday = 0; /* the day before the first */
	last = to_days(parts);
	return later < last ? later : last;
}

/* One of them alone stands for its month; none, for the current one. */
static int read_month(struct personio_page *page, struct answer *answer)
{
	struct personio_view *view = &page->view;
	char *from = NULL;
	char *to = NULL;
	int has_from = take_parameter(&from, &page->query, "start_date");
	int has_to = take_parameter(&to, &page->query, "end_date");
	int64_t given = view->from; /* today */
	int result = 1;

	if (has_from < 0 || has_to < 0) {
		result = -1;
	} else if ((from && moment_read_date(&view->from, from) < 0) ||
		   (to && moment_read_date(&view->to, to) < 0)) {
		result = personio_bad_request(answer, "A date must be written as YYYY-MM-DD.");
	} else if (from && to) {
		if (view->to < view->from || view->to > month_later(view->from))
			result = personio_bad_request(answer,
				"The period between start_date and end_date must not exceed one month.");
	} else {
		if (from || to)
			given = from ? view->from : view->to;
		view->from = month_start(given);
		view->to = month_later(view->from) - 1;
	}
	free(from);
	free(to);
	return result;
}

/* ---- Cursors --------------------------------------------------------------------------- */

/* A cursor is base64url of JSON after its prefix, opaque to all but us; it holds for
 * the path that made it. */
static int read_cursor(struct personio_page *page, const char *cursor, const char *path)
{
	size_t prefix = strlen(CURSOR_PREFIX);
	struct buffer text = BUFFER_INIT(QUERY_LIMIT * 2);
	json_t *root = NULL;
	const char *made_for;
	const char *query;
	json_int_t next;
	json_int_t number;
	int result = -1;

	if (strncmp(cursor, CURSOR_PREFIX, prefix) != 0 ||
		decode_base64url(&text, cursor + prefix, strlen(cursor + prefix)) < 0 || !text.length)
		goto out;
	root = json_loadb(text.data, text.length, 0, NULL);
	if (json_unpack(root, "{s:s, s:I, s:I, s:s}", "path", &made_for, "next", &next, "page", &number,
		    "query", &query) < 0 ||
		strcmp(made_for, path) != 0 || next < 0 || number < 2)
		goto out;
	page->next = (uint64_t)next;
	page->number = (uint64_t)number;
	buffer_clear(&page->query);
	result = buffer_append_text(&page->query, query);
out:
	json_decref(root);
	buffer_clear(&text);
	return result;
}

int personio_page_cursor(struct buffer *out, const struct personio_page *page, const char *path)
{
	json_t *root = json_pack("{s:s, s:I, s:I, s:s%}", "path", path, "next", (json_int_t)page->next,
		"page", (json_int_t)page->number + 1, "query", page->query.data ? page->query.data : "",
		page->query.length);
	char *text = root ? json_dumps(root, JSON_COMPACT) : NULL;
	int result = text && buffer_append_text(out, CURSOR_PREFIX) == 0
			     ? encode_base64url(out, text, strlen(text))
			     : -1;

	free(text);
	json_decref(root);
	return result;
}

/* The query of the request, or, when it brings a cursor, the one with which the list began. */
static int find_place(struct personio_page *page, struct answer *answer, const struct request *request)
{
	const char *query = strchr(request->target, '?');
	char *cursor = NULL;
	int given;
	int result = 1;

	if (query && (!text_is_utf8(query, strlen(query)) || buffer_append_text(&page->query, query + 1) < 0))
		return personio_bad_request(answer, "The query can't be read.");
	given = take_parameter(&cursor, &page->query, "cursor");
	if (given < 0)
		result = -1;
	else if (given > 0 && (page->endpoint->peculiar & PERSONIO_CURSOR_ALONE) && strchr(query, '&'))
		result = personio_bad_request(answer, "A cursor can't be combined with other parameters.");
	else if (given > 0 && read_cursor(page, cursor, request->path) < 0)
		result = personio_bad_request(answer, "Provided value for cursor is not valid");
	free(cursor);
	return result;
}

static int read_limit(struct personio_page *page, struct answer *answer)
{
	char *text = NULL;
	int given = take_parameter(&text, &page->query, "limit");
	int result = given < 0 ? -1 : 1;

	page->limit = page->endpoint->limit_max ? page->endpoint->limit_default : UINT64_MAX;
	if (given > 0 && page->endpoint->limit_max &&
		(text_to_u64(&page->limit, text) < 0 || page->limit == 0 ||
			page->limit > page->endpoint->limit_max))
		result = personio_bad_request(answer, "Provided value for limit is not valid");
	free(text);
	return result;
}

/* ---- Pages ----------------------------------------------------------------------------- */

int personio_page_open(struct personio_page *out, struct answer *answer, const struct request *request,
	const struct personio_endpoint *endpoint, const struct personio_view *view, uint64_t owner)
{
	uint64_t width = personio_width(endpoint->records, endpoint->owner);
	char *parents = NULL;
	int result;

	*out = (struct personio_page){ .endpoint = endpoint, .view = *view, .number = 1 };
	buffer_init(&out->query, QUERY_LIMIT);
	result = find_place(out, answer, request);
	if (result == 1)
		result = read_limit(out, answer);
	if (result == 1 && (endpoint->peculiar & PERSONIO_MONTH))
		result = read_month(out, answer);
	if (result != 1)
		return result;
	if (endpoint->peculiar & PERSONIO_PARENTS) {
		if (take_parameter(&parents, &out->query, "include_parent_chain") < 0)
			return -1;
		out->view.with_parents = parents && strcmp(parents, "true") == 0;
		free(parents);
	}
	if (out->next < owner * width)
		out->next = owner * width;
	out->end = width ? (owner + 1) * width : personio_count(endpoint->records, view);
	for (const struct personio_filter *filter = endpoint->filters; filter && filter->name; filter++) {
		result = add_condition(out, answer, filter);
		if (result != 1)
			return result;
	}
	return 1;
}

void personio_page_clear(struct personio_page *page)
{
	for (size_t i = 0; i < page->condition_count; i++)
		free(page->conditions[i].words);
	page->condition_count = 0;
	buffer_clear(&page->query);
}

int personio_page_next(json_t **out, struct personio_page *page)
{
	while (page->next < page->end) {
		int made = page->endpoint->records->make(out, &page->view, page->next++);
		size_t held = 0;

		if (made < 0)
			return -1;
		if (!made)
			continue;
		while (held < page->condition_count && holds(&page->conditions[held], *out))
			held++;
		if (held == page->condition_count)
			return 1;
		json_decref(*out);
	}
	return 0;
}
