#include "config.h"

#include "sandbox/employment_hero_list.h"

#include "sandbox/employment_hero_text.h"
#include "sandbox/moment.h"

#include "base/text.h"

#include <inttypes.h>
#include <string.h>

#define DAY INT64_C(86400)
#define PAGE_SIZE_MAX 100
#define PAGE_SIZE_OWN 20

/* What a request wants to see. */
struct wish {
	const struct request *request;
	int64_t from; /* seconds; INT64_MIN: no limit */
	int64_t to;   /* of days: the beginning of the last; INT64_MAX: no limit */
	uint64_t team;
	const char *member;   /* an id, or NULL */
	uint64_t location;    /* number of a cost centre from 1; 0: all */
	bool contractors;     /* unless these are false… */
	bool employees;       /* …all are wanted */
	bool unassigned_only; /* shifts that nobody has */
	bool start_within;    /* shifts: what overlaps the beginning is left out */
};

/* ---- Parameters ------------------------------------------------------------------------ */

/* The readers return NULL, or what is wrong. An absent parameter leaves *out as it is. */

static const char *read_day(int64_t *out, const struct request *request, const char *name)
{
	const char *text = request_query(request, name);
	int64_t days;

	if (!text)
		return NULL;
	if (moment_read_date(&days, text) < 0)
		return "a date must be YYYY-MM-DD";
	*out = days * DAY;
	return NULL;
}

/* dd/mm/yyyy is turned round and then read as the other form. */
static const char *read_local_day(int64_t *out, const struct request *request, const char *name)
{
	const char *text = request_query(request, name);
	char turned[11];
	int64_t days;

	if (!text)
		return NULL;
	if (strlen(text) != 10 || text[2] != '/' || text[5] != '/')
		return "a date must be dd/mm/yyyy";
	(void)snprintf(turned, sizeof turned, "%.4s-%.2s-%.2s", text + 6, text + 3, text);
	if (moment_read_date(&days, turned) < 0)
		return "a date must be dd/mm/yyyy";
	*out = days * DAY;
	return NULL;
}

static const char *read_moment(int64_t *out, const struct request *request, const char *name)
{
	const char *text = request_query(request, name);

	if (!text)
		return "from_date and to_date are required";
	if (moment_read(out, text, MOMENT_WITH_ZONE) < 0)
		return "from_date and to_date must be ISO 8601 date-times";
	return NULL;
}

static const char *read_truth(bool *out, const struct request *request, const char *name)
{
	const char *text = request_query(request, name);

	if (!text)
		return NULL;
	*out = strcmp(text, "true") == 0;
	return *out || strcmp(text, "false") == 0 ? NULL : "a flag must be true or false";
}

static const char *read_member_type(struct wish *wish)
{
	const char *text = request_query(wish->request, "member_type");

	wish->employees = text && strcmp(text, "employee") == 0;
	wish->contractors = text && strcmp(text, "contractor") == 0;
	return !text || wish->employees || wish->contractors ? NULL
							     : "member_type must be employee or contractor";
}

static const char *read_dates(struct wish *wish)
{
	const char *bad = read_day(&wish->from, wish->request, "start_date");

	return bad ? bad : read_day(&wish->to, wish->request, "end_date");
}

static const char *read_local_dates(struct wish *wish)
{
	const char *bad = read_local_day(&wish->from, wish->request, "start_date");

	return bad ? bad : read_local_day(&wish->to, wish->request, "end_date");
}

static const char *read_shift(struct wish *wish)
{
	const char *bad = read_moment(&wish->from, wish->request, "from_date");

	if (!bad)
		bad = read_moment(&wish->to, wish->request, "to_date");
	if (!bad)
		bad = read_truth(&wish->unassigned_only, wish->request, "unassigned_shifts_only");
	if (!bad)
		bad = read_truth(&wish->start_within, wish->request, "exclude_shifts_overlapping_from_date");
	return bad;
}

static const char *read_month(struct wish *wish)
{
	const char *location = request_query(wish->request, "location_id");
	const char *bad = read_day(&wish->from, wish->request, "from_date");

	if (!bad)
		bad = read_day(&wish->to, wish->request, "to_date");
	if (!bad && location && text_to_u64(&wish->location, location) < 0)
		bad = "location_id must be a number";
	if (!bad && wish->from != INT64_MIN && wish->to != INT64_MAX && wish->to - wish->from > 31 * DAY)
		bad = "the range from from_date to to_date is at most one month";
	wish->member = request_query(wish->request, "member_id");
	return bad;
}

static const char *read_year(struct wish *wish)
{
	const char *bad = read_dates(wish);

	if (!bad && (wish->from == INT64_MIN || wish->to == INT64_MAX))
		bad = "start_date and end_date are required";
	if (!bad && wish->to - wish->from > 366 * DAY)
		bad = "the range from start_date to end_date is at most 366 days";
	wish->member = request_query(wish->request, "member_id");
	return bad;
}

/* ---- What is wanted -------------------------------------------------------------------- */

static bool is_member(const struct hero_place *place, const struct wish *wish)
{
	return wish->contractors == wish->employees || hero_is_contractor(place) == wish->contractors;
}

static bool is_of_team(const struct hero_place *place, const struct wish *wish)
{
	return place->employee % HERO_TEAM_COUNT == wish->team;
}

static bool overlaps(const struct hero_place *place, const struct wish *wish)
{
	char id[HERO_ID_SIZE];

	if (place->to < wish->from || place->from / DAY * DAY > wish->to)
		return false;
	if (wish->location && place->employee % HERO_CENTRE_COUNT + 1 != wish->location)
		return false;
	hero_id(id, place, HERO_EMPLOYEES, 0);
	return !wish->member || strcmp(id, wish->member) == 0;
}

/* As documented: with the flag, what starts in [from, to); without it, what starts in [from - 1 day, to) and
 * ends in (from, to + 1 day]. */
static bool is_shift(const struct hero_place *place, const struct wish *wish)
{
	char id[HERO_ID_SIZE];

	if (wish->start_within ? place->from < wish->from || place->from >= wish->to
			       : place->from < wish->from - DAY || place->from >= wish->to ||
					 place->to <= wish->from || place->to > wish->to + DAY)
		return false;
	if (wish->unassigned_only && !hero_is_open(place))
		return false;
	if (request_query(wish->request, "statuses[]") &&
		!request_query_lists(wish->request, "statuses[]", hero_status(place)))
		return false;
	if (!request_query(wish->request, "member_ids[]"))
		return true;
	hero_id(id, place, HERO_EMPLOYEES, 0);
	return !hero_is_open(place) && request_query_lists(wish->request, "member_ids[]", id);
}

static const struct {
	const char *(*read)(struct wish *wish);
	bool (*wants)(const struct hero_place *place, const struct wish *wish);
} filters[HERO_FILTERS] = {
	[HERO_BY_MEMBER_TYPE] = { read_member_type, is_member },
	[HERO_BY_TEAM] = { NULL, is_of_team },
	[HERO_BY_DATES] = { read_dates, overlaps },
	[HERO_BY_LOCAL_DATES] = { read_local_dates, overlaps },
	[HERO_BY_SHIFT] = { read_shift, is_shift },
	[HERO_BY_MONTH] = { read_month, overlaps },
	[HERO_BY_YEAR] = { read_year, overlaps },
};

/* ---- Pages ----------------------------------------------------------------------------- */

struct page {
	uint64_t index; /* from 1 */
	uint64_t size;
	uint64_t total; /* records that are wanted, on all pages */
};

static const char *read_page(struct page *out, const struct request *request)
{
	const char *index = request_query(request, "page_index");
	const char *size = request_query(request, "item_per_page");

	*out = (struct page){ .index = 1, .size = PAGE_SIZE_OWN };
	if (index && (text_to_u64(&out->index, index) < 0 || out->index < 1 || out->index > UINT32_MAX))
		return "page_index must be a number from 1";
	if (size && (text_to_u64(&out->size, size) < 0 || out->size < 1 || out->size > PAGE_SIZE_MAX))
		return "item_per_page must be a number from 1 to 100";
	return NULL;
}

static int append_record(struct answer *answer, const struct hero_place *place)
{
	struct body *body = &answer->body;
	size_t start;

	if (answer->records && buffer_append_char(&body->head, ',') < 0)
		return -1;
	start = body->head.length;
	if (hero_write(&body->head, place, false) < 0)
		return -1;
	if (!answer->records++) {
		body->first_at = start;
		body->first_length = body->head.length - start;
	}
	return 0;
}

static int append_wanted(
	struct answer *answer, struct page *page, const struct hero_view *view, const struct wish *wish)
{
	bool (*wants)(const struct hero_place *place, const struct wish *wish) = filters[view->filter].wants;
	uint64_t count = hero_count(&view->owner, view->crew);
	uint64_t before = (page->index - 1) * page->size;

	for (uint64_t i = 0; i < count; i++) {
		struct hero_place place;

		hero_at(&place, &view->owner, view->crew, i);
		if (!hero_exists(&place) || (wants && !wants(&place, wish)))
			continue;
		if (page->total >= before && page->total < before + page->size &&
			append_record(answer, &place) < 0)
			return -1;
		page->total++;
	}
	return 0;
}

/* Where nobody is left out there is no need to look at everybody. */
static int append_all(struct answer *answer, struct page *page, const struct hero_place *owner)
{
	uint64_t before = (page->index - 1) * page->size;

	page->total = hero_count(owner, false);
	for (uint64_t i = before; i < page->total && i < before + page->size; i++) {
		struct hero_place place;

		hero_at(&place, owner, false, i);
		if (append_record(answer, &place) < 0)
			return -1;
	}
	return 0;
}

int hero_list(struct answer *answer, const struct simulation *simulation, const struct request *request,
	const struct hero_view *view)
{
	struct wish wish = { .request = request, .from = INT64_MIN, .to = INT64_MAX, .team = view->team };
	struct page page;
	uint64_t pages;
	const char *bad = read_page(&page, request);
	bool empty = strikes(&request->strike, FAULT_EMPTY_PAGE_FOREVER);
	int failed = 0;

	if (!bad && filters[view->filter].read)
		bad = filters[view->filter].read(&wish);
	if (bad)
		return simulation->provider->refuse(answer, request, 422, bad);
	answer->status = 200;
	answer->content_type = HERO_TYPE;
	answer->page = page.index;
	failed |= buffer_append_text(&answer->body.head, "{\"data\":{\"items\":[");
	if (!empty && view->owner.set == HERO_EMPLOYEES && view->filter == HERO_BY_MEMBER_TYPE &&
		wish.employees == wish.contractors)
		failed |= append_all(answer, &page, &view->owner);
	else if (!empty)
		failed |= append_wanted(answer, &page, view, &wish);
	pages = empty ? page.index + 1 : (page.total + page.size - 1) / page.size;
	failed |= buffer_format(&answer->body.tail,
		"],\"item_per_page\":%" PRIu64 ",\"page_index\":%" PRIu64 ",\"total_pages\":%" PRIu64
		",\"total_items\":%" PRIu64 "}}",
		page.size, page.index, pages, page.total);
	return failed ? -1 : 0;
}
