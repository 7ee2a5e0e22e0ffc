/* A connector that does by hooks what tables could: its hosts are Culture Amp's, so that the sandbox answers
 * it. The field behaviour says what the hooks do. */
#include <muster/plugin.h>

#include <stdio.h>
#include <string.h>

static const struct muster_host hosts[] = {
	{ .name = "api.cultureamp.com", .use = MUSTER_API | MUSTER_TOKEN },
};

static const struct muster_scope scopes[] = { { .id = "employees-read" } };

static const struct muster_field fields[] = {
	{ .id = "client_id", .label = "Client ID", .flags = MUSTER_REQUIRED },
	{ .id = "client_secret", .label = "Secret", .type = MUSTER_SECRET, .flags = MUSTER_REQUIRED },
	{ .id = "behaviour", .label = "Behaviour", .default_text = "good" },
};

static const struct muster_place places[] = {
	{ .where = MUSTER_TOKEN_FORM, .name = "client_id", .value = "{field.client_id}" },
	{ .where = MUSTER_TOKEN_FORM, .name = "client_secret", .value = "{field.client_secret}" },
	{ .where = MUSTER_CALL_HEADER, .name = "Authorization", .value = "Bearer {token}" },
};

static int behaves(const struct muster_services *services, struct muster_call *call, const char *as)
{
	const char *behaviour = services->field(call, "behaviour");

	return behaviour && strcmp(behaviour, as) == 0;
}

static int32_t authenticate(const struct muster_services *services, struct muster_call *call)
{
	/* A value that looks like a reference is sent as it is, and so means nothing. */
	static const struct muster_argument literal[] = { { "audience", "{field.client_secret}" } };
	static const struct muster_argument bad_grant[] = { { "client_id", "nobody" } };

	if (behaves(services, call, "no_token"))
		return 0;
	if (behaves(services, call, "problem")) {
		(void)services->problem(call, "behaviour", "unwanted", "is not wanted here.");
		return -1;
	}
	if (behaves(services, call, "endless"))
		while (services->token(call, NULL, 0) == 0)
			;
	if (behaves(services, call, "refused"))
		return services->token(call, bad_grant, 1);
	if (behaves(services, call, "peek"))
		return strlen(services->field(call, "client_secret")) == 0 ? services->token(call, NULL, 0)
									   : -1;
	return services->token(call, literal, 1);
}

static int32_t validate(const struct muster_services *services, struct muster_call *call)
{
	if (behaves(services, call, "invalid"))
		(void)services->problem(call, "behaviour", "invalid", "is said to be invalid.");
	return behaves(services, call, "broken_validate") ? -1 : 0;
}

/* Yields one record of its own for each of two pages that it asks for. */
static int32_t list(const struct muster_services *services, struct muster_call *call)
{
	struct muster_answer answer;
	char record[128];

	for (int page = 1; page <= 2; page++) {
		char email[32];
		struct muster_argument arguments[] = { { "email", email } };
		(void)snprintf(email, sizeof email, "nobody-%d@example.com", page);
		if (services->request(call, arguments, 1, &answer) < 0)
			return -1;
		int length = snprintf(record, sizeof record, "{\"n\":\"%d\",\"status\":%u,\"bytes\":%d}",
			page, answer.status, (int)answer.length > 0);
		if (services->record(call, record, (uint64_t)length) < 0)
			return -1;
	}
	return 0;
}

static const struct muster_auth auths[] = {
	{ .id = "hooked",
		.label = "Hooked",
		.grant = MUSTER_CLIENT_CREDENTIALS,
		.token_url = "https://api.cultureamp.com/v1/oauth2/token",
		.scope_format = "target-entity:8ed17dce-9eca-4383-a9e1-54f82c362b6d:{scopes}",
		.scope_separator = ",",
		MUSTER_ROWS(fields, fields),
		MUSTER_ROWS(places, places),
		.authenticate = authenticate },
};

static const struct muster_map map[] = {
	MUSTER_COPY("id", "/n"),
	MUSTER_CUSTOM("status", "Status", "/status"),
	MUSTER_CUSTOM("bytes", "Has a body", "/bytes"),
};

static const struct muster_action actions[] = {
	{ .id = "list_hooked",
		.label = "List Hooked",
		.auth = "hooked",
		.scopes = "employees-read",
		.request = "GET https://api.cultureamp.com/v1/employees",
		.records = "/data",
		.model = "employee",
		.key = "id",
		MUSTER_ROWS(map, map),
		.run = list },
};

static const struct muster_plugin hooked = { .id = "hooked",
	.name = "Hooked",
	.version = "0.0.1",
	MUSTER_ROWS(auths, auths),
	MUSTER_ROWS(scopes, scopes),
	MUSTER_ROWS(hosts, hosts),
	MUSTER_ROWS(actions, actions),
	.validate = validate };

MUSTER_PLUGIN(hooked)
