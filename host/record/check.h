/* The host reads every record again that leaves the jail, and believes nothing: one JSON object,
 * compact, within size and depth, no name twice; and, when there is a model, nothing but its
 * fields, of its types, its words and its dates, and what it requires. What was checked can then be
 * taken apart without a DOM: the top-level members as slices. */
#ifndef MUSTER_RECORD_CHECK_H
#define MUSTER_RECORD_CHECK_H

#include "base/buffer.h"
#include "base/error.h"
#include "record/model.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CHECK_MEMBER_LIMIT 65536 /* top-level members of a record */

struct record_member {
	const char *name;  /* between the quotes, escapes as they came */
	const char *value; /* the source text; a string's without the quotes */
	uint32_t name_length;
	uint32_t value_length;
	enum model_type type;
	bool escaped; /* a string value has escapes: escape_decode() before use */
};

/* A record that passed. Everything points into the bytes that were checked. */
struct record {
	const char *bytes;
	size_t length;
	const struct record_member *members; /* in the record's order */
	size_t count;
};

struct check {
	struct record record; /* the last one that passed */

	/* The rest is the check's own. */
	const struct model *model;
	size_t record_limit;
	struct record_member *members;
	size_t capacity;
	struct check_name *names; /* to find what occurs twice, where no model says what may occur */
	struct buffer decoded;    /* the names that have escapes */
	uint16_t follows[MODEL_FIELD_LIMIT + 1];   /* which field came last time after this one */
	uint64_t required[MODEL_FIELD_LIMIT / 64]; /* a bit a field */
};

/* A check against a model, borrowed, or of any object when it is NULL. record_limit is below 4 GiB. */
void check_init(struct check *check, const struct model *model, size_t record_limit);
void check_clear(struct check *check);

/* Checks one record: a line without its line break. On 0, check->record describes it until the next call.
 * On -1 the error names the byte or field: a plugin fault, since muster's own part of the runner never
 * sends such a record; malformed_body when a record without a model has a name twice, as the provider
 * sent it; or out_of_memory. */
int check_record(struct check *check, const char *bytes, size_t length, struct error *error);

#endif
