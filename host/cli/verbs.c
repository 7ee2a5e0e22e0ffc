#include "config.h"

#include "cli/verbs.h"

#include "base/text.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* "show or rotate", "add, list or remove" */
static void list(char *out, size_t size, const struct verb *verbs, size_t count)
{
	size_t length = 0;

	out[0] = '\0';
	for (size_t i = 0; i < count && length < size; i++) {
		const char *before = i == 0 ? "" : i + 1 == count ? " or " : ", ";
		length += (size_t)snprintf(out + length, size - length, "%s%s", before, verbs[i].name);
	}
}

int verbs_run(const struct verb *verbs, size_t count, const struct arguments *arguments, struct error *error)
{
	char names[160];
	char shown[64];

	list(names, sizeof names, verbs, count);
	if (arguments->word_count == 0)
		return error_set(error, ERROR_USAGE, "What is to be done is missing: %s.", names);
	for (size_t i = 0; i < count; i++) {
		const struct verb *verb = &verbs[i];
		size_t most = verb->most == SIZE_MAX ? SIZE_MAX : verb->most + 1;
		if (strcmp(arguments->words[0], verb->name) != 0)
			continue;
		if (arguments_words(arguments, verb->least + 1, most, verb->missing, error) < 0)
			return -1;
		return verb->run(arguments, error);
	}
	text_clean(shown, sizeof shown, arguments->words[0], strlen(arguments->words[0]));
	return error_set(error, ERROR_USAGE, "'%s' is not known here: it is %s.", shown, names);
}
