/* Token families: what one consent gave (RFC 6819, section 5.2.2.3). A code, then refresh tokens, one after
 * the other, all signed by a key that lives as long as the process: of a family no more is kept than its
 * newest generation, however often it is refreshed. */
#ifndef MUSTER_SANDBOX_FAMILIES_H
#define MUSTER_SANDBOX_FAMILIES_H

#include "base/buffer.h"
#include "sandbox/timepiece.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CHALLENGE_LENGTH 43 /* base64url of a SHA-256 */
#define REDIRECT_SIZE 512
#define CODE_LIFE_S 600       /* the most that RFC 6749, section 4.1.2, recommends */
#define FINGERPRINT_LENGTH 16 /* hex digits of a SHA-256: names a token and does not betray it */

enum rotation {
	ROTATION_OFF,    /* the same refresh token for ever */
	ROTATION_GRACE,  /* a new one each time; the last that was used is good till the new one is used */
	ROTATION_ON,     /* a new one each time; older ones are refused */
	ROTATION_STRICT, /* moreover, an older one that is used revokes the family */
};

enum verdict {
	VERDICT_ACCEPTED,
	VERDICT_UNKNOWN,  /* no such code or token was ever given */
	VERDICT_EXPIRED,  /* the code is too old */
	VERDICT_MISMATCH, /* another redirect URI, or the verifier does not fit the challenge */
	VERDICT_REUSED,   /* it was used before and is worth nothing now */
	VERDICT_REVOKED,  /* the family is dead */
	VERDICT_DENIED,   /* the person said no */
};

struct family {
	uint64_t newest; /* generation of the newest refresh token; 0: the code was not redeemed */
	uint64_t used;   /* the highest one that was used */
	int64_t code_end_s;
	bool revoked;
	char challenge[CHALLENGE_LENGTH + 1];
	char redirect[REDIRECT_SIZE];
};

struct families {
	pthread_mutex_t lock;
	const struct timepiece *timepiece;
	unsigned char key[32];
	enum rotation rotation;
	struct family *list; /* owned; family f is list[f - 1] */
	size_t count;
	size_t capacity;
};

/* What a redemption or a refresh came to. */
struct grant {
	enum verdict verdict;
	uint64_t family;     /* 0: unknown */
	uint64_t generation; /* of the refresh token that came; 0: a code */
	char used[FINGERPRINT_LENGTH + 1];
	char issued[FINGERPRINT_LENGTH + 1]; /* "": none */
};

/* Returns 0, or -1 when there is no randomness. */
int families_init(struct families *families, enum rotation rotation, const struct timepiece *timepiece);
void families_clear(struct families *families);

/* A new family for a person's consent; its code is appended. Returns 0, or -1 when memory ran out. */
int families_begin(struct buffer *code, uint64_t *family, struct families *families, const char *challenge,
	const char *redirect);

/* Redeems a code, once; when it comes again the family is revoked. On VERDICT_ACCEPTED the first refresh
 * token is appended. Returns 0, or -1 when memory ran out. */
int families_redeem(struct buffer *token, struct grant *out, struct families *families, const char *code,
	const char *redirect, const char *verifier);

/* Takes a refresh token. On VERDICT_ACCEPTED the next one, which may be the same, is appended; keep: none is,
 * and the one that came stays good. Returns 0, or -1 when memory ran out. */
int families_refresh(
	struct buffer *token, struct grant *out, struct families *families, const char *old, bool keep);

/* Whether access tokens of this family are good. */
bool families_alive(struct families *families, uint64_t family);

/* Returns 0, or -1 when there is no such family. */
int families_revoke(struct families *families, uint64_t family);

void families_rotate(struct families *families, enum rotation rotation);

/* off, grace, on, strict. Returns 0, or -1 for another word. */
int rotation_read(enum rotation *out, const char *word);

/* The word for the ledger. */
const char *verdict_word(enum verdict verdict);

/* FINGERPRINT_LENGTH digits and the terminator. */
void fingerprint(char *out, const char *token);

#endif
