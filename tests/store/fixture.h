/* A store in a folder of its own, with a key file of its own. */
#ifndef MUSTER_TESTS_STORE_FIXTURE_H
#define MUSTER_TESTS_STORE_FIXTURE_H

#include "store/accounts.h"
#include "store/profiles.h"
#include "store/store.h"

#include <limits.h>
#include <stddef.h>

struct place {
	char top[64];
	char data[128];   /* the data directory */
	char config[128]; /* where the key file is */
};

/* Makes the folders and points the environment at them: nothing of the user's is touched, no
 * other source of a key is set. */
void place_make(struct place *place);
void place_remove(struct place *place);

/* A path in the data directory, in a static array. */
const char *place_path(const struct place *place, const char *name);

/* Options for it, with create set. */
struct store_options place_options(const struct place *place);

/* Opens it, or fails the test with the error's message. */
struct store *place_store(const struct place *place);

/* Opening it must fail with that code. */
void place_refuses(const struct place *place, enum error_code code);

/* The text of a file, or fails; the caller frees. */
char *read_whole(const char *path, size_t *length);
void write_whole(const char *path, const void *bytes, size_t length, unsigned mode);

/* Is any form of the secret in the file: as it is, percent-encoded, in base64 at any
 * alignment, hex, JSON-escaped? */
int file_holds(const char *path, const char *secret);

/* A profile and an account that stand for all: the secrets are texts of the test. */
void add_profile(struct profile *out, struct store *store, const char *name, const char *secret);
void add_account(struct account *out, struct store *store, const struct profile *profile, const char *name,
	const char *secret);

/* The secret of the account, owned; NULL and the error when it doesn't open. */
char *account_secret(struct store *store, const char *name, struct error *error);

#endif
