#include "config.h"

#include "run/messages.h"

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
