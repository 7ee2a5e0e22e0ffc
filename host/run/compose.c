#include "config.h"

#include "run/compose.h"

#include "record/escape.h"
#include "record/writer.h"

#include <stdlib.h>
#include <string.h>

#define TEXT_LIMIT ((size_t)16 << 20)

static const char account_member[] = "_account";

void compose_init(struct compose *compose)
{
	*compose = (struct compose){ .text = BUFFER_INIT(TEXT_LIMIT), .quoted = BUFFER_INIT(TEXT_LIMIT) };
}

void compose_clear(struct compose *compose)
{
	buffer_clear(&compose->text);
	buffer_clear(&compose->quoted);
	free(compose->members);
	compose_init(compose);
	compose->members = NULL;
	compose->capacity = 0;
}

static const struct record_member *find(const struct record *record, const char *name, size_t length)
{
	for (size_t i = 0; i < record->count; i++) {
		const struct record_member *member = &record->members[i];
		if (member->name_length == length && memcmp(member->name, name, length) == 0)
			return member;
	}
	return NULL;
}

/* A member as the source has it; of a string the quotes stand outside of its value. */
static int append_member(struct buffer *out, const struct record_member *member, bool first)
{
	const char *quote = member->type == MODEL_STRING ? "\"" : "";
	int failed = 0;

	failed |= buffer_append_text(out, first ? "\"" : ",\"");
	failed |= buffer_append(out, member->name, member->name_length);
	failed |= buffer_append_text(out, "\":");
	failed |= buffer_append_text(out, quote);
	failed |= buffer_append(out, member->value, member->value_length);
	failed |= buffer_append_text(out, quote);
	return failed ? -1 : 0;
}

/* What the other one has for a field that this one lacks. */
static const struct record_member *missing(
	const struct record *record, const struct record *other, const char *field)
{
	size_t length = strlen(field);
	const struct record_member *own = find(record, field, length);
	const struct record_member *theirs = find(other, field, length);

	if ((own && own->type != MODEL_NULL) || !theirs || theirs->type == MODEL_NULL)
		return NULL;
	return theirs;
}

static bool is_replaced(const struct record *record, const struct record *other,
	const struct manifest_texts *fields, const struct record_member *member)
{
	for (size_t i = 0; member->type == MODEL_NULL && i < fields->count; i++)
		if (strlen(fields->items[i]) == member->name_length &&
			memcmp(fields->items[i], member->name, member->name_length) == 0)
			return missing(record, other, fields->items[i]) != NULL;
	return false;
}

int compose_complete(struct buffer *out, const struct record *record, const struct record *other,
	const struct manifest_texts *fields, struct error *error)
{
	bool first = true;
	int failed = buffer_append_char(out, '{');

	for (size_t i = 0; i < record->count && !failed; i++) {
		if (is_replaced(record, other, fields, &record->members[i]))
			continue;
		failed = append_member(out, &record->members[i], first);
		first = false;
	}
	for (size_t i = 0; i < fields->count && !failed; i++) {
		const struct record_member *member = missing(record, other, fields->items[i]);
		if (!member)
			continue;
		failed = append_member(out, member, first);
		first = false;
	}
	if (failed || buffer_append_char(out, '}') < 0)
		return error_memory(error);
	return 0;
}

static int grow_members(struct compose *compose, size_t count)
{
	struct record_member *members;

	if (count <= compose->capacity)
		return 0;
	members = realloc(compose->members, count * sizeof *members); /* a record has at most 65,536 */
	if (!members)
		return -1;
	compose->members = members;
	compose->capacity = count;
	return 0;
}

int compose_account(
	struct compose *compose, const struct record *record, const char *account, struct error *error)
{
	struct writer writer;
	size_t inner = record->count > 0 ? record->length - 1 : 1;
	int failed = 0;

	compose->quoted.length = compose->text.length = 0;
	writer_init(&writer, &compose->quoted);
	writer_string(&writer, account, strlen(account));
	failed |= writer_result(&writer) | grow_members(compose, record->count + 1);
	failed |= buffer_append_text(&compose->text, "{\"");
	failed |= buffer_append_text(&compose->text, account_member);
	failed |= buffer_append_text(&compose->text, "\":");
	failed |= buffer_append(&compose->text, compose->quoted.data, compose->quoted.length);
	failed |= buffer_append_text(&compose->text, record->count > 0 ? "," : "");
	failed |= buffer_append(&compose->text, record->bytes + record->length - inner, inner);
	if (failed)
		return error_memory(error);
	compose->members[0] = (struct record_member){ .name = account_member,
		.name_length = sizeof account_member - 1,
		.value = compose->quoted.data + 1,
		.value_length = (uint32_t)compose->quoted.length - 2,
		.type = MODEL_STRING,
		.escaped = memchr(compose->quoted.data, '\\', compose->quoted.length) != NULL };
	if (record->count > 0)
		memcpy(compose->members + 1, record->members, record->count * sizeof *record->members);
	compose->record = (struct record){ .bytes = compose->text.data,
		.length = compose->text.length,
		.members = compose->members,
		.count = record->count + 1 };
	return 0;
}

int compose_text(struct buffer *out, const struct record *record, const char *name, struct error *error)
{
	const struct record_member *member = find(record, name, strlen(name));

	out->length = 0;
	if (member && member->type == MODEL_STRING &&
		escape_decode(out, member->value, member->value_length) < 0)
		return error_memory(error);
	return buffer_text(out) ? 0 : error_memory(error);
}
