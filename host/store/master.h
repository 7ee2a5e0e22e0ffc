/* The master key in memory, and its row in the database. */
#ifndef MUSTER_STORE_MASTER_H
#define MUSTER_STORE_MASTER_H

#include "store/inside.h"
#include "store/key_source.h"

/* In memory that is locked, guarded and in no core dump. */
struct master_key {
	unsigned char bytes[SEAL_KEY_BYTES];
	uint64_t version; /* 0: not fetched yet */
	char fingerprint[KEY_FINGERPRINT_SIZE];
	struct key_source source;
};

/* What the database knows of its key. */
struct key_row {
	uint64_t version;
	int64_t since_ms;
	char fingerprint[KEY_FINGERPRINT_SIZE];
	char source[64];
	unsigned char salt[KEY_SALT_BYTES];
};

/* Reads the row: 1 when there is none yet, and the error is set as if that were one. */
int key_row_read(struct key_row *out, sqlite3 *db, struct error *error);
int key_row_write(sqlite3 *db, const struct key_row *row, struct error *error);

/* Finds the key's source and fetches the key that the database was made with. KEY_WRONG. */
int master_fetch(struct store *store, struct error *error);

/* Inside of the transaction that makes the database: takes the key that is there, or makes the key file. */
int master_make(struct store *store, struct error *error);

/* Puts the key file in place after a rotation, and removes the old key. */
int master_settle(struct store *store, struct error *error);

/* This is the key now. */
void master_adopt(
	struct master_key *master, const unsigned char key[SEAL_KEY_BYTES], const struct key_row *row);

#endif
