#include "config.h"

#include "runner/tables.h"

#include "base/text.h"
#include "runner/schema.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	TEXT_MAX = 1024,   /* bytes */
	PROSE_MAX = 8192,  /* of sentences, or of a list */
	ROW_MAX = 4096,    /* bytes of a row, of whatever version */
	ROWS_MAX = 100000, /* rows of a plugin in all */
};

/* What was allocated, so that it can be freed. */
struct block {
	struct block *next;
	/* Rows hold pointers and integers of at most 8 bytes, so this is aligned for them. */
	uint64_t bytes[];
};

struct tables {
	struct block *blocks;
	size_t row_count;
	uint32_t sdk;
	const struct muster_plugin *plugin;
};

/* Where we are, from the plugin's row down to the one at hand. */
struct place {
	const struct place *up; /* NULL: this is the plugin's row, which needs no name */
	const char *table;
	uint32_t index;
	const char *id; /* NULL until it is known to be good */
};

enum { PLACE_DEPTH = 8 };

/* "actions[2] list_employees: map[3]: " */
static void place_text(char *out, size_t size, const struct place *place)
{
	const struct place *path[PLACE_DEPTH];
	size_t depth = 0;
	size_t used = 0;

	for (; place && place->up && depth < PLACE_DEPTH; place = place->up)
		path[depth++] = place;
	out[0] = '\0';
	while (depth > 0) {
		const struct place *at = path[--depth];
		int length = snprintf(out + used, size - used, "%s[%u]%s%s: ", at->table, (unsigned)at->index,
			at->id ? " " : "", at->id ? at->id : "");
		if (length < 0 || (size_t)length >= size - used)
			return;
		used += (size_t)length;
	}
}

__attribute__((format(printf, 3, 4))) static int refuse(
	struct error *error, const struct place *place, const char *format, ...)
{
	char where[256];
	char what[256];
	va_list arguments;

	place_text(where, sizeof where, place);
	va_start(arguments, format);
	(void)vsnprintf(what, sizeof what, format, arguments);
	va_end(arguments);
	return error_set(error, ERROR_PLUGIN_REFUSED, "%s%s.", where, what);
}

static void version_text(char *out, size_t size, uint32_t sdk)
{
	(void)snprintf(out, size, "%u.%u.%u", (unsigned)(sdk / 10000), (unsigned)(sdk / 100 % 100),
		(unsigned)(sdk % 100));
}

/* Something that we don't know: a newer plugin is told the version it needs. */
static int refuse_newer(
	struct error *error, const struct place *place, const struct tables *tables, const char *what)
{
	char needed[32];
	char ours[32];

	if (tables->sdk <= MUSTER_SDK)
		return refuse(error, place, "%s", what);
	version_text(needed, sizeof needed, tables->sdk);
	version_text(ours, sizeof ours, MUSTER_SDK);
	return refuse(error, place, "%s; it needs a muster with SDK %s or later, this one has %s", what,
		needed, ours);
}

/* ---- Texts ----------------------------------------------------------------------------------------- */

static int check_text(
	const char *text, const struct member *member, const struct place *place, struct error *error)
{
	bool is_long = member->kind == MEMBER_PROSE || member->kind == MEMBER_LIST;
	size_t most = is_long ? PROSE_MAX : TEXT_MAX;
	size_t length = strnlen(text, most + 1);

	if (length > most)
		return refuse(error, place, "%s is longer than %zu bytes", member->name, most);
	if (!text_is_utf8(text, length))
		return refuse(error, place, "%s is not UTF-8", member->name);
	if (!text_is_clean(text, length))
		return refuse(error, place, "%s holds a control character", member->name);
	if (member->mandatory && length == 0)
		return refuse(error, place, "%s is empty", member->name);
	if (member->kind == MEMBER_ID && !text_is_id(text))
		return refuse(error, place, "%s is no id ([a-z][a-z0-9_]*, at most 63 bytes)", member->name);
	if (member->kind == MEMBER_REQUEST && !strchr(text, ' '))
		return refuse(error, place, "request has no method: it is \"GET https://…\"");
	return 0;
}

/* Checks a text in our copy of its row, or puts its substitute there. */
static int take_text(void *row, const struct member *member, struct place *place, struct error *error)
{
	const char *text = schema_text(row, member);

	if (!text && member->mandatory)
		return refuse(error, place, "%s is missing", member->name);
	if (!text && member->substitute != NO_MEMBER) {
		memcpy((char *)row + member->offset, (char *)row + member->substitute, sizeof text);
		return 0;
	}
	if (!text)
		return 0;
	if (check_text(text, member, place, error) < 0)
		return -1;
	if (member->kind == MEMBER_ID)
		place->id = text;
	return 0;
}

/* ---- Numbers --------------------------------------------------------------------------------------- */

/* The bits that have a name. */
static uint32_t known_bits(const struct member *member)
{
	uint32_t bits = 0;

	for (uint32_t i = 0; i < member->word_count; i++)
		bits |= (uint32_t)(member->words[i] != NULL) << i;
	return bits;
}

static int take_number(void *row, const struct tables *tables, const struct member *member,
	const struct place *place, struct error *error)
{
	uint32_t number = schema_number(row, member);
	char what[96];

	switch (member->kind) {
	case MEMBER_RESERVED:
		if (number == 0)
			return 0;
		(void)snprintf(what, sizeof what, "%s is not zero", member->name);
		return refuse_newer(error, place, tables, what);
	case MEMBER_WORD:
		if (number < member->word_count && member->words[number])
			return 0;
		(void)snprintf(what, sizeof what, "unknown %s %u", member->name, (unsigned)number);
		return refuse_newer(error, place, tables, what);
	case MEMBER_FLAGS:
	case MEMBER_BITS:
		if (number & ~known_bits(member)) {
			(void)snprintf(
				what, sizeof what, "unknown bit in %s 0x%x", member->name, (unsigned)number);
			return refuse_newer(error, place, tables, what);
		}
		break;
	default:
		break;
	}
	if (number == 0 && member->mandatory)
		return refuse(error, place, "%s is missing", member->name);
	if (number == 0 && member->preset)
		memcpy((char *)row + member->offset, &member->preset, sizeof member->preset);
	return 0;
}

/* ---- Rows ------------------------------------------------------------------------------------------ */

static void *allocate(struct tables *tables, size_t size)
{
	struct block *block = calloc(1, sizeof *block + size);

	if (!block)
		return NULL;
	block->next = tables->blocks;
	tables->blocks = block;
	return block->bytes;
}

static size_t member_size(const struct member *member)
{
	switch (member->kind) {
	case MEMBER_WORD:
	case MEMBER_FLAGS:
	case MEMBER_BITS:
	case MEMBER_NUMBER:
	case MEMBER_RESERVED:
		return sizeof(uint32_t);
	case MEMBER_ROWS:
		return sizeof(struct table);
	default:
		return sizeof(void *);
	}
}

/* A row of an older header ends where one of our members ends. */
static bool is_boundary(const struct schema *schema, size_t size)
{
	if (size < schema->least)
		return false;
	for (size_t i = 0; i < schema->member_count; i++)
		if (schema->members[i].offset + member_size(&schema->members[i]) == size)
			return true;
	return false;
}

/* The rows that lie where the plugin says must at least look like rows. place is theirs, without index. */
static int check_table(const struct table *from, struct tables *tables, const struct schema *schema,
	const struct place *up, struct error *error)
{
	if (from->count > schema->most)
		return refuse(error, up, "%s has %u rows, at most %u are taken", schema->name,
			(unsigned)from->count, (unsigned)schema->most);
	if (!from->rows)
		return refuse(error, up, "%s has %u rows at no address", schema->name, (unsigned)from->count);
	if ((uintptr_t)from->rows % sizeof(uint32_t) != 0 || from->size % sizeof(uint32_t) != 0)
		return refuse(error, up, "%s is not aligned", schema->name);
	if (from->size > ROW_MAX || (from->size < schema->size && !is_boundary(schema, from->size)))
		return refuse(error, up, "%s has rows of %u bytes, between %zu and %d are taken",
			schema->name, (unsigned)from->size, schema->least, ROW_MAX);
	tables->row_count += from->count;
	if (tables->row_count > ROWS_MAX)
		return refuse(error, up, "%s: the plugin has more than %d rows", schema->name, ROWS_MAX);
	return 0;
}

static bool all_zero(const unsigned char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (bytes[i])
			return false;
	return true;
}

static int take_rows(void *row, struct tables *tables, const struct member *member, const struct place *place,
	struct error *error);

static int take_row(void *row, struct tables *tables, const struct schema *schema, struct place *place,
	struct error *error)
{
	for (size_t i = 0; i < schema->member_count; i++) {
		const struct member *member = &schema->members[i];
		int result = 0;
		switch (member->kind) {
		case MEMBER_ID:
		case MEMBER_TEXT:
		case MEMBER_PROSE:
		case MEMBER_LIST:
		case MEMBER_REQUEST:
			result = take_text(row, member, place, error);
			break;
		case MEMBER_ROWS:
			result = take_rows(row, tables, member, place, error);
			break;
		case MEMBER_HOOK:
			break;
		default:
			result = take_number(row, tables, member, place, error);
		}
		if (result < 0)
			return -1;
	}
	return 0;
}

/* Puts our copy of the rows in the place of the plugin's. Calls take_row(), which calls it: as deep as
 * the schema goes, five tables, whatever a plugin says. */
static int copy_rows(struct table *to, struct tables *tables, const struct table *from,
	const struct schema *schema, const struct place *up, struct error *error)
{
	char *copy;

	if (check_table(from, tables, schema, up, error) < 0)
		return -1;
	copy = allocate(tables, from->count * schema->size);
	if (!copy)
		return error_memory(error);
	for (uint32_t i = 0; i < from->count; i++) {
		const unsigned char *theirs = (const unsigned char *)from->rows + (size_t)i * from->size;
		char *ours = copy + i * schema->size;
		struct place place = { up, schema->name, i, NULL };
		memcpy(ours, theirs, from->size < schema->size ? from->size : schema->size);
		if (take_row(ours, tables, schema, &place, error) < 0)
			return -1;
		if (from->size > schema->size && !all_zero(theirs + schema->size, from->size - schema->size))
			return refuse_newer(error, &place, tables, "it uses members that are not known");
	}
	*to = (struct table){ copy, from->count, (uint32_t)schema->size };
	return 0;
}

static int take_rows(void *row, struct tables *tables, const struct member *member, const struct place *place,
	struct error *error)
{
	struct table table = schema_table(row, member);

	if (table.count == 0) {
		if (table.rows || table.size)
			return refuse(error, place, "%s has an address or a size, but no rows", member->name);
		if (member->mandatory)
			return refuse(error, place, "%s has no rows", member->name);
		return 0;
	}
	if (copy_rows(&table, tables, &table, member->rows, place, error) < 0)
		return -1;
	memcpy((char *)row + member->offset, &table, sizeof table);
	return 0;
}

/* ---- The plugin ------------------------------------------------------------------------------------ */

/* What a row of one kind must hold, where that hangs on another member. */
static int check_map(const struct muster_map *map, const struct place *place, struct error *error)
{
	bool inside = map->kind == MUSTER_MAP_EACH || map->kind == MUSTER_MAP_OBJECT;
	bool element = map->kind == MUSTER_MAP_ELEMENT;

	if (inside && map->rows.count == 0)
		return refuse(error, place, "it maps what is inside, but has no rows");
	if (!inside && map->rows.count > 0)
		return refuse(error, place, "it has rows, but does not map what is inside");
	if (map->kind == MUSTER_MAP_WORDS && map->words.count == 0)
		return refuse(error, place, "it maps words, but has none");
	if (map->kind != MUSTER_MAP_WORDS && map->words.count > 0)
		return refuse(error, place, "it has words, but does not map them");
	if (element && !(map->where && map->equals && map->take))
		return refuse(error, place, "it takes an element, but lacks where, equals or take");
	if (!element && (map->where || map->equals || map->take))
		return refuse(error, place, "it has where, equals or take, but takes no element");
	return 0;
}

static int check_maps(
	const struct muster_map_rows *maps, const char *table, const struct place *up, struct error *error)
{
	for (uint32_t i = 0; i < maps->count; i++) {
		struct place place = { up, table, i, NULL };
		if (check_map(&maps->rows[i], &place, error) < 0)
			return -1;
		for (uint32_t k = 0; k < maps->rows[i].rows.count; k++) {
			struct place inner = { &place, "rows", k, NULL };
			if (check_map(&maps->rows[i].rows.rows[k], &inner, error) < 0)
				return -1;
		}
	}
	return 0;
}

static int check_paging(const struct muster_paging_rows *paging, const struct place *up, struct error *error)
{
	for (uint32_t i = 0; i < paging->count; i++) {
		struct place place = { up, "paging", i, NULL };
		if (paging->rows[i].kind != MUSTER_NEXT_LINK && !paging->rows[i].to)
			return refuse(error, &place, "to is missing: the query parameter that leads on");
		if (!paging->rows[i].size_name != !paging->rows[i].size)
			return refuse(error, &place, "size_name and size belong together");
	}
	return 0;
}

static int check_each(const struct muster_each_rows *each, const struct place *up, struct error *error)
{
	for (uint32_t i = 0; i < each->count; i++) {
		const struct muster_each *row = &each->rows[i];
		bool records = row->over == MUSTER_OVER_RECORDS;
		struct place place = { up, "each", i, NULL };
		if (records && (!row->action || row->from || row->count))
			return refuse(error, &place, "over records it has action and to, and no more");
		if (!records && (row->action || !row->from || !row->count))
			return refuse(error, &place, "over windows it has from, to and count, and no more");
	}
	return 0;
}

static int check_actions(
	const struct muster_action_rows *actions, const struct place *top, struct error *error)
{
	for (uint32_t i = 0; i < actions->count; i++) {
		const struct muster_action *action = &actions->rows[i];
		struct place place = { top, "actions", i, action->id };
		if (check_maps(&action->map, "map", &place, error) < 0 ||
			check_paging(&action->paging, &place, error) < 0 ||
			check_each(&action->each, &place, error) < 0)
			return -1;
		if ((action->result == MUSTER_GRID) != (action->columns != NULL))
			return refuse(error, &place, "columns belong to the result grid");
	}
	return 0;
}

static int copy_plugin(struct tables *tables, const struct muster_entry *entry, struct error *error)
{
	const struct place top = { NULL, "plugin", 0, NULL };
	struct table table;

	if (!entry)
		return refuse(error, &top, "The entry function returned nothing");
	tables->sdk = entry->sdk;
	if (entry->abi != MUSTER_ABI)
		return refuse(error, &top, "It is made for ABI %u; this muster speaks ABI %u",
			(unsigned)entry->abi, MUSTER_ABI);
	table = (struct table){ entry->plugin.rows, entry->plugin.count, entry->plugin.size };
	if (table.count != 1)
		return refuse(error, &top, "The entry has %u plugins, not one", (unsigned)table.count);
	if (copy_rows(&table, tables, &table, &schema_plugin, NULL, error) < 0)
		return -1;
	tables->plugin = table.rows;
	return check_actions(&tables->plugin->actions, &top, error);
}

int tables_new(struct tables **out, const struct muster_entry *entry, struct error *error)
{
	struct tables *tables = calloc(1, sizeof *tables);

	if (!tables)
		return error_memory(error);
	if (copy_plugin(tables, entry, error) < 0) {
		tables_free(tables);
		return -1;
	}
	*out = tables;
	return 0;
}

void tables_free(struct tables *tables)
{
	if (!tables)
		return;
	while (tables->blocks) {
		struct block *next = tables->blocks->next;
		free(tables->blocks);
		tables->blocks = next;
	}
	free(tables);
}

const struct muster_plugin *tables_plugin(const struct tables *tables)
{
	return tables->plugin;
}

uint32_t tables_sdk(const struct tables *tables)
{
	return tables->sdk;
}

const struct muster_auth *tables_auth(const struct tables *tables, const char *id)
{
	for (uint32_t i = 0; i < tables->plugin->auths.count; i++)
		if (strcmp(tables->plugin->auths.rows[i].id, id) == 0)
			return &tables->plugin->auths.rows[i];
	return NULL;
}

const struct muster_action *tables_action(const struct tables *tables, const char *id)
{
	for (uint32_t i = 0; i < tables->plugin->actions.count; i++)
		if (strcmp(tables->plugin->actions.rows[i].id, id) == 0)
			return &tables->plugin->actions.rows[i];
	return NULL;
}
