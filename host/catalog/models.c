#include "config.h"

#include "catalog/models.h"

#include "base/paths.h"
#include "base/text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define MODELS_MAX 256

struct named_model {
	char name[64];
	struct model *model;
};

struct models {
	char *folder;
	uint64_t identity;
	bool missing; /* the folder itself is not there */
	struct named_model rows[MODELS_MAX];
	size_t count;
};

/* FNV-1a, 64 bits: to tell one state of the folder from another, not to withstand anybody. */
static uint64_t mix(uint64_t hash, const void *bytes, size_t length)
{
	const unsigned char *at = bytes;

	for (size_t i = 0; i < length; i++)
		hash = (hash ^ at[i]) * UINT64_C(0x100000001b3);
	return hash;
}

static uint64_t file_identity(int folder, const char *name)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);
	struct stat about;

	hash = mix(hash, name, strlen(name));
	if (fstatat(folder, name, &about, 0) < 0)
		return hash;
	hash = mix(hash, &about.st_dev, sizeof about.st_dev);
	hash = mix(hash, &about.st_ino, sizeof about.st_ino);
	hash = mix(hash, &about.st_size, sizeof about.st_size);
	hash = mix(hash, &about.st_mtim, sizeof about.st_mtim);
	return mix(hash, &about.st_ctim, sizeof about.st_ctim);
}

/* A sum, so that the order in which the folder is read doesn't matter. */
static int read_identity(uint64_t *out, const char *folder)
{
	uint64_t sum = 0;
	struct dirent *row;
	DIR *dir = opendir(folder);

	*out = 0;
	if (!dir)
		return -1;
	while ((row = readdir(dir)))
		if (row->d_name[0] != '.')
			sum += file_identity(dirfd(dir), row->d_name);
	(void)closedir(dir);
	*out = sum;
	return 0;
}

int models_new(struct models **out, const char *folder, struct error *error)
{
	struct models *models = calloc(1, sizeof *models);

	if (models)
		models->folder = strdup(folder);
	if (!models || !models->folder) {
		models_free(models);
		return error_memory(error);
	}
	models->missing = read_identity(&models->identity, folder) < 0;
	*out = models;
	return 0;
}

void models_free(struct models *models)
{
	if (!models)
		return;
	for (size_t i = 0; i < models->count; i++)
		model_free(models->rows[i].model);
	free(models->folder);
	free(models);
}

static int load(struct model **out, const char *folder, const char *name, struct error *error)
{
	char path[PATH_MAX];
	struct stat about;
	int length = snprintf(path, sizeof path, "%s/%s.json", folder, name);

	*out = NULL;
	if (length < 0 || (size_t)length >= sizeof path)
		return error_set(error, ERROR_INSTALLATION, "The folder of models has too long a path.");
	if (stat(path, &about) < 0 && (errno == ENOENT || errno == ENOTDIR))
		return 0;
	return model_load(out, path, error);
}

int models_find(const struct model **out, struct models *models, const char *name, struct error *error)
{
	struct named_model *row = models->rows;
	struct model *model;

	*out = NULL;
	if (models->missing)
		return error_set(error, ERROR_INSTALLATION, "The unified models are not to be found in %s.",
			models->folder);
	if (!text_is_id(name))
		return 0;
	for (; row < models->rows + models->count; row++) {
		if (strcmp(row->name, name) == 0) {
			*out = row->model;
			return 0;
		}
	}
	if (models->count == MODELS_MAX)
		return error_set(error, ERROR_INSTALLATION, "There are more than %d models.", MODELS_MAX);
	if (load(&model, models->folder, name, error) < 0)
		return -1;
	if (!model)
		return 0;
	(void)snprintf(row->name, sizeof row->name, "%s", name);
	row->model = model;
	models->count++;
	*out = model;
	return 0;
}

uint64_t models_identity(const struct models *models)
{
	return models->identity;
}
