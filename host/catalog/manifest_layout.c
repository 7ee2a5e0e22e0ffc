#include "config.h"

#include "catalog/manifest_layout.h"

#include "catalog/manifest.h"

#define TEXT_MAX 8192 /* the longest text of any member */

/* clang-format off */
#define LAYOUT(type_, members_) \
	{ sizeof(struct type_), members_, sizeof(members_) / sizeof(members_)[0] }
#define MUST true
#define MAY false
#define MEMBER(type_, json_, name_, kind_, must_, ...) \
	{ json_, MEMBER_##kind_, must_, offsetof(struct type_, name_), __VA_ARGS__ }
#define ID(type_, name_) MEMBER(type_, #name_, name_, ID, MUST, 63)
#define TEXT_AS(type_, json_, name_, must_, most_) MEMBER(type_, json_, name_, TEXT, must_, most_)
#define TEXT(type_, name_, must_, most_) MEMBER(type_, #name_, name_, TEXT, must_, most_)
#define PLAIN(type_, name_, must_, most_) MEMBER(type_, #name_, name_, PLAIN, must_, most_)
#define NUMBER(type_, name_, must_, most_) MEMBER(type_, #name_, name_, NUMBER, must_, most_)
#define FLAG(type_, name_) MEMBER(type_, #name_, name_, FLAG, MAY, 1)
#define WORD(type_, name_, words_) MEMBER(type_, #name_, name_, WORD, MUST, 0, words_)
#define WORDS(type_, name_, words_) MEMBER(type_, #name_, name_, WORDS, MUST, 0, words_)
#define WORD_OR_FIRST(type_, name_, words_) MEMBER(type_, #name_, name_, WORD, MAY, 0, words_)
#define TEXTS(type_, name_, must_, most_) MEMBER(type_, #name_, name_, TEXTS, must_, most_)
#define ROWS(type_, name_, count_, most_, layout_) \
	MEMBER(type_, #name_, name_, ROWS, MAY, most_, NULL, layout_, offsetof(struct type_, count_))
/* clang-format on */

static const char *const field_types[] = { "text", "secret", "scopes", "redirect", NULL };
static const char *const field_levels[] = { "account", "profile", NULL };
static const char *const field_normals[] = { "as_entered", "upper_snake", "url_segment", NULL };
static const char *const certainties[] = { "known", "assumed", NULL };
static const char *const host_uses[] = { "api", "token", "consent", NULL };
static const char *const wheres[] = { "call_header", "token_form", "token_basic", "token_header", NULL };
static const char *const grants[] = { "static", "client_credentials", "authorization_code", "token_request",
	NULL };
static const char *const recoveries[] = { "retry_once", "retry_within_grace", "link_again", NULL };
static const char *const parameter_types[] = { "text", "date", "date_time", NULL };
static const char *const parameter_places[] = { "query", "path", NULL };
static const char *const parameter_formats[] = { "iso", "day_month_year", "day_start_utc", "day_end_utc",
	"day_start_local", "day_end_local", "utc", "local", NULL };
static const char *const paging_kinds[] = { "next_link", "cursor", "cursor_in_link", "page_number", NULL };
static const char *const map_kinds[] = { "copy", "date", "date_time", "words", "parameter", "each", "custom",
	"constant", "text", "number", "boolean", "day", "local_time", "element", "object", "join", "last_day",
	NULL };
static const char *const overs[] = { "records", "days", "months", NULL };
static const char *const results[] = { "records", "object", "grid", NULL };
static const char *const effects[] = { "read", NULL };
static const char *const pers[] = { "account", "app", "endpoint", "address", NULL };
static const char *const meanings[] = { "refused", "scope", "credentials", "not_found", "limited",
	"unavailable", NULL };

static const struct member choice_members[] = {
	PLAIN(manifest_choice, value, MUST, 1024),
	TEXT(manifest_choice, label, MAY, 256),
};
static const struct layout choice_layout = LAYOUT(manifest_choice, choice_members);

static const struct member field_members[] = {
	ID(manifest_field, id),
	TEXT(manifest_field, label, MUST, 256),
	TEXT(manifest_field, help, MAY, 2048),
	TEXT_AS(manifest_field, "default", default_text, MAY, 4096),
	TEXT(manifest_field, characters, MAY, 256),
	ROWS(manifest_field, choices, choice_count, 1024, &choice_layout),
	WORD(manifest_field, type, field_types),
	WORD(manifest_field, level, field_levels),
	FLAG(manifest_field, required),
	FLAG(manifest_field, advanced),
	NUMBER(manifest_field, min_length, MAY, 65536),
	NUMBER(manifest_field, max_length, MUST, 65536),
	WORD_OR_FIRST(manifest_field, normal, field_normals),
	TEXT(manifest_field, after, MAY, 128),
	TEXT(manifest_field, found_by, MAY, 63),
};
static const struct layout field_layout = LAYOUT(manifest_field, field_members);

static const struct member scope_members[] = {
	TEXT(manifest_scope, id, MUST, 128),
	TEXT(manifest_scope, label, MAY, 256),
	TEXTS(manifest_scope, aliases, MAY, 128),
	WORD(manifest_scope, certainty, certainties),
};
static const struct layout scope_layout = LAYOUT(manifest_scope, scope_members);

static const struct member host_members[] = {
	TEXT(manifest_host, name, MUST, 253),
	WORDS(manifest_host, use, host_uses),
};
static const struct layout host_layout = LAYOUT(manifest_host, host_members);

static const struct member place_members[] = {
	WORD(manifest_place, where, wheres),
	TEXT(manifest_place, name, MUST, 256),
	TEXT(manifest_place, value, MUST, 1024),
};
static const struct layout place_layout = LAYOUT(manifest_place, place_members);

static const struct member step_members[] = {
	TEXT(manifest_step, title, MUST, 256),
	TEXT(manifest_step, text, MUST, TEXT_MAX),
	TEXT(manifest_step, url, MAY, 2048),
	TEXTS(manifest_step, actions, MAY, 63),
	TEXTS(manifest_step, scopes, MAY, 128),
};
static const struct layout step_layout = LAYOUT(manifest_step, step_members);

static const struct member auth_members[] = {
	ID(manifest_auth, id),
	TEXT(manifest_auth, label, MUST, 256),
	WORD(manifest_auth, grant, grants),
	TEXT(manifest_auth, token_url, MAY, 2048),
	TEXT(manifest_auth, scope_format, MAY, 1024),
	TEXT(manifest_auth, scope_separator, MAY, 8),
	ROWS(manifest_auth, fields, field_count, 64, &field_layout),
	ROWS(manifest_auth, places, place_count, 64, &place_layout),
	ROWS(manifest_auth, guide, guide_count, 128, &step_layout),
	FLAG(manifest_auth, authenticate),
	WORD_OR_FIRST(manifest_auth, recovery, recoveries),
	TEXT(manifest_auth, authorize_url, MAY, 2048),
	TEXT(manifest_auth, issuer, MAY, 2048),
	TEXT(manifest_auth, revoke_url, MAY, 2048),
	TEXT(manifest_auth, token_pointer, MAY, 1024),
	TEXT(manifest_auth, expires_pointer, MAY, 1024),
	TEXT(manifest_auth, scope_pointer, MAY, 1024),
	TEXT(manifest_auth, fields_of, MAY, 63),
	TEXTS(manifest_auth, prove, MAY, 63),
	NUMBER(manifest_auth, grace_seconds, MAY, 86400),
};
static const struct layout auth_layout = LAYOUT(manifest_auth, auth_members);

static const struct member parameter_members[] = {
	ID(manifest_parameter, id),
	TEXT(manifest_parameter, label, MUST, 256),
	TEXT(manifest_parameter, help, MAY, 2048),
	TEXT(manifest_parameter, name, MUST, 256),
	WORD(manifest_parameter, type, parameter_types),
	WORD(manifest_parameter, place, parameter_places),
	FLAG(manifest_parameter, required),
	TEXT_AS(manifest_parameter, "default", default_text, MAY, 4096),
	TEXT(manifest_parameter, characters, MAY, 256),
	ROWS(manifest_parameter, choices, choice_count, 1024, &choice_layout),
	NUMBER(manifest_parameter, max_length, MUST, 65536),
	FLAG(manifest_parameter, list),
	TEXT(manifest_parameter, join, MAY, 16),
	WORD_OR_FIRST(manifest_parameter, format, parameter_formats),
};
static const struct layout parameter_layout = LAYOUT(manifest_parameter, parameter_members);

static const struct member header_members[] = {
	TEXT(manifest_header, name, MUST, 128),
	TEXT(manifest_header, value, MUST, 1024),
};
static const struct layout header_layout = LAYOUT(manifest_header, header_members);

static const struct member paging_members[] = {
	WORD(manifest_paging, kind, paging_kinds),
	PLAIN(manifest_paging, from, MUST, 1024),
	TEXT(manifest_paging, to, MAY, 256),
	FLAG(manifest_paging, stop_when_empty),
	TEXT(manifest_paging, size_name, MAY, 256),
	NUMBER(manifest_paging, size, MAY, 1000000),
};
static const struct layout paging_layout = LAYOUT(manifest_paging, paging_members);

static const struct member word_members[] = {
	PLAIN(manifest_word, theirs, MUST, 1024),
	TEXT(manifest_word, ours, MUST, 256),
};
static const struct layout word_layout = LAYOUT(manifest_word, word_members);

#define MAP_MEMBERS(most_, layout_) \
	WORD(manifest_map, kind, map_kinds), TEXT(manifest_map, to, MUST, 128), \
		PLAIN(manifest_map, from, MUST, 1024), TEXT(manifest_map, label, MAY, 256), \
		ROWS(manifest_map, words, word_count, 4096, &word_layout), \
		ROWS(manifest_map, rows, row_count, most_, layout_), PLAIN(manifest_map, where, MAY, 1024), \
		PLAIN(manifest_map, equals, MAY, 1024), PLAIN(manifest_map, take, MAY, 1024)

/* The rows of an EACH or OBJECT hold none themselves: here the reading ends, however deep the input goes on. */
static const struct member inner_map_members[] = { MAP_MEMBERS(0, NULL) };
static const struct layout inner_map_layout = LAYOUT(manifest_map, inner_map_members);
static const struct member map_members[] = { MAP_MEMBERS(256, &inner_map_layout) };
static const struct layout map_layout = LAYOUT(manifest_map, map_members);

static const struct member each_members[] = {
	WORD(manifest_each, over, overs),
	TEXT(manifest_each, action, MAY, 63),
	TEXT(manifest_each, from, MAY, 63),
	TEXT(manifest_each, to, MUST, 63),
	NUMBER(manifest_each, count, MAY, 3660),
};
static const struct layout each_layout = LAYOUT(manifest_each, each_members);

static const struct member completion_members[] = {
	TEXT(manifest_completion, action, MUST, 63),
	TEXT(manifest_completion, parameter, MUST, 63),
	TEXTS(manifest_completion, fields, MUST, 63),
};
static const struct layout completion_layout = LAYOUT(manifest_completion, completion_members);

static const struct member action_members[] = {
	ID(manifest_action, id),
	TEXT(manifest_action, label, MUST, 256),
	TEXT(manifest_action, help, MAY, 2048),
	TEXT(manifest_action, auth, MUST, 63),
	TEXTS(manifest_action, scopes, MAY, 128),
	TEXT(manifest_action, method, MUST, 16),
	TEXT(manifest_action, url, MUST, 2048),
	PLAIN(manifest_action, records, MAY, 1024),
	TEXT(manifest_action, model, MUST, 127),
	TEXTS(manifest_action, key, MUST, 63),
	WORD(manifest_action, result, results),
	WORD(manifest_action, effect, effects),
	NUMBER(manifest_action, max_pages, MUST, UINT32_MAX),
	ROWS(manifest_action, parameters, parameter_count, 128, &parameter_layout),
	ROWS(manifest_action, paging, paging_count, 16, &paging_layout),
	ROWS(manifest_action, map, map_count, 256, &map_layout),
	FLAG(manifest_action, run),
	TEXT(manifest_action, columns, MAY, 1024),
	ROWS(manifest_action, headers, header_count, 64, &header_layout),
	ROWS(manifest_action, each, each_count, 16, &each_layout),
	ROWS(manifest_action, completions, completion_count, 16, &completion_layout),
	TEXTS(manifest_action, expected, MAY, 63),
};
static const struct layout action_layout = LAYOUT(manifest_action, action_members);

static const struct member limit_members[] = {
	NUMBER(manifest_limit, count, MUST, UINT32_MAX),
	NUMBER(manifest_limit, seconds, MUST, UINT32_MAX),
	WORD(manifest_limit, per, pers),
	TEXTS(manifest_limit, actions, MAY, 63),
	TEXT(manifest_limit, remaining_header, MAY, 128),
	TEXT(manifest_limit, reset_header, MAY, 128),
	TEXT(manifest_limit, rate_header, MAY, 128),
};
static const struct layout limit_layout = LAYOUT(manifest_limit, limit_members);

static const struct member error_members[] = {
	NUMBER(manifest_error, status, MUST, UINT32_MAX),
	PLAIN(manifest_error, pointer, MAY, 1024),
	TEXT(manifest_error, contains, MAY, 1024),
	WORD(manifest_error, meaning, meanings),
	TEXTS(manifest_error, actions, MAY, 63),
};
static const struct layout error_layout = LAYOUT(manifest_error, error_members);

static const struct member plugin_members[] = {
	NUMBER(manifest, abi, MUST, UINT32_MAX),
	NUMBER(manifest, sdk, MUST, UINT32_MAX),
	ID(manifest, id),
	TEXT(manifest, name, MUST, 128),
	TEXT(manifest, version, MUST, 64),
	TEXT(manifest, summary, MAY, 512),
	TEXT(manifest, homepage, MAY, 2048),
	PLAIN(manifest, error_message, MAY, 1024),
	ROWS(manifest, hosts, host_count, 64, &host_layout),
	ROWS(manifest, scopes, scope_count, MANIFEST_SCOPES, &scope_layout),
	ROWS(manifest, auths, auth_count, 16, &auth_layout),
	ROWS(manifest, actions, action_count, 1024, &action_layout),
	ROWS(manifest, limits, limit_count, 64, &limit_layout),
	ROWS(manifest, errors, error_count, 256, &error_layout),
	FLAG(manifest, validate),
};
const struct layout manifest_layout = LAYOUT(manifest, plugin_members);
