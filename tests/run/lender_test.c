/* One limit, several processes: fetch's budget, fed by the store. In no stretch of its time are there more
 * requests than the limit allows, and nobody is left out. */
#include "config.h"

#include "run/lender.h"

#include "base/clock.h"
#include "store/budgets.h"

#include "check_main.h"
#include "store/fixture.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PROCESSES = 4, COUNT = 40, WINDOW_S = 1, RUN_MS = 3000, MOST = 4096 };

#define GOOD(call) \
	do { \
		struct error error = { 0 }; \
		int result_ = (call); \
		ck_assert_msg(result_ == 0, "%s: %s", #call, error.message); \
	} while (0)

static struct shared {
	atomic_int count;
	struct {
		int64_t at_ms;
		int who;
	} requests[MOST];
} * shared;

static struct place place;
static const struct budget_limit limit = { "account:1", COUNT, WINDOW_S };

struct client {
	uv_loop_t loop;
	uv_timer_t timer;
	struct budget *budget;
	struct lender *lender;
	struct store *store;
	int64_t until_ms;
	int who;
};

/* Asks as fast as it may. */
static void on_timer(uv_timer_t *timer)
{
	struct client *client = timer->data;
	int64_t now_ms = clock_now_ms(), wait_ms = 0;

	if (now_ms >= client->until_ms) {
		uv_close((uv_handle_t *)&client->timer, NULL);
		lender_free(client->lender);
		return;
	}
	GOOD(budget_ask(&wait_ms, client->budget, &limit, 1, BUDGET_SYNC, now_ms, &error));
	if (wait_ms == 0) {
		int i = atomic_fetch_add(&shared->count, 1);
		ck_assert_int_lt(i, MOST);
		shared->requests[i].at_ms = now_ms;
		shared->requests[i].who = client->who;
	}
	(void)uv_timer_start(&client->timer, on_timer, (uint64_t)wait_ms, 0);
}

static void be_client(int who)
{
	struct client client = { .who = who, .until_ms = clock_now_ms() + RUN_MS };

	client.store = place_store(&place);
	ck_assert_int_eq(uv_loop_init(&client.loop), 0);
	ck_assert_int_eq(uv_timer_init(&client.loop, &client.timer), 0);
	client.timer.data = &client;
	GOOD(budget_new(&client.budget, &error));
	GOOD(lender_new(&client.lender, &client.loop, client.store, client.budget, &error));
	(void)uv_timer_start(&client.timer, on_timer, 0, 0);
	ck_assert_int_eq(uv_run(&client.loop, UV_RUN_DEFAULT), 0);
	ck_assert_int_eq(uv_loop_close(&client.loop), 0);
	budget_free(client.budget);
	store_close(client.store);
	_exit(0);
}

static int by_time(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static void set_up(void)
{
	shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ck_assert_ptr_ne(shared, MAP_FAILED);
	place_make(&place);
	store_close(place_store(&place));
}

static void tear_down(void)
{
	place_remove(&place);
}

START_TEST(one_limit_for_all)
{
	int64_t times[MOST];
	int count, shares[PROCESSES] = { 0 };

	for (int i = 0; i < PROCESSES; i++) {
		pid_t child = fork();
		ck_assert_int_ge(child, 0);
		if (child == 0)
			be_client(i);
	}
	for (int i = 0; i < PROCESSES; i++) {
		int status;
		ck_assert_int_gt(wait(&status), 0);
		ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	}
	count = atomic_load(&shared->count);
	for (int i = 0; i < count; i++) {
		times[i] = shared->requests[i].at_ms;
		shares[shared->requests[i].who]++;
	}
	qsort(times, (size_t)count, sizeof times[0], by_time);
	for (int i = COUNT; i < count; i++)
		ck_assert_msg(times[i] - times[i - COUNT] >= WINDOW_S * 1000, "%d requests in %d ms",
			COUNT + 1, (int)(times[i] - times[i - COUNT]));
	for (int i = 0; i < PROCESSES; i++)
		ck_assert_int_gt(shares[i], 0);
	ck_assert_int_ge(count, COUNT);
	(void)printf("# %d requests in %d ms, of %d a second: %d, %d, %d and %d in the four processes.\n",
		count, RUN_MS, COUNT, shares[0], shares[1], shares[2], shares[3]);
	(void)fflush(stdout);
}
END_TEST

/* A single request of each of many short processes uses up no more than one each. */
START_TEST(what_is_left_is_handed_back)
{
	struct client client = { .until_ms = 0 };

	for (int i = 0; i < COUNT; i++) {
		int64_t wait_ms = 1;
		client.store = place_store(&place);
		ck_assert_int_eq(uv_loop_init(&client.loop), 0);
		GOOD(budget_new(&client.budget, &error));
		GOOD(lender_new(&client.lender, &client.loop, client.store, client.budget, &error));
		const struct budget_limit hourly = { "app", COUNT, 3600 };
		while (wait_ms > 0) {
			GOOD(budget_ask(
				&wait_ms, client.budget, &hourly, 1, BUDGET_SYNC, clock_now_ms(), &error));
			ck_assert_int_lt(wait_ms, 1000);
			(void)uv_run(&client.loop, UV_RUN_DEFAULT);
		}
		lender_free(client.lender);
		ck_assert_int_eq(uv_run(&client.loop, UV_RUN_DEFAULT), 0);
		ck_assert_int_eq(uv_loop_close(&client.loop), 0);
		budget_free(client.budget);
		store_close(client.store);
	}
}
END_TEST

START_TEST(a_closed_key_is_closed_for_all)
{
	const struct budget_answer answer = { .remaining = -1, .reset_ms = -1, .retry_ms = 60000 };
	const struct budget_request request = {
		.key = limit.key, .count = COUNT, .seconds = WINDOW_S, .wanted = 1
	};
	struct budget_lease lease;
	struct client client = { .until_ms = 0 };

	client.store = place_store(&place);
	ck_assert_int_eq(uv_loop_init(&client.loop), 0);
	GOOD(budget_new(&client.budget, &error));
	GOOD(lender_new(&client.lender, &client.loop, client.store, client.budget, &error));
	GOOD(budget_correct(client.budget, &limit, &answer, clock_now_ms(), &error));
	(void)uv_run(&client.loop, UV_RUN_DEFAULT);
	GOOD(budgets_lease(&lease, client.store, &request, &error));
	ck_assert_uint_eq(lease.granted, 0);
	ck_assert_int_gt(lease.wait_ms, 50000);
	lender_free(client.lender);
	ck_assert_int_eq(uv_run(&client.loop, UV_RUN_DEFAULT), 0);
	ck_assert_int_eq(uv_loop_close(&client.loop), 0);
	budget_free(client.budget);
	store_close(client.store);
}
END_TEST

static Suite *make_suite(void)
{
	Suite *suite = suite_create("run: lender");
	TCase *tests = tcase_create("lender");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, one_limit_for_all);
	tcase_add_test(tests, what_is_left_is_handed_back);
	tcase_add_test(tests, a_closed_key_is_closed_for_all);
	suite_add_tcase(suite, tests);
	return suite;
}

CHECK_MAIN(make_suite)
