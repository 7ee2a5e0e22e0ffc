#include "config.h"

#include "catalog/normal.h"

#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ASCII alone: what is beyond it is for the field's characters to judge. */
static char upper_snake(char c)
{
	if (c >= 'a' && c <= 'z')
		return (char)(c - 'a' + 'A');
	return c == ' ' || c == '-' ? '_' : c;
}

/* The length of the segment at text: it ends where a URL's next part begins, a fragment's path included,
 * since there are applications that live in it. */
static size_t segment_length(const char *text, size_t length)
{
	size_t at = 0;

	while (at < length && !strchr("/?#", text[at]))
		at++;
	return at;
}

/* The segment that follows the segment `after`; empty: there is none. A NUL ends a
 * segment, and is judged later. */
static size_t find_segment(const char **segment, const char *text, size_t length, const char *after)
{
	size_t wanted = strlen(after);
	size_t at = 0;

	while (at < length) {
		size_t here = segment_length(text + at, length - at);
		size_t next = at + here + 1;

		if (here == wanted && memcmp(text + at, after, wanted) == 0 && next < length &&
			text[at + here] == '/') {
			*segment = text + next;
			return segment_length(text + next, length - next);
		}
		at = next;
	}
	return 0;
}

/* Where the normal form is taken from; NULL: nowhere. Only what has a slash in it can be a URL. */
static const char *source_of(size_t *length, const struct manifest_field *field, const char *text)
{
	const char *segment = NULL;

	if (field->normal != FIELD_URL_SEGMENT || !memchr(text, '/', *length))
		return text;
	*length = find_segment(&segment, text, *length, field->after);
	return *length > 0 ? segment : NULL;
}

int normal_text_new(char **out, size_t *length, struct problem *problem, const struct manifest_field *field,
	const char *text, size_t text_length, struct error *error)
{
	const char *source;
	char *made;

	*out = NULL;
	*length = text_length;
	source = source_of(length, field, text);
	if (!source) {
		(void)snprintf(problem->code, sizeof problem->code, "%s", "no_segment");
		(void)snprintf(problem->message, sizeof problem->message, "is a URL without a part …/%s/….",
			field->after);
		text_trim_utf8(problem->message);
		return 0;
	}
	made = malloc(*length + 1);
	if (!made)
		return error_memory(error);
	for (size_t i = 0; i < *length; i++)
		made[i] = field->normal == FIELD_UPPER_SNAKE ? upper_snake(source[i]) : source[i];
	made[*length] = '\0';
	*out = made;
	return 0;
}

bool normal_is(const struct manifest_field *field, const char *text)
{
	if (!text || field->normal == FIELD_AS_ENTERED)
		return true;
	if (field->normal == FIELD_URL_SEGMENT)
		return !strchr(text, '/');
	for (const char *at = text; *at; at++)
		if (*at != upper_snake(*at))
			return false;
	return true;
}
