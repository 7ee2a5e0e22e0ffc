/* Links that are pending: a customer elsewhere was sent to the provider and has not come back yet. */
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
	char redirect[1024];
	json_t *token; /* texts, sealed: what the code was exchanged for, of one that was put back; else NULL */
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

/* Takes it out, once: a second call finds nothing, in whatever process. LINK_NOT_FOUND also when it has expired, and
 * says which. secrets are wiped with secrets_free_take(), verifier with
 * secrets_text_free_take(). */
int links_take(struct pending_link *out, json_t **secrets_new, char **verifier_new, struct store *store,
	const char *state, struct error *error);

/* Puts one back that was taken, with its token or else its verifier: the same state finds it again until it expires. */
int links_put_back(const struct pending_link *link, struct store *store, const json_t *secrets,
	const char *state, const char *verifier, struct error *error);

/* Removes the one for the account of this name, and all that was sealed with it. LINK_NOT_FOUND without one. */
int links_withdraw(struct store *store, const char *account, struct error *error);

/* Those that wait, the oldest first. */
int links_list(struct pending_link **out, size_t *count, struct store *store, struct error *error);
void links_free(struct pending_link *list, size_t count);

#endif
