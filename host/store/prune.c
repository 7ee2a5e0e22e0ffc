/* Retention: what grows has an end. */
#include "config.h"

#include "store/inside.h"

#define DAY_MS (INT64_C(24) * 3600 * 1000)
#define LINKS_KEPT_DAYS \
	30 /* the rows of links that expired, to tell who comes late; their secrets go at once */

static int prune(struct store *store, struct error *error)
{
	int64_t now = store_now_ms(store);
	int64_t days = store->options.audit_keep_days ? store->options.audit_keep_days : STORE_AUDIT_DAYS;

	if (query_run(store->db,
		    "DELETE FROM data_key WHERE holder IN (SELECT id FROM pending_link WHERE expires_ms <= ?1"
		    " AND lease_until_ms <= ?1)",
		    BIND(bind_number(now)), error) < 0)
		return -1;
	if (sqlite3_changes(store->db) > 0)
		store->scrub = true;
	if (query_run(store->db, "DELETE FROM pending_link WHERE expires_ms <= ?",
		    BIND(bind_number(now - LINKS_KEPT_DAYS * DAY_MS)), error) < 0)
		return -1;
	if (days > 0 && days < now / DAY_MS && audit_prune(store, now - days * DAY_MS, error) < 0)
		return -1;
	return query_run(store->db, "UPDATE meta SET pruned_ms = ?", BIND(bind_number(now)), error);
}

int store_prune(struct store *store, struct error *error)
{
	if (store_begin(store, error) < 0)
		return -1;
	return store_end(store, prune(store, error), error);
}

void prune_daily(struct store *store)
{
	struct error unused = { 0 };
	int64_t now = store_now_ms(store);
	int64_t last;

	/* What can't be removed now (the disk may be full) is removed another time: no reason not to open. A
	 * clock that went back must not keep it from being done. */
	if (query_number(&last, 0, store->db, "SELECT pruned_ms FROM meta", BIND_NOTHING, &unused) == 0 &&
		(last > now || now - last >= DAY_MS))
		(void)store_prune(store, &unused);
}
