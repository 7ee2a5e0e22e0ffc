#include "config.h"

#include "fetch/scrub_forms.h"

#include "base/base64.h"
#include "base/percent.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

static int percent(struct buffer *out, const char *secret, size_t length, bool form, bool lower)
{
	if ((form ? percent_encode_form : percent_encode)(out, secret, length) < 0)
		return -1;
	for (size_t i = 0; lower && i + 2 < out->length; i++) {
		if (out->data[i] != '%')
			continue;
		for (size_t j = i + 1; j < i + 3; j++)
			if (out->data[j] >= 'A' && out->data[j] <= 'F')
				out->data[j] = (char)(out->data[j] - 'A' + 'a');
	}
	return 0;
}

/* The next code point of text that may be no UTF-8: then a byte by itself. */
static uint32_t take_point(const char **at, const char *end)
{
	const unsigned char *s = (const unsigned char *)*at;
	size_t count = s[0] >= 0xF0 ? 4 : s[0] >= 0xE0 ? 3 : s[0] >= 0xC0 ? 2 : 1;
	uint32_t point = count == 1 ? s[0] : s[0] & (0x7Fu >> count);

	if ((size_t)(end - *at) < count)
		count = 1;
	for (size_t i = 1; i < count; i++)
		point = point << 6 | (s[i] & 0x3Fu);
	*at += count;
	return point;
}

static int escape(struct buffer *out, uint32_t unit, bool upper)
{
	return buffer_format(out, upper ? "\\u%04X" : "\\u%04x", (unsigned)unit);
}

struct json_style {
	bool slash; /* also / is escaped */
	bool ascii; /* also everything beyond ASCII */
	bool upper; /* in capital digits */
};

static int json_point(
	struct buffer *out, uint32_t point, const char *bytes, size_t length, const struct json_style *style)
{
	static const char plain[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";
	const char *found = point && point < 0x80 ? strchr(plain, (int)point) : NULL;

	if (found)
		return buffer_format(out, "\\%c", letters[found - plain]);
	if (point == '/' && style->slash)
		return buffer_append_text(out, "\\/");
	if (point < 0x20)
		return escape(out, point, style->upper);
	if (point < 0x80 || !style->ascii)
		return buffer_append(out, bytes, length);
	if (point < 0x10000)
		return escape(out, point, style->upper);
	if (escape(out, 0xD800 + ((point - 0x10000) >> 10 & 0x3FF), style->upper) < 0)
		return -1;
	return escape(out, 0xDC00 + ((point - 0x10000) & 0x3FF), style->upper);
}

static int json(struct buffer *out, const char *secret, size_t length, unsigned form)
{
	const struct json_style style = { form & 1, form & 2, form & 4 };
	const char *end = secret + length;

	for (const char *at = secret; at < end;) {
		const char *begin = at;
		uint32_t point = take_point(&at, end);
		if (json_point(out, point, begin, (size_t)(at - begin), &style) < 0)
			return -1;
	}
	return 0;
}

/* JSON inside of a JSON string: a message that quotes the request. */
static int json_twice(struct buffer *out, const char *secret, size_t length, unsigned form)
{
	struct buffer once = BUFFER_INIT(SIZE_MAX / 4);
	int result = json(&once, secret, length, form);

	if (result == 0)
		result = json(out, once.data, once.length, form);
	buffer_wipe(&once);
	return result;
}

/* What base64 of anything that holds the secret must show, when so many bytes modulo 3 come before it:
 * the digits that it determines alone. */
static int base64(struct buffer *out, const char *secret, size_t length, size_t before, bool url)
{
	static const size_t skipped[] = { 0, 2, 3 };
	struct buffer padded = BUFFER_INIT(SIZE_MAX / 4);
	size_t whole = (before + length) * 8 / 6;
	int result = -1;

	if (buffer_append(&padded, "\0\0", before) == 0 && buffer_append(&padded, secret, length) == 0 &&
		base64_encode(out, padded.data, padded.length) == 0) {
		out->length = whole;
		buffer_consume(out, skipped[before]);
		for (size_t i = 0; url && i < out->length; i++)
			if (out->data[i] == '+' || out->data[i] == '/')
				out->data[i] = out->data[i] == '+' ? '-' : '_';
		result = 0;
	}
	buffer_wipe(&padded);
	return result;
}

bool scrub_form_is_plain(const char *secret, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		char c = secret[i];
		if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
			    c == '-' || c == '.' || c == '_'))
			return false;
	}
	return true;
}

int scrub_form(struct buffer *out, const char *secret, size_t length, unsigned form)
{
	if (form == 0)
		return buffer_append(out, secret, length);
	if (form < 5)
		return percent(out, secret, length, (form - 1) & 1, (form - 1) & 2);
	if (form < 13)
		return json(out, secret, length, form - 5);
	if (form < SCRUB_FORM_BASE64)
		return json_twice(out, secret, length, form - 13);
	if (form < SCRUB_FORM_BASE64 + 6)
		return base64(
			out, secret, length, (form - SCRUB_FORM_BASE64) % 3, form >= SCRUB_FORM_BASE64 + 3);
	return 1;
}
