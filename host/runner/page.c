#include "config.h"

#include "runner/page.h"

#include "record/escape.h"
#include "record/reader.h"
#include "runner/grid.h"
#include "runner/paging.h"
#include "runner/walk.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum state {
	STATE_BEGIN,    /* nothing was read */
	STATE_BODY,     /* around the records */
	STATE_ELEMENTS, /* in the list of records, between two */
	STATE_RECORD,   /* in a record */
	STATE_COLUMNS,  /* of a grid */
	STATE_ROWS,     /* of a grid whose columns are known */
	STATE_PASS,     /* the same, whose columns come later */
	STATE_END,      /* after the body's value */
	STATE_AGAIN,    /* in the rows that were passed */
	STATE_WHOLE,
	STATE_BROKEN,
};

/* The value that a paging row looks for. */
struct clue {
	size_t target;
	bool seen;
	struct buffer text; /* empty: not there */
};

struct page {
	const struct muster_action *action;
	const char *pointer; /* to the records */
	struct map *map;
	struct reader reader;
	struct walk *walk;
	size_t target;         /* of the records */
	size_t columns_target; /* of a grid */
	struct grid *grid;     /* or NULL */
	struct reader *again;  /* for the rows that were passed */
	enum state state;
	bool found; /* the records */
	uint64_t records;
	struct clue *clues; /* one a paging row */
};

/* ---- Making ---------------------------------------------------------------------------------- */

static int add_clues(struct page *page, struct error *error)
{
	const struct muster_paging_rows *paging = &page->action->paging;

	if (paging->count == 0)
		return 0;
	page->clues = calloc(paging->count, sizeof *page->clues);
	if (!page->clues)
		return error_memory(error);
	for (uint32_t i = 0; i < paging->count; i++)
		buffer_init(&page->clues[i].text, PAGING_URL_LIMIT);
	for (uint32_t i = 0; i < paging->count; i++)
		if (walk_add(&page->clues[i].target, page->walk, paging->rows[i].from, true, error) < 0)
			return -1;
	return 0;
}

static int add_grid(struct page *page, struct error *error)
{
	if (page->action->result != MUSTER_GRID)
		return 0;
	if (grid_new(&page->grid, page->action, error) < 0)
		return -1;
	return walk_add(&page->columns_target, page->walk, page->action->columns, true, error);
}

int page_new(struct page **out, const struct muster_action *action, const struct map_options *options,
	struct error *error)
{
	struct page *page = calloc(1, sizeof *page);

	if (!page)
		return error_memory(error);
	page->action = action;
	page->pointer = action->records ? action->records : "";
	reader_init(&page->reader, READER_RECORD_LIMIT);
	if (walk_new(&page->walk, error) < 0 ||
		walk_add(&page->target, page->walk, page->pointer, true, error) < 0 ||
		add_grid(page, error) < 0 || add_clues(page, error) < 0 ||
		map_new(&page->map, &action->map, action->key, options, error) < 0) {
		page_free(page);
		return -1;
	}
	*out = page;
	return 0;
}

void page_free(struct page *page)
{
	if (!page)
		return;
	for (uint32_t i = 0; page->clues && i < page->action->paging.count; i++)
		buffer_clear(&page->clues[i].text);
	free(page->clues);
	grid_free(page->grid);
	map_free(page->map);
	walk_free(page->walk);
	reader_clear(&page->reader);
	free(page);
}

void page_begin(struct page *page)
{
	for (uint32_t i = 0; i < page->action->paging.count; i++) {
		page->clues[i].seen = false;
		page->clues[i].text.length = 0;
	}
	page->state = STATE_BEGIN;
	page->found = false;
	page->records = 0;
	reader_restart(&page->reader);
	if (page->grid)
		grid_begin(page->grid);
}

void page_feed(struct page *page, const char *bytes, size_t length, bool last)
{
	if (page->grid)
		grid_keep(page->grid, bytes, length);
	reader_feed(&page->reader, bytes, length, last);
}

/* ---- Reading --------------------------------------------------------------------------------- */

static int wrong(const struct page *page, const char *pointer, const char *what, struct error *error)
{
	return error_set(error, ERROR_MALFORMED_BODY, "The answer is wrong at byte %" PRIu64 ": %s %s.",
		reader_offset(&page->reader), *pointer ? pointer : "it", what);
}

static void begin_record(struct page *page)
{
	reader_hold(&page->reader);
	map_begin(page->map, &page->reader);
	page->state = STATE_RECORD;
}

/* The value at the records pointer begins. */
static int begin_records(struct page *page, enum reader_token token, struct error *error)
{
	bool object = page->action->result == MUSTER_OBJECT;

	page->found = true;
	if (token == READER_NULL)
		return 0;
	if (token != (object ? READER_OBJECT : READER_ARRAY))
		return wrong(page, page->pointer, object ? "is no object" : "is no list of records", error);
	if (object)
		begin_record(page);
	else if (page->grid)
		page->state = grid_rows(page->grid, &page->reader) ? STATE_ROWS : STATE_PASS;
	else
		page->state = STATE_ELEMENTS;
	return 0;
}

/* The value at the columns pointer begins. */
static int begin_columns(struct page *page, enum reader_token token, struct error *error)
{
	if (token == READER_NULL)
		return 0;
	if (token != READER_ARRAY)
		return wrong(page, page->action->columns, "is no list of columns", error);
	page->state = STATE_COLUMNS;
	return 0;
}

/* The value that a paging row looks for begins. */
static int take_clue(struct page *page, struct clue *clue, const struct muster_paging *row,
	enum reader_token token, struct error *error)
{
	const struct reader *reader = &page->reader;
	int result;

	clue->seen = true;
	switch (token) {
	case READER_NULL:
		return 0;
	case READER_STRING:
		result = escape_decode(&clue->text, reader->text, reader->length);
		break;
	case READER_NUMBER:
		result = buffer_append(&clue->text, reader->text, reader->length);
		break;
	default:
		return wrong(page, row->from, "is no text that leads to a next page", error);
	}
	return result < 0 ? wrong(page, row->from, "is too long for a next page", error) : 0;
}

static int found(struct page *page, size_t target, enum reader_token token, struct error *error)
{
	const struct muster_paging_rows *paging = &page->action->paging;

	if (target == page->target)
		return begin_records(page, token, error);
	if (page->grid && target == page->columns_target)
		return begin_columns(page, token, error);
	for (uint32_t i = 0; i < paging->count; i++)
		if (page->clues[i].target == target)
			return take_clue(page, &page->clues[i], &paging->rows[i], token, error);
	return error_set(error, ERROR_INTERNAL, "a walk stopped where nobody asked it to.");
}

/* These go on in one state: 1 when there is something to do at once, a record in *out being such a
 * thing; 0 when more bytes are needed. */

static int read_begin(struct page *page, struct error *error)
{
	enum reader_token token = reader_next(&page->reader);

	if (token == READER_MORE)
		return 0;
	if (token == READER_ERROR)
		return reader_error(&page->reader, "the answer", error);
	walk_begin(page->walk, token);
	page->state = STATE_BODY;
	return 1;
}

static int read_body(struct page *page, struct error *error)
{
	enum reader_token token;
	size_t target;

	switch (walk_next(&target, &token, page->walk, &page->reader, error)) {
	case WALK_MORE:
		return 0;
	case WALK_STOP:
		return found(page, target, token, error) < 0 ? -1 : 1;
	case WALK_DONE:
		if (!page->found)
			return error_set(error, ERROR_MALFORMED_BODY,
				"The answer has no %s, where its records should be.", page->pointer);
		page->state = STATE_END;
		return 1;
	case WALK_FAILED:
		break;
	}
	return -1;
}

static int read_element(struct page *page, struct error *error)
{
	switch (reader_next(&page->reader)) {
	case READER_MORE:
		return 0;
	case READER_OBJECT:
		begin_record(page);
		return 1;
	case READER_ARRAY_END:
		page->state = STATE_BODY;
		return 1;
	case READER_ERROR:
		return reader_error(&page->reader, "the answer", error);
	default:
		return wrong(page, page->pointer, "holds what is no record", error);
	}
}

static int read_end(struct page *page, struct error *error)
{
	switch (reader_next(&page->reader)) {
	case READER_MORE:
		return 0;
	case READER_END:
		if (page->grid && grid_check(page->grid, error) < 0)
			return -1;
		page->again = page->grid ? grid_again(page->grid) : NULL;
		page->state = page->again ? STATE_AGAIN : STATE_WHOLE;
		return page->again != NULL;
	default:
		return reader_error(&page->reader, "the answer", error);
	}
}

static int read_columns(struct page *page, struct error *error)
{
	enum grid_event event = grid_columns(page->grid, &page->reader, error);

	if (event != GRID_END)
		return event;
	page->state = STATE_BODY;
	return 1;
}

static int read_passed(struct page *page, struct error *error)
{
	switch (reader_skip(&page->reader)) {
	case READER_MORE:
		return 0;
	case READER_ERROR:
		return reader_error(&page->reader, "the answer", error);
	default:
		page->state = STATE_BODY;
		return 1;
	}
}

/* The next row: 1, and *got is true unless it was the last one before. */
static int read_row(bool *got, struct map_record *out, struct page *page, struct error *error)
{
	struct reader *reader = page->state == STATE_AGAIN ? page->again : &page->reader;
	enum grid_event event = grid_row(out, page->grid, page->map, reader, error);

	*got = event == GRID_ROW;
	if (event == GRID_ROW)
		page->records++;
	if (event != GRID_END)
		return event;
	page->state = page->state == STATE_AGAIN ? STATE_WHOLE : STATE_BODY;
	return 1;
}

static int read_record(struct map_record *out, struct page *page, struct error *error)
{
	int result = map_record(out, page->map, &page->reader, error);

	if (result > 0) {
		page->records++;
		reader_release(&page->reader);
		page->state = page->action->result == MUSTER_OBJECT ? STATE_BODY : STATE_ELEMENTS;
	}
	return result;
}

int page_read(struct map_record *out, struct page *page, struct error *error)
{
	bool got = false;
	int result = 1;

	while (result > 0) {
		switch (page->state) {
		case STATE_BEGIN:
			result = read_begin(page, error);
			break;
		case STATE_BODY:
			result = read_body(page, error);
			break;
		case STATE_ELEMENTS:
			result = read_element(page, error);
			break;
		case STATE_RECORD:
			result = read_record(out, page, error);
			if (result > 0)
				return 1;
			break;
		case STATE_COLUMNS:
			result = read_columns(page, error);
			break;
		case STATE_ROWS:
		case STATE_AGAIN:
			result = read_row(&got, out, page, error);
			if (got)
				return 1;
			break;
		case STATE_PASS:
			result = read_passed(page, error);
			break;
		case STATE_END:
			result = read_end(page, error);
			break;
		case STATE_WHOLE:
			return 0;
		case STATE_BROKEN:
			return error_set(error, ERROR_INTERNAL, "a page was read on after an error.");
		}
	}
	if (result == 0 && page->grid)
		result = grid_check(page->grid, error);
	if (result < 0)
		page->state = STATE_BROKEN;
	return result;
}

/* ---- What can be asked ----------------------------------------------------------------------- */

enum page_next page_next(
	const struct muster_paging **row, const char **text, size_t *length, const struct page *page)
{
	for (uint32_t i = 0; i < page->action->paging.count; i++) {
		const struct muster_paging *paging = &page->action->paging.rows[i];
		const struct clue *clue = &page->clues[i];
		if (!clue->seen && page->state != STATE_WHOLE && page->state != STATE_AGAIN)
			return PAGE_NEXT_OPEN;
		if (clue->text.length > 0) {
			if ((paging->flags & MUSTER_STOP_WHEN_EMPTY) && page->records == 0)
				return page->state == STATE_WHOLE ? PAGE_NEXT_NONE : PAGE_NEXT_OPEN;
			*row = paging;
			*text = clue->text.data;
			*length = clue->text.length;
			return PAGE_NEXT_KNOWN;
		}
	}
	return PAGE_NEXT_NONE;
}

uint64_t page_offset(const struct page *page)
{
	return reader_fault(&page->reader) ? reader_fault_offset(&page->reader)
					   : reader_offset(&page->reader);
}
