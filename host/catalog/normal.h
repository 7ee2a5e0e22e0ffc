/* A field's normal form: what is kept of what a person entered. */
#ifndef MUSTER_CATALOG_NORMAL_H
#define MUSTER_CATALOG_NORMAL_H

#include "base/error.h"
#include "catalog/manifest.h"

#include <stdbool.h>
#include <stddef.h>

/* Makes the normal form of a text, *length bytes and a NUL, which the caller frees; NULL in *out when there
 * is none, then the problem is filled in without the name of its field. The form is never longer than the
 * text, and its characters are not judged. Returns 0, or -1: no memory. */
int normal_text_new(char **out, size_t *length, struct problem *problem, const struct manifest_field *field,
	const char *text, size_t text_length, struct error *error);

/* Is the text its own normal form? So is NULL. */
bool normal_is(const struct manifest_field *field, const char *text);

#endif
