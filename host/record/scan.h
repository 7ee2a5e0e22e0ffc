/* What reader and check share: scanning strings, numbers and white space. Private to this folder.
 *
 * Nearly all of a record is the inside of strings, so that is where the time goes: plain bytes are
 * passed sixteen at a time (SSE2, which every x86-64 has) or eight at a time (any processor). */
#ifndef MUSTER_RECORD_SCAN_H
#define MUSTER_RECORD_SCAN_H

#include "record/reader.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined __SSE2__ && !defined MUSTER_NO_SIMD
#include <emmintrin.h>
#define SCAN_SSE2 1
#endif

static inline bool scan_is_space(char c)
{
	return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

static inline bool scan_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* May stand unescaped in a string and needs no look at its neighbours. */
static inline bool scan_is_plain(char c)
{
	return (unsigned char)c >= 0x20 && (unsigned char)c < 0x80 && c != '"' && c != '\\';
}

/* The first byte from p on that is not plain, or end. */
static inline const char *scan_plain(const char *p, const char *end)
{
#ifdef SCAN_SSE2
	const __m128i quote = _mm_set1_epi8('"');
	const __m128i backslash = _mm_set1_epi8('\\');
	const __m128i control = _mm_set1_epi8(0x1F);

	for (; end - p >= 16; p += 16) {
		__m128i block = _mm_loadu_si128((const void *)p);
		/* A byte with its top bit set marks itself: movemask looks at nothing else. */
		__m128i marks = _mm_or_si128(_mm_or_si128(block, _mm_cmpeq_epi8(block, quote)),
			_mm_or_si128(_mm_cmpeq_epi8(block, backslash),
				_mm_cmpeq_epi8(_mm_min_epu8(block, control), block)));
		unsigned mask = (unsigned)_mm_movemask_epi8(marks);
		if (mask)
			return p + __builtin_ctz(mask);
	}
#else
	const uint64_t ones = UINT64_C(0x0101010101010101);

	for (; end - p >= 8; p += 8) {
		uint64_t word;
		memcpy(&word, p, sizeof word);
		uint64_t quote = word ^ ones * '"';
		uint64_t backslash = word ^ ones * '\\';
		/* The top bit of a byte that is zero after the xor, or below 0x20, or above 0x7F. A
		 * borrow can only mark a byte wrongly when a byte below it is marked rightly. */
		uint64_t marks = word | ((quote - ones) & ~quote) | ((backslash - ones) & ~backslash) |
				 ((word - ones * 0x20) & ~word);
		if (marks & ones * 0x80)
			break;
	}
#endif
	while (p < end && scan_is_plain(*p))
		p++;
	return p;
}

/* The length of the unit at p, which is an escape (with its other half, if it is a surrogate) or a UTF-8
 * sequence: 0 if the end cuts it and it may yet become good, or the fault, negated. */
int scan_unit(const char *p, const char *end);

/* Passes the body of a string. On NONE *at is the closing quote, on TRUNCATED the first byte that must be
 * seen again with more after it, otherwise the byte or unit that is wrong. Adds to *flags. */
static inline enum reader_fault scan_string(const char **at, unsigned *flags, const char *end)
{
	const char *p = *at;

	for (;;) {
		p = scan_plain(p, end);
		*at = p;
		if (p == end)
			return READER_FAULT_TRUNCATED;
		if (*p == '"')
			return READER_FAULT_NONE;
		int length = scan_unit(p, end);
		if (length <= 0)
			return length < 0 ? (enum reader_fault) - length : READER_FAULT_TRUNCATED;
		*flags |= *p == '\\' ? READER_ESCAPED : READER_NON_ASCII;
		p += length;
	}
}

/* Where a number stands; the order matters. */
enum scan_number {
	SCAN_NUMBER_BEGIN,
	SCAN_NUMBER_MINUS,
	SCAN_NUMBER_POINT,
	SCAN_NUMBER_E,
	SCAN_NUMBER_E_SIGN,
	SCAN_NUMBER_ZERO, /* from here on it may end */
	SCAN_NUMBER_INTEGER,
	SCAN_NUMBER_FRACTION,
	SCAN_NUMBER_EXPONENT,
};

static inline bool scan_number_may_end(enum scan_number state)
{
	return state >= SCAN_NUMBER_ZERO;
}

/* Goes on with a number at p in *state, BEGIN at first; returns end, or the first byte that can't
 * belong to it. */
const char *scan_number(enum scan_number *state, const char *p, const char *end);

#endif
