/* Anonymous files: a plugin's sealed copy, and memory to be shared one way. */
#ifndef MUSTER_JAIL_MEMFD_H
#define MUSTER_JAIL_MEMFD_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

/* A copy of the regular file that fd is open for reading, which nobody can change any more. Where such
 * copies may not be executed: another descriptor of the file itself, read-only. A copy is not copied again,
 * so that those who run it share its memory. The caller closes *out. */
int memfd_copy(int *out, int fd, struct error *error);

/* size bytes of zeros: *bytes maps them writable for us, *out is a read-only descriptor; no further
 * writable map can be made. The caller unmaps and closes. */
int memfd_area(int *out, char **bytes, size_t size, struct error *error);

/* Can a copy be mapped executable? */
bool memfd_executable(void);

#endif
