/* The key file and those beside it. `key` is a store's key file. While the key is being rotated the new one
 * stands beside it, named after its fingerprint; so does the key of a further store of the same user: the
 * line after the key names the store that a file was made for, and for no other store is it replaced. */
#ifndef MUSTER_STORE_KEY_FILE_H
#define MUSTER_STORE_KEY_FILE_H

#include "store/key_source.h"

#include <stdbool.h>

#define KEY_OWNER_MARK "# store: "

enum { KEY_NAME_SIZE = 32 };

/* Reads a key of this kind, by path: 1 when there is no such file. owner (PATH_MAX bytes, or NULL) becomes
 * the folder of the store that it was made for, or empty. */
int key_read_file(unsigned char key[SEAL_KEY_BYTES], char *owner, enum key_kind kind, const char *path,
	struct error *error);

/* Reads a file of the key file's folder: 1 when it isn't there. owner (PATH_MAX bytes, or NULL) becomes the
 * folder of the store that it was made for, or empty. */
int key_file_read(unsigned char key[SEAL_KEY_BYTES], char *owner, const struct key_source *source,
	const char *name, struct error *error);

/* Writes a key into a new file of that folder (which is made), whole or not at all, and has it on disk. One
 * that is there stays as it is: 1. */
int key_file_make(const struct key_source *source, const char *name, const unsigned char key[SEAL_KEY_BYTES],
	const char *owner, struct error *error);

/* Is `key` this store's, and the key that was found not the one in it? */
bool key_file_unsettled(const struct key_source *source, const char *owner);

/* Of the files that were made for this store, leaves the one with this fingerprint, which becomes `key` where
 * that is free to take. The caller keeps every other process from rotating. */
int key_file_settle(
	struct key_source *source, const char *fingerprint, const char *owner, struct error *error);

/* "key.1f2e-3d4c-5b6a-7988" */
void key_file_name(char out[KEY_NAME_SIZE], const char *fingerprint);

#endif
