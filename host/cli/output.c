#include "config.h"

#include "cli/output.h"

#include "base/clock.h"
#include "base/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define COLUMNS_DEFAULT 80
#define COLUMNS_LEAST 40
#define COLUMN_GAP 2

static const char *const styles[] = {
	[OUTPUT_PLAIN] = "",
	[OUTPUT_BOLD] = "\033[1m",
	[OUTPUT_DIM] = "\033[2m",
	[OUTPUT_RED] = "\033[31m",
	[OUTPUT_YELLOW] = "\033[33m",
	[OUTPUT_GREEN] = "\033[32m",
};

/* A terminal, NO_COLOR not set (no-color.org), TERM not dumb. */
static bool wants_colour(FILE *file)
{
	const char *no_color = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	return isatty(fileno(file)) && !(no_color && no_color[0]) && term && strcmp(term, "dumb") != 0;
}

void output_text(FILE *file, enum output_style style, const char *text)
{
	bool styled = style != OUTPUT_PLAIN && wants_colour(file);

	if (styled)
		(void)fputs(styles[style], file);
	text_print(file, text, strlen(text), false);
	if (styled)
		(void)fputs("\033[0m", file);
}

size_t output_columns(FILE *file)
{
	struct winsize window;

	if (ioctl(fileno(file), TIOCGWINSZ, &window) < 0 || window.ws_col == 0)
		return COLUMNS_DEFAULT;
	return window.ws_col < COLUMNS_LEAST ? COLUMNS_LEAST : window.ws_col;
}

/* The whole document is dumped first, so that even a text in it that a terminal would obey is
 * cleaned. */
static int print_json(FILE *file, const json_t *value, size_t flags)
{
	char *text = json_dumps(value, flags | JSON_ENCODE_ANY);

	if (!text)
		return -1;
	text_print(file, text, strlen(text), true);
	(void)fputc('\n', file);
	free(text);
	return 0;
}

int output_json_take(json_t *value, bool one_line, struct error *error)
{
	int result = value ? print_json(stdout, value, one_line ? JSON_COMPACT : JSON_INDENT(2)) : -1;

	json_decref(value);
	return result < 0 ? error_memory(error) : 0;
}

/* Most messages begin with their field; that of a connector may not. */
static void problem_for_person(const struct problem *problem)
{
	size_t length = strlen(problem->field);
	const char *rest = problem->message;

	(void)fputs("  ", stderr);
	output_text(stderr, OUTPUT_BOLD, problem->field);
	if (length > 0 && strncmp(rest, problem->field, length) == 0)
		rest += length;
	else if (length > 0)
		(void)fputs(": ", stderr);
	output_text(stderr, OUTPUT_PLAIN, rest);
	(void)fputc('\n', stderr);
}

static void error_for_person(const struct error *error)
{
	const char *hint = error_hint_text(error);

	output_text(stderr, OUTPUT_BOLD, "muster: ");
	output_text(stderr, OUTPUT_RED, "error: ");
	if (error->account[0] && !strstr(error->message, error->account)) {
		output_text(stderr, OUTPUT_PLAIN, error->account);
		(void)fputs(": ", stderr);
	}
	output_text(stderr, OUTPUT_PLAIN, error->message);
	(void)fputc('\n', stderr);
	for (size_t i = 0; i < error->problem_count; i++) {
		problem_for_person(&error->problems[i]);
	}
	if (error->body[0]) {
		if (error->status > 0)
			(void)fprintf(stderr, "  the provider says (%d): ", error->status);
		else
			(void)fputs("  the provider says: ", stderr);
		output_text(stderr, OUTPUT_PLAIN, error->body);
		(void)fputc('\n', stderr);
	}
	if (hint[0]) {
		output_text(stderr, OUTPUT_BOLD, "hint: ");
		output_text(stderr, OUTPUT_PLAIN, hint);
		(void)fputc('\n', stderr);
	}
	if (error->guide[0] && !strstr(hint, error->guide)) {
		output_text(stderr, OUTPUT_BOLD, "guide: ");
		output_text(stderr, OUTPUT_PLAIN, error->guide);
		(void)fputc('\n', stderr);
	}
}

void output_error(const struct error *error, bool json)
{
	json_t *object = json ? error_json(error) : NULL;

	if (!object || print_json(stderr, object, JSON_COMPACT) < 0)
		error_for_person(error);
	json_decref(object);
}

json_t *output_time_json(int64_t at_ms)
{
	char text[32];

	if (at_ms == 0 || clock_text(text, sizeof text, at_ms, CLOCK_ISO) < 0)
		return json_null();
	return json_string(text);
}

int output_list(const json_t *array, bool json, int (*print_table)(const json_t *array, struct error *error),
	struct error *error)
{
	size_t index;
	json_t *value;

	if (json)
		return output_json_take(json_incref((json_t *)array), false, error);
	if (isatty(STDOUT_FILENO))
		return print_table(array, error);
	json_array_foreach((json_t *)array, index, value)
	{
		if (output_json_take(json_incref(value), true, error) < 0)
			return -1;
	}
	return 0;
}

int output_cell(struct output_table *table, const char *text, struct error *error)
{
	size_t size = 4 * strlen(text) + 1;
	char *cell;

	if (table->count == table->capacity) {
		size_t capacity = table->capacity ? 2 * table->capacity : 64;
		char **cells = reallocarray(table->cells, capacity, sizeof *cells);

		if (!cells)
			return error_memory(error);
		table->cells = cells;
		table->capacity = capacity;
	}
	cell = malloc(size);
	if (!cell)
		return error_memory(error);
	text_clean(cell, size, text, strlen(text));
	table->cells[table->count++] = cell;
	return 0;
}

static size_t column_width(const struct output_table *table, size_t column)
{
	size_t widest = 0;

	for (size_t i = column; i < table->count; i += table->columns) {
		size_t width = text_width(table->cells[i], strlen(table->cells[i]));

		if (width > widest)
			widest = width;
	}
	return widest;
}

/* The bytes of text that fit in so many columns, whole characters only. */
static size_t fitting(const char *text, size_t columns)
{
	size_t length = strlen(text);
	size_t end = 0;

	if (text_width(text, length) <= columns)
		return length;
	for (size_t i = 1; i <= length; i++) {
		if (((unsigned char)text[i] & 0xC0) == 0x80)
			continue;
		if (text_width(text, i) + 1 > columns)
			break;
		end = i;
	}
	return end;
}

/* A row is a line: on a terminal what does not fit is cut off. */
static void print_row(const struct output_table *table, size_t row, const size_t *widths)
{
	size_t left = isatty(STDOUT_FILENO) ? output_columns(stdout) : SIZE_MAX;

	for (size_t column = 0; column < table->columns; column++) {
		char *text = table->cells[row * table->columns + column];
		size_t length = fitting(text, left);
		size_t used = widths[column] + COLUMN_GAP;
		bool cut = text[length] != '\0';

		text[length] = '\0';
		output_text(stdout, row == 0 ? OUTPUT_BOLD : OUTPUT_PLAIN, text);
		if (cut)
			(void)fputs("…", stdout);
		if (cut || left <= used || column + 1 == table->columns)
			break;
		(void)fprintf(stdout, "%*s", (int)(used - text_width(text, length)), "");
		left -= used;
	}
	(void)fputc('\n', stdout);
}

void output_table_print(struct output_table *table)
{
	size_t widths[OUTPUT_COLUMNS] = { 0 };

	for (size_t i = 0; i < table->columns && i < OUTPUT_COLUMNS; i++)
		widths[i] = column_width(table, i);
	for (size_t row = 0; row < table->count / table->columns; row++)
		print_row(table, row, widths);
	output_table_clear(table);
}

void output_table_clear(struct output_table *table)
{
	for (size_t i = 0; i < table->count; i++)
		free(table->cells[i]);
	free(table->cells);
	*table = (struct output_table){ .columns = table->columns };
}

int output_finish(struct error *error)
{
	errno = 0;
	if (fflush(stdout) == 0 && !ferror(stdout))
		return 0;
	if (errno == EPIPE)
		return 0;
	return error_set(error, ERROR_OUTPUT_FAILED, "The output can't be written: %s.",
		errno ? strerror(errno) : "a write failed");
}
