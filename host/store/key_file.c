#include "config.h"

#include "store/key_file.h"

#include "base/buffer.h"
#include "base/paths.h"
#include "store/place.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define KEY_PREFIX KEY_FILE_NAME "."
#define DRAFT_PREFIX ".key-" /* that a crash may leave */

void key_file_name(char out[KEY_NAME_SIZE], const char *fingerprint)
{
	(void)snprintf(out, KEY_NAME_SIZE, KEY_PREFIX "%.*s", KEY_FINGERPRINT_SIZE - 1, fingerprint);
}

int key_file_read(unsigned char key[SEAL_KEY_BYTES], char *owner, const struct key_source *source,
	const char *name, struct error *error)
{
	char path[PATH_MAX];

	if (paths_join(path, sizeof path, source->folder, name) < 0)
		return error_set(error, ERROR_KEY_UNREADABLE, "The path of the key file is too long.");
	return key_read_file(key, owner, KEY_FILE, path, error);
}

static int write_error(const struct key_source *source, struct error *error)
{
	return error_set(error, ERROR_KEY_UNREADABLE, "A key can't be written into %s: %s.", source->folder,
		strerror(errno));
}

static int open_folder(const struct key_source *source, struct error *error)
{
	int fd = open(source->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? write_error(source, error) : fd;
}

/* ---- Making --------------------------------------------------------------------------------------- */

static int append_text(struct buffer *out, const unsigned char key[SEAL_KEY_BYTES], const char *owner)
{
	char text[sodium_base64_ENCODED_LEN(SEAL_KEY_BYTES, sodium_base64_VARIANT_ORIGINAL)];
	int result;

	(void)sodium_bin2base64(text, sizeof text, key, SEAL_KEY_BYTES, sodium_base64_VARIANT_ORIGINAL);
	result = buffer_format(out, "%s\n" KEY_OWNER_MARK "%s\n", text, owner);
	sodium_memzero(text, sizeof text);
	return result;
}

/* Under another name first: whoever finds a key file finds it whole. */
static int write_whole(int folder, const char *name, const struct buffer *text)
{
	char draft[64];
	int result;
	int kept;

	(void)snprintf(draft, sizeof draft, DRAFT_PREFIX "%08" PRIx32, randombytes_random());
	if (place_write(folder, draft, text->data, text->length) < 0)
		return -1;
	result = linkat(folder, draft, folder, name, 0);
	kept = errno;
	(void)unlinkat(folder, draft, 0);
	errno = kept;
	return result == 0 ? fsync(folder) : -1;
}

int key_file_make(const struct key_source *source, const char *name, const unsigned char key[SEAL_KEY_BYTES],
	const char *owner, struct error *error)
{
	struct buffer text = BUFFER_INIT(2 * PATH_MAX);
	int folder = -1;
	int result = -1;

	if (paths_make_dir(source->folder) < 0)
		return write_error(source, error);
	folder = open_folder(source, error);
	if (folder < 0)
		return -1;
	if (append_text(&text, key, owner) < 0)
		(void)error_memory(error);
	else if (write_whole(folder, name, &text) == 0)
		result = 0;
	else
		result = errno == EEXIST ? 1 : write_error(source, error);
	buffer_wipe(&text);
	(void)close(folder);
	return result;
}

/* ---- Settling ------------------------------------------------------------------------------------- */

/* Does this file hold a key that was made for the owner, and is it another than that of the fingerprint? */
static bool is_outdated(
	const struct key_source *source, const char *name, const char *fingerprint, const char *owner)
{
	unsigned char key[SEAL_KEY_BYTES];
	char found[KEY_FINGERPRINT_SIZE];
	char its_owner[PATH_MAX];
	struct error unused = { 0 };
	bool outdated = false;

	if (key_file_read(key, its_owner, source, name, &unused) == 0) {
		key_fingerprint(found, key);
		outdated = strcmp(its_owner, owner) == 0 && strcmp(found, fingerprint) != 0;
	}
	sodium_memzero(key, sizeof key);
	return outdated;
}

bool key_file_unsettled(const struct key_source *source, const char *owner)
{
	unsigned char key[SEAL_KEY_BYTES];
	char fingerprint[KEY_FINGERPRINT_SIZE] = "";
	struct error unused = { 0 };

	if (source->kind != KEY_FILE || key_read_file(key, NULL, KEY_FILE, source->path, &unused) != 0)
		return false;
	key_fingerprint(fingerprint, key);
	sodium_memzero(key, sizeof key);
	return is_outdated(source, KEY_FILE_NAME, fingerprint, owner);
}

static int remove_outdated(
	int folder, const struct key_source *source, const char *fingerprint, const char *owner)
{
	DIR *dir = opendir(source->folder);
	const struct dirent *row;
	int result = 0;

	if (!dir)
		return -1;
	while (result == 0 && (row = readdir(dir)))
		if ((strncmp(row->d_name, KEY_PREFIX, strlen(KEY_PREFIX)) == 0 ||
			    strncmp(row->d_name, DRAFT_PREFIX, strlen(DRAFT_PREFIX)) == 0) &&
			is_outdated(source, row->d_name, fingerprint, owner))
			result = unlinkat(folder, row->d_name, 0);
	(void)closedir(dir);
	return result;
}

int key_file_settle(
	struct key_source *source, const char *fingerprint, const char *owner, struct error *error)
{
	char name[KEY_NAME_SIZE];
	int result = 0;
	int folder = open_folder(source, error);

	if (folder < 0)
		return -1;
	key_file_name(name, fingerprint);
	if (is_outdated(source, KEY_FILE_NAME, fingerprint, owner)) {
		result = renameat(folder, name, folder, KEY_FILE_NAME);
		if (result == 0)
			result = paths_join(source->path, sizeof source->path, source->folder, KEY_FILE_NAME);
	}
	if (result == 0)
		result = remove_outdated(folder, source, fingerprint, owner);
	if (result == 0)
		result = fsync(folder);
	if (result < 0)
		(void)write_error(source, error);
	(void)close(folder);
	return result;
}
