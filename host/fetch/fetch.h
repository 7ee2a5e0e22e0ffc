/* The engine of all transfers: one curl multi handle on one libuv loop, connections kept.
 *
 * Everything runs on the loop's thread; libcurl is started by the first fetch_new(), which therefore comes before
 * any other thread of the program. */
#ifndef MUSTER_FETCH_FETCH_H
#define MUSTER_FETCH_FETCH_H

#include "base/error.h"
#include "fetch/settings.h"

#include <uv.h>

struct fetch;

/* settings is borrowed until fetch_free(). */
int fetch_new(
	struct fetch **out, uv_loop_t *loop, const struct fetch_settings *settings, struct error *error);

/* Cancels the transfers that still run (without calling their handlers) and closes the handles; the
 * memory goes once the loop has run their close callbacks, so run it until it is empty. */
void fetch_free(struct fetch *fetch);

uv_loop_t *fetch_loop(const struct fetch *fetch);
const struct fetch_settings *fetch_settings_of(const struct fetch *fetch);

#endif
