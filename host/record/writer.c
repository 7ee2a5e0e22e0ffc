#include "config.h"

#include "record/writer.h"

#include "record/escape.h"
#include "record/scan.h"

void writer_init(struct writer *writer, struct buffer *out)
{
	*writer = (struct writer){ .out = out };
}

int writer_result(const struct writer *writer)
{
	return writer->failed ? -1 : 0;
}

/* Room for length bytes after the comma that is due, which is written; NULL when there is none. The bytes
 * count once written() is told how many they are. */
static char *room(struct writer *writer, size_t length)
{
	struct buffer *out = writer->out;
	size_t most = out->capacity < out->limit ? out->capacity : out->limit;
	char *to;

	if (writer->failed)
		return NULL;
	if (length < most - out->length) {
		to = out->data + out->length;
	} else if (length == SIZE_MAX || buffer_reserve(&to, out, length + 1) < 0) {
		writer->failed = true;
		return NULL;
	}
	*to = ',';
	return to + writer->comma;
}

static void written(struct writer *writer, const char *end, bool comma)
{
	writer->out->length = (size_t)(end - writer->out->data);
	writer->comma = comma;
}

static void put(struct writer *writer, const char *text, size_t length, bool comma)
{
	char *to = room(writer, length);

	if (!to)
		return;
	memcpy(to, text, length);
	written(writer, to + length, comma);
}

void writer_object(struct writer *writer)
{
	put(writer, "{", 1, false);
}

static void encode(struct writer *writer, const char *bytes, size_t length, const char *after, bool comma)
{
	put(writer, "\"", 1, false);
	if (!writer->failed && escape_encode(writer->out, bytes, length) < 0)
		writer->failed = true;
	put(writer, after, strlen(after), comma);
}

void writer_key(struct writer *writer, const char *name, size_t length)
{
	encode(writer, name, length, "\":", false);
}

void writer_string(struct writer *writer, const char *bytes, size_t length)
{
	encode(writer, bytes, length, "\"", true);
}

/* --- Compacting ------------------------------------------------------------------------------- */

struct compactor {
	char *to;
	const char *p;
	const char *end;
	bool in_string;
};

/* Byte by byte up to stop, or a byte past it where an escape is. */
static void compact_bytes(struct compactor *compactor, const char *stop)
{
	const char *p = compactor->p;
	char *to = compactor->to;

	while (p < stop) {
		char c = *p++;
		if (c == '"')
			compactor->in_string = !compactor->in_string;
		if (!compactor->in_string && scan_is_space(c))
			continue;
		*to++ = c;
		if (c == '\\' && p < compactor->end)
			*to++ = *p++;
	}
	compactor->p = p;
	compactor->to = to;
}

#ifdef SCAN_SSE2
/* Sixteen bytes at a time. What is written may be less than what is read, never more, so a store of sixteen
 * stays inside the room for the source. */
static void compact_blocks(struct compactor *compactor)
{
	while (compactor->end - compactor->p >= 16) {
		__m128i block = _mm_loadu_si128((const void *)compactor->p);
		__m128i space = _mm_set1_epi8(' ');
		unsigned quotes = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(block, _mm_set1_epi8('"')));
		unsigned escapes = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(block, _mm_set1_epi8('\\')));
		unsigned spaces =
			(unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_min_epu8(block, space), block));

		if (escapes) {
			compact_bytes(compactor, compactor->p + 16);
			continue;
		}
		/* A bit of inside is the parity of the quotes up to it: set from an opening quote on. */
		unsigned inside = quotes;
		inside ^= inside << 1;
		inside ^= inside << 2;
		inside ^= inside << 4;
		inside ^= inside << 8;
		inside ^= compactor->in_string ? 0xFFFFu : 0;

		unsigned dropped = spaces & ~inside & 0xFFFFu;
		if (!dropped) {
			_mm_storeu_si128((void *)compactor->to, block);
			compactor->to += 16;
		} else {
			for (unsigned i = 0; i < 16; i++) {
				*compactor->to = compactor->p[i];
				compactor->to += ~dropped >> i & 1;
			}
		}
		compactor->in_string = inside >> 15 & 1;
		compactor->p += 16;
	}
}
#endif

void writer_source(struct writer *writer, const char *source, size_t length)
{
	char *to = room(writer, length);
	struct compactor compactor = { .to = to, .p = source, .end = source + length };

	if (!to)
		return;
#ifdef SCAN_SSE2
	compact_blocks(&compactor);
#endif
	compact_bytes(&compactor, compactor.end);
	written(writer, compactor.to, true);
}
