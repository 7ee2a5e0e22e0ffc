/* Reads a body in a given way and sums up all that the reader said: two ways of cutting the same
 * body must come to the same sum. */
#ifndef MUSTER_TESTS_RECORD_TRACE_H
#define MUSTER_TESTS_RECORD_TRACE_H

#include "record/reader.h"

#include <stddef.h>
#include <stdint.h>

enum trace_mode {
	TRACE_NEXT,      /* every token, nothing held */
	TRACE_HOLD,      /* every token; what opens at the second level is held to its end */
	TRACE_SKIP,      /* the first token, then skip all the rest of it */
	TRACE_HOLD_SKIP, /* what comes at the second level is held and skipped */
};

#define TRACE_MODES 4

struct trace {
	uint64_t sum; /* of the kind, flags, text and depth of all tokens, and of what was held */
	size_t tokens;
	enum reader_fault fault;
	uint64_t fault_offset;
	size_t carried; /* the most that the reader kept */
};

/* Chunks are `first` bytes, then `step` bytes each (0: all the rest). Every chunk is a block of
 * memory of its own, so that sanitizers see a read beyond it. */
void trace_run(struct trace *trace, enum trace_mode mode, size_t record_limit, const char *body,
	size_t length, size_t first, size_t step);

/* Whether two ways of reading agree. */
bool trace_equal(const struct trace *a, const struct trace *b);

#endif
