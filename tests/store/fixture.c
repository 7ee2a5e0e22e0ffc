#include "config.h"

#include "store/fixture.h"

#include "base/secrets.h"

#include <check.h>
#include <fcntl.h>
#include <ftw.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void place_make(struct place *place)
{
	static const char *const unset[] = { "CREDENTIALS_DIRECTORY", "MUSTER_KEY_FD", "MUSTER_PASSPHRASE_FD",
		"MUSTER_NEW_KEY_FD", "MUSTER_CONNECT_TO" };

	(void)snprintf(place->top, sizeof place->top, "/tmp/muster-store-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(place->top));
	(void)snprintf(place->data, sizeof place->data, "%s/data", place->top);
	(void)snprintf(place->config, sizeof place->config, "%s/config/muster", place->top);
	for (size_t i = 0; i < sizeof unset / sizeof unset[0]; i++)
		ck_assert_int_eq(unsetenv(unset[i]), 0);
	char config[128];
	(void)snprintf(config, sizeof config, "%s/config", place->top);
	ck_assert_int_eq(setenv("XDG_CONFIG_HOME", config, 1), 0);
}

static int remove_one(const char *path, const struct stat *about, int kind, struct FTW *at)
{
	(void)about;
	(void)kind;
	(void)at;
	return remove(path);
}

void place_remove(struct place *place)
{
	ck_assert_int_eq(nftw(place->top, remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
}

const char *place_path(const struct place *place, const char *name)
{
	static char path[256];

	(void)snprintf(path, sizeof path, "%s/%s", place->data, name);
	return path;
}

struct store_options place_options(const struct place *place)
{
	return (struct store_options){ .folder = place->data, .create = true };
}

struct store *place_store(const struct place *place)
{
	struct store_options options = place_options(place);
	struct store *store = NULL;
	struct error error = { 0 };

	if (store_open(&store, &options, &error) < 0)
		ck_abort_msg("%s: %s", error_code_text(error.code), error.message);
	return store;
}

void place_refuses(const struct place *place, enum error_code code)
{
	struct store_options options = place_options(place);
	struct store *store = NULL;
	struct error error = { 0 };

	ck_assert_int_eq(store_open(&store, &options, &error), -1);
	ck_assert_msg(error.code == code, "%s, not %s: %s", error_code_text(error.code),
		error_code_text(code), error.message);
	ck_assert_str_ne(error.message, "");
	ck_assert_str_ne(error_hint_text(&error), "");
}

char *read_whole(const char *path, size_t *length)
{
	int fd = open(path, O_RDONLY);
	struct stat about;
	char *text;

	ck_assert_msg(fd >= 0, "%s", path);
	ck_assert_int_eq(fstat(fd, &about), 0);
	text = malloc((size_t)about.st_size + 1);
	ck_assert_ptr_nonnull(text);
	ck_assert_int_eq(read(fd, text, (size_t)about.st_size), about.st_size);
	text[about.st_size] = '\0';
	*length = (size_t)about.st_size;
	ck_assert_int_eq(close(fd), 0);
	return text;
}

void write_whole(const char *path, const void *bytes, size_t length, unsigned mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, mode);

	ck_assert_msg(fd >= 0, "%s", path);
	ck_assert_int_eq(fchmod(fd, mode), 0);
	ck_assert_int_eq(write(fd, bytes, length), (ssize_t)length);
	ck_assert_int_eq(close(fd), 0);
}

/* ---- Canaries ------------------------------------------------------------------------------------- */

static int holds(const char *bytes, size_t length, const char *form, size_t form_length)
{
	return form_length > 0 && memmem(bytes, length, form, form_length) != NULL;
}

/* What base64 makes of the text when skip other bytes stand before it: only what the text alone decides. */
static int holds_base64(const char *bytes, size_t length, const char *secret, size_t skip, int variant)
{
	unsigned char padded[256] = { 0 };
	char form[512];
	size_t total = skip + strlen(secret);
	size_t from = skip ? 4 : 0;
	size_t to = total / 3 * 4;

	ck_assert_uint_lt(total, sizeof padded);
	memcpy(padded + skip, secret, strlen(secret));
	ck_assert_ptr_nonnull(sodium_bin2base64(form, sizeof form, padded, total, variant));
	return holds(bytes, length, form + from, to - from);
}

int file_holds(const char *path, const char *secret)
{
	size_t size = strlen(secret);
	char hex[512];
	char percent[1024] = "";
	char escaped[2048] = "";
	size_t length;
	char *bytes = read_whole(path, &length);
	int found = holds(bytes, length, secret, size);

	ck_assert_uint_lt(size, 200);
	(void)sodium_bin2hex(hex, sizeof hex, (const unsigned char *)secret, size);
	for (size_t i = 0; i < size; i++) {
		(void)snprintf(percent + 3 * i, 4, "%%%02X", (unsigned char)secret[i]);
		(void)snprintf(escaped + 6 * i, 7, "\\u%04x", (unsigned char)secret[i]);
	}
	found |= holds(bytes, length, hex, strlen(hex));
	found |= holds(bytes, length, percent, strlen(percent));
	found |= holds(bytes, length, escaped, strlen(escaped));
	for (size_t skip = 0; skip < 3; skip++) {
		found |= holds_base64(bytes, length, secret, skip, sodium_base64_VARIANT_ORIGINAL);
		found |= holds_base64(bytes, length, secret, skip, sodium_base64_VARIANT_URLSAFE);
	}
	free(bytes);
	return found;
}

/* ---- Rows ----------------------------------------------------------------------------------------- */

void add_profile(struct profile *out, struct store *store, const char *name, const char *secret)
{
	struct error error = { 0 };
	struct profile profile = { .provider = "personio", .auth = "v2", .fields = json_object() };
	json_t *secrets = json_pack("{s:s}", "client_secret", secret);

	(void)snprintf(profile.name, sizeof profile.name, "%s", name);
	if (profiles_add(&profile, store, secrets, &error) < 0)
		ck_abort_msg("%s: %s", error_code_text(error.code), error.message);
	secrets_free_take(secrets);
	*out = profile;
}

void add_account(struct account *out, struct store *store, const struct profile *profile, const char *name,
	const char *secret)
{
	struct error error = { 0 };
	struct account account = { .provider = "personio", .fields = json_pack("{s:s}", "app_id", "ACME") };
	const struct account_token token = {
		.auth = "v2", .access_token = secret, .refresh_token = secret, .scope = "all"
	};
	json_t *secrets = json_pack("{s:s}", "api_key", secret);

	(void)snprintf(account.name, sizeof account.name, "%s", name);
	(void)snprintf(account.profile, sizeof account.profile, "%s", profile->id);
	if (accounts_add(&account, store, secrets, &token, 1, true, &error) < 0)
		ck_abort_msg("%s: %s", error_code_text(error.code), error.message);
	secrets_free_take(secrets);
	*out = account;
}

char *account_secret(struct store *store, const char *name, struct error *error)
{
	struct account account;
	json_t *secrets = NULL;
	char *text = NULL;

	if (accounts_get(&account, store, name, error) < 0)
		return NULL;
	if (accounts_secrets(&secrets, store, &account, error) == 0) {
		text = strdup(json_string_value(json_object_get(secrets, "api_key")));
		ck_assert_ptr_nonnull(text);
		secrets_free_take(secrets);
	}
	account_clear(&account);
	return text;
}
