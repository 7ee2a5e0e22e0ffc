#include "config.h"

#include "runner/hooks.h"

#include "base/json.h"
#include "base/text.h"
#include "runner/run.h"

#include <string.h>

enum {
	PROBLEMS_MAX = 64,
	ARGUMENTS_MAX = 256,
	CODE_SIZE = 64,
	SENTENCE_SIZE = 512,
	ARGUMENT_MAX = 64 * 1024, /* bytes of a name or a value */
};

/* Ends the call for something that the plugin did wrong. */
static int fault(struct muster_call *call, const char *service, const char *what)
{
	if (!call->failed)
		(void)error_set(
			call->error, ERROR_PLUGIN_FAULT, "The connector called %s() %s.", service, what);
	call->failed = true;
	return -1;
}

/* The outcome of something that sets call->error. */
static int done(struct muster_call *call, int result)
{
	if (result < 0)
		call->failed = true;
	return result;
}

/* ---- What any hook may ask ------------------------------------------------------------------------- */

static const char *service_auth(struct muster_call *call)
{
	return call->auth->id;
}

static const char *service_field(struct muster_call *call, const char *id)
{
	const json_t *secrets = json_object_get(call->start, "secrets");
	const char *text;

	if (!id)
		return NULL;
	text = json_member_text(json_object_get(call->start, "fields"), id, NULL);
	if (text)
		return text;
	for (size_t i = 0; i < json_array_size(secrets); i++) {
		const char *secret = json_string_value(json_array_get(secrets, i));
		if (secret && strcmp(secret, id) == 0)
			return "";
	}
	return NULL;
}

static const char *service_parameter(struct muster_call *call, const char *id)
{
	return id ? json_member_text(json_object_get(call->start, "parameters"), id, NULL) : NULL;
}

/* ---- validate and authenticate --------------------------------------------------------------------- */

static json_t *clean_json(const char *text, size_t size)
{
	char clean[SENTENCE_SIZE];

	text_clean(clean, size, text, strnlen(text, size));
	return json_string(clean);
}

static int32_t service_problem(
	struct muster_call *call, const char *field, const char *code, const char *sentence)
{
	if (call->failed)
		return -1;
	if (call->mode == WIRE_MODE_RUN)
		return fault(call, "problem", "in run");
	if (!field || !code || !sentence)
		return fault(call, "problem", "without a field, a code or a sentence");
	if (!text_is_id(field) || !text_is_id(code))
		return fault(call, "problem", "with a field or a code that is no id");
	if (call->problems++ == PROBLEMS_MAX)
		return fault(call, "problem", "more than 64 times");
	return done(call, channel_put_take(call->channel, WIRE_PROBLEM,
				  json_pack("{s:s, s:s, s:o}", "field", field, "code", code, "message",
					  clean_json(sentence, SENTENCE_SIZE)),
				  call->error));
}

/* The arguments as an object; NULL and the call is over when they are not what the header says. */
static json_t *arguments_json(struct muster_call *call, const char *service,
	const struct muster_argument *arguments, uint32_t count)
{
	json_t *object = json_object();

	if (!object)
		(void)done(call, error_memory(call->error));
	if ((count > 0 && !arguments) || count > ARGUMENTS_MAX)
		(void)fault(call, service, "with a bad count of arguments");
	for (uint32_t i = 0; !call->failed && i < count; i++) {
		const char *name = arguments[i].name;
		const char *value = arguments[i].value;
		if (!name || !value || strnlen(name, ARGUMENT_MAX) == ARGUMENT_MAX ||
			strnlen(value, ARGUMENT_MAX) == ARGUMENT_MAX)
			(void)fault(call, service, "with an argument without name or value, or a huge one");
		else if (json_object_get(object, name))
			(void)fault(call, service, "with the same argument twice");
		else if (json_object_set_new(object, name, json_string(value)) < 0)
			(void)fault(call, service, "with an argument that is not UTF-8");
	}
	if (!call->failed)
		return object;
	json_decref(object);
	return NULL;
}

static int32_t service_token(
	struct muster_call *call, const struct muster_argument *arguments, uint32_t count)
{
	struct wire_frame frame;
	json_t *form;

	if (call->failed)
		return -1;
	if (call->mode != WIRE_MODE_AUTHENTICATE)
		return fault(call, "token", "outside of authenticate");
	form = arguments_json(call, "token", arguments, count);
	if (!form)
		return -1;
	if (channel_put_take(call->channel, WIRE_TOKEN, json_pack("{s:o}", "form", form), call->error) < 0 ||
		channel_next(&frame, call->channel, true, call->error) < 0)
		return done(call, -1);
	/* The wire lets nothing else through. */
	return frame.type == WIRE_GRANTED ? 0 : -1;
}

/* ---- run ------------------------------------------------------------------------------------------- */

static int32_t service_request(struct muster_call *call, const struct muster_argument *arguments,
	uint32_t count, struct muster_answer *answer)
{
	json_t *checked;

	if (call->failed)
		return -1;
	if (call->mode != WIRE_MODE_RUN)
		return fault(call, "request", "outside of run");
	if (!answer)
		return fault(call, "request", "without a place for the answer");
	checked = arguments_json(call, "request", arguments, count);
	if (!checked)
		return -1;
	json_decref(checked);
	return done(call, run_hook_request(answer, call->run, arguments, count, call->error));
}

static int32_t service_record(struct muster_call *call, const char *json, uint64_t length)
{
	if (call->failed)
		return -1;
	if (call->mode != WIRE_MODE_RUN)
		return fault(call, "record", "outside of run");
	if (!json)
		return fault(call, "record", "without a record");
	if (length > WIRE_RECORD_MAX)
		return fault(call, "record", "with a record of more than 4 MiB");
	return done(call, run_hook_record(call->run, json, (size_t)length, call->error));
}

/* ---- The calls ------------------------------------------------------------------------------------- */

static const struct muster_services services = {
	.size = sizeof services,
	.auth = service_auth,
	.field = service_field,
	.parameter = service_parameter,
	.problem = service_problem,
	.request = service_request,
	.record = service_record,
	.token = service_token,
};

static int returned(struct muster_call *call, const char *hook, int32_t result)
{
	return error_set(
		call->error, ERROR_PLUGIN_FAULT, "The connector's %s() returned %d.", hook, (int)result);
}

int hooks_validate(struct muster_call *call)
{
	const struct muster_plugin *plugin = tables_plugin(call->tables);
	int32_t result;

	if (!plugin->validate)
		return 0;
	result = plugin->validate(&services, call);
	if (call->failed)
		return -1;
	return result == 0 ? 0 : returned(call, "validate", result);
}

int hooks_authenticate(struct muster_call *call)
{
	int32_t result;

	if (!call->auth->authenticate)
		return error_set(
			call->error, ERROR_INTERNAL, "The auth %s has no authenticate().", call->auth->id);
	result = call->auth->authenticate(&services, call);
	if (call->failed)
		return -1;
	/* A failure that was told as problems is an answer like any other. */
	return result == 0 || call->problems > 0 ? 0 : returned(call, "authenticate", result);
}

int hooks_run(struct muster_call *call, int32_t (*run)(const struct muster_services *, struct muster_call *))
{
	int32_t result = run(&services, call);

	if (call->failed)
		return -1;
	return result == 0 ? 0 : returned(call, "run", result);
}
