#include "config.h"

#include "catalog/find.h"

#include "base/paths.h"
#include "base/text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FOLDERS_MAX 64
#define FILES_MAX 10000
#define REASON_MAX 512

/* ---- Who could have written it -------------------------------------------------------------------- */

/* Whoever can write a plugin or its folder decides what runs in the jail with this user's credentials: that
 * must be nobody but root and the user. Returns false and why. */
static bool is_trusted(char *reason, const struct stat *about, const char *what)
{
	if (about->st_uid != 0 && about->st_uid != geteuid()) {
		(void)snprintf(reason, REASON_MAX, "%s belongs to another user (%lu).", what,
			(unsigned long)about->st_uid);
		return false;
	}
	if (about->st_mode & (S_IWGRP | S_IWOTH)) {
		(void)snprintf(reason, REASON_MAX,
			"%s can be written by others (mode %03o); mend it with chmod go-w.", what,
			(unsigned)about->st_mode & 0777u);
		return false;
	}
	return true;
}

/* The folder in which the file really lies, if a symbolic link led to it. */
static bool real_folder_is_trusted(char *reason, int fd)
{
	char name[64];
	char path[PATH_MAX];
	struct stat about;
	ssize_t length;
	char *slash;

	(void)snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
	length = readlink(name, path, sizeof path - 1);
	if (length > 0) {
		path[length] = '\0';
		slash = strrchr(path, '/');
		if (slash) {
			slash[slash == path] = '\0';
			if (stat(path, &about) == 0)
				return is_trusted(reason, &about, "The folder of the file it links to");
		}
	}
	(void)snprintf(reason, REASON_MAX, "The folder of the file it links to is not known.");
	return false;
}

/* Judges an open file. */
static bool file_is_trusted(char *reason, int fd, const struct stat *about, bool linked)
{
	if (!S_ISREG(about->st_mode)) {
		(void)snprintf(reason, REASON_MAX, "It is no regular file.");
		return false;
	}
	return is_trusted(reason, about, "The file") && (!linked || real_folder_is_trusted(reason, fd));
}

/* Opens and judges; the descriptor, or -1 with the reason. */
static int open_file(char *reason, struct stat *about, int folder, const char *name, bool linked)
{
	/* O_NONBLOCK: a FIFO of that name must not hold us up. */
	int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

	if (fd < 0 || fstat(fd, about) < 0) {
		(void)snprintf(reason, REASON_MAX, "It can't be opened: %s.", strerror(errno));
	} else if (file_is_trusted(reason, fd, about, linked)) {
		return fd;
	}
	if (fd >= 0)
		(void)close(fd);
	return -1;
}

static bool is_same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec &&
	       a->st_ctim.tv_sec == b->st_ctim.tv_sec && a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

bool find_unchanged(int fd, const struct plugin_file *file)
{
	struct stat about;

	return fstat(fd, &about) == 0 && is_same(&about, &file->about);
}

int find_open(int *fd, const struct plugin_file *file, struct error *error)
{
	char reason[REASON_MAX];
	struct stat about;
	int opened = open_file(reason, &about, AT_FDCWD, file->path, true);

	if (opened < 0) {
		(void)error_set(error, ERROR_PLUGIN_REFUSED, "%s is refused: %s", file->path, reason);
		error->cause = "operator";
		return error_hint(error, "Mend the file's owner and mode, or remove it.");
	}
	if (!is_same(&about, &file->about)) {
		(void)close(opened);
		(void)error_set(error, ERROR_PLUGIN_REFUSED, "%s was replaced while muster looked at it.",
			file->path);
		error->cause = "operator";
		return error_hint(error, "Try again.");
	}
	*fd = opened;
	return 0;
}

/* ---- Folders -------------------------------------------------------------------------------------- */

/* A list that grows by doubling. */
static int reserve(void **rows, size_t count, size_t size, struct error *error)
{
	void *grown;

	if (count & (count - 1))
		return 0;
	grown = reallocarray(*rows, count ? 2 * count : 1, size);
	if (!grown)
		return error_memory(error);
	*rows = grown;
	return 0;
}

static int add_folder(
	struct plugin_files *files, const char *path, size_t length, const char *origin, struct error *error)
{
	struct plugin_folder *folder;
	void *rows = files->folders;

	if (length == 0 || files->folder_count == FOLDERS_MAX)
		return 0;
	for (size_t i = 0; i < files->folder_count; i++)
		if (strlen(files->folders[i].path) == length &&
			memcmp(files->folders[i].path, path, length) == 0)
			return 0;
	if (reserve(&rows, files->folder_count, sizeof *files->folders, error) < 0)
		return -1;
	files->folders = rows;
	folder = &files->folders[files->folder_count];
	*folder = (struct plugin_folder){ .path = strndup(path, length), .origin = origin };
	if (!folder->path)
		return error_memory(error);
	files->folder_count++;
	return 0;
}

static int add_folders(struct plugin_files *files, const char *list, const char *origin, struct error *error)
{
	while (list && *list) {
		size_t length = strcspn(list, ":");

		if (add_folder(files, list, length, origin, error) < 0)
			return -1;
		list += length + (list[length] == ':');
	}
	return 0;
}

static int list_folders(struct plugin_files *files, const char *plugin_path, struct error *error)
{
	char user[PATH_MAX];

	if (add_folders(files, plugin_path, "--plugin-path", error) < 0 ||
		add_folders(files, getenv("MUSTER_PLUGIN_PATH"), "MUSTER_PLUGIN_PATH", error) < 0)
		return -1;
	if (paths_user_plugin_dir(user, sizeof user) == 0 &&
		add_folder(files, user, strlen(user), "user", error) < 0)
		return -1;
	return add_folder(files, paths_plugin_dir(), strlen(paths_plugin_dir()), "system", error);
}

/* ---- Files ---------------------------------------------------------------------------------------- */

/* ID.so, and the id of it. */
static bool is_plugin_name(char id[64], const char *name)
{
	size_t length = strlen(name);

	if (length < 4 || length - 3 > 63 || strcmp(name + length - 3, ".so") != 0)
		return false;
	memcpy(id, name, length - 3);
	id[length - 3] = '\0';
	return text_is_id(id);
}

static int add_file(struct plugin_files *files, struct plugin_folder *folder, int folder_fd,
	const struct dirent *found, struct error *error)
{
	struct plugin_file file = { 0 };
	char reason[REASON_MAX] = "";
	char path[PATH_MAX];
	void *rows = files->rows;
	int fd;

	if (!is_plugin_name(file.id, found->d_name))
		return 0;
	if (files->count == FILES_MAX)
		return error_set(error, ERROR_INSTALLATION, "There are more than %d connectors.", FILES_MAX);
	if (paths_join(path, sizeof path, folder->path, found->d_name) < 0)
		return 0; /* nobody could open it by this path */
	if (reserve(&rows, files->count, sizeof *files->rows, error) < 0)
		return -1;
	files->rows = rows;
	fd = open_file(reason, &file.about, folder_fd, found->d_name, found->d_type != DT_REG);
	if (fd >= 0)
		(void)close(fd);
	file.path = strdup(path);
	file.refused = fd < 0 ? strdup(reason) : NULL;
	if (!file.path || (fd < 0 && !file.refused)) {
		free(file.path);
		free(file.refused);
		return error_memory(error);
	}
	file.rank = (size_t)(folder - files->folders);
	files->rows[files->count++] = file;
	folder->files++;
	return 0;
}

static int refuse_folder(struct plugin_folder *folder, const char *reason, struct error *error)
{
	folder->refused = strdup(reason);
	return folder->refused ? 0 : error_memory(error);
}

/* Another path may lead to the same folder. */
static bool was_seen(const struct plugin_files *files, struct plugin_folder *folder, const struct stat *about)
{
	for (const struct plugin_folder *other = files->folders; other < folder; other++)
		if (other->device == about->st_dev && other->inode == about->st_ino)
			return true;
	folder->device = about->st_dev;
	folder->inode = about->st_ino;
	return false;
}

static int scan_folder(struct plugin_files *files, struct plugin_folder *folder, struct error *error)
{
	char reason[REASON_MAX];
	struct dirent *found;
	struct stat about;
	int result = 0;
	int fd = open(folder->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);

	if (!dir) {
		int cause = errno;

		if (fd >= 0)
			(void)close(fd);
		if (cause == ENOENT)
			return 0;
		(void)snprintf(reason, sizeof reason, "It can't be opened: %s.", strerror(cause));
		return refuse_folder(folder, reason, error);
	}
	if (fstat(fd, &about) < 0 || !is_trusted(reason, &about, "The folder"))
		result = refuse_folder(folder, reason, error);
	else if (!was_seen(files, folder, &about))
		while (result == 0 && (found = readdir(dir)))
			result = add_file(files, folder, fd, found, error);
	(void)closedir(dir);
	return result;
}

/* By id, then by precedence. */
static int by_id(const void *a, const void *b)
{
	const struct plugin_file *left = a;
	const struct plugin_file *right = b;
	int order = strcmp(left->id, right->id);

	if (order == 0)
		order = (left->rank > right->rank) - (left->rank < right->rank);
	return order;
}

/* Of the files of one id the first that may be used hides the others. */
static void mark_hidden(struct plugin_files *files)
{
	const struct plugin_file *first = NULL;

	for (size_t i = 0; i < files->count; i++) {
		struct plugin_file *file = &files->rows[i];

		if (first && strcmp(first->id, file->id) != 0)
			first = NULL;
		if (file->refused)
			continue;
		if (first)
			file->hidden = first->path;
		else
			first = file;
	}
}

int find_plugins(struct plugin_files *out, const char *plugin_path, struct error *error)
{
	struct plugin_files files = { 0 };

	if (list_folders(&files, plugin_path, error) < 0)
		goto failed;
	for (size_t i = 0; i < files.folder_count; i++)
		if (scan_folder(&files, &files.folders[i], error) < 0)
			goto failed;
	if (files.count)
		qsort(files.rows, files.count, sizeof *files.rows, by_id);
	mark_hidden(&files);
	*out = files;
	return 0;
failed:
	find_clear(&files);
	return -1;
}

void find_clear(struct plugin_files *files)
{
	for (size_t i = 0; i < files->folder_count; i++) {
		free(files->folders[i].path);
		free(files->folders[i].refused);
	}
	for (size_t i = 0; i < files->count; i++) {
		free(files->rows[i].path);
		free(files->rows[i].refused);
	}
	free(files->folders);
	free(files->rows);
	*files = (struct plugin_files){ 0 };
}
