#include "config.h"

#include "base/paths.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char *from_environment(const char *name, const char *fallback)
{
	const char *value = getenv(name);

	return value && value[0] == '/' ? value : fallback;
}

const char *paths_libexec_dir(void)
{
	return from_environment("MUSTER_LIBEXEC_DIR", MUSTER_LIBEXEC_DIR);
}

const char *paths_model_dir(void)
{
	return from_environment("MUSTER_MODEL_DIR", MUSTER_MODEL_DIR);
}

const char *paths_plugin_dir(void)
{
	return from_environment("MUSTER_PLUGIN_DIR", MUSTER_PLUGIN_DIR);
}

int paths_join(char *out, size_t size, const char *folder, const char *name)
{
	int length = snprintf(out, size, "%s/%s", folder, name);

	return length >= 0 && (size_t)length < size ? 0 : -1;
}

/* The XDG base directory specification: a relative path in the environment is to be ignored. */
static int xdg_dir(char *out, size_t size, const char *variable, const char *below_home, const char *name)
{
	const char *base = from_environment(variable, NULL);
	const char *home = from_environment("HOME", NULL);
	char path[PATH_MAX];

	if (base)
		return paths_join(out, size, base, name);
	if (!home || paths_join(path, sizeof path, home, below_home) < 0)
		return -1;
	return paths_join(out, size, path, name);
}

int paths_cache_dir(char *out, size_t size)
{
	return xdg_dir(out, size, "XDG_CACHE_HOME", ".cache", "muster");
}

int paths_config_dir(char *out, size_t size)
{
	return xdg_dir(out, size, "XDG_CONFIG_HOME", ".config", "muster");
}

int paths_data_dir(char *out, size_t size)
{
	return xdg_dir(out, size, "XDG_DATA_HOME", ".local/share", "muster");
}

int paths_user_plugin_dir(char *out, size_t size)
{
	return xdg_dir(out, size, "XDG_DATA_HOME", ".local/share", "muster/plugins/" MUSTER_ABI_TEXT);
}

int paths_key_dir(char *out, size_t size)
{
	const char *folder = from_environment("MUSTER_KEY_DIR", NULL);
	int length;

	if (!folder)
		return paths_config_dir(out, size);
	length = snprintf(out, size, "%s", folder);
	return length >= 0 && (size_t)length < size ? 0 : -1;
}

int paths_make_dir(const char *path)
{
	char partial[PATH_MAX];
	size_t length = strlen(path);

	if (length == 0 || length >= sizeof partial) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(partial, path, length + 1);
	for (size_t i = 1; i <= length; i++) {
		if (partial[i] != '/' && partial[i] != '\0')
			continue;
		char kept = partial[i];
		partial[i] = '\0';
		if (mkdir(partial, 0700) < 0 && errno != EEXIST)
			return -1;
		partial[i] = kept;
	}
	return 0;
}
