#include "config.h"

#include "sandbox/tokens.h"

#include "sandbox/encode.h"

#include <gnutls/crypto.h>
#include <inttypes.h>
#include <jansson.h>
#include <string.h>
#include <strings.h>

#define SIGNATURE_LENGTH 32
#define TOKEN_LIMIT 4096

int tokens_init(struct tokens *tokens, int64_t life_s, const struct timepiece *timepiece)
{
	tokens->timepiece = timepiece;
	tokens->prefix = "";
	atomic_init(&tokens->issued, 0);
	atomic_init(&tokens->revoked, 0);
	tokens->life_s = life_s;
	return gnutls_rnd(GNUTLS_RND_KEY, tokens->key, sizeof tokens->key) < 0 ? -1 : 0;
}

static int sign(unsigned char *out, const struct tokens *tokens, const char *text, size_t length)
{
	return gnutls_hmac_fast(GNUTLS_MAC_SHA256, tokens->key, sizeof tokens->key, text, length, out) ? -1
												       : 0;
}

int tokens_issue(struct buffer *out, uint64_t *id, struct tokens *tokens, uint64_t family,
	const char *audience, const char *scopes)
{
	static const char head[] = "{\"alg\":\"HS256\",\"typ\":\"JWT\"}";
	struct buffer claims = BUFFER_INIT(TOKEN_LIMIT);
	unsigned char signature[SIGNATURE_LENGTH];
	size_t start = out->length;
	int result = -1;

	*id = atomic_fetch_add(&tokens->issued, 1) + 1;
	if (buffer_format(&claims,
		    "{\"jti\":%" PRIu64 ",\"family\":%" PRIu64 ",\"aud\":\"%s\",\"exp\":%" PRId64
		    ",\"scope\":\"%s\"}",
		    *id, family, audience, timepiece_now_s(tokens->timepiece) + tokens->life_s, scopes) < 0)
		goto out;
	if (buffer_append_text(out, tokens->prefix) < 0 || encode_base64url(out, head, strlen(head)) < 0 ||
		buffer_append_char(out, '.') < 0 || encode_base64url(out, claims.data, claims.length) < 0)
		goto out;
	if (sign(signature, tokens, out->data + start, out->length - start) < 0)
		goto out;
	if (buffer_append_char(out, '.') < 0 ||
		encode_base64url(out, (const char *)signature, sizeof signature) < 0)
		goto out;
	result = 0;
out:
	buffer_clear(&claims);
	return result;
}

static bool signature_holds(const struct tokens *tokens, const char *text, const char *dot)
{
	unsigned char signature[SIGNATURE_LENGTH];
	struct buffer expected = BUFFER_INIT(64);
	bool holds = false;

	if (sign(signature, tokens, text, (size_t)(dot - text)) == 0 &&
		encode_base64url(&expected, (const char *)signature, sizeof signature) == 0)
		holds = strlen(dot + 1) == expected.length &&
			gnutls_memcmp(dot + 1, expected.data, expected.length) == 0;
	buffer_clear(&expected);
	return holds;
}

static json_t *read_claims(const char *text, const char *end)
{
	struct buffer claims = BUFFER_INIT(TOKEN_LIMIT);
	const char *start = memchr(text, '.', (size_t)(end - text));
	json_t *result = NULL;

	if (start && decode_base64url(&claims, start + 1, (size_t)(end - start - 1)) == 0 && claims.length)
		result = json_loadb(claims.data, claims.length, JSON_REJECT_DUPLICATES, NULL);
	buffer_clear(&claims);
	return result;
}

const char *tokens_bearer(const char *authorization)
{
	return authorization && strncasecmp(authorization, "Bearer ", 7) == 0 ? authorization + 7 : NULL;
}

enum token_state tokens_check(
	struct token *out, struct tokens *tokens, const char *audience, const char *authorization)
{
	const char *text = tokens_bearer(authorization);
	const char *dot = text ? strrchr(text, '.') : NULL;
	enum token_state state = TOKEN_BAD;
	json_t *claims;
	const char *scopes;
	const char *claimed;

	memset(out, 0, sizeof *out);
	if (!authorization)
		return TOKEN_ABSENT;
	if (!dot || !signature_holds(tokens, text, dot))
		return TOKEN_BAD;
	claims = read_claims(text, dot);
	scopes = json_string_value(json_object_get(claims, "scope"));
	claimed = json_string_value(json_object_get(claims, "aud"));
	if (scopes && claimed && strlen(scopes) < sizeof out->scopes && strcmp(claimed, audience) == 0) {
		out->id = (uint64_t)json_integer_value(json_object_get(claims, "jti"));
		out->family = (uint64_t)json_integer_value(json_object_get(claims, "family"));
		memcpy(out->scopes, scopes, strlen(scopes) + 1);
		state = json_integer_value(json_object_get(claims, "exp")) <=
						timepiece_now_s(tokens->timepiece) ||
					out->id <= atomic_load(&tokens->revoked)
				? TOKEN_EXPIRED
				: TOKEN_GOOD;
	}
	json_decref(claims);
	return state;
}

void tokens_revoke(struct tokens *tokens, uint64_t id)
{
	uint_fast64_t before = atomic_load(&tokens->revoked);

	while (before < id && !atomic_compare_exchange_weak(&tokens->revoked, &before, id))
		;
}

bool tokens_list_has(const char *list, const char *word)
{
	size_t length = strlen(word);

	while (*list) {
		size_t item = strcspn(list, ",");

		if (item == length && memcmp(list, word, length) == 0)
			return true;
		list += item;
		list += *list == ',';
	}
	return false;
}

bool token_has(const struct token *token, const char *scope)
{
	return tokens_list_has(token->scopes, scope);
}
