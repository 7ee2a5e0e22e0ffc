#include "config.h"

#include "cli/unknown.h"

#include "base/text.h"
#include "catalog/find.h"
#include "catalog/nearest.h"
#include "store/accounts.h"
#include "store/profiles.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

enum { NAME_SHOWN = 80, WHERE_SIZE = PATH_MAX + 32 };

void unknown_where(char *out, size_t size, const struct session *session, const struct arguments *arguments)
{
	char folder[PATH_MAX];
	struct error ignored = { 0 };

	if (data_folder(folder, sizeof folder, arguments, &ignored) < 0)
		(void)snprintf(out, size, "(there is no home folder to keep it in)");
	else if (session->store)
		(void)snprintf(out, size, "in %s", folder);
	else
		(void)snprintf(out, size, "(%s has no store yet)", folder);
}

static void offer_connectors(struct nearest *nearest, const struct catalog *catalog)
{
	const struct plugin_files *files = catalog_files(catalog);

	for (size_t i = 0; i < files->count; i++)
		if (!files->rows[i].refused && !files->rows[i].hidden)
			nearest_offer(nearest, files->rows[i].id);
}

/* What comes near, or where to look; what is "account" or "profile". */
static int hint(
	const struct session *session, const char *what, const struct nearest *nearest, struct error *error)
{
	char names[256];

	if (nearest_text(names, sizeof names, nearest))
		return error_hint(error, "Do you mean %s?", names);
	if (!session->store)
		return error_hint(
			error, "Name the right --data-dir, or see 'muster list' and 'muster help link'.");
	return error_hint(error, "See 'muster %s list' and 'muster list'.", what);
}

int unknown_account(const struct session *session, const struct arguments *arguments, const char *name,
	struct error *error)
{
	struct account *list = NULL;
	struct error ignored = { 0 };
	struct nearest nearest;
	char where[WHERE_SIZE];
	char given[NAME_SHOWN];
	size_t count = 0;

	unknown_where(where, sizeof where, session, arguments);
	text_clean(given, sizeof given, name, strlen(name));
	nearest_init(&nearest, given);
	offer_connectors(&nearest, session->catalog);
	if (session->store && accounts_list(&list, &count, session->store, NULL, NULL, &ignored) == 0)
		for (size_t i = 0; i < count; i++)
			nearest_offer(&nearest, list[i].name);
	(void)error_set(error, ERROR_ACCOUNT_NOT_FOUND,
		"There is no account '%s' %s, and no connector of that name.", given, where);
	(void)hint(session, "account", &nearest, error);
	accounts_free(list, count);
	return -1;
}

int unknown_profile(const struct session *session, const struct arguments *arguments, const char *name,
	struct error *error)
{
	struct profile *list = NULL;
	struct error ignored = { 0 };
	struct nearest nearest;
	char where[WHERE_SIZE];
	char given[NAME_SHOWN];
	size_t count = 0;

	unknown_where(where, sizeof where, session, arguments);
	text_clean(given, sizeof given, name, strlen(name));
	nearest_init(&nearest, given);
	offer_connectors(&nearest, session->catalog);
	if (session->store && profiles_list(&list, &count, session->store, NULL, &ignored) == 0)
		for (size_t i = 0; i < count; i++)
			nearest_offer(&nearest, list[i].name);
	(void)error_set(error, ERROR_PROVIDER_NOT_FOUND,
		"There is no connector '%s', and no profile of that name %s.", given, where);
	(void)hint(session, "profile", &nearest, error);
	profiles_free(list, count);
	return -1;
}
