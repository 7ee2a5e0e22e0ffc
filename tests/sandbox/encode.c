#include "config.h"

#include "sandbox/encode.h"

#include <stdint.h>
#include <string.h>

static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char base64url[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static int encode_64(struct buffer *out, const char *bytes, size_t length, const char *alphabet)
{
	const unsigned char *in = (const unsigned char *)bytes;
	uint32_t bits = 0;
	unsigned have = 0;
	char *room;
	size_t written = 0;

	if (length > SIZE_MAX / 2 || buffer_reserve(&room, out, length / 3 * 4 + 4) < 0)
		return -1;
	for (size_t i = 0; i < length; i++) {
		bits = bits << 8 | in[i];
		for (have += 8; have >= 6; have -= 6)
			room[written++] = alphabet[(bits >> (have - 6)) & 63];
	}
	if (have)
		room[written++] = alphabet[(bits << (6 - have)) & 63];
	out->length += written;
	return 0;
}

int encode_base64url(struct buffer *out, const char *bytes, size_t length)
{
	return encode_64(out, bytes, length, base64url);
}

int encode_base64(struct buffer *out, const char *bytes, size_t length)
{
	static const char padding[] = "==";

	if (encode_64(out, bytes, length, base64) < 0)
		return -1;
	return buffer_append(out, padding, (3 - length % 3) % 3);
}

static int decode_64(struct buffer *out, const char *text, size_t length, const char *alphabet)
{
	uint32_t bits = 0;
	unsigned have = 0;

	if (length % 4 == 1)
		return -1;
	for (size_t i = 0; i < length; i++) {
		const char *found = text[i] ? strchr(alphabet, text[i]) : NULL;

		if (!found)
			return -1;
		bits = bits << 6 | (uint32_t)(found - alphabet);
		have += 6;
		if (have < 8)
			continue;
		have -= 8;
		if (buffer_append_char(out, (char)(bits >> have & 0xFF)) < 0)
			return -1;
	}
	return 0;
}

int decode_base64url(struct buffer *out, const char *text, size_t length)
{
	return decode_64(out, text, length, base64url);
}

int decode_base64(struct buffer *out, const char *text, size_t length)
{
	for (int i = 0; i < 2 && length && text[length - 1] == '='; i++)
		length--;
	return decode_64(out, text, length, base64);
}

int encode_percent(struct buffer *out, const char *bytes, size_t length)
{
	static const char unreserved[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
					 "0123456789-._~";

	for (size_t i = 0; i < length; i++) {
		int failed = bytes[i] && strchr(unreserved, bytes[i])
				     ? buffer_append_char(out, bytes[i])
				     : buffer_format(out, "%%%02X", (unsigned)(unsigned char)bytes[i]);

		if (failed)
			return -1;
	}
	return 0;
}

static int hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";
	const char *found = c ? strchr(digits, c) : NULL;

	return found ? (int)((found - digits) % 16) : -1;
}

int decode_form(struct buffer *out, const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		char c = text[i];

		if (c == '+')
			c = ' ';
		if (c == '%') {
			int high = i + 2 < length ? hex_digit(text[i + 1]) : -1;
			int low = i + 2 < length ? hex_digit(text[i + 2]) : -1;

			if (high < 0 || low < 0)
				return -1;
			c = (char)(high << 4 | low);
			i += 2;
		}
		if (buffer_append_char(out, c) < 0)
			return -1;
	}
	return 0;
}

/* One well-formed UTF-8 sequence that is not ASCII. */
static uint32_t read_character(const char **text)
{
	const unsigned char *in = (const unsigned char *)*text;
	unsigned more = in[0] >= 0xF0 ? 3 : in[0] >= 0xE0 ? 2 : 1;
	uint32_t character = in[0] & (0x3Fu >> more);

	for (unsigned i = 1; i <= more && in[i]; i++)
		character = character << 6 | (in[i] & 0x3F);
	*text += more + 1;
	return character;
}

static int append_escape(struct buffer *out, uint32_t character)
{
	if (character < 0x10000)
		return buffer_format(out, "\\u%04x", (unsigned)character);
	character -= 0x10000;
	return buffer_format(out, "\\u%04x\\u%04x", (unsigned)(0xD800 + (character >> 10)),
		(unsigned)(0xDC00 + (character & 0x3FF)));
}

int encode_json(struct buffer *out, const char *text, bool ascii)
{
	while (*text) {
		unsigned char c = (unsigned char)*text;
		int failed;

		if (c == '"' || c == '\\') {
			failed = buffer_format(out, "\\%c", c);
			text++;
		} else if (c < 0x20) {
			failed = append_escape(out, c);
			text++;
		} else if (c < 0x80 || !ascii) {
			failed = buffer_append_char(out, (char)c);
			text++;
		} else {
			failed = append_escape(out, read_character(&text));
		}
		if (failed)
			return -1;
	}
	return 0;
}
