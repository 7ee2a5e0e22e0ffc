#include "config.h"

#include "jail/memfd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

/* Newer than the headers of Debian 12. */
#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 0x0008U
#endif
#ifndef MFD_EXEC
#define MFD_EXEC 0x0010U
#endif
#ifndef F_SEAL_FUTURE_WRITE
#define F_SEAL_FUTURE_WRITE 0x0010
#endif

#define PLUGIN_LIMIT ((off_t)64 * 1024 * 1024) /* bytes of a plugin's file */

/* A kernel before 6.3 knows neither of the flags, and makes all of them executable. */
static int create(const char *name, unsigned flag)
{
	unsigned flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
	int fd = memfd_create(name, flags | flag);

	return fd < 0 && errno == EINVAL ? memfd_create(name, flags) : fd;
}

enum { SEALS = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL };

static int seal(int fd, int seals)
{
	return fcntl(fd, F_ADD_SEALS, SEALS | seals);
}

static bool is_sealed(int fd)
{
	int seals = fcntl(fd, F_GET_SEALS);

	return seals >= 0 && (seals & (SEALS | F_SEAL_WRITE)) == (SEALS | F_SEAL_WRITE);
}

/* The same file, by a descriptor that can't write. */
static int reopen(int fd)
{
	char path[32];

	(void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	return open(path, O_RDONLY | O_CLOEXEC);
}

static int fill(int to, int from, off_t size)
{
	off_t at = 0;

	while (at < size) {
		ssize_t sent = sendfile(to, from, &at, (size_t)(size - at));
		if (sent < 0 && errno == EINTR)
			continue;
		if (sent <= 0)
			return -1;
	}
	return 0;
}

/* Security modules may forbid what the memfd's own flags allow, so it is tried. */
static bool can_execute(int fd)
{
	void *map = mmap(NULL, 1, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);

	if (map == MAP_FAILED)
		return false;
	(void)munmap(map, 1);
	return true;
}

bool memfd_executable(void)
{
	int fd = create("muster-probe", MFD_EXEC);
	bool can = fd >= 0 && ftruncate(fd, 1) == 0 && can_execute(fd);

	if (fd >= 0)
		(void)close(fd);
	return can;
}

int memfd_copy(int *out, int fd, struct error *error)
{
	struct stat about;
	int copy = -1;

	if (fstat(fd, &about) < 0)
		return error_set(
			error, ERROR_PLUGIN_REFUSED, "The plugin can't be read: %s.", strerror(errno));
	if (!S_ISREG(about.st_mode))
		return error_set(error, ERROR_PLUGIN_REFUSED, "The plugin is no regular file.");
	if (about.st_size == 0 || about.st_size > PLUGIN_LIMIT)
		return error_set(error, ERROR_PLUGIN_REFUSED,
			"The plugin's file has %lld bytes; between 1 and %lld are taken.",
			(long long)about.st_size, (long long)PLUGIN_LIMIT);
	if (is_sealed(fd)) {
		*out = fcntl(fd, F_DUPFD_CLOEXEC, 0);
		if (*out >= 0)
			return 0;
	}
	copy = create("muster-plugin", MFD_EXEC);
	if (copy >= 0 && fill(copy, fd, about.st_size) == 0 && seal(copy, F_SEAL_WRITE) == 0 &&
		can_execute(copy)) {
		*out = copy;
		return 0;
	}
	if (copy >= 0)
		(void)close(copy);
	copy = reopen(fd);
	if (copy < 0)
		return error_set(
			error, ERROR_PLUGIN_REFUSED, "The plugin can't be opened: %s.", strerror(errno));
	*out = copy;
	return 0;
}

int memfd_area(int *out, char **bytes, size_t size, struct error *error)
{
	void *map = MAP_FAILED;
	int result = -1;
	int reader = -1;
	int fd = create("muster-area", MFD_NOEXEC_SEAL);

	if (fd < 0 || ftruncate(fd, (off_t)size) < 0)
		goto out;
	map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED || seal(fd, F_SEAL_FUTURE_WRITE) < 0)
		goto out;
	reader = reopen(fd);
	if (reader < 0)
		goto out;
	*out = reader;
	*bytes = map;
	result = 0;
out:
	if (result < 0) {
		(void)error_set(error, ERROR_INSTALLATION, "Memory can't be shared with a runner: %s.",
			strerror(errno));
		if (map != MAP_FAILED)
			(void)munmap(map, size);
	}
	if (fd >= 0)
		(void)close(fd);
	return result;
}
