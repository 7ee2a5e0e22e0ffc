/* A connector for the authorization server of server.mjs: its userinfo endpoint stands for a list of people. */
#include <muster/plugin.h>

static const struct muster_host hosts[] = {
	{ .name = "oidc.example.test", .use = MUSTER_API | MUSTER_TOKEN | MUSTER_CONSENT },
};

static const struct muster_scope scopes[] = { { .id = "openid" }, { .id = "people" } };

static const struct muster_field fields[] = {
	{ .id = "client_id",
		.label = "Client ID",
		.default_text = "muster",
		.flags = MUSTER_REQUIRED,
		.level = MUSTER_PROFILE },
	{ .id = "client_secret",
		.label = "Client secret",
		.type = MUSTER_SECRET,
		.flags = MUSTER_REQUIRED,
		.level = MUSTER_PROFILE },
	{ .id = "redirect_url",
		.label = "Redirect URL",
		.default_text = "https://muster.example.test/oidc",
		.type = MUSTER_REDIRECT,
		.flags = MUSTER_REQUIRED,
		.level = MUSTER_PROFILE },
};

static const struct muster_place places[] = {
	{ .where = MUSTER_TOKEN_FORM, .name = "client_id", .value = "{field.client_id}" },
	{ .where = MUSTER_TOKEN_FORM, .name = "client_secret", .value = "{field.client_secret}" },
	{ .where = MUSTER_CALL_HEADER, .name = "Authorization", .value = "Bearer {token}" },
};

static const struct muster_auth auths[] = {
	{ .id = "code",
		.label = "Authorization code",
		.grant = MUSTER_AUTHORIZATION_CODE,
		.authorize_url = "https://oidc.example.test/auth",
		.token_url = "https://oidc.example.test/token",
		.revoke_url = "https://oidc.example.test/token/revocation",
		.scope_format = "{scopes}",
		.recovery = MUSTER_LINK_AGAIN,
		.prove = "get_employee",
		MUSTER_ROWS(fields, fields),
		MUSTER_ROWS(places, places) },
};

static const struct muster_map employee[] = { MUSTER_COPY("id", "/sub") };

static const struct muster_action actions[] = {
	{ .id = "get_employee",
		.label = "Get Employee",
		.auth = "code",
		.scopes = "openid people",
		.request = "GET https://oidc.example.test/me",
		.model = "employee",
		.key = "id",
		.result = MUSTER_OBJECT,
		MUSTER_ROWS(map, employee) },
};

static const struct muster_plugin oidc = {
	.id = "oidc",
	.name = "OIDC",
	.version = "0.1.0",
	MUSTER_ROWS(auths, auths),
	MUSTER_ROWS(scopes, scopes),
	MUSTER_ROWS(hosts, hosts),
	MUSTER_ROWS(actions, actions),
};

MUSTER_PLUGIN(oidc)
