#include "config.h"

#include "fetch/settings.h"

#include "base/text.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

void fetch_settings_init(struct fetch_settings *settings)
{
	*settings = (struct fetch_settings){
		.user_agent = PACKAGE_NAME "/" PACKAGE_VERSION,
		.connect_ms = 15000,
		.idle_ms = 30000,
		.idle_bytes = 64,
		.deadline_ms = INT64_C(3600) * 1000,
		.body_limit = UINT64_C(2) << 30,
		.ratio_from = UINT64_C(8) << 20,
		.ratio_limit = 200,
	};
}

/* Takes the text up to the next separator (or all of it) off the front of *at. */
static int take_part(char *out, size_t size, const char **at, const char *separators)
{
	size_t length;

	if (**at == '[') {
		const char *end = strchr(*at, ']');
		if (!end || (end[1] && !strchr(separators, end[1])))
			return -1;
		length = (size_t)(end + 1 - *at);
	} else {
		length = strcspn(*at, separators);
	}
	if (length == 0 || length >= size)
		return -1;
	memcpy(out, *at, length);
	out[length] = '\0';
	*at += length;
	return 0;
}

static int take_port(uint16_t *out, const char **at, const char *separators)
{
	char text[8];
	uint64_t number;

	if (*(*at)++ != ':' || take_part(text, sizeof text, at, separators) < 0 ||
		text_to_u64(&number, text) < 0 || number == 0 || number > UINT16_MAX)
		return -1;
	*out = (uint16_t)number;
	return 0;
}

static int to_address(struct sockaddr_storage *out, char *literal, uint16_t port)
{
	struct sockaddr_in *four = (struct sockaddr_in *)out;
	struct sockaddr_in6 *six = (struct sockaddr_in6 *)out;
	size_t length = strlen(literal);

	memset(out, 0, sizeof *out);
	if (literal[0] == '[') {
		literal[length - 1] = '\0';
		six->sin6_family = AF_INET6;
		six->sin6_port = htons(port);
		return inet_pton(AF_INET6, literal + 1, &six->sin6_addr) == 1 ? 0 : -1;
	}
	four->sin_family = AF_INET;
	four->sin_port = htons(port);
	return inet_pton(AF_INET, literal, &four->sin_addr) == 1 ? 0 : -1;
}

static int take_mapping(struct fetch_mapping *out, const char **at)
{
	char literal[64];
	uint16_t port;

	memset(out, 0, sizeof *out);
	if (take_part(out->host, sizeof out->host, at, ":") < 0 || take_port(&out->port, at, ":") < 0 ||
		*(*at)++ != ':' || take_part(literal, sizeof literal, at, ":") < 0 ||
		take_port(&port, at, ",") < 0)
		return -1;
	for (char *c = out->host; *c; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c - 'A' + 'a');
	return to_address(&out->address, literal, port);
}

int fetch_settings_connect_to(struct fetch_settings *settings, const char *text, struct error *error)
{
	const char *at = text;

	settings->mapping_count = 0;
	while (*at) {
		struct fetch_mapping mapping;
		if (take_mapping(&mapping, &at) < 0 || (*at && *at++ != ',')) {
			(void)error_set(error, ERROR_BAD_CONFIGURATION,
				"MUSTER_CONNECT_TO can't be read at its entry %zu.",
				settings->mapping_count + 1);
			return error_hint(error,
				"Write host:port:address:port, several separated by commas; an "
				"IPv6 address in brackets.");
		}
		if (settings->mapping_count == FETCH_MAPPINGS)
			return error_set(error, ERROR_BAD_CONFIGURATION,
				"MUSTER_CONNECT_TO has more than %d entries.", FETCH_MAPPINGS);
		settings->mappings[settings->mapping_count++] = mapping;
	}
	return 0;
}

/* The tunnel through a proxy is TLS from end to end, so the proxy itself may be spoken to in plain
 * http; but a password for it may not travel so. */
static int check_proxy(const char *proxy, struct error *error)
{
	CURLU *url = curl_url();
	char *scheme = NULL, *user = NULL;
	int result = -1;

	if (!url) {
		(void)error_memory(error);
	} else if (curl_url_set(url, CURLUPART_URL, proxy, 0) != CURLUE_OK ||
		   curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK ||
		   (strcmp(scheme, "https") != 0 && strcmp(scheme, "http") != 0)) {
		(void)error_set(error, ERROR_BAD_CONFIGURATION, "The proxy is no https URL.");
		(void)error_hint(error, "Write it as https://host:port or http://host:port.");
	} else if (strcmp(scheme, "http") == 0 && curl_url_get(url, CURLUPART_USER, &user, 0) == CURLUE_OK) {
		(void)error_set(
			error, ERROR_BAD_CONFIGURATION, "The proxy's password would travel in the clear.");
		(void)error_hint(error, "Use https:// for a proxy that wants a password.");
	} else {
		result = 0;
	}
	curl_free(scheme);
	curl_free(user);
	curl_url_cleanup(url);
	return result;
}

int fetch_settings_check(const struct fetch_settings *settings, struct error *error)
{
	if (settings->ca_file && access(settings->ca_file, R_OK) < 0) {
		(void)error_set(error, ERROR_BAD_CONFIGURATION, "The CA certificates %s can't be read.",
			settings->ca_file);
		return error_hint(error, "Name a PEM file in MUSTER_CA_FILE, or unset it.");
	}
	if (settings->ca_bundle && access(settings->ca_bundle, R_OK) < 0) {
		(void)error_set(error, ERROR_BAD_CONFIGURATION, "The CA certificates %s can't be read.",
			settings->ca_bundle);
		return error_hint(error, "Name a PEM file as ca_bundle in the configuration file.");
	}
	return settings->proxy ? check_proxy(settings->proxy, error) : 0;
}

const struct fetch_mapping *fetch_settings_mapping(
	const struct fetch_settings *settings, const char *host, uint16_t port)
{
	for (size_t i = 0; i < settings->mapping_count; i++)
		if (settings->mappings[i].port == port && strcasecmp(settings->mappings[i].host, host) == 0)
			return &settings->mappings[i];
	return NULL;
}
