/* Whether a request that failed is made again, and when. Pure: time and chance are handed in. */
#ifndef MUSTER_FETCH_RETRY_H
#define MUSTER_FETCH_RETRY_H

#include "base/error.h"
#include "fetch/classify.h"

#include <stdbool.h>
#include <stdint.h>

struct retry_policy {
	unsigned attempts; /* in all, the first included */
	int64_t base_ms;   /* the first wait is up to this, each further up to twice the last */
	int64_t cap_ms;
};

#define RETRY_POLICY_INIT \
	{ \
		6, 500, 30000 \
	}

struct retry_case {
	enum answer_class meaning; /* of the answer, when there was one */
	bool network;              /* there was none: the connection failed or was lost */
	bool sent;                 /* the request may have reached the provider */
	bool harmless;             /* repeating it does no harm */
	unsigned attempt;          /* 1 for the first */
	int status;
	int64_t retry_after_ms; /* what the provider asked for; -1: nothing */
	int64_t left_ms;        /* until the deadline */
	uint64_t random;        /* uniform */
};

/* Is it the network that failed, and not what was said over it? */
bool retry_is_network(enum error_code code);

/* How many ms to wait before the next attempt, or -1 to give up. */
int64_t retry_decide(const struct retry_policy *policy, const struct retry_case *it);

/* Reads Retry-After (RFC 9110, section 10.2.3), seconds or a date, against the wall clock. Returns
 * ms from now, or -1 when it is neither. */
int64_t retry_after_ms(const char *value, int64_t wall_s);

/* Reads an HTTP date in any of its three forms (RFC 9110, section 5.6.7). Returns seconds since
 * 1970, or -1. */
int64_t retry_http_date(const char *value);

#endif
