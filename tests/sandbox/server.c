#include "config.h"

#include "sandbox/server.h"

#include "sandbox/certificate.h"
#include "sandbox/exchange.h"
#include "sandbox/provider.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#define HOSTS_MAX 16
#define CERTIFICATE_LIFE_S (30 * 24 * 3600)
#define CONNECTIONS_MAX 1024
#define CONNECTION_MEMORY (512 << 10)

struct server {
	struct exchange exchange;
	struct certificate certificate;
	struct timepiece timepiece;
	struct simulation simulations[PROVIDER_COUNT];
	size_t open_count; /* of the simulations */
	struct MHD_Daemon *daemon;
	int listener;
};

static int listen_on(int *out, uint16_t *port, uint16_t wanted, struct error *error)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(wanted) };
	socklen_t length = sizeof address;
	int one = 1;
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (listener >= 0 && setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) == 0 &&
		bind(listener, (const struct sockaddr *)&address, sizeof address) == 0 &&
		listen(listener, CONNECTIONS_MAX) == 0 &&
		getsockname(listener, (struct sockaddr *)&address, &length) == 0) {
		*out = listener;
		*port = ntohs(address.sin_port);
		return 0;
	}
	(void)error_set(error, ERROR_CONNECTION_FAILED, "Can't listen on 127.0.0.1, port %u: %s.",
		(unsigned)wanted, strerror(errno));
	if (listener >= 0)
		(void)close(listener);
	return error_hint(error, "Choose another --port, or none for any that is free.");
}

static int open_providers(struct server *server, const struct options *options, struct error *error)
{
	for (size_t i = 0; i < PROVIDER_COUNT; i++) {
		struct simulation *simulation = &server->simulations[i];
		int64_t life_s = options->token_life_s == OPTIONS_TOKEN_LIFE_OWN
					 ? providers[i]->token_life_s
					 : (int64_t)options->token_life_s;

		simulation->provider = providers[i];
		simulation->options = options;
		simulation->timepiece = &server->timepiece;
		if (tokens_init(&simulation->tokens, life_s, &server->timepiece) < 0 ||
			families_init(&simulation->families, options->rotation, &server->timepiece) < 0 ||
			credentials_make(&simulation->credentials, providers[i]->credential_prefix) < 0)
			return error_set(error, ERROR_INTERNAL, "There is no randomness to be had.");
		simulation->tokens.prefix = providers[i]->credential_prefix;
		if (providers[i]->open(simulation, error) < 0)
			return -1;
		server->open_count++;
	}
	return 0;
}

static int make_certificate(struct server *server, const struct faults *faults, struct error *error)
{
	static const char *const foreign[] = { "attacker.example" };
	int64_t life_s = faults_asked(faults, FAULT_CERTIFICATE_EXPIRED) ? -3600 : CERTIFICATE_LIFE_S;
	const char *hosts[HOSTS_MAX];
	size_t count = 0;

	if (faults_asked(faults, FAULT_CERTIFICATE_FOREIGN))
		return certificate_make(&server->certificate, foreign, 1, life_s, error);
	for (size_t i = 0; i < PROVIDER_COUNT; i++) {
		for (const char *const *host = providers[i]->hosts; *host && count < HOSTS_MAX; host++)
			hosts[count++] = *host;
	}
	return certificate_make(&server->certificate, hosts, count, life_s, error);
}

/* A thread for each connection: then an answer may wait as long as it likes. */
static int start_daemon(struct server *server, struct error *error)
{
	struct exchange *exchange = &server->exchange;
	const struct MHD_OptionItem options[] = {
		{ MHD_OPTION_LISTEN_SOCKET, server->listener, NULL },
		{ MHD_OPTION_HTTPS_MEM_CERT, 0, server->certificate.certificate },
		{ MHD_OPTION_HTTPS_MEM_KEY, 0, server->certificate.key },
		{ MHD_OPTION_CONNECTION_LIMIT, CONNECTIONS_MAX, NULL },
		{ MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_MEMORY, NULL },
		{ MHD_OPTION_NOTIFY_CONNECTION, (intptr_t)exchange_connection, exchange },
		{ MHD_OPTION_URI_LOG_CALLBACK, (intptr_t)exchange_begin, exchange },
		{ MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)exchange_end, exchange },
		{ MHD_OPTION_END, 0, NULL },
	};

	server->daemon = MHD_start_daemon(MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD |
						  MHD_USE_POLL | MHD_USE_ITC | MHD_USE_TLS,
		0, NULL, NULL, exchange_request, exchange, MHD_OPTION_ARRAY, options, MHD_OPTION_END);
	if (!server->daemon)
		return error_set(error, ERROR_INTERNAL, "The web server can't be started.");
	return 0;
}

int server_start(struct server **out, const struct options *options, struct faults *faults, int ledger,
	struct error *error)
{
	struct server *server = calloc(1, sizeof *server);

	if (!server)
		return error_memory(error);
	server->listener = -1;
	timepiece_init(&server->timepiece);
	server->exchange = (struct exchange){
		.options = options,
		.faults = faults,
		.simulations = server->simulations,
		.ledger = ledger,
		.stop = eventfd(0, EFD_CLOEXEC),
	};
	atomic_init(&server->exchange.count, 0);
	atomic_init(&server->exchange.connections, 0);
	if (server->exchange.stop < 0) {
		(void)error_set(error, ERROR_INTERNAL, "eventfd: %s.", strerror(errno));
		goto failed;
	}
	if (listen_on(&server->listener, &server->exchange.port, (uint16_t)options->port, error) < 0 ||
		open_providers(server, options, error) < 0 || make_certificate(server, faults, error) < 0 ||
		start_daemon(server, error) < 0)
		goto failed;
	*out = server;
	return 0;
failed:
	server_stop(server);
	return -1;
}

void server_stop(struct server *server)
{
	if (!server)
		return;
	if (server->exchange.stop >= 0)
		(void)eventfd_write(server->exchange.stop, 1); /* wakes every answer that waits */
	if (server->daemon)
		MHD_stop_daemon(server->daemon); /* closes the listener, too */
	else if (server->listener >= 0)
		(void)close(server->listener);
	for (size_t i = 0; i < server->open_count; i++) {
		server->simulations[i].provider->close(&server->simulations[i]);
		families_clear(&server->simulations[i].families);
	}
	if (server->exchange.stop >= 0)
		(void)close(server->exchange.stop);
	certificate_clear(&server->certificate);
	free(server);
}

uint16_t server_port(const struct server *server)
{
	return server->exchange.port;
}

const struct certificate *server_certificate(const struct server *server)
{
	return &server->certificate;
}

const struct simulation *server_simulation(const struct server *server, size_t i)
{
	return &server->simulations[i];
}
