/* What a text may look like: characters, lengths, choices, dates. Fields and parameters share it. */
#ifndef MUSTER_CATALOG_SHAPE_H
#define MUSTER_CATALOG_SHAPE_H

#include "base/error.h"
#include "catalog/manifest.h"

#include <stdbool.h>

enum shape_kind { SHAPE_TEXT, SHAPE_DATE, SHAPE_DATE_TIME, SHAPE_REDIRECT };

struct shape {
	enum shape_kind kind;
	const char *characters;
	const struct manifest_choice *choices;
	size_t choice_count;
	uint32_t min_length;
	uint32_t max_length;
	bool secret; /* the message must not quote it */
	bool list;   /* texts joined by commas, each of this shape */
};

struct shape shape_of_field(const struct manifest_field *field);
struct shape shape_of_parameter(const struct manifest_parameter *parameter);

/* Is it UTF-8 without line breaks and other characters that can't be seen? If not, the problem is filled in,
 * without the name of its field. shape_fits() asks this first. */
bool shape_is_plain(struct problem *problem, const char *text, size_t length);

/* Does the text fit? If not, the problem is filled in, without the name of its field. */
bool shape_fits(struct problem *problem, const struct shape *shape, const char *text, size_t length);

/* Is the shape itself in order: lengths, class, choices unlike each other, the default fits? Returns NULL,
 * or what is wrong. */
const char *shape_fault(const struct shape *shape, const char *default_text);

#endif
