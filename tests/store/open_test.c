/* Opening: each way in which it can't be done has its own error, and changes nothing. */
#include "config.h"

#include "check_main.h"
#include "store/audit.h"
#include "store/copy.h"
#include "store/fixture.h"
#include "store/inside.h"
#include "store/schema.h"

#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define NOBODY 65534

static struct place place;

static void setup(void)
{
	place_make(&place);
}

static void teardown(void)
{
	place_remove(&place);
}

static void make_store(void)
{
	store_close(place_store(&place));
}

/* What somebody else does to the file. */
static void meddle(const char *sql)
{
	sqlite3 *db;
	char *message = NULL;

	ck_assert_int_eq(sqlite3_open(place_path(&place, "store.db"), &db), SQLITE_OK);
	ck_assert_msg(sqlite3_exec(db, sql, NULL, NULL, &message) == SQLITE_OK, "%s", message);
	ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
}

static bool is_there(const char *pattern)
{
	glob_t found;
	bool there = glob(place_path(&place, pattern), 0, NULL, &found) == 0;

	if (there)
		globfree(&found);
	return there;
}

START_TEST(a_store_that_is_not_there)
{
	struct store_options options = { .folder = place.data };
	struct store *store;
	struct error error = { 0 };

	ck_assert_int_eq(store_open(&store, &options, &error), -1);
	ck_assert_int_eq(error.code, ERROR_STORE_MISSING);
	ck_assert_int_eq(access(place.data, F_OK), -1);
	ck_assert_int_eq(mkdir(place.data, 0700), 0);
	ck_assert_int_eq(store_open(&store, &options, &error), -1);
	ck_assert_int_eq(error.code, ERROR_STORE_MISSING);
	ck_assert_int_eq(rmdir(place.data), 0); /* still empty */
}
END_TEST

START_TEST(a_file_that_is_no_database)
{
	make_store();
	write_whole(place_path(&place, "store.db"), "This is a letter to my aunt, and quite a long one.", 50,
		0600);
	ck_assert_int_eq(unlink(place_path(&place, "store.db-wal")) == 0 || errno == ENOENT, 1);
	place_refuses(&place, ERROR_STORE_FOREIGN);
}
END_TEST

START_TEST(another_programs_database)
{
	ck_assert_int_eq(mkdir(place.data, 0700), 0);
	meddle("CREATE TABLE bookmarks (url TEXT)");
	ck_assert_int_eq(chmod(place_path(&place, "store.db"), 0600), 0);
	place_refuses(&place, ERROR_STORE_FOREIGN);
}
END_TEST

START_TEST(a_damaged_database)
{
	size_t length;
	char *bytes;

	make_store();
	bytes = read_whole(place_path(&place, "store.db"), &length);
	ck_assert_uint_gt(length, 8192);
	memset(bytes + 100, 0xA5, length - 100);
	write_whole(place_path(&place, "store.db"), bytes, length, 0600);
	place_refuses(&place, ERROR_STORE_CORRUPT);
	free(bytes);
}
END_TEST

START_TEST(a_newer_schema_is_refused)
{
	size_t before;
	size_t after;
	char *one;
	char *two;

	make_store();
	meddle("PRAGMA user_version = 1000");
	one = read_whole(place_path(&place, "store.db"), &before);
	place_refuses(&place, ERROR_STORE_TOO_NEW);
	two = read_whole(place_path(&place, "store.db"), &after);
	ck_assert_uint_eq(before, after);
	ck_assert_mem_eq(one, two, before);
	free(one);
	free(two);
}
END_TEST

START_TEST(a_schema_that_grows_newer_meanwhile)
{
	struct store *store = place_store(&place);
	struct error error = { 0 };

	meddle("PRAGMA user_version = 1000");
	ck_assert_int_eq(audit_add(store, "run", "", NULL, &error), -1);
	ck_assert_int_eq(error.code, ERROR_STORE_TOO_NEW);
	store_close(store);
}
END_TEST

/* The tables of a time before the first release: one, and nothing else. */
START_TEST(an_older_schema_is_raised_and_kept)
{
	struct profile profile;
	struct store *store;
	int64_t notes = 0;
	struct error error = { 0 };

	ck_assert_int_eq(mkdir(place.data, 0700), 0);
	meddle("PRAGMA application_id = 0x4d535452; CREATE TABLE note (text TEXT); INSERT INTO note VALUES ('kept')");
	ck_assert_int_eq(chmod(place_path(&place, "store.db"), 0600), 0);
	store = place_store(&place);
	add_profile(&profile, store, "acme", "one");
	ck_assert_int_eq(
		query_number(&notes, 0, store->db, "SELECT count(*) FROM note", BIND_NOTHING, &error), 0);
	ck_assert_int_eq(notes, 1);
	store_close(store);
	profile_clear(&profile);
	ck_assert(is_there("store.db.v0"));
	ck_assert(!is_there(".muster-*"));
}
END_TEST

struct rival {
	const struct store_options *options;
	struct store *store;
};

/* Another process makes the tables as soon as one statement of ours has ended. */
static int make_tables(unsigned event, void *context, void *statement, void *time)
{
	struct rival *rival = context;
	struct error error = { 0 };

	(void)event;
	(void)statement;
	(void)time;
	if (rival->store || store_make(&rival->store, rival->options, &error) < 0 ||
		copy_connect(&rival->store->db, place_path(&place, "store.db"), true, &error) < 0)
		return 0;
	(void)sqlite3_busy_timeout(rival->store->db, 0);
	if (query_script(rival->store->db, "BEGIN IMMEDIATE", &error) == 0 &&
		schema_raise(rival->store->db, 0, &error) == 0)
		(void)query_script(rival->store->db, "COMMIT", &error);
	return 0;
}

START_TEST(tables_that_another_makes_while_they_are_looked_at)
{
	struct store_options options = place_options(&place);
	struct rival rival = { .options = &options };
	struct error error = { 0 };
	sqlite3 *db;
	int64_t version;
	bool empty;

	ck_assert_int_eq(mkdir(place.data, 0700), 0);
	meddle("PRAGMA journal_mode = WAL"); /* who reads holds nobody off */
	ck_assert_int_eq(copy_connect(&db, place_path(&place, "store.db"), true, &error), 0);
	ck_assert_int_eq(sqlite3_trace_v2(db, SQLITE_TRACE_PROFILE, make_tables, &rival), SQLITE_OK);
	ck_assert_msg(schema_read(&version, &empty, db, &error) == 0, "%s", error.message);
	ck_assert_ptr_nonnull(rival.store);
	ck_assert_int_eq(empty, version == 0);
	store_close(rival.store);
	ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
}
END_TEST

START_TEST(a_locked_database)
{
	struct store *store = place_store(&place);
	struct error error = { 0 };
	sqlite3 *other;

	ck_assert_int_eq(sqlite3_open(place_path(&place, "store.db"), &other), SQLITE_OK);
	ck_assert_int_eq(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
	(void)sqlite3_busy_timeout(store->db, 10);
	ck_assert_int_eq(audit_add(store, "run", "", NULL, &error), -1);
	ck_assert_int_eq(error.code, ERROR_STORE_LOCKED);
	ck_assert_int_eq(sqlite3_exec(other, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
	ck_assert_int_eq(audit_add(store, "run", "", NULL, &error), 0);
	ck_assert_int_eq(sqlite3_close(other), SQLITE_OK);
	store_close(store);
}
END_TEST

START_TEST(a_full_disk_loses_nothing)
{
	struct store *store = place_store(&place);
	struct error error = { 0 };
	struct profile profile;
	struct account account;
	char big[60000];
	int64_t pages;
	json_t *detail;
	uint64_t before;
	uint64_t after;
	char *secret;

	add_profile(&profile, store, "acme", "one");
	add_account(&account, store, &profile, "berlin", "two");
	ck_assert_int_eq(audit_verify(&before, store, &error), 0);
	memset(big, 'x', sizeof big - 1);
	big[sizeof big - 1] = '\0';
	detail = json_pack("{s:s}", "big", big);
	/* To what it is: no page more. */
	ck_assert_int_eq(
		query_number(&pages, 0, store->db, "PRAGMA max_page_count = 1", BIND_NOTHING, &error), 0);
	ck_assert_int_eq(audit_add(store, "run", "", detail, &error), -1);
	ck_assert_int_eq(error.code, ERROR_STORE_FULL);
	ck_assert_int_eq(audit_verify(&after, store, &error), 0);
	ck_assert_uint_eq(before, after);
	secret = account_secret(store, "berlin", &error);
	ck_assert_str_eq(secret, "two");
	free(secret);
	json_decref(detail);
	account_clear(&account);
	profile_clear(&profile);
	store_close(store);
}
END_TEST

/* A disk that is really full, where one can be made. */
START_TEST(a_small_disk_fills_up)
{
	struct error error = { 0 };
	struct store *store;
	char *secret = NULL;
	uint64_t entries;
	int added = 0;
	struct profile profile;

	ck_assert_int_eq(mkdir(place.data, 0700), 0);
	if (mount("tmpfs", place.data, "tmpfs", MS_NOSUID | MS_NODEV, "size=1m,mode=0700") < 0)
		return;
	store = place_store(&place);
	add_profile(&profile, store, "acme", "one");
	for (;; added++) {
		struct account account = { .provider = "personio" };
		json_t *secrets = json_pack("{s:s}", "api_key", "two");
		int result;

		(void)snprintf(account.name, sizeof account.name, "a%d", added);
		memcpy(account.profile, profile.id, sizeof account.profile);
		result = accounts_add(&account, store, secrets, NULL, 0, false, &error);
		json_decref(secrets);
		account_clear(&account);
		if (result < 0)
			break;
		ck_assert_int_lt(added, 5000);
	}
	ck_assert_msg(error.code == ERROR_STORE_FULL, "%s", error.message);
	ck_assert_int_gt(added, 3);
	/* What was told to be done is there, also for who opens it now. */
	ck_assert_int_eq(audit_verify(&entries, store, &error), 0);
	ck_assert_uint_eq(entries, 2 + (unsigned)added);
	secret = account_secret(store, "a0", &error);
	ck_assert_str_eq(secret, "two");
	free(secret);
	store_close(store);
	store = place_store(&place);
	ck_assert_int_eq(audit_verify(&entries, store, &error), 0);
	ck_assert_uint_eq(entries, 2 + (unsigned)added);
	store_close(store);
	profile_clear(&profile);
	ck_assert_int_eq(umount(place.data), 0);
}
END_TEST

/* As root no permission holds anybody off: another user tries. Its exit status is the error's code. */
static int code_for_nobody(void)
{
	struct store_options options = place_options(&place);
	struct error error = { 0 };
	struct store *store;
	int status;
	pid_t child = fork();

	ck_assert_int_ge(child, 0);
	if (child == 0) {
		if (setgid(NOBODY) < 0 || setuid(NOBODY) < 0)
			_exit(255);
		_exit(store_open(&store, &options, &error) < 0 ? (int)error.code : 0);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void give_to_nobody(void)
{
	static const char *const names[] = { "", "store.db", "store.lock" };

	make_store();
	ck_assert_int_eq(chmod(place.top, 0755), 0);
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		ck_assert_int_eq(chown(place_path(&place, names[i]), NOBODY, NOBODY), 0);
}

START_TEST(a_read_only_file)
{
	if (geteuid() != 0)
		return;
	give_to_nobody();
	ck_assert_int_eq(chmod(place_path(&place, "store.db"), 0400), 0);
	ck_assert_int_eq(code_for_nobody(), ERROR_STORE_READ_ONLY);
}
END_TEST

START_TEST(a_read_only_folder)
{
	if (geteuid() != 0)
		return;
	give_to_nobody();
	ck_assert_int_eq(chmod(place.data, 0500), 0);
	ck_assert_int_eq(code_for_nobody(), ERROR_STORE_READ_ONLY);
}
END_TEST

START_TEST(another_users_folder)
{
	if (geteuid() != 0)
		return;
	make_store();
	ck_assert_int_eq(chown(place.data, NOBODY, NOBODY), 0);
	place_refuses(&place, ERROR_STORE_EXPOSED);
}
END_TEST

START_TEST(what_others_may_touch_is_refused)
{
	char elsewhere[256];

	make_store();
	ck_assert_int_eq(chmod(place.data, 0770), 0);
	place_refuses(&place, ERROR_STORE_EXPOSED);
	ck_assert_int_eq(chmod(place.data, 0755), 0); /* to look is no harm */
	make_store();
	ck_assert_int_eq(chmod(place_path(&place, "store.db"), 0640), 0);
	place_refuses(&place, ERROR_STORE_EXPOSED);
	(void)snprintf(elsewhere, sizeof elsewhere, "%s/elsewhere", place.top);
	ck_assert_int_eq(rename(place_path(&place, "store.db"), elsewhere), 0);
	ck_assert_int_eq(chmod(elsewhere, 0600), 0);
	ck_assert_int_eq(symlink(elsewhere, place_path(&place, "store.db")), 0);
	place_refuses(&place, ERROR_STORE_EXPOSED);
}
END_TEST

START_TEST(a_failure_to_make_leaves_no_store)
{
	ck_assert_int_eq(setenv("MUSTER_KEY_FD", "999", 1), 0);
	place_refuses(&place, ERROR_KEY_UNREADABLE);
	ck_assert_int_eq(unsetenv("MUSTER_KEY_FD"), 0);
	struct store_options options = { .folder = place.data };
	struct store *store;
	struct error error = { 0 };
	ck_assert_int_eq(store_open(&store, &options, &error), -1);
	ck_assert_int_eq(error.code, ERROR_STORE_MISSING);
	make_store();
}
END_TEST

static Suite *suite(void)
{
	Suite *made = suite_create("store/open");
	TCase *cases = tcase_create("open");

	tcase_add_checked_fixture(cases, setup, teardown);
	tcase_add_test(cases, a_store_that_is_not_there);
	tcase_add_test(cases, a_file_that_is_no_database);
	tcase_add_test(cases, another_programs_database);
	tcase_add_test(cases, a_damaged_database);
	tcase_add_test(cases, a_newer_schema_is_refused);
	tcase_add_test(cases, a_schema_that_grows_newer_meanwhile);
	tcase_add_test(cases, an_older_schema_is_raised_and_kept);
	tcase_add_test(cases, tables_that_another_makes_while_they_are_looked_at);
	tcase_add_test(cases, a_locked_database);
	tcase_add_test(cases, a_full_disk_loses_nothing);
	tcase_add_test(cases, a_small_disk_fills_up);
	tcase_add_test(cases, a_read_only_file);
	tcase_add_test(cases, a_read_only_folder);
	tcase_add_test(cases, another_users_folder);
	tcase_add_test(cases, what_others_may_touch_is_refused);
	tcase_add_test(cases, a_failure_to_make_leaves_no_store);
	suite_add_tcase(made, cases);
	return made;
}

CHECK_MAIN(suite)
