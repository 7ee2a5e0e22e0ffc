/* The listener for a consent that ends on this machine, visited by those who may and by those who may not. */
#include "config.h"

#include "run/loopback.h"

#include "base/buffer.h"

#include "check_main.h"

#include <string.h>

static struct {
	uv_loop_t loop;
	struct loopback *loopback;
	unsigned port;
	char url[512]; /* what on_url was told */
	unsigned told;
} t;

static void on_url(void *context, const char *url)
{
	ck_assert_ptr_eq(context, &t);
	(void)snprintf(t.url, sizeof t.url, "%s", url);
	t.told++;
}

static void begin(const char *redirect)
{
	struct error error = { 0 };

	memset(&t, 0, sizeof t);
	ck_assert_int_eq(uv_loop_init(&t.loop), 0);
	ck_assert_msg(
		loopback_new(&t.loopback, &t.loop, redirect, on_url, &t, &error) == 0, "%s", error.message);
	ck_assert_int_eq(sscanf(strrchr(loopback_redirect(t.loopback), ':'), ":%u", &t.port), 1);
}

/* A browser: connects, sends, reads to the end. */
struct browser {
	uv_tcp_t socket;
	uv_connect_t connect;
	uv_write_t write;
	struct buffer answer;
	char chunk[1024];
	const char *request;
	size_t length;
	bool done;
};

static void on_end(uv_handle_t *handle)
{
	struct browser *browser = handle->data;

	browser->done = true;
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *out)
{
	struct browser *browser = handle->data;

	(void)suggested;
	*out = uv_buf_init(browser->chunk, sizeof browser->chunk);
}

static void on_read(uv_stream_t *stream, ssize_t got, const uv_buf_t *bytes)
{
	struct browser *browser = stream->data;

	if (got > 0)
		ck_assert_int_eq(buffer_append(&browser->answer, bytes->base, (size_t)got), 0);
	else if (got < 0 && !uv_is_closing((uv_handle_t *)stream))
		uv_close((uv_handle_t *)stream, on_end);
}

static void on_connected(uv_connect_t *connect, int status)
{
	struct browser *browser = connect->data;
	uv_buf_t bytes = uv_buf_init((char *)browser->request, (unsigned)browser->length);

	ck_assert_int_eq(status, 0);
	ck_assert_int_eq(uv_read_start((uv_stream_t *)&browser->socket, on_alloc, on_read), 0);
	ck_assert_int_eq(uv_write(&browser->write, (uv_stream_t *)&browser->socket, &bytes, 1, NULL), 0);
}

static struct browser browser; /* the last one */

static void end(void)
{
	buffer_clear(&browser.answer);
	loopback_free(t.loopback);
	ck_assert_int_eq(uv_run(&t.loop, UV_RUN_DEFAULT), 0);
	ck_assert_int_eq(uv_loop_close(&t.loop), 0);
}

/* What is answered; "" when the connection is closed without a word. */
static const char *visit_with(const char *request, size_t length, bool six)
{
	struct sockaddr_storage address;

	buffer_clear(&browser.answer);
	memset(&browser, 0, sizeof browser);
	buffer_init(&browser.answer, 65536);
	browser.request = request;
	browser.length = length;
	browser.connect.data = browser.socket.data = &browser;
	if (six)
		(void)uv_ip6_addr("::1", (int)t.port, (struct sockaddr_in6 *)&address);
	else
		(void)uv_ip4_addr("127.0.0.1", (int)t.port, (struct sockaddr_in *)&address);
	(void)uv_tcp_init(&t.loop, &browser.socket);
	ck_assert_int_eq(
		uv_tcp_connect(&browser.connect, &browser.socket, (struct sockaddr *)&address, on_connected),
		0);
	while (!browser.done && uv_run(&t.loop, UV_RUN_ONCE))
		;
	return buffer_text(&browser.answer);
}

static bool answers(const char *status, const char *target, const char *host)
{
	char request[1024], line[64];
	int length = snprintf(request, sizeof request,
		"GET %s HTTP/1.1\r\nAccept: */*\r\nhost:  %s\r\nCookie: a=b\r\n\r\n", target, host);

	(void)snprintf(line, sizeof line, "HTTP/1.1 %s\r\n", status);
	return strncmp(visit_with(request, (size_t)length, false), line, strlen(line)) == 0;
}

START_TEST(the_one_request_is_taken)
{
	char host[64], url[128];

	begin("http://127.0.0.1/back");
	(void)snprintf(host, sizeof host, "127.0.0.1:%u", t.port);
	(void)snprintf(url, sizeof url, "http://%s/back", host);
	ck_assert_str_eq(loopback_redirect(t.loopback), url);
	ck_assert(answers("200 OK", "/back?code=a%20b&state=c", host));
	ck_assert_uint_eq(t.told, 1);
	(void)snprintf(url, sizeof url, "http://%s/back?code=a%%20b&state=c", host);
	ck_assert_str_eq(t.url, url);
	ck_assert(answers("409 Conflict", "/back?code=d&state=e", host));
	ck_assert_uint_eq(t.told, 1);
	end();
}
END_TEST

START_TEST(others_are_turned_away)
{
	static const char *const requests[] = {
		"POST /back?code=a HTTP/1.1\r\nHost: %s\r\n\r\n",
		"GET /back?code=a HTTP/1.1\r\n\r\n",
		"GET /back?code=a HTTP/1.1\r\nHost: evil.example\r\n\r\n",
		"GET /back?code=a HTTP/1.1\r\nHost: %s\r\nHost: evil.example\r\n\r\n",
		"GET /back?code=a HTTP/1.1\r\nX-Host: %s\r\n\r\n",
		"GET /back?code=a\r\nHost: %s\r\n\r\n",
		"GET  HTTP/1.1\r\nHost: %s\r\n\r\n",
		"GET http://%s/back?code=a HTTP/1.1\r\nHost: %s\r\n\r\n",
		"\r\n\r\n",
	};
	char host[64];

	begin("http://127.0.0.1/back");
	(void)snprintf(host, sizeof host, "127.0.0.1:%u", t.port);
	ck_assert(answers("404 Not Found", "/", host));
	ck_assert(answers("404 Not Found", "/favicon.ico", host));
	ck_assert(answers("404 Not Found", "/backwards?code=a", host));
	ck_assert(answers("404 Not Found", "/back/?code=a", host));
	ck_assert(answers("404 Not Found", "/back", host));
	ck_assert(answers("404 Not Found", "/back?", host));
	ck_assert(answers("404 Not Found", "/back?state=a&codec=b", host));
	ck_assert(answers("404 Not Found", "/back?x#?code=a", host));
	for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++) {
		char request[512];
		const char *at = strstr(requests[i], "%s");
		size_t length = at ? (size_t)(at - requests[i]) : strlen(requests[i]);
		(void)snprintf(request, sizeof request, "%.*s%s%s", (int)length, requests[i], at ? host : "",
			at ? at + 2 : "");
		ck_assert_msg(strncmp(visit_with(request, strlen(request), false), "HTTP/1.1 404", 12) == 0,
			"%s", request);
	}
	ck_assert_str_eq(visit_with("GET /b\0ck HTTP/1.1\r\n\r\n", 22, false), "");
	ck_assert_uint_eq(t.told, 0);
	ck_assert(answers("200 OK", "/back?code=a", host));
	ck_assert_uint_eq(t.told, 1);
	end();
}
END_TEST

START_TEST(a_request_without_end_is_given_up)
{
	static char request[64 * 1024];

	begin("http://127.0.0.1/back");
	memset(request, 'a', sizeof request);
	memcpy(request, "GET /", 5);
	ck_assert_str_eq(visit_with(request, sizeof request, false), "");
	end();
}
END_TEST

START_TEST(redirects_of_many_looks)
{
	static const char *const served[] = { "http://127.0.0.1/a", "http://127.0.0.1:8080/a?b=c",
		"http://[::1]:1/", "http://localhost", "http://localhost:65535/x" };
	static const char *const not [] = { "https://127.0.0.1/a", "http://127.0.0.1.evil/a",
		"http://127.0.0.2/", "http://localhost.evil/", "http://localhost:0/",
		"http://localhost:65536/", "http://localhost:8a/", "http://user@localhost/", "http://::1/",
		"http://localhost#a", "", "http://10.0.0.1/" };

	for (size_t i = 0; i < sizeof served / sizeof served[0]; i++)
		ck_assert_msg(loopback_serves(served[i]), "%s", served[i]);
	for (size_t i = 0; i < sizeof not / sizeof not [0]; i++)
		ck_assert_msg(!loopback_serves(not [i]), "%s", not [i]);
}
END_TEST

START_TEST(localhost_without_a_path)
{
	char host[64], url[128];

	begin("http://localhost");
	(void)snprintf(host, sizeof host, "LOCALHOST:%u", t.port);
	ck_assert(answers("404 Not Found", "/", host));
	ck_assert(answers("200 OK", "/?error=a", host));
	(void)snprintf(url, sizeof url, "http://localhost:%u/?error=a", t.port);
	ck_assert_str_eq(t.url, url);
	end();
}
END_TEST

START_TEST(a_port_that_is_taken_is_told)
{
	struct error error = { 0 };
	struct loopback *second = NULL;
	char redirect[128];

	begin("http://127.0.0.1/back");
	(void)snprintf(redirect, sizeof redirect, "http://127.0.0.1:%u/back", t.port);
	ck_assert_int_eq(loopback_new(&second, &t.loop, redirect, on_url, &t, &error), -1);
	ck_assert_int_eq(error.code, ERROR_CONNECTION_FAILED);
	ck_assert_ptr_null(second);
	ck_assert_int_eq(loopback_new(&second, &t.loop, "http://example.com/", on_url, &t, &error), -1);
	ck_assert_int_eq(error.code, ERROR_BAD_FIELD);
	end();
}
END_TEST

/* A browser that is sent to localhost tries IPv6 first: who listens there would get the answer. */
START_TEST(a_port_that_another_has_in_the_other_family)
{
	struct error error = { 0 };
	struct loopback *second = NULL;
	char redirect[128];

	memset(&t, 0, sizeof t);
	ck_assert_int_eq(uv_loop_init(&t.loop), 0);
	if (loopback_new(&t.loopback, &t.loop, "http://[::1]/back", on_url, &t, &error) == 0) {
		ck_assert_int_eq(sscanf(loopback_redirect(t.loopback), "http://[::1]:%u", &t.port), 1);
		(void)snprintf(redirect, sizeof redirect, "http://localhost:%u/back", t.port);
		ck_assert_int_eq(loopback_new(&second, &t.loop, redirect, on_url, &t, &error), -1);
		ck_assert_int_eq(error.code, ERROR_CONNECTION_FAILED);
		ck_assert_ptr_null(second);
	} /* else there is no IPv6 here */
	end();
}
END_TEST

START_TEST(freed_with_visitors_inside)
{
	struct sockaddr_in address;

	begin("http://127.0.0.1/back");
	memset(&browser, 0, sizeof browser);
	browser.request = "GET /back";
	browser.length = strlen(browser.request);
	browser.connect.data = browser.socket.data = &browser;
	(void)uv_ip4_addr("127.0.0.1", (int)t.port, &address);
	(void)uv_tcp_init(&t.loop, &browser.socket);
	ck_assert_int_eq(
		uv_tcp_connect(&browser.connect, &browser.socket, (struct sockaddr *)&address, on_connected),
		0);
	for (int i = 0; i < 20; i++)
		(void)uv_run(&t.loop, UV_RUN_NOWAIT);
	end();
	ck_assert(browser.done);
	ck_assert_uint_eq(t.told, 0);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("loopback");
	TCase *c = tcase_create("loopback");

	tcase_add_test(c, the_one_request_is_taken);
	tcase_add_test(c, others_are_turned_away);
	tcase_add_test(c, a_request_without_end_is_given_up);
	tcase_add_test(c, redirects_of_many_looks);
	tcase_add_test(c, localhost_without_a_path);
	tcase_add_test(c, a_port_that_is_taken_is_told);
	tcase_add_test(c, a_port_that_another_has_in_the_other_family);
	tcase_add_test(c, freed_with_visitors_inside);
	suite_add_tcase(s, c);
	return s;
}

CHECK_MAIN(suite)
