#include "config.h"

#include "catalog/approval.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static bool has_line(const json_t *lines, const char *line)
{
	size_t index;
	const json_t *value;

	json_array_foreach((json_t *)lines, index, value)
	{
		if (json_is_string(value) && strcmp(json_string_value(value), line) == 0)
			return true;
	}
	return false;
}

/* Puts a line where it belongs. Takes it over; NULL says that memory ran out. */
static int add_line(json_t *lines, json_t *line_take)
{
	const char *text = json_string_value(line_take);
	size_t at = 0;

	if (!text || has_line(lines, text)) {
		json_decref(line_take);
		return text ? 0 : -1;
	}
	while (at < json_array_size(lines) && strcmp(json_string_value(json_array_get(lines, at)), text) < 0)
		at++;
	return json_array_insert_new(lines, at, line_take);
}

static int add_hosts(json_t *lines, const struct manifest *manifest)
{
	for (size_t i = 0; i < manifest->host_count; i++) {
		const struct manifest_host *host = &manifest->hosts[i];
		if (add_line(lines,
			    json_sprintf("host %s:%s%s%s", host->name, host->use & HOST_API ? " api" : "",
				    host->use & HOST_TOKEN ? " token" : "",
				    host->use & HOST_CONSENT ? " consent" : "")) < 0)
			return -1;
	}
	return 0;
}

static int add_urls(json_t *lines, const struct manifest_auth *auth)
{
	const struct {
		const char *what, *url;
	} urls[] = {
		{ "token", auth->token_url },
		{ "authorize", auth->authorize_url },
		{ "revoke", auth->revoke_url },
	};

	for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++)
		if (urls[i].url && add_line(lines, json_sprintf("url of %s: %s %s", auth->id, urls[i].what,
							   urls[i].url)) < 0)
			return -1;
	return 0;
}

static int add_places(json_t *lines, const struct manifest_auth *auth)
{
	static const char *const where[] = {
		[PLACE_CALL_HEADER] = "header",
		[PLACE_TOKEN_FORM] = "token form",
		[PLACE_TOKEN_BASIC] = "token basic",
		[PLACE_TOKEN_HEADER] = "token header",
	};

	for (size_t i = 0; i < auth->place_count; i++) {
		const struct manifest_place *place = &auth->places[i];
		if (add_line(lines, json_sprintf("place of %s: %s %s = %s", auth->id, where[place->where],
					    place->name, place->value)) < 0)
			return -1;
	}
	return 0;
}

/* What is sealed, and never shown to the plugin: a field that were no secret any more would be. */
static int add_secrets(json_t *lines, const struct manifest_auth *auth)
{
	for (size_t i = 0; i < auth->field_count; i++)
		if (auth->fields[i].type == FIELD_SECRET &&
			add_line(lines, json_sprintf("secret of %s: %s", auth->id, auth->fields[i].id)) < 0)
			return -1;
	return 0;
}

int approval_make(
	json_t **out, const struct manifest *manifest, const struct manifest_auth *auth, struct error *error)
{
	const struct manifest_auth *own = manifest_fields_auth(manifest, auth);
	json_t *lines = json_array();
	int failed = !lines || add_hosts(lines, manifest) < 0 || add_secrets(lines, own) < 0;

	for (size_t i = 0; !failed && i < manifest->auth_count; i++) {
		const struct manifest_auth *each = &manifest->auths[i];
		if (manifest_fields_auth(manifest, each) == own)
			failed = add_urls(lines, each) < 0 || add_places(lines, each) < 0;
	}
	if (failed) {
		json_decref(lines);
		return error_memory(error);
	}
	*out = lines;
	return 0;
}

static int add_lacking(json_t *out, const char *mark, const json_t *lines, const json_t *other)
{
	size_t index;
	const json_t *line;

	json_array_foreach((json_t *)lines, index, line)
	{
		const char *text = json_string_value(line);
		if (text && !has_line(other, text) &&
			json_array_append_new(out, json_sprintf("%s %s", mark, text)) < 0)
			return -1;
	}
	return 0;
}

int approval_compare(json_t **out, const json_t *approved, const json_t *now, struct error *error)
{
	json_t *lines = json_array();

	if (!lines || add_lacking(lines, "-", approved, now) < 0 ||
		add_lacking(lines, "+", now, approved) < 0) {
		json_decref(lines);
		return error_memory(error);
	}
	*out = lines;
	return 0;
}

int approval_check(const json_t *approved, const struct manifest *manifest, const struct manifest_auth *auth,
	const char *profile, struct error *error)
{
	json_t *now = NULL, *differences = NULL;
	int result = -1;

	if (approval_make(&now, manifest, auth, error) < 0 ||
		approval_compare(&differences, approved, now, error) < 0)
		goto out;
	result = 0;
	if (json_array_size(differences) > 0) {
		result = error_set(error, ERROR_HELD_BACK,
			"The connector %s %s uses credentials otherwise than was approved for the profile %s: %.160s",
			manifest->id, manifest->version, profile,
			json_string_value(json_array_get(differences, 0)));
		(void)error_hint(error,
			"'muster profile approve %s' shows all that differs, and approves it.", profile);
	}
out:
	json_decref(now);
	json_decref(differences);
	return result;
}
