/* Many runs of one account at once, in several processes, with a token that has expired, or that only the provider
 * knows to be no good: the sandbox's ledger shows one refresh.
 *
 * MUSTER_CROWD_RUNS says how many runs there are, if not 1,000. */
#include "config.h"

#include "base/clock.h"
#include "base/text.h"
#include "run/run.h"
#include "store/profiles.h"

#include "check_main.h"
#include "run/sandboxed.h"
#include "store/fixture.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Under the sanitizers a runner takes so long to start that a thousand at once run out of patience. */
#if defined __SANITIZE_ADDRESS__ || defined MUSTER_RELAXED_JAIL
enum { PROCESSES = 4, RUNS = 100 };
#else
enum { PROCESSES = 4, RUNS = 1000 };
#endif

#define GOOD(call) \
	do { \
		struct error error = { 0 }; \
		int result_ = (call); \
		ck_assert_msg(result_ == 0, "%s: %s", #call, error.message); \
	} while (0)

static struct shared {
	atomic_int ready; /* processes that wait for the start */
	atomic_int go;
	atomic_int done;
	atomic_int failed;
	atomic_llong records;
	char words[512]; /* of some failure */
} * shared;

static struct place place;
static struct sandboxed sandboxed;
static struct account account;

static void link_account(int64_t expires_ms)
{
	struct store *store = place_store(&place);
	struct profile profile = { .name = "eh", .provider = "employment_hero", .auth = "oauth" };
	struct account_token token = sandboxed_consent(&sandboxed, "oauth");

	token.expires_ms = expires_ms;
	GOOD(profiles_add(&profile, store, NULL, &error));
	account = (struct account){ .name = "nova", .provider = "employment_hero" };
	(void)snprintf(account.profile, sizeof account.profile, "%s", profile.id);
	GOOD(accounts_add(&account, store, NULL, &token, 1, false, &error));
	sandboxed_drop(&token);
	profile_clear(&profile);
	store_close(store);
}

/* ---- One process of the crowd ------------------------------------------------------------------------- */

struct party {
	uv_loop_t loop;
	struct store *store;
	struct catalog *catalog;
	struct fetch_settings settings;
	struct fetch *fetch;
	struct connection_options options;
	struct entries fields, parameters;
	const struct model *model;
	unsigned under_way;
};

/* One of its runs. */
struct member {
	struct party *party;
	struct connection *connection;
	struct run *run;
};

static void set_field(struct entries *fields, const char *id, const char *text)
{
	GOOD(entries_set(fields, id, text, strlen(text), false, &error));
}

static void party_open(struct party *party)
{
	struct connection_options *options = &party->options;
	struct rlimit files;

	memset(party, 0, sizeof *party);
	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &files), 0);
	files.rlim_cur = files.rlim_max;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &files), 0);
	ck_assert_int_eq(uv_loop_init(&party->loop), 0);
	party->store = place_store(&place);
	GOOD(catalog_new(&party->catalog, NULL, NULL, &error));
	sandboxed_settings(&party->settings, &sandboxed);
	GOOD(fetch_new(&party->fetch, &party->loop, &party->settings, &error));
	set_field(&party->fields, "client_id", sandboxed.client_id);
	set_field(&party->fields, "client_secret", sandboxed.client_secret);
	set_field(&party->fields, "redirect_url", sandboxed.redirect_url);
	options->fetch = party->fetch;
	options->fields = &party->fields;
	options->store = party->store;
	options->account = &account;
	options->enabled = json_null();
	options->allow_partial_jail = true;
	GOOD(catalog_provider(&options->provider, party->catalog, "employment_hero", &error));
	GOOD(manifest_find_action(
		&options->action, options->provider->manifest, "list_organisations", &error));
	GOOD(manifest_find_auth(&options->auth, options->provider->manifest, options->action->auth, &error));
	GOOD(models_find(&party->model, catalog_models(party->catalog), options->action->model, &error));
}

static void party_close(struct party *party)
{
	fetch_free(party->fetch);
	(void)uv_run(&party->loop, UV_RUN_DEFAULT);
	(void)uv_loop_close(&party->loop);
	entries_clear(&party->fields);
	catalog_free(party->catalog);
	store_close(party->store);
}

static void on_done(void *context, const struct error *error)
{
	struct member *member = context;

	if (error) {
		atomic_fetch_add(&shared->failed, 1);
		(void)snprintf(shared->words, sizeof shared->words, "%s", error->message);
	} else {
		atomic_fetch_add(&shared->done, 1);
	}
	if (--member->party->under_way == 0)
		uv_stop(&member->party->loop);
}

static int on_record(
	void *context, const struct record *record, const char *key, size_t key_length, struct error *error)
{
	(void)context;
	(void)record;
	(void)key;
	(void)key_length;
	(void)error;
	atomic_fetch_add(&shared->records, 1);
	return 0;
}

static void begin_run(struct member *member, struct party *party)
{
	struct run_request request = { .provider = party->options.provider,
		.action = party->options.action,
		.fields = &party->fields,
		.parameters = &party->parameters,
		.model = party->model,
		.receiver = { on_record, member },
		.allow_partial = true };

	member->party = party;
	GOOD(connection_new(&member->connection, &party->options, &error));
	request.connection = member->connection;
	party->under_way++;
	GOOD(run_start(&member->run, &request, on_done, member, &error));
}

static void be_process(unsigned runs)
{
	struct member *members = calloc(runs, sizeof *members);
	const struct timespec moment = { 0, 1000000 };
	struct party party;

	ck_assert_ptr_nonnull(members);
	party_open(&party);
	atomic_fetch_add(&shared->ready, 1);
	while (!atomic_load(&shared->go))
		(void)nanosleep(&moment, NULL);
	for (unsigned i = 0; i < runs; i++)
		begin_run(&members[i], &party);
	(void)uv_run(&party.loop, UV_RUN_DEFAULT);
	for (unsigned i = 0; i < runs; i++) {
		run_free(members[i].run);
		connection_free(members[i].connection);
	}
	party_close(&party);
	free(members);
	_exit(0);
}

/* ---- The crowd ---------------------------------------------------------------------------------------- */

static void run_all(unsigned runs)
{
	const struct timespec moment = { 0, 1000000 };
	pid_t children[PROCESSES];

	for (int i = 0; i < PROCESSES; i++) {
		children[i] = fork();
		ck_assert_int_ge(children[i], 0);
		if (children[i] == 0)
			be_process(runs / PROCESSES);
	}
	while (atomic_load(&shared->ready) < PROCESSES) {
		ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), 0);
		(void)nanosleep(&moment, NULL);
	}
	atomic_store(&shared->go, 1);
	for (int i = 0; i < PROCESSES; i++) {
		int status;
		ck_assert_int_eq(waitpid(children[i], &status, 0), children[i]);
		ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	}
}

static void set_up(void)
{
	char folder[256];

	shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ck_assert_ptr_ne(shared, MAP_FAILED);
	place_make(&place);
	(void)snprintf(folder, sizeof folder, "%s/sandbox", place.top);
	sandboxed_start(&sandboxed, folder, "strict");
}

static void tear_down(void)
{
	account_clear(&account);
	sandboxed_stop(&sandboxed);
	place_remove(&place);
}

static void crowd(const char *words)
{
	const char *asked = getenv("MUSTER_CROWD_RUNS");
	int64_t began_ms = clock_now_ms();
	uint64_t runs = RUNS;
	json_t *refreshes;

	ck_assert(!asked || text_to_u64(&runs, asked) == 0);
	runs -= runs % PROCESSES;
	run_all((unsigned)runs);
	ck_assert_msg(atomic_load(&shared->failed) == 0, "%d failed: %s", atomic_load(&shared->failed),
		shared->words);
	ck_assert_int_eq(atomic_load(&shared->done), (int)runs);
	ck_assert_int_ge(atomic_load(&shared->records), (long long)runs);
	refreshes = sandboxed_refreshes(&sandboxed, 0);
	(void)printf("# %d runs at once in %d processes, %s: %zu refresh at the provider, in %.1f s.\n",
		atomic_load(&shared->done), PROCESSES, words, json_array_size(refreshes),
		(double)(clock_now_ms() - began_ms) / 1000);
	(void)fflush(stdout);
	ck_assert_uint_eq(json_array_size(refreshes), 1);
	json_decref(refreshes);
}

START_TEST(the_token_has_expired)
{
	link_account(1);
	crowd("the token has expired");
}
END_TEST

START_TEST(the_provider_refuses_the_token)
{
	link_account((clock_wall_s() + 900) * 1000);
	sandboxed_control(&sandboxed, "expire=all");
	crowd("the provider refuses the token");
}
END_TEST

static Suite *make_suite(void)
{
	Suite *suite = suite_create("run: crowd");
	TCase *tests = tcase_create("crowd");

	tcase_set_timeout(tests, 3600);
	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, the_token_has_expired);
	tcase_add_test(tests, the_provider_refuses_the_token);
	suite_add_tcase(suite, tests);
	return suite;
}

CHECK_MAIN(make_suite)
