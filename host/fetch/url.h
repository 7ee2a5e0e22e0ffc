/* URLs: https only, without user, password or fragment; a link is joined to the page it stands on.
 *
 * A struct url is a plain value: copy it, nothing needs freeing. What is in one was parsed strictly
 * and read by libcurl in the same way, so that the host judged is the host reached. */
#ifndef MUSTER_FETCH_URL_H
#define MUSTER_FETCH_URL_H

#include "base/buffer.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { URL_SIZE = 8192, URL_HOST_SIZE = 256 };

struct url {
	char text[URL_SIZE];      /* the whole, normalised: what is requested */
	char host[URL_HOST_SIZE]; /* lower case; an IPv6 literal without its brackets */
	uint16_t port;            /* 443 when the text names none */
	uint16_t path;            /* where path and query begin in text */
};

/* Reads an absolute URL. what names it in the error ("the next link"); the error's code is code. */
int url_parse(struct url *out, const char *text, size_t length, enum error_code code, const char *what,
	struct error *error);

/* Resolves a link against the page it stood on (RFC 3986, section 5.2). Errors are FOREIGN_LINK;
 * another host is no error here, see url_same_origin() and guard_url(). out may be base. */
int url_join(struct url *out, const struct url *base, const char *link, size_t length, struct error *error);

/* The same host and port (the scheme is always https). */
bool url_same_origin(const struct url *a, const struct url *b);

#endif
