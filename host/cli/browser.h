/* Showing a person a page: by $BROWSER, else xdg-open. No shell is in between: the words of $BROWSER are
 * separated by spaces, "%s" among them stands for the URL, which else comes last. */
#ifndef MUSTER_CLI_BROWSER_H
#define MUSTER_CLI_BROWSER_H

#include "base/buffer.h"
#include "base/error.h"

#include <stdbool.h>

/* Opens the page and goes on at once; false when there is nothing to open it with. */
bool browser_open(const char *url);

/* Does this browser print where it was sent at the end, as one does that plays a person?
 * MUSTER_BROWSER_PRINTS says so. */
bool browser_prints(void);

/* Opens the page in such a browser and appends the line that it prints of the redirect URL. */
int browser_read(struct buffer *out, const char *url, const char *redirect_url, struct error *error);

#endif
