#include "config.h"

#include "store/audit.h"

#include "store/inside.h"

#include <errno.h>
#include <inttypes.h>
#include <pwd.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The chain is keyed by a data key like any other: who has the file but not the master key can remove entries
 * from its end, but can't write any. */
#define CHAIN "audit"
#define HASH_BYTES 32
#define ACTOR_SIZE 128

struct chain {
	struct holder holder;
	int64_t number;
	unsigned char hash[HASH_BYTES];
};

struct entry {
	int64_t number;
	int64_t at_ms;
	const char *actor;
	const char *what;
	const char *subject;
	const char *name;
	const char *detail; /* compact JSON */
};

/* The hash of the canonical text: a compact JSON array of the previous hash and the
 * members in their order. */
static int hash_entry(struct chain *chain, const struct entry *entry, struct error *error)
{
	char before[2 * HASH_BYTES + 1];
	json_t *list;
	char *text;

	(void)sodium_bin2hex(before, sizeof before, chain->hash, HASH_BYTES);
	list = json_pack("[s, I, I, s, s, s, s, s]", before, (json_int_t)entry->number,
		(json_int_t)entry->at_ms, entry->actor, entry->what, entry->subject, entry->name,
		entry->detail);
	text = list ? json_dumps(list, JSON_COMPACT) : NULL;
	json_decref(list);
	if (!text)
		return error_memory(error);
	(void)crypto_generichash(chain->hash, HASH_BYTES, (const unsigned char *)text, strlen(text),
		chain->holder.key, sizeof chain->holder.key);
	chain->number = entry->number;
	free(text);
	return 0;
}

static int take_hash(unsigned char hash[HASH_BYTES], sqlite3_stmt *query, int column, struct error *error)
{
	const void *bytes = sqlite3_column_blob(query, column);

	if (!bytes || sqlite3_column_bytes(query, column) != HASH_BYTES)
		return error_set(error, ERROR_AUDIT_BROKEN, "A hash of the audit log is damaged.");
	memcpy(hash, bytes, HASH_BYTES);
	return 0;
}

/* The chain as it stands at its end, or at the point up to which it was pruned. */
static int open_chain(struct chain *out, struct store *store, bool pruned, struct error *error)
{
	sqlite3_stmt *query;
	int result;

	if (query_open(&query, store->db,
		    pruned ? "SELECT audit_pruned, audit_pruned_hash FROM meta"
			   : "SELECT audit_number, audit_hash FROM meta",
		    BIND_NOTHING, error) < 0)
		return -1;
	result = query_step(query, error);
	if (result > 0) {
		out->number = sqlite3_column_int64(query, 0);
		result = take_hash(out->hash, query, 1, error);
	}
	(void)sqlite3_finalize(query);
	return result < 0 ? -1 : holder_open(&out->holder, store, CHAIN, error);
}

/* ---- Writing -------------------------------------------------------------------------------------- */

/* Who did it: the user's name and number. */
static void find_actor(char out[ACTOR_SIZE])
{
	char room[4096];
	struct passwd row;
	struct passwd *found = NULL;

	if (getpwuid_r(getuid(), &row, room, sizeof room, &found) != 0 || !found)
		(void)snprintf(out, ACTOR_SIZE, "%ju", (uintmax_t)getuid());
	else
		(void)snprintf(out, ACTOR_SIZE, "%.64s (%ju)", found->pw_name, (uintmax_t)getuid());
}

static int append(struct store *store, struct chain *chain, const struct entry *entry, struct error *error)
{
	if (hash_entry(chain, entry, error) < 0)
		return -1;
	if (query_run(store->db,
		    "INSERT INTO audit (number, at_ms, actor, what, subject, name, detail, hash)"
		    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
		    BIND(bind_number(entry->number), bind_number(entry->at_ms), bind_text(entry->actor),
			    bind_text(entry->what), bind_text(entry->subject), bind_text(entry->name),
			    bind_text(entry->detail), bind_blob(chain->hash, HASH_BYTES)),
		    error) < 0)
		return -1;
	return query_run(store->db, "UPDATE meta SET audit_number = ?, audit_hash = ?",
		BIND(bind_number(entry->number), bind_blob(chain->hash, HASH_BYTES)), error);
}

int audit_write(struct store *store, const char *what, const char *subject, const char *name,
	const json_t *detail, struct error *error)
{
	char actor[ACTOR_SIZE];
	struct chain chain = { .number = 0 };
	char *text = detail ? json_dumps(detail, JSON_COMPACT | JSON_SORT_KEYS) : strdup("{}");
	int result = -1;

	if (!text)
		return error_memory(error);
	find_actor(actor);
	if (open_chain(&chain, store, false, error) == 0) {
		const struct entry entry = {
			.number = chain.number + 1,
			.at_ms = store_now_ms(store),
			.actor = actor,
			.what = what,
			.subject = subject,
			.name = name,
			.detail = text,
		};
		result = append(store, &chain, &entry, error);
	}
	holder_clear(&chain.holder);
	free(text);
	return result;
}

int audit_begin(struct store *store, int64_t version, struct error *error)
{
	struct holder holder;
	int64_t begun;
	json_t *detail;
	int result;

	if (query_number(&begun, 0, store->db, "SELECT count(*) FROM data_key WHERE holder = '" CHAIN "'",
		    BIND_NOTHING, error) < 0)
		return -1;
	if (!begun) {
		if (holder_make(&holder, store, CHAIN, error) < 0)
			return -1;
		holder_clear(&holder);
		return audit_write(store, "created", "", "", NULL, error);
	}
	detail = json_pack("{s:I}", "from", (json_int_t)version);
	if (!detail)
		return error_memory(error);
	result = audit_write(store, "migrated", "", "", detail, error);
	json_decref(detail);
	return result;
}

int audit_add(
	struct store *store, const char *what, const char *subject, const json_t *detail, struct error *error)
{
	if (store_begin(store, error) < 0)
		return -1;
	return store_end(store, audit_write(store, what, subject, "", detail, error), error);
}

int audit_prune(struct store *store, int64_t before_ms, struct error *error)
{
	int64_t last;

	/* By number, not by time: a clock that was wrong for a while must not tear a hole into the chain. */
	if (query_number(&last, 0, store->db,
		    "SELECT coalesce((SELECT min(number) FROM audit WHERE at_ms >= ?1),"
		    " (SELECT max(number) + 1 FROM audit), 0) - 1",
		    BIND(bind_number(before_ms)), error) < 0)
		return -1;
	if (last <= 0)
		return 0;
	if (query_run(store->db,
		    "UPDATE meta SET audit_pruned = number, audit_pruned_hash = hash FROM"
		    " (SELECT number, hash FROM audit WHERE number = ?)",
		    BIND(bind_number(last)), error) < 0)
		return -1;
	return query_run(store->db, "DELETE FROM audit WHERE number <= ?", BIND(bind_number(last)), error);
}

/* ---- Reading -------------------------------------------------------------------------------------- */

static const char *text_of(sqlite3_stmt *query, int column)
{
	const unsigned char *text = sqlite3_column_text(query, column);

	return text ? (const char *)text : "";
}

/* Columns: number, at_ms, actor, what, subject, name, detail, hash. */
static struct entry entry_of(sqlite3_stmt *query)
{
	return (struct entry){
		.number = sqlite3_column_int64(query, 0),
		.at_ms = sqlite3_column_int64(query, 1),
		.actor = text_of(query, 2),
		.what = text_of(query, 3),
		.subject = text_of(query, 4),
		.name = text_of(query, 5),
		.detail = text_of(query, 6),
	};
}

static json_t *entry_json(sqlite3_stmt *query)
{
	struct entry entry = entry_of(query);
	unsigned char hash[HASH_BYTES] = { 0 };
	char hex[2 * HASH_BYTES + 1];
	struct error unused;
	json_t *detail = json_loads(entry.detail, JSON_REJECT_DUPLICATES, NULL);

	(void)take_hash(hash, query, 7, &unused);
	(void)sodium_bin2hex(hex, sizeof hex, hash, sizeof hash);
	/* What somebody has damaged is shown as far as it goes; audit_verify() tells. */
	return json_pack("{s:I, s:I, s:s, s:s, s:s, s:s, s:o, s:s}", "number", (json_int_t)entry.number, "at",
		(json_int_t)entry.at_ms, "actor", entry.actor, "what", entry.what, "subject", entry.subject,
		"name", entry.name, "detail", detail ? detail : json_null(), "hash", hex);
}

static int append_entry(void *list, sqlite3_stmt *row, struct error *error)
{
	return json_array_append_new(list, entry_json(row)) < 0 ? error_memory(error) : 0;
}

int audit_read(json_t **out_new, struct store *store, const struct audit_query *query, struct error *error)
{
	static const char sql[] =
		"SELECT * FROM (SELECT number, at_ms, actor, what, subject, name, detail, hash FROM audit"
		" WHERE (?1 IS NULL OR subject = ?1 OR name = ?1) AND at_ms >= ?2"
		" ORDER BY number DESC LIMIT ?3) ORDER BY number";
	int64_t limit = query->limit && query->limit <= INT64_MAX ? (int64_t)query->limit : -1;
	json_t *list = json_array();
	int result;

	if (!list)
		return error_memory(error);
	result = store_begin_read(store, error);
	if (result == 0) {
		result = query_each(store->db, sql,
			BIND(bind_text(query->subject), bind_number(query->since_ms), bind_number(limit)),
			append_entry, list, error);
		result = store_end(store, result, error);
	}
	if (result == 0)
		*out_new = list;
	else
		json_decref(list);
	return result;
}

/* ---- Verifying ------------------------------------------------------------------------------------ */

struct verifying {
	struct chain chain;
	uint64_t entries;
};

static int verify_entry(void *context, sqlite3_stmt *row, struct error *error)
{
	struct verifying *verifying = context;
	struct chain *chain = &verifying->chain;
	struct entry entry = entry_of(row);
	unsigned char hash[HASH_BYTES];

	if (entry.number != chain->number + 1)
		return error_set(error, ERROR_AUDIT_BROKEN, "Entry %" PRId64 " of the audit log is missing.",
			chain->number + 1);
	if (take_hash(hash, row, 7, error) < 0 || hash_entry(chain, &entry, error) < 0)
		return -1;
	if (sodium_memcmp(hash, chain->hash, HASH_BYTES) != 0)
		return error_set(error, ERROR_AUDIT_BROKEN,
			"Entry %" PRId64 " of the audit log does not follow from the one before.",
			entry.number);
	verifying->entries++;
	return 0;
}

int audit_verify_inside(uint64_t *entries, struct store *store, struct error *error)
{
	struct verifying verifying = { .chain = { .number = 0 } };
	const struct chain *chain = &verifying.chain;
	struct chain end = { .number = 0 };
	int result = -1;

	if (open_chain(&end, store, false, error) == 0 &&
		open_chain(&verifying.chain, store, true, error) == 0)
		result = query_each(store->db,
			"SELECT number, at_ms, actor, what, subject, name, detail, hash FROM audit ORDER BY number",
			BIND_NOTHING, verify_entry, &verifying, error);
	if (result == 0 && (chain->number != end.number || memcmp(chain->hash, end.hash, HASH_BYTES) != 0))
		result = error_set(error, ERROR_AUDIT_BROKEN,
			"The audit log ends with entry %" PRId64 ", but %" PRId64 " were written.",
			chain->number, end.number);
	*entries = verifying.entries;
	holder_clear(&verifying.chain.holder);
	holder_clear(&end.holder);
	return result;
}

int audit_verify(uint64_t *entries, struct store *store, struct error *error)
{
	if (store_begin_read(store, error) < 0)
		return -1;
	return store_end(store, audit_verify_inside(entries, store, error), error);
}
