/* The protocol between host and runner: length-prefixed frames over one socket pair, encoded and
 * decoded without I/O, so that both ends and the fuzzers use the same code.
 *
 * A frame is 8 bytes of head, then the payload: u32 payload length, u8 type, 3 zero bytes; all
 * integers little-endian. Control payloads are one JSON object each. The order in which types may
 * come is a state machine (wire_decoder); whatever does not fit is refused from its head alone.
 *
 *   host                                  runner
 *   HELLO {build, allow_partial, cpu_seconds}   ->
 *                               <-  HELLO {build, jail, landlock}       once it is in the jail
 *   START {mode, …}             ->                                      may follow HELLO at once
 *   mode manifest:              <-  MANIFEST {…}, DONE
 *   mode validate:              <-  PROBLEM {field, code, message} …, DONE
 *   mode authenticate:          <-  TOKEN {form} ; GRANTED {} or DENIED {} -> ; PROBLEM …; DONE
 *   mode run:                   <-  REQUEST {request, method, url, from}
 *   ANSWER {request, status}    ->
 *   CHUNK request slot length   ->                                      the bytes lie in the area
 *                               <-  RELEASE slot                        the slot may be reused
 *                               <-  RECORDS batch
 *   END {request}               ->                                      the body is whole
 *                               <-  PAGE {request, records}             all its records are sent
 *                               <-  DONE {}
 *   any mode, any time after HELLO: <-  FAILED {code, message, …}       and nothing after it
 *
 * At most two requests are open at once, from REQUEST to PAGE; what answers them never mixes:
 * ANSWER, CHUNKs and END of one stand together, in the order of the requests. A slow reader on
 * either side is met by the socket's own buffer: the writer waits. */
#ifndef MUSTER_WIRE_WIRE_H
#define MUSTER_WIRE_WIRE_H

#include "base/buffer.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum wire_type {
	/* both ways */
	WIRE_HELLO = 1,
	/* host to runner */
	WIRE_START = 2,
	WIRE_ANSWER = 3,
	WIRE_CHUNK = 4, /* u32 request, u32 slot, u32 length */
	WIRE_END = 5,
	WIRE_GRANTED = 6,
	WIRE_DENIED = 7,
	/* runner to host */
	WIRE_MANIFEST = 16,
	WIRE_PROBLEM = 17,
	WIRE_TOKEN = 18,
	WIRE_REQUEST = 19,
	WIRE_RELEASE = 20, /* u32 slot */
	WIRE_RECORDS = 21, /* once or more: u32 key length, u32 record length, key, record */
	WIRE_PAGE = 22,
	WIRE_DONE = 23,
	WIRE_FAILED = 24,
};

enum wire_side { WIRE_FROM_HOST, WIRE_FROM_RUNNER };

enum {
	WIRE_HEAD = 8,
	WIRE_CONTROL_MAX = 256 * 1024,       /* payload of a control frame */
	WIRE_MANIFEST_MAX = 4 * 1024 * 1024, /* payload of MANIFEST */
	WIRE_RECORD_MAX = 4 * 1024 * 1024,   /* one record */
	WIRE_KEY_MAX = 64 * 1024,            /* one record's key */
	WIRE_RECORDS_MAX = WIRE_RECORD_MAX + 128 * 1024,
	WIRE_SLOTS = 4,              /* the area of shared memory, which the runner maps */
	WIRE_SLOT_SIZE = 256 * 1024, /* read-only, is WIRE_SLOTS * WIRE_SLOT_SIZE bytes */
};

/* The descriptors that a runner finds open besides /dev/null on 0, 1, 2. */
enum {
	WIRE_FD_SOCKET = 3,
	WIRE_FD_PLUGIN = 4,
	WIRE_FD_AREA = 5, /* closed in modes that read no body */
};

/* What both ends must agree on: the version, and a sum of the sources that make the contract
 * between host, runner and plugin. */
extern const char wire_build[];

/* What a runner was started for: decides which frames may come after START. */
enum wire_mode {
	WIRE_MODE_MANIFEST = 1,
	WIRE_MODE_VALIDATE,
	WIRE_MODE_AUTHENTICATE,
	WIRE_MODE_RUN,
};

/* The mode of a name in START, or 0 if there is none. */
enum wire_mode wire_mode_from_text(const char *text);

struct wire_frame {
	enum wire_type type;
	const char *payload; /* borrowed from the decoder until its next call */
	size_t length;
};

/* Takes bytes apart into frames of one direction and refuses what the state does not allow. */
struct wire_decoder;

int wire_decoder_new(struct wire_decoder **out, enum wire_side from, struct error *error);
void wire_decoder_free(struct wire_decoder *decoder);

/* Says for what START was: until then nothing but HELLO, START and FAILED is let through. */
void wire_decoder_mode(struct wire_decoder *decoder, enum wire_mode mode);

/* Where the next bytes read from the socket go: *room has *size bytes. */
int wire_decoder_room(char **room, size_t *size, struct wire_decoder *decoder, struct error *error);

/* length bytes were put there. */
void wire_decoder_filled(struct wire_decoder *decoder, size_t length);

/* The next whole frame: 1, or 0 when more bytes are needed, or -1: the other side broke the
 * protocol (ERROR_PLUGIN_FAULT from a runner, ERROR_INTERNAL from a host), and nothing more is
 * decoded. */
int wire_decoder_next(struct wire_frame *frame, struct wire_decoder *decoder, struct error *error);

/* Is the runner at its end: DONE or FAILED was decoded? What follows then is the end of the stream.
 */
bool wire_decoder_ended(const struct wire_decoder *decoder);

/* Encode one frame onto the end of a buffer; a payload that is too long is refused here already. */
int wire_put(
	struct buffer *out, enum wire_type type, const void *payload, size_t length, struct error *error);
int wire_put_json(struct buffer *out, enum wire_type type, const json_t *object, struct error *error);
int wire_put_chunk(struct buffer *out, uint32_t request, uint32_t slot, uint32_t length, struct error *error);
int wire_put_release(struct buffer *out, uint32_t slot, struct error *error);

/* Decode payloads; -1 when they are not what the type says. */
int wire_get_json(json_t **out, const struct wire_frame *frame, struct error *error);
int wire_get_chunk(uint32_t *request, uint32_t *slot, uint32_t *length, const struct wire_frame *frame,
	struct error *error);
int wire_get_release(uint32_t *slot, const struct wire_frame *frame, struct error *error);

/* A RECORDS frame under construction at the end of a buffer: begin, add while it fits, end. Between
 * begin and end nothing else is put into that buffer. */
int wire_records_begin(size_t *frame_start, struct buffer *out, struct error *error);
bool wire_records_fits(const struct buffer *out, size_t frame_start, size_t key_length, size_t record_length);
int wire_records_add(struct buffer *out, const char *key, size_t key_length, const char *record,
	size_t record_length, struct error *error);
void wire_records_end(struct buffer *out, size_t frame_start);

/* Walks a RECORDS payload: 1 and one record, 0 at the end, -1 when it is malformed. *offset starts
 * at 0. */
int wire_records_next(const char **key, size_t *key_length, const char **record, size_t *record_length,
	size_t *offset, const struct wire_frame *frame, struct error *error);

#endif
