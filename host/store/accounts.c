#include "config.h"

#include "store/accounts.h"

#include "store/copy.h"
#include "store/inside.h"
#include "store/labels.h"
#include "store/names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SELECT_ACCOUNT \
	"SELECT id, name, owner, profile, provider, labels, fields, scopes, state, cause, sandbox, created_ms," \
	" changed_ms, succeeded_ms, failed_ms, failure FROM account "
#define ACCOUNT_NAMES "SELECT name FROM account"

static const char *const state_texts[] = {
#define STATE_TEXT(symbol, name) name,
	ACCOUNT_STATES(STATE_TEXT)
#undef STATE_TEXT
};

const char *account_state_text(enum account_state state)
{
	return state_texts[state];
}

void account_clear(struct account *account)
{
	json_decref(account->labels);
	json_decref(account->fields);
	json_decref(account->secrets);
	json_decref(account->scopes);
	*account = (struct account){ .id = "" };
}

void accounts_free(struct account *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		account_clear(&list[i]);
	free(list);
}

/* ---- Reading -------------------------------------------------------------------------------------- */

static int read_state(enum account_state *out, sqlite3_stmt *row, int column, struct error *error)
{
	char text[64];

	if (query_text(text, sizeof text, row, column, error) < 0)
		return -1;
	for (size_t i = 0; i < ACCOUNT_STATE_COUNT; i++)
		if (strcmp(state_texts[i], text) == 0) {
			*out = (enum account_state)i;
			return 0;
		}
	return error_set(error, ERROR_STORE_CORRUPT, "The state of an account is damaged.");
}

static int read_texts(struct account *out, sqlite3_stmt *row, struct error *error)
{
	const struct {
		char *text;
		size_t size;
		int column;
	} texts[] = {
		{ out->id, sizeof out->id, 0 },
		{ out->name, sizeof out->name, 1 },
		{ out->owner, sizeof out->owner, 2 },
		{ out->profile, sizeof out->profile, 3 },
		{ out->provider, sizeof out->provider, 4 },
		{ out->cause, sizeof out->cause, 9 },
		{ out->failure, sizeof out->failure, 15 },
	};

	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		if (query_text(texts[i].text, texts[i].size, row, texts[i].column, error) < 0)
			return -1;
	return 0;
}

static int read_row(struct account *out, struct store *store, sqlite3_stmt *row, struct error *error)
{
	struct account account = { .id = "" };

	account.sandbox = sqlite3_column_int(row, 10) != 0;
	account.created_ms = sqlite3_column_int64(row, 11);
	account.changed_ms = sqlite3_column_int64(row, 12);
	account.succeeded_ms = sqlite3_column_int64(row, 13);
	account.failed_ms = sqlite3_column_int64(row, 14);
	if (read_texts(&account, row, error) < 0 || query_json(&account.labels, row, 5, error) < 0 ||
		query_json(&account.fields, row, 6, error) < 0 ||
		query_json(&account.scopes, row, 7, error) < 0 ||
		read_state(&account.state, row, 8, error) < 0 ||
		holder_fields(&account.secrets, store, account.id, error) < 0) {
		account_clear(&account);
		return -1;
	}
	*out = account;
	return 0;
}

/* Inside of a transaction. */
static int find(struct account *out, struct store *store, const char *name, struct error *error)
{
	sqlite3_stmt *row;
	int result;

	if (query_open(&row, store->db, SELECT_ACCOUNT "WHERE name = ?1 OR id = ?1", BIND(bind_text(name)),
		    error) < 0)
		return -1;
	result = query_step(row, error);
	if (result > 0)
		result = read_row(out, store, row, error);
	else if (result == 0)
		result = name_unknown(store, ERROR_ACCOUNT_NOT_FOUND, "account", name, ACCOUNT_NAMES, error);
	(void)sqlite3_finalize(row);
	return result;
}

int accounts_get(struct account *out, struct store *store, const char *name, struct error *error)
{
	struct account account = { .id = "" };

	if (store_begin_read(store, error) < 0)
		return -1;
	if (store_end(store, find(&account, store, name, error), error) < 0) {
		account_clear(&account);
		return -1;
	}
	*out = account;
	return 0;
}

static int append(
	struct account **list, size_t *count, struct store *store, sqlite3_stmt *row, struct error *error)
{
	struct account *more = reallocarray(*list, *count + 1, sizeof **list);

	if (!more)
		return error_memory(error);
	*list = more;
	if (read_row(&more[*count], store, row, error) < 0)
		return -1;
	++*count;
	return 0;
}

int accounts_list(struct account **out, size_t *count, struct store *store, const char *owner,
	const char *profile, struct error *error)
{
	struct account *list = NULL;
	sqlite3_stmt *rows = NULL;
	size_t found = 0;
	int result = -1;

	if (store_begin_read(store, error) < 0)
		return -1;
	if (query_open(&rows, store->db,
		    SELECT_ACCOUNT
		    "WHERE (?1 IS NULL OR owner = ?1) AND (?2 IS NULL OR profile = ?2) ORDER BY name",
		    BIND(bind_text(owner), bind_text(profile)), error) == 0)
		while ((result = query_step(rows, error)) > 0)
			if (append(&list, &found, store, rows, error) < 0) {
				result = -1;
				break;
			}
	(void)sqlite3_finalize(rows);
	if (store_end(store, result, error) < 0) {
		accounts_free(list, found);
		return -1;
	}
	*out = list;
	*count = found;
	return 0;
}

int accounts_secrets(
	json_t **out_new, struct store *store, const struct account *account, struct error *error)
{
	if (store_begin_read(store, error) < 0)
		return -1;
	return store_end(store, holder_secrets(out_new, store, account->id, error), error);
}

/* ---- Linking -------------------------------------------------------------------------------------- */

/* A sealed text, or null for none. */
static int seal_text(struct sealed *out, const struct holder *holder, const char *auth, const char *what,
	const char *text, struct error *error)
{
	char field[HOLDER_TOKEN_SIZE];

	*out = (struct sealed){ NULL, 0 };
	if (!text)
		return 0;
	holder_token_field(field, auth, what);
	return seal(out, holder, field, text, strlen(text), error);
}

static int put_token(struct store *store, const struct holder *holder, const struct account_token *token,
	struct error *error)
{
	struct sealed access = { NULL, 0 };
	struct sealed refresh = { NULL, 0 };
	struct sealed scope = { NULL, 0 };
	int result = -1;

	if (seal_text(&access, holder, token->auth, HOLDER_ACCESS, token->access_token, error) == 0 &&
		seal_text(&refresh, holder, token->auth, HOLDER_REFRESH, token->refresh_token, error) == 0 &&
		seal_text(&scope, holder, token->auth, HOLDER_SCOPE, token->scope, error) == 0)
		result = query_run(store->db,
			"INSERT INTO token (account, auth, version, fence, access, refresh, scope, expires_ms)"
			" VALUES (?, ?, 1, 1, ?, ?, ?, ?)"
			" ON CONFLICT (account, auth) DO UPDATE SET access = excluded.access,"
			" refresh = excluded.refresh, scope = excluded.scope, expires_ms = excluded.expires_ms",
			BIND(bind_text(holder->id), bind_text(token->auth),
				bind_blob(access.bytes, access.length),
				bind_blob(refresh.bytes, refresh.length),
				bind_blob(scope.bytes, scope.length), bind_number(token->expires_ms)),
			error);
	sealed_clear(&access);
	sealed_clear(&refresh);
	sealed_clear(&scope);
	return result;
}

/* Under a new data key nothing opens that was sealed before: tokens of auths that aren't linked again are gone. The
 * fences go on, so that whoever still holds a lease or token of before is told from who holds the new. */
static int put_sealed(struct store *store, const struct account *account, const json_t *secrets,
	const struct account_token *tokens, size_t token_count, struct error *error)
{
	struct holder holder;
	int result;

	if (query_run(store->db,
		    "UPDATE token SET fence = fence + 1, version = fence + 1, lease_until_ms = 0, access = NULL,"
		    " refresh = NULL, scope = NULL, obtained_ms = 0, expires_ms = 0, begun_ms = 0, doubt_ms = 0,"
		    " retried = 0, answer = NULL, answer_fence = 0, answer_status = 0 WHERE account = ?",
		    BIND(bind_text(account->id)), error) < 0 ||
		holder_make(&holder, store, account->id, error) < 0)
		return -1;
	result = holder_put(store, &holder, secrets, error);
	for (size_t i = 0; result == 0 && i < token_count; i++)
		result = put_token(store, &holder, &tokens[i], error);
	holder_clear(&holder);
	return result;
}

static int put_row(struct store *store, const struct account *account, struct error *error)
{
	return query_run(store->db,
		"INSERT INTO account (id, name, owner, profile, provider, labels, fields, scopes, state, cause, sandbox,"
		" created_ms, changed_ms, succeeded_ms, failed_ms, failure)"
		" VALUES (?, ?, ?, ?, ?, coalesce(?, '{}'), coalesce(?, '{}'), coalesce(?, '{}'), ?, ?, ?, ?, ?, 0, 0,"
		" '')"
		" ON CONFLICT (id) DO UPDATE SET owner = excluded.owner, profile = excluded.profile,"
		" labels = excluded.labels, fields = excluded.fields, scopes = excluded.scopes, state = excluded.state,"
		" cause = excluded.cause, changed_ms = excluded.changed_ms, failure = ''",
		BIND(bind_text(account->id), bind_text(account->name), bind_text(account->owner),
			bind_text(account->profile), bind_text(account->provider), bind_json(account->labels),
			bind_json(account->fields), bind_json(account->scopes),
			bind_text(account_state_text(account->state)), bind_text(account->cause),
			bind_number(account->sandbox), bind_number(account->created_ms),
			bind_number(account->changed_ms)),
		error);
}

/* Fills in the id and creation of an account that is linked again; 1 when there is none of this name. */
static int find_former(struct account *account, struct store *store, bool replace, struct error *error)
{
	sqlite3_stmt *row;
	int result;

	if (query_open(&row, store->db,
		    "SELECT id, created_ms, provider = ? AND sandbox = ? FROM account WHERE name = ?",
		    BIND(bind_text(account->provider), bind_number(account->sandbox),
			    bind_text(account->name)),
		    error) < 0)
		return -1;
	result = query_step(row, error);
	if (result == 0) {
		result = 1;
	} else if (result > 0 && (!replace || !sqlite3_column_int(row, 2))) {
		result = error_set(error, ERROR_NAME_TAKEN, "There is an account %s already%s.",
			account->name, replace ? ", of another provider" : "");
	} else if (result > 0) {
		account->created_ms = sqlite3_column_int64(row, 1);
		result = query_text(account->id, sizeof account->id, row, 0, error);
	}
	(void)sqlite3_finalize(row);
	return result;
}

static int link_account(struct account *account, struct store *store, const json_t *secrets,
	const struct account_token *tokens, size_t token_count, bool replace, struct error *error)
{
	int64_t profiles;
	int fresh;

	if (name_check(account->name, error) < 0 || labels_check(account->labels, error) < 0 ||
		query_number(&profiles, 0, store->db, "SELECT count(*) FROM profile WHERE id = ?",
			BIND(bind_text(account->profile)), error) < 0)
		return -1;
	if (!profiles)
		return error_set(error, ERROR_PROFILE_NOT_FOUND, "The profile of %s is not there any more.",
			account->name);
	fresh = find_former(account, store, replace, error);
	if (fresh < 0)
		return -1;
	if (fresh)
		store_id(account->id);
	if (put_row(store, account, error) < 0 ||
		put_sealed(store, account, secrets, tokens, token_count, error) < 0)
		return -1;
	return audit_write(store, fresh ? "linked" : "linked_again", account->id, account->name, NULL, error);
}

int accounts_add(struct account *account, struct store *store, const json_t *secrets,
	const struct account_token *tokens, size_t token_count, bool replace, struct error *error)
{
	struct account added = *account;

	added.created_ms = added.changed_ms = store_now_ms(store);
	if (store_begin(store, error) < 0)
		return -1;
	if (store_end(store, link_account(&added, store, secrets, tokens, token_count, replace, error),
		    error) < 0)
		return -1;
	*account = added;
	return 0;
}

/* ---- Changing ------------------------------------------------------------------------------------- */

static int rename_account(struct store *store, const char *name, const char *to, struct error *error)
{
	struct account account = { .id = "" };
	json_t *detail = NULL;
	int64_t taken;
	int result = -1;

	if (name_check(to, error) < 0 || find(&account, store, name, error) < 0 ||
		query_number(&taken, 0, store->db, "SELECT count(*) FROM account WHERE name = ? AND id <> ?",
			BIND(bind_text(to), bind_text(account.id)), error) < 0)
		goto out;
	if (taken) {
		(void)error_set(error, ERROR_NAME_TAKEN, "There is an account %s already.", to);
		goto out;
	}
	detail = json_pack("{s:s}", "from", account.name);
	if (!detail) {
		(void)error_memory(error);
		goto out;
	}
	if (query_run(store->db, "UPDATE account SET name = ?, changed_ms = ? WHERE id = ?",
		    BIND(bind_text(to), bind_number(store_now_ms(store)), bind_text(account.id)), error) == 0)
		result = audit_write(store, "renamed", account.id, to, detail, error);
out:
	json_decref(detail);
	account_clear(&account);
	return result;
}

int accounts_rename(struct store *store, const char *name, const char *to, struct error *error)
{
	if (store_begin(store, error) < 0)
		return -1;
	return store_end(store, rename_account(store, name, to, error), error);
}

static int label_account(struct store *store, const char *name, const json_t *changes, struct error *error)
{
	struct account account = { .id = "" };
	int result = -1;

	if (find(&account, store, name, error) == 0 && labels_change(account.labels, changes, error) == 0 &&
		query_run(store->db, "UPDATE account SET labels = ?, changed_ms = ? WHERE id = ?",
			BIND(bind_json(account.labels), bind_number(store_now_ms(store)),
				bind_text(account.id)),
			error) == 0)
		result = audit_write(store, "labelled", account.id, account.name, changes, error);
	account_clear(&account);
	return result;
}

int accounts_label(struct store *store, const char *name, const json_t *changes, struct error *error)
{
	if (store_begin(store, error) < 0)
		return -1;
	return store_end(store, label_account(store, name, changes, error), error);
}

static int remove_account(struct store *store, const char *name, struct error *error)
{
	struct account account = { .id = "" };
	int result = -1;

	if (find(&account, store, name, error) == 0 && holder_destroy(store, account.id, error) == 0 &&
		query_run(store->db, "DELETE FROM account WHERE id = ?", BIND(bind_text(account.id)),
			error) == 0 &&
		copy_forget(store, error) == 0)
		result = audit_write(store, "unlinked", account.id, account.name, NULL, error);
	account_clear(&account);
	return result;
}

int accounts_remove(struct store *store, const char *name, struct error *error)
{
	if (store_begin(store, error) < 0)
		return -1;
	return store_end(store, remove_account(store, name, error), error);
}

/* The statement before changed an account: it was there. */
static int check_changed(struct store *store, const char *id, struct error *error)
{
	if (sqlite3_changes(store->db) > 0)
		return 0;
	return name_unknown(store, ERROR_ACCOUNT_NOT_FOUND, "account", id, ACCOUNT_NAMES, error);
}

int accounts_seen(struct store *store, const char *id, const char *code, struct error *error)
{
	int result;

	if (store_begin(store, error) < 0)
		return -1;
	result = query_run(store->db,
		"UPDATE account SET failure = ?1, succeeded_ms = iif(?1 = '', ?2, succeeded_ms),"
		" failed_ms = iif(?1 = '', failed_ms, ?2) WHERE id = ?3",
		BIND(bind_text(code), bind_number(store_now_ms(store)), bind_text(id)), error);
	if (result == 0)
		result = check_changed(store, id, error);
	return store_end(store, result, error);
}

static int merge_scopes(struct store *store, const char *id, const json_t *scopes, struct error *error)
{
	struct account account = { .id = "" };
	int result = -1;

	if (find(&account, store, id, error) < 0)
		return -1;
	if (json_object_update(account.scopes, (json_t *)(uintptr_t)scopes) < 0)
		(void)error_memory(error);
	else
		result = query_run(store->db, "UPDATE account SET scopes = ? WHERE id = ?",
			BIND(bind_json(account.scopes), bind_text(account.id)), error);
	account_clear(&account);
	return result;
}

int accounts_scopes(struct store *store, const char *id, const json_t *scopes, struct error *error)
{
	if (store_begin(store, error) < 0)
		return -1;
	return store_end(store, merge_scopes(store, id, scopes, error), error);
}

int account_set_state(
	struct store *store, const char *id, enum account_state state, const char *cause, struct error *error)
{
	char name[STORE_NAME_SIZE];
	json_t *detail = NULL;
	sqlite3_stmt *row;
	int result;

	if (query_open(&row, store->db,
		    "UPDATE account SET state = ?, cause = ?, changed_ms = ? WHERE id = ? RETURNING name",
		    BIND(bind_text(account_state_text(state)), bind_text(cause),
			    bind_number(store_now_ms(store)), bind_text(id)),
		    error) < 0)
		return -1;
	result = query_step(row, error);
	if (result > 0)
		result = query_text(name, sizeof name, row, 0, error);
	else if (result == 0)
		result = name_unknown(store, ERROR_ACCOUNT_NOT_FOUND, "account", id, ACCOUNT_NAMES, error);
	(void)sqlite3_finalize(row);
	if (result < 0)
		return -1;
	detail = json_pack("{s:s, s:s}", "state", account_state_text(state), "cause", cause);
	result = detail ? audit_write(store, "state", id, name, detail, error) : error_memory(error);
	json_decref(detail);
	return result;
}

int accounts_state(
	struct store *store, const char *id, enum account_state state, const char *cause, struct error *error)
{
	if (store_begin(store, error) < 0)
		return -1;
	return store_end(store, account_set_state(store, id, state, cause, error), error);
}
