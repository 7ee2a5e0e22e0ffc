/* Backups, and putting one in place. */
#include "config.h"

#include "store/backup.h"

#include "check_main.h"
#include "store/audit.h"
#include "store/fixture.h"
#include "store/key.h"

#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct place place;
static char backup[128];

static void setup(void)
{
	place_make(&place);
	(void)snprintf(backup, sizeof backup, "%s/backup.db", place.top);
}

static void teardown(void)
{
	place_remove(&place);
}

/* A store with an account, and a backup of it. */
static void make_backup(void)
{
	struct store *store = place_store(&place);
	struct error error = { 0 };
	struct profile profile;
	struct account account;

	add_profile(&profile, store, "acme", "one");
	add_account(&account, store, &profile, "berlin", "two");
	ck_assert_msg(store_backup(store, backup, &error) == 0, "%s", error.message);
	account_clear(&account);
	profile_clear(&profile);
	store_close(store);
}

static size_t count_former(void)
{
	glob_t found;
	size_t count;

	if (glob(place_path(&place, "store.db.before-*"), 0, NULL, &found) != 0)
		return 0;
	count = found.gl_pathc;
	globfree(&found);
	return count;
}

static void restore_refuses(const char *path, enum error_code code)
{
	struct store_options options = place_options(&place);
	struct error error = { 0 };

	ck_assert_int_eq(store_restore(&options, path, &error), -1);
	ck_assert_msg(error.code == code, "%s, not %s: %s", error_code_text(error.code),
		error_code_text(code), error.message);
	ck_assert_int_eq(access(place_path(&place, "store.restore"), F_OK), -1);
	ck_assert_uint_eq(count_former(), 0);
}

START_TEST(a_backup_is_put_in_place)
{
	struct store_options options = place_options(&place);
	struct error error = { 0 };
	struct account found;
	struct store *store;
	struct stat about;
	uint64_t entries;
	char *secret;

	make_backup();
	ck_assert_int_eq(stat(backup, &about), 0);
	ck_assert_uint_eq(about.st_mode & 07777, 0600);
	store = place_store(&place);
	ck_assert_int_eq(accounts_remove(store, "berlin", &error), 0);
	store_close(store);

	ck_assert_msg(store_restore(&options, backup, &error) == 0, "%s", error.message);
	ck_assert_uint_eq(count_former(), 1);
	store = place_store(&place);
	ck_assert_int_eq(accounts_get(&found, store, "berlin", &error), 0);
	ck_assert_int_eq(found.state, ACCOUNT_DOUBTFUL);
	ck_assert_str_ne(found.cause, "");
	secret = account_secret(store, "berlin", &error);
	ck_assert_str_eq(secret, "two");
	ck_assert_int_eq(audit_verify(&entries, store, &error), 0);
	ck_assert_uint_eq(entries, 4); /* created, profile, account; restored */
	store_close(store);
	account_clear(&found);
	free(secret);
}
END_TEST

START_TEST(a_backup_is_put_where_nothing_is)
{
	struct store_options options = place_options(&place);
	struct error error = { 0 };
	struct place first = place;
	struct store *store;
	char *secret;

	make_backup();
	(void)snprintf(place.data, sizeof place.data, "%s/new/data", first.top);
	options.folder = place.data;
	ck_assert_msg(store_restore(&options, backup, &error) == 0, "%s", error.message);
	ck_assert_uint_eq(count_former(), 0);
	store = place_store(&place);
	secret = account_secret(store, "berlin", &error);
	ck_assert_str_eq(secret, "two");
	store_close(store);
	free(secret);
}
END_TEST

START_TEST(a_damaged_store_is_replaced)
{
	struct store_options options = place_options(&place);
	struct error error = { 0 };

	make_backup();
	write_whole(place_path(&place, "store.db"), "gone", 4, 0600);
	place_refuses(&place, ERROR_STORE_FOREIGN);
	ck_assert_msg(store_restore(&options, backup, &error) == 0, "%s", error.message);
	ck_assert_uint_eq(count_former(), 1);
	store_close(place_store(&place));
}
END_TEST

START_TEST(a_file_that_is_there_is_not_overwritten)
{
	struct store *store = place_store(&place);
	struct error error = { 0 };

	write_whole(backup, "mine", 4, 0600);
	ck_assert_int_eq(store_backup(store, backup, &error), -1);
	ck_assert_int_eq(error.code, ERROR_OUTPUT_FAILED);
	ck_assert_ptr_nonnull(strstr(error.hint, "another file"));
	ck_assert_int_eq(unlink(backup), 0);
	(void)snprintf(backup, sizeof backup, "%s/no/such/folder", place.top);
	ck_assert_int_eq(store_backup(store, backup, &error), -1);
	ck_assert_int_eq(error.code, ERROR_OUTPUT_FAILED);
	store_close(store);
}
END_TEST

START_TEST(a_store_in_use_is_not_replaced)
{
	struct store *store;

	make_backup();
	store = place_store(&place);
	restore_refuses(backup, ERROR_STORE_LOCKED);
	store_close(store);
}
END_TEST

START_TEST(a_bad_backup_is_refused)
{
	size_t length;
	char *bytes;

	make_backup();
	restore_refuses("/nowhere/backup.db", ERROR_STORE_MISSING);
	bytes = read_whole(backup, &length);
	memset(bytes + 4096 + 200, 0xA5, length - 4096 - 200);
	write_whole(backup, bytes, length, 0600);
	restore_refuses(backup, ERROR_STORE_CORRUPT);
	write_whole(backup, "no database at all, not even nearly, and long enough", 50, 0600);
	restore_refuses(backup, ERROR_STORE_FOREIGN);
	free(bytes);
	store_close(place_store(&place));
}
END_TEST

START_TEST(a_backup_that_others_may_write)
{
	struct store_options options = place_options(&place);
	struct error error = { 0 };

	make_backup();
	ck_assert_int_eq(chmod(backup, 0620), 0);
	restore_refuses(backup, ERROR_STORE_EXPOSED);
	ck_assert_int_eq(chmod(backup, 0602), 0);
	restore_refuses(backup, ERROR_STORE_EXPOSED);
	restore_refuses(place.top, ERROR_STORE_FOREIGN); /* a folder */
	if (geteuid() == 0) {
		ck_assert_int_eq(chmod(backup, 0600), 0);
		ck_assert_int_eq(chown(backup, 65534, 65534), 0);
		restore_refuses(backup, ERROR_STORE_EXPOSED);
		ck_assert_int_eq(chown(backup, 0, 0), 0);
	}
	ck_assert_int_eq(chmod(backup, 0644), 0); /* to read it tells nobody a secret */
	ck_assert_msg(store_restore(&options, backup, &error) == 0, "%s", error.message);
}
END_TEST

START_TEST(the_key_must_open_it)
{
	struct store *store;
	struct error error = { 0 };

	make_backup();
	store = place_store(&place);
	ck_assert_int_eq(key_rotate(store, &error), 0);
	store_close(store);
	restore_refuses(backup, ERROR_KEY_WRONG);
	store_close(place_store(&place));
}
END_TEST

static Suite *suite(void)
{
	Suite *made = suite_create("store/backup");
	TCase *cases = tcase_create("backup");

	tcase_add_checked_fixture(cases, setup, teardown);
	tcase_add_test(cases, a_backup_is_put_in_place);
	tcase_add_test(cases, a_backup_is_put_where_nothing_is);
	tcase_add_test(cases, a_damaged_store_is_replaced);
	tcase_add_test(cases, a_file_that_is_there_is_not_overwritten);
	tcase_add_test(cases, a_store_in_use_is_not_replaced);
	tcase_add_test(cases, a_bad_backup_is_refused);
	tcase_add_test(cases, a_backup_that_others_may_write);
	tcase_add_test(cases, the_key_must_open_it);
	suite_add_tcase(made, cases);
	return made;
}

CHECK_MAIN(suite)
