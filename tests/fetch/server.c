#include "config.h"

#include "server.h"

#include <arpa/inet.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* Not Check's assertions: benchmarks use this server too. */
#define REQUIRE(condition) \
	do { \
		if (!(condition)) { \
			(void)fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
			abort(); \
		} \
	} while (0)

enum { REQUESTS = 64, REQUEST_SIZE = 65536, CONNECTIONS = 512 };

struct server {
	const struct server_step *steps;
	size_t count;
	int listener;
	uint16_t port;
	char connect_to[2048];
	char ca_file[64];
	gnutls_certificate_credentials_t credentials;
	pthread_t acceptor;
	pthread_mutex_t lock;
	size_t next;
	char *requests[REQUESTS];
	size_t request_count;
	int sockets[CONNECTIONS];
	pthread_t threads[CONNECTIONS];
	size_t connections;
};

struct connection {
	struct server *server;
	int socket;
};

/* ---- Its certificate ---------------------------------------------------------------------------- */

static void make_certificate(struct server *server, const char *const *names)
{
	gnutls_x509_privkey_t key;
	gnutls_x509_crt_t certificate;
	gnutls_datum_t pem, key_pem;
	unsigned char serial = 1;
	time_t now = time(NULL);
	int fd;

	REQUIRE(gnutls_x509_privkey_init(&key) == 0);
	REQUIRE(gnutls_x509_privkey_generate(
			key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0) == 0);
	REQUIRE(gnutls_x509_crt_init(&certificate) == 0);
	gnutls_x509_crt_set_version(certificate, 3);
	gnutls_x509_crt_set_serial(certificate, &serial, 1);
	gnutls_x509_crt_set_activation_time(certificate, now - 3600);
	gnutls_x509_crt_set_expiration_time(certificate, now + 3600 * 24);
	gnutls_x509_crt_set_dn_by_oid(certificate, GNUTLS_OID_X520_COMMON_NAME, 0, "muster test", 11);
	gnutls_x509_crt_set_basic_constraints(certificate, 1, -1);
	for (size_t i = 0; names[i]; i++)
		gnutls_x509_crt_set_subject_alt_name(certificate, GNUTLS_SAN_DNSNAME, names[i],
			(unsigned)strlen(names[i]), GNUTLS_FSAN_APPEND);
	gnutls_x509_crt_set_subject_alt_name(
		certificate, GNUTLS_SAN_IPADDRESS, "\x7F\0\0\1", 4, GNUTLS_FSAN_APPEND);
	gnutls_x509_crt_set_key(certificate, key);
	REQUIRE(gnutls_x509_crt_sign2(certificate, certificate, key, GNUTLS_DIG_SHA256, 0) == 0);
	gnutls_x509_crt_export2(certificate, GNUTLS_X509_FMT_PEM, &pem);
	gnutls_x509_privkey_export2(key, GNUTLS_X509_FMT_PEM, &key_pem);

	(void)snprintf(server->ca_file, sizeof server->ca_file, "%s", "/tmp/muster-test-XXXXXX");
	fd = mkstemp(server->ca_file);
	REQUIRE(fd >= 0);
	REQUIRE(write(fd, pem.data, pem.size) == (ssize_t)pem.size);
	(void)close(fd);
	gnutls_certificate_allocate_credentials(&server->credentials);
	REQUIRE(gnutls_certificate_set_x509_key_mem(
			server->credentials, &pem, &key_pem, GNUTLS_X509_FMT_PEM) == 0);
	gnutls_free(pem.data);
	gnutls_free(key_pem.data);
	gnutls_x509_crt_deinit(certificate);
	gnutls_x509_privkey_deinit(key);
}

/* ---- A connection ------------------------------------------------------------------------------------- */

static bool send_all(gnutls_session_t session, const char *bytes, size_t length)
{
	while (length > 0) {
		ssize_t sent = gnutls_record_send(session, bytes, length);
		if (sent == GNUTLS_E_AGAIN || sent == GNUTLS_E_INTERRUPTED)
			continue;
		if (sent <= 0)
			return false;
		bytes += sent;
		length -= (size_t)sent;
	}
	return true;
}

/* Reads one request, body included, into out; false when the connection has ended. */
static bool read_request(gnutls_session_t session, char *out)
{
	size_t length = 0, wanted = SIZE_MAX;

	while (length < wanted) {
		ssize_t got = gnutls_record_recv(session, out + length, REQUEST_SIZE - 1 - length);
		if (got == GNUTLS_E_AGAIN || got == GNUTLS_E_INTERRUPTED)
			continue;
		if (got <= 0)
			return false;
		length += (size_t)got;
		out[length] = '\0';
		const char *end = strstr(out, "\r\n\r\n");
		if (!end || wanted != SIZE_MAX)
			continue;
		const char *announced = strcasestr(out, "\r\ncontent-length:");
		wanted = (size_t)(end - out) + 4;
		if (announced)
			wanted += strtoul(announced + 17, NULL, 10);
	}
	return true;
}

/* Remembers the request and finds the step that answers it; past the last one, the last. */
static const struct server_step *take_step(struct server *server, const char *request)
{
	const struct server_step *step;

	(void)pthread_mutex_lock(&server->lock);
	if (server->request_count < REQUESTS)
		server->requests[server->request_count++] = strdup(request);
	step = &server->steps[server->next];
	if (server->next + 1 < server->count)
		server->next++;
	(void)pthread_mutex_unlock(&server->lock);
	return step;
}

static void wait_for_end(gnutls_session_t session)
{
	char byte;

	while (gnutls_record_recv(session, &byte, 1) > 0)
		;
}

static bool send_chunks(gnutls_session_t session, const char *body, size_t length)
{
	char size[32];

	for (size_t at = 0; at < length; at += 1000) {
		size_t part = length - at < 1000 ? length - at : 1000;
		(void)snprintf(size, sizeof size, "%zx\r\n", part);
		if (!send_all(session, size, strlen(size)) || !send_all(session, body + at, part) ||
			!send_all(session, "\r\n", 2))
			return false;
	}
	return true;
}

/* Carries bytes both ways until either side ends. */
static void tunnel(gnutls_session_t session, int inside, uint16_t port)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(port) };
	char bytes[16384];
	ssize_t got;
	static const char go_on[] = "HTTP/1.1 200 Go on\r\n\r\n";
	int outside = socket(AF_INET, SOCK_STREAM, 0);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	REQUIRE(connect(outside, (struct sockaddr *)&address, sizeof address) == 0);
	(void)send_all(session, go_on, strlen(go_on));
	for (;;) {
		struct pollfd ready[] = { { inside, POLLIN, 0 }, { outside, POLLIN, 0 } };
		if (gnutls_record_check_pending(session) == 0 && poll(ready, 2, -1) < 0)
			break;
		if (ready[1].revents) {
			got = read(outside, bytes, sizeof bytes);
			if (got <= 0 || !send_all(session, bytes, (size_t)got))
				break;
			continue;
		}
		got = gnutls_record_recv(session, bytes, sizeof bytes);
		if (got == GNUTLS_E_AGAIN || got == GNUTLS_E_INTERRUPTED)
			continue;
		if (got <= 0 || write(outside, bytes, (size_t)got) != got)
			break;
	}
	(void)close(outside);
}

/* Does what the step says; false when the connection is to be closed. */
static bool answer(gnutls_session_t session, int socket, const struct server_step *step)
{
	const char *body = step->body ? step->body : "";
	size_t length = step->body_length ? step->body_length : strlen(body);
	enum server_behaviour how = step->behaviour;
	bool chunked = how == SERVER_CHUNKED || how == SERVER_CUT || how == SERVER_ENDLESS;
	char head[128];
	struct linger now = { 1, 0 };

	if (how == SERVER_CLOSE)
		return false;
	if (how == SERVER_RESET) {
		(void)setsockopt(socket, SOL_SOCKET, SO_LINGER, &now, sizeof now);
		return false;
	}
	if (how == SERVER_TUNNEL) {
		tunnel(session, socket, (uint16_t)step->status);
		return false;
	}
	if (how == SERVER_SILENT) {
		wait_for_end(session);
		return false;
	}
	(void)snprintf(head, sizeof head, "HTTP/1.1 %d Whatever\r\n", step->status);
	if (!send_all(session, head, strlen(head)) ||
		(step->headers && !send_all(session, step->headers, strlen(step->headers))))
		return false;
	if (chunked)
		(void)snprintf(head, sizeof head, "Transfer-Encoding: chunked\r\n\r\n");
	else
		(void)snprintf(
			head, sizeof head, "Content-Length: %zu\r\n\r\n", length + (how == SERVER_TRUNCATE));
	if (!send_all(session, head, strlen(head)))
		return false;
	if (how == SERVER_STALL) {
		(void)send_all(session, body, length / 2);
		wait_for_end(session);
		return false;
	}
	if (how == SERVER_ENDLESS)
		while (send_chunks(session, body, length))
			;
	if (chunked)
		return send_chunks(session, body, length) && how == SERVER_CHUNKED &&
		       send_all(session, "0\r\n\r\n", 5);
	return send_all(session, body, length) && how == SERVER_ANSWER;
}

static void *serve(void *context)
{
	struct connection *connection = context;
	gnutls_session_t session;
	char *request = malloc(REQUEST_SIZE);
	bool going;

	(void)gnutls_init(&session, GNUTLS_SERVER | GNUTLS_NO_SIGNAL);
	(void)gnutls_priority_set_direct(session, "NORMAL", NULL);
	(void)gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, connection->server->credentials);
	gnutls_transport_set_int(session, connection->socket);
	going = request && gnutls_handshake(session) == 0;
	while (going && read_request(session, request))
		going = answer(session, connection->socket, take_step(connection->server, request));
	(void)gnutls_bye(session, GNUTLS_SHUT_WR);
	gnutls_deinit(session);
	(void)shutdown(connection->socket, SHUT_RDWR);
	(void)pthread_mutex_lock(&connection->server->lock);
	for (size_t i = 0; i < connection->server->connections; i++)
		if (connection->server->sockets[i] == connection->socket)
			connection->server->sockets[i] = -1;
	(void)close(connection->socket);
	(void)pthread_mutex_unlock(&connection->server->lock);
	free(request);
	free(connection);
	return NULL;
}

static void *accept_all(void *context)
{
	struct server *server = context;
	int socket;

	while ((socket = accept(server->listener, NULL, NULL)) >= 0) {
		struct connection *connection = malloc(sizeof *connection);
		*connection = (struct connection){ server, socket };
		(void)pthread_mutex_lock(&server->lock);
		if (server->connections == CONNECTIONS)
			abort();
		server->sockets[server->connections] = socket;
		if (pthread_create(&server->threads[server->connections], NULL, serve, connection) != 0)
			abort();
		server->connections++;
		(void)pthread_mutex_unlock(&server->lock);
	}
	return NULL;
}

/* ---- Life --------------------------------------------------------------------------------------------- */

struct server *server_start(const char *const *names, const struct server_step *steps, size_t count)
{
	struct server *server = calloc(1, sizeof *server);
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t size = sizeof address;
	size_t used = 0;

	REQUIRE(server);
	server->steps = steps;
	server->count = count;
	(void)pthread_mutex_init(&server->lock, NULL);
	make_certificate(server, names);
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	server->listener = socket(AF_INET, SOCK_STREAM, 0);
	REQUIRE(bind(server->listener, (struct sockaddr *)&address, sizeof address) == 0);
	REQUIRE(listen(server->listener, 16) == 0);
	REQUIRE(getsockname(server->listener, (struct sockaddr *)&address, &size) == 0);
	server->port = ntohs(address.sin_port);
	for (size_t i = 0; names[i]; i++)
		used += (size_t)snprintf(server->connect_to + used, sizeof server->connect_to - used,
			"%s%s:443:127.0.0.1:%u", i ? "," : "", names[i], server->port);
	REQUIRE(pthread_create(&server->acceptor, NULL, accept_all, server) == 0);
	return server;
}

void server_stop(struct server *server)
{
	(void)shutdown(server->listener, SHUT_RDWR);
	(void)pthread_join(server->acceptor, NULL);
	(void)close(server->listener);
	(void)pthread_mutex_lock(&server->lock);
	for (size_t i = 0; i < server->connections; i++)
		if (server->sockets[i] >= 0)
			(void)shutdown(server->sockets[i], SHUT_RDWR);
	(void)pthread_mutex_unlock(&server->lock);
	for (size_t i = 0; i < server->connections; i++)
		(void)pthread_join(server->threads[i], NULL);
	gnutls_certificate_free_credentials(server->credentials);
	for (size_t i = 0; i < server->request_count; i++)
		free(server->requests[i]);
	(void)unlink(server->ca_file);
	(void)pthread_mutex_destroy(&server->lock);
	free(server);
}

uint16_t server_port(const struct server *server)
{
	return server->port;
}

const char *server_connect_to(const struct server *server)
{
	return server->connect_to;
}

const char *server_ca_file(const struct server *server)
{
	return server->ca_file;
}

size_t server_count(struct server *server)
{
	(void)pthread_mutex_lock(&server->lock);
	size_t count = server->request_count;
	(void)pthread_mutex_unlock(&server->lock);
	return count;
}

const char *server_request(struct server *server, size_t index)
{
	(void)pthread_mutex_lock(&server->lock);
	const char *request = index < server->request_count ? server->requests[index] : "";
	(void)pthread_mutex_unlock(&server->lock);
	return request;
}

size_t server_connections(struct server *server)
{
	(void)pthread_mutex_lock(&server->lock);
	size_t count = server->connections;
	(void)pthread_mutex_unlock(&server->lock);
	return count;
}
