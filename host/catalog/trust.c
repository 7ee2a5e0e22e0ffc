#include "config.h"

#include "catalog/trust.h"

#include "base/json.h"
#include "base/paths.h"

#include <limits.h>
#include <string.h>
#include <unistd.h>

#define CONFIGURATION_MAX ((size_t)1 << 20)

int trust_read(json_t **out, struct error *error)
{
	json_t *configuration = NULL;
	json_t *list = NULL;
	char folder[PATH_MAX];
	char path[PATH_MAX];

	*out = NULL;
	if (paths_config_dir(folder, sizeof folder) == 0 &&
		paths_join(path, sizeof path, folder, "config.json") == 0 && access(path, F_OK) == 0) {
		if (json_read_file(&configuration, path, CONFIGURATION_MAX, ERROR_BAD_CONFIGURATION, error) <
			0)
			return -1;
		list = json_incref(json_object_get(configuration, "trust"));
		json_decref(configuration);
	}
	if (!list)
		list = json_array();
	if (!list)
		return error_memory(error);
	if (!json_is_array(list)) {
		json_decref(list);
		return error_set(error, ERROR_BAD_CONFIGURATION,
			"'trust' in the configuration is no list of connectors.");
	}
	*out = list;
	return 0;
}

bool trust_has(const json_t *trust, const char *id)
{
	for (size_t i = 0; i < json_array_size(trust); i++) {
		const char *text = json_string_value(json_array_get(trust, i));

		if (text && strcmp(text, id) == 0)
			return true;
	}
	return false;
}
