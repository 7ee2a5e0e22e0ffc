/* Labels of accounts: keys and values that an operator gives them, to tell them apart. */
#ifndef MUSTER_STORE_LABELS_H
#define MUSTER_STORE_LABELS_H

#include "base/error.h"

#include <jansson.h>
#include <stdbool.h>

enum { LABELS_MAX = 32, LABEL_VALUE_MAX = 255 };

/* An object of at most LABELS_MAX texts; a key is like a name (store/names.h), a value is of 1 to LABEL_VALUE_MAX bytes of
 * UTF-8 without controls. Else BAD_LABEL. NULL is no labels. */
int labels_check(const json_t *labels, struct error *error);

/* Puts the changes in: an empty text removes the label. BAD_LABEL as above, and labels may then be half changed. */
int labels_change(json_t *labels, const json_t *changes, struct error *error);

/* Are all of these among the labels, with these values? An empty value: there is no label of that key. */
bool labels_match(const json_t *labels, const json_t *wanted);

#endif
