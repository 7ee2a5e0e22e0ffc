#include "config.h"

#include "store/seal.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define FORMAT 1
#define NONCE_BYTES crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define FIELD_MAX 256

_Static_assert(SEAL_OVERHEAD == 1 + NONCE_BYTES + crypto_aead_xchacha20poly1305_ietf_ABYTES, "the overhead");
_Static_assert(SEAL_KEY_BYTES == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "the key");

/* What a value belongs to: format, versions of both keys, holder, field, each with its length in front. */
struct belonging {
	unsigned char bytes[1 + 8 + 8 + 1 + SEAL_HOLDER_SIZE + 1 + FIELD_MAX];
	size_t length;
};

static void put_number(struct belonging *out, uint64_t number)
{
	for (unsigned shift = 0; shift < 64; shift += 8)
		out->bytes[out->length++] = (unsigned char)(number >> shift);
}

static void put_text(struct belonging *out, const char *text, size_t length)
{
	out->bytes[out->length++] = (unsigned char)length;
	memcpy(out->bytes + out->length, text, length);
	out->length += length;
}

static int belong(
	struct belonging *out, const struct holder *holder, uint64_t master_version, const char *field)
{
	size_t length = strlen(field);

	if (length >= FIELD_MAX)
		return -1;
	out->length = 0;
	out->bytes[out->length++] = FORMAT;
	put_number(out, master_version);
	put_number(out, holder->version);
	put_text(out, holder->id, strlen(holder->id));
	put_text(out, field, length);
	return 0;
}

void holder_clear(struct holder *holder)
{
	sodium_memzero(holder, sizeof *holder);
}

void sealed_clear(struct sealed *sealed)
{
	free(sealed->bytes);
	*sealed = (struct sealed){ NULL, 0 };
}

/* out has length + SEAL_OVERHEAD bytes. */
static void aead_seal(unsigned char *out, const void *bytes, size_t length, const struct belonging *belonging,
	const unsigned char key[SEAL_KEY_BYTES])
{
	out[0] = FORMAT;
	randombytes_buf(out + 1, NONCE_BYTES);
	(void)crypto_aead_xchacha20poly1305_ietf_encrypt(out + 1 + NONCE_BYTES, NULL, bytes, length,
		belonging->bytes, belonging->length, NULL, out + 1, key);
}

/* out has length - SEAL_OVERHEAD bytes. */
static int aead_open(unsigned char *out, const unsigned char *bytes, size_t length,
	const struct belonging *belonging, const unsigned char key[SEAL_KEY_BYTES])
{
	if (length < SEAL_OVERHEAD || bytes[0] != FORMAT)
		return -1;
	return crypto_aead_xchacha20poly1305_ietf_decrypt(out, NULL, NULL, bytes + 1 + NONCE_BYTES,
		length - 1 - NONCE_BYTES, belonging->bytes, belonging->length, bytes + 1, key);
}

int seal(struct sealed *out, const struct holder *holder, const char *field, const void *bytes, size_t length,
	struct error *error)
{
	struct belonging belonging;
	unsigned char *room;

	if (belong(&belonging, holder, 0, field) < 0 || length > SIZE_MAX - SEAL_OVERHEAD)
		return error_set(error, ERROR_INTERNAL, "A value of %s is too large to be sealed.", field);
	room = malloc(length + SEAL_OVERHEAD);
	if (!room)
		return error_memory(error);
	aead_seal(room, bytes, length, &belonging, holder->key);
	*out = (struct sealed){ room, length + SEAL_OVERHEAD };
	return 0;
}

int unseal(char **out, size_t *out_length, const struct holder *holder, const char *field, const void *bytes,
	size_t length, struct error *error)
{
	struct belonging belonging;
	unsigned char *room = NULL;

	if (length < SEAL_OVERHEAD || belong(&belonging, holder, 0, field) < 0)
		goto corrupt;
	room = malloc(length - SEAL_OVERHEAD + 1);
	if (!room)
		return error_memory(error);
	if (aead_open(room, bytes, length, &belonging, holder->key) < 0)
		goto corrupt;
	room[length - SEAL_OVERHEAD] = '\0';
	*out = (char *)room;
	*out_length = length - SEAL_OVERHEAD;
	return 0;
corrupt:
	free(room);
	return error_set(error, ERROR_STORE_CORRUPT,
		"The sealed value %s of %s does not open: it was damaged, or moved from elsewhere.", field,
		holder->id);
}

void seal_wrap(unsigned char out[SEAL_WRAPPED_BYTES], const struct holder *holder,
	const unsigned char master[SEAL_KEY_BYTES], uint64_t master_version)
{
	struct belonging belonging;

	(void)belong(&belonging, holder, master_version, "");
	aead_seal(out, holder->key, SEAL_KEY_BYTES, &belonging, master);
}

int seal_unwrap(struct holder *holder, const unsigned char *wrapped, size_t length,
	const unsigned char master[SEAL_KEY_BYTES], uint64_t master_version, struct error *error)
{
	struct belonging belonging;

	(void)belong(&belonging, holder, master_version, "");
	if (length == SEAL_WRAPPED_BYTES && aead_open(holder->key, wrapped, length, &belonging, master) == 0)
		return 0;
	return error_set(error, ERROR_STORE_CORRUPT,
		"The data key of %s does not open: it was damaged, or moved from elsewhere.", holder->id);
}
