#include "config.h"

#include "cli/enter.h"

#include "base/secrets.h"
#include "cli/assign.h"
#include "cli/output.h"
#include "cli/prompt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_MAX_BYTES = 64 * 1024, ATTEMPTS = 3 };

int enter_given(struct entries *given, const struct arguments *arguments, size_t first, struct error *error)
{
	const char *path = arguments_text(arguments, "credentials", NULL);
	struct entries words = ENTRIES_INIT;
	int result = -1;

	if ((path && assign_read_credentials(given, path, error) < 0) ||
		assign_read(&words, arguments, first, error) < 0)
		goto out;
	result = 0;
	for (size_t i = 0; result == 0 && i < words.count; i++)
		result = entries_set(given, words.rows[i].id, words.rows[i].text, words.rows[i].length,
			words.rows[i].literal, error);
out:
	entries_clear(&words);
	return result;
}

/* ---- At a terminal ------------------------------------------------------------------------------------ */

/* What the fields are checked by. */
struct asking {
	unsigned levels;
	const struct manifest *manifest;
	const struct manifest_auth *auth;
};

static bool has_level(const struct manifest_field *field, unsigned levels)
{
	return levels & (field->level == FIELD_PROFILE ? FIELDS_PROFILE : FIELDS_ACCOUNT);
}

static int ask_field(struct entries *given, const struct manifest_field *field, struct error *error)
{
	struct prompt prompt = { .label = field->label,
		.help = field->help,
		.shape = field->characters,
		.fallback = field->default_text,
		.secret = field->type == FIELD_SECRET };
	struct buffer line = BUFFER_INIT(LINE_MAX_BYTES);
	int result = prompt_line(&line, &prompt, error);

	if (result == 0 && line.length > 0)
		result = entries_set(given, field->id, line.data, line.length, false, error);
	buffer_wipe(&line);
	return result;
}

static const struct problem *find_problem(const struct error *error, const char *field)
{
	for (size_t i = 0; i < error->problem_count; i++)
		if (strcmp(error->problems[i].field, field) == 0)
			return &error->problems[i];
	return NULL;
}

/* What nobody can be asked for again: a field that there is not, or of another level. */
static bool is_askable(const struct error *error, unsigned levels, const struct manifest_auth *auth)
{
	if (error->code != ERROR_BAD_FIELD || error->problem_count == 0 || !prompt_possible())
		return false;
	for (size_t i = 0; i < error->problem_count; i++) {
		const struct manifest_field *field = manifest_field(auth, error->problems[i].field);
		if (!field || !has_level(field, levels))
			return false;
	}
	return true;
}

/* A field that is only spelled otherwise is shown as it should be. Returns 1 when the
 * person agrees, 0 when not. */
static int confirm_spelling(struct entries *given, const struct manifest_field *field,
	const struct problem *problem, const struct entries *proposed, struct error *error)
{
	const char *text = entries_text(proposed, field->id);
	char question[512];
	bool yes = true;

	if (strcmp(problem->code, FIELDS_SPELLING) != 0 || !text)
		return 0;
	(void)snprintf(question, sizeof question, "%s: is %s meant?", field->label, text);
	if (prompt_confirm(&yes, question, error) < 0)
		return -1;
	return yes && entries_set(given, field->id, text, strlen(text), false, error) < 0 ? -1 : yes;
}

static void show_problem(const char *message)
{
	(void)fputs("  ", stderr);
	output_text(stderr, OUTPUT_PLAIN, message);
	(void)fputc('\n', stderr);
}

/* Asks for one field until it is right, beginning with what was wrong before (NULL: nothing yet). */
static int ask_until_right(struct entries *given, const struct manifest_field *field,
	const struct error *wrong, const struct asking *asking, struct error *error)
{
	const struct problem *problem = wrong ? find_problem(wrong, field->id) : NULL;
	struct entries proposed = ENTRIES_INIT;
	struct error found = { 0 };
	int result = 0;

	if (wrong && !problem)
		return 0;
	for (int attempt = 0; result == 0 && attempt < ATTEMPTS; attempt++) {
		if (attempt > 0 || !problem)
			result = ask_field(given, field, error);
		memset(&found, 0, sizeof found);
		if (result < 0 || fields_check_levels(&proposed, given, asking->levels, asking->manifest,
					  asking->auth, &found) == 0)
			break;
		problem = find_problem(&found, field->id);
		if (!problem)
			break;
		result = confirm_spelling(given, field, problem, &proposed, error);
		entries_clear(&proposed);
		/* That something is missing needs no telling to who is asked for it. */
		if (result == 0 && strcmp(problem->code, "required") != 0)
			show_problem(problem->message);
	}
	entries_clear(&proposed);
	return result < 0 ? -1 : 0;
}

static int ask_again(
	struct entries *given, const struct error *wrong, const struct asking *asking, struct error *error)
{
	for (size_t i = 0; i < asking->auth->field_count; i++)
		if (ask_until_right(given, &asking->auth->fields[i], wrong, asking, error) < 0)
			return -1;
	return 0;
}

/* What has a default is shown once, so that it is known; who has more to say uses the command line. */
static int ask_first(struct entries *given, const struct asking *asking, struct error *error)
{
	for (size_t i = 0; i < asking->auth->field_count; i++) {
		const struct manifest_field *field = &asking->auth->fields[i];
		if (has_level(field, asking->levels) && !entries_find(given, field->id) && field->required &&
			!field->advanced && !field->found_by &&
			ask_until_right(given, field, NULL, asking, error) < 0)
			return -1;
	}
	return 0;
}

static bool is_incomplete(const struct entries *given, unsigned levels, const struct manifest_auth *auth)
{
	for (size_t i = 0; i < auth->field_count; i++)
		if (has_level(&auth->fields[i], levels) && auth->fields[i].required &&
			!auth->fields[i].default_text && !auth->fields[i].found_by &&
			!entries_find(given, auth->fields[i].id))
			return true;
	return false;
}

int enter_fields(struct entries *out, struct entries *given, unsigned levels, const struct manifest *manifest,
	const struct manifest_auth *auth, struct error *error)
{
	const struct asking asking = { levels, manifest, auth };
	struct error wrong = { 0 };

	if (is_incomplete(given, levels, auth) && prompt_possible() && ask_first(given, &asking, error) < 0)
		return -1;
	if (fields_check_levels(out, given, levels, manifest, auth, &wrong) == 0)
		return 0;
	if (!is_askable(&wrong, levels, auth)) {
		*error = wrong;
		return -1;
	}
	entries_clear(out);
	if (ask_again(given, &wrong, &asking, error) < 0)
		return -1;
	return fields_check_levels(out, given, levels, manifest, auth, error);
}

/* ---- Taking apart ------------------------------------------------------------------------------------- */

int enter_split(json_t **open, json_t **secrets, const struct entries *fields, enum field_level level,
	const struct manifest_auth *auth, struct error *error)
{
	json_t *plain = json_object(), *sealed = json_object();
	int failed = !plain || !sealed;

	for (size_t i = 0; !failed && i < auth->field_count; i++) {
		const struct manifest_field *field = &auth->fields[i];
		const char *text = field->level == level ? entries_text(fields, field->id) : NULL;
		if (text)
			failed = json_object_set_new(
				field->type == FIELD_SECRET ? sealed : plain, field->id, json_string(text));
	}
	if (failed) {
		json_decref(plain);
		secrets_free_take(sealed);
		return error_memory(error);
	}
	*open = plain;
	*secrets = sealed;
	return 0;
}
