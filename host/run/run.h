/* A run: one action, executed once for one connection; its records go to whoever receives them. Several runs
 * share a loop. */
#ifndef MUSTER_RUN_RUN_H
#define MUSTER_RUN_RUN_H

#include "base/error.h"
#include "catalog/catalog.h"
#include "catalog/entries.h"
#include "record/model.h"
#include "run/connection.h"
#include "run/deliver.h"

#include <stdbool.h>
#include <stdint.h>

struct run;

/* Borrowed until run_free(). */
struct run_request {
	struct connection *connection;
	const struct provider *provider;
	const struct manifest_action *action;
	const struct entries *fields;     /* those of fields_check() */
	const struct entries *parameters; /* those of parameters_check() */
	const struct model *model;        /* the action's */
	struct receiver receiver;         /* called on the loop */
	uint64_t limit;                   /* records; 0: all */
	bool raw;                         /* the provider's own records */
	bool allow_partial;               /* run the plugin also in a partial jail */
};

struct run_progress {
	uint64_t records;
	uint64_t pages;
	uint64_t bytes; /* of the provider's answers */
};

/* on_done comes once, from the loop: error is NULL when all went well. Then call run_free(). */
int run_start(struct run **out, const struct run_request *request,
	void (*on_done)(void *context, const struct error *error), void *context, struct error *error);

/* While who receives is behind, nothing is read from the runner, and so it waits. At most what one read of
 * its socket brings still comes after a pause. */
void run_pause(struct run *run);
void run_resume(struct run *run);

/* Ends it early: on_done follows, with INTERRUPTED. */
void run_interrupt(struct run *run);

/* Stops what still goes on; on_done does not come any more. The loop must turn until it is empty. */
void run_free(struct run *run);

struct run_progress run_progress(const struct run *run);

#endif
