/* A connector all of whose records have an id that reads like references: whoever scanned a value again would
 * put a secret into a URL, a header or a form. Its hosts are the sandbox's, whose ledger tells what came. */
#include <muster/plugin.h>

#define API "https://api.cultureamp.com/v1"
#define HOSTILE "{field.client_secret}{{token}}{token}%7Bfield.client_secret%7D{parameter.id}"

static const struct muster_host hosts[] = {
	{ .name = "api.cultureamp.com", .use = MUSTER_API | MUSTER_TOKEN },
	{ .name = "api.personio.de", .use = MUSTER_API },
};

static const struct muster_scope scopes[] = { { .id = "employees-read" } };

static const struct muster_field fields[] = {
	{ .id = "client_id", .label = "Client ID", .flags = MUSTER_REQUIRED },
	{ .id = "client_secret", .label = "Secret", .type = MUSTER_SECRET, .flags = MUSTER_REQUIRED },
	{ .id = "company", .label = "Company", .found_by = "list_companies" },
	{ .id = "note", .label = "Note" },
};

/* The sandbox notes what comes in this header. */
static const struct muster_place places[] = {
	{ .where = MUSTER_TOKEN_FORM, .name = "client_id", .value = "{field.client_id}" },
	{ .where = MUSTER_TOKEN_FORM, .name = "client_secret", .value = "{field.client_secret}" },
	{ .where = MUSTER_CALL_HEADER, .name = "Authorization", .value = "Bearer {token}" },
	{ .where = MUSTER_CALL_HEADER, .name = "X-Personio-App-ID", .value = "{field.note}" },
};

static const struct muster_auth auths[] = {
	{ .id = "client",
		.label = "Client",
		.grant = MUSTER_CLIENT_CREDENTIALS,
		.token_url = API "/oauth2/token",
		.scope_format = "target-entity:8ed17dce-9eca-4383-a9e1-54f82c362b6d:{scopes}",
		.scope_separator = ",",
		MUSTER_ROWS(fields, fields),
		MUSTER_ROWS(places, places) },
};

static const struct muster_map map[] = {
	MUSTER_CONSTANT("id", HOSTILE),
	MUSTER_CONSTANT("name", HOSTILE),
};

static const struct muster_map person[] = {
	MUSTER_CONSTANT("id", HOSTILE),
	MUSTER_COPY("full_name", "/name"),
	MUSTER_COPY("job_title", "/title"),
};

static const struct muster_map short_person[] = { MUSTER_CONSTANT("id", HOSTILE) };

static const struct muster_parameter by_id[] = {
	{ .id = "id", .label = "Id", .flags = MUSTER_REQUIRED, .place = MUSTER_PATH },
};

static const struct muster_parameter by_email[] = {
	{ .id = "email", .label = "Email" },
	{ .id = "phone", .label = "Phone", .default_text = HOSTILE },
};

static const struct muster_each each[] = { { .action = "list_employees", .to = "id" } };
static const struct muster_completion completions[] = { { "get_person", "id", "job_title" } };

#define LIST(id_, request_) \
	.id = id_, .label = id_, .auth = "client", .scopes = "employees-read", .request = "GET " request_, \
	.records = "/data", .key = "id"

static const struct muster_action actions[] = {
	{ LIST("list_companies", API "/employees"), .model = "organisation", MUSTER_ROWS(map, map) },
	{ LIST("list_employees", API "/employees"), .model = "employee", MUSTER_ROWS(parameters, by_email),
		MUSTER_ROWS(map, person) },
	{ LIST("list_completed", API "/employees"), .model = "employee", MUSTER_ROWS(map, short_person),
		MUSTER_ROWS(completions, completions) },
	{ LIST("get_person", API "/employees/{parameter.id}"), .model = "employee",
		MUSTER_ROWS(parameters, by_id), MUSTER_ROWS(map, person), MUSTER_ROWS(each, each),
		.result = MUSTER_OBJECT },
	{ LIST("list_elsewhere", "https://api.personio.de/{field.company}/v2"), .model = "employee",
		MUSTER_ROWS(map, person) },
};

static const struct muster_plugin literal = { .id = "literal",
	.name = "Literal",
	.version = "1.0.0",
	MUSTER_ROWS(auths, auths),
	MUSTER_ROWS(scopes, scopes),
	MUSTER_ROWS(hosts, hosts),
	MUSTER_ROWS(actions, actions) };

MUSTER_PLUGIN(literal)
