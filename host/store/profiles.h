/* Connector profiles: one provider, one auth, what the integrator registered, what was approved. */
#ifndef MUSTER_STORE_PROFILES_H
#define MUSTER_STORE_PROFILES_H

#include "store/store.h"

#include <jansson.h>
#include <stddef.h>

struct profile {
	char id[STORE_ID_SIZE];
	char name[STORE_NAME_SIZE];
	char provider[64];
	char auth[64];
	json_t *actions; /* array of the enabled actions' ids; null: all of the auth and those that share its fields */
	json_t *fields;   /* object of texts: the fields of profile level that are no secrets */
	json_t *secrets;  /* array of field ids: those that are sealed */
	json_t *approved; /* object: the hosts and places for secrets that were shown and approved */
	bool sandbox;     /* made under MUSTER_CONNECT_TO: of no use outside, as real ones are inside */
	int64_t created_ms;
	int64_t changed_ms;
};

void profile_clear(struct profile *profile);

/* Adds it; id and times are filled in. secrets is an object of texts, sealed and not kept. A name
 * that is taken is NAME_TAKEN. */
int profiles_add(struct profile *profile, struct store *store, const json_t *secrets, struct error *error);

/* By name or id; PROFILE_NOT_FOUND names the nearest. */
int profiles_get(struct profile *out, struct store *store, const char *name, struct error *error);

/* All, by name; of one provider if it is not NULL. The caller frees with profiles_free(). */
int profiles_list(
	struct profile **out, size_t *count, struct store *store, const char *provider, struct error *error);
void profiles_free(struct profile *list, size_t count);

/* Replaces actions, fields, approved and name; secrets that are given replace those of the same id. what goes
 * into the audit log: "profile_set", "profile_approved". */
int profiles_change(struct profile *profile, struct store *store, const json_t *secrets, const char *what,
	struct error *error);

/* Destroys its key. HELD_BACK while accounts are linked under it, and it names them. */
int profiles_remove(struct store *store, const char *name, struct error *error);

/* Its secrets, unsealed: an object of texts; the caller wipes it with secrets_free_take(). */
int profiles_secrets(
	json_t **out_new, struct store *store, const struct profile *profile, struct error *error);

#endif
