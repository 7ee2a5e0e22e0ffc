#include "config.h"

#include "cli/label.h"

#include "base/text.h"

#include <string.h>

static int add(json_t *labels, const char *word, struct error *error)
{
	size_t length = strcspn(word, "=");
	char shown[80];

	text_clean(shown, sizeof shown, word, strlen(word));
	if (length == 0 || word[length] == '\0')
		return error_set(error, ERROR_USAGE, "'%s' is not of the form key=value.", shown);
	if (json_object_getn(labels, word, length))
		return error_set(error, ERROR_USAGE, "The label %.*s is given twice.", (int)length, shown);
	/* Bytes that are no UTF-8 are refused where the label is kept. */
	if (json_object_setn_new_nocheck(labels, word, length, json_string_nocheck(word + length + 1)) < 0)
		return error_memory(error);
	return 0;
}

int label_words(json_t **out, const struct arguments *arguments, size_t first, struct error *error)
{
	json_t *labels = json_object();
	int result = labels ? 0 : error_memory(error);

	for (size_t i = first; result == 0 && i < arguments->word_count; i++)
		result = add(labels, arguments->words[i], error);
	if (result < 0)
		json_decref(labels);
	else
		*out = labels;
	return result;
}

int label_options(json_t **out, const struct arguments *arguments, struct error *error)
{
	json_t *labels = json_object();
	int result = labels ? 0 : error_memory(error);
	size_t position = 0;
	const char *word;

	while (result == 0 && (word = arguments_next(&position, arguments, "label")))
		result = add(labels, word, error);
	if (result < 0)
		json_decref(labels);
	else
		*out = labels;
	return result;
}
