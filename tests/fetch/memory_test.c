/* Every allocation of ours fails once: each time there is an error or a result, never a crash, a leak
 * (under the sanitizers) or a hang. */
#include "config.h"

#include "fetch/call.h"
#include "fetch/grant.h"
#include "fetch/scrub.h"

#include "check_main.h"
#include "failing.h"
#include "server.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

/* Check allocates when it asserts. */
#define REQUIRE(condition) \
	do { \
		if (!(condition)) \
			abort(); \
	} while (0)

/* Runs the work with the first, the second, … allocation failing, until none is left to fail. */
static void each_allocation(int (*work)(struct error *error))
{
	for (long n = 0;; n++) {
		struct error error = { 0 };
		failing_left = n;
		int result = work(&error);
		bool failed = failing_left < 0;
		failing_left = -1;
		ck_assert_int_lt(n, 10000);
		if (!failed) {
			ck_assert_msg(result == 0, "%s", error.message);
			return;
		}
		if (result < 0)
			ck_assert(error.code != ERROR_NONE && error.message[0]);
	}
}

static const struct credential credentials[] = { { "id", "the-client", false },
	{ "secret", "s3cret/with+odd \xC3\xB6 chars", true } };
static const struct credential_place token_places[] = { { CREDENTIAL_FORM, "client_id", "{id}" },
	{ CREDENTIAL_BASIC, "{id}", "{secret}" } };
static const struct credential_place places[] = { { CREDENTIAL_HEADER, "Authorization", "Bearer {token}" },
	{ CREDENTIAL_HEADER, "X-Key", "{id}" } };

static int work_oauth2(struct error *error)
{
	static const char body[] = "{\"access_token\":\"a\",\"token_type\":\"Bearer\",\"scope\":\"x\","
				   "\"refresh_token\":\"r\"}";
	const struct oauth2_request request = { .places = token_places,
		.place_count = 2,
		.credentials = { credentials, 2, NULL },
		.scope = "a b" };
	struct headers headers = HEADERS_INIT;
	struct buffer form = BUFFER_INIT(65536);
	struct oauth2_answer answer = { .access_token = NULL };
	int result = oauth2_request(&headers, &form, &request, error);

	if (result == 0)
		result = oauth2_answer(&answer, 200, &headers, body, strlen(body), &request.pointers, error);
	oauth2_answer_clear(&answer);
	headers_clear(&headers);
	buffer_clear(&form);
	return result;
}

static int work_scrub(struct error *error)
{
	char text[] = "some s3cret/with+odd \xC3\xB6 chars and s3cret/with";
	struct scrub *scrub = NULL;
	int result = scrub_new(&scrub, error);

	if (result == 0)
		result = scrub_add(scrub, credentials[1].text, strlen(credentials[1].text), error);
	if (result == 0)
		result = scrub_text(scrub, text, strlen(text), error);
	scrub_free(scrub);
	if (result == 0)
		REQUIRE(!strstr(text, "chars and s3cret/with+odd"));
	return result;
}

static int work_budget(struct error *error)
{
	const struct budget_limit limits[] = { { "a", 10, 1 }, { "b", 10, 1 } };
	const struct budget_answer answer = { 1, 1000, -1, 0 };
	struct budget *budget = NULL;
	int64_t wait;
	int result = budget_new(&budget, error);

	if (result == 0)
		result = budget_ask(&wait, budget, limits, 2, BUDGET_SYNC, 0, error);
	if (result == 0)
		result = budget_correct(budget, limits, &answer, 0, error);
	budget_free(budget);
	return result;
}

START_TEST(pure_parts)
{
	each_allocation(work_oauth2);
	each_allocation(work_scrub);
	each_allocation(work_budget);
}
END_TEST

/* ---- A whole call, token and retry included ------------------------------------------------------- */

static struct server *server;
static struct {
	uv_loop_t loop;
	bool done, failed;
	struct error error;
	size_t received;
	struct call *call;
	uv_timer_t timer;
} t;

static void on_response(void *context, int status, const struct headers *headers)
{
	(void)context;
	(void)headers;
	REQUIRE(status == 200);
}

static void on_resume(uv_timer_t *timer)
{
	(void)timer;
	if (!t.done)
		call_resume(t.call);
}

static size_t on_body(void *context, const char *bytes, size_t length)
{
	size_t taken = length / 2 + 1;

	(void)context;
	(void)bytes;
	t.received += taken;
	(void)uv_timer_start(&t.timer, on_resume, 0, 0);
	return taken;
}

static void on_done(void *context, const struct error *error)
{
	(void)context;
	t.done = true;
	t.failed = error != NULL;
	if (error)
		t.error = *error;
}

static int run_call(struct fetch *fetch, struct error *error)
{
	static const struct guard_host hosts[] = { { "api.example.test", 0, GUARD_API | GUARD_TOKEN } };
	static const struct call_limit limits[] = { { { "a", 1000, 1 }, "x-left", "x-reset", "x-rate" } };
	const struct call_handlers handlers = { on_response, on_body, on_done, NULL };
	struct call_terms terms = { .fetch = fetch,
		.hosts = hosts,
		.host_count = 1,
		.credentials = credentials,
		.credential_count = 2,
		.places = places,
		.place_count = 2,
		.limits = { NULL, limits, 1 },
		.retry = { 3, 1, 2 } };
	struct call_request request = { .method = "GET", .use = GUARD_API };
	struct token_source source;
	struct grant *grant = NULL;
	struct url url, token_url;
	int result = -1;

	if (url_parse(&url, "https://api.example.test/a", 26, ERROR_INTERNAL, "it", error) < 0 ||
		url_parse(&token_url, "https://api.example.test/token", 30, ERROR_INTERNAL, "it", error) < 0)
		return -1;
	request.url = &url;
	const struct grant_request grant_request = { fetch, &token_url, hosts, 1,
		{ .places = token_places,
			.place_count = 2,
			.credentials = { credentials, 2, NULL },
			.scope = "a b" } };
	if (budget_new(&terms.limits.budget, error) < 0 || grant_new(&grant, &grant_request, error) < 0)
		goto out;
	source = grant_source(grant);
	if (token_new(&terms.token, &source, error) < 0 ||
		call_start(&t.call, &terms, &request, &handlers, error) < 0)
		goto out;
	while (!t.done && uv_run(&t.loop, UV_RUN_ONCE))
		;
	REQUIRE(t.done);
	result = t.failed ? -1 : 0;
	if (t.failed)
		*error = t.error;
out:
	token_free(terms.token);
	grant_free(grant);
	budget_free(terms.limits.budget);
	return result;
}

static int work_call(struct error *error)
{
	struct fetch_settings settings;
	struct fetch *fetch = NULL;
	int result;

	memset(&t, 0, sizeof t);
	REQUIRE(uv_loop_init(&t.loop) == 0);
	REQUIRE(uv_timer_init(&t.loop, &t.timer) == 0);
	fetch_settings_init(&settings);
	settings.ca_file = server_ca_file(server);
	settings.deadline_ms = 5000;
	result = fetch_settings_connect_to(&settings, server_connect_to(server), error);
	if (result == 0)
		result = fetch_new(&fetch, &t.loop, &settings, error);
	if (result == 0)
		result = run_call(fetch, error);
	fetch_free(fetch);
	uv_close((uv_handle_t *)&t.timer, NULL);
	REQUIRE(uv_run(&t.loop, UV_RUN_DEFAULT) == 0);
	REQUIRE(uv_loop_close(&t.loop) == 0);
	return result;
}

START_TEST(a_whole_call)
{
	/* Good as a token and as an answer. */
	static const struct server_step steps[] = { { 200, "X-Left: 5\r\nX-Reset: 1\r\n",
		"{\"access_token\":\"abc\",\"token_type\":\"Bearer\",\"you\":\"abcs3cret/with\"}", 0,
		SERVER_ANSWER } };
	static const char *const names[] = { "api.example.test", NULL };

	/* Kept by libcurl and OpenSSL beyond a single round. */
	ck_assert_int_eq(curl_global_init(CURL_GLOBAL_DEFAULT), 0);
	server = server_start(names, steps, 1);
	each_allocation(work_call);
	server_stop(server);
	curl_global_cleanup();
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("fetch/memory");
	TCase *c = tcase_create("memory");

	tcase_set_timeout(c, 300);
	tcase_add_test(c, pure_parts);
	tcase_add_test(c, a_whole_call);
	suite_add_tcase(s, c);
	return s;
}

CHECK_MAIN(suite)
