#include "config.h"

#include "fetch/transfer.h"

#include "base/buffer.h"
#include "base/secrets.h"
#include "fetch/engine.h"
#include "fetch/fault.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

struct transfer {
	struct engine_task task; /* first: the engine hands it back */
	struct fetch *fetch;
	struct transfer_handlers handlers;
	struct url url;
	bool proxied;
	char *body; /* what is sent, owned */
	size_t body_length;
	struct curl_slist *lines;      /* the request's headers */
	struct curl_slist *connect_to; /* the mapping, in libcurl's words */
	struct headers headers;        /* of the answer */
	uint64_t received;             /* decoded bytes of the body */
	uv_timer_t deadline;
	int64_t left_ms; /* of the deadline; it does not run while paused */
	struct error error;
	char detail[CURL_ERROR_SIZE];
	bool answered;      /* on_response was called */
	bool given_up;      /* by a handler */
	bool refused;       /* an address was refused by the guard */
	bool failed;        /* error says why */
	bool paused;        /* on_body said so */
	bool resume_wanted; /* while libcurl was busy */
	bool cancel_wanted;
	bool sent;
};

/* ---- The end -------------------------------------------------------------------------------------- */

static void on_closed(uv_handle_t *handle)
{
	free(handle->data);
}

static void wipe_lines(struct curl_slist *lines)
{
	for (struct curl_slist *line = lines; line; line = line->next)
		explicit_bzero(line->data, strlen(line->data));
	curl_slist_free_all(lines);
}

/* Frees all but the struct, which goes when its timer has closed. */
static void release(struct transfer *transfer)
{
	curl_easy_cleanup(transfer->task.easy);
	wipe_lines(transfer->lines);
	curl_slist_free_all(transfer->connect_to);
	secrets_bytes_free_take(transfer->body, transfer->body_length);
	headers_wipe(&transfer->headers);
	explicit_bzero(&transfer->url, sizeof transfer->url);
	uv_close((uv_handle_t *)&transfer->deadline, on_closed);
}

/* Out of the engine already. */
static void finish(struct transfer *transfer)
{
	transfer->handlers.on_done(transfer->handlers.context, transfer->failed ? &transfer->error : NULL);
	release(transfer);
}

static bool was_sent(const struct transfer *transfer)
{
	long size = 0;

	(void)curl_easy_getinfo(transfer->task.easy, CURLINFO_REQUEST_SIZE, &size);
	return size > 0;
}

/* What the proxy answered to CONNECT, where it did not just go on; else 0. */
static long proxy_refusal(const struct transfer *transfer)
{
	long status = 0;

	if (transfer->proxied)
		(void)curl_easy_getinfo(transfer->task.easy, CURLINFO_HTTP_CONNECTCODE, &status);
	return status >= 200 && status < 300 ? 0 : status;
}

static void tell_fault(struct transfer *transfer, CURLcode result)
{
	bool judged = result == CURLE_COULDNT_CONNECT || result == CURLE_ABORTED_BY_CALLBACK;
	const char *host = transfer->url.host;
	long refusal = proxy_refusal(transfer);

	transfer->failed = true;
	if (transfer->refused && judged)
		(void)error_set(&transfer->error, ERROR_ADDRESS_REFUSED,
			"%s leads to an address that is not public.", host);
	else if (refusal)
		(void)error_set(&transfer->error, ERROR_CONNECTION_FAILED,
			"The proxy makes no connection to %s (status %ld).", host, refusal);
	else
		(void)fault_set(&transfer->error, result, host, transfer->detail, transfer->sent);
	if (transfer->proxied && transfer->error.code == ERROR_CONNECTION_FAILED)
		(void)error_hint(&transfer->error, "Check the proxy that the configuration file names.");
}

static void on_end(struct engine_task *task, CURLcode result)
{
	struct transfer *transfer = (struct transfer *)task;

	if (transfer->cancel_wanted) {
		release(transfer);
		return;
	}
	transfer->sent = was_sent(transfer);
	if (result != CURLE_OK && !transfer->failed && !transfer->given_up)
		tell_fault(transfer, result);
	finish(transfer);
}

static void on_deadline(uv_timer_t *timer)
{
	struct transfer *transfer = timer->data;

	transfer->sent = was_sent(transfer);
	transfer->failed = true;
	(void)error_set(&transfer->error, ERROR_DEADLINE_PASSED,
		"%s has not answered completely in the time allowed.", transfer->url.host);
	engine_remove(transfer->fetch, &transfer->task);
	finish(transfer);
}

static void on_shutdown(struct engine_task *task)
{
	struct transfer *transfer = (struct transfer *)task;

	engine_remove(transfer->fetch, task);
	release(transfer);
}

/* ---- Pausing ------------------------------------------------------------------------------------------ */

static void start_deadline(struct transfer *transfer)
{
	(void)uv_timer_start(&transfer->deadline, on_deadline, (uint64_t)transfer->left_ms, 0);
}

static void pause_deadline(struct transfer *transfer)
{
	transfer->left_ms = (int64_t)uv_timer_get_due_in(&transfer->deadline);
	(void)uv_timer_stop(&transfer->deadline);
}

static void resume(struct transfer *transfer)
{
	transfer->resume_wanted = false;
	if (!transfer->paused)
		return;
	transfer->paused = false;
	start_deadline(transfer);
	engine_unpause(transfer->fetch, &transfer->task);
}

static void on_job(struct engine_task *task)
{
	struct transfer *transfer = (struct transfer *)task;

	if (transfer->cancel_wanted) {
		engine_remove(transfer->fetch, task);
		release(transfer);
	} else if (transfer->resume_wanted) {
		resume(transfer);
	}
}

void transfer_resume(struct transfer *transfer)
{
	transfer->resume_wanted = true;
	engine_later(transfer->fetch, &transfer->task);
}

void transfer_cancel(struct transfer *transfer)
{
	transfer->cancel_wanted = true;
	if (engine_is_inside(transfer->fetch))
		engine_later(transfer->fetch, &transfer->task);
	else
		on_job(&transfer->task);
}

bool transfer_was_sent(const struct transfer *transfer)
{
	return transfer->sent;
}

/* ---- libcurl's callbacks ------------------------------------------------------------------------------ */

/* Judges the address that is about to be connected to. */
static curl_socket_t open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address)
{
	struct transfer *transfer = context;

	if (purpose != CURLSOCKTYPE_IPCXN)
		return CURL_SOCKET_BAD;
	/* The proxy is the operator's choice; what is behind it was judged by name. */
	if (!transfer->proxied && !guard_address(fetch_settings_of(transfer->fetch), transfer->url.host,
					  transfer->url.port, &address->addr)) {
		transfer->refused = true;
		return CURL_SOCKET_BAD;
	}
	return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/* Judges the connection that is about to be used, which may be one that another transfer made. */
static int before_request(void *context, char *remote, char *local, int remote_port, int local_port)
{
	struct transfer *transfer = context;
	struct sockaddr_in four = { .sin_family = AF_INET };
	struct sockaddr_in6 six = { .sin6_family = AF_INET6 };
	const struct sockaddr *address = NULL;

	(void)local;
	(void)local_port;
	if (transfer->proxied)
		return CURL_PREREQFUNC_OK;
	if (inet_pton(AF_INET, remote, &four.sin_addr) == 1) {
		four.sin_port = htons((uint16_t)remote_port);
		address = (const struct sockaddr *)&four;
	} else if (inet_pton(AF_INET6, remote, &six.sin6_addr) == 1) {
		six.sin6_port = htons((uint16_t)remote_port);
		address = (const struct sockaddr *)&six;
	}
	if (address && guard_address(fetch_settings_of(transfer->fetch), transfer->url.host,
			       transfer->url.port, address))
		return CURL_PREREQFUNC_OK;
	transfer->refused = true;
	return CURL_PREREQFUNC_ABORT;
}

/* The blank line: the headers are complete. 1xx answers are not the answer. */
static size_t end_of_headers(struct transfer *transfer, size_t size)
{
	long status = 0;

	(void)curl_easy_getinfo(transfer->task.easy, CURLINFO_RESPONSE_CODE, &status);
	if (status < 200)
		return size;
	transfer->answered = true;
	if (transfer->handlers.on_response(transfer->handlers.context, (int)status, &transfer->headers) < 0) {
		transfer->given_up = true;
		return 0;
	}
	return size;
}

static size_t on_header(char *bytes, size_t one, size_t size, void *context)
{
	struct transfer *transfer = context;
	struct error ignored;
	size_t length = size;

	(void)one;
	if (transfer->cancel_wanted)
		return 0;
	if (transfer->answered) /* a trailer */
		return size;
	while (length > 0 && (bytes[length - 1] == '\r' || bytes[length - 1] == '\n' ||
				     bytes[length - 1] == ' ' || bytes[length - 1] == '\t'))
		length--;
	if (length == 0)
		return end_of_headers(transfer, size);
	if (length >= 5 && memcmp(bytes, "HTTP/", 5) == 0) {
		headers_clear(&transfer->headers);
		return size;
	}
	const char *colon = memchr(bytes, ':', length);
	if (!colon)
		return size;
	const char *value = colon + 1;
	while (value < bytes + length && (*value == ' ' || *value == '\t'))
		value++;
	/* A line that is none of ours to understand is left out; too many are too many. */
	if (headers_add(&transfer->headers, bytes, (size_t)(colon - bytes), value,
		    (size_t)(bytes + length - value), &ignored) < 0 &&
		transfer->headers.bytes.length + size > HEADERS_LIMIT) {
		transfer->failed = true;
		(void)error_set(&transfer->error, ERROR_PROVIDER_FAILED,
			"The headers of %s's answer are too long.", transfer->url.host);
		return 0;
	}
	return size;
}

/* Does the body stay in its bounds with these bytes too? */
static bool is_within_bounds(struct transfer *transfer, size_t length)
{
	const struct fetch_settings *settings = fetch_settings_of(transfer->fetch);
	uint64_t decoded = transfer->received + length;
	curl_off_t raw = 0;

	if (decoded > settings->body_limit) {
		(void)error_set(&transfer->error, ERROR_BODY_TOO_LARGE,
			"%s's answer is larger than %llu bytes.", transfer->url.host,
			(unsigned long long)settings->body_limit);
		return false;
	}
	if (decoded <= settings->ratio_from)
		return true;
	(void)curl_easy_getinfo(transfer->task.easy, CURLINFO_SIZE_DOWNLOAD_T, &raw);
	if (decoded / settings->ratio_limit <= (uint64_t)raw)
		return true;
	(void)error_set(&transfer->error, ERROR_BODY_TOO_LARGE,
		"%s's answer unpacks to more than %u times its size.", transfer->url.host,
		settings->ratio_limit);
	return false;
}

static size_t on_bytes(char *bytes, size_t one, size_t length, void *context)
{
	struct transfer *transfer = context;
	size_t taken;

	(void)one;
	if (transfer->cancel_wanted)
		return 0;
	if (length == 0)
		return 0;
	if (!is_within_bounds(transfer, length)) {
		transfer->failed = true;
		return 0;
	}
	taken = transfer->handlers.on_body(transfer->handlers.context, bytes, length);
	if (taken == TRANSFER_PAUSE) {
		if (!transfer->paused)
			pause_deadline(transfer);
		transfer->paused = true;
		return CURL_WRITEFUNC_PAUSE;
	}
	transfer->received += length;
	if (taken != length) {
		transfer->given_up = true;
		return 0;
	}
	return length;
}

/* ---- The beginning ------------------------------------------------------------------------------------ */

static int add_line(struct transfer *transfer, const char *line)
{
	struct curl_slist *lines = curl_slist_append(transfer->lines, line);

	if (!lines)
		return -1;
	transfer->lines = lines;
	return 0;
}

static int add_lines(struct transfer *transfer, const struct transfer_request *request, struct error *error)
{
	struct buffer line = BUFFER_INIT(HEADERS_LIMIT);
	const char *name, *value;
	size_t at = 0;
	int result = -1;

	while (request->headers && headers_next(&name, &value, request->headers, &at)) {
		if (!headers_may_send(name)) {
			(void)error_set(error, ERROR_BAD_PARAMETER,
				"The header '%s' may not be set by a request.", name);
			goto out;
		}
		line.length = 0;
		/* libcurl's way to say that a header is there and empty is a semicolon. */
		if (buffer_format(&line, value[0] ? "%s: %s" : "%s;", name, value) < 0 ||
			!buffer_text(&line) || add_line(transfer, line.data) < 0) {
			(void)error_memory(error);
			goto out;
		}
	}
	/* No waiting for a 100, and no media type that nobody said. */
	if (add_line(transfer, "Expect:") < 0 ||
		(!(request->headers && headers_get(request->headers, "content-type")) &&
			add_line(transfer, "Content-Type:") < 0)) {
		(void)error_memory(error);
		goto out;
	}
	result = 0;
out:
	buffer_wipe(&line);
	return result;
}

static CURLcode set_method(struct transfer *transfer, const struct transfer_request *request)
{
	CURL *easy = transfer->task.easy;

	if (strcmp(request->method, "GET") == 0 && !request->body)
		return curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
	if (strcmp(request->method, "HEAD") == 0 && !request->body)
		return curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
	if (request->body || strcmp(request->method, "POST") == 0) {
		CURLcode bad = curl_easy_setopt(easy, CURLOPT_POST, 1L);
		bad |= curl_easy_setopt(easy, CURLOPT_POSTFIELDS, transfer->body ? transfer->body : "");
		bad |= curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)transfer->body_length);
		if (bad)
			return bad;
	}
	return curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request->method);
}

/* The mapping as --connect-to has it: host:port:address:port. */
static int set_mapping(struct transfer *transfer, const struct fetch_mapping *mapping)
{
	char address[INET6_ADDRSTRLEN];
	char text[URL_HOST_SIZE + INET6_ADDRSTRLEN + 32];
	const struct sockaddr_in *four = (const struct sockaddr_in *)&mapping->address;
	const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)&mapping->address;
	bool is_six = mapping->address.ss_family == AF_INET6;
	const void *bytes = is_six ? (const void *)&six->sin6_addr : (const void *)&four->sin_addr;

	if (!inet_ntop(mapping->address.ss_family, bytes, address, sizeof address))
		return -1;
	(void)snprintf(text, sizeof text, is_six ? "%s:%u:[%s]:%u" : "%s:%u:%s:%u", mapping->host,
		mapping->port, address, ntohs(is_six ? six->sin6_port : four->sin_port));
	transfer->connect_to = curl_slist_append(NULL, text);
	if (!transfer->connect_to)
		return -1;
	return curl_easy_setopt(transfer->task.easy, CURLOPT_CONNECT_TO, transfer->connect_to) ? -1 : 0;
}

static int set_options(struct transfer *transfer, const struct transfer_request *request)
{
	CURL *easy = transfer->task.easy;
	CURLcode bad = set_method(transfer, request);

	bad |= curl_easy_setopt(easy, CURLOPT_URL, transfer->url.text);
	/* libcurl sends again what went into a kept connection that turns out to be dead. */
	if (strcmp(request->method, "POST") == 0 || strcmp(request->method, "PATCH") == 0)
		bad |= curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
	bad |= curl_easy_setopt(easy, CURLOPT_HTTPHEADER, transfer->lines);
	bad |= curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	bad |= curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, transfer);
	bad |= curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, before_request);
	bad |= curl_easy_setopt(easy, CURLOPT_PREREQDATA, transfer);
	bad |= curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
	bad |= curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer);
	bad |= curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_bytes);
	bad |= curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
	bad |= curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->detail);
	return bad == CURLE_OK ? 0 : -1;
}

static bool is_method(const char *method)
{
	static const char *const known[] = { "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE" };

	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (strcmp(known[i], method) == 0)
			return true;
	return false;
}

static int judge(const struct transfer_request *request, bool proxied, struct error *error)
{
	if (!is_method(request->method))
		return error_set(
			error, ERROR_BAD_PARAMETER, "The request's method is none that muster knows.");
	if (guard_url(request->hosts, request->host_count, request->url, request->use, error) < 0)
		return -1;
	return proxied ? guard_proxied(request->url, error) : 0;
}

static int prepare(struct transfer *transfer, const struct transfer_request *request,
	const struct fetch_mapping *mapping, struct error *error)
{
	transfer->task.easy = engine_handle_new(transfer->fetch, transfer->proxied);
	if (!transfer->task.easy)
		return error_memory(error);
	if (request->body) {
		transfer->body = malloc(request->body_length + 1);
		if (!transfer->body)
			return error_memory(error);
		memcpy(transfer->body, request->body, request->body_length);
		transfer->body_length = request->body_length;
	}
	if (add_lines(transfer, request, error) < 0)
		return -1;
	if (set_options(transfer, request) < 0 || (mapping && set_mapping(transfer, mapping) < 0) ||
		engine_add(transfer->fetch, &transfer->task) < 0)
		return error_memory(error);
	return 0;
}

int transfer_start(struct transfer **out, struct fetch *fetch, const struct transfer_request *request,
	const struct transfer_handlers *handlers, struct error *error)
{
	const struct fetch_settings *settings = fetch_settings_of(fetch);
	const struct fetch_mapping *mapping =
		fetch_settings_mapping(settings, request->url->host, request->url->port);
	bool proxied = settings->proxy && !mapping;
	struct transfer *transfer;

	if (judge(request, proxied, error) < 0)
		return -1;
	transfer = calloc(1, sizeof *transfer);
	if (!transfer)
		return error_memory(error);
	transfer->task =
		(struct engine_task){ .on_end = on_end, .on_job = on_job, .on_shutdown = on_shutdown };
	transfer->fetch = fetch;
	transfer->handlers = *handlers;
	transfer->url = *request->url;
	transfer->proxied = proxied;
	transfer->headers = (struct headers)HEADERS_INIT;
	transfer->left_ms = request->deadline_ms ? request->deadline_ms : settings->deadline_ms;
	(void)uv_timer_init(fetch_loop(fetch), &transfer->deadline);
	transfer->deadline.data = transfer;
	if (prepare(transfer, request, mapping, error) < 0) {
		release(transfer);
		return -1;
	}
	start_deadline(transfer);
	*out = transfer;
	return 0;
}
