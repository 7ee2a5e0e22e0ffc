/* A good plugin whose tables are broken in one way before they are handed out: tests write the order over
 * the text below in a copy of the built file. */
#include <muster/plugin.h>
#include <stdlib.h>
#include <string.h>

static volatile char order[96] = "@order:nothing";

static char long_text[2000];
static char zeros[1 << 16];

static struct muster_choice choices[] = { { "eu", "Europe" }, { "us", NULL } };
static struct muster_field fields[] = {
	{ .id = "key", .label = "Key", .type = MUSTER_SECRET, .flags = MUSTER_REQUIRED },
	{ .id = "region", .label = "Region", MUSTER_ROWS(choices, choices) },
};
static struct muster_place places[] = { { .name = "X-Key", .value = "{field.key}" } };
static struct muster_step guide[] = { { .title = "Open", .text = "Open it, then copy." } };
static struct muster_auth auths[] = {
	{ .id = "key",
		.label = "Key",
		MUSTER_ROWS(fields, fields),
		MUSTER_ROWS(places, places),
		MUSTER_ROWS(guide, guide) },
};
static struct muster_scope scopes[] = { { .id = "read" } };
static struct muster_host hosts[] = { { .name = "api.example.com", .use = MUSTER_API } };
static struct muster_word words[] = { { "A", "active" } };
static struct muster_map emails[] = { MUSTER_COPY("value", "/address") };
static struct muster_map map[] = {
	MUSTER_COPY("id", "/id"),
	MUSTER_COPY("first_name", "/first"),
	MUSTER_WORDS("employment_status", "/status", words),
	MUSTER_EACH("emails", "/emails", emails),
};
static struct muster_paging paging[] = { { .from = "/next", .to = "cursor", .kind = MUSTER_CURSOR } };
static struct muster_parameter parameters[] = { { .id = "email", .label = "Email" } };
static struct muster_header headers[] = { { "Beta", "true" } };
static struct muster_each each[] = { { .action = "get_it", .to = "email" } };
static struct muster_completion completions[] = { { "get_it", "id", "full_name" } };
static struct muster_action actions[] = {
	{ .id = "get_it",
		.label = "Get",
		.auth = "key",
		.request = "GET https://api.example.com/it",
		.model = "employee",
		.key = "id",
		MUSTER_ROWS(map, map) },
	{ .id = "list_employees",
		.label = "List",
		.auth = "key",
		.scopes = "read",
		.request = "GET https://api.example.com/employees",
		.model = "employee",
		.key = "id",
		MUSTER_ROWS(parameters, parameters),
		MUSTER_ROWS(paging, paging),
		MUSTER_ROWS(map, map),
		MUSTER_ROWS(headers, headers),
		MUSTER_ROWS(each, each),
		MUSTER_ROWS(completions, completions) },
};
static struct muster_limit limits[] = { { .count = 1, .seconds = 1 } };
static struct muster_error errors[] = { { .status = 418, .meaning = MUSTER_MEANS_LIMITED } };
static struct muster_plugin plugin = { .id = "broken",
	.name = "Broken",
	.version = "1",
	MUSTER_ROWS(auths, auths),
	MUSTER_ROWS(scopes, scopes),
	MUSTER_ROWS(hosts, hosts),
	MUSTER_ROWS(actions, actions),
	MUSTER_ROWS(limits, limits),
	MUSTER_ROWS(errors, errors) };
static struct muster_entry entry = { MUSTER_ABI, MUSTER_SDK, { &plugin, 1, sizeof plugin } };

static int is(const char *text)
{
	for (size_t i = 0; i < sizeof order - 7; i++) {
		if (order[7 + i] != text[i])
			return 0;
		if (!text[i])
			return 1;
	}
	return 0;
}

/* The actions again, in rows of another size. */
static void resize(uint32_t size, int dirty)
{
	uint32_t least = size < sizeof actions[0] ? size : (uint32_t)sizeof actions[0];
	char *rows = calloc(2, size);

	for (size_t i = 0; rows && i < 2; i++)
		memcpy(rows + i * size, &actions[i], least);
	if (rows && dirty)
		rows[2 * size - 1] = 1;
	plugin.actions.rows = (const struct muster_action *)(void *)rows;
	plugin.actions.size = size;
}

/* "escape_07": the seventh text of all holds what a terminal obeys. */
static void escape(void)
{
	const char **const texts[] = { &plugin.id, &plugin.name, &plugin.version, &plugin.summary,
		&plugin.homepage, &plugin.error_message, &choices[0].value, &choices[0].label, &fields[0].id,
		&fields[0].label, &fields[0].help, &fields[1].default_text, &fields[0].characters,
		&places[0].name, &places[0].value, &guide[0].title, &guide[0].text, &guide[0].url,
		&guide[0].actions, &guide[0].scopes, &auths[0].id, &auths[0].label, &auths[0].token_url,
		&auths[0].scope_format, &auths[0].scope_separator, &scopes[0].id, &scopes[0].label,
		&scopes[0].aliases, &hosts[0].name, &words[0].theirs, &words[0].ours, &emails[0].to,
		&emails[0].from, &map[0].to, &map[0].from, &map[0].label, &paging[0].from, &paging[0].to,
		&parameters[0].id, &parameters[0].label, &parameters[0].help, &parameters[0].name,
		&parameters[0].default_text, &parameters[0].characters, &actions[0].id, &actions[0].label,
		&actions[0].help, &actions[0].auth, &actions[0].scopes, &actions[0].request,
		&actions[0].records, &actions[0].model, &actions[0].key, &errors[0].pointer,
		&errors[0].contains, &fields[1].after, &fields[1].found_by, &auths[0].authorize_url,
		&auths[0].issuer, &auths[0].revoke_url, &auths[0].token_pointer, &auths[0].expires_pointer,
		&auths[0].scope_pointer, &auths[0].fields_of, &auths[0].prove, &parameters[0].join,
		&headers[0].name, &headers[0].value, &paging[0].size_name, &map[1].where, &map[1].equals,
		&map[1].take, &each[0].action, &each[0].from, &each[0].to, &completions[0].action,
		&completions[0].parameter, &completions[0].fields, &actions[1].columns, &limits[0].actions,
		&limits[0].remaining_header, &limits[0].reset_header, &limits[0].rate_header,
		&errors[0].actions, &actions[0].expected };
	unsigned number = (unsigned)(order[14] - '0') * 10 + (unsigned)(order[15] - '0');

	if (strncmp((const char *)(uintptr_t)order + 7, "escape_", 7) != 0)
		return;
	if (number < sizeof texts / sizeof texts[0])
		*texts[number] = "GET \033]0;owned\007";
	else
		exit(44);
}

static void break_tables(void)
{
	if (is("id_missing"))
		plugin.id = NULL;
	if (is("id_bad"))
		plugin.id = "Not an id";
	if (is("version_missing"))
		plugin.version = NULL;
	if (is("name_empty"))
		plugin.name = "";
	if (is("name_long"))
		plugin.name = (char *)memset(long_text, 'x', sizeof long_text - 1);
	if (is("name_not_utf8"))
		plugin.name = "\xff\xfe";
	if (is("name_escape"))
		plugin.name = "\033[2J\033]0;x\007";
	if (is("summary_c1"))
		plugin.summary = "\xc2\x9b"
				 "2J";
	if (is("summary_bidi"))
		plugin.summary = "gpj.\xe2\x80\xae"
				 "exe";
	if (is("help_line_break"))
		fields[0].help = "one\ntwo";
	if (is("guide_line_break"))
		guide[0].text = "one\ntwo";
	if (is("hosts_none"))
		plugin.hosts = (struct muster_host_rows){ NULL, 0, 0 };
	if (is("hosts_half"))
		plugin.hosts.count = 0;
	if (is("host_use_none"))
		hosts[0].use = 0;
	if (is("host_use_unknown"))
		hosts[0].use = 1u << 5;
	if (is("field_type"))
		fields[1].type = 9;
	if (is("field_flag"))
		fields[1].flags = 1u << 9;
	if (is("parameter_advanced"))
		parameters[0].flags = MUSTER_ADVANCED;
	if (is("scope_reserved"))
		scopes[0].reserved = 1;
	if (is("size_no_name"))
		paging[0].size = 10;
	if (is("choice_missing"))
		choices[1].value = NULL;
	if (is("grant"))
		auths[0].grant = 7;
	if (is("map_kind"))
		map[2].kind = 42;
	if (is("map_kind_newer")) {
		map[2].kind = 42;
		entry.sdk = 20300;
	}
	if (is("map_to_missing"))
		map[1].to = NULL;
	if (is("map_none"))
		actions[0].map = (struct muster_map_rows){ NULL, 0, 0 };
	if (is("each_in_each"))
		emails[0].kind = MUSTER_MAP_EACH;
	if (is("each_no_rows"))
		map[3].rows = (struct muster_map_rows){ NULL, 0, 0 };
	if (is("rows_no_each"))
		map[3].kind = MUSTER_MAP_COPY;
	if (is("words_none"))
		map[2].words = (struct muster_word_rows){ NULL, 0, 0 };
	if (is("words_unmapped"))
		map[2].kind = MUSTER_MAP_COPY;
	if (is("cursor_to_missing"))
		paging[0].to = NULL;
	if (is("element_no_take")) {
		map[1].kind = MUSTER_MAP_ELEMENT;
		map[1].where = map[1].equals = "/x";
	}
	if (is("take_no_element"))
		map[1].take = "/x";
	if (is("object_no_rows"))
		map[1].kind = MUSTER_MAP_OBJECT;
	if (is("object_in_each"))
		emails[0].kind = MUSTER_MAP_OBJECT;
	if (is("join_in_rows_has_words")) {
		emails[0].kind = MUSTER_MAP_JOIN;
		emails[0].words = map[2].words;
	}
	if (is("columns_no_grid"))
		actions[1].columns = "/columns";
	if (is("grid_no_columns"))
		actions[0].result = MUSTER_GRID;
	if (is("each_no_action"))
		each[0].action = NULL;
	if (is("each_records_from"))
		each[0].from = "since";
	if (is("each_window_no_count"))
		each[0] = (struct muster_each){ .from = "since", .to = "email", .over = MUSTER_OVER_DAYS };
	if (is("each_over"))
		each[0].over = 3;
	if (is("header_no_value"))
		headers[0].value = NULL;
	if (is("completion_no_fields"))
		completions[0].fields = "";
	if (is("normal"))
		fields[1].normal = 3;
	if (is("recovery"))
		auths[0].recovery = 3;
	if (is("format"))
		parameters[0].format = 8;
	if (is("paging_flag"))
		paging[0].flags = 2;
	if (is("request_no_method"))
		actions[1].request = "https://api.example.com/employees";
	if (is("effect"))
		actions[1].effect = 3;
	if (is("limit_zero"))
		limits[0].count = 0;
	if (is("error_no_status"))
		errors[0].status = 0;
	if (is("meaning"))
		errors[0].meaning = 77;
	if (is("count_absurd"))
		plugin.actions.count = 4000000000u;
	if (is("rows_null"))
		plugin.actions.rows = NULL;
	if (is("rows_odd"))
		plugin.actions.rows = (const struct muster_action *)(const void *)((const char *)actions + 1);
	if (is("size_zero"))
		plugin.actions.size = 0;
	if (is("size_absurd")) {
		plugin.actions.rows = (const struct muster_action *)(void *)zeros;
		plugin.actions.size = 8192;
	}
	if (is("size_small"))
		resize(64, 0);
	if (is("size_between"))
		resize(offsetof(struct muster_action, max_pages) + 2, 0);
	if (is("size_older"))
		resize(offsetof(struct muster_action, run), 0);
	if (is("size_newer"))
		resize(sizeof actions[0] + 24, 0);
	if (is("size_newer_used")) {
		resize(sizeof actions[0] + 24, 1);
		entry.sdk = 20300;
	}
	if (is("entry_abi"))
		entry.abi = 5;
	if (is("entry_none"))
		entry.plugin.count = 0;
	if (is("entry_two"))
		entry.plugin.count = 2;
}

MUSTER_EXPORT const struct muster_entry *muster_plugin_0(void);
const struct muster_entry *muster_plugin_0(void)
{
	break_tables();
	escape();
	return is("entry_null") ? NULL : &entry;
}
