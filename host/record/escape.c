#include "config.h"

#include "record/escape.h"

#include "record/scan.h"

static int encode_byte(struct buffer *out, char c)
{
	static const char digits[] = "0123456789abcdef";
	static const char names[] = "\"\"\\\\\bb\ff\nn\rr\tt";
	char text[6] = { '\\', 'u', '0', '0', digits[(unsigned char)c >> 4 & 15], digits[c & 15] };

	for (size_t i = 0; i < sizeof names - 1; i += 2)
		if (names[i] == c) {
			text[1] = names[i + 1];
			return buffer_append(out, text, 2);
		}
	return buffer_append(out, text, sizeof text);
}

int escape_encode(struct buffer *out, const char *bytes, size_t length)
{
	const char *run = bytes; /* what needs no escape and is not yet written */
	const char *p = bytes;
	const char *end;

	if (length == 0)
		return 0;
	end = bytes + length;
	for (;;) {
		p = scan_plain(p, end);
		if (p < end && (unsigned char)*p >= 0x80) {
			p++;
			continue;
		}
		if (buffer_append(out, run, (size_t)(p - run)) < 0)
			return -1;
		if (p == end)
			return 0;
		if (encode_byte(out, *p++) < 0)
			return -1;
		run = p;
	}
}

/* The four digits of a \uXXXX that was checked. */
static uint32_t hex4(const char *digits)
{
	uint32_t value = 0;

	for (int i = 0; i < 4; i++) {
		char c = digits[i];
		value = value << 4 | (uint32_t)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
	}
	return value;
}

static size_t utf8(char *out, uint32_t point)
{
	if (point < 0x80) {
		out[0] = (char)point;
		return 1;
	}
	if (point < 0x800) {
		out[0] = (char)(0xC0 | point >> 6);
		out[1] = (char)(0x80 | (point & 0x3F));
		return 2;
	}
	if (point < 0x10000) {
		out[0] = (char)(0xE0 | point >> 12);
		out[1] = (char)(0x80 | (point >> 6 & 0x3F));
		out[2] = (char)(0x80 | (point & 0x3F));
		return 3;
	}
	out[0] = (char)(0xF0 | point >> 18);
	out[1] = (char)(0x80 | (point >> 12 & 0x3F));
	out[2] = (char)(0x80 | (point >> 6 & 0x3F));
	out[3] = (char)(0x80 | (point & 0x3F));
	return 4;
}

/* The UTF-8 of the escape at *p, which moves past it. */
static size_t decode_escape(char out[4], const char **p)
{
	const char *s = *p;

	*p += 2;
	switch (s[1]) {
	case 'b':
		*out = '\b';
		return 1;
	case 'f':
		*out = '\f';
		return 1;
	case 'n':
		*out = '\n';
		return 1;
	case 'r':
		*out = '\r';
		return 1;
	case 't':
		*out = '\t';
		return 1;
	case 'u':
		break;
	default:
		*out = s[1];
		return 1;
	}
	uint32_t point = hex4(s + 2);
	*p += 4;
	if (point >= 0xD800 && point <= 0xDBFF) {
		point = 0x10000 + ((point - 0xD800) << 10 | (hex4(s + 8) - 0xDC00));
		*p += 6;
	}
	return utf8(out, point);
}

int escape_decode(struct buffer *out, const char *body, size_t length)
{
	const char *p = body;
	const char *end;
	char *to;

	if (length == 0)
		return 0;
	end = body + length;
	if (buffer_reserve(&to, out, length) < 0)
		return -1;
	while (p < end) {
		const char *escape = memchr(p, '\\', (size_t)(end - p));
		size_t run = (size_t)((escape ? escape : end) - p);

		memcpy(to, p, run);
		to += run;
		p += run;
		if (escape)
			to += decode_escape(to, &p);
	}
	out->length = (size_t)(to - out->data);
	return 0;
}

bool escape_equal(const char *body, size_t body_length, const char *bytes, size_t length)
{
	const char *end;
	const char *bytes_end;

	if (body_length == 0 || length == 0)
		return body_length == length;
	end = body + body_length;
	bytes_end = bytes + length;
	while (body < end) {
		char unit[4] = { *body };
		size_t size = 1;

		if (*body == '\\')
			size = decode_escape(unit, &body);
		else
			body++;
		if ((size_t)(bytes_end - bytes) < size || memcmp(bytes, unit, size) != 0)
			return false;
		bytes += size;
	}
	return bytes == bytes_end;
}
