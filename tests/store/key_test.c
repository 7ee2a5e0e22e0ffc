/* The master key: its sources, their errors, rotation. */
#include "config.h"

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

#define HEX_KEY "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define BASE64_KEY "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
#define OTHER_KEY "ff0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

static struct place place;

static void setup(void)
{
	place_make(&place);
}

static void teardown(void)
{
	place_remove(&place);
}

static const char *key_path(const char *name)
{
	static char path[256];

	(void)snprintf(path, sizeof path, "%s/%s", place.config, name);
	return path;
}

static size_t count_keys(void)
{
	char pattern[256];
	glob_t found;
	size_t count;

	(void)snprintf(pattern, sizeof pattern, "%s/key*", place.config);
	if (glob(pattern, GLOB_NOSORT, NULL, &found) != 0)
		return 0;
	count = found.gl_pathc;
	globfree(&found);
	return count;
}

/* A pipe's end in the environment, as a shell's 3<<< would give it. */
static void give(const char *variable, const char *text)
{
	char number[16];
	int ends[2];

	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_int_eq(write(ends[1], text, strlen(text)), (ssize_t)strlen(text));
	ck_assert_int_eq(close(ends[1]), 0);
	(void)snprintf(number, sizeof number, "%d", ends[0]);
	ck_assert_int_eq(setenv(variable, number, 1), 0);
}

static void make_store(void)
{
	store_close(place_store(&place));
}

static struct key_state state_of(struct store *store)
{
	struct key_state state;
	struct error error = { 0 };

	ck_assert_msg(key_state(&state, store, &error) == 0, "%s", error.message);
	return state;
}

START_TEST(a_key_file_is_made_with_the_store)
{
	struct store *store = place_store(&place);
	struct key_state state = state_of(store);
	struct stat about;

	ck_assert_str_eq(state.source, "key file");
	ck_assert_str_eq(state.path, key_path("key"));
	ck_assert_uint_eq(state.version, 1);
	ck_assert_uint_eq(strlen(state.fingerprint), 19);
	ck_assert_int_eq(stat(state.path, &about), 0);
	ck_assert_uint_eq(about.st_mode & 07777, 0600);
	ck_assert_int_eq(stat(store_path(store), &about), 0);
	ck_assert_uint_eq(about.st_mode & 07777, 0600);
	store_close(store);
}
END_TEST

START_TEST(without_its_key_the_store_is_not_made_anew)
{
	make_store();
	ck_assert_int_eq(unlink(key_path("key")), 0);
	place_refuses(&place, ERROR_KEY_MISSING);
	ck_assert_uint_eq(count_keys(), 0);
}
END_TEST

START_TEST(a_key_file_that_is_no_good)
{
	static const struct {
		const char *text;
		mode_t mode;
		enum error_code code;
	} rows[] = {
		{ OTHER_KEY "\n", 0600, ERROR_KEY_WRONG },
		{ OTHER_KEY "\n", 0640, ERROR_KEY_EXPOSED },
		{ OTHER_KEY "\n", 0604, ERROR_KEY_EXPOSED },
		{ "", 0600, ERROR_KEY_MALFORMED },
		{ "\n", 0600, ERROR_KEY_MALFORMED },
		{ "0001020304", 0600, ERROR_KEY_MALFORMED },
		{ HEX_KEY "00", 0600, ERROR_KEY_MALFORMED },
		{ "not a key at all, but long enough to be one, or so", 0600, ERROR_KEY_MALFORMED },
	};

	make_store();
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		write_whole(key_path("key"), rows[i].text, strlen(rows[i].text), rows[i].mode);
		place_refuses(&place, rows[i].code);
	}
}
END_TEST

START_TEST(a_key_file_that_is_a_folder)
{
	make_store();
	ck_assert_int_eq(unlink(key_path("key")), 0);
	ck_assert_int_eq(mkdir(key_path("key"), 0700), 0);
	place_refuses(&place, ERROR_KEY_UNREADABLE);
}
END_TEST

/* The same key in each form that a person may have it in. */
START_TEST(a_key_has_several_forms)
{
	static const char *const forms[] = { HEX_KEY, HEX_KEY "\n", BASE64_KEY, BASE64_KEY "\r\n",
		"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8" };

	for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
		give("MUSTER_KEY_FD", forms[i]);
		make_store();
	}
	ck_assert_uint_eq(count_keys(), 0);
}
END_TEST

START_TEST(a_descriptor_that_is_no_good)
{
	make_store();
	ck_assert_int_eq(setenv("MUSTER_KEY_FD", "three", 1), 0);
	place_refuses(&place, ERROR_KEY_UNREADABLE);
	ck_assert_int_eq(setenv("MUSTER_KEY_FD", "999", 1), 0);
	place_refuses(&place, ERROR_KEY_UNREADABLE);
	give("MUSTER_KEY_FD", "");
	place_refuses(&place, ERROR_KEY_MALFORMED);
	give("MUSTER_KEY_FD", OTHER_KEY);
	place_refuses(&place, ERROR_KEY_WRONG);
}
END_TEST

START_TEST(a_systemd_credential_comes_first)
{
	char credential[256];
	struct store *store;

	(void)snprintf(credential, sizeof credential, "%s/muster-key", place.top);
	write_whole(credential, HEX_KEY, strlen(HEX_KEY), 0440);
	ck_assert_int_eq(setenv("CREDENTIALS_DIRECTORY", place.top, 1), 0);
	give("MUSTER_KEY_FD", OTHER_KEY);
	store = place_store(&place);
	ck_assert_str_eq(state_of(store).source, "systemd credential");
	ck_assert_str_eq(state_of(store).path, credential);
	store_close(store);
	ck_assert_uint_eq(count_keys(), 0);
	ck_assert_int_eq(unlink(credential), 0); /* nobody but root could write it */
	write_whole(credential, OTHER_KEY, strlen(OTHER_KEY), 0440);
	place_refuses(&place, ERROR_KEY_WRONG);
	ck_assert_int_eq(chmod(credential, 0444), 0);
	place_refuses(&place, ERROR_KEY_EXPOSED);
}
END_TEST

START_TEST(a_passphrase_opens_what_it_made)
{
	struct store *store;
	struct error error = { 0 };

	give("MUSTER_PASSPHRASE_FD", "correct horse battery staple\n");
	store = place_store(&place);
	ck_assert_str_eq(state_of(store).source, "passphrase");
	store_close(store);
	give("MUSTER_PASSPHRASE_FD", "incorrect horse");
	place_refuses(&place, ERROR_KEY_WRONG);
	ck_assert_int_eq(unsetenv("MUSTER_PASSPHRASE_FD"), 0);
	place_refuses(&place, ERROR_KEY_MISSING);
	give("MUSTER_PASSPHRASE_FD", "correct horse battery staple");
	store = place_store(&place);
	give("MUSTER_NEW_KEY_FD", "a better one");
	ck_assert_msg(key_rotate(store, &error) == 0, "%s", error.message);
	store_close(store);
	give("MUSTER_PASSPHRASE_FD", "correct horse battery staple");
	place_refuses(&place, ERROR_KEY_WRONG);
	give("MUSTER_PASSPHRASE_FD", "a better one");
	make_store();
}
END_TEST

/* ---- Rotation ------------------------------------------------------------------------------------- */

START_TEST(after_rotation_the_old_key_opens_nothing)
{
	struct store *store = place_store(&place);
	struct error error = { 0 };
	struct key_state before = state_of(store);
	struct key_state after;
	struct profile profile;
	struct account account;
	size_t length;
	uint64_t entries;
	char *old = read_whole(key_path("key"), &length);
	char *secret;

	add_profile(&profile, store, "acme", "one");
	add_account(&account, store, &profile, "berlin", "two");
	ck_assert_msg(key_rotate(store, &error) == 0, "%s", error.message);
	after = state_of(store);
	ck_assert_str_ne(after.fingerprint, before.fingerprint);
	ck_assert_uint_eq(after.version, 2);
	ck_assert_str_eq(after.path, key_path("key"));
	ck_assert_uint_eq(count_keys(), 1);
	store_close(store);

	store = place_store(&place);
	secret = account_secret(store, "berlin", &error);
	ck_assert_str_eq(secret, "two");
	ck_assert_int_eq(audit_verify(&entries, store, &error), 0);
	ck_assert_uint_eq(entries, 4); /* created, profile, account, rotated */
	store_close(store);

	write_whole(key_path("key"), old, length, 0600);
	place_refuses(&place, ERROR_KEY_WRONG);
	free(secret);
	free(old);
	account_clear(&account);
	profile_clear(&profile);
}
END_TEST

START_TEST(who_has_it_open_takes_up_the_new_key)
{
	struct store *one = place_store(&place);
	struct store *two = place_store(&place);
	struct error error = { 0 };
	struct profile profile;
	struct account account;
	char *secret;

	add_profile(&profile, one, "acme", "one");
	add_account(&account, one, &profile, "berlin", "two");
	for (int i = 0; i < 3; i++) {
		ck_assert_msg(key_rotate(one, &error) == 0, "%s", error.message);
		secret = account_secret(two, "berlin", &error);
		ck_assert_msg(secret != NULL, "%s", error.message);
		free(secret);
		ck_assert_msg(key_rotate(two, &error) == 0, "%s", error.message);
	}
	ck_assert_uint_eq(state_of(one).version, 7);
	ck_assert_uint_eq(count_keys(), 1);
	store_close(one);
	store_close(two);
	account_clear(&account);
	profile_clear(&profile);
}
END_TEST

START_TEST(another_source_needs_the_new_key_to_be_given)
{
	struct error error = { 0 };
	struct store *store;

	give("MUSTER_KEY_FD", HEX_KEY);
	store = place_store(&place);
	ck_assert_int_eq(key_rotate(store, &error), -1);
	ck_assert_int_eq(error.code, ERROR_KEY_MISSING);
	give("MUSTER_NEW_KEY_FD", HEX_KEY);
	ck_assert_int_eq(key_rotate(store, &error), -1);
	ck_assert_int_eq(error.code, ERROR_KEY_WRONG);
	give("MUSTER_NEW_KEY_FD", OTHER_KEY);
	ck_assert_msg(key_rotate(store, &error) == 0, "%s", error.message);
	ck_assert_uint_eq(state_of(store).version, 2);
	store_close(store);
	give("MUSTER_KEY_FD", HEX_KEY);
	place_refuses(&place, ERROR_KEY_WRONG);
	give("MUSTER_KEY_FD", OTHER_KEY);
	make_store();
}
END_TEST

START_TEST(two_stores_of_one_user_keep_their_keys)
{
	struct place other = place;
	struct error error = { 0 };
	struct store *one;
	struct store *two;

	(void)snprintf(other.data, sizeof other.data, "%s/other", place.top);
	one = place_store(&place);
	two = place_store(&other);
	ck_assert_str_ne(state_of(one).fingerprint, state_of(two).fingerprint);
	ck_assert_uint_eq(count_keys(), 2);
	ck_assert_msg(key_rotate(one, &error) == 0, "%s", error.message);
	ck_assert_msg(key_rotate(two, &error) == 0, "%s", error.message);
	ck_assert_uint_eq(count_keys(), 2);
	store_close(one);
	store_close(two);
	store_close(place_store(&place));
	store_close(place_store(&other));
}
END_TEST

/* It was put there by the operator, who may use it elsewhere. */
START_TEST(a_key_that_was_given_is_not_replaced)
{
	struct error error = { 0 };
	struct store *store;
	size_t length;
	char *text;

	(void)mkdir(place.top, 0700);
	(void)snprintf(place.config, sizeof place.config, "%s/config", place.top);
	ck_assert_int_eq(mkdir(place.config, 0700), 0);
	(void)snprintf(place.config, sizeof place.config, "%s/config/muster", place.top);
	ck_assert_int_eq(mkdir(place.config, 0700), 0);
	write_whole(key_path("key"), HEX_KEY, strlen(HEX_KEY), 0600);
	store = place_store(&place);
	ck_assert_msg(key_rotate(store, &error) == 0, "%s", error.message);
	ck_assert_msg(key_rotate(store, &error) == 0, "%s", error.message);
	store_close(store);
	text = read_whole(key_path("key"), &length);
	ck_assert_str_eq(text, HEX_KEY);
	free(text);
	ck_assert_uint_eq(count_keys(), 2);
	make_store();
}
END_TEST

static Suite *suite(void)
{
	Suite *made = suite_create("store/key");
	TCase *sources = tcase_create("sources");
	TCase *rotation = tcase_create("rotation");

	tcase_add_checked_fixture(sources, setup, teardown);
	tcase_add_test(sources, a_key_file_is_made_with_the_store);
	tcase_add_test(sources, without_its_key_the_store_is_not_made_anew);
	tcase_add_test(sources, a_key_file_that_is_no_good);
	tcase_add_test(sources, a_key_file_that_is_a_folder);
	tcase_add_test(sources, a_key_has_several_forms);
	tcase_add_test(sources, a_descriptor_that_is_no_good);
	tcase_add_test(sources, a_systemd_credential_comes_first);
	tcase_add_test(sources, a_passphrase_opens_what_it_made);
	suite_add_tcase(made, sources);
	tcase_add_checked_fixture(rotation, setup, teardown);
	tcase_add_test(rotation, after_rotation_the_old_key_opens_nothing);
	tcase_add_test(rotation, who_has_it_open_takes_up_the_new_key);
	tcase_add_test(rotation, another_source_needs_the_new_key_to_be_given);
	tcase_add_test(rotation, two_stores_of_one_user_keep_their_keys);
	tcase_add_test(rotation, a_key_that_was_given_is_not_replaced);
	suite_add_tcase(made, rotation);
	return made;
}

CHECK_MAIN(suite)
