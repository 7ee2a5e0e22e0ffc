#include "config.h"

#include "base/percent.h"

#include <stdbool.h>

static bool is_unreserved(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
	       c == '.' || c == '_' || c == '~';
}

static int encode(struct buffer *out, const char *bytes, size_t length, bool form)
{
	static const char digits[] = "0123456789ABCDEF";

	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)bytes[i];
		char escape[3] = { '%', digits[c >> 4], digits[c & 15] };
		int result;
		if (is_unreserved((char)c) && !(form && c == '~'))
			result = buffer_append_char(out, (char)c);
		else if (form && c == ' ')
			result = buffer_append_char(out, '+');
		else
			result = buffer_append(out, escape, sizeof escape);
		if (result < 0)
			return -1;
	}
	return 0;
}

int percent_encode(struct buffer *out, const char *bytes, size_t length)
{
	return encode(out, bytes, length, false);
}

int percent_encode_form(struct buffer *out, const char *bytes, size_t length)
{
	return encode(out, bytes, length, true);
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int percent_decode_form(struct buffer *out, const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		char c = text[i] == '+' ? ' ' : text[i];
		if (c == '%') {
			int high = length - i > 2 ? hex_digit(text[i + 1]) : -1;
			int low = length - i > 2 ? hex_digit(text[i + 2]) : -1;
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
