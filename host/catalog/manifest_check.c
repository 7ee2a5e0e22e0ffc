#include "config.h"

#include "catalog/manifest_check.h"

#include "catalog/manifest_fault.h"

#include <stdlib.h>
#include <string.h>

/* RFC 1123, section 2.1, in lower case, with a dot in it; its last label is no number, so that it can't be
 * read as an address. */
static bool is_host_name(const char *name)
{
	const char *label = name;
	size_t labels = 0;

	if (strspn(name, MANIFEST_HOST_CHARACTERS) != strlen(name) || strlen(name) > 253)
		return false;
	for (;;) {
		size_t length = strcspn(label, ".");

		if (length == 0 || length > 63 || label[0] == '-' || label[length - 1] == '-')
			return false;
		labels++;
		if (label[length] == '\0')
			break;
		label += length + 1;
	}
	return labels > 1 && (label[0] < '0' || label[0] > '9');
}

static int check_hosts(const struct manifest *manifest, struct error *error)
{
	for (size_t i = 0; i < manifest->host_count; i++) {
		const struct manifest_host *host = &manifest->hosts[i];

		if (!is_host_name(host->name))
			return manifest_refuse(error, "hosts", i, NULL,
				"'%s' is no full host name in lower case.", host->name);
		if (host->use == 0)
			return manifest_refuse(error, "hosts", i, NULL, "it has no use.");
		for (size_t k = 0; k < i; k++)
			if (strcmp(manifest->hosts[k].name, host->name) == 0)
				return manifest_refuse(
					error, "hosts", i, NULL, "'%s' stands twice.", host->name);
	}
	return 0;
}

/* RFC 6749, section 3.3, less what separates scopes and what templates use. */
static bool is_scope(const char *text)
{
	for (const char *at = text; *at; at++)
		if (*at <= ' ' || *at > '~' || strchr("\"\\,{}", *at))
			return false;
	return text[0] != '\0';
}

static int check_scope_name(
	const struct manifest *manifest, size_t row, const char *name, struct error *error)
{
	const struct manifest_scope *scope = &manifest->scopes[row];
	size_t times = 0;

	if (!is_scope(name))
		return manifest_refuse(error, "scopes", row, NULL,
			"'%s' is no scope (no space, comma, brace or quote).", name);
	if (manifest_scope(manifest, name, strlen(name)) != (int)row)
		return manifest_refuse(error, "scopes", row, scope->id, "'%s' stands twice.", name);
	times += strcmp(scope->id, name) == 0;
	for (size_t i = 0; i < scope->aliases.count; i++)
		times += strcmp(scope->aliases.items[i], name) == 0;
	if (times != 1)
		return manifest_refuse(error, "scopes", row, scope->id, "'%s' stands twice.", name);
	return 0;
}

static int check_scopes(const struct manifest *manifest, struct error *error)
{
	for (size_t i = 0; i < manifest->scope_count; i++) {
		const struct manifest_texts *aliases = &manifest->scopes[i].aliases;

		if (check_scope_name(manifest, i, manifest->scopes[i].id, error) < 0)
			return -1;
		for (size_t k = 0; k < aliases->count; k++)
			if (check_scope_name(manifest, i, aliases->items[k], error) < 0)
				return -1;
	}
	return 0;
}

static int check_limit_headers(const struct manifest_limit *limit, size_t row, struct error *error)
{
	const char *const names[] = { limit->remaining_header, limit->reset_header, limit->rate_header };

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (names[i] && !manifest_is_header(names[i]))
			return manifest_refuse(
				error, "limits", row, NULL, "'%s' is no name of a header.", names[i]);
	return 0;
}

static int check_limits(const struct manifest *manifest, struct error *error)
{
	for (size_t i = 0; i < manifest->limit_count; i++) {
		const struct manifest_limit *limit = &manifest->limits[i];

		if (limit->count == 0)
			return manifest_refuse(error, "limits", i, NULL, "its count is 0.");
		if (limit->seconds == 0 || limit->seconds > 86400)
			return manifest_refuse(error, "limits", i, NULL, "its seconds are not 1 to 86400.");
		if (manifest_no_action(manifest, &limit->actions))
			return manifest_refuse(error, "limits", i, NULL, "there is no action '%s'.",
				manifest_no_action(manifest, &limit->actions));
		if (check_limit_headers(limit, i, error) < 0)
			return -1;
	}
	return 0;
}

static int check_errors(const struct manifest *manifest, struct error *error)
{
	for (size_t i = 0; i < manifest->error_count; i++) {
		const struct manifest_error *row = &manifest->errors[i];

		bool success = row->status >= 200 && row->status <= 299;

		if (!success && (row->status < 400 || row->status > 599))
			return manifest_refuse(
				error, "errors", i, NULL, "its status is not 200 to 299, nor 400 to 599.");
		if (success && !row->contains)
			return manifest_refuse(error, "errors", i, NULL,
				"without what the body must contain, every answer of status %u is an error.",
				(unsigned)row->status);
		if (row->pointer && !manifest_is_pointer(row->pointer))
			return manifest_refuse(error, "errors", i, NULL,
				"its pointer '%s' is no JSON pointer.", row->pointer);
		if (row->pointer && !row->contains)
			return manifest_refuse(error, "errors", i, NULL,
				"it has a pointer, but not what the text there must contain.");
		if (manifest_no_action(manifest, &row->actions))
			return manifest_refuse(error, "errors", i, NULL, "there is no action '%s'.",
				manifest_no_action(manifest, &row->actions));
	}
	return 0;
}

static int check_head(const struct manifest *manifest, const char *id, struct error *error)
{
	if (manifest->abi != (uint32_t)strtoul(MUSTER_ABI_TEXT, NULL, 10))
		return error_set(error, ERROR_PLUGIN_REFUSED,
			"The connector is built for ABI %u; this muster has ABI %s.", (unsigned)manifest->abi,
			MUSTER_ABI_TEXT);
	if (strcmp(manifest->id, id) != 0)
		return error_set(error, ERROR_PLUGIN_REFUSED,
			"The connector calls itself '%s', but its file is %s.so.", manifest->id, id);
	if (strspn(manifest->version, "0123456789.+-~abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != strlen(manifest->version))
		return error_set(error, ERROR_PLUGIN_REFUSED, "version '%s' is none such as 1.2.3.",
			manifest->version);
	if (manifest->host_count == 0 || manifest->auth_count == 0 || manifest->action_count == 0)
		return error_set(error, ERROR_PLUGIN_REFUSED, "%s is empty.",
			manifest->host_count == 0   ? "hosts"
			: manifest->auth_count == 0 ? "auths"
						    : "actions");
	if (manifest->homepage && !manifest_is_link(manifest->homepage))
		return error_set(error, ERROR_PLUGIN_REFUSED, "homepage is no https URL.");
	if (manifest->error_message && !manifest_is_pointer(manifest->error_message))
		return error_set(error, ERROR_PLUGIN_REFUSED, "error_message '%s' is no JSON pointer.",
			manifest->error_message);
	return 0;
}

int manifest_check(
	const struct manifest *manifest, const char *id, struct models *models, struct error *error)
{
	if (check_head(manifest, id, error) < 0 || check_hosts(manifest, error) < 0 ||
		check_scopes(manifest, error) < 0 || check_limits(manifest, error) < 0 ||
		check_errors(manifest, error) < 0 || manifest_check_auths(manifest, error) < 0)
		return -1;
	return manifest_check_actions(manifest, models, error);
}
