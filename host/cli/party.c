#include "config.h"

#include "cli/party.h"

#include "base/log.h"
#include "catalog/fields.h"
#include "cli/assign.h"
#include "cli/unknown.h"
#include "run/validate.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

/* Is there an account of this name? 1, 0, or -1. A store that can't be opened is told only where an account
 * is meant, that is, where no credentials are given. */
static int find_account(
	struct party *party, const struct arguments *arguments, const char *name, struct error *error)
{
	struct session *session = party->session;
	struct error missing = { 0 };

	if (arguments_text(arguments, "credentials", NULL))
		return 0;
	if (session_store(session, arguments, error) < 0)
		return -1;
	if (!session->store)
		return 0;
	if (linked_open(&party->linked, session->store, session->catalog, name, session_is_sandbox(session),
		    &missing) == 0)
		return 1;
	if (missing.code == ERROR_ACCOUNT_NOT_FOUND)
		return 0;
	*error = missing;
	return -1;
}

/* With credentials it can only be a connector that is meant. */
static int find_provider(
	struct party *party, const struct arguments *arguments, const char *name, struct error *error)
{
	struct error missing = { 0 };

	if (catalog_provider(&party->provider, party->session->catalog, name, &missing) == 0)
		return 0;
	if (missing.code == ERROR_PROVIDER_NOT_FOUND && !arguments_text(arguments, "credentials", NULL))
		return unknown_account(party->session, arguments, name, error);
	*error = missing;
	return -1;
}

static int choose(struct party *party, const char *action, const char *auth, struct error *error)
{
	const struct manifest *manifest = party->provider->manifest;

	if (action && manifest_find_action(&party->action, manifest, action, error) < 0)
		return -1;
	if (party->action)
		auth = party->action->auth;
	party->auth = party->is_linked ? party->linked.auth : &manifest->auths[0];
	if (auth && manifest_find_auth(&party->auth, manifest, auth, error) < 0)
		return -1;
	if (!party->is_linked)
		return 0;
	if (party->action)
		return linked_may_run(&party->linked, party->action, error);
	if (manifest_fields_auth(manifest, party->auth) == manifest_fields_auth(manifest, party->linked.auth))
		return 0;
	return error_set(error, ERROR_USAGE, "%s is linked by the auth %s, which shares nothing with %s.",
		party->linked.account.name, party->linked.auth->id, party->auth->id);
}

int party_find(struct party *party, struct session *session, const struct arguments *arguments,
	const char *name, const char *action, const char *auth, struct error *error)
{
	int found;

	memset(party, 0, sizeof *party);
	party->session = session;
	party->fields = &party->entered;
	found = find_account(party, arguments, name, error);
	if (found < 0)
		return -1;
	if (found) {
		party->is_linked = true;
		party->provider = party->linked.provider;
		party->fields = &party->linked.fields;
	} else if (find_provider(party, arguments, name, error) < 0) {
		return -1;
	}
	party->allow_partial_jail = catalog_trusts(session->catalog, party->provider->manifest->id);
	return choose(party, action, auth, error);
}

int party_enter(struct party *party, const struct arguments *arguments, struct error *error)
{
	const char *path = arguments_text(arguments, "credentials", NULL);
	const struct manifest *manifest = party->provider->manifest;
	struct entries given = ENTRIES_INIT;
	int result;

	if (party->is_linked)
		return 0;
	if (!path) {
		char where[PATH_MAX + 64];

		unknown_where(where, sizeof where, party->session, arguments);
		(void)error_set(error, ERROR_USAGE,
			"There is no account %s %s, and --credentials FILE is missing.", manifest->id, where);
		return error_hint(error,
			"'muster link %s' makes an account. FILE is a JSON object of the fields that 'muster show %s' "
			"lists; 'muster guide %s' says where to get them.",
			manifest->id, manifest->id, manifest->id);
	}
	result = assign_read_credentials(&given, path, error);
	if (result == 0)
		result = fields_check(&party->entered, &given, manifest, party->auth, error);
	entries_clear(&given);
	if (result == 0)
		result = validate_fields(
			party->provider, party->auth, &party->entered, party->allow_partial_jail, error);
	return result;
}

struct connection_options party_options(const struct party *party)
{
	const struct session *session = party->session;
	bool linked = party->is_linked;

	return (struct connection_options){ .fetch = session->fetch,
		.budget = session->budget,
		.provider = party->provider,
		.auth = party->auth,
		.fields = party->fields,
		.enabled = linked ? party->linked.profile.actions : NULL,
		.store = linked ? session->store : NULL,
		.account = linked ? &party->linked.account : NULL,
		.allow_partial_jail = party->allow_partial_jail };
}

int party_connection(struct connection **out, const struct party *party, const struct manifest_action *action,
	struct error *error)
{
	struct connection_options options = party_options(party);

	options.action = action;
	if (action)
		options.auth = manifest_auth(party->provider->manifest, action->auth);
	return connection_new(out, &options, error);
}

void party_explain(const struct party *party, struct error *error)
{
	if (!party->is_linked)
		return;
	(void)snprintf(error->account, sizeof error->account, "%s", party->linked.account.name);
	if (error->code == ERROR_NEEDS_LINKING)
		(void)error_hint(error, "Link it again with 'muster link %s --name %s'.",
			party->linked.profile.name, party->linked.account.name);
}

void party_seen(const struct party *party, const struct error *why)
{
	struct error error = { 0 };

	if (!party->is_linked || (why && why->code == ERROR_INTERRUPTED))
		return;
	if (accounts_seen(party->session->store, party->linked.account.id,
		    why ? error_code_text(why->code) : "", &error) < 0)
		log_warning("how it went is not put down: %s", error.message);
}

void party_clear(struct party *party)
{
	linked_clear(&party->linked);
	entries_clear(&party->entered);
}
