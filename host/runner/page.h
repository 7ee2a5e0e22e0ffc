/* Reads the body of an answer as it arrives: descends to the records, maps each, and picks up what
 * leads to the next page, wherever in the body it stands. All else is checked and skipped. Memory
 * is bounded by one record, whatever the size of the page.
 *
 *	page_begin(page);
 *	page_feed(page, bytes, length, last);
 *	while ((result = page_read(&record, page, &error)) > 0)
 *		...
 *	if (result == 0 && page_next(&row, &text, &text_length, page) == PAGE_NEXT_KNOWN)
 *		...
 */
#ifndef MUSTER_RUNNER_PAGE_H
#define MUSTER_RUNNER_PAGE_H

#include "base/error.h"
#include "runner/map.h"

#include <muster/plugin.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct page;

enum page_next {
	PAGE_NEXT_OPEN,  /* not known before more of the body was read */
	PAGE_NEXT_NONE,  /* this is the last page */
	PAGE_NEXT_KNOWN, /* a paging row has its value */
};

/* Compiles what the action says of its answers; the action is borrowed as long as the page lives,
 * the options only now. Errors as of map_new(). */
int page_new(struct page **out, const struct muster_action *action, const struct map_options *options,
	struct error *error);
void page_free(struct page *page);

/* Begins a body; the memory of the one before is used again. */
void page_begin(struct page *page);

/* Hands over the next piece of the body, once page_read() has returned 0. It is borrowed until the
 * next page_feed() has returned, or page_begin() is called. last: nothing comes after it; it may be empty. */
void page_feed(struct page *page, const char *bytes, size_t length, bool last);

/* The next record: 1. Or 0: feed more, or, after the last piece, the body is whole and good. Or -1,
 * for good: the error names the byte. */
int page_read(struct map_record *out, struct page *page, struct error *error);

/* What leads to the next page, as early as it is certain: the paging row and its value in UTF-8,
 * borrowed until page_begin(); not terminated, it may hold any byte. */
enum page_next page_next(
	const struct muster_paging **row, const char **text, size_t *length, const struct page *page);

/* Where in the body the token read last begins, or the byte at which it is no JSON. What is wrong with a
 * value that was passed already is named, with its byte, in the error's message alone. */
uint64_t page_offset(const struct page *page);

#endif
