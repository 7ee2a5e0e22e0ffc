/* The connector of tests/oidc: a provider whose sign-in is a certified authorization server. */
#include <muster/plugin.h>

static const struct muster_host hosts[] = {
	{ .name = "api.example.com", .use = MUSTER_API },
	{ .name = "auth.example.com", .use = MUSTER_TOKEN | MUSTER_CONSENT },
};

static const struct muster_scope scopes[] = {
	{ .id = "people:read", .label = "See people" },
	{ .id = "teams:read", .label = "See teams" },
};

static const struct muster_field fields[] = {
	{ .id = "client_id", .label = "Client ID", .flags = MUSTER_REQUIRED, .level = MUSTER_PROFILE },
	{ .id = "client_secret",
		.label = "Client secret",
		.type = MUSTER_SECRET,
		.flags = MUSTER_REQUIRED,
		.level = MUSTER_PROFILE },
	{ .id = "redirect_url",
		.label = "Redirect URL",
		.type = MUSTER_REDIRECT,
		.default_text = "http://127.0.0.1/callback",
		.flags = MUSTER_REQUIRED,
		.level = MUSTER_PROFILE },
};

static const struct muster_place places[] = {
	{ .where = MUSTER_TOKEN_BASIC, .name = "{field.client_id}", .value = "{field.client_secret}" },
	{ .where = MUSTER_CALL_HEADER, .name = "Authorization", .value = "Bearer {token}" },
};

static const struct muster_step guide[] = {
	{ .title = "Consent", .text = "Allow {scopes}." },
};

static const struct muster_auth auths[] = {
	{ .id = "code",
		.label = "Authorization code",
		.grant = MUSTER_AUTHORIZATION_CODE,
		.recovery = MUSTER_LINK_AGAIN,
		.authorize_url = "https://auth.example.com/auth",
		.token_url = "https://auth.example.com/token",
		.revoke_url = "https://auth.example.com/token/revocation",
		.scope_format = "{scopes}",
		.prove = "list_people",
		MUSTER_ROWS(fields, fields),
		MUSTER_ROWS(places, places),
		MUSTER_ROWS(guide, guide) },
};

static const struct muster_map person[] = { MUSTER_COPY("id", "/id"), MUSTER_COPY("work_email", "/email") };
static const struct muster_map team[] = { MUSTER_COPY("id", "/id"), MUSTER_COPY("name", "/name") };

static const struct muster_action actions[] = {
	{ .id = "list_people",
		.label = "List People",
		.auth = "code",
		.scopes = "people:read",
		.request = "GET https://api.example.com/people",
		.records = "/data",
		.model = "employee",
		.key = "id",
		MUSTER_ROWS(map, person) },
	{ .id = "list_teams",
		.label = "List Teams",
		.auth = "code",
		.scopes = "teams:read",
		.request = "GET https://api.example.com/teams",
		.records = "/data",
		.model = "team",
		.key = "id",
		MUSTER_ROWS(map, team) },
};

/* What the API says to a token without the scope (RFC 6750, section 3.1). */
static const struct muster_error errors[] = {
	{ .status = 403,
		.pointer = "/error",
		.contains = "insufficient_scope",
		.meaning = MUSTER_MEANS_SCOPE },
};

static const struct muster_plugin certified = { .id = "certified",
	.name = "Certified",
	.version = "0.0.1",
	.error_message = "/error",
	MUSTER_ROWS(auths, auths),
	MUSTER_ROWS(scopes, scopes),
	MUSTER_ROWS(hosts, hosts),
	MUSTER_ROWS(actions, actions),
	MUSTER_ROWS(errors, errors) };

MUSTER_PLUGIN(certified)
