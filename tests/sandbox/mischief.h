/* The faults at work: an answer in place of the right one, or the right one spoilt. */
#ifndef MUSTER_SANDBOX_MISCHIEF_H
#define MUSTER_SANDBOX_MISCHIEF_H

#include "sandbox/http.h"
#include "sandbox/provider.h"

#include <stdint.h>

/* Before the provider is asked. Returns 1 when the answer is given, 0 when it is not, -1 without
 * memory. */
int mischief_before(struct answer *answer, const struct simulation *simulation, const struct request *request,
	uint16_t port);

/* After the provider has answered. Returns 0, or -1 without memory. */
int mischief_after(struct answer *answer, struct simulation *simulation, const struct request *request);

#endif
