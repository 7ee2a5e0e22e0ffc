/* The redirect URL of an authorization code: where the browser goes when the person has consented. */
#ifndef MUSTER_CATALOG_REDIRECT_H
#define MUSTER_CATALOG_REDIRECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the parts of a redirect URL are; they point into it. */
struct redirect {
	bool loopback; /* http on this machine: we listen; else https: the person pastes */
	const char *host;
	size_t host_length; /* of [::1] with its brackets */
	uint16_t port;      /* 0: none is written */
	const char *path;   /* the rest, query included; "" or begins with / or ? */
};

/* Reads an https URL, or an http one on 127.0.0.1, [::1] or localhost (RFC 8252, section 7.3), without user
 * and fragment (RFC 6749, section 3.1.2). Returns NULL, or what is wrong with it: "is …". */
const char *redirect_parse(struct redirect *out, const char *url);

#endif
