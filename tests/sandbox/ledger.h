/* What was asked and what was answered, one JSON object a line, for tests to judge by. A line is in
 * the file before the first byte of its answer leaves. It never holds a secret.
 *
 * n, connection, time (ms since 1970), method, host, path, query, secret_in_url (only when true: path and query
 * are then null), token (an id, never the value), scopes, status (0: no answer), page (of a list), records,
 * bytes (of the whole body; -1: without end), fault (names with commas, or null), grant (null, or what became
 * of a consent, a code or a refresh token), headers (only of a provider that has such to note: those that came).
 *
 * The members of grant: type (consent, authorization_code, refresh_token), outcome (see verdict_word()), family
 * (a number; 0: unknown), generation (of the refresh token that came, from 1; 0: none did), used and issued
 * (the fingerprints of what came and of the code or refresh token that was given; null: none). With rotation
 * the accepted refreshes of a family have generations 1, 2, 3, … whatever the order of their lines. */
#ifndef MUSTER_SANDBOX_LEDGER_H
#define MUSTER_SANDBOX_LEDGER_H

#include "base/error.h"
#include "sandbox/http.h"
#include "sandbox/provider.h"

#include <stdint.h>

struct ledger_entry {
	uint64_t number;     /* of the request, from 1 */
	int64_t time_ms;     /* since 1970 */
	uint64_t connection; /* from 1; several requests may share one */
	const char *host;    /* as it was asked for, or NULL */
	const struct request *request;
};

/* Opens a new file for appending. *out is its descriptor, which the caller closes. */
int ledger_open(int *out, const char *path, struct error *error);

/* Notes the time. */
void ledger_start(struct ledger_entry *entry);

/* Appends one line; safe from several threads. simulation is NULL when the host is unknown. Returns
 * 0, or -1 when it could not. */
int ledger_append(int descriptor, const struct ledger_entry *entry, const struct answer *answer,
	const struct simulation *simulation);

#endif
