#include "config.h"

#include "base/text.h"
#include "record/date.h"
#include "record/escape.h"
#include "record/writer.h"
#include "runner/fields.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

#define INSIDE_LIMIT 256 /* bytes of the longest string with escapes whose inside is looked at */

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

/* The inside of a string, without its escapes. */
struct inside {
	const char *text;
	size_t length;
	char room[INSIDE_LIMIT];
};

/* False: it is no string, or one that is too long for all that is looked at in this way. */
static bool take_inside(struct inside *out, const struct emit *emit, const struct walk_value *value)
{
	struct buffer plain = { out->room, 0, sizeof out->room, sizeof out->room };

	out->text = reader_bytes(emit->reader, value->slice);
	out->length = value->slice.length;
	if (value->token != READER_STRING || !(value->flags & READER_ESCAPED))
		return value->token == READER_STRING;
	/* The buffer is as large as its limit, so it never leaves the array. */
	if (escape_decode(&plain, out->text, out->length) < 0)
		return false;
	out->text = out->room;
	out->length = plain.length;
	return true;
}

static int put_date(struct emit *emit, const struct field *field, const struct walk_value *value)
{
	bool (*is)(const char *, size_t) = field->kind == MUSTER_MAP_DATE ? date_is_date : date_is_date_time;
	const char *what =
		field->kind == MUSTER_MAP_DATE ? "no date (YYYY-MM-DD)" : "no date and time (RFC 3339)";
	const char *text = reader_bytes(emit->reader, value->slice);
	struct inside inside;

	if (value->token == READER_STRING && is(text, value->slice.length)) {
		put_string(emit, text, value->slice.length);
		return 0;
	}
	if (!take_inside(&inside, emit, value) || !is(inside.text, inside.length))
		return refuse(emit, field, value, what);
	put_quoted(emit, inside.text, inside.length);
	return 0;
}

/* The date that a date and time begins with; whether the rest is a time doesn't matter. */
static int put_day(struct emit *emit, const struct field *field, const struct walk_value *value)
{
	struct inside inside;

	if (!take_inside(&inside, emit, value) || inside.length < 10 || !date_is_date(inside.text, 10) ||
		(inside.length > 10 && !memchr("Tt ", inside.text[10], 3)))
		return refuse(emit, field, value, "no date and time");
	put_quoted(emit, inside.text, 10);
	return 0;
}

/* The same, but of a moment that isn't included; without a time of day it is the last day itself. */
static int put_last_day(struct emit *emit, const struct field *field, const struct walk_value *value)
{
	struct inside inside;
	char day[DATE_SIZE];

	if (!take_inside(&inside, emit, value) || !date_last_day(day, inside.text, inside.length))
		return refuse(emit, field, value, "no date and time (YYYY-MM-DDTHH:MM:SS)");
	put_quoted(emit, day, DATE_SIZE - 1);
	return 0;
}

static int put_local_time(struct emit *emit, const struct field *field, const struct walk_value *value)
{
	struct inside inside;
	size_t length = take_inside(&inside, emit, value) ? date_local_length(inside.text, inside.length) : 0;

	if (length == 0)
		return refuse(emit, field, value, "no date and time (YYYY-MM-DDTHH:MM:SS)");
	put_quoted(emit, inside.text, length);
	return 0;
}

static int put_number(struct emit *emit, const struct field *field, const struct walk_value *value)
{
	struct inside inside;

	if (value->token == READER_NUMBER) {
		put(emit, reader_bytes(emit->reader, value->slice), value->slice.length);
		return 0;
	}
	if (!take_inside(&inside, emit, value) || !reader_is_number(inside.text, inside.length))
		return refuse(emit, field, value, "no number");
	put(emit, inside.text, inside.length);
	return 0;
}

static int put_boolean(struct emit *emit, const struct field *field, const struct walk_value *value)
{
	static const struct {
		const char *text;
		bool is;
	} words[] = { { "true", true }, { "false", false }, { "yes", true }, { "no", false }, { "1", true },
		{ "0", false } };
	struct inside inside;

	/* Of anything but a string, the inside is its source text. */
	if (take_inside(&inside, emit, value) || value->token == READER_TRUE ||
		value->token == READER_FALSE || value->token == READER_NUMBER)
		for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
			if (strlen(words[i].text) == inside.length &&
				strncasecmp(words[i].text, inside.text, inside.length) == 0) {
				put(emit, words[i].is ? "true" : "false", words[i].is ? 4 : 5);
				return 0;
			}
	return refuse(emit, field, value, "no boolean");
}

/* A scalar as text. */
static int put_text(struct emit *emit, const struct field *field, const struct walk_value *value)
{
	const char *text = reader_bytes(emit->reader, value->slice);

	if (value->token == READER_OBJECT || value->token == READER_ARRAY)
		return refuse(emit, field, value, "no text");
	put_quoted(emit, text, value->slice.length);
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
	const struct field_word *word;

	if (value->token == READER_OBJECT || value->token == READER_ARRAY)
		return refuse(emit, field, value, "no word");
	word = find_word(field, text, value->slice.length,
		value->token == READER_STRING && (value->flags & READER_ESCAPED));
	if (word)
		put_rendered(emit, &word->ours);
	else if (field->open)
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

/* Is there something that a JOIN takes? */
static inline bool is_part(const struct walk_value *value)
{
	return value->token != READER_MORE && value->token != READER_NULL &&
	       (value->token != READER_STRING || value->slice.length > 0);
}

/* The first part that is there begins the string. */
static int put_join(struct emit *emit, const struct field *field, const struct walk_value *values)
{
	char before = '"';

	for (size_t i = 0; i < field->part_count; i++) {
		const struct walk_value *value = &values[field->parts[i]];
		if (!is_part(value))
			continue;
		if (value->token != READER_STRING && value->token != READER_NUMBER)
			return refuse(emit, field, value, "no text");
		put_char(emit, before);
		put(emit, reader_bytes(emit->reader, value->slice), value->slice.length);
		before = ' ';
	}
	put_char(emit, '"');
	return 0;
}

/* A value of some element: of a list of names and values, text. */
static int put_element(struct emit *emit, const struct field *field, const struct walk_value *value)
{
	bool container = value->token == READER_OBJECT || value->token == READER_ARRAY;

	return container ? put_copy(emit, field, value) : put_text(emit, field, value);
}

static enum reader_token token_of_join(const struct field *field, const struct walk_value *values)
{
	for (size_t i = 0; i < field->part_count; i++)
		if (is_part(&values[field->parts[i]]))
			return READER_STRING;
	return READER_MORE;
}

/* What a row finds: the token that it begins with, READER_MORE for nothing. */
static inline enum reader_token token_of(const struct field *field, const struct walk_value *values)
{
	if (field->pointed)
		return values[field->target].token;
	if (field->kind == MUSTER_MAP_EACH)
		return field->list_token;
	if (field->kind == MUSTER_MAP_ELEMENT)
		return field->element.token;
	if (field->kind == MUSTER_MAP_JOIN)
		return token_of_join(field, values);
	return field->fixed.text ? READER_STRING : READER_MORE;
}

/* Of the rows of one name the first that finds a value, else the first that finds null. */
static struct field *choose(struct field *first, const struct walk_value *values)
{
	struct field *chosen = first;

	for (struct field *field = first; field; field = field->next) {
		enum reader_token token = token_of(field, values);
		if (token != READER_MORE && token != READER_NULL)
			return field;
		if (token == READER_NULL && token_of(chosen, values) == READER_MORE)
			chosen = field;
	}
	return chosen;
}

static int put_members(struct emit *emit, const struct fields *fields, const struct walk_value *values);

static int put_object(struct emit *emit, const struct field *field, const struct walk_value *values)
{
	const struct walk_value *value = &values[field->target];

	if (value->token != READER_OBJECT)
		return refuse(emit, field, value, "no object");
	return put_members(emit, field->inner, values);
}

/* A value that is neither absent nor null. */
static int put_value(struct emit *emit, struct field *field, const struct walk_value *values)
{
	switch (field->kind) {
	case MUSTER_MAP_CONSTANT:
	case MUSTER_MAP_PARAMETER:
		put_rendered(emit, &field->fixed);
		return 0;
	case MUSTER_MAP_EACH:
		put(emit, emit->fields->made.data + field->list.start, field->list.length);
		return 0;
	case MUSTER_MAP_DATE:
	case MUSTER_MAP_DATE_TIME:
		return put_date(emit, field, &values[field->target]);
	case MUSTER_MAP_WORDS:
		return put_word(emit, field, &values[field->target]);
	case MUSTER_MAP_TEXT:
		return put_text(emit, field, &values[field->target]);
	case MUSTER_MAP_NUMBER:
		return put_number(emit, field, &values[field->target]);
	case MUSTER_MAP_BOOLEAN:
		return put_boolean(emit, field, &values[field->target]);
	case MUSTER_MAP_DAY:
		return put_day(emit, field, &values[field->target]);
	case MUSTER_MAP_LAST_DAY:
		return put_last_day(emit, field, &values[field->target]);
	case MUSTER_MAP_LOCAL_TIME:
		return put_local_time(emit, field, &values[field->target]);
	case MUSTER_MAP_ELEMENT:
		return put_element(emit, field, &field->element);
	case MUSTER_MAP_OBJECT:
		return put_object(emit, field, values);
	case MUSTER_MAP_JOIN:
		return put_join(emit, field, values);
	default:
		return put_copy(emit, field, &values[field->target]);
	}
}

/* The value of the first row of a name goes to wherever the key looks for it. */
static int put_field(struct emit *emit, struct field *first, const struct walk_value *values)
{
	struct field *field = first->next ? choose(first, values) : first;
	enum reader_token token = token_of(field, values);
	size_t start;
	int result = 0;

	first->value.length = 0;
	if (token == READER_MORE)
		return 0;
	put_rendered(emit, &field->name);
	start = (size_t)(emit->at - emit->out->data);
	if (token == READER_NULL)
		put(emit, "null", 4);
	else
		result = put_value(emit, field, values);
	first->value = (struct slice){ start, (size_t)(emit->at - emit->out->data) - start };
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

/* All rows of an object, whose every member brings a comma with it; the first one's is the brace. */
static int put_members(struct emit *emit, const struct fields *fields, const struct walk_value *values)
{
	size_t start = (size_t)(emit->at - emit->out->data);

	for (size_t i = 0; i < fields->count; i++)
		if (fields->rows[i].kind != MUSTER_MAP_CUSTOM && !fields->rows[i].spare &&
			put_field(emit, &fields->rows[i], values) < 0)
			return -1;
	if (fields->custom && put_custom(emit, values) < 0)
		return -1;
	if (emit->at == emit->out->data + start)
		put_char(emit, '{');
	else
		emit->out->data[start] = '{';
	put_char(emit, '}');
	return 0;
}

/* What the values take at most that rows find, but for those of objects. */
static inline uint64_t rows_room(const struct fields *fields, const struct walk_value *values)
{
	uint64_t room = fields->room;

	for (size_t i = 0; i < fields->count; i++) {
		const struct field *field = &fields->rows[i];
		if (field->pointed && field->kind != MUSTER_MAP_OBJECT) {
			size_t length = values[field->target].slice.length;
			room += field->kind == MUSTER_MAP_WORDS ? 2 * length : length;
		} else if (field->kind == MUSTER_MAP_ELEMENT && field->element.token != READER_MORE) {
			room += field->element.slice.length;
		}
		for (size_t k = 0; k < field->part_count; k++)
			room += values[field->parts[k]].slice.length;
	}
	return room;
}

/* What the record takes at most. */
static uint64_t room_for(const struct fields *fields, const struct walk_value *values)
{
	uint64_t room = rows_room(fields, values) + fields->made.length;

	for (size_t i = 0; fields->objects && i < fields->count; i++)
		if (fields->rows[i].kind == MUSTER_MAP_OBJECT)
			room += rows_room(fields->rows[i].inner, values);
	return room;
}

int fields_write(struct buffer *out, struct fields *fields, const struct reader *reader, uint64_t base,
	struct error *error)
{
	const struct walk_value *values = walk_values(fields->walk);
	uint64_t room = room_for(fields, values);
	struct emit emit = { NULL, out, fields, reader, base, error };

	if (room > out->limit - out->length)
		return error_set(error, ERROR_RECORD_TOO_LARGE,
			"The record at byte %" PRIu64 " of the answer is too large when mapped.", base);
	if (buffer_reserve(&emit.at, out, (size_t)room) < 0)
		return error_memory(error);
	if (put_members(&emit, fields, values) < 0)
		return -1;
	out->length = (size_t)(emit.at - out->data);
	return 0;
}
