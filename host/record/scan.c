#include "config.h"

#include "record/scan.h"

static bool is_continuation(unsigned char c)
{
	return (c & 0xC0) == 0x80;
}

/* RFC 3629, section 4: the second byte's range shuts out overlong forms, surrogates and what lies above
 * U+10FFFF. */
static int utf8_unit(const unsigned char *s, size_t left)
{
	unsigned char low = 0x80;
	unsigned char high = 0xBF;
	size_t length;

	if (s[0] >= 0xC2 && s[0] <= 0xDF) {
		length = 2;
	} else if (s[0] >= 0xE0 && s[0] <= 0xEF) {
		length = 3;
		low = s[0] == 0xE0 ? 0xA0 : low;
		high = s[0] == 0xED ? 0x9F : high;
	} else if (s[0] >= 0xF0 && s[0] <= 0xF4) {
		length = 4;
		low = s[0] == 0xF0 ? 0x90 : low;
		high = s[0] == 0xF4 ? 0x8F : high;
	} else {
		return -READER_FAULT_BAD_UTF8;
	}
	if (left > 1 && (s[1] < low || s[1] > high))
		return -READER_FAULT_BAD_UTF8;
	for (size_t i = 2; i < length && i < left; i++)
		if (!is_continuation(s[i]))
			return -READER_FAULT_BAD_UTF8;
	return left < length ? 0 : (int)length;
}

static int hex_value(unsigned char c)
{
	if (scan_is_digit((char)c))
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* \uXXXX at s: 6 and *point; 0 if it is cut, or -1 if it is none. */
static int hex_escape(unsigned *point, const unsigned char *s, size_t left)
{
	*point = 0;
	if ((left > 0 && s[0] != '\\') || (left > 1 && s[1] != 'u'))
		return -1;
	for (size_t i = 2; i < 6 && i < left; i++) {
		int digit = hex_value(s[i]);
		if (digit < 0)
			return -1;
		*point = *point << 4 | (unsigned)digit;
	}
	return left < 6 ? 0 : 6;
}

static int escape_unit(const unsigned char *s, size_t left)
{
	unsigned point;
	unsigned second;
	int length;

	if (left < 2)
		return 0;
	if (s[1] != 'u')
		return s[1] != '\0' && strchr("\"\\/bfnrt", s[1]) ? 2 : -READER_FAULT_BAD_ESCAPE;
	length = hex_escape(&point, s, left);
	if (length < 0)
		return -READER_FAULT_BAD_ESCAPE;
	if (length == 0 || point < 0xD800 || point > 0xDFFF)
		return length;
	if (point > 0xDBFF)
		return -READER_FAULT_LONE_SURROGATE;
	length = hex_escape(&second, s + 6, left - 6);
	if (length < 0 || (length > 0 && (second < 0xDC00 || second > 0xDFFF)))
		return -READER_FAULT_LONE_SURROGATE;
	return length > 0 ? 12 : 0;
}

int scan_unit(const char *p, const char *end)
{
	const unsigned char *s = (const unsigned char *)p;

	if (s[0] >= 0x80)
		return utf8_unit(s, (size_t)(end - p));
	if (s[0] == '\\')
		return escape_unit(s, (size_t)(end - p));
	return -READER_FAULT_CONTROL;
}

/* The state is where the loop would stand, so a number may be cut anywhere. */
const char *scan_number(enum scan_number *state, const char *p, const char *end)
{
	for (; p < end; p++) {
		char c = *p;
		switch (*state) {
		case SCAN_NUMBER_BEGIN:
		case SCAN_NUMBER_MINUS:
			if (c == '-' && *state == SCAN_NUMBER_BEGIN)
				*state = SCAN_NUMBER_MINUS;
			else if (c == '0')
				*state = SCAN_NUMBER_ZERO;
			else if (scan_is_digit(c))
				*state = SCAN_NUMBER_INTEGER;
			else
				return p;
			break;
		case SCAN_NUMBER_INTEGER:
			if (scan_is_digit(c))
				break;
			/* fall through */
		case SCAN_NUMBER_ZERO:
			if (c == '.')
				*state = SCAN_NUMBER_POINT;
			else if (c == 'e' || c == 'E')
				*state = SCAN_NUMBER_E;
			else
				return p;
			break;
		case SCAN_NUMBER_POINT:
			if (!scan_is_digit(c))
				return p;
			*state = SCAN_NUMBER_FRACTION;
			break;
		case SCAN_NUMBER_FRACTION:
			if (c == 'e' || c == 'E')
				*state = SCAN_NUMBER_E;
			else if (!scan_is_digit(c))
				return p;
			break;
		case SCAN_NUMBER_E:
			if (c == '+' || c == '-') {
				*state = SCAN_NUMBER_E_SIGN;
				break;
			}
			/* fall through */
		case SCAN_NUMBER_E_SIGN:
		case SCAN_NUMBER_EXPONENT:
			if (!scan_is_digit(c))
				return p;
			*state = SCAN_NUMBER_EXPONENT;
			break;
		}
	}
	return p;
}
