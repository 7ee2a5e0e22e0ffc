/* The web server: TLS on loopback, requests to the provider of their host name, the ledger. */
#ifndef MUSTER_SANDBOX_SERVER_H
#define MUSTER_SANDBOX_SERVER_H

#include "base/error.h"
#include "sandbox/certificate.h"
#include "sandbox/faults.h"
#include "sandbox/options.h"

#include <stdint.h>

struct server;

/* Starts it; answers come from its own threads. The ledger is a descriptor; all that is given must
 * outlive the server. */
int server_start(struct server **out, const struct options *options, struct faults *faults, int ledger,
	struct error *error);

/* Ends all answers and frees the server. */
void server_stop(struct server *server);

uint16_t server_port(const struct server *server);

/* What it shows to its clients, borrowed. */
const struct certificate *server_certificate(const struct server *server);

/* The simulation of providers[i], borrowed. */
const struct simulation *server_simulation(const struct server *server, size_t i);

#endif
