/* A reader's faults: how they end it, what they are called, the errors they become. */
#include "config.h"

#include "record/reader.h"

#include "record/reader_window.h"

#include <inttypes.h>

enum reader_token reader_fail(struct reader *reader, enum reader_fault fault, const char *where)
{
	reader->fault = fault;
	reader->fault_offset = reader_offset_of(reader, where);
	reader->at = reader->end;
	reader->cut = CUT_NONE;
	reader->text = reader->start;
	reader->length = 0;
	return READER_ERROR;
}

enum reader_fault reader_fault(const struct reader *reader)
{
	return reader->fault;
}

uint64_t reader_fault_offset(const struct reader *reader)
{
	return reader->fault_offset;
}

const char *reader_fault_text(enum reader_fault fault)
{
#define READER_TEXT(symbol, text) text,
	static const char *const texts[] = { READER_FAULTS(READER_TEXT) };
#undef READER_TEXT

	return (unsigned)fault < READER_FAULT_COUNT ? texts[fault] : "unknown";
}

int reader_error(const struct reader *reader, const char *what, struct error *error)
{
	switch (reader->fault) {
	case READER_FAULT_OUT_OF_MEMORY:
		return error_memory(error);
	case READER_FAULT_RECORD_TOO_LARGE:
		return error_set(error, ERROR_RECORD_TOO_LARGE,
			"In %s, the record or text at byte %" PRIu64 " is larger than %zu bytes.", what,
			reader->fault_offset, reader->record_limit);
	default:
		return error_set(error, ERROR_MALFORMED_BODY,
			"The JSON of %s is wrong at byte %" PRIu64 ": %s.", what, reader->fault_offset,
			reader_fault_text(reader->fault));
	}
}
