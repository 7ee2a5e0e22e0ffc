/* A scripted https server in a thread of the test: it answers one step after the other, whatever
 * the connection, and remembers what it was asked. Its certificate is made at its start. */
#ifndef MUSTER_TESTS_FETCH_SERVER_H
#define MUSTER_TESTS_FETCH_SERVER_H

#include <stddef.h>
#include <stdint.h>

enum server_behaviour {
	SERVER_ANSWER,   /* status, headers, body */
	SERVER_TRUNCATE, /* announces one byte more than the body, then closes */
	SERVER_CHUNKED,  /* the body in chunks of 1000 bytes */
	SERVER_CUT,      /* the same, without the last chunk, then closes */
	SERVER_CLOSE,    /* closes without an answer */
	SERVER_RESET,    /* the same, with a reset */
	SERVER_SILENT,   /* reads, never answers */
	SERVER_STALL,    /* headers and half of the body, then nothing */
	SERVER_ENDLESS,  /* the body again and again, in chunks */
	SERVER_TUNNEL,   /* as a proxy does at CONNECT: to the port of 127.0.0.1 that status names */
};

struct server_step {
	int status;
	const char *headers; /* lines, each ended by CRLF; or NULL */
	const char *body;    /* or NULL */
	size_t body_length;  /* 0: strlen */
	enum server_behaviour behaviour;
};

struct server;

/* Serves names (ended by NULL), and 127.0.0.1, on a port of 127.0.0.1. Aborts the test when it can't. */
struct server *server_start(const char *const *names, const struct server_step *steps, size_t count);
void server_stop(struct server *server);

uint16_t server_port(const struct server *server);

/* "name:443:127.0.0.1:PORT,…" for all its names. */
const char *server_connect_to(const struct server *server);

/* The file with its certificate. */
const char *server_ca_file(const struct server *server);

/* How many requests came so far, and the text of one: request line, headers and body. */
size_t server_count(struct server *server);
const char *server_request(struct server *server, size_t index);

/* How many connections were accepted. */
size_t server_connections(struct server *server);

#endif
