/* Bearer tokens: signed by a key that lives as long as the process, so that none needs to be kept.
 */
#ifndef MUSTER_SANDBOX_TOKENS_H
#define MUSTER_SANDBOX_TOKENS_H

#include "base/buffer.h"
#include "sandbox/timepiece.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define TOKEN_SCOPES_SIZE 2048

struct tokens {
	const struct timepiece *timepiece;
	const char *prefix; /* of every token, signed with it; "" after tokens_init() */
	unsigned char key[32];
	int64_t life_s;
	atomic_uint_fast64_t issued;  /* the id of the newest */
	atomic_uint_fast64_t revoked; /* up to this id they are dead */
};

struct token {
	uint64_t id;                    /* 0: none */
	uint64_t family;                /* 0: of none (see families.h) */
	char scopes[TOKEN_SCOPES_SIZE]; /* with commas between */
};

enum token_state { TOKEN_ABSENT, TOKEN_BAD, TOKEN_EXPIRED, TOKEN_GOOD };

/* Returns 0, or -1 when there is no randomness. */
int tokens_init(struct tokens *tokens, int64_t life_s, const struct timepiece *timepiece);

/* Appends a new token, a JWT signed with HS256, for this audience, of a family or of
 * none (0). Returns 0 or -1. */
int tokens_issue(struct buffer *out, uint64_t *id, struct tokens *tokens, uint64_t family,
	const char *audience, const char *scopes);

/* Reads the token of an Authorization header (NULL: absent). *out is set for TOKEN_GOOD and
 * TOKEN_EXPIRED. */
enum token_state tokens_check(
	struct token *out, struct tokens *tokens, const char *audience, const char *authorization);

/* Every token up to this id is expired from now on. */
void tokens_revoke(struct tokens *tokens, uint64_t id);

bool token_has(const struct token *token, const char *scope);

/* Whether this word is among those of a list with commas between. */
bool tokens_list_has(const char *list, const char *word);

/* The token68 after "Bearer " in the header, or NULL. */
const char *tokens_bearer(const char *authorization);

#endif
