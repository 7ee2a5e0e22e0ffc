#include "config.h"

#include "fetch/url.h"

#include "base/text.h"

#include <curl/curl.h>
#include <stdio.h>
#include <string.h>

static const char scheme[] = "https://";

static bool is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Only characters that RFC 3986 lets stand in a URL, square brackets anywhere since so many APIs
 * filter[so]; no fragment, which would never leave this machine. NULL, or what is wrong. */
static const char *check_characters(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		char c = text[i];
		if (c == '#')
			return "has a fragment";
		if (c <= ' ' || c >= 0x7F || strchr("\"<>\\^`{|}", c))
			return "has a character that must be percent-encoded";
		if (c == '%' && (length - i < 3 || !is_hex(text[i + 1]) || !is_hex(text[i + 2])))
			return "has a broken percent-encoding";
	}
	return NULL;
}

/* What is written between scheme and path: no user, and something there. */
static const char *check_authority(const char *text, size_t length)
{
	size_t prefix = strlen(scheme);
	size_t end = prefix;

	for (size_t i = 0; i < prefix; i++)
		if (i >= length || lower(text[i]) != scheme[i])
			return "does not begin with https://";
	while (end < length && text[end] != '/' && text[end] != '?')
		end++;
	if (end == prefix)
		return "names no host";
	if (memchr(text + prefix, '@', end - prefix))
		return "names a user";
	if (memchr(text + prefix, '%', end - prefix)) /* disguised, or an interface of this machine */
		return "names a host that is none";
	return NULL;
}

/* libcurl's reading of one part, cut off with a reason when it does not fit. */
static const char *take_part(char *out, size_t size, CURLU *parsed, CURLUPart part, unsigned flags)
{
	char *value = NULL;
	const char *wrong = NULL;

	out[0] = '\0';
	CURLUcode code = curl_url_get(parsed, part, &value, flags);
	if (code == CURLUE_OK && snprintf(out, size, "%s", value) >= (int)size)
		wrong = "is too long";
	else if (code != CURLUE_OK && code != CURLUE_NO_QUERY)
		wrong = "can't be read";
	curl_free(value);
	return wrong;
}

/* Brackets off, lower case, and nothing but a name or a literal. */
static const char *check_host(char *host)
{
	size_t length = strlen(host);
	bool literal = length > 2 && host[0] == '[' && host[length - 1] == ']';

	if (literal) {
		memmove(host, host + 1, length - 2);
		length -= 2;
		host[length] = '\0';
	}
	for (size_t i = 0; i < length; i++) {
		host[i] = lower(host[i]);
		if (literal ? !is_hex(host[i]) && host[i] != ':' && host[i] != '.'
			    : !is_letter(host[i]) && !is_digit(host[i]) && host[i] != '-' && host[i] != '.' &&
					host[i] != '_')
			return "names a host that is none";
	}
	return length == 0 ? "names no host" : NULL;
}

/* Puts the text together again from what libcurl read, so that there are no two readings of it. */
static const char *compose(struct url *out, CURLU *parsed)
{
	char port[8];
	char rest[URL_SIZE];
	const char *wrong;
	uint64_t number;
	int length;

	if ((wrong = take_part(out->host, sizeof out->host, parsed, CURLUPART_HOST, 0)) ||
		(wrong = check_host(out->host)) ||
		(wrong = take_part(port, sizeof port, parsed, CURLUPART_PORT, CURLU_DEFAULT_PORT)))
		return wrong;
	if (text_to_u64(&number, port) < 0 || number == 0 || number > UINT16_MAX)
		return "names a port that is none";
	out->port = (uint16_t)number;

	bool literal = strchr(out->host, ':') != NULL;
	length = snprintf(out->text, sizeof out->text, "https://%s%s%s%s%s", literal ? "[" : "", out->host,
		literal ? "]" : "", out->port == 443 ? "" : ":", out->port == 443 ? "" : port);
	out->path = (uint16_t)length;

	size_t used = (size_t)length;
	if ((wrong = take_part(out->text + used, sizeof out->text - used, parsed, CURLUPART_PATH, 0)))
		return wrong;
	used += strlen(out->text + used);
	if ((wrong = take_part(rest, sizeof rest, parsed, CURLUPART_QUERY, 0)))
		return wrong;
	if (rest[0] && snprintf(out->text + used, sizeof out->text - used, "?%s", rest) >=
			       (int)(sizeof out->text - used))
		return "is too long";
	return NULL;
}

static const char *parse(struct url *out, const char *text, size_t length)
{
	char copy[URL_SIZE];
	const char *wrong;
	CURLU *parsed;

	if (length >= sizeof copy)
		return "is too long";
	if ((wrong = check_characters(text, length)) || (wrong = check_authority(text, length)))
		return wrong;
	memcpy(copy, text, length);
	copy[length] = '\0';
	parsed = curl_url();
	if (!parsed)
		return "can't be read for want of memory";
	if (curl_url_set(parsed, CURLUPART_URL, copy, CURLU_DISALLOW_USER) != CURLUE_OK)
		wrong = "can't be read";
	else
		wrong = compose(out, parsed);
	curl_url_cleanup(parsed);
	return wrong;
}

int url_parse(struct url *out, const char *text, size_t length, enum error_code code, const char *what,
	struct error *error)
{
	struct url url;
	/* Its text is not quoted: a link may hold a secret. */
	const char *wrong = parse(&url, text, length);

	if (wrong)
		return error_set(error, code, "The URL of %s %s.", what, wrong);
	*out = url;
	return 0;
}

/* RFC 3986, section 5.2.4, in place, on a path that begins with a slash. */
static size_t remove_dot_segments(char *path, size_t length)
{
	size_t used = 0;
	size_t end;

	for (size_t at = 0; at < length; at = end) {
		end = at + 1;
		while (end < length && path[end] != '/')
			end++;
		bool one = end - at == 2 && path[at + 1] == '.';
		bool two = end - at == 3 && path[at + 1] == '.' && path[at + 2] == '.';
		if (two)
			while (used > 0 && path[--used] != '/')
				;
		if (!one && !two) {
			memmove(path + used, path + at, end - at);
			used += end - at;
		} else if (end == length) {
			path[used++] = '/';
		}
	}
	return used;
}

static bool has_scheme(const char *link, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		char c = link[i];
		if (c == ':')
			return i > 0;
		if (!is_letter(c) && (i == 0 || (!is_digit(c) && !strchr("+-.", c))))
			return false;
	}
	return false;
}

/* The part of base that the link keeps, then the link; -1 when it does not fit. RFC 3986, 5.2.2. */
static int resolve(struct buffer *out, const struct url *base, const char *link, size_t length)
{
	const char *path = base->text + base->path;
	const char *query = strchr(path, '?');
	size_t path_length = query ? (size_t)(query - path) : strlen(path);
	size_t link_path = 0;
	size_t kept;

	while (link_path < length && link[link_path] != '?')
		link_path++;
	if (length == 0)
		return buffer_append_text(out, base->text);
	if (link_path == 0) {
		kept = path_length;
	} else if (link[0] == '/') {
		kept = 0;
	} else {
		kept = path_length;
		while (kept > 0 && path[kept - 1] != '/')
			kept--;
	}
	if (buffer_append(out, base->text, base->path + kept) < 0 || buffer_append(out, link, link_path) < 0)
		return -1;
	out->length = base->path + remove_dot_segments(out->data + base->path, out->length - base->path);
	return buffer_append(out, link + link_path, length - link_path);
}

int url_join(struct url *out, const struct url *base, const char *link, size_t length, struct error *error)
{
	struct buffer joined = BUFFER_INIT(URL_SIZE - 1);
	const char *wrong = check_characters(link, length);
	int result;

	if (wrong)
		return error_set(error, ERROR_FOREIGN_LINK, "A link in the answer %s.", wrong);
	if (has_scheme(link, length))
		return url_parse(out, link, length, ERROR_FOREIGN_LINK, "a link in the answer", error);
	if (length >= 2 && link[0] == '/' && link[1] == '/')
		result = buffer_append_text(&joined, "https:") < 0 || buffer_append(&joined, link, length) < 0
				 ? -1
				 : 0;
	else
		result = resolve(&joined, base, link, length);
	if (result < 0)
		(void)error_set(error, ERROR_FOREIGN_LINK, "A link in the answer is too long.");
	else
		result = url_parse(
			out, joined.data, joined.length, ERROR_FOREIGN_LINK, "a link in the answer", error);
	buffer_clear(&joined);
	return result;
}

bool url_same_origin(const struct url *a, const struct url *b)
{
	return a->port == b->port && strcmp(a->host, b->host) == 0;
}
