/* What a thief has of the files: without the key nothing, and nothing at all of what was unlinked. */
#include "config.h"

#include "base/secrets.h"
#include "check_main.h"
#include "store/backup.h"
#include "store/copy.h"
#include "store/fixture.h"
#include "store/inside.h"
#include "store/key.h"
#include "store/links.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct place place;
static struct store *store;
static struct profile profile;
static struct account account;

#define PROFILE_CANARY "canary-profile+/=?&%\"7Qz"
#define ACCOUNT_CANARY "canary-account+/=?&%\"8Rx"
#define STATE_CANARY "canary-state-9Sw"

static void add_link(void)
{
	struct pending_link link = { .account = "paris", .expires_ms = INT64_MAX };
	json_t *secrets = json_pack("{s:s}", "api_key", ACCOUNT_CANARY);
	struct error error = { 0 };

	memcpy(link.profile, profile.id, sizeof link.profile);
	ck_assert_msg(links_add(&link, store, secrets, STATE_CANARY, PROFILE_CANARY, &error) == 0, "%s",
		error.message);
	secrets_free_take(secrets);
	pending_link_clear(&link);
}

static void setup(void)
{
	place_make(&place);
	store = place_store(&place);
	add_profile(&profile, store, "acme", PROFILE_CANARY);
	add_account(&account, store, &profile, "berlin", ACCOUNT_CANARY);
	add_link();
}

static void teardown(void)
{
	account_clear(&account);
	profile_clear(&profile);
	store_close(store);
	place_remove(&place);
}

/* Looks into every file of a folder; returns how many were not empty. */
static size_t search(const char *folder)
{
	static const char *const canaries[] = { PROFILE_CANARY, ACCOUNT_CANARY, STATE_CANARY };
	DIR *dir = opendir(folder);
	const struct dirent *row;
	size_t count = 0;

	ck_assert_ptr_nonnull(dir);
	while ((row = readdir(dir))) {
		char path[512];

		(void)snprintf(path, sizeof path, "%s/%s", folder, row->d_name);
		if (row->d_name[0] == '.')
			continue;
		for (size_t i = 0; i < sizeof canaries / sizeof canaries[0]; i++)
			ck_assert_msg(!file_holds(path, canaries[i]), "%s in %s", canaries[i], path);
		count++;
	}
	(void)closedir(dir);
	return count;
}

/* That the search finds what is there to be found. */
START_TEST(the_search_works)
{
	static const char *const forms[] = {
		"some text " ACCOUNT_CANARY " and more",
		"%63%61%6E%61%72%79%2D%73%74%61%74%65%2D%39%53%77",
		"Y2FuYXJ5LXN0YXRlLTlTdw==",
		"LWNhbmFyeS1zdGF0ZS05U3c=",     /* a byte before it */
		"LS1jYW5hcnktc3RhdGUtOVN3Lg==", /* two */
		"63616e6172792d73746174652d395377",
		("\\u0063\\u0061\\u006e\\u0061\\u0072\\u0079\\u002d\\u0073\\u0074\\u0061\\u0074\\u0065"
		 "\\u002d\\u0039\\u0053\\u0077"),
	};

	for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
		write_whole(place_path(&place, "note"), forms[i], strlen(forms[i]), 0600);
		ck_assert_msg(file_holds(place_path(&place, "note"), i ? STATE_CANARY : ACCOUNT_CANARY), "%s",
			forms[i]);
	}
}
END_TEST

START_TEST(no_file_holds_a_secret)
{
	struct error error = { 0 };
	char backup[256];

	(void)snprintf(backup, sizeof backup, "%s/copy.db", place.data);
	ck_assert_int_eq(store_backup(store, backup, &error), 0);
	ck_assert_int_eq(copy_before(store, 7, &error), 0);
	ck_assert_uint_ge(search(place.data), 5); /* database, log, index, lock, backup, copy */
	store_close(store);
	search(place.data);
	store = place_store(&place);
}
END_TEST

/* ---- Moving --------------------------------------------------------------------------------------- */

static void change(const char *sql)
{
	struct error error = { 0 };

	ck_assert_int_eq(store_begin(store, &error), 0);
	ck_assert_msg(query_script(store->db, sql, &error) == 0, "%s", error.message);
	ck_assert_int_eq(store_end(store, 0, &error), 0);
}

static void refuses_to_open(const char *name)
{
	struct error error = { 0 };

	ck_assert_ptr_null(account_secret(store, name, &error));
	ck_assert_msg(error.code == ERROR_STORE_CORRUPT, "%s", error.message);
	ck_assert_ptr_null(strstr(error.message, "canary"));
}

START_TEST(a_value_that_was_moved_does_not_open)
{
	static const char *const moves[] = {
		/* from another account */
		"UPDATE secret SET sealed = (SELECT sealed FROM secret JOIN account ON id = holder"
		" WHERE name = 'paris') WHERE holder = (SELECT id FROM account WHERE name = 'berlin')",
		/* with the other's data key */
		"UPDATE data_key SET wrapped = (SELECT wrapped FROM data_key JOIN account ON id = holder"
		" WHERE name = 'paris') WHERE holder = (SELECT id FROM account WHERE name = 'berlin')",
		/* as another field */
		"UPDATE secret SET field = 'other' WHERE holder = (SELECT id FROM account WHERE name = 'berlin')",
		/* from a token */
		"UPDATE secret SET sealed = (SELECT access FROM token JOIN account ON id = account"
		" WHERE name = 'berlin') WHERE holder = (SELECT id FROM account WHERE name = 'berlin')",
		/* of an earlier data key */
		"UPDATE data_key SET version = version + 1 WHERE holder IN (SELECT id FROM account"
		" WHERE name = 'berlin')",
		/* a bit is another */
		"UPDATE secret SET sealed = CAST(substr(sealed, 1, 40)"
		" || iif(substr(sealed, 41, 1) = x'00', x'01', x'00') || substr(sealed, 42) AS BLOB)"
		" WHERE holder = (SELECT id FROM account WHERE name = 'berlin')",
		/* it was cut */
		"UPDATE secret SET sealed = x'01' WHERE holder = (SELECT id FROM account WHERE name = 'berlin')",
		/* its format is not ours */
		"UPDATE secret SET sealed = CAST(x'02' || substr(sealed, 2) AS BLOB) WHERE holder = (SELECT id FROM account"
		" WHERE name = 'berlin')",
	};
	struct account other;

	add_account(&other, store, &profile, "paris", ACCOUNT_CANARY);
	for (size_t i = 0; i < sizeof moves / sizeof moves[0]; i++) {
		struct account again;

		change(moves[i]);
		refuses_to_open("berlin");
		add_account(&again, store, &profile, "berlin", ACCOUNT_CANARY); /* mends it */
		ck_assert_str_eq(again.id, account.id);
		account_clear(&again);
	}
	account_clear(&other);
}
END_TEST

/* ---- Destroying ----------------------------------------------------------------------------------- */

/* A blob of the database, as it is. */
static struct sealed blob(const char *sql)
{
	struct sealed copy = { NULL, 0 };
	struct error error = { 0 };
	sqlite3_stmt *query;

	ck_assert_int_eq(query_open(&query, store->db, sql, BIND(bind_text(account.id)), &error), 0);
	ck_assert_int_eq(query_step(query, &error), 1);
	copy.length = (size_t)sqlite3_column_bytes(query, 0);
	copy.bytes = malloc(copy.length);
	ck_assert_ptr_nonnull(copy.bytes);
	memcpy(copy.bytes, sqlite3_column_blob(query, 0), copy.length);
	ck_assert_int_eq(sqlite3_finalize(query), SQLITE_OK);
	return copy;
}

static bool folder_holds(const struct sealed *blob)
{
	static const char *const names[] = { "store.db", "store.db-wal" };
	bool found = false;

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		size_t length;
		char *bytes;

		if (access(place_path(&place, names[i]), F_OK) < 0)
			continue;
		bytes = read_whole(place_path(&place, names[i]), &length);
		found |= memmem(bytes, length, blob->bytes, blob->length) != NULL;
		free(bytes);
	}
	return found;
}

START_TEST(what_was_unlinked_is_in_no_file)
{
	struct sealed key = blob("SELECT wrapped FROM data_key WHERE holder = ?");
	struct sealed secret = blob("SELECT sealed FROM secret WHERE holder = ?");
	struct sealed token = blob("SELECT refresh FROM token WHERE account = ?");
	struct error error = { 0 };

	ck_assert_int_eq(copy_before(store, 7, &error), 0);
	ck_assert(folder_holds(&key) && folder_holds(&secret) && folder_holds(&token));
	ck_assert_msg(accounts_remove(store, "berlin", &error) == 0, "%s", error.message);
	ck_assert(!folder_holds(&key) && !folder_holds(&secret) && !folder_holds(&token));
	ck_assert_int_eq(access(place_path(&place, "store.db.v7"), F_OK), -1);
	ck_assert_ptr_null(account_secret(store, "berlin", &error));
	ck_assert_int_eq(error.code, ERROR_ACCOUNT_NOT_FOUND);
	sealed_clear(&key);
	sealed_clear(&secret);
	sealed_clear(&token);
}
END_TEST

START_TEST(what_the_old_key_opened_is_in_no_file)
{
	struct sealed key = blob("SELECT wrapped FROM data_key WHERE holder = ?");
	struct error error = { 0 };

	ck_assert_int_eq(copy_before(store, 7, &error), 0);
	ck_assert(folder_holds(&key));
	ck_assert_msg(key_rotate(store, &error) == 0, "%s", error.message);
	ck_assert(!folder_holds(&key));
	ck_assert_int_eq(access(place_path(&place, "store.db.v7"), F_OK), -1);
	sealed_clear(&key);
}
END_TEST

START_TEST(linking_again_destroys_what_was)
{
	struct sealed key = blob("SELECT wrapped FROM data_key WHERE holder = ?");
	struct sealed secret = blob("SELECT sealed FROM secret WHERE holder = ?");
	struct account again;

	add_account(&again, store, &profile, "berlin", ACCOUNT_CANARY);
	ck_assert_str_eq(again.id, account.id);
	ck_assert(!folder_holds(&key) && !folder_holds(&secret));
	account_clear(&again);
	sealed_clear(&key);
	sealed_clear(&secret);
}
END_TEST

static Suite *suite(void)
{
	Suite *made = suite_create("store/stolen");
	TCase *cases = tcase_create("stolen");

	tcase_add_checked_fixture(cases, setup, teardown);
	tcase_add_test(cases, the_search_works);
	tcase_add_test(cases, no_file_holds_a_secret);
	tcase_add_test(cases, a_value_that_was_moved_does_not_open);
	tcase_add_test(cases, what_was_unlinked_is_in_no_file);
	tcase_add_test(cases, what_the_old_key_opened_is_in_no_file);
	tcase_add_test(cases, linking_again_destroys_what_was);
	suite_add_tcase(made, cases);
	return made;
}

CHECK_MAIN(suite)
