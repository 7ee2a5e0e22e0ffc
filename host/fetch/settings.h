/* How this process reaches the outside: what an operator may say about it. */
#ifndef MUSTER_FETCH_SETTINGS_H
#define MUSTER_FETCH_SETTINGS_H

#include "base/error.h"
#include "fetch/url.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

enum { FETCH_MAPPINGS = 16 };

/* Connections to host:port go to this address instead; URL and TLS check stay as they are. */
struct fetch_mapping {
	char host[URL_HOST_SIZE];
	uint16_t port;
	struct sockaddr_storage address; /* with its port */
};

/* Texts are borrowed for as long as the struct fetch lives; NULL means none. */
struct fetch_settings {
	struct fetch_mapping mappings[FETCH_MAPPINGS];
	size_t mapping_count;
	const char *ca_file;    /* PEM, trusted besides the system's CAs (MUSTER_CA_FILE) */
	const char *ca_bundle;  /* another such, from the configuration */
	const char *proxy;      /* https://host:port; mapped hosts are reached without it */
	const char *user_agent; /* "muster/0.1.0" */
	int64_t connect_ms;     /* for the name, the connection and TLS together */
	int64_t idle_ms;        /* an answer may be this long without idle_bytes a second; not while paused
			  */
	uint32_t idle_bytes;
	int64_t deadline_ms;  /* of a call with all its retries, unless it has its own */
	uint64_t body_limit;  /* decoded bytes of one answer */
	uint64_t ratio_from;  /* past so many decoded bytes … */
	uint32_t ratio_limit; /* … decoded over received may be no more than this */
};

/* The defaults: no mapping, no proxy, 2 GiB, ratio 200 past 8 MiB. */
void fetch_settings_init(struct fetch_settings *settings);

/* Reads MUSTER_CONNECT_TO: host:port:address:port, several separated by commas; an address is a
 * literal, IPv6 in brackets. Errors are BAD_CONFIGURATION. */
int fetch_settings_connect_to(struct fetch_settings *settings, const char *text, struct error *error);

/* Checks what else was filled in: the proxy's URL, that the CA files are there. */
int fetch_settings_check(const struct fetch_settings *settings, struct error *error);

/* The mapping of this host and port, or NULL. */
const struct fetch_mapping *fetch_settings_mapping(
	const struct fetch_settings *settings, const char *host, uint16_t port);

#endif
