/* The master key: wraps the data keys, seals nothing else. */
#ifndef MUSTER_STORE_KEY_H
#define MUSTER_STORE_KEY_H

#include "store/store.h"

#include <limits.h>

struct key_state {
	char source[64];      /* "systemd credential", "file descriptor", "passphrase", "key file" */
	char path[PATH_MAX];  /* of a file; else empty */
	char fingerprint[24]; /* tells keys apart, says nothing of the key */
	uint64_t version;     /* grows with each rotation */
	int64_t since_ms;
};

int key_state(struct key_state *out, struct store *store, struct error *error);

/* Do others who have the store open find a new key by themselves? Only one from the key file. Who puts another in its
 * place opens the store alone: a renewal under way elsewhere would have nowhere to keep its answer. */
bool key_is_followed(void);

/* Wraps every data key anew under a new master key, online and in one transaction; then the old key opens nothing.
 * The key file is replaced, by a random key or that of MUSTER_NEW_KEY_FD; with another source the new key (or
 * passphrase) must be given by that, and its place is the operator's to change. Other processes that have the store
 * open pick a new key file up by themselves. */
int key_rotate(struct store *store, struct error *error);

#endif
