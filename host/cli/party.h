/* For whom a command reaches a provider: a linked account, or whoever the credentials of a file belong to. */
#ifndef MUSTER_CLI_PARTY_H
#define MUSTER_CLI_PARTY_H

#include "base/error.h"
#include "catalog/entries.h"
#include "cli/options.h"
#include "cli/session.h"
#include "run/connection.h"
#include "run/linked.h"

#include <stdbool.h>

struct party {
	struct session *session; /* borrowed */
	const struct provider *provider;
	const struct manifest_action *action; /* NULL: none was named */
	const struct manifest_auth *auth;
	const struct entries *fields; /* those of fields_check() */
	bool allow_partial_jail;

	/* The rest is the party's own. */
	bool is_linked;
	struct linked linked;
	struct entries entered; /* from the file */
};

/* Finds the account of this name, or the provider: an account comes first unless --credentials is given.
 * action is the name of an action that must be one that may be run, or NULL; auth is an auth's id or NULL:
 * the action's, the account's or the first. party_clear() in any case. */
int party_find(struct party *party, struct session *session, const struct arguments *arguments,
	const char *name, const char *action, const char *auth, struct error *error);

/* Reads and checks the credentials of the file, for who is no account. */
int party_enter(struct party *party, const struct arguments *arguments, struct error *error);

/* How the party is reached by its connections; for no action. */
struct connection_options party_options(const struct party *party);

/* Makes a connection for an action, which the caller frees before session_close(); NULL: for any request. */
int party_connection(struct connection **out, const struct party *party, const struct manifest_action *action,
	struct error *error);

/* Names the account in an error, and how it is mended. */
void party_explain(const struct party *party, struct error *error);

/* Puts down in the store how it went, for an account; why is NULL when it went well. Not on the loop. */
void party_seen(const struct party *party, const struct error *why);

void party_clear(struct party *party);

#endif
