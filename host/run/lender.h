/* Lends blocks of the store's budgets to this process: fetch asks on the loop, the store is asked from worker
 * threads. When the store can't be asked, this process counts for itself for a while. */
#ifndef MUSTER_RUN_LENDER_H
#define MUSTER_RUN_LENDER_H

#include "base/error.h"
#include "fetch/budget.h"
#include "store/store.h"

#include <uv.h>

struct lender;

/* From now on the budget's limits are shared. budget is borrowed until lender_free(), the store until
 * the loop is empty after it. */
int lender_new(struct lender **out, uv_loop_t *loop, struct store *store, struct budget *budget,
	struct error *error);

/* Hands back what is left. The loop must turn until it is empty. */
void lender_free(struct lender *lender);

#endif
