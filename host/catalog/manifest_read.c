#include "config.h"

#include "catalog/manifest_read.h"

#include "base/json.h"
#include "base/text.h"
#include "catalog/manifest_fault.h"
#include "catalog/manifest_layout.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WHERE_MAX 256
#define TEXTS_MAX 256

/* Checked apart, since nothing else of a manifest of another number can be understood. */
static const char version_member[] = "manifest";

/* Where in the manifest the reading is, for messages. */
struct cursor {
	struct manifest_storage *storage;
	struct error *error;
	char where[WHERE_MAX];
};

static int refuse(const struct cursor *at, const struct member *member, const char *what)
{
	return error_set(at->error, ERROR_PLUGIN_REFUSED, "%s%s %s.", at->where, member->name, what);
}

static void *keep(struct cursor *at, size_t count, size_t size)
{
	struct manifest_storage *storage = at->storage;
	void *block;

	if (storage->block_count == storage->block_capacity) {
		size_t capacity = storage->block_capacity ? 2 * storage->block_capacity : 64;
		void **blocks = reallocarray(storage->blocks, capacity, sizeof *blocks);

		if (!blocks)
			return NULL;
		storage->blocks = blocks;
		storage->block_capacity = capacity;
	}
	block = calloc(count, size);
	if (block)
		storage->blocks[storage->block_count++] = block;
	return block;
}

static int check_text(const char **out, struct cursor *at, const struct member *member, const json_t *value)
{
	const char *text = json_string_value(value);
	size_t length = json_string_length(value);

	if (!text)
		return refuse(at, member, "is no text");
	if (length > member->most)
		return error_set(at->error, ERROR_PLUGIN_REFUSED, "%s%s is longer than %" PRIu32 " bytes.",
			at->where, member->name, member->most);
	if (!text_is_clean(text, length))
		return refuse(at, member, "holds a character that a terminal would obey");
	*out = text;
	return 0;
}

static int read_text(const char **out, struct cursor *at, const struct member *member, const json_t *value)
{
	const char *text;

	if (member->kind == MEMBER_ID) {
		text = json_string_value(value);
		if (!text || !text_is_id(text))
			return refuse(at, member, "is no id ([a-z][a-z0-9_]*, at most 63 bytes)");
	} else if (check_text(&text, at, member, value) < 0) {
		return -1;
	}
	if (text[0] == '\0' && member->kind == MEMBER_TEXT) {
		if (member->mandatory)
			return refuse(at, member, "is empty");
		text = NULL;
	}
	*out = text;
	return 0;
}

static int read_number(uint32_t *out, struct cursor *at, const struct member *member, const json_t *value)
{
	json_int_t number = json_integer_value(value);

	if (!json_is_integer(value) || number < 0 || number > (json_int_t)member->most)
		return error_set(at->error, ERROR_PLUGIN_REFUSED,
			"%s%s is no whole number from 0 to %" PRIu32 ".", at->where, member->name,
			member->most);
	*out = (uint32_t)number;
	return 0;
}

static int find_word(unsigned *out, struct cursor *at, const struct member *member, const json_t *value)
{
	const char *text = json_string_value(value);

	for (unsigned i = 0; text && member->words[i]; i++) {
		if (strcmp(member->words[i], text) == 0) {
			*out = i;
			return 0;
		}
	}
	return refuse(at, member, "is a kind that this muster doesn't know");
}

static int read_words(unsigned *out, struct cursor *at, const struct member *member, const json_t *value)
{
	unsigned bits = 0;
	unsigned word;

	if (!json_is_array(value))
		return refuse(at, member, "is no list");
	for (size_t i = 0; i < json_array_size(value); i++) {
		if (find_word(&word, at, member, json_array_get(value, i)) < 0)
			return -1;
		bits |= 1u << word;
	}
	*out = bits;
	return 0;
}

static int read_texts(
	struct manifest_texts *out, struct cursor *at, const struct member *member, const json_t *value)
{
	size_t count = json_array_size(value);
	const char **items;

	if (!json_is_array(value))
		return refuse(at, member, "is no list");
	if (count > TEXTS_MAX)
		return refuse(at, member, "has too many texts");
	if (count == 0)
		return 0;
	items = keep(at, count, sizeof *items);
	if (!items)
		return error_memory(at->error);
	for (size_t i = 0; i < count; i++)
		if (check_text(&items[i], at, member, json_array_get(value, i)) < 0)
			return -1;
	*out = (struct manifest_texts){ items, count };
	return 0;
}

static int read_row(void *row, struct cursor *at, const struct layout *layout, json_t *object);

/* Goes down one level of the layout, which is finite, whatever the input. */
static int read_rows(const void **rows, size_t *row_count, struct cursor *at, const struct member *member,
	const json_t *list)
{
	size_t count = json_array_size(list);
	size_t length = strlen(at->where);
	char *made;

	if (!json_is_array(list))
		return refuse(at, member, "is no list");
	if (count > member->most)
		return error_set(at->error, ERROR_PLUGIN_REFUSED, "%s%s has more than %" PRIu32 " rows.",
			at->where, member->name, member->most);
	if (count == 0)
		return 0;
	made = keep(at, count, member->rows->size);
	if (!made)
		return error_memory(at->error);
	for (size_t i = 0; i < count; i++) {
		json_t *object = json_array_get(list, i);
		const char *id = json_member_text(object, "id", "");
		const char *space = text_is_id(id) ? " " : "";

		(void)snprintf(at->where + length, WHERE_MAX - length, "%s[%zu]%s%s: ", member->name, i,
			space, space[0] ? id : "");
		if (read_row(made + i * member->rows->size, at, member->rows, object) < 0)
			return -1;
		at->where[length] = '\0';
	}
	*rows = made;
	*row_count = count;
	return 0;
}

/* Members are written by memcpy, since their types differ: pointers to whatever rows, enums of any name. */
static int read_member(void *row, struct cursor *at, const struct member *member, const json_t *value)
{
	char *place = (char *)row + member->offset;
	struct manifest_texts texts = { NULL, 0 };
	const char *text = NULL;
	const void *rows = NULL;
	size_t count = 0;
	uint32_t number = 0;
	unsigned word = 0;

	switch (member->kind) {
	case MEMBER_ID:
	case MEMBER_TEXT:
	case MEMBER_PLAIN:
		if (read_text(&text, at, member, value) < 0)
			return -1;
		memcpy(place, &text, sizeof text);
		return 0;
	case MEMBER_NUMBER:
		if (read_number(&number, at, member, value) < 0)
			return -1;
		memcpy(place, &number, sizeof number);
		return 0;
	case MEMBER_FLAG:
		if (!json_is_boolean(value))
			return refuse(at, member, "is neither true nor false");
		memcpy(place, &(bool){ json_is_true(value) }, sizeof(bool));
		return 0;
	case MEMBER_WORD:
	case MEMBER_WORDS:
		if ((member->kind == MEMBER_WORD ? find_word : read_words)(&word, at, member, value) < 0)
			return -1;
		memcpy(place, &word, sizeof word);
		return 0;
	case MEMBER_TEXTS:
		if (read_texts(&texts, at, member, value) < 0)
			return -1;
		memcpy(place, &texts, sizeof texts);
		return 0;
	case MEMBER_ROWS:
		if (read_rows(&rows, &count, at, member, value) < 0)
			return -1;
		memcpy(place, &rows, sizeof rows);
		memcpy((char *)row + member->count_offset, &count, sizeof count);
		return 0;
	}
	return refuse(at, member, "can't be read");
}

/* Unknown is never ignored: a member that no row of the layout names is refused. */
static int refuse_unknown(struct cursor *at, const struct layout *layout, json_t *object)
{
	const char *name;
	json_t *value;

	json_object_foreach(object, name, value)
	{
		char shown[64];
		bool known = layout == &manifest_layout && strcmp(name, version_member) == 0;

		for (size_t i = 0; !known && i < layout->count; i++)
			known = strcmp(layout->members[i].name, name) == 0;
		if (known)
			continue;
		text_clean(shown, sizeof shown, name, strlen(name));
		return error_set(at->error, ERROR_PLUGIN_REFUSED,
			"%s%s is a member that this muster doesn't know.", at->where, shown);
	}
	return 0;
}

static int read_row(void *row, struct cursor *at, const struct layout *layout, json_t *object)
{
	size_t known = 0;

	if (!json_is_object(object))
		return error_set(at->error, ERROR_PLUGIN_REFUSED, "%sthis is no object.", at->where);
	for (size_t i = 0; i < layout->count; i++) {
		const struct member *member = &layout->members[i];
		const json_t *value = json_object_get(object, member->name);

		if (!value && member->mandatory)
			return refuse(at, member, "is missing");
		if (value && read_member(row, at, member, value) < 0)
			return -1;
		known += value != NULL;
	}
	return known == json_object_size(object) ? 0 : refuse_unknown(at, layout, object);
}

/* "https://host" of "https://host/path". */
static const char *origin_of(struct cursor *at, const char *url)
{
	const char *host = strstr(url, "://");
	size_t length = host ? (size_t)(host - url) + 3 + strcspn(host + 3, "/?#") : strlen(url);
	char *origin = keep(at, length + 1, 1);

	if (origin)
		memcpy(origin, url, length);
	return origin;
}

/* What an auth may leave out and yet is never absent. Fields of another auth become its own, so that nobody
 * has to look where they stand; that it has none beside them is checked here, before they are one. */
static int fill_in_auth(struct cursor *at, struct manifest_auth *auth)
{
	const struct manifest *manifest = &at->storage->manifest;
	const struct manifest_auth *other = manifest_fields_auth(manifest, auth);

	if (!auth->scope_separator)
		auth->scope_separator = " ";
	if (!auth->token_pointer)
		auth->token_pointer = "/access_token";
	if (!auth->expires_pointer)
		auth->expires_pointer = "/expires_in";
	if (!auth->scope_pointer)
		auth->scope_pointer = "/scope";
	if (auth->authorize_url && !auth->issuer) {
		auth->issuer = origin_of(at, auth->authorize_url);
		if (!auth->issuer)
			return error_memory(at->error);
	}
	if (!auth->fields_of)
		return 0;
	if (auth->field_count > 0)
		return manifest_refuse(at->error, "auths", (size_t)(auth - manifest->auths), auth->id,
			"it has fields of its own beside those of '%s'.", auth->fields_of);
	if (!other->fields_of) {
		auth->fields = other->fields;
		auth->field_count = other->field_count;
	}
	return 0;
}

/* The rows lie in our own memory: only who reads them may not write them. */
static int fill_in(struct cursor *at)
{
	const struct manifest *manifest = &at->storage->manifest;

	for (size_t i = 0; i < manifest->auth_count; i++)
		if (fill_in_auth(at, (struct manifest_auth *)&manifest->auths[i]) < 0)
			return -1;
	for (size_t i = 0; i < manifest->action_count; i++) {
		struct manifest_action *action = (struct manifest_action *)&manifest->actions[i];

		if (!action->records)
			action->records = "";
	}
	return 0;
}

int manifest_read(struct manifest_storage *storage, struct error *error)
{
	struct cursor at = { .storage = storage, .error = error };
	const json_t *version = json_object_get(storage->json, version_member);

	if (json_integer_value(version) != 1)
		return error_set(error, ERROR_PLUGIN_REFUSED,
			"The manifest is of a form that this muster doesn't know.");
	if (read_row(&storage->manifest, &at, &manifest_layout, storage->json) < 0)
		return -1;
	return fill_in(&at);
}
