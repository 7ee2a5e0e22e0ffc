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

/* The chain is keyed by a data key like any other, and so is the proof of where it begins and ends: who has the file but
 * not the master key can neither write entries nor take any off an end. */
#define CHAIN "audit"
#define HASH_BYTES 32
#define END_BYTES (2 * HASH_BYTES) /* the hash of the entry at that end, and the proof */
#define ACTOR_SIZE 128

struct chain {
	struct holder holder;
	int64_t number;
	unsigned char hash[HASH_BYTES];
	bool forged; /* the end is not proved: it stays so, whatever is written behind it */
};

/* What retention has removed last, and the newest entry. */
enum chain_end { CHAIN_PRUNED, CHAIN_NEWEST };

static const struct {
	const char *name;
	const char *read;
	const char *write;
} ends[] = {
	[CHAIN_PRUNED] = { "pruned", "SELECT audit_pruned, audit_pruned_hash FROM meta",
		"UPDATE meta SET audit_pruned = ?, audit_pruned_hash = ?" },
	[CHAIN_NEWEST] = { "newest", "SELECT audit_number, audit_hash FROM meta",
		"UPDATE meta SET audit_number = ?, audit_hash = ?" },
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

static int take_bytes(unsigned char *out, size_t length, sqlite3_stmt *query, int column, struct error *error)
{
	const void *bytes = sqlite3_column_blob(query, column);

	if (!bytes || (size_t)sqlite3_column_bytes(query, column) != length)
		return error_set(error, ERROR_AUDIT_BROKEN, "A hash of the audit log is damaged.");
	memcpy(out, bytes, length);
	return 0;
}

static int take_hash(unsigned char hash[HASH_BYTES], sqlite3_stmt *query, int column, struct error *error)
{
	return take_bytes(hash, HASH_BYTES, query, column, error);
}

/* That an end is where it is, by whoever had the key. An entry is hashed as an array, which no name of an end begins. */
static void prove_end(unsigned char proof[HASH_BYTES], const struct chain *chain, enum chain_end end)
{
	crypto_generichash_state state;
	unsigned char number[sizeof chain->number];

	for (size_t i = 0; i < sizeof number; i++)
		number[i] = (unsigned char)((uint64_t)chain->number >> (8 * i));
	(void)crypto_generichash_init(&state, chain->holder.key, sizeof chain->holder.key, HASH_BYTES);
	(void)crypto_generichash_update(
		&state, (const unsigned char *)ends[end].name, strlen(ends[end].name));
	(void)crypto_generichash_update(&state, number, sizeof number);
	(void)crypto_generichash_update(&state, chain->hash, HASH_BYTES);
	(void)crypto_generichash_final(&state, proof, HASH_BYTES);
	sodium_memzero(&state, sizeof state);
}

/* The chain as it stands at an end. */
static int open_chain(struct chain *out, struct store *store, enum chain_end end, struct error *error)
{
	unsigned char written[END_BYTES], proof[HASH_BYTES];
	sqlite3_stmt *query;
	int result;

	if (query_open(&query, store->db, ends[end].read, BIND_NOTHING, error) < 0)
		return -1;
	result = query_step(query, error);
	if (result > 0) {
		out->number = sqlite3_column_int64(query, 0);
		result = take_bytes(written, sizeof written, query, 1, error);
	}
	(void)sqlite3_finalize(query);
	if (result < 0 || holder_open(&out->holder, store, CHAIN, error) < 0)
		return -1;
	memcpy(out->hash, written, HASH_BYTES);
	prove_end(proof, out, end);
	out->forged = sodium_memcmp(proof, written + HASH_BYTES, HASH_BYTES) != 0;
	return 0;
}

static int write_end(struct store *store, const struct chain *chain, enum chain_end end, struct error *error)
{
	unsigned char written[END_BYTES] = { 0 };

	memcpy(written, chain->hash, HASH_BYTES);
	if (!chain->forged)
		prove_end(written + HASH_BYTES, chain, end);
	return query_run(store->db, ends[end].write,
		BIND(bind_number(chain->number), bind_blob(written, sizeof written)), error);
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
	return write_end(store, chain, CHAIN_NEWEST, error);
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
	if (open_chain(&chain, store, CHAIN_NEWEST, error) == 0) {
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
	struct chain none = { .number = 0 };
	int64_t begun;
	json_t *detail;
	int result;

	if (query_number(&begun, 0, store->db, "SELECT count(*) FROM data_key WHERE holder = '" CHAIN "'",
		    BIND_NOTHING, error) < 0)
		return -1;
	if (!begun) {
		result = holder_make(&none.holder, store, CHAIN, error);
		if (result == 0)
			result = write_end(store, &none, CHAIN_PRUNED, error);
		if (result == 0)
			result = write_end(store, &none, CHAIN_NEWEST, error);
		holder_clear(&none.holder);
		return result < 0 ? -1 : audit_write(store, "created", "", "", NULL, error);
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

/* Everything up to that entry. */
static int prune_to(struct store *store, int64_t last, struct error *error)
{
	struct chain chain = { .number = 0 };
	sqlite3_stmt *query = NULL;
	int result = open_chain(&chain, store, CHAIN_PRUNED, error);

	chain.number = last;
	if (result == 0)
		result = query_open(&query, store->db, "SELECT hash FROM audit WHERE number = ?",
			BIND(bind_number(last)), error);
	if (result == 0)
		result = query_step(query, error);
	if (result > 0)
		result = take_hash(chain.hash, query, 0, error);
	(void)sqlite3_finalize(query);
	if (result == 0)
		result = write_end(store, &chain, CHAIN_PRUNED, error);
	if (result == 0)
		result = query_run(
			store->db, "DELETE FROM audit WHERE number <= ?", BIND(bind_number(last)), error);
	holder_clear(&chain.holder);
	return result;
}

int audit_prune(struct store *store, int64_t before_ms, struct error *error)
{
	struct error broken = { 0 };
	uint64_t entries;
	int64_t last;

	/* By number, not by time: a clock that was wrong for a while must not tear a hole into the chain. */
	if (query_number(&last, 0, store->db,
		    "SELECT coalesce((SELECT min(number) FROM audit WHERE at_ms >= ?1),"
		    " (SELECT max(number) + 1 FROM audit), 0) - 1",
		    BIND(bind_number(before_ms)), error) < 0)
		return -1;
	if (last <= 0)
		return 0;
	/* What was tampered with stays, times put back so that this would remove the traces among it. */
	if (audit_verify_inside(&entries, store, &broken) == 0)
		return prune_to(store, last, error);
	if (broken.code == ERROR_AUDIT_BROKEN)
		return 0;
	*error = broken;
	return -1;
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

	if (open_chain(&end, store, CHAIN_NEWEST, error) == 0 &&
		open_chain(&verifying.chain, store, CHAIN_PRUNED, error) == 0)
		result = query_each(store->db,
			"SELECT number, at_ms, actor, what, subject, name, detail, hash FROM audit ORDER BY number",
			BIND_NOTHING, verify_entry, &verifying, error);
	if (result == 0 && (chain->number != end.number || memcmp(chain->hash, end.hash, HASH_BYTES) != 0))
		result = error_set(error, ERROR_AUDIT_BROKEN,
			"The audit log ends with entry %" PRId64 ", but %" PRId64 " were written.",
			chain->number, end.number);
	if (result == 0 && verifying.chain.forged)
		result =
			error_set(error, ERROR_AUDIT_BROKEN, "The beginning of the audit log was taken off.");
	if (result == 0 && end.forged)
		result = error_set(error, ERROR_AUDIT_BROKEN, "The end of the audit log was taken off.");
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
