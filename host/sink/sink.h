/* Where records go: a format over a descriptor. Records come one by one, in order; what they become
 * waits in a queue that the caller flushes when it likes, without ever blocking.
 *
 *	sink_new(&sink, &options, &error);
 *	for each record: sink_write(sink, record, key, key_length, &error);
 *		when more than SINK_ENOUGH waits in sink_drain(sink): stop, drain_flush(), go on when empty
 *	sink_finish(sink, true, &error), and drain_flush() until it is empty
 *	sink_free(sink)
 */
#ifndef MUSTER_SINK_SINK_H
#define MUSTER_SINK_SINK_H

#include "base/error.h"
#include "record/check.h"
#include "record/model.h"
#include "sink/drain.h"

#include <stdbool.h>
#include <stddef.h>

/* When so many bytes wait, no more records should come. */
#define SINK_ENOUGH ((size_t)256 << 10)

/* X(symbol, name) */
#define SINK_FORMATS(X) \
	X(NDJSON, "ndjson") \
	X(JSON, "json") \
	X(CSV, "csv") \
	X(TABLE, "table")

#define SINK_SYMBOL(symbol, name) SINK_##symbol,
enum sink_format { SINK_FORMATS(SINK_SYMBOL) SINK_FORMAT_COUNT };
#undef SINK_SYMBOL

struct sink_options {
	enum sink_format format;
	const struct model *model; /* of the records, borrowed; NULL: they are the provider's own */
	int descriptor;            /* borrowed */
	bool accounts;             /* each record has a first member _account: a column */
	size_t width;              /* columns for a table; 0: those of the terminal, else 80 */
	/* Called before each write, for who writes to the same terminal; may be NULL. */
	void (*on_write)(void *context);
	void *context;
};

struct sink;

/* The format of this name; -1 and the names there are when there is none. */
int sink_format_find(enum sink_format *out, const char *name, struct error *error);

/* A sink, which the caller frees. Writes nothing yet. */
int sink_new(struct sink **out, const struct sink_options *options, struct error *error);
void sink_free(struct sink *sink);

/* Takes one record that passed the check against the sink's model. key is the JSON array of its key's
 * values, for sinks that keep one row a key; these don't look at it. */
int sink_write(struct sink *sink, const struct record *record, const char *key, size_t key_length,
	struct error *error);

/* Ends the output. complete is false when the run failed: what came is still shown, but nothing is
 * closed that would let half of the records pass for all. */
int sink_finish(struct sink *sink, bool complete, struct error *error);

/* The way out, borrowed: what waits in it is the caller's to flush. */
struct drain *sink_drain(struct sink *sink);

#endif
