/* A plugin made with another version of the header: the build doctors one that is larger, one that is
 * smaller. */
#include <muster/plugin.h>

static const struct muster_auth auths[] = { { .id = "none", .label = "None" } };
static const struct muster_host hosts[] = { { .name = "api.example.com", .use = MUSTER_API } };
static const struct muster_map map[] = { MUSTER_COPY("id", "/id"), MUSTER_COPY("first_name", "/name") };
static const struct muster_action actions[] = {
	{ .id = "list_employees",
		.label = "List",
		.auth = "none",
		.request = "GET https://api.example.com/employees",
		.model = "employee",
		.key = "id",
		MUSTER_ROWS(map, map) },
	{
		.id = "list_again",
		.label = "List",
		.auth = "none",
		.request = "GET https://api.example.com/again",
		.model = "employee",
		.key = "id",
		MUSTER_ROWS(map, map),
#ifdef GROWTH_USED
		.added_later = 7,
#endif
	},
};
static const struct muster_plugin plugin = { .id = "growth",
	.name = "Growth",
	.version = "1",
	MUSTER_ROWS(auths, auths),
	MUSTER_ROWS(hosts, hosts),
	MUSTER_ROWS(actions, actions) };
MUSTER_PLUGIN(plugin)
