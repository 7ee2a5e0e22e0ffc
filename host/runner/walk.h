/* Picks what lies at given JSON pointers (RFC 6901) out of one value, while a reader passes over
 * it. The pointers are compiled into a tree of names once; then each value costs one pass, without
 * memory of its own. What no pointer leads to is checked and skipped. A member that a pointer leads
 * to and that occurs twice is an error: nobody could say which one was meant. */
#ifndef MUSTER_RUNNER_WALK_H
#define MUSTER_RUNNER_WALK_H

#include "base/error.h"
#include "record/reader.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WALK_DEPTH 16    /* segments of a pointer */
#define WALK_TARGETS 512 /* pointers of a walk */

/* A value that was found: its source text within what the reader holds. A string's is what stands
 * between the quotes; a container's is all of it. */
struct walk_value {
	struct slice slice;
	enum reader_token token; /* what it begins with; READER_MORE: it is not there */
	unsigned flags;          /* enum reader_flag */
};

enum walk_event {
	WALK_MORE,   /* feed the reader, then go on */
	WALK_STOP,   /* a value at a pointer that stops: see walk_next() */
	WALK_DONE,   /* the value is passed */
	WALK_FAILED, /* the error is set */
};

struct walk;

int walk_new(struct walk **out, struct error *error);
void walk_free(struct walk *walk);

/* Adds a pointer; equal ones share a target. A stop pointer is alone: none leads through it. The
 * target numbers count from 0. Errors are the plugin's: ERROR_PLUGIN_REFUSED. */
int walk_add(size_t *target, struct walk *walk, const char *pointer, bool stop, struct error *error);

/* token is the reader's current one and begins the value to walk over. Unless every pointer stops,
 * the reader holds it. */
void walk_begin(struct walk *walk, enum reader_token token);

/* Goes on. After WALK_STOP, *target says where and *token what the value there begins with; the
 * caller reads exactly up to its last token (a scalar is its own last) before it goes on. */
enum walk_event walk_next(size_t *target, enum reader_token *token, struct walk *walk, struct reader *reader,
	struct error *error);

/* The values found since walk_begin(), by target. */
const struct walk_value *walk_values(const struct walk *walk);

#endif
