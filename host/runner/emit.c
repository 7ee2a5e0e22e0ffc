#include "config.h"

#include "base/text.h"
#include "record/date.h"
#include "record/escape.h"
#include "record/writer.h"
#include "runner/fields.h"

#include <inttypes.h>
#include <string.h>

#define DATE_LIMIT 256 /* bytes of the longest date that is looked at, its escapes included */

/* A record on its way into the buffer, in which there is room for all of it. */
struct emit {
	char *at;
	struct buffer *out;
	const struct fields *fields;
	const struct reader *reader;
	uint64_t base;
	struct error *error;
};

static inline void put(struct emit *emit, const char *bytes, size_t length)
{
	memcpy(emit->at, bytes, length);
	emit->at += length;
}

static inline void put_char(struct emit *emit, char c)
{
	*emit->at++ = c;
}

static inline void put_rendered(struct emit *emit, const struct rendered *rendered)
{
	put(emit, rendered->text, rendered->length);
}

/* A string with its quotes, which stand around it in the source, too. */
static inline void put_string(struct emit *emit, const char *text, size_t length)
{
	put(emit, text - 1, length + 2);
}

static void put_quoted(struct emit *emit, const char *text, size_t length)
{
	put_char(emit, '"');
	put(emit, text, length);
	put_char(emit, '"');
}

/* A container loses its white space and nothing else. */
static int put_container(struct emit *emit, const char *text, size_t length)
{
	struct writer writer;

	emit->out->length = (size_t)(emit->at - emit->out->data);
	writer_init(&writer, emit->out);
	writer_source(&writer, text, length);
	if (writer_result(&writer) < 0)
		return error_memory(emit->error);
	emit->at = emit->out->data + emit->out->length;
	return 0;
}

/* Says what is wrong with a value, shows the beginning of it, and names its byte. Returns -1. */
static int refuse(
	const struct emit *emit, const struct field *field, const struct walk_value *value, const char *what)
{
	char shown[48];
	size_t length = value->slice.length < 40 ? value->slice.length : 40;

	text_clean(shown, sizeof shown, reader_bytes(emit->reader, value->slice), length);
	return error_set(emit->error, ERROR_MALFORMED_BODY,
		"The answer is wrong at byte %" PRIu64 ": %s for '%s' is %s: %s%s",
		emit->base + value->slice.start, field->row->from, field->row->to, what, shown,
		length < value->slice.length ? "…" : "");
}

static int put_copy(struct emit *emit, const struct field *field, const struct walk_value *value)
{
	const char *text = reader_bytes(emit->reader, value->slice);

	switch (value->token) {
	case READER_STRING:
		put_string(emit, text, value->slice.length);
		return 0;
	case READER_OBJECT:
	case READER_ARRAY:
		return put_container(emit, text, value->slice.length);
	case READER_NUMBER:
		if (field->text) {
			put_quoted(emit, text, value->slice.length);
			return 0;
		}
		/* fall through */
	default:
		put(emit, text, value->slice.length);
		return 0;
	}
}

static int put_date(struct emit *emit, const struct field *field, const struct walk_value *value)
{
	bool (*is)(const char *, size_t) = field->kind == MUSTER_MAP_DATE ? date_is_date : date_is_date_time;
	const char *what =
		field->kind == MUSTER_MAP_DATE ? "no date (YYYY-MM-DD)" : "no date and time (RFC 3339)";
	const char *text = reader_bytes(emit->reader, value->slice);
	char room[DATE_LIMIT];
	struct buffer plain = { room, 0, sizeof room, sizeof room };

	if (value->token == READER_NULL) {
		put(emit, text, value->slice.length);
		return 0;
	}
	if (value->token != READER_STRING)
		return refuse(emit, field, value, what);
	if (!(value->flags & READER_ESCAPED)) {
		if (!is(text, value->slice.length))
			return refuse(emit, field, value, what);
		put_string(emit, text, value->slice.length);
		return 0;
	}
	/* The buffer is as large as its limit, so it never leaves the array. */
	if (escape_decode(&plain, text, value->slice.length) < 0 || !is(room, plain.length))
		return refuse(emit, field, value, what);
	put_quoted(emit, room, plain.length);
	return 0;
}

/* The row of the provider's word, or NULL. Words repeat, so the last one is tried first. */
static const struct field_word *find_word(struct field *field, const char *text, size_t length, bool escaped)
{
	for (size_t i = 0; i < field->word_count; i++) {
		size_t at = (field->guess + i) % field->word_count;
		const struct field_word *word = &field->words[at];
		if (escaped ? escape_equal(text, length, word->theirs, word->length)
			    : word->length == length && memcmp(word->theirs, text, length) == 0) {
			field->guess = at;
			return word;
		}
	}
	return NULL;
}

/* Our word; "other" or null where we have none. */
static int put_word(struct emit *emit, struct field *field, const struct walk_value *value)
{
	static const char other[] = "\"other\"";
	const char *text = reader_bytes(emit->reader, value->slice);
	const struct field_word *word = NULL;

	if (value->token == READER_OBJECT || value->token == READER_ARRAY)
		return refuse(emit, field, value, "no word");
	if (value->token != READER_NULL)
		word = find_word(field, text, value->slice.length,
			value->token == READER_STRING && (value->flags & READER_ESCAPED));
	if (word)
		put_rendered(emit, &word->ours);
	else if (field->open && value->token != READER_NULL)
		put(emit, other, sizeof other - 1);
	else
		put(emit, "null", 4);
	return 0;
}

/* Their word, as it came. */
static void put_twin(struct emit *emit, const struct field *field, const struct walk_value *value)
{
	const char *text = reader_bytes(emit->reader, value->slice);

	put_rendered(emit, &field->twin);
	if (value->token == READER_NULL)
		put(emit, text, value->slice.length);
	else
		put_quoted(emit, text, value->slice.length);
}

static bool is_absent(const struct field *field, const struct walk_value *values)
{
	if (field->kind == MUSTER_MAP_PARAMETER)
		return !field->parameter.text;
	if (field->kind == MUSTER_MAP_EACH)
		return field->list_token == READER_MORE;
	return values[field->target].token == READER_MORE;
}

static int put_field(struct emit *emit, struct field *field, const struct walk_value *values)
{
	size_t start;
	int result = 0;

	field->value.length = 0;
	if (is_absent(field, values))
		return 0;
	put_rendered(emit, &field->name);
	start = (size_t)(emit->at - emit->out->data);
	switch (field->kind) {
	case MUSTER_MAP_PARAMETER:
		put_rendered(emit, &field->parameter);
		break;
	case MUSTER_MAP_EACH:
		if (field->list_token == READER_NULL)
			put(emit, "null", 4);
		else
			put(emit, emit->fields->lists.data + field->list.start, field->list.length);
		break;
	case MUSTER_MAP_DATE:
	case MUSTER_MAP_DATE_TIME:
		result = put_date(emit, field, &values[field->target]);
		break;
	case MUSTER_MAP_WORDS:
		result = put_word(emit, field, &values[field->target]);
		break;
	default:
		result = put_copy(emit, field, &values[field->target]);
		break;
	}
	field->value = (struct slice){ start, (size_t)(emit->at - emit->out->data) - start };
	if (field->kind == MUSTER_MAP_WORDS && result == 0)
		put_twin(emit, field, &values[field->target]);
	return result;
}

static const char *custom_type(enum reader_token token)
{
	switch (token) {
	case READER_NUMBER:
		return ",\"type\":\"number\"}";
	case READER_TRUE:
	case READER_FALSE:
		return ",\"type\":\"boolean\"}";
	case READER_OBJECT:
		return ",\"type\":\"object\"}";
	case READER_ARRAY:
		return ",\"type\":\"list\"}";
	default:
		return ",\"type\":\"text\"}";
	}
}

/* All custom fields that have a value, as one list; without any there is no list either. */
static int put_custom(struct emit *emit, const struct walk_value *values)
{
	static const char name[] = ",\"custom_fields\":";
	bool any = false;

	for (size_t i = 0; i < emit->fields->count; i++) {
		struct field *field = &emit->fields->rows[i];
		if (field->kind != MUSTER_MAP_CUSTOM)
			continue;
		const struct walk_value *value = &values[field->target];
		if (value->token == READER_MORE || value->token == READER_NULL)
			continue;
		if (!any)
			put(emit, name, sizeof name - 1);
		/* The comma before the first element is the list's bracket. */
		size_t start = (size_t)(emit->at - emit->out->data);
		put_rendered(emit, &field->name);
		if (!any)
			emit->out->data[start] = '[';
		any = true;
		if (put_copy(emit, field, value) < 0)
			return -1;
		const char *type = custom_type(value->token);
		put(emit, type, strlen(type));
	}
	if (any)
		put_char(emit, ']');
	return 0;
}

/* What the record takes at most. */
static size_t room_for(const struct fields *fields, const struct walk_value *values)
{
	size_t room = fields->room + fields->lists.length;

	for (size_t i = 0; i < fields->count; i++) {
		const struct field *field = &fields->rows[i];
		if (field->kind == MUSTER_MAP_PARAMETER || field->kind == MUSTER_MAP_EACH)
			continue;
		size_t length = values[field->target].slice.length;
		room += field->kind == MUSTER_MAP_WORDS ? 2 * length : length;
	}
	return room;
}

int fields_write(struct buffer *out, struct fields *fields, const struct reader *reader, uint64_t base,
	struct error *error)
{
	const struct walk_value *values = walk_values(fields->walk);
	size_t start = out->length;
	size_t room = room_for(fields, values);
	struct emit emit = { NULL, out, fields, reader, base, error };

	if (room > out->limit - start)
		return error_set(error, ERROR_RECORD_TOO_LARGE,
			"The record at byte %" PRIu64 " of the answer is too large when mapped.", base);
	if (buffer_reserve(&emit.at, out, room) < 0)
		return error_memory(error);
	for (size_t i = 0; i < fields->count; i++)
		if (fields->rows[i].kind != MUSTER_MAP_CUSTOM &&
			put_field(&emit, &fields->rows[i], values) < 0)
			return -1;
	if (fields->custom && put_custom(&emit, values) < 0)
		return -1;
	/* Every member brought a comma with it; the first one's is the brace. */
	if (emit.at == out->data + start)
		put_char(&emit, '{');
	else
		out->data[start] = '{';
	put_char(&emit, '}');
	out->length = (size_t)(emit.at - out->data);
	return 0;
}
