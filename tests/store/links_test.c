/* Links that are pending. */
#include "config.h"

#include "store/links.h"

#include "base/secrets.h"
#include "check_main.h"
#include "store/fixture.h"
#include "store/inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DAY_MS (INT64_C(24) * 3600 * 1000)

static struct place place;
static struct store *store;
static struct profile profile;
static int64_t now_ms;

static int64_t tell_time(void *context)
{
	return *(int64_t *)context;
}

static void setup(void)
{
	struct store_options options;
	struct error error = { 0 };

	place_make(&place);
	now_ms = INT64_C(1800000000000);
	options = place_options(&place);
	options.now_ms = tell_time;
	options.context = &now_ms;
	ck_assert_int_eq(store_open(&store, &options, &error), 0);
	add_profile(&profile, store, "acme", "one");
}

static void teardown(void)
{
	profile_clear(&profile);
	store_close(store);
	place_remove(&place);
}

static int add(const char *name, const char *state, struct error *error)
{
	struct pending_link link = { .redirect = "https://example.com/back", .fields = json_object() };
	json_t *secrets = json_pack("{s:s}", "api_key", "three");
	int result;

	(void)snprintf(link.profile, sizeof link.profile, "%s", profile.id);
	(void)snprintf(link.account, sizeof link.account, "%s", name);
	link.expires_ms = now_ms + 7 * DAY_MS;
	result = links_add(&link, store, secrets, state, "the-verifier", error);
	if (result == 0) {
		ck_assert_uint_eq(strlen(link.id), STORE_ID_SIZE - 1);
		ck_assert_int_eq(link.created_ms, now_ms);
	}
	secrets_free_take(secrets);
	pending_link_clear(&link);
	return result;
}

static int take(const char *state, struct error *error)
{
	struct pending_link link;
	json_t *secrets = NULL;
	char *verifier = NULL;

	if (links_take(&link, &secrets, &verifier, store, state, error) < 0)
		return -1;
	ck_assert_str_eq(link.account, "berlin");
	ck_assert_str_eq(link.redirect, "https://example.com/back");
	ck_assert_str_eq(verifier, "the-verifier");
	ck_assert_uint_eq(json_object_size(secrets), 1);
	ck_assert_str_eq(json_string_value(json_object_get(secrets, "api_key")), "three");
	secrets_text_free_take(verifier);
	secrets_free_take(secrets);
	pending_link_clear(&link);
	return 0;
}

static int64_t count_keys(void)
{
	struct error error = { 0 };
	int64_t count = 0;

	ck_assert_int_eq(
		query_number(&count, 0, store->db, "SELECT count(*) FROM data_key", BIND_NOTHING, &error), 0);
	return count;
}

START_TEST(a_link_is_taken_once)
{
	struct error error = { 0 };

	ck_assert_int_eq(add("berlin", "state-1", &error), 0);
	ck_assert_int_eq(take("state-2", &error), -1);
	ck_assert_int_eq(error.code, ERROR_LINK_NOT_FOUND);
	ck_assert_msg(take("state-1", &error) == 0, "%s", error.message);
	ck_assert_int_eq(take("state-1", &error), -1);
	ck_assert_int_eq(error.code, ERROR_LINK_NOT_FOUND);
	ck_assert_int_eq(count_keys(), 2); /* of the log and the profile */
}
END_TEST

START_TEST(a_link_that_is_looked_at_stays)
{
	struct error error = { 0 };
	struct pending_link link;

	ck_assert_int_eq(add("berlin", "state-1", &error), 0);
	ck_assert_int_eq(links_find(&link, store, "state-2", &error), -1);
	ck_assert_int_eq(error.code, ERROR_LINK_NOT_FOUND);
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(links_find(&link, store, "state-1", &error), 0);
		ck_assert_str_eq(link.redirect, "https://example.com/back");
		pending_link_clear(&link);
	}
	ck_assert_int_eq(take("state-1", &error), 0);
	ck_assert_int_eq(links_find(&link, store, "state-1", &error), -1);
}
END_TEST

/* What came of the code takes the verifier's place, and is found by the same state. */
START_TEST(a_link_is_put_back_with_its_token)
{
	struct error error = { 0 };
	struct pending_link link;
	json_t *secrets = NULL;
	char *verifier = NULL;

	ck_assert_int_eq(add("berlin", "state-1", &error), 0);
	ck_assert_int_eq(links_take(&link, &secrets, &verifier, store, "state-1", &error), 0);
	ck_assert_ptr_null(link.token);
	link.token = json_pack("{s:s, s:s}", "access", "four", "refresh", "five");
	ck_assert_int_eq(links_put_back(&link, store, secrets, "state-1", NULL, &error), 0);
	secrets_text_free_take(verifier);
	secrets_free_take(secrets);
	pending_link_clear(&link);

	ck_assert_int_eq(links_take(&link, &secrets, &verifier, store, "state-1", &error), 0);
	ck_assert_ptr_null(verifier);
	ck_assert_uint_eq(json_object_size(secrets), 1);
	ck_assert_uint_eq(json_object_size(link.token), 2);
	ck_assert_str_eq(json_string_value(json_object_get(link.token, "access")), "four");
	ck_assert_str_eq(json_string_value(json_object_get(link.token, "refresh")), "five");
	secrets_free_take(secrets);
	pending_link_clear(&link);
	ck_assert_int_eq(take("state-1", &error), -1);
}
END_TEST

START_TEST(one_link_waits_for_an_account)
{
	struct error error = { 0 };

	ck_assert_int_eq(add("berlin", "state-1", &error), 0);
	ck_assert_int_eq(add("berlin", "state-2", &error), -1);
	ck_assert_int_eq(error.code, ERROR_NAME_TAKEN);
	ck_assert_int_eq(links_withdraw(store, "amsterdam", &error), -1);
	ck_assert_int_eq(error.code, ERROR_LINK_NOT_FOUND);
	ck_assert_int_eq(links_withdraw(store, "berlin", &error), 0);
	ck_assert_int_eq(count_keys(), 2);
	ck_assert_int_eq(take("state-1", &error), -1);
	ck_assert_int_eq(add("berlin", "state-2", &error), 0);
	now_ms += 7 * DAY_MS; /* one that has expired is in nobody's way */
	ck_assert_int_eq(add("berlin", "state-3", &error), 0);
}
END_TEST

START_TEST(a_link_expires)
{
	struct error error = { 0 };
	struct pending_link *list;
	size_t count;

	ck_assert_int_eq(add("berlin", "state-1", &error), 0);
	now_ms += 7 * DAY_MS;
	ck_assert_int_eq(take("state-1", &error), -1);
	ck_assert_int_eq(error.code, ERROR_LINK_NOT_FOUND);
	ck_assert_ptr_nonnull(strstr(error.message, "berlin"));
	ck_assert_ptr_nonnull(strstr(error.message, "expired on 2027-01-22"));
	ck_assert_int_eq(links_list(&list, &count, store, &error), 0);
	ck_assert_uint_eq(count, 0);
	/* Its secrets go at once, its row later: who comes late is told why. */
	ck_assert_int_eq(store_prune(store, &error), 0);
	ck_assert_int_eq(count_keys(), 2);
	ck_assert_int_eq(take("state-1", &error), -1);
	ck_assert_ptr_nonnull(strstr(error.message, "expired"));
	now_ms += 31 * DAY_MS;
	ck_assert_int_eq(store_prune(store, &error), 0);
	ck_assert_int_eq(take("state-1", &error), -1);
	ck_assert_ptr_null(strstr(error.message, "expired"));
}
END_TEST

START_TEST(links_are_listed_in_order)
{
	struct error error = { 0 };
	struct pending_link *list;
	size_t count;

	ck_assert_int_eq(add("berlin", "state-1", &error), 0);
	now_ms++;
	ck_assert_int_eq(add("amsterdam", "state-2", &error), 0);
	ck_assert_int_eq(links_list(&list, &count, store, &error), 0);
	ck_assert_uint_eq(count, 2);
	ck_assert_str_eq(list[0].account, "berlin");
	ck_assert_str_eq(list[1].account, "amsterdam");
	links_free(list, count);
}
END_TEST

START_TEST(a_link_goes_with_its_profile)
{
	struct error error = { 0 };

	ck_assert_int_eq(add("berlin", "state-1", &error), 0);
	ck_assert_int_eq(profiles_remove(store, "acme", &error), 0);
	ck_assert_int_eq(count_keys(), 1);
	ck_assert_int_eq(take("state-1", &error), -1);
	ck_assert_int_eq(error.code, ERROR_LINK_NOT_FOUND);
	ck_assert_int_eq(add("berlin", "state-1", &error), -1);
	ck_assert_int_eq(error.code, ERROR_PROFILE_NOT_FOUND);
}
END_TEST

static Suite *suite(void)
{
	Suite *made = suite_create("store/links");
	TCase *cases = tcase_create("links");

	tcase_add_checked_fixture(cases, setup, teardown);
	tcase_add_test(cases, a_link_is_taken_once);
	tcase_add_test(cases, a_link_that_is_looked_at_stays);
	tcase_add_test(cases, a_link_is_put_back_with_its_token);
	tcase_add_test(cases, one_link_waits_for_an_account);
	tcase_add_test(cases, a_link_expires);
	tcase_add_test(cases, links_are_listed_in_order);
	tcase_add_test(cases, a_link_goes_with_its_profile);
	suite_add_tcase(made, cases);
	return made;
}

CHECK_MAIN(suite)
