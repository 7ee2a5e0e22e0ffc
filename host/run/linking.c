#include "config.h"

#include "run/linking.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/secrets.h"
#include "catalog/fields.h"
#include "catalog/scopes.h"
#include "fetch/grant.h"
#include "run/connection.h"
#include "run/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHOICES_MAX = 1000, CODE_LIMIT = 8 * 1024, LEFT_S_MIN = 60 };

struct linking {
	struct linking_options options;
	json_t *enabled;
	struct linking_step step;
	struct connection *connection;
	struct connection_waiter waiter;
	struct grant *grant;
	struct run *run;
	struct buffer code;
	struct oauth2_answer answer; /* the token, if linking asked for it itself */
	int64_t expires_ms;
	char refusal[64]; /* of the code or the refresh token itself, in the provider's words; empty: none */
	size_t next;      /* of the auth's fields, to be looked at */
	const struct manifest_field *sought;
	struct linking_choice *choices;
	size_t choice_count;
	const struct manifest_action *proved;
};

static const struct manifest *manifest_of(const struct linking *linking)
{
	return linking->options.connection.provider->manifest;
}

/* What one step has used. */
static void put_away(struct linking *linking)
{
	connection_leave(&linking->waiter);
	memset(&linking->waiter, 0, sizeof linking->waiter);
	run_free(linking->run);
	linking->run = NULL;
	grant_free(linking->grant);
	linking->grant = NULL;
	connection_free(linking->connection);
	linking->connection = NULL;
}

static void tell(struct linking *linking, const struct error *error)
{
	linking->step.on_done(linking->step.context, error);
}

static char *copy(const char *text)
{
	return text ? strdup(text) : NULL;
}

/* A connection for an action, with the token that is there. */
static int connect_for(struct linking *linking, const struct manifest_action *action, struct error *error)
{
	struct connection_options options = linking->options.connection;
	struct oauth2_answer answer = { .access_token = copy(linking->answer.access_token),
		.scope = copy(linking->answer.scope),
		.expires_s = linking->answer.expires_s };

	options.action = action;
	options.fields = linking->options.fields;
	options.enabled = linking->enabled;
	put_away(linking);
	if ((linking->answer.access_token && !answer.access_token) ||
		(linking->answer.scope && !answer.scope)) {
		oauth2_answer_clear(&answer);
		return error_memory(error);
	}
	if (connection_new(&linking->connection, &options, error) == 0 && answer.access_token)
		connection_set_token(linking->connection, &answer);
	oauth2_answer_clear(&answer);
	return linking->connection ? 0 : -1;
}

/* ---- Signing in --------------------------------------------------------------------------------------- */

bool linking_needs_consent(const struct linking *linking)
{
	return linking->options.connection.auth->grant == GRANT_AUTHORIZATION_CODE;
}

/* The client's id is what the token request shows as such. No secret can get into the URL: only what is none is there
 * to be put in. */
static int find_client_id(struct buffer *out, const struct linking *linking, struct error *error)
{
	const struct manifest_auth *auth = linking->options.connection.auth;
	struct credential rows[64];
	struct credentials credentials = { rows, 0, NULL };
	char names[64][80];
	const char *template = NULL;

	for (size_t i = 0; i < auth->field_count && credentials.count < 64; i++) {
		const char *text = entries_text(linking->options.fields, auth->fields[i].id);
		if (!text || auth->fields[i].type == FIELD_SECRET)
			continue;
		(void)snprintf(names[credentials.count], sizeof names[0], "field.%s", auth->fields[i].id);
		rows[credentials.count] = (struct credential){ names[credentials.count], text, false };
		credentials.count++;
	}
	for (size_t i = 0; i < auth->place_count && !template; i++) {
		const struct manifest_place *place = &auth->places[i];
		if (place->where == PLACE_TOKEN_BASIC)
			template = place->name;
		else if (place->where == PLACE_TOKEN_FORM && strcmp(place->name, "client_id") == 0)
			template = place->value;
	}
	if (!template)
		return error_set(error, ERROR_PLUGIN_REFUSED, "The auth %s places no client_id.", auth->id);
	return credentials_expand(out, template, &credentials, error);
}

int linking_url(struct buffer *out, const struct linking *linking, const struct authorize *authorize,
	const char *redirect_url, struct error *error)
{
	struct authorize_request request = { .authorize_url = linking->options.connection.auth->authorize_url,
		.redirect_url = redirect_url };
	struct buffer client_id = BUFFER_INIT(CODE_LIMIT);
	int result = -1;

	if (find_client_id(&client_id, linking, error) == 0) {
		request.client_id = buffer_text(&client_id);
		request.scope = connection_scope(linking->connection);
		result = request.client_id ? authorize_url(out, authorize, &request, error)
					   : error_memory(error);
		if (result == 0 && !buffer_text(out))
			result = error_memory(error);
	}
	buffer_clear(&client_id);
	return result;
}

/* What an answer leaves out stays as it was (RFC 6749, section 6). */
static void keep_older(char **text, char **older_take)
{
	if (*text)
		secrets_text_free_take(*older_take);
	else
		*text = *older_take;
	*older_take = NULL;
}

static void on_answer(void *context, struct oauth2_answer *answer_take, const struct error *error)
{
	struct linking *linking = context;
	struct error explained;

	linking->refusal[0] = '\0';
	if (error) {
		if (oauth2_refused(answer_take, error))
			(void)snprintf(linking->refusal, sizeof linking->refusal, "%s",
				answer_take->refusal[0] ? answer_take->refusal : "status 400");
		explained = *error;
		connection_explain(linking->connection, &explained);
		error = &explained;
	} else {
		keep_older(&answer_take->refresh_token, &linking->answer.refresh_token);
		keep_older(&answer_take->scope, &linking->answer.scope);
		oauth2_answer_clear(&linking->answer);
		linking->answer = *answer_take;
		linking->expires_ms = 0;
		memset(answer_take, 0, sizeof *answer_take);
		if (linking->answer.expires_s >= 0)
			linking->expires_ms = (clock_wall_s() + linking->answer.expires_s) * 1000;
	}
	buffer_wipe(&linking->code);
	tell(linking, error);
}

static int redeem(struct linking *linking, const struct linking_consent *consent, struct error *error)
{
	const struct authorize_expected expected = { .redirect_url = consent->redirect_url,
		.state = consent->state,
		.issuer = linking->options.connection.auth->issuer };
	struct grant_request request = connection_token_request(linking->connection);

	if (authorize_judge(&linking->code, &expected, consent->redirected, error) < 0)
		return -1;
	request.oauth2.grant = OAUTH2_AUTHORIZATION_CODE;
	request.oauth2.code = linking->code.data;
	request.oauth2.redirect_uri = consent->redirect_url;
	request.oauth2.verifier = consent->verifier;
	if (grant_new(&linking->grant, &request, error) < 0)
		return -1;
	return grant_ask(linking->grant, on_answer, linking, error);
}

void linking_sign_in(
	struct linking *linking, const struct linking_consent *consent, const struct linking_step *step)
{
	const struct manifest_auth *auth = linking->options.connection.auth;
	struct error error = { 0 };
	int result = 0;

	linking->step = *step;
	/* A hook signs in by itself whenever a token is needed; without one the proof is the first request. */
	if (auth->grant == GRANT_STATIC || auth->authenticate) {
		tell(linking, NULL);
		return;
	}
	if (auth->grant == GRANT_AUTHORIZATION_CODE) {
		result = redeem(linking, consent, &error);
	} else {
		struct grant_request request = connection_token_request(linking->connection);
		result = grant_new(&linking->grant, &request, &error);
		if (result == 0)
			result = grant_ask(linking->grant, on_answer, linking, &error);
	}
	if (result < 0)
		tell(linking, &error);
}

const char *linking_refusal(const struct linking *linking)
{
	return linking->refusal[0] ? linking->refusal : NULL;
}

static int renew(struct linking *linking, struct error *error)
{
	struct grant_request request = connection_token_request(linking->connection);

	request.oauth2.grant = OAUTH2_REFRESH_TOKEN;
	request.oauth2.token = linking->answer.refresh_token;
	if (grant_new(&linking->grant, &request, error) < 0)
		return -1;
	return grant_ask(linking->grant, on_answer, linking, error);
}

void linking_resume(
	struct linking *linking, const struct account_token *token, const struct linking_step *step)
{
	int64_t left_s = token->expires_ms / 1000 - clock_wall_s();
	struct error error = { 0 };

	linking->step = *step;
	linking->answer = (struct oauth2_answer){ .access_token = copy(token->access_token),
		.refresh_token = copy(token->refresh_token),
		.scope = copy(token->scope),
		.expires_s = token->expires_ms ? left_s : -1 };
	linking->expires_ms = token->expires_ms;
	if (!linking->answer.access_token || (token->refresh_token && !linking->answer.refresh_token) ||
		(token->scope && !linking->answer.scope)) {
		(void)error_memory(&error);
		tell(linking, &error);
	} else if (!token->expires_ms || left_s > LEFT_S_MIN || !token->refresh_token) {
		tell(linking, NULL);
	} else if (renew(linking, &error) < 0) {
		tell(linking, &error);
	}
}

bool linking_token(struct account_token *out, const struct linking *linking)
{
	if (!linking->answer.access_token)
		return false;
	*out = (struct account_token){ .auth = linking->options.connection.auth->id,
		.access_token = linking->answer.access_token,
		.refresh_token = linking->answer.refresh_token,
		.scope = linking->answer.scope,
		.expires_ms = linking->expires_ms };
	return true;
}

/* ---- Running an action -------------------------------------------------------------------------------- */

static int run_action(struct linking *linking, const struct manifest_action *action, uint64_t limit,
	int (*on_record)(void *context, const struct record *record, const char *key, size_t key_length,
		struct error *error),
	void (*on_end)(void *context, const struct error *error), struct error *error)
{
	const struct entries none = ENTRIES_INIT;
	struct entries parameters = ENTRIES_INIT;
	const struct model *model = NULL;
	int result = -1;

	if (connect_for(linking, action, error) == 0 &&
		parameters_check(&parameters, &none, action, error) == 0 &&
		models_find(&model, linking->options.models, action->model, error) == 0) {
		const struct run_request request = { .connection = linking->connection,
			.provider = linking->options.connection.provider,
			.action = action,
			.fields = linking->options.fields,
			.parameters = &parameters,
			.model = model,
			.receiver = { on_record, linking },
			.limit = limit,
			.allow_partial = linking->options.connection.allow_partial_jail };
		result = run_start(&linking->run, &request, on_end, linking, error);
	}
	entries_clear(&parameters);
	return result;
}

/* ---- Finding ------------------------------------------------------------------------------------------ */

static void forget_choices(struct linking *linking)
{
	for (size_t i = 0; i < linking->choice_count; i++) {
		free(linking->choices[i].id);
		free(linking->choices[i].name);
	}
	free(linking->choices);
	linking->choices = NULL;
	linking->choice_count = 0;
}

static int add_choice(
	void *context, const struct record *record, const char *key, size_t key_length, struct error *error)
{
	struct linking *linking = context;
	struct linking_choice *choices =
		reallocarray(linking->choices, linking->choice_count + 1, sizeof *choices);
	json_t *json = NULL;
	const char *id, *name;
	int result = -1;

	(void)key;
	(void)key_length;
	if (!choices)
		return error_memory(error);
	linking->choices = choices;
	if (json_parse(&json, record->bytes, record->length, ERROR_PLUGIN_FAULT, "a record", error) < 0)
		return -1;
	id = json_member_text(json, "id", NULL);
	name = json_member_text(json, "name", NULL);
	choices += linking->choice_count;
	*choices = (struct linking_choice){ copy(id), copy(name) };
	if (!id) {
		result = error_set(
			error, ERROR_MALFORMED_BODY, "A record of %s has no id.", linking->sought->found_by);
	} else if (!choices->id || (name && !choices->name)) {
		result = error_memory(error);
	} else {
		linking->choice_count++;
		result = 0;
	}
	if (result < 0) {
		free(choices->id);
		free(choices->name);
	}
	json_decref(json);
	return result;
}

int linking_choose(struct linking *linking, size_t choice, struct error *error)
{
	const char *id = linking->choices[choice].id;
	int result = entries_set(linking->options.fields, linking->sought->id, id, strlen(id), false, error);

	forget_choices(linking);
	linking->next++;
	return result;
}

/* What was entered counts if it is an id; of one record there is no choice. */
static int settle(struct linking *linking, struct error *error)
{
	const char *entered = entries_text(linking->options.fields, linking->sought->id);

	if (linking->choice_count == 0)
		return error_set(error, ERROR_RECORD_NOT_FOUND, "%s shows no %s to whoever has consented.",
			manifest_of(linking)->name, linking->sought->label);
	for (size_t i = 0; i < linking->choice_count; i++)
		if (linking->choice_count == 1 || (entered && strcmp(linking->choices[i].id, entered) == 0))
			return linking_choose(linking, i, error);
	return 0;
}

static void on_records_end(void *context, const struct error *error)
{
	struct linking *linking = context;
	struct error failure = { 0 };

	if (!error && settle(linking, &failure) < 0)
		error = &failure;
	tell(linking, error);
}

void linking_find(struct linking *linking, const struct linking_step *step)
{
	const struct manifest_auth *own =
		manifest_fields_auth(manifest_of(linking), linking->options.connection.auth);
	const struct manifest_action *action;
	struct error error = { 0 };

	linking->step = *step;
	linking->sought = NULL;
	forget_choices(linking);
	while (linking->next < own->field_count && !own->fields[linking->next].found_by)
		linking->next++;
	if (linking->next == own->field_count) {
		tell(linking, NULL);
		return;
	}
	linking->sought = &own->fields[linking->next];
	action = manifest_action(manifest_of(linking), linking->sought->found_by);
	if (run_action(linking, action, CHOICES_MAX, add_choice, on_records_end, &error) < 0)
		tell(linking, &error);
}

bool linking_found(const struct linking *linking)
{
	return linking->next >=
	       manifest_fields_auth(manifest_of(linking), linking->options.connection.auth)->field_count;
}

const struct linking_choice *linking_choices(size_t *count, const struct linking *linking)
{
	*count = linking->choice_count;
	return linking->choices;
}

const struct manifest_field *linking_sought(const struct linking *linking)
{
	return linking->sought;
}

/* ---- Proving ------------------------------------------------------------------------------------------ */

static int ignore_record(
	void *context, const struct record *record, const char *key, size_t key_length, struct error *error)
{
	(void)context;
	(void)record;
	(void)key;
	(void)key_length;
	(void)error;
	return 0;
}

static void on_proved(void *context, const struct error *error)
{
	struct linking *linking = context;

	if (error)
		linking->proved = NULL;
	tell(linking, error);
}

/* Where no action proves anything, a token has to do. */
static void prove_by_token(struct linking *linking)
{
	struct error error = { 0 };

	if (connect_for(linking, NULL, &error) < 0)
		tell(linking, &error);
	else
		connection_prepare(&linking->waiter, linking->connection, on_proved, linking);
}

void linking_prove(struct linking *linking, const struct linking_step *step)
{
	const struct manifest_auth *auth = linking->options.connection.auth;
	struct error error = { 0 };

	linking->step = *step;
	linking->proved = NULL;
	for (size_t i = 0; i < auth->prove.count && !linking->proved; i++)
		if (scopes_is_enabled(linking->enabled, auth->prove.items[i]))
			linking->proved = manifest_action(manifest_of(linking), auth->prove.items[i]);
	if (!linking->proved)
		prove_by_token(linking);
	else if (run_action(linking, linking->proved, 1, ignore_record, on_proved, &error) < 0)
		tell(linking, &error);
}

/* ---- Scopes ------------------------------------------------------------------------------------------- */

struct truth {
	const char *state, *truth, *source;
};

static int put_truth(json_t *out, const char *scope, const struct truth *truth)
{
	return json_object_set_new(out, scope,
		json_pack("{s:s, s:s, s:s, s:I}", "state", truth->state, "truth", truth->truth, "source",
			truth->source, "at", (json_int_t)clock_wall_s() * 1000));
}

/* The action that needs this scope and has found a field; or NULL. */
static const char *found_with(const struct linking *linking, size_t scope)
{
	const struct manifest *manifest = manifest_of(linking);
	const struct manifest_auth *own = manifest_fields_auth(manifest, linking->options.connection.auth);

	for (size_t i = 0; i < linking->next; i++) {
		const char *finder = own->fields[i].found_by;
		struct scopes needed = { { 0 } };
		if (!finder)
			continue;
		scopes_need(&needed, manifest, manifest_action(manifest, finder));
		if (scopes_has(&needed, scope))
			return finder;
	}
	return NULL;
}

/* Was it seen before that the account has the scope? Nothing to be assumed then. */
static bool is_known(const struct linking *linking, const char *scope)
{
	const struct account *account = linking->options.connection.account;
	const json_t *known = account ? json_object_get(account->scopes, scope) : NULL;
	const char *state = json_member_text(known, "state", "");

	return strcmp(state, "granted") == 0 &&
	       strcmp(json_member_text(known, "truth", ""), "confirmed") == 0;
}

int linking_scopes(json_t **out, const struct linking *linking, struct error *error)
{
	const struct manifest *manifest = manifest_of(linking);
	const struct manifest_auth *auth = linking->options.connection.auth;
	const struct scopes *requested = connection_requested(linking->connection);
	struct scopes needed = { { 0 } }, granted = { { 0 } }, proved = { { 0 } };
	json_t *scopes = json_object();
	bool said = false;
	int failed = !scopes;

	if (!failed && connection_granted(&granted, &said, linking->connection, error) < 0) {
		json_decref(scopes);
		return -1;
	}
	for (size_t i = 0; i < manifest->action_count; i++) {
		const struct manifest_action *action = &manifest->actions[i];
		if (strcmp(action->auth, auth->id) == 0 &&
			(scopes_is_enabled(linking->enabled, action->id) || manifest_finds(auth, action->id)))
			scopes_need(&needed, manifest, action);
	}
	if (linking->proved)
		scopes_need(&proved, manifest, linking->proved);
	for (size_t i = 0; !failed && i < manifest->scope_count; i++) {
		struct truth truth = { "granted", "assumed", "the provider does not say" };
		const char *finder = found_with(linking, i);
		if (scopes_has(&proved, i))
			truth = (struct truth){ "granted", "confirmed", linking->proved->id };
		else if (finder)
			truth = (struct truth){ "granted", "confirmed", finder };
		else if (said && scopes_has(&granted, i))
			truth = (struct truth){ "granted", "confirmed", "the token" };
		else if (scopes_has(&needed, i) && !scopes_has(requested, i))
			truth = (struct truth){ "missing", "confirmed", "it was not asked for" };
		else if (said && scopes_has(&needed, i))
			truth = (struct truth){ "missing", "confirmed", "the token" };
		else if (said || !scopes_has(&needed, i) || is_known(linking, manifest->scopes[i].id))
			continue;
		failed = put_truth(scopes, manifest->scopes[i].id, &truth) < 0;
	}
	if (failed) {
		json_decref(scopes);
		return error_memory(error);
	}
	*out = scopes;
	return 0;
}

/* ---- Its life ------------------------------------------------------------------------------------------ */

int linking_new(struct linking **out, const struct linking_options *options, struct error *error)
{
	struct linking *linking = calloc(1, sizeof *linking);

	if (!linking)
		return error_memory(error);
	linking->options = *options;
	linking->enabled = json_incref((json_t *)options->connection.enabled);
	buffer_init(&linking->code, CODE_LIMIT);
	if (connect_for(linking, NULL, error) < 0) {
		linking_free(linking);
		return -1;
	}
	*out = linking;
	return 0;
}

bool linking_is_busy(const struct linking *linking)
{
	return linking->connection && connection_is_busy(linking->connection);
}

void linking_free(struct linking *linking)
{
	if (!linking)
		return;
	put_away(linking);
	forget_choices(linking);
	oauth2_answer_clear(&linking->answer);
	buffer_wipe(&linking->code);
	json_decref(linking->enabled);
	free(linking);
}
