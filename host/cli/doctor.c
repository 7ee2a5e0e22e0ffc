/* muster doctor: what is missing, what is weak, and what to do about it. */
#include "config.h"

#include "base/json.h"
#include "base/paths.h"
#include "catalog/ask.h"
#include "catalog/cache.h"
#include "catalog/catalog.h"
#include "catalog/find.h"
#include "cli/command.h"
#include "cli/configuration.h"
#include "cli/data.h"
#include "cli/output.h"
#include "jail/start.h"
#include "store/accounts.h"
#include "store/audit.h"
#include "store/key.h"

#include <curl/curl.h>
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum verdict { GOOD, WEAK, BAD };

static const char *const verdict_texts[] = { "ok", "weak", "broken" };

/* What was found out: an array of {check, status, message, hint}. */
struct findings {
	json_t *list;
	bool broken;
	bool lost; /* memory ran out */
};

/* Adds a finding; hint says what to do, or is NULL. */
static void find(struct findings *findings, const char *check, enum verdict verdict, const char *hint,
	const char *format, ...) __attribute__((format(printf, 5, 6)));

static void find(struct findings *findings, const char *check, enum verdict verdict, const char *hint,
	const char *format, ...)
{
	char message[PATH_MAX + 512];
	va_list arguments;
	json_t *row;

	va_start(arguments, format);
	(void)vsnprintf(message, sizeof message, format, arguments);
	va_end(arguments);
	row = json_pack("{s:s, s:s, s:s, s:s?}", "check", check, "status", verdict_texts[verdict], "message",
		message, "hint", verdict == GOOD ? NULL : hint);
	findings->broken |= verdict == BAD;
	findings->lost |= json_array_append_new(findings->list, row) < 0;
}

/* ---- The jail ------------------------------------------------------------------------------------- */

static void check_jail(struct findings *findings)
{
	struct jail_offer offer;

	jail_probe(&offer);
	if (offer.strength.relaxed)
		find(findings, "jail", WEAK, "Use this build for tests only.",
			"relaxed: this build has sanitizers in it");
	else if (jail_is_full(&offer.strength))
		find(findings, "jail", GOOD, NULL, "full: seccomp, and Landlock %d", offer.strength.landlock);
	else
		find(findings, "jail", BAD,
			"Use a kernel with seccomp and Landlock (5.13 or later, 'landlock' in the lsm= "
			"list), or name the connectors that may run in a partial jail under 'trust' in "
			"the configuration.",
			"partial: seccomp %s, Landlock %s", offer.strength.seccomp ? "yes" : "no",
			offer.strength.landlock ? "yes" : "no");
	if (offer.memfd)
		find(findings, "memfd", GOOD, NULL, "connectors run from sealed copies");
	else
		find(findings, "memfd", WEAK, "Allow it: sysctl vm.memfd_noexec=0.",
			"connectors run from their files: copies in memory may not be executed");
}

static void check_runner(struct findings *findings)
{
	struct error error = { 0 };
	char jail[16];

	if (ask_runner(jail, &error) == 0)
		find(findings, "runner", GOOD, NULL, "%s/muster-runner, of this build, in a %s jail",
			paths_libexec_dir(), jail);
	else
		find(findings, "runner", BAD,
			"Install muster whole, all of one version; where it is not installed, say in "
			"MUSTER_LIBEXEC_DIR where muster-runner is.",
			"%s/muster-runner: %s", paths_libexec_dir(), error.message);
}

/* ---- What is installed ---------------------------------------------------------------------------- */

/* Loads every model. */
static size_t count_models(struct models *models, struct error *error)
{
	DIR *dir = opendir(paths_model_dir());
	size_t count = 0;
	struct dirent *row;

	while (dir && (row = readdir(dir))) {
		const struct model *model;
		char name[64];
		size_t length = strlen(row->d_name);

		if (length < 6 || length - 5 >= sizeof name || strcmp(row->d_name + length - 5, ".json") != 0)
			continue;
		memcpy(name, row->d_name, length - 5);
		name[length - 5] = '\0';
		if (models_find(&model, models, name, error) < 0)
			break;
		count += model != NULL;
	}
	if (dir)
		(void)closedir(dir);
	return count;
}

static void check_models(struct findings *findings, struct catalog *catalog)
{
	struct error error = { 0 };
	size_t count = count_models(catalog_models(catalog), &error);

	if (error.code != ERROR_NONE)
		find(findings, "models", BAD, "Install muster whole, all of one version.", "%s",
			error.message);
	else if (count == 0)
		find(findings, "models", BAD,
			"Install muster whole; where it is not installed, say in MUSTER_MODEL_DIR "
			"where the models are.",
			"none found in %s", paths_model_dir());
	else
		find(findings, "models", GOOD, NULL, "%zu in %s", count, paths_model_dir());
}

static void check_folders(struct findings *findings, const struct catalog *catalog)
{
	const struct plugin_files *files = catalog_files(catalog);

	for (size_t i = 0; i < files->folder_count; i++) {
		const struct plugin_folder *folder = &files->folders[i];

		if (folder->refused)
			find(findings, "plugins", BAD,
				"See that the folder belongs to you or root, and that nobody else can "
				"write it.",
				"%s (%s): refused. %s", folder->path, folder->origin, folder->refused);
		else if (access(folder->path, F_OK) < 0)
			find(findings, "plugins", GOOD, NULL, "%s (%s): not there, which is fine",
				folder->path, folder->origin);
		else
			find(findings, "plugins", GOOD, NULL, "%s (%s): %zu", folder->path, folder->origin,
				folder->files);
	}
	if (files->count == 0)
		find(findings, "plugins", WEAK, "Install a connector into one of these folders.",
			"no connector is installed");
}

static void check_plugins(struct findings *findings, struct catalog *catalog)
{
	struct error error = { 0 };
	const struct catalog_row *rows;
	size_t count;

	if (catalog_list(&rows, &count, catalog, &error) < 0) {
		find(findings, "plugins", BAD, error_hint_text(&error), "%s", error.message);
		return;
	}
	for (size_t i = 0; i < count; i++) {
		const char *reason = rows[i].reason;

		if (rows[i].status == CATALOG_BROKEN)
			find(findings, "plugins", BAD,
				"Report it to the author of the connector, or remove it.", "%s is broken: %s",
				rows[i].path, reason);
		else if (rows[i].status == CATALOG_REFUSED)
			find(findings, "plugins", BAD, "Mend the file's owner and mode, or remove it.",
				"%s is refused: %s", rows[i].path, reason);
		else if (rows[i].status == CATALOG_HIDDEN)
			find(findings, "plugins", WEAK, "Remove the one that you don't want.", "%s: %s",
				rows[i].path, reason);
	}
}

static void check_cache(struct findings *findings, const struct catalog *catalog)
{
	const struct cache *cache = catalog_cache(catalog);
	char reason[256];

	if (cache_writable(cache, reason, sizeof reason))
		find(findings, "cache", GOOD, NULL, "%s", cache_folder(cache));
	else
		find(findings, "cache", WEAK,
			"Without it connectors are asked anew each time. Set XDG_CACHE_HOME to a "
			"folder that you can write.",
			"%s can't be used: %s", cache_folder(cache) ? cache_folder(cache) : "the cache",
			reason);
}

static void check_catalog(struct findings *findings, const char *plugin_path, const json_t *trust)
{
	struct catalog *catalog = NULL;
	struct error error = { 0 };

	if (catalog_new(&catalog, plugin_path, trust, &error) < 0) {
		find(findings, "plugins", BAD, error_hint_text(&error), "%s", error.message);
		return;
	}
	check_models(findings, catalog);
	check_folders(findings, catalog);
	check_plugins(findings, catalog);
	check_cache(findings, catalog);
	catalog_free(catalog);
}

/* ---- The way to the providers --------------------------------------------------------------------- */

static void check_curl(struct findings *findings)
{
	const curl_version_info_data *curl = curl_version_info(CURLVERSION_NOW);
	bool http2 = (curl->features & CURL_VERSION_HTTP2) != 0;

	if (!curl->ssl_version)
		find(findings, "curl", BAD, "Install a libcurl with TLS.", "libcurl %s has no TLS",
			curl->version);
	else
		find(findings, "curl", http2 ? GOOD : WEAK, "Install a libcurl with HTTP/2: it is faster.",
			"libcurl %s with %s, %s HTTP/2", curl->version, curl->ssl_version,
			http2 ? "with" : "without");
}

static void check_file(struct findings *findings, const char *check, const char *path, const char *hint)
{
	struct stat about;

	if (stat(path, &about) < 0 || access(path, R_OK) < 0)
		find(findings, check, BAD, hint, "%s can't be read: %s", path, strerror(errno));
	else if (S_ISREG(about.st_mode) && about.st_size == 0)
		find(findings, check, BAD, hint, "%s is empty", path);
	else
		find(findings, check, GOOD, NULL, "%s", path);
}

static void check_certificates(struct findings *findings)
{
	const curl_version_info_data *curl = curl_version_info(CURLVERSION_NOW);
	const char *further = getenv("MUSTER_CA_FILE");

	check_file(findings, "certificates", curl->cainfo ? curl->cainfo : "/etc/ssl/certs",
		"Install the package ca-certificates: without it no provider can be trusted.");
	if (further && further[0])
		check_file(findings, "certificates", further, "Mend or unset MUSTER_CA_FILE.");
}

/* What can't be read counts as nothing, but no store is opened without it. */
static bool check_settings(struct configuration *out, struct findings *findings)
{
	struct error error = { 0 };

	if (configuration_read(out, &error) == 0)
		return true;
	find(findings, "settings", BAD, error_hint_text(&error), "%s", error.message);
	return false;
}

static void check_connection(struct findings *findings, const char *proxy)
{
	static const char *const ignored[] = { "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY" };
	const char *mapped = getenv("MUSTER_CONNECT_TO");

	if (proxy)
		find(findings, "proxy", GOOD, NULL, "%s", proxy);
	for (size_t i = 0; !proxy && i < sizeof ignored / sizeof ignored[0]; i++) {
		if (!getenv(ignored[i]))
			continue;
		find(findings, "proxy", WEAK, "Set 'proxy' in the configuration if it is needed.",
			"none; %s in the environment is not used", ignored[i]);
		break;
	}
	if (mapped && mapped[0])
		find(findings, "sandbox", WEAK, "Unset MUSTER_CONNECT_TO to reach the real providers.",
			"MUSTER_CONNECT_TO is set: %s", mapped);
}

/* ---- The store ------------------------------------------------------------------------------------ */

static void check_key(struct findings *findings, struct store *store)
{
	struct error error = { 0 };
	struct key_state key;

	if (key_state(&key, store, &error) < 0)
		find(findings, "key", BAD, error_hint_text(&error), "%s", error.message);
	else
		find(findings, "key", GOOD, NULL, "%s%s%s, %s, version %" PRIu64, key.source,
			key.path[0] ? " " : "", key.path, key.fingerprint, key.version);
}

static void check_accounts(struct findings *findings, struct store *store)
{
	struct error error = { 0 };
	struct account *list;
	size_t unwell = 0;
	size_t count;

	if (accounts_list(&list, &count, store, NULL, NULL, &error) < 0) {
		find(findings, "accounts", BAD, error_hint_text(&error), "%s", error.message);
		return;
	}
	for (size_t i = 0; i < count; i++)
		unwell += list[i].state != ACCOUNT_LINKED;
	find(findings, "accounts", unwell ? WEAK : GOOD, "See 'muster account list --unhealthy'.",
		"%zu linked, %zu of them not healthy", count, unwell);
	accounts_free(list, count);
}

static void check_log(struct findings *findings, struct store *store)
{
	struct error error = { 0 };
	uint64_t entries;

	if (audit_verify(&entries, store, &error) < 0)
		find(findings, "audit", BAD, error_hint_text(&error), "%s", error.message);
	else
		find(findings, "audit", GOOD, NULL, "%" PRIu64 " entries, the chain is whole", entries);
}

static void check_store(struct findings *findings, const struct arguments *arguments)
{
	struct store *store = NULL;
	struct error error = { 0 };

	if (data_open(&store, arguments, false, &error) == 0) {
		find(findings, "store", GOOD, NULL, "%s", store_path(store));
		check_key(findings, store);
		check_accounts(findings, store);
		check_log(findings, store);
		store_close(store);
	} else if (error.code == ERROR_STORE_MISSING) {
		find(findings, "store", GOOD, NULL, "%s The first link makes it.", error.message);
	} else {
		find(findings, strncmp(error_code_text(error.code), "key_", 4) == 0 ? "key" : "store", BAD,
			error_hint_text(&error), "%s", error.message);
	}
}

/* ---- The command ---------------------------------------------------------------------------------- */

enum { INDENT = 22 };

/* A pipe gets one line, to look for something in it. */
static void print_message(const char *message)
{
	if (isatty(STDOUT_FILENO)) {
		options_wrap(stdout, message, INDENT, INDENT);
	} else {
		output_text(stdout, OUTPUT_PLAIN, message);
		(void)fputc('\n', stdout);
	}
}

static void print_findings(const struct findings *findings)
{
	static const enum output_style colours[] = { OUTPUT_GREEN, OUTPUT_YELLOW, OUTPUT_RED };

	for (size_t i = 0; i < json_array_size(findings->list); i++) {
		const json_t *row = json_array_get(findings->list, i);
		const char *status = json_member_text(row, "status", "");
		const char *hint = json_member_text(row, "hint", NULL);
		size_t verdict = 0;

		while (verdict < BAD && strcmp(verdict_texts[verdict], status) != 0)
			verdict++;
		output_text(stdout, colours[verdict], status);
		(void)printf("%*s%-14s", (int)(8 - strlen(status)), "", json_member_text(row, "check", ""));
		print_message(json_member_text(row, "message", ""));
		if (hint) {
			(void)printf("%*s", INDENT, "");
			options_wrap(stdout, hint, INDENT, INDENT);
		}
	}
}

static int run(const struct arguments *arguments, struct error *error)
{
	struct findings findings = { .list = json_array() };
	struct configuration configuration = { .json = NULL };
	bool readable;
	int result = -1;

	if (!findings.list) {
		(void)error_memory(error);
		goto out;
	}
	if (arguments_words(arguments, 0, 0, "", error) < 0)
		goto out;
	check_jail(&findings);
	check_runner(&findings);
	check_curl(&findings);
	check_certificates(&findings);
	readable = check_settings(&configuration, &findings);
	check_connection(&findings, configuration.fetch.proxy);
	if (readable)
		check_store(&findings, arguments);
	check_catalog(&findings, arguments_text(arguments, "plugin-path", NULL), configuration.trust);
	if (findings.lost) {
		(void)error_memory(error);
		goto out;
	}
	if (!arguments_flag(arguments, "json"))
		print_findings(&findings);
	else if (output_json_take(json_incref(findings.list), false, error) < 0)
		goto out;
	result = findings.broken;
out:
	configuration_clear(&configuration);
	json_decref(findings.list);
	return result;
}

static const struct option options[] = {
	{ .name = "json", .help = "Print an array of check, status, message, hint." },
	OPTION_DATA_DIR,
	OPTION_PLUGIN_PATH,
};

const struct command command_doctor = {
	.name = "doctor",
	.summary = "Check this installation, and say how to mend it.",
	.usage = "[--json] [--data-dir DIR] [--plugin-path DIRS]",
	.details = "Each check is ok, weak or broken. The exit status is 1 if one is broken.",
	.options = options,
	.option_count = sizeof options / sizeof options[0],
	.run = run,
};
