/* The tables, and the way from each version of them to the next. */
#ifndef MUSTER_STORE_SCHEMA_H
#define MUSTER_STORE_SCHEMA_H

#include "base/error.h"

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

enum {
	SCHEMA_VERSION = 1, /* what this muster writes */
	SCHEMA_APPLICATION =
		0x4d535452 /* "MSTR": in the file's header, tells a store from another's database */
};

/* The file's version, and whether there is nothing in it yet. STORE_FOREIGN when it is some other program's,
 * STORE_TOO_NEW. */
int schema_read(int64_t *version, bool *empty, sqlite3 *db, struct error *error);

/* Inside a transaction: takes the tables from that version to the newest. */
int schema_raise(sqlite3 *db, int64_t version, struct error *error);

#endif
