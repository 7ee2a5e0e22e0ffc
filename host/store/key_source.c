#include "config.h"

#include "store/key_source.h"

#include "base/paths.h"
#include "base/text.h"
#include "store/key_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CREDENTIAL_NAME "muster-key"
#define TEXT_MAX 8192 /* of a passphrase, or a key and the store that it belongs to */

_Static_assert(KEY_SALT_BYTES == crypto_pwhash_argon2id_SALTBYTES, "the salt");

static const char *const kind_texts[] = {
#define KEY_TEXT(symbol, name) name,
	KEY_KINDS(KEY_TEXT)
#undef KEY_TEXT
};

const char *key_kind_text(enum key_kind kind)
{
	return kind_texts[kind];
}

void key_fingerprint(char out[KEY_FINGERPRINT_SIZE], const unsigned char key[SEAL_KEY_BYTES])
{
	static const unsigned char context[] = "muster: fingerprint of a master key";
	unsigned char hash[16];

	(void)crypto_generichash(hash, sizeof hash, key, SEAL_KEY_BYTES, context, sizeof context - 1);
	(void)snprintf(out, KEY_FINGERPRINT_SIZE, "%02x%02x-%02x%02x-%02x%02x-%02x%02x", hash[0], hash[1],
		hash[2], hash[3], hash[4], hash[5], hash[6], hash[7]);
}

/* ---- Which ---------------------------------------------------------------------------------------- */

static int read_descriptor_number(int *fd, const char *variable, struct error *error)
{
	uint64_t number;
	int flags;

	if (text_to_u64(&number, getenv(variable)) < 0 || number > INT_MAX)
		return error_set(
			error, ERROR_KEY_UNREADABLE, "%s is not the number of a descriptor.", variable);
	*fd = (int)number;
	flags = fcntl(*fd, F_GETFD);
	if (flags < 0)
		return error_set(error, ERROR_KEY_UNREADABLE, "%s names descriptor %d, which is not open.",
			variable, *fd);
	/* No process that we start is to have it. */
	(void)fcntl(*fd, F_SETFD, flags | FD_CLOEXEC);
	return 0;
}

static bool is_set(const char *variable)
{
	const char *value = getenv(variable);

	return value && value[0];
}

static int find_file(struct key_source *out, const char *folder, const char *name, struct error *error)
{
	if (paths_join(out->path, sizeof out->path, folder, name) < 0)
		return error_set(error, ERROR_KEY_UNREADABLE, "The path of the key file is too long.");
	(void)snprintf(out->folder, sizeof out->folder, "%s", folder);
	return 0;
}

int key_source_find(struct key_source *out, struct error *error)
{
	const char *credentials = getenv("CREDENTIALS_DIRECTORY");
	char folder[PATH_MAX];

	*out = (struct key_source){ .kind = KEY_CREDENTIAL, .fd = -1 };
	if (credentials && credentials[0] == '/') {
		if (find_file(out, credentials, CREDENTIAL_NAME, error) < 0)
			return -1;
		if (access(out->path, F_OK) == 0)
			return 0;
	}
	*out = (struct key_source){ .kind = KEY_DESCRIPTOR, .fd = -1 };
	if (is_set("MUSTER_KEY_FD"))
		return read_descriptor_number(&out->fd, "MUSTER_KEY_FD", error);
	out->kind = KEY_PASSPHRASE;
	if (is_set("MUSTER_PASSPHRASE_FD"))
		return read_descriptor_number(&out->fd, "MUSTER_PASSPHRASE_FD", error);
	out->kind = KEY_FILE;
	if (paths_key_dir(folder, sizeof folder) < 0) {
		(void)error_set(error, ERROR_KEY_MISSING, "There is no home folder to hold the key file.");
		return error_hint(error, "Set HOME or XDG_CONFIG_HOME, or give the key by MUSTER_KEY_FD.");
	}
	return find_file(out, folder, KEY_FILE_NAME, error);
}

/* ---- Reading -------------------------------------------------------------------------------------- */

/* A short text to its end, without the white space at its end. A file is read from its beginning, so that it can be
 * read again; a pipe can't. */
static int read_text(char text[TEXT_MAX], size_t *length, int fd, const char *what, struct error *error)
{
	bool seekable = lseek(fd, 0, SEEK_CUR) >= 0;
	size_t done = 0;

	for (;;) {
		ssize_t got = seekable ? pread(fd, text + done, TEXT_MAX - done, (off_t)done)
				       : read(fd, text + done, TEXT_MAX - done);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return error_set(
				error, ERROR_KEY_UNREADABLE, "%s can't be read: %s.", what, strerror(errno));
		done += (size_t)got;
		if (got == 0)
			break;
		if (done == TEXT_MAX)
			return error_set(error, ERROR_KEY_MALFORMED, "%s is too long.", what);
	}
	while (done > 0 && strchr(" \t\r\n", text[done - 1]) && text[done - 1])
		done--;
	if (done == 0)
		return error_set(error, ERROR_KEY_MALFORMED, "%s is empty.", what);
	*length = done;
	return 0;
}

static int decode(unsigned char key[SEAL_KEY_BYTES], const char *text, size_t length)
{
	static const int variants[] = { sodium_base64_VARIANT_ORIGINAL,
		sodium_base64_VARIANT_ORIGINAL_NO_PADDING, sodium_base64_VARIANT_URLSAFE,
		sodium_base64_VARIANT_URLSAFE_NO_PADDING };
	size_t size = 0;

	if (length == 2 * (size_t)SEAL_KEY_BYTES)
		return sodium_hex2bin(key, SEAL_KEY_BYTES, text, length, NULL, &size, NULL) == 0 &&
				       size == SEAL_KEY_BYTES
			       ? 0
			       : -1;
	for (size_t i = 0; i < sizeof variants / sizeof variants[0]; i++)
		if (sodium_base642bin(key, SEAL_KEY_BYTES, text, length, NULL, &size, NULL, variants[i]) ==
				0 &&
			size == SEAL_KEY_BYTES)
			return 0;
	return -1;
}

static int derive(unsigned char key[SEAL_KEY_BYTES], const char *text, size_t length,
	const unsigned char salt[KEY_SALT_BYTES], struct error *error)
{
	if (crypto_pwhash(key, SEAL_KEY_BYTES, text, length, salt, crypto_pwhash_OPSLIMIT_MODERATE,
		    crypto_pwhash_MEMLIMIT_MODERATE, crypto_pwhash_ALG_ARGON2ID13) == 0)
		return 0;
	(void)error_memory(error);
	return error_hint(error, "To derive a key from a passphrase takes %zu MiB for a moment.",
		(size_t)crypto_pwhash_MEMLIMIT_MODERATE >> 20);
}

/* The line after the key. */
static void take_owner(char *owner, const char *text, size_t length)
{
	size_t mark = strlen(KEY_OWNER_MARK);

	if (length > mark && length - mark < PATH_MAX && memcmp(text, KEY_OWNER_MARK, mark) == 0) {
		memcpy(owner, text + mark, length - mark);
		owner[length - mark] = '\0';
	}
}

/* From an open descriptor; kind says whether it is a key or a passphrase. owner may be NULL. */
static int read_key(unsigned char key[SEAL_KEY_BYTES], char *owner, int fd, enum key_kind kind,
	const char *what, const unsigned char salt[KEY_SALT_BYTES], struct error *error)
{
	char text[TEXT_MAX];
	size_t length = 0;
	int result = read_text(text, &length, fd, what, error);

	const char *end;

	if (owner)
		owner[0] = '\0';
	if (result == 0 && kind == KEY_PASSPHRASE) {
		result = derive(key, text, length, salt, error);
		goto out;
	}
	end = memchr(text, '\n', length);
	if (end && owner)
		take_owner(owner, end + 1, length - (size_t)(end + 1 - text));
	if (result == 0 && decode(key, text, end ? (size_t)(end - text) : length) < 0)
		result = error_set(error, ERROR_KEY_MALFORMED,
			"%s is not 32 bytes in base64 or hexadecimal digits.", what);
out:
	sodium_memzero(text, sizeof text);
	return result;
}

/* systemd gives a credential to its service by an access list, whose mask then shows as the group's rights. */
static int judge_file(int fd, enum key_kind kind, const char *path, struct error *error)
{
	const mode_t exposed = kind == KEY_CREDENTIAL ? S_IRWXO : S_IRWXG | S_IRWXO;
	struct stat about;

	if (fstat(fd, &about) < 0 || !S_ISREG(about.st_mode))
		return error_set(error, ERROR_KEY_UNREADABLE, "%s is not a file.", path);
	if (about.st_uid != geteuid() && about.st_uid != 0)
		return error_set(error, ERROR_KEY_EXPOSED, "%s belongs to another user.", path);
	if (about.st_mode & exposed) {
		(void)error_set(error, ERROR_KEY_EXPOSED, "Others have access to %s.", path);
		return error_hint(error, "Take it away from others: chmod 600 %s", path);
	}
	return 0;
}

/* 1: there is no such file. */
int key_read_file(unsigned char key[SEAL_KEY_BYTES], char *owner, enum key_kind kind, const char *path,
	struct error *error)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	int result = -1;

	if (fd < 0 && errno == ENOENT)
		return 1;
	if (fd < 0)
		return error_set(
			error, ERROR_KEY_UNREADABLE, "%s can't be opened: %s.", path, strerror(errno));
	if (judge_file(fd, kind, path, error) == 0)
		result = read_key(key, owner, fd, kind, path, NULL, error);
	(void)close(fd);
	return result;
}

int key_source_read(unsigned char key[SEAL_KEY_BYTES], const struct key_source *source,
	const unsigned char salt[KEY_SALT_BYTES], struct error *error)
{
	int result;

	if (source->kind == KEY_DESCRIPTOR)
		return read_key(key, NULL, source->fd, source->kind, "The key of MUSTER_KEY_FD", salt, error);
	if (source->kind == KEY_PASSPHRASE)
		return read_key(key, NULL, source->fd, source->kind, "The passphrase of MUSTER_PASSPHRASE_FD",
			salt, error);
	result = key_read_file(key, NULL, source->kind, source->path, error);
	if (result > 0)
		return error_set(error, ERROR_KEY_MISSING, "The key %s is missing.", source->path);
	return result;
}

int key_source_read_new(unsigned char key[SEAL_KEY_BYTES], enum key_kind kind,
	const unsigned char salt[KEY_SALT_BYTES], struct error *error)
{
	int fd;

	if (!is_set("MUSTER_NEW_KEY_FD"))
		return 1;
	if (read_descriptor_number(&fd, "MUSTER_NEW_KEY_FD", error) < 0)
		return -1;
	return read_key(key, NULL, fd, kind,
		kind == KEY_PASSPHRASE ? "The passphrase of MUSTER_NEW_KEY_FD"
				       : "The key of MUSTER_NEW_KEY_FD",
		salt, error);
}
