#include "config.h"

#include "catalog/fields.h"

#include "base/text.h"
#include "catalog/nearest.h"
#include "catalog/normal.h"
#include "catalog/shape.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The message of a problem is a sentence that begins with its field. */
static void tell(struct error *error, const char *id, const struct problem *problem)
{
	error_problem(error, id, problem->code, "%s %s", id, problem->message);
}

/* The known ids, as far as they fit: "email, employee_identifier". */
struct known {
	char text[160];
	size_t length;
};

static void known_add(struct known *known, const char *id)
{
	size_t length = strlen(id);
	const char *separator = known->length > 0 ? ", " : "";

	if (known->length + length + 2 < sizeof known->text)
		known->length += (size_t)snprintf(known->text + known->length,
			sizeof known->text - known->length, "%s%s", separator, id);
}

static void tell_unknown(const struct nearest *nearest, const struct known *known, const char *id,
	const char *kind, struct error *error)
{
	char shown[64];
	char names[192];

	text_clean(shown, sizeof shown, id, strlen(id));
	if (nearest_text(names, sizeof names, nearest))
		error_problem(
			error, shown, "unknown", "%s is no %s here; do you mean %s?", shown, kind, names);
	else if (known->length > 0)
		error_problem(
			error, shown, "unknown", "%s is no %s here; there are %s.", shown, kind, known->text);
	else
		error_problem(error, shown, "unknown", "%s is no %s here; there is none.", shown, kind);
}

static void check_scope(const struct manifest *manifest, const char *field, const char *scope, size_t length,
	struct error *error)
{
	struct nearest nearest;
	char shown[128];
	char names[192];

	text_clean(shown, sizeof shown, scope, length);
	nearest_init(&nearest, shown);
	for (size_t i = 0; i < manifest->scope_count; i++)
		nearest_offer(&nearest, manifest->scopes[i].id);
	if (length == 0 || memchr(scope, ' ', length))
		error_problem(error, field, "bad_scope",
			"%s is a list of scopes joined by commas, without spaces.", field);
	else if (manifest_scope(manifest, scope, length) >= 0)
		return;
	else if (nearest_text(names, sizeof names, &nearest))
		error_problem(error, field, "bad_scope",
			"%s names '%s', which is no scope of %s; do you mean %s?", field, shown,
			manifest->name, names);
	else
		error_problem(error, field, "bad_scope", "%s names '%s', which is no scope of %s.", field,
			shown, manifest->name);
}

/* Each of the names between the commas is one of the manifest's scopes. */
static void check_scope_list(const struct manifest *manifest, const struct manifest_field *field,
	const struct entry *entry, struct error *error)
{
	const char *at = entry->text;

	for (;;) {
		size_t length = strcspn(at, ",");

		check_scope(manifest, field->id, at, length, error);
		if (at[length] == '\0')
			return;
		at += length + 1;
	}
}

/* Another spelling is told, not taken: it may well be that of another company. */
static void check_spelling(const struct manifest_field *field, const struct entry *entry, const char *normal,
	size_t length, struct error *error)
{
	if (length == entry->length && memcmp(normal, entry->text, length) == 0)
		return;
	error_problem(
		error, field->id, FIELDS_SPELLING, "%s (%s) is spelled %s.", field->id, field->label, normal);
	(void)error_hint(error, "If that is what you mean, enter %s=%s.", field->id, normal);
}

/* The normal form of what was entered goes to *out, checked. */
static int take_normal(struct entries *out, const struct manifest_field *field, const struct entry *entry,
	struct error *error)
{
	const struct shape shape = shape_of_field(field);
	struct problem problem;
	char *normal = NULL;
	size_t length = 0;
	int result = 0;

	if (!shape_is_plain(&problem, entry->text, entry->length)) {
		tell(error, field->id, &problem);
		return 0;
	}
	if (normal_text_new(&normal, &length, &problem, field, entry->text, entry->length, error) < 0)
		return -1;
	if (!normal || !shape_fits(&problem, &shape, normal, length))
		tell(error, field->id, &problem);
	else if (field->normal == FIELD_UPPER_SNAKE)
		check_spelling(field, entry, normal, length, error);
	if (normal)
		result = entries_set(out, field->id, normal, length, entry->literal, error);
	free(normal);
	return result;
}

static void check_entry(const struct manifest *manifest, const struct manifest_field *field,
	const struct entry *entry, struct error *error)
{
	const struct shape shape = shape_of_field(field);
	struct problem problem;

	if (!shape_fits(&problem, &shape, entry->text, entry->length))
		tell(error, field->id, &problem);
	else if (field->type == FIELD_SCOPES)
		check_scope_list(manifest, field, entry, error);
}

static int take_default(struct entries *out, const char *id, const char *default_text, struct error *error)
{
	return default_text ? entries_set(out, id, default_text, strlen(default_text), true, error) : 0;
}

/* What holds is what was entered, or else the default. */
static int check_field(struct entries *out, const struct manifest *manifest,
	const struct manifest_field *field, const struct entry *entry, struct error *error)
{
	bool wanted = field->required && !field->found_by;

	if (!entry && wanted && !field->default_text)
		error_problem(error, field->id, "required", "%s (%s) is missing.", field->id, field->label);
	if (entry && entry->length == 0 && wanted)
		error_problem(error, field->id, "required", "%s is empty.", field->id);
	if (!entry || entry->length == 0)
		return take_default(out, field->id, field->default_text, error);
	if (field->type == FIELD_SECRET && entry->literal)
		error_problem(error, field->id, "literal_secret",
			"%s is secret and must not stand on the command line: put it into a file and "
			"write %s@FILE, or %s@- to read it from the input.",
			field->id, field->id, field->id);
	else if (field->normal != FIELD_AS_ENTERED)
		return take_normal(out, field, entry, error);
	else
		check_entry(manifest, field, entry, error);
	return entries_set(out, field->id, entry->text, entry->length, entry->literal, error);
}

static bool is_of(const struct manifest_field *field, unsigned levels)
{
	return levels & (field->level == FIELD_PROFILE ? FIELDS_PROFILE : FIELDS_ACCOUNT);
}

static void tell_other_level(const struct manifest_field *field, struct error *error)
{
	error_problem(error, field->id, "other_level", "%s (%s) belongs to %s, not here.", field->id,
		field->label, field->level == FIELD_PROFILE ? "the profile" : "each account");
}

static void unknown_fields(
	const struct entries *given, unsigned levels, const struct manifest_auth *auth, struct error *error)
{
	for (size_t i = 0; i < given->count; i++) {
		const struct manifest_field *field = manifest_field(auth, given->rows[i].id);
		struct nearest nearest;
		struct known known = { .length = 0 };

		if (field && !is_of(field, levels))
			tell_other_level(field, error);
		if (field)
			continue;
		nearest_init(&nearest, given->rows[i].id);
		for (size_t k = 0; k < auth->field_count; k++) {
			if (!is_of(&auth->fields[k], levels))
				continue;
			nearest_offer(&nearest, auth->fields[k].id);
			known_add(&known, auth->fields[k].id);
		}
		tell_unknown(&nearest, &known, given->rows[i].id, "field", error);
	}
}

int fields_check_levels(struct entries *out, const struct entries *given, unsigned levels,
	const struct manifest *manifest, const struct manifest_auth *auth, struct error *error)
{
	size_t before = error->problem_count;

	*out = (struct entries)ENTRIES_INIT;
	for (size_t i = 0; i < auth->field_count; i++) {
		const struct manifest_field *field = &auth->fields[i];

		if (is_of(field, levels) &&
			check_field(out, manifest, field, entries_find(given, field->id), error) < 0)
			return -1;
	}
	unknown_fields(given, levels, auth, error);
	if (error->problem_count == before)
		return 0;
	return error_set(error, ERROR_BAD_FIELD, "%s can't be used with these fields.", manifest->name);
}

int fields_check(struct entries *out, const struct entries *given, const struct manifest *manifest,
	const struct manifest_auth *auth, struct error *error)
{
	return fields_check_levels(out, given, FIELDS_PROFILE | FIELDS_ACCOUNT, manifest, auth, error);
}

static void check_parameter(
	const struct manifest_parameter *parameter, const struct entry *entry, struct error *error)
{
	const struct shape shape = shape_of_parameter(parameter);
	struct problem problem;

	if (entry->length == 0 && parameter->required)
		error_problem(error, parameter->id, "required", "%s is empty.", parameter->id);
	else if (entry->length == 0) /* a filter that a script fills from nothing must not choose all */
		error_problem(error, parameter->id, "empty", "%s is empty: leave it out.", parameter->id);
	else if (!shape_fits(&problem, &shape, entry->text, entry->length))
		tell(error, parameter->id, &problem);
	else if (parameter->place == PARAMETER_PATH &&
		 (strcmp(entry->text, ".") == 0 || strcmp(entry->text, "..") == 0))
		error_problem(error, parameter->id, "bad_character", "%s would lead to another path.",
			parameter->id);
}

/* What holds is what was given, or else the default. */
static int settle(struct entries *out, const struct manifest_parameter *parameter, const struct entry *entry,
	struct error *error)
{
	if (entry && entry->length > 0)
		return entries_set(out, parameter->id, entry->text, entry->length, entry->literal, error);
	return take_default(out, parameter->id, parameter->default_text, error);
}

static void unknown_parameters(
	const struct entries *given, const struct manifest_action *action, struct error *error)
{
	for (size_t i = 0; i < given->count; i++) {
		struct nearest nearest;
		struct known known = { .length = 0 };

		if (manifest_parameter(action, given->rows[i].id))
			continue;
		nearest_init(&nearest, given->rows[i].id);
		for (size_t k = 0; k < action->parameter_count; k++) {
			nearest_offer(&nearest, action->parameters[k].id);
			known_add(&known, action->parameters[k].id);
		}
		tell_unknown(&nearest, &known, given->rows[i].id, "parameter", error);
	}
}

int parameters_check_but(struct entries *out, const struct entries *given,
	const struct manifest_action *action, const char *but, struct error *error)
{
	size_t before = error->problem_count;

	*out = (struct entries)ENTRIES_INIT;
	for (size_t i = 0; i < action->parameter_count; i++) {
		const struct manifest_parameter *parameter = &action->parameters[i];
		const struct entry *entry = entries_find(given, parameter->id);

		if (entry)
			check_parameter(parameter, entry, error);
		else if (parameter->required && !parameter->default_text &&
			 (!but || strcmp(but, parameter->id) != 0))
			error_problem(error, parameter->id, "required", "%s (%s) is missing.", parameter->id,
				parameter->label);
		if (settle(out, parameter, entry, error) < 0)
			return -1;
	}
	unknown_parameters(given, action, error);
	if (error->problem_count == before)
		return 0;
	return error_set(error, ERROR_BAD_PARAMETER, "%s can't be run with these parameters.", action->id);
}

int parameters_check(struct entries *out, const struct entries *given, const struct manifest_action *action,
	struct error *error)
{
	return parameters_check_but(out, given, action, NULL, error);
}
