#include "config.h"

#include "store/links.h"

#include "base/clock.h"
#include "base/secrets.h"
#include "store/inside.h"
#include "store/labels.h"
#include "store/names.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SELECT_LINK \
	"SELECT id, profile, account, owner, fields, labels, redirect, fence, lease_until_ms, created_ms, expires_ms" \
	" FROM pending_link "
#define VERIFIER_FIELD "link.verifier"
#define TOKEN_FIELD "link.token." /* and the name of its part */
#define HASH_BYTES 32

void pending_link_clear(struct pending_link *link)
{
	json_decref(link->fields);
	json_decref(link->labels);
	secrets_free_take(link->token);
	*link = (struct pending_link){ .id = "" };
}

void links_free(struct pending_link *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		pending_link_clear(&list[i]);
	free(list);
}

static void hash_state(unsigned char hash[HASH_BYTES], const char *state)
{
	(void)crypto_generichash(hash, HASH_BYTES, (const unsigned char *)state, strlen(state), NULL, 0);
}

static int read_row(struct pending_link *out, sqlite3_stmt *row, struct error *error)
{
	struct pending_link link = { .id = "" };

	link.fence = (uint64_t)sqlite3_column_int64(row, 7);
	link.created_ms = sqlite3_column_int64(row, 9);
	link.expires_ms = sqlite3_column_int64(row, 10);
	if (query_text(link.id, sizeof link.id, row, 0, error) < 0 ||
		query_text(link.profile, sizeof link.profile, row, 1, error) < 0 ||
		query_text(link.account, sizeof link.account, row, 2, error) < 0 ||
		query_text(link.owner, sizeof link.owner, row, 3, error) < 0 ||
		query_json(&link.fields, row, 4, error) < 0 || query_json(&link.labels, row, 5, error) < 0 ||
		query_text(link.redirect, sizeof link.redirect, row, 6, error) < 0) {
		pending_link_clear(&link);
		return -1;
	}
	*out = link;
	return 0;
}

/* ---- Adding --------------------------------------------------------------------------------------- */

static int put_sealed(struct store *store, const struct pending_link *link, const json_t *secrets,
	const char *verifier, struct error *error)
{
	struct holder holder;
	json_t *own;
	int result;

	if (holder_make(&holder, store, link->id, error) < 0)
		return -1;
	own = json_pack("{s:s}", VERIFIER_FIELD, verifier);
	result = own ? holder_put(store, &holder, secrets, error) : error_memory(error);
	if (result == 0)
		result = holder_put(store, &holder, own, error);
	secrets_free_take(own);
	holder_clear(&holder);
	return result;
}

/* Two links for one account would be one too many: who comes second is refused. */
static int check_alone(struct store *store, const struct pending_link *link, struct error *error)
{
	int64_t waiting;

	if (query_number(&waiting, 0, store->db,
		    "SELECT count(*) FROM pending_link WHERE account = ? AND expires_ms > ?",
		    BIND(bind_text(link->account), bind_number(store_now_ms(store))), error) < 0)
		return -1;
	if (!waiting)
		return 0;
	(void)error_set(error, ERROR_NAME_TAKEN, "A link for %s waits already.", link->account);
	return error_hint(error, "Finish it, or remove it with 'muster link --withdraw %s'.", link->account);
}

static int insert(struct store *store, const struct pending_link *link, const json_t *secrets,
	const char *state, const char *verifier, struct error *error)
{
	unsigned char hash[HASH_BYTES];
	int64_t profiles;

	hash_state(hash, state);
	if (name_check(link->account, error) < 0 || labels_check(link->labels, error) < 0 ||
		check_alone(store, link, error) < 0 ||
		query_number(&profiles, 0, store->db, "SELECT count(*) FROM profile WHERE id = ?",
			BIND(bind_text(link->profile)), error) < 0)
		return -1;
	if (!profiles)
		return error_set(error, ERROR_PROFILE_NOT_FOUND, "The profile of %s is not there any more.",
			link->account);
	if (query_run(store->db,
		    "INSERT INTO pending_link (id, profile, account, owner, fields, labels, redirect, state_hash,"
		    " created_ms, expires_ms)"
		    " VALUES (?, ?, ?, ?, coalesce(?, '{}'), coalesce(?, '{}'), ?, ?, ?, ?)",
		    BIND(bind_text(link->id), bind_text(link->profile), bind_text(link->account),
			    bind_text(link->owner), bind_json(link->fields), bind_json(link->labels),
			    bind_text(link->redirect), bind_blob(hash, sizeof hash),
			    bind_number(link->created_ms), bind_number(link->expires_ms)),
		    error) < 0 ||
		put_sealed(store, link, secrets, verifier, error) < 0)
		return -1;
	return audit_write(store, "link_started", link->id, link->account, NULL, error);
}

int links_add(struct pending_link *link, struct store *store, const json_t *secrets, const char *state,
	const char *verifier, struct error *error)
{
	struct pending_link added = *link;

	store_id(added.id);
	added.created_ms = store_now_ms(store);
	if (store_begin(store, error) < 0)
		return -1;
	if (store_end(store, insert(store, &added, secrets, state, verifier, error), error) < 0)
		return -1;
	*link = added;
	return 0;
}

/* ---- Taking --------------------------------------------------------------------------------------- */

static int check_expired(const struct store *store, const struct pending_link *link, struct error *error)
{
	char day[32];

	if (store_now_ms(store) < link->expires_ms)
		return 0;
	(void)clock_text(day, sizeof day, link->expires_ms, CLOCK_DAY);
	return error_set(error, ERROR_LINK_NOT_FOUND, "The link for %s has expired%s%s.", link->account,
		day[0] ? " on " : "", day);
}

/* Parts the verifier from the secrets that were entered. */
static int part_verifier(char **verifier_new, json_t *secrets, struct error *error)
{
	const json_t *value = json_object_get(secrets, VERIFIER_FIELD);

	*verifier_new = NULL;
	if (!value)
		return 0;
	*verifier_new = strdup(json_string_value(value));
	if (!*verifier_new)
		return error_memory(error);
	explicit_bzero((char *)(uintptr_t)json_string_value(value), json_string_length(value));
	return json_object_del(secrets, VERIFIER_FIELD);
}

static int find(struct pending_link *link, struct store *store, const char *state, struct error *error)
{
	unsigned char hash[HASH_BYTES];
	sqlite3_stmt *row;
	int result;

	hash_state(hash, state);
	if (query_open(&row, store->db, SELECT_LINK "WHERE state_hash = ?",
		    BIND(bind_blob(hash, sizeof hash)), error) < 0)
		return -1;
	result = query_step(row, error);
	if (result > 0)
		result = read_row(link, row, error);
	else if (result == 0)
		result = error_set(error, ERROR_LINK_NOT_FOUND,
			"No link waits for this URL: it was finished already, or never begun here.");
	(void)sqlite3_finalize(row);
	return result < 0 ? -1 : check_expired(store, link, error);
}

int links_find(struct pending_link *out, struct store *store, const char *state, struct error *error)
{
	struct pending_link link = { .id = "" };

	if (store_begin_read(store, error) < 0)
		return -1;
	if (store_end(store, find(&link, store, state, error), error) < 0) {
		pending_link_clear(&link);
		return -1;
	}
	*out = link;
	return 0;
}

/* Parts the token, too: its texts move. */
static int part_token(json_t **token, json_t *secrets, struct error *error)
{
	const size_t prefix = strlen(TOKEN_FIELD);
	const char *field;
	json_t *text;
	void *next;

	json_object_foreach_safe(secrets, next, field, text)
	{
		if (strncmp(field, TOKEN_FIELD, prefix) != 0)
			continue;
		if (!*token)
			*token = json_object();
		if (!*token || json_object_set(*token, field + prefix, text) < 0)
			return error_memory(error);
		(void)json_object_del(secrets, field);
	}
	return 0;
}

/* Nobody else has it: it is leased, under a new fence. */
static int lease(struct pending_link *link, struct store *store, int64_t lease_ms, struct error *error)
{
	int64_t now_ms = store_now_ms(store);
	int64_t until_ms;

	if (query_number(&until_ms, 0, store->db, "SELECT lease_until_ms FROM pending_link WHERE id = ?",
		    BIND(bind_text(link->id)), error) < 0)
		return -1;
	/* One that a clock set back has put far ahead is nobody's. */
	if (until_ms > now_ms && until_ms - now_ms <= lease_ms) {
		(void)error_set(error, ERROR_LINK_BUSY, "Somebody is finishing the link for %s right now.",
			link->account);
		return error_hint(error,
			"If that comes to nothing, finish with the same URL in %lld seconds.",
			(long long)((until_ms - now_ms + 999) / 1000));
	}
	link->fence++;
	return query_run(store->db, "UPDATE pending_link SET fence = ?, lease_until_ms = ? WHERE id = ?",
		BIND(bind_number((int64_t)link->fence), bind_number(now_ms + lease_ms), bind_text(link->id)),
		error);
}

static int take(struct pending_link *link, json_t **secrets, struct store *store, const char *state,
	int64_t lease_ms, struct error *error)
{
	if (find(link, store, state, error) < 0 || lease(link, store, lease_ms, error) < 0 ||
		holder_secrets(secrets, store, link->id, error) < 0)
		return -1;
	return part_token(&link->token, *secrets, error);
}

int links_take(struct pending_link *out, json_t **secrets_new, char **verifier_new, struct store *store,
	const char *state, int64_t lease_ms, struct error *error)
{
	struct pending_link link = { .id = "" };
	json_t *secrets = NULL;
	char *verifier = NULL;
	int result;

	if (store_begin(store, error) < 0)
		return -1;
	result = take(&link, &secrets, store, state, lease_ms, error);
	if (result == 0)
		result = part_verifier(&verifier, secrets, error);
	if (store_end(store, result, error) < 0) {
		secrets_text_free_take(verifier);
		secrets_free_take(secrets);
		pending_link_clear(&link);
		return -1;
	}
	store_point(store, STORE_LINK_TAKEN);
	*out = link;
	*secrets_new = secrets;
	*verifier_new = verifier;
	return 0;
}

/* ---- What becomes of one that was taken ------------------------------------------------------------ */

static int check_mine(struct store *store, const struct pending_link *link, struct error *error)
{
	int64_t fence;

	if (query_number(&fence, -1, store->db, "SELECT fence FROM pending_link WHERE id = ?",
		    BIND(bind_text(link->id)), error) < 0)
		return -1;
	if (fence < 0)
		return error_set(error, ERROR_LINK_NOT_FOUND,
			"The link for %s was finished by somebody else meanwhile, or withdrawn.",
			link->account);
	if ((uint64_t)fence != link->fence)
		return error_set(error, ERROR_LINK_BUSY,
			"That took too long: by now somebody else finishes the link for %s.", link->account);
	return 0;
}

/* The token's texts, each under the name that it is sealed by. */
static json_t *name_token(const json_t *token)
{
	json_t *named = json_object();
	int failed = !named;
	const char *part;
	json_t *text;

	json_object_foreach((json_t *)(uintptr_t)token, part, text)
	{
		char field[64];
		int length = snprintf(field, sizeof field, "%s%s", TOKEN_FIELD, part);

		failed = failed || length < 0 || (size_t)length >= sizeof field ||
			 json_object_set(named, field, text) < 0;
	}
	if (!failed)
		return named;
	json_decref(named);
	return NULL;
}

static int keep(
	const struct pending_link *link, struct store *store, const json_t *token, struct error *error)
{
	struct holder holder;
	int result;

	if (holder_open(&holder, store, link->id, error) < 0)
		return -1;
	result = query_run(store->db,
		"DELETE FROM secret WHERE holder = ?1 AND (field = ?2 OR substr(field, 1, length(?3)) = ?3)",
		BIND(bind_text(link->id), bind_text(VERIFIER_FIELD), bind_text(TOKEN_FIELD)), error);
	if (result == 0)
		result = holder_put(store, &holder, token, error);
	holder_clear(&holder);
	return result;
}

int links_keep(const struct pending_link *link, struct store *store, int64_t lease_ms, struct error *error)
{
	json_t *token = name_token(link->token);
	int result;

	if (!token)
		return error_memory(error);
	result = store_begin(store, error);
	if (result == 0) {
		result = check_mine(store, link, error);
		if (result == 0)
			result = keep(link, store, token, error);
		if (result == 0)
			result = query_run(store->db,
				"UPDATE pending_link SET lease_until_ms = ? WHERE id = ?",
				BIND(bind_number(store_now_ms(store) + lease_ms), bind_text(link->id)),
				error);
		result = store_end(store, result, error);
	}
	json_decref(token); /* its texts are link->token's */
	if (result == 0)
		store_point(store, STORE_LINK_KEPT);
	return result;
}

int links_leave(const struct pending_link *link, struct store *store, struct error *error)
{
	if (store_begin(store, error) < 0)
		return -1;
	return store_end(store,
		query_run(store->db, "UPDATE pending_link SET lease_until_ms = 0 WHERE id = ? AND fence = ?",
			BIND(bind_text(link->id), bind_number((int64_t)link->fence)), error),
		error);
}

static int drop(struct store *store, const struct pending_link *link, const char *what, const char *code,
	struct error *error)
{
	json_t *detail = NULL;
	int result;

	if (holder_destroy(store, link->id, error) < 0 ||
		query_run(store->db, "DELETE FROM pending_link WHERE id = ?", BIND(bind_text(link->id)),
			error) < 0)
		return -1;
	if (code && !(detail = json_pack("{s:s}", "error", code)))
		return error_memory(error);
	result = audit_write(store, what, link->id, link->account, detail, error);
	json_decref(detail);
	return result;
}

int links_end(const struct pending_link *link, struct store *store, enum link_end end, const char *code,
	struct error *error)
{
	static const char *const texts[] = {
#define END_TEXT(symbol, name) name,
		LINK_ENDS(END_TEXT)
#undef END_TEXT
	};
	int result;

	if (store_begin(store, error) < 0)
		return -1;
	result = check_mine(store, link, error);
	if (result == 0)
		result = drop(store, link, texts[end], code, error);
	return store_end(store, result, error);
}

/* ---- Withdrawing ---------------------------------------------------------------------------------- */

static int withdraw(struct store *store, const char *account, struct error *error)
{
	struct pending_link link = { .id = "" };
	sqlite3_stmt *row;
	int result;

	if (query_open(&row, store->db, SELECT_LINK "WHERE account = ? AND expires_ms > ?",
		    BIND(bind_text(account), bind_number(store_now_ms(store))), error) < 0)
		return -1;
	result = query_step(row, error);
	if (result > 0)
		result = read_row(&link, row, error);
	else if (result == 0)
		result = error_set(error, ERROR_LINK_NOT_FOUND, "No link waits for %.100s.", account);
	(void)sqlite3_finalize(row);
	if (result == 0)
		result = drop(store, &link, "link_withdrawn", NULL, error);
	pending_link_clear(&link);
	return result;
}

int links_withdraw(struct store *store, const char *account, struct error *error)
{
	if (store_begin(store, error) < 0)
		return -1;
	return store_end(store, withdraw(store, account, error), error);
}

/* ---- Listing -------------------------------------------------------------------------------------- */

static int append(struct pending_link **list, size_t *count, sqlite3_stmt *row, struct error *error)
{
	struct pending_link *more = reallocarray(*list, *count + 1, sizeof **list);

	if (!more)
		return error_memory(error);
	*list = more;
	if (read_row(&more[*count], row, error) < 0)
		return -1;
	++*count;
	return 0;
}

int links_list(struct pending_link **out, size_t *count, struct store *store, struct error *error)
{
	struct pending_link *list = NULL;
	sqlite3_stmt *rows = NULL;
	size_t found = 0;
	int result = -1;

	if (store_begin_read(store, error) < 0)
		return -1;
	if (query_open(&rows, store->db, SELECT_LINK "WHERE expires_ms > ? ORDER BY created_ms, id",
		    BIND(bind_number(store_now_ms(store))), error) == 0)
		while ((result = query_step(rows, error)) > 0)
			if (append(&list, &found, rows, error) < 0) {
				result = -1;
				break;
			}
	(void)sqlite3_finalize(rows);
	if (store_end(store, result, error) < 0) {
		links_free(list, found);
		return -1;
	}
	*out = list;
	*count = found;
	return 0;
}
