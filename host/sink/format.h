/* What the formats share with sink.c. Private to this folder. */
#ifndef MUSTER_SINK_FORMAT_H
#define MUSTER_SINK_FORMAT_H

#include "sink/sink.h"

/* What every sink begins with; a format's own struct begins with it. */
struct sink {
	const struct format *format;
	const struct model *model; /* or NULL */
	struct drain drain;
	bool terminal; /* a person's eyes: no control character may pass */
	size_t width;  /* columns, never 0 */
	bool accounts;
	uint64_t count;
};

/* How a format works. What is NULL is not needed. */
struct format {
	size_t size; /* of its struct, which is zero beyond the sink */
	int (*begin)(struct sink *sink, struct error *error);
	int (*write)(struct sink *sink, const struct record *record, struct error *error);
	int (*finish)(struct sink *sink, bool complete, struct error *error);
	void (*clear)(struct sink *sink);
};

extern const struct format format_ndjson;
extern const struct format format_json;
extern const struct format format_csv;
extern const struct format format_table;

/* Appends a text as a terminal may see it: one line, control characters replaced. */
int format_append_clean(struct buffer *out, const char *bytes, size_t length);

/* Appends a record as it came, or cleaned when it goes to a terminal: a control character in JSON can
 * stand in a string only, and there its replacement is as good. */
int format_append_record(struct sink *sink, const struct record *record, struct error *error);

#endif
