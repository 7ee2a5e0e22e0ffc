/* A unified model: what a record of it may contain. Read once from its JSON Schema (2020-12), then a
 * compact table. Of the schema, the top level is understood: `required`, and of each of the `properties`
 * its `type`, `format`, `enum` and a `minLength` of 1. What lies deeper is for people and validators.
 * The formats are date and date-time, and date-time-local and time-local of the OpenAPI Format Registry:
 * the same without a zone. */
#ifndef MUSTER_RECORD_MODEL_H
#define MUSTER_RECORD_MODEL_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MODEL_FIELD_LIMIT 256
#define MODEL_NAME_LIMIT 63

/* The JSON types a value may have: bits, so that a field may allow several. */
enum model_type {
	MODEL_NULL = 1,
	MODEL_BOOLEAN = 2,
	MODEL_INTEGER = 4, /* a number without a fractional part */
	MODEL_NUMBER = 8,
	MODEL_STRING = 16,
	MODEL_ARRAY = 32,
	MODEL_OBJECT = 64,
};

enum model_format {
	MODEL_TEXT,
	MODEL_DATE,
	MODEL_DATE_TIME,
	MODEL_LOCAL_DATE_TIME,
	MODEL_LOCAL_TIME,
};

struct model_word {
	const char *text;
	size_t length;
};

struct model_field {
	const char *name; /* [a-z][a-z0-9_]*, terminated */
	size_t length;
	unsigned types; /* enum model_type; a number field has the integer bit too */
	enum model_format format;
	bool required;
	bool filled;                    /* a string must not be empty */
	const struct model_word *words; /* the only strings allowed; NULL: any */
	size_t word_count;
};

struct model {
	struct model_field *fields; /* in the schema's order */
	size_t count;

	/* The rest is the model's own. */
	uint16_t slots[2 * MODEL_FIELD_LIMIT]; /* by the name's hash: index + 1, or 0 */
	struct model_word *words;              /* of all fields */
	json_t *schema;                        /* what names and words point into */
};

/* Reads the schema at path. The caller frees the model. */
int model_load(struct model **out, const char *path, struct error *error);

/* The same from the text of a schema; what names it in errors. */
int model_parse(struct model **out, const char *schema, size_t length, const char *what, struct error *error);

void model_free(struct model *model);

/* The field of this name, or NULL. */
const struct model_field *model_find(const struct model *model, const char *name, size_t length);

/* Is this one of the field's words? */
bool model_field_has(const struct model_field *field, const char *word, size_t length);

/* "string", "string or null": what the bits of enum model_type say, for messages, into out, which
 * it returns; 64 bytes are enough. */
const char *model_types_text(char *out, size_t size, unsigned types);

#endif
