/* Where the store is: a folder and files that are this user's alone. Judged by descriptor, so that nobody can
 * put something else in their place between the look and the use. */
#ifndef MUSTER_STORE_PLACE_H
#define MUSTER_STORE_PLACE_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

/* The file's name in the data directory. */
#define PLACE_FILE "store.db"

/* Resolves the data directory into out (size bytes), makes it if wanted (0700), and opens it: the descriptor
 * is returned. STORE_MISSING; STORE_EXPOSED when it is another's, or others may write it. */
int place_open(char *out, size_t size, const char *folder, bool create, struct error *error);

/* Looks at a file of the folder: *there says whether it is, and not empty. STORE_EXPOSED when it is a link,
 * not a file, another's, or others may read it; with make it is made, empty, 0600. */
int place_look(
	bool *there, int folder, const char *folder_path, const char *name, bool make, struct error *error);

/* The lock of the folder, shared by all who have the store open, exclusive for who replaces it. Waits some
 * seconds, then it is STORE_LOCKED. Returns the descriptor: closing it gives the lock back. */
int place_lock(int folder, const char *folder_path, bool exclusive, struct error *error);

/* Writes bytes into a new file, 0600, and has it on disk. A file that is there is an error (errno EEXIST).
 * Returns 0, or -1 with errno, and then there is no file. */
int place_write(int folder, const char *name, const void *bytes, size_t length);

/* A lock on a descriptor, waiting some seconds. Returns 0, or -1 with errno (EWOULDBLOCK). */
int place_flock(int fd, bool exclusive);

#endif
