/* What a manifest states about the calls of one account, in fetch's words: hosts, credentials and their
 * places, limits, what error answers mean. No I/O. */
#ifndef MUSTER_RUN_TERMS_H
#define MUSTER_RUN_TERMS_H

#include "base/error.h"
#include "catalog/entries.h"
#include "catalog/manifest.h"
#include "fetch/call.h"
#include "fetch/oauth2.h"

#include <stddef.h>

/* All borrowed until terms_clear(). */
struct terms_options {
	const struct manifest *manifest;
	const struct manifest_auth *auth;
	const struct manifest_action *action; /* NULL: any request; rows for single actions don't hold then */
	const struct entries *fields;
	const char *account; /* the id of a linked one, or NULL */
};

struct terms {
	struct terms_options options;
	struct guard_host *hosts;
	size_t host_count;
	struct credential *credentials;
	size_t credential_count;
	struct credential_place *places; /* those of calls, then those of the token request */
	size_t call_place_count;
	size_t place_count;
	struct call_limit *limits;
	size_t limit_count;
	struct classify_row *errors;
	size_t error_count;
	char (*credential_names)[96];
	char (*limit_keys)[256];
};

/* The only error is OUT_OF_MEMORY; clear it also then. */
int terms_init(struct terms *terms, const struct terms_options *options, struct error *error);
void terms_clear(struct terms *terms);

/* Fills in what calls need of it. */
void terms_for_calls(struct call_terms *out, const struct terms *terms);

/* Fills in what token requests need of it. */
void terms_for_tokens(struct oauth2_request *out, const struct terms *terms);

/* Adds the constant headers of an action's requests. */
int terms_headers(struct headers *out, const struct manifest_action *action, struct error *error);

#endif
