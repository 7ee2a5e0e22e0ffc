#include "config.h"

#include "store/labels.h"

#include "base/text.h"
#include "store/names.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* jansson's macro has no const. */
static json_t *walk(const json_t *object)
{
	return (json_t *)(uintptr_t)object;
}

static int check_key(const char *key, struct error *error)
{
	struct error why = { 0 };
	char shown[STORE_NAME_SIZE + 16];

	if (name_check(key, &why) == 0)
		return 0;
	text_clean(shown, sizeof shown, key, strlen(key));
	return error_set(error, ERROR_BAD_LABEL, "'%s' can't be the key of a label.", shown);
}

static int check_value(const char *key, const json_t *value, struct error *error)
{
	const char *text = json_string_value(value);
	size_t length = json_string_length(value);

	if (!text || length == 0)
		return error_set(error, ERROR_BAD_LABEL, "The label %s has no value.", key);
	if (length > LABEL_VALUE_MAX)
		return error_set(error, ERROR_BAD_LABEL, "The label %s is longer than %d bytes.", key,
			LABEL_VALUE_MAX);
	if (!text_is_clean(text, length))
		return error_set(
			error, ERROR_BAD_LABEL, "The label %s has characters that can't be shown.", key);
	return 0;
}

int labels_check(const json_t *labels, struct error *error)
{
	const char *key;
	json_t *value;

	if (json_object_size(labels) > LABELS_MAX)
		return error_set(error, ERROR_BAD_LABEL, "An account has %d labels at most.", LABELS_MAX);
	json_object_foreach(walk(labels), key, value)
	{
		if (check_key(key, error) < 0 || check_value(key, value, error) < 0)
			return -1;
	}
	return 0;
}

int labels_change(json_t *labels, const json_t *changes, struct error *error)
{
	const char *key;
	json_t *value;

	json_object_foreach(walk(changes), key, value)
	{
		if (json_string_length(value) == 0)
			(void)json_object_del(labels, key);
		else if (json_object_set(labels, key, value) < 0)
			return error_memory(error);
		if (check_key(key, error) < 0)
			return -1;
	}
	return labels_check(labels, error);
}

bool labels_match(const json_t *labels, const json_t *wanted)
{
	const char *key;
	json_t *value;

	json_object_foreach(walk(wanted), key, value)
	{
		const json_t *label = json_object_get(labels, key);

		if (json_string_length(value) == 0 ? label != NULL : !json_equal(label, value))
			return false;
	}
	return true;
}
