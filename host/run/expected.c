#include "config.h"

#include "run/expected.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static bool has(const struct record *record, const char *name)
{
	size_t length = strlen(name);

	for (size_t i = 0; i < record->count; i++)
		if (record->members[i].name_length == length &&
			memcmp(record->members[i].name, name, length) == 0)
			return true;
	return false;
}

static bool is_seen(const struct expected *expected, size_t field)
{
	return expected->seen & UINT64_C(1) << field;
}

void expected_note(
	struct expected *expected, const struct manifest_texts *fields, const struct record *record)
{
	expected->records++;
	for (size_t i = 0; i < fields->count && i < 64; i++)
		if (!is_seen(expected, i) && has(record, fields->items[i]))
			expected->seen |= UINT64_C(1) << i;
}

size_t expected_missing(
	char *out, size_t size, const struct expected *expected, const struct manifest_texts *fields)
{
	size_t count = 0, length = 0;

	out[0] = '\0';
	for (size_t i = 0; expected->records > 0 && i < fields->count && i < 64; i++) {
		if (is_seen(expected, i))
			continue;
		if (length < size)
			length += (size_t)snprintf(
				out + length, size - length, "%s%s", count ? ", " : "", fields->items[i]);
		count++;
	}
	return count;
}
