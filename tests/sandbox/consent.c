#include "config.h"

#include "sandbox/consent.h"

#include "base/buffer.h"

#include <curl/curl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE_LIMIT ((size_t)1 << 20)
#define TIME_LIMIT_S 60L

enum how { HOW_YES, HOW_NO, HOW_WRONG_STATE, HOW_COUNT };

static const char *const hows[HOW_COUNT] = { "yes", "no", "wrong-state" };

/* What stands where the code of a person's browser would be. */
struct browser {
	CURL *curl;
	struct curl_slist *connect_to;
	struct buffer page;
	char words[CURL_ERROR_SIZE];
};

static size_t take_page(char *bytes, size_t size, size_t count, void *own)
{
	return buffer_append(own, bytes, size * count) == 0 ? size * count : 0;
}

/* curl's --connect-to, several with commas between. */
static int list_connect_to(struct curl_slist **out, const char *text)
{
	while (text && *text) {
		size_t length = strcspn(text, ",");
		char item[512];
		struct curl_slist *longer;

		if (length >= sizeof item)
			return -1;
		memcpy(item, text, length);
		item[length] = '\0';
		longer = curl_slist_append(*out, item);
		if (!longer)
			return -1;
		*out = longer;
		text += length + (text[length] == ',');
	}
	return 0;
}

static int open_browser(struct browser *browser, struct error *error)
{
	const char *ca_file = getenv("MUSTER_CA_FILE");
	CURLcode failed = CURLE_OK;

	browser->curl = curl_easy_init();
	if (!browser->curl || list_connect_to(&browser->connect_to, getenv("MUSTER_CONNECT_TO")) < 0)
		return error_memory(error);
	failed |= curl_easy_setopt(browser->curl, CURLOPT_CONNECT_TO, browser->connect_to);
	failed |= curl_easy_setopt(browser->curl, CURLOPT_ERRORBUFFER, browser->words);
	failed |= curl_easy_setopt(browser->curl, CURLOPT_NOSIGNAL, 1L);
	failed |= curl_easy_setopt(browser->curl, CURLOPT_PROXY, "");
	failed |= curl_easy_setopt(browser->curl, CURLOPT_PROTOCOLS_STR, "https,http");
	failed |= curl_easy_setopt(browser->curl, CURLOPT_TIMEOUT, TIME_LIMIT_S);
	failed |= curl_easy_setopt(browser->curl, CURLOPT_WRITEFUNCTION, take_page);
	failed |= curl_easy_setopt(browser->curl, CURLOPT_WRITEDATA, &browser->page);
	if (ca_file)
		failed |= curl_easy_setopt(browser->curl, CURLOPT_CAINFO, ca_file);
	return failed ? error_set(error, ERROR_INTERNAL, "libcurl can't be set up.") : 0;
}

static void close_browser(struct browser *browser)
{
	curl_easy_cleanup(browser->curl);
	curl_slist_free_all(browser->connect_to);
	buffer_wipe(&browser->page);
}

/* Opens a page, with a form when there is one. *redirect is where it leads, or NULL; borrowed until the next.
 * */
static int visit(long *status, const char **redirect, struct browser *browser, const char *url,
	const char *form, struct error *error)
{
	CURLcode result;
	char *target = NULL;

	buffer_wipe(&browser->page);
	if (curl_easy_setopt(browser->curl, CURLOPT_URL, url) != CURLE_OK ||
		(form && curl_easy_setopt(browser->curl, CURLOPT_POSTFIELDS, form) != CURLE_OK) ||
		(!form && curl_easy_setopt(browser->curl, CURLOPT_HTTPGET, 1L) != CURLE_OK))
		return error_memory(error);
	result = curl_easy_perform(browser->curl);
	if (result != CURLE_OK)
		return error_set(error, ERROR_CONNECTION_FAILED, "The page can't be opened: %s.",
			*browser->words ? browser->words : curl_easy_strerror(result));
	(void)curl_easy_getinfo(browser->curl, CURLINFO_RESPONSE_CODE, status);
	(void)curl_easy_getinfo(browser->curl, CURLINFO_REDIRECT_URL, &target);
	*redirect = target;
	return buffer_text(&browser->page) ? 0 : error_memory(error);
}

/* The form of the page with the button that is pressed. */
static int fill_form(struct buffer *form, const struct browser *browser, enum how how, struct error *error)
{
	static const char before[] = "name=\"request\" value=\"";
	const char *start = strstr(browser->page.data, before);
	const char *end = start ? strchr(start + strlen(before), '"') : NULL;

	if (!end)
		return error_set(error, ERROR_CONNECTION_FAILED,
			"The page has nothing to allow or to deny: %.400s", browser->page.data);
	start += strlen(before);
	if (buffer_append_text(form, "request=") < 0 ||
		buffer_append(form, start, (size_t)(end - start)) < 0 ||
		buffer_append_text(form, how == HOW_NO ? "&decision=deny" : "&decision=allow") < 0 ||
		!buffer_text(form))
		return error_memory(error);
	return 0;
}

/* Changes the first character of the state. */
static int change_state(struct buffer *url, struct error *error)
{
	char *state = strstr(url->data, "state=");

	if (!state || !state[6] || state[6] == '&')
		return error_set(error, ERROR_CONNECTION_FAILED, "The redirect has no state.");
	state[6] = state[6] == 'A' ? 'B' : 'A';
	return 0;
}

static bool is_here(const char *url)
{
	static const char *const starts[] = { "http://127.0.0.1:", "http://[::1]:", "http://localhost:" };

	for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++) {
		if (strncmp(url, starts[i], strlen(starts[i])) == 0)
			return true;
	}
	return false;
}

static int follow(struct browser *browser, const char *url, struct error *error)
{
	const char *redirect;
	long status;

	if (is_here(url))
		return visit(&status, &redirect, browser, url, NULL, error);
	if (puts(url) == EOF || fflush(stdout) != 0)
		return error_set(error, ERROR_OUTPUT_FAILED, "stdout can't be written.");
	return 0;
}

static int play(struct browser *browser, enum how how, const char *page, struct error *error)
{
	struct buffer form = BUFFER_INIT(PAGE_LIMIT);
	struct buffer url = BUFFER_INIT(PAGE_LIMIT);
	struct buffer action = BUFFER_INIT(PAGE_LIMIT); /* of the form: the page's own path */
	const char *redirect;
	long status = 0;
	int result = -1;

	if (buffer_append(&action, page, strcspn(page, "?")) < 0 || !buffer_text(&action)) {
		(void)error_memory(error);
		goto out;
	}
	if (visit(&status, &redirect, browser, page, NULL, error) < 0)
		goto out;
	/* A request that is at fault is sent back without a page. */
	if (!redirect && (fill_form(&form, browser, how, error) < 0 ||
				 visit(&status, &redirect, browser, action.data, form.data, error) < 0))
		goto out;
	if (!redirect) {
		(void)error_set(error, ERROR_CONNECTION_FAILED, "The page leads nowhere: %ld, %.400s", status,
			browser->page.data);
		goto out;
	}
	if (buffer_append_text(&url, redirect) < 0 || !buffer_text(&url)) {
		(void)error_memory(error);
		goto out;
	}
	if (how == HOW_WRONG_STATE && change_state(&url, error) < 0)
		goto out;
	result = follow(browser, url.data, error);
out:
	buffer_wipe(&form);
	buffer_clear(&action);
	buffer_wipe(&url);
	return result;
}

int consent_run(int count, char *const *arguments, struct error *error)
{
	struct browser browser = { .page = BUFFER_INIT(PAGE_LIMIT) };
	int how = 0;
	int result = -1;

	while (count == 2 && how < HOW_COUNT && strcmp(arguments[0], hows[how]) != 0)
		how++;
	if (count != 2 || how == HOW_COUNT)
		return error_set(error, ERROR_USAGE, "Usage: muster-sandbox consent yes|no|wrong-state URL");
	if (strncmp(arguments[1], "https://", 8) != 0)
		return error_set(error, ERROR_USAGE, "The page must be at https://.");
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return error_memory(error);
	if (open_browser(&browser, error) == 0)
		result = play(&browser, (enum how)how, arguments[1], error);
	close_browser(&browser);
	curl_global_cleanup();
	return result;
}
