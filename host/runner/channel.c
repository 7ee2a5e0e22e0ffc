#include "config.h"

#include "runner/channel.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	WAITING_MAX = 2 * WIRE_MANIFEST_MAX, /* of what waits to be sent: the manifest is the longest */
	JOINED_MAX = 128 * 1024,             /* copying so much costs less than one more system call */
};

struct channel {
	struct wire_decoder *decoder;
	struct buffer waiting;
	int socket;
};

int channel_new(struct channel **out, int socket, struct error *error)
{
	struct channel *channel = calloc(1, sizeof *channel);

	if (!channel)
		return error_memory(error);
	channel->socket = socket;
	buffer_init(&channel->waiting, WAITING_MAX);
	if (wire_decoder_new(&channel->decoder, WIRE_FROM_HOST, error) < 0) {
		free(channel);
		return -1;
	}
	*out = channel;
	return 0;
}

void channel_free(struct channel *channel)
{
	if (!channel)
		return;
	wire_decoder_free(channel->decoder);
	buffer_clear(&channel->waiting);
	free(channel);
}

void channel_mode(struct channel *channel, enum wire_mode mode)
{
	wire_decoder_mode(channel->decoder, mode);
}

int channel_put_take(struct channel *channel, enum wire_type type, json_t *object, struct error *error)
{
	int result;

	if (!object)
		return error_memory(error);
	result = wire_put_json(&channel->waiting, type, object, error);
	json_decref(object);
	return result;
}

int channel_put_release(struct channel *channel, uint32_t slot, struct error *error)
{
	return wire_put_release(&channel->waiting, slot, error);
}

static int send_all(int socket, const char *bytes, size_t length, struct error *error)
{
	while (length > 0) {
		ssize_t sent = send(socket, bytes, length, MSG_NOSIGNAL);
		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0 && (errno == EPIPE || errno == ECONNRESET))
			_exit(EXIT_FAILURE);
		if (sent < 0)
			return error_set(error, ERROR_INTERNAL, "The runner can't write to its host: %s.",
				strerror(errno));
		bytes += sent;
		length -= (size_t)sent;
	}
	return 0;
}

int channel_flush(struct channel *channel, struct error *error)
{
	int result = send_all(channel->socket, channel->waiting.data, channel->waiting.length, error);

	channel->waiting.length = 0;
	return result;
}

int channel_send(struct channel *channel, const char *frames, size_t length, struct error *error)
{
	if (channel->waiting.length > 0 && length <= JOINED_MAX)
		return buffer_append(&channel->waiting, frames, length) < 0 ? error_memory(error)
									    : channel_flush(channel, error);
	if (channel_flush(channel, error) < 0)
		return -1;
	return send_all(channel->socket, frames, length, error);
}

/* 1: bytes came, 0: none are there yet. */
static int receive(struct channel *channel, bool wait, struct error *error)
{
	char *room;
	size_t size;
	ssize_t got;

	if (wire_decoder_room(&room, &size, channel->decoder, error) < 0)
		return -1;
	do
		got = recv(channel->socket, room, size, wait ? 0 : MSG_DONTWAIT);
	while (got < 0 && errno == EINTR);
	if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return 0;
	if (got == 0 || (got < 0 && errno == ECONNRESET))
		_exit(EXIT_FAILURE);
	if (got < 0)
		return error_set(
			error, ERROR_INTERNAL, "The runner can't read from its host: %s.", strerror(errno));
	wire_decoder_filled(channel->decoder, (size_t)got);
	return 1;
}

int channel_next(struct wire_frame *frame, struct channel *channel, bool wait, struct error *error)
{
	for (;;) {
		int got = wire_decoder_next(frame, channel->decoder, error);
		if (got != 0)
			return got;
		if (wait && channel_flush(channel, error) < 0)
			return -1;
		got = receive(channel, wait, error);
		if (got <= 0)
			return got;
	}
}

int channel_expect(json_t **out, struct channel *channel, enum wire_type type, struct error *error)
{
	struct wire_frame frame;

	if (channel_next(&frame, channel, true, error) < 0)
		return -1;
	if (frame.type != type)
		return error_set(error, ERROR_INTERNAL, "The host sent frame type %d where %d was due.",
			(int)frame.type, (int)type);
	return wire_get_json(out, &frame, error);
}
