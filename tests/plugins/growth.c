/* A plugin made with another version of the header: the build doctors one whose tables are larger, one whose
 * tables are smaller. */
#include <muster/plugin.h>

static const struct muster_choice choices[] = { { "eu", "Europe" }, { "us", NULL } };
static const struct muster_field fields[] = {
	{ .id = "key", .label = "Key", .type = MUSTER_SECRET, .max_length = 20 },
	{ .id = "region", .label = "Region", MUSTER_ROWS(choices, choices), .level = MUSTER_PROFILE },
};
static const struct muster_place places[] = { { .name = "X-Key", .value = "{field.key}" } };
static const struct muster_step guide[] = { { .title = "Grant", .text = "Grant {scopes}." } };
static const struct muster_auth auths[] = {
	{ .id = "key",
		.label = "Key",
		MUSTER_ROWS(fields, fields),
		MUSTER_ROWS(places, places),
		MUSTER_ROWS(guide, guide) },
	{ .id = "none", .label = "None" },
};
static const struct muster_scope scopes[] = { { .id = "read" }, { .id = "write" } };
static const struct muster_host hosts[] = {
	{ .name = "api.example.com", .use = MUSTER_API },
	{ .name = "www.example.com", .use = MUSTER_API },
};
static const struct muster_word words[] = { { "A", "active" }, { "T", "terminated" } };
static const struct muster_map emails[] = { MUSTER_COPY("value", "/value"), MUSTER_COPY("type", "/type") };
static const struct muster_map map[] = {
	MUSTER_COPY("id", "/id"),
	MUSTER_COPY("first_name", "/name"),
	MUSTER_WORDS("employment_status", "/status", words),
	MUSTER_EACH("teams", "/teams", emails),
};
static const struct muster_parameter parameters[] = {
	{ .id = "email", .label = "Email", .flags = MUSTER_REQUIRED },
	{ .id = "day", .label = "Day", .type = MUSTER_PARAMETER_DATE },
};
static const struct muster_paging paging[] = {
	{ .from = "/next" },
	{ .from = "/cursor", .to = "cursor", .kind = MUSTER_CURSOR },
};
static const struct muster_action actions[] = {
	{ .id = "list_employees",
		.label = "List",
		.auth = "none",
		.request = "GET https://api.example.com/employees",
		.model = "employee",
		.key = "id",
		MUSTER_ROWS(parameters, parameters),
		MUSTER_ROWS(paging, paging),
		MUSTER_ROWS(map, map) },
	{
		.id = "list_again",
		.label = "List",
		.auth = "key",
		.scopes = "read",
		.request = "GET https://www.example.com/again",
		.model = "employee",
		.key = "id",
		MUSTER_ROWS(map, map),
#ifdef GROWTH_USED
		.added_later = 7,
#endif
	},
};
static const struct muster_limit limits[] = { { .count = 10, .seconds = 1 }, { .count = 99, .seconds = 60 } };
static const struct muster_error errors[] = { { .status = 418 }, { .status = 420 } };
static const struct muster_plugin plugin = { .id = "growth",
	.name = "Growth",
	.version = "1",
	MUSTER_ROWS(auths, auths),
	MUSTER_ROWS(scopes, scopes),
	MUSTER_ROWS(hosts, hosts),
	MUSTER_ROWS(actions, actions),
	MUSTER_ROWS(limits, limits),
	MUSTER_ROWS(errors, errors) };
MUSTER_PLUGIN(plugin)
