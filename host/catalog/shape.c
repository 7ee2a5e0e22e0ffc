#include "config.h"

#include "catalog/shape.h"

#include "base/text.h"
#include "catalog/redirect.h"
#include "record/date.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct shape shape_of_field(const struct manifest_field *field)
{
	return (struct shape){
		.kind = field->type == FIELD_REDIRECT ? SHAPE_REDIRECT : SHAPE_TEXT,
		.characters = field->characters,
		.choices = field->choices,
		.choice_count = field->choice_count,
		.min_length = field->min_length,
		.max_length = field->max_length,
		.secret = field->type == FIELD_SECRET,
	};
}

struct shape shape_of_parameter(const struct manifest_parameter *parameter)
{
	return (struct shape){
		.kind = parameter->type == PARAMETER_DATE        ? SHAPE_DATE
			: parameter->type == PARAMETER_DATE_TIME ? SHAPE_DATE_TIME
								 : SHAPE_TEXT,
		.characters = parameter->characters,
		.choices = parameter->choices,
		.choice_count = parameter->choice_count,
		.max_length = parameter->max_length,
		.list = parameter->list,
	};
}

static bool in_class(const char *characters, char c)
{
	for (const char *at = characters; *at; at++) {
		if (at[1] == '-' && at[2] != '\0') {
			if (c >= at[0] && c <= at[2])
				return true;
			at += 2;
		} else if (c == *at) {
			return true;
		}
	}
	return false;
}

/* Is this a class of characters: ranges such as "A-Z0-9_-", printable ASCII? */
static bool is_class(const char *characters)
{
	for (const char *at = characters; *at; at++) {
		if (*at < ' ' || *at > '~')
			return false;
		if (at[1] == '-' && at[2] != '\0') {
			if (at[2] < at[0] || at[2] > '~')
				return false;
			at += 2;
		}
	}
	return characters[0] != '\0';
}

/* The problem of a text; always false. */
static bool wrong(struct problem *problem, const char *code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static bool wrong(struct problem *problem, const char *code, const char *format, ...)
{
	va_list arguments;

	(void)snprintf(problem->code, sizeof problem->code, "%s", code);
	va_start(arguments, format);
	(void)vsnprintf(problem->message, sizeof problem->message, format, arguments);
	va_end(arguments);
	text_trim_utf8(problem->message);
	return false;
}

bool shape_is_plain(struct problem *problem, const char *text, size_t length)
{
	if (!text_is_utf8(text, length))
		return wrong(problem, "not_utf8", "is not UTF-8 text.");
	if (memchr(text, '\n', length) || memchr(text, '\r', length))
		return wrong(problem, "control_character", "holds a line break.");
	if (!text_is_clean(text, length))
		return wrong(problem, "control_character", "holds an invisible character.");
	return true;
}

static bool length_fits(struct problem *problem, const struct shape *shape, size_t length)
{
	if (length < shape->min_length && shape->min_length == shape->max_length)
		return wrong(problem, "too_short", "has %zu characters; it needs %" PRIu32 ".", length,
			shape->min_length);
	if (length < shape->min_length)
		return wrong(problem, "too_short", "has %zu characters; it needs at least %" PRIu32 ".",
			length, shape->min_length);
	if (length > shape->max_length)
		return wrong(problem, "too_long", "has %zu characters; it may have %" PRIu32 ".", length,
			shape->max_length);
	return true;
}

static bool characters_fit(
	struct problem *problem, const struct shape *shape, const char *text, size_t length)
{
	char shown[8];
	size_t step = 1;

	for (size_t i = 0; shape->characters && i < length; i++) {
		if (in_class(shape->characters, text[i]))
			continue;
		if (shape->secret)
			return wrong(problem, "bad_character", "holds a character other than %s.",
				shape->characters);
		while (i + step < length && ((unsigned char)text[i + step] & 0xC0) == 0x80)
			step++;
		text_clean(shown, sizeof shown, text + i, step);
		return wrong(
			problem, "bad_character", "may not hold '%s', only %s.", shown, shape->characters);
	}
	return true;
}

static bool choice_fits(struct problem *problem, const struct shape *shape, const char *text, size_t length)
{
	char list[160] = "";
	size_t used = 0;

	if (shape->choice_count == 0)
		return true;
	for (size_t i = 0; i < shape->choice_count; i++) {
		const char *value = shape->choices[i].value;
		int wrote;

		if (strlen(value) == length && memcmp(value, text, length) == 0)
			return true;
		if (used >= sizeof list)
			continue;
		wrote = snprintf(list + used, sizeof list - used, "%s%s", i ? ", " : "", value);
		used += wrote > 0 ? (size_t)wrote : 0;
	}
	text_trim_utf8(list);
	return wrong(problem, "bad_choice", "is none of: %s.", list);
}

static bool redirect_fits(struct problem *problem, const char *text)
{
	struct redirect redirect;
	const char *fault = redirect_parse(&redirect, text);

	return !fault || wrong(problem, "bad_redirect", "%s.", fault);
}

static bool kind_fits(struct problem *problem, const struct shape *shape, const char *text, size_t length)
{
	if (shape->kind == SHAPE_REDIRECT)
		return redirect_fits(problem, text);
	if (shape->kind == SHAPE_DATE && !date_is_date(text, length))
		return wrong(problem, "bad_date", "is no date such as 2026-11-30.");
	if (shape->kind == SHAPE_DATE_TIME && !date_is_date_time(text, length))
		return wrong(problem, "bad_date_time", "is no moment such as 2026-11-30T00:00:00Z.");
	return true;
}

static bool one_fits(struct problem *problem, const struct shape *shape, const char *text, size_t length)
{
	return length_fits(problem, shape, length) && characters_fit(problem, shape, text, length) &&
	       choice_fits(problem, shape, text, length) && kind_fits(problem, shape, text, length);
}

static bool each_fits(struct problem *problem, const struct shape *shape, const char *text, size_t length)
{
	size_t start = 0;

	for (;;) {
		const char *comma = memchr(text + start, ',', length - start);
		size_t part = comma ? (size_t)(comma - text) - start : length - start;

		if (part == 0)
			return wrong(problem, "empty", "has an empty value between its commas.");
		if (!one_fits(problem, shape, text + start, part))
			return false;
		if (!comma)
			return true;
		start += part + 1;
	}
}

bool shape_fits(struct problem *problem, const struct shape *shape, const char *text, size_t length)
{
	if (!shape_is_plain(problem, text, length))
		return false;
	return (shape->list ? each_fits : one_fits)(problem, shape, text, length);
}

const char *shape_fault(const struct shape *shape, const char *default_text)
{
	struct problem problem;

	if (shape->characters && !is_class(shape->characters))
		return "characters is no class such as A-Z0-9_-";
	if (shape->max_length == 0 || shape->min_length > shape->max_length)
		return "its lengths allow nothing";
	for (size_t i = 0; i < shape->choice_count; i++) {
		if (shape->choices[i].value[0] == '\0')
			return "a choice is empty";
		if (shape->list && strchr(shape->choices[i].value, ','))
			return "a choice holds a comma, which separates the values of a list";
		for (size_t k = 0; k < i; k++)
			if (strcmp(shape->choices[i].value, shape->choices[k].value) == 0)
				return "a choice stands twice";
	}
	if (default_text && shape->secret)
		return "a secret has a default";
	if (default_text && !shape_fits(&problem, shape, default_text, strlen(default_text)))
		return "its default is not allowed";
	return NULL;
}
