/* What the benchmarks of the record path read: pages of employees as a provider sends them, the same on
 * every machine. */
#ifndef MUSTER_BENCH_CORPUS_H
#define MUSTER_BENCH_CORPUS_H

#include "base/buffer.h"

#include <stdbool.h>
#include <stddef.h>

#define CORPUS_PAGES 60
#define CORPUS_RECORDS 200 /* a page */

struct corpus {
	struct buffer pages[CORPUS_PAGES];
	size_t length; /* of all pages */
	size_t records;
};

/* Makes the pages: plain ASCII, or mixed: a third of the texts has escapes or other scripts. Exits when
 * memory runs out. */
void corpus_make(struct corpus *corpus, bool mixed);
void corpus_clear(struct corpus *corpus);

#endif
