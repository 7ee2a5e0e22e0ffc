/* A table for people: as wide as the terminal and no wider. What the columns are and how wide is
 * decided by the first hundred records, which wait for it; all that follow are cut to fit. A single
 * record is shown whole, a field a line. */
#include "config.h"

#include "sink/columns.h"
#include "sink/format.h"

#include "base/text.h"
#include "record/escape.h"

#include <stdlib.h>
#include <string.h>

#define HELD_ROWS 100
#define NAMED 8        /* of the fields that have no room, so many are named */
#define CANDIDATES 64  /* columns that are looked at */
#define GAP 2          /* columns of a terminal between two of ours */
#define LEAST_WIDTH 20 /* a column is not made narrower to fit one more in */
#define MOST_WIDTH 40
#define CELL_LIMIT 256   /* bytes of a cell that are kept or shown: more can't be seen */
#define FIRST_LIMIT 4096 /* the same of the first record, which may be the only one */
#define TEXT_LIMIT ((size_t)4 << 20)
#define HELD_LIMIT ((size_t)8 << 20)
#define ELLIPSIS "\xE2\x80\xA6"

struct candidate {
	size_t column;
	size_t head;    /* how wide its name is */
	size_t natural; /* as wide as its widest cell */
	size_t width;   /* 0: not shown */
	size_t filled;  /* how many of the held records had a value */
	bool numbers;   /* all of them were numbers */
	bool minor;     /* too much for a cell, or said by another column */
	bool whole;     /* an id: of no use when it is cut */
};

struct held_cell {
	size_t start;
	size_t length;
};

struct table {
	struct sink sink;
	struct columns columns;
	struct candidate candidates[CANDIDATES];
	size_t candidate_count;
	struct held_cell *held; /* HELD_ROWS of candidate_count */
	size_t held_rows;
	struct buffer cells; /* their text, clean */
	struct buffer text;
	bool begun;
	bool laid_out;
};

static int table_begin(struct sink *sink, struct error *error)
{
	struct table *table = (struct table *)sink;

	(void)error;
	buffer_init(&table->cells, HELD_LIMIT);
	buffer_init(&table->text, TEXT_LIMIT);
	return 0;
}

static void table_clear(struct sink *sink)
{
	struct table *table = (struct table *)sink;

	columns_clear(&table->columns);
	buffer_clear(&table->cells);
	buffer_clear(&table->text);
	free(table->held);
}

/* ---- Cells ---------------------------------------------------------------------------- */

/* The longest start of a clean text that fits into so many columns and bytes, and its width. */
static size_t fit(size_t *width, const char *text, size_t length, size_t columns, size_t bytes)
{
	size_t end = 0;

	*width = 0;
	while (end < length) {
		size_t step = 1;
		while (end + step < length && ((unsigned char)text[end + step] & 0xC0) == 0x80)
			step++;
		size_t more = text_width(text + end, step);
		if (*width + more > columns || end + step > bytes)
			break;
		*width += more;
		end += step;
	}
	return end;
}

static int append_spaces(struct buffer *out, size_t count)
{
	char *room;

	if (buffer_reserve(&room, out, count) < 0)
		return -1;
	memset(room, ' ', count);
	out->length += count;
	return 0;
}

/* A clean text in a column: cut with an ellipsis, filled up with spaces. last: nothing follows. */
static int append_padded(
	struct buffer *out, const char *text, size_t length, const struct candidate *place, bool last)
{
	size_t width;
	size_t shown = fit(&width, text, length, place->width, CELL_LIMIT);
	const char *more = "";

	if (shown < length) {
		shown = fit(&width, text, length, place->width - 1, CELL_LIMIT);
		more = ELLIPSIS;
		width++;
	}
	if (place->numbers && append_spaces(out, place->width - width) < 0)
		return -1;
	if (buffer_append(out, text, shown) < 0 || buffer_append_text(out, more) < 0)
		return -1;
	if (last)
		return 0;
	return append_spaces(out, GAP + (place->numbers ? 0 : place->width - width));
}

/* A text in one line, cleaned: line breaks and tabs become spaces. */
static int append_line(struct buffer *out, const char *text, size_t length)
{
	size_t start = 0;

	for (size_t i = 0; i <= length; i++) {
		if (i < length && text[i] != '\n' && text[i] != '\r' && text[i] != '\t')
			continue;
		if (format_append_clean(out, text + start, i - start) < 0)
			return -1;
		if (i < length && buffer_append_char(out, ' ') < 0)
			return -1;
		start = i + 1;
	}
	return 0;
}

/* The clean text of a member, cut to limit bytes. */
static int append_member(struct table *table, struct buffer *out, const struct record_member *member,
	size_t limit, struct error *error)
{
	const char *text;
	size_t length;

	if (!member)
		return 0;
	if (columns_text(&text, &length, &table->text, member, error) < 0)
		return -1;
	if (length > limit) {
		length = limit;
		while (length > 0 && ((unsigned char)text[length] & 0xC0) == 0x80)
			length--;
	}
	return append_line(out, text, length) < 0 ? error_memory(error) : 0;
}

/* ---- Choosing columns ----------------------------------------------------------------- */

/* employment_status_source, where there is employment_status. */
static bool is_twin(const struct model *model, const char *name, size_t length)
{
	static const char end[] = "_source";
	size_t ending = sizeof end - 1;

	return length > ending && memcmp(name + length - ending, end, ending) == 0 &&
	       model_find(model, name, length - ending);
}

static bool is_id(const char *name, size_t length)
{
	return length >= 2 && memcmp(name + length - 2, "id", 2) == 0 &&
	       (length == 2 || name[length - 3] == '_');
}

/* The name of a column as a terminal may see it. It is borrowed from the table's text. */
static int clean_name(const char **name, size_t *length, struct table *table, size_t column)
{
	struct buffer *text = &table->text;
	const char *title = columns_title(length, &table->columns, column);
	size_t decoded;

	text->length = 0;
	if (escape_decode(text, title, *length) < 0)
		return -1;
	decoded = text->length;
	if (decoded > FIRST_LIMIT)
		decoded = FIRST_LIMIT;
	/* The room is made before the text is read, which moves when the buffer grows. */
	char *room;
	if (buffer_reserve(&room, text, 3 * decoded + 1) < 0)
		return -1;
	if (format_append_clean(text, text->data, decoded) < 0)
		return -1;
	*name = room;
	*length = (size_t)(text->data + text->length - room);
	return 0;
}

static int add_candidate(struct table *table, size_t column, struct error *error)
{
	const struct column *about = &table->columns.list[column];
	const char *name;
	size_t length;

	if (table->candidate_count == CANDIDATES)
		return 0;
	if (clean_name(&name, &length, table, column) < 0)
		return error_memory(error);
	struct candidate *candidate = &table->candidates[table->candidate_count++];
	*candidate = (struct candidate){
		.column = column,
		.head = text_width(name, length),
		.numbers = true,
		.whole = is_id(name, length),
	};
	candidate->natural = candidate->head;
	if (about->field)
		candidate->minor =
			!(about->field->types & ~(unsigned)(MODEL_ARRAY | MODEL_OBJECT | MODEL_NULL)) ||
			is_twin(table->sink.model, name, length);
	return 0;
}

static int begin_columns(struct table *table, const struct record *record, struct error *error)
{
	struct columns *columns = &table->columns;

	if (table->begun)
		return 0;
	table->begun = true;
	if (columns_init(columns, table->sink.model, record, table->sink.accounts, error) < 0)
		return -1;
	for (int required = 1; required >= 0; required--) {
		for (size_t i = 0; i < columns->count; i++) {
			const struct model_field *field = columns->list[i].field;
			bool first = columns->list[i].account || (field && field->required);
			if (first == required && add_candidate(table, i, error) < 0)
				return -1;
		}
	}
	table->held = calloc(HELD_ROWS * (table->candidate_count + 1), sizeof table->held[0]);
	return table->held ? 0 : error_memory(error);
}

/* Keeps a record for the layout. */
static int hold(struct table *table, struct error *error)
{
	size_t limit = table->held_rows == 0 ? FIRST_LIMIT : CELL_LIMIT;

	for (size_t i = 0; i < table->candidate_count; i++) {
		struct candidate *candidate = &table->candidates[i];
		struct held_cell *cell = &table->held[table->held_rows * table->candidate_count + i];
		const struct record_member *member = table->columns.cells[candidate->column];
		cell->start = table->cells.length;
		if (append_member(table, &table->cells, member, limit, error) < 0)
			return -1;
		cell->length = table->cells.length - cell->start;
		if (cell->length == 0)
			continue;
		size_t width = text_width(table->cells.data + cell->start, cell->length);
		if (width > candidate->natural)
			candidate->natural = width;
		candidate->filled++;
		candidate->numbers &= (member->type & (MODEL_NUMBER | MODEL_INTEGER)) != 0;
		candidate->minor |= (member->type & (MODEL_ARRAY | MODEL_OBJECT)) != 0;
	}
	table->held_rows++;
	return 0;
}

enum often { NEARLY_ALWAYS, MOSTLY, AT_TIMES, OFTEN_COUNT };

/* In how many of the held records a column is filled. */
static enum often how_often(const struct table *table, const struct candidate *candidate)
{
	if (10 * candidate->filled >= 9 * table->held_rows)
		return NEARLY_ALWAYS;
	return 2 * candidate->filled >= table->held_rows ? MOSTLY : AT_TIMES;
}

/* Gives a width to the columns that are filled so often, where they still fit. The first one is shown however
 * narrow the terminal is. */
static size_t admit(struct table *table, enum often often, size_t left)
{
	for (size_t i = 0; i < table->candidate_count; i++) {
		struct candidate *candidate = &table->candidates[i];
		size_t width = candidate->natural < MOST_WIDTH ? candidate->natural : MOST_WIDTH;
		bool first = left == table->sink.width + GAP;

		if (!candidate->filled || candidate->minor || often != how_often(table, candidate))
			continue;
		candidate->natural = width;
		if (width > LEAST_WIDTH && !candidate->whole)
			width = LEAST_WIDTH;
		if (first && width + GAP > left)
			width = left - GAP;
		if (width + GAP > left)
			continue;
		candidate->width = width;
		left -= width + GAP;
	}
	return left;
}

/* Room goes first to the columns that say something of every record, as several providers in one table each
 * fill some of the fields; then to others; what is left of it, to those that could use more. */
static void lay_out(struct table *table)
{
	size_t left = table->sink.width + GAP;

	for (enum often often = NEARLY_ALWAYS; often < OFTEN_COUNT; often++)
		left = admit(table, often, left);
	table->laid_out = true;
	for (size_t i = 0; i < table->candidate_count; i++) {
		struct candidate *candidate = &table->candidates[i];
		if (candidate->width == 0)
			continue;
		size_t more = candidate->natural - candidate->width;
		if (more > left)
			more = left;
		candidate->width += more;
		left -= more;
	}
}

/* ---- Printing ------------------------------------------------------------------------- */

/* The last column that is shown, or candidate_count. */
static size_t last_shown(const struct table *table)
{
	for (size_t i = table->candidate_count; i > 0; i--)
		if (table->candidates[i - 1].width)
			return i - 1;
	return table->candidate_count;
}

static int print_head(struct table *table, struct error *error)
{
	struct buffer *out = drain_buffer(&table->sink.drain);
	size_t last = last_shown(table);
	const char *name;
	size_t length;

	for (size_t i = 0; i < table->candidate_count; i++) {
		const struct candidate *candidate = &table->candidates[i];
		if (candidate->width == 0)
			continue;
		if (clean_name(&name, &length, table, candidate->column) < 0 ||
			append_padded(out, name, length, candidate, i == last) < 0)
			return error_memory(error);
	}
	if (buffer_append_char(out, '\n') < 0)
		return error_memory(error);
	for (size_t i = 0; i < table->candidate_count; i++) {
		size_t width = table->candidates[i].width;
		char *room;
		if (width == 0)
			continue;
		if (buffer_reserve(&room, out, width) < 0)
			return error_memory(error);
		memset(room, '-', width);
		out->length += width;
		if (append_spaces(out, i == last ? 0 : GAP) < 0)
			return error_memory(error);
	}
	return buffer_append_char(out, '\n') < 0 ? error_memory(error) : 0;
}

static int print_held(struct table *table, size_t row, struct error *error)
{
	struct buffer *out = drain_buffer(&table->sink.drain);
	size_t last = last_shown(table);

	for (size_t i = 0; i < table->candidate_count; i++) {
		const struct held_cell *cell = &table->held[row * table->candidate_count + i];
		const char *text = cell->length ? table->cells.data + cell->start : "";
		if (table->candidates[i].width &&
			append_padded(out, text, cell->length, &table->candidates[i], i == last) < 0)
			return error_memory(error);
	}
	return buffer_append_char(out, '\n') < 0 ? error_memory(error) : 0;
}

/* A record that came after the layout: cleaned into cells, which are free by then, and printed. */
static int print_record(struct table *table, struct error *error)
{
	table->cells.length = 0;
	table->held_rows = 0;
	for (size_t i = 0; i < table->candidate_count; i++) {
		struct held_cell *cell = &table->held[i];
		*cell = (struct held_cell){ .start = table->cells.length };
		if (table->candidates[i].width == 0)
			continue;
		const struct record_member *member = table->columns.cells[table->candidates[i].column];
		if (append_member(table, &table->cells, member, CELL_LIMIT, error) < 0)
			return -1;
		cell->length = table->cells.length - cell->start;
	}
	return print_held(table, 0, error);
}

static int print_layout(struct table *table, struct error *error)
{
	lay_out(table);
	if (print_head(table, error) < 0)
		return -1;
	for (size_t row = 0; row < table->held_rows; row++)
		if (print_held(table, row, error) < 0)
			return -1;
	return 0;
}

/* One record: a field a line. */
static int print_single(struct table *table, struct error *error)
{
	struct buffer *out = drain_buffer(&table->sink.drain);
	struct candidate names = { .width = 0 };
	const char *name;
	size_t length;

	for (size_t i = 0; i < table->candidate_count; i++) {
		const struct candidate *candidate = &table->candidates[i];
		if (candidate->filled && candidate->head > names.width)
			names.width = candidate->head < MOST_WIDTH ? candidate->head : MOST_WIDTH;
	}
	for (size_t i = 0; i < table->candidate_count; i++) {
		const struct held_cell *cell = &table->held[i];
		if (!table->candidates[i].filled)
			continue;
		if (clean_name(&name, &length, table, table->candidates[i].column) < 0 ||
			append_padded(out, name, length, &names, false) < 0 ||
			buffer_append(out, table->cells.data + cell->start, cell->length) < 0 ||
			buffer_append_char(out, '\n') < 0)
			return error_memory(error);
	}
	return 0;
}

/* How many there were, and which fields had values but no room: some of them by name. */
static int print_foot(struct table *table, struct error *error)
{
	struct buffer *out = drain_buffer(&table->sink.drain);
	size_t hidden = 0;
	const char *name;
	size_t length;

	if (buffer_format(out, "\n%llu records.", (unsigned long long)table->sink.count) < 0)
		return error_memory(error);
	for (size_t i = 0; i < table->candidate_count; i++) {
		if (table->candidates[i].width || !table->candidates[i].filled || hidden++ >= NAMED)
			continue;
		if (clean_name(&name, &length, table, table->candidates[i].column) < 0 ||
			buffer_append_text(out, hidden == 1 ? " Not shown: " : ", ") < 0 ||
			buffer_append(out, name, length < CELL_LIMIT ? length : CELL_LIMIT) < 0)
			return error_memory(error);
	}
	if (hidden > NAMED && buffer_format(out, ", and %zu more", hidden - NAMED) < 0)
		return error_memory(error);
	return buffer_append_text(out, hidden ? ".\n" : "\n") < 0 ? error_memory(error) : 0;
}

/* ---- The sink ------------------------------------------------------------------------- */

static int table_write(struct sink *sink, const struct record *record, struct error *error)
{
	struct table *table = (struct table *)sink;

	if (begin_columns(table, record, error) < 0 || columns_place(&table->columns, record, error) < 0)
		return -1;
	if (table->laid_out)
		return print_record(table, error);
	if (hold(table, error) < 0)
		return -1;
	return table->held_rows == HELD_ROWS ? print_layout(table, error) : 0;
}

static int table_finish(struct sink *sink, bool complete, struct error *error)
{
	struct table *table = (struct table *)sink;

	if (sink->count == 0)
		return complete ? drain_append(&sink->drain, "No records.\n", 12, error) : 0;
	if (sink->count == 1 && complete)
		return print_single(table, error);
	if (!table->laid_out && print_layout(table, error) < 0)
		return -1;
	return complete ? print_foot(table, error) : 0;
}

const struct format format_table = {
	.size = sizeof(struct table),
	.begin = table_begin,
	.write = table_write,
	.finish = table_finish,
	.clear = table_clear,
};
