/* Records as rows: which member stands in which column. The columns are the model's fields, or, of the
 * provider's own records, the members of the first one. */
#ifndef MUSTER_SINK_COLUMNS_H
#define MUSTER_SINK_COLUMNS_H

#include "base/buffer.h"
#include "base/error.h"
#include "record/check.h"
#include "record/model.h"

#include <stddef.h>

/* More members of a provider's own record get no column: they are among the others. */
#define COLUMNS_LIMIT 512

struct column {
	size_t start; /* of the name */
	size_t length;
	const struct model_field *field; /* NULL: of a provider's own record, or the account */
	bool account;                    /* the member _account, shown as account */
};

struct columns {
	struct column *list;
	size_t count;
	struct buffer names;
	/* Of the record that was placed last: what stands in each column, NULL where nothing does, and
	 * what has no column. */
	const struct record_member **cells;
	const struct record_member **others;
	size_t other_count;
	size_t other_capacity;
};

/* Makes the columns from model, or from record when model is NULL; with accounts, theirs is the first. */
int columns_init(struct columns *columns, const struct model *model, const struct record *record,
	bool accounts, struct error *error);
void columns_clear(struct columns *columns);

/* Fills cells and others from a record; they point into it. */
int columns_place(struct columns *columns, const struct record *record, struct error *error);

/* A column's name as it stands in the JSON text, not terminated. */
const char *columns_name(const struct columns *columns, size_t column);

/* Its name for people; JSON text too. */
const char *columns_title(size_t *length, const struct columns *columns, size_t column);

/* The value's text as a person or spreadsheet reads it: of a string what it stands for, of a container
 * or number its JSON, of null nothing. It is borrowed from the record or from scratch, whose content
 * is replaced. */
int columns_text(const char **text, size_t *length, struct buffer *scratch,
	const struct record_member *member, struct error *error);

#endif
