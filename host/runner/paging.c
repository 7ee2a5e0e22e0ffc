#include "config.h"

#include "runner/paging.h"

#include "base/percent.h"
#include "base/query.h"
#include "base/text.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* A part of a URL that isn't there has no text; one that is there may still be empty. */
struct part {
	const char *text;
	size_t length;
};

/* A URI reference without its fragment (RFC 3986, section 4.1). */
struct reference {
	struct part scheme;
	struct part authority;
	struct part path; /* always there */
	struct part query;
};

/* ---- Characters; ctype.h depends on the locale ------------------------------------------------ */

static bool is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_hex(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* What may stand in a path or query as it is, besides a percent sign with its digits. */
static bool is_plain(char c)
{
	return is_alpha(c) || is_digit(c) || (c && strchr("-._~!$&'()*+,;=:@/?", c));
}

static bool has_control(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if ((unsigned char)text[i] < 0x20 || text[i] == 0x7F)
			return true;
	return false;
}

static bool equal_caseless(struct part part, const char *text, size_t length)
{
	if (part.length != length)
		return false;
	for (size_t i = 0; i < length; i++)
		if (lower(part.text[i]) != lower(text[i]))
			return false;
	return true;
}

/* ---- Taking apart ---------------------------------------------------------------------------- */

/* The length of the text before the first of these characters. */
static size_t before(const char *text, size_t length, const char *stops)
{
	size_t i = 0;

	while (i < length && !(text[i] && strchr(stops, text[i])))
		i++;
	return i;
}

static bool is_scheme(const char *text, size_t length)
{
	if (length == 0 || !is_alpha(text[0]))
		return false;
	for (size_t i = 1; i < length; i++)
		if (!is_alpha(text[i]) && !is_digit(text[i]) && !(text[i] && strchr("+-.", text[i])))
			return false;
	return true;
}

static struct reference split(const char *text, size_t length)
{
	struct reference reference = { { NULL, 0 }, { NULL, 0 }, { NULL, 0 }, { NULL, 0 } };
	size_t colon, end;

	length = before(text, length, "#");
	colon = before(text, length, ":/?");
	if (colon < length && text[colon] == ':' && is_scheme(text, colon)) {
		reference.scheme = (struct part){ text, colon };
		text += colon + 1;
		length -= colon + 1;
	}
	if (length >= 2 && text[0] == '/' && text[1] == '/') {
		end = before(text + 2, length - 2, "/?");
		reference.authority = (struct part){ text + 2, end };
		text += 2 + end;
		length -= 2 + end;
	}
	end = before(text, length, "?");
	reference.path = (struct part){ text, end };
	if (end < length)
		reference.query = (struct part){ text + end + 1, length - end - 1 };
	return reference;
}

/* The host, if the authority is that and perhaps the port of https; else no text. */
static struct part host_of(struct part authority)
{
	size_t length = before(authority.text, authority.length, ":");
	const char *port = authority.text + length;
	size_t port_length = authority.length - length;

	if (length == 0 || memchr(authority.text, '@', authority.length) ||
		(port_length > 1 && (port_length != 4 || memcmp(port, ":443", 4) != 0)))
		return (struct part){ NULL, 0 };
	return (struct part){ authority.text, length };
}

/* ---- Putting together ------------------------------------------------------------------------ */

/* What a provider wrote without escaping it is escaped now, so that it can't mean anything else. */
static int append_cleaned(struct buffer *out, const char *text, size_t length)
{
	int result = 0;

	for (size_t i = 0; i < length && result == 0; i++) {
		bool escape = text[i] == '%' && length - i > 2 && is_hex(text[i + 1]) && is_hex(text[i + 2]);
		result = escape || is_plain(text[i]) ? buffer_append_char(out, text[i])
						     : percent_encode(out, &text[i], 1);
	}
	return result;
}

/* Takes the last segment of the path off, which starts at root. */
static void pop_segment(struct buffer *out, size_t root)
{
	while (out->length > root && out->data[--out->length] != '/')
		;
}

/* Appends segments to the path that starts at root; . and .. are obeyed (RFC 3986, section 5.2.4). */
static int append_segments(struct buffer *out, size_t root, const char *text, size_t length)
{
	int result = 0;

	for (;;) {
		size_t end = before(text, length, "/");
		bool up = end == 2 && memcmp(text, "..", 2) == 0;
		bool dot = up || (end == 1 && *text == '.');
		if (up)
			pop_segment(out, root);
		if (!dot || end == length)
			result = buffer_append_char(out, '/');
		if (!dot && result == 0)
			result = append_cleaned(out, text, end);
		if (result < 0 || end == length)
			return result;
		text += end + 1;
		length -= end + 1;
	}
}

/* The path of a link, seen from a page at base (RFC 3986, section 5.2.2). */
static int append_path(struct buffer *out, struct part path, struct part base)
{
	size_t root = out->length;
	size_t folder = base.length;

	if (path.length > 0 && path.text[0] == '/')
		return append_segments(out, root, path.text + 1, path.length - 1);
	while (folder > 0 && base.text[folder - 1] != '/')
		folder--;
	/* The folder is everything between its first and its last slash. */
	if (folder > 1 && append_segments(out, root, base.text + 1, folder - 2) < 0)
		return -1;
	return append_segments(out, root, path.text, path.length);
}

static int append_origin(struct buffer *out, const struct reference *base)
{
	if (buffer_append_text(out, "https://") < 0)
		return -1;
	return buffer_append(out, base->authority.text, base->authority.length);
}

static int append_query(struct buffer *out, struct part query)
{
	if (!query.text)
		return 0;
	if (buffer_append_char(out, '?') < 0)
		return -1;
	return append_cleaned(out, query.text, query.length);
}

static int too_long(struct error *error)
{
	return error_set(error, ERROR_MALFORMED_BODY, "The URL of the next page is longer than %d bytes.",
		PAGING_URL_LIMIT);
}

static int split_own(struct reference *out, const char *url, struct error *error)
{
	*out = split(url, strlen(url));
	if (!equal_caseless(out->scheme, "https", 5) || !out->authority.text || !host_of(out->authority).text)
		return error_set(error, ERROR_INTERNAL, "The URL of this page is no https URL.");
	return 0;
}

/* ---- The kinds --------------------------------------------------------------------------- */

static int foreign(const char *link, size_t length, const struct reference *base, struct error *error)
{
	struct part host = host_of(base->authority);
	char shown[160];

	text_clean(shown, sizeof shown, link, length < 150 ? length : 150);
	return error_set(error, ERROR_FOREIGN_LINK,
		"The link to the next page leads away from https://%.*s: %s",
		host.length < 253 ? (int)host.length : 253, host.text, shown);
}

static int next_link(
	struct buffer *url, const char *link, size_t length, const char *current, struct error *error)
{
	struct reference base, reference;
	struct part host;
	bool absolute;
	int result;

	if (split_own(&base, current, error) < 0)
		return -1;
	if (has_control(link, length))
		return error_set(error, ERROR_MALFORMED_BODY,
			"The link to the next page has a control character in it.");
	reference = split(link, length);
	absolute = reference.scheme.text || reference.authority.text;
	if (reference.scheme.text && !equal_caseless(reference.scheme, "https", 5))
		return foreign(link, length, &base, error);
	if (absolute) {
		host = reference.authority.text ? host_of(reference.authority) : (struct part){ NULL, 0 };
		if (!host.text || !equal_caseless(host_of(base.authority), host.text, host.length))
			return foreign(link, length, &base, error);
	}
	url->length = 0;
	result = append_origin(url, &base);
	if (result == 0) {
		if (reference.path.length > 0 || absolute)
			result = append_path(
				url, reference.path, absolute ? (struct part){ "/", 1 } : base.path);
		else if (base.path.length > 0)
			result = buffer_append(url, base.path.text, base.path.length);
		else
			result = buffer_append_char(url, '/');
	}
	if (result == 0)
		result = append_query(url, reference.query.text || reference.path.length > 0 || absolute
						   ? reference.query
						   : base.query);
	return result < 0 ? too_long(error) : 0;
}

/* The value goes into the first URL's query, in place of the one there. */
static int put_cursor(struct buffer *url, const char *to, const char *value, size_t length, const char *first,
	struct error *error)
{
	struct reference base;

	if (split_own(&base, first, error) < 0)
		return -1;
	url->length = 0;
	return query_set(url, first, to, value, length) < 0 ? too_long(error) : 0;
}

static int next_cursor(struct buffer *url, const char *to, const char *cursor, size_t length,
	const char *first, struct error *error)
{
	struct buffer value = BUFFER_INIT(PAGING_URL_LIMIT);
	int result = percent_encode(&value, cursor, length);

	result = result < 0 ? too_long(error)
			    : put_cursor(url, to, value.data ? value.data : "", value.length, first, error);
	buffer_clear(&value);
	return result;
}

/* The cursor stays as the provider has encoded it: whether a plus is a space only it can tell. */
static int next_cursor_in_link(struct buffer *url, const char *to, const char *link, size_t length,
	const char *first, struct error *error)
{
	struct buffer cursor = BUFFER_INIT(PAGING_URL_LIMIT);
	struct part query = split(link, length).query;
	const char *value;
	size_t value_length;
	int result;

	if (has_control(link, length))
		return error_set(error, ERROR_MALFORMED_BODY,
			"The link to the next page has a control character in it.");
	if (!query.text || !query_find(&value, &value_length, query.text, query.length, to) ||
		value_length == 0)
		return error_set(error, ERROR_MALFORMED_BODY,
			"The link to the next page has no parameter '%.64s'.", to);
	result = append_cleaned(&cursor, value, value_length);
	result = result < 0 ? too_long(error) : put_cursor(url, to, cursor.data, cursor.length, first, error);
	buffer_clear(&cursor);
	return result;
}

/* 0: there are no more than the pages that were asked for. */
static int next_number(struct buffer *url, const char *to, const char *value, size_t length,
	const struct paging_page *page, struct error *error)
{
	char number[24];
	uint64_t count;

	if (length >= sizeof number || memchr(value, '\0', length))
		length = 0;
	memcpy(number, value, length);
	number[length] = '\0';
	if (text_to_u64(&count, number) < 0)
		return error_set(
			error, ERROR_MALFORMED_BODY, "The answer does not say how many pages there are.");
	if (page->number >= count)
		return 0;
	(void)snprintf(number, sizeof number, "%" PRIu64, page->number + 1);
	return put_cursor(url, to, number, strlen(number), page->first, error) < 0 ? -1 : 1;
}

static int next_of_kind(struct buffer *url, const struct muster_paging *row, const char *value, size_t length,
	const struct paging_page *page, struct error *error)
{
	int result;

	switch (row->kind) {
	case MUSTER_PAGE_NUMBER:
		return next_number(url, row->to, value, length, page, error);
	case MUSTER_CURSOR:
		result = next_cursor(url, row->to, value, length, page->first, error);
		break;
	case MUSTER_CURSOR_IN_LINK:
		result = next_cursor_in_link(url, row->to, value, length, page->first, error);
		break;
	default:
		result = next_link(url, value, length, page->current, error);
		break;
	}
	return result < 0 ? -1 : 1;
}

int paging_next(struct buffer *url, const struct muster_paging *row, const char *value, size_t length,
	const struct paging_page *page, struct error *error)
{
	int result;

	if (length > PAGING_URL_LIMIT)
		return too_long(error);
	result = next_of_kind(url, row, value, length, page, error);
	if (result <= 0)
		return result;
	if (url->length > PAGING_URL_LIMIT)
		return too_long(error);
	if (url->length == strlen(page->current) && memcmp(url->data, page->current, url->length) == 0)
		return error_set(error, ERROR_REPEATED_CURSOR,
			"The next page would be this page again: a loop at the provider.");
	return 1;
}
