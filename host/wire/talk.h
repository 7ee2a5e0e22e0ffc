/* The host's side of the talk with a runner, whatever it was started for: how it begins, and how much is
 * believed of what comes back. */
#ifndef MUSTER_WIRE_TALK_H
#define MUSTER_WIRE_TALK_H

#include "base/buffer.h"
#include "base/error.h"
#include "wire/wire.h"

#include <jansson.h>
#include <stdbool.h>

struct talk {
	enum wire_mode mode;
	char jail[16]; /* "full", "partial" or "relaxed"; empty as long as the runner has not said HELLO */
};

/* Puts HELLO and START into out. start is the START message; allow_partial: go on in a jail that is not full;
 * cpu_seconds: what the runner may compute. */
int talk_begin(struct talk *talk, struct buffer *out, const json_t *start, bool allow_partial,
	int cpu_seconds, struct error *error);

/* HELLO came: is it a runner of this build? Else INSTALLATION. */
int talk_hello(struct talk *talk, const struct wire_frame *frame, struct error *error);

/* FAILED came. Returns -1: the runner's own words, cleaned, under a code that a runner can know; any other is
 * a plugin that makes things up, and so PLUGIN_FAULT. */
int talk_failed(const struct talk *talk, const struct wire_frame *frame, struct error *error);

/* PROBLEM came: adds it to those of problems, cleaned. */
int talk_problem(struct error *problems, const struct wire_frame *frame, struct error *error);

#endif
