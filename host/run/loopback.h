/* The redirect of a consent that ends on this machine (RFC 8252, section 7.3): a listener on loopback that
 * takes one GET of one path that brings a code or an error, shows the person a small page, and hands the URL
 * over. All else is turned away. */
#ifndef MUSTER_RUN_LOOPBACK_H
#define MUSTER_RUN_LOOPBACK_H

#include "base/error.h"

#include <stdbool.h>
#include <uv.h>

struct loopback;

/* Is this a redirect URL that we listen for ourselves: http on 127.0.0.1, [::1] or localhost? */
bool loopback_serves(const char *redirect_url);

/* Listens; a redirect URL without a port gets one from the system, see loopback_redirect(). on_url is called
 * once, on the loop, when the page has been sent; url is borrowed for the call. */
int loopback_new(struct loopback **out, uv_loop_t *loop, const char *redirect_url,
	void (*on_url)(void *context, const char *url), void *context, struct error *error);

/* Closes all; the loop must turn until it is empty. */
void loopback_free(struct loopback *loopback);

/* The redirect URL as it is to be sent: with the port. */
const char *loopback_redirect(const struct loopback *loopback);

#endif
