#include "config.h"

#include "run/api.h"

#include "run/outlet.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

enum { ENOUGH = 256 * 1024 };

struct api {
	struct api_request request;
	struct connection_waiter waiter;
	void (*on_done)(void *context, const struct error *error);
	void *context;
	struct url url;
	struct call *call;
	struct outlet *outlet;
	uv_timer_t later;
	bool over;
	bool freed;
	bool lead; /* a C2 was seen and not yet passed on */
	struct error error;
};

static void on_later(uv_timer_t *timer)
{
	struct api *api = timer->data;

	api->on_done(api->context, api->error.code ? &api->error : NULL);
}

static void tell_later(struct api *api)
{
	(void)uv_timer_start(&api->later, on_later, 0, 0);
}

static void on_outlet(void *context, enum drain_result result, const struct error *error);

static void finish(struct api *api, const struct error *error)
{
	struct error output = { 0 };

	if (api->over)
		return;
	api->over = true;
	if (error) {
		api->error = *error;
		connection_explain(api->request.connection, &api->error);
		if (error->code == ERROR_RECORD_NOT_FOUND)
			(void)error_hint(&api->error, "Check the path.");
	}
	if (api->call)
		call_cancel(api->call);
	api->call = NULL;
	connection_leave(&api->waiter);
	on_outlet(api, outlet_flush(api->outlet, &output), &output);
	if (api->error.code == ERROR_INTERRUPTED)
		tell_later(api);
}

static void on_outlet(void *context, enum drain_result result, const struct error *error)
{
	struct api *api = context;

	if (result == DRAIN_WAITING)
		return;
	if (result == DRAIN_FAILED && api->error.code == ERROR_NONE)
		api->error = *error;
	if (api->over)
		tell_later(api);
	else if (result != DRAIN_EMPTY)
		finish(api, NULL);
	else if (api->call)
		call_resume(api->call);
}

static void on_response(void *context, int status, const struct headers *headers)
{
	(void)context;
	(void)status;
	(void)headers;
}

/* Replaces control characters byte by byte, so that a piece may end anywhere: a C1 control is C2 80 to C2 9F
 * in UTF-8, so a C2 waits for what follows it. */
static int append_clean(struct api *api, const char *bytes, size_t length, struct error *error)
{
	struct drain *drain = api->request.drain;

	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)bytes[i];
		bool control = (c < 0x20 && c != '\n' && c != '\t') || c == 0x7F;
		bool waited = api->lead;

		api->lead = c == 0xC2;
		if (waited && c >= 0x80 && c < 0xA0)
			control = true;
		else if (waited && drain_append(drain, "\xC2", 1, error) < 0)
			return -1;
		if (!api->lead && drain_append(drain, control ? "?" : &bytes[i], 1, error) < 0)
			return -1;
	}
	return 0;
}

static size_t on_body(void *context, const char *bytes, size_t length)
{
	struct api *api = context;
	struct error error = { 0 };
	enum drain_result drained = DRAIN_FAILED;
	int result;

	if (drain_pending(api->request.drain) > ENOUGH)
		return 0;
	result = api->request.clean ? append_clean(api, bytes, length, &error)
				    : drain_append(api->request.drain, bytes, length, &error);
	if (result == 0)
		drained = outlet_flush(api->outlet, &error);
	if (drained == DRAIN_EMPTY || drained == DRAIN_WAITING)
		return length;
	/* Who had enough, such as head, is no error. */
	finish(api, drained == DRAIN_CLOSED ? NULL : &error);
	return 0;
}

static void on_call_done(void *context, const struct error *error)
{
	struct api *api = context;

	api->call = NULL;
	finish(api, error);
}

static void on_ready(void *context, const struct error *error)
{
	struct api *api = context;
	const struct call_terms *terms = connection_terms(api->request.connection);
	struct call_request request = { .method = api->request.method,
		.url = &api->url,
		.use = GUARD_API,
		.harmless = strcmp(api->request.method, "GET") == 0 };
	struct call_handlers handlers = { on_response, on_body, on_call_done, api };
	struct error failure = { 0 };

	if (api->over)
		return;
	if (error)
		finish(api, error);
	else if (call_start(&api->call, terms, &request, &handlers, &failure) < 0)
		finish(api, &failure);
}

/* A path belongs to the first API host of the manifest. */
static int make_url(struct api *api, struct error *error)
{
	const struct call_terms *terms = connection_terms(api->request.connection);
	const char *path = api->request.path;
	const char *host = NULL;
	char text[URL_SIZE];
	int length;

	if (path[0] != '/') {
		if (url_parse(&api->url, path, strlen(path), ERROR_USAGE, "PATH", error) == 0)
			return 0;
		return error_hint(error, "PATH begins with a slash, such as /v1/things.");
	}
	for (size_t i = 0; i < terms->host_count && !host; i++)
		if (terms->hosts[i].uses & GUARD_API)
			host = terms->hosts[i].name;
	length = snprintf(text, sizeof text, "https://%s%s", host ? host : "", path);
	if (length < 0 || (size_t)length >= sizeof text)
		return error_set(error, ERROR_USAGE, "PATH is too long.");
	return url_parse(&api->url, text, (size_t)length, ERROR_USAGE, "PATH", error);
}

/* Here it is the person at the keyboard who names the host. */
static int check_host(const struct api *api, struct error *error)
{
	const struct call_terms *terms = connection_terms(api->request.connection);

	if (guard_url(terms->hosts, terms->host_count, &api->url, GUARD_API, error) == 0)
		return 0;
	error->code = ERROR_USAGE;
	return error_hint(error, "PATH alone, such as /v1/things, goes to the provider's own host.");
}

int api_start(struct api **out, const struct api_request *request,
	void (*on_done)(void *context, const struct error *error), void *context, struct error *error)
{
	const struct call_terms *terms = connection_terms(request->connection);
	uv_loop_t *loop = fetch_loop(terms->fetch);
	struct api *api = calloc(1, sizeof *api);

	if (!api)
		return error_memory(error);
	api->request = *request;
	api->on_done = on_done;
	api->context = context;
	(void)uv_timer_init(loop, &api->later);
	api->later.data = api;
	if (make_url(api, error) < 0 || check_host(api, error) < 0 ||
		outlet_new(&api->outlet, loop, request->drain, on_outlet, api, error) < 0) {
		api_free(api);
		return -1;
	}
	*out = api;
	connection_prepare(&api->waiter, request->connection, on_ready, api);
	return 0;
}

void api_interrupt(struct api *api)
{
	struct error error = { 0 };

	(void)error_set(&error, ERROR_INTERRUPTED, "Interrupted.");
	finish(api, &error);
}

static void on_closed(uv_handle_t *handle)
{
	free(handle->data);
}

void api_free(struct api *api)
{
	if (!api || api->freed)
		return;
	api->freed = true;
	api->over = true;
	if (api->call)
		call_cancel(api->call);
	connection_leave(&api->waiter);
	outlet_free(api->outlet);
	uv_close((uv_handle_t *)&api->later, on_closed);
}
