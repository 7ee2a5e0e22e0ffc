/* A plugin whose actions page, ask and answer in every way that needs no hook. */
#include <muster/plugin.h>

static const struct muster_field fields[] = {
	{ .id = "key", .label = "API key", .type = MUSTER_SECRET, .flags = MUSTER_REQUIRED },
};
static const struct muster_place places[] = { { .name = "X-Api-Key", .value = "{field.key}" } };
static const struct muster_auth auths[] = {
	{ .id = "key", .label = "API key", MUSTER_ROWS(fields, fields), MUSTER_ROWS(places, places) },
};

static const struct muster_map team[] = { MUSTER_AS_TEXT("id", "/id"), MUSTER_COPY("name", "/name") };
static const struct muster_map cells[] = {
	MUSTER_ELEMENT("id", "/cells", "/column/key", "id", "/cell"),
	MUSTER_ELEMENT("name", "/cells", "/column/key", "name", "/cell"),
};

static const struct muster_paging numbers[] = {
	{ .from = "/pages",
		.to = "page",
		.kind = MUSTER_PAGE_NUMBER,
		.flags = MUSTER_STOP_WHEN_EMPTY,
		.size_name = "per_page",
		.size = 100 },
};
static const struct muster_paging hidden[] = {
	{ .from = "/next", .to = "cursor", .kind = MUSTER_CURSOR_IN_LINK, .size_name = "limit", .size = 50 },
};

static const struct muster_parameter filters[] = {
	{ .id = "id", .label = "Ids", .name = "id[]", .flags = MUSTER_LIST },
	{ .id = "status", .label = "Status", .flags = MUSTER_LIST, .join = "," },
	{ .id = "since",
		.label = "Since",
		.name = "from",
		.type = MUSTER_PARAMETER_DATE,
		.format = MUSTER_DAY_MONTH_YEAR },
};
static const struct muster_parameter owner[] = {
	{ .id = "id", .label = "Owner", .default_text = "-", .place = MUSTER_PATH },
};

static const struct muster_action actions[] = {
	{ .id = "list_numbered",
		.label = "List by page numbers",
		.auth = "key",
		.request = "GET https://api.example.com/v1/numbered",
		.records = "/data",
		.model = "team",
		.key = "id",
		MUSTER_ROWS(parameters, filters),
		MUSTER_ROWS(paging, numbers),
		MUSTER_ROWS(map, team),
		.max_pages = 3 },
	{ .id = "list_hidden",
		.label = "List by cursors in links",
		.auth = "key",
		.request = "GET https://api.example.com/v1/owners/{parameter.id}/hidden",
		.records = "/data",
		.model = "team",
		.key = "id",
		MUSTER_ROWS(parameters, owner),
		MUSTER_ROWS(paging, hidden),
		MUSTER_ROWS(map, team) },
	{ .id = "list_rows",
		.label = "List rows",
		.auth = "key",
		.request = "GET https://api.example.com/v1/report",
		.records = "/rows",
		.model = "team",
		.key = "id",
		MUSTER_ROWS(map, cells),
		.result = MUSTER_GRID,
		.columns = "/columns" },
};

static const struct muster_host hosts[] = { { .name = "api.example.com", .use = MUSTER_API } };
static const struct muster_plugin plugin = { .id = "pages",
	.name = "Pages",
	.version = "1.0.0",
	MUSTER_ROWS(auths, auths),
	MUSTER_ROWS(hosts, hosts),
	MUSTER_ROWS(actions, actions) };

MUSTER_PLUGIN(plugin)
