#include "config.h"

#include "store/copy.h"

#include "base/paths.h"
#include "store/place.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define COPY_PREFIX PLACE_FILE ".v"
#define BUSY_PATIENCE_MS 10000

int copy_connect(sqlite3 **out, const char *path, bool writable, struct error *error)
{
	/* A stolen or doctored file must not be able to do more than hold data (sqlite.org/security.html). */
	static const char settings[] = "PRAGMA trusted_schema = OFF;"
				       "PRAGMA foreign_keys = ON;"
				       "PRAGMA secure_delete = ON;"
				       "PRAGMA synchronous = FULL;"
				       "PRAGMA cell_size_check = ON;"
				       "PRAGMA temp_store = MEMORY;";
	sqlite3 *db = NULL;
	int result = sqlite3_open_v2(path, &db,
		SQLITE_OPEN_READWRITE | SQLITE_OPEN_FULLMUTEX | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_EXRESCODE,
		NULL);

	if (result != SQLITE_OK) {
		(void)query_error_code(result, db ? sqlite3_system_errno(db) : ENOMEM, path,
			db ? sqlite3_errmsg(db) : "", error);
		goto failed;
	}
	(void)sqlite3_busy_timeout(db, BUSY_PATIENCE_MS);
	(void)sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	(void)sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 0);
	if (writable && sqlite3_db_readonly(db, "main") == 1) {
		(void)error_set(error, ERROR_STORE_READ_ONLY, "%s can't be written.", path);
		goto failed;
	}
	if (query_script(db, settings, error) < 0)
		goto failed;
	*out = db;
	return 0;
failed:
	(void)sqlite3_close_v2(db);
	return -1;
}

static int copy_pages(sqlite3 *to, sqlite3 *from, struct error *error)
{
	sqlite3_backup *backup = sqlite3_backup_init(to, "main", from, "main");
	int result;

	if (!backup)
		return query_error(to, error);
	do {
		result = sqlite3_backup_step(backup, -1);
		if (result == SQLITE_BUSY || result == SQLITE_LOCKED)
			(void)sqlite3_sleep(50);
	} while (result == SQLITE_OK);
	(void)sqlite3_backup_finish(backup);
	if (result != SQLITE_DONE)
		return query_error_code(result, sqlite3_system_errno(to), sqlite3_db_filename(to, "main"),
			sqlite3_errstr(result), error);
	/* One file: no log beside it. */
	return query_script(to, "PRAGMA journal_mode = DELETE", error);
}

static int file_error(const char *folder, const char *name, struct error *error)
{
	if (errno == EEXIST) {
		(void)error_set(error, ERROR_OUTPUT_FAILED, "%s/%s is there already.", folder, name);
		return error_hint(error, "Name another file, or move that one away.");
	}
	return query_error_code(SQLITE_IOERR, errno, folder, strerror(errno), error);
}

/* The draft becomes the copy, durably. */
static int settle_draft(int folder, const char *draft, const char *name, bool replace)
{
	int fd = openat(folder, draft, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	int result;

	if (fd < 0)
		return -1;
	result = fsync(fd);
	(void)close(fd);
	if (result == 0 && replace)
		result = renameat(folder, draft, folder, name);
	else if (result == 0 && (result = linkat(folder, draft, folder, name, 0)) == 0)
		result = unlinkat(folder, draft, 0);
	return result == 0 ? fsync(folder) : -1;
}

/* A name that begins like the copy's: who removes the copies removes drafts that a crash has left. */
static int name_draft(char draft[NAME_MAX + 1], const char *name)
{
	int length = snprintf(draft, NAME_MAX + 1, "%s.new-%08" PRIx32, name, randombytes_random());

	errno = ENAMETOOLONG;
	return length > 0 && length <= NAME_MAX ? 0 : -1;
}

int copy_write(sqlite3 *db, const char *folder, const char *name, bool replace, struct error *error)
{
	char draft[NAME_MAX + 1];
	char path[PATH_MAX];
	sqlite3 *to = NULL;
	bool drafted = false;
	int result = -1;
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0) {
		(void)file_error(folder, name, error);
		goto out;
	}
	if (name_draft(draft, name) < 0 || paths_join(path, sizeof path, folder, draft) < 0) {
		(void)file_error(folder, name, error);
		goto out;
	}
	if (!replace && faccessat(fd, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0) {
		errno = EEXIST;
		(void)file_error(folder, name, error);
		goto out;
	}
	if (place_write(fd, draft, "", 0) < 0) {
		(void)file_error(folder, draft, error);
		goto out;
	}
	drafted = true;
	if (copy_connect(&to, path, true, error) < 0 || copy_pages(to, db, error) < 0)
		goto out;
	(void)sqlite3_close_v2(to);
	to = NULL;
	if (settle_draft(fd, draft, name, replace) < 0) {
		(void)file_error(folder, name, error);
		goto out;
	}
	drafted = false;
	result = 0;
out:
	(void)sqlite3_close_v2(to);
	if (drafted)
		(void)unlinkat(fd, draft, 0);
	if (fd >= 0)
		(void)close(fd);
	return result;
}

/* From a connection of its own: the store's is in the transaction that changes the tables, which holds every
 * other writer off, so the copy is what the change begins with. */
int copy_before(struct store *store, int64_t version, struct error *error)
{
	char name[64];
	sqlite3 *from = NULL;
	int result = -1;

	(void)snprintf(name, sizeof name, COPY_PREFIX "%" PRId64, version);
	if (copy_connect(&from, store->path, false, error) == 0)
		result = copy_write(from, store->folder, name, true, error);
	(void)sqlite3_close_v2(from);
	return result;
}

int copy_remove(const char *folder_path, const char *prefix, struct error *error)
{
	DIR *folder = opendir(folder_path);
	const struct dirent *row;
	int result = 0;

	if (!folder)
		return file_error(folder_path, prefix, error);
	while (result == 0 && (row = readdir(folder)))
		if (strncmp(row->d_name, prefix, strlen(prefix)) == 0 &&
			unlinkat(dirfd(folder), row->d_name, 0) < 0 && errno != ENOENT)
			result = file_error(folder_path, row->d_name, error);
	(void)closedir(folder);
	return result;
}

int copy_forget(struct store *store, struct error *error)
{
	return copy_remove(store->folder, COPY_PREFIX, error);
}
