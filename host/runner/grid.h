/* Rows of cells made records by their columns: {"row":1,"cells":[{"column": …, "cell": …}, …]}. Rows are
 * numbered over all pages of a run, since nothing else may tell one from another. The columns may stand after
 * the rows: then the rows are passed, the body is kept, and they are read again at its end. */
#ifndef MUSTER_RUNNER_GRID_H
#define MUSTER_RUNNER_GRID_H

#include "base/error.h"
#include "record/reader.h"
#include "runner/map.h"

#include <muster/plugin.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GRID_BODY_LIMIT (16u << 20) /* bytes of a body that has its columns after its rows */
#define GRID_COLUMN_LIMIT 4096

struct grid;

enum grid_event {
	GRID_FAILED = -1, /* the error is set */
	GRID_MORE = 0,    /* feed the reader, then go on */
	GRID_ROW = 1,
	GRID_END = 2, /* of the array */
};

/* The action is borrowed as long as the grid lives. */
int grid_new(struct grid **out, const struct muster_action *action, struct error *error);
void grid_free(struct grid *grid);

/* Begins a body; the memory of the one before is used again. */
void grid_begin(struct grid *grid);

/* Hands over the next piece of the body before it is read: it is kept until the columns are known. */
void grid_keep(struct grid *grid, const char *bytes, size_t length);

/* The body is too large to be kept, and what was kept is needed: BODY_TOO_LARGE. To be asked
 * whenever a piece was read. */
int grid_check(const struct grid *grid, struct error *error);

/* Reads the columns; the reader's current token is, at first, the beginning of their
 * array. END: they are known. */
enum grid_event grid_columns(struct grid *grid, struct reader *reader, struct error *error);

/* The rows' array begins with the reader's current token. True: go on with grid_row(). False: pass it, and go
 * on with grid_again() once the body is whole. */
bool grid_rows(struct grid *grid, const struct reader *reader);

/* The reader for the rows that were passed, or NULL if none were. */
struct reader *grid_again(struct grid *grid);

/* The next row, mapped; *out is borrowed from the map until its next record. */
enum grid_event grid_row(struct map_record *out, struct grid *grid, struct map *map, struct reader *reader,
	struct error *error);

#endif
