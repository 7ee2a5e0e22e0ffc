#include "config.h"

#include "base/template.h"

#include <string.h>

int template_next(struct template_part *part, const char **rest)
{
	const char *at = *rest;
	const char *end;

	if (*at == '\0')
		return 0;
	if (*at != '{' && *at != '}') {
		*part = (struct template_part){ false, at, strcspn(at, "{}") };
		*rest = at + part->length;
		return 1;
	}
	if (at[1] == at[0]) {
		*part = (struct template_part){ false, at, 1 };
		*rest = at + 2;
		return 1;
	}
	end = at + 1 + strcspn(at + 1, "{}");
	if (*at == '}' || *end != '}' || end == at + 1)
		return -1;
	*part = (struct template_part){ true, at + 1, (size_t)(end - at - 1) };
	*rest = end + 1;
	return 1;
}

bool template_is(const struct template_part *part, const char *name)
{
	return part->reference && part->length == strlen(name) && memcmp(part->text, name, part->length) == 0;
}

bool template_id(char id[TEMPLATE_ID_SIZE], const struct template_part *part, const char *kind)
{
	size_t skip = strlen(kind);
	size_t length;

	if (!part->reference || part->length < skip || memcmp(part->text, kind, skip) != 0)
		return false;
	length = part->length - skip;
	if (length >= TEMPLATE_ID_SIZE)
		return false;
	memcpy(id, part->text + skip, length);
	id[length] = '\0';
	return true;
}
