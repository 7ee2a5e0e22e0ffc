/* Profiles and accounts, as those who use the store see them. */
#include "config.h"

#include "base/secrets.h"
#include "check_main.h"
#include "store/fixture.h"
#include "store/labels.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct place place;
static struct store *store;

static void setup(void)
{
	place_make(&place);
	store = place_store(&place);
}

static void teardown(void)
{
	store_close(store);
	place_remove(&place);
}

START_TEST(what_is_put_in_comes_out)
{
	struct profile profile;
	struct account account;
	struct account found;
	struct error error = { 0 };
	char *secret;

	add_profile(&profile, store, "acme", "s3cret-of-profile");
	add_account(&account, store, &profile, "berlin", "s3cret-of-account");
	store_close(store);
	store = place_store(&place);
	ck_assert_int_eq(accounts_get(&found, store, "berlin", &error), 0);
	ck_assert_str_eq(found.id, account.id);
	ck_assert_str_eq(found.profile, profile.id);
	ck_assert_uint_eq(json_array_size(found.secrets), 1);
	ck_assert_str_eq(json_string_value(json_object_get(found.fields, "app_id")), "ACME");
	secret = account_secret(store, account.id, &error);
	ck_assert_str_eq(secret, "s3cret-of-account");
	free(secret);
	account_clear(&found);
	account_clear(&account);
	profile_clear(&profile);
}
END_TEST

START_TEST(what_is_read_together_is_of_one_state)
{
	struct store *other = place_store(&place);
	struct error error = { 0 };
	struct profile profile;
	struct account account;
	struct account again;
	char *secret;

	add_profile(&profile, store, "acme", "one");
	add_account(&account, store, &profile, "berlin", "before");
	ck_assert_int_eq(store_together_read(store, &error), 0);
	account_clear(&account);
	ck_assert_int_eq(accounts_get(&account, store, "berlin", &error), 0);
	add_account(&again, other, &profile, "berlin", "after");
	secret = account_secret(store, "berlin", &error);
	ck_assert_str_eq(secret, "before");
	free(secret);
	ck_assert_int_eq(store_together_end(store, 0, &error), 0);
	secret = account_secret(store, "berlin", &error);
	ck_assert_str_eq(secret, "after");
	free(secret);
	account_clear(&again);
	account_clear(&account);
	profile_clear(&profile);
	store_close(other);
}
END_TEST

/* ---- Names ---------------------------------------------------------------------------------------- */

START_TEST(names_are_checked)
{
	static const char *const bad[] = { "", "-a", ".a", "_a", "a b", "a,b", "a/b", "a\nb", "\xC3\xA4",
		"a\x1B[2J", "0123456789abcdef0123456789abcdef" };
	static const char *const good[] = { "a", "0", "A.b-c_d", "0123456789abcdef0123456789abcdeg" };
	struct profile profile;
	struct account account;
	struct error error = { 0 };

	add_profile(&profile, store, "acme", "one");
	add_account(&account, store, &profile, "berlin", "two");
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		ck_assert_int_eq(accounts_rename(store, account.id, bad[i], &error), -1);
		ck_assert_int_eq(error.code, ERROR_BAD_NAME);
		ck_assert_ptr_null(strpbrk(error.message, "\x1B\n"));
	}
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		ck_assert_int_eq(accounts_rename(store, account.id, good[i], &error), 0);
	account_clear(&account);
	profile_clear(&profile);
}
END_TEST

START_TEST(names_are_taken_once)
{
	struct profile profile;
	struct account account;
	struct account second = { .name = "berlin", .provider = "personio" };
	struct error error = { 0 };

	add_profile(&profile, store, "acme", "one");
	add_account(&account, store, &profile, "berlin", "two");
	memcpy(second.profile, profile.id, sizeof second.profile);
	ck_assert_int_eq(accounts_add(&second, store, NULL, NULL, 0, false, &error), -1);
	ck_assert_int_eq(error.code, ERROR_NAME_TAKEN);
	ck_assert_str_eq(second.id, "");
	memcpy(second.provider, "other", sizeof "other");
	ck_assert_int_eq(accounts_add(&second, store, NULL, NULL, 0, true, &error), -1);
	ck_assert_int_eq(error.code, ERROR_NAME_TAKEN);
	memcpy(second.name, "paris", sizeof "paris");
	ck_assert_int_eq(accounts_add(&second, store, NULL, NULL, 0, false, &error), 0);
	ck_assert_int_eq(accounts_rename(store, "paris", "berlin", &error), -1);
	ck_assert_int_eq(error.code, ERROR_NAME_TAKEN);
	ck_assert_int_eq(accounts_rename(store, "paris", "paris", &error), 0);
	ck_assert_int_eq(profiles_add(&profile, store, NULL, &error), -1);
	ck_assert_int_eq(error.code, ERROR_NAME_TAKEN);
	account_clear(&account);
	account_clear(&second);
	profile_clear(&profile);
}
END_TEST

START_TEST(the_nearest_name_is_told)
{
	struct profile profile;
	struct account account;
	struct account found;
	struct error error = { 0 };

	add_profile(&profile, store, "acme", "one");
	add_account(&account, store, &profile, "berlin", "two");
	ck_assert_int_eq(accounts_get(&found, store, "berlim", &error), -1);
	ck_assert_int_eq(error.code, ERROR_ACCOUNT_NOT_FOUND);
	ck_assert_str_eq(error.hint, "Do you mean berlin?");
	error = (struct error){ 0 };
	ck_assert_int_eq(accounts_get(&found, store, "somewhere-else", &error), -1);
	ck_assert_str_eq(error.hint, "");
	ck_assert_int_eq(profiles_remove(store, "akme", &error), -1);
	ck_assert_int_eq(error.code, ERROR_PROFILE_NOT_FOUND);
	ck_assert_str_eq(error.hint, "Do you mean acme?");
	account_clear(&account);
	profile_clear(&profile);
}
END_TEST

/* ---- Changing ------------------------------------------------------------------------------------- */

START_TEST(a_profile_is_changed)
{
	struct profile profile;
	struct profile found;
	struct error error = { 0 };
	json_t *secrets = json_pack("{s:s}", "further", "four");
	json_t *all;

	add_profile(&profile, store, "acme", "one");
	ck_assert(json_is_null(profile.actions) || !profile.actions);
	json_decref(profile.actions);
	profile.actions = json_pack("[s]", "list_employees");
	json_decref(profile.approved);
	profile.approved = json_pack("{s:[s]}", "hosts", "api.personio.de");
	memcpy(profile.name, "acme2", sizeof "acme2");
	ck_assert_int_eq(profiles_change(&profile, store, secrets, "profile_approved", &error), 0);
	ck_assert_int_eq(profiles_get(&found, store, "acme2", &error), 0);
	ck_assert_str_eq(found.id, profile.id);
	ck_assert_int_eq(json_equal(found.actions, profile.actions), 1);
	ck_assert_int_eq(json_equal(found.approved, profile.approved), 1);
	ck_assert_uint_eq(json_array_size(found.secrets), 2);
	ck_assert_int_eq(profiles_secrets(&all, store, &found, &error), 0);
	ck_assert_str_eq(json_string_value(json_object_get(all, "client_secret")), "one");
	ck_assert_str_eq(json_string_value(json_object_get(all, "further")), "four");
	secrets_free_take(all);
	secrets_free_take(secrets);
	profile_clear(&found);
	profile_clear(&profile);
}
END_TEST

START_TEST(a_profile_in_use_stays)
{
	struct profile profile;
	struct account account;
	struct error error = { 0 };

	add_profile(&profile, store, "acme", "one");
	add_account(&account, store, &profile, "berlin", "two");
	ck_assert_int_eq(profiles_remove(store, "acme", &error), -1);
	ck_assert_int_eq(error.code, ERROR_HELD_BACK);
	ck_assert_ptr_nonnull(strstr(error.message, "berlin"));
	ck_assert_int_eq(accounts_remove(store, "berlin", &error), 0);
	ck_assert_int_eq(profiles_remove(store, "acme", &error), 0);
	account_clear(&account);
	profile_clear(&profile);
}
END_TEST

START_TEST(an_account_without_its_profile_is_not_linked)
{
	struct account account = { .name = "berlin", .provider = "personio", .profile = "nowhere" };
	struct account found;
	struct error error = { 0 };

	ck_assert_int_eq(accounts_add(&account, store, NULL, NULL, 0, false, &error), -1);
	ck_assert_int_eq(error.code, ERROR_PROFILE_NOT_FOUND);
	ck_assert_int_eq(accounts_get(&found, store, "berlin", &error), -1);
}
END_TEST

START_TEST(what_runs_show_is_kept)
{
	struct profile profile;
	struct account account;
	struct account found;
	struct error error = { 0 };
	json_t *one = json_pack("{s:{s:s}, s:{s:s}}", "a", "state", "granted", "b", "state", "granted");
	json_t *two = json_pack("{s:{s:s}}", "b", "state", "missing");

	add_profile(&profile, store, "acme", "one");
	add_account(&account, store, &profile, "berlin", "two");
	ck_assert_int_eq(accounts_seen(store, account.id, "rate_limited", &error), 0);
	ck_assert_int_eq(accounts_scopes(store, account.id, one, &error), 0);
	ck_assert_int_eq(accounts_scopes(store, account.id, two, &error), 0);
	ck_assert_int_eq(accounts_get(&found, store, "berlin", &error), 0);
	ck_assert_str_eq(found.failure, "rate_limited");
	ck_assert_int_gt(found.failed_ms, 0);
	ck_assert_int_eq(found.succeeded_ms, 0);
	ck_assert_uint_eq(json_object_size(found.scopes), 2);
	ck_assert_int_eq(json_equal(json_object_get(found.scopes, "b"), json_object_get(two, "b")), 1);
	account_clear(&found);
	ck_assert_int_eq(accounts_seen(store, account.id, "", &error), 0);
	ck_assert_int_eq(
		accounts_state(store, account.id, ACCOUNT_NEEDS_LINKING, "The access was withdrawn.", &error),
		0);
	ck_assert_int_eq(accounts_get(&found, store, "berlin", &error), 0);
	ck_assert_str_eq(found.failure, "");
	ck_assert_int_gt(found.succeeded_ms, 0);
	ck_assert_int_eq(found.state, ACCOUNT_NEEDS_LINKING);
	ck_assert_str_eq(found.cause, "The access was withdrawn.");
	account_clear(&found);
	ck_assert_int_eq(accounts_seen(store, "nobody", "", &error), -1);
	ck_assert_int_eq(error.code, ERROR_ACCOUNT_NOT_FOUND);
	ck_assert_int_eq(accounts_state(store, "nobody", ACCOUNT_LINKED, "", &error), -1);
	ck_assert_int_eq(error.code, ERROR_ACCOUNT_NOT_FOUND);
	json_decref(one);
	json_decref(two);
	account_clear(&account);
	profile_clear(&profile);
}
END_TEST

START_TEST(labels_are_set_and_removed)
{
	static const char *const bad[][2] = { { "", "x" }, { "with space", "x" }, { "../x", "x" },
		{ "tier", "two\nlines" }, { "tier", "no \xff text" } };
	struct error error = { 0 };
	struct profile profile;
	struct account account, read;
	char long_value[LABEL_VALUE_MAX + 2];
	json_t *changes = json_pack("{s:s, s:s}", "tier", "gold", "region", "Übersee = fern");

	add_profile(&profile, store, "acme", "one");
	add_account(&account, store, &profile, "berlin", "two");
	ck_assert_int_eq(accounts_label(store, "berlin", changes, &error), 0);
	json_decref(changes);
	changes = json_pack("{s:s, s:s}", "tier", "", "none", "");
	ck_assert_int_eq(accounts_label(store, account.id, changes, &error), 0);
	json_decref(changes);
	ck_assert_int_eq(accounts_label(store, "paris", NULL, &error), -1);
	ck_assert_int_eq(error.code, ERROR_ACCOUNT_NOT_FOUND);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		changes = json_object();
		(void)json_object_set_new_nocheck(changes, bad[i][0], json_string_nocheck(bad[i][1]));
		ck_assert_int_eq(accounts_label(store, "berlin", changes, &error), -1);
		ck_assert_int_eq(error.code, ERROR_BAD_LABEL);
		json_decref(changes);
	}
	memset(long_value, 'x', sizeof long_value - 1);
	long_value[sizeof long_value - 1] = '\0';
	changes = json_pack("{s:s}", "tier", long_value);
	ck_assert_int_eq(accounts_label(store, "berlin", changes, &error), -1);
	ck_assert_int_eq(json_object_set_new(changes, "tier", json_string(long_value + 1)), 0);
	ck_assert_int_eq(accounts_label(store, "berlin", changes, &error), 0);
	json_decref(changes);
	ck_assert_int_eq(accounts_get(&read, store, "berlin", &error), 0);
	ck_assert_uint_eq(json_object_size(read.labels), 2);
	changes = json_pack("{s:s, s:s}", "region", "Übersee = fern", "none", "");
	ck_assert(labels_match(read.labels, changes));
	ck_assert(labels_match(read.labels, NULL));
	ck_assert_int_eq(json_object_set_new(changes, "tier", json_string("gold")), 0);
	ck_assert(!labels_match(read.labels, changes));
	ck_assert_int_eq(json_object_set_new(changes, "tier", json_string("")), 0);
	ck_assert(!labels_match(read.labels, changes));
	json_decref(changes);
	account_clear(&read);
	account_clear(&account);
	profile_clear(&profile);
}
END_TEST

START_TEST(labels_have_an_end)
{
	struct error error = { 0 };
	json_t *labels = json_object(), *changes = json_object();

	for (int i = 0; i < LABELS_MAX; i++) {
		char key[16];
		(void)snprintf(key, sizeof key, "key-%d", i);
		ck_assert_int_eq(json_object_set_new(changes, key, json_string("x")), 0);
	}
	ck_assert_int_eq(labels_change(labels, changes, &error), 0);
	ck_assert_int_eq(json_object_set_new(changes, "more", json_string("x")), 0);
	ck_assert_int_eq(labels_change(labels, changes, &error), -1);
	ck_assert_int_eq(error.code, ERROR_BAD_LABEL);
	json_decref(labels);
	json_decref(changes);
}
END_TEST

START_TEST(lists_are_sorted_and_chosen_from)
{
	struct profile profiles[2];
	struct account accounts[3];
	struct account *list;
	struct profile *few;
	struct error error = { 0 };
	size_t count;

	add_profile(&profiles[0], store, "b", "one");
	add_profile(&profiles[1], store, "a", "one");
	add_account(&accounts[0], store, &profiles[0], "z", "two");
	add_account(&accounts[1], store, &profiles[1], "y", "two");
	add_account(&accounts[2], store, &profiles[1], "x", "two");
	ck_assert_int_eq(accounts_list(&list, &count, store, NULL, NULL, &error), 0);
	ck_assert_uint_eq(count, 3);
	ck_assert_str_eq(list[0].name, "x");
	ck_assert_str_eq(list[2].name, "z");
	accounts_free(list, count);
	ck_assert_int_eq(accounts_list(&list, &count, store, "", profiles[0].id, &error), 0);
	ck_assert_uint_eq(count, 1);
	accounts_free(list, count);
	ck_assert_int_eq(accounts_list(&list, &count, store, "tenant", NULL, &error), 0);
	ck_assert_uint_eq(count, 0);
	accounts_free(list, count);
	ck_assert_int_eq(profiles_list(&few, &count, store, "personio", &error), 0);
	ck_assert_uint_eq(count, 2);
	ck_assert_str_eq(few[0].name, "a");
	profiles_free(few, count);
	ck_assert_int_eq(profiles_list(&few, &count, store, "other", &error), 0);
	ck_assert_uint_eq(count, 0);
	profiles_free(few, count);
	for (size_t i = 0; i < 3; i++)
		account_clear(&accounts[i]);
	for (size_t i = 0; i < 2; i++)
		profile_clear(&profiles[i]);
}
END_TEST

static Suite *suite(void)
{
	Suite *made = suite_create("store/accounts");
	TCase *cases = tcase_create("accounts");

	tcase_add_checked_fixture(cases, setup, teardown);
	tcase_add_test(cases, what_is_put_in_comes_out);
	tcase_add_test(cases, what_is_read_together_is_of_one_state);
	tcase_add_test(cases, names_are_checked);
	tcase_add_test(cases, names_are_taken_once);
	tcase_add_test(cases, the_nearest_name_is_told);
	tcase_add_test(cases, a_profile_is_changed);
	tcase_add_test(cases, a_profile_in_use_stays);
	tcase_add_test(cases, an_account_without_its_profile_is_not_linked);
	tcase_add_test(cases, what_runs_show_is_kept);
	tcase_add_test(cases, labels_are_set_and_removed);
	tcase_add_test(cases, labels_have_an_end);
	tcase_add_test(cases, lists_are_sorted_and_chosen_from);
	suite_add_tcase(made, cases);
	return made;
}

CHECK_MAIN(suite)
