#include "config.h"

#include "record/check.h"

#include "base/text.h"
#include "record/date.h"
#include "record/escape.h"
#include "record/scan.h"

#include <stdlib.h>

#define NO_FIELD MODEL_FIELD_LIMIT /* what comes before the first field */

struct check_name {
	const char *text;
	uint32_t length;
	uint32_t tag; /* differs for most different names */
};

/* One pass over the record. A function that scans returns where it stopped, or NULL after fault(). */
struct pass {
	const char *begin;
	const char *end;
	enum reader_fault fault;
	const char *where;
	unsigned flags; /* of the last string */
};

void check_init(struct check *check, const struct model *model, size_t record_limit)
{
	*check = (struct check){ .model = model, .record_limit = record_limit };
	buffer_init(&check->decoded, record_limit);
	for (size_t i = 0; model && i < model->count; i++)
		if (model->fields[i].required)
			check->required[i / 64] |= UINT64_C(1) << (i % 64);
}

void check_clear(struct check *check)
{
	free(check->members);
	free(check->names);
	buffer_clear(&check->decoded);
	check_init(check, check->model, check->record_limit);
}

/* --- The grammar ------------------------------------------------------------------------------ */

static const char *fault(struct pass *pass, enum reader_fault found, const char *where)
{
	pass->fault = where < pass->end ? found : READER_FAULT_TRUNCATED;
	pass->where = where;
	return NULL;
}

/* A string whose first quote is at p. */
static inline const char *string(struct pass *pass, const char *p)
{
	enum reader_fault found;

	pass->flags = 0;
	p++;
	found = scan_string(&p, &pass->flags, pass->end);
	if (__builtin_expect(found != READER_FAULT_NONE, 0))
		return fault(pass, found, p);
	return p + 1;
}

static const char *number(struct pass *pass, const char *p)
{
	enum scan_number state = SCAN_NUMBER_BEGIN;
	const char *stop = scan_number(&state, p, pass->end);

	if (!scan_number_may_end(state))
		return fault(pass, READER_FAULT_BAD_NUMBER, stop);
	if (stop - p > READER_NUMBER_LIMIT)
		return fault(pass, READER_FAULT_NUMBER_TOO_LONG, p);
	return stop;
}

static const char *literal(struct pass *pass, const char *p, const char *word, size_t length)
{
	if ((size_t)(pass->end - p) < length || memcmp(p, word, length) != 0)
		return fault(pass, READER_FAULT_BAD_LITERAL, p);
	return p + length;
}

/* A value at p that is no container. */
static inline const char *scalar(enum model_type *type, struct pass *pass, const char *p)
{
	switch (*p) {
	case '"':
		*type = MODEL_STRING;
		return string(pass, p);
	case 't':
		*type = MODEL_BOOLEAN;
		return literal(pass, p, "true", 4);
	case 'f':
		*type = MODEL_BOOLEAN;
		return literal(pass, p, "false", 5);
	case 'n':
		*type = MODEL_NULL;
		return literal(pass, p, "null", 4);
	default:
		if (*p != '-' && !scan_is_digit(*p))
			return fault(pass, READER_FAULT_UNEXPECTED, p);
		*type = MODEL_NUMBER;
		return number(pass, p);
	}
}

/* A name at p and its colon. */
static inline const char *member_name(struct pass *pass, const char *p)
{
	if (p == pass->end || *p != '"')
		return fault(pass, READER_FAULT_UNEXPECTED, p);
	p = string(pass, p);
	if (!p)
		return NULL;
	return p < pass->end && *p == ':' ? p + 1 : fault(pass, READER_FAULT_UNEXPECTED, p);
}

/* The containers that are open; the record itself is the first. */
struct nest {
	uint64_t objects[READER_DEPTH_LIMIT / 64]; /* a bit a level: object or array */
	unsigned depth;
	bool object; /* the innermost */
};

static void nest_push(struct nest *nest, bool object)
{
	uint64_t bit = UINT64_C(1) << (nest->depth % 64);
	uint64_t *word = &nest->objects[nest->depth / 64];

	*word = object ? *word | bit : *word & ~bit;
	nest->object = object;
	nest->depth++;
}

static void nest_pop(struct nest *nest)
{
	unsigned level = --nest->depth - 1;

	nest->object = nest->objects[level / 64] >> (level % 64) & 1;
}

static inline bool nest_ends(const struct nest *nest, const struct pass *pass, const char *p)
{
	return p < pass->end && *p == (nest->object ? '}' : ']');
}

/* The container at p, a value of the record. */
static const char *container(struct pass *pass, const char *p)
{
	struct nest nest = { .depth = 1 };
	enum model_type type;

	for (;;) {
		bool ended = true; /* the value that begins here: not if something is in it */

		if (*p == '{' || *p == '[') {
			if (nest.depth == READER_DEPTH_LIMIT)
				return fault(pass, READER_FAULT_TOO_DEEP, p);
			nest_push(&nest, *p++ == '{');
			ended = nest_ends(&nest, pass, p);
		} else if (!(p = scalar(&type, pass, p))) {
			return NULL;
		}
		if (ended) {
			for (; nest.depth > 1 && nest_ends(&nest, pass, p); p++)
				nest_pop(&nest);
			if (nest.depth == 1)
				return p;
			if (p == pass->end || *p != ',')
				return fault(pass, READER_FAULT_UNEXPECTED, p);
			p++;
		}
		if (nest.object && !(p = member_name(pass, p)))
			return NULL;
		if (p == pass->end)
			return fault(pass, READER_FAULT_TRUNCATED, p);
	}
}

static inline const char *value(enum model_type *type, struct pass *pass, const char *p)
{
	if (p == pass->end)
		return fault(pass, READER_FAULT_TRUNCATED, p);
	if (*p == '{' || *p == '[') {
		*type = *p == '{' ? MODEL_OBJECT : MODEL_ARRAY;
		return container(pass, p);
	}
	return scalar(type, pass, p);
}

/* --- The members ------------------------------------------------------------------------------ */

static int grow(struct check *check, struct error *error)
{
	size_t capacity = check->capacity ? check->capacity * 2 : 32;
	struct record_member *members;
	struct check_name *names;

	if (capacity > CHECK_MEMBER_LIMIT)
		return error_set(error, ERROR_PLUGIN_FAULT,
			"The connector sent a record of more than %d members.", CHECK_MEMBER_LIMIT);
	members = realloc(check->members, capacity * sizeof *members);
	if (!members)
		return error_memory(error);
	check->members = members;
	names = realloc(check->names, capacity * sizeof *names);
	if (!names)
		return error_memory(error);
	check->names = names;
	check->capacity = capacity;
	return 0;
}

static int bad_record(const struct pass *pass, struct error *error)
{
	return error_set(error, ERROR_PLUGIN_FAULT,
		"The connector sent a record that is wrong at byte %zu: %s.",
		(size_t)(pass->where - pass->begin), reader_fault_text(pass->fault));
}

static int bad_field(const struct record_member *member, const char *what, struct error *error)
{
	char shown[MODEL_NAME_LIMIT + 1];

	text_clean(shown, sizeof shown, member->name, member->name_length);
	return error_set(
		error, ERROR_PLUGIN_FAULT, "The connector sent a record whose field %s %s.", shown, what);
}

static bool is_name_of(const struct model_field *field, const struct record_member *member)
{
	return field->length == member->name_length &&
	       memcmp(field->name, member->name, member->name_length) == 0;
}

/* The index of the member's field, or NO_FIELD. Records mostly have their fields in the same order. */
static size_t field_of(struct check *check, const struct record_member *member, size_t previous)
{
	const struct model *model = check->model;
	size_t guess = check->follows[previous];
	const struct model_field *field;

	if (guess < model->count && is_name_of(&model->fields[guess], member))
		return guess;
	field = model_find(model, member->name, member->name_length);
	if (!field)
		return NO_FIELD;
	check->follows[previous] = (uint16_t)(field - model->fields);
	return check->follows[previous];
}

/* RFC 8259 has one kind of number; JSON Schema calls one without a fractional part an integer, however it is
 * written: 1.0, 10e-1, 1e2. */
static bool is_integer(const char *text, size_t length)
{
	size_t zeros = 0; /* of the digits, at their end */
	long fraction = 0;
	long exponent = 0;
	bool point = false;
	bool all_zero = true;
	size_t i;

	for (i = *text == '-'; i < length && (text[i] | 0x20) != 'e'; i++) {
		if (text[i] == '.') {
			point = true;
			continue;
		}
		fraction += point;
		zeros = text[i] == '0' ? zeros + 1 : 0;
		all_zero = all_zero && text[i] == '0';
	}
	bool negative = i + 1 < length && text[i + 1] == '-';
	for (i++; i < length; i++)
		if (scan_is_digit(text[i]) && exponent < 1000000)
			exponent = exponent * 10 + (text[i] - '0');
	return all_zero || (negative ? -exponent : exponent) - fraction + (long)zeros >= 0;
}

static bool is_text(const struct record_member *member, const char *text, size_t length)
{
	if (member->escaped)
		return escape_equal(member->value, member->value_length, text, length);
	return member->value_length == length && memcmp(member->value, text, length) == 0;
}

static bool is_word(const struct model_field *field, const struct record_member *member)
{
	for (size_t i = 0; i < field->word_count; i++)
		if (is_text(member, field->words[i].text, field->words[i].length))
			return true;
	return false;
}

static int check_type(const struct model_field *field, struct record_member *member, struct error *error)
{
	char types[64];
	char what[96];

	if (field->types & member->type)
		return 0;
	if (member->type == MODEL_NUMBER && field->types & MODEL_INTEGER &&
		is_integer(member->value, member->value_length))
		return 0;
	(void)snprintf(what, sizeof what, "is not %s", model_types_text(types, sizeof types, field->types));
	return bad_field(member, what, error);
}

static int check_text(
	const struct model_field *field, const struct record_member *member, struct error *error)
{
	if (field->filled && member->value_length == 0)
		return bad_field(member, "is empty", error);
	if (field->words && !is_word(field, member))
		return bad_field(member, "holds a word that its model does not know", error);
	switch (field->format) {
	case MODEL_TEXT:
		return 0;
	case MODEL_DATE:
		if (date_is_date(member->value, member->value_length))
			return 0;
		return bad_field(member, "is not a date", error);
	case MODEL_DATE_TIME:
		if (date_is_date_time(member->value, member->value_length))
			return 0;
		return bad_field(member, "is not a date and time", error);
	case MODEL_LOCAL_DATE_TIME:
		if (date_is_local_date_time(member->value, member->value_length))
			return 0;
		return bad_field(member, "is not a date and time without a zone", error);
	case MODEL_LOCAL_TIME:
		if (date_is_local_time(member->value, member->value_length))
			return 0;
		return bad_field(member, "is not a time of day", error);
	}
	return 0;
}

/* The member against the model; *previous becomes its field. */
static inline int check_member(struct check *check, struct record_member *member, size_t *previous,
	uint64_t seen[MODEL_FIELD_LIMIT / 64], struct error *error)
{
	size_t index = field_of(check, member, *previous);
	uint64_t bit = UINT64_C(1) << (index % 64);
	const struct model_field *field;

	if (index == NO_FIELD)
		return bad_field(member, "is not in its model", error);
	if (seen[index / 64] & bit)
		return bad_field(member, "occurs twice", error);
	seen[index / 64] |= bit;
	*previous = index;
	field = &check->model->fields[index];
	if (!(field->types & member->type) && check_type(field, member, error) < 0)
		return -1;
	return member->type == MODEL_STRING ? check_text(field, member, error) : 0;
}

static int check_required(
	const struct check *check, const uint64_t seen[MODEL_FIELD_LIMIT / 64], struct error *error)
{
	for (size_t i = 0; i < MODEL_FIELD_LIMIT / 64; i++) {
		uint64_t missing = check->required[i] & ~seen[i];
		if (missing)
			return error_set(error, ERROR_PLUGIN_FAULT,
				"The connector sent a record without the field %s.",
				check->model->fields[i * 64 + (size_t)__builtin_ctzll(missing)].name);
	}
	return 0;
}

/* --- Names that occur twice, without a model -------------------------------------------------- */

static int compare_names(const void *a, const void *b)
{
	const struct check_name *left = a;
	const struct check_name *right = b;

	if (left->tag != right->tag)
		return left->tag < right->tag ? -1 : 1;
	if (left->length != right->length)
		return left->length < right->length ? -1 : 1;
	return memcmp(left->text, right->text, left->length);
}

static uint32_t tag_of(const char *text, uint32_t length)
{
	const unsigned char *s = (const unsigned char *)text;

	if (length == 0)
		return 0;
	return s[0] | (uint32_t)s[length / 2] << 8 | (uint32_t)s[length - 1] << 16 | length << 24;
}

/* The names as they are meant: escapes decoded. */
static int collect_names(struct check *check, size_t count, size_t length, struct error *error)
{
	struct buffer *decoded = &check->decoded;
	char *room;

	decoded->length = 0;
	for (size_t i = 0; i < count; i++) {
		const struct record_member *member = &check->members[i];
		struct check_name *entry = &check->names[i];

		*entry = (struct check_name){ member->name, member->name_length, 0 };
		if (memchr(entry->text, '\\', entry->length)) {
			/* All decoded names are no longer than the record: with its length
			 * for room they never move. */
			size_t before = decoded->length;
			if (buffer_reserve(&room, decoded, length - before) < 0 ||
				escape_decode(decoded, entry->text, entry->length) < 0)
				return error_memory(error);
			entry->text = decoded->data + before;
			entry->length = (uint32_t)(decoded->length - before);
		}
		entry->tag = tag_of(entry->text, entry->length);
	}
	return 0;
}

static const struct check_name *find_twice(struct check_name *names, size_t count)
{
	/* Few names: the tags of all pairs are quickly compared. */
	if (count <= 64) {
		for (size_t i = 1; i < count; i++)
			for (size_t k = 0; k < i; k++)
				if (names[k].tag == names[i].tag && compare_names(&names[k], &names[i]) == 0)
					return &names[i];
		return NULL;
	}
	qsort(names, count, sizeof *names, compare_names);
	for (size_t i = 1; i < count; i++)
		if (compare_names(&names[i - 1], &names[i]) == 0)
			return &names[i];
	return NULL;
}

static int check_names(struct check *check, size_t count, size_t length, struct error *error)
{
	const struct check_name *twice;
	char shown[MODEL_NAME_LIMIT + 1];

	if (collect_names(check, count, length, error) < 0)
		return -1;
	twice = find_twice(check->names, count);
	if (!twice)
		return 0;
	text_clean(shown, sizeof shown, twice->text, twice->length);
	return error_set(error, ERROR_MALFORMED_BODY,
		"The provider sent a record that has the member %s twice.", shown);
}

/* --- The record ------------------------------------------------------------------------------- */

/* The member at p, whose end is returned. */
static inline const char *read_member(struct record_member *member, struct pass *pass, const char *p)
{
	const char *begin = p + 1;

	p = member_name(pass, p);
	if (!p)
		return NULL;
	member->name = begin;
	member->name_length = (uint32_t)(p - begin - 2);
	begin = p;
	pass->flags = 0;
	p = value(&member->type, pass, p);
	if (!p)
		return NULL;
	bool text = member->type == MODEL_STRING;
	member->value = begin + text;
	member->value_length = (uint32_t)(p - begin - 2 * text);
	member->escaped = text && pass->flags & READER_ESCAPED;
	return p;
}

/* All members, from the byte after the brace; *count says how many. */
static const char *read_members(
	size_t *count, struct check *check, struct pass *pass, const char *p, struct error *error)
{
	uint64_t seen[MODEL_FIELD_LIMIT / 64] = { 0 };
	size_t previous = NO_FIELD;

	while (p < pass->end && (*p != '}' || *count > 0)) {
		struct record_member *member;

		if (*count == check->capacity && grow(check, error) < 0)
			return NULL;
		member = &check->members[(*count)++];
		p = read_member(member, pass, p);
		if (!p) {
			(void)bad_record(pass, error);
			return NULL;
		}
		if (check->model && check_member(check, member, &previous, seen, error) < 0)
			return NULL;
		if (p < pass->end && *p == '}')
			break;
		if (p == pass->end || *p != ',') {
			(void)fault(pass, READER_FAULT_UNEXPECTED, p);
			(void)bad_record(pass, error);
			return NULL;
		}
		p++;
	}
	return check->model && check_required(check, seen, error) < 0 ? NULL : p;
}

int check_record(struct check *check, const char *bytes, size_t length, struct error *error)
{
	struct pass pass = { .begin = bytes, .end = bytes + length };
	const char *p = bytes;
	size_t count = 0;

	check->record = (struct record){ 0 };
	if (length > check->record_limit)
		return error_set(error, ERROR_PLUGIN_FAULT,
			"The connector sent a record of more than %zu bytes.", check->record_limit);
	if (length == 0 || *p != '{') {
		(void)fault(&pass, READER_FAULT_UNEXPECTED, p);
		return bad_record(&pass, error);
	}
	p = read_members(&count, check, &pass, p + 1, error);
	if (!p)
		return -1;
	if (p == pass.end || p + 1 != pass.end) {
		(void)fault(&pass, READER_FAULT_TRAILING, p == pass.end ? p : p + 1);
		return bad_record(&pass, error);
	}
	if (!check->model && check_names(check, count, length, error) < 0)
		return -1;
	check->record = (struct record){ bytes, length, check->members, count };
	return 0;
}
