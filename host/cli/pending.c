#include "config.h"

#include "cli/pending.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/secrets.h"
#include "cli/enter.h"
#include "cli/output.h"
#include "fetch/grant.h"
#include "store/links.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	PENDING_DAYS = 7,
	DAY_MS = 24 * 3600 * 1000,
	/* Longer than exchanging the code takes. What comes after that, with a person at it perhaps, may outlast the lease:
	 * then the token is kept already, and the fence sees to it that one account comes of it. */
	LEASE_MS = GRANT_DEADLINE_MS + 15000,
};

/* ---- Beginning ---------------------------------------------------------------------------------------- */

static int print_pending(const struct pending_link *link, const char *url, bool json, struct error *error)
{
	if (json)
		return output_json_take(
			json_pack("{s:s, s:s, s:s, s:o}", "id", link->id, "account", link->account, "url",
				url, "expires", output_time_json(link->expires_ms)),
			false, error);
	(void)fprintf(stderr,
		"Send this page to the customer. Where the browser ends then goes into\n"
		"'muster link --finish URL', within %d days:\n\n",
		PENDING_DAYS);
	(void)puts(url);
	return 0;
}

/* A new profile and the link under it are stored together, or not at all. */
static int keep_together(
	struct joining *joining, struct pending_link *link, const json_t *secrets, struct error *error)
{
	int result;

	if (joining_open_store(joining, error) < 0 || store_together_begin(joining->session.store, error) < 0)
		return -1;
	result = joining_store_profile(joining, error);
	if (result == 0) {
		(void)snprintf(link->profile, sizeof link->profile, "%s", joining->profile.id);
		result = links_add(link, joining->session.store, secrets, joining->authorize.state,
			joining->authorize.verifier, error);
	}
	return store_together_end(joining->session.store, result, error);
}

int pending_keep(struct joining *joining, const char *url, struct error *error)
{
	struct pending_link link = { .labels = json_incref(joining->labels) };
	json_t *secrets = NULL;
	int result = -1;

	if (enter_split(&link.fields, &secrets, &joining->fields, FIELD_ACCOUNT, joining->auth, error) < 0)
		goto out;
	(void)snprintf(link.account, sizeof link.account, "%s", joining->name);
	(void)snprintf(link.owner, sizeof link.owner, "%s", joining->owner ? joining->owner : "");
	(void)snprintf(link.redirect, sizeof link.redirect, "%s", joining_redirect(joining));
	link.expires_ms = clock_wall_s() * 1000 + (int64_t)PENDING_DAYS * DAY_MS;
	if (keep_together(joining, &link, secrets, error) == 0)
		result = print_pending(&link, url, arguments_flag(joining->arguments, "json"), error);
out:
	secrets_free_take(secrets);
	pending_link_clear(&link);
	return result;
}

/* ---- Finishing ---------------------------------------------------------------------------------------- */

/* A URL that was cut off, or that leads elsewhere, uses nothing up; an answer of the provider does, also a refusal, which
 * goes into *refusal. */
static int judge(struct error *refusal, const struct joining *joining, const struct pending_link *link,
	const char *url, const char *state, struct error *error)
{
	const struct authorize_expected expected = { link->redirect, state, joining->auth->issuer };
	struct buffer code = BUFFER_INIT(AUTHORIZE_URL_MAX);
	int result = authorize_judge(&code, &expected, url, refusal);

	buffer_wipe(&code);
	if (result == 0 || refusal->code != ERROR_REDIRECT_MISMATCH)
		return 0;
	*error = *refusal;
	return -1;
}

/* All that can be wrong before the link is touched. */
static int look(struct error *refusal, struct joining *joining, const struct pending_link *link,
	const char *url, const char *state, struct error *error)
{
	json_t *labels = NULL;
	int result = -1;

	if (profiles_get(&joining->profile, joining->session.store, link->profile, error) == 0 &&
		joining_old_profile(joining, error) == 0 &&
		judge(refusal, joining, link, url, state, error) == 0 &&
		joining_find_name(joining, link->account, error) == 0)
		result = joining_labels(&labels, joining, error);
	json_decref(labels);
	return result;
}

/* The texts of a token that are sealed with a link. */
static json_t *token_texts(const struct account_token *token)
{
	char expires[24];

	(void)snprintf(expires, sizeof expires, "%" PRId64, token->expires_ms);
	return json_pack("{s:s, s:s*, s:s*, s:s}", "access", token->access_token, "refresh",
		token->refresh_token, "scope", token->scope, "expires", expires);
}

static int sign_in_again(struct joining *joining, const json_t *texts, struct error *error)
{
	const struct linking_step step = { session_end, &joining->session };
	const struct account_token token = { .access_token = json_member_text(texts, "access", NULL),
		.refresh_token = json_member_text(texts, "refresh", NULL),
		.scope = json_member_text(texts, "scope", NULL),
		.expires_ms = strtoll(json_member_text(texts, "expires", "0"), NULL, 10) };

	session_begin(&joining->session);
	linking_resume(joining->linking, &token, &step);
	return joining_wait(joining, error);
}

/* The code can't be exchanged twice: what it brought is on disk before anything else is done. */
static int keep_token(struct joining *joining, struct pending_link *link, struct error *error)
{
	struct account_token token;

	if (!linking_token(&token, joining->linking))
		return 0;
	secrets_free_take(link->token);
	link->token = token_texts(&token);
	if (!link->token)
		return error_memory(error);
	return links_keep(link, joining->session.store, LEASE_MS, error);
}

/* Signs in by the code, or goes on with what it was exchanged for. Its refusal ends the link; after any other failure
 * the code may be good still, or nobody knows, and the same URL is worth trying again. */
static int sign_in(struct joining *joining, struct pending_link *link, const struct linking_consent *consent,
	struct error *error)
{
	struct error failure = { 0 };
	const char *refused;

	if ((link->token ? sign_in_again(joining, link->token, error)
			 : joining_sign_in(joining, consent, error)) == 0)
		return keep_token(joining, link, error);
	refused = linking_refusal(joining->linking);
	if (refused && links_end(link, joining->session.store, LINK_REFUSED, refused, &failure) == 0)
		(void)error_hint(error, "The link is used up: begin anew with 'muster link --start'.");
	return -1;
}

/* A link that was taken ends, or is given back. */
static int finish_taken(struct joining *joining, struct pending_link *link, const json_t *secrets,
	const struct linking_consent *consent, struct error *error)
{
	struct error failure = { 0 };

	joining->pending = link;
	if (joining_reenter(joining, link->fields, secrets, error) == 0 &&
		joining_open(joining, error) == 0 && sign_in(joining, link, consent, error) == 0 &&
		joining_complete(joining, error) == 0)
		return 0;
	/* Where that fails the lease ends by itself. */
	(void)links_leave(link, joining->session.store, &failure);
	return -1;
}

/* Nobody consented: that is an answer, too. */
static int deny(struct joining *joining, const struct pending_link *link, const struct error *refusal,
	struct error *error)
{
	char code[64];

	/* The provider's code stands before its words. */
	(void)snprintf(code, sizeof code, "%.*s", (int)strcspn(refusal->body, ":"), refusal->body);
	if (links_end(link, joining->session.store, LINK_DENIED, code, error) < 0)
		return -1;
	*error = *refusal;
	return error_hint(error, "The link is used up: begin anew with 'muster link --start'.");
}

/* What was said when the link was begun, and now: the latter comes first. */
static int merge(struct joining *joining, const struct pending_link *link, struct error *error)
{
	json_t *labels = json_deep_copy(link->labels);

	if (!labels || json_object_update(labels, joining->labels) < 0) {
		json_decref(labels);
		return error_memory(error);
	}
	json_decref(joining->labels);
	joining->labels = labels;
	if (!joining->owner && link->owner[0])
		joining->owner = link->owner;
	return 0;
}

static int finish_with(struct joining *joining, const char *url, const char *state, struct error *error)
{
	struct pending_link seen = { .id = "" }, link = { .id = "" };
	struct linking_consent consent = { .redirected = url, .state = state };
	struct error refusal = { 0 };
	json_t *secrets = NULL;
	char *verifier = NULL;
	int result = -1;

	if (links_find(&seen, joining->session.store, state, error) < 0 || merge(joining, &seen, error) < 0 ||
		look(&refusal, joining, &seen, url, state, error) < 0 ||
		links_take(&link, &secrets, &verifier, joining->session.store, state, LEASE_MS, error) < 0)
		goto out;
	consent.redirect_url = link.redirect;
	consent.verifier = verifier;
	result = refusal.code ? deny(joining, &link, &refusal, error)
			      : finish_taken(joining, &link, secrets, &consent, error);
out:
	joining->pending = NULL;
	joining->owner = NULL;
	secrets_free_take(secrets);
	secrets_text_free_take(verifier);
	pending_link_clear(&link);
	pending_link_clear(&seen);
	return result;
}

int pending_finish(struct joining *joining, const char *url, struct error *error)
{
	struct buffer state = BUFFER_INIT(AUTHORIZE_URL_MAX);
	int result = -1;

	if (authorize_state(&state, url, error) < 0 ||
		enter_given(&joining->given, joining->arguments, 0, error) < 0 ||
		data_open(&joining->session.store, joining->arguments, false, error) < 0)
		goto out;
	result = buffer_text(&state) ? finish_with(joining, url, state.data, error) : error_memory(error);
out:
	buffer_wipe(&state);
	return result;
}

/* ---- Those that wait ------------------------------------------------------------------------------------ */

static json_t *pending_json(const struct pending_link *link, const char *profile)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:o, s:o}", "name", link->account, "id", link->id, "profile",
		profile, "owner", link->owner, "since", output_time_json(link->created_ms), "until",
		output_time_json(link->expires_ms));
}

static int add_pending(
	json_t *array, struct store *store, const struct pending_link *link, struct error *error)
{
	struct profile profile = { .id = "" };
	int result = profiles_get(&profile, store, link->profile, error);

	if (result == 0 && json_array_append_new(array, pending_json(link, profile.name)) < 0)
		result = error_memory(error);
	profile_clear(&profile);
	return result;
}

static int print_waiting(const json_t *links, struct error *error)
{
	static const char *const head[] = { "NAME", "PROFILE", "OWNER", "SINCE", "UNTIL" };
	static const char *const members[] = { "name", "profile", "owner", "since", "until" };
	struct output_table table = { .columns = sizeof head / sizeof head[0] };
	size_t index;
	json_t *link;
	int result = 0;

	for (size_t i = 0; result == 0 && i < table.columns; i++)
		result = output_cell(&table, head[i], error);
	json_array_foreach((json_t *)(uintptr_t)links, index, link)
	{
		for (size_t i = 0; result == 0 && i < table.columns; i++)
			result = output_cell(&table, json_member_text(link, members[i], ""), error);
	}
	if (result == 0)
		output_table_print(&table);
	output_table_clear(&table);
	return result;
}

int pending_list(struct joining *joining, struct error *error)
{
	struct pending_link *list = NULL;
	json_t *array = json_array();
	size_t count = 0;
	int result =
		array ? session_store(&joining->session, joining->arguments, error) : error_memory(error);

	if (result == 0 && joining->session.store)
		result = links_list(&list, &count, joining->session.store, error);
	for (size_t i = 0; result == 0 && i < count; i++)
		result = add_pending(array, joining->session.store, &list[i], error);
	if (result == 0)
		result = output_list(array, arguments_flag(joining->arguments, "json"), print_waiting, error);
	links_free(list, count);
	json_decref(array);
	return result;
}

int pending_withdraw(struct joining *joining, const char *name, struct error *error)
{
	if (data_open(&joining->session.store, joining->arguments, false, error) < 0)
		return -1;
	return links_withdraw(joining->session.store, name, error);
}
