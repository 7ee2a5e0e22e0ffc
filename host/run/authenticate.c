#include "config.h"

#include "run/authenticate.h"

#include "base/buffer.h"
#include "base/clock.h"
#include "base/json.h"
#include "run/messages.h"
#include "run/process.h"
#include "wire/talk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a hook may add to a token request, how many it may make, what it may tell. */
enum { EXTRA_MAX = 32, TOKEN_REQUESTS_MAX = 16, PROBLEMS_MAX = 1000, REPLY_LIMIT = 64 * 1024 };

/* One token request: the tables' own, and what the hook added, as literal values. */
struct request {
	struct grant *grant;
	json_t *form; /* borrowed by the rows below */
	struct credential *rows;
	struct credential_place *places;
	char names[EXTRA_MAX][16];     /* extra.0 */
	char templates[EXTRA_MAX][16]; /* {extra.0} */
};

struct authenticate {
	struct authenticate_options options;
	struct process *process;
	void (*on_answer)(void *context, struct oauth2_answer *answer_take, const struct error *error);
	void *context;
	const char *refresh_token; /* or NULL */
	struct authenticate_keeper keeper;
	struct buffer body; /* the reply that is being kept */
	int status;
	bool sent;
	struct request request;
	struct oauth2_answer answer; /* the last token that was granted */
	struct error denied;         /* why the last one was not */
	unsigned requests;
	unsigned told;         /* PROBLEMs */
	struct error problems; /* what the hook told */
};

static void request_clear(struct request *request)
{
	grant_free(request->grant);
	json_decref(request->form);
	free(request->rows);
	free(request->places);
	memset(request, 0, sizeof *request);
}

void authenticate_stop(struct authenticate *authenticate)
{
	process_free(authenticate->process);
	authenticate->process = NULL;
	request_clear(&authenticate->request);
	oauth2_answer_clear(&authenticate->answer);
	buffer_wipe(&authenticate->body);
}

/* Whoever hears it may free us. */
static void tell(struct authenticate *authenticate, struct oauth2_answer *answer, const struct error *error)
{
	authenticate->on_answer(authenticate->context, answer, error);
	oauth2_answer_clear(answer);
}

static void fail(struct authenticate *authenticate, const struct error *error)
{
	struct oauth2_answer none = { .access_token = NULL };
	struct error kept = *error;

	authenticate_stop(authenticate);
	tell(authenticate, &none, &kept);
}

/* Adds the hook's form members behind the auth's own places. A value is reached through a reference of its
 * own, so that braces in it mean nothing. */
static int add_extra(struct request *request, struct oauth2_request *oauth2, struct error *error)
{
	size_t extra = json_object_size(request->form);
	size_t rows = oauth2->credentials.count, places = oauth2->place_count;
	const char *name;
	json_t *value;
	size_t i = 0;

	if (extra > EXTRA_MAX)
		return error_set(error, ERROR_PLUGIN_FAULT,
			"The connector's token request has more than %d members.", EXTRA_MAX);
	request->rows = calloc(rows + extra + 1, sizeof *request->rows);
	request->places = calloc(places + extra + 1, sizeof *request->places);
	if (!request->rows || !request->places)
		return error_memory(error);
	if (rows > 0)
		memcpy(request->rows, oauth2->credentials.rows, rows * sizeof *request->rows);
	if (places > 0)
		memcpy(request->places, oauth2->places, places * sizeof *request->places);
	json_object_foreach(request->form, name, value)
	{
		if (!json_is_string(value))
			return error_set(error, ERROR_PLUGIN_FAULT,
				"The connector's token request has a member that is no text.");
		(void)snprintf(request->names[i], sizeof request->names[i], "extra.%zu", i);
		(void)snprintf(request->templates[i], sizeof request->templates[i], "{extra.%zu}", i);
		request->rows[rows + i] =
			(struct credential){ .name = request->names[i], .text = json_string_value(value) };
		request->places[places + i] = (struct credential_place){
			.where = CREDENTIAL_FORM, .name = name, .value = request->templates[i]
		};
		i++;
	}
	oauth2->credentials.rows = request->rows;
	oauth2->credentials.count = rows + extra;
	oauth2->places = request->places;
	oauth2->place_count = places + extra;
	return 0;
}

/* The token endpoint answered: the runner learns whether, not what. */
static void tell_runner(
	struct authenticate *authenticate, struct oauth2_answer *answer_take, const struct error *error)
{
	enum wire_type type = error ? WIRE_DENIED : WIRE_GRANTED;
	struct error failure = { 0 };

	memset(&authenticate->denied, 0, sizeof authenticate->denied);
	if (error) {
		oauth2_answer_clear(&authenticate->answer);
		authenticate->denied = *error;
	} else {
		if (!answer_take->refresh_token) {
			answer_take->refresh_token = authenticate->answer.refresh_token;
			authenticate->answer.refresh_token = NULL;
		}
		oauth2_answer_clear(&authenticate->answer);
		authenticate->answer = *answer_take;
		memset(answer_take, 0, sizeof *answer_take);
	}
	if (wire_put(process_out(authenticate->process), type, "{}", 2, &failure) < 0) {
		fail(authenticate, &failure);
		return;
	}
	process_flush(authenticate->process);
	process_expect(authenticate->process, true);
}

static void on_kept(void *context, const struct error *failure)
{
	struct authenticate *authenticate = context;
	const struct grant_reply reply = { authenticate->status,
		authenticate->body.data ? authenticate->body.data : "", authenticate->body.length };
	struct oauth2_answer answer = { .access_token = NULL };
	struct error error = { 0 };
	int result;

	if (failure) {
		fail(authenticate, failure);
		return;
	}
	result = grant_read(&answer, authenticate->request.grant, &reply, &error);
	buffer_wipe(&authenticate->body);
	tell_runner(authenticate, &answer, result < 0 ? &error : NULL);
	oauth2_answer_clear(&answer);
}

static void on_reply(void *context, const struct grant_reply *reply, const struct error *error)
{
	struct authenticate *authenticate = context;
	struct error failure = { 0 };

	authenticate->sent |= grant_was_sent(authenticate->request.grant);
	if (error) {
		tell_runner(authenticate, NULL, error);
		return;
	}
	authenticate->status = reply->status;
	if (buffer_append(&authenticate->body, reply->body, reply->length) < 0) {
		(void)error_memory(&failure);
		fail(authenticate, &failure);
	} else if (authenticate->keeper.keep) {
		authenticate->keeper.keep(authenticate->keeper.context, reply, on_kept, authenticate);
	} else {
		on_kept(authenticate, NULL);
	}
}

/* A hook may renew more than once; what rotated is not sent again. */
static const char *newest_refresh_token(const struct authenticate *authenticate)
{
	return authenticate->answer.refresh_token ? authenticate->answer.refresh_token
						  : authenticate->refresh_token;
}

static int on_token_request(
	struct authenticate *authenticate, const struct wire_frame *frame, struct error *error)
{
	struct grant_request request = authenticate->options.grant;
	json_t *message = NULL;

	if (++authenticate->requests > TOKEN_REQUESTS_MAX)
		return error_set(error, ERROR_PLUGIN_FAULT, "The connector asks for tokens without end.");
	request_clear(&authenticate->request);
	if (wire_get_json(&message, frame, error) < 0)
		return -1;
	authenticate->request.form = json_incref(json_object_get(message, "form"));
	json_decref(message);
	if (authenticate->refresh_token) {
		request.oauth2.grant = OAUTH2_REFRESH_TOKEN;
		request.oauth2.token = newest_refresh_token(authenticate);
	}
	if (add_extra(&authenticate->request, &request.oauth2, error) < 0 ||
		grant_new(&authenticate->request.grant, &request, error) < 0)
		return -1;
	process_expect(authenticate->process, false);
	buffer_wipe(&authenticate->body);
	return grant_send(authenticate->request.grant, on_reply, authenticate, error);
}

static int on_problem(struct authenticate *authenticate, const struct wire_frame *frame, struct error *error)
{
	if (++authenticate->told > PROBLEMS_MAX)
		return error_set(error, ERROR_PLUGIN_FAULT, "The connector tells of problems without end.");
	return talk_problem(&authenticate->problems, frame, error);
}

static int on_frame(void *context, const struct wire_frame *frame, struct error *error)
{
	switch (frame->type) {
	case WIRE_TOKEN:
		return on_token_request(context, frame, error);
	case WIRE_PROBLEM:
		return on_problem(context, frame, error);
	case WIRE_DONE:
		return 0;
	default:
		return error_set(
			error, ERROR_PLUGIN_FAULT, "The connector said what no authentication says.");
	}
}

/* The hook has ended: what counts is the last token, unless it told what is wrong. */
static void on_end(void *context, const struct error *error)
{
	struct authenticate *authenticate = context;
	struct oauth2_answer answer = authenticate->answer;

	if (error && error->code == ERROR_PLUGIN_FAULT && !authenticate->denied.code) {
		fail(authenticate, error);
	} else if (authenticate->problems.problem_count > 0) {
		(void)error_set(
			&authenticate->problems, ERROR_BAD_FIELD, "The provider won't have these fields.");
		fail(authenticate, &authenticate->problems);
	} else if (error && authenticate->denied.code) {
		fail(authenticate, &authenticate->denied);
	} else if (error) {
		fail(authenticate, error);
	} else if (!answer.access_token) {
		struct error none = { 0 };
		(void)error_set(&none, ERROR_PLUGIN_FAULT, "The connector authenticated without a token.");
		fail(authenticate, &none);
	} else {
		memset(&authenticate->answer, 0, sizeof authenticate->answer);
		authenticate_stop(authenticate);
		tell(authenticate, &answer, NULL);
	}
}

static json_t *start_message(const struct authenticate_options *options)
{
	json_t *start = json_pack("{s:s, s:s}", "mode", "authenticate", "auth", options->auth->id);

	if (start && messages_set_fields(start, options->fields, options->auth) < 0) {
		json_decref(start);
		return NULL;
	}
	return start;
}

void authenticate_ask(struct authenticate *authenticate, const char *refresh_token,
	const struct authenticate_keeper *keeper,
	void (*on_answer)(void *context, struct oauth2_answer *answer_take, const struct error *error),
	void *context)
{
	const struct authenticate_options *options = &authenticate->options;
	struct process_handlers handlers = { on_frame, on_end, authenticate };
	struct process_options process = { .provider = options->provider,
		.allow_partial = options->allow_partial_jail,
		.patience_ms = fetch_settings_of(options->grant.fetch)->deadline_ms };
	json_t *start = start_message(options);
	struct error error = { 0 };
	int result;

	authenticate->on_answer = on_answer;
	authenticate->context = context;
	authenticate->refresh_token = refresh_token;
	authenticate->keeper = keeper ? *keeper : (struct authenticate_keeper){ NULL, NULL };
	authenticate->sent = false;
	authenticate->requests = authenticate->told = 0;
	memset(&authenticate->problems, 0, sizeof authenticate->problems);
	memset(&authenticate->denied, 0, sizeof authenticate->denied);
	process.start = start;
	if (!start)
		result = error_memory(&error);
	else
		result = process_start(&authenticate->process, fetch_loop(options->grant.fetch), &process,
			&handlers, &error);
	json_decref(start);
	if (result < 0)
		fail(authenticate, &error);
}

bool authenticate_was_sent(const struct authenticate *authenticate)
{
	return authenticate->sent;
}

static void to_token(void *context, struct oauth2_answer *answer_take, const struct error *error)
{
	if (error)
		token_failed(context, error);
	else
		token_obtained(context, answer_take, clock_now_ms());
}

static void obtain(void *context, struct token *token)
{
	authenticate_ask(context, NULL, NULL, to_token, token);
}

static void abandon(void *context)
{
	authenticate_stop(context);
}

int authenticate_new(
	struct authenticate **out, const struct authenticate_options *options, struct error *error)
{
	struct authenticate *authenticate = calloc(1, sizeof *authenticate);

	if (!authenticate)
		return error_memory(error);
	authenticate->options = *options;
	buffer_init(&authenticate->body, REPLY_LIMIT);
	*out = authenticate;
	return 0;
}

void authenticate_free(struct authenticate *authenticate)
{
	if (!authenticate)
		return;
	authenticate_stop(authenticate);
	free(authenticate);
}

struct token_source authenticate_source(struct authenticate *authenticate)
{
	return (struct token_source){ .obtain = obtain, .abandon = abandon, .context = authenticate };
}
