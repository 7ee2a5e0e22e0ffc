#include "config.h"

#include "base/secrets.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

void secrets_free_take(json_t *secrets)
{
	const char *id;
	json_t *value;

	json_object_foreach(secrets, id, value) if (json_is_string(value))
		explicit_bzero((char *)(uintptr_t)json_string_value(value), json_string_length(value));
	json_decref(secrets);
}

void secrets_text_free_take(char *text)
{
	secrets_bytes_free_take(text, text ? strlen(text) : 0);
}

void secrets_bytes_free_take(void *bytes, size_t length)
{
	if (bytes)
		explicit_bzero(bytes, length);
	free(bytes);
}
