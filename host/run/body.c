#include "config.h"

#include "run/body.h"

#include <string.h>

/* Waking a runner costs as much as it takes to read some thousand bytes. */
enum { WORTH_WAKING = 64 * 1024 };

void body_init(struct body *body, char *area, struct buffer *out)
{
	*body = (struct body){ .area = area, .out = out };
}

void body_begin(struct body *body, uint32_t request)
{
	body->request = request;
	body->filled = 0;
}

/* Announces the slot that fills and goes on to the next one. */
static int announce(struct body *body, struct error *error)
{
	if (body->filled == 0)
		return 0;
	if (wire_put_chunk(body->out, body->request, body->slot, body->filled, error) < 0)
		return -1;
	body->busy[body->slot] = true;
	body->busy_count++;
	body->slot = (body->slot + 1) % WIRE_SLOTS;
	body->filled = 0;
	return 0;
}

/* A runner that has nothing left to do gets what there is, if it is enough. */
static int wake(struct body *body, uint32_t enough, struct error *error)
{
	return body->busy_count == 0 && body->filled >= enough ? announce(body, error) : 0;
}

int body_add(size_t *taken, struct body *body, const char *bytes, size_t length, struct error *error)
{
	*taken = 0;
	while (*taken < length && !body->busy[body->slot]) {
		size_t room = WIRE_SLOT_SIZE - body->filled;
		size_t count = length - *taken < room ? length - *taken : room;

		memcpy(body->area + (size_t)body->slot * WIRE_SLOT_SIZE + body->filled, bytes + *taken,
			count);
		*taken += count;
		body->filled += (uint32_t)count;
		body->total += count;
		if (body->filled == WIRE_SLOT_SIZE && announce(body, error) < 0)
			return -1;
	}
	return wake(body, WORTH_WAKING, error);
}

int body_release(struct body *body, uint32_t slot, struct error *error)
{
	if (slot >= WIRE_SLOTS || !body->busy[slot])
		return error_set(error, ERROR_PLUGIN_FAULT, "The runner released a slot it did not have.");
	body->busy[slot] = false;
	body->busy_count--;
	return wake(body, WORTH_WAKING, error);
}

int body_yield(struct body *body, struct error *error)
{
	uint32_t filled = body->filled;

	if (wake(body, 1, error) < 0)
		return -1;
	return body->filled < filled;
}

int body_end(struct body *body, struct error *error)
{
	json_t *end;
	int result;

	if (announce(body, error) < 0)
		return -1;
	end = json_pack("{s:I}", "request", (json_int_t)body->request);
	if (!end)
		return error_memory(error);
	result = wire_put_json(body->out, WIRE_END, end, error);
	json_decref(end);
	return result;
}
