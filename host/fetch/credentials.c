#include "config.h"

#include "fetch/credentials.h"

#include "base/template.h"

#include <string.h>
#include <strings.h>

static const char *find(const struct credentials *credentials, const char *name, size_t length)
{
	if (credentials->token && length == 5 && memcmp(name, "token", 5) == 0)
		return credentials->token;
	for (size_t i = 0; i < credentials->count; i++) {
		const struct credential *row = &credentials->rows[i];
		if (strlen(row->name) == length && memcmp(row->name, name, length) == 0)
			return row->text;
	}
	return NULL;
}

static bool has_control(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < 0x20 || *text == 0x7F)
			return true;
	return false;
}

static int too_long(struct error *error)
{
	return error_set(error, ERROR_BAD_FIELD, "The credentials are too long.");
}

static int append_value(struct buffer *out, const struct template_part *reference,
	const struct credentials *credentials, struct error *error)
{
	const char *text = find(credentials, reference->text, reference->length);
	int shown = reference->length < 64 ? (int)reference->length : 64;

	if (!text)
		return error_set(error, ERROR_BAD_FIELD, "The value '%.*s' is needed and was not given.",
			shown, reference->text);
	/* It could end a header line and begin another. */
	if (has_control(text))
		return error_set(error, ERROR_BAD_FIELD,
			"The value '%.*s' has a control character, perhaps a line break.", shown,
			reference->text);
	return buffer_append_text(out, text) < 0 ? too_long(error) : 0;
}

int credentials_expand(
	struct buffer *out, const char *template, const struct credentials *credentials, struct error *error)
{
	struct template_part part;
	int more;

	while ((more = template_next(&part, &template)) > 0) {
		if (part.reference && append_value(out, &part, credentials, error) < 0)
			return -1;
		if (!part.reference && buffer_append(out, part.text, part.length) < 0)
			return too_long(error);
	}
	return more < 0 ? error_set(error, ERROR_BAD_FIELD,
				  "A template for credentials has a brace that stands alone.")
			: 0;
}

int credentials_scrub(struct scrub *scrub, const struct credentials *credentials, struct error *error)
{
	const char *token = credentials->token;

	for (size_t i = 0; i < credentials->count; i++) {
		const struct credential *row = &credentials->rows[i];
		if (row->secret && scrub_add(scrub, row->text, strlen(row->text), error) < 0)
			return -1;
	}
	return token ? scrub_add(scrub, token, strlen(token), error) : 0;
}

static int add_header(struct headers *headers, const struct credential_place *place,
	const struct credentials *credentials, struct error *error)
{
	struct buffer value = BUFFER_INIT(HEADERS_LIMIT);
	int result = credentials_expand(&value, place->value, credentials, error);

	if (result == 0)
		result = headers_add(headers, place->name, strlen(place->name), value.data ? value.data : "",
			value.length, error);
	buffer_wipe(&value);
	return result;
}

int credentials_place(struct headers *headers, const struct credential_place *places, size_t count,
	const struct credentials *credentials, struct error *error)
{
	for (size_t i = 0; i < count; i++)
		if (places[i].where == CREDENTIAL_HEADER &&
			add_header(headers, &places[i], credentials, error) < 0)
			return -1;
	return 0;
}

int credentials_check_headers(const struct headers *headers, const struct credential_place *places,
	size_t count, struct error *error)
{
	const char *name, *value;
	size_t at = 0;

	while (headers && headers_next(&name, &value, headers, &at)) {
		bool taken = strcasecmp(name, "authorization") == 0;
		for (size_t i = 0; i < count; i++)
			taken |=
				places[i].where == CREDENTIAL_HEADER && strcasecmp(name, places[i].name) == 0;
		if (taken || !headers_may_send(name))
			return error_set(error, ERROR_BAD_PARAMETER,
				"The header '%s' may not be set by a request.", name);
	}
	return 0;
}
