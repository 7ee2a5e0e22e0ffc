/* A row of the table of tokens, for the store's own files; inside a transaction. */
#ifndef MUSTER_STORE_TOKEN_ENTRY_H
#define MUSTER_STORE_TOKEN_ENTRY_H

#include "store/inside.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What is sealed in it. */
enum token_part { TOKEN_ACCESS, TOKEN_REFRESH, TOKEN_SCOPE, TOKEN_ANSWER, TOKEN_PART_COUNT };

struct token_entry {
	struct holder holder;   /* the account */
	const char *auth;       /* borrowed */
	uint64_t version;       /* of the access token: the fence under which it came; 0: none */
	uint64_t fence;         /* of the newest lease */
	int64_t lease_until_ms; /* 0: given back */
	int64_t obtained_ms;    /* the access token; 0: not known */
	int64_t expires_ms;     /* 0: not said */
	int64_t begun_ms;       /* a request with the refresh token may be under way since then; 0: none */
	int64_t doubt_ms;       /* one was cut off then, and what became of it is not known; 0: none */
	int64_t retried;        /* how many were cut off in a row by the end of their process */
	uint64_t answer_fence;  /* under which the answer came, or was handed out */
	int answer_status;
	bool has[TOKEN_PART_COUNT];

	/* Of the account. */
	char name[STORE_NAME_SIZE];
	char cause[256]; /* why it needs linking */
	bool is_linked;
	bool needs_linking;
};

/* Reads the row, or makes a new one. ACCOUNT_NOT_FOUND when the account is gone.
 * token_entry_clear() in any case. */
int token_entry_load(struct token_entry *out, struct store *store, const char *account, const char *auth,
	struct error *error);
void token_entry_clear(struct token_entry *entry);

/* Writes all but the sealed parts. */
int token_entry_save(const struct token_entry *entry, struct store *store, struct error *error);

/* Seals a part under the account's data key and writes it; bytes NULL: it is none any more. */
int token_entry_seal(struct token_entry *entry, struct store *store, enum token_part part, const char *bytes,
	size_t length, struct error *error);

/* Unseals a part, a terminator behind it; NULL when there is none. The caller wipes and
 * frees it. length may be NULL. */
int token_entry_open(char **out_new, size_t *length, struct store *store, const struct token_entry *entry,
	enum token_part part, struct error *error);

#endif
