#include "config.h"

#include "sandbox/families.h"

#include "sandbox/encode.h"

#include <gnutls/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FAMILIES_MAX ((size_t)1 << 20)
#define SIGNATURE_LENGTH 32
#define VERIFIER_LEAST 43 /* RFC 7636, section 4.1 */
#define VERIFIER_MOST 128

/* What stands in a code and in a refresh token: family and generation, eight bytes each, and a signature. The
 * latter covers the former, so that no two tokens look alike at either end. */
#define BODY_LENGTH 16
#define TICKET_LENGTH (BODY_LENGTH + SIGNATURE_LENGTH)

int families_init(struct families *families, enum rotation rotation, const struct timepiece *timepiece)
{
	memset(families, 0, sizeof *families);
	families->rotation = rotation;
	families->timepiece = timepiece;
	(void)pthread_mutex_init(&families->lock, NULL);
	return gnutls_rnd(GNUTLS_RND_KEY, families->key, sizeof families->key) < 0 ? -1 : 0;
}

void families_clear(struct families *families)
{
	free(families->list);
	families->list = NULL;
	families->count = families->capacity = 0;
	(void)pthread_mutex_destroy(&families->lock);
}

/* ---- Codes and refresh tokens ---------------------------------------------------------- */

static void put_number(unsigned char *out, uint64_t number)
{
	for (int i = 7; i >= 0; i--, number >>= 8)
		out[i] = number & 0xFF;
}

static uint64_t take_number(const unsigned char *in)
{
	uint64_t number = 0;

	for (int i = 0; i < 8; i++)
		number = number << 8 | in[i];
	return number;
}

/* Its own inverse. */
static void cover(unsigned char *ticket)
{
	for (size_t i = 0; i < BODY_LENGTH; i++)
		ticket[i] ^= ticket[BODY_LENGTH + i];
}

static int make_ticket(
	unsigned char *out, const struct families *families, uint64_t family, uint64_t generation)
{
	put_number(out, family);
	put_number(out + 8, generation);
	if (gnutls_hmac_fast(GNUTLS_MAC_SHA256, families->key, sizeof families->key, out, BODY_LENGTH,
		    out + BODY_LENGTH))
		return -1;
	cover(out);
	return 0;
}

/* A code is generation 0. */
static int append_ticket(
	struct buffer *out, const struct families *families, uint64_t family, uint64_t generation)
{
	unsigned char ticket[TICKET_LENGTH];

	if (make_ticket(ticket, families, family, generation) < 0)
		return -1;
	return encode_base64url(out, (const char *)ticket, sizeof ticket);
}

static bool read_ticket(
	uint64_t *family, uint64_t *generation, const struct families *families, const char *text)
{
	struct buffer ticket = BUFFER_INIT(TICKET_LENGTH);
	unsigned char given[TICKET_LENGTH];
	unsigned char expected[TICKET_LENGTH];
	bool good = false;

	if (decode_base64url(&ticket, text, strlen(text)) == 0 && ticket.length == TICKET_LENGTH) {
		memcpy(given, ticket.data, sizeof given);
		cover(given);
		*family = take_number(given);
		*generation = take_number(given + 8);
		good = make_ticket(expected, families, *family, *generation) == 0 &&
		       gnutls_memcmp(ticket.data, expected, TICKET_LENGTH) == 0;
	}
	buffer_wipe(&ticket);
	return good;
}

void fingerprint(char *out, const char *token)
{
	unsigned char digest[32];

	*out = '\0';
	if (gnutls_hash_fast(GNUTLS_DIG_SHA256, token, strlen(token), digest) < 0)
		return;
	for (size_t i = 0; i < FINGERPRINT_LENGTH / 2; i++)
		(void)snprintf(out + 2 * i, 3, "%02x", digest[i]);
}

/* ---- A family's life ------------------------------------------------------------------- */

static int grow(struct families *families)
{
	size_t capacity = families->capacity ? families->capacity * 2 : 16;
	struct family *list;

	if (families->count < families->capacity)
		return 0;
	if (capacity > FAMILIES_MAX || !(list = realloc(families->list, capacity * sizeof *list)))
		return -1;
	families->list = list;
	families->capacity = capacity;
	return 0;
}

int families_begin(struct buffer *code, uint64_t *family, struct families *families, const char *challenge,
	const char *redirect)
{
	struct family new = { .code_end_s = timepiece_now_s(families->timepiece) + CODE_LIFE_S };
	int result = -1;

	if (strlen(challenge) >= sizeof new.challenge || strlen(redirect) >= sizeof new.redirect)
		return -1;
	memcpy(new.challenge, challenge, strlen(challenge) + 1);
	memcpy(new.redirect, redirect, strlen(redirect) + 1);
	(void)pthread_mutex_lock(&families->lock);
	if (grow(families) == 0 && append_ticket(code, families, families->count + 1, 0) == 0) {
		families->list[families->count++] = new;
		*family = families->count;
		result = 0;
	}
	(void)pthread_mutex_unlock(&families->lock);
	return result;
}

/* RFC 7636, section 4.6. */
static bool verifier_fits(const char *verifier, const char *challenge)
{
	static const char unreserved[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
	struct buffer text = BUFFER_INIT(CHALLENGE_LENGTH + 8);
	unsigned char digest[32];
	size_t length = strlen(verifier);
	bool fits = false;

	if (length < VERIFIER_LEAST || length > VERIFIER_MOST || strspn(verifier, unreserved) != length)
		return false;
	if (gnutls_hash_fast(GNUTLS_DIG_SHA256, verifier, length, digest) == 0 &&
		encode_base64url(&text, (const char *)digest, sizeof digest) == 0 && buffer_text(&text))
		fits = strcmp(text.data, challenge) == 0;
	buffer_clear(&text);
	return fits;
}

static enum verdict judge_code(
	struct family *family, int64_t now_s, const char *redirect, const char *verifier)
{
	if (family->newest) { /* RFC 6749, section 4.1.2: revoke what the code gave */
		family->revoked = true;
		return VERDICT_REUSED;
	}
	if (family->revoked)
		return VERDICT_REVOKED;
	if (now_s >= family->code_end_s)
		return VERDICT_EXPIRED;
	if (strcmp(redirect, family->redirect) != 0 || !verifier_fits(verifier, family->challenge))
		return VERDICT_MISMATCH;
	return VERDICT_ACCEPTED;
}

/* Appends the refresh token and notes which it is. */
static int issue(
	struct buffer *token, struct grant *out, const struct families *families, uint64_t generation)
{
	if (append_ticket(token, families, out->family, generation) < 0 || !buffer_text(token))
		return -1;
	fingerprint(out->issued, token->data);
	return 0;
}

int families_redeem(struct buffer *token, struct grant *out, struct families *families, const char *code,
	const char *redirect, const char *verifier)
{
	uint64_t number = 0;
	uint64_t generation = 0;
	int result = 0;

	*out = (struct grant){ .verdict = VERDICT_UNKNOWN };
	fingerprint(out->used, code);
	if (!read_ticket(&number, &generation, families, code) || generation)
		return 0;
	(void)pthread_mutex_lock(&families->lock);
	if (number && number <= families->count) {
		struct family *family = &families->list[number - 1];

		out->family = number;
		out->verdict = judge_code(family, timepiece_now_s(families->timepiece), redirect, verifier);
		if (out->verdict == VERDICT_ACCEPTED && (result = issue(token, out, families, 1)) == 0)
			family->newest = 1;
	}
	(void)pthread_mutex_unlock(&families->lock);
	return result;
}

static bool is_good(const struct family *family, enum rotation rotation, uint64_t generation)
{
	return generation == family->newest || (rotation == ROTATION_GRACE && generation == family->used);
}

int families_refresh(
	struct buffer *token, struct grant *out, struct families *families, const char *old, bool keep)
{
	uint64_t number = 0;
	uint64_t generation = 0;
	int result = 0;

	*out = (struct grant){ .verdict = VERDICT_UNKNOWN };
	fingerprint(out->used, old);
	if (!read_ticket(&number, &generation, families, old) || !generation)
		return 0;
	(void)pthread_mutex_lock(&families->lock);
	if (number && number <= families->count) {
		struct family *family = &families->list[number - 1];
		uint64_t next = families->rotation == ROTATION_OFF ? family->newest : family->newest + 1;

		out->family = number;
		out->generation = generation;
		if (family->revoked) {
			out->verdict = VERDICT_REVOKED;
		} else if (!is_good(family, families->rotation, generation)) {
			out->verdict = VERDICT_REUSED;
			family->revoked = families->rotation == ROTATION_STRICT;
		} else if (keep || (result = issue(token, out, families, next)) == 0) {
			out->verdict = VERDICT_ACCEPTED;
			family->used = generation;
			if (!keep)
				family->newest = next;
		}
	}
	(void)pthread_mutex_unlock(&families->lock);
	return result;
}

bool families_alive(struct families *families, uint64_t family)
{
	bool alive;

	(void)pthread_mutex_lock(&families->lock);
	alive = family && family <= families->count && !families->list[family - 1].revoked;
	(void)pthread_mutex_unlock(&families->lock);
	return alive;
}

int families_revoke(struct families *families, uint64_t family)
{
	int result = -1;

	(void)pthread_mutex_lock(&families->lock);
	if (family && family <= families->count) {
		families->list[family - 1].revoked = true;
		result = 0;
	}
	(void)pthread_mutex_unlock(&families->lock);
	return result;
}

/* ---- Words ----------------------------------------------------------------------------- */

void families_rotate(struct families *families, enum rotation rotation)
{
	(void)pthread_mutex_lock(&families->lock);
	families->rotation = rotation;
	(void)pthread_mutex_unlock(&families->lock);
}

int rotation_read(enum rotation *out, const char *word)
{
	static const char *const words[] = { "off", "grace", "on", "strict" };

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		if (strcmp(word, words[i]) == 0) {
			*out = (enum rotation)i;
			return 0;
		}
	}
	return -1;
}

const char *verdict_word(enum verdict verdict)
{
	static const char *const words[] = { "accepted", "unknown", "expired", "mismatch", "reused",
		"revoked", "denied" };

	return words[verdict];
}
