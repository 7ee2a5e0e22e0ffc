/* A connector whose next version wants something else: tests write the order over the text below in a copy of
 * the built file. Its hosts are Culture Amp's and Personio's, so that the sandbox answers it. */
#include <muster/plugin.h>

#include <string.h>

#define API "https://api.cultureamp.com/v1"

static volatile char order[64] = "@order:nothing";

static int is(const char *what)
{
	char text[sizeof order];

	for (size_t i = 0; i < sizeof order; i++)
		text[i] = order[i];
	text[sizeof text - 1] = '\0';
	return strcmp(strchr(text, ':') + 1, what) == 0;
}

static struct muster_host hosts[] = {
	{ .name = "api.cultureamp.com", .use = MUSTER_API | MUSTER_TOKEN },
	{ .name = "api.personio.de", .use = MUSTER_API },
};

static const struct muster_scope scopes[] = { { .id = "employees-read" } };

static struct muster_field fields[] = {
	{ .id = "client_id", .label = "Client ID", .flags = MUSTER_REQUIRED },
	{ .id = "client_secret", .label = "Secret", .type = MUSTER_SECRET, .flags = MUSTER_REQUIRED },
};

static struct muster_place places[] = {
	{ .where = MUSTER_TOKEN_FORM, .name = "client_id", .value = "{field.client_id}" },
	{ .where = MUSTER_TOKEN_FORM, .name = "client_secret", .value = "{field.client_secret}" },
	{ .where = MUSTER_CALL_HEADER, .name = "Authorization", .value = "Bearer {token}" },
	{ .where = MUSTER_CALL_HEADER, .name = "X-Trace", .value = "{field.client_secret}" },
};

static struct muster_auth auths[] = {
	{ .id = "client",
		.label = "Client",
		.grant = MUSTER_CLIENT_CREDENTIALS,
		.token_url = API "/oauth2/token",
		.scope_format = "target-entity:8ed17dce-9eca-4383-a9e1-54f82c362b6d:{scopes}",
		.scope_separator = ",",
		MUSTER_ROWS(fields, fields),
		.places = { places, 3, sizeof places[0] },
		.prove = "list_employees" },
};

static const struct muster_map map[] = { MUSTER_COPY("id", "/id"), MUSTER_COPY("full_name", "/name") };

static struct muster_action actions[] = {
	{ .id = "list_employees",
		.label = "List Employees",
		.auth = "client",
		.scopes = "employees-read",
		.request = "GET " API "/employees",
		.records = "/data",
		.model = "employee",
		.key = "id",
		MUSTER_ROWS(map, map) },
	{ .id = "list_people",
		.label = "List People",
		.auth = "client",
		.scopes = "employees-read",
		.request = "GET " API "/employees",
		.records = "/data",
		.model = "employee",
		.key = "id",
		MUSTER_ROWS(map, map) },
};

static struct muster_plugin plugin = { .id = "upgraded",
	.name = "Upgraded",
	.version = "1.0.0",
	MUSTER_ROWS(auths, auths),
	MUSTER_ROWS(scopes, scopes),
	.hosts = { hosts, 1, sizeof hosts[0] },
	.actions = { actions, 1, sizeof actions[0] } };

static const struct muster_entry entry = { MUSTER_ABI, MUSTER_SDK, { &plugin, 1, sizeof plugin } };

static void upgrade(void)
{
	if (is("nothing"))
		return;
	plugin.version = "1.1.0";
	if (is("action"))
		plugin.actions.count = 2;
	if (is("host"))
		plugin.hosts.count = 2;
	if (is("use")) /* consent, too */
		hosts[0].use |= MUSTER_CONSENT;
	if (is("place")) /* once more, in each call */
		auths[0].places.count = 4;
	if (is("name"))
		places[1].name = "client_assertion";
	if (is("token_url"))
		auths[0].token_url = API "/employees";
	if (is("revoke_url"))
		auths[0].revoke_url = API "/employees";
	if (is("open")) /* no secret any more, so the plugin may see it */
		fields[1].type = MUSTER_TEXT;
	if (is("auth"))
		auths[0].id = actions[0].auth = "other";
}

MUSTER_EXPORT const struct muster_entry *muster_plugin_0(void);
const struct muster_entry *muster_plugin_0(void)
{
	upgrade();
	return &entry;
}
