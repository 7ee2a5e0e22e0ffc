/* Sealing: XChaCha20-Poly1305, with what a value belongs to as associated data, so that it can't be moved.
 *
 * The master key wraps the data keys; the data key of a holder (an account, a profile, a pending link) seals its
 * values. Each sealed value is a format byte, a random nonce, then the cipher text with its tag. */
#ifndef MUSTER_STORE_SEAL_H
#define MUSTER_STORE_SEAL_H

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

enum {
	SEAL_KEY_BYTES = 32,
	SEAL_OVERHEAD = 1 + 24 + 16,
	SEAL_HOLDER_SIZE = 33,
	SEAL_WRAPPED_BYTES = SEAL_KEY_BYTES + SEAL_OVERHEAD,
};

/* A data key, unwrapped. */
struct holder {
	char id[SEAL_HOLDER_SIZE];
	uint64_t version; /* of the data key: grows when the holder gets a new one */
	unsigned char key[SEAL_KEY_BYTES];
};

void holder_clear(struct holder *holder); /* wipes it */

/* A field may hold a dot: token and verifier do, and so can't clash with the id of a plugin's field. */
struct sealed {
	unsigned char *bytes; /* owned */
	size_t length;
};

void sealed_clear(struct sealed *sealed);

/* Seals length bytes under the holder's data key. */
int seal(struct sealed *out, const struct holder *holder, const char *field, const void *bytes, size_t length,
	struct error *error);

/* Opens what seal() made: *out is owned, has a NUL after its last byte, and is to be wiped. STORE_CORRUPT
 * when it was changed, or moved from another holder or field. */
int unseal(char **out, size_t *out_length, const struct holder *holder, const char *field, const void *bytes,
	size_t length, struct error *error);

/* Wraps the holder's data key under the master key of that version, and unwraps it. */
void seal_wrap(unsigned char out[SEAL_WRAPPED_BYTES], const struct holder *holder,
	const unsigned char master[SEAL_KEY_BYTES], uint64_t master_version);
int seal_unwrap(struct holder *holder, const unsigned char *wrapped, size_t length,
	const unsigned char master[SEAL_KEY_BYTES], uint64_t master_version, struct error *error);

#endif
