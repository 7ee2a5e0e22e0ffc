#include "config.h"

#include "run/outlet.h"

#include <stdbool.h>
#include <stdlib.h>

struct outlet {
	uv_poll_t poll;
	struct drain *drain;
	void (*on_change)(void *context, enum drain_result result, const struct error *error);
	void *context;
	bool polled; /* the handle is in use: a file needs none */
};

static void on_poll(uv_poll_t *poll, int status, int events)
{
	struct outlet *outlet = poll->data;
	struct error error = { 0 };
	enum drain_result result = outlet_flush(outlet, &error);

	(void)status;
	(void)events;
	outlet->on_change(outlet->context, result, &error);
}

int outlet_new(struct outlet **out, uv_loop_t *loop, struct drain *drain,
	void (*on_change)(void *context, enum drain_result result, const struct error *error), void *context,
	struct error *error)
{
	int watch = drain_watch(drain);
	struct outlet *outlet = calloc(1, sizeof *outlet);

	if (!outlet)
		return error_memory(error);
	outlet->drain = drain;
	outlet->on_change = on_change;
	outlet->context = context;
	outlet->poll.data = outlet;
	if (watch >= 0) {
		if (uv_poll_init(loop, &outlet->poll, watch) < 0) {
			free(outlet);
			return error_set(error, ERROR_INTERNAL, "The event loop refused the output.");
		}
		outlet->polled = true;
	}
	*out = outlet;
	return 0;
}

static void on_closed(uv_handle_t *handle)
{
	free(handle->data);
}

void outlet_free(struct outlet *outlet)
{
	if (!outlet)
		return;
	if (outlet->polled)
		uv_close((uv_handle_t *)&outlet->poll, on_closed);
	else
		free(outlet);
}

enum drain_result outlet_flush(struct outlet *outlet, struct error *error)
{
	enum drain_result result = drain_flush(outlet->drain, error);

	if (!outlet->polled)
		return result;
	if (result == DRAIN_WAITING)
		(void)uv_poll_start(&outlet->poll, UV_READABLE, on_poll);
	else
		(void)uv_poll_stop(&outlet->poll);
	return result;
}
