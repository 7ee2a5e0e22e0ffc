#include "config.h"

#include "runner/grid.h"

#include "base/buffer.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct grid {
	const struct muster_action *action;

	/* The columns as their source text, one after the other; each ends where the next begins. */
	struct buffer columns;
	size_t ends[GRID_COLUMN_LIMIT];
	size_t column_count;
	bool known;

	/* The row being read. */
	bool in_row;
	bool in_value;     /* an element of the row or of the columns */
	uint64_t number;   /* from 1, over all bodies */
	size_t cell_count; /* so far */
	uint64_t row_at;   /* its byte in the body */
	struct buffer record;
	struct reader reader; /* of the record */

	/* The body, as long as the columns are not known. */
	struct buffer kept;
	bool too_large;
	bool passed;      /* the rows were, since the columns come later */
	uint64_t rows_at; /* of the array of rows, where it is read: 0 in the body itself */
	struct reader again;
};

int grid_new(struct grid **out, const struct muster_action *action, struct error *error)
{
	struct grid *grid;

	if (!action->columns)
		return error_set(error, ERROR_PLUGIN_REFUSED, "columns: a grid needs them.");
	grid = calloc(1, sizeof *grid);
	if (!grid)
		return error_memory(error);
	grid->action = action;
	buffer_init(&grid->columns, READER_RECORD_LIMIT);
	buffer_init(&grid->record, READER_RECORD_LIMIT);
	buffer_init(&grid->kept, GRID_BODY_LIMIT);
	reader_init(&grid->reader, READER_RECORD_LIMIT);
	reader_init(&grid->again, READER_RECORD_LIMIT);
	*out = grid;
	return 0;
}

void grid_free(struct grid *grid)
{
	if (!grid)
		return;
	buffer_clear(&grid->columns);
	buffer_clear(&grid->record);
	buffer_clear(&grid->kept);
	reader_clear(&grid->reader);
	reader_clear(&grid->again);
	free(grid);
}

void grid_begin(struct grid *grid)
{
	grid->columns.length = grid->column_count = 0;
	grid->kept.length = 0;
	grid->known = grid->in_row = grid->in_value = grid->too_large = grid->passed = false;
	grid->rows_at = 0;
}

void grid_keep(struct grid *grid, const char *bytes, size_t length)
{
	if (!grid->known && buffer_append(&grid->kept, bytes, length) < 0)
		grid->too_large = true;
}

int grid_check(const struct grid *grid, struct error *error)
{
	if (!grid->too_large || (grid->known && !grid->passed))
		return 0;
	return error_set(error, ERROR_BODY_TOO_LARGE,
		"The answer has its columns after its rows and more than %u bytes: it can't be kept.",
		GRID_BODY_LIMIT);
}

/* ---- Elements of an array ---------------------------------------------------------------------- */

static enum grid_event broken(const struct reader *reader, struct error *error)
{
	(void)reader_error(reader, "the answer", error);
	return GRID_FAILED;
}

/* The next element as its source text, which stands as long as it is held. ROW: there is one. */
static enum grid_event next_value(
	struct slice *value, struct grid *grid, struct reader *reader, struct error *error)
{
	enum reader_token token;

	if (!grid->in_value) {
		token = reader_next(reader);
		if (token == READER_ARRAY_END)
			return GRID_END;
		if (token == READER_MORE)
			return GRID_MORE;
		if (token == READER_ERROR)
			return broken(reader, error);
		reader_hold(reader);
		grid->in_value = true;
	}
	token = reader_skip(reader);
	if (token == READER_MORE)
		return GRID_MORE;
	if (token == READER_ERROR)
		return broken(reader, error);
	grid->in_value = false;
	*value = reader_held(reader);
	return GRID_ROW;
}

/* ---- Columns ----------------------------------------------------------------------------------- */

static int add_column(struct grid *grid, const char *text, size_t length, struct error *error)
{
	if (grid->column_count == GRID_COLUMN_LIMIT)
		return error_set(error, ERROR_RECORD_TOO_LARGE, "The answer has more than %d columns at %s.",
			GRID_COLUMN_LIMIT, grid->action->columns);
	if (buffer_append(&grid->columns, text, length) < 0)
		return error_set(error, ERROR_RECORD_TOO_LARGE,
			"The answer's columns at %s are larger than %u bytes.", grid->action->columns,
			READER_RECORD_LIMIT);
	grid->ends[grid->column_count++] = grid->columns.length;
	return 0;
}

enum grid_event grid_columns(struct grid *grid, struct reader *reader, struct error *error)
{
	enum grid_event event;
	struct slice value;

	while ((event = next_value(&value, grid, reader, error)) == GRID_ROW) {
		int result = add_column(grid, reader_bytes(reader, value), value.length, error);
		reader_release(reader);
		if (result < 0)
			return GRID_FAILED;
	}
	if (event == GRID_END) {
		grid->known = true;
		if (!grid->passed)
			grid->kept.length = 0;
	}
	return event;
}

/* ---- Rows -------------------------------------------------------------------------------------- */

bool grid_rows(struct grid *grid, const struct reader *reader)
{
	grid->passed = !grid->known;
	if (grid->passed)
		grid->rows_at = reader_offset(reader);
	return grid->known;
}

struct reader *grid_again(struct grid *grid)
{
	if (!grid->passed)
		return NULL;
	reader_restart(&grid->again);
	reader_feed(&grid->again, grid->kept.data + grid->rows_at, grid->kept.length - (size_t)grid->rows_at,
		true);
	(void)reader_next(&grid->again); /* the bracket */
	return &grid->again;
}

static enum grid_event too_long(const struct grid *grid, struct error *error)
{
	(void)error_set(error, ERROR_RECORD_TOO_LARGE,
		"The row at byte %" PRIu64 " of the answer is too large when it is made a record.",
		grid->row_at);
	return GRID_FAILED;
}

static enum grid_event uneven(const struct grid *grid, struct error *error)
{
	(void)error_set(error, ERROR_MALFORMED_BODY,
		"The answer is wrong at byte %" PRIu64
		": a row of %s has %s cells than there are columns, %zu.",
		grid->row_at, grid->action->records ? grid->action->records : "it",
		grid->cell_count < grid->column_count ? "fewer" : "more", grid->column_count);
	return GRID_FAILED;
}

static enum grid_event begin_row(struct grid *grid, struct reader *reader, struct error *error)
{
	enum reader_token token = reader_next(reader);

	grid->row_at = grid->rows_at + reader_offset(reader);
	switch (token) {
	case READER_MORE:
		return GRID_MORE;
	case READER_ARRAY_END:
		return GRID_END;
	case READER_ERROR:
		return broken(reader, error);
	case READER_ARRAY:
		break;
	default:
		(void)error_set(error, ERROR_MALFORMED_BODY,
			"The answer is wrong at byte %" PRIu64 ": %s holds what is no row.", grid->row_at,
			grid->action->records ? grid->action->records : "it");
		return GRID_FAILED;
	}
	if (!grid->known) {
		(void)error_set(error, ERROR_MALFORMED_BODY,
			"The answer has no %s, where its columns should be.", grid->action->columns);
		return GRID_FAILED;
	}
	grid->in_row = true;
	grid->cell_count = 0;
	grid->record.length = 0;
	return buffer_format(&grid->record, "{\"row\":%" PRIu64 ",\"cells\":[", ++grid->number) < 0
		       ? too_long(grid, error)
		       : GRID_ROW;
}

static int add_cell(struct grid *grid, const char *text, size_t length)
{
	size_t start = grid->cell_count ? grid->ends[grid->cell_count - 1] : 0;
	size_t end = grid->ends[grid->cell_count];
	struct buffer *out = &grid->record;

	if (buffer_append_text(out, grid->cell_count ? ",{\"column\":" : "{\"column\":") < 0 ||
		buffer_append(out, grid->columns.data + start, end - start) < 0 ||
		buffer_append_text(out, ",\"cell\":") < 0 || buffer_append(out, text, length) < 0 ||
		buffer_append_char(out, '}') < 0)
		return -1;
	grid->cell_count++;
	return 0;
}

/* What the map says of bytes is about the record that was made. */
static enum grid_event unfit(const struct grid *grid, struct error *error)
{
	struct error inner = *error;

	(void)error_set(error, inner.code, "The row at byte %" PRIu64 ", made a record: %.400s", grid->row_at,
		inner.message);
	return GRID_FAILED;
}

static enum grid_event end_row(
	struct map_record *out, struct grid *grid, struct map *map, struct error *error)
{
	int result;

	grid->in_row = false;
	if (grid->cell_count < grid->column_count)
		return uneven(grid, error);
	if (buffer_append_text(&grid->record, "]}") < 0)
		return too_long(grid, error);
	reader_restart(&grid->reader);
	reader_feed(&grid->reader, grid->record.data, grid->record.length, true);
	(void)reader_next(&grid->reader);
	reader_hold(&grid->reader);
	map_begin(map, &grid->reader);
	result = map_record(out, map, &grid->reader, error);
	reader_release(&grid->reader);
	return result > 0 ? GRID_ROW : unfit(grid, error);
}

enum grid_event grid_row(struct map_record *out, struct grid *grid, struct map *map, struct reader *reader,
	struct error *error)
{
	enum grid_event event = grid->in_row ? GRID_ROW : begin_row(grid, reader, error);
	struct slice value;

	if (event != GRID_ROW)
		return event;
	while ((event = next_value(&value, grid, reader, error)) == GRID_ROW) {
		bool extra = grid->cell_count == grid->column_count;
		int result = extra ? 0 : add_cell(grid, reader_bytes(reader, value), value.length);
		reader_release(reader);
		if (extra) {
			grid->cell_count++;
			return uneven(grid, error);
		}
		if (result < 0)
			return too_long(grid, error);
	}
	return event == GRID_END ? end_row(out, grid, map, error) : event;
}
