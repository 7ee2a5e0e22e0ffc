/* How fast bytes come in: scrubbing alone, a bare transfer, a call with everything around it.
 *
 * With MUSTER_BENCH_URL (and MUSTER_CONNECT_TO, MUSTER_CA_FILE) it fetches from there, else from a
 * server of its own on the other core. */
#include "config.h"

#include "fetch/call.h"
#include "fetch/scrub.h"
#include "fetch/server.h"
#include "fetch/transfer.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PAGE = 1 << 20, ROUNDS = 400, CHUNK = 16 * 1024 };

static char page[PAGE];

static double now_s(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static _Noreturn void die(const char *what, const struct error *error)
{
	(void)fprintf(stderr, "fetch_bench: %s: %s\n", what, error->message);
	exit(1);
}

/* Records as an HR system sends them. */
static void fill_page(void)
{
	size_t used = 0;
	unsigned i = 0;

	while (used < PAGE - 512)
		used += (size_t)snprintf(page + used, PAGE - used,
			"{\"id\":\"8f14e45f-ceea-467f-a%03u-%012u\",\"email\":\"person.%u@example.test\","
			"\"name\":\"Person Number %u\",\"start_date\":\"2019-%02u-%02uT00:00:00Z\","
			"\"department\":\"Research and Development\",\"active\":true,\"fte\":0.8},\n",
			i % 1000, i, i, i * 7919, i % 12 + 1, i % 28 + 1),
			i++;
	memset(page + used, ' ', PAGE - used);
}

static void bench_scrub(const char *name, size_t length)
{
	struct scrub *scrub;
	struct error error = { 0 };
	char secret[4096];
	const char *out;
	size_t out_length, total = 0;
	unsigned seed = 1;
	double begin = now_s(), ready;

	for (size_t i = 0; i < length; i++) {
		seed = seed * 1664525 + 1013904223;
		secret[i] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"[seed >> 26];
	}
	if (scrub_new(&scrub, &error) < 0 || scrub_add(scrub, secret, length, &error) < 0 ||
		scrub_feed(&out, &out_length, scrub, page, 1, &error) < 0)
		die("scrub", &error);
	ready = now_s();
	for (int round = 0; round < ROUNDS; round++)
		for (size_t at = 0; at < PAGE; at += CHUNK) {
			if (scrub_feed(&out, &out_length, scrub, page + at, CHUNK, &error) < 0)
				die("scrub", &error);
			total += out_length;
		}
	double took = now_s() - ready;
	(void)printf("scrub, %s: %.0f MB/s; made ready in %.0f us\n", name, (double)total / took / 1e6,
		(ready - begin) * 1e6);
	scrub_free(scrub);
}

static struct {
	uv_loop_t loop;
	struct fetch *fetch;
	struct url url;
	struct guard_host host;
	size_t received;
	bool done;
} b;

static int on_answer(void *context, int status, const struct headers *headers)
{
	(void)context;
	(void)headers;
	if (status != 200)
		(void)fprintf(stderr, "fetch_bench: status %d\n", status);
	return 0;
}

static void on_response(void *context, int status, const struct headers *headers)
{
	(void)on_answer(context, status, headers);
}

static size_t on_body(void *context, const char *bytes, size_t length)
{
	(void)context;
	(void)bytes;
	b.received += length;
	return length;
}

static void on_done(void *context, const struct error *error)
{
	(void)context;
	if (error)
		die("transfer", error);
	b.done = true;
}

static void wait_done(void)
{
	while (!b.done && uv_run(&b.loop, UV_RUN_ONCE))
		;
	b.done = false;
}

static void transfer_once(void)
{
	const struct transfer_handlers handlers = { on_answer, on_body, on_done, NULL };
	const struct transfer_request request = {
		.method = "GET", .url = &b.url, .hosts = &b.host, .host_count = 1, .use = GUARD_API
	};
	struct transfer *transfer;
	struct error error = { 0 };

	if (transfer_start(&transfer, b.fetch, &request, &handlers, &error) < 0)
		die("transfer", &error);
	wait_done();
}

static void call_once(void)
{
	static const struct credential credentials[] = {
		{ "token", "eyJhbGciOiJSUzI1NiIsImtpZCI6IjEifQ.c29tZXRoaW5nLWxvbmc-ZW5vdWdo", true },
		{ "secret", "Zm9vYmFyLXNlY3JldC1vZi0zMi1ieXRlcw", true },
	};
	static const struct credential_place places[] = { { CREDENTIAL_HEADER, "Authorization",
		"Bearer {token}" } };
	const struct call_handlers handlers = { on_response, on_body, on_done, NULL };
	const struct call_terms terms = { .fetch = b.fetch,
		.hosts = &b.host,
		.host_count = 1,
		.credentials = credentials,
		.credential_count = 2,
		.places = places,
		.place_count = 1,
		.retry = RETRY_POLICY_INIT };
	const struct call_request request = { .method = "GET", .url = &b.url, .use = GUARD_API };
	struct call *call;
	struct error error = { 0 };

	if (call_start(&call, &terms, &request, &handlers, &error) < 0)
		die("call", &error);
	wait_done();
}

static void bench_fetch(const char *name, void (*once)(void), int rounds)
{
	double begin = now_s(), took;

	b.received = 0;
	for (int i = 0; i < rounds; i++)
		once();
	took = now_s() - begin;
	(void)printf(
		"%s: %.0f MB/s, %.0f us each\n", name, (double)b.received / took / 1e6, took / rounds * 1e6);
}

int main(void)
{
	static const char *const names[] = { "api.example.test", NULL };
	static const struct server_step steps[] = { { 200, NULL, page, PAGE, SERVER_ANSWER } };
	const char *text = getenv("MUSTER_BENCH_URL");
	struct fetch_settings settings;
	struct server *server = NULL;
	struct error error = { 0 };
	double begin;

	fill_page();
	bench_scrub("one secret of 16 bytes", 16);
	bench_scrub("one secret of 40 bytes", 40);
	bench_scrub("one secret of 1200 bytes", 1200);
	(void)curl_global_init(CURL_GLOBAL_DEFAULT);
	fetch_settings_init(&settings);
	if (!text)
		server = server_start(names, steps, 1);
	settings.ca_file = text ? getenv("MUSTER_CA_FILE") : server_ca_file(server);
	const char *connect_to = text ? getenv("MUSTER_CONNECT_TO") : server_connect_to(server);
	text = text ? text : "https://api.example.test/";
	if (fetch_settings_connect_to(&settings, connect_to ? connect_to : "", &error) < 0 ||
		url_parse(&b.url, text, strlen(text), ERROR_USAGE, "the benchmark", &error) < 0)
		die("settings", &error);
	b.host = (struct guard_host){ b.url.host, b.url.port, GUARD_API };
	(void)uv_loop_init(&b.loop);
	begin = now_s();
	if (fetch_new(&b.fetch, &b.loop, &settings, &error) < 0)
		die("fetch", &error);
	transfer_once();
	(void)printf("first transfer, with its connection: %.1f ms\n", (now_s() - begin) * 1e3);
	bench_fetch("transfer", transfer_once, ROUNDS);
	bench_fetch("call", call_once, ROUNDS);
	fetch_free(b.fetch);
	(void)uv_run(&b.loop, UV_RUN_DEFAULT);
	(void)uv_loop_close(&b.loop);
	if (server)
		server_stop(server);
	curl_global_cleanup();
	return 0;
}
