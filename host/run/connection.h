/* A connection: a provider reached with one set of credentials, on the terms that its manifest states. */
#ifndef MUSTER_RUN_CONNECTION_H
#define MUSTER_RUN_CONNECTION_H

#include "base/error.h"
#include "catalog/catalog.h"
#include "catalog/entries.h"
#include "catalog/scopes.h"
#include "fetch/call.h"
#include "fetch/grant.h"
#include "store/accounts.h"

#include <jansson.h>
#include <stdbool.h>

struct connection;

/* Who waits for a connection to be ready; owned by the caller, zero before the first use. */
struct connection_waiter {
	struct connection *connection;
	struct token_waiter token;
	void (*on_ready)(void *context, const struct error *error);
	void *context;
};

/* All borrowed until connection_free(). */
struct connection_options {
	struct fetch *fetch;
	struct budget *budget;
	const struct provider *provider;
	const struct manifest_auth *auth;
	const struct manifest_action *action; /* NULL: any request of the api command */
	const struct entries *fields;         /* those of fields_check() */
	/* Of an account: the ids of the actions that its profile enables, or null: all. The scopes of all of
	 * them are requested, since they share one token. NULL: no account, those of the action. */
	const json_t *enabled;
	/* The linked account whose fields these are, and the store that has its tokens: what is renewed is
	 * shared with all who use the account, in whatever process. Both or neither. */
	struct store *store;
	const struct account *account;
	bool renew;              /* ask for a new token, however fresh the account's is */
	bool allow_partial_jail; /* for the auth's hook */
};

/* Makes ready; sends nothing. SCOPE_MISSING when it is clear by now that the action's scope will not be
 * requested. */
int connection_new(struct connection **out, const struct connection_options *options, struct error *error);

/* Is a token being renewed that the store waits for? Better turn the loop until it is not, before
 * connection_free(): what is broken off leaves the account's refresh token in doubt. */
bool connection_is_busy(const struct connection *connection);

/* Calls that still go on must be cancelled before. With an account the loop must turn until it is empty
 * before the store is closed. */
void connection_free(struct connection *connection);

/* The terms for call_start(), as long as the connection lives. */
const struct call_terms *connection_terms(const struct connection *connection);

/* The auth's token request, for those who make one themselves; borrowed from the connection. */
struct grant_request connection_token_request(const struct connection *connection);

/* Gives it the token that such a request brought. */
void connection_set_token(struct connection *connection, struct oauth2_answer *answer_take);

/* The scopes that are asked for, as a set and as the auth sends them ("": not at all). */
const struct scopes *connection_requested(const struct connection *connection);
const char *connection_scope(const struct connection *connection);

/* The scopes that came with the token; what the provider doesn't say counts as granted.
 * *said is whether it did. */
int connection_granted(
	struct scopes *out, bool *said, const struct connection *connection, struct error *error);

/* Gets the token and compares what was granted with what the action needs; then calls on_ready, with an error
 * or NULL, perhaps before it returns. Any number may wait. */
void connection_prepare(struct connection_waiter *waiter, struct connection *connection,
	void (*on_ready)(void *context, const struct error *error), void *context);

/* Adds to a refusal by the provider what only the connection knows: the scopes that were needed, the guide
 * that mends it. Other errors stay as they are. Of an account it is put down that the scope was refused. */
void connection_explain(const struct connection *connection, struct error *error);

/* The provider did what the action asks for: of an account it is put down, once, that the scopes are there. */
void connection_answered(struct connection *connection);

/* No longer wants to hear of it. */
void connection_leave(struct connection_waiter *waiter);

#endif
