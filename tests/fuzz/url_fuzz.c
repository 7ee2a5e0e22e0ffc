/* base NEWLINE link: whatever is joined is a URL that parses to itself and names a host as we and libcurl
 * read it, in any text. */
#include "config.h"

#include "fetch/url.h"

#include <curl/curl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define REQUIRE(condition) \
	do { \
		if (!(condition)) \
			abort(); \
	} while (0)

/* What libcurl would connect to is what was judged. */
static void same_host(const struct url *url)
{
	CURLU *parsed = curl_url();
	char *host = NULL, *port = NULL, *user = NULL, *fragment = NULL;

	REQUIRE(parsed);
	REQUIRE(curl_url_set(parsed, CURLUPART_URL, url->text, 0) == CURLUE_OK);
	REQUIRE(curl_url_get(parsed, CURLUPART_HOST, &host, 0) == CURLUE_OK);
	REQUIRE(curl_url_get(parsed, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) == CURLUE_OK);
	REQUIRE(curl_url_get(parsed, CURLUPART_USER, &user, 0) == CURLUE_NO_USER);
	REQUIRE(curl_url_get(parsed, CURLUPART_FRAGMENT, &fragment, 0) == CURLUE_NO_FRAGMENT);
	const char *name = host[0] == '[' ? host + 1 : host;
	REQUIRE(strncmp(name, url->host, strlen(url->host)) == 0);
	REQUIRE(strtoul(port, NULL, 10) == url->port);
	curl_free(host);
	curl_free(port);
	curl_url_cleanup(parsed);
}

static void is_stable(const struct url *url)
{
	struct url again;
	struct error error;

	REQUIRE(strncmp(url->text, "https://", 8) == 0);
	REQUIRE(url->text[url->path] == '/');
	for (const char *c = url->text; *c; c++)
		REQUIRE(*c > ' ' && *c < 0x7F && *c != '#' && *c != '\\');
	REQUIRE(url_parse(&again, url->text, strlen(url->text), ERROR_INTERNAL, "it", &error) == 0);
	REQUIRE(strcmp(again.text, url->text) == 0);
	REQUIRE(url_same_origin(&again, url));
	same_host(url);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	const char *line = memchr(text, '\n', size);
	size_t length = line ? (size_t)(line - text) : size;
	struct url base, url;
	struct error error;

	if (url_parse(&base, text, length, ERROR_INTERNAL, "it", &error) < 0) {
		const char *usual = "https://api.example.test/v1/employees?limit=10";
		REQUIRE(url_parse(&base, usual, strlen(usual), ERROR_INTERNAL, "it", &error) == 0);
	} else {
		is_stable(&base);
	}
	if (line && url_join(&url, &base, line + 1, size - length - 1, &error) == 0) {
		is_stable(&url);
		/* A link that names no host of its own stays where it stands. */
		if (!memmem(line + 1, size - length - 1, "//", 2))
			REQUIRE(url_same_origin(&url, &base));
	}
	return 0;
}
