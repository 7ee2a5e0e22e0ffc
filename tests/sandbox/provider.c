#include "config.h"

#include "sandbox/provider.h"

#include <gnutls/crypto.h>
#include <string.h>
#include <strings.h>

const struct provider *const providers[PROVIDER_COUNT] = { &provider_culture_amp, &provider_employment_hero,
	&provider_personio };

int provider_find(const char *host)
{
	size_t length = strcspn(host, ":");

	for (int i = 0; i < PROVIDER_COUNT; i++) {
		for (const char *const *name = providers[i]->hosts; *name; name++) {
			if (strlen(*name) == length && strncasecmp(*name, host, length) == 0)
				return i;
		}
	}
	return -1;
}

const char *provider_redirect(const struct simulation *simulation)
{
	return simulation->options->redirect ? simulation->options->redirect : simulation->provider->redirect;
}

const char *provider_permissions(const struct simulation *simulation)
{
	const char *list = simulation->options->permissions;
	const char *word = list;

	if (!simulation->provider->knows)
		return list;
	while (word) {
		char permission[64];
		size_t length = strcspn(word, ",");

		if (length < sizeof permission) {
			memcpy(permission, word, length);
			permission[length] = '\0';
			if (simulation->provider->knows(permission))
				return list;
		}
		word = word[length] ? word + length + 1 : NULL;
	}
	return NULL;
}

static int random_text(char *out, size_t length)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
	unsigned char bytes[64];

	if (length > sizeof bytes || gnutls_rnd(GNUTLS_RND_KEY, bytes, length) < 0)
		return -1;
	for (size_t i = 0; i < length; i++)
		out[i] = letters[bytes[i] & 63];
	out[length] = '\0';
	return 0;
}

int credentials_make(struct credentials *out, const char *prefix)
{
	static const char awkward[] = "+/=%&\"\\";
	size_t start = strlen(prefix);
	size_t length = 40;

	if (start + 24 >= sizeof out->client_id ||
		start + length + sizeof awkward > sizeof out->client_secret)
		return -1;
	memcpy(out->client_id, prefix, start);
	memcpy(out->client_secret, prefix, start);
	if (random_text(out->client_id + start, 24) < 0 ||
		random_text(out->client_secret + start, length) < 0)
		return -1;
	memcpy(out->client_secret + start + length, awkward, sizeof awkward);
	return 0;
}
