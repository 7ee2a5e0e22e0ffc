#include "config.h"

#include "run/connection.h"

#include "base/buffer.h"
#include "base/clock.h"
#include "fetch/grant.h"
#include "run/authenticate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SCOPE_TEXT_MAX = 64 * 1024, NAME_MAX_BYTES = 96, KEY_MAX_BYTES = 192 };

struct connection {
	struct connection_options options;
	struct call_terms terms;
	struct scopes requested;
	char *scope; /* of the token request */
	struct url token_url;
	struct grant *grant;               /* the plain way to a token … */
	struct authenticate *authenticate; /* … or the auth's hook */
	struct token *token;
	struct guard_host *hosts;
	struct credential *credentials;
	char (*credential_names)[NAME_MAX_BYTES];
	struct credential_place *places; /* those of calls, then those of the token request */
	size_t call_place_count;
	size_t place_count;
	struct call_limit *limits;
	char (*limit_keys)[KEY_MAX_BYTES];
	struct classify_row *errors;
};

static int copy_hosts(struct connection *c, const struct manifest *manifest)
{
	c->hosts = calloc(manifest->host_count + 1, sizeof *c->hosts);
	if (!c->hosts)
		return -1;
	for (size_t i = 0; i < manifest->host_count; i++) {
		const struct manifest_host *host = &manifest->hosts[i];
		unsigned api = host->use & HOST_API ? GUARD_API : 0;
		unsigned token = host->use & HOST_TOKEN ? GUARD_TOKEN : 0;
		c->hosts[i] = (struct guard_host){ .name = host->name, .uses = api | token };
	}
	return 0;
}

static int copy_credentials(
	struct connection *c, const struct manifest_auth *auth, const struct entries *fields)
{
	size_t count = 0;

	c->credentials = calloc(auth->field_count + 1, sizeof *c->credentials);
	c->credential_names = calloc(auth->field_count + 1, sizeof *c->credential_names);
	if (!c->credentials || !c->credential_names)
		return -1;
	for (size_t i = 0; i < auth->field_count; i++) {
		const struct manifest_field *field = &auth->fields[i];
		const char *text = entries_text(fields, field->id);
		if (!text)
			continue;
		(void)snprintf(c->credential_names[count], NAME_MAX_BYTES, "field.%s", field->id);
		c->credentials[count] = (struct credential){ .name = c->credential_names[count],
			.text = text,
			.secret = field->type == FIELD_SECRET };
		count++;
	}
	c->terms.credentials = c->credentials;
	c->terms.credential_count = count;
	return 0;
}

/* Those of calls first, so that each kind is one stretch. */
static int copy_places(struct connection *c, const struct manifest_auth *auth)
{
	static const enum credential_where where[] = {
		[PLACE_CALL_HEADER] = CREDENTIAL_HEADER,
		[PLACE_TOKEN_FORM] = CREDENTIAL_FORM,
		[PLACE_TOKEN_BASIC] = CREDENTIAL_BASIC,
		[PLACE_TOKEN_HEADER] = CREDENTIAL_HEADER,
	};

	c->places = calloc(auth->place_count + 1, sizeof *c->places);
	if (!c->places)
		return -1;
	for (int calls = 1; calls >= 0; calls--) {
		for (size_t i = 0; i < auth->place_count; i++) {
			const struct manifest_place *place = &auth->places[i];
			if ((place->where == PLACE_CALL_HEADER) != calls)
				continue;
			c->places[c->place_count++] = (struct credential_place){
				.where = where[place->where], .name = place->name, .value = place->value
			};
		}
		if (calls)
			c->call_place_count = c->place_count;
	}
	c->terms.places = c->places;
	c->terms.place_count = c->call_place_count;
	return 0;
}

/* What a limit is counted under. The client id tells apps apart, and here accounts too: without a store, one
 * set of credentials is one account. */
static void limit_key(char *out, const struct connection *c, const struct manifest_limit *limit)
{
	const char *provider = c->options.provider->manifest->id;
	const char *client = entries_text(c->options.fields, "client_id");
	const char *action = c->options.action ? c->options.action->id : "api";

	switch (limit->per) {
	case LIMIT_ACCOUNT:
	case LIMIT_APP:
		(void)snprintf(out, KEY_MAX_BYTES, "%s client %.64s", provider, client ? client : "-");
		break;
	case LIMIT_ENDPOINT:
		(void)snprintf(out, KEY_MAX_BYTES, "%s client %.32s action %s", provider,
			client ? client : "-", action);
		break;
	case LIMIT_ADDRESS:
		(void)snprintf(out, KEY_MAX_BYTES, "%s", provider);
		break;
	}
}

static int copy_limits(struct connection *c, const struct manifest *manifest)
{
	c->limits = calloc(manifest->limit_count + 1, sizeof *c->limits);
	c->limit_keys = calloc(manifest->limit_count + 1, sizeof *c->limit_keys);
	if (!c->limits || !c->limit_keys)
		return -1;
	for (size_t i = 0; i < manifest->limit_count; i++) {
		const struct manifest_limit *limit = &manifest->limits[i];
		limit_key(c->limit_keys[i], c, limit);
		c->limits[i].limit = (struct budget_limit){
			.key = c->limit_keys[i], .count = limit->count, .seconds = limit->seconds
		};
	}
	c->terms.limits = c->limits;
	c->terms.limit_count = manifest->limit_count;
	return 0;
}

static int copy_errors(struct connection *c, const struct manifest *manifest)
{
	static const enum answer_class meanings[] = {
		[MEANS_REFUSED] = ANSWER_REFUSED,
		[MEANS_SCOPE] = ANSWER_SCOPE_MISSING,
		[MEANS_CREDENTIALS] = ANSWER_UNAUTHORIZED,
		[MEANS_NOT_FOUND] = ANSWER_NOT_FOUND,
		[MEANS_LIMITED] = ANSWER_LIMITED,
		[MEANS_UNAVAILABLE] = ANSWER_UNAVAILABLE,
	};

	c->errors = calloc(manifest->error_count + 1, sizeof *c->errors);
	if (!c->errors)
		return -1;
	for (size_t i = 0; i < manifest->error_count; i++) {
		const struct manifest_error *row = &manifest->errors[i];
		c->errors[i] = (struct classify_row){ .status = (int)row->status,
			.pointer = row->pointer,
			.text = row->contains,
			.meaning = meanings[row->meaning] };
	}
	c->terms.errors = c->errors;
	c->terms.error_count = manifest->error_count;
	c->terms.message_pointer = manifest->error_message;
	return 0;
}

/* The scopes are chosen, the token's source is made; nothing is sent yet. */
static int make_token(struct connection *c, struct error *error)
{
	const struct manifest *manifest = c->options.provider->manifest;
	const struct manifest_auth *auth = c->options.auth;
	struct grant_request request = { .fetch = c->options.fetch,
		.url = &c->token_url,
		.hosts = c->hosts,
		.host_count = manifest->host_count };
	struct token_source source;

	if (auth->grant == GRANT_STATIC)
		return 0;
	if (url_parse(&c->token_url, auth->token_url, strlen(auth->token_url), ERROR_PLUGIN_REFUSED,
		    "the auth's token_url", error) < 0)
		return -1;
	request.oauth2 = (struct oauth2_request){ .places = c->places + c->call_place_count,
		.place_count = c->place_count - c->call_place_count,
		.credentials = { .rows = c->credentials, .count = c->terms.credential_count },
		.scope = c->scope };
	if (auth->authenticate) {
		struct authenticate_options options = { .provider = c->options.provider,
			.auth = auth,
			.fields = c->options.fields,
			.grant = request,
			.allow_partial_jail = c->options.allow_partial_jail };
		if (authenticate_new(&c->authenticate, &options, error) < 0)
			return -1;
		source = authenticate_source(c->authenticate);
	} else {
		if (grant_new(&c->grant, &request, error) < 0)
			return -1;
		source = grant_source(c->grant);
	}
	if (token_new(&c->token, &source, error) < 0)
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

	if (scopes_request(&c->requested, manifest, options->auth, options->action, options->fields, error) <
		0)
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
	const struct manifest *manifest = options->provider->manifest;
	struct connection *c = calloc(1, sizeof *c);

	if (!c)
		return error_memory(error);
	c->options = *options;
	c->terms = (struct call_terms){ .fetch = options->fetch,
		.budget = options->budget,
		.priority = BUDGET_INTERACTIVE,
		.retry = RETRY_POLICY_INIT };
	if (copy_hosts(c, manifest) < 0 || copy_credentials(c, options->auth, options->fields) < 0 ||
		copy_places(c, options->auth) < 0 || copy_limits(c, manifest) < 0 ||
		copy_errors(c, manifest) < 0) {
		(void)error_memory(error);
		goto fail;
	}
	c->terms.hosts = c->hosts;
	c->terms.host_count = manifest->host_count;
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
	grant_free(c->grant);
	authenticate_free(c->authenticate);
	free(c->scope);
	free(c->hosts);
	free(c->credentials);
	free(c->credential_names);
	free(c->places);
	free(c->limits);
	free(c->limit_keys);
	free(c->errors);
	free(c);
}

const struct call_terms *connection_terms(const struct connection *connection)
{
	return &connection->terms;
}

/* Compares the granted scopes with those that the action needs. */
static int check_granted(struct connection *c, struct error *error)
{
	const struct connection_options *options = &c->options;
	const struct manifest *manifest = options->provider->manifest;
	struct scopes granted = { { 0 } };

	if (!options->action)
		return 0;
	if (scopes_granted(&granted, token_scope(c->token), &c->requested, manifest, options->auth,
		    options->fields, error) < 0)
		return -1;
	return scopes_check(&granted, manifest, options->action, error);
}

static void on_token(void *context, const char *text, uint64_t version, const struct error *error)
{
	struct connection_waiter *waiter = context;
	struct error missing = { 0 };

	(void)version;
	if (text && check_granted(waiter->connection, &missing) < 0)
		error = &missing;
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

	if (error->code != ERROR_SCOPE_MISSING && error->code != ERROR_AUTHENTICATION_FAILED)
		return;
	(void)snprintf(error->guide, sizeof error->guide, "muster guide %s%s%s", manifest->id,
		action ? " --actions " : "", action ? action->id : "");
	if (error->code == ERROR_SCOPE_MISSING && !error->hint[0] &&
		scopes_join(&scopes, &c->requested, manifest, ", ") == 0 && buffer_text(&scopes)) {
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
