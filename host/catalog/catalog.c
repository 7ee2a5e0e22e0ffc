#include "config.h"

#include "catalog/catalog.h"

#include "base/log.h"
#include "base/paths.h"
#include "base/text.h"
#include "catalog/ask.h"
#include "catalog/cache.h"
#include "catalog/find.h"
#include "catalog/nearest.h"
#include "wire/wire.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Memory that lives as long as the catalog. */
struct block {
	struct block *next;
	char bytes[];
};

struct opened {
	struct opened *next;
	struct provider provider;
	struct manifest *manifest;
	const char *id;
};

struct catalog {
	struct plugin_files files;
	struct models *models;
	struct cache *cache;
	json_t *trust;
	struct catalog_row *rows; /* one a file, once catalog_list() was called */
	struct opened *opened;
	struct block *blocks;
};

/* A folder that is left out may change which connector answers to a name: that is never done in silence. */
static void tell_left_out(const struct plugin_files *files)
{
	for (size_t i = 0; i < files->folder_count; i++) {
		const struct plugin_folder *folder = &files->folders[i];

		if (folder->refused)
			log_warning("%s is not looked into. %s", folder->path, folder->refused);
		else if (strcmp(folder->origin, "--plugin-path") == 0 && access(folder->path, F_OK) < 0)
			log_warning("%s of --plugin-path is not there.", folder->path);
	}
}

int catalog_new(struct catalog **out, const char *plugin_path, const json_t *trust, struct error *error)
{
	struct catalog *catalog = calloc(1, sizeof *catalog);

	if (!catalog)
		return error_memory(error);
	catalog->trust = json_incref((json_t *)(uintptr_t)trust);
	if (find_plugins(&catalog->files, plugin_path, error) < 0 ||
		models_new(&catalog->models, paths_model_dir(), error) < 0 ||
		cache_new(&catalog->cache, models_identity(catalog->models), error) < 0) {
		catalog_free(catalog);
		return -1;
	}
	tell_left_out(&catalog->files);
	*out = catalog;
	return 0;
}

static void free_opened(struct opened *opened)
{
	if (opened->provider.fd >= 0)
		(void)close(opened->provider.fd);
	manifest_free(opened->manifest);
	free(opened);
}

void catalog_free(struct catalog *catalog)
{
	if (!catalog)
		return;
	while (catalog->opened) {
		struct opened *next = catalog->opened->next;

		free_opened(catalog->opened);
		catalog->opened = next;
	}
	while (catalog->blocks) {
		struct block *next = catalog->blocks->next;

		free(catalog->blocks);
		catalog->blocks = next;
	}
	free(catalog->rows);
	find_clear(&catalog->files);
	models_free(catalog->models);
	cache_free(catalog->cache);
	json_decref(catalog->trust);
	free(catalog);
}

struct models *catalog_models(struct catalog *catalog)
{
	return catalog->models;
}

bool catalog_trusts(const struct catalog *catalog, const char *id)
{
	for (size_t i = 0; i < json_array_size(catalog->trust); i++) {
		const char *trusted = json_string_value(json_array_get(catalog->trust, i));

		if (trusted && strcmp(trusted, id) == 0)
			return true;
	}
	return false;
}

const struct plugin_files *catalog_files(const struct catalog *catalog)
{
	return &catalog->files;
}

const struct cache *catalog_cache(const struct catalog *catalog)
{
	return catalog->cache;
}

const char *catalog_status_text(enum catalog_status status)
{
	static const char *const texts[] = { "ok", "broken", "refused", "hidden" };

	return texts[status];
}

/* ---- One provider --------------------------------------------------------------------------------- */

static int not_found(const struct catalog *catalog, const char *id, struct error *error)
{
	const struct plugin_file *refused = NULL;
	struct nearest nearest;
	char given[64];
	char names[256];

	text_clean(given, sizeof given, id, strlen(id));
	nearest_init(&nearest, given);
	for (size_t i = 0; i < catalog->files.count; i++) {
		const struct plugin_file *file = &catalog->files.rows[i];

		if (file->refused && strcmp(file->id, id) == 0)
			refused = file;
		else if (!file->refused && !file->hidden)
			nearest_offer(&nearest, file->id);
	}
	if (refused) {
		(void)error_set(
			error, ERROR_PLUGIN_REFUSED, "%s is refused: %s", refused->path, refused->refused);
		error->cause = "operator";
		return error_hint(error, "Mend the file's owner and mode, or remove it.");
	}
	(void)error_set(error, ERROR_PROVIDER_NOT_FOUND, "There is no connector '%s'.", given);
	if (nearest_text(names, sizeof names, &nearest))
		return error_hint(error, "Do you mean %s?", names);
	return -1;
}

static int find_file(
	const struct plugin_file **out, const struct catalog *catalog, const char *id, struct error *error)
{
	for (size_t i = 0; i < catalog->files.count; i++) {
		const struct plugin_file *file = &catalog->files.rows[i];

		if (!file->refused && !file->hidden && strcmp(file->id, id) == 0) {
			*out = file;
			return 0;
		}
	}
	return not_found(catalog, id, error);
}

/* The manifest, from the cache or from the plugin. */
static int describe(struct manifest **out, const struct catalog *catalog, const struct plugin_file *file,
	int fd, struct error *error)
{
	struct buffer bytes = BUFFER_INIT(WIRE_MANIFEST_MAX + 1);
	struct error ignored = { 0 };
	int result = -1;

	/* A cached manifest that doesn't parse is damage, not the plugin's fault: it is asked again. */
	if (cache_read_manifest(&bytes, catalog->cache, file) &&
		manifest_parse(out, bytes.data, bytes.length, file->id, catalog->models, &ignored) == 0) {
		result = 0;
		goto out;
	}
	buffer_clear(&bytes);
	if (ask_manifest(&bytes, fd, catalog_trusts(catalog, file->id), error) < 0 ||
		manifest_parse(out, bytes.data ? bytes.data : "", bytes.length, file->id, catalog->models,
			error) < 0)
		goto out;
	if (find_unchanged(fd, file))
		cache_write_manifest(catalog->cache, file, bytes.data, bytes.length);
	result = 0;
out:
	buffer_clear(&bytes);
	return result;
}

/* What a plugin is blamed for names it. Returns -1. */
static int name_plugin(const struct plugin_file *file, struct error *error)
{
	char message[sizeof error->message];

	if (error->code != ERROR_PLUGIN_REFUSED && error->code != ERROR_PLUGIN_FAULT)
		return -1;
	(void)snprintf(message, sizeof message, "%s", error->message);
	return error_set(error, error->code, "%s: %s", file->path, message);
}

int catalog_provider(
	const struct provider **out, struct catalog *catalog, const char *id, struct error *error)
{
	const struct plugin_file *file = NULL;
	struct opened *opened;

	for (opened = catalog->opened; opened; opened = opened->next) {
		if (strcmp(opened->id, id) == 0) {
			*out = &opened->provider;
			return 0;
		}
	}
	if (find_file(&file, catalog, id, error) < 0)
		return -1;
	opened = calloc(1, sizeof *opened);
	if (!opened)
		return error_memory(error);
	opened->provider.fd = -1;
	if (find_open(&opened->provider.fd, file, error) < 0) {
		free_opened(opened);
		return -1;
	}
	if (describe(&opened->manifest, catalog, file, opened->provider.fd, error) < 0) {
		free_opened(opened);
		return name_plugin(file, error);
	}
	opened->id = file->id;
	opened->provider.manifest = opened->manifest;
	opened->provider.path = file->path;
	opened->provider.about = file->about;
	opened->next = catalog->opened;
	catalog->opened = opened;
	*out = &opened->provider;
	return 0;
}

/* ---- All of them ---------------------------------------------------------------------------------- */

static void *keep(struct catalog *catalog, size_t size)
{
	struct block *block = malloc(sizeof *block + size);

	if (!block)
		return NULL;
	block->next = catalog->blocks;
	catalog->blocks = block;
	return block->bytes;
}

static const char *keep_text(struct catalog *catalog, const char *text)
{
	size_t size = strlen(text) + 1;
	char *kept = keep(catalog, size);

	return kept ? memcpy(kept, text, size) : NULL;
}

/* "a b c" as a list; *list is kept. */
static int split(struct manifest_texts *out, struct catalog *catalog, const char *list)
{
	size_t count = list[0] != '\0';
	char *text = (char *)(uintptr_t)keep_text(catalog, list);
	const char **items;
	char *next;

	for (const char *at = list; *at; at++)
		count += *at == ' ';
	items = keep(catalog, (count + 1) * sizeof *items);
	if (!text || !items)
		return -1;
	for (size_t i = 0; i < count; i++) {
		items[i] = text;
		next = text + strcspn(text, " ");
		if (*next)
			*next++ = '\0';
		text = next;
	}
	*out = (struct manifest_texts){ items, count };
	return 0;
}

/* Fills a row in from its short form. */
static int fill_row(
	struct catalog *catalog, struct catalog_row *row, const struct cache_row *from, struct error *error)
{
	if (from->reason[0]) {
		row->status = CATALOG_BROKEN;
		row->reason = keep_text(catalog, from->reason);
		return row->reason ? 0 : error_memory(error);
	}
	row->status = CATALOG_OK;
	row->name = keep_text(catalog, from->name);
	row->version = keep_text(catalog, from->version);
	if (!row->name || !row->version || split(&row->auths, catalog, from->auths) < 0 ||
		split(&row->actions, catalog, from->actions) < 0)
		return error_memory(error);
	return 0;
}

static int join_auths(struct buffer *out, const struct manifest *manifest)
{
	for (size_t i = 0; i < manifest->auth_count; i++)
		if (buffer_format(out, "%s%s", i ? " " : "", manifest->auths[i].id) < 0)
			return -1;
	return 0;
}

static int join_actions(struct buffer *out, const struct manifest *manifest)
{
	for (size_t i = 0; i < manifest->action_count; i++)
		if (buffer_format(out, "%s%s", i ? " " : "", manifest->actions[i].id) < 0)
			return -1;
	return 0;
}

/* The row of a plugin that described itself. */
static int take_manifest(struct catalog *catalog, const struct plugin_file *file, struct catalog_row *row,
	const struct manifest *manifest, struct error *error)
{
	struct buffer auths = BUFFER_INIT(1 << 20);
	struct buffer actions = BUFFER_INIT(1 << 20);
	struct cache_row brief = { .reason = "", .name = manifest->name, .version = manifest->version };
	int result = -1;

	if (join_auths(&auths, manifest) == 0 && join_actions(&actions, manifest) == 0) {
		brief.auths = buffer_text(&auths);
		brief.actions = buffer_text(&actions);
	}
	if (brief.auths && brief.actions)
		result = fill_row(catalog, row, &brief, error);
	else
		(void)error_memory(error);
	if (result == 0)
		cache_put_row(catalog->cache, file, &brief);
	buffer_clear(&auths);
	buffer_clear(&actions);
	return result;
}

/* The row of a plugin that could not be described. What its tables cause will come back and is remembered;
 * a crash or the machine's trouble is tried anew. */
static int take_failure(struct catalog *catalog, const struct plugin_file *file, struct catalog_row *row,
	const struct error *why, struct error *error)
{
	char reason[sizeof why->message];
	struct cache_row brief = { "", "", "", "", "" };

	if (why->code == ERROR_OUT_OF_MEMORY || why->code == ERROR_INSTALLATION ||
		why->code == ERROR_INTERNAL) {
		*error = *why;
		return -1;
	}
	text_clean(reason, sizeof reason, why->message, strlen(why->message));
	brief.reason = reason;
	if (fill_row(catalog, row, &brief, error) < 0)
		return -1;
	if (why->code == ERROR_PLUGIN_REFUSED && !why->cause)
		cache_put_row(catalog->cache, file, &brief);
	return 0;
}

/* The plugins that the index doesn't know. Their manifests are kept once they are used, not yet. */
struct unknown {
	struct catalog *catalog;
	struct ask_job *jobs;
	size_t count;
};

static int take_answer(void *context, size_t job, const char *bytes, size_t length, const struct error *why,
	struct error *error)
{
	struct unknown *unknown = context;
	struct catalog *catalog = unknown->catalog;
	const struct plugin_file *file = unknown->jobs[job].file;
	struct catalog_row *row = &catalog->rows[file - catalog->files.rows];
	struct manifest *manifest = NULL;
	struct error refusal = { 0 };
	int result;

	if (!bytes)
		return take_failure(catalog, file, row, why, error);
	if (manifest_parse(&manifest, bytes, length, file->id, catalog->models, &refusal) < 0)
		return take_failure(catalog, file, row, &refusal, error);
	result = take_manifest(catalog, file, row, manifest, error);
	manifest_free(manifest);
	return result;
}

static int start_row(struct unknown *unknown, size_t i, struct error *error)
{
	struct catalog *catalog = unknown->catalog;
	const struct plugin_file *file = &catalog->files.rows[i];
	struct catalog_row *row = &catalog->rows[i];
	struct cache_row brief;

	*row = (struct catalog_row){ .id = file->id, .path = file->path };
	if (file->refused) {
		row->status = CATALOG_REFUSED;
		row->reason = file->refused;
		return 0;
	}
	if (file->hidden) {
		char reason[512];

		(void)snprintf(reason, sizeof reason, "Hidden by %s.", file->hidden);
		row->status = CATALOG_HIDDEN;
		row->reason = keep_text(catalog, reason);
		return row->reason ? 0 : error_memory(error);
	}
	if (cache_find_row(&brief, catalog->cache, file))
		return fill_row(catalog, row, &brief, error);
	unknown->jobs[unknown->count++] = (struct ask_job){ file, catalog_trusts(catalog, file->id) };
	return 0;
}

int catalog_list(const struct catalog_row **rows, size_t *count, struct catalog *catalog, struct error *error)
{
	struct unknown unknown = { .catalog = catalog };
	int result = -1;

	if (!catalog->rows) {
		catalog->rows = calloc(catalog->files.count + 1, sizeof *catalog->rows);
		unknown.jobs = calloc(catalog->files.count + 1, sizeof *unknown.jobs);
		if (!catalog->rows || !unknown.jobs) {
			(void)error_memory(error);
			goto out;
		}
		for (size_t i = 0; i < catalog->files.count; i++)
			if (start_row(&unknown, i, error) < 0)
				goto out;
		if (unknown.count > 0) {
			if (ask_manifests(unknown.jobs, unknown.count, take_answer, &unknown, error) < 0)
				goto out;
			cache_save(catalog->cache);
		}
	}
	*rows = catalog->rows;
	*count = catalog->files.count;
	result = 0;
out:
	free(unknown.jobs);
	if (result < 0) {
		free(catalog->rows);
		catalog->rows = NULL;
	}
	return result;
}
