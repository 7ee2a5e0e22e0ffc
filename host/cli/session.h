/* What run and api have in common: a provider, the credentials of a file, a loop to reach it on. */
#ifndef MUSTER_CLI_SESSION_H
#define MUSTER_CLI_SESSION_H

#include "base/error.h"
#include "catalog/catalog.h"
#include "catalog/entries.h"
#include "cli/configuration.h"
#include "cli/options.h"
#include "run/connection.h"

#include <stdbool.h>
#include <uv.h>

enum { SESSION_SIGNALS = 2 };

struct session {
	struct configuration configuration;
	struct catalog *catalog;
	const struct provider *provider;
	const struct manifest_action *action; /* NULL: none was named */
	const struct manifest_auth *auth;
	struct entries fields;
	bool allow_partial_jail;

	/* The rest is the session's own. */
	uv_loop_t loop;
	uv_signal_t signals[SESSION_SIGNALS];
	size_t signal_count; /* of those, open */
	struct fetch *fetch;
	struct budget *budget;
	bool loop_open;
	void (*on_interrupt)(void *context);
	void *context;
};

/* Options that both take. */
#define SESSION_OPTIONS \
	OPTION_PLUGIN_PATH, OPTION_JSON, \
		{ .name = "credentials", \
			.value = "FILE", \
			.help = "A JSON object of the fields that the provider asks for; - is stdin." }, \
	{ \
		.name = "deadline", .value = "SECONDS", \
		.help = "How long one request may take, with all its retries (600)." \
	}

/* Opens the catalog, finds the provider and, if action is not NULL, its action; auth is an auth's id or NULL:
 * the action's, or the first. session_close() in any case. */
int session_open(struct session *session, const struct arguments *arguments, const char *provider,
	const char *action, const char *auth, struct error *error);

/* Reads and checks the credentials, and makes the loop. on_interrupt is called when the person wants to stop. */
int session_connect(struct session *session, const struct arguments *arguments,
	void (*on_interrupt)(void *context), void *context, struct error *error);

/* Makes a connection for an action, which the caller frees before session_close(); NULL: for any request. */
int session_connection(struct connection **out, struct session *session, const struct manifest_action *action,
	struct error *error);

/* Turns the loop until session_stop() is called. */
void session_run(struct session *session);
void session_stop(struct session *session);

/* What used the connection must be freed before. */
void session_close(struct session *session);

#endif
