/* Links that are pending: a customer elsewhere was sent to the provider and has not come back yet.
 *
 *	links_add() ──► waits ──► links_take(): leased ──► links_keep(): its code is exchanged ──► links_end()
 *	                  ▲                │                            │
 *	                  └── links_leave(), or the end of the lease ───┘
 *
 * Whoever finishes one has a lease of it, with an end and a fence: another is refused meanwhile, and nothing of the link
 * goes before links_end(), which is to be in the transaction that stores the account. So a process may die anywhere and
 * the link can be taken again. If it died between sending the code and links_keep(), nobody knows whether the code is
 * used up: it is sent once more, and the provider's answer decides (a code is good once: RFC 6749, section 4.1.2). */
#ifndef MUSTER_STORE_LINKS_H
#define MUSTER_STORE_LINKS_H

#include "store/store.h"

#include <jansson.h>
#include <stddef.h>

struct pending_link {
	char id[STORE_ID_SIZE];
	char profile[STORE_ID_SIZE];
	char account[STORE_NAME_SIZE]; /* the name that it will have */
	char owner[128];
	json_t *fields; /* of account level, no secrets */
	json_t *labels; /* object of texts, or NULL */
	char redirect[1024];
	json_t *token; /* object of texts, sealed: what the code was exchanged for; NULL: it was not, as far as is known */
	uint64_t fence; /* of the lease */
	int64_t created_ms;
	int64_t expires_ms;
};

void pending_link_clear(struct pending_link *link);

/* Keeps it, with the secrets entered so far, the one-time state (only its hash is kept) and the PKCE verifier
 * (sealed). id and created_ms are filled in. NAME_TAKEN when one for the same account waits already. */
int links_add(struct pending_link *link, struct store *store, const json_t *secrets, const char *state,
	const char *verifier, struct error *error);

/* Looks which link waits for this state, and leaves it there. LINK_NOT_FOUND also when it has expired. */
int links_find(struct pending_link *out, struct store *store, const char *state, struct error *error);

/* Leases it for so long, and hands out the verifier, or the token in its place: then *verifier_new is NULL. secrets are
 * wiped with secrets_free_take(), verifier with secrets_text_free_take(). LINK_NOT_FOUND also when it has expired, and says
 * which; LINK_BUSY while another has it. */
int links_take(struct pending_link *out, json_t **secrets_new, char **verifier_new, struct store *store,
	const char *state, int64_t lease_ms, struct error *error);

/* Seals link->token, which its code was exchanged for, in the verifier's place; or in that of an older token. The lease
 * begins anew. LINK_BUSY when another took over, LINK_NOT_FOUND when it is gone: the same holds for links_end(). */
int links_keep(const struct pending_link *link, struct store *store, int64_t lease_ms, struct error *error);

/* Gives the lease back; who has none any more changes nothing. */
int links_leave(const struct pending_link *link, struct store *store, struct error *error);

/* X(symbol, what the audit log calls it) */
#define LINK_ENDS(X) \
	X(FINISHED, "link_finished") /* the account is stored */ \
	X(DENIED, "link_denied")     /* there was no consent */ \
	X(REFUSED, "link_refused")   /* the provider doesn't take the code */

#define LINK_SYMBOL(symbol, name) LINK_##symbol,
enum link_end { LINK_ENDS(LINK_SYMBOL) LINK_END_COUNT };
#undef LINK_SYMBOL

/* Removes one that was taken, and all that was sealed with it: its state finds nothing any more. code is the provider's
 * error code, or NULL. */
int links_end(const struct pending_link *link, struct store *store, enum link_end end, const char *code,
	struct error *error);

/* Removes the one for the account of this name, and all that was sealed with it, also under the hands of one who finishes
 * it: nothing comes of that then. LINK_NOT_FOUND without one. */
int links_withdraw(struct store *store, const char *account, struct error *error);

/* Those that wait, the oldest first. */
int links_list(struct pending_link **out, size_t *count, struct store *store, struct error *error);
void links_free(struct pending_link *list, size_t count);

#endif
