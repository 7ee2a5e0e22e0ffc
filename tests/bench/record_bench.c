/* How fast the record path is: tokenizing, skipping and checking, in MB/s of source, one thread,
 * best of several runs. Corpus A is plain, corpus B has escapes and many scripts in a third of its
 * texts. */
#include "config.h"

#include "base/buffer.h"
#include "record/check.h"
#include "record/model.h"
#include "record/reader.h"
#include "record/writer.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BODY_LIMIT (512u << 20)
#define PAGES 60
#define PAGE_RECORDS 200
#define RUNS 11
#define CHUNK 65536

static const char *const plain_names[] = { "Bertram Gilfoyle", "Dinesh Chugtai", "Monica Hall",
	"Richard Hendricks", "Jared Dunn", "Laurie Bream", "Nelson Bighetti", "Erlich Bachman" };
static const char *const mixed_names[] = { "Zo\xC3\xAB M\xC3\xBCller-L\xC3\xBC\\u0064enscheidt",
	"\xE6\x9D\x8E \xE5\xB0\x8F\xE9\xBE\x99", "Richard \\\"Dick\\\" Hendricks", "Laurie Bream",
	"\xD0\x90\xD0\xBD\xD0\xBD\xD0\xB0 \xD0\x98\xD0\xB2\xD0\xB0\xD0\xBD\xD0\xBE\xD0\xB2\xD0\xB0",
	"N\xC3\xA9lson Bighetti", "Se\\u00e1n \\uD83D\\uDE00 O'Brien", "Monica Hall" };

struct corpus {
	const char *label;
	const char *const *names;
	const char *note;
	struct buffer pages[PAGES];
	struct buffer records; /* unified, a line each */
	size_t length;
};

static void must(int result)
{
	if (result < 0) {
		fputs("record_bench: out of memory\n", stderr);
		exit(1);
	}
}

static void add_employee(struct buffer *out, const struct corpus *corpus, unsigned n)
{
	const char *name = corpus->names[n % 8];

	const char *other = corpus->names[(n + 3) % 8];
	unsigned id = n * 2654435761u;

	must(buffer_format(out,
		"{\"id\":\"%08x-3099-44a9-bd28-0292be8aff7f\",\"employeeIdentifier\":\"%u\","
		"\"email\":\"person.%u@piedpiper.example\",\"name\":\"%s\",\"preferredName\":\"%s\","
		"\"birthDate\":\"19%02u-08-24\",\"startDate\":\"2015-07-%02u\",\"endDate\":null,"
		"\"department\":\"Engineering\",\"location\":\"%s\",\"manager\":{\"id\":\"%08x-3099-44a9-"
		"bd28-0292be8aff7f\",\"name\":\"%s\"},\"active\":true,\"salary\":%u.50,\"level\":%u,"
		"\"links\":[{\"rel\":\"demographics\",\"uri\":\"/v1/employees/%08x-3099-44a9-bd28-"
		"0292be8aff7f/demographics\"},{\"rel\":\"manager-reviews\",\"uri\":\"/v1/employees/%08x-"
		"3099-44a9-bd28-0292be8aff7f/manager-reviews\"}],",
		id, n, n, name, name, 50 + n % 50, 1 + n % 28, corpus->note, n * 40503u, other,
		40000 + n % 60000, n % 12, id, id));
	must(buffer_format(out,
		"\"customFields\":[{\"name\":\"%s\",\"value\":\"%s\"},{\"name\":\"%s\",\"value\":%u}],"
		"\"createdAt\":\"2019-08-01T12:00:00Z\",\"processedAt\":\"2019-08-01T12:00:00Z\","
		"\"status\":\"active\"}",
		corpus->note, other, corpus->note, n % 1000));
}

static void add_record(struct buffer *out, const struct corpus *corpus, unsigned n)
{
	const char *name = corpus->names[n % 8];

	must(buffer_format(out,
		"{\"id\":\"%08x-3099-44a9-bd28-0292be8aff7f\",\"employee_number\":\"%u\","
		"\"work_email\":\"person.%u@piedpiper.example\",\"name\":\"%s\",\"preferred_name\":"
		"\"%s\","
		"\"date_of_birth\":\"19%02u-08-24\",\"hire_date\":\"2015-07-%02u\","
		"\"employment_status\":\"active\",\"employment_status_source\":\"ACTIVE\","
		"\"department\":\"Engineering\",\"location\":\"%s\",\"salary\":%u.50,"
		"\"created_at\":\"2019-08-01T12:00:00Z\",\"updated_at\":\"2019-08-01T12:00:00Z\"}"
		"\n",
		n * 2654435761u, n, n, name, name, 50 + n % 50, 1 + n % 28, corpus->note, 40000 + n % 60000));
}

static void make_corpus(struct corpus *corpus)
{
	unsigned n = 0;

	buffer_init(&corpus->records, BODY_LIMIT);
	for (unsigned page = 0; page < PAGES; page++) {
		struct buffer *out = &corpus->pages[page];
		buffer_init(out, BODY_LIMIT);
		must(buffer_append_text(out, "{\"data\":["));
		for (unsigned i = 0; i < PAGE_RECORDS; i++, n++) {
			if (i > 0)
				must(buffer_append_char(out, ','));
			add_employee(out, corpus, n);
			add_record(&corpus->records, corpus, n);
		}
		must(buffer_format(out, "],\"pagination\":{\"afterKey\":\"ewog%u\"}}", page));
		corpus->length += out->length;
	}
}

static void expect(const struct reader *reader, bool good)
{
	if (good)
		return;
	fprintf(stderr, "record_bench: %s at %" PRIu64 "\n", reader_fault_text(reader_fault(reader)),
		reader_fault_offset(reader));
	exit(1);
}

/* Hands a page over in chunks as the wire does. */
static void feed(struct reader *reader, const struct buffer *page, size_t *at)
{
	size_t length = page->length - *at < CHUNK ? page->length - *at : CHUNK;

	reader_feed(reader, page->data + *at, length, *at + length == page->length);
	*at += length;
}

/* Every token of every page, each record held. */
static void tokenize(struct reader *reader, const struct corpus *corpus)
{
	for (unsigned page = 0; page < PAGES; page++) {
		size_t at = 0;
		enum reader_token token;

		reader_restart(reader);
		while ((token = reader_next(reader)) != READER_END) {
			if (token == READER_MORE)
				feed(reader, &corpus->pages[page], &at);
			else if (token == READER_OBJECT && reader->depth == 3)
				reader_hold(reader);
			else if (token == READER_OBJECT_END && reader->depth == 2)
				reader_release(reader);
			expect(reader, token != READER_ERROR);
		}
	}
}

/* How many of a hundred string values have escapes or bytes above ASCII. */
static unsigned share_not_plain(const struct corpus *corpus)
{
	unsigned texts = 0;
	unsigned marked = 0;
	enum reader_token token;
	struct reader reader;

	reader_init(&reader, READER_RECORD_LIMIT);
	reader_feed(&reader, corpus->pages[0].data, corpus->pages[0].length, true);
	while ((token = reader_next(&reader)) != READER_END) {
		expect(&reader, token != READER_ERROR);
		texts += token == READER_STRING;
		marked += token == READER_STRING && reader.flags != 0;
	}
	reader_clear(&reader);
	return marked * 100 / texts;
}

/* What a DOM costs, for comparison: made and thrown away. */
static void jansson(struct reader *reader, const struct corpus *corpus)
{
	(void)reader;
	for (unsigned page = 0; page < PAGES; page++) {
		json_t *value = json_loadb(corpus->pages[page].data, corpus->pages[page].length, 0, NULL);
		must(value ? 0 : -1);
		json_decref(value);
	}
}

static void skip(struct reader *reader, const struct corpus *corpus)
{
	for (unsigned page = 0; page < PAGES; page++) {
		size_t at = 0;
		enum reader_token token;

		reader_restart(reader);
		while (reader_next(reader) == READER_MORE)
			feed(reader, &corpus->pages[page], &at);
		while ((token = reader_skip(reader)) == READER_MORE)
			feed(reader, &corpus->pages[page], &at);
		expect(reader, token == READER_OBJECT_END && reader_next(reader) == READER_END);
	}
}

static const char schema[] =
	"{\"required\":[\"id\"],\"properties\":{\"id\":{\"type\":\"string\"},"
	"\"employee_number\":{\"type\":[\"string\",\"null\"]},"
	"\"work_email\":{\"type\":[\"string\",\"null\"]},"
	"\"name\":{\"type\":[\"string\",\"null\"]},\"preferred_name\":{\"type\":[\"string\",\"null\"]},"
	"\"date_of_birth\":{\"type\":[\"string\",\"null\"],\"format\":\"date\"},"
	"\"hire_date\":{\"type\":[\"string\",\"null\"],\"format\":\"date\"},"
	"\"employment_status\":{\"enum\":[\"inactive\",\"active\",\"other\",null]},"
	"\"employment_status_source\":{\"type\":[\"string\",\"null\"]},"
	"\"department\":{\"type\":[\"string\",\"null\"]},\"location\":{\"type\":[\"string\",\"null\"]},"
	"\"salary\":{\"type\":[\"number\",\"null\"]},"
	"\"created_at\":{\"type\":[\"string\",\"null\"],\"format\":\"date-time\"},"
	"\"updated_at\":{\"type\":[\"string\",\"null\"],\"format\":\"date-time\"}}}";

/* Every line of the unified records, against a model or as any object. */
static void check_lines(const struct model *model, const struct corpus *corpus)
{
	const char *p = corpus->records.data;
	const char *end = p + corpus->records.length;
	static struct error error;
	struct check check;

	check_init(&check, model, READER_RECORD_LIMIT);
	while (p < end) {
		const char *line_end = memchr(p, '\n', (size_t)(end - p));
		if (check_record(&check, p, (size_t)(line_end - p), &error) < 0) {
			fprintf(stderr, "record_bench: %s\n", error.message);
			exit(1);
		}
		p = line_end + 1;
	}
	check_clear(&check);
}

static void check_model(struct reader *reader, const struct corpus *corpus)
{
	static struct error error;
	struct model *model;

	(void)reader;
	must(model_parse(&model, schema, sizeof schema - 1, "the schema", &error));
	check_lines(model, corpus);
	model_free(model);
}

static void check_raw(struct reader *reader, const struct corpus *corpus)
{
	(void)reader;
	check_lines(NULL, corpus);
}

/* Every page compacted, as raw records are. */
static void compact(struct reader *reader, const struct corpus *corpus)
{
	static struct buffer out = BUFFER_INIT(BODY_LIMIT);

	(void)reader;
	for (unsigned page = 0; page < PAGES; page++) {
		struct writer writer;
		out.length = 0;
		writer_init(&writer, &out);
		writer_source(&writer, corpus->pages[page].data, corpus->pages[page].length);
		must(writer_result(&writer));
	}
}

static double now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void measure(const char *what, void (*run)(struct reader *, const struct corpus *),
	const struct corpus *corpus, size_t length)
{
	struct reader reader;
	double best = 1e9;

	reader_init(&reader, READER_RECORD_LIMIT);
	for (int i = 0; i < RUNS; i++) {
		double begin = now();
		run(&reader, corpus);
		double spent = now() - begin;
		best = spent < best ? spent : best;
	}
	reader_clear(&reader);
	printf("%-14s %s %8.0f MB/s\n", what, corpus->label, (double)length / best / 1e6);
}

int main(void)
{
	static struct corpus corpora[] = {
		{ .label = "A", .names = plain_names, .note = "Palo Alto" },
		{ .label = "B", .names = mixed_names, .note = "S\xC3\xA3o Paulo \\/ R\\u00edo" },
	};

	for (size_t i = 0; i < 2; i++) {
		struct corpus *corpus = &corpora[i];
		make_corpus(corpus);
		printf("corpus         %s %8zu bytes a record, %u %% of the texts not plain\n", corpus->label,
			corpus->length / PAGES / PAGE_RECORDS, share_not_plain(corpus));
		measure("jansson", jansson, corpus, corpus->length);
		measure("tokenize", tokenize, corpus, corpus->length);
		measure("skip", skip, corpus, corpus->length);
		measure("compact", compact, corpus, corpus->length);
		measure("check model", check_model, corpus, corpus->records.length);
		measure("check raw", check_raw, corpus, corpus->records.length);
		for (unsigned page = 0; page < PAGES; page++)
			buffer_clear(&corpus->pages[page]);
		buffer_clear(&corpus->records);
	}
	return 0;
}
