#include "config.h"

#include "cli/joining.h"

#include "base/secrets.h"
#include "catalog/fields.h"
#include "cli/enter.h"
#include "cli/profile.h"
#include "cli/unknown.h"
#include "run/linked.h"
#include "run/validate.h"
#include "store/labels.h"
#include "store/names.h"

#include <stdio.h>
#include <string.h>

int joining_wait(struct joining *joining, struct error *error)
{
	return session_wait(&joining->session, "Interrupted; nothing was stored.", error);
}

/* ---- Who is linked under what ------------------------------------------------------------------------ */

/* A provider whose profiles all have names of their own: which is meant can't be told. */
static int several_profiles(struct store *store, const char *provider, struct error *error)
{
	struct profile *list = NULL;
	char names[256] = "";
	size_t count = 0, used = 0;

	if (profiles_list(&list, &count, store, provider, error) < 0)
		return -1;
	for (size_t i = 0; i < count && used < sizeof names; i++) {
		int wrote = snprintf(names + used, sizeof names - used, "%s%s", i ? ", " : "", list[i].name);
		used += wrote > 0 ? (size_t)wrote : 0;
	}
	profiles_free(list, count);
	if (count == 0)
		return 0;
	(void)error_set(error, ERROR_USAGE, "%s has profiles: %s. Say under which one.", provider, names);
	return error_hint(
		error, "'muster profile add %s' makes one that is named like the provider.", provider);
}

static int new_profile(struct joining *joining, const char *name, struct error *error)
{
	const char *auth = arguments_text(joining->arguments, "auth", NULL);
	struct store *store = joining->session.store;
	const struct manifest *manifest;
	struct error missing = { 0 };

	if (catalog_provider(&joining->provider, joining->session.catalog, name, &missing) < 0) {
		if (missing.code == ERROR_PROVIDER_NOT_FOUND)
			return unknown_profile(&joining->session, joining->arguments, name, error);
		*error = missing;
		return -1;
	}
	manifest = joining->provider->manifest;
	if (store && several_profiles(store, manifest->id, error) < 0)
		return -1;
	joining->is_new = true;
	joining->auth = &manifest->auths[0];
	if (auth && manifest_find_auth(&joining->auth, manifest, auth, error) < 0)
		return -1;
	joining->auth = manifest_fields_auth(manifest, joining->auth);
	return profile_actions(
		&joining->profile.actions, joining->arguments, "actions", manifest, joining->auth, error);
}

int joining_old_profile(struct joining *joining, struct error *error)
{
	const struct profile *profile = &joining->profile;
	const char *auth = arguments_text(joining->arguments, "auth", NULL);

	if (linked_check_sandbox(
		    profile->name, profile->sandbox, session_is_sandbox(&joining->session), error) < 0 ||
		linked_provider(
			&joining->provider, &joining->auth, joining->session.catalog, profile, error) < 0)
		return -1;
	if ((auth && strcmp(auth, profile->auth) != 0) ||
		arguments_text(joining->arguments, "actions", NULL)) {
		(void)error_set(error, ERROR_USAGE,
			"The profile %s says already which auth and actions it has.", profile->name);
		return error_hint(
			error, "Change it with 'muster profile set %s', or make another.", profile->name);
	}
	return 0;
}

int joining_find_profile(struct joining *joining, const char *name, struct error *error)
{
	struct error missing = { 0 };

	if (session_store(&joining->session, joining->arguments, error) < 0)
		return -1;
	if (!joining->session.store)
		return new_profile(joining, name, error);
	if (profiles_get(&joining->profile, joining->session.store, name, &missing) == 0)
		return joining_old_profile(joining, error);
	if (missing.code != ERROR_PROFILE_NOT_FOUND) {
		*error = missing;
		return -1;
	}
	return new_profile(joining, name, error);
}

/* The name that the account will have must be free, or that of an account that is linked again. */
int joining_find_name(struct joining *joining, const char *name, struct error *error)
{
	struct account account = { .id = "" };
	struct error missing = { 0 };

	joining->name = name;
	if (name_check(name, error) < 0)
		return -1;
	if (!joining->session.store || accounts_get(&account, joining->session.store, name, &missing) < 0) {
		if (!missing.code || missing.code == ERROR_ACCOUNT_NOT_FOUND)
			return 0;
		*error = missing;
		return -1;
	}
	joining->again = strcmp(account.profile, joining->profile.id) == 0 &&
			 (account.state != ACCOUNT_LINKED || arguments_flag(joining->arguments, "again"));
	if (joining->again) {
		joining->former = account;
		return 0;
	}
	account_clear(&account);
	(void)error_set(error, ERROR_NAME_TAKEN, "There is an account %s already.", name);
	return error_hint(error, "Give this one another --name, or link that one anew with --again.");
}

int joining_labels(json_t **out, const struct joining *joining, struct error *error)
{
	json_t *labels = joining->former.labels ? json_deep_copy(joining->former.labels) : json_object();

	if (!labels)
		return error_memory(error);
	if (labels_change(labels, joining->labels, error) < 0) {
		json_decref(labels);
		return -1;
	}
	*out = labels;
	return 0;
}

/* ---- Fields ------------------------------------------------------------------------------------------- */

/* What the profile has is given; what else was given for it must be the same. */
static int check_same(const struct joining *joining, const struct entries *kept, struct error *error)
{
	for (size_t i = 0; i < joining->auth->field_count; i++) {
		const struct manifest_field *field = &joining->auth->fields[i];
		const char *now = entries_text(&joining->fields, field->id);
		const char *before = entries_text(kept, field->id);

		if (field->level != FIELD_PROFILE || (!now && !before) ||
			(now && before && strcmp(now, before) == 0))
			continue;
		error_problem(error, field->id, "other_profile", "%s is not that of the profile %s.",
			field->id, joining->profile.name);
	}
	if (error->problem_count == 0)
		return 0;
	(void)error_set(error, ERROR_BAD_FIELD, "These fields belong to another profile than %s.",
		joining->profile.name);
	return error_hint(error, "Leave them out, or make another profile: muster profile add %s --name NAME",
		joining->provider->manifest->id);
}

int joining_profile_fields(struct entries *out, const struct joining *joining, struct error *error)
{
	json_t *secrets = NULL;
	int result = -1;

	if (profiles_secrets(&secrets, joining->session.store, &joining->profile, error) == 0 &&
		linked_add_texts(out, joining->profile.fields, error) == 0 &&
		linked_add_texts(out, secrets, error) == 0)
		result = 0;
	secrets_free_take(secrets);
	return result;
}

static int add_given(struct entries *all, const struct entries *given, struct error *error)
{
	for (size_t i = 0; i < given->count; i++) {
		const struct entry *row = &given->rows[i];
		if (entries_set(all, row->id, row->text, row->length, row->literal, error) < 0)
			return -1;
	}
	return 0;
}

int joining_enter(struct joining *joining, struct error *error)
{
	const struct manifest *manifest = joining->provider->manifest;
	struct entries kept = ENTRIES_INIT, all = ENTRIES_INIT;
	int result = -1;

	if (!joining->is_new && (joining_profile_fields(&kept, joining, error) < 0 ||
					joining_profile_fields(&all, joining, error) < 0))
		goto out;
	if (linked_add_texts(&all, joining->former.fields, error) < 0 ||
		add_given(&all, &joining->given, error) < 0 ||
		enter_fields(&joining->fields, &all, FIELDS_PROFILE | FIELDS_ACCOUNT, manifest, joining->auth,
			error) < 0 ||
		(!joining->is_new && check_same(joining, &kept, error) < 0))
		goto out;
	result = validate_fields(joining->provider, joining->auth, &joining->fields,
		catalog_trusts(joining->session.catalog, manifest->id), error);
out:
	entries_clear(&kept);
	entries_clear(&all);
	return result;
}

int joining_reenter(struct joining *joining, const json_t *fields, const json_t *secrets, struct error *error)
{
	const struct manifest *manifest = joining->provider->manifest;
	struct entries kept = ENTRIES_INIT, all = ENTRIES_INIT;
	int result = -1;

	if (joining_profile_fields(&kept, joining, error) < 0 ||
		joining_profile_fields(&all, joining, error) < 0 ||
		linked_add_texts(&all, fields, error) < 0 || linked_add_texts(&all, secrets, error) < 0 ||
		add_given(&all, &joining->given, error) < 0 ||
		fields_check(&joining->fields, &all, manifest, joining->auth, error) < 0 ||
		check_same(joining, &kept, error) < 0)
		goto out;
	result = joining->given.count == 0
			 ? 0
			 : validate_fields(joining->provider, joining->auth, &joining->fields,
				   catalog_trusts(joining->session.catalog, manifest->id), error);
out:
	entries_clear(&kept);
	entries_clear(&all);
	return result;
}

int joining_open(struct joining *joining, struct error *error)
{
	struct session *session = &joining->session;
	struct linking_options options = {
		.connection = {
			.provider = joining->provider,
			.auth = joining->auth,
			.enabled = joining->profile.actions ? joining->profile.actions : json_null(),
			.allow_partial_jail = catalog_trusts(session->catalog, joining->provider->manifest->id),
		},
		.fields = &joining->fields,
		.models = catalog_models(session->catalog),
	};

	if (session_connect(session, joining->arguments, NULL, NULL, error) < 0)
		return -1;
	options.connection.fetch = session->fetch;
	options.connection.budget = session->budget;
	(void)uv_timer_init(&session->loop, &joining->patience);
	joining->patience.data = joining;
	joining->patience_open = true;
	return linking_new(&joining->linking, &options, error);
}

const char *joining_redirect(const struct joining *joining)
{
	for (size_t i = 0; i < joining->auth->field_count; i++)
		if (joining->auth->fields[i].type == FIELD_REDIRECT)
			return entries_text(&joining->fields, joining->auth->fields[i].id);
	return NULL;
}

void joining_clear(struct joining *joining)
{
	linking_free(joining->linking);
	if (joining->patience_open)
		uv_close((uv_handle_t *)&joining->patience, NULL);
	buffer_wipe(&joining->redirected);
	explicit_bzero(&joining->authorize, sizeof joining->authorize);
	secrets_free_take(joining->profile_secrets);
	profile_clear(&joining->profile);
	account_clear(&joining->former);
	json_decref(joining->labels);
	entries_clear(&joining->given);
	entries_clear(&joining->fields);
	session_close(&joining->session);
}
