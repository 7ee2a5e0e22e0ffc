/* Whatever a provider calls its next page, its URL stays at the origin and is plain; and a link to that URL
 * leads to it. */
#include "config.h"

#include "base/buffer.h"
#include "runner/paging.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ORIGIN "https://api.example.com"

static const struct muster_paging link_row = { .from = "/next", .kind = MUSTER_NEXT_LINK };
static const struct muster_paging cursor_row = { .from = "/next", .to = "page[]", .kind = MUSTER_CURSOR };
static const struct muster_paging hidden_row = {
	.from = "/next", .to = "page[]", .kind = MUSTER_CURSOR_IN_LINK
};
static const struct muster_paging number_row = {
	.from = "/next", .to = "page[]", .kind = MUSTER_PAGE_NUMBER
};
static const struct muster_paging *const rows[] = { &link_row, &cursor_row, &hidden_row, &number_row };
static const char *const pages[] = { ORIGIN "/v1/people/?a=1&page%5B%5D=2&b", ORIGIN };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool held, const char *what)
{
	if (held)
		return;
	fprintf(stderr, "paging_fuzz: %s\n", what);
	abort();
}

static void judge(const struct buffer *url)
{
	size_t origin = strlen(ORIGIN);

	must(url->length <= PAGING_URL_LIMIT, "too long");
	must(url->length > origin && memcmp(url->data, ORIGIN, origin) == 0, "another origin");
	must(url->data[origin] == '/' || url->data[origin] == '?', "another host");
	for (size_t i = 0; i < url->length; i++)
		must(url->data[i] > 0x20 && url->data[i] < 0x7F && !strchr("\"<>\\^`{|}#[]", url->data[i]),
			"not plain");
}

static void follow(const struct buffer *url)
{
	struct error error = { .code = ERROR_NONE };
	struct buffer again = BUFFER_INIT(PAGING_URL_LIMIT);
	const struct paging_page none = { pages[0], ORIGIN "/none", 1 };

	if (paging_next(&again, &link_row, url->data, url->length, &none, &error) > 0)
		must(again.length == url->length && memcmp(again.data, url->data, url->length) == 0,
			"another URL");
	else
		must(error.code == ERROR_REPEATED_CURSOR, "refused");
	buffer_clear(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buffer url = BUFFER_INIT(2 * PAGING_URL_LIMIT);

	for (size_t i = 0; i < 8; i++) {
		struct error error = { .code = ERROR_NONE };
		const struct muster_paging *row = rows[i % 4];
		const struct paging_page page = { pages[i / 4], pages[i / 4], 3 };
		if (paging_next(&url, row, (const char *)data, size, &page, &error) <= 0)
			continue;
		judge(&url);
		if (row == &link_row)
			follow(&url);
	}
	buffer_clear(&url);
	return 0;
}
