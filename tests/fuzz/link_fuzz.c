/* relation NEWLINE value: a target lies inside the value and between angle brackets. */
#include "config.h"

#include "fetch/link.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	const char *line = memchr(text, '\n', size);
	const char *value = line ? line + 1 : text;
	size_t length = size - (size_t)(value - text);
	char relation[64] = "next";
	const char *target;
	size_t target_length;
	struct error error;

	if (line && line - text < (ptrdiff_t)sizeof relation) {
		memcpy(relation, text, (size_t)(line - text));
		relation[line - text] = '\0';
	}
	if (link_find(&target, &target_length, value, length, relation, &error) < 0)
		return 0;
	if (!target)
		return target_length == 0 ? 0 : (abort(), 0);
	if (target <= value || target + target_length >= value + length || target[-1] != '<' ||
		target[target_length] != '>' || memchr(target, '>', target_length))
		abort();
	return 0;
}
