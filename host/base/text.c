#include "config.h"

#include "base/text.h"

#include <string.h>

#define REPLACEMENT "\xEF\xBF\xBD"

/* The next code point and its length in bytes; length 0 when the bytes are no UTF-8. */
static uint32_t decode(size_t *length, const unsigned char *s, size_t left)
{
	uint32_t point;
	size_t count;

	*length = 0;
	if (left == 0)
		return 0;
	if (s[0] < 0x80) {
		*length = 1;
		return s[0];
	}
	if (s[0] >= 0xC2 && s[0] <= 0xDF)
		count = 2;
	else if (s[0] >= 0xE0 && s[0] <= 0xEF)
		count = 3;
	else if (s[0] >= 0xF0 && s[0] <= 0xF4)
		count = 4;
	else
		return 0;
	if (left < count)
		return 0;
	point = s[0] & (0x7Fu >> count);
	for (size_t i = 1; i < count; i++) {
		if ((s[i] & 0xC0) != 0x80)
			return 0;
		point = point << 6 | (s[i] & 0x3Fu);
	}
	if ((count == 3 && point < 0x800) || (count == 4 && (point < 0x10000 || point > 0x10FFFF)) ||
		(point >= 0xD800 && point <= 0xDFFF))
		return 0;
	*length = count;
	return point;
}

bool text_is_utf8(const char *bytes, size_t length)
{
	const unsigned char *s = (const unsigned char *)bytes;
	size_t step;

	for (size_t i = 0; i < length; i += step) {
		(void)decode(&step, s + i, length - i);
		if (step == 0)
			return false;
	}
	return true;
}

void text_trim_utf8(char *text)
{
	size_t length = strlen(text);
	size_t start = length;

	while (start > 0 && length - start < 4 && ((unsigned char)text[start - 1] & 0xC0) == 0x80)
		start--;
	if (start > 0 && (unsigned char)text[start - 1] >= 0xC0) {
		size_t step;
		start--;
		(void)decode(&step, (const unsigned char *)text + start, length - start);
		if (step == 0)
			text[start] = '\0';
	}
}

/* Would a terminal obey this instead of showing it, or let it lie about the order of what it shows? */
static bool is_control(uint32_t point)
{
	return point < 0x20 || (point >= 0x7F && point < 0xA0) || point == 0x061C || point == 0x200E ||
	       point == 0x200F || (point >= 0x2028 && point <= 0x202E) ||
	       (point >= 0x2066 && point <= 0x2069) || point == 0xFEFF;
}

bool text_is_clean(const char *bytes, size_t length)
{
	size_t step;

	for (size_t i = 0; i < length; i += step) {
		uint32_t point = decode(&step, (const unsigned char *)bytes + i, length - i);

		if (step == 0 || is_control(point))
			return false;
	}
	return true;
}

/* What stands for the next character: itself or the replacement; *step says how much was read. */
static const char *clean_step(size_t *length, size_t *step, const char *bytes, size_t left, bool lines)
{
	uint32_t point = decode(step, (const unsigned char *)bytes, left);

	if (*step == 0) {
		*step = 1;
		*length = strlen(REPLACEMENT);
		return REPLACEMENT;
	}
	if (is_control(point) && !(lines && point == '\n')) {
		*length = strlen(REPLACEMENT);
		return REPLACEMENT;
	}
	*length = *step;
	return bytes;
}

void text_print(FILE *file, const char *bytes, size_t length, bool lines)
{
	size_t step, count;

	for (size_t i = 0; i < length; i += step) {
		const char *shown = clean_step(&count, &step, bytes + i, length - i, lines);
		(void)fwrite(shown, 1, count, file);
	}
}

void text_clean(char *out, size_t size, const char *bytes, size_t length)
{
	size_t step, count, used = 0;

	if (size == 0)
		return;
	for (size_t i = 0; i < length; i += step) {
		const char *shown = clean_step(&count, &step, bytes + i, length - i, false);
		if (count >= size - used)
			break;
		memcpy(out + used, shown, count);
		used += count;
	}
	out[used] = '\0';
}

/* Wide and zero-width blocks, from Unicode 15's EastAsianWidth and combining marks; coarse. */
static size_t columns(uint32_t point)
{
	static const struct {
		uint32_t first, last;
		unsigned width;
	} blocks[] = {
		{ 0x0300, 0x036F, 0 },
		{ 0x0483, 0x0489, 0 },
		{ 0x0591, 0x05BD, 0 },
		{ 0x0610, 0x061A, 0 },
		{ 0x064B, 0x065F, 0 },
		{ 0x0900, 0x0902, 0 },
		{ 0x093C, 0x093C, 0 },
		{ 0x0941, 0x0948, 0 },
		{ 0x094D, 0x094D, 0 },
		{ 0x0E31, 0x0E31, 0 },
		{ 0x0E34, 0x0E3A, 0 },
		{ 0x0E47, 0x0E4E, 0 },
		{ 0x1100, 0x115F, 2 },
		{ 0x1AB0, 0x1AFF, 0 },
		{ 0x1DC0, 0x1DFF, 0 },
		{ 0x200B, 0x200D, 0 },
		{ 0x20D0, 0x20FF, 0 },
		{ 0x2E80, 0x303E, 2 },
		{ 0x3041, 0xA4CF, 2 },
		{ 0xA960, 0xA97F, 2 },
		{ 0xAC00, 0xD7A3, 2 },
		{ 0xF900, 0xFAFF, 2 },
		{ 0xFE00, 0xFE0F, 0 },
		{ 0xFE30, 0xFE6F, 2 },
		{ 0xFF00, 0xFF60, 2 },
		{ 0xFFE0, 0xFFE6, 2 },
		{ 0x1F300, 0x1F64F, 2 },
		{ 0x1F680, 0x1F6FF, 2 },
		{ 0x1F900, 0x1F9FF, 2 },
		{ 0x20000, 0x3FFFD, 2 },
	};

	if (point < 0x0300)
		return 1;
	for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++)
		if (point >= blocks[i].first && point <= blocks[i].last)
			return blocks[i].width;
	return 1;
}

size_t text_width(const char *bytes, size_t length)
{
	size_t step, width = 0;

	for (size_t i = 0; i < length; i += step) {
		uint32_t point = decode(&step, (const unsigned char *)bytes + i, length - i);
		if (step == 0) {
			step = 1;
			width++;
		} else {
			width += is_control(point) ? 1 : columns(point);
		}
	}
	return width;
}

size_t text_distance(const char *a, const char *b)
{
	enum { LONGEST = 64 };
	size_t rows[3][LONGEST + 1];
	size_t m = strlen(a), n = strlen(b);

	if (m > LONGEST || n > LONGEST)
		return LONGEST;
	for (size_t j = 0; j <= n; j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= m; i++) {
		size_t *now = rows[i % 3], *before = rows[(i + 2) % 3], *earlier = rows[(i + 1) % 3];
		now[0] = i;
		for (size_t j = 1; j <= n; j++) {
			size_t best = before[j - 1] + (a[i - 1] != b[j - 1]);
			if (before[j] + 1 < best)
				best = before[j] + 1;
			if (now[j - 1] + 1 < best)
				best = now[j - 1] + 1;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
				earlier[j - 2] + 1 < best)
				best = earlier[j - 2] + 1;
			now[j] = best;
		}
	}
	return rows[m % 3][n];
}

bool text_is_id(const char *text)
{
	size_t length = strlen(text);

	if (length == 0 || length > 63 || text[0] < 'a' || text[0] > 'z')
		return false;
	return strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_") == length;
}

int text_to_u64(uint64_t *out, const char *text)
{
	uint64_t value = 0;

	if (!*text)
		return -1;
	for (; *text; text++) {
		unsigned digit = (unsigned)*text - '0';
		if (digit > 9 || value > (UINT64_MAX - digit) / 10)
			return -1;
		value = value * 10 + digit;
	}
	*out = value;
	return 0;
}
