/* Transfers against a scripted server on loopback, reached as api.example.test. */
#include "config.h"

#include "fetch/transfer.h"

#include "check_main.h"
#include "fetch/fault.h"
#include "server.h"

#include <stdlib.h>
#include <string.h>

static const char *const names[] = { "api.example.test", "other.example.test", NULL };
static const struct guard_host hosts[] = {
	{ "api.example.test", 0, GUARD_API | GUARD_TOKEN },
	{ "other.example.test", 0, GUARD_API },
	{ "files.example.test", 0, GUARD_DOWNLOAD },
	{ "localhost", 0, GUARD_API },
	{ "127.0.0.1", 0, GUARD_API },
	{ "::1", 0, GUARD_API },
	{ "::ffff:127.0.0.1", 0, GUARD_API },
	{ "10.0.0.1", 0, GUARD_API },
	{ "169.254.169.254", 0, GUARD_API },
};

/* One engine, one server, and what the last transfer brought. */
static struct {
	uv_loop_t loop;
	struct fetch_settings settings;
	struct fetch *fetch;
	struct server *server;
	struct transfer *transfer;
	int status;
	struct buffer body;
	char type[64];
	bool done, failed, sent;
	struct error error;
	size_t refuse;    /* pause so many times */
	bool resume_here; /* from inside on_body */
	size_t give_up_at;
	bool cancel;
	uv_timer_t resume_timer;
} t;

static int on_response(void *context, int status, const struct headers *headers)
{
	const char *type = headers_get(headers, "Content-Type");

	ck_assert_ptr_eq(context, &t);
	t.status = status;
	(void)snprintf(t.type, sizeof t.type, "%s", type ? type : "");
	return 0;
}

static void on_resume(uv_timer_t *timer)
{
	(void)timer;
	transfer_resume(t.transfer);
}

static size_t on_body(void *context, const char *bytes, size_t length)
{
	ck_assert_ptr_eq(context, &t);
	if (t.cancel) {
		transfer_cancel(t.transfer);
		return length;
	}
	if (t.refuse > 0) {
		t.refuse--;
		if (t.resume_here) {
			transfer_resume(t.transfer);
		} else {
			(void)uv_timer_start(&t.resume_timer, on_resume, 1, 0);
		}
		return TRANSFER_PAUSE;
	}
	if (t.give_up_at && t.body.length >= t.give_up_at)
		return 0;
	ck_assert_int_eq(buffer_append(&t.body, bytes, length), 0);
	return length;
}

static void on_done(void *context, const struct error *error)
{
	ck_assert_ptr_eq(context, &t);
	ck_assert(!t.done);
	t.done = true;
	t.failed = error != NULL;
	t.sent = transfer_was_sent(t.transfer);
	if (error)
		t.error = *error;
}

static void begin(const struct server_step *steps, size_t count)
{
	struct error error = { 0 };

	memset(&t, 0, sizeof t);
	buffer_init(&t.body, 64 << 20);
	ck_assert_int_eq(uv_loop_init(&t.loop), 0);
	ck_assert_int_eq(uv_timer_init(&t.loop, &t.resume_timer), 0);
	fetch_settings_init(&t.settings);
	if (steps) {
		t.server = server_start(names, steps, count);
		ck_assert_int_eq(
			fetch_settings_connect_to(&t.settings, server_connect_to(t.server), &error), 0);
		t.settings.ca_file = server_ca_file(t.server);
	}
}

static void end(void)
{
	uv_close((uv_handle_t *)&t.resume_timer, NULL);
	fetch_free(t.fetch);
	ck_assert_int_eq(uv_run(&t.loop, UV_RUN_DEFAULT), 0);
	ck_assert_int_eq(uv_loop_close(&t.loop), 0);
	if (t.server)
		server_stop(t.server);
	buffer_clear(&t.body);
}

static int try_url(const char *text, const struct transfer_request *given)
{
	const struct transfer_handlers handlers = { on_response, on_body, on_done, &t };
	struct transfer_request request = given ? *given : (struct transfer_request){ "GET" };
	struct url url;

	t.done = t.failed = t.sent = false;
	t.status = 0;
	memset(&t.error, 0, sizeof t.error);
	buffer_clear(&t.body);
	if (!t.fetch)
		ck_assert_int_eq(fetch_new(&t.fetch, &t.loop, &t.settings, &t.error), 0);
	if (url_parse(&url, text, strlen(text), ERROR_BAD_PARAMETER, "the test", &t.error) < 0)
		return -1;
	request.url = &url;
	request.hosts = hosts;
	request.host_count = sizeof hosts / sizeof hosts[0];
	request.use = GUARD_API;
	if (transfer_start(&t.transfer, t.fetch, &request, &handlers, &t.error) < 0)
		return -1;
	while (!t.done && uv_run(&t.loop, UV_RUN_ONCE))
		;
	return t.failed ? -1 : 0;
}

static void expect_error(const char *text, enum error_code code)
{
	ck_assert_int_eq(try_url(text, NULL), -1);
	ck_assert_str_eq(error_code_text(t.error.code), error_code_text(code));
	ck_assert(t.error.message[0]);
}

START_TEST(brings_the_answer)
{
	const struct server_step steps[] = { { 200, "Content-Type: text/plain\r\n", "hello", 0, 0 },
		{ 404, NULL, "gone", 0, 0 } };

	begin(steps, 2);
	ck_assert_int_eq(try_url("https://api.example.test/a?b=c", NULL), 0);
	ck_assert_int_eq(t.status, 200);
	ck_assert_str_eq(t.type, "text/plain");
	ck_assert_str_eq(buffer_text(&t.body), "hello");
	ck_assert(t.sent);
	ck_assert_int_eq(try_url("https://api.example.test/a", NULL), 0);
	ck_assert_int_eq(t.status, 404);
	ck_assert_uint_eq(server_connections(t.server), 1);
	ck_assert_ptr_nonnull(strstr(server_request(t.server, 0), "GET /a?b=c HTTP/1.1\r\n"));
	ck_assert_ptr_nonnull(strstr(server_request(t.server, 0), "Host: api.example.test\r\n"));
	ck_assert_ptr_nonnull(strstr(server_request(t.server, 0), "User-Agent: muster/"));
	end();
}
END_TEST

START_TEST(sends_headers_and_body)
{
	const struct server_step steps[] = { { 200, NULL, "ok", 0, 0 } };
	struct headers headers = HEADERS_INIT;
	struct error error;
	struct transfer_request request = {
		.method = "POST", .headers = &headers, .body = "a=b", .body_length = 3
	};

	begin(steps, 1);
	ck_assert_int_eq(headers_add_text(&headers, "X-Api-Key", "secret", &error), 0);
	ck_assert_int_eq(headers_add_text(&headers, "X-Empty", "", &error), 0);
	ck_assert_int_eq(try_url("https://api.example.test/", &request), 0);
	ck_assert_ptr_nonnull(strstr(server_request(t.server, 0), "POST / HTTP/1.1\r\n"));
	ck_assert_ptr_nonnull(strstr(server_request(t.server, 0), "x-api-key: secret\r\n"));
	ck_assert_ptr_nonnull(strstr(server_request(t.server, 0), "x-empty:\r\n"));
	ck_assert_ptr_nonnull(strstr(server_request(t.server, 0), "\r\n\r\na=b"));
	ck_assert_ptr_null(strstr(server_request(t.server, 0), "Content-Type"));
	headers_clear(&headers);
	ck_assert_int_eq(headers_add_text(&headers, "Host", "evil.test", &error), 0);
	ck_assert_int_eq(try_url("https://api.example.test/", &request), -1);
	ck_assert_int_eq(t.error.code, ERROR_BAD_PARAMETER);
	headers_clear(&headers);
	end();
}
END_TEST

START_TEST(unpacks_gzip)
{
	static const char packed[] = "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xcb\x48\xcd\xc9\xc9"
				     "\x07\x00\x86\xa6\x10\x36\x05\x00\x00\x00";
	const struct server_step steps[] = {
		{ 200, "Content-Encoding: gzip\r\n", packed, sizeof packed - 1, 0 },
		{ 200, "Content-Encoding: gzip\r\n", "no gzip at all", 0, 0 },
	};

	begin(steps, 2);
	ck_assert_int_eq(try_url("https://api.example.test/", NULL), 0);
	ck_assert_str_eq(buffer_text(&t.body), "hello");
	expect_error("https://api.example.test/", ERROR_MALFORMED_BODY);
	end();
}
END_TEST

START_TEST(pauses_and_resumes)
{
	size_t length = 3 << 20;
	char *body = malloc(length);
	const struct server_step steps[] = { { 200, NULL, body, length, 0 } };

	for (size_t i = 0; i < length; i++)
		body[i] = (char)('a' + i % 23);
	begin(steps, 1);
	for (int here = 0; here < 2; here++) {
		t.refuse = 5;
		t.resume_here = here;
		ck_assert_int_eq(try_url("https://api.example.test/", NULL), 0);
		ck_assert_uint_eq(t.body.length, length);
		ck_assert(memcmp(t.body.data, body, length) == 0);
		ck_assert_uint_eq(t.refuse, 0);
	}
	end();
	free(body);
}
END_TEST

START_TEST(stops_when_told)
{
	const struct server_step steps[] = { { 200, NULL, "again ", 0, SERVER_ENDLESS } };

	begin(steps, 1);
	t.give_up_at = 1000;
	ck_assert_int_eq(try_url("https://api.example.test/", NULL), 0);
	ck_assert_uint_ge(t.body.length, 1000);
	end();
	/* Cancelled from inside a handler: on_done never comes, the engine goes on. */
	begin(steps, 1);
	t.cancel = true;
	t.settings.deadline_ms = 60000;
	struct error error = { 0 };
	struct url url;
	const struct transfer_handlers handlers = { on_response, on_body, on_done, &t };
	struct transfer_request request = {
		.method = "GET", .url = &url, .hosts = hosts, .host_count = 1, .use = GUARD_API
	};
	ck_assert_int_eq(url_parse(&url, "https://api.example.test/", 25, ERROR_INTERNAL, "x", &error), 0);
	ck_assert_int_eq(fetch_new(&t.fetch, &t.loop, &t.settings, &error), 0);
	ck_assert_int_eq(transfer_start(&t.transfer, t.fetch, &request, &handlers, &error), 0);
	while (uv_run(&t.loop, UV_RUN_ONCE))
		;
	ck_assert(!t.done);
	end();
}
END_TEST

START_TEST(ends_with_the_engine)
{
	const struct server_step steps[] = { { 200, NULL, "x", 0, SERVER_SILENT } };
	const struct transfer_handlers handlers = { on_response, on_body, on_done, &t };
	struct error error = { 0 };
	struct url url;
	struct transfer_request request = {
		.method = "GET", .url = &url, .hosts = hosts, .host_count = 1, .use = GUARD_API
	};

	begin(steps, 1);
	ck_assert_int_eq(url_parse(&url, "https://api.example.test/", 25, ERROR_INTERNAL, "x", &error), 0);
	ck_assert_int_eq(fetch_new(&t.fetch, &t.loop, &t.settings, &error), 0);
	ck_assert_int_eq(transfer_start(&t.transfer, t.fetch, &request, &handlers, &error), 0);
	while (server_count(t.server) == 0)
		(void)uv_run(&t.loop, UV_RUN_NOWAIT);
	end();
	ck_assert(!t.done);
}
END_TEST

START_TEST(tells_what_went_wrong)
{
	const struct server_step steps[] = {
		{ 200, NULL, "hello", 0, SERVER_TRUNCATE },
		{ 200, NULL, "hello", 0, SERVER_CUT },
		{ 0, NULL, NULL, 0, SERVER_CLOSE },
		{ 0, NULL, NULL, 0, SERVER_RESET },
		{ 200, NULL, "hello", 0, SERVER_ANSWER },
	};

	begin(steps, 5);
	for (int i = 0; i < 4; i++) {
		expect_error("https://api.example.test/", ERROR_CONNECTION_LOST);
		ck_assert(t.sent);
	}
	ck_assert_int_eq(try_url("https://api.example.test/", NULL), 0);
	end();
}
END_TEST

START_TEST(does_not_wait_forever)
{
	const struct server_step steps[] = { { 0, NULL, NULL, 0, SERVER_SILENT },
		{ 200, NULL, "0123456789", 0, SERVER_STALL } };
	struct transfer_request request = { .method = "GET", .deadline_ms = 200 };

	begin(steps, 2);
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(try_url("https://api.example.test/", &request), -1);
		ck_assert_int_eq(t.error.code, ERROR_DEADLINE_PASSED);
	}
	t.settings.idle_ms = 1000;
	expect_error("https://api.example.test/", ERROR_DEADLINE_PASSED);
	end();
}
END_TEST

START_TEST(bounds_the_body)
{
	static char block[100000];
	const struct server_step steps[] = { { 200, NULL, block, sizeof block, SERVER_ENDLESS },
		{ 200, NULL, block, sizeof block, SERVER_ANSWER } };

	memset(block, 'x', sizeof block);
	begin(steps, 2);
	t.settings.body_limit = 50000;
	expect_error("https://api.example.test/", ERROR_BODY_TOO_LARGE); /* counted */
	expect_error("https://api.example.test/", ERROR_BODY_TOO_LARGE); /* announced */
	end();
}
END_TEST

/* A deflate stream of zeros, by stored bytes: the test needs no zlib of its own. One block of
 * "repeat 258 times, distance 1" packs about a thousand to one. */
static size_t make_bomb(unsigned char *out, size_t size)
{
	static const unsigned char head[] = { 0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3,
		0x4b }; /* fixed Huffman, one literal, not yet … */
	size_t used = 0;
	unsigned bits = 0, count = 0;

#define PUT(value_, n_) \
	do { \
		bits |= (unsigned)(value_) << count; \
		count += (n_); \
		while (count >= 8 && used < size) { \
			out[used++] = (unsigned char)bits; \
			bits >>= 8; \
			count -= 8; \
		} \
	} while (0)
	memcpy(out, head, sizeof head);
	used = sizeof head;
	PUT(1, 1);    /* last block */
	PUT(1, 2);    /* fixed Huffman codes: RFC 1951, section 3.2.6 */
	PUT(0x89, 8); /* the literal 'a' (0x61 + 0x30), bits reversed: 10010001 */
	while (used + 8 < size) {
		PUT(0xA3, 8); /* length 258: symbol 285, 11000101 reversed */
		PUT(0, 5);    /* distance 1 */
	}
	PUT(0, 7); /* end of block */
	PUT(0, 8);
#undef PUT
	return used;
}

START_TEST(defuses_bombs)
{
	static unsigned char bomb[200000];
	size_t length = make_bomb(bomb, sizeof bomb);
	const struct server_step steps[] = {
		{ 200, "Content-Encoding: gzip\r\n", (const char *)bomb, length, 0 },
	};

	begin(steps, 1);
	t.settings.ratio_limit = 100;
	expect_error("https://api.example.test/", ERROR_BODY_TOO_LARGE);
	ck_assert_ptr_nonnull(strstr(t.error.message, "times its size"));
	ck_assert_uint_lt(t.body.length, 16 << 20);
	end();
}
END_TEST

START_TEST(reaches_only_what_is_approved)
{
	const struct server_step steps[] = { { 200, NULL, "hello", 0, 0 } };

	begin(steps, 1);
	expect_error("https://evil.example.test/", ERROR_FOREIGN_LINK);
	expect_error("https://files.example.test/", ERROR_FOREIGN_LINK);
	expect_error("https://api.example.test:8443/", ERROR_FOREIGN_LINK);
	expect_error("https://localhost/", ERROR_ADDRESS_REFUSED);
	expect_error("https://127.0.0.1/", ERROR_ADDRESS_REFUSED);
	expect_error("https://2130706433/", ERROR_ADDRESS_REFUSED);
	expect_error("https://0x7f.1/", ERROR_ADDRESS_REFUSED);
	expect_error("https://0177.0.0.1/", ERROR_ADDRESS_REFUSED);
	expect_error("https://[::1]/", ERROR_ADDRESS_REFUSED);
	expect_error("https://[::ffff:127.0.0.1]/", ERROR_ADDRESS_REFUSED);
	expect_error("https://10.0.0.1/", ERROR_ADDRESS_REFUSED);
	expect_error("https://169.254.169.254/", ERROR_ADDRESS_REFUSED);
	ck_assert(!t.sent);
	ck_assert_uint_eq(server_count(t.server), 0);
	end();
}
END_TEST

/* Two engines' worth of settings over one kept connection: the second must be judged again. */
START_TEST(judges_kept_connections)
{
	const struct server_step steps[] = { { 200, NULL, "hello", 0, 0 } };

	begin(steps, 1);
	ck_assert_int_eq(try_url("https://api.example.test/", NULL), 0);
	/* The mapping now leads elsewhere in the guard's eyes, not in libcurl's connection cache.
	 */
	struct sockaddr_storage kept = t.settings.mappings[0].address;
	t.settings.mappings[0].address.ss_family = AF_INET6;
	expect_error("https://api.example.test/", ERROR_CONNECTION_FAILED);
	t.settings.mappings[0].address = kept;
	ck_assert_int_eq(try_url("https://api.example.test/", NULL), 0);
	end();
}
END_TEST

START_TEST(trusts_only_known_certificates)
{
	const struct server_step steps[] = { { 200, NULL, "hello", 0, 0 } };

	begin(steps, 1);
	t.settings.ca_file = NULL;
	expect_error("https://api.example.test/", ERROR_TLS_FAILED);
	end();
	/* As the further bundle of the configuration, it counts too. */
	begin(steps, 1);
	t.settings.ca_bundle = t.settings.ca_file;
	t.settings.ca_file = NULL;
	ck_assert_int_eq(try_url("https://api.example.test/", NULL), 0);
	end();
}
END_TEST

START_TEST(refuses_what_it_cannot_start)
{
	const struct server_step steps[] = { { 200, NULL, "hello", 0, 0 } };
	struct transfer_request request = { .method = "GET / HTTP/1.1\r\nX: y\r\n\r\nGET" };
	struct error error = { 0 };

	begin(steps, 1);
	ck_assert_int_eq(try_url("https://api.example.test/", &request), -1);
	ck_assert_int_eq(t.error.code, ERROR_BAD_PARAMETER);
	end();
	begin(NULL, 0);
	t.settings.ca_file = "/nowhere/at/all.pem";
	ck_assert_int_eq(fetch_new(&t.fetch, &t.loop, &t.settings, &error), -1);
	ck_assert_int_eq(error.code, ERROR_BAD_CONFIGURATION);
	t.fetch = NULL;
	end();
}
END_TEST

START_TEST(connection_refused_is_told)
{
	const struct server_step steps[] = { { 200, NULL, "hello", 0, 0 } };

	begin(steps, 1);
	server_stop(t.server);
	t.server = NULL;
	t.settings.ca_file = NULL;
	expect_error("https://api.example.test/", ERROR_CONNECTION_FAILED);
	ck_assert(!t.sent);
	end();
}
END_TEST

START_TEST(bounds_the_headers)
{
	static char many[80000];
	const struct server_step steps[] = { { 200,
						     "X-Odd: a\tb\r\nX-Bad: a\x01z\r\n"
						     "Bad Name: x\r\nContent-Type:   text/plain \r\n",
						     "fine", 0, 0 },
		{ 200, many, "hello", 0, 0 } };

	for (size_t used = 0; used + 20 < sizeof many;)
		used += (size_t)snprintf(many + used, sizeof many - used, "X-H: 0123456789\r\n");
	begin(steps, 2);
	ck_assert_int_eq(try_url("https://api.example.test/", NULL), 0);
	ck_assert_str_eq(t.type, "text/plain");
	expect_error("https://api.example.test/", ERROR_PROVIDER_FAILED);
	ck_assert_ptr_nonnull(strstr(t.error.message, "headers"));
	end();
}
END_TEST

START_TEST(faults_have_codes)
{
	static const struct {
		CURLcode result;
		bool sent;
		enum error_code code;
	} rows[] = { { CURLE_COULDNT_RESOLVE_HOST, false, ERROR_NAME_NOT_FOUND },
		{ CURLE_COULDNT_RESOLVE_PROXY, false, ERROR_NAME_NOT_FOUND },
		{ CURLE_COULDNT_CONNECT, false, ERROR_CONNECTION_FAILED },
		{ CURLE_PROXY, false, ERROR_CONNECTION_FAILED },
		{ CURLE_OPERATION_TIMEDOUT, false, ERROR_CONNECTION_FAILED },
		{ CURLE_OPERATION_TIMEDOUT, true, ERROR_DEADLINE_PASSED },
		{ CURLE_PEER_FAILED_VERIFICATION, false, ERROR_TLS_FAILED },
		{ CURLE_SSL_CONNECT_ERROR, false, ERROR_TLS_FAILED },
		{ CURLE_PARTIAL_FILE, true, ERROR_CONNECTION_LOST },
		{ CURLE_HTTP2_STREAM, true, ERROR_CONNECTION_LOST },
		{ CURLE_GOT_NOTHING, true, ERROR_CONNECTION_LOST },
		{ CURLE_FILESIZE_EXCEEDED, true, ERROR_BODY_TOO_LARGE },
		{ CURLE_BAD_CONTENT_ENCODING, true, ERROR_MALFORMED_BODY },
		{ CURLE_WEIRD_SERVER_REPLY, true, ERROR_PROVIDER_FAILED },
		{ CURLE_OUT_OF_MEMORY, false, ERROR_OUT_OF_MEMORY },
		{ CURLE_READ_ERROR, true, ERROR_CONNECTION_FAILED } };

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct error error = { 0 };
		ck_assert_int_eq(fault_set(&error, rows[i].result, "api.test", "why\x1b", rows[i].sent), -1);
		ck_assert_str_eq(error_code_text(error.code), error_code_text(rows[i].code));
		ck_assert(error.message[0] && !strchr(error.message, 0x1b));
		ck_assert(error.code == ERROR_OUT_OF_MEMORY || strstr(error.message, "api.test"));
	}
}
END_TEST

/* TLS to the proxy, and inside it TLS to the provider. What the proxy sees is a name. */
START_TEST(goes_through_a_proxy)
{
	struct server_step tunnel[] = { { 0, NULL, NULL, 0, SERVER_TUNNEL },
		{ 403, NULL, "not you", 0, SERVER_ANSWER } };
	const struct server_step steps[] = { { 200, NULL, "hello", 0, 0 } };
	char address[64];
	struct server *proxy;

	begin(steps, 1);
	tunnel[0].status = server_port(t.server);
	proxy = server_start(names, tunnel, 2);
	(void)snprintf(address, sizeof address, "https://127.0.0.1:%u", server_port(proxy));
	t.settings.proxy = address;
	t.settings.mapping_count = 0;
	t.settings.ca_bundle = server_ca_file(proxy);
	ck_assert_int_eq(try_url("https://api.example.test/x", NULL), 0);
	ck_assert_str_eq(buffer_text(&t.body), "hello");
	ck_assert_ptr_nonnull(strstr(server_request(t.server, 0), "GET /x HTTP/1.1\r\n"));
	ck_assert_ptr_nonnull(strstr(server_request(proxy, 0), "CONNECT api.example.test:443 HTTP/1.1\r\n"));
	ck_assert_ptr_null(strstr(server_request(proxy, 0), "/x"));
	/* What is behind it is judged by name. */
	expect_error("https://localhost/", ERROR_ADDRESS_REFUSED);
	expect_error("https://10.0.0.1/", ERROR_ADDRESS_REFUSED);
	expect_error("https://evil.example.test/", ERROR_FOREIGN_LINK);
	expect_error("https://other.example.test/", ERROR_CONNECTION_FAILED);
	ck_assert_ptr_nonnull(strstr(t.error.message, "proxy"));
	ck_assert_uint_eq(server_count(proxy), 2);
	end();
	server_stop(proxy);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("fetch/transfer");
	TCase *c = tcase_create("transfer");

	tcase_set_timeout(c, 300);
	tcase_add_test(c, brings_the_answer);
	tcase_add_test(c, sends_headers_and_body);
	tcase_add_test(c, unpacks_gzip);
	tcase_add_test(c, pauses_and_resumes);
	tcase_add_test(c, stops_when_told);
	tcase_add_test(c, ends_with_the_engine);
	tcase_add_test(c, tells_what_went_wrong);
	tcase_add_test(c, does_not_wait_forever);
	tcase_add_test(c, bounds_the_body);
	tcase_add_test(c, defuses_bombs);
	tcase_add_test(c, reaches_only_what_is_approved);
	tcase_add_test(c, judges_kept_connections);
	tcase_add_test(c, trusts_only_known_certificates);
	tcase_add_test(c, refuses_what_it_cannot_start);
	tcase_add_test(c, connection_refused_is_told);
	tcase_add_test(c, bounds_the_headers);
	tcase_add_test(c, faults_have_codes);
	tcase_add_test(c, goes_through_a_proxy);
	suite_add_tcase(s, c);
	return s;
}

CHECK_MAIN(suite)
