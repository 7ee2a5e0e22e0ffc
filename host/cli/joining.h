/* A customer's account on its way into the store, as 'muster link' takes it there. The parts that need the
 * provider turn the session's loop. */
#ifndef MUSTER_CLI_JOINING_H
#define MUSTER_CLI_JOINING_H

#include "base/buffer.h"
#include "base/error.h"
#include "catalog/entries.h"
#include "cli/options.h"
#include "cli/session.h"
#include "run/authorize.h"
#include "run/linking.h"
#include "store/links.h"
#include "store/profiles.h"

#include <jansson.h>
#include <stdbool.h>
#include <uv.h>

struct joining {
	struct session session;
	const struct arguments *arguments;
	const struct provider *provider;
	const struct manifest_auth *auth;
	struct profile profile;
	json_t *profile_secrets; /* of a profile that is new, not in the store yet */
	bool is_new;
	bool again;            /* an account of this name is linked anew … */
	struct account former; /* … this one; fields is NULL: there was none */
	const char *name;
	const char *owner;                  /* NULL: nobody was named */
	json_t *labels;                     /* changes to those that it has */
	const struct pending_link *pending; /* the link that is being finished, or NULL */
	struct entries given;
	struct entries fields;
	struct linking *linking;
	struct authorize authorize;
	struct buffer redirected; /* the URL that the browser came back with */
	uv_timer_t patience;
	bool patience_open;
};

/* Waits for the end of a step of linking, whose on_done is session_end(). */
int joining_wait(struct joining *joining, struct error *error);

/* Finds the profile of this name, or the provider, which then gets a new one. */
int joining_find_profile(struct joining *joining, const char *name, struct error *error);

/* The connector of a profile that is there. */
int joining_old_profile(struct joining *joining, struct error *error);

/* The name that the account will have must be free, or that of an account that is linked again. */
int joining_find_name(struct joining *joining, const char *name, struct error *error);

/* Makes joining->fields of what was given and what the profile has, asks for the rest
 * at a terminal, and checks. */
int joining_enter(struct joining *joining, struct error *error);

/* The same for an account whose link waited: of these fields and secrets, and what was given to finish it. */
int joining_reenter(
	struct joining *joining, const json_t *fields, const json_t *secrets, struct error *error);

/* Adds the fields that the profile has, secrets included. */
int joining_profile_fields(struct entries *out, const struct joining *joining, struct error *error);

/* Makes the loop and the linking. */
int joining_open(struct joining *joining, struct error *error);

/* The redirect URL that was registered; NULL where the auth has none. */
const char *joining_redirect(const struct joining *joining);

/* Signs in; consent is NULL where nobody is asked. */
int joining_sign_in(struct joining *joining, const struct linking_consent *consent, struct error *error);

/* Has a person consent in a browser, here and now, then signs in. */
int joining_ask_consent(struct joining *joining, struct error *error);

/* The labels that the account will have; the caller owns them. */
int joining_labels(json_t **out, const struct joining *joining, struct error *error);

/* Opens the store, and makes it when there is none. */
int joining_open_store(struct joining *joining, struct error *error);

/* Stores the profile where it is new. */
int joining_store_profile(struct joining *joining, struct error *error);

/* Signed in: finds what only the provider knows, proves that it works, stores it all, and says so. */
int joining_complete(struct joining *joining, struct error *error);

void joining_clear(struct joining *joining);

#endif
