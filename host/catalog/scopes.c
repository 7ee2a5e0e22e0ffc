#include "config.h"

#include "catalog/scopes.h"

#include "base/template.h"

#include <stdio.h>
#include <string.h>

bool scopes_has(const struct scopes *scopes, size_t row)
{
	return row < MANIFEST_SCOPES && (scopes->bits[row / 64] >> (row % 64) & 1);
}

static bool is_empty(const struct scopes *scopes)
{
	uint64_t all = 0;

	for (size_t i = 0; i < MANIFEST_SCOPES / 64; i++)
		all |= scopes->bits[i];
	return all == 0;
}

void scopes_add(struct scopes *scopes, size_t row)
{
	if (row < MANIFEST_SCOPES)
		scopes->bits[row / 64] |= UINT64_C(1) << (row % 64);
}

/* Adds the scope of this name, if a row knows it. */
static void add_name(struct scopes *scopes, const struct manifest *manifest, const char *name, size_t length)
{
	int row = manifest_scope(manifest, name, length);

	if (row >= 0)
		scopes_add(scopes, (size_t)row);
}

void scopes_need(struct scopes *scopes, const struct manifest *manifest, const struct manifest_action *action)
{
	for (size_t i = 0; i < action->scopes.count; i++)
		add_name(scopes, manifest, action->scopes.items[i], strlen(action->scopes.items[i]));
}

/* Reads names joined by any of the separators. */
static void add_list(struct scopes *scopes, const struct manifest *manifest, const char *list, size_t length,
	const char *separators)
{
	size_t start = 0;

	for (size_t i = 0; i <= length; i++) {
		if (i < length && !strchr(separators, list[i]))
			continue;
		add_name(scopes, manifest, list + start, i - start);
		start = i + 1;
	}
}

/* The auth's field of type scopes, or NULL. */
static const struct manifest_field *scopes_field(const struct manifest_auth *auth)
{
	for (size_t i = 0; i < auth->field_count; i++)
		if (auth->fields[i].type == FIELD_SCOPES)
			return &auth->fields[i];
	return NULL;
}

/* The first scope that the action needs and the set lacks, or -1. */
static int first_missing(
	const struct scopes *scopes, const struct manifest *manifest, const struct manifest_action *action)
{
	struct scopes needed = { 0 };

	scopes_need(&needed, manifest, action);
	for (size_t i = 0; i < manifest->scope_count; i++)
		if (scopes_has(&needed, i) && !scopes_has(scopes, i))
			return (int)i;
	return -1;
}

/* Says that the person left out a scope which the action needs. Returns -1. */
static int left_out(const struct manifest_scope *scope, const struct manifest_action *action,
	const struct manifest_field *field, struct error *error)
{
	(void)snprintf(error->action, sizeof error->action, "%s", action->id);
	(void)error_set(error, ERROR_SCOPE_MISSING, "%s needs the scope %s, which the field %s leaves out.",
		action->id, scope->id, field->id);
	return error_hint(error, "Add %s to the field %s, or leave the field out.", scope->id, field->id);
}

int scopes_request(struct scopes *out, const struct manifest *manifest, const struct manifest_auth *auth,
	const struct manifest_action *action, const struct entries *fields, struct error *error)
{
	const struct manifest_field *field = scopes_field(auth);
	const char *entered = field ? entries_text(fields, field->id) : NULL;
	struct scopes asked = { 0 };
	int missing;

	if (entered) {
		add_list(&asked, manifest, entered, strlen(entered), ",");
		missing = action ? first_missing(&asked, manifest, action) : -1;
		if (missing >= 0)
			return left_out(&manifest->scopes[missing], action, field, error);
	} else if (action) {
		scopes_need(&asked, manifest, action);
	} else {
		for (size_t i = 0; i < manifest->action_count; i++)
			if (strcmp(manifest->actions[i].auth, auth->id) == 0)
				scopes_need(&asked, manifest, &manifest->actions[i]);
	}
	*out = asked;
	return 0;
}

bool scopes_is_enabled(const json_t *enabled, const char *action)
{
	size_t index;
	const json_t *id;

	if (!json_is_array(enabled))
		return true;
	json_array_foreach((json_t *)enabled, index, id)
	{
		if (json_is_string(id) && strcmp(json_string_value(id), action) == 0)
			return true;
	}
	return false;
}

void scopes_request_enabled(struct scopes *out, const struct manifest *manifest,
	const struct manifest_auth *auth, const json_t *enabled, const struct entries *fields)
{
	const struct manifest_field *field = scopes_field(auth);
	const char *entered = field ? entries_text(fields, field->id) : NULL;

	memset(out, 0, sizeof *out);
	if (entered) {
		add_list(out, manifest, entered, strlen(entered), ",");
		return;
	}
	for (size_t i = 0; i < manifest->action_count; i++) {
		const struct manifest_action *action = &manifest->actions[i];
		if (strcmp(action->auth, auth->id) == 0 &&
			(scopes_is_enabled(enabled, action->id) || manifest_finds(auth, action->id)))
			scopes_need(out, manifest, action);
	}
}

int scopes_join(struct buffer *out, const struct scopes *scopes, const struct manifest *manifest,
	const char *separator)
{
	bool first = true;

	for (size_t i = 0; i < manifest->scope_count; i++) {
		if (!scopes_has(scopes, i))
			continue;
		if (!first && buffer_append_text(out, separator) < 0)
			return -1;
		if (buffer_append_text(out, manifest->scopes[i].id) < 0)
			return -1;
		first = false;
	}
	return 0;
}

/* The text of {field.ID}; empty where nothing was entered. */
static const char *field_text(const struct entries *fields, const struct template_part *part)
{
	char id[TEMPLATE_ID_SIZE];
	const char *text = template_id(id, part, "field.") ? entries_text(fields, id) : NULL;

	return text ? text : "";
}

int scopes_format(struct buffer *out, const struct scopes *scopes, const struct manifest *manifest,
	const struct manifest_auth *auth, const struct entries *fields, struct error *error)
{
	const char *rest = auth->scope_format ? auth->scope_format : "";
	struct template_part part;
	int failed = 0;

	while (!failed && template_next(&part, &rest) > 0) {
		if (!part.reference)
			failed = buffer_append(out, part.text, part.length);
		else if (template_is(&part, "scopes"))
			failed = scopes_join(out, scopes, manifest, auth->scope_separator);
		else
			failed = buffer_append_text(out, field_text(fields, &part));
	}
	return failed ? error_memory(error) : 0;
}

/* Cuts what stands before and after {scopes} off the granted text. */
static bool unwrap(const char **list, size_t *length, const char *text, const char *before, const char *after)
{
	size_t whole = strlen(text);
	size_t head = strlen(before);
	size_t tail = strlen(after);

	if (whole < head + tail || memcmp(text, before, head) != 0 ||
		memcmp(text + whole - tail, after, tail) != 0)
		return false;
	*list = text + head;
	*length = whole - head - tail;
	return true;
}

/* Expands the template around {scopes} into two texts. */
static int expand_around(struct buffer *before, struct buffer *after, const struct manifest_auth *auth,
	const struct entries *fields)
{
	const char *rest = auth->scope_format ? auth->scope_format : "{scopes}";
	struct buffer *into = before;
	struct template_part part;
	int failed = 0;

	while (!failed && template_next(&part, &rest) > 0) {
		if (!part.reference)
			failed = buffer_append(into, part.text, part.length);
		else if (template_is(&part, "scopes"))
			into = after;
		else
			failed = buffer_append_text(into, field_text(fields, &part));
	}
	return failed || !buffer_text(before) || !buffer_text(after) ? -1 : 0;
}

int scopes_granted(struct scopes *out, const char *text, const struct scopes *requested,
	const struct manifest *manifest, const struct manifest_auth *auth, const struct entries *fields,
	struct error *error)
{
	struct buffer before = BUFFER_INIT(65536);
	struct buffer after = BUFFER_INIT(65536);
	struct scopes granted = { 0 };
	char separators[16];
	const char *list = text;
	size_t length = text ? strlen(text) : 0;
	int result = -1;
	bool fits;

	if (!text || !text[0]) {
		*out = *requested;
		return 0;
	}
	if (expand_around(&before, &after, auth, fields) < 0) {
		(void)error_memory(error);
		goto out;
	}
	/* RFC 6749 says spaces; a provider with separators of its own may answer either way. */
	(void)snprintf(separators, sizeof separators, " %s", auth->scope_separator);
	fits = unwrap(&list, &length, text, buffer_text(&before), buffer_text(&after));
	add_list(&granted, manifest, list, length, separators);
	*out = !fits && is_empty(&granted) ? *requested : granted;
	result = 0;
out:
	buffer_clear(&before);
	buffer_clear(&after);
	return result;
}

int scopes_check(const struct scopes *granted, const struct manifest *manifest,
	const struct manifest_action *action, struct error *error)
{
	struct scopes told = *granted;
	const struct manifest_scope *scope;
	int missing;

	for (size_t i = 0; i < manifest->scope_count; i++)
		if (manifest->scopes[i].certainty == SCOPE_ASSUMED)
			scopes_add(&told, i);
	missing = first_missing(&told, manifest, action);
	if (missing < 0)
		return 0;
	scope = &manifest->scopes[missing];
	(void)snprintf(error->action, sizeof error->action, "%s", action->id);
	(void)error_set(error, ERROR_SCOPE_MISSING, "%s needs the scope %s, which %s did not grant.",
		action->id, scope->id, manifest->name);
	return error_hint(error,
		"Grant '%s' to these credentials at %s; 'muster guide %s --actions %s' shows how.",
		scope->label ? scope->label : scope->id, manifest->name, manifest->id, action->id);
}
