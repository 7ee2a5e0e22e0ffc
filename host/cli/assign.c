#include "config.h"

#include "cli/assign.h"

#include "base/buffer.h"
#include "base/json.h"
#include "base/log.h"
#include "base/secrets.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { KEY_MAX = 63, VALUE_MAX = 1024 * 1024 };

/* The content of a file or of stdin, without the line break that editors put at the end. */
static int read_value(struct buffer *out, const char *path, struct error *error)
{
	bool input = strcmp(path, "-") == 0;
	int fd = input ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	int result = fd < 0 ? -1 : buffer_read(out, fd);

	if (result < 0) {
		(void)error_set(error, ERROR_USAGE, "%s can't be read: %s.", path, strerror(errno));
		(void)error_hint(error, "Check the name of the file, and that you may read it.");
	}
	if (fd >= 0 && !input)
		(void)close(fd);
	if (result == 0 && out->length > 0 && out->data[out->length - 1] == '\n')
		out->length--;
	if (result == 0 && out->length > 0 && out->data[out->length - 1] == '\r')
		out->length--;
	return result;
}

static int read_word(struct entries *out, const char *word, bool *input_used, struct error *error)
{
	struct buffer value = BUFFER_INIT(VALUE_MAX);
	size_t length = strcspn(word, "=@");
	bool literal = word[length] == '=';
	char key[KEY_MAX + 1];
	int result = -1;

	if (length == 0 || length > KEY_MAX || word[length] == '\0')
		return error_set(
			error, ERROR_USAGE, "'%.64s' is not of the form key=value or key@FILE.", word);
	memcpy(key, word, length);
	key[length] = '\0';
	if (entries_find(out, key))
		return error_set(error, ERROR_USAGE, "%s is given twice.", key);
	if (literal)
		return entries_set(out, key, word + length + 1, strlen(word + length + 1), true, error);
	if (strcmp(word + length + 1, "-") == 0 && *input_used) {
		(void)error_set(error, ERROR_USAGE, "Only one value can be read from stdin.");
		goto out;
	}
	*input_used |= strcmp(word + length + 1, "-") == 0;
	if (read_value(&value, word + length + 1, error) < 0)
		goto out;
	result = entries_set(out, key, value.data ? value.data : "", value.length, false, error);
out:
	buffer_wipe(&value);
	return result;
}

int assign_read(struct entries *out, const struct arguments *arguments, size_t first, struct error *error)
{
	bool input_used = false;

	for (size_t i = first; i < arguments->word_count; i++)
		if (read_word(out, arguments->words[i], &input_used, error) < 0)
			return -1;
	return 0;
}

int assign_read_credentials(struct entries *out, const char *path, struct error *error)
{
	struct stat about;
	json_t *file = NULL;
	const char *name;
	json_t *value;
	int result = -1;

	if (strcmp(path, "-") == 0)
		path = "/dev/stdin";
	else if (access(path, R_OK) == 0 && stat(path, &about) == 0 && (about.st_mode & (S_IRGRP | S_IROTH)))
		log_warning("%s can be read by others: 'chmod 600' it.", path);
	if (json_read_file(&file, path, VALUE_MAX, ERROR_BAD_CREDENTIALS_FILE, error) < 0)
		return access(path, R_OK) == 0
			       ? -1
			       : error_hint(error, "Check the name of the file, and that you may read it.");
	if (!json_is_object(file)) {
		(void)error_set(error, ERROR_BAD_CREDENTIALS_FILE, "%s is not a JSON object.", path);
		goto out;
	}
	json_object_foreach(file, name, value)
	{
		if (!json_is_string(value)) {
			(void)error_set(
				error, ERROR_BAD_CREDENTIALS_FILE, "%s: %.64s is not a text.", path, name);
			goto out;
		}
		if (entries_set(
			    out, name, json_string_value(value), json_string_length(value), false, error) < 0)
			goto out;
	}
	result = 0;
out:
	secrets_free_take(file);
	return result;
}
