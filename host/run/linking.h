/* Linking a customer's account, between the fields that were entered and the row in the store: signing in, finding what
 * the provider knows better than the person, proving that it works, comparing scopes. Nothing is stored here.
 *
 * Each step is begun by a call and ends with its on_done, on the loop, perhaps before the call returns; one at a time. */
#ifndef MUSTER_RUN_LINKING_H
#define MUSTER_RUN_LINKING_H

#include "base/buffer.h"
#include "base/error.h"
#include "catalog/catalog.h"
#include "catalog/entries.h"
#include "run/authorize.h"
#include "run/connection.h"
#include "store/accounts.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct linking;

/* All but connection.enabled borrowed until linking_free(). */
struct linking_options {
	struct connection_options
		connection;     /* for no action; of an account that is tried once more, with it */
	struct entries *fields; /* the connection's; what an action finds is put in */
	struct models *models;
};

struct linking_step {
	void (*on_done)(void *context, const struct error *error);
	void *context;
};

int linking_new(struct linking **out, const struct linking_options *options, struct error *error);

/* Is a token being renewed that the store waits for? Better turn the loop until it is not. */
bool linking_is_busy(const struct linking *linking);
void linking_free(struct linking *linking);

/* Is a person asked for consent in a browser? */
bool linking_needs_consent(const struct linking *linking);

/* Appends the URL for that, and ends it. */
int linking_url(struct buffer *out, const struct linking *linking, const struct authorize *authorize,
	const char *redirect_url, struct error *error);

/* What that brought; borrowed for the call of linking_sign_in(). */
struct linking_consent {
	const char *redirected; /* the URL that the browser was sent to */
	const char *redirect_url;
	const char *state;
	const char *verifier;
};

/* Gets a token, where the auth has one. consent is NULL where no person is asked. */
void linking_sign_in(
	struct linking *linking, const struct linking_consent *consent, const struct linking_step *step);

/* Did signing in fail because the provider doesn't take the code, or the refresh token in its place, and never will? Its
 * error code then (RFC 6749, section 5.2), else NULL; borrowed. */
const char *linking_refusal(const struct linking *linking);

/* Goes on with the token that an earlier signing in got; one that has expired is renewed. */
void linking_resume(
	struct linking *linking, const struct account_token *token, const struct linking_step *step);

/* Looks for the next field that an action finds. Afterwards linking_choices() are there when the person has to choose,
 * and linking_choose() and this are called again; else, and when linking_found() is true, all is found. */
void linking_find(struct linking *linking, const struct linking_step *step);

struct linking_choice {
	char *id;
	char *name; /* or NULL */
};

const struct linking_choice *linking_choices(size_t *count, const struct linking *linking);
const struct manifest_field *linking_sought(const struct linking *linking);
int linking_choose(struct linking *linking, size_t choice, struct error *error);
bool linking_found(const struct linking *linking);

/* Runs the action that the auth names for it, for one record. */
void linking_prove(struct linking *linking, const struct linking_step *step);

/* What is known of the scopes now: see struct account. The caller owns it. */
int linking_scopes(json_t **out, const struct linking *linking, struct error *error);

/* The token to be sealed with the account, borrowed; false when there is none to keep. */
bool linking_token(struct account_token *out, const struct linking *linking);

#endif
