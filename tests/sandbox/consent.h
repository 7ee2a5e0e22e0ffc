/* The person at the authorization page, for where there is none: muster-sandbox consent HOW URL. */
#ifndef MUSTER_SANDBOX_CONSENT_H
#define MUSTER_SANDBOX_CONSENT_H

#include "base/error.h"

/* arguments: yes, no or wrong-state, and the URL of the page. Opens it, presses the button, and follows the
 * redirect: to http on this machine for real, any other is printed on stdout in a line of its own, as a
 * person would copy it out of the address bar. wrong-state allows and then changes the state, as somebody
 * else's redirect would have it. Obeys MUSTER_CONNECT_TO and MUSTER_CA_FILE. Returns 0 or -1. */
int consent_run(int count, char *const *arguments, struct error *error);

#endif
