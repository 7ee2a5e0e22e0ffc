#include "config.h"

#include "runner/reading.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void reading_init(struct reading *reading)
{
	*reading = (struct reading){ .text = BUFFER_INIT(SIZE_MAX) };
}

void reading_clear(struct reading *reading)
{
	buffer_clear(&reading->text);
}

static void take_records(struct reading *reading, struct page *page, struct error *error)
{
	const struct muster_paging *row;
	struct map_record record;
	const char *text;
	size_t length;

	while ((reading->result = page_read(&record, page, error)) > 0) {
		reading->records++;
		if (page_next(&row, &text, &length, page) == PAGE_NEXT_OPEN)
			reading->early++;
		ck_assert_int_eq(buffer_append(&reading->text, record.key, record.key_length), 0);
		ck_assert_int_eq(buffer_append_char(&reading->text, ' '), 0);
		ck_assert_int_eq(buffer_append(&reading->text, record.json, record.json_length), 0);
		ck_assert_int_eq(buffer_append_char(&reading->text, '\n'), 0);
	}
}

static void take_next(struct reading *reading, const struct page *page)
{
	const struct muster_paging *row = NULL;
	const char *text = "";
	size_t length = 0;

	reading->next = page_next(&row, &text, &length, page);
	if (reading->next == PAGE_NEXT_KNOWN)
		(void)snprintf(reading->link, sizeof reading->link, "%s %.*s", row->from, (int)length, text);
	else
		reading->link[0] = '\0';
}

void reading_body(
	struct reading *reading, struct page *page, const char *body, size_t length, struct reading_cut cut)
{
	struct error error = { .code = ERROR_NONE };
	char *before = NULL;
	size_t at = 0;

	reading->text.length = 0;
	reading->records = 0;
	reading->early = 0;
	page_begin(page);
	do {
		size_t step = at == 0 ? cut.first : cut.step;
		size_t piece = step < length - at ? step : length - at;
		char *copy = malloc(piece ? piece : 1);
		ck_assert_ptr_nonnull(copy);
		memcpy(copy, body + at, piece);
		at += piece;
		page_feed(page, copy, piece, at == length);
		free(before);
		before = copy;
		take_records(reading, page, &error);
		if (piece == 0)
			cut.first = cut.step;
	} while (reading->result == 0 && at < length);
	take_next(reading, page);
	free(before);
	reading->code = error.code;
	memcpy(reading->message, error.message, sizeof reading->message);
	ck_assert_ptr_nonnull(buffer_text(&reading->text));
}

static void expect_same(const struct reading *a, const struct reading *b)
{
	ck_assert_str_eq(a->text.data, b->text.data);
	ck_assert_int_eq(a->result, b->result);
	ck_assert_int_eq((int)a->code, (int)b->code);
	ck_assert_str_eq(a->message, b->message);
	ck_assert_int_eq((int)a->next, (int)b->next);
	ck_assert_str_eq(a->link, b->link);
}

static struct page *make_page(const struct muster_action *action, const struct map_options *options)
{
	struct error error = { .code = ERROR_NONE };
	struct page *page = NULL;

	ck_assert_msg(page_new(&page, action, options, &error) == 0, "%s", error.message);
	return page;
}

void reading_all(struct reading *reading, const struct muster_action *action,
	const struct map_options *options, const char *body, size_t length)
{
	static const size_t steps[] = { 1, 2, 7 };
	struct page *page = make_page(action, options);
	struct reading again;

	reading_body(reading, page, body, length, (struct reading_cut){ length, length });
	reading_init(&again);
	for (size_t i = 0; i <= length + sizeof steps / sizeof steps[0]; i++) {
		const struct reading_cut cut =
			i <= length ? (struct reading_cut){ i, length }
				    : (struct reading_cut){ steps[i - length - 1], steps[i - length - 1] };
		if (action->result == MUSTER_GRID) { /* it counts its rows on from one body to the next */
			page_free(page);
			page = make_page(action, options);
		}
		reading_body(&again, page, body, length, cut);
		expect_same(reading, &again);
	}
	reading_clear(&again);
	page_free(page);
}
