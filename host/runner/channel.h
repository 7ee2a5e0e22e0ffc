/* The runner's end of the wire: frames through the socket, waiting for as long as the host takes. */
#ifndef MUSTER_RUNNER_CHANNEL_H
#define MUSTER_RUNNER_CHANNEL_H

#include "base/error.h"
#include "wire/wire.h"

#include <stdbool.h>

struct channel;

int channel_new(struct channel **out, int socket, struct error *error);
void channel_free(struct channel *channel);

void channel_mode(struct channel *channel, enum wire_mode mode);

/* Puts a frame behind those that wait to be sent. Takes the object; NULL says that memory ran out. */
int channel_put_take(struct channel *channel, enum wire_type type, json_t *object, struct error *error);
int channel_put_release(struct channel *channel, uint32_t slot, struct error *error);

/* Sends what waits, then these bytes, whole frames. When the host is gone there is nobody to tell: the
 * process ends. */
int channel_send(struct channel *channel, const char *frames, size_t length, struct error *error);

/* Sends what waits. */
int channel_flush(struct channel *channel, struct error *error);

/* The next frame, borrowed until the next call: 1, or 0 when none has come and wait is false. Before it
 * waits, what waits to be sent is sent. */
int channel_next(struct wire_frame *frame, struct channel *channel, bool wait, struct error *error);

/* The next frame, which has to be of this type, as JSON. The caller owns *out. */
int channel_expect(json_t **out, struct channel *channel, enum wire_type type, struct error *error);

#endif
