/* Where the master key comes from, in this order: a systemd credential ($CREDENTIALS_DIRECTORY/muster-key), a
 * descriptor ($MUSTER_KEY_FD), a passphrase from a descriptor ($MUSTER_PASSPHRASE_FD), the key file
 * ($MUSTER_KEY_DIR/key, else $XDG_CONFIG_HOME/muster/key). A key is a line of 32 bytes in base64 or hex. */
#ifndef MUSTER_STORE_KEY_SOURCE_H
#define MUSTER_STORE_KEY_SOURCE_H

#include "base/error.h"
#include "store/seal.h"

#include <limits.h>

enum { KEY_SALT_BYTES = 16, KEY_FINGERPRINT_SIZE = 24 };

#define KEY_FILE_NAME "key"

/* X(symbol, name) */
#define KEY_KINDS(X) \
	X(CREDENTIAL, "systemd credential") \
	X(DESCRIPTOR, "file descriptor") \
	X(PASSPHRASE, "passphrase") \
	X(FILE, "key file")

#define KEY_SYMBOL(symbol, name) KEY_##symbol,
enum key_kind { KEY_KINDS(KEY_SYMBOL) KEY_KIND_COUNT };
#undef KEY_SYMBOL

struct key_source {
	enum key_kind kind;
	int fd;                /* of a descriptor or passphrase; else -1 */
	char folder[PATH_MAX]; /* of a file; else empty */
	char path[PATH_MAX];   /* the file that the key was found in */
};

const char *key_kind_text(enum key_kind kind);

/* Which source the environment names. */
int key_source_find(struct key_source *out, struct error *error);

/* Reads the key, for a passphrase derives it with the salt. KEY_MISSING, KEY_EXPOSED, KEY_UNREADABLE,
 * KEY_MALFORMED. A descriptor of a pipe can be read once. */
int key_source_read(unsigned char key[SEAL_KEY_BYTES], const struct key_source *source,
	const unsigned char salt[KEY_SALT_BYTES], struct error *error);

/* Reads a key, or with a passphrase's source the passphrase, from the descriptor that MUSTER_NEW_KEY_FD names.
 * 1 when there is no such variable. */
int key_source_read_new(unsigned char key[SEAL_KEY_BYTES], enum key_kind kind,
	const unsigned char salt[KEY_SALT_BYTES], struct error *error);

/* Tells keys apart and says nothing of the key: "1f2e-3d4c-5b6a-7988". */
void key_fingerprint(char out[KEY_FINGERPRINT_SIZE], const unsigned char key[SEAL_KEY_BYTES]);

#endif
