#include "config.h"

#include "run/loopback.h"

#include "base/buffer.h"
#include "catalog/redirect.h"
#include "run/authorize.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
	REQUEST_MAX = 32 * 1024, /* line and headers: a code may be long, cookies of other servers too */
	VISITORS_MAX = 16,
	VISIT_MS = 10000,
	URL_MAX = 1024,
	LISTENERS = 2, /* "localhost" is both families */
};

/* One connection: it reads one request, writes one answer. */
struct visitor {
	struct loopback *loopback; /* NULL: it was freed meanwhile */
	uv_tcp_t socket;
	uv_timer_t timer;
	uv_write_t write;
	struct buffer request;
	struct buffer answer;
	char chunk[4096];
	unsigned open; /* handles */
	bool bringing; /* its request is the one that was waited for */
};

struct loopback {
	uv_tcp_t listeners[LISTENERS];
	unsigned listening;
	struct visitor *visitors[VISITORS_MAX];
	struct buffer url; /* the redirected one, once it came */
	bool told;
	char redirect[URL_MAX];
	char authority[64]; /* what the Host header must be */
	const char *path;   /* in redirect: begins behind the authority, may be empty */
	void (*on_url)(void *context, const char *url);
	void *context;
	unsigned open; /* listeners that aren't closed */
};

/* ---- The URL ------------------------------------------------------------------------------------------ */

/* The parts of a redirect URL that can be listened for; -1 when it is none. */
static int find_place(struct redirect *out, const char *url)
{
	return strlen(url) >= URL_MAX - sizeof ":65535" || redirect_parse(out, url) || !out->loopback ? -1
												      : 0;
}

bool loopback_serves(const char *redirect_url)
{
	struct redirect place;

	return find_place(&place, redirect_url) == 0;
}

static bool host_named(const struct redirect *place, const char *name)
{
	return place->host_length == strlen(name) && memcmp(place->host, name, place->host_length) == 0;
}

/* ---- Visitors ----------------------------------------------------------------------------------------- */

static void forget(struct visitor *visitor)
{
	struct loopback *loopback = visitor->loopback;

	for (size_t i = 0; loopback && i < VISITORS_MAX; i++)
		if (loopback->visitors[i] == visitor)
			loopback->visitors[i] = NULL;
	visitor->loopback = NULL;
}

static void on_visitor_closed(uv_handle_t *handle)
{
	struct visitor *visitor = handle->data;

	if (--visitor->open > 0)
		return;
	buffer_wipe(&visitor->request);
	buffer_clear(&visitor->answer);
	explicit_bzero(visitor->chunk, sizeof visitor->chunk);
	free(visitor);
}

static void send_away(struct visitor *visitor)
{
	forget(visitor);
	if (!uv_is_closing((uv_handle_t *)&visitor->socket))
		uv_close((uv_handle_t *)&visitor->socket, on_visitor_closed);
	if (!uv_is_closing((uv_handle_t *)&visitor->timer))
		uv_close((uv_handle_t *)&visitor->timer, on_visitor_closed);
}

static void on_written(uv_write_t *write, int status)
{
	struct visitor *visitor = write->data;
	struct loopback *loopback = visitor->loopback;
	bool bringing = visitor->bringing;

	(void)status;
	send_away(visitor);
	if (!loopback || !bringing || loopback->told || !buffer_text(&loopback->url))
		return;
	loopback->told = true;
	loopback->on_url(loopback->context, loopback->url.data);
}

static void answer(struct visitor *visitor, const char *status, const char *title, const char *text)
{
	static const char page[] =
		"<!DOCTYPE html>\n<html lang=\"en\"><meta charset=\"utf-8\">"
		"<meta name=\"viewport\" content=\"width=device-width\"><title>%s</title>"
		"<body style=\"font:1.1em/1.5 sans-serif;max-width:34em;margin:4em auto;padding:0 1em\">"
		"<h1>%s</h1><p>%s</p></body></html>\n";
	int length = snprintf(NULL, 0, page, title, title, text);
	uv_buf_t bytes;

	visitor->write.data = visitor;
	if (length < 0 ||
		buffer_format(&visitor->answer,
			"HTTP/1.1 %s\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: %d\r\n"
			"Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\n"
			"Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'\r\n"
			"X-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n",
			status, length) < 0 ||
		buffer_format(&visitor->answer, page, title, title, text) < 0) {
		send_away(visitor);
		return;
	}
	(void)uv_read_stop((uv_stream_t *)&visitor->socket);
	bytes = uv_buf_init(visitor->answer.data, (unsigned)visitor->answer.length);
	if (uv_write(&visitor->write, (uv_stream_t *)&visitor->socket, &bytes, 1, on_written) < 0)
		send_away(visitor);
}

/* Does the header name stand in the head once, with this value? Another page's script that makes its own name
 * lead here is known by it. */
static bool host_is(const char *head, const char *authority)
{
	bool found = false;

	for (const char *line = strstr(head, "\r\n"); line; line = strstr(line, "\r\n")) {
		size_t length;

		line += 2;
		if (strncasecmp(line, "Host:", 5) != 0)
			continue;
		line += 5 + strspn(line + 5, " \t");
		length = strcspn(line, " \t\r");
		if (found || strlen(authority) != length || strncasecmp(line, authority, length) != 0)
			return false;
		found = true;
	}
	return found;
}

/* Is the target the redirect URL's path, then perhaps a query? */
static bool path_is(const struct loopback *loopback, const char *target, size_t length)
{
	size_t path = strcspn(loopback->path, "?");
	const char *wanted = path ? loopback->path : "/";

	path = path ? path : 1;
	return length >= path && strncmp(target, wanted, path) == 0 &&
	       (length == path || target[path] == '?');
}

static void turn_away(struct visitor *visitor)
{
	answer(visitor, "404 Not Found", "Not here", "muster waits for something else.");
}

static void take_request(struct visitor *visitor, const char *head)
{
	struct loopback *loopback = visitor->loopback;
	const char *target = head + strlen("GET ");
	size_t length = strncmp(head, "GET ", 4) == 0 ? strcspn(target, " \r\n") : 0;

	if (!host_is(head, loopback->authority) || length == 0 ||
		strncmp(target + length, " HTTP/1.", 8) != 0 || !path_is(loopback, target, length)) {
		turn_away(visitor);
		return;
	}
	if (loopback->url.length > 0) {
		answer(visitor, "409 Conflict", "It came already", "muster has its answer; close this page.");
		return;
	}
	/* The redirect URL and whatever query came; its own path is the target's. */
	if (buffer_append(&loopback->url, loopback->redirect, (size_t)(loopback->path - loopback->redirect)) <
			0 ||
		buffer_append(&loopback->url, target, length) < 0 || !buffer_text(&loopback->url)) {
		buffer_wipe(&loopback->url);
		send_away(visitor);
		return;
	}
	/* Who only looks in, a scanner or a browser that fetches ahead, is not to take
	 * the place of the answer. */
	if (!authorize_is_answer(loopback->url.data)) {
		buffer_wipe(&loopback->url);
		turn_away(visitor);
		return;
	}
	visitor->bringing = true;
	answer(visitor, "200 OK", "Back to muster",
		"The provider has answered. Close this page and go on where you began.");
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *out)
{
	struct visitor *visitor = handle->data;

	(void)suggested;
	*out = uv_buf_init(visitor->chunk, sizeof visitor->chunk);
}

static void on_read(uv_stream_t *stream, ssize_t got, const uv_buf_t *bytes)
{
	struct visitor *visitor = stream->data;
	const char *head;

	if (got == 0)
		return;
	if (got < 0 || buffer_append(&visitor->request, bytes->base, (size_t)got) < 0 ||
		!(head = buffer_text(&visitor->request)) || strlen(head) != visitor->request.length) {
		send_away(visitor);
		return;
	}
	if (strstr(head, "\r\n\r\n"))
		take_request(visitor, head);
}

static void on_late(uv_timer_t *timer)
{
	send_away(timer->data);
}

static void on_connection(uv_stream_t *listener, int status)
{
	struct loopback *loopback = listener->data;
	struct visitor *visitor = status < 0 ? NULL : calloc(1, sizeof *visitor);
	size_t seat = 0;

	if (!visitor)
		return;
	buffer_init(&visitor->request, REQUEST_MAX);
	buffer_init(&visitor->answer, REQUEST_MAX);
	visitor->open = 2;
	(void)uv_tcp_init(listener->loop, &visitor->socket);
	(void)uv_timer_init(listener->loop, &visitor->timer);
	visitor->socket.data = visitor->timer.data = visitor;
	while (seat < VISITORS_MAX && loopback->visitors[seat])
		seat++;
	if (uv_accept(listener, (uv_stream_t *)&visitor->socket) < 0 || seat == VISITORS_MAX) {
		send_away(visitor);
		return;
	}
	visitor->loopback = loopback;
	loopback->visitors[seat] = visitor;
	if (uv_timer_start(&visitor->timer, on_late, VISIT_MS, 0) < 0 ||
		uv_read_start((uv_stream_t *)&visitor->socket, on_alloc, on_read) < 0)
		send_away(visitor);
}

/* ---- The listener ------------------------------------------------------------------------------------- */

static int listen_on(struct loopback *loopback, uv_loop_t *loop, bool six, unsigned *port)
{
	uv_tcp_t *listener = &loopback->listeners[loopback->listening];
	struct sockaddr_storage address;
	int size = sizeof address;
	int failed = six ? uv_ip6_addr("::1", (int)*port, (struct sockaddr_in6 *)&address)
			 : uv_ip4_addr("127.0.0.1", (int)*port, (struct sockaddr_in *)&address);

	if (failed)
		return failed;
	(void)uv_tcp_init(loop, listener);
	listener->data = loopback;
	loopback->listening++;
	loopback->open++;
	failed = uv_tcp_bind(listener, (const struct sockaddr *)&address, 0);
	if (!failed)
		failed = uv_listen((uv_stream_t *)listener, VISITORS_MAX, on_connection);
	if (!failed)
		failed = uv_tcp_getsockname(listener, (struct sockaddr *)&address, &size);
	if (!failed)
		*port = six ? ntohs(((struct sockaddr_in6 *)&address)->sin6_port)
			    : ntohs(((struct sockaddr_in *)&address)->sin_port);
	return failed;
}

/* "localhost" is listened for on both families; a machine without IPv6 has the one. But where somebody else has the port in
 * the other family, the browser may well bring him the answer. */
static int listen_all(
	struct loopback *loopback, uv_loop_t *loop, const struct redirect *place, unsigned *port)
{
	bool six = host_named(place, "[::1]");
	int failed;

	*port = place->port;
	failed = listen_on(loopback, loop, six, port);
	if (!failed && host_named(place, "localhost") &&
		listen_on(loopback, loop, true, port) == UV_EADDRINUSE)
		failed = UV_EADDRINUSE;
	return failed;
}

static void on_listener_closed(uv_handle_t *handle)
{
	struct loopback *loopback = handle->data;

	if (--loopback->open == 0)
		free(loopback);
}

/* The redirect URL with the port that is listened on, and what a browser calls that host. */
static void name_place(
	struct loopback *loopback, const struct redirect *place, const char *redirect_url, unsigned port)
{
	int host = (int)place->host_length;

	(void)snprintf(loopback->authority, sizeof loopback->authority, "%.*s:%u", host, place->host, port);
	/* The usual port is not written out. */
	if (port == 80)
		*strrchr(loopback->authority, ':') = '\0';
	if (place->port)
		(void)snprintf(loopback->redirect, sizeof loopback->redirect, "%s", redirect_url);
	else
		(void)snprintf(loopback->redirect, sizeof loopback->redirect, "http://%.*s:%u%s", host,
			place->host, port, place->path);
	loopback->path = loopback->redirect + strlen(loopback->redirect) - strlen(place->path);
}

int loopback_new(struct loopback **out, uv_loop_t *loop, const char *redirect_url,
	void (*on_url)(void *context, const char *url), void *context, struct error *error)
{
	struct loopback *loopback;
	struct redirect place;
	unsigned port;
	int failed;

	if (find_place(&place, redirect_url) < 0)
		return error_set(
			error, ERROR_BAD_FIELD, "The redirect URL is not one that muster can listen for.");
	loopback = calloc(1, sizeof *loopback);
	if (!loopback)
		return error_memory(error);
	buffer_init(&loopback->url, REQUEST_MAX + URL_MAX);
	failed = listen_all(loopback, loop, &place, &port);
	if (failed) {
		loopback_free(loopback);
		(void)error_set(error, ERROR_CONNECTION_FAILED, "muster can't listen for %.300s: %s.",
			redirect_url, uv_strerror(failed));
		return error_hint(error, "End what uses that port, or paste the URL: --redirect paste.");
	}
	name_place(loopback, &place, redirect_url, port);
	loopback->on_url = on_url;
	loopback->context = context;
	*out = loopback;
	return 0;
}

const char *loopback_redirect(const struct loopback *loopback)
{
	return loopback->redirect;
}

void loopback_free(struct loopback *loopback)
{
	if (!loopback)
		return;
	for (size_t i = 0; i < VISITORS_MAX; i++)
		if (loopback->visitors[i])
			send_away(loopback->visitors[i]);
	buffer_wipe(&loopback->url);
	for (unsigned i = 0; i < loopback->listening; i++)
		uv_close((uv_handle_t *)&loopback->listeners[i], on_listener_closed);
	if (loopback->open == 0)
		free(loopback);
}
