#include "config.h"

#include "sandbox/uuid.h"

#include <stdbool.h>
#include <string.h>

/* An invertible mix of 64 bits, so that neighbours look unrelated; the multipliers are odd, and the
 * inverses are theirs modulo 2^64. */
#define FACTOR_1 UINT64_C(0xBF58476D1CE4E5B9)
#define FACTOR_2 UINT64_C(0x94D049BB133111EB)

static uint64_t inverse(uint64_t odd)
{
	uint64_t x = odd; /* right in 3 bits; each step doubles them (Newton) */

	for (int i = 0; i < 5; i++)
		x *= 2 - odd * x;
	return x;
}

static uint64_t mix(uint64_t x)
{
	x = (x ^ (x >> 32)) * FACTOR_1;
	x = (x ^ (x >> 32)) * FACTOR_2;
	return x ^ (x >> 32);
}

static uint64_t unmix(uint64_t x)
{
	x = (x ^ (x >> 32)) * inverse(FACTOR_2);
	x = (x ^ (x >> 32)) * inverse(FACTOR_1);
	return x ^ (x >> 32);
}

static uint64_t salt(uint32_t space)
{
	return (uint64_t)space << 56;
}

static char *put_hex(char *out, uint64_t value, unsigned digits)
{
	static const char hex[] = "0123456789abcdef";

	for (unsigned i = digits; i-- > 0;)
		*out++ = hex[(value >> (4 * i)) & 15];
	return out;
}

/* 48 bits of the number, the version, 12 bits of check, the variant, the other 16 bits, check. */
void uuid_write(char *out, uint32_t space, uint64_t number)
{
	uint64_t value = mix(number ^ salt(space));
	uint64_t check = mix(value + space + 1);

	out = put_hex(out, value >> 32, 8);
	*out++ = '-';
	out = put_hex(out, (value >> 16) & 0xFFFF, 4);
	*out++ = '-';
	*out++ = '4';
	out = put_hex(out, check & 0xFFF, 3);
	*out++ = '-';
	*out++ = "89ab"[(check >> 12) & 3];
	out = put_hex(out, (check >> 16) & 0xFFF, 3);
	*out++ = '-';
	out = put_hex(out, value & 0xFFFF, 4);
	(void)put_hex(out, check >> 32, 8);
}

static bool take_hex(uint64_t *value, const char *text, size_t digits)
{
	for (size_t i = 0; i < digits; i++) {
		char c = text[i];

		if (c >= '0' && c <= '9')
			*value = *value << 4 | (uint64_t)(c - '0');
		else if (c >= 'a' && c <= 'f')
			*value = *value << 4 | (uint64_t)(c - 'a' + 10);
		else
			return false;
	}
	return true;
}

int uuid_read(uint64_t *out, uint32_t space, const char *text)
{
	char again[UUID_LENGTH];
	uint64_t value = 0;

	if (strlen(text) != UUID_LENGTH || !take_hex(&value, text, 8) || !take_hex(&value, text + 9, 4) ||
		!take_hex(&value, text + 24, 4))
		return -1;
	value = unmix(value) ^ salt(space);
	uuid_write(again, space, value);
	if (memcmp(again, text, UUID_LENGTH) != 0)
		return -1;
	*out = value;
	return 0;
}
