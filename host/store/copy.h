/* Connections, and copies of the database: before a migration, as a backup. */
#ifndef MUSTER_STORE_COPY_H
#define MUSTER_STORE_COPY_H

#include "store/inside.h"

/* Opens a database file that is there, with all that muster asks of SQLite. No link leads to it. */
int copy_connect(sqlite3 **out, const char *path, bool writable, struct error *error);

/* Writes a consistent copy into a new file of the folder, 0600, as one file without a log, and has it on
 * disk. It is written under another name first: a copy that has its name is whole. OUTPUT_FAILED when there
 * is a file of that name and replace is not set. */
int copy_write(sqlite3 *db, const char *folder, const char *name, bool replace, struct error *error);

/* Keeps a copy of the tables of that version beside the store (store.db.v1). */
int copy_before(struct store *store, int64_t version, struct error *error);

/* Removes these copies: what was destroyed must not live on in them. */
int copy_forget(struct store *store, struct error *error);

/* Removes every file of the folder whose name begins so. */
int copy_remove(const char *folder, const char *prefix, struct error *error);

#endif
