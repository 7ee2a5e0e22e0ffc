/* The SDK header in use, for every compiler: valid as C11 and C++20, nothing padded. C++ wants each
 * designated member in its order, so some are written out. */
#include <muster/plugin.h>

static const struct muster_choice choices[] = { { "eu", "Europe" } };
static const struct muster_field fields[] = {
	{ .id = "key",
		.label = "Key",
		.characters = "A-Z",
		MUSTER_ROWS(choices, choices),
		.type = MUSTER_TEXT,
		.flags = MUSTER_REQUIRED | MUSTER_ADVANCED },
};
static const struct muster_place places[] = { { "X-Key", "{field.key}", MUSTER_CALL_HEADER, 0 } };
static const struct muster_auth auths[] = {
	{ .id = "key", .label = "Key", MUSTER_ROWS(fields, fields), MUSTER_ROWS(places, places) },
};
static const struct muster_host hosts[] = { { .name = "api.example.com", .use = MUSTER_API } };
static const struct muster_word words[] = { { "A", "active" } };
static const struct muster_map inner[] = { MUSTER_COPY("value", "/value") };
static const struct muster_map map[] = {
	MUSTER_COPY("id", "/id"),
	MUSTER_DATE("hire_date", "/hired"),
	MUSTER_DATE_TIME("created_at", "/created"),
	MUSTER_WORDS("employment_status", "/status", words),
	MUSTER_PARAMETER("company", "company"),
	MUSTER_EACH("emails", "/emails", inner),
	MUSTER_CUSTOM("shoe", "Shoe", "/shoe"),
	MUSTER_CONSTANT("country", "Nowhere"),
	MUSTER_AS_TEXT("employee_number", "/number"),
	MUSTER_NUMBER("weekly_hours", "/hours"),
	MUSTER_BOOLEAN("remote", "/remote"),
	MUSTER_DAY("termination_date", "/left"),
	MUSTER_LOCAL_TIME("start_time", "/start"),
	MUSTER_ELEMENT("work_email", "/attributes", "/key", "email", "/value"),
	MUSTER_INNER("home_address", "/address", inner),
	MUSTER_JOIN("full_name", "/first_name /last_name"),
};
static const struct muster_action actions[] = {
	{ .id = "list",
		.label = "List",
		.auth = "key",
		.request = "GET https://api.example.com/",
		.model = "employee",
		.key = "id",
		MUSTER_ROWS(map, map) },
};

static int32_t validate(const struct muster_services *services, struct muster_call *call)
{
	if (MUSTER_HAS(services, problem) && !services->field(call, "key"))
		return services->problem(call, "key", "missing", "Enter it.");
	return 0;
}

static const struct muster_plugin plugin = { .id = "header",
	.name = "Header",
	.version = "1",
	MUSTER_ROWS(auths, auths),
	MUSTER_ROWS(hosts, hosts),
	MUSTER_ROWS(actions, actions),
	.validate = validate };

MUSTER_PLUGIN(plugin)
