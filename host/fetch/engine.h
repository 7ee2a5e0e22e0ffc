/* What a transfer needs of the engine; for transfer.c only.
 *
 * libcurl may not be told to end or go on with a transfer from inside most of its own callbacks, so
 * such wishes become jobs that run as soon as it has returned. */
#ifndef MUSTER_FETCH_ENGINE_H
#define MUSTER_FETCH_ENGINE_H

#include "fetch/fetch.h"

#include <curl/curl.h>
#include <stdbool.h>

/* What is embedded in a transfer; list and job are the engine's. */
struct engine_task {
	CURL *easy;
	void (*on_end)(struct engine_task *task, CURLcode result); /* the handle is out by then */
	void (*on_job)(struct engine_task *task);
	void (*on_shutdown)(struct engine_task *task);
	struct engine_task *next, *previous;
	struct engine_task *next_job;
	bool has_job;
};

/* A handle with all that holds for every transfer of this process, to be freed by
 * curl_easy_cleanup(). proxied: through the operator's proxy, if there is one. */
CURL *engine_handle_new(struct fetch *fetch, bool proxied);

int engine_add(struct fetch *fetch, struct engine_task *task);

/* Not from inside libcurl. */
void engine_remove(struct fetch *fetch, struct engine_task *task);

/* Lets a paused one go on. Not from inside libcurl. */
void engine_unpause(struct fetch *fetch, struct engine_task *task);

/* Is this the inside of one of libcurl's callbacks? */
bool engine_is_inside(const struct fetch *fetch);

/* Runs on_job once libcurl has returned, or on the loop's next turn when it is idle. */
void engine_later(struct fetch *fetch, struct engine_task *task);

#endif
