/* The field map: makes the unified record out of the provider's, in one pass over the reader's
 * tokens. It is compiled once per run. A value that needs no change is copied as its source text,
 * so that a number is never touched. The record leaves as compact JSON, its fields in the order of
 * the rows. */
#ifndef MUSTER_RUNNER_MAP_H
#define MUSTER_RUNNER_MAP_H

#include "base/error.h"
#include "record/reader.h"

#include <muster/plugin.h>
#include <stdbool.h>
#include <stddef.h>

/* What a map knows besides its rows. */
struct map_options {
	const struct muster_argument *parameters; /* of the run, by id */
	size_t parameter_count;
	const char *const *open_fields; /* the fields whose closed set of words holds "other"; of an
					   EACH "field.field" */
	size_t open_field_count;
	bool raw; /* the provider's record, compacted, instead of the unified one */
};

/* A record on its way out, borrowed from the map until its next record. */
struct map_record {
	const char *key;   /* JSON array of the key fields' texts: ["96b1","Department"] */
	size_t key_length; /* 0: a raw record without its key fields */
	const char *json;
	size_t json_length;
};

struct map;

/* Compiles rows and key (the names of fields, separated by spaces). Rows and their strings are
 * borrowed as long as the map lives, the options only now. What can't be compiled is
 * ERROR_PLUGIN_REFUSED, a key made of a parameter that was not given ERROR_BAD_PARAMETER. */
int map_new(struct map **out, const struct muster_map_rows *rows, const char *key,
	const struct map_options *options, struct error *error);
void map_free(struct map *map);

/* The reader's current token is the READER_OBJECT of the next record, and the reader holds it. */
void map_begin(struct map *map, const struct reader *reader);

/* Goes on with the record: 1 when it is whole and in *out; the current token is then its last, and
 * the hold may be released. 0: feed the reader and call again. -1: malformed_body, which names the
 * field, the value and its byte in the body; record_too_large. */
int map_record(struct map_record *out, struct map *map, struct reader *reader, struct error *error);

#endif
