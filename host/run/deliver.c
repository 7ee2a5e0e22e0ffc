#include "config.h"

#include "run/deliver.h"

/* A unified record names its fields anew and may say a thing twice, but it does not grow without bound: past
 * this a plugin makes records up. */
enum {
	GROWTH_FREE = 16 * 1024 * 1024,
	GROWTH_RATIO = 16,
	FRAME_COST = 256, /* what a frame takes to read, however short it is, in bytes of a long one */
};

void deliver_init(
	struct deliver *deliver, const struct model *model, const struct receiver *receiver, uint64_t limit)
{
	*deliver = (struct deliver){ .receiver = *receiver, .limit = limit };
	check_init(&deliver->check, model, WIRE_RECORD_MAX);
}

void deliver_clear(struct deliver *deliver)
{
	check_clear(&deliver->check);
}

bool deliver_is_full(const struct deliver *deliver)
{
	return deliver->limit > 0 && deliver->records >= deliver->limit;
}

int deliver_frame(
	struct deliver *deliver, const struct wire_frame *frame, uint64_t body_bytes, struct error *error)
{
	const char *key, *record;
	size_t key_length, length, offset = 0;
	int more = 0;

	deliver->bytes += frame->length + FRAME_COST;
	if (deliver->bytes > GROWTH_FREE + body_bytes * GROWTH_RATIO)
		return error_set(error, ERROR_PLUGIN_FAULT,
			"The connector made far more records than the provider's answers hold.");
	while (!deliver_is_full(deliver)) {
		more = wire_records_next(&key, &key_length, &record, &length, &offset, frame, error);
		if (more <= 0)
			break;
		if (check_record(&deliver->check, record, length, error) < 0 ||
			deliver->receiver.on_record(deliver->receiver.context, &deliver->check.record, key,
				key_length, error) < 0)
			return -1;
		deliver->records++;
		deliver->page++;
	}
	return more < 0 ? -1 : 0;
}
