/* A certificate authority that lives as long as the process, and a server's certificate made by it.
 */
#ifndef MUSTER_SANDBOX_CERTIFICATE_H
#define MUSTER_SANDBOX_CERTIFICATE_H

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

struct certificate {
	char *ca;          /* PEM; whom to trust */
	char *certificate; /* PEM */
	char *key;         /* PEM; of the server. The CA's own key is never kept. */
};

/* Makes both, ECDSA P-256, for these host names and no other, valid from two days ago; the server's ends
 * life_s seconds from now, or before, if that is negative. */
int certificate_make(struct certificate *out, const char *const *hosts, size_t host_count, int64_t life_s,
	struct error *error);

void certificate_clear(struct certificate *certificate);

#endif
