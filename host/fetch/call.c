#include "config.h"

#include "fetch/call.h"

#include "base/buffer.h"
#include "base/clock.h"
#include "fetch/scrub.h"
#include "fetch/transfer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>

enum {
	REDIRECTS = 5,
	REFRESHES = 2,
	ERROR_BODY_LIMIT = 64 * 1024,
	REST_LIMIT = 64 << 20,
	REST_OF_PACKED = 8 << 20,
	BODY_LIMIT = 16 << 20,
};

enum call_state {
	CALL_WAITS,     /* for its time: the beginning, the budget, another attempt */
	CALL_ASKS,      /* for the token */
	CALL_TRANSFERS, /* also while its answer is not taken */
	CALL_DRAINS,    /* the transfer is over, what it brought not yet taken */
	CALL_IS_OVER,
};

struct call {
	const struct call_terms *terms;
	struct call_handlers handlers;
	enum call_state state;
	uv_timer_t timer;

	/* The request. */
	char method[16];
	struct url url;
	struct headers headers;
	struct buffer body;
	enum guard_use use;
	bool harmless;
	int64_t deadline_ms; /* as clock_now_ms() has it */

	/* The attempts. */
	unsigned attempt, redirects, refreshes;
	struct token_waiter waiter;
	uint64_t token_version; /* 0: none was sent */
	struct transfer *transfer;
	struct scrub *scrub;

	/* The answer. */
	int status;
	struct headers answer;
	struct buffer early; /* its body as long as it is not known to be good */
	struct buffer rest;  /* what on_body did not take when it came */
	size_t rest_taken;   /* since then */
	bool packed;         /* it comes compressed */
	bool delivering;     /* it is good and goes to the handlers */
	bool transfer_paused;
	bool failed;
	struct error error;
};

static void begin(uv_timer_t *timer);

/* Does something wait to be taken? */
static bool has_rest(const struct call *call)
{
	return call->rest.length > call->rest_taken;
}

/* ---- The end ------------------------------------------------------------------------------------------ */

static void on_closed(uv_handle_t *handle)
{
	struct call *call = handle->data;

	headers_wipe(&call->headers);
	buffer_wipe(&call->body);
	headers_clear(&call->answer);
	buffer_clear(&call->early);
	buffer_clear(&call->rest);
	scrub_free(call->scrub);
	free(call);
}

/* Nothing is called any more; the memory goes with the timer, since a handler may be on the stack. */
static void release(struct call *call)
{
	if (call->state == CALL_IS_OVER)
		return;
	call->state = CALL_IS_OVER;
	if (call->terms->token)
		token_leave(call->terms->token, &call->waiter);
	if (call->transfer)
		transfer_cancel(call->transfer);
	call->transfer = NULL;
	uv_close((uv_handle_t *)&call->timer, on_closed);
}

static void finish(struct call *call)
{
	void (*on_done)(void *, const struct error *) = call->handlers.on_done;

	if (has_rest(call)) {
		call->state = CALL_DRAINS;
		return;
	}
	release(call);
	on_done(call->handlers.context, call->failed ? &call->error : NULL);
}

static void fail(struct call *call, const struct error *error)
{
	call->failed = true;
	call->error = *error;
	finish(call);
}

void call_cancel(struct call *call)
{
	release(call);
}

/* ---- Delivering --------------------------------------------------------------------------------------- */

/* Hands bytes on, and keeps what is not taken. Returns -1 when the call is over. */
static int deliver(struct call *call, const char *bytes, size_t length)
{
	size_t taken = 0;

	if (length == 0)
		return 0;
	if (!has_rest(call))
		taken = call->handlers.on_body(call->handlers.context, bytes, length);
	if (call->state == CALL_IS_OVER)
		return -1;
	if (taken >= length)
		return 0;
	if (buffer_append(&call->rest, bytes + taken, length - taken) == 0)
		return 0;
	struct error error = { 0 };
	(void)error_memory(&error);
	fail(call, &error);
	return -1;
}

/* The answer is a good one: what came of it so far goes to the handlers. */
static int promote(struct call *call)
{
	call->delivering = true;
	if (call->token_version)
		token_accepted(call->terms->token, call->token_version);
	call->handlers.on_response(call->handlers.context, call->status, &call->answer);
	if (call->state == CALL_IS_OVER || deliver(call, call->early.data, call->early.length) < 0)
		return -1;
	buffer_clear(&call->early);
	return 0;
}

static void on_resume(uv_timer_t *timer)
{
	struct call *call = timer->data;

	if (has_rest(call)) {
		size_t taken = call->handlers.on_body(call->handlers.context,
			call->rest.data + call->rest_taken, call->rest.length - call->rest_taken);
		if (call->state == CALL_IS_OVER)
			return;
		call->rest_taken += taken;
	}
	if (has_rest(call))
		return;
	call->rest.length = call->rest_taken = 0;
	if (call->state == CALL_DRAINS) {
		finish(call);
	} else if (call->transfer_paused) {
		call->transfer_paused = false;
		transfer_resume(call->transfer);
	}
}

void call_resume(struct call *call)
{
	if (call->state == CALL_TRANSFERS || call->state == CALL_DRAINS)
		(void)uv_timer_start(&call->timer, on_resume, 0, 0);
}

/* ---- What the answer means ---------------------------------------------------------------------------- */

static int64_t retry_after(const struct call *call)
{
	const char *value = headers_get(&call->answer, "retry-after");

	return value ? retry_after_ms(value, clock_wall_s()) : -1;
}

static void wait_for(struct call *call, int64_t ms)
{
	call->state = CALL_WAITS;
	call->status = 0;
	headers_clear(&call->answer);
	buffer_clear(&call->early);
	(void)uv_timer_start(&call->timer, begin, (uint64_t)ms, 0);
}

/* Another attempt, if that helps; else the error is final. */
static void retry_or_fail(struct call *call, struct retry_case *it, struct error *error)
{
	int64_t wait;

	it->harmless = call->harmless;
	it->attempt = call->attempt;
	it->status = call->status;
	it->left_ms = call->deadline_ms - clock_now_ms();
	if (getrandom(&it->random, sizeof it->random, 0) != (ssize_t)sizeof it->random)
		it->random = (uint64_t)clock_now_ms();
	wait = retry_decide(&call->terms->retry, it);
	if (wait >= 0) {
		wait_for(call, wait);
		return;
	}
	if (it->retry_after_ms > 0 && !it->network)
		(void)error_hint(error, "The provider asks to wait %lld seconds.",
			(long long)((it->retry_after_ms + 999) / 1000));
	fail(call, error);
}

/* A redirect of a GET inside the same origin is followed; the guard judges it as any request. */
static bool follow(struct call *call, struct error *error)
{
	const char *location = headers_get(&call->answer, "location");
	struct url target;

	if (!location || call->redirects == REDIRECTS || strcmp(call->method, "GET") != 0 ||
		call->status == 300 || call->status == 304)
		return false;
	if (url_join(&target, &call->url, location, strlen(location), error) < 0)
		return false;
	if (!url_same_origin(&target, &call->url)) {
		(void)error_set(error, ERROR_REDIRECT_REFUSED,
			"%s redirects to another host, %s, where muster does not follow.", call->url.host,
			target.host);
		return false;
	}
	call->redirects++;
	call->attempt--;
	call->url = target;
	wait_for(call, 0);
	return true;
}

/* The answer was scrubbed as it came; a secret that escapes hid shows only now that its words were read. */
static void tell_refusal(struct error *error, struct call *call, const struct classified *classified)
{
	struct error ignored;

	(void)classify_error(error, classified, call->status, call->url.host);
	if (scrub_text(call->scrub, error->body, strlen(error->body), &ignored) < 0)
		explicit_bzero(error->body, sizeof error->body);
}

/* Would another token help? A 401 that by the rows means a missing scope may come from an old token, too. */
static bool asks_for_token(struct call *call, enum answer_class meaning)
{
	struct token *token = call->terms->token;

	if (meaning == ANSWER_UNAUTHORIZED)
		return token_refused(token, call->token_version);
	return meaning == ANSWER_SCOPE_MISSING && call->status == 401 && call->refreshes == 0 &&
	       token_doubted(token, call->token_version, clock_now_ms());
}

static void refuse(struct call *call, const struct classified *classified)
{
	struct retry_case it = {
		.meaning = classified->meaning, .sent = true, .retry_after_ms = retry_after(call)
	};
	struct error error = { 0 };

	tell_refusal(&error, call, classified);
	if (call->token_version && call->refreshes < REFRESHES && asks_for_token(call, classified->meaning)) {
		call->refreshes++;
		call->attempt--;
		wait_for(call, 0);
		return;
	}
	if (classified->meaning == ANSWER_REDIRECT) {
		if (follow(call, &error))
			return;
		error.code = ERROR_REDIRECT_REFUSED;
	}
	retry_or_fail(call, &it, &error);
}

/* The answer is complete and was kept back until now. */
static void judge(struct call *call)
{
	const struct call_terms *terms = call->terms;
	const struct answer answer = { call->status, &call->answer, call->early.data, call->early.length };
	struct classified classified;

	classify(&classified, &answer, terms->errors, terms->error_count, terms->message_pointer);
	if (classified.meaning != ANSWER_OK)
		refuse(call, &classified);
	else if (promote(call) == 0)
		finish(call);
}

/* ---- The transfer's handlers -------------------------------------------------------------------------- */

/* Copies the headers without what only concerns the connection, scrubbed. */
static int copy_answer(struct call *call, const struct headers *headers, struct error *error)
{
	const char *name, *value;
	size_t at = 0;

	headers_clear(&call->answer);
	while (headers_next(&name, &value, headers, &at)) {
		size_t length = strlen(value);
		if (strcasecmp(name, "set-cookie") == 0)
			continue;
		if (headers_add_text(&call->answer, name, value, error) < 0 ||
			scrub_text(call->scrub,
				call->answer.bytes.data + call->answer.bytes.length - length - 1, length,
				error) < 0)
			return -1;
	}
	return 0;
}

static int on_response(void *context, int status, const struct headers *headers)
{
	struct call *call = context;
	const struct call_terms *terms = call->terms;
	struct answer answer = { status, &call->answer, NULL, 0 };
	struct classified classified;

	call->status = status;
	call->packed = headers_get(headers, "content-encoding") != NULL;
	if (copy_answer(call, headers, &call->error) < 0) {
		call->failed = true;
		return -1;
	}
	limits_correct(
		&terms->limits, &call->answer, status == 429 || status == 503 ? retry_after(call) : -1);
	if (classify_needs_body(status, terms->errors, terms->error_count))
		return 0;
	classify(&classified, &answer, terms->errors, terms->error_count, NULL);
	if (classified.meaning == ANSWER_OK)
		return promote(call);
	return 0;
}

/* Of a body that is kept back: how much is enough? A good one turns out to be good by its length. */
static int keep(struct call *call, const char *bytes, size_t length)
{
	if (buffer_append(&call->early, bytes, length) == 0)
		return 0;
	if (call->status < 200 || call->status > 299)
		return -1;
	if (promote(call) < 0)
		return -1;
	return deliver(call, bytes, length);
}

/* libcurl unpacks all that it has received before it pauses, and copies what is left of it at every try to go
 * on: what comes packed is taken for a while, so that a bomb is found out while it is small. */
static bool is_enough(const struct call *call)
{
	return has_rest(call) && (!call->packed || call->rest.length > REST_OF_PACKED);
}

static size_t on_body(void *context, const char *bytes, size_t length)
{
	struct call *call = context;
	const char *clean;
	size_t clean_length;

	if (is_enough(call)) {
		call->transfer_paused = true;
		return TRANSFER_PAUSE;
	}
	if (scrub_feed(&clean, &clean_length, call->scrub, bytes, length, &call->error) < 0) {
		call->failed = true;
		return 0;
	}
	if (call->delivering)
		return deliver(call, clean, clean_length) < 0 ? 0 : length;
	return keep(call, clean, clean_length) < 0 ? 0 : length;
}

/* The last bytes, which the scrub held back. */
static int flush(struct call *call)
{
	const char *clean;
	size_t length;

	scrub_finish(&clean, &length, call->scrub);
	if (call->delivering)
		return deliver(call, clean, length);
	(void)buffer_append(&call->early, clean, length); /* past the limit nothing is missed */
	return 0;
}

static void on_done(void *context, const struct error *failure)
{
	struct call *call = context;
	struct retry_case it = { .network = true, .retry_after_ms = -1 };
	struct error error;

	if (failure)
		it.sent = transfer_was_sent(call->transfer);
	call->transfer = NULL;
	if (flush(call) < 0)
		return;
	if (failure) {
		error = *failure;
		if (call->delivering || !retry_is_network(error.code))
			fail(call, &error);
		else
			retry_or_fail(call, &it, &error);
	} else if (call->failed || call->delivering) {
		finish(call);
	} else {
		judge(call);
	}
}

/* ---- An attempt --------------------------------------------------------------------------------------- */

/* Everything secret that this attempt sends. */
static int make_scrub(struct call *call, const struct credentials *credentials, struct error *error)
{
	scrub_free(call->scrub);
	call->scrub = NULL;
	return scrub_new(&call->scrub, error) < 0 ? -1 : credentials_scrub(call->scrub, credentials, error);
}

static int start_transfer(struct call *call, const char *token, struct error *error)
{
	const struct transfer_handlers handlers = { on_response, on_body, on_done, call };
	const struct call_terms *terms = call->terms;
	const struct credentials credentials = { terms->credentials, terms->credential_count, token };
	struct headers headers = HEADERS_INIT;
	int result = make_scrub(call, &credentials, error);

	if (result == 0 && call->headers.bytes.length > 0 &&
		buffer_append(&headers.bytes, call->headers.bytes.data, call->headers.bytes.length) < 0)
		result = error_memory(error);
	if (result == 0 && call->use != GUARD_DOWNLOAD)
		result = credentials_place(&headers, terms->places, terms->place_count, &credentials, error);
	if (result == 0) {
		const struct transfer_request request = {
			.method = call->method,
			.url = &call->url,
			.headers = &headers,
			.body = call->body.data,
			.body_length = call->body.length,
			.hosts = terms->hosts,
			.host_count = terms->host_count,
			.use = call->use,
			.deadline_ms = call->deadline_ms - clock_now_ms() > 1
					       ? call->deadline_ms - clock_now_ms()
					       : 1,
		};
		result = transfer_start(&call->transfer, terms->fetch, &request, &handlers, error);
	}
	headers_wipe(&headers);
	return result;
}

static void attempt(struct call *call, const char *token)
{
	struct error error = { 0 };

	call->attempt++;
	call->state = CALL_TRANSFERS;
	if (start_transfer(call, token, &error) < 0)
		fail(call, &error);
}

static void on_token(void *context, const char *text, uint64_t version, const struct error *error)
{
	struct call *call = context;

	(void)uv_timer_stop(&call->timer);
	call->token_version = version;
	if (error)
		fail(call, error);
	else
		attempt(call, text);
}

static void on_deadline(uv_timer_t *timer)
{
	struct call *call = timer->data;
	struct error error = { 0 };

	(void)error_set(
		&error, ERROR_DEADLINE_PASSED, "No token for %s came in the time allowed.", call->url.host);
	fail(call, &error);
}

static void ask_for_token(struct call *call, int64_t now_ms)
{
	int64_t left = call->deadline_ms - now_ms;

	call->state = CALL_ASKS;
	(void)uv_timer_start(&call->timer, on_deadline, left > 0 ? (uint64_t)left : 0, 0);
	token_ask(call->terms->token, &call->waiter, now_ms);
}

/* 0 when the request may go; else how long to wait, or -1. */
static int64_t ask_budget(struct call *call, int64_t now_ms, struct error *error)
{
	const struct call_terms *terms = call->terms;
	int64_t wait;

	if (limits_ask(&wait, &terms->limits, terms->priority, now_ms, error) < 0)
		return -1;
	if (wait > 0 && now_ms + wait >= call->deadline_ms)
		return error_set(error, ERROR_RATE_LIMITED,
			"%s allows no further request before the deadline.", call->url.host);
	return wait;
}

static void begin(uv_timer_t *timer)
{
	struct call *call = timer->data;
	int64_t now_ms = clock_now_ms();
	struct error error = { 0 };
	int64_t wait = ask_budget(call, now_ms, &error);

	if (wait < 0)
		fail(call, &error);
	else if (wait > 0)
		(void)uv_timer_start(&call->timer, begin, (uint64_t)wait, 0);
	else if (call->terms->token && call->use != GUARD_DOWNLOAD)
		ask_for_token(call, now_ms);
	else
		attempt(call, NULL);
}

/* ---- The beginning ------------------------------------------------------------------------------------ */

static int copy_request(struct call *call, const struct call_request *request, struct error *error)
{
	int64_t allowed = request->deadline_ms ? request->deadline_ms
					       : fetch_settings_of(call->terms->fetch)->deadline_ms;

	(void)snprintf(call->method, sizeof call->method, "%s", request->method);
	call->url = *request->url;
	call->use = request->use;
	call->harmless = request->harmless || strcmp(request->method, "GET") == 0 ||
			 strcmp(request->method, "HEAD") == 0;
	call->deadline_ms = clock_now_ms() + allowed;
	if (request->headers && buffer_append(&call->headers.bytes, request->headers->bytes.data,
					request->headers->bytes.length) < 0)
		return error_memory(error);
	if (request->body && buffer_append(&call->body, request->body, request->body_length) < 0)
		return error_set(error, ERROR_BAD_PARAMETER, "The request's body is too long.");
	return 0;
}

int call_start(struct call **out, const struct call_terms *terms, const struct call_request *request,
	const struct call_handlers *handlers, struct error *error)
{
	struct call *call;

	if (terms->limits.count > LIMITS_MAX)
		return error_set(error, ERROR_BAD_PARAMETER, "There are more than %d limits.", LIMITS_MAX);
	if (guard_url(terms->hosts, terms->host_count, request->url, request->use, error) < 0 ||
		credentials_check_headers(request->headers, terms->places, terms->place_count, error) < 0)
		return -1;
	call = calloc(1, sizeof *call);
	if (!call)
		return error_memory(error);
	call->terms = terms;
	call->handlers = *handlers;
	call->headers = call->answer = (struct headers)HEADERS_INIT;
	buffer_init(&call->body, BODY_LIMIT);
	buffer_init(&call->early, ERROR_BODY_LIMIT);
	buffer_init(&call->rest, REST_LIMIT);
	call->waiter = (struct token_waiter){ .on_token = on_token, .context = call };
	(void)uv_timer_init(fetch_loop(terms->fetch), &call->timer);
	call->timer.data = call;
	if (copy_request(call, request, error) < 0) {
		release(call);
		return -1;
	}
	(void)uv_timer_start(&call->timer, begin, 0, 0);
	*out = call;
	return 0;
}
