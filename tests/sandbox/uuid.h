/* UUIDs that are numbers in disguise: the sandbox finds a record by its id without a table. */
#ifndef MUSTER_SANDBOX_UUID_H
#define MUSTER_SANDBOX_UUID_H

#include <stddef.h>
#include <stdint.h>

#define UUID_LENGTH 36

/* Writes the 36 characters of a version 4 UUID, unterminated. Different spaces give different UUIDs
 * for the same number. */
void uuid_write(char *out, uint32_t space, uint64_t number);

/* The number of a text that uuid_write made in this space. Returns 0, or -1 for every other text.
 */
int uuid_read(uint64_t *out, uint32_t space, const char *text);

#endif
