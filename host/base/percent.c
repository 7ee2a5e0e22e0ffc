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
