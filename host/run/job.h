/* A job: what a person asks for with one command. One action, for one account or several; once, or for each record
 * of another action, or for each window of a long period; its records completed where the provider keeps parts of
 * them elsewhere. All that comes of it goes into one sink.
 *
 * It is made of runs, which wait in queues, one for each depth: what was asked for (0), what is done for each record
 * (1), what completes a record (2). A run waits for deeper ones only, so none can wait for itself. Runs of one
 * depth go side by side; whoever brings more than can be worked on waits. */
#ifndef MUSTER_RUN_JOB_H
#define MUSTER_RUN_JOB_H

#include "base/error.h"
#include "catalog/catalog.h"
#include "catalog/entries.h"
#include "catalog/models.h"
#include "run/connection.h"
#include "run/run.h"
#include "sink/sink.h"

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

struct job;

/* One of those that the action is run for. */
struct job_account {
	const char *name; /* a member _account of each record; NULL: there is only one, and no such member */
	const struct provider *provider;
	const struct manifest_action *action;
	const struct entries *fields; /* those of fields_check() */
	bool allow_partial;
	/* Makes a connection for an action of this provider; the job frees it. */
	int (*connect)(void *context, struct connection **out, const struct manifest_action *action,
		struct error *error);
	void *context;
};

/* Borrowed until job_free(). */
struct job_request {
	uv_loop_t *loop;
	const struct job_account *accounts;
	size_t account_count;
	const struct entries *parameters; /* as they were given, once each_check() passed them */
	struct models *models;
	const char *each; /* for each record of the action that lists this model; NULL: once */
	struct sink *sink;
	uint64_t limit; /* records in all; 0: no limit */
	bool raw;       /* the provider's own records */
	/* An account failed and others go on; NULL: nobody wants to know. */
	void (*on_failure)(void *context, const char *account, const struct error *error);
	/* No record of an account had these fields, which its credentials may not read: see expected.h. */
	void (*on_missing)(void *context, const struct job_account *account, const char *fields);
	void *context;
};

/* on_done comes once, from the loop: error is NULL when all went well; PARTLY_DONE when of several accounts
 * some failed. Then call job_free(). */
int job_start(struct job **out, const struct job_request *request,
	void (*on_done)(void *context, const struct error *error), void *context, struct error *error);

/* Ends it early: on_done follows, with INTERRUPTED. */
void job_interrupt(struct job *job);

/* Is a token being renewed, whose answer must not be lost? Better turn the loop before
 * job_free() until it is not. */
bool job_is_busy(const struct job *job);

/* Stops what still goes on; on_done does not come any more. The loop must turn until it is empty. */
void job_free(struct job *job);

/* Of all runs together; records are those that were delivered. */
struct run_progress job_progress(const struct job *job);

#endif
