/* The master key: wraps the data keys, seals nothing else. */
#ifndef MUSTER_STORE_KEY_H
#define MUSTER_STORE_KEY_H

#include "store/store.h"

struct key_state {
	char source[64];      /* "systemd credential", "file descriptor", "passphrase", "key file" */
	char path[512];       /* of a file; else empty */
	char fingerprint[24]; /* tells keys apart, says nothing of the key */
	uint64_t version;     /* grows with each rotation */
	int64_t since_ms;
};

int key_state(struct key_state *out, struct store *store, struct error *error);

/* Wraps every data key anew under a new master key, online and in one transaction; then the old key opens nothing.
 * The key file is replaced; with another source the new key must be given by MUSTER_NEW_KEY_FD. Other processes that
 * have the store open pick the new key up by themselves. */
int key_rotate(struct store *store, struct error *error);

#endif
