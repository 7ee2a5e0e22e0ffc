/* A plugin that uses everything the contract has. */
#include <muster/plugin.h>
#include <string.h>

/* ---- Auths ---- */

static const struct muster_choice regions[] = { { "eu", "Europe" }, { "us", NULL } };
static const struct muster_field key_fields[] = {
	{ .id = "key", .label = "API key", .type = MUSTER_SECRET, .flags = MUSTER_REQUIRED, .min_length = 4 },
	{ .id = "company",
		.label = "Company",
		.help = "In capital letters.",
		.characters = "A-Z0-9_",
		.flags = MUSTER_REQUIRED,
		.max_length = 20 },
	{ .id = "region",
		.label = "Region",
		.default_text = "eu",
		MUSTER_ROWS(choices, regions),
		.flags = MUSTER_ADVANCED,
		.level = MUSTER_PROFILE },
};
static const struct muster_place key_places[] = {
	{ .name = "X-Api-Key", .value = "{field.key}" },
	{ .name = "X-Company", .value = "{field.company}" },
};
static const struct muster_step key_guide[] = {
	{ .title = "Open the settings",
		.text = "Sign in, then choose Settings.",
		.url = "https://example.com/s" },
	{ .title = "Grant",
		.text = "Choose {scopes}.",
		.actions = "list_people get_person",
		.scopes = "people:read" },
};

static const struct muster_field oauth_fields[] = {
	{ .id = "client_id", .label = "Client ID", .flags = MUSTER_REQUIRED },
	{ .id = "client_secret", .label = "Client secret", .type = MUSTER_SECRET, .flags = MUSTER_REQUIRED },
	{ .id = "scope", .label = "Scope", .type = MUSTER_SCOPES },
	{ .id = "answer", .label = "What authenticate returns" },
};
static const struct muster_place oauth_places[] = {
	{ .name = "{field.client_id}", .value = "{field.client_secret}", .where = MUSTER_TOKEN_BASIC },
	{ .name = "client", .value = "{field.client_id}", .where = MUSTER_TOKEN_FORM },
	{ .name = "Authorization", .value = "Bearer {token}", .where = MUSTER_CALL_HEADER },
};

static int said(const char *text, const char *word)
{
	return text && strcmp(text, word) == 0;
}

/* Asks for a token twice, as for a company that the first one names. */
static int32_t authenticate(const struct muster_services *services, struct muster_call *call)
{
	static const struct muster_argument first[] = { { "audience", "first" } };
	static const struct muster_argument second[] = { { "audience", "second" }, { "step", "2" } };
	const char *answer = services->field(call, "answer");

	if (said(answer, "fail"))
		return 5;
	if (said(answer, "misuse"))
		return services->record(call, "{}", 2);
	if (services->token(call, first, 1) != 0) {
		(void)services->problem(call, "client_id", "unknown_client", "The client is not known.");
		return -1;
	}
	return services->token(call, second, 2);
}

static const struct muster_field code_fields[] = {
	{ .id = "client_id", .label = "Client ID", .flags = MUSTER_REQUIRED, .level = MUSTER_PROFILE },
	{ .id = "redirect_url",
		.label = "Redirect URL",
		.type = MUSTER_REDIRECT,
		.flags = MUSTER_REQUIRED,
		.level = MUSTER_PROFILE },
	{ .id = "company", .label = "Company", .normal = MUSTER_UPPER_SNAKE },
	{ .id = "organisation",
		.label = "Organisation",
		.normal = MUSTER_URL_SEGMENT,
		.after = "organisations",
		.found_by = "list_companies" },
};
static const struct muster_place code_places[] = {
	{ .name = "client_id", .value = "{field.client_id}", .where = MUSTER_TOKEN_FORM },
	{ .name = "X-Company", .value = "{field.company}", .where = MUSTER_TOKEN_HEADER },
	{ .name = "Authorization", .value = "Bearer {token}" },
};
static const struct muster_place old_places[] = {
	{ .name = "id", .value = "{field.client_id}", .where = MUSTER_TOKEN_FORM },
	{ .name = "Authorization", .value = "Bearer {token}" },
};

static const struct muster_auth auths[] = {
	{ .id = "key",
		.label = "API key",
		MUSTER_ROWS(fields, key_fields),
		MUSTER_ROWS(places, key_places),
		MUSTER_ROWS(guide, key_guide) },
	{ .id = "oauth",
		.label = "OAuth",
		.grant = MUSTER_CLIENT_CREDENTIALS,
		.token_url = "https://auth.example.com/token",
		.scope_format = "tenant:{field.client_id} {scopes}",
		.scope_separator = ",",
		MUSTER_ROWS(fields, oauth_fields),
		MUSTER_ROWS(places, oauth_places),
		.authenticate = authenticate },
	{ .id = "code",
		.label = "Authorization code",
		.grant = MUSTER_AUTHORIZATION_CODE,
		.token_url = "https://auth.example.com/token",
		.authorize_url = "https://app.example.com/authorize",
		.issuer = "https://auth.example.com",
		.revoke_url = "https://auth.example.com/revoke",
		.recovery = MUSTER_RETRY_WITHIN_GRACE,
		.grace_seconds = 30,
		.prove = "list_companies list_absences",
		MUSTER_ROWS(fields, code_fields),
		MUSTER_ROWS(places, code_places) },
	{ .id = "old",
		.label = "Old API",
		.grant = MUSTER_TOKEN_REQUEST,
		.token_url = "https://auth.example.com/old",
		.token_pointer = "/data/token",
		.expires_pointer = "/data/life",
		.scope_pointer = "/data/rights",
		.fields_of = "code",
		MUSTER_ROWS(places, old_places) },
};

/* A company is never called after what its secret is: that is all that can be told of a secret here. */
static int32_t validate(const struct muster_services *services, struct muster_call *call)
{
	const char *company = services->field(call, "company");
	const char *key = services->field(call, "key");

	if (!MUSTER_HAS(services, problem) || strcmp(services->auth(call), "key") != 0)
		return 0;
	if (said(company, "RETURN"))
		return 9;
	if (said(company, "TOKEN"))
		return services->token(call, NULL, 0);
	if (said(company, "BAD_ID"))
		return services->problem(call, "No Id", "code", "sentence");
	if (said(company, "NO_SENTENCE"))
		return services->problem(call, "company", "code", NULL);
	if (said(company, "FLOOD")) {
		while (services->problem(call, "company", "again", "Again.") == 0)
			continue;
		return 0;
	}
	if (said(company, "ESCAPE"))
		return services->problem(call, "company", "escape", "\033[31mred\xff");
	if (!key)
		(void)services->problem(call, "key", "missing", "Enter the key.");
	if (key && key[0])
		(void)services->problem(call, "key", "leaked", key);
	if (services->field(call, "nothing") || services->parameter(call, "email"))
		(void)services->problem(call, "key", "invented", "There is what was not given.");
	if (said(company, "ACME"))
		(void)services->problem(
			call, "company", "example", "That is the example of the documentation.");
	return 0;
}

/* ---- Actions ---- */

static const struct muster_word statuses[] = { { "A", "active" }, { "T", "terminated" } };
static const struct muster_map emails[] = { MUSTER_COPY("value", "/address"), MUSTER_COPY("type", "/kind") };
static const struct muster_map person[] = {
	MUSTER_COPY("id", "/id"),
	MUSTER_COPY("first_name", "/name/first"),
	MUSTER_DATE("hire_date", "/hired"),
	MUSTER_DATE_TIME("created_at", "/created"),
	MUSTER_WORDS("employment_status", "/status", statuses),
	MUSTER_PARAMETER("company", "company"),
	MUSTER_EACH("emails", "/emails", emails),
	MUSTER_CUSTOM("shoe_size", "Shoe size", "/extra/shoe"),
};
static const struct muster_map short_person[] = { MUSTER_COPY("id", "/id") };

static const struct muster_paging cursor[] = {
	{ .from = "/paging/after", .to = "cursor", .kind = MUSTER_CURSOR },
};
static const struct muster_paging link[] = { { .from = "/next", .kind = MUSTER_NEXT_LINK } };

static const struct muster_parameter list_parameters[] = {
	{ .id = "email", .label = "Email", .name = "filter[email]" },
	{ .id = "since", .label = "Since", .type = MUSTER_PARAMETER_DATE },
	{ .id = "company", .label = "Company", .default_text = "acme & co" },
};
static const struct muster_parameter path_parameters[] = {
	{ .id = "id", .label = "Id", .place = MUSTER_PATH, .flags = MUSTER_REQUIRED, .max_length = 64 },
};

/* What the contract of accounts has: every kind of row, in one action or another. */
static const struct muster_map company[] = { MUSTER_AS_TEXT("id", "/id"), MUSTER_COPY("name", "/name") };
static const struct muster_map address[] = { MUSTER_COPY("city", "/city"), MUSTER_COPY("city", "/town") };
static const struct muster_map mapped[] = {
	MUSTER_AS_TEXT("id", "/id"),
	MUSTER_CONSTANT("country", "Nowhere"),
	MUSTER_NUMBER("weekly_hours", "/hours"),
	MUSTER_DAY("hire_date", "/hired"),
	MUSTER_DATE("hire_date", "/began"),
	MUSTER_ELEMENT("work_email", "/attributes", "/key", "email", "/value"),
	MUSTER_INNER("home_address", "/address", address),
	MUSTER_JOIN("full_name", "/name/given /name/family"),
};
static const struct muster_map absence[] = {
	MUSTER_COPY("id", "/id"),
	MUSTER_LOCAL_TIME("start_time", "/from"),
};
static const struct muster_map job[] = {
	MUSTER_COPY("id", "/id"),
	MUSTER_COPY("job_title", "/title"),
};
static const struct muster_map cells[] = {
	MUSTER_CONSTANT("report_id", "all"),
	MUSTER_COPY("row", "/row"),
	MUSTER_COPY("cells", "/cells"),
};
static const struct muster_map unavailable[] = {
	MUSTER_COPY("id", "/id"),
	MUSTER_BOOLEAN("all_day", "/whole"),
};

static const struct muster_header beta[] = { { "Beta", "true" } };
static const struct muster_paging numbers[] = {
	{ .from = "/pages",
		.to = "page",
		.kind = MUSTER_PAGE_NUMBER,
		.flags = MUSTER_STOP_WHEN_EMPTY,
		.size_name = "per_page",
		.size = 50 },
};
static const struct muster_paging link_cursor[] = {
	{ .from = "/links/next", .to = "cursor", .kind = MUSTER_CURSOR_IN_LINK },
};
static const struct muster_choice states[] = { { "in", NULL }, { "out", NULL } };
static const struct muster_parameter mapped_parameters[] = {
	{ .id = "state", .label = "State", MUSTER_ROWS(choices, states), .flags = MUSTER_LIST },
	{ .id = "days", .label = "Days", .type = MUSTER_PARAMETER_DATE, .flags = MUSTER_LIST, .join = ";" },
	{ .id = "since", .label = "Since", .type = MUSTER_PARAMETER_DATE_TIME, .format = MUSTER_UTC },
	{ .id = "at", .label = "At", .type = MUSTER_PARAMETER_DATE_TIME, .format = MUSTER_LOCAL },
};
static const struct muster_parameter absence_parameters[] = {
	{ .id = "team", .label = "Team", .default_text = "-", .place = MUSTER_PATH },
	{ .id = "from_date", .label = "From", .type = MUSTER_PARAMETER_DATE, .format = MUSTER_DAY_START_UTC },
	{ .id = "to_date", .label = "To", .type = MUSTER_PARAMETER_DATE, .format = MUSTER_DAY_END_UTC },
};
static const struct muster_parameter unavailable_parameters[] = {
	{ .id = "from_date",
		.label = "From",
		.type = MUSTER_PARAMETER_DATE,
		.format = MUSTER_DAY_START_LOCAL },
	{ .id = "to_date", .label = "To", .type = MUSTER_PARAMETER_DATE, .format = MUSTER_DAY_END_LOCAL },
	{ .id = "born", .label = "Born", .type = MUSTER_PARAMETER_DATE, .format = MUSTER_DAY_MONTH_YEAR },
};
static const struct muster_each months[] = {
	{ .from = "from_date", .to = "to_date", .over = MUSTER_OVER_MONTHS, .count = 1 },
	{ .action = "list_companies", .to = "team" },
};
static const struct muster_each days[] = {
	{ .from = "from_date", .to = "to_date", .over = MUSTER_OVER_DAYS, .count = 366 },
};
static const struct muster_each mapped_each[] = { { .action = "list_mapped", .to = "id" } };
static const struct muster_completion completions[] = { { "list_jobs", "id", "job_title" } };

/* Two requests, each answer one record; a 404 ends it. */
static int32_t run(const struct muster_services *services, struct muster_call *call)
{
	const char *how = services->parameter(call, "how");
	struct muster_answer answer;

	if (said(how, "early"))
		return services->record(call, "{\"id\":\"1\"}", 10);
	for (int page = 1; page <= 2; page++) {
		struct muster_argument argument = { "page", page == 1 ? "1" : "2" };
		if (services->request(call, &argument, 1, &answer) != 0)
			return -1;
		if (answer.status == 404)
			return 0;
		if (said(how, "nonsense"))
			return services->record(call, "[1]", 3);
		if (said(how, "twice"))
			return services->record(call, "{\"id\":\"1\"}{}", 12);
		if (said(how, "fail"))
			return 1;
		if (services->record(call, answer.body, answer.length) != 0)
			return -1;
	}
	return 0;
}

static const struct muster_parameter hook_parameters[] = { { .id = "how", .label = "How" } };

static const struct muster_action actions[] = {
	{ .id = "list_people",
		.label = "List people",
		.help = "All of them.",
		.auth = "oauth",
		.scopes = "people:read people.mail",
		.request = "GET https://api.example.com/v1/people?sort=id",
		.records = "/data",
		.model = "employee",
		.key = "id",
		MUSTER_ROWS(parameters, list_parameters),
		MUSTER_ROWS(paging, cursor),
		MUSTER_ROWS(map, person),
		.max_pages = 5 },
	{ .id = "list_linked",
		.label = "List by links",
		.auth = "key",
		.request = "GET https://api.example.com/v1/linked",
		.records = "/data",
		.model = "employee",
		.key = "id",
		MUSTER_ROWS(paging, link),
		MUSTER_ROWS(map, short_person) },
	{ .id = "get_person",
		.label = "Get a person",
		.auth = "key",
		.request = "GET https://api.example.com/{{v1}}/{field.company}/people/{parameter.id}",
		.model = "employee",
		.key = "id",
		MUSTER_ROWS(parameters, path_parameters),
		MUSTER_ROWS(map, short_person),
		.result = MUSTER_OBJECT },
	{ .id = "list_by_hook",
		.label = "List by a hook",
		.auth = "key",
		.request = "GET https://api.example.com/v1/hooked",
		.model = "employee",
		.key = "id",
		MUSTER_ROWS(parameters, hook_parameters),
		MUSTER_ROWS(map, short_person),
		.run = run },
	{ .id = "list_companies",
		.label = "List companies",
		.auth = "code",
		.request = "GET https://api.example.com/v2/companies",
		.model = "organisation",
		.key = "id",
		MUSTER_ROWS(map, company) },
	{ .id = "list_mapped",
		.label = "List by every kind",
		.auth = "code",
		.request = "GET https://api.example.com/v2/{field.organisation}/mapped",
		.model = "employee",
		.key = "id",
		MUSTER_ROWS(parameters, mapped_parameters),
		MUSTER_ROWS(paging, numbers),
		MUSTER_ROWS(map, mapped),
		MUSTER_ROWS(headers, beta),
		MUSTER_ROWS(completions, completions),
		.expected = "id" },
	{ .id = "list_jobs",
		.label = "List jobs",
		.auth = "code",
		.request = "GET https://api.example.com/v2/people/{parameter.id}/jobs",
		.model = "employment",
		.key = "id",
		MUSTER_ROWS(parameters, path_parameters),
		MUSTER_ROWS(paging, link_cursor),
		MUSTER_ROWS(map, job),
		MUSTER_ROWS(each, mapped_each) },
	{ .id = "list_absences",
		.label = "List absences",
		.auth = "code",
		.request = "GET https://api.example.com/v2/teams/{parameter.team}/absences",
		.model = "time_off",
		.key = "id",
		MUSTER_ROWS(parameters, absence_parameters),
		MUSTER_ROWS(map, absence),
		MUSTER_ROWS(each, months) },
	{ .id = "list_unavailable",
		.label = "List unavailable",
		.auth = "code",
		.request = "GET https://api.example.com/v2/unavailable",
		.model = "unavailability",
		.key = "id",
		MUSTER_ROWS(parameters, unavailable_parameters),
		MUSTER_ROWS(map, unavailable),
		MUSTER_ROWS(each, days) },
	{ .id = "get_report",
		.label = "Get a report",
		.auth = "old",
		.request = "GET https://api.example.com/v1/report",
		.records = "/rows",
		.model = "report_row",
		.key = "row",
		MUSTER_ROWS(map, cells),
		.result = MUSTER_GRID,
		.columns = "/columns" },
};

/* ---- The rest ---- */

static const struct muster_scope scopes[] = {
	{ .id = "people:read", .label = "Read people", .aliases = "people_read persons:read" },
	{ .id = "people.mail", .certainty = MUSTER_ASSUMED },
};
static const struct muster_host hosts[] = {
	{ .name = "api.example.com", .use = MUSTER_API },
	{ .name = "auth.example.com", .use = MUSTER_TOKEN },
	{ .name = "app.example.com", .use = MUSTER_CONSENT },
};
static const struct muster_limit limits[] = {
	{ .count = 10, .seconds = 1 },
	{ .count = 1000, .seconds = 3600, .per = MUSTER_PER_APP },
	{ .count = 2, .seconds = 1, .per = MUSTER_PER_ENDPOINT },
	{ .count = 50, .seconds = 1, .per = MUSTER_PER_ADDRESS },
	{ .count = 5,
		.seconds = 60,
		.actions = "get_report list_jobs",
		.remaining_header = "X-RateLimit-Remaining",
		.reset_header = "X-RateLimit-Reset",
		.rate_header = "X-RateLimit-Rate" },
};
static const struct muster_error errors[] = {
	{ .status = 400, .pointer = "/code", .contains = "no_scope", .meaning = MUSTER_MEANS_SCOPE },
	{ .status = 400, .meaning = MUSTER_MEANS_REFUSED },
	{ .status = 418, .meaning = MUSTER_MEANS_LIMITED },
	{ .status = 420, .meaning = MUSTER_MEANS_CREDENTIALS },
	{ .status = 410, .meaning = MUSTER_MEANS_NOT_FOUND },
	{ .status = 599, .meaning = MUSTER_MEANS_UNAVAILABLE },
	{ .status = 200, .pointer = "/success", .contains = "false", .actions = "get_report" },
};
static const struct muster_plugin plugin = { .id = "mock",
	.name = "Mock",
	.version = "1.2.3",
	.summary = "Everything at once.",
	.homepage = "https://example.com/api",
	.error_message = "/error/message",
	MUSTER_ROWS(auths, auths),
	MUSTER_ROWS(scopes, scopes),
	MUSTER_ROWS(hosts, hosts),
	MUSTER_ROWS(actions, actions),
	MUSTER_ROWS(limits, limits),
	MUSTER_ROWS(errors, errors),
	.validate = validate };

MUSTER_PLUGIN(plugin)
