#include "config.h"

#include "run/terms.h"

#include "base/template.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int copy_hosts(struct terms *terms, const struct manifest *manifest)
{
	terms->hosts = calloc(manifest->host_count + 1, sizeof *terms->hosts);
	if (!terms->hosts)
		return -1;
	for (size_t i = 0; i < manifest->host_count; i++) {
		const struct manifest_host *host = &manifest->hosts[i];
		unsigned api = host->use & HOST_API ? GUARD_API : 0;
		unsigned token = host->use & HOST_TOKEN ? GUARD_TOKEN : 0;
		terms->hosts[i] = (struct guard_host){ .name = host->name, .uses = api | token };
	}
	terms->host_count = manifest->host_count;
	return 0;
}

static int copy_credentials(
	struct terms *terms, const struct manifest_auth *auth, const struct entries *fields)
{
	terms->credentials = calloc(auth->field_count + 1, sizeof *terms->credentials);
	terms->credential_names = calloc(auth->field_count + 1, sizeof *terms->credential_names);
	if (!terms->credentials || !terms->credential_names)
		return -1;
	for (size_t i = 0; i < auth->field_count; i++) {
		const struct manifest_field *field = &auth->fields[i];
		char *name = terms->credential_names[terms->credential_count];
		const char *text = entries_text(fields, field->id);
		if (!text)
			continue;
		(void)snprintf(name, sizeof terms->credential_names[0], "field.%s", field->id);
		terms->credentials[terms->credential_count++] = (struct credential){
			.name = name, .text = text, .secret = field->type == FIELD_SECRET
		};
	}
	return 0;
}

/* Does it name a field that may be left out, and was? */
static bool names_absent(const char *template, const struct terms_options *options)
{
	struct template_part part;
	char id[TEMPLATE_ID_SIZE];

	while (template_next(&part, &template) > 0) {
		if (!part.reference || !template_id(id, &part, "field."))
			continue;
		const struct manifest_field *field = manifest_field(options->auth, id);
		const char *text = entries_text(options->fields, id);
		if (field && !field->required && (!text || !text[0]))
			return true;
	}
	return false;
}

/* Those of calls first, so that each kind is one stretch. */
static int copy_places(struct terms *terms, const struct manifest_auth *auth)
{
	static const enum credential_where where[] = {
		[PLACE_CALL_HEADER] = CREDENTIAL_HEADER,
		[PLACE_TOKEN_FORM] = CREDENTIAL_FORM,
		[PLACE_TOKEN_BASIC] = CREDENTIAL_BASIC,
		[PLACE_TOKEN_HEADER] = CREDENTIAL_TOKEN_HEADER,
	};

	terms->places = calloc(auth->place_count + 1, sizeof *terms->places);
	if (!terms->places)
		return -1;
	for (int calls = 1; calls >= 0; calls--) {
		for (size_t i = 0; i < auth->place_count; i++) {
			const struct manifest_place *place = &auth->places[i];
			if ((place->where == PLACE_CALL_HEADER) != calls ||
				names_absent(place->value, &terms->options) ||
				(place->where == PLACE_TOKEN_BASIC &&
					names_absent(place->name, &terms->options)))
				continue;
			terms->places[terms->place_count++] = (struct credential_place){
				.where = where[place->where], .name = place->name, .value = place->value
			};
		}
		if (calls)
			terms->call_place_count = terms->place_count;
	}
	return 0;
}

/* What a limit is counted under. The client id tells apps apart; accounts too, unless they are linked ones:
 * one set of credentials is one account. A limit of some actions is counted apart from one of all. */
static void limit_key(char *out, size_t size, const struct terms_options *options, size_t row)
{
	const struct manifest_limit *limit = &options->manifest->limits[row];
	const char *provider = options->manifest->id;
	const char *client = entries_text(options->fields, "client_id");
	char app[80], account[80], some[32] = "";

	if (limit->actions.count > 0)
		(void)snprintf(some, sizeof some, " limit %zu", row);
	(void)snprintf(app, sizeof app, "client %.64s", client ? client : "-");
	(void)snprintf(account, sizeof account, "%s", app);
	if (options->account)
		(void)snprintf(account, sizeof account, "account %.64s", options->account);
	switch (limit->per) {
	case LIMIT_ACCOUNT:
		(void)snprintf(out, size, "%s %s%s", provider, account, some);
		break;
	case LIMIT_APP:
		(void)snprintf(out, size, "%s %s%s", provider, app, some);
		break;
	case LIMIT_ENDPOINT:
		(void)snprintf(out, size, "%s %s action %s", provider, account,
			options->action ? options->action->id : "api");
		break;
	case LIMIT_ADDRESS:
		(void)snprintf(out, size, "%s%s", provider, some);
		break;
	}
}

/* Does a row that may be for single actions hold for what is called? */
static bool holds(const struct terms *terms, const struct manifest_texts *actions)
{
	const struct manifest_action *action = terms->options.action;

	return action ? manifest_applies(actions, action->id) : actions->count == 0;
}

static int copy_limits(struct terms *terms, const struct manifest *manifest)
{
	terms->limits = calloc(manifest->limit_count + 1, sizeof *terms->limits);
	terms->limit_keys = calloc(manifest->limit_count + 1, sizeof *terms->limit_keys);
	if (!terms->limits || !terms->limit_keys)
		return -1;
	for (size_t i = 0; i < manifest->limit_count; i++) {
		const struct manifest_limit *limit = &manifest->limits[i];
		char *key = terms->limit_keys[terms->limit_count];
		if (!holds(terms, &limit->actions))
			continue;
		limit_key(key, sizeof terms->limit_keys[0], &terms->options, i);
		terms->limits[terms->limit_count++] = (struct call_limit){
			.limit = { .key = key, .count = limit->count, .seconds = limit->seconds },
			.remaining_header = limit->remaining_header,
			.reset_header = limit->reset_header,
			.rate_header = limit->rate_header,
		};
	}
	return 0;
}

/* Who asks for any path gets what the provider answers: only actions know that a success is none. */
static bool is_judged(const struct terms *terms, const struct manifest_error *row)
{
	bool success = row->status >= 200 && row->status < 300;

	return holds(terms, &row->actions) && (terms->options.action || !success);
}

static int copy_errors(struct terms *terms, const struct manifest *manifest)
{
	static const enum answer_class meanings[] = {
		[MEANS_REFUSED] = ANSWER_REFUSED,
		[MEANS_SCOPE] = ANSWER_SCOPE_MISSING,
		[MEANS_CREDENTIALS] = ANSWER_UNAUTHORIZED,
		[MEANS_NOT_FOUND] = ANSWER_NOT_FOUND,
		[MEANS_LIMITED] = ANSWER_LIMITED,
		[MEANS_UNAVAILABLE] = ANSWER_UNAVAILABLE,
	};

	terms->errors = calloc(manifest->error_count + 1, sizeof *terms->errors);
	if (!terms->errors)
		return -1;
	for (size_t i = 0; i < manifest->error_count; i++) {
		const struct manifest_error *row = &manifest->errors[i];
		if (is_judged(terms, row))
			terms->errors[terms->error_count++] =
				(struct classify_row){ .status = (int)row->status,
					.pointer = row->pointer,
					.text = row->contains,
					.meaning = meanings[row->meaning] };
	}
	return 0;
}

int terms_init(struct terms *terms, const struct terms_options *options, struct error *error)
{
	const struct manifest *manifest = options->manifest;

	*terms = (struct terms){ .options = *options };
	if (copy_hosts(terms, manifest) < 0 || copy_credentials(terms, options->auth, options->fields) < 0 ||
		copy_places(terms, options->auth) < 0 || copy_limits(terms, manifest) < 0 ||
		copy_errors(terms, manifest) < 0)
		return error_memory(error);
	return 0;
}

void terms_clear(struct terms *terms)
{
	free(terms->hosts);
	free(terms->credentials);
	free(terms->credential_names);
	free(terms->places);
	free(terms->limits);
	free(terms->limit_keys);
	free(terms->errors);
	memset(terms, 0, sizeof *terms);
}

void terms_for_calls(struct call_terms *out, const struct terms *terms)
{
	out->hosts = terms->hosts;
	out->host_count = terms->host_count;
	out->credentials = terms->credentials;
	out->credential_count = terms->credential_count;
	out->places = terms->places;
	out->place_count = terms->call_place_count;
	out->limits.rows = terms->limits;
	out->limits.count = terms->limit_count;
	out->errors = terms->errors;
	out->error_count = terms->error_count;
	out->message_pointer = terms->options.manifest->error_message;
}

/* Where a token stands elsewhere than RFC 6749 says, nothing else of that RFC can be relied upon either. */
static const char *own_token_pointer(const struct manifest_auth *auth)
{
	bool rfc = auth->grant != GRANT_TOKEN_REQUEST && strcmp(auth->token_pointer, "/access_token") == 0;

	return rfc ? NULL : auth->token_pointer;
}

void terms_for_tokens(struct oauth2_request *out, const struct terms *terms)
{
	const struct manifest_auth *auth = terms->options.auth;

	out->places = terms->places + terms->call_place_count;
	out->place_count = terms->place_count - terms->call_place_count;
	out->credentials.rows = terms->credentials;
	out->credentials.count = terms->credential_count;
	out->pointers = (struct oauth2_pointers){ .token = own_token_pointer(auth),
		.expires = auth->expires_pointer,
		.scope = auth->scope_pointer };
	if (auth->grant == GRANT_TOKEN_REQUEST)
		out->grant = OAUTH2_PLACES_ALONE;
}

int terms_headers(struct headers *out, const struct manifest_action *action, struct error *error)
{
	for (size_t i = 0; i < action->header_count; i++)
		if (headers_add_text(out, action->headers[i].name, action->headers[i].value, error) < 0)
			return -1;
	return 0;
}
