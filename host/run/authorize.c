#include "config.h"

#include "run/authorize.h"

#include "base/percent.h"
#include "base/text.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum { RANDOM_BYTES = 32, BASE64URL = sodium_base64_VARIANT_URLSAFE_NO_PADDING, CODE_MAX = 8 * 1024 };

/* ---- The way there ------------------------------------------------------------------------------------- */

static void draw(char out[AUTHORIZE_RANDOM_SIZE])
{
	unsigned char bytes[RANDOM_BYTES];

	randombytes_buf(bytes, sizeof bytes);
	(void)sodium_bin2base64(out, AUTHORIZE_RANDOM_SIZE, bytes, sizeof bytes, BASE64URL);
	sodium_memzero(bytes, sizeof bytes);
}

int authorize_begin(struct authorize *out, struct error *error)
{
	if (sodium_init() < 0)
		return error_set(error, ERROR_INSTALLATION, "libsodium can't be used on this machine.");
	draw(out->state);
	draw(out->verifier);
	return 0;
}

static int add_parameter(struct buffer *out, char *separator, const char *name, const char *value)
{
	if (buffer_append_char(out, *separator) < 0 || buffer_append_text(out, name) < 0 ||
		buffer_append_char(out, '=') < 0 || percent_encode(out, value, strlen(value)) < 0)
		return -1;
	*separator = '&';
	return 0;
}

int authorize_url(struct buffer *out, const struct authorize *authorize,
	const struct authorize_request *request, struct error *error)
{
	unsigned char hash[crypto_hash_sha256_BYTES];
	char challenge[AUTHORIZE_RANDOM_SIZE];
	const struct {
		const char *name, *value;
	} parameters[] = {
		{ "response_type", "code" },
		{ "client_id", request->client_id },
		{ "redirect_uri", request->redirect_url },
		{ "scope", request->scope },
		{ "state", authorize->state },
		{ "code_challenge", challenge },
		{ "code_challenge_method", "S256" },
	};
	char separator = strchr(request->authorize_url, '?') ? '&' : '?';

	(void)crypto_hash_sha256(
		hash, (const unsigned char *)authorize->verifier, strlen(authorize->verifier));
	(void)sodium_bin2base64(challenge, sizeof challenge, hash, sizeof hash, BASE64URL);
	if (buffer_append_text(out, request->authorize_url) < 0)
		return error_memory(error);
	for (size_t i = 0; i < sizeof parameters / sizeof parameters[0]; i++)
		if (parameters[i].value && parameters[i].value[0] &&
			add_parameter(out, &separator, parameters[i].name, parameters[i].value) < 0)
			return error_set(error, ERROR_BAD_FIELD, "The URL for consent becomes too long.");
	return 0;
}

/* ---- The way back -------------------------------------------------------------------------------------- */

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Points behind the redirect URL that the URL begins with: at the parameters, or at the end; NULL when it
 * leads elsewhere. A browser shows an empty path as "/". */
static const char *behind_redirect(const char *url, const char *redirect_url)
{
	size_t length = strlen(redirect_url);
	const char *authority = strstr(redirect_url, "://");
	bool empty_path = authority && !strpbrk(authority + strlen("://"), "/?#");
	char mark = strchr(redirect_url, '?') ? '&' : '?';

	while (is_space(*url))
		url++;
	if (strncmp(url, redirect_url, length) != 0)
		return NULL;
	url += length;
	if (empty_path && *url == '/')
		url++;
	if (*url == mark)
		return url + 1;
	return *url == '\0' || *url == '#' || is_space(*url) ? url : NULL;
}

bool authorize_is_redirect(const char *url, const char *redirect_url)
{
	return behind_redirect(url, redirect_url) != NULL;
}

static size_t query_length(const char *query)
{
	return strcspn(query, "# \t\r\n");
}

/* Appends the decoded value of a parameter. Returns 1, or 0 when it is not there, or -1 when it is there
 * twice, no UTF-8 without controls, or too long. */
static int take_parameter(struct buffer *out, const char *query, const char *name)
{
	const char *end = query + query_length(query);
	size_t name_length = strlen(name);
	int found = 0;

	while (query < end) {
		size_t length = strcspn(query, "&");
		if (length > (size_t)(end - query))
			length = (size_t)(end - query);
		if (length > name_length && query[name_length] == '=' &&
			strncmp(query, name, name_length) == 0) {
			if (found++ || percent_decode_form(
					       out, query + name_length + 1, length - name_length - 1) < 0)
				return -1;
		}
		query += length + (query + length < end);
	}
	if (found && (!text_is_clean(out->data ? out->data : "", out->length) || !buffer_text(out)))
		return -1;
	return found;
}

bool authorize_is_answer(const char *url)
{
	static const char *const names[] = { "code", "error" };
	const char *query = strchr(url, '?');
	bool found = false;

	for (size_t i = 0; query && !found && i < sizeof names / sizeof names[0]; i++) {
		struct buffer value = BUFFER_INIT(CODE_MAX);

		found = take_parameter(&value, query + 1, names[i]) != 0;
		buffer_wipe(&value);
	}
	return found;
}

static int mismatch(struct error *error, const char *message)
{
	return error_set(error, ERROR_REDIRECT_MISMATCH, "%s", message);
}

int authorize_state(struct buffer *out, const char *url, struct error *error)
{
	const char *query = strchr(url, '?');

	if (!query || take_parameter(out, query + 1, "state") != 1)
		return mismatch(error, "This is not a URL that a provider redirects to: it has no state.");
	return 0;
}

static int check_state(const char *query, const char *expected, struct error *error)
{
	struct buffer state = BUFFER_INIT(CODE_MAX);
	bool same = take_parameter(&state, query, "state") == 1 && state.length == strlen(expected) &&
		    sodium_memcmp(state.data, expected, state.length) == 0;

	buffer_wipe(&state);
	return same ? 0
		    : mismatch(error,
			      "The URL answers another request than this one: its state is not the one that "
			      "was sent.");
}

/* RFC 9207: another server's answer may have been slipped in. */
static int check_issuer(const char *query, const char *wanted, struct error *error)
{
	struct buffer issuer = BUFFER_INIT(CODE_MAX);
	int result = take_parameter(&issuer, query, "iss");
	size_t length = strlen(wanted);

	if (result == 1 && issuer.length == length + 1 && issuer.data[length] == '/')
		issuer.length--;
	if (result == 1 && (issuer.length != length || memcmp(issuer.data, wanted, length) != 0))
		result = -1;
	buffer_clear(&issuer);
	return result < 0 ? mismatch(error, "The URL comes from another server than the one that was asked.")
			  : 0;
}

/* Says the provider's refusal in our words and in its own. */
static int tell_refusal(const char *query, const char *code, struct error *error)
{
	static const struct {
		const char *code;
		enum error_code means;
		const char *message;
	} rows[] = {
		{ "access_denied", ERROR_CONSENT_REFUSED, "The access was refused at the provider." },
		{ "invalid_scope", ERROR_SCOPE_MISSING,
			"The provider refuses the scope that was asked for." },
		{ "unauthorized_client", ERROR_AUTHENTICATION_FAILED,
			"The provider does not let this client ask for consent." },
		{ "server_error", ERROR_PROVIDER_FAILED, "The provider failed at asking for consent." },
		{ "temporarily_unavailable", ERROR_PROVIDER_FAILED,
			"The provider can't ask for consent at the moment." },
		{ NULL, ERROR_AUTHENTICATION_FAILED, "The provider refuses to ask for consent." },
	};
	struct buffer words = BUFFER_INIT(CODE_MAX);
	size_t row = 0;

	while (rows[row].code && strcmp(rows[row].code, code) != 0)
		row++;
	if (buffer_format(&words, "%s: ", code) == 0 &&
		take_parameter(&words, query, "error_description") == 1 && buffer_text(&words))
		text_clean(error->body, sizeof error->body, words.data, words.length);
	else
		text_clean(error->body, sizeof error->body, code, strlen(code));
	buffer_clear(&words);
	return error_set(error, rows[row].means, "%s", rows[row].message);
}

static int take_code(struct buffer *code, const char *query, struct error *error)
{
	struct buffer refusal = BUFFER_INIT(CODE_MAX);
	int found = take_parameter(&refusal, query, "error");
	int result = -1;

	if (found == 1)
		(void)tell_refusal(query, refusal.data, error);
	else if (found == 0 && take_parameter(code, query, "code") == 1 && code->length > 0)
		result = 0;
	else
		(void)mismatch(error, "The URL brings neither one code nor one error.");
	buffer_clear(&refusal);
	return result;
}

int authorize_judge(
	struct buffer *code, const struct authorize_expected *expected, const char *url, struct error *error)
{
	const char *query = behind_redirect(url, expected->redirect_url);

	if (!query) {
		(void)mismatch(error, "The URL does not begin with the redirect URL.");
		return error_hint(error, "It begins with %.300s; copy the whole of it from the browser.",
			expected->redirect_url);
	}
	if (check_state(query, expected->state, error) < 0 ||
		check_issuer(query, expected->issuer, error) < 0)
		return -1;
	return take_code(code, query, error);
}
