#include "config.h"

#include "base/error.h"

#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define CAUSE_MUSTER "muster"
#define CAUSE_CUSTOMER "customer"
#define CAUSE_OPERATOR "operator"
#define CAUSE_PROVIDER "provider"
#define CAUSE_PLUGIN "plugin"

static const struct {
	const char *code;
	const char *cause;
	const char *hint;
	int exit_status;
} codes[] = {
#define ERROR_ROW(symbol, code, status, cause, hint) { code, CAUSE_##cause, hint, status },
	ERROR_CODES(ERROR_ROW)
#undef ERROR_ROW
};

int error_set(struct error *error, enum error_code code, const char *format, ...)
{
	va_list arguments;

	error->code = code;
	va_start(arguments, format);
	(void)vsnprintf(error->message, sizeof error->message, format, arguments);
	va_end(arguments);
	text_trim_utf8(error->message);
	return -1;
}

int error_hint(struct error *error, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(error->hint, sizeof error->hint, format, arguments);
	va_end(arguments);
	text_trim_utf8(error->hint);
	return -1;
}

int error_memory(struct error *error)
{
	return error_set(error, ERROR_OUT_OF_MEMORY, "There is not enough memory.");
}

void error_problem(struct error *error, const char *field, const char *code, const char *format, ...)
{
	va_list arguments;
	struct problem *problem;

	if (error->problem_count == ERROR_PROBLEMS)
		return;
	problem = &error->problems[error->problem_count++];
	(void)snprintf(problem->field, sizeof problem->field, "%s", field);
	(void)snprintf(problem->code, sizeof problem->code, "%s", code);
	va_start(arguments, format);
	(void)vsnprintf(problem->message, sizeof problem->message, format, arguments);
	va_end(arguments);
	text_trim_utf8(problem->field);
	text_trim_utf8(problem->message);
}

const char *error_code_text(enum error_code code)
{
	return codes[code].code;
}

int error_exit_status(const struct error *error)
{
	return codes[error->code].exit_status;
}

static const char *cause_text(const struct error *error)
{
	return error->cause ? error->cause : codes[error->code].cause;
}

const char *error_hint_text(const struct error *error)
{
	return error->hint[0] ? error->hint : codes[error->code].hint;
}

enum error_code error_code_from_text(const char *text)
{
	for (size_t i = 0; i < ERROR_CODE_COUNT; i++)
		if (strcmp(codes[i].code, text) == 0)
			return (enum error_code)i;
	return ERROR_INTERNAL;
}

/* A member for a text that may be empty: empty means absent. */
static int set_text(json_t *object, const char *name, const char *text)
{
	return text[0] ? json_object_set_new(object, name, json_string(text)) : 0;
}

static json_t *problems_json(const struct error *error)
{
	json_t *list = json_array();

	for (size_t i = 0; list && i < error->problem_count; i++) {
		const struct problem *problem = &error->problems[i];
		json_t *row = json_pack("{s:s, s:s, s:s}", "field", problem->field, "code", problem->code,
			"message", problem->message);
		if (json_array_append_new(list, row) < 0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

json_t *error_json(const struct error *error)
{
	json_t *object = json_pack("{s:s, s:s, s:s}", "code", error_code_text(error->code), "message",
		error->message, "cause", cause_text(error));
	int failed = !object;

	if (failed)
		return NULL;
	failed |= set_text(object, "hint", error_hint_text(error)) < 0;
	failed |= set_text(object, "guide", error->guide) < 0;
	failed |= set_text(object, "account", error->account) < 0;
	failed |= set_text(object, "action", error->action) < 0;
	failed |= set_text(object, "run", error->run) < 0;
	if (error->status) {
		json_t *answer = json_pack("{s:i}", "status", error->status);
		failed |= answer && set_text(answer, "body", error->body) < 0;
		failed |= json_object_set_new(object, "provider", answer) < 0;
	}
	if (error->problem_count)
		failed |= json_object_set_new(object, "problems", problems_json(error)) < 0;
	if (failed) {
		json_decref(object);
		return NULL;
	}
	return object;
}
