#include "config.h"

#include "run/connection.h"

#include "base/buffer.h"
#include "base/clock.h"
#include "fetch/grant.h"
#include "run/authenticate.h"
#include "run/findings.h"
#include "run/renewal.h"
#include "run/terms.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	SCOPE_TEXT_MAX = 64 * 1024,
	LEASE_SLACK_MS = 15000, /* for the store, before and after a token request */
};

struct connection {
	struct connection_options options;
	struct terms stated; /* by the manifest */
	struct call_terms terms;
	struct scopes requested;
	char *scope; /* of the token request */
	struct url token_url;
	struct grant *grant;               /* the plain way to a token … */
	struct authenticate *authenticate; /* … or the auth's hook */
	struct renewal *renewal;           /* of an account: what they bring is kept in the store */
	struct token *token;
	uint64_t noted; /* the version of the token whose scopes were put down */
	bool answered;
};

/* What an authorization code gave is all there is: without an account nothing brings another. */
static void obtain_none(void *context, struct token *token)
{
	struct error error = { 0 };

	(void)context;
	(void)error_set(&error, ERROR_NEEDS_LINKING, "There is no token: a person has to consent first.");
	(void)error_hint(&error, "'muster link' asks for the consent, and keeps an account that can be run.");
	token_failed(token, &error);
}

static void abandon_none(void *context)
{
	(void)context;
}

static struct token_policy token_policy(const struct manifest_auth *auth)
{
	static const enum token_recovery recoveries[] = {
		[RECOVERY_RETRY_ONCE] = TOKEN_RETRY_ONCE,
		[RECOVERY_RETRY_WITHIN_GRACE] = TOKEN_RETRY_WITHIN_GRACE,
		[RECOVERY_LINK_AGAIN] = TOKEN_LINK_AGAIN,
	};

	return (struct token_policy){ .recovery = recoveries[auth->recovery],
		.grace_ms = (int64_t)auth->grace_seconds * 1000,
		.lease_ms = GRANT_DEADLINE_MS + LEASE_SLACK_MS,
		.renewable = auth->grant != GRANT_AUTHORIZATION_CODE };
}

static int make_renewal(struct connection *c, struct error *error)
{
	const struct renewal_options options = { .store = c->options.store,
		.account = c->options.account->id,
		.auth = c->options.auth->id,
		.policy = token_policy(c->options.auth),
		.grant = connection_token_request(c),
		.authenticate = c->authenticate,
		.renew = c->options.renew };

	return renewal_new(&c->renewal, &options, error);
}

static int make_source(struct token_source *out, struct connection *c, struct error *error)
{
	const struct manifest_auth *auth = c->options.auth;

	if (auth->authenticate) {
		struct authenticate_options options = { .provider = c->options.provider,
			.auth = auth,
			.fields = c->options.fields,
			.grant = connection_token_request(c),
			.allow_partial_jail = c->options.allow_partial_jail };
		if (authenticate_new(&c->authenticate, &options, error) < 0)
			return -1;
		*out = authenticate_source(c->authenticate);
	}
	if (c->options.account) {
		if (make_renewal(c, error) < 0)
			return -1;
		*out = renewal_source(c->renewal);
	} else if (auth->grant == GRANT_AUTHORIZATION_CODE && !auth->authenticate) {
		*out = (struct token_source){ .obtain = obtain_none, .abandon = abandon_none };
	} else if (!auth->authenticate) {
		struct grant_request request = connection_token_request(c);
		if (grant_new(&c->grant, &request, error) < 0)
			return -1;
		*out = grant_source(c->grant);
	}
	return 0;
}

/* The scopes are chosen, the token's source is made; nothing is sent yet. */
static int make_token(struct connection *c, struct error *error)
{
	const struct manifest_auth *auth = c->options.auth;
	struct token_source source;

	if (auth->grant == GRANT_STATIC)
		return 0;
	if (url_parse(&c->token_url, auth->token_url, strlen(auth->token_url), ERROR_PLUGIN_REFUSED,
		    "the auth's token_url", error) < 0)
		return -1;
	if (make_source(&source, c, error) < 0 || token_new(&c->token, &source, error) < 0)
		return -1;
	c->terms.token = c->token;
	return 0;
}

static int choose_scopes(struct connection *c, struct error *error)
{
	const struct connection_options *options = &c->options;
	const struct manifest *manifest = options->provider->manifest;
	struct buffer text = BUFFER_INIT(SCOPE_TEXT_MAX);
	int result = -1;

	if (options->enabled)
		scopes_request_enabled(
			&c->requested, manifest, options->auth, options->enabled, options->fields);
	else if (scopes_request(
			 &c->requested, manifest, options->auth, options->action, options->fields, error) < 0)
		goto out;
	if (scopes_format(&text, &c->requested, manifest, options->auth, options->fields, error) < 0)
		goto out;
	c->scope = buffer_take(&text);
	result = c->scope ? 0 : error_memory(error);
out:
	buffer_clear(&text);
	return result;
}

int connection_new(struct connection **out, const struct connection_options *options, struct error *error)
{
	const struct terms_options stated = { .manifest = options->provider->manifest,
		.auth = options->auth,
		.action = options->action,
		.account = options->account ? options->account->id : NULL,
		.fields = options->fields };
	struct connection *c = calloc(1, sizeof *c);

	if (!c)
		return error_memory(error);
	c->options = *options;
	c->terms = (struct call_terms){ .fetch = options->fetch,
		.limits.budget = options->budget,
		.priority = BUDGET_INTERACTIVE,
		.retry = RETRY_POLICY_INIT };
	if (terms_init(&c->stated, &stated, error) < 0)
		goto fail;
	terms_for_calls(&c->terms, &c->stated);
	if (choose_scopes(c, error) < 0 || make_token(c, error) < 0)
		goto fail;
	*out = c;
	return 0;
fail:
	connection_free(c);
	return -1;
}

void connection_free(struct connection *c)
{
	if (!c)
		return;
	token_free(c->token);
	renewal_free(c->renewal);
	grant_free(c->grant);
	authenticate_free(c->authenticate);
	free(c->scope);
	terms_clear(&c->stated);
	free(c);
}

bool connection_is_busy(const struct connection *connection)
{
	return connection->renewal && renewal_is_busy(connection->renewal);
}

const struct call_terms *connection_terms(const struct connection *connection)
{
	return &connection->terms;
}

struct grant_request connection_token_request(const struct connection *c)
{
	struct grant_request request = { .fetch = c->options.fetch,
		.url = &c->token_url,
		.hosts = c->stated.hosts,
		.host_count = c->stated.host_count,
		.oauth2 = { .scope = c->scope } };

	terms_for_tokens(&request.oauth2, &c->stated);
	return request;
}

void connection_set_token(struct connection *c, struct oauth2_answer *answer_take)
{
	if (c->token)
		token_obtained(c->token, answer_take, clock_now_ms());
}

const struct scopes *connection_requested(const struct connection *c)
{
	return &c->requested;
}

const char *connection_scope(const struct connection *c)
{
	return c->scope;
}

int connection_granted(struct scopes *out, bool *said, const struct connection *c, struct error *error)
{
	const struct connection_options *options = &c->options;
	const char *text = c->token ? token_scope(c->token) : NULL;

	*said = text && text[0];
	return scopes_granted(
		out, text, &c->requested, options->provider->manifest, options->auth, options->fields, error);
}

/* Compares the granted scopes with those that the action needs. */
static int check_granted(struct connection *c, struct error *error)
{
	const struct connection_options *options = &c->options;
	struct scopes granted = { { 0 } };
	bool said;

	if (!options->action)
		return 0;
	if (connection_granted(&granted, &said, c, error) < 0)
		return -1;
	return scopes_check(&granted, options->provider->manifest, options->action, error);
}

static struct findings findings_of(const struct connection *c)
{
	return (struct findings){ .loop = fetch_loop(c->options.fetch),
		.store = c->options.store,
		.account = c->options.account->id,
		.manifest = c->options.provider->manifest };
}

/* What a new token says of its scopes is put down for those who look at the account. */
static void note_scopes(struct connection *c, uint64_t version)
{
	const struct findings findings = c->renewal ? findings_of(c) : (struct findings){ .loop = NULL };
	struct scopes granted = { { 0 } };
	struct error error;
	bool said;

	if (!c->renewal || !renewal_issued(c->renewal) || c->noted == version ||
		connection_granted(&granted, &said, c, &error) < 0 || !said)
		return;
	c->noted = version;
	findings_token(&findings, &c->requested, &granted);
}

static void note_refusal(const struct connection *c)
{
	const struct findings findings = findings_of(c);
	struct scopes granted = { { 0 } };
	struct error error;
	bool said;

	if (connection_granted(&granted, &said, c, &error) == 0)
		findings_refused(&findings, c->options.action, said ? &granted : NULL);
}

void connection_answered(struct connection *c)
{
	const struct connection_options *options = &c->options;
	struct findings findings;

	if (c->answered || !options->account || !options->action)
		return;
	c->answered = true;
	findings = findings_of(c);
	findings_answered(&findings, options->action, options->account->scopes);
}

/* A token in the store may have been requested when the profile enabled fewer actions: another has more. */
static bool is_outgrown(const struct connection *c, uint64_t version)
{
	return c->renewal && c->options.auth->grant != GRANT_AUTHORIZATION_CODE &&
	       !renewal_issued(c->renewal) && token_refused(c->token, version);
}

static void on_token(void *context, const char *text, uint64_t version, const struct error *error)
{
	struct connection_waiter *waiter = context;
	struct connection *c = waiter->connection;
	struct error missing = { 0 };

	if (text)
		note_scopes(c, version);
	if (text && check_granted(c, &missing) < 0)
		error = &missing;
	if (error == &missing && missing.code == ERROR_SCOPE_MISSING && is_outgrown(c, version))
		token_ask(c->token, &waiter->token, clock_now_ms());
	else
		waiter->on_ready(waiter->context, error);
}

void connection_prepare(struct connection_waiter *waiter, struct connection *c,
	void (*on_ready)(void *context, const struct error *error), void *context)
{
	if (!c->token) {
		on_ready(context, NULL);
		return;
	}
	*waiter = (struct connection_waiter){ .connection = c, .on_ready = on_ready, .context = context };
	waiter->token = (struct token_waiter){ .on_token = on_token, .context = waiter };
	token_ask(c->token, &waiter->token, clock_now_ms());
}

void connection_leave(struct connection_waiter *waiter)
{
	if (waiter->token.waiting)
		token_leave(waiter->connection->token, &waiter->token);
}

void connection_explain(const struct connection *c, struct error *error)
{
	const struct manifest *manifest = c->options.provider->manifest;
	const struct manifest_action *action = c->options.action;
	struct buffer scopes = BUFFER_INIT(SCOPE_TEXT_MAX);
	struct scopes meant = { { 0 } };

	if (error->code != ERROR_SCOPE_MISSING && error->code != ERROR_AUTHENTICATION_FAILED)
		return;
	if (c->options.account && action && error->code == ERROR_SCOPE_MISSING && error->status)
		note_refusal(c);
	(void)snprintf(error->guide, sizeof error->guide, "muster guide %s%s%s", manifest->id,
		action ? " --actions " : "", action ? action->id : "");
	if (action)
		scopes_need(&meant, manifest, action);
	else
		meant = c->requested;
	if (error->code == ERROR_SCOPE_MISSING && !error->hint[0] &&
		scopes_join(&scopes, &meant, manifest, ", ") == 0 && buffer_text(&scopes)) {
		if (action)
			(void)error_hint(error, "%.64s needs %.160s: grant it at %.64s; '%s' shows how.",
				action->label, scopes.data, manifest->name, error->guide);
		else /* of a path it is not known what it needs */
			(void)error_hint(error,
				"What was asked for is %.160s; 'muster show %.64s' lists all scopes.",
				scopes.data, manifest->id);
	}
	buffer_clear(&scopes);
}
