/* How fast bodies become unified records, reader and map together, beside the same done with a jansson DOM
 * in the same run: MB/s of source, one thread, best of several runs. Corpus A is plain and copied; corpus B
 * has escapes and other scripts in a third of its texts, and words, dates and custom fields in its map. */
#include "config.h"

#include "bench/corpus.h"
#include "runner/page.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define RUNS 9
#define JANSSON_RUNS 3
#define CHUNK 65536u
#define ROWS(array_) \
	{ \
		(array_), sizeof(array_) / sizeof((array_)[0]), sizeof((array_)[0]) \
	}

static const struct muster_map plain_rows[] = {
	MUSTER_COPY("id", "/id"),
	MUSTER_COPY("employee_number", "/employeeIdentifier"),
	MUSTER_COPY("work_email", "/email"),
	MUSTER_COPY("name", "/name"),
	MUSTER_COPY("preferred_name", "/preferredName"),
	MUSTER_COPY("date_of_birth", "/birthDate"),
	MUSTER_COPY("hire_date", "/startDate"),
	MUSTER_COPY("termination_date", "/endDate"),
	MUSTER_COPY("department", "/department"),
	MUSTER_COPY("location", "/location"),
	MUSTER_COPY("manager_id", "/manager/id"),
	MUSTER_COPY("salary", "/salary"),
	MUSTER_COPY("employment_status", "/status"),
	MUSTER_COPY("created_at", "/createdAt"),
	MUSTER_COPY("updated_at", "/processedAt"),
};

static const struct muster_word words[] = {
	{ "active", "active" },
	{ "on leave", "on_leave" },
	{ "ended", "inactive" },
};
static const struct muster_map mixed_rows[] = {
	MUSTER_COPY("id", "/id"),
	MUSTER_COPY("employee_number", "/employeeIdentifier"),
	MUSTER_COPY("work_email", "/email"),
	MUSTER_COPY("name", "/name"),
	MUSTER_COPY("preferred_name", "/preferredName"),
	MUSTER_DATE("date_of_birth", "/birthDate"),
	MUSTER_DATE("hire_date", "/startDate"),
	MUSTER_DATE("termination_date", "/endDate"),
	MUSTER_COPY("department", "/department"),
	MUSTER_COPY("manager_id", "/manager/id"),
	MUSTER_WORDS("employment_status", "/status", words),
	MUSTER_DATE_TIME("created_at", "/createdAt"),
	MUSTER_DATE_TIME("updated_at", "/processedAt"),
	MUSTER_CUSTOM("level", "Level", "/level"),
	MUSTER_CUSTOM("office", "Office", "/location"),
};

static double now(void)
{
	struct timespec time;

	(void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void fail(const char *message)
{
	fprintf(stderr, "map_bench: %s\n", message);
	exit(1);
}

/* All pages, in pieces as the wire brings them. Returns how many bytes came out. */
static size_t map_all(struct page *page, const struct corpus *corpus)
{
	struct error error = { .code = ERROR_NONE };
	struct map_record record;
	size_t records = 0;
	size_t out = 0;
	int result = 0;

	for (unsigned i = 0; i < CORPUS_PAGES; i++) {
		const struct buffer *body = &corpus->pages[i];
		page_begin(page);
		for (size_t at = 0; at < body->length && result == 0; at += CHUNK) {
			size_t piece = body->length - at < CHUNK ? body->length - at : CHUNK;
			page_feed(page, body->data + at, piece, at + piece == body->length);
			while ((result = page_read(&record, page, &error)) > 0) {
				records++;
				out += record.json_length;
			}
		}
	}
	if (result < 0 || records != corpus->records)
		fail(result < 0 ? error.message : "records are missing");
	return out;
}

/* ---- jansson --------------------------------------------------------------------------------- */

static json_t *at_pointer(json_t *record, const char *pointer)
{
	char name[64];

	for (; *pointer && record; pointer += strcspn(pointer + 1, "/") + 1) {
		(void)snprintf(name, sizeof name, "%.*s", (int)strcspn(pointer + 1, "/"), pointer + 1);
		record = json_object_get(record, name);
	}
	return record;
}

static json_t *map_word(json_t *value)
{
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (json_is_string(value) && strcmp(json_string_value(value), words[i].theirs) == 0)
			return json_string(words[i].ours);
	return json_null();
}

/* Without checking a date, which it could not do either. */
static json_t *map_dom(json_t *record, const struct muster_map_rows *rows)
{
	json_t *out = json_object();
	json_t *custom = NULL;

	for (uint32_t i = 0; i < rows->count; i++) {
		const struct muster_map *row = &rows->rows[i];
		json_t *value = at_pointer(record, row->from);
		if (value && row->kind == MUSTER_MAP_CUSTOM) {
			if (!custom)
				custom = json_array();
			(void)json_array_append_new(custom,
				json_pack("{s:s,s:s,s:O,s:s}", "id", row->to, "name", row->label, "value",
					value, "type", json_is_string(value) ? "text" : "number"));
		} else if (value && row->kind == MUSTER_MAP_WORDS) {
			(void)json_object_set_new_nocheck(out, row->to, map_word(value));
			(void)json_object_set_nocheck(out, "employment_status_source", value);
		} else if (value) {
			(void)json_object_set_nocheck(out, row->to, value);
		}
	}
	if (custom)
		(void)json_object_set_new_nocheck(out, "custom_fields", custom);
	return out;
}

static size_t jansson_all(const struct corpus *corpus, const struct muster_map_rows *rows)
{
	static char text[65536];
	size_t out = 0;

	for (unsigned i = 0; i < CORPUS_PAGES; i++) {
		json_t *body = json_loadb(
			corpus->pages[i].data, corpus->pages[i].length, JSON_REJECT_DUPLICATES, NULL);
		json_t *record;
		size_t index;
		if (!body)
			fail("jansson refuses a page");
		json_array_foreach(json_object_get(body, "data"), index, record)
		{
			json_t *mapped = map_dom(record, rows);
			out += json_dumpb(mapped, text, sizeof text, JSON_COMPACT);
			json_decref(mapped);
		}
		json_decref(body);
	}
	return out;
}

/* ---------------------------------------------------------------------------------------------- */

static double rate(const struct corpus *corpus, double seconds)
{
	return (double)corpus->length / seconds / 1e6;
}

static void measure(const char *label, bool mixed, struct muster_map_rows rows, double budget)
{
	struct muster_action action = { .records = "/data", .key = "id", .map = rows };
	struct map_options options = { .raw = false };
	struct error error = { .code = ERROR_NONE };
	static struct corpus corpus;
	struct page *page = NULL;
	double ours = 1e9, raw = 1e9, theirs = 1e9;

	corpus_make(&corpus, mixed);
	for (int pass = 0; pass < 2; pass++) {
		double *best = pass == 0 ? &ours : &raw;
		options.raw = pass == 1;
		if (page_new(&page, &action, &options, &error) < 0)
			fail(error.message);
		for (int run = 0; run < RUNS; run++) {
			double start = now();
			(void)map_all(page, &corpus);
			double seconds = now() - start;
			*best = seconds < *best ? seconds : *best;
		}
		page_free(page);
	}
	for (int run = 0; run < JANSSON_RUNS; run++) {
		double start = now();
		(void)jansson_all(&corpus, &rows);
		double seconds = now() - start;
		theirs = seconds < theirs ? seconds : theirs;
	}
	printf("reader + map, %-22s %7.0f MB/s (at least %.0f)   jansson %4.0f MB/s   %5.1f times "
	       "(at least 20)   raw %6.0f MB/s\n",
		label, rate(&corpus, ours), budget, rate(&corpus, theirs), theirs / ours, rate(&corpus, raw));
	corpus_clear(&corpus);
}

int main(void)
{
	measure("A, plain, 15 fields", false, (struct muster_map_rows)ROWS(plain_rows), 800);
	measure("B, mixed, 15 fields", true, (struct muster_map_rows)ROWS(mixed_rows), 400);
	return 0;
}
