/* What processes hold together: their proportional set sizes, and every memory file that they have open,
 * counted once whether it is mapped or not. */
#ifndef MUSTER_BENCH_MEMORY_H
#define MUSTER_BENCH_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct memory {
	uint64_t own_kib;    /* PSS without what lies in shared memory */
	uint64_t shared_kib; /* the part of the PSS that does */
	uint64_t files_kib;  /* what the open memory files hold */
	unsigned processes;
	struct memory_file *files; /* those counted so far */
	size_t file_count;
};

/* Adds a process. One that is gone adds nothing. false: it may not be looked at, which takes root, since
 * a runner hides itself from its own user. */
bool memory_add(struct memory *memory, pid_t pid);

/* Adds a process and all that descend from it. */
bool memory_add_tree(struct memory *memory, pid_t pid);

/* All of it, in KiB. */
uint64_t memory_kib(const struct memory *memory);

/* Makes it ready for the next sample; begin with zeros. */
void memory_clear(struct memory *memory);

#endif
