#include "config.h"

#include "base/json.h"

#include "base/buffer.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int json_parse(json_t **out, const char *bytes, size_t length, enum error_code code, const char *what,
	struct error *error)
{
	json_error_t at;
	json_t *value = json_loadb(bytes, length, JSON_REJECT_DUPLICATES, &at);

	/* jansson may quote the source in its text, which may hold a secret: only the place is told. */
	if (!value)
		return error_set(
			error, code, "%s is not valid JSON (line %d, column %d).", what, at.line, at.column);
	*out = value;
	return 0;
}

int json_read_file(json_t **out, const char *path, size_t limit, enum error_code code, struct error *error)
{
	struct buffer buffer = BUFFER_INIT(limit);
	struct stat about;
	int result = -1;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0) {
		(void)error_set(error, code, "%s can't be read: %s.", path, strerror(errno));
		goto out;
	}
	if (fstat(fd, &about) < 0 || S_ISDIR(about.st_mode)) {
		(void)error_set(error, code, "%s is not a file.", path);
		goto out;
	}
	if (buffer_read(&buffer, fd) < 0) {
		if (errno == EFBIG)
			(void)error_set(error, code, "%s is larger than %zu bytes.", path, limit);
		else
			(void)error_set(error, code, "%s can't be read: %s.", path, strerror(errno));
		goto out;
	}
	result = json_parse(out, buffer.data ? buffer.data : "", buffer.length, code, path, error);
out:
	if (fd >= 0)
		(void)close(fd);
	buffer_wipe(&buffer);
	return result;
}

const char *json_member_text(const json_t *object, const char *name, const char *fallback)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text ? text : fallback;
}

/* Undoes ~1 and ~0 of one reference token; false when it does not fit or is none. */
static bool take_token(char *out, size_t size, const char **at)
{
	size_t used = 0;

	if (*(*at)++ != '/')
		return false;
	for (; **at && **at != '/'; (*at)++) {
		char c = **at;
		if (c == '~') {
			(*at)++;
			if (**at != '0' && **at != '1')
				return false;
			c = **at == '0' ? '~' : '/';
		}
		if (used + 1 >= size)
			return false;
		out[used++] = c;
	}
	out[used] = '\0';
	return true;
}

const json_t *json_pointer(const json_t *value, const char *pointer)
{
	char name[256];
	uint64_t index;

	while (value && *pointer) {
		if (!take_token(name, sizeof name, &pointer))
			return NULL;
		if (json_is_object(value))
			value = json_object_get(value, name);
		else if (json_is_array(value) && text_to_u64(&index, name) == 0 &&
			 index < json_array_size(value))
			value = json_array_get(value, (size_t)index);
		else
			value = NULL;
	}
	return value;
}
