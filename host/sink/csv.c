/* CSV (RFC 4180): a header, then a line a record. Absent and null are nothing, an empty text is "".
 *
 * A spreadsheet takes a cell that begins with = + - @ or a tab for a formula, and a formula may call
 * programs; whoever can set his own job title could so run code at the reader's. Such a text gets an
 * apostrophe in front. Numbers are left alone, and so are texts that look like + or - and digits (a
 * telephone number, a negative amount): at worst they are computed, they can't call anything. */
#include "config.h"

#include "sink/columns.h"
#include "sink/format.h"

#include "record/escape.h"

#include <string.h>

/* A record of 4 MiB, as a line in which every byte is a quote. */
#define TEXT_LIMIT ((size_t)9 << 20)

/* Of a provider's own records: the members that the first record had not, as one JSON object. */
#define OTHERS "_other"

struct csv {
	struct sink sink;
	struct columns columns;
	bool begun;
	struct buffer text;
};

static int csv_begin(struct sink *sink, struct error *error)
{
	struct csv *csv = (struct csv *)sink;

	(void)error;
	buffer_init(&csv->text, TEXT_LIMIT);
	return 0;
}

static void csv_clear(struct sink *sink)
{
	struct csv *csv = (struct csv *)sink;

	columns_clear(&csv->columns);
	buffer_clear(&csv->text);
}

static bool begins_with(const char *text, size_t length, const char *start)
{
	size_t wanted = strlen(start);

	return length >= wanted && memcmp(text, start, wanted) == 0;
}

/* Only what a number, a date or a telephone number is made of. */
static bool is_harmless(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (!memchr("0123456789 .,+-/:()", text[i], 19))
			return false;
	return true;
}

static bool is_formula(const char *text, size_t length)
{
	/* The full-width forms are taken as the plain ones in some countries' editions. */
	static const char *const starts[] = { "=", "@", "\t", "\r", "\n", "\xEF\xBC\x9D", "\xEF\xBC\x8B",
		"\xEF\xBC\x8D", "\xEF\xBC\xA0" };

	if (begins_with(text, length, "+") || begins_with(text, length, "-"))
		return !is_harmless(text, length);
	for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++)
		if (begins_with(text, length, starts[i]))
			return true;
	return false;
}

static bool needs_quotes(const char *text, size_t length)
{
	if (length == 0 || text[0] == ' ' || text[length - 1] == ' ')
		return true;
	return memchr(text, '"', length) || memchr(text, ',', length) || memchr(text, '\n', length) ||
	       memchr(text, '\r', length);
}

static int append_quoted(struct buffer *out, const char *text, size_t length)
{
	const char *end = text + length;

	while (text < end) {
		const char *quote = memchr(text, '"', (size_t)(end - text));
		const char *stop = quote ? quote + 1 : end;
		if (buffer_append(out, text, (size_t)(stop - text)) < 0)
			return -1;
		if (quote && buffer_append_char(out, '"') < 0)
			return -1;
		text = stop;
	}
	return 0;
}

/* One cell of any text; guarded where it might be a formula. */
static int append_cell(struct buffer *out, const char *text, size_t length, bool guarded)
{
	bool formula = guarded && is_formula(text, length);

	if (!needs_quotes(text, length)) {
		if (formula && buffer_append_char(out, '\'') < 0)
			return -1;
		return buffer_append(out, text, length);
	}
	if (buffer_append_char(out, '"') < 0 || (formula && buffer_append_char(out, '\'') < 0))
		return -1;
	return append_quoted(out, text, length) < 0 ? -1 : buffer_append_char(out, '"');
}

/* The members without a column, as one JSON object. */
static int append_others(struct csv *csv, struct buffer *out)
{
	struct buffer *text = &csv->text;
	int failed = 0;

	if (csv->columns.other_count == 0)
		return 0;
	text->length = 0;
	for (size_t i = 0; i < csv->columns.other_count; i++) {
		const struct record_member *member = csv->columns.others[i];
		const char *quote = member->type == MODEL_STRING ? "\"" : "";
		failed |= buffer_append_text(text, i == 0 ? "{\"" : ",\"") |
			  buffer_append(text, member->name, member->name_length) |
			  buffer_append_text(text, "\":") | buffer_append_text(text, quote) |
			  buffer_append(text, member->value, member->value_length) |
			  buffer_append_text(text, quote);
	}
	failed |= buffer_append_char(text, '}');
	return failed ? -1 : append_cell(out, text->data, text->length, false);
}

/* Ends the line that begins at start; on a terminal nothing in it may be obeyed. */
static int end_line(struct csv *csv, struct buffer *out, size_t start, struct error *error)
{
	struct buffer *line = &csv->text;

	if (csv->sink.terminal) {
		line->length = 0;
		if (buffer_append(line, out->data + start, out->length - start) < 0)
			return error_memory(error);
		out->length = start;
		if (format_append_clean(out, line->data, line->length) < 0)
			return error_memory(error);
	}
	return buffer_append_text(out, "\r\n") < 0 ? error_memory(error) : 0;
}

static int write_header(struct csv *csv, struct error *error)
{
	struct buffer *out = drain_buffer(&csv->sink.drain);
	size_t start = out->length;

	for (size_t i = 0; i < csv->columns.count; i++) {
		size_t length;
		const char *title = columns_title(&length, &csv->columns, i);
		csv->text.length = 0;
		if (escape_decode(&csv->text, title, length) < 0 ||
			(i > 0 && buffer_append_char(out, ',') < 0) ||
			append_cell(out, buffer_text(&csv->text), csv->text.length, true) < 0)
			return error_memory(error);
	}
	if (!csv->sink.model && buffer_append_text(out, "," OTHERS) < 0)
		return error_memory(error);
	return end_line(csv, out, start, error);
}

static int begin_columns(struct csv *csv, const struct record *record, struct error *error)
{
	if (csv->begun)
		return 0;
	csv->begun = true;
	if (columns_init(&csv->columns, csv->sink.model, record, csv->sink.accounts, error) < 0)
		return -1;
	return write_header(csv, error);
}

static int csv_write(struct sink *sink, const struct record *record, struct error *error)
{
	struct csv *csv = (struct csv *)sink;

	if (begin_columns(csv, record, error) < 0 || columns_place(&csv->columns, record, error) < 0)
		return -1;
	struct buffer *out = drain_buffer(&sink->drain);
	size_t start = out->length;
	for (size_t i = 0; i < csv->columns.count; i++) {
		const struct record_member *member = csv->columns.cells[i];
		const char *text;
		size_t length;
		if (i > 0 && buffer_append_char(out, ',') < 0)
			return error_memory(error);
		if (!member || member->type == MODEL_NULL)
			continue;
		if (columns_text(&text, &length, &csv->text, member, error) < 0)
			return -1;
		if (append_cell(out, text, length, member->type == MODEL_STRING) < 0)
			return error_memory(error);
	}
	if (!sink->model && (buffer_append_char(out, ',') < 0 || append_others(csv, out) < 0))
		return error_memory(error);
	return end_line(csv, out, start, error);
}

/* Without a record there is still a header, if a model says what it is. */
static int csv_finish(struct sink *sink, bool complete, struct error *error)
{
	if (!complete || !sink->model)
		return 0;
	return begin_columns((struct csv *)sink, NULL, error);
}

const struct format format_csv = {
	.size = sizeof(struct csv),
	.begin = csv_begin,
	.write = csv_write,
	.finish = csv_finish,
	.clear = csv_clear,
};
