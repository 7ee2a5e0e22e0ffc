/* Names that people give to profiles and accounts. */
#ifndef MUSTER_STORE_NAMES_H
#define MUSTER_STORE_NAMES_H

#include "store/store.h"

/* [A-Za-z0-9][A-Za-z0-9._-]*, shorter than STORE_NAME_SIZE, and not the look of an id: else BAD_NAME. */
int name_check(const char *name, struct error *error);

/* Sets the error that the store has none of this name: what is "account" or "profile", sql lists the names
 * there are, and the nearest is told. Returns -1. */
int name_unknown(struct store *store, enum error_code code, const char *what, const char *name,
	const char *sql, struct error *error);

#endif
