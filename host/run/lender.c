#include "config.h"

#include "run/lender.h"

#include "base/clock.h"
#include "base/log.h"
#include "store/budgets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct lender {
	uv_loop_t *loop;
	struct store *store;
	struct budget *budget; /* NULL: it is over, and goes with the last errand */
	size_t errands;        /* under way */
	bool warned;
};

/* One question to the store. */
struct errand {
	struct lender *lender;
	uv_work_t work;
	char key[256];
	struct budget_limit limit; /* with that key */
	struct budget_request request;
	struct budget_lease lease;
	int64_t close_ms; /* 0: it is a lease that is wanted */
	int result;
	struct error error;
};

static void on_work(uv_work_t *work)
{
	struct errand *errand = work->data;

	errand->result = errand->close_ms ? budgets_close(errand->lender->store, errand->key,
						    errand->close_ms, &errand->error)
					  : budgets_lease(&errand->lease, errand->lender->store,
						    &errand->request, &errand->error);
}

static void warn(struct lender *lender, const struct error *error)
{
	if (!lender->warned)
		log_warning("Limits are not shared with other processes: %s", error->message);
	lender->warned = true;
}

static void hand_over(struct lender *lender, const struct errand *errand)
{
	const struct budget_block block = { .id = errand->lease.id,
		.granted = errand->lease.granted,
		.hold_ms = errand->lease.hold_ms,
		.wait_ms = errand->lease.wait_ms };

	budget_lent(lender->budget, &errand->limit, errand->result < 0 ? NULL : &block, clock_now_ms());
}

static void on_worked(uv_work_t *work, int status)
{
	struct errand *errand = work->data;
	struct lender *lender = errand->lender;

	(void)status;
	if (errand->result < 0)
		warn(lender, &errand->error);
	if (lender->budget && errand->request.wanted > 0)
		hand_over(lender, errand);
	free(errand);
	if (--lender->errands == 0 && !lender->budget)
		free(lender);
}

static struct errand *errand_new(struct lender *lender, const char *key)
{
	struct errand *errand = calloc(1, sizeof *errand);

	if (!errand)
		return NULL;
	errand->lender = lender;
	errand->work.data = errand;
	(void)snprintf(errand->key, sizeof errand->key, "%s", key);
	return errand;
}

static void start(struct errand *errand)
{
	errand->lender->errands++;
	(void)uv_queue_work(errand->lender->loop, &errand->work, on_work, on_worked);
}

static void borrow(
	void *context, const struct budget_limit *limit, uint32_t wanted, const struct budget_spent *spent)
{
	struct lender *lender = context;
	struct errand *errand = errand_new(lender, limit->key);

	if (!errand)
		return; /* no answer is one, too, in time */
	errand->limit = *limit;
	errand->limit.key = errand->key;
	errand->request = (struct budget_request){ .key = errand->key,
		.count = limit->count,
		.seconds = limit->seconds,
		.wanted = wanted,
		.spent = spent->id,
		.unused = spent->unused,
		.spent_ago_ms = spent->ago_ms };
	start(errand);
}

static void close_key(void *context, const char *key, int64_t for_ms)
{
	struct errand *errand = errand_new(context, key);

	if (!errand)
		return;
	errand->close_ms = for_ms;
	start(errand);
}

int lender_new(
	struct lender **out, uv_loop_t *loop, struct store *store, struct budget *budget, struct error *error)
{
	struct lender *lender = calloc(1, sizeof *lender);
	const struct budget_lender interface = { borrow, close_key, lender };

	if (!lender)
		return error_memory(error);
	lender->loop = loop;
	lender->store = store;
	lender->budget = budget;
	budget_share(budget, &interface, clock_now_ms());
	*out = lender;
	return 0;
}

void lender_free(struct lender *lender)
{
	if (!lender)
		return;
	budget_share(lender->budget, NULL, clock_now_ms());
	lender->budget = NULL;
	if (lender->errands == 0)
		free(lender);
}
