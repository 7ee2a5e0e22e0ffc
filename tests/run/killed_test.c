/* Refresh tokens that rotate, under SIGKILL: at each named point, and at random. The sandbox's ledger is the judge: no
 * token may be lost and none used twice, but for those whose process was killed between sending the old token and
 * having the new one on disk. These are counted apart, and what becomes of them is the policy's decision.
 *
 * MUSTER_KILLED_REFRESHES says how many refreshes there are under random kills: 10,000 take two minutes. */
#include "config.h"

#include "base/clock.h"
#include "base/text.h"
#include "run/renewal.h"
#include "store/profiles.h"

#include "check_main.h"
#include "run/sandboxed.h"
#include "store/fixture.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	WORKERS = 6,
	ACCOUNTS = 96,
	POINTS = 4,        /* of a refresh */
	ROUNDS = 5,        /* at each named point */
	REFRESHES = 600,   /* by default */
	KILL_MS = 100,     /* a worker is killed about so often */
	REQUEST_MS = 8000, /* a token request takes no longer */
	LEASE_MS = 12000,
	BUSY_MS = 100, /* so long a worker waits for another, then it takes another account */
};

#define GOOD(call) \
	do { \
		struct error error = { 0 }; \
		int result_ = (call); \
		ck_assert_msg(result_ == 0, "%s: %s", #call, error.message); \
	} while (0)

/* What a worker lets the parent see, also when it is dead. */
struct slot {
	atomic_int account; /* whose token it is after; -1: nobody's */
	atomic_int point;   /* which it passed last; -1: none yet */
	atomic_int armed;   /* where it announces itself and waits to be killed; -1: nowhere */
};

static struct shared {
	atomic_llong later_ms; /* so far ahead is the store's clock */
	atomic_int stop;
	atomic_int refreshes; /* tokens that a worker was issued */
	atomic_int needs_linking[ACCOUNTS];
	struct slot slots[WORKERS];
} * shared;

/* What only the parent knows. */
struct linked {
	char id[STORE_ID_SIZE];
	unsigned family;
	bool in_doubt; /* a worker was killed between sending and sealing */
};

static struct {
	struct place place;
	struct sandboxed sandboxed;
	struct linked accounts[ACCOUNTS];
	struct token_policy policy;
	int announced[2];
	pid_t workers[WORKERS];
	unsigned windows; /* kills between sending and sealing */
	unsigned kills;
	unsigned relinked;
	unsigned lost; /* accounts that need linking although nothing was in doubt */
} t;

/* ---- Store and accounts ------------------------------------------------------------------------------- */

static int64_t now_ms(void *context)
{
	struct timespec now;

	(void)context;
	(void)clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000 + atomic_load(&shared->later_ms);
}

static void on_point(void *context, enum store_point point)
{
	struct slot *slot = context;
	char byte = (char)point;

	atomic_store(&slot->point, (int)point);
	if (atomic_load(&slot->armed) != (int)point)
		return;
	if (write(t.announced[1], &byte, 1) != 1)
		_exit(1);
	for (;;)
		(void)pause();
}

/* Every process opens the store for itself; the parent has it open only where it does not fork. */
static struct store *open_store(struct slot *slot)
{
	struct store_options options = place_options(&t.place);
	struct store *store;

	options.now_ms = now_ms;
	options.on_point = slot ? on_point : NULL;
	options.context = slot;
	GOOD(store_open(&store, &options, &error));
	return store;
}

static void link_account(struct store *store, const char *profile, int i, bool replace)
{
	struct account_token token = sandboxed_consent(&t.sandboxed, "oauth");
	struct account account = { .provider = "employment_hero" };

	token.expires_ms = 1; /* long ago: whoever wants it has to renew it */
	(void)snprintf(account.name, sizeof account.name, "account-%d", i);
	(void)snprintf(account.profile, sizeof account.profile, "%s", profile);
	GOOD(accounts_add(&account, store, NULL, &token, 1, replace, &error));
	(void)snprintf(t.accounts[i].id, sizeof t.accounts[i].id, "%s", account.id);
	t.accounts[i].family = t.sandboxed.families;
	t.accounts[i].in_doubt = false;
	atomic_store(&shared->needs_linking[i], 0);
	account_clear(&account);
	sandboxed_drop(&token);
}

static void link_all(int count)
{
	struct store *store = open_store(NULL);
	struct profile profile = { .name = "eh", .provider = "employment_hero", .auth = "oauth" };

	GOOD(profiles_add(&profile, store, NULL, &error));
	for (int i = 0; i < count; i++)
		link_account(store, profile.id, i, false);
	profile_clear(&profile);
	store_close(store);
}

static void link_again(int i)
{
	struct store *store = open_store(NULL);
	struct profile profile;

	GOOD(profiles_get(&profile, store, "eh", &error));
	link_account(store, profile.id, i, true);
	profile_clear(&profile);
	store_close(store);
	t.relinked++;
}

static void begin(const char *rotation, enum token_recovery recovery, int accounts)
{
	char folder[256];

	shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ck_assert_ptr_ne(shared, MAP_FAILED);
	for (int i = 0; i < WORKERS; i++)
		shared->slots[i] = (struct slot){ -1, -1, -1 };
	ck_assert_int_eq(pipe(t.announced), 0);
	place_make(&t.place);
	(void)snprintf(folder, sizeof folder, "%s/sandbox", t.place.top);
	sandboxed_start(&t.sandboxed, folder, rotation);
	t.policy = (struct token_policy){ .recovery = recovery, .grace_ms = 3600000, .lease_ms = LEASE_MS };
	link_all(accounts);
}

static void end(void)
{
	sandboxed_stop(&t.sandboxed);
	place_remove(&t.place);
}

/* ---- A worker ----------------------------------------------------------------------------------------- */

struct worker {
	struct slot *slot;
	struct store *store;
	uv_loop_t loop;
	uv_timer_t patience;
	struct fetch_settings settings;
	struct fetch *fetch;
	struct url token_url;
	struct guard_host host;
	struct credential credentials[2];
	uint64_t version;
	struct error error;
	bool told, waited;
};

static void worker_open(struct worker *worker, struct slot *slot)
{
	static const char url[] = "https://oauth.employmenthero.com/oauth2/token";

	memset(worker, 0, sizeof *worker);
	worker->slot = slot;
	worker->store = open_store(slot);
	ck_assert_int_eq(uv_loop_init(&worker->loop), 0);
	ck_assert_int_eq(uv_timer_init(&worker->loop, &worker->patience), 0);
	worker->patience.data = worker;
	sandboxed_settings(&worker->settings, &t.sandboxed);
	worker->settings.deadline_ms = REQUEST_MS;
	GOOD(fetch_new(&worker->fetch, &worker->loop, &worker->settings, &error));
	GOOD(url_parse(&worker->token_url, url, strlen(url), ERROR_INTERNAL, "the test", &error));
	worker->host = (struct guard_host){ .name = "oauth.employmenthero.com", .uses = GUARD_TOKEN };
	worker->credentials[0] = (struct credential){ "field.client_id", t.sandboxed.client_id, false };
	worker->credentials[1] =
		(struct credential){ "field.client_secret", t.sandboxed.client_secret, true };
}

static void worker_close(struct worker *worker)
{
	uv_close((uv_handle_t *)&worker->patience, NULL);
	fetch_free(worker->fetch);
	(void)uv_run(&worker->loop, UV_RUN_DEFAULT);
	(void)uv_loop_close(&worker->loop);
	store_close(worker->store);
}

static void on_token(void *context, const char *text, uint64_t version, const struct error *error)
{
	struct worker *worker = context;

	(void)text;
	worker->version = version;
	memset(&worker->error, 0, sizeof worker->error);
	if (error)
		worker->error = *error;
	worker->told = true;
}

static void on_waited(uv_timer_t *timer)
{
	struct worker *worker = timer->data;

	worker->waited = true;
}

/* Until it is told, or another has been at it for longer than we care. */
static bool ask(struct worker *worker, struct token *token, struct renewal *renewal, bool patient)
{
	struct token_waiter waiter = { .on_token = on_token, .context = worker };

	worker->told = worker->waited = false;
	(void)uv_timer_start(&worker->patience, on_waited, BUSY_MS, BUSY_MS);
	token_ask(token, &waiter, clock_now_ms());
	while (!worker->told && (patient || !worker->waited || renewal_is_busy(renewal)))
		(void)uv_run(&worker->loop, UV_RUN_ONCE);
	(void)uv_timer_stop(&worker->patience);
	if (!worker->told)
		token_leave(token, &waiter);
	return worker->told;
}

/* The provider says that the token which is there is no good: a newer one is wanted. */
static void renew(struct worker *worker, int account, bool patient)
{
	static const struct credential_place places[] = {
		{ CREDENTIAL_FORM, "client_id", "{field.client_id}" },
		{ CREDENTIAL_FORM, "client_secret", "{field.client_secret}" },
	};
	const struct renewal_options options = { .store = worker->store,
		.account = t.accounts[account].id,
		.auth = "oauth",
		.policy = t.policy,
		.grant = { worker->fetch, &worker->token_url, &worker->host, 1,
			{ .places = places,
				.place_count = 2,
				.credentials = { worker->credentials, 2, NULL } } } };
	struct renewal *renewal;
	struct token_source source;
	struct token *token;

	atomic_store(&worker->slot->point, -1);
	atomic_store(&worker->slot->account, account);
	GOOD(renewal_new(&renewal, &options, &error));
	source = renewal_source(renewal);
	GOOD(token_new(&token, &source, &error));
	if (ask(worker, token, renewal, patient) && !worker->error.code && !renewal_issued(renewal) &&
		token_refused(token, worker->version))
		(void)ask(worker, token, renewal, patient);
	if (worker->told && worker->error.code == ERROR_NEEDS_LINKING)
		atomic_store(&shared->needs_linking[account], 1);
	else if (worker->told && !worker->error.code && renewal_issued(renewal))
		atomic_fetch_add(&shared->refreshes, 1);
	else if (worker->told && worker->error.code)
		(void)fprintf(stderr, "# account %d: %s\n", account, worker->error.message);
	token_free(token);
	renewal_free(renewal);
	atomic_store(&worker->slot->account, -1);
}

static uint32_t random_below(uint32_t limit)
{
	uint32_t random;

	ck_assert_int_eq(getrandom(&random, sizeof random, 0), sizeof random);
	return random % limit;
}

static void be_worker(struct slot *slot)
{
	struct worker worker;

	worker_open(&worker, slot);
	while (!atomic_load(&shared->stop)) {
		int account = (int)random_below(ACCOUNTS);
		if (!atomic_load(&shared->needs_linking[account]))
			renew(&worker, account, false);
	}
	worker_close(&worker);
	_exit(0);
}

static void start_worker(int i)
{
	t.workers[i] = fork();
	ck_assert_int_ge(t.workers[i], 0);
	if (t.workers[i] == 0)
		be_worker(&shared->slots[i]);
}

/* In a process of its own, to its end. */
static void renew_accounts(int count)
{
	int status;
	pid_t child = fork();

	ck_assert_int_ge(child, 0);
	if (child == 0) {
		struct worker worker;
		worker_open(&worker, &shared->slots[0]);
		for (int i = 0; i < count; i++)
			if (!atomic_load(&shared->needs_linking[i]))
				renew(&worker, i, true);
		worker_close(&worker);
		_exit(0);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static bool is_in_window(const struct slot *slot)
{
	int point = atomic_load(&slot->point);

	return atomic_load(&slot->account) >= 0 &&
	       (point == STORE_REFRESH_BEGUN || point == STORE_REFRESH_ANSWERED);
}

static void bury(int i)
{
	struct slot *slot = &shared->slots[i];
	int status;

	ck_assert_int_eq(kill(t.workers[i], SIGKILL), 0);
	ck_assert_int_eq(waitpid(t.workers[i], &status, 0), t.workers[i]);
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	t.kills++;
	if (is_in_window(slot)) {
		t.windows++;
		t.accounts[atomic_load(&slot->account)].in_doubt = true;
	}
	*slot = (struct slot){ -1, -1, -1 };
}

/* ---- At the named points ------------------------------------------------------------------------------ */

static const char *outcome(const json_t *refreshes, size_t i)
{
	return json_string_value(json_object_get(json_array_get(refreshes, i), "outcome"));
}

struct expectation {
	enum store_point point;
	bool linked;      /* the account is well afterwards */
	size_t requests;  /* for a refresh, by then */
	const char *last; /* what the provider said to the last of them */
};

/* A worker stops at the point and is killed; when its lease has lapsed another comes. */
static void kill_at(const struct expectation *expected, int account)
{
	struct slot *slot = &shared->slots[0];
	json_t *refreshes;
	char point;

	atomic_store(&slot->armed, (int)expected->point);
	t.workers[0] = fork();
	ck_assert_int_ge(t.workers[0], 0);
	if (t.workers[0] == 0) {
		struct worker worker;
		worker_open(&worker, slot);
		renew(&worker, account, true);
		_exit(1);
	}
	ck_assert_int_eq(read(t.announced[0], &point, 1), 1);
	ck_assert_int_eq(point, (char)expected->point);
	bury(0);
	atomic_fetch_add(&shared->later_ms, LEASE_MS);
	renew_accounts(account + 1);
	ck_assert_int_eq(!atomic_load(&shared->needs_linking[account]), expected->linked);
	refreshes = sandboxed_refreshes(&t.sandboxed, t.accounts[account].family);
	ck_assert_uint_ge(json_array_size(refreshes), expected->requests);
	if (expected->requests)
		ck_assert_str_eq(outcome(refreshes, expected->requests - 1), expected->last);
	if (!expected->linked)
		ck_assert_uint_eq(json_array_size(refreshes), expected->requests);
	for (size_t i = 0; expected->linked && i < json_array_size(refreshes); i++)
		ck_assert_str_eq(outcome(refreshes, i), "accepted");
	json_decref(refreshes);
}

static void kill_at_all(const struct expectation expected[POINTS])
{
	for (int round = 0; round < ROUNDS; round++)
		for (int i = 0; i < POINTS; i++)
			kill_at(&expected[i], round * POINTS + i);
}

START_TEST(named_points_retry_once)
{
	static const struct expectation expected[POINTS] = {
		{ STORE_REFRESH_BEGUN, true, 1, "accepted" },   /* it never left */
		{ STORE_REFRESH_ANSWERED, false, 2, "reused" }, /* the window */
		{ STORE_REFRESH_SEALED, true, 1, "accepted" },  /* the answer is on disk */
		{ STORE_REFRESH_DONE, true, 1, "accepted" },
	};

	begin("strict", TOKEN_RETRY_ONCE, ROUNDS * POINTS);
	kill_at_all(expected);
	end();
}
END_TEST

START_TEST(named_points_within_grace)
{
	static const struct expectation expected[POINTS] = {
		{ STORE_REFRESH_BEGUN, true, 1, "accepted" },
		{ STORE_REFRESH_ANSWERED, true, 2,
			"accepted" }, /* the old one is good till the new one is used */
		{ STORE_REFRESH_SEALED, true, 1, "accepted" },
		{ STORE_REFRESH_DONE, true, 1, "accepted" },
	};

	begin("grace", TOKEN_RETRY_WITHIN_GRACE, ROUNDS * POINTS);
	kill_at_all(expected);
	end();
}
END_TEST

START_TEST(named_points_link_again)
{
	static const struct expectation expected[POINTS] = {
		{ STORE_REFRESH_BEGUN, false, 0, NULL }, /* nobody knows that it never left */
		{ STORE_REFRESH_ANSWERED, false, 1, "accepted" },
		{ STORE_REFRESH_SEALED, true, 1, "accepted" },
		{ STORE_REFRESH_DONE, true, 1, "accepted" },
	};

	begin("strict", TOKEN_LINK_AGAIN, ROUNDS * POINTS);
	kill_at_all(expected);
	end();
}
END_TEST

/* ---- At random ---------------------------------------------------------------------------------------- */

enum { FAMILIES_MAX = 4096 };

static struct family {
	int account;
	bool in_doubt;
	unsigned accepted, reused;
	char newest[64]; /* the fingerprint of what was issued last */
} families[FAMILIES_MAX];

/* What is known of an account's family when it is given up, or at the end. */
static void note_family(int account)
{
	const struct linked *linked = &t.accounts[account];

	ck_assert_uint_lt(linked->family, FAMILIES_MAX);
	families[linked->family].account = account;
	families[linked->family].in_doubt |= linked->in_doubt;
}

static void link_the_lost(void)
{
	for (int i = 0; i < ACCOUNTS; i++)
		if (atomic_load(&shared->needs_linking[i])) {
			note_family(i);
			t.lost += !t.accounts[i].in_doubt;
			link_again(i);
		}
}

static void kill_at_random(int refreshes)
{
	for (int i = 0; i < WORKERS; i++)
		start_worker(i);
	while (atomic_load(&shared->refreshes) < refreshes) {
		const struct timespec pause = { 0, (long)random_below(2 * KILL_MS) * 1000000 };
		int victim = (int)random_below(WORKERS);
		(void)nanosleep(&pause, NULL);
		bury(victim);
		link_the_lost();
		start_worker(victim);
	}
	atomic_store(&shared->stop, 1);
	for (int i = 0; i < WORKERS; i++) {
		int status;
		ck_assert_int_eq(waitpid(t.workers[i], &status, 0), t.workers[i]);
		ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	}
}

/* Every refresh token is the one that the refresh before brought; none is used twice, but where a kill hit
 * the window. Counts what was taken again in doubt, and what was refused. */
static void judge(unsigned *accepted, unsigned *reused)
{
	json_t *refreshes = sandboxed_refreshes(&t.sandboxed, 0), *entry;
	size_t i;

	json_array_foreach(refreshes, i, entry)
	{
		size_t number = (size_t)json_integer_value(json_object_get(entry, "family"));
		const char *used = json_string_value(json_object_get(entry, "used"));
		const char *issued = json_string_value(json_object_get(entry, "issued"));
		struct family *family = &families[number];
		ck_assert_uint_lt(number, FAMILIES_MAX);
		if (strcmp(outcome(refreshes, i), "accepted") == 0) {
			ck_assert_msg(!family->newest[0] || strcmp(family->newest, used) == 0,
				"family %zu: the token is not the newest", number);
			(void)snprintf(family->newest, sizeof family->newest, "%s", issued);
			family->accepted++;
			++*accepted;
		} else {
			ck_assert_str_eq(outcome(refreshes, i), "reused");
			ck_assert_msg(family->in_doubt, "family %zu: reused outside of the window", number);
			ck_assert_uint_eq(++family->reused, 1);
			++*reused;
		}
	}
	json_decref(refreshes);
}

START_TEST(random_kills)
{
	const char *asked = getenv("MUSTER_KILLED_REFRESHES");
	uint64_t refreshes = REFRESHES;
	unsigned accepted = 0, reused = 0;
	int64_t began_ms = clock_now_ms();

	ck_assert(!asked || text_to_u64(&refreshes, asked) == 0);
	begin("strict", TOKEN_RETRY_ONCE, ACCOUNTS);
	kill_at_random((int)refreshes);
	/* Whatever the dead left is resolved, and every account renewed once more. */
	atomic_fetch_add(&shared->later_ms, LEASE_MS);
	renew_accounts(ACCOUNTS);
	for (int i = 0; i < ACCOUNTS; i++) {
		note_family(i);
		if (atomic_load(&shared->needs_linking[i])) {
			t.relinked++;
			t.lost += !t.accounts[i].in_doubt;
		}
	}
	judge(&accepted, &reused);
	(void)printf(
		"# %u refreshes in %.1f s by %d processes, of which %u were killed: %u of them between sending a "
		"refresh token and sealing the next.\n"
		"# Of these %u were resolved by sending it again, %u by linking again: %u as the provider took "
		"the first and refused the second, %u as the second was cut off too.\n"
		"# Lost otherwise: %u. Used twice otherwise: 0.\n",
		accepted, (double)(clock_now_ms() - began_ms) / 1000, WORKERS, t.kills, t.windows,
		t.windows - t.relinked, t.relinked, reused, t.relinked - reused, t.lost);
	(void)fflush(stdout);
	ck_assert_uint_ge(accepted, (unsigned)refreshes);
	ck_assert_uint_eq(t.lost, 0);
	ck_assert_uint_le(t.relinked, t.windows);
	end();
}
END_TEST

static Suite *make_suite(void)
{
	Suite *suite = suite_create("run: killed");
	TCase *tests = tcase_create("killed");

	tcase_set_timeout(tests, 3600);
	tcase_add_test(tests, named_points_retry_once);
	tcase_add_test(tests, named_points_within_grace);
	tcase_add_test(tests, named_points_link_again);
	tcase_add_test(tests, random_kills);
	suite_add_tcase(suite, tests);
	return suite;
}

CHECK_MAIN(make_suite)
