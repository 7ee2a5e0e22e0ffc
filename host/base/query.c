#include "config.h"

#include "base/query.h"

#include "base/percent.h"

#include <string.h>

enum { NAME_LIMIT = 4096 };

/* One parameter: name, name= or name=value. */
struct part {
	const char *text;
	size_t length;
	size_t name_length;
};

/* Takes the next one off; false at the end. It may be empty. */
static bool next_part(struct part *part, const char **text, size_t *length)
{
	const char *end, *equals;

	if (*length == 0)
		return false;
	end = memchr(*text, '&', *length);
	part->text = *text;
	part->length = end ? (size_t)(end - *text) : *length;
	equals = memchr(part->text, '=', part->length);
	part->name_length = equals ? (size_t)(equals - part->text) : part->length;
	*text += part->length + (end != NULL);
	*length -= part->length + (end != NULL);
	return true;
}

/* Names are the same if they stand for the same. */
static bool is_named(const struct part *part, const char *name)
{
	struct buffer plain = BUFFER_INIT(NAME_LIMIT);
	bool same = percent_decode_form(&plain, part->text, part->name_length) == 0 &&
		    plain.length == strlen(name) &&
		    memcmp(name, plain.data ? plain.data : "", plain.length) == 0;

	buffer_clear(&plain);
	return same;
}

static int append_others(struct buffer *out, const char *query, size_t length, const char *name)
{
	struct part part;
	char mark = '?';

	while (next_part(&part, &query, &length)) {
		if (part.length == 0 || is_named(&part, name))
			continue;
		if (buffer_append_char(out, mark) < 0 || buffer_append(out, part.text, part.length) < 0)
			return -1;
		mark = '&';
	}
	return buffer_append_char(out, mark);
}

int query_set(struct buffer *out, const char *url, const char *name, const char *value, size_t length)
{
	size_t end = strcspn(url, "#");
	size_t path = strcspn(url, "?#");
	size_t query = path < end ? path + 1 : end;

	if (buffer_append(out, url, path) < 0 || append_others(out, url + query, end - query, name) < 0 ||
		percent_encode(out, name, strlen(name)) < 0 || buffer_append_char(out, '=') < 0)
		return -1;
	return buffer_append(out, value, length);
}

bool query_find(const char **value, size_t *length, const char *query, size_t query_length, const char *name)
{
	struct part part;

	while (next_part(&part, &query, &query_length)) {
		if (part.name_length == part.length || !is_named(&part, name))
			continue;
		*value = part.text + part.name_length + 1;
		*length = part.length - part.name_length - 1;
		return true;
	}
	return false;
}
