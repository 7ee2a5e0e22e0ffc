/* What a manifest says of its auths: fields, places, token requests, guides. */
#include "config.h"

#include "base/template.h"
#include "catalog/manifest_check.h"
#include "catalog/shape.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* RFC 9110, section 5.6.2: what the name of a header consists of. */
#define HEADER_CHARACTERS "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

/* The auth that is checked, for messages: "auths[1] v2: fields[0] client_id: …". */
struct place {
	const struct manifest *manifest;
	const struct manifest_auth *auth;
	char table[128];
	struct error *error;
};

static void enter(struct place *at, size_t row, const char *table)
{
	(void)snprintf(at->table, sizeof at->table, "auths[%zu] %s: %s", row, at->auth->id, table);
}

/* Which references a template may hold. */
enum { MAY_FIELD = 1, MAY_SECRET = 2, MAY_TOKEN = 4, MAY_SCOPES = 8 };

static int check_reference(
	const struct place *at, size_t row, const struct template_part *part, unsigned allowed)
{
	const struct manifest_field *field;
	char id[TEMPLATE_ID_SIZE];

	if ((allowed & MAY_FIELD) && template_id(id, part, "field.")) {
		field = manifest_field(at->auth, id);
		if (!field)
			return manifest_refuse(at->error, at->table, row, NULL,
				"{field.%s} names no field of this auth.", id);
		if (field->type == FIELD_SECRET && !(allowed & MAY_SECRET))
			return manifest_refuse(at->error, at->table, row, NULL,
				"the secret {field.%s} has no place here.", id);
		return 0;
	}
	if ((allowed & MAY_TOKEN) && template_is(part, "token"))
		return 0;
	if ((allowed & MAY_SCOPES) && template_is(part, "scopes"))
		return 0;
	return manifest_refuse(at->error, at->table, row, NULL, "{%.*s} has no place here.",
		(int)(part->length < 64 ? part->length : 64), part->text);
}

static int check_template(const struct place *at, size_t row, const char *template, unsigned allowed)
{
	struct template_part part;
	int more;

	while ((more = template_next(&part, &template)) > 0)
		if (part.reference && check_reference(at, row, &part, allowed) < 0)
			return -1;
	if (more < 0)
		return manifest_refuse(at->error, at->table, row, NULL,
			"a brace stands alone; a plain one is written twice.");
	return 0;
}

static int check_fields(struct place *at, size_t auth_row)
{
	size_t of_scopes = 0;

	enter(at, auth_row, "fields");
	for (size_t i = 0; i < at->auth->field_count; i++) {
		const struct manifest_field *field = &at->auth->fields[i];
		const struct shape shape = shape_of_field(field);
		const char *fault = shape_fault(&shape, field->default_text);

		if (fault)
			return manifest_refuse(at->error, at->table, i, field->id, "%s.", fault);
		if (manifest_field(at->auth, field->id) != field)
			return manifest_refuse(at->error, at->table, i, field->id, "the id stands twice.");
		of_scopes += field->type == FIELD_SCOPES;
		if (of_scopes > 1)
			return manifest_refuse(
				at->error, at->table, i, field->id, "a second field of type scopes.");
		if (field->type == FIELD_SCOPES && field->default_text)
			return manifest_refuse(
				at->error, at->table, i, field->id, "a field of type scopes has no default.");
	}
	return 0;
}

/* Headers that belong to the transfer, not to a connector. */
static bool is_forbidden_header(const char *name)
{
	static const char *const forbidden[] = { "Host", "Content-Length", "Content-Type", "Content-Encoding",
		"Transfer-Encoding", "Connection", "Keep-Alive", "TE", "Trailer", "Upgrade", "Expect",
		"Cookie", "Accept-Encoding", "Range", "Via", "User-Agent" };

	for (size_t i = 0; i < sizeof forbidden / sizeof forbidden[0]; i++)
		if (strcasecmp(forbidden[i], name) == 0)
			return true;
	return strncasecmp(name, "Proxy-", 6) == 0;
}

/* What the token request says by itself (RFC 6749, section 4.4.2). */
static bool is_forbidden_member(const char *name)
{
	return strcmp(name, "grant_type") == 0 || strcmp(name, "scope") == 0;
}

static int check_place(const struct place *at, size_t row, const struct manifest_place *place)
{
	bool fetches = at->auth->grant != GRANT_STATIC;

	if (place->where != PLACE_CALL_HEADER && !fetches)
		return manifest_refuse(at->error, at->table, row, NULL, "this auth has no token request.");
	switch (place->where) {
	case PLACE_CALL_HEADER:
		if (strspn(place->name, HEADER_CHARACTERS) != strlen(place->name))
			return manifest_refuse(
				at->error, at->table, row, NULL, "'%s' is no name of a header.", place->name);
		if (is_forbidden_header(place->name))
			return manifest_refuse(at->error, at->table, row, NULL,
				"the header %s is not a connector's to set.", place->name);
		return check_template(
			at, row, place->value, MAY_FIELD | MAY_SECRET | (fetches ? MAY_TOKEN : 0u));
	case PLACE_TOKEN_FORM:
		if (is_forbidden_member(place->name))
			return manifest_refuse(at->error, at->table, row, NULL,
				"the member %s is not a connector's to set.", place->name);
		break;
	case PLACE_TOKEN_BASIC:
		if (check_template(at, row, place->name, MAY_FIELD | MAY_SECRET) < 0)
			return -1;
		break;
	}
	return check_template(at, row, place->value, MAY_FIELD | MAY_SECRET);
}

static int check_places(struct place *at, size_t auth_row)
{
	const struct manifest_place *places = at->auth->places;

	enter(at, auth_row, "places");
	for (size_t i = 0; i < at->auth->place_count; i++) {
		if (check_place(at, i, &places[i]) < 0)
			return -1;
		for (size_t k = 0; k < i; k++)
			if (places[k].where == places[i].where &&
				(places[i].where == PLACE_TOKEN_BASIC ||
					strcasecmp(places[k].name, places[i].name) == 0))
				return manifest_refuse(at->error, at->table, i, NULL,
					"the place %s is taken already.", places[i].name);
	}
	return 0;
}

static size_t count_scopes(const char *template)
{
	struct template_part part;
	size_t count = 0;

	while (template_next(&part, &template) > 0)
		count += template_is(&part, "scopes");
	return count;
}

static int check_grant(const struct place *at, size_t auth_row)
{
	const struct manifest_auth *auth = at->auth;
	const char *path;
	const char *fault;

	if (auth->grant == GRANT_STATIC) {
		if (auth->token_url || auth->scope_format || auth->authenticate)
			return manifest_refuse(
				at->error, "auths", auth_row, auth->id, "a static auth has a token request.");
		return 0;
	}
	if (!auth->token_url)
		return manifest_refuse(at->error, "auths", auth_row, auth->id, "token_url is missing.");
	fault = manifest_url_fault(&path, at->manifest, auth->token_url, HOST_TOKEN);
	if (fault)
		return manifest_refuse(at->error, "auths", auth_row, auth->id, "token_url %s.", fault);
	if (strpbrk(path, "{}"))
		return manifest_refuse(at->error, "auths", auth_row, auth->id, "token_url is no template.");
	return 0;
}

static int check_scope_format(struct place *at, size_t auth_row)
{
	const struct manifest_auth *auth = at->auth;

	if (!auth->scope_format)
		return 0;
	(void)snprintf(at->table, sizeof at->table, "auths[%zu] %s: scope_format", auth_row, auth->id);
	if (check_template(at, 0, auth->scope_format, MAY_FIELD | MAY_SCOPES) < 0)
		return -1;
	if (count_scopes(auth->scope_format) != 1)
		return manifest_refuse(
			at->error, "auths", auth_row, auth->id, "scope_format must hold {scopes} once.");
	return 0;
}

static int check_step(const struct place *at, size_t row, const struct manifest_step *step)
{
	for (size_t i = 0; i < step->actions.count; i++)
		if (!manifest_action(at->manifest, step->actions.items[i]))
			return manifest_refuse(at->error, at->table, row, NULL, "there is no action '%s'.",
				step->actions.items[i]);
	for (size_t i = 0; i < step->scopes.count; i++)
		if (manifest_scope(at->manifest, step->scopes.items[i], strlen(step->scopes.items[i])) < 0)
			return manifest_refuse(at->error, at->table, row, NULL,
				"the scope '%s' is not declared.", step->scopes.items[i]);
	if (step->url && !manifest_is_link(step->url))
		return manifest_refuse(at->error, at->table, row, NULL, "url is no https URL.");
	return check_template(at, row, step->text, MAY_SCOPES);
}

static int check_auth(struct place *at, size_t row)
{
	if (manifest_auth(at->manifest, at->auth->id) != at->auth)
		return manifest_refuse(at->error, "auths", row, at->auth->id, "the id stands twice.");
	if (check_grant(at, row) < 0 || check_fields(at, row) < 0 || check_places(at, row) < 0 ||
		check_scope_format(at, row) < 0)
		return -1;
	enter(at, row, "guide");
	for (size_t i = 0; i < at->auth->guide_count; i++)
		if (check_step(at, i, &at->auth->guide[i]) < 0)
			return -1;
	return 0;
}

int manifest_check_auths(const struct manifest *manifest, struct error *error)
{
	struct place at = { .manifest = manifest, .error = error };

	for (size_t i = 0; i < manifest->auth_count; i++) {
		at.auth = &manifest->auths[i];
		if (check_auth(&at, i) < 0)
			return -1;
	}
	return 0;
}
