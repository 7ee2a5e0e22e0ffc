/* What a manifest says of its auths: fields, places, token requests, guides. */
#include "config.h"

#include "base/template.h"
#include "catalog/manifest_check.h"
#include "catalog/manifest_fault.h"
#include "catalog/normal.h"
#include "catalog/shape.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* The auth that is checked, for messages: "auths[1] v2: fields[0] client_id: …". */
struct spot {
	const struct manifest *manifest;
	const struct manifest_auth *auth;
	char table[128];
	struct error *error;
};

static void enter(struct spot *at, size_t row, const char *table)
{
	(void)snprintf(at->table, sizeof at->table, "auths[%zu] %s: %s", row, at->auth->id, table);
}

/* Which references a template may hold. */
enum { MAY_FIELD = 1, MAY_SECRET = 2, MAY_TOKEN = 4, MAY_SCOPES = 8 };

static int check_reference(
	const struct spot *at, size_t row, const struct template_part *part, unsigned allowed)
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

static int check_template(const struct spot *at, size_t row, const char *template, unsigned allowed)
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

/* Does a template hold {field.ID}? */
static bool names_field(const char *template, const char *id)
{
	struct template_part part;
	char name[TEMPLATE_ID_SIZE];

	while (template_next(&part, &template) > 0)
		if (part.reference && template_id(name, &part, "field.") && strcmp(name, id) == 0)
			return true;
	return false;
}

/* Can the action be run before the field is known? */
static bool needs_field(const struct manifest *manifest, const struct manifest_action *action, const char *id)
{
	const struct manifest_auth *auth = manifest_auth(manifest, action->auth);

	if (names_field(action->url, id) || (auth->scope_format && names_field(auth->scope_format, id)))
		return true;
	for (size_t i = 0; i < auth->place_count; i++)
		if (names_field(auth->places[i].name, id) || names_field(auth->places[i].value, id))
			return true;
	return false;
}

static int check_found_by(const struct spot *at, size_t row, const struct manifest_field *field)
{
	const struct manifest_action *action = manifest_action(at->manifest, field->found_by);
	const char *needs;

	if (!action)
		return manifest_refuse(
			at->error, at->table, row, field->id, "there is no action '%s'.", field->found_by);
	if (!manifest_same_fields(at->manifest, action->auth, at->auth->id))
		return manifest_refuse(at->error, at->table, row, field->id,
			"it is found by %s, which has another auth.", action->id);
	needs = manifest_needs(action, NULL);
	if (needs)
		return manifest_refuse(at->error, at->table, row, field->id,
			"it is found by %s, which can't be run without its parameter %s.", action->id, needs);
	if (needs_field(at->manifest, action, field->id))
		return manifest_refuse(at->error, at->table, row, field->id,
			"it is found by %s, which needs it itself.", action->id);
	if (!manifest_maps(action, "id") || !manifest_maps(action, "name"))
		return manifest_refuse(at->error, at->table, row, field->id,
			"it is found by %s, whose records lack an id or a name.", action->id);
	return 0;
}

/* What goes with a type of field, and what doesn't. */
static int check_kind(const struct spot *at, size_t row, const struct manifest_field *field)
{
	const char *fault = NULL;

	if (field->type == FIELD_SCOPES && field->default_text)
		fault = "a field of type scopes has no default.";
	else if (field->type != FIELD_TEXT && (field->normal || field->found_by))
		fault = "only a text can be normal, or found.";
	else if ((field->normal == FIELD_URL_SEGMENT) != (field->after != NULL))
		fault = "after belongs to the normal url_segment.";
	else if (field->after && strpbrk(field->after, "/?#"))
		fault = "after is no segment of a path.";
	else if (field->type == FIELD_REDIRECT && field->level != FIELD_PROFILE)
		fault = "the redirect URL is the profile's.";
	else if (field->type == FIELD_REDIRECT && !field->required && !field->default_text)
		fault = "the redirect URL may be empty.";
	if (fault)
		return manifest_refuse(at->error, at->table, row, field->id, "%s", fault);
	return field->found_by ? check_found_by(at, row, field) : 0;
}

/* A field of type redirect goes with the authorization code. */
static int check_redirect(const struct spot *at, size_t auth_row)
{
	const struct manifest_auth *auth = at->auth;
	bool code = auth->grant == GRANT_AUTHORIZATION_CODE;
	size_t count = 0;

	for (size_t i = 0; i < auth->field_count; i++)
		count += auth->fields[i].type == FIELD_REDIRECT;
	if (code && count != 1)
		return manifest_refuse(at->error, "auths", auth_row, auth->id,
			"an authorization code needs one field of type redirect, here are %zu.", count);
	if (!code && count > 0 && !auth->fields_of)
		return manifest_refuse(at->error, "auths", auth_row, auth->id,
			"a field of type redirect, but no authorization code.");
	return 0;
}

static int check_fields_of(const struct spot *at, size_t auth_row)
{
	const struct manifest_auth *auth = at->auth;
	const struct manifest_auth *other = manifest_auth(at->manifest, auth->fields_of);

	if (!other)
		return manifest_refuse(
			at->error, "auths", auth_row, auth->id, "there is no auth '%s'.", auth->fields_of);
	if (other->fields_of)
		return manifest_refuse(at->error, "auths", auth_row, auth->id,
			"'%s' has no fields of its own.", auth->fields_of);
	if (other->field_count == 0)
		return manifest_refuse(
			at->error, "auths", auth_row, auth->id, "'%s' has no fields.", auth->fields_of);
	return 0;
}

static int check_fields(struct spot *at, size_t auth_row)
{
	size_t of_scopes = 0;

	if (at->auth->fields_of && check_fields_of(at, auth_row) < 0)
		return -1;
	if (check_redirect(at, auth_row) < 0)
		return -1;
	if (at->auth->fields_of)
		return 0; /* checked where they are declared */
	enter(at, auth_row, "fields");
	for (size_t i = 0; i < at->auth->field_count; i++) {
		const struct manifest_field *field = &at->auth->fields[i];
		const struct shape shape = shape_of_field(field);
		const char *fault = shape_fault(&shape, field->default_text);

		if (!fault && !normal_is(field, field->default_text))
			fault = "its default is not spelled as it should be";

		if (fault)
			return manifest_refuse(at->error, at->table, i, field->id, "%s.", fault);
		if (manifest_field(at->auth, field->id) != field)
			return manifest_refuse(at->error, at->table, i, field->id, "the id stands twice.");
		of_scopes += field->type == FIELD_SCOPES;
		if (of_scopes > 1)
			return manifest_refuse(
				at->error, at->table, i, field->id, "a second field of type scopes.");
		if (check_kind(at, i, field) < 0)
			return -1;
	}
	return 0;
}

/* What the token request says by itself (RFC 6749, sections 4.1.3, 4.4.2 and 6; RFC 7636, section 4.5). */
static bool is_forbidden_member(enum auth_grant grant, const char *name)
{
	static const char *const of_code[] = { "code", "redirect_uri", "code_verifier", "refresh_token" };

	if (grant == GRANT_TOKEN_REQUEST)
		return false;
	for (size_t i = 0; grant == GRANT_AUTHORIZATION_CODE && i < sizeof of_code / sizeof of_code[0]; i++)
		if (strcmp(of_code[i], name) == 0)
			return true;
	return strcmp(name, "grant_type") == 0 || strcmp(name, "scope") == 0;
}

static int check_place(const struct spot *at, size_t row, const struct manifest_place *place)
{
	bool fetches = at->auth->grant != GRANT_STATIC;
	unsigned allowed = MAY_FIELD | MAY_SECRET;
	const char *fault;

	if (place->where != PLACE_CALL_HEADER && !fetches)
		return manifest_refuse(at->error, at->table, row, NULL, "this auth has no token request.");
	switch (place->where) {
	case PLACE_CALL_HEADER:
	case PLACE_TOKEN_HEADER:
		fault = manifest_header_fault(place->name);
		if (fault)
			return manifest_refuse(
				at->error, at->table, row, NULL, "the header '%s' %s.", place->name, fault);
		if (place->where == PLACE_CALL_HEADER && fetches)
			allowed |= MAY_TOKEN;
		break;
	case PLACE_TOKEN_FORM:
		if (is_forbidden_member(at->auth->grant, place->name))
			return manifest_refuse(at->error, at->table, row, NULL,
				"the member %s is not a connector's to set.", place->name);
		break;
	case PLACE_TOKEN_BASIC:
		if (check_template(at, row, place->name, MAY_FIELD | MAY_SECRET) < 0)
			return -1;
		break;
	}
	return check_template(at, row, place->value, allowed);
}

static int check_places(struct spot *at, size_t auth_row)
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

/* A URL that credentials or people go to; name is that of the member. */
static int check_url(const struct spot *at, size_t auth_row, const char *name, const char *url, unsigned use)
{
	const char *path;
	const char *fault = manifest_url_fault(&path, at->manifest, url, use);

	if (fault)
		return manifest_refuse(at->error, "auths", auth_row, at->auth->id, "%s %s.", name, fault);
	if (strpbrk(path, "{}"))
		return manifest_refuse(
			at->error, "auths", auth_row, at->auth->id, "%s is no template.", name);
	return 0;
}

static int check_pointers(const struct spot *at, size_t auth_row)
{
	const struct manifest_auth *auth = at->auth;
	const char *const pointers[] = { auth->token_pointer, auth->expires_pointer, auth->scope_pointer };

	for (size_t i = 0; i < sizeof pointers / sizeof pointers[0]; i++)
		if (!manifest_is_pointer(pointers[i]))
			return manifest_refuse(at->error, "auths", auth_row, auth->id,
				"'%s' is no JSON pointer into the token answer.", pointers[i]);
	return 0;
}

/* Which members a grant doesn't go with. Returns NULL, or what is wrong. */
static const char *grant_fault(const struct manifest_auth *auth)
{
	bool code = auth->grant == GRANT_AUTHORIZATION_CODE;
	bool grace = auth->recovery == RECOVERY_RETRY_WITHIN_GRACE;

	if (auth->grant == GRANT_STATIC &&
		(auth->token_url || auth->revoke_url || auth->scope_format || auth->authenticate))
		return "a static auth has a token request";
	if (auth->grant != GRANT_STATIC && !auth->token_url)
		return "token_url is missing";
	if (auth->grant == GRANT_TOKEN_REQUEST && auth->scope_format)
		return "a token request of its own kind sends no scope by itself";
	if (code && !auth->authorize_url)
		return "authorize_url is missing";
	if (code && auth->authenticate)
		return "the authorization code is the host's to get, not a hook's";
	if (!code && (auth->authorize_url || auth->issuer))
		return "authorize_url and issuer belong to the authorization code";
	if (!code && auth->recovery)
		return "without refresh tokens there is nothing to recover";
	if (grace != (auth->grace_seconds > 0))
		return "grace_seconds belong to the recovery within grace";
	return NULL;
}

static int check_grant(const struct spot *at, size_t auth_row)
{
	const struct manifest_auth *auth = at->auth;
	const char *fault = grant_fault(auth);

	if (fault)
		return manifest_refuse(at->error, "auths", auth_row, auth->id, "%s.", fault);
	if (auth->token_url && check_url(at, auth_row, "token_url", auth->token_url, HOST_TOKEN) < 0)
		return -1;
	if (auth->revoke_url && check_url(at, auth_row, "revoke_url", auth->revoke_url, HOST_TOKEN) < 0)
		return -1;
	if (auth->authorize_url &&
		check_url(at, auth_row, "authorize_url", auth->authorize_url, HOST_CONSENT) < 0)
		return -1;
	if (auth->issuer && (!manifest_is_link(auth->issuer) || strpbrk(auth->issuer, "?#")))
		return manifest_refuse(
			at->error, "auths", auth_row, auth->id, "issuer is no https URL without query.");
	return check_pointers(at, auth_row);
}

static int check_prove(const struct spot *at, size_t auth_row)
{
	const struct manifest_auth *auth = at->auth;
	const char *unknown = manifest_no_action(at->manifest, &auth->prove);

	if (unknown)
		return manifest_refuse(at->error, "auths", auth_row, auth->id,
			"it is proved by '%s', which is no action.", unknown);
	for (size_t i = 0; i < auth->prove.count; i++) {
		const struct manifest_action *action = manifest_action(at->manifest, auth->prove.items[i]);
		const char *needs = manifest_needs(action, NULL);

		if (!manifest_same_fields(at->manifest, action->auth, auth->id))
			return manifest_refuse(at->error, "auths", auth_row, auth->id,
				"it is proved by %s, which has another auth.", action->id);
		if (needs)
			return manifest_refuse(at->error, "auths", auth_row, auth->id,
				"it is proved by %s, which can't be run without its parameter %s.",
				action->id, needs);
	}
	return 0;
}

static int check_scope_format(struct spot *at, size_t auth_row)
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

static int check_step(const struct spot *at, size_t row, const struct manifest_step *step)
{
	const char *unknown = manifest_no_action(at->manifest, &step->actions);

	if (unknown)
		return manifest_refuse(at->error, at->table, row, NULL, "there is no action '%s'.", unknown);
	for (size_t i = 0; i < step->scopes.count; i++)
		if (manifest_scope(at->manifest, step->scopes.items[i], strlen(step->scopes.items[i])) < 0)
			return manifest_refuse(at->error, at->table, row, NULL,
				"the scope '%s' is not declared.", step->scopes.items[i]);
	if (step->url && !manifest_is_link(step->url))
		return manifest_refuse(at->error, at->table, row, NULL, "url is no https URL.");
	return check_template(at, row, step->text, MAY_SCOPES);
}

static int check_auth(struct spot *at, size_t row)
{
	if (manifest_auth(at->manifest, at->auth->id) != at->auth)
		return manifest_refuse(at->error, "auths", row, at->auth->id, "the id stands twice.");
	if (check_grant(at, row) < 0 || check_fields(at, row) < 0 || check_places(at, row) < 0 ||
		check_scope_format(at, row) < 0 || check_prove(at, row) < 0)
		return -1;
	enter(at, row, "guide");
	for (size_t i = 0; i < at->auth->guide_count; i++)
		if (check_step(at, i, &at->auth->guide[i]) < 0)
			return -1;
	return 0;
}

int manifest_check_auths(const struct manifest *manifest, struct error *error)
{
	struct spot at = { .manifest = manifest, .error = error };

	for (size_t i = 0; i < manifest->auth_count; i++) {
		at.auth = &manifest->auths[i];
		if (check_auth(&at, i) < 0)
			return -1;
	}
	return 0;
}
