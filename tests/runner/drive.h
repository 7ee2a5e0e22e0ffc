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
	struct error error;    /* of what was just done */
	struct buffer records; /* of mode run: each record and a line break */
	struct buffer keys;
	char from[16]; /* of the last REQUEST */
	char url[4096];
	unsigned slot; /* the next one to fill */
	unsigned busy; /* slots that the runner has not released, as bits */
};

/* Starts the plugin tests/plugins/NAME.so, or path if it has a slash. */
void drive_start(struct drive *drive, const char *plugin);

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

/* The manifest of a plugin; fails the test if there is none. The caller owns it. */
json_t *drive_manifest(const char *plugin);

#endif
