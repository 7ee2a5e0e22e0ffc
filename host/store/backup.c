#include "config.h"

#include "store/backup.h"

#include "base/clock.h"
#include "base/paths.h"
#include "store/audit.h"
#include "store/copy.h"
#include "store/master.h"
#include "store/place.h"
#include "store/schema.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DRAFT "store.restore" /* beside the store, until it takes its place */
#define NAME_SIZE 96
#define KEPT_MAX 99 /* in one second */

/* ---- Backup --------------------------------------------------------------------------------------- */

/* Parts a path into its folder, resolved, and the name in it. */
static int part_path(char folder[PATH_MAX], const char **name, const char *path, struct error *error)
{
	const char *slash = strrchr(path, '/');
	char above[PATH_MAX] = ".";

	if (slash && (size_t)(slash - path) + 1 < sizeof above)
		(void)snprintf(above, sizeof above, "%.*s", (int)(slash - path) + 1, path);
	*name = slash ? slash + 1 : path;
	if (!**name)
		return error_set(error, ERROR_USAGE, "%s is not the path of a file.", path);
	if (!realpath(above, folder))
		return error_set(
			error, ERROR_OUTPUT_FAILED, "%s can't be opened: %s.", above, strerror(errno));
	return 0;
}

int store_backup(struct store *store, const char *path, struct error *error)
{
	char folder[PATH_MAX];
	const char *name;
	json_t *detail = NULL;
	int result;

	if (part_path(folder, &name, path, error) < 0)
		return -1;
	/* Read, not write: others go on meanwhile. */
	if (store_begin_read(store, error) < 0)
		return -1;
	result = store_end(store, copy_write(store->db, folder, name, false, error), error);
	if (result < 0)
		return -1;
	detail = json_pack("{s:s, s:s}", "folder", folder, "name", name);
	result = detail ? audit_add(store, "backed_up", "", detail, error) : error_memory(error);
	json_decref(detail);
	return result;
}

/* ---- Judging a backup ----------------------------------------------------------------------------- */

static int check_integrity(sqlite3 *db, const char *path, struct error *error)
{
	char verdict[256] = "";
	sqlite3_stmt *query;
	int result;

	if (query_open(&query, db, "PRAGMA integrity_check(1)", BIND_NOTHING, error) < 0)
		return -1;
	result = query_step(query, error);
	if (result > 0)
		result = query_text(verdict, sizeof verdict, query, 0, error);
	(void)sqlite3_finalize(query);
	if (result == 0 && strcmp(verdict, "ok") == 0)
		return 0;
	(void)error_set(error, ERROR_STORE_CORRUPT, "The backup %s is damaged%s%s.", path,
		verdict[0] ? ": " : "", verdict);
	return error_hint(error, "Use another backup.");
}

/* Nobody else may have written it: names, fields and what was approved aren't sealed, and would pass for ours. Who may
 * read it is no matter here. */
static int judge_backup(const char *path, struct error *error)
{
	struct stat about;

	if (lstat(path, &about) < 0)
		return error_set(
			error, ERROR_STORE_MISSING, "%s can't be opened: %s.", path, strerror(errno));
	if (!S_ISREG(about.st_mode))
		return error_set(error, ERROR_STORE_FOREIGN, "%s is no backup of a store.", path);
	if (about.st_uid != geteuid() && about.st_uid != 0)
		return error_set(error, ERROR_STORE_EXPOSED, "The backup %s belongs to another user.", path);
	if (about.st_mode & (S_IWGRP | S_IWOTH)) {
		(void)error_set(error, ERROR_STORE_EXPOSED, "Others may write the backup %s.", path);
		return error_hint(
			error, "If it is as you made it, take it away from others: chmod go-w %s", path);
	}
	return 0;
}

/* Takes a copy of the backup into the folder, under the draft's name. */
static int fetch_backup(const char *folder, const char *path, struct error *error)
{
	char real[PATH_MAX];
	sqlite3 *from = NULL;
	int64_t version;
	bool empty;
	int result = -1;

	if (!realpath(path, real)) {
		(void)error_set(error, ERROR_STORE_MISSING, "%s can't be opened: %s.", path, strerror(errno));
		return error_hint(error, "Name a file that 'muster backup' wrote.");
	}
	if (judge_backup(real, error) < 0 || copy_connect(&from, real, false, error) < 0)
		return -1;
	if (schema_read(&version, &empty, from, error) == 0 && check_integrity(from, path, error) == 0) {
		if (empty)
			(void)error_set(error, ERROR_STORE_FOREIGN, "%s is no backup of a store.", path);
		else
			result = copy_write(from, folder, DRAFT, true, error);
	}
	(void)sqlite3_close_v2(from);
	return result;
}

/* What others did since the backup is not in it: a refresh token that rotates may have been
 * used up. Its access token may be good for a while, and would hide that: it counts as ended,
 * so that the first use tells. */
static int doubt(struct store *store, struct error *error)
{
	json_t *detail;
	int result;

	if (query_run(store->db,
		    "UPDATE account SET state = ?, cause = ? WHERE state = ?"
		    " AND id IN (SELECT account FROM token WHERE refresh IS NOT NULL)",
		    BIND(bind_text(account_state_text(ACCOUNT_DOUBTFUL)),
			    bind_text(
				    "It was restored from a backup: its token may have been replaced since."),
			    bind_text(account_state_text(ACCOUNT_LINKED))),
		    error) < 0)
		return -1;
	detail = json_pack("{s:i}", "doubtful", sqlite3_changes(store->db));
	result = detail ? query_run(store->db, "UPDATE token SET expires_ms = 1 WHERE refresh IS NOT NULL",
				  BIND_NOTHING, error)
			: error_memory(error);
	if (result == 0)
		result = query_run(store->db, "DELETE FROM budget", BIND_NOTHING, error);
	if (result == 0)
		result = audit_write(store, "restored", "", "", detail, error);
	json_decref(detail);
	return result;
}

/* Opens the draft as the store that it will be. */
static int prepare(struct store *draft, struct error *error)
{
	int64_t version;
	bool empty;

	if (paths_join(draft->path, sizeof draft->path, draft->folder, DRAFT) < 0)
		return error_set(error, ERROR_STORE_FAILED, "The path of the store is too long.");
	if (copy_connect(&draft->db, draft->path, true, error) < 0 ||
		schema_read(&version, &empty, draft->db, error) < 0)
		return -1;
	if (version < SCHEMA_VERSION && store_raise(draft, false, error) < 0)
		return -1;
	if (draft->key->version == 0 && master_fetch(draft, error) < 0)
		return -1;
	if (store_begin(draft, error) < 0)
		return -1;
	return store_end(draft, holder_check_all(draft, error) < 0 ? -1 : doubt(draft, error), error);
}

/* ---- Putting it in place -------------------------------------------------------------------------- */

static int move_error(const char *folder, struct error *error)
{
	return query_error_code(SQLITE_IOERR, errno, folder, strerror(errno), error);
}

/* What a healthy store has in its log goes into the file; a damaged one keeps its log. */
static void fold_log(const char *path)
{
	struct error unused = { 0 };
	sqlite3 *db;

	if (copy_connect(&db, path, true, &unused) < 0)
		return;
	(void)query_script(db, "PRAGMA journal_mode = DELETE", &unused);
	(void)sqlite3_close_v2(db);
}

/* Gives the store a second name that nobody has: two may be put in place in one
 * second. 1: there is no store. */
static int keep_file(
	char *name, size_t size, int folder, const char *folder_path, const char *stamp, struct error *error)
{
	for (int i = 1; i <= KEPT_MAX; i++) {
		(void)snprintf(name, size, PLACE_FILE ".before-%s", stamp);
		if (i > 1)
			(void)snprintf(name, size, PLACE_FILE ".before-%s-%d", stamp, i);
		if (linkat(folder, PLACE_FILE, folder, name, 0) == 0)
			return 0;
		if (errno == ENOENT)
			return 1;
		if (errno != EEXIST)
			break;
	}
	return move_error(folder_path, error);
}

/* store.db.before-20260131T120000Z, and its log. */
static int keep_former(int folder, const char *folder_path, int64_t now_ms, struct error *error)
{
	char name[NAME_SIZE];
	char log[NAME_SIZE + 8];
	char when[32];

	if (clock_text(when, sizeof when, now_ms, CLOCK_NAME) < 0)
		return error_set(error, ERROR_INTERNAL, "The clock is out of range.");
	if (keep_file(name, sizeof name, folder, folder_path, when, error) < 0)
		return -1;
	(void)snprintf(log, sizeof log, "%s-wal", name);
	if (renameat(folder, PLACE_FILE "-wal", folder, log) < 0 && errno != ENOENT)
		return move_error(folder_path, error);
	if (unlinkat(folder, PLACE_FILE "-shm", 0) < 0 && errno != ENOENT)
		return move_error(folder_path, error);
	return 0;
}

static int put_in_place(int folder, const char *folder_path, int64_t now_ms, struct error *error)
{
	char path[PATH_MAX];

	if (paths_join(path, sizeof path, folder_path, PLACE_FILE) < 0)
		return error_set(error, ERROR_STORE_FAILED, "The path of the store is too long.");
	fold_log(path);
	if (keep_former(folder, folder_path, now_ms, error) < 0)
		return -1;
	if (renameat(folder, DRAFT, folder, PLACE_FILE) < 0 || fsync(folder) < 0)
		return move_error(folder_path, error);
	return 0;
}

/* With its log, and what a crash has left of another. */
static void remove_draft(const char *folder)
{
	struct error unused = { 0 };

	(void)copy_remove(folder, DRAFT, &unused);
}

/* The folder is locked; *now_ms is for the name of what is kept. */
static int make_draft(int64_t *now_ms, const struct store_options *options, const char *folder,
	const char *path, struct error *error)
{
	struct store *draft = NULL;
	int result;

	if (fetch_backup(folder, path, error) < 0 || store_make(&draft, options, error) < 0)
		return -1;
	(void)snprintf(draft->folder, sizeof draft->folder, "%s", folder);
	*now_ms = store_now_ms(draft);
	result = prepare(draft, error);
	/* One file without a log: so it is moved. */
	if (result == 0)
		result = query_script(draft->db, "PRAGMA journal_mode = DELETE", error);
	store_close(draft);
	return result;
}

int store_restore(const struct store_options *options, const char *path, struct error *error)
{
	char folder_path[PATH_MAX];
	int64_t now_ms;
	int result = -1;
	int lock = -1;
	bool there;
	int folder = place_open(folder_path, sizeof folder_path, options->folder, true, error);

	if (folder < 0)
		return -1;
	if (place_look(&there, folder, folder_path, PLACE_FILE, false, error) < 0)
		goto out;
	lock = place_lock(folder, folder_path, true, error);
	if (lock < 0)
		goto out;
	remove_draft(folder_path);
	result = make_draft(&now_ms, options, folder_path, path, error);
	if (result == 0)
		result = put_in_place(folder, folder_path, now_ms, error);
	remove_draft(folder_path);
out:
	if (lock >= 0)
		(void)close(lock);
	(void)close(folder);
	return result;
}
