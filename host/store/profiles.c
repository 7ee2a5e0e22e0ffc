#include "config.h"

#include "store/profiles.h"

#include "store/copy.h"
#include "store/inside.h"
#include "store/names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SELECT_PROFILE \
	"SELECT id, name, provider, auth, actions, fields, approved, sandbox, created_ms, changed_ms FROM profile "
#define PROFILE_NAMES "SELECT name FROM profile"

void profile_clear(struct profile *profile)
{
	json_decref(profile->actions);
	json_decref(profile->fields);
	json_decref(profile->secrets);
	json_decref(profile->approved);
	*profile = (struct profile){ .id = "" };
}

void profiles_free(struct profile *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		profile_clear(&list[i]);
	free(list);
}

/* ---- Reading -------------------------------------------------------------------------------------- */

static int read_row(struct profile *out, struct store *store, sqlite3_stmt *row, struct error *error)
{
	struct profile profile = { .id = "" };

	profile.sandbox = sqlite3_column_int(row, 7) != 0;
	profile.created_ms = sqlite3_column_int64(row, 8);
	profile.changed_ms = sqlite3_column_int64(row, 9);
	if (query_text(profile.id, sizeof profile.id, row, 0, error) < 0 ||
		query_text(profile.name, sizeof profile.name, row, 1, error) < 0 ||
		query_text(profile.provider, sizeof profile.provider, row, 2, error) < 0 ||
		query_text(profile.auth, sizeof profile.auth, row, 3, error) < 0 ||
		query_json(&profile.actions, row, 4, error) < 0 ||
		query_json(&profile.fields, row, 5, error) < 0 ||
		query_json(&profile.approved, row, 6, error) < 0 ||
		holder_fields(&profile.secrets, store, profile.id, error) < 0) {
		profile_clear(&profile);
		return -1;
	}
	*out = profile;
	return 0;
}

/* Inside of a transaction. */
static int find(struct profile *out, struct store *store, const char *name, struct error *error)
{
	sqlite3_stmt *row;
	int result;

	if (query_open(&row, store->db, SELECT_PROFILE "WHERE name = ?1 OR id = ?1", BIND(bind_text(name)),
		    error) < 0)
		return -1;
	result = query_step(row, error);
	if (result > 0)
		result = read_row(out, store, row, error);
	else if (result == 0)
		result = name_unknown(store, ERROR_PROFILE_NOT_FOUND, "profile", name, PROFILE_NAMES, error);
	(void)sqlite3_finalize(row);
	return result;
}

int profiles_get(struct profile *out, struct store *store, const char *name, struct error *error)
{
	struct profile profile = { .id = "" };

	if (store_begin_read(store, error) < 0)
		return -1;
	if (store_end(store, find(&profile, store, name, error), error) < 0) {
		profile_clear(&profile);
		return -1;
	}
	*out = profile;
	return 0;
}

struct listing {
	struct store *store;
	struct profile *profiles;
	size_t count;
};

static int append(void *context, sqlite3_stmt *row, struct error *error)
{
	struct listing *list = context;
	struct profile *more = reallocarray(list->profiles, list->count + 1, sizeof *more);

	if (!more)
		return error_memory(error);
	list->profiles = more;
	if (read_row(&more[list->count], list->store, row, error) < 0)
		return -1;
	list->count++;
	return 0;
}

int profiles_list(
	struct profile **out, size_t *count, struct store *store, const char *provider, struct error *error)
{
	struct listing list = { .store = store };
	int result;

	if (store_begin_read(store, error) < 0)
		return -1;
	result = query_each(store->db, SELECT_PROFILE "WHERE ?1 IS NULL OR provider = ?1 ORDER BY name",
		BIND(bind_text(provider)), append, &list, error);
	if (store_end(store, result, error) < 0) {
		profiles_free(list.profiles, list.count);
		return -1;
	}
	*out = list.profiles;
	*count = list.count;
	return 0;
}

int profiles_secrets(
	json_t **out_new, struct store *store, const struct profile *profile, struct error *error)
{
	if (store_begin_read(store, error) < 0)
		return -1;
	return store_end(store, holder_secrets(out_new, store, profile->id, error), error);
}

/* ---- Writing -------------------------------------------------------------------------------------- */

/* The name is free, or this profile's own. */
static int check_name(struct store *store, const struct profile *profile, struct error *error)
{
	int64_t taken;

	if (name_check(profile->name, error) < 0 ||
		query_number(&taken, 0, store->db, "SELECT count(*) FROM profile WHERE name = ? AND id <> ?",
			BIND(bind_text(profile->name), bind_text(profile->id)), error) < 0)
		return -1;
	return taken ? error_set(error, ERROR_NAME_TAKEN, "There is a profile %s already.", profile->name)
		     : 0;
}

static int insert(
	struct store *store, const struct profile *profile, const json_t *secrets, struct error *error)
{
	struct holder holder;
	int result;

	if (check_name(store, profile, error) < 0 ||
		query_run(store->db,
			"INSERT INTO profile (id, name, provider, auth, actions, fields, approved, sandbox, created_ms,"
			" changed_ms) VALUES (?, ?, ?, ?, ?, coalesce(?, '{}'), ?, ?, ?, ?)",
			BIND(bind_text(profile->id), bind_text(profile->name), bind_text(profile->provider),
				bind_text(profile->auth), bind_json(profile->actions),
				bind_json(profile->fields), bind_json(profile->approved),
				bind_number(profile->sandbox), bind_number(profile->created_ms),
				bind_number(profile->changed_ms)),
			error) < 0 ||
		holder_make(&holder, store, profile->id, error) < 0)
		return -1;
	result = holder_put(store, &holder, secrets, error);
	holder_clear(&holder);
	return result < 0 ? -1 : audit_write(store, "profile_added", profile->id, profile->name, NULL, error);
}

int profiles_add(struct profile *profile, struct store *store, const json_t *secrets, struct error *error)
{
	struct profile added = *profile;

	store_id(added.id);
	added.created_ms = added.changed_ms = store_now_ms(store);
	if (store_begin(store, error) < 0)
		return -1;
	if (store_end(store, insert(store, &added, secrets, error), error) < 0)
		return -1;
	*profile = added;
	return 0;
}

static int update(struct store *store, const struct profile *profile, const json_t *secrets, const char *what,
	struct error *error)
{
	struct holder holder;
	int result;

	if (check_name(store, profile, error) < 0 ||
		query_run(store->db,
			"UPDATE profile SET name = ?2, actions = ?3, fields = coalesce(?4, '{}'), approved = ?5,"
			" changed_ms = ?6 WHERE id = ?1",
			BIND(bind_text(profile->id), bind_text(profile->name), bind_json(profile->actions),
				bind_json(profile->fields), bind_json(profile->approved),
				bind_number(profile->changed_ms)),
			error) < 0)
		return -1;
	if (sqlite3_changes(store->db) == 0)
		return name_unknown(
			store, ERROR_PROFILE_NOT_FOUND, "profile", profile->name, PROFILE_NAMES, error);
	if (holder_open(&holder, store, profile->id, error) < 0)
		return -1;
	result = holder_put(store, &holder, secrets, error);
	holder_clear(&holder);
	return result < 0 ? -1 : audit_write(store, what, profile->id, profile->name, NULL, error);
}

int profiles_change(struct profile *profile, struct store *store, const json_t *secrets, const char *what,
	struct error *error)
{
	struct profile changed = *profile;

	changed.changed_ms = store_now_ms(store);
	if (store_begin(store, error) < 0)
		return -1;
	if (store_end(store, update(store, &changed, secrets, what, error), error) < 0)
		return -1;
	*profile = changed;
	return 0;
}

/* ---- Removing ------------------------------------------------------------------------------------- */

/* The accounts under a profile: how many, and their names as far as they fit. */
struct names {
	size_t count;
	size_t length;
	char text[256];
};

static int add_name(void *context, sqlite3_stmt *row, struct error *error)
{
	struct names *names = context;
	size_t room = sizeof names->text - names->length;
	int length = snprintf(names->text + names->length, room, "%s%s", names->count ? ", " : "",
		(const char *)sqlite3_column_text(row, 0));

	(void)error;
	names->count++;
	if (length > 0 && (size_t)length < room)
		names->length += (size_t)length;
	else
		names->text[names->length] = '\0';
	return 0;
}

static int check_unused(struct store *store, const struct profile *profile, struct error *error)
{
	struct names names = { .count = 0 };

	if (query_each(store->db, "SELECT name FROM account WHERE profile = ? ORDER BY name",
		    BIND(bind_text(profile->id)), add_name, &names, error) < 0)
		return -1;
	if (names.count == 0)
		return 0;
	(void)error_set(error, ERROR_HELD_BACK, "%zu account%s linked under the profile %s: %s.", names.count,
		names.count == 1 ? " is" : "s are", profile->name, names.text);
	return error_hint(error, "Unlink first: 'muster unlink ACCOUNT'.");
}

static int remove_profile(struct store *store, const char *name, struct error *error)
{
	struct profile profile = { .id = "" };
	int result = -1;

	if (find(&profile, store, name, error) < 0 || check_unused(store, &profile, error) < 0 ||
		query_run(store->db,
			"DELETE FROM data_key WHERE holder IN (SELECT id FROM pending_link WHERE profile = ?)",
			BIND(bind_text(profile.id)), error) < 0 ||
		holder_destroy(store, profile.id, error) < 0 ||
		query_run(store->db, "DELETE FROM profile WHERE id = ?", BIND(bind_text(profile.id)), error) <
			0 ||
		copy_forget(store, error) < 0)
		goto out;
	result = audit_write(store, "profile_removed", profile.id, profile.name, NULL, error);
out:
	profile_clear(&profile);
	return result;
}

int profiles_remove(struct store *store, const char *name, struct error *error)
{
	if (store_begin(store, error) < 0)
		return -1;
	return store_end(store, remove_profile(store, name, error), error);
}
