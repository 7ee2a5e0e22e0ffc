#include "config.h"

#include "fetch/link.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

/* A cursor over the value. RFC 8288, section 3:
 *   Link       = #link-value
 *   link-value = "<" URI-Reference ">" *( OWS ";" OWS link-param )
 *   link-param = token BWS [ "=" BWS ( token / quoted-string ) ] */
struct scan {
	const char *at;
	const char *end;
};

static void skip_space(struct scan *scan)
{
	while (scan->at < scan->end && (*scan->at == ' ' || *scan->at == '\t'))
		scan->at++;
}

static bool take(struct scan *scan, char c)
{
	skip_space(scan);
	if (scan->at == scan->end || *scan->at != c)
		return false;
	scan->at++;
	return true;
}

/* A name or value without quotes: up to what could follow it. */
static void take_bare(const char **out, size_t *length, struct scan *scan)
{
	skip_space(scan);
	*out = scan->at;
	while (scan->at < scan->end && *scan->at && !strchr(" \t,;=\"<>", *scan->at))
		scan->at++;
	*length = (size_t)(scan->at - *out);
}

/* Behind its opening quote. Escapes are left as they stand: no relation has any. */
static bool take_quoted(const char **out, size_t *length, struct scan *scan)
{
	*out = scan->at;
	while (scan->at < scan->end && *scan->at != '"') {
		if (*scan->at == '\\' && scan->end - scan->at > 1)
			scan->at++;
		scan->at++;
	}
	*length = (size_t)(scan->at - *out);
	return take(scan, '"');
}

/* Is the relation one of those that stand here, separated by spaces? */
static bool holds(const char *list, size_t length, const char *relation)
{
	size_t wanted = strlen(relation);

	for (size_t at = 0; at < length;) {
		size_t end = at;
		while (end < length && list[end] != ' ' && list[end] != '\t')
			end++;
		if (end - at == wanted && strncasecmp(list + at, relation, wanted) == 0)
			return true;
		at = end + 1;
	}
	return false;
}

/* The parameters of one link. An anchor says that it is about another page than this one; only the
 * first rel counts. *matches says whether it is a link that is looked for. */
static bool take_parameters(bool *matches, struct scan *scan, const char *relation)
{
	bool anchored = false, seen = false, found = false;

	while (take(scan, ';')) {
		const char *name, *value = NULL;
		size_t name_length, value_length = 0;
		take_bare(&name, &name_length, scan);
		if (name_length == 0)
			continue; /* stray semicolons are common */
		if (take(scan, '=')) {
			if (take(scan, '"')) {
				if (!take_quoted(&value, &value_length, scan))
					return false;
			} else {
				take_bare(&value, &value_length, scan);
			}
		}
		if (name_length == 6 && strncasecmp(name, "anchor", 6) == 0)
			anchored = true;
		if (name_length == 3 && strncasecmp(name, "rel", 3) == 0 && !seen) {
			seen = true;
			found = value && holds(value, value_length, relation);
		}
	}
	*matches = found && !anchored;
	return true;
}

int link_find(const char **target, size_t *target_length, const char *value, size_t length,
	const char *relation, struct error *error)
{
	struct scan scan = { value, value + length };

	*target = NULL;
	*target_length = 0;
	for (;;) {
		bool matches = false;
		while (take(&scan, ','))
			;
		if (scan.at == scan.end)
			return 0;
		if (!take(&scan, '<'))
			break;
		const char *begin = scan.at;
		const char *end = memchr(begin, '>', (size_t)(scan.end - begin));
		if (!end)
			break;
		scan.at = end + 1;
		if (!take_parameters(&matches, &scan, relation))
			break;
		if (matches && !*target) {
			*target = begin;
			*target_length = (size_t)(end - begin);
		}
		skip_space(&scan);
		if (scan.at < scan.end && *scan.at != ',')
			break;
	}
	*target = NULL;
	*target_length = 0;
	return error_set(error, ERROR_MALFORMED_BODY, "The answer's Link header can't be read.");
}
