/* Profiles and accounts, as those who use the store see them. */
#include "config.h"

#include "check_main.h"
#include "store/audit.h"
#include "store/fixture.h"

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

static Suite *suite(void)
{
	Suite *made = suite_create("store/accounts");
	TCase *cases = tcase_create("accounts");

	tcase_add_checked_fixture(cases, setup, teardown);
	tcase_add_test(cases, what_is_put_in_comes_out);
	suite_add_tcase(made, cases);
	return made;
}

CHECK_MAIN(suite)
