/* Personio's tokens: v2's OAuth endpoint and v1's own, with the rights that the credentials have. */
#ifndef MUSTER_SANDBOX_PERSONIO_AUTH_H
#define MUSTER_SANDBOX_PERSONIO_AUTH_H

#include "sandbox/http.h"
#include "sandbox/provider.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct personio_auth {
	pthread_mutex_t lock;
	char *v1_token; /* owned; the one that is stable for a day, or NULL */
	uint64_t v1_id;
	int64_t v1_end_s;
	uint64_t *revoked; /* owned; ids of tokens */
	size_t revoked_count;
};

void personio_auth_init(struct personio_auth *auth);
void personio_auth_clear(struct personio_auth *auth);

/* All of these return 0, or -1 when memory ran out. */
int personio_auth_token(struct answer *answer, struct simulation *simulation, const struct request *request);
int personio_auth_revoke(struct answer *answer, struct simulation *simulation, struct personio_auth *auth,
	const struct request *request);
int personio_auth_v1(struct answer *answer, struct simulation *simulation, struct personio_auth *auth,
	const struct request *request);

/* Whether this is a right of Personio's, as v2 names it. */
bool personio_auth_knows(const char *right);

/* Whether the request's token is good for this version of the API. */
bool personio_auth_admits(struct personio_auth *auth, const struct request *request, bool v1);

/* Whether it holds the right, given by its name in v2. */
bool personio_auth_allows(const struct request *request, const char *right, bool v1);

#endif
