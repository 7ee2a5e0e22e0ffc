#include "config.h"

#include "run/shelf.h"

#include "run/compose.h"
#include "wire/wire.h"

#include <stdlib.h>

void held_free(struct held *held)
{
	if (!held)
		return;
	buffer_clear(&held->text);
	buffer_clear(&held->key);
	buffer_clear(&held->id);
	free(held);
}

int shelf_add(struct held **out, struct shelf *shelf, struct lane *lane, const struct manifest_action *action,
	const struct record *record, const char *key, size_t key_length, struct error *error)
{
	struct held *held = calloc(1, sizeof *held);

	if (!held)
		return error_memory(error);
	held->lane = lane;
	held->action = action;
	buffer_init(&held->text, WIRE_RECORD_MAX);
	buffer_init(&held->key, WIRE_RECORD_MAX);
	buffer_init(&held->id, WIRE_RECORD_MAX);
	if (buffer_append(&held->text, record->bytes, record->length) < 0 ||
		buffer_append(&held->key, key, key_length) < 0) {
		held_free(held);
		return error_memory(error);
	}
	if (compose_text(&held->id, record, "id", error) < 0) {
		held_free(held);
		return -1;
	}
	if (shelf->last)
		shelf->last->next = held;
	else
		shelf->first = held;
	shelf->last = held;
	shelf->count++;
	*out = held;
	return 0;
}

int shelf_complete(struct held *held, const struct record *other, struct error *error)
{
	const struct manifest_texts *fields = &held->action->completions[held->completion].fields;
	struct buffer text = BUFFER_INIT(WIRE_RECORD_MAX);
	struct check check;
	int result;

	check_init(&check, NULL, WIRE_RECORD_MAX);
	result = check_record(&check, held->text.data, held->text.length, error);
	if (result == 0)
		result = compose_complete(&text, &check.record, other, fields, error);
	check_clear(&check);
	if (result == 0) {
		struct buffer old = held->text;
		held->text = text;
		text = old;
	}
	buffer_clear(&text);
	return result;
}

struct held *shelf_take(struct shelf *shelf)
{
	struct held *held = shelf->first;

	if (!held || held->completion < held->action->completion_count)
		return NULL;
	shelf->first = held->next;
	if (!held->next)
		shelf->last = NULL;
	shelf->count--;
	return held;
}

void shelf_drop(struct shelf *shelf, const struct lane *lane)
{
	struct held **at = &shelf->first;

	shelf->last = NULL;
	while (*at) {
		struct held *held = *at;
		if (lane && held->lane != lane) {
			shelf->last = held;
			at = &held->next;
			continue;
		}
		*at = held->next;
		shelf->count--;
		held_free(held);
	}
}
