/* Text: UTF-8, what a terminal may see, near misses. Locale-independent. */
#ifndef MUSTER_BASE_TEXT_H
#define MUSTER_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF. */
bool text_is_utf8(const char *bytes, size_t length);

/* Cuts an unfinished UTF-8 sequence at the end of a text that snprintf may have cut. */
void text_trim_utf8(char *text);

/* Writes text so that a terminal shows it and does not obey it: C0 and C1 control characters, DEL,
 * bidirectional overrides and broken UTF-8 become U+FFFD. Line breaks pass when lines is true. */
void text_print(FILE *file, const char *bytes, size_t length, bool lines);

/* The same into a terminated, possibly cut, array of size bytes. */
void text_clean(char *out, size_t size, const char *bytes, size_t length);

/* Valid UTF-8 without anything that text_clean() would replace. */
bool text_is_clean(const char *bytes, size_t length);

/* How many columns a terminal gives to this text. */
size_t text_width(const char *bytes, size_t length);

/* How many edits (insert, delete, replace, swap) lead from one short text to the other; texts over
 * 64 bytes count as far away. For "did you mean". */
size_t text_distance(const char *a, const char *b);

/* [a-z][a-z0-9_]*, at most 63 bytes: what every id looks like. */
bool text_is_id(const char *text);

/* Reads a decimal number that fills the whole text. Returns 0, or -1 if it is none or too large. */
int text_to_u64(uint64_t *out, const char *text);

#endif
