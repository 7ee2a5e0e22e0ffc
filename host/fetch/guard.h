/* Who may be reached: approved host names, and of their addresses only public ones. */
#ifndef MUSTER_FETCH_GUARD_H
#define MUSTER_FETCH_GUARD_H

#include "base/error.h"
#include "fetch/settings.h"
#include "fetch/url.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

/* What a host is approved for. Credentials never go to one that is for downloads only. */
enum guard_use { GUARD_API = 1, GUARD_TOKEN = 2, GUARD_DOWNLOAD = 4 };

struct guard_host {
	const char *name; /* lower case */
	uint16_t port;    /* 0: 443 */
	unsigned uses;    /* of enum guard_use */
};

/* Is the URL's host among them, for this use? Else FOREIGN_LINK, naming the host. */
int guard_url(const struct guard_host *hosts, size_t count, const struct url *url, enum guard_use use,
	struct error *error);

/* Is it an address that the whole internet can reach? Everything that the IANA special-purpose
 * registries set apart is not, nor an IPv4 address inside IPv6 that is not. */
bool guard_address_is_public(const struct sockaddr *address);

/* May a connection to host:port end at this address? A mapped host only at the address it is mapped
 * to, any other only at a public one. */
bool guard_address(const struct fetch_settings *settings, const char *host, uint16_t port,
	const struct sockaddr *address);

/* Judges the name instead, when a proxy resolves it: refuses literals that are not public and names
 * that are local by their form. Else ADDRESS_REFUSED. */
int guard_proxied(const struct url *url, struct error *error);

#endif
