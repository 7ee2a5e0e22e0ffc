/* Several processes on one store, at once. */
#include "config.h"

#include "base/secrets.h"
#include "check_main.h"
#include "store/audit.h"
#include "store/fixture.h"
#include "store/key.h"
#include "store/links.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PROCESSES = 4, ROUNDS = 25 };

static struct place place;

static void setup(void)
{
	place_make(&place);
}

static void teardown(void)
{
	place_remove(&place);
}

/* Each does its work; all begin at once, when the pipe is closed. Returns how many ended with 0. */
static int run_all(int (*work)(struct store *store, int number, struct error *error))
{
	struct store_options options = place_options(&place);
	pid_t children[PROCESSES];
	int start[2];
	int good = 0;

	ck_assert_int_eq(pipe(start), 0);
	for (int i = 0; i < PROCESSES; i++) {
		children[i] = fork();
		ck_assert_int_ge(children[i], 0);
		if (children[i] == 0) {
			struct error error = { 0 };
			struct store *store = NULL;
			char byte;
			int failed;

			(void)close(start[1]);
			if (read(start[0], &byte, 1) != 0)
				_exit(2);
			failed = store_open(&store, &options, &error) < 0 || work(store, i, &error) < 0;
			if (failed && error.code != ERROR_LINK_NOT_FOUND)
				(void)fprintf(stderr, "%d: %s: %s\n", i, error_code_text(error.code),
					error.message);
			store_close(store);
			_exit(failed);
		}
	}
	ck_assert_int_eq(close(start[0]), 0);
	ck_assert_int_eq(close(start[1]), 0);
	for (int i = 0; i < PROCESSES; i++) {
		int status;

		ck_assert_int_eq(waitpid(children[i], &status, 0), children[i]);
		good += WIFEXITED(status) && WEXITSTATUS(status) == 0;
	}
	return good;
}

static int do_nothing(struct store *store, int number, struct error *error)
{
	uint64_t entries;

	(void)number;
	return audit_verify(&entries, store, error);
}

/* All of them want to make it: one store, one key. */
START_TEST(a_store_is_made_once)
{
	struct error error = { 0 };
	struct store *store;
	uint64_t entries;

	ck_assert_int_eq(run_all(do_nothing), PROCESSES);
	store = place_store(&place);
	ck_assert_int_eq(audit_verify(&entries, store, &error), 0);
	ck_assert_uint_eq(entries, 1);
	store_close(store);
}
END_TEST

static int link_accounts(struct store *store, int number, struct error *error)
{
	struct profile profile;
	int result = profiles_get(&profile, store, "acme", error);

	for (int i = 0; result == 0 && i < ROUNDS; i++) {
		struct account account = { .provider = "personio" };
		json_t *secrets = json_pack("{s:s}", "api_key", "two");

		(void)snprintf(account.name, sizeof account.name, "a-%d-%d", number, i);
		memcpy(account.profile, profile.id, sizeof account.profile);
		result = accounts_add(&account, store, secrets, NULL, 0, false, error);
		if (result == 0)
			result = accounts_seen(store, account.id, "", error);
		secrets_free_take(secrets);
		account_clear(&account);
	}
	profile_clear(&profile);
	return result;
}

static void make_profile(void)
{
	struct store *store = place_store(&place);
	struct profile profile;

	add_profile(&profile, store, "acme", "one");
	profile_clear(&profile);
	store_close(store);
}

START_TEST(nothing_that_they_write_is_lost)
{
	struct error error = { 0 };
	struct account *list;
	struct store *store;
	uint64_t entries;
	size_t count;

	make_profile();
	ck_assert_int_eq(run_all(link_accounts), PROCESSES);
	store = place_store(&place);
	ck_assert_int_eq(accounts_list(&list, &count, store, NULL, NULL, &error), 0);
	ck_assert_uint_eq(count, PROCESSES * ROUNDS);
	for (size_t i = 0; i < count; i++) {
		char *secret = account_secret(store, list[i].id, &error);

		ck_assert_ptr_nonnull(secret);
		free(secret);
	}
	accounts_free(list, count);
	ck_assert_int_eq(audit_verify(&entries, store, &error), 0);
	ck_assert_uint_eq(entries, 2 + PROCESSES * ROUNDS);
	store_close(store);
}
END_TEST

/* The first rotates the key all the time, the others write all the time. */
static int rotate_or_link(struct store *store, int number, struct error *error)
{
	int result = 0;

	if (number > 1)
		return link_accounts(store, number, error);
	for (int i = 0; result == 0 && i < ROUNDS / 2; i++)
		result = key_rotate(store, error);
	return result;
}

START_TEST(the_key_is_rotated_under_them)
{
	struct error error = { 0 };
	struct account *list;
	struct key_state state;
	struct store *store;
	size_t count;

	make_profile();
	ck_assert_int_eq(run_all(rotate_or_link), PROCESSES);
	store = place_store(&place);
	ck_assert_int_eq(key_state(&state, store, &error), 0);
	ck_assert_uint_eq(state.version, 1 + 2 * (ROUNDS / 2));
	ck_assert_int_eq(accounts_list(&list, &count, store, NULL, NULL, &error), 0);
	ck_assert_uint_eq(count, (PROCESSES - 2) * ROUNDS);
	for (size_t i = 0; i < count; i++) {
		char *secret = account_secret(store, list[i].id, &error);

		ck_assert_ptr_nonnull(secret);
		free(secret);
	}
	accounts_free(list, count);
	store_close(store);
}
END_TEST

static int take_link(struct store *store, int number, struct error *error)
{
	struct pending_link link;
	json_t *secrets;
	char *verifier;

	(void)number;
	if (links_take(&link, &secrets, &verifier, store, "state", 75000, error) < 0)
		return -1;
	secrets_text_free_take(verifier);
	secrets_free_take(secrets);
	pending_link_clear(&link);
	return 0;
}

START_TEST(a_link_is_taken_by_one)
{
	struct pending_link link = { .account = "berlin", .expires_ms = INT64_MAX };
	struct error error = { 0 };
	struct profile profile;
	struct store *store = place_store(&place);

	add_profile(&profile, store, "acme", "one");
	memcpy(link.profile, profile.id, sizeof link.profile);
	ck_assert_int_eq(links_add(&link, store, NULL, "state", "verifier", &error), 0);
	ck_assert_int_eq(run_all(take_link), 1);
	pending_link_clear(&link);
	profile_clear(&profile);
	store_close(store);
}
END_TEST

static Suite *suite(void)
{
	Suite *made = suite_create("store/processes");
	TCase *cases = tcase_create("processes");

	tcase_add_checked_fixture(cases, setup, teardown);
	tcase_add_test(cases, a_store_is_made_once);
	tcase_add_test(cases, nothing_that_they_write_is_lost);
	tcase_add_test(cases, the_key_is_rotated_under_them);
	tcase_add_test(cases, a_link_is_taken_by_one);
	suite_add_tcase(made, cases);
	return made;
}

CHECK_MAIN(suite)
