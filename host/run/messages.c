#include "config.h"

#include "run/messages.h"

#include <stdbool.h>
#include <string.h>

static int set_text(json_t *object, const struct entry *entry)
{
	return json_object_set_new(object, entry->id, json_stringn(entry->text, entry->length));
}

int messages_set_parameters(json_t *start, const struct entries *parameters)
{
	json_t *texts = json_object();
	int failed = json_object_set_new(start, "parameters", texts) < 0;

	for (size_t i = 0; !failed && i < parameters->count; i++)
		failed = set_text(texts, &parameters->rows[i]) < 0;
	return failed ? -1 : 0;
}

int messages_set_fields(json_t *start, const struct entries *fields, const struct manifest_auth *auth)
{
	json_t *texts = json_object();
	json_t *secrets = json_array();
	int failed = json_object_set_new(start, "fields", texts) < 0;

	failed |= json_object_set_new(start, "secrets", secrets) < 0;
	for (size_t i = 0; !failed && i < fields->count; i++) {
		const struct entry *entry = &fields->rows[i];
		const struct manifest_field *field = manifest_field(auth, entry->id);
		if (field && field->type == FIELD_SECRET)
			failed = json_array_append_new(secrets, json_string(entry->id)) < 0;
		else if (field)
			failed = set_text(texts, entry) < 0;
	}
	return failed ? -1 : 0;
}

static bool is_open(const struct model_field *field)
{
	for (size_t i = 0; i < field->word_count; i++)
		if (field->words[i].length == 5 && memcmp(field->words[i].text, "other", 5) == 0)
			return true;
	return false;
}

int messages_set_open(json_t *start, const struct model *model)
{
	json_t *names = json_array();
	int failed = json_object_set_new(start, "open", names) < 0;

	for (size_t i = 0; !failed && model && i < model->count; i++)
		if (is_open(&model->fields[i]))
			failed = json_array_append_new(names, json_string(model->fields[i].name)) < 0;
	return failed ? -1 : 0;
}
