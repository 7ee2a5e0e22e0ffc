#include "config.h"

#include "sandbox/folder.h"

#include "base/buffer.h"
#include "base/paths.h"
#include "sandbox/provider.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int cant(struct error *error, const char *what, const char *path)
{
	return error_set(
		error, ERROR_OUTPUT_FAILED, "%s '%s' can't be written: %s.", what, path, strerror(errno));
}

static int make_temporary(struct folder *folder, struct error *error)
{
	const char *base = getenv("TMPDIR");

	if (paths_join(folder->path, sizeof folder->path, base && base[0] == '/' ? base : "/tmp",
		    "muster-sandbox.XXXXXX") < 0)
		return error_set(error, ERROR_OUTPUT_FAILED, "TMPDIR is too long.");
	if (!mkdtemp(folder->path))
		return cant(error, "The temporary folder", folder->path);
	folder->temporary = true;
	return 0;
}

static int make_given(struct folder *folder, const char *path, struct error *error)
{
	struct stat status;

	if (paths_make_dir(path) < 0 || !realpath(path, folder->path))
		return cant(error, "The folder", path);
	if (stat(folder->path, &status) < 0 || !S_ISDIR(status.st_mode) ||
		access(folder->path, R_OK | W_OK | X_OK) < 0)
		return cant(error, "The folder", path);
	if (status.st_uid != geteuid() || (status.st_mode & 077)) {
		(void)error_set(error, ERROR_OUTPUT_FAILED,
			"The folder '%s' is to hold credentials, but others may use it.", path);
		return error_hint(
			error, "Choose a new folder, or make it yours alone: chmod 700 '%s'.", path);
	}
	return 0;
}

static int member(char *out, size_t size, const struct folder *folder, const char *name, struct error *error)
{
	if (paths_join(out, size, folder->path, name) < 0)
		return error_set(error, ERROR_OUTPUT_FAILED, "The path of the folder is too long.");
	return 0;
}

int folder_open(struct folder *out, const char *path, struct error *error)
{
	char ready[PATH_MAX];

	if ((path ? make_given(out, path, error) : make_temporary(out, error)) < 0)
		return -1;
	out->open = true;
	if (member(ready, sizeof ready, out, "ready", error) < 0 ||
		member(out->ledger, sizeof out->ledger, out, "ledger.ndjson", error) < 0)
		return -1;
	(void)unlink(ready); /* of an earlier sandbox, which would mislead */
	return 0;
}

/* Under another name first: who sees the file sees all of it. */
static int write_file(
	const struct folder *folder, const char *name, const char *text, mode_t mode, struct error *error)
{
	char path[PATH_MAX];
	char partial[PATH_MAX];
	size_t length = strlen(text);
	int descriptor;
	ssize_t written;

	if (member(path, sizeof path, folder, name, error) < 0 ||
		member(partial, sizeof partial, folder, ".partial", error) < 0)
		return -1;
	(void)unlink(partial);
	descriptor = open(partial, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	if (descriptor < 0)
		return cant(error, "The file", path);
	written = write(descriptor, text, length);
	if (close(descriptor) < 0 || written != (ssize_t)length || rename(partial, path) < 0) {
		(void)cant(error, "The file", path);
		(void)unlink(partial);
		return -1;
	}
	return 0;
}

static int write_json(const struct folder *folder, const char *name, const json_t *value, struct error *error)
{
	char *text = value ? json_dumps(value, JSON_INDENT(2) | JSON_PRESERVE_ORDER) : NULL;
	int result = text ? write_file(folder, name, text, 0600, error) : error_memory(error);

	free(text);
	return result;
}

static int write_credentials(
	const struct folder *folder, const struct simulation *simulation, struct error *error)
{
	const struct provider *provider = simulation->provider;
	json_t *value = json_pack("{s:s, s:s}", "client_id", simulation->credentials.client_id,
		"client_secret", simulation->credentials.client_secret);
	char name[80];
	int failed = 0;
	int result;

	if (provider->redirect)
		failed |= json_object_set_new(
			value, "redirect_url", json_string(provider_redirect(simulation)));
	for (const struct credential_field *field = provider->fields; field && field->name; field++)
		failed |= json_object_set_new(value, field->name, json_string(field->value));
	(void)snprintf(name, sizeof name, "%s.json", provider->id);
	result = write_json(folder, name, failed ? NULL : value, error);
	json_decref(value);
	return result;
}

/* Certificate and key in one file, for a server that is put in front of this one to speak HTTP/2. */
static int write_key(const struct folder *folder, const struct certificate *certificate, struct error *error)
{
	struct buffer both = BUFFER_INIT(65536);
	int result = -1;

	if (buffer_append_text(&both, certificate->certificate) < 0 ||
		buffer_append_text(&both, certificate->key) < 0 || !buffer_text(&both))
		(void)error_memory(error);
	else
		result = write_file(folder, "server.pem", both.data, 0600, error);
	buffer_wipe(&both);
	return result;
}

/* curl's --connect-to for every host name, with commas between. */
static int list_hosts(struct buffer *out, unsigned port)
{
	for (size_t i = 0; i < PROVIDER_COUNT; i++) {
		for (const char *const *host = providers[i]->hosts; *host; host++) {
			if (buffer_format(out, "%s%s:443:127.0.0.1:%u", out->length ? "," : "", *host, port) <
				0)
				return -1;
		}
	}
	return buffer_text(out) ? 0 : -1;
}

int folder_fill(struct folder *folder, const struct server *server, struct error *error)
{
	struct buffer hosts = BUFFER_INIT(8192);
	char ca[PATH_MAX], data[PATH_MAX], key[PATH_MAX];
	int result = -1;

	if (member(ca, sizeof ca, folder, "ca.pem", error) < 0 ||
		member(data, sizeof data, folder, "data", error) < 0 ||
		member(key, sizeof key, folder, "key", error) < 0 ||
		write_file(folder, "ca.pem", server_certificate(server)->ca, 0644, error) < 0 ||
		write_key(folder, server_certificate(server), error) < 0)
		goto out;
	for (size_t i = 0; i < PROVIDER_COUNT; i++) {
		if (write_credentials(folder, server_simulation(server, i), error) < 0)
			goto out;
	}
	if (list_hosts(&hosts, server_port(server)) == 0)
		folder->ready = json_pack("{s:i, s:s, s:s, s:s, s:s, s:s}", "port", (int)server_port(server),
			"connect_to", hosts.data, "ca_file", ca, "dir", folder->path, "data_dir", data,
			"key_dir", key);
	result = folder->ready ? 0 : error_memory(error);
out:
	buffer_clear(&hosts);
	return result;
}

static void say(const struct folder *folder)
{
	printf("The simulated providers are up; Ctrl-C ends them. In another shell:\n"
	       "\n"
	       "  export MUSTER_CONNECT_TO='%s'\n"
	       "  export MUSTER_CA_FILE='%s'\n"
	       "  export MUSTER_SANDBOX_DIR='%s'\n"
	       "  export MUSTER_DATA_DIR='%s'\n"
	       "  export MUSTER_KEY_DIR='%s'\n",
		json_string_value(json_object_get(folder->ready, "connect_to")),
		json_string_value(json_object_get(folder->ready, "ca_file")), folder->path,
		json_string_value(json_object_get(folder->ready, "data_dir")),
		json_string_value(json_object_get(folder->ready, "key_dir")));
}

int folder_announce(const struct folder *folder, bool json, struct error *error)
{
	if (write_json(folder, "ready", folder->ready, error) < 0)
		return -1;
	if (!json)
		say(folder);
	else if (json_dumpf(folder->ready, stdout, JSON_COMPACT) == 0)
		putchar('\n');
	if (fflush(stdout) != 0 || ferror(stdout))
		return error_set(error, ERROR_OUTPUT_FAILED, "stdout can't be written.");
	return 0;
}

static int remove_one(const char *path, const struct stat *about, int kind, struct FTW *place)
{
	(void)about;
	(void)kind;
	(void)place;
	(void)remove(path);
	return 0;
}

void folder_close(struct folder *folder)
{
	char ready[PATH_MAX];

	json_decref(folder->ready);
	folder->ready = NULL;
	if (!folder->open)
		return;
	if (folder->temporary)
		(void)nftw(folder->path, remove_one, 8, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
	else if (paths_join(ready, sizeof ready, folder->path, "ready") == 0)
		(void)unlink(ready);
}
