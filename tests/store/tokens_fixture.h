/* A store with one account, nova, whose auth oauth has the tokens access-1 and refresh-1, under a clock
 * that only the test moves. */
#ifndef MUSTER_TESTS_STORE_TOKENS_FIXTURE_H
#define MUSTER_TESTS_STORE_TOKENS_FIXTURE_H

#include "store/accounts.h"
#include "store/fixture.h"
#include "store/tokens.h"

#include <check.h>

enum { LEASE_MS = 1000, SECOND = 1000, MINUTE = 60 * SECOND, START_MS = 1000000 * SECOND };

extern struct place place;
extern char account_id[STORE_ID_SIZE];
extern struct store *store;
extern int64_t now_ms;
extern struct error last; /* of BAD() */

/* The process ends as by SIGKILL when it comes to this point. */
extern enum store_point deadly;

extern const struct token_policy retry, grace, link_again, renewable;

/* What must go well. */
#define GOOD(call) \
	do { \
		struct error error = { 0 }; \
		int result_ = (call); \
		ck_assert_msg(result_ == 0, "%s: %s", #call, error.message); \
	} while (0)

/* What must fail with this code; the error is left in last. */
#define BAD(code_, call) \
	do { \
		struct error error = { 0 }; \
		int result_ = (call); \
		ck_assert_msg(result_ == -1, "%s", #call); \
		ck_assert_msg(error.code == (code_), "%s: %s", #call, error.message); \
		last = error; \
	} while (0)

/* For tcase_add_checked_fixture(). */
void set_up(void);
void tear_down(void);

void open_store(bool create);
void link_account(const char *refresh_token, bool replace);

/* It must be that turn; the caller clears the row. */
struct token_row take(const struct token_policy *policy, uint64_t refused, enum token_turn expected);
void take_nothing(const struct token_policy *policy, enum error_code code);

int settle_as(uint64_t fence, const char *access, const char *refresh, struct error *error);

/* Takes the lease, renews, and looks that the new tokens are there. */
void renew(const struct token_policy *policy, const char *sent, const char *access, const char *refresh);

void state_is(enum account_state state, const char *words);

#endif
