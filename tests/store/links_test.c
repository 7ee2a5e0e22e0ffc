/* Links that are pending. */
#include "config.h"

#include "store/links.h"

#include "base/secrets.h"
#include "check_main.h"
#include "store/audit.h"
#include "store/fixture.h"
#include "store/inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LEASE_MS 75000
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
	struct pending_link link = { .redirect = "https://example.com/back",
		.fields = json_object(),
		.labels = json_pack("{s:s}", "tier", "gold") };
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

/* Takes one that is as add() made it. */
static int take(struct pending_link *link, const char *state, struct error *error)
{
	json_t *secrets = NULL;
	char *verifier = NULL;

	if (links_take(link, &secrets, &verifier, store, state, LEASE_MS, error) < 0)
		return -1;
	ck_assert_str_eq(link->account, "berlin");
	ck_assert_str_eq(link->redirect, "https://example.com/back");
	ck_assert_str_eq(json_string_value(json_object_get(link->labels, "tier")), "gold");
	ck_assert_ptr_null(link->token);
	ck_assert_str_eq(verifier, "the-verifier");
	ck_assert_uint_eq(json_object_size(secrets), 1);
	ck_assert_str_eq(json_string_value(json_object_get(secrets, "api_key")), "three");
	secrets_text_free_take(verifier);
	secrets_free_take(secrets);
	return 0;
}

static int try(const char *state, struct error *error)
{
	struct pending_link link = { .id = "" };
	int result = take(&link, state, error);

	pending_link_clear(&link);
	return result;
}

static char *last_entry(void)
{
	struct error error = { 0 };
	const struct audit_query query = { .limit = 1 };
	json_t *entries = NULL;
	char *text;

	ck_assert_int_eq(audit_read(&entries, store, &query, &error), 0);
	text = json_dumps(json_array_get(entries, 0), JSON_COMPACT);
	json_decref(entries);
	return text;
}

static int64_t count_keys(void)
{
	struct error error = { 0 };
	int64_t count = 0;

	ck_assert_int_eq(
		query_number(&count, 0, store->db, "SELECT count(*) FROM data_key", BIND_NOTHING, &error), 0);
	return count;
}

START_TEST(a_link_is_taken_by_one_at_a_time)
{
	struct error error = { 0 };
	struct pending_link link, other;

	ck_assert_int_eq(add("berlin", "state-1", &error), 0);
	ck_assert_int_eq(try("state-2", &error), -1);
	ck_assert_int_eq(error.code, ERROR_LINK_NOT_FOUND);
	ck_assert_msg(take(&link, "state-1", &error) == 0, "%s", error.message);
	ck_assert_int_eq(try("state-1", &error), -1);
	ck_assert_int_eq(error.code, ERROR_LINK_BUSY);
	ck_assert_ptr_nonnull(strstr(error.message, "berlin right now"));
	ck_assert_ptr_nonnull(strstr(error.hint, "75 seconds"));
	ck_assert_int_eq(links_leave(&link, store, &error), 0);
	ck_assert_msg(take(&other, "state-1", &error) == 0, "%s", error.message);
	/* Who gave it back has nothing to say any more. */
	ck_assert_int_eq(links_leave(&link, store, &error), 0);
	ck_assert_int_eq(try("state-1", &error), -1);
	ck_assert_int_eq(links_end(&link, store, LINK_FINISHED, NULL, &error), -1);
	ck_assert_int_eq(error.code, ERROR_LINK_BUSY);
	ck_assert_int_eq(links_end(&other, store, LINK_FINISHED, NULL, &error), 0);
	ck_assert_int_eq(count_keys(), 2); /* of the log and the profile */
	ck_assert_int_eq(try("state-1", &error), -1);
	ck_assert_int_eq(error.code, ERROR_LINK_NOT_FOUND);
	pending_link_clear(&link);
	pending_link_clear(&other);
}
END_TEST

START_TEST(a_lease_ends)
{
	struct error error = { 0 };
	struct pending_link link, other;

	ck_assert_int_eq(add("berlin", "state-1", &error), 0);
	ck_assert_int_eq(take(&link, "state-1", &error), 0);
	now_ms += LEASE_MS - 1;
	ck_assert_int_eq(try("state-1", &error), -1);
	now_ms++;
	ck_assert_msg(take(&other, "state-1", &error) == 0, "%s", error.message);
	link.token = json_pack("{s:s}", "access", "four");
	ck_assert_int_eq(links_keep(&link, store, LEASE_MS, &error), -1);
	ck_assert_int_eq(error.code, ERROR_LINK_BUSY);
	now_ms -= DAY_MS; /* a clock that was set back makes no lease of a day */
	ck_assert_int_eq(try("state-1", &error), 0);
	pending_link_clear(&link);
	pending_link_clear(&other);
}
END_TEST

START_TEST(how_a_link_ended_is_in_the_log)
{
	static const char *const says[] = { "\"link_finished\"", "\"link_denied\"", "\"link_refused\"" };
	struct error error = { 0 };
	struct pending_link link;
	char *entry;

	ck_assert_int_eq(add("berlin", "state-1", &error), 0);
	ck_assert_int_eq(take(&link, "state-1", &error), 0);
	ck_assert_int_eq(links_end(&link, store, (enum link_end)_i, _i ? "some_code" : NULL, &error), 0);
	entry = last_entry();
	ck_assert_msg(strstr(entry, says[_i]) != NULL, "%s", entry);
	ck_assert_msg((strstr(entry, "{\"error\":\"some_code\"}") != NULL) == (_i > 0), "%s", entry);
	free(entry);
	pending_link_clear(&link);
}
END_TEST

START_TEST(one_that_is_withdrawn_can_not_be_finished)
{
	struct error error = { 0 };
	struct pending_link link;

	ck_assert_int_eq(add("berlin", "state-1", &error), 0);
	ck_assert_int_eq(take(&link, "state-1", &error), 0);
	ck_assert_int_eq(links_withdraw(store, "berlin", &error), 0);
	ck_assert_int_eq(links_end(&link, store, LINK_FINISHED, NULL, &error), -1);
	ck_assert_int_eq(error.code, ERROR_LINK_NOT_FOUND);
	link.token = json_pack("{s:s}", "access", "four");
	ck_assert_int_eq(links_keep(&link, store, LEASE_MS, &error), -1);
	ck_assert_int_eq(error.code, ERROR_LINK_NOT_FOUND);
	pending_link_clear(&link);
}
END_TEST

/* Whoever finishes it when its days end is not cut off. */
START_TEST(a_link_does_not_expire_under_a_lease)
{
	struct error error = { 0 };
	struct pending_link link;

	ck_assert_int_eq(add("berlin", "state-1", &error), 0);
	now_ms += 7 * DAY_MS - 1;
	ck_assert_int_eq(take(&link, "state-1", &error), 0);
	now_ms++;
	ck_assert_int_eq(store_prune(store, &error), 0);
	link.token = json_pack("{s:s}", "access", "four");
	ck_assert_msg(links_keep(&link, store, LEASE_MS, &error) == 0, "%s", error.message);
	ck_assert_int_eq(links_end(&link, store, LINK_FINISHED, NULL, &error), 0);
	pending_link_clear(&link);
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
	ck_assert_int_eq(try("state-1", &error), 0);
	ck_assert_int_eq(links_find(&link, store, "state-1", &error), 0);
	pending_link_clear(&link);
}
END_TEST

/* What came of the code takes the verifier's place, and a later token that of an earlier. */
START_TEST(a_link_keeps_its_token)
{
	struct error error = { 0 };
	struct pending_link link;
	json_t *secrets = NULL;
	char *verifier = NULL;

	ck_assert_int_eq(add("berlin", "state-1", &error), 0);
	ck_assert_int_eq(take(&link, "state-1", &error), 0);
	link.token = json_pack("{s:s, s:s, s:s}", "access", "four", "refresh", "five", "scope", "a b");
	ck_assert_msg(links_keep(&link, store, LEASE_MS, &error) == 0, "%s", error.message);
	secrets_free_take(link.token);
	link.token = json_pack("{s:s, s:s}", "access", "six", "refresh", "seven");
	ck_assert_int_eq(links_keep(&link, store, LEASE_MS, &error), 0);
	ck_assert_int_eq(links_leave(&link, store, &error), 0);
	pending_link_clear(&link);

	ck_assert_int_eq(links_take(&link, &secrets, &verifier, store, "state-1", LEASE_MS, &error), 0);
	ck_assert_ptr_null(verifier);
	ck_assert_uint_eq(json_object_size(secrets), 1);
	ck_assert_uint_eq(json_object_size(link.token), 2);
	ck_assert_str_eq(json_string_value(json_object_get(link.token, "access")), "six");
	ck_assert_str_eq(json_string_value(json_object_get(link.token, "refresh")), "seven");
	secrets_free_take(secrets);
	pending_link_clear(&link);
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
	ck_assert_int_eq(try("state-1", &error), -1);
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
	ck_assert_int_eq(try("state-1", &error), -1);
	ck_assert_int_eq(error.code, ERROR_LINK_NOT_FOUND);
	ck_assert_ptr_nonnull(strstr(error.message, "berlin"));
	ck_assert_ptr_nonnull(strstr(error.message, "expired on 2027-01-22"));
	ck_assert_int_eq(links_list(&list, &count, store, &error), 0);
	ck_assert_uint_eq(count, 0);
	/* Its secrets go at once, its row later: who comes late is told why. */
	ck_assert_int_eq(store_prune(store, &error), 0);
	ck_assert_int_eq(count_keys(), 2);
	ck_assert_int_eq(try("state-1", &error), -1);
	ck_assert_ptr_nonnull(strstr(error.message, "expired"));
	now_ms += 31 * DAY_MS;
	ck_assert_int_eq(store_prune(store, &error), 0);
	ck_assert_int_eq(try("state-1", &error), -1);
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
	ck_assert_int_eq(try("state-1", &error), -1);
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
	tcase_add_test(cases, a_link_is_taken_by_one_at_a_time);
	tcase_add_test(cases, a_lease_ends);
	tcase_add_loop_test(cases, how_a_link_ended_is_in_the_log, 0, LINK_END_COUNT);
	tcase_add_test(cases, one_that_is_withdrawn_can_not_be_finished);
	tcase_add_test(cases, a_link_does_not_expire_under_a_lease);
	tcase_add_test(cases, a_link_that_is_looked_at_stays);
	tcase_add_test(cases, a_link_keeps_its_token);
	tcase_add_test(cases, one_link_waits_for_an_account);
	tcase_add_test(cases, a_link_expires);
	tcase_add_test(cases, links_are_listed_in_order);
	tcase_add_test(cases, a_link_goes_with_its_profile);
	suite_add_tcase(made, cases);
	return made;
}

CHECK_MAIN(suite)
