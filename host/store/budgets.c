#include "config.h"

#include "store/budgets.h"

#include "store/inside.h"

#include <string.h>

enum {
	HOLD_MIN_MS = 250,
	HOLD_MAX_MS = 15000,
	CLOSED_MAX_MS = 24 * 3600 * 1000,
};

/* Every row is a block, or, with the count 0, a moment before which its key is closed. */

/* What no longer counts; and what only a clock that was set back can have made. */
static int forget(struct store *store, int64_t now_ms, struct error *error)
{
	static const char sql[] = "DELETE FROM budget WHERE until_ms + seconds * 1000 <= ?1"
				  " OR until_ms > ?1 + CASE count WHEN 0 THEN ?2 ELSE ?3 END";

	return query_run(store->db, sql,
		BIND(bind_number(now_ms), bind_number(CLOSED_MAX_MS), bind_number(HOLD_MAX_MS)), error);
}

static int hand_back(
	struct store *store, const struct budget_request *request, int64_t now_ms, struct error *error)
{
	static const char sql[] =
		"UPDATE budget SET granted = max(granted - ?, 0), until_ms = min(until_ms, ?)"
		" WHERE id = ? AND key = ?";

	if (request->spent == 0)
		return 0;
	return query_run(store->db, sql,
		BIND(bind_number(request->unused), bind_number(now_ms - request->spent_ago_ms),
			bind_number(request->spent), bind_text(request->key)),
		error);
}

/* How long the key is closed. */
static int closed_ms(int64_t *out, struct store *store, const char *key, int64_t now_ms, struct error *error)
{
	if (query_number(out, 0, store->db,
		    "SELECT ifnull(max(until_ms), 0) FROM budget WHERE key = ? AND count = 0",
		    BIND(bind_text(key)), error) < 0)
		return -1;
	*out = *out > now_ms ? *out - now_ms : 0;
	return 0;
}

/* How many are left of the limit; or else, when some are. */
static int left_of(int64_t *left, int64_t *wait_ms, struct store *store, const struct budget_request *request,
	int64_t now_ms, struct error *error)
{
	static const char sum[] =
		"SELECT ifnull(sum(granted), 0) FROM budget WHERE key = ? AND count = ? AND seconds = ?";
	static const char first[] = "SELECT ifnull(min(until_ms), 0) FROM budget"
				    " WHERE key = ? AND count = ? AND seconds = ? AND granted > 0";
	int64_t taken, until_ms;

	if (query_number(&taken, 0, store->db, sum,
		    BIND(bind_text(request->key), bind_number(request->count), bind_number(request->seconds)),
		    error) < 0 ||
		query_number(&until_ms, 0, store->db, first,
			BIND(bind_text(request->key), bind_number(request->count),
				bind_number(request->seconds)),
			error) < 0)
		return -1;
	*left = (int64_t)request->count - taken;
	*wait_ms = *left > 0 ? 0 : until_ms + (int64_t)request->seconds * 1000 - now_ms;
	return 0;
}

static int grant(struct budget_lease *out, struct store *store, const struct budget_request *request,
	int64_t left, int64_t now_ms, struct error *error)
{
	int64_t share = left / 4 > 1 ? left / 4 : 1;
	int64_t hold_ms = (int64_t)request->seconds * 1000 / 4;

	hold_ms = hold_ms < HOLD_MIN_MS ? HOLD_MIN_MS : hold_ms > HOLD_MAX_MS ? HOLD_MAX_MS : hold_ms;
	out->granted = share < request->wanted ? (uint32_t)share : request->wanted;
	out->hold_ms = hold_ms;
	if (request->count == 0)
		return 0;
	if (query_run(store->db,
		    "INSERT INTO budget (key, count, seconds, granted, until_ms) VALUES (?, ?, ?, ?, ?)",
		    BIND(bind_text(request->key), bind_number(request->count), bind_number(request->seconds),
			    bind_number(out->granted), bind_number(now_ms + hold_ms)),
		    error) < 0)
		return -1;
	out->id = sqlite3_last_insert_rowid(store->db);
	return 0;
}

static int lease(struct budget_lease *out, struct store *store, const struct budget_request *request,
	struct error *error)
{
	int64_t now_ms = store_now_ms(store);
	int64_t left = INT32_MAX;

	if (hand_back(store, request, now_ms, error) < 0 || forget(store, now_ms, error) < 0)
		return -1;
	if (request->wanted == 0)
		return 0;
	if (closed_ms(&out->wait_ms, store, request->key, now_ms, error) < 0)
		return -1;
	if (out->wait_ms == 0 && request->count > 0 &&
		left_of(&left, &out->wait_ms, store, request, now_ms, error) < 0)
		return -1;
	return out->wait_ms > 0 ? 0 : grant(out, store, request, left, now_ms, error);
}

int budgets_lease(struct budget_lease *out, struct store *store, const struct budget_request *request,
	struct error *error)
{
	memset(out, 0, sizeof *out);
	if (store_begin_light(store, error) < 0)
		return -1;
	return store_end(store, lease(out, store, request, error), error);
}

int budgets_close(struct store *store, const char *key, int64_t for_ms, struct error *error)
{
	int64_t now_ms = store_now_ms(store);
	int result;

	if (for_ms > CLOSED_MAX_MS)
		for_ms = CLOSED_MAX_MS;
	if (store_begin_light(store, error) < 0)
		return -1;
	result = forget(store, now_ms, error);
	if (result == 0)
		result = query_run(store->db,
			"INSERT INTO budget (key, count, seconds, granted, until_ms) VALUES (?, 0, 0, 0, ?)",
			BIND(bind_text(key), bind_number(now_ms + for_ms)), error);
	return store_end(store, result, error);
}
