#include "config.h"

#include "catalog/guide.h"

#include "base/template.h"
#include "base/text.h"
#include "catalog/scopes.h"

#include <string.h>

#define TEXT_COLUMNS 78
#define TEXT_INDENT 4

/* ---- Which steps, with which words ---------------------------------------------------------------- */

/* What was chosen, worked out. */
struct choice {
	const struct manifest *manifest;
	const struct manifest_action *const *actions;
	size_t count; /* 0: all */
};

static bool chosen(const struct choice *choice, const char *action)
{
	if (choice->count == 0)
		return true;
	for (size_t i = 0; i < choice->count; i++)
		if (strcmp(choice->actions[i]->id, action) == 0)
			return true;
	return false;
}

/* Is the guide of this auth that of the action, too? It is also where the fields come from. */
static bool guides(const struct manifest *manifest, const struct manifest_auth *auth,
	const struct manifest_action *action)
{
	const struct manifest_auth *own = manifest_auth(manifest, action->auth);

	return own == auth || manifest_fields_auth(manifest, own) == auth;
}

static bool uses_auth(const struct choice *choice, const struct manifest_auth *auth)
{
	for (size_t i = 0; i < choice->manifest->action_count; i++) {
		const struct manifest_action *action = &choice->manifest->actions[i];

		if (chosen(choice, action->id) && guides(choice->manifest, auth, action))
			return true;
	}
	return false;
}

/* Does linking an account for the chosen actions run this one, to find a field? */
static bool finds_for(const struct choice *choice, const struct manifest_action *action)
{
	const struct manifest_auth *own = manifest_auth(choice->manifest, action->auth);

	return manifest_finds(own, action->id) &&
	       uses_auth(choice, manifest_fields_auth(choice->manifest, own));
}

/* The scopes that the chosen actions need, and those that link an account for them; of those that this auth
 * guides only, unless it is NULL. */
static struct scopes needed(const struct choice *choice, const struct manifest_auth *auth)
{
	struct scopes scopes = { 0 };

	for (size_t i = 0; i < choice->manifest->action_count; i++) {
		const struct manifest_action *action = &choice->manifest->actions[i];

		if ((chosen(choice, action->id) || finds_for(choice, action)) &&
			(!auth || guides(choice->manifest, auth, action)))
			scopes_need(&scopes, choice->manifest, action);
	}
	return scopes;
}

static bool step_applies(
	const struct choice *choice, const struct manifest_step *step, const struct scopes *scopes)
{
	bool applies = step->actions.count == 0;

	for (size_t i = 0; !applies && i < step->actions.count; i++)
		applies = chosen(choice, step->actions.items[i]);
	if (!applies || step->scopes.count == 0)
		return applies;
	for (size_t i = 0; i < step->scopes.count; i++) {
		int row = manifest_scope(
			choice->manifest, step->scopes.items[i], strlen(step->scopes.items[i]));

		if (row >= 0 && scopes_has(scopes, (size_t)row))
			return true;
	}
	return false;
}

/* "employees-read (Employees (read))" would be hard to read, and the settings may show either. So: the id, whether
 * it is only assumed, and the label behind a dash where there is one. */
static int append_scopes(struct buffer *out, const struct manifest *manifest, const struct scopes *scopes)
{
	bool first = true;

	for (size_t i = 0; i < manifest->scope_count; i++) {
		const struct manifest_scope *scope = &manifest->scopes[i];

		if (!scopes_has(scopes, i))
			continue;
		if (!first && buffer_append_text(out, ", ") < 0)
			return -1;
		if (buffer_append_text(out, scope->id) < 0 ||
			(scope->certainty == SCOPE_ASSUMED && buffer_append_text(out, " (assumed)") < 0))
			return -1;
		if (scope->label && strcmp(scope->label, scope->id) != 0 &&
			buffer_format(out, " – %s", scope->label) < 0)
			return -1;
		first = false;
	}
	return first ? buffer_append_text(out, "none") : 0;
}

static json_t *step_json(
	const struct choice *choice, const struct manifest_step *step, const struct scopes *scopes)
{
	struct buffer text = BUFFER_INIT(1 << 20);
	const char *rest = step->text;
	struct template_part part;
	json_t *object = NULL;
	int failed = 0;

	while (!failed && template_next(&part, &rest) > 0)
		failed = part.reference ? append_scopes(&text, choice->manifest, scopes)
					: buffer_append(&text, part.text, part.length);
	if (!failed && buffer_text(&text))
		object = json_pack("{s:s, s:s, s:s*}", "title", step->title, "text", buffer_text(&text),
			"url", step->url);
	buffer_clear(&text);
	return object;
}

static int add_steps(json_t *steps, const struct choice *choice, const struct manifest_auth *auth)
{
	const struct scopes scopes = needed(choice, auth);

	for (size_t i = 0; i < auth->guide_count; i++)
		if (step_applies(choice, &auth->guide[i], &scopes) &&
			json_array_append_new(steps, step_json(choice, &auth->guide[i], &scopes)) < 0)
			return -1;
	return 0;
}

static json_t *chosen_json(const struct choice *choice)
{
	json_t *list = json_array();

	for (size_t i = 0; list && i < choice->manifest->action_count; i++) {
		const char *id = choice->manifest->actions[i].id;

		if (chosen(choice, id) && json_array_append_new(list, json_string(id)) < 0) {
			json_decref(list);
			list = NULL;
		}
	}
	return list;
}

static json_t *scopes_json(const struct choice *choice)
{
	const struct scopes scopes = needed(choice, NULL);
	json_t *list = json_array();

	for (size_t i = 0; list && i < choice->manifest->scope_count; i++)
		if (scopes_has(&scopes, i) &&
			json_array_append_new(list, json_string(choice->manifest->scopes[i].id)) < 0) {
			json_decref(list);
			list = NULL;
		}
	return list;
}

int guide_make(json_t **out, const struct manifest *manifest, const struct manifest_action *const *actions,
	size_t count, struct error *error)
{
	const struct choice choice = { manifest, actions, count };
	json_t *steps = json_array();
	int failed = !steps;

	for (size_t i = 0; !failed && i < manifest->auth_count; i++)
		if (uses_auth(&choice, &manifest->auths[i]))
			failed = add_steps(steps, &choice, &manifest->auths[i]);
	/* json_pack takes the references over, also when it fails. */
	*out = failed ? NULL
		      : json_pack("{s:s, s:o, s:o, s:o}", "provider", manifest->id, "actions",
				chosen_json(&choice), "scopes", scopes_json(&choice), "steps", steps);
	if (failed)
		json_decref(steps);
	return *out ? 0 : error_memory(error);
}

/* ---- As a document -------------------------------------------------------------------------------- */

static int append_html(struct buffer *out, const char *text)
{
	for (; *text; text++) {
		const char *name = *text == '&'    ? "&amp;"
				   : *text == '<'  ? "&lt;"
				   : *text == '>'  ? "&gt;"
				   : *text == '"'  ? "&quot;"
				   : *text == '\'' ? "&#39;"
						   : NULL;

		if ((name ? buffer_append_text(out, name) : buffer_append_char(out, *text)) < 0)
			return -1;
	}
	return 0;
}

/* CommonMark, section 2.4: a backslash takes any ASCII punctuation's meaning away. */
static int append_markdown(struct buffer *out, const char *text)
{
	for (; *text; text++) {
		if (strchr("\\`*_{}[]<>()#+-.!|&~", *text) && buffer_append_char(out, '\\') < 0)
			return -1;
		if (buffer_append_char(out, *text) < 0)
			return -1;
	}
	return 0;
}

/* One word after another, parted by a space, or by a line break and an indent where the line is full. */
static int append_word(struct buffer *out, size_t *column, const char *word, size_t length)
{
	size_t width = text_width(word, length);

	if (*column + 1 + width > TEXT_COLUMNS) {
		if (buffer_format(out, "\n%*s", TEXT_INDENT, "") < 0)
			return -1;
		*column = TEXT_INDENT;
	} else {
		if (buffer_append_char(out, ' ') < 0)
			return -1;
		++*column;
	}
	*column += width;
	return buffer_append(out, word, length);
}

/* Begins a line of its own. */
static int append_text(struct buffer *out, const char *text)
{
	size_t column = TEXT_COLUMNS;

	while (*text) {
		size_t length = strcspn(text, " \n");

		if (length > 0 && append_word(out, &column, text, length) < 0)
			return -1;
		text += length + (text[length] != '\0');
	}
	return 0;
}

/* "Title: list_employees, get_employee" */
static int append_titled(struct buffer *out, const char *title, const json_t *list)
{
	size_t column = strlen(title);
	size_t count = json_array_size(list);

	if (buffer_append_text(out, title) < 0)
		return -1;
	for (size_t i = 0; i < count; i++) {
		const char *name = json_string_value(json_array_get(list, i));

		if ((i && (column++, buffer_append_char(out, ',')) < 0) ||
			append_word(out, &column, name, strlen(name)) < 0)
			return -1;
	}
	if (count == 0 && append_word(out, &column, "none", strlen("none")) < 0)
		return -1;
	return buffer_append_char(out, '\n');
}

/* "list_employees, get_employee"; each appended, and so escaped, by append. */
static int append_list(
	struct buffer *out, const json_t *list, int (*append)(struct buffer *out, const char *text))
{
	for (size_t i = 0; i < json_array_size(list); i++)
		if ((i && buffer_append_text(out, ", ") < 0) ||
			append(out, json_string_value(json_array_get(list, i))) < 0)
			return -1;
	return json_array_size(list) ? 0 : append(out, "none");
}

struct step_text {
	const char *title;
	const char *text;
	const char *url; /* or NULL */
};

static struct step_text step_at(const json_t *guide, size_t i)
{
	const json_t *step = json_array_get(json_object_get(guide, "steps"), i);

	return (struct step_text){
		json_string_value(json_object_get(step, "title")),
		json_string_value(json_object_get(step, "text")),
		json_string_value(json_object_get(step, "url")),
	};
}

static size_t step_count(const json_t *guide)
{
	return json_array_size(json_object_get(guide, "steps"));
}

static int write_text(struct buffer *out, const json_t *guide, const struct manifest *manifest)
{
	if (buffer_format(out, "Connect %s\n\n", manifest->name) < 0 ||
		append_titled(out, "For the actions:", json_object_get(guide, "actions")) < 0 ||
		append_titled(out, "Scopes they need:", json_object_get(guide, "scopes")) < 0)
		return -1;
	for (size_t i = 0; i < step_count(guide); i++) {
		struct step_text step = step_at(guide, i);

		if (buffer_format(out, "\n%2zu. %s", i + 1, step.title) < 0 ||
			append_text(out, step.text) < 0 || (step.url && append_text(out, step.url) < 0) ||
			buffer_append_char(out, '\n') < 0)
			return -1;
	}
	return 0;
}

static int write_markdown(struct buffer *out, const json_t *guide, const struct manifest *manifest)
{
	if (buffer_append_text(out, "# Connect ") < 0 || append_markdown(out, manifest->name) < 0 ||
		buffer_append_text(out, "\n\nFor the actions: ") < 0 ||
		append_list(out, json_object_get(guide, "actions"), append_markdown) < 0 ||
		buffer_append_text(out, "\\\nScopes they need: ") < 0 ||
		append_list(out, json_object_get(guide, "scopes"), append_markdown) < 0 ||
		buffer_append_char(out, '\n') < 0)
		return -1;
	for (size_t i = 0; i < step_count(guide); i++) {
		struct step_text step = step_at(guide, i);

		if (buffer_format(out, "\n%zu. **", i + 1) < 0 || append_markdown(out, step.title) < 0 ||
			buffer_append_text(out, "**\\\n   ") < 0 || append_markdown(out, step.text) < 0 ||
			(step.url && buffer_format(out, "\\\n   <%s>", step.url) < 0) ||
			buffer_append_char(out, '\n') < 0)
			return -1;
	}
	return 0;
}

static int write_html(struct buffer *out, const json_t *guide, const struct manifest *manifest)
{
	if (buffer_append_text(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
				    "<meta charset=\"utf-8\">\n<title>Connect ") < 0 ||
		append_html(out, manifest->name) < 0 ||
		buffer_append_text(out, "</title>\n</head>\n<body>\n<h1>Connect ") < 0 ||
		append_html(out, manifest->name) < 0 ||
		buffer_append_text(out, "</h1>\n<p>For the actions: ") < 0 ||
		append_list(out, json_object_get(guide, "actions"), append_html) < 0 ||
		buffer_append_text(out, "<br>\nScopes they need: ") < 0 ||
		append_list(out, json_object_get(guide, "scopes"), append_html) < 0 ||
		buffer_append_text(out, "</p>\n<ol>\n") < 0)
		return -1;
	for (size_t i = 0; i < step_count(guide); i++) {
		struct step_text step = step_at(guide, i);

		if (buffer_append_text(out, "<li><strong>") < 0 || append_html(out, step.title) < 0 ||
			buffer_append_text(out, "</strong><br>") < 0 || append_html(out, step.text) < 0 ||
			(step.url && (buffer_append_text(out, "<br><a href=\"") < 0 ||
					     append_html(out, step.url) < 0 ||
					     buffer_append_text(out, "\">") < 0 ||
					     append_html(out, step.url) < 0 ||
					     buffer_append_text(out, "</a>") < 0)) ||
			buffer_append_text(out, "</li>\n") < 0)
			return -1;
	}
	return buffer_append_text(out, "</ol>\n</body>\n</html>\n");
}

int guide_write(struct buffer *out, const json_t *guide, const struct manifest *manifest,
	enum guide_format format, struct error *error)
{
	int result = format == GUIDE_HTML       ? write_html(out, guide, manifest)
		     : format == GUIDE_MARKDOWN ? write_markdown(out, guide, manifest)
						: write_text(out, guide, manifest);

	return result < 0 ? error_memory(error) : 0;
}
