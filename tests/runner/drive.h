/* A host in small, for tests: starts muster-runner on a plugin and talks to it over the wire. Everything
 * has a timeout, and a broken runner fails the test. */
#ifndef MUSTER_TESTS_RUNNER_DRIVE_H
#define MUSTER_TESTS_RUNNER_DRIVE_H

#include "base/error.h"
#include "jail/start.h"
#include "wire/wire.h"

#include <jansson.h>
#include <stdbool.h>

struct drive {
	struct jail *jail;
	struct jail_area *area;
	struct wire_decoder *decoder;
	struct error error; /* of what was just done */
	struct buffer log;  /* of mode run: what the runner said, a line each */
	unsigned slot;      /* the next one to fill */
	unsigned busy;      /* slots that the runner has not released, as bits */
};

/* Starts the plugin tests/plugins/NAME.so, or a path below the build's root if it has a slash. */
void drive_start(struct drive *drive, const char *plugin);

/* Starts a copy of tests/plugins/NAME.so that was told what to do: order is written over the text that
 * stands behind "@order:" in it. */
void drive_start_ordered(struct drive *drive, const char *plugin, const char *order);

/* Frees all, and kills the runner if it still lives. */
void drive_end(struct drive *drive);

/* Sends HELLO and START; start is taken. */
void drive_hello(struct drive *drive, json_t *start);

/* A control frame. */
void drive_put_take(struct drive *drive, enum wire_type type, json_t *object);

/* The next frame: 1; 0 at the end of the stream; -1: the runner broke the protocol, or nothing came for
 * seconds: then error says so. */
int drive_next(struct wire_frame *frame, struct drive *drive);

/* The next frame as JSON; fails the test if it is of another type. The caller owns it. */
json_t *drive_expect(struct drive *drive, enum wire_type type);

/* One line for whatever came of a START: "DONE", "FAILED code: message", "broke: message" or
 * "ended: how", after everything else the runner said was dropped. */
const char *drive_outcome(struct drive *drive, json_t *start);

/* Answers request number `request` with a body, in chunks of step bytes. What the runner says meanwhile
 * goes into the log. */
void drive_answer(struct drive *drive, unsigned request, unsigned status, const char *body, size_t step);

/* Reads on until there are `lines` lines in the log, or the stream ends. What the runner said stands there
 * as "request 1 template URL", "record KEY RECORD", "page 1 2", "done", "failed CODE@OFFSET MESSAGE". */
const char *drive_log(struct drive *drive, size_t lines);

/* The manifest of a plugin; fails the test if there is none. The caller owns it. */
json_t *drive_manifest(const char *plugin);

#endif
