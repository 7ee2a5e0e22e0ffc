/* What a reader sees of the body at once: the chunk, or the carry, which keeps what must stay of the chunks
 * before it. For the reader's own files. */
#ifndef MUSTER_RECORD_READER_WINDOW_H
#define MUSTER_RECORD_READER_WINDOW_H

#include "record/reader.h"

/* The token that the end of the window cut through. */
enum cut { CUT_NONE, CUT_KEY, CUT_STRING, CUT_NUMBER, CUT_LITERAL };

/* Where this byte of the window stands in the body. */
static inline uint64_t reader_offset_of(const struct reader *reader, const char *byte)
{
	return reader->origin_offset + (uint64_t)(byte - reader->origin);
}

/* Behind the current token: as many bytes after its text as before it, a string's quote or none. */
static inline const char *reader_token_end(const struct reader *reader)
{
	return reader->text + reader->length + (reader->text - reader->start);
}

/* The window is used up: finds more of the chunk. Returns false if there is none, or a fault. */
bool reader_refill(struct reader *reader);

/* Ends the reading at this byte of the window, for good. Returns READER_ERROR. */
enum reader_token reader_fail(struct reader *reader, enum reader_fault fault, const char *where);

#endif
