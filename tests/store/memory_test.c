/* Every allocation of the store's fails once: each time there is an error or a result, never a crash, a leak
 * (under the sanitizers) or half a change. */
#include "config.h"

#include "base/secrets.h"
#include "check_main.h"
#include "failing.h"
#include "store/audit.h"
#include "store/backup.h"
#include "store/fixture.h"
#include "store/key.h"
#include "store/links.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static sqlite3_mem_methods sqlite_methods;

static void *sqlite_malloc(int size)
{
	return failing_now() ? NULL : sqlite_methods.xMalloc(size);
}

static void *sqlite_realloc(void *old, int size)
{
	return failing_now() ? NULL : sqlite_methods.xRealloc(old, size);
}

static struct place place;

static void setup(void)
{
	sqlite3_mem_methods methods;

	json_set_alloc_funcs(__wrap_malloc, free);
	ck_assert_int_eq(sqlite3_config(SQLITE_CONFIG_GETMALLOC, &sqlite_methods), SQLITE_OK);
	methods = sqlite_methods;
	methods.xMalloc = sqlite_malloc;
	methods.xRealloc = sqlite_realloc;
	ck_assert_int_eq(sqlite3_config(SQLITE_CONFIG_MALLOC, &methods), SQLITE_OK);
	place_make(&place);
}

static void teardown(void)
{
	failing_left = -1;
	place_remove(&place);
}

/* What the test needs itself is made beforehand. */
struct things {
	struct store_options options;
	json_t *secrets;
	json_t *scopes;
	char backup[256];
};

/* An account's whole life, as far as it comes. */
static int live(struct things *things, struct store *store, struct error *error)
{
	const struct account_token token = { .auth = "v2", .access_token = "t", .refresh_token = "r" };
	const struct audit_query query = { .limit = 3 };
	struct profile profile = { .name = "acme", .provider = "personio", .auth = "v2" };
	struct account account = { .name = "berlin", .provider = "personio" };
	struct account *list = NULL;
	json_t *secrets = NULL;
	json_t *log = NULL;
	uint64_t entries;
	size_t count = 0;
	int result = -1;

	if (profiles_add(&profile, store, things->secrets, error) < 0)
		goto out;
	memcpy(account.profile, profile.id, sizeof account.profile);
	if (accounts_add(&account, store, things->secrets, &token, 1, true, error) < 0 ||
		accounts_secrets(&secrets, store, &account, error) < 0 ||
		accounts_scopes(store, account.id, things->scopes, error) < 0 ||
		accounts_list(&list, &count, store, NULL, profile.id, error) < 0 ||
		accounts_rename(store, account.name, "renamed", error) < 0 ||
		audit_read(&log, store, &query, error) < 0 || audit_verify(&entries, store, error) < 0 ||
		store_backup(store, things->backup, error) < 0 || key_rotate(store, error) < 0 ||
		accounts_remove(store, "renamed", error) < 0 ||
		profiles_remove(store, profile.name, error) < 0)
		goto out;
	result = 0;
out:
	json_decref(log);
	secrets_free_take(secrets);
	accounts_free(list, count);
	account_clear(&account);
	profile_clear(&profile);
	return result;
}

static int live_once(struct things *things, struct error *error)
{
	struct store *store = NULL;
	int result = store_open(&store, &things->options, error);

	if (result == 0)
		result = live(things, store, error);
	store_close(store);
	return result;
}

/* Whole: it opens or is made now, its chain holds, and what is in it opens. */
static void check_whole(void)
{
	struct store *store = place_store(&place);
	struct error error = { 0 };
	struct account *list;
	uint64_t entries;
	size_t count;

	ck_assert_msg(audit_verify(&entries, store, &error) == 0, "%s", error.message);
	ck_assert_int_eq(accounts_list(&list, &count, store, NULL, NULL, &error), 0);
	for (size_t i = 0; i < count; i++) {
		char *secret = account_secret(store, list[i].id, &error);

		ck_assert_msg(secret != NULL, "%s", error.message);
		free(secret);
	}
	accounts_free(list, count);
	store_close(store);
}

START_TEST(every_allocation_fails_once)
{
	struct things things = { .options = place_options(&place),
		.secrets = json_pack("{s:s}", "api_key", "two"),
		.scopes = json_pack("{s:{s:s}}", "a", "state", "granted") };
	/* One in some, which are others in each build; all of them when there is time. */
	long stride = getenv("MUSTER_TEST_THOROUGH") ? 1 : 37;
	long tried = 0;

	(void)snprintf(things.backup, sizeof things.backup, "%s/backup.db", place.top);
	for (bool done = false; !done; tried += stride) {
		struct error error = { 0 };
		int result;

		failing_left = tried;
		result = live_once(&things, &error);
		done = failing_left >= 0;
		failing_left = -1;
		ck_assert_msg(result == 0 || error.code == ERROR_OUT_OF_MEMORY, "allocation %ld: %s: %s",
			tried, error_code_text(error.code), error.message);
		check_whole();
		place_remove(&place);
		ck_assert_int_eq(mkdir(place.top, 0700), 0);
	}
	ck_assert_int_gt(tried, 100);
	json_decref(things.secrets);
	json_decref(things.scopes);
}
END_TEST

static Suite *suite(void)
{
	Suite *made = suite_create("store/memory");
	TCase *cases = tcase_create("memory");

	tcase_set_timeout(cases, 3600);
	tcase_add_checked_fixture(cases, setup, teardown);
	tcase_add_test(cases, every_allocation_fails_once);
	suite_add_tcase(made, cases);
	return made;
}

CHECK_MAIN(suite)
