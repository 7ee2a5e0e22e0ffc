/* A page of one of Personio's lists: where it begins, whom its filters let through, how many. All of it
 * stands in the cursor of the next page, so that a link is all that is needed to go on. */
#ifndef MUSTER_SANDBOX_PERSONIO_PAGE_H
#define MUSTER_SANDBOX_PERSONIO_PAGE_H

#include "base/buffer.h"
#include "sandbox/http.h"
#include "sandbox/personio_endpoint.h"

#include <stdbool.h>
#include <stdint.h>

#define PERSONIO_CONDITIONS 12

/* A filter that the request has. */
struct personio_condition {
	const struct personio_filter *filter;
	char *words; /* owned; with commas between */
	int64_t moment;
};

struct personio_page {
	const struct personio_endpoint *endpoint;
	struct personio_view view;
	struct buffer query; /* of the first page of this list: what it was asked with */
	uint64_t number;     /* from 1 */
	uint64_t next;       /* the place where to go on */
	uint64_t end;
	uint64_t limit;
	size_t condition_count;
	struct personio_condition conditions[PERSONIO_CONDITIONS];
};

/* Reads the request's parameters; owner is the place that the id in the path leads to. Returns 1, 0 when the
 * refusal stands in the answer, or -1 without memory. To be cleared in any case. */
int personio_page_open(struct personio_page *out, struct answer *answer, const struct request *request,
	const struct personio_endpoint *endpoint, const struct personio_view *view, uint64_t owner);

void personio_page_clear(struct personio_page *page);

/* The next record that is let through, from page->next on, which goes past it. Returns 1, 0 when there is
 * none left, or -1 without memory. */
int personio_page_next(json_t **out, struct personio_page *page);

/* Appends a cursor that leads to page->next on the page after this one. Returns 0 or -1. */
int personio_page_cursor(struct buffer *out, const struct personio_page *page, const char *path);

#endif
