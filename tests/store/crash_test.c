/* SIGKILL at every point at which a rotation of the key, a migration or the end of a link can be cut off: whatever the moment,
 * the store opens afterwards, everything in it is there, and what was begun is either done or not done. */
#include "config.h"

#include "base/secrets.h"
#include "check_main.h"
#include "store/audit.h"
#include "store/fixture.h"
#include "store/inside.h"
#include "store/key.h"
#include "store/links.h"

#include <glob.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static struct place place;

static void setup(void)
{
	place_make(&place);
}

static void teardown(void)
{
	place_remove(&place);
}

/* The point at which the child tells and waits for its end. */
struct trap {
	enum store_point point;
	int tell;
};

static void spring(void *context, enum store_point point)
{
	const struct trap *trap = context;
	char told = 1;

	if (point != trap->point)
		return;
	if (write(trap->tell, &told, 1) != 1)
		_exit(2);
	for (;;)
		(void)pause();
}

/* Opens the store in another process, lets it work, and kills it at the point. */
static void kill_with(
	enum store_point point, int (*work)(struct store *, struct error *), int64_t (*now_ms)(void *context))
{
	struct store_options options = place_options(&place);
	struct error error = { 0 };
	struct store *store;
	struct trap trap = { .point = point };
	char told;
	int ends[2];
	int status;
	pid_t child;

	ck_assert_int_eq(pipe(ends), 0);
	child = fork();
	ck_assert_int_ge(child, 0);
	if (child == 0) {
		trap.tell = ends[1];
		options.now_ms = now_ms;
		options.on_point = spring;
		options.context = &trap;
		if (store_open(&store, &options, &error) == 0 && work)
			(void)work(store, &error);
		_exit(3);
	}
	ck_assert_int_eq(close(ends[1]), 0);
	ck_assert_msg(read(ends[0], &told, 1) == 1, "point %d was not passed", (int)point);
	ck_assert_int_eq(kill(child, SIGKILL), 0);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFSIGNALED(status));
	ck_assert_int_eq(close(ends[0]), 0);
}

static void kill_at(enum store_point point, int (*work)(struct store *, struct error *))
{
	kill_with(point, work, NULL);
}

static size_t count_files(const char *folder, const char *pattern)
{
	char path[256];
	glob_t found;
	size_t count;

	(void)snprintf(path, sizeof path, "%s/%s", folder, pattern);
	if (glob(path, 0, NULL, &found) != 0)
		return 0;
	count = found.gl_pathc;
	globfree(&found);
	return count;
}

START_TEST(a_rotation_is_cut_off)
{
	static const struct {
		enum store_point point;
		uint64_t version; /* of the key afterwards */
	} rows[] = {
		{ STORE_ROTATION_WRITTEN, 1 },
		{ STORE_ROTATION_WRAPPED, 1 },
		{ STORE_ROTATION_COMMITTED, 2 },
		{ STORE_ROTATION_DONE, 2 },
	};
	struct error error = { 0 };
	struct key_state state;
	struct profile profile;
	struct account account;
	struct store *store = place_store(&place);
	uint64_t entries;
	char *secret;

	add_profile(&profile, store, "acme", "one");
	add_account(&account, store, &profile, "berlin", "two");
	store_close(store);
	kill_at(rows[_i].point, key_rotate);
	for (int again = 0; again < 2; again++) {
		store = place_store(&place);
		ck_assert_int_eq(key_state(&state, store, &error), 0);
		ck_assert_uint_eq(state.version, rows[_i].version);
		secret = account_secret(store, "berlin", &error);
		ck_assert_msg(secret != NULL, "%s", error.message);
		ck_assert_str_eq(secret, "two");
		free(secret);
		ck_assert_int_eq(audit_verify(&entries, store, &error), 0);
		ck_assert_uint_eq(entries, 2 + rows[_i].version);
		store_close(store);
	}
	if (rows[_i].version == 2) /* the old key is gone */
		ck_assert_uint_eq(count_files(place.config, "key*"), 1);
	/* And the next one goes through, and tidies up. */
	store = place_store(&place);
	ck_assert_msg(key_rotate(store, &error) == 0, "%s", error.message);
	ck_assert_uint_eq(count_files(place.config, "key*"), 1);
	store_close(store);
	store_close(place_store(&place));
	account_clear(&account);
	profile_clear(&profile);
}
END_TEST

/* The tables of a time before the first release. */
static void make_old_tables(void)
{
	char *message = NULL;
	sqlite3 *db;

	ck_assert_int_eq(mkdir(place.data, 0700), 0);
	ck_assert_int_eq(sqlite3_open(place_path(&place, "store.db"), &db), SQLITE_OK);
	ck_assert_msg(sqlite3_exec(db,
			      "PRAGMA application_id = 0x4d535452; CREATE TABLE note (text TEXT);"
			      "INSERT INTO note VALUES ('kept')",
			      NULL, NULL, &message) == SQLITE_OK,
		"%s", message);
	ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
	ck_assert_int_eq(chmod(place_path(&place, "store.db"), 0600), 0);
}

static int64_t count_notes(const char *name)
{
	sqlite3_stmt *query;
	sqlite3 *db;
	int64_t count;

	ck_assert_int_eq(
		sqlite3_open_v2(place_path(&place, name), &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
	ck_assert_int_eq(sqlite3_prepare_v2(db, "SELECT count(*) FROM note", -1, &query, NULL), SQLITE_OK);
	ck_assert_int_eq(sqlite3_step(query), SQLITE_ROW);
	count = sqlite3_column_int64(query, 0);
	ck_assert_int_eq(sqlite3_finalize(query), SQLITE_OK);
	ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
	return count;
}

START_TEST(a_migration_is_cut_off)
{
	static const enum store_point points[] = { STORE_MIGRATION_COPIED, STORE_MIGRATION_RAISED,
		STORE_MIGRATION_DONE };
	struct error error = { 0 };
	struct profile profile;
	struct store *store;
	uint64_t entries;

	make_old_tables();
	kill_at(points[_i], NULL);
	ck_assert_int_eq(count_notes("store.db"), 1);
	ck_assert_int_eq(count_notes("store.db.v0"), 1);
	store = place_store(&place);
	add_profile(&profile, store, "acme", "one");
	ck_assert_int_eq(audit_verify(&entries, store, &error), 0);
	ck_assert_uint_eq(entries, 2);
	profile_clear(&profile);
	store_close(store);
	ck_assert_int_eq(count_notes("store.db"), 1);
	ck_assert_int_eq(count_notes("store.db.v0"), 1);
	ck_assert_uint_eq(count_files(place.config, "key*"), 1);
}
END_TEST

/* A new store is begun by one who is killed, and made by the next. */
START_TEST(a_beginning_is_cut_off)
{
	kill_at(STORE_MIGRATION_RAISED, NULL);
	store_close(place_store(&place));
	ck_assert_uint_eq(count_files(place.data, "store.db.v*"), 0);
	ck_assert_uint_eq(count_files(place.config, "key*"), 1);
}
END_TEST

enum { LEASE_MS = 75000 };

static int64_t much_later(void *context)
{
	(void)context;
	return INT64_C(1800000000000) + LEASE_MS;
}

static int64_t at_first(void *context)
{
	(void)context;
	return INT64_C(1800000000000);
}

/* Takes the link and exchanges its code; the account is not stored any more. */
static int finish_link(struct store *store, struct error *error)
{
	struct pending_link link = { .id = "" };
	json_t *secrets = NULL;
	char *verifier = NULL;
	int result = links_take(&link, &secrets, &verifier, store, "state", LEASE_MS, error);

	if (result == 0) {
		link.token = json_pack("{s:s}", "access", "four");
		result = links_keep(&link, store, LEASE_MS, error);
	}
	secrets_text_free_take(verifier);
	secrets_free_take(secrets);
	pending_link_clear(&link);
	return result;
}

/* The consent of a customer is not lost: first there is its code still, then what that was exchanged for. */
START_TEST(the_end_of_a_link_is_cut_off)
{
	static const enum store_point points[] = { STORE_LINK_TAKEN, STORE_LINK_KEPT };
	struct store_options options = place_options(&place);
	struct pending_link link = { .account = "berlin", .expires_ms = INT64_MAX };
	struct error error = { 0 };
	struct profile profile;
	struct store *store;
	json_t *secrets;
	char *verifier;

	options.now_ms = at_first;
	ck_assert_int_eq(store_open(&store, &options, &error), 0);
	add_profile(&profile, store, "acme", "one");
	memcpy(link.profile, profile.id, sizeof link.profile);
	ck_assert_int_eq(links_add(&link, store, NULL, "state", "verifier", &error), 0);
	store_close(store);
	kill_with(points[_i], finish_link, at_first);

	ck_assert_int_eq(store_open(&store, &options, &error), 0);
	ck_assert_int_eq(links_take(&link, &secrets, &verifier, store, "state", LEASE_MS, &error), -1);
	ck_assert_int_eq(error.code, ERROR_LINK_BUSY);
	store_close(store);
	options.now_ms = much_later;
	ck_assert_int_eq(store_open(&store, &options, &error), 0);
	ck_assert_msg(links_take(&link, &secrets, &verifier, store, "state", LEASE_MS, &error) == 0, "%s",
		error.message);
	ck_assert((verifier == NULL) == (points[_i] == STORE_LINK_KEPT));
	ck_assert((link.token == NULL) == (points[_i] == STORE_LINK_TAKEN));
	store_close(store);
	secrets_text_free_take(verifier);
	secrets_free_take(secrets);
	pending_link_clear(&link);
	profile_clear(&profile);
}
END_TEST

static Suite *suite(void)
{
	Suite *made = suite_create("store/crash");
	TCase *cases = tcase_create("crash");

	tcase_add_checked_fixture(cases, setup, teardown);
	tcase_add_loop_test(cases, a_rotation_is_cut_off, 0, 4);
	tcase_add_loop_test(cases, a_migration_is_cut_off, 0, 3);
	tcase_add_test(cases, a_beginning_is_cut_off);
	tcase_add_loop_test(cases, the_end_of_a_link_is_cut_off, 0, 2);
	suite_add_tcase(made, cases);
	return made;
}

CHECK_MAIN(suite)
