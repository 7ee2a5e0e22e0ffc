/* One request to the provider's own API: with our credentials, inside the guard, its answer as it
 * is. No plugin code runs. */
#ifndef MUSTER_RUN_API_H
#define MUSTER_RUN_API_H

#include "base/error.h"
#include "fetch/url.h"
#include "run/connection.h"
#include "sink/drain.h"

struct api;

/* Borrowed until api_free(). */
struct api_request {
	struct connection *connection;
	const char *method;
	const char *path; /* "/v1/employees?email=…", or a whole URL */
	struct drain *drain;
	bool clean; /* a person's terminal: no control character may pass */
};

/* on_done comes once, from the loop; then call api_free(). */
int api_start(struct api **out, const struct api_request *request,
	void (*on_done)(void *context, const struct error *error), void *context, struct error *error);
void api_interrupt(struct api *api);
void api_free(struct api *api);

#endif
