#include "config.h"

#include "fetch/grant.h"

#include "base/buffer.h"
#include "base/clock.h"
#include "fetch/scrub.h"
#include "fetch/transfer.h"

#include <stdlib.h>
#include <string.h>

enum { ANSWER_LIMIT = 64 * 1024, REQUEST_LIMIT = 64 * 1024 };

struct grant {
	struct grant_request request;
	struct transfer *transfer; /* while one runs */
	/* Whom the reply is for, and whom what was read from it. */
	void (*on_reply)(void *context, const struct grant_reply *reply, const struct error *error);
	void *reply_context;
	void (*on_answer)(void *context, struct oauth2_answer *answer_take, const struct error *error);
	void *answer_context;
	uv_timer_t failing; /* tells a failure to start, on the loop's next turn */
	struct error error;
	int status;
	struct headers headers;
	struct buffer body;
	bool too_long;
	bool sent;
};

static int on_response(void *context, int status, const struct headers *headers)
{
	struct grant *grant = context;
	const char *type = headers_get(headers, "content-type");
	struct error ignored;

	grant->status = status;
	if (type)
		(void)headers_add_text(&grant->headers, "content-type", type, &ignored);
	return 0;
}

static size_t on_body(void *context, const char *bytes, size_t length)
{
	struct grant *grant = context;

	if (buffer_append(&grant->body, bytes, length) == 0)
		return length;
	grant->too_long = true;
	return 0;
}

static int make_scrub(struct scrub **out, const struct oauth2_request *request)
{
	const char *const own[] = { request->code, request->verifier, request->token };
	struct error ignored;
	int result = scrub_new(out, &ignored);

	if (result == 0)
		result = credentials_scrub(*out, &request->credentials, &ignored);
	for (size_t i = 0; result == 0 && i < sizeof own / sizeof own[0]; i++)
		if (own[i])
			result = scrub_add(*out, own[i], strlen(own[i]), &ignored);
	return result;
}

/* A refusal may repeat what was sent: it is scrubbed before anything is read from it, and so is what was
 * read, since escapes may have hidden a secret until then. */
static int read_refusal(struct oauth2_answer *out, const struct grant *grant, const struct grant_reply *reply,
	struct error *error)
{
	struct buffer body = BUFFER_INIT(ANSWER_LIMIT);
	struct scrub *scrub = NULL;
	struct error ignored;
	int result = make_scrub(&scrub, &grant->request.oauth2);

	if (result == 0)
		result = buffer_append(&body, reply->body, reply->length);
	if (result == 0)
		result = scrub_text(scrub, body.data, body.length, &ignored);
	(void)oauth2_answer(out, reply->status, &grant->headers, body.data ? body.data : "",
		result < 0 ? 0 : body.length, &grant->request.oauth2.pointers, error);
	if (result < 0 || scrub_text(scrub, error->body, strlen(error->body), &ignored) < 0)
		explicit_bzero(error->body, sizeof error->body);
	scrub_free(scrub);
	buffer_wipe(&body);
	return -1;
}

int grant_read(struct oauth2_answer *out, const struct grant *grant, const struct grant_reply *reply,
	struct error *error)
{
	if (reply->status == 200 && oauth2_answer(out, reply->status, &grant->headers, reply->body,
					    reply->length, &grant->request.oauth2.pointers, error) == 0)
		return 0;
	explicit_bzero(error->body, sizeof error->body);
	return read_refusal(out, grant, reply, error);
}

bool grant_was_sent(const struct grant *grant)
{
	return grant->sent;
}

static void on_done(void *context, const struct error *failure)
{
	struct grant *grant = context;
	struct grant_reply reply = { grant->status, grant->body.data ? grant->body.data : "",
		grant->body.length };
	struct buffer body = grant->body;
	struct error error = { 0 };

	grant->sent = transfer_was_sent(grant->transfer);
	grant->transfer = NULL;
	if (!failure && grant->too_long) {
		(void)error_set(&error, ERROR_PROVIDER_FAILED, "The token endpoint's answer is too long.");
		failure = &error;
	}
	/* Whoever hears it may free the grant: the bytes are no longer its own. */
	buffer_init(&grant->body, ANSWER_LIMIT);
	grant->on_reply(grant->reply_context, failure ? NULL : &reply, failure);
	buffer_wipe(&body);
}

static int start(struct grant *grant, struct error *error)
{
	const struct transfer_handlers handlers = { on_response, on_body, on_done, grant };
	int64_t deadline_ms = fetch_settings_of(grant->request.fetch)->deadline_ms;
	struct headers headers = HEADERS_INIT;
	struct buffer body = BUFFER_INIT(REQUEST_LIMIT);
	int result = -1;

	grant->too_long = grant->sent = false;
	headers_clear(&grant->headers);
	buffer_wipe(&grant->body);
	if (oauth2_request(&headers, &body, &grant->request.oauth2, error) == 0) {
		const struct transfer_request request = {
			.method = "POST",
			.url = grant->request.url,
			.headers = &headers,
			.body = body.data,
			.body_length = body.length,
			.hosts = grant->request.hosts,
			.host_count = grant->request.host_count,
			.use = GUARD_TOKEN,
			.deadline_ms = deadline_ms < GRANT_DEADLINE_MS ? deadline_ms : GRANT_DEADLINE_MS,
		};
		result = transfer_start(&grant->transfer, grant->request.fetch, &request, &handlers, error);
	}
	headers_wipe(&headers);
	buffer_wipe(&body);
	return result;
}

int grant_send(struct grant *grant,
	void (*on_reply)(void *context, const struct grant_reply *reply, const struct error *error),
	void *context, struct error *error)
{
	grant->on_reply = on_reply;
	grant->reply_context = context;
	return start(grant, error);
}

/* The last thing that touches the grant: whoever hears it may free it. */
static void tell(struct grant *grant, struct oauth2_answer *answer, const struct error *error)
{
	grant->on_answer(grant->answer_context, answer, error);
	oauth2_answer_clear(answer);
}

static void to_answer(void *context, const struct grant_reply *reply, const struct error *failure)
{
	struct grant *grant = context;
	struct oauth2_answer answer = { .access_token = NULL };
	struct error error = { 0 };

	if (!failure && grant_read(&answer, grant, reply, &error) < 0)
		failure = &error;
	tell(grant, &answer, failure);
}

int grant_ask(struct grant *grant,
	void (*on_answer)(void *context, struct oauth2_answer *answer_take, const struct error *error),
	void *context, struct error *error)
{
	grant->on_answer = on_answer;
	grant->answer_context = context;
	return grant_send(grant, to_answer, grant, error);
}

static void on_failing(uv_timer_t *timer)
{
	struct grant *grant = timer->data;
	struct oauth2_answer none = { .access_token = NULL };

	tell(grant, &none, &grant->error);
}

static void to_token(void *context, struct oauth2_answer *answer_take, const struct error *error)
{
	if (error) {
		token_failed(context, error);
		return;
	}
	token_obtained(context, answer_take, clock_now_ms());
}

static void obtain(void *context, struct token *token)
{
	struct grant *grant = context;

	memset(&grant->error, 0, sizeof grant->error);
	if (grant_ask(grant, to_token, token, &grant->error) < 0)
		(void)uv_timer_start(&grant->failing, on_failing, 0, 0);
}

static void abandon(void *context)
{
	struct grant *grant = context;

	(void)uv_timer_stop(&grant->failing);
	if (grant->transfer)
		transfer_cancel(grant->transfer);
	grant->transfer = NULL;
}

struct token_source grant_source(struct grant *grant)
{
	return (struct token_source){ obtain, abandon, grant };
}

int grant_new(struct grant **out, const struct grant_request *request, struct error *error)
{
	struct grant *grant = calloc(1, sizeof *grant);

	if (!grant)
		return error_memory(error);
	grant->request = *request;
	grant->headers = (struct headers)HEADERS_INIT;
	buffer_init(&grant->body, ANSWER_LIMIT);
	(void)uv_timer_init(fetch_loop(request->fetch), &grant->failing);
	grant->failing.data = grant;
	*out = grant;
	return 0;
}

static void on_closed(uv_handle_t *handle)
{
	free(handle->data);
}

void grant_free(struct grant *grant)
{
	if (!grant)
		return;
	abandon(grant);
	headers_clear(&grant->headers);
	buffer_wipe(&grant->body);
	uv_close((uv_handle_t *)&grant->failing, on_closed);
}
