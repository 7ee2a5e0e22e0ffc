/* What a simulated provider adds to the server: host names, credentials, answers. */
#ifndef MUSTER_SANDBOX_PROVIDER_H
#define MUSTER_SANDBOX_PROVIDER_H

#include "base/error.h"
#include "sandbox/families.h"
#include "sandbox/http.h"
#include "sandbox/options.h"
#include "sandbox/timepiece.h"
#include "sandbox/tokens.h"

#include <jansson.h>

/* The only credentials that a provider accepts. */
struct credentials {
	char client_id[64];
	char client_secret[96];
};

/* Random ones, both beginning with this prefix; the secret has characters that differ in percent, base64 and
 * JSON form, so that a search for it in any of these finds what it should. Returns 0, or -1 when there is no
 * randomness. */
int credentials_make(struct credentials *out, const char *prefix);

/* What a person enters besides, the same at every start. */
struct credential_field {
	const char *name;
	const char *value;
};

/* What a provider's answers are made from; constant while the server runs, but for the tokens. */
struct simulation {
	const struct provider *provider;
	const struct options *options;
	struct timepiece *timepiece; /* of all providers */
	struct credentials credentials;
	struct tokens tokens;
	struct families families;
	void *data; /* the provider's own */
};

struct provider {
	const char *id;
	const char *const *hosts; /* ends with NULL */
	const char *credential_prefix;
	const char
		*redirect; /* the URL that is registered unless --redirect says otherwise; NULL: no consent */
	const struct credential_field *fields; /* for PROVIDER.json; ends with a NULL name; NULL: none */
	const char *const *noted;              /* headers for the ledger; ends with NULL; NULL: none */
	int64_t token_life_s;                  /* unless --token-life says otherwise */

	/* Makes the provider's data. */
	int (*open)(struct simulation *simulation, struct error *error);
	void (*close)(struct simulation *simulation);

	/* What the request is after. */
	enum request_kind (*kind)(const struct request *request);

	/* Answers it. Returns 0, or -1 when memory ran out. */
	int (*answer)(struct answer *answer, struct simulation *simulation, const struct request *request);

	/* Whether this is the name of one of its permissions. NULL: --permissions is always meant for it. */
	bool (*knows)(const char *permission);

	/* The provider's shape of an error. Returns 0 or -1. */
	int (*refuse)(
		struct answer *answer, const struct request *request, unsigned status, const char *message);
};

extern const struct provider provider_culture_amp;
extern const struct provider provider_employment_hero;
extern const struct provider provider_personio;

/* The redirect URL that is registered. */
const char *provider_redirect(const struct simulation *simulation);

/* The permissions of --permissions, with commas between; NULL when it names none of this provider's, which
 * then has all. */
const char *provider_permissions(const struct simulation *simulation);

/* The provider of this host name (a port after it is ignored), or -1. */
int provider_find(const char *host);

#define PROVIDER_COUNT 3
extern const struct provider *const providers[PROVIDER_COUNT];

#endif
