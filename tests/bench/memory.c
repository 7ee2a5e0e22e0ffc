#include "config.h"

#include "bench/memory.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PROCESSES_MAX = 4096 };

struct memory_file {
	dev_t device;
	ino_t inode;
};

/* Did it vanish, or were we refused? */
static bool is_gone(void)
{
	return errno == ENOENT || errno == ESRCH;
}

static bool add_rollup(struct memory *memory, pid_t pid)
{
	char text[128];
	uint64_t pss = 0, shared = 0, value;
	FILE *file;

	(void)snprintf(text, sizeof text, "/proc/%d/smaps_rollup", (int)pid);
	file = fopen(text, "re");
	if (!file)
		return is_gone();
	while (fgets(text, sizeof text, file)) {
		if (sscanf(text, "Pss: %" SCNu64 " kB", &value) == 1)
			pss = value;
		else if (sscanf(text, "Pss_Shmem: %" SCNu64 " kB", &value) == 1)
			shared = value;
	}
	(void)fclose(file);
	memory->own_kib += pss - shared;
	memory->shared_kib += shared;
	memory->processes++;
	return true;
}

static void add_file(struct memory *memory, const struct stat *about)
{
	struct memory_file *grown;

	for (size_t i = 0; i < memory->file_count; i++)
		if (memory->files[i].inode == about->st_ino && memory->files[i].device == about->st_dev)
			return;
	if ((memory->file_count & (memory->file_count - 1)) == 0) {
		size_t room = memory->file_count ? 2 * memory->file_count : 1;
		grown = reallocarray(memory->files, room, sizeof *grown);
		if (!grown) {
			(void)fputs("bench: out of memory\n", stderr);
			exit(1);
		}
		memory->files = grown;
	}
	memory->files[memory->file_count++] = (struct memory_file){ about->st_dev, about->st_ino };
	memory->files_kib += (uint64_t)about->st_blocks / 2;
}

static bool add_descriptors(struct memory *memory, pid_t pid)
{
	char name[64], target[32];
	struct dirent *entry;
	struct stat about;
	DIR *dir;

	(void)snprintf(name, sizeof name, "/proc/%d/fd", (int)pid);
	dir = opendir(name);
	if (!dir)
		return is_gone();
	while ((entry = readdir(dir))) {
		ssize_t length = readlinkat(dirfd(dir), entry->d_name, target, sizeof target);
		if (length > 7 && memcmp(target, "/memfd:", 7) == 0 &&
			fstatat(dirfd(dir), entry->d_name, &about, 0) == 0)
			add_file(memory, &about);
	}
	(void)closedir(dir);
	return true;
}

bool memory_add(struct memory *memory, pid_t pid)
{
	return add_rollup(memory, pid) && add_descriptors(memory, pid);
}

/* The children that its first thread made: nothing of ours forks from another. */
static size_t list_children(pid_t *out, size_t room, pid_t pid)
{
	char name[64];
	size_t count = 0;
	int child;
	FILE *file;

	(void)snprintf(name, sizeof name, "/proc/%d/task/%d/children", (int)pid, (int)pid);
	file = fopen(name, "re");
	if (!file)
		return 0;
	while (count < room && fscanf(file, "%d", &child) == 1)
		out[count++] = child;
	(void)fclose(file);
	return count;
}

bool memory_add_tree(struct memory *memory, pid_t pid)
{
	pid_t found[PROCESSES_MAX] = { pid };
	size_t count = 1;

	for (size_t i = 0; i < count; i++) {
		if (!memory_add(memory, found[i]))
			return false;
		count += list_children(found + count, PROCESSES_MAX - count, found[i]);
	}
	return true;
}

/* A memory file that is mapped and no longer open is seen by its mappings alone. */
uint64_t memory_kib(const struct memory *memory)
{
	uint64_t shared = memory->files_kib > memory->shared_kib ? memory->files_kib : memory->shared_kib;

	return memory->own_kib + shared;
}

void memory_clear(struct memory *memory)
{
	free(memory->files);
	*memory = (struct memory){ 0 };
}
