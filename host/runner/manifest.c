#include "config.h"

#include "runner/manifest.h"

#include "runner/schema.h"

#include <string.h>

enum { MANIFEST_VERSION = 1 };

/* All of these return 0, or -1: no memory. */

static int add_list(json_t *object, const char *name, const char *text)
{
	json_t *list = json_array();
	int failed = json_object_set_new(object, name, list);

	while (text && !failed) {
		size_t length;
		text += strspn(text, " ");
		length = strcspn(text, " ");
		if (length == 0)
			break;
		failed = json_array_append_new(list, json_stringn(text, length));
		text += length;
	}
	return failed;
}

static int add_request(json_t *object, const char *text)
{
	size_t method = strcspn(text, " ");
	const char *url = text + method + strspn(text + method, " ");

	if (json_object_set_new(object, "method", json_stringn(text, method)) < 0)
		return -1;
	return json_object_set_new(object, "url", json_string(url));
}

static int add_flags(json_t *object, const struct member *member, uint32_t bits)
{
	for (uint32_t i = 0; i < member->word_count; i++)
		if (member->words[i] &&
			json_object_set_new(object, member->words[i], json_boolean(bits >> i & 1)) < 0)
			return -1;
	return 0;
}

static int add_bits(json_t *object, const struct member *member, uint32_t bits)
{
	json_t *list = json_array();
	int failed = json_object_set_new(object, member->name, list);

	for (uint32_t i = 0; i < member->word_count && !failed; i++)
		if (bits >> i & 1)
			failed = json_array_append_new(list, json_string(member->words[i]));
	return failed;
}

static int add_rows(json_t *object, const struct member *member, const void *row);

static int add_member(json_t *object, const struct member *member, const void *row)
{
	switch (member->kind) {
	case MEMBER_ID:
	case MEMBER_TEXT:
	case MEMBER_PROSE:
		if (!schema_text(row, member))
			return 0;
		return json_object_set_new(object, member->name, json_string(schema_text(row, member)));
	case MEMBER_LIST:
		return add_list(object, member->name, schema_text(row, member));
	case MEMBER_REQUEST:
		return add_request(object, schema_text(row, member));
	case MEMBER_WORD:
		return json_object_set_new(
			object, member->name, json_string(member->words[schema_number(row, member)]));
	case MEMBER_FLAGS:
		return add_flags(object, member, schema_number(row, member));
	case MEMBER_BITS:
		return add_bits(object, member, schema_number(row, member));
	case MEMBER_NUMBER:
		return json_object_set_new(object, member->name, json_integer(schema_number(row, member)));
	case MEMBER_RESERVED:
		return 0;
	case MEMBER_ROWS:
		return add_rows(object, member, row);
	case MEMBER_HOOK:
		return json_object_set_new(object, member->name, json_boolean(schema_hook(row, member)));
	}
	return -1;
}

static int add_row(json_t *object, const struct schema *schema, const void *row)
{
	for (size_t i = 0; i < schema->member_count; i++)
		if (add_member(object, &schema->members[i], row) < 0)
			return -1;
	return 0;
}

/* Calls add_row(), which calls it: as deep as the schema goes. */
static int add_rows(json_t *object, const struct member *member, const void *row)
{
	struct table table = schema_table(row, member);
	const char *at = table.rows;
	json_t *list = json_array();

	if (json_object_set_new(object, member->name, list) < 0)
		return -1;
	for (uint32_t i = 0; i < table.count; i++, at += table.size) {
		json_t *item = json_object();
		if (json_array_append_new(list, item) < 0 || add_row(item, member->rows, at) < 0)
			return -1;
	}
	return 0;
}

int manifest_make(json_t **out, const struct tables *tables, struct error *error)
{
	json_t *manifest = json_pack("{s:i, s:I, s:I}", "manifest", MANIFEST_VERSION, "abi",
		(json_int_t)MUSTER_ABI, "sdk", (json_int_t)tables_sdk(tables));

	if (!manifest || add_row(manifest, &schema_plugin, tables_plugin(tables)) < 0) {
		json_decref(manifest);
		return error_memory(error);
	}
	*out = manifest;
	return 0;
}
