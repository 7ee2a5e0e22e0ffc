/* The reader, in two ways at once: however a body is cut and read, the reader says the same; and it
 * accepts and refuses what jansson accepts and refuses, but for what is listed below. */
#include "config.h"

#include "record/trace.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool held, const char *what, const struct trace *a, const struct trace *b)
{
	if (held)
		return;
	fprintf(stderr, "%s: %s at %llu, %s at %llu\n", what, reader_fault_text(a->fault),
		(unsigned long long)a->fault_offset, reader_fault_text(b->fault),
		(unsigned long long)b->fault_offset);
	abort();
}

static void compare_cuts(
	const struct trace *whole, enum trace_mode mode, size_t limit, const char *body, size_t length)
{
	struct trace cut;

	for (size_t step = 1; step <= 3; step++) {
		trace_run(&cut, mode, limit, body, length, step, step);
		must(trace_equal(whole, &cut), "cut evenly", whole, &cut);
	}
	/* At every boundary while that is cheap, else at some. */
	size_t stride = length / 256 + 1;
	for (size_t first = 1; first < length; first += stride) {
		trace_run(&cut, mode, limit, body, length, first, 0);
		must(trace_equal(whole, &cut), "cut in two", whole, &cut);
	}
}

/* jansson 2.14 goes its own ways in these: numbers out of its range, and NUL in a name (errors of
 * their own kind); nesting (2048 levels there); and a bare NUL byte, which it drops after a number
 * or literal. */
static bool jansson_accepts(bool *range, const char *body, size_t length)
{
	json_error_t error;
	json_t *value = json_loadb(body, length, JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);
	enum json_error_code code = value ? json_error_unknown : json_error_code(&error);

	*range = code == json_error_numeric_overflow || code == json_error_stack_overflow ||
		 code == json_error_null_byte_in_key;
	json_decref(value);
	return value != NULL;
}

static void compare_jansson(const struct trace *whole, const char *body, size_t length)
{
	bool range;
	bool accepted = jansson_accepts(&range, body, length);

	if (range || memchr(body, '\0', length) || whole->fault == READER_FAULT_TOO_DEEP ||
		whole->fault == READER_FAULT_NUMBER_TOO_LONG || whole->fault == READER_FAULT_RECORD_TOO_LARGE)
		return;
	must(accepted == (whole->fault == READER_FAULT_NONE),
		accepted ? "jansson accepts" : "jansson refuses", whole, whole);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *body = (const char *)data;
	struct trace whole;

	for (int mode = 0; mode < TRACE_MODES; mode++) {
		trace_run(&whole, (enum trace_mode)mode, 64, body, size, 0, 0);
		compare_cuts(&whole, (enum trace_mode)mode, 64, body, size);
	}
	trace_run(&whole, TRACE_NEXT, READER_RECORD_LIMIT, body, size, 0, 0);
	compare_jansson(&whole, body, size);
	return 0;
}
