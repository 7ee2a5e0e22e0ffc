#include "config.h"

#include "cli/data.h"

#include "base/paths.h"
#include "cli/configuration.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

static const char *set(const char *variable)
{
	const char *text = getenv(variable);

	return text && text[0] ? text : NULL;
}

int data_folder(char *out, size_t size, const struct arguments *arguments, struct error *error)
{
	const char *folder = arguments_text(arguments, "data-dir", NULL);
	int length;

	if (!folder)
		folder = set("MUSTER_DATA_DIR");
	if (!folder)
		folder = set("STATE_DIRECTORY");
	if (!folder) {
		if (paths_data_dir(out, size) == 0)
			return 0;
		(void)error_set(error, ERROR_BAD_CONFIGURATION, "There is no home folder to keep data in.");
		return error_hint(error, "Set MUSTER_DATA_DIR, or give --data-dir.");
	}
	length = snprintf(out, size, "%s", folder);
	if (!folder[0] || length < 0 || (size_t)length >= size)
		return error_set(error, ERROR_USAGE, "The data directory's name is empty or too long.");
	return 0;
}

/* From here on the master key is in memory: no core, also for who collects them by a pipe, which the limit on their
 * size doesn't hold for, and no debugger of this user. The leak sanitizer is such a debugger. */
static int forbid_dumps(struct error *error)
{
#ifndef MUSTER_RELAXED_JAIL
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		return error_set(
			error, ERROR_INTERNAL, "Core dumps can't be forbidden: %s.", strerror(errno));
#else
	(void)error;
#endif
	return 0;
}

static int open_with(struct store **out, struct store_options options, const struct arguments *arguments,
	struct error *error)
{
	char folder[PATH_MAX];
	struct configuration configuration;

	options.folder = folder;
	if (data_folder(folder, sizeof folder, arguments, error) < 0 || forbid_dumps(error) < 0 ||
		configuration_read(&configuration, error) < 0)
		return -1;
	options.audit_keep_days = configuration.audit_keep_days;
	configuration_clear(&configuration);
	return store_open(out, &options, error);
}

int data_open(struct store **out, const struct arguments *arguments, bool create, struct error *error)
{
	return open_with(out, (struct store_options){ .create = create }, arguments, error);
}

int data_open_alone(struct store **out, const struct arguments *arguments, struct error *error)
{
	return open_with(out, (struct store_options){ .alone = true }, arguments, error);
}

/* Cuts the path to the nearest folder of it that is there. */
static void find_existing(char *path)
{
	while (access(path, F_OK) < 0 && errno == ENOENT) {
		char *end = strrchr(path, '/');

		if (!end || end == path) {
			memcpy(path, end ? "/" : ".", 2);
			return;
		}
		*end = '\0';
	}
}

int data_check_room(const struct arguments *arguments, struct error *error)
{
	char folder[PATH_MAX], existing[PATH_MAX];

	if (data_folder(folder, sizeof folder, arguments, error) < 0)
		return -1;
	(void)snprintf(existing, sizeof existing, "%s", folder);
	find_existing(existing);
	if (access(existing, W_OK | X_OK) == 0)
		return 0;
	return error_set(error, ERROR_STORE_READ_ONLY, "No store can be made in %s: %s: %s.", folder,
		existing, strerror(errno));
}

int data_open_if_there(struct store **out, const struct arguments *arguments, struct error *error)
{
	char folder[PATH_MAX];
	struct error failure = { 0 };

	*out = NULL;
	/* Without a home folder there is no store either. */
	if (data_folder(folder, sizeof folder, arguments, &failure) < 0 &&
		failure.code == ERROR_BAD_CONFIGURATION)
		return 0;
	failure = (struct error){ 0 };
	if (data_open(out, arguments, false, &failure) == 0 || failure.code == ERROR_STORE_MISSING)
		return 0;
	*error = failure;
	return -1;
}
