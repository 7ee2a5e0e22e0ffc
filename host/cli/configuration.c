#include "config.h"

#include "cli/configuration.h"

#include "base/json.h"
#include "base/paths.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FILE_MAX = 256 * 1024 };

/* A member that nobody reads is a typing error, and it may have been meant to protect something. */
static int check_members(const json_t *json, const char *path, struct error *error)
{
	const char *name;
	json_t *value;

	if (!json_is_object(json))
		return error_set(error, ERROR_BAD_CONFIGURATION, "%s is not a JSON object.", path);
	json_object_foreach((json_t *)json, name, value)
	{
		bool text = strcmp(name, "proxy") == 0 || strcmp(name, "ca_bundle") == 0;
		bool list = strcmp(name, "trust") == 0;

		if (!text && !list)
			return error_set(error, ERROR_BAD_CONFIGURATION,
				"%s: there is no setting %.64s; there are proxy, ca_bundle and trust.", path,
				name);
		if ((text && !json_is_string(value)) || (list && !json_is_array(value)))
			return error_set(error, ERROR_BAD_CONFIGURATION, "%s: %s is to be %s.", path, name,
				text ? "a text" : "a list of providers");
	}
	return 0;
}

static int read_file(struct configuration *configuration, struct error *error)
{
	char folder[PATH_MAX], path[PATH_MAX];

	if (paths_config_dir(folder, sizeof folder) < 0 ||
		paths_join(path, sizeof path, folder, "config.json") < 0 || access(path, F_OK) < 0) {
		configuration->json = json_object();
		return configuration->json ? 0 : error_memory(error);
	}
	if (json_read_file(&configuration->json, path, FILE_MAX, ERROR_BAD_CONFIGURATION, error) < 0)
		return -1;
	return check_members(configuration->json, path, error);
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
	out->fetch.proxy = json_member_text(out->json, "proxy", NULL);
	out->fetch.ca_bundle = json_member_text(out->json, "ca_bundle", NULL);
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
	configuration->json = NULL;
}
