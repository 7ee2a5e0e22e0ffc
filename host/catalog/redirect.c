#include "config.h"

#include "catalog/redirect.h"

#include <string.h>

static bool is_loopback(const struct redirect *redirect)
{
	static const char *const names[] = { "127.0.0.1", "[::1]", "localhost" };

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (strlen(names[i]) == redirect->host_length &&
			memcmp(names[i], redirect->host, redirect->host_length) == 0)
			return true;
	return false;
}

/* RFC 3986, section 2: what a URL consists of. */
static bool is_plain(const char *url)
{
	for (const char *at = url; *at; at++)
		if (*at <= ' ' || *at > '~' || strchr("\"<>\\^`{|}", *at))
			return false;
	return true;
}

/* ":8080", or nothing. Returns what follows, or NULL. */
static const char *read_port(uint16_t *port, const char *text)
{
	uint32_t number = 0;
	const char *at = text + 1;

	*port = 0;
	if (*text != ':')
		return text;
	for (; *at >= '0' && *at <= '9' && number <= UINT16_MAX; at++)
		number = number * 10 + (uint32_t)(*at - '0');
	if (number == 0 || number > UINT16_MAX)
		return NULL;
	*port = (uint16_t)number;
	return at;
}

static size_t host_length(const char *host)
{
	size_t length;

	if (host[0] != '[')
		return strspn(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.");
	length = 1 + strspn(host + 1, "0123456789abcdefABCDEF:.");
	return host[length] == ']' ? length + 1 : 0;
}

const char *redirect_parse(struct redirect *out, const char *url)
{
	bool https = strncmp(url, "https://", 8) == 0;
	const char *rest;

	if (!https && strncmp(url, "http://", 7) != 0)
		return "is no URL that begins with https://, or http:// on this machine";
	if (!is_plain(url))
		return "holds a character that no URL has";
	if (strchr(url, '#'))
		return "has a fragment (#…), which no redirect URL may have";
	*out = (struct redirect){ .host = url + (https ? 8 : 7) };
	out->host_length = host_length(out->host);
	rest = read_port(&out->port, out->host + out->host_length);
	if (out->host_length == 0 || !rest || (*rest != '\0' && *rest != '/' && *rest != '?'))
		return "has no host, or more than a host and a port there";
	out->path = rest;
	out->loopback = !https && is_loopback(out);
	if (!https && !out->loopback)
		return "is http, which is allowed on 127.0.0.1, [::1] and localhost alone";
	return NULL;
}
