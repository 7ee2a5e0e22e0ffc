#include "config.h"

#include "catalog/cache.h"

#include "base/paths.h"
#include "wire/wire.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FILE_MAX ((size_t)16 * 1024 * 1024)
#define KEY_MAX (PATH_MAX + 256)
/* The index is lines of fields parted by tabs: the key, then the members of struct cache_row. */
#define ROW_FIELDS 6
#define ROWS_KEPT 4000 /* of plugins that this run didn't ask for */

struct index_row {
	const char *key;
	struct cache_row row;
	bool forgotten;
};

struct cache {
	char folder[PATH_MAX]; /* empty: there is none */
	char head[256];        /* the first line of every file here: build and models */
	struct buffer index;   /* as it was read; the rows' texts lie in it */
	struct index_row *rows;
	size_t count;
	size_t capacity;
	size_t cursor;
	struct buffer fresh; /* the new rows' lines */
};

/* ---- Files ---------------------------------------------------------------------------------------- */

/* Reads a whole file that is this user's alone. What anybody else could have written is not believed. */
static bool read_file(struct buffer *out, const char *path)
{
	struct stat about;
	bool good = false;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK);

	if (fd < 0)
		return false;
	if (fstat(fd, &about) < 0 || !S_ISREG(about.st_mode) || about.st_uid != geteuid() ||
		(about.st_mode & (S_IWGRP | S_IWOTH)) || about.st_size < 0 ||
		(size_t)about.st_size > FILE_MAX)
		goto out;
	good = buffer_read(out, fd) == 0;
out:
	(void)close(fd);
	return good;
}

static bool write_all(int fd, const char *bytes, size_t length)
{
	while (length > 0) {
		ssize_t wrote = write(fd, bytes, length);

		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote <= 0)
			return false;
		bytes += wrote;
		length -= (size_t)wrote;
	}
	return true;
}

/* Whole or not at all, by a rename. mkostemp makes it 0600. */
static bool write_file(const char *folder, const char *path, const struct buffer *bytes)
{
	char temporary[PATH_MAX];
	bool good;
	int fd;

	if (paths_join(temporary, sizeof temporary, folder, ".new-XXXXXX") < 0)
		return false;
	fd = mkostemp(temporary, O_CLOEXEC);
	if (fd < 0)
		return false;
	good = write_all(fd, bytes->data, bytes->length);
	good = close(fd) == 0 && good;
	good = good && rename(temporary, path) == 0;
	if (!good)
		(void)unlink(temporary);
	return good;
}

/* ---- Keys ----------------------------------------------------------------------------------------- */

/* Exactly this state of exactly this file. Returns false for a path that would break the lines. */
static bool make_key(char key[KEY_MAX], const struct plugin_file *file)
{
	const struct stat *about = &file->about;
	int length = snprintf(key, KEY_MAX,
		"%s %" PRIuMAX " %" PRIuMAX " %" PRIdMAX " %" PRIdMAX ".%09ld %" PRIdMAX ".%09ld", file->path,
		(uintmax_t)about->st_dev, (uintmax_t)about->st_ino, (intmax_t)about->st_size,
		(intmax_t)about->st_mtim.tv_sec, about->st_mtim.tv_nsec, (intmax_t)about->st_ctim.tv_sec,
		about->st_ctim.tv_nsec);

	return length > 0 && length < KEY_MAX && !strpbrk(key, "\t\n");
}

/* The file of a manifest is named after its plugin, and after its path, so that two of one id don't take
 * turns. */
static bool manifest_path(char *out, size_t size, const struct cache *cache, const struct plugin_file *file)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);
	char name[128];

	for (const char *at = file->path; *at; at++)
		hash = (hash ^ (unsigned char)*at) * UINT64_C(0x100000001b3);
	(void)snprintf(name, sizeof name, "%s-%016" PRIx64 ".manifest", file->id, hash);
	return cache->folder[0] && paths_join(out, size, cache->folder, name) == 0;
}

/* ---- Manifests ------------------------------------------------------------------------------------ */

/* Head and key, each a line; then the manifest. */
static bool append_top(struct buffer *out, const struct cache *cache, const struct plugin_file *file)
{
	char key[KEY_MAX];

	return make_key(key, file) && buffer_append_text(out, cache->head) == 0 &&
	       buffer_append_text(out, key) == 0 && buffer_append_char(out, '\n') == 0;
}

bool cache_read_manifest(struct buffer *out, const struct cache *cache, const struct plugin_file *file)
{
	struct buffer top = BUFFER_INIT(KEY_MAX + sizeof cache->head);
	struct buffer whole = BUFFER_INIT(FILE_MAX);
	char path[PATH_MAX];
	bool good = false;

	if (manifest_path(path, sizeof path, cache, file) && append_top(&top, cache, file) &&
		read_file(&whole, path) && whole.length > top.length &&
		memcmp(whole.data, top.data, top.length) == 0)
		good = buffer_append(out, whole.data + top.length, whole.length - top.length) == 0;
	buffer_clear(&top);
	buffer_clear(&whole);
	return good;
}

void cache_write_manifest(
	const struct cache *cache, const struct plugin_file *file, const char *manifest, size_t length)
{
	struct buffer whole = BUFFER_INIT(FILE_MAX);
	char path[PATH_MAX];

	if (manifest_path(path, sizeof path, cache, file) && paths_make_dir(cache->folder) == 0 &&
		append_top(&whole, cache, file) && buffer_append(&whole, manifest, length) == 0)
		(void)write_file(cache->folder, path, &whole);
	buffer_clear(&whole);
}

/* ---- The index ------------------------------------------------------------------------------------ */

static bool add_row(struct cache *cache, const char *key, const struct cache_row *row)
{
	if (cache->count == cache->capacity) {
		size_t capacity = cache->capacity ? 2 * cache->capacity : 64;
		struct index_row *rows = reallocarray(cache->rows, capacity, sizeof *rows);

		if (!rows)
			return false;
		cache->rows = rows;
		cache->capacity = capacity;
	}
	cache->rows[cache->count++] = (struct index_row){ key, *row, false };
	return true;
}

/* Cuts the index into lines and fields. Anything odd, and there is no index. */
static bool split_index(struct cache *cache)
{
	char *at = cache->index.data + strlen(cache->head);
	char *end = cache->index.data + cache->index.length;

	while (at < end) {
		char *fields[ROW_FIELDS];

		for (size_t i = 0; i < ROW_FIELDS; i++) {
			char stop = i + 1 < ROW_FIELDS ? '\t' : '\n';
			size_t length = (size_t)(end - at);
			char *tab = memchr(at, '\t', length);
			char *line = memchr(at, '\n', length);
			char *cut = tab && line && tab < line ? tab : line;

			if (!cut || *cut != stop)
				return false;
			*cut = '\0';
			fields[i] = at;
			at = cut + 1;
		}
		if (!add_row(cache, fields[0],
			    &(struct cache_row){ fields[1], fields[2], fields[3], fields[4], fields[5] }))
			return false;
	}
	return true;
}

static void load_index(struct cache *cache)
{
	char path[PATH_MAX];
	size_t head = strlen(cache->head);

	if (!cache->folder[0] || paths_join(path, sizeof path, cache->folder, "index") < 0)
		return;
	if (read_file(&cache->index, path) && cache->index.length >= head &&
		memcmp(cache->index.data, cache->head, head) == 0 &&
		!memchr(cache->index.data, '\0', cache->index.length) && split_index(cache))
		return;
	cache->count = 0;
	buffer_clear(&cache->index);
}

int cache_new(struct cache **out, uint64_t models, struct error *error)
{
	struct cache *cache = calloc(1, sizeof *cache);

	if (!cache)
		return error_memory(error);
	buffer_init(&cache->index, FILE_MAX);
	buffer_init(&cache->fresh, FILE_MAX);
	if (paths_cache_dir(cache->folder, sizeof cache->folder) < 0)
		cache->folder[0] = '\0';
	(void)snprintf(
		cache->head, sizeof cache->head, "muster cache 1 %s %016" PRIx64 "\n", wire_build, models);
	load_index(cache);
	*out = cache;
	return 0;
}

void cache_free(struct cache *cache)
{
	if (!cache)
		return;
	buffer_clear(&cache->index);
	buffer_clear(&cache->fresh);
	free(cache->rows);
	free(cache);
}

const char *cache_folder(const struct cache *cache)
{
	return cache->folder[0] ? cache->folder : NULL;
}

bool cache_writable(const struct cache *cache, char *reason, size_t size)
{
	if (!cache->folder[0]) {
		(void)snprintf(reason, size, "neither HOME nor XDG_CACHE_HOME is an absolute path");
		return false;
	}
	if (paths_make_dir(cache->folder) < 0 || access(cache->folder, W_OK | X_OK) < 0) {
		(void)snprintf(reason, size, "%s", strerror(errno));
		return false;
	}
	return true;
}

/* Rows stand in the order in which they are asked for, mostly: the search begins behind the last hit. */
bool cache_find_row(struct cache_row *out, struct cache *cache, const struct plugin_file *file)
{
	char key[KEY_MAX];

	if (!make_key(key, file))
		return false;
	for (size_t i = 0; i < cache->count; i++) {
		size_t at = (cache->cursor + i) % cache->count;

		if (strcmp(cache->rows[at].key, key) == 0) {
			*out = cache->rows[at].row;
			cache->cursor = at + 1;
			return true;
		}
	}
	return false;
}

static bool append_row(struct buffer *out, const char *key, const struct cache_row *row)
{
	return buffer_format(out, "%s\t%s\t%s\t%s\t%s\t%s\n", key, row->reason, row->name, row->version,
		       row->auths, row->actions) == 0;
}

/* An older state of this file is of no use any more. */
static void forget(struct cache *cache, const struct plugin_file *file)
{
	size_t length = strlen(file->path);

	for (size_t i = 0; i < cache->count; i++)
		if (strncmp(cache->rows[i].key, file->path, length) == 0 && cache->rows[i].key[length] == ' ')
			cache->rows[i].forgotten = true;
}

void cache_put_row(struct cache *cache, const struct plugin_file *file, const struct cache_row *row)
{
	char key[KEY_MAX];
	size_t before = cache->fresh.length;

	forget(cache, file);
	if (make_key(key, file) && !append_row(&cache->fresh, key, row))
		cache->fresh.length = before;
}

void cache_save(struct cache *cache)
{
	struct buffer whole = BUFFER_INIT(FILE_MAX);
	char path[PATH_MAX];
	bool good = cache->fresh.length > 0 && cache->folder[0] &&
		    paths_join(path, sizeof path, cache->folder, "index") == 0 &&
		    buffer_append_text(&whole, cache->head) == 0;

	for (size_t i = 0; good && i < cache->count && i < ROWS_KEPT; i++)
		if (!cache->rows[i].forgotten)
			good = append_row(&whole, cache->rows[i].key, &cache->rows[i].row);
	if (good && buffer_append(&whole, cache->fresh.data, cache->fresh.length) == 0 &&
		paths_make_dir(cache->folder) == 0)
		(void)write_file(cache->folder, path, &whole);
	buffer_clear(&whole);
	cache->fresh.length = 0;
}
