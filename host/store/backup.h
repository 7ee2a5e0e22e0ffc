/* Backups by SQLite's backup API. The key stays apart. */
#ifndef MUSTER_STORE_BACKUP_H
#define MUSTER_STORE_BACKUP_H

#include "store/store.h"

/* Writes a consistent copy, 0600; a file that is there is refused. The store may be in use. */
int store_backup(struct store *store, const char *path, struct error *error);

/* Puts a backup in place of the store in folder, after it was checked: integrity, schema, and that the key
 * opens it. What stood there is kept beside it. Accounts whose refresh tokens rotate become DOUBTFUL. */
int store_restore(const struct store_options *options, const char *path, struct error *error);

#endif
