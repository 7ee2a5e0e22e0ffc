#include "config.h"

#include "cli/configuration.h"

#include "base/json.h"
#include "base/paths.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MAX = 256 * 1024, DAYS_MAX = 36500 };

static const struct setting {
	const char *name;
	json_type type;
	const char *wanted;
} settings[] = {
	{ "proxy", JSON_STRING, "a text" },
	{ "ca_bundle", JSON_STRING, "a text" },
	{ "trust", JSON_ARRAY, "a list of connectors" },
	{ "audit_days", JSON_INTEGER, "a number of days, or 0 for ever" },
};

/* Of a list, each member. */
static bool are_texts(const json_t *list)
{
	for (size_t i = 0; i < json_array_size(list); i++)
		if (!json_is_string(json_array_get(list, i)))
			return false;
	return true;
}

/* A member that nobody reads is a typing error, and it may have been meant to protect something. */
static int check_member(const char *path, const char *name, const json_t *value, struct error *error)
{
	for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++) {
		if (strcmp(name, settings[i].name) != 0)
			continue;
		if (json_typeof(value) == settings[i].type && are_texts(value))
			return 0;
		return error_set(error, ERROR_BAD_CONFIGURATION, "%s: %s is to be %s.", path, name,
			settings[i].wanted);
	}
	return error_set(error, ERROR_BAD_CONFIGURATION,
		"%s: there is no setting %.64s; there are proxy, ca_bundle, trust and audit_days.", path,
		name);
}

static int check_members(const json_t *json, const char *path, struct error *error)
{
	const char *name;
	json_t *value;

	if (!json_is_object(json))
		return error_set(error, ERROR_BAD_CONFIGURATION, "%s is not a JSON object.", path);
	json_object_foreach((json_t *)json, name, value)
	{
		if (check_member(path, name, value, error) < 0)
			return -1;
	}
	return 0;
}

static int read_days(struct configuration *out, const char *path, struct error *error)
{
	const json_t *value = json_object_get(out->json, "audit_days");
	json_int_t days = json_integer_value(value);

	if (!value)
		return 0;
	if (days < 0 || days > DAYS_MAX)
		return error_set(error, ERROR_BAD_CONFIGURATION,
			"%s: audit_days is a number from 1 to %d, or 0 for ever.", path, DAYS_MAX);
	out->audit_keep_days = days > 0 ? days : -1;
	return 0;
}

/* Who may write the file may name a proxy, certificates, and connectors for a weak jail. */
static int judge_file(const struct stat *about, const char *path, struct error *error)
{
	if (!S_ISREG(about->st_mode))
		return error_set(error, ERROR_BAD_CONFIGURATION, "%s is not a file.", path);
	if (about->st_uid != geteuid() && about->st_uid != 0)
		return error_set(error, ERROR_BAD_CONFIGURATION, "%s belongs to another user.", path);
	if (about->st_mode & (S_IWGRP | S_IWOTH)) {
		(void)error_set(error, ERROR_BAD_CONFIGURATION, "Others may write %s.", path);
		return error_hint(
			error, "Look what stands in it, then take it away from others: chmod go-w %s", path);
	}
	return 0;
}

static int read_there(
	struct configuration *out, const struct stat *about, const char *path, struct error *error)
{
	if (judge_file(about, path, error) < 0 ||
		json_read_file(&out->json, path, FILE_MAX, ERROR_BAD_CONFIGURATION, error) < 0 ||
		check_members(out->json, path, error) < 0 || read_days(out, path, error) < 0)
		return -1;
	out->trust = json_object_get(out->json, "trust");
	out->fetch.proxy = json_member_text(out->json, "proxy", NULL);
	out->fetch.ca_bundle = json_member_text(out->json, "ca_bundle", NULL);
	return 0;
}

/* Without a home folder there is no file either. */
static int read_file(struct configuration *out, struct error *error)
{
	char folder[PATH_MAX], path[PATH_MAX];
	struct stat about;

	if (paths_config_dir(folder, sizeof folder) < 0 ||
		paths_join(path, sizeof path, folder, "config.json") < 0)
		return 0;
	if (stat(path, &about) == 0)
		return read_there(out, &about, path, error);
	if (errno == ENOENT || errno == ENOTDIR)
		return 0;
	return error_set(error, ERROR_BAD_CONFIGURATION, "%s can't be read: %s.", path, strerror(errno));
}

int configuration_read(struct configuration *out, struct error *error)
{
	const char *connect_to = getenv("MUSTER_CONNECT_TO");
	const char *ca_file = getenv("MUSTER_CA_FILE");

	memset(out, 0, sizeof *out);
	fetch_settings_init(&out->fetch);
	if (read_file(out, error) < 0)
		goto fail;
	out->fetch.user_agent = PACKAGE_NAME "/" PACKAGE_VERSION;
	out->fetch.ca_file = ca_file && ca_file[0] ? ca_file : NULL;
	if (connect_to && connect_to[0] && fetch_settings_connect_to(&out->fetch, connect_to, error) < 0)
		goto fail;
	if (fetch_settings_check(&out->fetch, error) < 0)
		goto fail;
	return 0;
fail:
	configuration_clear(out);
	return -1;
}

void configuration_clear(struct configuration *configuration)
{
	json_decref(configuration->json);
	*configuration = (struct configuration){ .json = NULL };
}
