/* The audit log: its chain, and what shows when somebody meddles with it. */
#include "config.h"

#include "store/audit.h"

#include "check_main.h"
#include "store/fixture.h"
#include "store/inside.h"

#include <stdio.h>
#include <string.h>

#define DAY_MS (INT64_C(24) * 3600 * 1000)

static struct place place;
static struct store *store;
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
	options.audit_keep_days = 10;
	ck_assert_int_eq(store_open(&store, &options, &error), 0);
	for (int i = 0; i < 5; i++) {
		ck_assert_int_eq(audit_add(store, "run", i % 2 ? "odd" : "even", NULL, &error), 0);
		now_ms += DAY_MS;
	}
}

static void teardown(void)
{
	store_close(store);
	place_remove(&place);
}

static json_t *read_log(const char *subject, int64_t since_ms, uint64_t limit)
{
	const struct audit_query query = { subject, since_ms, limit };
	struct error error = { 0 };
	json_t *list = NULL;

	ck_assert_msg(audit_read(&list, store, &query, &error) == 0, "%s", error.message);
	return list;
}

static json_int_t number_at(const json_t *list, size_t at)
{
	return json_integer_value(json_object_get(json_array_get(list, at), "number"));
}

START_TEST(entries_are_read_in_order)
{
	json_t *all = read_log(NULL, 0, 0);
	json_t *some = read_log("even", 0, 2);
	json_t *late = read_log(NULL, INT64_C(1800000000000) + 3 * DAY_MS, 0);

	ck_assert_uint_eq(json_array_size(all), 6); /* and that it was created */
	ck_assert_int_eq(number_at(all, 0), 1);
	ck_assert_int_eq(number_at(all, 5), 6);
	ck_assert_uint_eq(json_array_size(some), 2); /* the last two */
	ck_assert_int_eq(number_at(some, 0), 4);
	ck_assert_int_eq(number_at(some, 1), 6);
	ck_assert_uint_eq(json_array_size(late), 2);
	json_decref(all);
	json_decref(some);
	json_decref(late);
}
END_TEST

/* As well as one can who has the file and no key. */
#define CUT_OFF_END \
	"DELETE FROM audit WHERE number > 4; UPDATE meta SET audit_number = 4, audit_hash =" \
	" (SELECT CAST(hash || substr(audit_hash, 33) AS BLOB) FROM audit WHERE number = 4)"

START_TEST(a_change_shows)
{
	static const struct {
		const char *sql;
		const char *told;
	} rows[] = {
		{ "UPDATE audit SET actor = 'nobody (0)' WHERE number = 3", "Entry 3 " },
		{ "UPDATE audit SET what = 'x' WHERE number = 1", "Entry 1 " },
		{ "UPDATE audit SET at_ms = at_ms + 1 WHERE number = 6", "Entry 6 " },
		{ "UPDATE audit SET detail = '{\"a\":1}' WHERE number = 2", "Entry 2 " },
		{ "DELETE FROM audit WHERE number = 4", "Entry 4 " },
		{ "DELETE FROM audit WHERE number = 1", "Entry 1 " },
		{ "DELETE FROM audit WHERE number > 4", "ends with entry 4, but 6 were written" },
		{ "DELETE FROM audit", "ends with entry 0, but 6 were written" },
		{ "UPDATE audit SET hash = (SELECT hash FROM audit WHERE number = 2) WHERE number = 3",
			"Entry 3 " },
		{ "UPDATE audit SET hash = x'00' WHERE number = 3", "damaged" },
		{ "UPDATE meta SET audit_hash = (SELECT hash FROM audit WHERE number = 6)", "damaged" },
		{ CUT_OFF_END, "The end of the audit log was taken off" },
		{ "UPDATE meta SET audit_pruned = 2, audit_pruned_hash ="
		  " (SELECT CAST(hash || substr(audit_pruned_hash, 33) AS BLOB) FROM audit WHERE number = 2);"
		  "DELETE FROM audit WHERE number < 3",
			"The beginning of the audit log was taken off" },
		{ "DELETE FROM audit; UPDATE meta SET audit_number = 0, audit_hash = audit_pruned_hash",
			"The end of the audit log was taken off" },
	};
	struct error error = { 0 };
	uint64_t entries;

	ck_assert_int_eq(audit_verify(&entries, store, &error), 0);
	ck_assert_uint_eq(entries, 6);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		ck_assert_int_eq(query_script(store->db, "SAVEPOINT meddling", &error), 0);
		ck_assert_int_eq(query_script(store->db, rows[i].sql, &error), 0);
		/* In the same transaction, so that it can be taken back. */
		ck_assert_int_eq(audit_verify_inside(&entries, store, &error), -1);
		ck_assert_int_eq(error.code, ERROR_AUDIT_BROKEN);
		ck_assert_msg(
			strstr(error.message, rows[i].told) != NULL, "%s: %s", rows[i].sql, error.message);
		ck_assert_int_eq(
			query_script(store->db, "ROLLBACK TO meddling; RELEASE meddling", &error), 0);
	}
	ck_assert_int_eq(audit_verify(&entries, store, &error), 0);
}
END_TEST

static void is_broken(const char *told)
{
	struct error error = { 0 };
	uint64_t entries;

	ck_assert_int_eq(audit_verify(&entries, store, &error), -1);
	ck_assert_int_eq(error.code, ERROR_AUDIT_BROKEN);
	ck_assert_msg(strstr(error.message, told) != NULL, "%s", error.message);
}

START_TEST(what_is_written_later_heals_nothing)
{
	struct error error = { 0 };

	ck_assert_int_eq(query_script(store->db, CUT_OFF_END, &error), 0);
	ck_assert_int_eq(audit_add(store, "run", "later", NULL, &error), 0);
	is_broken("The end of the audit log was taken off");
	now_ms += 100 * DAY_MS; /* nor does it go by itself */
	ck_assert_int_eq(store_prune(store, &error), 0);
	is_broken("The end of the audit log was taken off");
}
END_TEST

START_TEST(what_is_made_old_is_not_pruned)
{
	struct error error = { 0 };
	json_t *list;

	ck_assert_int_eq(query_script(store->db, "UPDATE audit SET at_ms = 1 WHERE number < 4", &error), 0);
	ck_assert_int_eq(store_prune(store, &error), 0);
	is_broken("Entry 1 ");
	list = read_log(NULL, 0, 0);
	ck_assert_uint_eq(json_array_size(list), 6);
	json_decref(list);
}
END_TEST

START_TEST(what_is_pruned_leaves_the_chain_whole)
{
	struct error error = { 0 };
	uint64_t entries;
	json_t *list;

	now_ms = INT64_C(1800000000000) + 12 * DAY_MS + 1;
	ck_assert_int_eq(store_prune(store, &error), 0);
	ck_assert_msg(audit_verify(&entries, store, &error) == 0, "%s", error.message);
	ck_assert_uint_eq(entries, 2);
	list = read_log(NULL, 0, 0);
	ck_assert_int_eq(number_at(list, 0), 5);
	json_decref(list);
	/* All of it, and it goes on. */
	now_ms += 100 * DAY_MS;
	ck_assert_int_eq(store_prune(store, &error), 0);
	ck_assert_int_eq(audit_verify(&entries, store, &error), 0);
	ck_assert_uint_eq(entries, 0);
	ck_assert_int_eq(audit_add(store, "run", "", NULL, &error), 0);
	ck_assert_int_eq(audit_verify(&entries, store, &error), 0);
	ck_assert_uint_eq(entries, 1);
}
END_TEST

START_TEST(changes_are_told_and_failures_are_not)
{
	struct error error = { 0 };
	struct profile profile;
	struct account account;
	json_t *list;

	add_profile(&profile, store, "acme", "one");
	add_account(&account, store, &profile, "berlin", "two");
	ck_assert_int_eq(accounts_rename(store, "berlin", "acme.berlin", &error), 0);
	ck_assert_int_eq(accounts_rename(store, "acme.berlin", "not a name", &error), -1);
	ck_assert_int_eq(
		accounts_state(store, account.id, ACCOUNT_NEEDS_LINKING, "It was revoked.", &error), 0);
	ck_assert_int_eq(accounts_remove(store, "acme.berlin", &error), 0);
	list = read_log(account.id, 0, 0);
	ck_assert_uint_eq(json_array_size(list), 4);
	ck_assert_str_eq(json_string_value(json_object_get(json_array_get(list, 3), "what")), "unlinked");
	ck_assert_str_eq(json_string_value(json_object_get(json_array_get(list, 3), "name")), "acme.berlin");
	ck_assert_str_ne(json_string_value(json_object_get(json_array_get(list, 3), "actor")), "");
	json_decref(list);
	account_clear(&account);
	profile_clear(&profile);
}
END_TEST

static Suite *suite(void)
{
	Suite *made = suite_create("store/audit");
	TCase *cases = tcase_create("audit");

	tcase_add_checked_fixture(cases, setup, teardown);
	tcase_add_test(cases, entries_are_read_in_order);
	tcase_add_test(cases, a_change_shows);
	tcase_add_test(cases, what_is_written_later_heals_nothing);
	tcase_add_test(cases, what_is_made_old_is_not_pruned);
	tcase_add_test(cases, what_is_pruned_leaves_the_chain_whole);
	tcase_add_test(cases, changes_are_told_and_failures_are_not);
	suite_add_tcase(made, cases);
	return made;
}

CHECK_MAIN(suite)
