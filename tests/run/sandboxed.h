/* A sandbox of the test's own, and the person who consents at its Employment Hero. What
 * goes wrong fails the test. */
#ifndef MUSTER_TESTS_RUN_SANDBOXED_H
#define MUSTER_TESTS_RUN_SANDBOXED_H

#include "fetch/settings.h"
#include "store/accounts.h"

#include <jansson.h>
#include <sys/types.h>

struct sandboxed {
	pid_t pid;
	char folder[256];
	char connect_to[512];
	char ca_file[300];
	char client_id[128];
	char client_secret[128];
	char redirect_url[256];
	unsigned families; /* so many consents were given: the ledger numbers them from 1 */
};

/* rotation as --rotation has it. The folder must not exist. */
void sandboxed_start(struct sandboxed *out, const char *folder, const char *rotation);
void sandboxed_stop(struct sandboxed *sandboxed);

/* How to reach it; borrowed from it. */
void sandboxed_settings(struct fetch_settings *out, const struct sandboxed *sandboxed);

/* A form for the sandbox itself: "expire=all". */
void sandboxed_control(const struct sandboxed *sandboxed, const char *form);

/* A person consents: the tokens of a new family, which sandboxed_drop() frees. */
struct account_token sandboxed_consent(struct sandboxed *sandboxed, const char *auth);
void sandboxed_drop(struct account_token *token);

/* What the ledger says of refresh tokens: an array of its members "grant", in order; of this family, or of
 * all (0). The caller frees it. */
json_t *sandboxed_refreshes(const struct sandboxed *sandboxed, unsigned family);

#endif
