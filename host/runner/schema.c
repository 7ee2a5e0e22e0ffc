#include "config.h"

#include "runner/schema.h"

#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define AT(type, member) offsetof(struct type, member)
#define PAST(type, member) (offsetof(struct type, member) + sizeof(((struct type *)NULL)->member))

#define PLAIN(kind_, name_, type, member) \
	{ \
		.name = (name_), .kind = (kind_), .offset = AT(type, member), .substitute = NO_MEMBER \
	}
#define NEEDED(kind_, name_, type, member) \
	{ \
		.name = (name_), .kind = (kind_), .mandatory = true, .offset = AT(type, member), \
		.substitute = NO_MEMBER \
	}
#define OR_ELSE(kind_, name_, type, member, other) \
	{ \
		.name = (name_), .kind = (kind_), .offset = AT(type, member), .substitute = AT(type, other) \
	}
#define WORDS(kind_, name_, type, member, words_) \
	{ \
		.name = (name_), .kind = (kind_), .offset = AT(type, member), .substitute = NO_MEMBER, \
		.words = (words_), .word_count = COUNT(words_) \
	}
#define NUMBER(name_, type, member, preset_) \
	{ \
		.name = (name_), .kind = MEMBER_NUMBER, .offset = AT(type, member), .substitute = NO_MEMBER, \
		.preset = (preset_) \
	}
#define ROWS(name_, type, member, schema_) \
	{ \
		.name = (name_), .kind = MEMBER_ROWS, .offset = AT(type, member), .substitute = NO_MEMBER, \
		.rows = &(schema_) \
	}
#define NEEDED_ROWS(name_, type, member, schema_) \
	{ \
		.name = (name_), .kind = MEMBER_ROWS, .mandatory = true, .offset = AT(type, member), \
		.substitute = NO_MEMBER, .rows = &(schema_) \
	}
#define RESERVED(type) PLAIN(MEMBER_RESERVED, "reserved", type, reserved)

/* last: the last member that the first version of the struct had to have. */
#define SCHEMA(symbol, name_, type, last, most_, members_) \
	const struct schema symbol = { .name = (name_), \
		.size = sizeof(struct type), \
		.least = PAST(type, last), \
		.most = (most_), \
		.members = (members_), \
		.member_count = COUNT(members_) }

static const struct member choice_members[] = {
	NEEDED(MEMBER_TEXT, "value", muster_choice, value),
	OR_ELSE(MEMBER_TEXT, "label", muster_choice, label, value),
};
static SCHEMA(schema_choice, "choices", muster_choice, value, 1024, choice_members);

static const char *const field_types[] = { "text", "secret", "scopes", "redirect" };
static const char *const field_flags[] = { "required", "advanced" };
static const char *const levels[] = { "account", "profile" };
static const char *const normals[] = { "as_entered", "upper_snake", "url_segment" };
static const struct member field_members[] = {
	NEEDED(MEMBER_ID, "id", muster_field, id),
	NEEDED(MEMBER_TEXT, "label", muster_field, label),
	PLAIN(MEMBER_TEXT, "help", muster_field, help),
	PLAIN(MEMBER_TEXT, "default", muster_field, default_text),
	PLAIN(MEMBER_TEXT, "characters", muster_field, characters),
	ROWS("choices", muster_field, choices, schema_choice),
	WORDS(MEMBER_WORD, "type", muster_field, type, field_types),
	WORDS(MEMBER_FLAGS, "flags", muster_field, flags, field_flags),
	WORDS(MEMBER_WORD, "level", muster_field, level, levels),
	NUMBER("min_length", muster_field, min_length, 0),
	NUMBER("max_length", muster_field, max_length, 4096),
	WORDS(MEMBER_WORD, "normal", muster_field, normal, normals),
	PLAIN(MEMBER_TEXT, "after", muster_field, after),
	PLAIN(MEMBER_TEXT, "found_by", muster_field, found_by),
};
static SCHEMA(schema_field, "fields", muster_field, flags, 256, field_members);

static const char *const certainties[] = { "known", "assumed" };
static const struct member scope_members[] = {
	NEEDED(MEMBER_TEXT, "id", muster_scope, id),
	OR_ELSE(MEMBER_TEXT, "label", muster_scope, label, id),
	PLAIN(MEMBER_LIST, "aliases", muster_scope, aliases),
	WORDS(MEMBER_WORD, "certainty", muster_scope, certainty, certainties),
	RESERVED(muster_scope),
};
static SCHEMA(schema_scope, "scopes", muster_scope, label, 1024, scope_members);

static const char *const host_uses[] = { "api", "token", "consent" };
static const struct member host_members[] = {
	NEEDED(MEMBER_TEXT, "name", muster_host, name),
	{ .name = "use",
		.kind = MEMBER_BITS,
		.mandatory = true,
		.offset = AT(muster_host, use),
		.substitute = NO_MEMBER,
		.words = host_uses,
		.word_count = COUNT(host_uses) },
	RESERVED(muster_host),
};
static SCHEMA(schema_host, "hosts", muster_host, use, 64, host_members);

static const char *const wheres[] = { "call_header", "token_form", "token_basic", "token_header" };
static const struct member place_members[] = {
	NEEDED(MEMBER_TEXT, "name", muster_place, name),
	NEEDED(MEMBER_TEXT, "value", muster_place, value),
	WORDS(MEMBER_WORD, "where", muster_place, where, wheres),
	RESERVED(muster_place),
};
static SCHEMA(schema_place, "places", muster_place, where, 64, place_members);

static const struct member step_members[] = {
	NEEDED(MEMBER_TEXT, "title", muster_step, title),
	NEEDED(MEMBER_PROSE, "text", muster_step, text),
	PLAIN(MEMBER_TEXT, "url", muster_step, url),
	PLAIN(MEMBER_LIST, "actions", muster_step, actions),
	PLAIN(MEMBER_LIST, "scopes", muster_step, scopes),
};
static SCHEMA(schema_step, "guide", muster_step, text, 256, step_members);

static const char *const grants[] = { "static", "client_credentials", "authorization_code", "token_request" };
static const char *const recoveries[] = { "retry_once", "retry_within_grace", "link_again" };
static const struct member auth_members[] = {
	NEEDED(MEMBER_ID, "id", muster_auth, id),
	NEEDED(MEMBER_TEXT, "label", muster_auth, label),
	PLAIN(MEMBER_TEXT, "token_url", muster_auth, token_url),
	PLAIN(MEMBER_TEXT, "scope_format", muster_auth, scope_format),
	PLAIN(MEMBER_TEXT, "scope_separator", muster_auth, scope_separator),
	ROWS("fields", muster_auth, fields, schema_field),
	ROWS("places", muster_auth, places, schema_place),
	ROWS("guide", muster_auth, guide, schema_step),
	PLAIN(MEMBER_HOOK, "authenticate", muster_auth, authenticate),
	WORDS(MEMBER_WORD, "grant", muster_auth, grant, grants),
	WORDS(MEMBER_WORD, "recovery", muster_auth, recovery, recoveries),
	PLAIN(MEMBER_TEXT, "authorize_url", muster_auth, authorize_url),
	PLAIN(MEMBER_TEXT, "issuer", muster_auth, issuer),
	PLAIN(MEMBER_TEXT, "revoke_url", muster_auth, revoke_url),
	PLAIN(MEMBER_TEXT, "token_pointer", muster_auth, token_pointer),
	PLAIN(MEMBER_TEXT, "expires_pointer", muster_auth, expires_pointer),
	PLAIN(MEMBER_TEXT, "scope_pointer", muster_auth, scope_pointer),
	PLAIN(MEMBER_TEXT, "fields_of", muster_auth, fields_of),
	PLAIN(MEMBER_LIST, "prove", muster_auth, prove),
	NUMBER("grace_seconds", muster_auth, grace_seconds, 0),
	RESERVED(muster_auth),
};
static SCHEMA(schema_auth, "auths", muster_auth, grant, 64, auth_members);

static const char *const parameter_types[] = { "text", "date", "date_time" };
static const char *const parameter_places[] = { "query", "path" };
static const char *const parameter_flags[] = { "required", NULL, "list" };
static const char *const formats[] = { "iso", "day_month_year", "day_start_utc", "day_end_utc",
	"day_start_local", "day_end_local", "utc", "local" };
static const struct member parameter_members[] = {
	NEEDED(MEMBER_ID, "id", muster_parameter, id),
	NEEDED(MEMBER_TEXT, "label", muster_parameter, label),
	PLAIN(MEMBER_TEXT, "help", muster_parameter, help),
	OR_ELSE(MEMBER_TEXT, "name", muster_parameter, name, id),
	PLAIN(MEMBER_TEXT, "default", muster_parameter, default_text),
	PLAIN(MEMBER_TEXT, "characters", muster_parameter, characters),
	ROWS("choices", muster_parameter, choices, schema_choice),
	WORDS(MEMBER_WORD, "type", muster_parameter, type, parameter_types),
	WORDS(MEMBER_WORD, "place", muster_parameter, place, parameter_places),
	WORDS(MEMBER_FLAGS, "flags", muster_parameter, flags, parameter_flags),
	NUMBER("max_length", muster_parameter, max_length, 1024),
	PLAIN(MEMBER_TEXT, "join", muster_parameter, join),
	WORDS(MEMBER_WORD, "format", muster_parameter, format, formats),
	RESERVED(muster_parameter),
};
static SCHEMA(schema_parameter, "parameters", muster_parameter, flags, 256, parameter_members);

static const struct member header_members[] = {
	NEEDED(MEMBER_TEXT, "name", muster_header, name),
	NEEDED(MEMBER_TEXT, "value", muster_header, value),
};
static SCHEMA(schema_header, "headers", muster_header, value, 64, header_members);

static const char *const paging_kinds[] = { "next_link", "cursor", "cursor_in_link", "page_number" };
static const char *const paging_flags[] = { "stop_when_empty" };
static const struct member paging_members[] = {
	NEEDED(MEMBER_TEXT, "from", muster_paging, from),
	PLAIN(MEMBER_TEXT, "to", muster_paging, to),
	WORDS(MEMBER_WORD, "kind", muster_paging, kind, paging_kinds),
	WORDS(MEMBER_FLAGS, "flags", muster_paging, flags, paging_flags),
	PLAIN(MEMBER_TEXT, "size_name", muster_paging, size_name),
	NUMBER("size", muster_paging, size, 0),
	RESERVED(muster_paging),
};
static SCHEMA(schema_paging, "paging", muster_paging, kind, 16, paging_members);

static const struct member word_members[] = {
	NEEDED(MEMBER_TEXT, "theirs", muster_word, theirs),
	NEEDED(MEMBER_TEXT, "ours", muster_word, ours),
};
static SCHEMA(schema_word, "words", muster_word, ours, 4096, word_members);

/* The rows of an EACH or OBJECT hold neither, and so no rows: the schema ends there, and so does all that
 * follows it from table to table. */
static const char *const map_kinds[] = { "copy", "date", "date_time", "words", "parameter", "each", "custom",
	"constant", "text", "number", "boolean", "day", "local_time", "element", "object", "join",
	"last_day" };
static const char *const inner_kinds[] = { "copy", "date", "date_time", "words", "parameter", NULL, "custom",
	"constant", "text", "number", "boolean", "day", "local_time", "element", NULL, "join", "last_day" };
#define MAP_HEAD \
	NEEDED(MEMBER_TEXT, "to", muster_map, to), NEEDED(MEMBER_TEXT, "from", muster_map, from), \
		PLAIN(MEMBER_TEXT, "label", muster_map, label), \
		ROWS("words", muster_map, words, schema_word)
#define MAP_TAIL(kinds_) \
	WORDS(MEMBER_WORD, "kind", muster_map, kind, kinds_), RESERVED(muster_map), \
		PLAIN(MEMBER_TEXT, "where", muster_map, where), \
		PLAIN(MEMBER_TEXT, "equals", muster_map, equals), \
		PLAIN(MEMBER_TEXT, "take", muster_map, take)
static const struct member inner_members[] = { MAP_HEAD, MAP_TAIL(inner_kinds) };
static SCHEMA(schema_inner, "rows", muster_map, kind, 512, inner_members);
static const struct member map_members[] = {
	MAP_HEAD,
	ROWS("rows", muster_map, rows, schema_inner),
	MAP_TAIL(map_kinds),
};
static SCHEMA(schema_map, "map", muster_map, kind, 512, map_members);

static const char *const overs[] = { "records", "days", "months" };
static const struct member each_members[] = {
	PLAIN(MEMBER_TEXT, "action", muster_each, action),
	PLAIN(MEMBER_TEXT, "from", muster_each, from),
	NEEDED(MEMBER_TEXT, "to", muster_each, to),
	WORDS(MEMBER_WORD, "over", muster_each, over, overs),
	NUMBER("count", muster_each, count, 0),
};
static SCHEMA(schema_each, "each", muster_each, count, 16, each_members);

static const struct member completion_members[] = {
	NEEDED(MEMBER_TEXT, "action", muster_completion, action),
	NEEDED(MEMBER_TEXT, "parameter", muster_completion, parameter),
	NEEDED(MEMBER_LIST, "fields", muster_completion, fields),
};
static SCHEMA(schema_completion, "completions", muster_completion, fields, 16, completion_members);

static const char *const results[] = { "records", "object", "grid" };
static const char *const effects[] = { "read" };
static const struct member action_members[] = {
	NEEDED(MEMBER_ID, "id", muster_action, id),
	NEEDED(MEMBER_TEXT, "label", muster_action, label),
	PLAIN(MEMBER_TEXT, "help", muster_action, help),
	NEEDED(MEMBER_TEXT, "auth", muster_action, auth),
	PLAIN(MEMBER_LIST, "scopes", muster_action, scopes),
	NEEDED(MEMBER_REQUEST, "request", muster_action, request),
	PLAIN(MEMBER_TEXT, "records", muster_action, records),
	NEEDED(MEMBER_TEXT, "model", muster_action, model),
	NEEDED(MEMBER_LIST, "key", muster_action, key),
	ROWS("parameters", muster_action, parameters, schema_parameter),
	ROWS("paging", muster_action, paging, schema_paging),
	NEEDED_ROWS("map", muster_action, map, schema_map),
	PLAIN(MEMBER_HOOK, "run", muster_action, run),
	WORDS(MEMBER_WORD, "result", muster_action, result, results),
	WORDS(MEMBER_WORD, "effect", muster_action, effect, effects),
	NUMBER("max_pages", muster_action, max_pages, 1000000),
	RESERVED(muster_action),
	PLAIN(MEMBER_TEXT, "columns", muster_action, columns),
	ROWS("headers", muster_action, headers, schema_header),
	ROWS("each", muster_action, each, schema_each),
	ROWS("completions", muster_action, completions, schema_completion),
	PLAIN(MEMBER_LIST, "expected", muster_action, expected),
};
static SCHEMA(schema_action, "actions", muster_action, map, 1024, action_members);

static const char *const pers[] = { "account", "app", "endpoint", "address" };
static const struct member limit_members[] = {
	NEEDED(MEMBER_NUMBER, "count", muster_limit, count),
	NEEDED(MEMBER_NUMBER, "seconds", muster_limit, seconds),
	WORDS(MEMBER_WORD, "per", muster_limit, per, pers),
	RESERVED(muster_limit),
	PLAIN(MEMBER_LIST, "actions", muster_limit, actions),
	PLAIN(MEMBER_TEXT, "remaining_header", muster_limit, remaining_header),
	PLAIN(MEMBER_TEXT, "reset_header", muster_limit, reset_header),
	PLAIN(MEMBER_TEXT, "rate_header", muster_limit, rate_header),
};
static SCHEMA(schema_limit, "limits", muster_limit, seconds, 64, limit_members);

static const char *const meanings[] = { "refused", "scope", "credentials", "not_found", "limited",
	"unavailable" };
static const struct member error_members[] = {
	PLAIN(MEMBER_TEXT, "pointer", muster_error, pointer),
	PLAIN(MEMBER_TEXT, "contains", muster_error, contains),
	NEEDED(MEMBER_NUMBER, "status", muster_error, status),
	WORDS(MEMBER_WORD, "meaning", muster_error, meaning, meanings),
	PLAIN(MEMBER_LIST, "actions", muster_error, actions),
};
static SCHEMA(schema_error, "errors", muster_error, meaning, 256, error_members);

static const struct member plugin_members[] = {
	NEEDED(MEMBER_ID, "id", muster_plugin, id),
	NEEDED(MEMBER_TEXT, "name", muster_plugin, name),
	NEEDED(MEMBER_TEXT, "version", muster_plugin, version),
	PLAIN(MEMBER_TEXT, "summary", muster_plugin, summary),
	PLAIN(MEMBER_TEXT, "homepage", muster_plugin, homepage),
	PLAIN(MEMBER_TEXT, "error_message", muster_plugin, error_message),
	NEEDED_ROWS("auths", muster_plugin, auths, schema_auth),
	ROWS("scopes", muster_plugin, scopes, schema_scope),
	NEEDED_ROWS("hosts", muster_plugin, hosts, schema_host),
	NEEDED_ROWS("actions", muster_plugin, actions, schema_action),
	ROWS("limits", muster_plugin, limits, schema_limit),
	ROWS("errors", muster_plugin, errors, schema_error),
	PLAIN(MEMBER_HOOK, "validate", muster_plugin, validate),
};
SCHEMA(schema_plugin, "plugin", muster_plugin, actions, 1, plugin_members);

/* Types are told from each other by nothing but the schema here, so bytes are copied. */
const char *schema_text(const void *row, const struct member *member)
{
	const char *text;

	memcpy(&text, (const char *)row + member->offset, sizeof text);
	return text;
}

uint32_t schema_number(const void *row, const struct member *member)
{
	uint32_t number;

	memcpy(&number, (const char *)row + member->offset, sizeof number);
	return number;
}

struct table schema_table(const void *row, const struct member *member)
{
	struct table table;

	memcpy(&table, (const char *)row + member->offset, sizeof table);
	return table;
}

bool schema_hook(const void *row, const struct member *member)
{
	int32_t (*hook)(const struct muster_services *, struct muster_call *);

	memcpy(&hook, (const char *)row + member->offset, sizeof hook);
	return hook != NULL;
}
