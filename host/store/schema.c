#include "config.h"

#include "store/schema.h"

#include "store/query.h"

#include <inttypes.h>
#include <stdio.h>

/* A holder is whoever has a data key: an account, a profile, a pending link, the audit log. What is sealed
 * under a key goes with it. Times are milliseconds since 1970. */
static const char *const version_1[] = {
	"CREATE TABLE meta ("
	" id INTEGER PRIMARY KEY CHECK (id = 1),"
	" key_version INTEGER NOT NULL,"
	" key_fingerprint TEXT NOT NULL,"
	" key_source TEXT NOT NULL,"
	" key_salt BLOB NOT NULL,"
	" key_since_ms INTEGER NOT NULL,"
	" pruned_ms INTEGER NOT NULL,"
	" audit_number INTEGER NOT NULL," /* the newest entry and its hash: cutting off the end shows */
	" audit_hash BLOB NOT NULL,"
	" audit_pruned INTEGER NOT NULL," /* the newest entry that retention removed */
	" audit_pruned_hash BLOB NOT NULL"
	") STRICT;",
	"CREATE TABLE data_key ("
	" holder TEXT PRIMARY KEY,"
	" version INTEGER NOT NULL,"
	" wrapped BLOB NOT NULL"
	") STRICT, WITHOUT ROWID;",
	"CREATE TABLE secret ("
	" holder TEXT NOT NULL REFERENCES data_key ON DELETE CASCADE,"
	" field TEXT NOT NULL,"
	" sealed BLOB NOT NULL,"
	" PRIMARY KEY (holder, field)"
	") STRICT, WITHOUT ROWID;",
	"CREATE TABLE profile ("
	" id TEXT PRIMARY KEY,"
	" name TEXT NOT NULL UNIQUE,"
	" provider TEXT NOT NULL,"
	" auth TEXT NOT NULL,"
	" actions TEXT,"
	" fields TEXT NOT NULL,"
	" approved TEXT,"
	" sandbox INTEGER NOT NULL,"
	" created_ms INTEGER NOT NULL,"
	" changed_ms INTEGER NOT NULL"
	") STRICT;",
	"CREATE TABLE account ("
	" id TEXT PRIMARY KEY,"
	" name TEXT NOT NULL UNIQUE,"
	" owner TEXT NOT NULL,"
	" profile TEXT NOT NULL REFERENCES profile,"
	" provider TEXT NOT NULL,"
	" labels TEXT NOT NULL,"
	" fields TEXT NOT NULL,"
	" scopes TEXT NOT NULL,"
	" state TEXT NOT NULL,"
	" cause TEXT NOT NULL,"
	" sandbox INTEGER NOT NULL,"
	" created_ms INTEGER NOT NULL,"
	" changed_ms INTEGER NOT NULL,"
	" succeeded_ms INTEGER NOT NULL,"
	" failed_ms INTEGER NOT NULL,"
	" failure TEXT NOT NULL"
	") STRICT;"
	"CREATE INDEX account_profile ON account (profile);",
	"CREATE TABLE pending_link ("
	" id TEXT PRIMARY KEY,"
	" profile TEXT NOT NULL REFERENCES profile ON DELETE CASCADE,"
	" account TEXT NOT NULL,"
	" owner TEXT NOT NULL,"
	" fields TEXT NOT NULL,"
	" labels TEXT NOT NULL,"
	" redirect TEXT NOT NULL,"
	" state_hash BLOB NOT NULL UNIQUE,"
	" fence INTEGER NOT NULL DEFAULT 0,"
	" lease_until_ms INTEGER NOT NULL DEFAULT 0,"
	" created_ms INTEGER NOT NULL,"
	" expires_ms INTEGER NOT NULL"
	") STRICT;",
	"CREATE TABLE token (" /* see token_entry.h */
	" account TEXT NOT NULL REFERENCES account ON DELETE CASCADE,"
	" auth TEXT NOT NULL,"
	" version INTEGER NOT NULL,"
	" fence INTEGER NOT NULL,"
	" lease_until_ms INTEGER NOT NULL DEFAULT 0,"
	" access BLOB,"
	" refresh BLOB,"
	" scope BLOB,"
	" obtained_ms INTEGER NOT NULL DEFAULT 0,"
	" expires_ms INTEGER NOT NULL DEFAULT 0,"
	" begun_ms INTEGER NOT NULL DEFAULT 0,"
	" doubt_ms INTEGER NOT NULL DEFAULT 0,"
	" retried INTEGER NOT NULL DEFAULT 0,"
	" answer BLOB,"
	" answer_fence INTEGER NOT NULL DEFAULT 0,"
	" answer_status INTEGER NOT NULL DEFAULT 0,"
	" PRIMARY KEY (account, auth)"
	") STRICT, WITHOUT ROWID;",
	"CREATE TABLE budget (" /* blocks; one with a count of 0: the key is closed until then */
	" id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" key TEXT NOT NULL,"
	" count INTEGER NOT NULL,"
	" seconds INTEGER NOT NULL,"
	" granted INTEGER NOT NULL,"
	" until_ms INTEGER NOT NULL"
	") STRICT;"
	"CREATE INDEX budget_key ON budget (key);",
	"CREATE TABLE audit ("
	" number INTEGER PRIMARY KEY,"
	" at_ms INTEGER NOT NULL,"
	" actor TEXT NOT NULL,"
	" what TEXT NOT NULL,"
	" subject TEXT NOT NULL,"
	" name TEXT NOT NULL,"
	" detail TEXT NOT NULL,"
	" hash BLOB NOT NULL"
	") STRICT;"
	"CREATE INDEX audit_subject ON audit (subject);",
	NULL,
};

/* Row n leads from version n to n + 1. A row that was released is never changed: what
 * comes later is a new one. */
static const char *const *const steps[SCHEMA_VERSION] = { version_1 };

/* In one statement, which sees one state of the file: between two, another process
 * may have made its tables. */
int schema_read(int64_t *version, bool *empty, sqlite3 *db, struct error *error)
{
	const char *path = sqlite3_db_filename(db, "main");
	int64_t application;
	sqlite3_stmt *query;
	int result;

	if (query_open(&query, db,
		    "SELECT application_id, user_version, (SELECT count(*) FROM sqlite_schema)"
		    " FROM pragma_application_id, pragma_user_version",
		    BIND_NOTHING, error) < 0)
		return -1;
	result = query_step(query, error);
	application = sqlite3_column_int64(query, 0);
	*version = sqlite3_column_int64(query, 1);
	*empty = sqlite3_column_int64(query, 2) == 0;
	(void)sqlite3_finalize(query);
	if (result < 0)
		return -1;
	if (application != SCHEMA_APPLICATION && (application != 0 || *version != 0 || !*empty))
		return error_set(error, ERROR_STORE_FOREIGN, "%s is another program's database.", path);
	if (*version < 0 || *version > SCHEMA_VERSION)
		return error_set(error, ERROR_STORE_TOO_NEW,
			"%s was written by a newer muster (schema %" PRId64 "; this one knows %d).", path,
			*version, SCHEMA_VERSION);
	return 0;
}

int schema_raise(sqlite3 *db, int64_t version, struct error *error)
{
	char pragma[96];

	for (int64_t at = version; at < SCHEMA_VERSION; at++)
		for (const char *const *statement = steps[at]; *statement; statement++)
			if (query_script(db, *statement, error) < 0)
				return -1;
	(void)snprintf(pragma, sizeof pragma, "PRAGMA application_id = %d; PRAGMA user_version = %d",
		SCHEMA_APPLICATION, SCHEMA_VERSION);
	return query_script(db, pragma, error);
}
