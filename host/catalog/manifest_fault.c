#include "config.h"

#include "catalog/manifest_fault.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define SCHEME "https://"

int manifest_refuse(
	struct error *error, const char *table, size_t row, const char *id, const char *format, ...)
{
	char what[384];
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(what, sizeof what, format, arguments);
	va_end(arguments);
	return error_set(error, ERROR_PLUGIN_REFUSED, "%s[%zu]%s%s: %s", table, row, id ? " " : "",
		id ? id : "", what);
}

const char *manifest_no_action(const struct manifest *manifest, const struct manifest_texts *actions)
{
	for (size_t i = 0; i < actions->count; i++)
		if (!manifest_action(manifest, actions->items[i]))
			return actions->items[i];
	return NULL;
}

bool manifest_is_pointer(const char *text)
{
	if (text[0] != '\0' && text[0] != '/')
		return false;
	for (const char *at = text; (at = strchr(at, '~')); at++)
		if (at[1] != '0' && at[1] != '1')
			return false;
	return true;
}

bool manifest_is_link(const char *text)
{
	if (strncmp(text, SCHEME, sizeof SCHEME - 1) != 0)
		return false;
	for (const char *at = text; *at; at++)
		if (*at <= ' ' || *at > '~' || strchr("\\<>\"`^|", *at))
			return false;
	return text[sizeof SCHEME - 1] != '\0';
}

static unsigned host_use(const struct manifest *manifest, const char *name, size_t length)
{
	for (size_t i = 0; i < manifest->host_count; i++) {
		const struct manifest_host *host = &manifest->hosts[i];

		if (strlen(host->name) == length && memcmp(host->name, name, length) == 0)
			return host->use;
	}
	return 0;
}

const char *manifest_url_fault(
	const char **path, const struct manifest *manifest, const char *url, unsigned use)
{
	const char *host = url + sizeof SCHEME - 1;
	size_t length;
	unsigned uses;

	if (!manifest_is_link(url) || strchr(url, '#'))
		return "is no https URL";
	length = strspn(host, MANIFEST_HOST_CHARACTERS);
	if (host[length] != '\0' && host[length] != '/' && host[length] != '?')
		return "has a host with more than a name in lower case";
	uses = host_use(manifest, host, length);
	if (uses == 0)
		return "has a host that is missing from the host rows";
	if (use && !(uses & use))
		return use == HOST_TOKEN     ? "has a host that is not declared for tokens"
		       : use == HOST_CONSENT ? "has a host that is not declared for consent"
					     : "has a host that is not declared for the API";
	*path = host + length;
	return NULL;
}

/* RFC 9110, section 5.6.2: what the name of a header consists of. */
#define HEADER_CHARACTERS "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

bool manifest_is_header(const char *name)
{
	return name[0] != '\0' && strspn(name, HEADER_CHARACTERS) == strlen(name);
}

const char *manifest_header_fault(const char *name)
{
	static const char *const forbidden[] = { "Host", "Content-Length", "Content-Type", "Content-Encoding",
		"Transfer-Encoding", "Connection", "Keep-Alive", "TE", "Trailer", "Upgrade", "Expect",
		"Cookie", "Accept-Encoding", "Range", "Via", "User-Agent" };

	if (!manifest_is_header(name))
		return "is no name of a header";
	for (size_t i = 0; i < sizeof forbidden / sizeof forbidden[0]; i++)
		if (strcasecmp(forbidden[i], name) == 0)
			return "is not a connector's to set";
	return strncasecmp(name, "Proxy-", 6) == 0 ? "is not a connector's to set" : NULL;
}
