#include "config.h"

#include "record/reader_window.h"

#include <stdlib.h>
#include <string.h>

/* How much of a new chunk is taken into the carry at least: most records end within. */
#define PORTION 1024u

/* The carry never moves: it has its full size at once, of which the kernel backs what is used. A record or
 * string up to the limit, an unfinished unit and a portion of what follows fit. */
static size_t carry_size(const struct reader *reader)
{
	return reader->record_limit + READER_NUMBER_LIMIT + PORTION;
}

static const char *window_end(const struct reader *reader)
{
	return reader->carrying ? reader->carry + reader->kept + reader->taken
				: reader->chunk + reader->chunk_length;
}

/* A hold may not take more than the limit: the window ends there, too. */
static void set_end(struct reader *reader)
{
	const char *end = window_end(reader);

	if (reader->held && (size_t)(end - reader->held) > reader->record_limit)
		end = reader->held + reader->record_limit;
	reader->end = end;
}

/* The first byte that must stay. */
static const char *anchor(const struct reader *reader)
{
	if (reader->held)
		return reader->held;
	if (reader->cut == CUT_NONE || (reader->skipping && reader->cut <= CUT_STRING))
		return reader->at;
	return reader->start;
}

/* The bytes from old on now stand at new; a token that lies before them is gone. */
static void rebase(struct reader *reader, const char *new, const char *old)
{
	reader->origin_offset = reader_offset_of(reader, old);
	reader->origin = new;
	reader->start = new + (reader->start < old ? 0 : reader->start - old);
	reader->at = new + (reader->at - old);
	if (reader->held)
		reader->held = new;
}

/* Leaves the carry for the chunk, if all that must stay is there. */
static bool settle(struct reader *reader)
{
	const char *first = anchor(reader);
	size_t carried = (size_t)(first - reader->carry);

	if (carried < reader->kept)
		return false;
	rebase(reader, reader->chunk + (carried - reader->kept), first);
	reader->carrying = false;
	set_end(reader);
	return true;
}

void reader_feed(struct reader *reader, const char *bytes, size_t length, bool last)
{
	const char *first = anchor(reader);
	size_t keep = (size_t)(window_end(reader) - first);

	if (reader->fault)
		return;
	if (keep > carry_size(reader)) {
		(void)reader_fail(reader, READER_FAULT_RECORD_TOO_LARGE, first);
		return;
	}
	if (keep > 0 && !reader->carry && !(reader->carry = malloc(carry_size(reader)))) {
		(void)reader_fail(reader, READER_FAULT_OUT_OF_MEMORY, first);
		return;
	}
	if (length == 0)
		bytes = "";
	if (keep > 0)
		memmove(reader->carry, first, keep);
	rebase(reader, keep > 0 ? reader->carry : bytes, first);
	reader->chunk = bytes;
	reader->chunk_length = length;
	reader->last = last;
	reader->kept = keep;
	reader->taken = 0;
	reader->carrying = keep > 0;
	set_end(reader);
}

/* Takes more of the chunk into the carry: as much as is there already, so that work stays linear and a record
 * that ends soon costs little. Returns whether there was any. */
static bool take(struct reader *reader)
{
	size_t length = reader->kept + reader->taken;
	size_t portion = length > PORTION ? length : PORTION;

	if (portion > reader->chunk_length - reader->taken)
		portion = reader->chunk_length - reader->taken;
	if (portion > carry_size(reader) - length)
		portion = carry_size(reader) - length;
	if (portion == 0)
		return false;
	memcpy(reader->carry + length, reader->chunk + reader->taken, portion);
	reader->taken += portion;
	set_end(reader);
	return true;
}

bool reader_refill(struct reader *reader)
{
	if (reader->fault)
		return false;
	if (reader->end < window_end(reader)) {
		(void)reader_fail(reader, READER_FAULT_RECORD_TOO_LARGE, reader->held);
		return false;
	}
	if (!reader->carrying)
		return false;
	return (settle(reader) && reader->at < reader->end) || (reader->carrying && take(reader));
}

void reader_hold(struct reader *reader)
{
	/* Below the limit, since a comma may have been taken along. */
	if ((size_t)(reader_token_end(reader) - reader->start) >= reader->record_limit) {
		if (!reader->fault)
			(void)reader_fail(reader, READER_FAULT_RECORD_TOO_LARGE, reader->start);
		return;
	}
	reader->held = reader->start;
	set_end(reader);
}

void reader_release(struct reader *reader)
{
	reader->held = NULL;
	if (!reader->carrying || !settle(reader))
		set_end(reader);
}
