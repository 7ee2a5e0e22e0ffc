#include "config.h"

#include "fetch/headers.h"

#include <string.h>
#include <strings.h>

void headers_clear(struct headers *headers)
{
	buffer_clear(&headers->bytes);
}

void headers_wipe(struct headers *headers)
{
	buffer_wipe(&headers->bytes);
}

/* RFC 9110, section 5.6.2. */
static bool is_token(const char *name, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		char c = name[i];
		bool alphanumeric =
			(c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
		if (!alphanumeric && (c == '\0' || !strchr("!#$%&'*+-.^_`|~", c)))
			return false;
	}
	return length > 0;
}

static bool is_value(const char *value, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)value[i];
		if ((c < 0x20 && c != '\t') || c == 0x7F)
			return false;
	}
	return true;
}

int headers_add(struct headers *headers, const char *name, size_t name_length, const char *value,
	size_t value_length, struct error *error)
{
	size_t before = headers->bytes.length;

	if (!is_token(name, name_length))
		return error_set(error, ERROR_BAD_PARAMETER,
			"A header's name has a character that may not stand there.");
	if (!is_value(value, value_length))
		return error_set(error, ERROR_BAD_PARAMETER,
			"The value of the header '%.*s' has a control character.",
			(int)(name_length < 64 ? name_length : 64), name);
	if (buffer_append(&headers->bytes, name, name_length) < 0 ||
		buffer_append_char(&headers->bytes, '\0') < 0 ||
		buffer_append(&headers->bytes, value, value_length) < 0 ||
		buffer_append_char(&headers->bytes, '\0') < 0) {
		headers->bytes.length = before;
		return error_set(error, ERROR_BAD_PARAMETER, "The headers are too long.");
	}
	for (size_t i = before; i < before + name_length; i++)
		if (headers->bytes.data[i] >= 'A' && headers->bytes.data[i] <= 'Z')
			headers->bytes.data[i] = (char)(headers->bytes.data[i] - 'A' + 'a');
	return 0;
}

int headers_add_text(struct headers *headers, const char *name, const char *value, struct error *error)
{
	return headers_add(headers, name, strlen(name), value, strlen(value), error);
}

bool headers_next(const char **name, const char **value, const struct headers *headers, size_t *at)
{
	if (*at >= headers->bytes.length)
		return false;
	*name = headers->bytes.data + *at;
	*value = *name + strlen(*name) + 1;
	*at = (size_t)(*value - headers->bytes.data) + strlen(*value) + 1;
	return true;
}

const char *headers_get(const struct headers *headers, const char *wanted)
{
	const char *name, *value;
	size_t at = 0;

	while (headers_next(&name, &value, headers, &at))
		if (strcasecmp(name, wanted) == 0)
			return value;
	return NULL;
}

bool headers_may_send(const char *name)
{
	/* Framing, routing and the connection are libcurl's; cookies and proxies nobody's. */
	static const char *const own[] = { "accept-encoding", "alt-used", "connection", "content-length",
		"cookie", "expect", "host", "http2-settings", "keep-alive", "proxy-authenticate",
		"proxy-authorization", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
		"via" };

	for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
		if (strcasecmp(name, own[i]) == 0)
			return false;
	return true;
}
