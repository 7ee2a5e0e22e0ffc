#include "config.h"

#include "bench/corpus.h"

#include <stdio.h>
#include <stdlib.h>

#define PAGE_LIMIT (16u << 20)

static const char *const plain_texts[] = {
	"Bertram Gilfoyle",
	"Dinesh Chugtai",
	"Monica Hall",
	"Richard Hendricks",
	"Jared Dunn",
	"Laurie Bream",
};
static const char *const mixed_texts[] = {
	"Zo\xC3\xAB M\xC3\xBCller-L\xC3\xBC\\u0064enscheidt",
	"Monica Hall",
	"Nelson Bighetti",
	"\xD0\x90\xD0\xBD\xD0\xBD\xD0\xB0 \xD0\x98\xD0\xB2\xD0\xB0\xD0\xBD\xD0\xBE\xD0\xB2\xD0\xB0",
	"Se\\u00e1n \\uD83D\\uDE00 O'Brien \\\"Dick\\\"",
	"Laurie Bream",
	"\xE6\x9D\x8E \xE5\xB0\x8F\xE9\xBE\x99",
	"Human Resources",
	"Department\\/Engineering\\n",
};
static const char *const words[] = { "active", "on leave", "ended" };

static const char *text(bool mixed, unsigned n)
{
	return mixed ? mixed_texts[n % (sizeof mixed_texts / sizeof mixed_texts[0])]
		     : plain_texts[n % (sizeof plain_texts / sizeof plain_texts[0])];
}

static void must(int result)
{
	if (result < 0) {
		fputs("bench: out of memory\n", stderr);
		exit(1);
	}
}

static void add_employee(struct buffer *out, bool mixed, unsigned n)
{
	unsigned id = n * 2654435761u;

	must(buffer_format(out,
		"{\"id\":\"%08x-3099-44a9-bd28-0292be8aff7f\",\"employeeIdentifier\":\"%u\","
		"\"email\":\"person.%u@piedpiper.example\",\"name\":\"%s\",\"preferredName\":\"%s\","
		"\"birthDate\":\"19%02u-08-24\",\"startDate\":\"2015-07-%02u\",\"endDate\":null,"
		"\"department\":\"%s\",\"location\":\"%s\","
		"\"manager\":{\"id\":\"%08x-3099-44a9-bd28-0292be8aff7f\",\"name\":\"%s\"},",
		id, n, n, text(mixed, n), text(mixed, n + 1), 50 + n % 50, 1 + n % 28, text(mixed, n + 2),
		text(mixed, n + 3), n * 40503u, text(mixed, n + 4)));
	must(buffer_format(out,
		"\"active\":true,\"salary\":%u.50,\"level\":%u,\"links\":["
		"{\"rel\":\"demographics\",\"uri\":"
		"\"/v1/employees/%08x-3099-44a9-bd28-0292be8aff7f/demographics\"},"
		"{\"rel\":\"manager-reviews\",\"uri\":"
		"\"/v1/employees/%08x-3099-44a9-bd28-0292be8aff7f/manager-reviews\"}],"
		"\"createdAt\":\"2019-08-01T12:00:00Z\",\"processedAt\":\"2019-08-01T12:00:00Z\","
		"\"status\":\"%s\"}",
		40000 + n % 60000, n % 12, id, id, words[n % 3]));
}

void corpus_make(struct corpus *corpus, bool mixed)
{
	*corpus = (struct corpus){ .length = 0 };
	for (unsigned page = 0; page < CORPUS_PAGES; page++) {
		struct buffer *out = &corpus->pages[page];
		buffer_init(out, PAGE_LIMIT);
		must(buffer_append_text(out, "{\"data\":["));
		for (unsigned i = 0; i < CORPUS_RECORDS; i++) {
			if (i > 0)
				must(buffer_append_char(out, ','));
			add_employee(out, mixed, page * CORPUS_RECORDS + i);
		}
		must(buffer_format(
			out, "],\"pagination\":{\"nextPath\":\"/v1/employees?cursor=%u\"}}", page + 1));
		corpus->length += out->length;
		corpus->records += CORPUS_RECORDS;
	}
}

void corpus_clear(struct corpus *corpus)
{
	for (unsigned page = 0; page < CORPUS_PAGES; page++)
		buffer_clear(&corpus->pages[page]);
}
