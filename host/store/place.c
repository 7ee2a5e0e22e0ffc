#include "config.h"

#include "store/place.h"

#include "base/clock.h"
#include "base/paths.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define LOCK_FILE "store.lock"
#define LOCK_PATIENCE_MS 2000
#define OTHERS_WRITE (S_IWGRP | S_IWOTH)
#define OTHERS_ALL (S_IRWXG | S_IRWXO)

static int system_error(const char *what, const char *path, struct error *error)
{
	if (errno == ENOSPC || errno == EDQUOT)
		return error_set(error, ERROR_STORE_FULL, "There is no space left to write %s.", path);
	if (errno == EACCES || errno == EPERM || errno == EROFS)
		return error_set(
			error, ERROR_STORE_READ_ONLY, "%s can't be %s: %s.", path, what, strerror(errno));
	return error_set(error, ERROR_STORE_FAILED, "%s can't be %s: %s.", path, what, strerror(errno));
}

static int judge_folder(int fd, const char *path, struct error *error)
{
	struct stat about;

	if (fstat(fd, &about) < 0)
		return system_error("examined", path, error);
	if (about.st_uid != geteuid())
		return error_set(error, ERROR_STORE_EXPOSED, "%s belongs to another user.", path);
	if (about.st_mode & OTHERS_WRITE) {
		(void)error_set(error, ERROR_STORE_EXPOSED, "Others may write in %s.", path);
		return error_hint(error, "Take the folder away from others: chmod 700 %s", path);
	}
	return 0;
}

int place_open(char *out, size_t size, const char *folder, bool create, struct error *error)
{
	char real[PATH_MAX];
	int fd;

	if (create && paths_make_dir(folder) < 0)
		return system_error("made", folder, error);
	if (!realpath(folder, real)) {
		if (errno == ENOENT)
			return error_set(error, ERROR_STORE_MISSING, "There is no store in %s.", folder);
		return system_error("opened", folder, error);
	}
	if (strlen(real) + sizeof "/" PLACE_FILE + NAME_MAX / 4 >= size)
		return error_set(error, ERROR_STORE_FAILED, "The path %s is too long.", real);
	fd = open(real, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return system_error("opened", real, error);
	if (judge_folder(fd, real, error) < 0) {
		(void)close(fd);
		return -1;
	}
	memcpy(out, real, strlen(real) + 1);
	return fd;
}

static int judge_file(
	const struct stat *about, const char *folder_path, const char *name, struct error *error)
{
	if (!S_ISREG(about->st_mode))
		return error_set(error, ERROR_STORE_EXPOSED, "%s/%s is not a plain file.", folder_path, name);
	if (about->st_uid != geteuid())
		return error_set(
			error, ERROR_STORE_EXPOSED, "%s/%s belongs to another user.", folder_path, name);
	if (about->st_mode & OTHERS_ALL) {
		(void)error_set(
			error, ERROR_STORE_EXPOSED, "Others have access to %s/%s.", folder_path, name);
		return error_hint(
			error, "Take the file away from others: chmod 600 %s/%s", folder_path, name);
	}
	return 0;
}

int place_look(
	bool *there, int folder, const char *folder_path, const char *name, bool make, struct error *error)
{
	struct stat about;

	if (make) {
		int fd = openat(folder, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

		if (fd < 0 && errno != EEXIST)
			return system_error("made", folder_path, error);
		if (fd >= 0)
			(void)close(fd);
	}
	if (fstatat(folder, name, &about, AT_SYMLINK_NOFOLLOW) < 0) {
		if (errno != ENOENT)
			return system_error("examined", folder_path, error);
		*there = false;
		return 0;
	}
	if (judge_file(&about, folder_path, name, error) < 0)
		return -1;
	*there = about.st_size > 0;
	return 0;
}

/* flock() has no time limit of its own, so it is asked again and again, at growing intervals. */
int place_flock(int fd, bool exclusive)
{
	int64_t deadline = clock_now_ms() + LOCK_PATIENCE_MS;
	struct timespec pause = { 0, 1000000 };

	while (flock(fd, (exclusive ? LOCK_EX : LOCK_SH) | LOCK_NB) < 0) {
		if ((errno != EWOULDBLOCK && errno != EINTR) || clock_now_ms() >= deadline)
			return -1;
		(void)nanosleep(&pause, NULL);
		if (pause.tv_nsec < 100000000)
			pause.tv_nsec *= 2;
	}
	return 0;
}

int place_lock(int folder, const char *folder_path, bool exclusive, struct error *error)
{
	int fd = openat(folder, LOCK_FILE, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0)
		return system_error("written", folder_path, error);
	if (place_flock(fd, exclusive) == 0)
		return fd;
	(void)error_set(error, ERROR_STORE_LOCKED, "%s/" PLACE_FILE " is %s.", folder_path,
		exclusive ? "in use by another program" : "being replaced");
	(void)close(fd);
	return -1;
}

int place_write(int folder, const char *name, const void *bytes, size_t length)
{
	int fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	const char *at = bytes;
	int kept;

	if (fd < 0)
		return -1;
	while (length > 0) {
		ssize_t wrote = write(fd, at, length);

		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote <= 0)
			goto failed;
		at += wrote;
		length -= (size_t)wrote;
	}
	if (fsync(fd) < 0)
		goto failed;
	if (close(fd) < 0 || fsync(folder) < 0) {
		fd = -1;
		goto failed;
	}
	return 0;
failed:
	kept = errno;
	if (fd >= 0)
		(void)close(fd);
	(void)unlinkat(folder, name, 0);
	errno = kept;
	return -1;
}
