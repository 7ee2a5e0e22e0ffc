#include "config.h"

#include "run/judge.h"

#include "base/buffer.h"
#include "base/json.h"
#include "base/query.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* A page may be empty and not the last, where the provider filters after paging; not this often in a row. */
enum { EMPTY_PAGES_MAX = 100 };

void judge_init(struct judge *judge, const struct manifest_action *action, const struct guard_host *hosts,
	size_t host_count)
{
	memset(judge, 0, sizeof *judge);
	judge->action = action;
	judge->hosts = hosts;
	judge->host_count = host_count;
}

/* The end of the path segment that begins at text. */
static size_t segment(const char *text)
{
	return strcspn(text, "/?");
}

/* A segment that leads up or nowhere, also in disguise: RFC 3986, section 6.2.2.2. */
static bool is_dots(const char *text, size_t length)
{
	size_t dots = 0;

	while (length > 0) {
		size_t step = text[0] == '.' ? 1 : length >= 3 && strncasecmp(text, "%2e", 3) == 0 ? 3 : 0;
		if (step == 0)
			return false;
		text += step;
		length -= step;
		dots++;
	}
	return dots <= 2;
}

/* Is this the URL that the action declares, each parameter standing for one segment? Scheme and host are
 * compared letter by letter: both are normalised. */
static bool is_declared(const char *url, const char *declared)
{
	for (;;) {
		size_t theirs = segment(url), ours = segment(declared);

		if (memchr(declared, '{', ours)) {
			if (is_dots(url, theirs))
				return false;
		} else if (theirs != ours || memcmp(url, declared, ours) != 0) {
			return false;
		}
		url += theirs;
		declared += ours;
		if (*declared != '/')
			return *url == '\0' || *url == '?';
		if (*url != '/')
			return false;
		url++;
		declared++;
	}
}

/* Brent's way to find a cycle: one remembered page, moved on at growing distances. */
static int look_for_circle(struct judge *judge, struct error *error)
{
	if (judge->pages > 1 && strcmp(judge->latest.text, judge->marked.text) == 0)
		return error_set(error, ERROR_REPEATED_CURSOR,
			"The provider's paging goes in circles: page %llu leads back to an earlier one.",
			(unsigned long long)(judge->pages - 1));
	if (judge->since_mark == judge->mark_after) {
		judge->marked = judge->latest;
		judge->mark_after = judge->mark_after ? judge->mark_after * 2 : 1;
		judge->since_mark = 0;
	}
	judge->since_mark++;
	return 0;
}

static int judge_first(struct judge *judge, const char *text, struct error *error)
{
	if (url_parse(&judge->first, text, strlen(text), ERROR_PLUGIN_FAULT, "the request's URL", error) < 0)
		return -1;
	judge->latest = judge->first;
	if (guard_url(judge->hosts, judge->host_count, &judge->first, GUARD_API, error) < 0) {
		error->code = ERROR_PLUGIN_FAULT;
		return -1;
	}
	if (!is_declared(judge->first.text, judge->action->url))
		return error_set(error, ERROR_PLUGIN_FAULT,
			"The connector asked for %s, which is not what %s declares.", judge->first.text,
			judge->action->id);
	return 0;
}

static int judge_further(struct judge *judge, const char *text, bool link, struct error *error)
{
	enum error_code blame = link ? ERROR_FOREIGN_LINK : ERROR_PLUGIN_FAULT;

	if (url_parse(&judge->latest, text, strlen(text), blame, "the next page's URL", error) < 0)
		return -1;
	if (!url_same_origin(&judge->latest, &judge->first))
		return error_set(error, blame, "The next page is said to be at %s, which is not %s: refused.",
			judge->latest.host, judge->first.host);
	if (!link && !is_declared(judge->latest.text, judge->action->url))
		return error_set(error, ERROR_PLUGIN_FAULT,
			"The connector asked for %s, which is not what %s declares.", judge->latest.text,
			judge->action->id);
	return 0;
}

/* The one paging row that counts pages. */
static const struct manifest_paging *counter(const struct manifest_action *action)
{
	for (size_t i = 0; i < action->paging_count; i++)
		if (action->paging[i].kind == PAGING_PAGE_NUMBER)
			return &action->paging[i];
	return NULL;
}

/* A page that is counted is the first one but for its number, which is one more than
 * that of the page before. */
static int judge_number(struct judge *judge, struct error *error)
{
	struct buffer text = BUFFER_INIT(2 * URL_SIZE);
	struct url expected = { .text = "" };
	char number[24];
	int result;

	(void)snprintf(number, sizeof number, "%" PRIu64, judge->pages + 1);
	result = query_set(&text, judge->first.text, counter(judge->action)->to, number, strlen(number));
	if (result == 0)
		result = url_parse(
			&expected, text.data, text.length, ERROR_PLUGIN_FAULT, "the next page's URL", error);
	else
		(void)error_memory(error);
	buffer_clear(&text);
	if (result == 0 && strcmp(expected.text, judge->latest.text) != 0)
		return error_set(error, ERROR_PLUGIN_FAULT,
			"The connector asked for %s, which is not page %s of %s.", judge->latest.text, number,
			judge->action->id);
	return result;
}

static bool has_paging(const struct manifest_action *action, enum paging_kind kind)
{
	for (size_t i = 0; i < action->paging_count; i++)
		if (action->paging[i].kind == kind)
			return true;
	return false;
}

/* May this action's further pages come from there? Each way has rights of its own, so none may be feigned. */
static bool may_come_from(const struct manifest_action *action, const char *from, bool further)
{
	if (action->run)
		return strcmp(from, "hook") == 0;
	if (!further)
		return strcmp(from, "template") == 0;
	if (strcmp(from, "link") == 0)
		return has_paging(action, PAGING_NEXT_LINK);
	if (strcmp(from, "number") == 0)
		return has_paging(action, PAGING_PAGE_NUMBER);
	return strcmp(from, "cursor") == 0 &&
	       (has_paging(action, PAGING_CURSOR) || has_paging(action, PAGING_CURSOR_IN_LINK));
}

int judge_request(struct judge *judge, const json_t *request, struct error *error)
{
	const char *method = json_member_text(request, "method", "");
	const char *text = json_member_text(request, "url", "");
	const char *from = json_member_text(request, "from", "");

	if (strcmp(method, judge->action->method) != 0)
		return error_set(error, ERROR_PLUGIN_FAULT,
			"The connector asked with %.16s where %s declares %s.", method, judge->action->id,
			judge->action->method);
	if (!may_come_from(judge->action, from, judge->pages > 0))
		return error_set(error, ERROR_PLUGIN_FAULT,
			"The connector says that a request comes from a %.16s, which %s does not declare.",
			from, judge->action->id);
	if (judge->pages == judge->action->max_pages)
		return error_set(error, ERROR_TOO_MANY_PAGES, "There are more than %llu pages.",
			(unsigned long long)judge->action->max_pages);
	if (judge->pages == 0) {
		if (judge_first(judge, text, error) < 0)
			return -1;
	} else if (judge_further(judge, text, strcmp(from, "link") == 0, error) < 0 ||
		   (strcmp(from, "number") == 0 && judge_number(judge, error) < 0)) {
		return -1;
	}
	judge->pages++;
	return judge->action->run ? 0 : look_for_circle(judge, error);
}

int judge_page(struct judge *judge, uint64_t records, struct error *error)
{
	judge->empty_pages = records > 0 ? 0 : judge->empty_pages + 1;
	if (judge->empty_pages > EMPTY_PAGES_MAX)
		return error_set(error, ERROR_EMPTY_PAGES,
			"The provider sent %u pages in a row without a record, each leading to another.",
			judge->empty_pages);
	return 0;
}
