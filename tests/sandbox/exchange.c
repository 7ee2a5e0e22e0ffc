#include "config.h"

#include "sandbox/exchange.h"

#include "base/log.h"
#include "sandbox/control.h"
#include "sandbox/ledger.h"
#include "sandbox/mischief.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define FORM_LIMIT 65536
#define BLOCK_SIZE ((size_t)128 << 10)

/* What is kept while a request is read. */
struct visit {
	char *target; /* owned; raw path and query */
	struct buffer form;
	bool begun;
};

/* What is kept while its answer is sent. */
struct stream {
	const struct exchange *exchange;
	struct body body;
};

void *exchange_begin(void *shared, const char *uri, struct MHD_Connection *connection)
{
	struct visit *visit = calloc(1, sizeof *visit);

	(void)shared;
	(void)connection;
	if (!visit)
		return NULL;
	buffer_init(&visit->form, FORM_LIMIT);
	visit->target = strdup(uri);
	return visit;
}

void exchange_end(
	void *shared, struct MHD_Connection *connection, void **own, enum MHD_RequestTerminationCode how)
{
	struct visit *visit = *own;

	(void)shared;
	(void)connection;
	(void)how;
	if (!visit)
		return;
	free(visit->target);
	buffer_wipe(&visit->form);
	free(visit);
	*own = NULL;
}

/* Waits, but not when the server is to stop: then it returns -1. */
static int wait_ms(const struct exchange *exchange, uint64_t ms)
{
	struct pollfd stop = { .fd = exchange->stop, .events = POLLIN };
	int ready;

	do
		ready = poll(&stop, 1, ms > 3600000 ? 3600000 : (int)ms);
	while (ready < 0);
	return ready ? -1 : 0;
}

static ssize_t read_stream(void *own, uint64_t position, char *out, size_t size)
{
	struct stream *stream = own;
	ssize_t length;

	if (wait_ms(stream->exchange, position ? stream->body.drip_ms : 0) < 0)
		return MHD_CONTENT_READER_END_WITH_ERROR;
	length = body_read(out, size, &stream->body);
	if (length < 0)
		return MHD_CONTENT_READER_END_WITH_ERROR;
	return length ? length : MHD_CONTENT_READER_END_OF_STREAM;
}

static void free_stream(void *own)
{
	struct stream *stream = own;

	body_clear(&stream->body);
	free(stream);
}

/* The body moves into a stream of its own; the answer is left empty. */
static struct MHD_Response *make_response(struct answer *answer, const struct exchange *exchange)
{
	uint64_t length = body_length(&answer->body);
	struct stream *stream = malloc(sizeof *stream);
	struct MHD_Response *response;

	if (!stream)
		return NULL;
	stream->exchange = exchange;
	stream->body = answer->body;
	body_init(&answer->body);
	response = MHD_create_response_from_callback(length == BODY_NONE ? MHD_SIZE_UNKNOWN : length,
		BLOCK_SIZE, read_stream, stream, free_stream);
	if (!response) {
		free_stream(stream);
		return NULL;
	}
	for (size_t i = 0; i < answer->header_count; i++) {
		if (MHD_add_response_header(response, answer->headers[i].name, answer->headers[i].value) !=
			MHD_YES)
			goto failed;
	}
	if (answer->content_type && MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE,
					    answer->content_type) != MHD_YES)
		goto failed;
	return response;
failed:
	MHD_destroy_response(response);
	return NULL;
}

/* An association with no address dissolves the connection at once: the peer gets a reset. */
static void reset(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	struct sockaddr nobody = { .sa_family = AF_UNSPEC };

	if (info)
		(void)connect(info->connect_fd, &nobody, sizeof nobody);
}

static enum MHD_Result send_answer(
	struct MHD_Connection *connection, struct answer *answer, const struct exchange *exchange)
{
	struct MHD_Response *response;
	enum MHD_Result result;

	if (answer->hold_ms && wait_ms(exchange, answer->hold_ms) < 0)
		return MHD_NO;
	if (answer->ending == ENDING_RESET)
		reset(connection);
	if (answer->ending != ENDING_WHOLE)
		return MHD_NO;
	response = make_response(answer, exchange);
	if (!response)
		return MHD_NO;
	result = MHD_queue_response(connection, answer->status, response);
	MHD_destroy_response(response);
	return result;
}

static int unknown_host(struct answer *answer)
{
	return answer_text(answer, 421, "application/json",
		"{\"code\":421,\"message\":\"no provider of that host name is simulated\"}");
}

/* Returns 0, or -1 when memory ran out. */
static int make_answer(struct answer *answer, struct simulation *simulation, struct request *request,
	const struct exchange *exchange)
{
	int done;

	answer->hold_ms = exchange->options->latency_ms;
	if (!simulation)
		return unknown_host(answer);
	if (control_is_meant(request))
		return control_answer(answer, simulation, request);
	request->token_state = tokens_check(
		&request->token, &simulation->tokens, simulation->provider->id, request->authorization);
	if (request->token_state == TOKEN_GOOD && request->token.family &&
		!families_alive(&simulation->families, request->token.family))
		request->token_state = TOKEN_EXPIRED;
	answer->token_id = request->token.id;
	memcpy(answer->scopes, request->token.scopes, sizeof answer->scopes);
	request->kind = simulation->provider->kind(request);
	faults_take(&request->strike, exchange->faults, request->kind);
	done = mischief_before(answer, simulation, request, exchange->port);
	if (done)
		return done < 0 ? -1 : 0;
	if (simulation->provider->answer(answer, simulation, request) < 0)
		return -1;
	return mischief_after(answer, simulation, request);
}

void exchange_connection(
	void *shared, struct MHD_Connection *connection, void **own, enum MHD_ConnectionNotificationCode what)
{
	struct exchange *exchange = shared;

	(void)connection;
	if (what == MHD_CONNECTION_NOTIFY_STARTED)
		*own = (void *)(uintptr_t)(atomic_fetch_add(&exchange->connections, 1) + 1);
}

static uint64_t connection_number(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	return info ? (uintptr_t)info->socket_context : 0;
}

static const char *header(struct MHD_Connection *connection, const char *name)
{
	return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

static enum MHD_Result answer_visit(struct exchange *exchange, struct MHD_Connection *connection,
	const struct visit *visit, const char *path, const char *method)
{
	const char *host = header(connection, MHD_HTTP_HEADER_HOST);
	int found = host ? provider_find(host) : -1;
	struct simulation *simulation = found < 0 ? NULL : &exchange->simulations[found];
	struct request request = {
		.connection = connection,
		.host = host,
		.method = method,
		.path = path,
		.target = visit->target,
		.authorization = header(connection, MHD_HTTP_HEADER_AUTHORIZATION),
		.content_type = header(connection, MHD_HTTP_HEADER_CONTENT_TYPE),
		.form = &visit->form,
	};
	struct ledger_entry entry = {
		.number = atomic_fetch_add(&exchange->count, 1) + 1,
		.host = host,
		.connection = connection_number(connection),
		.request = &request,
	};
	struct answer answer;
	enum MHD_Result result = MHD_NO;

	ledger_start(&entry);
	answer_init(&answer);
	if (make_answer(&answer, simulation, &request, exchange) == 0 &&
		ledger_append(exchange->ledger, &entry, &answer, simulation) == 0)
		result = send_answer(connection, &answer, exchange);
	else
		log_warning("a request could not be answered or noted: no memory, or no disk");
	answer_clear(&answer);
	return result;
}

enum MHD_Result exchange_request(void *shared, struct MHD_Connection *connection, const char *path,
	const char *method, const char *version, const char *sent, size_t *sent_length, void **own)
{
	struct visit *visit = *own;

	(void)version;
	if (!visit || !visit->target)
		return MHD_NO;
	if (!visit->begun) { /* the headers are there, the body may follow */
		visit->begun = true;
		return MHD_YES;
	}
	if (*sent_length) {
		int failed = buffer_append(&visit->form, sent, *sent_length);

		*sent_length = 0;
		return failed ? MHD_NO : MHD_YES;
	}
	return answer_visit(shared, connection, visit, path, method);
}
