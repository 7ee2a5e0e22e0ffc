/* What commands that reach providers have in common: connectors, accounts, a loop. */
#ifndef MUSTER_CLI_SESSION_H
#define MUSTER_CLI_SESSION_H

#include "base/error.h"
#include "catalog/catalog.h"
#include "cli/configuration.h"
#include "cli/data.h"
#include "cli/options.h"
#include "fetch/budget.h"
#include "fetch/fetch.h"
#include "run/lender.h"

#include <stdbool.h>
#include <uv.h>

enum { SESSION_SIGNALS = 2 };

struct session {
	struct configuration configuration;
	struct catalog *catalog;
	struct store *store; /* NULL: not opened, or there is none */

	/* The rest is the session's own. */
	uv_loop_t loop;
	uv_signal_t signals[SESSION_SIGNALS];
	size_t signal_count; /* of those, open */
	struct fetch *fetch;
	struct budget *budget;
	struct lender *lender; /* shares the limits with other processes; NULL without a store */
	bool loop_open;
	bool turning;
	bool interrupted;
	bool ended;       /* what was begun … */
	struct error why; /* … and why it failed; code NONE: it did not */
	void (*on_interrupt)(void *context);
	void *context;
};

/* Options that all take. */
#define SESSION_OPTIONS \
	OPTION_PLUGIN_PATH, OPTION_DATA_DIR, OPTION_JSON, \
		{ .name = "credentials", \
			.value = "FILE", \
			.help = "A JSON object of the fields that the provider asks for; - is stdin." }, \
	{ \
		.name = "deadline", .value = "SECONDS", \
		.help = "How long one request may take, with all its retries (3600)." \
	}

/* Reads the configuration and opens the catalog. session_close() in any case. */
int session_open(struct session *session, const struct arguments *arguments, struct error *error);

/* Opens the store if there is one. */
int session_store(struct session *session, const struct arguments *arguments, struct error *error);

/* Are providers mapped to other addresses, as the sandbox does it? */
bool session_is_sandbox(const struct session *session);

/* Makes the loop and all that reaches out from it. on_interrupt is called when the person wants to stop while
 * it turns, and sees to it that what goes on ends; NULL: nobody does, session_wait() just leaves it. */
int session_connect(struct session *session, const struct arguments *arguments,
	void (*on_interrupt)(void *context), void *context, struct error *error);

/* One thing at a time goes on in the loop: session_begin(), start it, session_wait() until it has
 * ended. It ends by session_end(), an on_done whose context is the session: error is borrowed,
 * NULL when all went well. */
void session_begin(struct session *session);
void session_end(void *session, const struct error *error);

/* Turns the loop until then. -1: it has failed; or the person has had enough, and
 * that sentence is the error. */
int session_wait(struct session *session, const char *interrupted, struct error *error);

/* Turns the loop until something has happened: for what has to come to its end although the command is over. */
void session_turn(struct session *session);

/* What used the connection must be freed before. */
void session_close(struct session *session);

#endif
