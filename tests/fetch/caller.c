#include "config.h"

#include "caller.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

static const char *const names[] = { "api.example.test", "other.example.test", NULL };
static const struct guard_host hosts[] = {
	{ "api.example.test", 0, GUARD_API | GUARD_TOKEN },
	{ "other.example.test", 0, GUARD_API | GUARD_DOWNLOAD },
};
static const struct credential credentials[] = {
	{ "field.client_id", "the-client", false },
	{ "field.client_secret", "s3cret/with+odd chars", true },
	{ "field.api_key", "k3y-0123456789abcdef", true },
};
static const struct credential_place token_places[] = {
	{ CREDENTIAL_FORM, "client_id", "{field.client_id}" },
	{ CREDENTIAL_FORM, "client_secret", "{field.client_secret}" },
};
const struct credential_place caller_places[] = {
	{ CREDENTIAL_HEADER, "Authorization", "Bearer {token}" },
	{ CREDENTIAL_HEADER, "X-Api-Key", "{field.api_key}" },
};

struct caller caller;

static void on_response(void *context, int status, const struct headers *headers)
{
	const char *link = headers_get(headers, "link");

	ck_assert_ptr_eq(context, &caller);
	ck_assert_int_eq(caller.status, 0);
	caller.status = status;
	(void)snprintf(caller.link, sizeof caller.link, "%s", link ? link : "");
	if (caller.cancel)
		call_cancel(caller.call);
}

static void on_resume(uv_timer_t *timer)
{
	(void)timer;
	call_resume(caller.call);
}

static size_t on_body(void *context, const char *bytes, size_t length)
{
	size_t taken = caller.appetite && caller.appetite < length ? caller.appetite : length;

	ck_assert_ptr_eq(context, &caller);
	ck_assert(!caller.cancel);
	ck_assert_int_eq(buffer_append(&caller.body, bytes, taken), 0);
	if (taken < length)
		(void)uv_timer_start(&caller.resume_timer, on_resume, 0, 0);
	return taken;
}

static void on_done(void *context, const struct error *error)
{
	ck_assert_ptr_eq(context, &caller);
	ck_assert(!caller.done);
	caller.done = true;
	caller.failed = error != NULL;
	if (error)
		caller.error = *error;
}

struct call_handlers caller_handlers(void)
{
	return (struct call_handlers){ on_response, on_body, on_done, &caller };
}

struct grant_request caller_token_request(void)
{
	return (struct grant_request){ caller.fetch, &caller.token_url, hosts, 2,
		{ .places = token_places, .place_count = 2, .credentials = { credentials, 3, NULL } } };
}

void caller_begin(const struct server_step *steps, size_t count)
{
	struct error error = { 0 };
	struct grant_request request;
	struct token_source source;

	memset(&caller, 0, sizeof caller);
	buffer_init(&caller.body, 64 << 20);
	ck_assert_int_eq(uv_loop_init(&caller.loop), 0);
	ck_assert_int_eq(uv_timer_init(&caller.loop, &caller.resume_timer), 0);
	fetch_settings_init(&caller.settings);
	caller.server = server_start(names, steps, count);
	ck_assert_int_eq(
		fetch_settings_connect_to(&caller.settings, server_connect_to(caller.server), &error), 0);
	caller.settings.ca_file = server_ca_file(caller.server);
	caller.settings.deadline_ms = 20000;
	ck_assert_int_eq(fetch_new(&caller.fetch, &caller.loop, &caller.settings, &error), 0);
	ck_assert_int_eq(budget_new(&caller.budget, &error), 0);
	ck_assert_int_eq(url_parse(&caller.token_url, "https://api.example.test/token", 30, ERROR_INTERNAL,
				 "the test", &error),
		0);
	request = caller_token_request();
	request.oauth2.scope = "employees-read";
	ck_assert_int_eq(grant_new(&caller.grant, &request, &error), 0);
	source = grant_source(caller.grant);
	ck_assert_int_eq(token_new(&caller.token, &source, &error), 0);
	caller.terms = (struct call_terms){ .fetch = caller.fetch,
		.limits.budget = caller.budget,
		.token = caller.token,
		.hosts = hosts,
		.host_count = 2,
		.credentials = credentials,
		.credential_count = 3,
		.places = caller_places,
		.place_count = 2,
		.retry = { 6, 1, 5 } };
}

void caller_end(void)
{
	token_free(caller.token);
	grant_free(caller.grant);
	fetch_free(caller.fetch);
	budget_free(caller.budget);
	uv_close((uv_handle_t *)&caller.resume_timer, NULL);
	ck_assert_int_eq(uv_run(&caller.loop, UV_RUN_DEFAULT), 0);
	ck_assert_int_eq(uv_loop_close(&caller.loop), 0);
	server_stop(caller.server);
	buffer_clear(&caller.body);
}

int caller_try(const char *text, const struct call_request *given)
{
	const struct call_handlers handlers = caller_handlers();
	struct call_request request = given ? *given : (struct call_request){ "GET" };
	struct url url;

	caller.done = caller.failed = false;
	caller.status = 0;
	memset(&caller.error, 0, sizeof caller.error);
	buffer_clear(&caller.body);
	ck_assert_int_eq(url_parse(&url, text, strlen(text), ERROR_BAD_PARAMETER, "it", &caller.error), 0);
	request.url = &url;
	if (!request.use)
		request.use = GUARD_API;
	if (call_start(&caller.call, &caller.terms, &request, &handlers, &caller.error) < 0)
		return -1;
	while (!caller.done && uv_run(&caller.loop, UV_RUN_ONCE))
		;
	return caller.failed ? -1 : 0;
}

void caller_expect(const char *text, enum error_code code)
{
	ck_assert_int_eq(caller_try(text, NULL), -1);
	ck_assert_str_eq(error_code_text(caller.error.code), error_code_text(code));
	ck_assert(caller.error.message[0]);
}

bool caller_asked(size_t index, const char *text)
{
	return strstr(server_request(caller.server, index), text) != NULL;
}
