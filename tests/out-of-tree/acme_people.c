/* Acme People, a provider that does not exist: the example of doc/writing-a-connector.md, built outside
 * of muster's tree, with nothing but the installed SDK. */
#include <muster/plugin.h>

#include <stddef.h>

#define API "https://api.acme-people.example/v2"
#define PEOPLE "people.read"

static const struct muster_host hosts[] = {
	{ .name = "api.acme-people.example", .use = MUSTER_API },
};

static const struct muster_scope scopes[] = {
	{ .id = PEOPLE, .label = "Read people" },
};

static const struct muster_field credentials[] = {
	{ .id = "customer_number",
		.label = "Customer number",
		.help = "Eight digits; it stands on every invoice.",
		.type = MUSTER_TEXT,
		.flags = MUSTER_REQUIRED,
		.characters = "0-9",
		.min_length = 8,
		.max_length = 8 },
	{ .id = "api_key",
		.label = "API key",
		.help = "Shown once, when the key was made.",
		.type = MUSTER_SECRET,
		.flags = MUSTER_REQUIRED },
};

static const struct muster_place places[] = {
	{ .where = MUSTER_CALL_HEADER, .name = "X-Customer", .value = "{field.customer_number}" },
	{ .where = MUSTER_CALL_HEADER, .name = "X-Api-Key", .value = "{field.api_key}" },
};

static const struct muster_step guide[] = {
	{ .title = "Open the settings", .text = "Sign in as an administrator and choose Settings." },
	{ .title = "Make a key",
		.text = "Choose API keys, New key, and tick exactly these permissions: {scopes}." },
	{ .title = "Copy the key", .text = "Copy it before you close the page: it is shown once." },
};

static const struct muster_auth auths[] = {
	{ .id = "api_key",
		.label = "API key",
		.grant = MUSTER_STATIC,
		MUSTER_ROWS(fields, credentials),
		MUSTER_ROWS(places, places),
		MUSTER_ROWS(guide, guide) },
};

static const struct muster_word statuses[] = {
	{ "working", "active" },
	{ "left", "terminated" },
};

static const struct muster_map employee[] = {
	MUSTER_COPY("id", "/uid"),
	MUSTER_COPY("full_name", "/name"),
	MUSTER_COPY("work_email", "/contact/email"),
	MUSTER_DATE("hire_date", "/since"),
	MUSTER_WORDS("employment_status", "/state", statuses),
	MUSTER_CUSTOM("parking_space", "Parking space", "/parking"),
};

static const struct muster_parameter filters[] = {
	{ .id = "team", .label = "Team", .help = "Only the people of this team." },
};

static const struct muster_paging pages[] = {
	{ .kind = MUSTER_CURSOR, .from = "/more", .to = "after" },
};

static const struct muster_action actions[] = {
	{ .id = "list_employees",
		.label = "List Employees",
		.auth = "api_key",
		.scopes = PEOPLE,
		.request = "GET " API "/people",
		.records = "/people",
		.model = "employee",
		.key = "id",
		MUSTER_ROWS(parameters, filters),
		MUSTER_ROWS(paging, pages),
		MUSTER_ROWS(map, employee) },
};

static const struct muster_limit limits[] = {
	{ .count = 10, .seconds = 1, .per = MUSTER_PER_ACCOUNT },
};

/* What no table can say: the last digit of a customer number makes the sum of all divisible by ten. */
static int32_t validate(const struct muster_services *services, struct muster_call *call)
{
	const char *number = services->field(call, "customer_number");
	int sum = 0;

	if (!number)
		return 0;
	for (size_t i = 0; number[i]; i++)
		sum += number[i] - '0';
	if (sum % 10 != 0)
		return services->problem(call, "customer_number", "bad_check_digit",
			"One of the digits is wrong: the last one checks the others.");
	return 0;
}

static const struct muster_plugin acme_people = {
	.id = "acme_people",
	.name = "Acme People",
	.version = "1.0.0",
	.summary = "An example: the provider does not exist.",
	.error_message = "/error/text",
	MUSTER_ROWS(auths, auths),
	MUSTER_ROWS(scopes, scopes),
	MUSTER_ROWS(hosts, hosts),
	MUSTER_ROWS(actions, actions),
	MUSTER_ROWS(limits, limits),
	.validate = validate,
};

MUSTER_PLUGIN(acme_people)
