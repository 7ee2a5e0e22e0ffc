#include "config.h"

#include "run/authenticate.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/text.h"
#include "run/messages.h"
#include "run/process.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a hook may add to a token request. */
enum { EXTRA_MAX = 32, NAME_MAX_BYTES = 96, TOKEN_REQUESTS_MAX = 16, PROBLEMS_MAX = 1000 };

/* One token request: the tables' own, and what the hook added, as literal values. */
struct request {
	struct grant *grant;
	json_t *form; /* borrowed by the rows below */
	struct credential rows[EXTRA_MAX];
	struct credential_place places[EXTRA_MAX];
	char names[EXTRA_MAX][NAME_MAX_BYTES];
	char templates[EXTRA_MAX][NAME_MAX_BYTES + 2];
	struct credential *all_rows;
	struct credential_place *all_places;
};

struct authenticate {
	struct authenticate_options options;
	struct process *process;
	struct token *token; /* who waits */
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
	free(request->all_rows);
	free(request->all_places);
	memset(request, 0, sizeof *request);
}

static void stop(struct authenticate *authenticate)
{
	process_free(authenticate->process);
	authenticate->process = NULL;
	request_clear(&authenticate->request);
	authenticate->token = NULL;
}

static void fail(struct authenticate *authenticate, const struct error *error)
{
	struct token *token = authenticate->token;

	stop(authenticate);
	token_failed(token, error);
}

/* Adds the hook's form members behind the auth's own places. A value is reached through a reference of its own,
 * so that braces in it mean nothing. */
static int add_extra(struct request *request, struct oauth2_request *oauth2, struct error *error)
{
	const char *name;
	json_t *value;
	size_t count = 0;

	json_object_foreach(request->form, name, value)
	{
		if (count == EXTRA_MAX || strlen(name) >= NAME_MAX_BYTES - 8 || !json_is_string(value))
			return error_set(error, ERROR_PLUGIN_FAULT,
				"The connector's token request is not well-formed.");
		(void)snprintf(request->names[count], NAME_MAX_BYTES, "extra.%zu", count);
		(void)snprintf(
			request->templates[count], sizeof request->templates[count], "{extra.%zu}", count);
		request->rows[count] = (struct credential){ .name = request->names[count],
			.text = json_string_value(value) };
		request->places[count] = (struct credential_place){
			.where = CREDENTIAL_FORM, .name = name, .value = request->templates[count]
		};
		count++;
	}
	request->all_rows = calloc(oauth2->credentials.count + count + 1, sizeof *request->all_rows);
	request->all_places = calloc(oauth2->place_count + count + 1, sizeof *request->all_places);
	if (!request->all_rows || !request->all_places)
		return error_memory(error);
	for (size_t i = 0; i < oauth2->credentials.count; i++)
		request->all_rows[i] = oauth2->credentials.rows[i];
	for (size_t i = 0; i < oauth2->place_count; i++)
		request->all_places[i] = oauth2->places[i];
	for (size_t i = 0; i < count; i++) {
		request->all_rows[oauth2->credentials.count + i] = request->rows[i];
		request->all_places[oauth2->place_count + i] = request->places[i];
	}
	oauth2->credentials.rows = request->all_rows;
	oauth2->credentials.count += count;
	oauth2->places = request->all_places;
	oauth2->place_count += count;
	return 0;
}

/* The token endpoint answered: the runner learns whether, not what. */
static void on_answer(void *context, struct oauth2_answer *answer_take, const struct error *error)
{
	struct authenticate *authenticate = context;
	enum wire_type type = error ? WIRE_DENIED : WIRE_GRANTED;
	struct error failure = { 0 };

	oauth2_answer_clear(&authenticate->answer);
	memset(&authenticate->denied, 0, sizeof authenticate->denied);
	if (error) {
		authenticate->denied = *error;
	} else {
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
	if (add_extra(&authenticate->request, &request.oauth2, error) < 0 ||
		grant_new(&authenticate->request.grant, &request, error) < 0)
		return -1;
	process_expect(authenticate->process, false);
	return grant_ask(authenticate->request.grant, on_answer, authenticate, error);
}

static int on_problem(struct authenticate *authenticate, const struct wire_frame *frame, struct error *error)
{
	char clean[sizeof authenticate->problems.problems[0].message];
	const char *field, *code, *message;
	json_t *problem = NULL;

	if (++authenticate->told > PROBLEMS_MAX)
		return error_set(error, ERROR_PLUGIN_FAULT, "The connector tells of problems without end.");
	if (wire_get_json(&problem, frame, error) < 0)
		return -1;
	field = json_member_text(problem, "field", "");
	code = json_member_text(problem, "code", "");
	message = json_member_text(problem, "message", "");
	text_clean(clean, sizeof clean, message, strlen(message));
	error_problem(&authenticate->problems, text_is_id(field) ? field : "",
		text_is_id(code) ? code : "invalid", "%s", clean);
	json_decref(problem);
	return 0;
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
	struct token *token = authenticate->token;
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
		stop(authenticate);
		token_obtained(token, &answer, clock_now_ms());
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

static void obtain(void *context, struct token *token)
{
	struct authenticate *authenticate = context;
	const struct authenticate_options *options = &authenticate->options;
	struct process_handlers handlers = { on_frame, on_end, authenticate };
	struct process_options process = { .provider = options->provider,
		.allow_partial = options->allow_partial_jail,
		.patience_ms = fetch_settings_of(options->grant.fetch)->deadline_ms };
	json_t *start = start_message(options);
	struct error error = { 0 };
	int result;

	authenticate->token = token;
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

static void abandon(void *context)
{
	stop(context);
}

int authenticate_new(
	struct authenticate **out, const struct authenticate_options *options, struct error *error)
{
	struct authenticate *authenticate = calloc(1, sizeof *authenticate);

	if (!authenticate)
		return error_memory(error);
	authenticate->options = *options;
	*out = authenticate;
	return 0;
}

void authenticate_free(struct authenticate *authenticate)
{
	if (!authenticate)
		return;
	stop(authenticate);
	oauth2_answer_clear(&authenticate->answer);
	free(authenticate);
}

struct token_source authenticate_source(struct authenticate *authenticate)
{
	return (struct token_source){ .obtain = obtain, .abandon = abandon, .context = authenticate };
}
