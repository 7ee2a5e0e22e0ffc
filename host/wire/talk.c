#include "config.h"

#include "wire/talk.h"

#include "base/json.h"
#include "base/text.h"

#include <string.h>

int talk_begin(struct talk *talk, struct buffer *out, const json_t *start, bool allow_partial,
	int cpu_seconds, struct error *error)
{
	json_t *hello = json_pack("{s:s, s:b, s:i}", "build", wire_build, "allow_partial", (int)allow_partial,
		"cpu_seconds", cpu_seconds);
	int result;

	*talk = (struct talk){ .mode = wire_mode_from_text(json_member_text(start, "mode", "")) };
	if (!hello)
		return error_memory(error);
	result = wire_put_json(out, WIRE_HELLO, hello, error);
	json_decref(hello);
	return result < 0 ? -1 : wire_put_json(out, WIRE_START, start, error);
}

int talk_hello(struct talk *talk, const struct wire_frame *frame, struct error *error)
{
	json_t *hello = NULL;
	const char *jail;
	int result = 0;

	if (wire_get_json(&hello, frame, error) < 0)
		return -1;
	jail = json_member_text(hello, "jail", "");
	text_clean(talk->jail, sizeof talk->jail, jail, strlen(jail));
	if (strcmp(json_member_text(hello, "build", ""), wire_build) != 0)
		result = error_set(error, ERROR_INSTALLATION,
			"muster-runner is of another build than muster: install both from one release.");
	json_decref(hello);
	return result;
}

/* A runner can't know of this machine: whether the jail is there it said before the plugin was loaded. Of a
 * provider's answers it knows where it gets any. Else one plugin could spoil a list for all. */
static enum error_code failed_code(const struct talk *talk, const char *text)
{
	static const enum error_code of_answers[] = { ERROR_MALFORMED_BODY, ERROR_RECORD_TOO_LARGE,
		ERROR_FOREIGN_LINK, ERROR_REPEATED_CURSOR, ERROR_TOO_MANY_PAGES, ERROR_BODY_TOO_LARGE,
		ERROR_BAD_PARAMETER, ERROR_AUTHENTICATION_FAILED };
	bool answers = talk->mode == WIRE_MODE_RUN || talk->mode == WIRE_MODE_AUTHENTICATE;
	enum error_code code = error_code_from_text(text);

	if (code == ERROR_PLUGIN_REFUSED ||
		(code == ERROR_JAIL_UNAVAILABLE && strcmp(talk->jail, "full") != 0))
		return code;
	for (size_t i = 0; answers && i < sizeof of_answers / sizeof of_answers[0]; i++)
		if (of_answers[i] == code)
			return code;
	return ERROR_PLUGIN_FAULT;
}

int talk_failed(const struct talk *talk, const struct wire_frame *frame, struct error *error)
{
	char clean[400];
	json_t *failure = NULL;
	const char *message;

	if (wire_get_json(&failure, frame, error) < 0)
		return -1;
	message = json_member_text(failure, "message", "");
	text_clean(clean, sizeof clean, message, strlen(message));
	(void)error_set(error, failed_code(talk, json_member_text(failure, "code", "")), "%s",
		clean[0] ? clean : "The connector failed without a word.");
	json_decref(failure);
	return -1;
}

int talk_problem(struct error *problems, const struct wire_frame *frame, struct error *error)
{
	char clean[sizeof problems->problems[0].message];
	const char *field, *code, *message;
	json_t *problem = NULL;

	if (wire_get_json(&problem, frame, error) < 0)
		return -1;
	field = json_member_text(problem, "field", "");
	code = json_member_text(problem, "code", "");
	message = json_member_text(problem, "message", "");
	text_clean(clean, sizeof clean, message, strlen(message));
	error_problem(
		problems, text_is_id(field) ? field : "", text_is_id(code) ? code : "invalid", "%s", clean);
	json_decref(problem);
	return 0;
}
